"""Who is on call at an instant: rotations that hand over at a wall-clock time, and overrides.

What is kept is what people say ("every week, Mondays at nine, in Berlin"); instants are computed when they are
asked for, so that a change of the zone's rules changes no schedule. A wall-clock time that a change of the clocks
skips means the first instant after the gap; one that comes twice means the first of the two. Each hand-over
happens once, and at every instant one and the same rotation decides (F27).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.errors import BadSettings

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
EVERY_DAY = frozenset(range(7))
_SAME_PEOPLE = 16  # neighbouring stretches that are joined at most when they have the same people
_MOMENT = timedelta(microseconds=1)
_SHORTEST, _LONGEST = timedelta(hours=1), timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Restriction:
    """A part of the week, in wall-clock time: on ``days`` (Monday is 0) from ``since`` to ``until``, open at the end.

    An ``until`` at or before ``since`` means that time on the next day.
    """

    days: frozenset[int] = EVERY_DAY
    since: time = time(0)
    until: time = time(0)

    def __post_init__(self) -> None:
        if not self.days or not self.days <= EVERY_DAY:
            raise BadSettings("a restriction needs days of the week, 0 (Monday) to 6 (Sunday)")


@dataclass(frozen=True, slots=True)
class Rotation:
    """Members who take turns, each for ``period``; the first begins on ``starts_on`` at ``handoff``.

    ``period`` is counted on the wall clock: a week is a week also when it has 167 hours. With ``restrictions``
    nobody of the rotation is on call outside of them, while the turns go on.
    """

    members: tuple[str, ...]
    starts_on: date
    period: timedelta = timedelta(weeks=1)
    handoff: time = time(9)
    restrictions: tuple[Restriction, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        if not _SHORTEST <= self.period <= _LONGEST:
            raise BadSettings(f"a rotation cannot hand over every {self.period}; write an hour to a year")
        if not 1970 <= self.starts_on.year <= 2200:
            raise BadSettings(f"a rotation cannot start on {self.starts_on.isoformat()}; write a date of our time")
        if self.handoff.tzinfo is not None:
            raise BadSettings("a hand-over is a wall-clock time; the schedule says in which zone")


@dataclass(frozen=True, slots=True)
class Override:
    """These people instead of whoever would be on call, from ``since`` to ``until`` (aware, open at the end)."""

    people: tuple[str, ...]
    since: datetime
    until: datetime
    reason: str = ""

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None or self.until <= self.since:
            raise BadSettings("an override needs two instants with their zone, the second after the first")
        if not self.people:
            raise BadSettings("an override needs somebody who takes over")


@dataclass(frozen=True, slots=True)
class Schedule:
    """A named schedule. The first of its rotations that covers an instant decides; the last override wins."""

    name: str
    zone: str
    rotations: tuple[Rotation, ...] = ()
    overrides: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise BadSettings(
                f"{self.name}: there is no time zone {self.zone!r}; write one like Europe/Berlin"
            ) from error


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on call, from ``since`` to ``until`` (UTC, open at the end; None: no end in sight), and why."""

    people: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    why: str


def on_call(schedule: Schedule, at: datetime) -> Shift:
    """Who is on call at an aware instant; nobody in a gap, and ``why`` says so. Naive instants raise ValueError.

    A shift spans neighbouring turns of the same people, up to a bound: after a very long one, ask again.
    """
    shift = _stretch(schedule, at)
    for _ in range(_SAME_PEOPLE):
        if shift.until is None:
            break
        after = _stretch(schedule, shift.until)
        if after.people != shift.people:
            break
        shift = Shift(shift.people, shift.since, after.until, shift.why)
    for _ in range(_SAME_PEOPLE):
        if shift.since is None:
            break
        before = _stretch(schedule, shift.since - _MOMENT)
        if before.people != shift.people:
            break
        shift = Shift(shift.people, before.since, shift.until, shift.why)
    return shift


