"""What is wrong with schedules over a span of time: undeclared gaps, and people who are on call twice. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from tocsin.oncall.schedule import Schedule, Shift, shifts

MOST_SHIFTS = 2000


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody is on call by this schedule from ``since`` to ``until`` (UTC, open at the end), and why."""

    schedule: str
    since: datetime
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """One person is on call by two schedules at once: as primary and as secondary the same person is woken twice."""

    person: str
    schedules: tuple[str, str]
    since: datetime
    until: datetime


def gaps(schedule: Schedule, since: datetime, until: datetime) -> list[Gap]:
    """The gaps of a schedule within a span, soonest first, cut to it; what is declared to be nobody's is none."""
    return [
        Gap(schedule.name, _later(one.since, since), _sooner(one.until, until), one.why)
        for one in shifts(schedule, since, until, MOST_SHIFTS)
        if not one.people and not one.declared
    ]


def overlaps(schedules: Sequence[Schedule], since: datetime, until: datetime) -> list[Overlap]:
    """Where one person is on call by two of these schedules within a span, soonest first, cut to it."""
    planned = {one.name: shifts(one, since, until, MOST_SHIFTS) for one in schedules}
    found = [
        Overlap(person, (a, b), begins, ends)
        for a, b in combinations(planned, 2)
        for person, begins, ends in _shared(planned[a], planned[b], since, until)
    ]
    return sorted(found, key=lambda one: (one.since, one.schedules, one.person))


def _shared(
    a: Sequence[Shift], b: Sequence[Shift], since: datetime, until: datetime
) -> list[tuple[str, datetime, datetime]]:
    """Who is in both at once. Both lists are in order and without holes, so one walk over both is enough."""
    found: list[tuple[str, datetime, datetime]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        begins = max(_later(a[i].since, since), _later(b[j].since, since))
        ends_a, ends_b = _sooner(a[i].until, until), _sooner(b[j].until, until)
        ends = min(ends_a, ends_b)
        if begins < ends:
            found += [(person, begins, ends) for person in a[i].people if person in b[j].people]
        i, j = i + (ends_a <= ends), j + (ends_b <= ends)
    return found


def _later(at: datetime | None, bound: datetime) -> datetime:
    return bound if at is None else max(at, bound)


def _sooner(at: datetime | None, bound: datetime) -> datetime:
    return bound if at is None else min(at, bound)
