"""Who is on call over the API, and what people change about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api.house import SETTINGS, START, House, house
from tocsin.app.access import Role

HOUR = timedelta(hours=1)
TWO = SETTINGS.replace('members = ["ana"]', 'members = ["ana", "max"]')


@pytest.fixture(name="at")
def _at(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, TWO) as opened:
        yield opened


def test_an_override_over_the_api_is_who_is_paged(at: House) -> None:
    """The override decides at once, for the list and for the pager alike (R10)."""
    body = {"schedule": "primary", "people": ["max"], "until": (START + 4 * HOUR).isoformat(), "reason": "dentist"}
    made = at.ask("POST", "/oncall/overrides", body)
    assert made.status_code == 201, made.text
    roles = {one["target"]: one for one in at.ask("GET", "/oncall").json()["roles"]}
    assert roles["On-Call Engineer"]["people"] == ["max"]
    assert "an override by ana 'dentist'" in roles["On-Call Engineer"]["why"]
    incident = at.declare()
    timeline = at.ask("GET", f"/incidents/{incident}/timeline").json()
    assert [one["fact"]["person"] for one in timeline if one["type"] == "Paged"] == ["max"], timeline


def test_overrides_are_listed_and_ended(at: House) -> None:
    """What was made by hand is listed with its maker until it is over; ending it is told in the audit trail."""
    made = at.ask("POST", "/oncall/overrides", {"schedule": "primary", "people": ["max"]}).json()
    assert [one["id"] for one in at.ask("GET", "/oncall/overrides").json()] == [made["id"]]
    assert made["made_by"] == "ana"
    assert at.ask("POST", f"/oncall/overrides/{made['id']}/end").status_code == 200
    assert at.ask("POST", f"/oncall/overrides/{made['id']}/end").status_code == 409
    audit = at.ask("GET", "/audit", token=at.as_role(Role.ADMIN)).json()
    assert [one["verb"] for one in audit if "override" in one["verb"]] == ["end override", "override schedule"]


def test_an_override_lasts_by_the_servers_clock(at: House) -> None:
    """The span is counted here; with an end as well it is refused."""
    body: dict[str, object] = {"schedule": "primary", "people": ["max"], "lasts_seconds": 7200}
    made = at.ask("POST", "/oncall/overrides", body).json()
    assert made["until"] == (at.clock.now() + 2 * HOUR).isoformat().replace("+00:00", "Z")
    until = (at.clock.now() + HOUR).isoformat()
    assert at.ask("POST", "/oncall/overrides", {**body, "until": until}).status_code == 422


def test_a_swap_makes_two_overrides(at: House) -> None:
    """Two shifts change hands in one request; an instant without its offset is refused."""
    swap = {"schedule": "primary", "one": "2026-03-03T12:00:00Z", "other": "2026-03-10T12:00:00Z"}
    assert [one["people"] for one in at.ask("POST", "/oncall/swaps", swap).json()] == [["max"], ["ana"]]
    naive = {**swap, "one": "2026-03-03T12:00:00"}
    assert at.ask("POST", "/oncall/swaps", naive).status_code == 422


def test_gaps_and_overlaps_are_told(tmp_path: Path) -> None:
    """A schedule with a hole says where; a person who is in two schedules at once is named."""
    more = TWO + (
        '[[schedules.backup.rotations]]\nmembers = ["ana"]\nstarts_on = 2026-01-05\n'
        "[[schedules.backup.rotations.restrictions]]\nsince = 09:00:00\nuntil = 17:00:00\n"
    )
    with house(tmp_path, more) as at:
        found = at.ask("GET", "/oncall?days=1").json()
    assert [(one["schedule"], one["since"]) for one in found["gaps"]] == [("backup", "2026-03-02T17:00:00Z")]
    assert [(one["person"], one["schedules"]) for one in found["overlaps"]] == [("ana", ["primary", "backup"])]