def shifts(schedule: Schedule, since: datetime, until: datetime, limit: int = 400) -> list[Shift]:
    """The shifts that touch a span, in order, without gaps between them (nobody on call is a shift too)."""
    found: list[Shift] = []
    at: datetime | None = since
    while at is not None and at < until and len(found) < limit:
        found.append(on_call(schedule, at))
        at = found[-1].until
    return found


def _stretch(schedule: Schedule, at: datetime) -> Shift:
    """Who is on call at an instant, and the nearest instants around it where that could change."""
    if at.tzinfo is None:
        raise ValueError(f"an instant needs its time zone: {at.isoformat()}")
    at = at.astimezone(UTC)
    edges = _Edges(at)
    chosen: tuple[tuple[str, ...], str] | None = None
    for override in reversed(schedule.overrides):
        edges.add((override.since, override.until))
        if override.since <= at < override.until:
            chosen = override.people, _because("an override", override.reason, schedule.name)
            break
    zone = ZoneInfo(schedule.zone)
    empty = ""
    for rotation in schedule.rotations if chosen is None else ():
        members, turn = _turn(rotation, zone, at)
        edges.add(turn)
        covered, window = _within(rotation.restrictions, zone, at)
        edges.add(window)
        if members and covered:
            chosen = members, _because("the rotation", rotation.name, schedule.name)
            break
        if not rotation.members:
            empty = "; a rotation has no members"
    people, why = chosen or ((), f"nobody is on call in {schedule.name}: no rotation covers this time{empty}")
    return Shift(people, edges.before, edges.after, why)


def _because(what: str, name: str, schedule: str) -> str:
    return f"{what}{f' {name!r}' if name else ''} of {schedule}"


class _Edges:
    """The nearest of many instants before (or at) and after one."""

    __slots__ = ("after", "at", "before")

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.before: datetime | None = None
        self.after: datetime | None = None

    def add(self, edges: Iterable[datetime | None]) -> None:
        for edge in edges:
            if edge is None:
                continue
            if edge <= self.at:
                self.before = edge if self.before is None else max(self.before, edge)
            else:
                self.after = edge if self.after is None else min(self.after, edge)


def _turn(rotation: Rotation, zone: ZoneInfo, at: datetime) -> tuple[tuple[str, ...], tuple[datetime | None, ...]]:
    """Whose turn it is at an instant, and when that turn begins and ends."""
    origin = datetime.combine(rotation.starts_on, rotation.handoff)
    first = _instant(origin, zone)
    if not rotation.members or at < first:
        return (), (first,)
    if len(rotation.members) == 1:
        return rotation.members, (first,)
    # Where the clocks went back, the wall clock shows a time before a hand-over that has happened already.
    number = (at.astimezone(zone).replace(tzinfo=None) - origin) // rotation.period
    while (until := _instant(origin + (number + 1) * rotation.period, zone)) <= at:
        number += 1
    since = _instant(origin + number * rotation.period, zone)
    return (rotation.members[number % len(rotation.members)],), (since, until)


def _within(restrictions: tuple[Restriction, ...], zone: ZoneInfo, at: datetime) -> tuple[bool, tuple[datetime, ...]]:
    """Whether an instant lies within one of the restrictions (or there are none), and the edges around it."""
    if not restrictions:
        return True, ()
    today = at.astimezone(zone).date()
    covered = False
    edges: list[datetime] = []
    for restriction in restrictions:
        for offset in range(-8, 9):
            day = today + timedelta(days=offset)
            if day.weekday() not in restriction.days:
                continue
            last = day if restriction.until > restriction.since else day + timedelta(days=1)
            since = _instant(datetime.combine(day, restriction.since), zone)
            until = _instant(datetime.combine(last, restriction.until), zone)
            covered = covered or since <= at < until
            edges += (since, until)
    return covered, tuple(edges)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time: the first of two, and the end of the gap when there is none."""
    before = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if before.astimezone(zone).replace(tzinfo=None) == wall:
        return before
    # In a gap, fold=0 counts with the offset before it and lands as far behind the gap as `wall` is inside it.
    after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _end_of_gap(after, before, zone)


def _end_of_gap(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks were changed, between two instants on both sides of it."""
    offset = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)
