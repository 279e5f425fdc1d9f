"""Rotations: people who take turns, and whose turn it is at an instant. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from tocsin.errors import BadSettings
from tocsin.oncall.calendar import WEEK, Calendar, Restriction, covers
from tocsin.oncall.wallclock import instant_of, zone_of

NOBODY = "nobody"
"""The slot in which a rotation leaves the time to the next one, on purpose."""
TOGETHER = "+"
"""Joins the handles of people who are on call together in one slot."""
_SHORTEST, _LONGEST = timedelta(hours=1), timedelta(days=366)
_HOUR = timedelta(hours=1)
_MOST_LENGTHS = 60


@dataclass(frozen=True, slots=True)
class Rotation:
    """Members who take turns, each for ``period``; the first begins on ``starts_on`` at ``handoff``.

    A member is a handle, several joined by ``+``, or ``nobody``. ``period`` is counted on the wall clock: a week is a
    week also when it has 167 hours. ``periods`` instead of it are lengths that follow each other (4 days, 3 days).
    With ``restrictions`` or a ``calendar`` nobody of the rotation is on call outside of them, while the turns go on;
    with ``counts_covered`` only turns that cover some time are counted, so that a weekend takes nobody's turn.
    ``zone`` is that of the schedule if empty. From ``since`` to ``until`` (aware, open at the end) it covers at all:
    a change of the roster that is planned ahead.
    """

    members: tuple[str, ...]
    starts_on: date
    period: timedelta = timedelta(weeks=1)
    handoff: time = time(9)
    restrictions: tuple[Restriction, ...] = ()
    name: str = ""
    periods: tuple[timedelta, ...] = ()
    calendar: Calendar | None = None
    counts_covered: bool = False
    zone: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.zone:
            zone_of(self.zone, self.name or "a rotation")
        if any(bound is not None and bound.tzinfo is None for bound in (self.since, self.until)):
            raise BadSettings("a rotation begins and ends at instants with their zone")
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise BadSettings("a rotation cannot end before it begins")
        for length in self.lengths:
            if not _SHORTEST <= length <= _LONGEST:
                raise BadSettings(f"a rotation cannot hand over every {length}; write an hour to a year")
        if len(self.lengths) > _MOST_LENGTHS:
            raise BadSettings(f"a rotation has at most {_MOST_LENGTHS} different lengths of turns")
        if self.counts_covered and any(length % _HOUR for length in self.lengths):
            raise BadSettings("a rotation that counts covered turns only needs turns of whole hours")
        if not 1970 <= self.starts_on.year <= 2200:
            raise BadSettings(f"a rotation cannot start on {self.starts_on.isoformat()}; write a date of our time")
        if self.handoff.tzinfo is not None:
            raise BadSettings("a hand-over is a wall-clock time; the schedule says in which zone")

    @property
    def lengths(self) -> tuple[timedelta, ...]:
        """The lengths of the turns, which follow each other round and round."""
        return self.periods or (self.period,)

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who takes turns, each once."""
        return tuple(dict.fromkeys(handle for slot in self.members for handle in people_of(slot)))

    @property
    def origin(self) -> datetime:
        """The first hand-over, as the wall clock shows it."""
        return datetime.combine(self.starts_on, self.handoff)


def people_of(slot: str) -> tuple[str, ...]:
    """The people of a slot; none for ``nobody``.

    >>> people_of("ana+bo"), people_of("nobody")
    (('ana', 'bo'), ())
    """
    return () if slot == NOBODY else tuple(part for part in slot.split(TOGETHER) if part)


def turn(rotation: Rotation, zone: ZoneInfo, at: datetime) -> tuple[str | None, tuple[datetime | None, ...]]:
    """Whose slot it is at an instant (None: the rotation has not begun, or has no members), and when it changes."""
    first = instant_of(rotation.origin, zone)
    if not rotation.members or at < first:
        return None, (first,)
    if len(set(rotation.members)) == 1:
        return rotation.members[0], (first,)
    # Where the clocks went back, the wall clock shows a time before a hand-over that has happened already.
    number = _number(rotation, at.astimezone(zone).replace(tzinfo=None))
    while (until := instant_of(_start(rotation, number + 1), zone)) <= at:
        number += 1
    since = instant_of(_start(rotation, number), zone)
    place = _covered_before(rotation, number) if rotation.counts_covered else number
    return rotation.members[place % len(rotation.members)], (since, until)


