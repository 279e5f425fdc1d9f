"""Recurring duties over the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.api.house import RUNBOOK, House, house
from tocsin.app.access import Role

DUTIES = """
## Maintenance

- Rehearse the restore monthly
- Look at the disks weekly
- Übung des Notstroms jährlich
- Keep the dependencies updated
"""
RESTORE = "/services/shop/duties/rehearse-the-restore-monthly"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    """A shop whose runbook asks for something regularly."""
    with house(tmp_path, runbook=RUNBOOK + DUTIES) as running:
        yield running


def test_a_duty_is_listed_with_its_line_recorded_and_due(shop: House) -> None:
    """First it is not recorded yet; then it has who, when, what came of it, and when it is due next."""
    listed = shop.ask("GET", "/duties").json()
    line = (RUNBOOK + DUTIES).splitlines().index("- Rehearse the restore monthly") + 1
    assert listed[0] == {
        "service": "shop",
        "duty": "rehearse-the-restore-monthly",
        "title": "Rehearse the restore monthly",
        "every": "monthly",
        "line": line,
        "last": None,
        "due_on": None,
        "due_at": None,
        "overdue": False,
    }
    made = shop.ask("POST", RESTORE, {"note": "12 minutes"})
    assert made.status_code == 201, made.text
    record = {
        "done_at": "2026-03-02T09:00:00Z",
        "by": "ana",
        "note": "12 minutes",
        "title": "Rehearse the restore monthly",
        "recorded_at": "2026-03-02T09:00:00Z",
    }
    due = {"last": record, "due_on": "2026-04-02", "due_at": "2026-04-03T00:00:00Z"}
    assert made.json() == {**listed[0], **due, "recorded": record, "again": False}
    assert shop.ask("GET", RESTORE).json() == {**listed[0], **due, "records": [record]}


def test_the_same_sent_twice_is_kept_once(shop: House) -> None:
    """A second click is no error, and says so."""
    assert [shop.ask("POST", RESTORE).json()["again"] for _ in range(2)] == [False, True]
    assert len(shop.ask("GET", RESTORE).json()["records"]) == 1


def test_only_the_overdue_are_listed_where_they_are_asked_for(shop: House) -> None:
    """And those of one service; an unknown one is not found."""
    shop.ask("POST", RESTORE, {"at": "2026-01-31T10:00:00+01:00"})
    found = shop.ask("GET", "/duties?overdue=true&service=shop").json()
    assert [(one["duty"], one["due_on"]) for one in found] == [("rehearse-the-restore-monthly", "2026-02-28")]
    assert len(shop.ask("GET", "/duties?service=shop").json()) == 4
    assert shop.ask("GET", "/duties?service=pier").status_code == 404


@pytest.mark.parametrize(
    ("at", "done_at"),
    [("2026-02-10", "2026-02-10T00:00:00Z"), ("2026-02-10T00:00:00+02:00", "2026-02-09T22:00:00Z")],
)
def test_a_day_alone_is_a_day_and_a_midnight_with_its_offset_an_instant(shop: House, at: str, done_at: str) -> None:
    """A day is one of the team's zone, which is UTC here."""
    assert shop.ask("POST", RESTORE, {"at": at}).json()["recorded"]["done_at"] == done_at


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"at": "2026-03-02T10:00:00Z"}, 422, "still to come"),
        ({"at": "2026-03-01T10:00:00"}, 422, "needs its offset"),
        ({"note": "x" * 2001}, 422, "2000"),
        ({"when": "2026-03-01T10:00:00Z"}, 422, "when"),
    ],
)
def test_what_cannot_be_recorded_is_refused_in_words(
    shop: House, body: dict[str, str], status: int, words: str
) -> None:
    """The future, a time without its offset, too long a note, a field that nobody knows; nothing is kept."""
    answer = shop.ask("POST", RESTORE, body)
    assert answer.status_code == status
    assert words in answer.text
    assert shop.ask("GET", RESTORE).json()["records"] == []


def test_letters_of_any_script_stand_in_the_address(shop: House) -> None:
    """A German duty is recorded like an English one, and due in a year."""
    key = next(one["duty"] for one in shop.ask("GET", "/duties").json() if one["every"] == "annually")
    assert shop.ask("POST", f"/services/shop/duties/{quote(key)}").json()["due_on"] == "2027-03-02"
    assert shop.ask("POST", "/services/shop/duties/%00").status_code == 404


def test_whoever_may_only_look_lists_and_does_not_record(shop: House) -> None:
    """READ for the one, RESPOND for the other."""
    viewer = shop.as_role(Role.VIEWER)
    assert shop.ask("GET", "/duties", token=viewer).status_code == 200
    assert shop.ask("POST", RESTORE, token=viewer).status_code == 403
    assert shop.ask("GET", RESTORE, token=viewer).json()["last"] is None


def test_the_runbooks_own_list_stands_in_services_as_before(shop: House) -> None:
    """Whoever reads duties there goes on."""
    (service,) = shop.ask("GET", "/services").json()
    assert [set(one) for one in service["duties"]] == [{"title", "every", "line"}] * 4


def test_a_duty_done_once_a_week_is_overdue_in_the_second(shop: House) -> None:
    """Time goes on by the installation's clock."""
    address = "/services/shop/duties/look-at-the-disks-weekly"
    shop.ask("POST", address)
    shop.clock.move_by(timedelta(days=7, hours=14, minutes=59))
    assert shop.ask("GET", address).json()["overdue"] is False
    shop.clock.move_by(timedelta(minutes=1))
    assert shop.ask("GET", address).json()["overdue"] is True
