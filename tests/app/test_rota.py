"""Overrides and swaps that people make by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.access import Role, person
from tocsin.app.rota import Rota, roster_in_force
from tocsin.app.rows.records import User
from tocsin.app.team import Team
from tocsin.clock import MovableClock
from tocsin.errors import BadInput, Conflict, NotAllowed, NotFound
from tocsin.incident.facts import Via
from tocsin.oncall.people import Person, Way, WayKind
from tocsin.oncall.roster import Binding, Roster
from tocsin.oncall.rotation import Rotation
from tocsin.oncall.schedule import Schedule, on_call

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHONE = (Way(WayKind.PHONE, ""),)
ANA = person("ana", Role.RESPONDER, Via.WEB)
ROSTER = Roster(
    people=(Person("ana", "Ana", PHONE), Person("bo", "Bo", PHONE), Person("cem", "Cem")),
    schedules=(Schedule("primary", "UTC", (Rotation(("ana", "bo"), date(2026, 3, 2)),)),),
    bindings=(Binding("On-Call", schedules=("primary",)),),
)


class Office:
    """A rota on a store in memory, on a Monday at nine when Ana's week begins."""

    def __init__(self, roster: Roster = ROSTER) -> None:
        ids = count(1)
        self.store, self.clock = MemoryStore(), MovableClock(MONDAY)
        team = Team({}, roster)
        self.rota = Rota(self.store, self.clock, lambda: team, lambda: f"o{next(ids)}")

    def who(self, after: timedelta = timedelta(0)) -> tuple[str, ...]:
        """Who is on call, so long after Monday at nine."""
        schedule = self.rota.roster().schedule("primary")
        assert schedule is not None
        return on_call(schedule, MONDAY + after).people

    def audited(self) -> list[str]:
        """What the audit trail says, newest first."""
        with self.store.read() as tx:
            return [f"{one.who} {one.verb} {one.object}: {one.detail}" for one in tx.audit.latest(10)]


def test_an_override_lasts_to_the_end_of_the_shift_when_nothing_is_said() -> None:
    """From now to the next hand-over, audited with its span and reason."""
    office = Office()
    office.clock.move_by(HOUR)
    row = office.rota.override(ANA, "primary", ["bo"], None, None, " dentist ")
    assert (row.override.since, row.override.until) == (MONDAY + HOUR, MONDAY + 7 * DAY)
    assert office.who(2 * HOUR) == ("bo",)
    assert office.audited() == [
        "ana override schedule primary: bo, 2026-03-02 10:00 to 2026-03-09 09:00 UTC: dentist (o1)"
    ]


def test_the_last_override_wins_and_an_ended_one_gives_the_shift_back() -> None:
    """Overrides may lie over each other; ending the upper one uncovers the lower one."""
    office = Office()
    office.rota.override(ANA, "primary", ["bo"], None, MONDAY + 8 * HOUR)
    office.rota.override(ANA, "primary", ["ana"], MONDAY + HOUR, MONDAY + 3 * HOUR)
    assert [office.who(n * HOUR) for n in (0, 1, 3, 8)] == [("bo",), ("ana",), ("bo",), ("ana",)]
    office.clock.move_by(2 * HOUR)
    office.rota.end(ANA, "o2")
    assert office.who(2 * HOUR) == ("bo",)
    with pytest.raises(Conflict, match="over already"):
        office.rota.end(ANA, "o2")
    with pytest.raises(NotFound):
        office.rota.end(ANA, "o9")


def test_a_swap_exchanges_two_whole_shifts_or_neither() -> None:
    """The two shifts that cover the instants change hands, from now where one has begun."""
    office = Office()
    office.clock.move_by(DAY)
    one, other = office.rota.swap(ANA, "primary", MONDAY + DAY, MONDAY + 8 * DAY)
    assert (one.override.people, one.override.since, one.override.until) == (("bo",), MONDAY + DAY, MONDAY + 7 * DAY)
    assert (other.override.people, other.override.since) == (("ana",), MONDAY + 7 * DAY)
    assert [office.who(n * DAY) for n in (1, 8, 15, 22)] == [("bo",), ("ana",), ("ana",), ("bo",)]
    with pytest.raises(BadInput, match="nothing to exchange"):
        office.rota.swap(ANA, "primary", MONDAY + 14 * DAY, MONDAY + 15 * DAY)
    assert len(office.audited()) == 2


@pytest.mark.parametrize(
    ("people", "since", "until", "wrong"),
    [
        (["zoe"], None, None, NotFound),
        (["cem"], None, None, BadInput),
        ([], None, None, BadInput),
        (["bo"], MONDAY + DAY, MONDAY + HOUR, BadInput),
        (["bo"], MONDAY - DAY, MONDAY - HOUR, BadInput),
        (["bo"], MONDAY, MONDAY + 93 * DAY, BadInput),
        (["bo"], MONDAY + 400 * DAY, MONDAY + 401 * DAY, BadInput),
    ],
)
def test_an_override_that_would_wake_nobody_or_make_no_sense_is_refused(
    people: list[str], since: datetime | None, until: datetime | None, wrong: type[Exception]
) -> None:
    """Unknown and unreachable people, and spans that are over, turned round or endless, change nothing (R11)."""
    office = Office()
    with pytest.raises(wrong):
        office.rota.override(ANA, "primary", people, since, until)
    assert office.audited() == []
    assert office.who() == ("ana",)


def test_the_holder_of_a_pages_link_and_a_viewer_change_no_schedule() -> None:
    """Overrides need the permission to respond, for more than one incident."""
    office = Office()
    with pytest.raises(NotAllowed):
        office.rota.override(person("vic", Role.VIEWER, Via.WEB), "primary", ["bo"], None, None)
    with pytest.raises(NotFound, match="there are: primary"):
        office.rota.override(ANA, "secondary", ["bo"], None, None)


def test_a_disabled_account_is_reached_by_nobody() -> None:
    """Whoever's account is disabled is not paged, and the reason says so (F33)."""
    office = Office()
    with office.store.transact() as tx:
        tx.accounts.save_user(User("ana", "Ana", Role.RESPONDER, "x", disabled=True, created_at=MONDAY))
    with office.store.read() as tx:
        reached = roster_in_force(tx, ROSTER, MONDAY).who("On-Call", MONDAY)
    assert reached.people == ()
    assert "the account of ana is disabled" in reached.why


def test_an_override_of_a_schedule_that_is_gone_is_left_out(tmp_path: Path) -> None:
    """A row whose schedule was taken out of the settings disturbs nobody."""
    office = Office()
    office.rota.override(ANA, "primary", ["bo"], None, None)
    with office.store.read() as tx:
        other = Roster(people=ROSTER.people, schedules=(Schedule("second", "UTC", ROSTER.schedules[0].rotations),))
        (schedule,) = roster_in_force(tx, other, MONDAY).schedules
    assert schedule.overrides == ()