def covered(rotation: Rotation, zone: ZoneInfo, at: datetime) -> tuple[bool, tuple[datetime, ...]]:
    """Whether it covers an instant by its bounds, its restrictions and its calendar, and the edges around it."""
    within, edges = covers(rotation.restrictions, frozenset(), zone, at)
    bounds = tuple(bound for bound in (rotation.since, rotation.until) if bound is not None)
    if bounds:
        begun = rotation.since is None or rotation.since <= at
        within, edges = within and begun and (rotation.until is None or at < rotation.until), (*edges, *bounds)
    if rotation.calendar is None:
        return within, edges
    calendar = rotation.calendar
    open_, more = covers(calendar.hours, calendar.holidays, ZoneInfo(calendar.zone), at)
    return within and open_, (*edges, *more)


def spans(rotation: Rotation, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime, str]]:
    """What it covers between two naive wall-clock times, with the slot, as if the clocks were never changed.

    Calendars, bounds and what ``nobody`` has are left out; the members take their turns as in ``turn``.
    """
    window = _week(rotation.restrictions)
    number = _number(rotation, since)
    while rotation.members and (begins := _start(rotation, number)) < until:
        slot = rotation.members[number % len(rotation.members)]
        ends = _start(rotation, number + 1)
        if slot != NOBODY:
            pieces = [(begins, ends)]
            for low, high in _cut(pieces, window) if window else pieces:
                if low < until and since < high:
                    yield max(low, since), min(high, until), slot
        number += 1


def _number(rotation: Rotation, wall: datetime) -> int:
    """The number of the turn that a wall-clock time falls into, from 0; never negative (see ``turn``)."""
    lengths = rotation.lengths
    rounds, rest = divmod(max(wall - rotation.origin, timedelta(0)), sum(lengths, timedelta(0)))
    ends = accumulate(lengths, initial=timedelta(0))
    return rounds * len(lengths) + sum(1 for end in ends if end <= rest) - 1


def _start(rotation: Rotation, number: int) -> datetime:
    lengths = rotation.lengths
    rounds, place = divmod(number, len(lengths))
    return rotation.origin + rounds * sum(lengths, timedelta(0)) + sum(lengths[:place], timedelta(0))


def _covered_before(rotation: Rotation, number: int) -> int:
    """How many of the turns before this one cover some time."""
    counted = _covered_in_cycle(rotation)
    rounds, place = divmod(number, len(counted) - 1)
    return rounds * counted[-1] + counted[place]


@lru_cache(maxsize=512)
def _covered_in_cycle(rotation: Rotation) -> tuple[int, ...]:
    """How many covered turns there are before each turn of a cycle, and in the whole of it (last).

    Turns and weeks fall together again after their least common multiple: what is covered repeats from there on.
    Holidays do not repeat, so they count as worked.
    """
    total = sum(rotation.lengths, timedelta(0))
    hours = math.lcm(total // _HOUR, WEEK // _HOUR)
    turns = hours // (total // _HOUR) * len(rotation.lengths)
    windows = [_week(rotation.restrictions)]
    if rotation.calendar is not None:
        windows.append(_week(rotation.calendar.hours))
    found = [0]
    for number in range(turns):
        since, until = _start(rotation, number), _start(rotation, number + 1)
        found.append(found[-1] + _meets(since, until, [one for one in windows if one]))
    return tuple(found)


def _week(hours: Sequence[Restriction]) -> list[tuple[timedelta, timedelta]]:
    """Parts of a week as spans from its Monday at midnight."""
    monday = date(2001, 1, 1)
    midnight = datetime.combine(monday, time(0))
    spans = [one.on(monday + timedelta(days=day)) for one in hours for day in sorted(one.days)]
    return [(since - midnight, until - midnight) for since, until in spans]


def _meets(since: datetime, until: datetime, windows: Sequence[Sequence[tuple[timedelta, timedelta]]]) -> bool:
    """Whether a turn has a moment that lies in each of these parts of the week."""
    spans = [(since, until)]
    for window in windows:
        spans = list(_cut(spans, window))
    return bool(spans)


def _cut(
    spans: Sequence[tuple[datetime, datetime]], window: Sequence[tuple[timedelta, timedelta]]
) -> Iterator[tuple[datetime, datetime]]:
    for since, until in spans:
        monday = datetime.combine(since.date() - timedelta(days=since.weekday()), time(0)) - WEEK
        while monday < until:
            for begins, ends in window:
                low, high = max(since, monday + begins), min(until, monday + ends)
                if low < high:
                    yield low, high
            monday += WEEK
