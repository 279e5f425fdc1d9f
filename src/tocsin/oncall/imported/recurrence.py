"""A repeated shift, as calendars say it, becomes a rotation: every N hours, days or weeks, on some weekdays. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin.errors import BadSettings
from tocsin.oncall.calendar import EVERY_DAY, WEEK, Restriction
from tocsin.oncall.rotation import NOBODY, Rotation
from tocsin.oncall.wallclock import instant_of

DAY = timedelta(days=1)
UNITS = {"hourly": timedelta(hours=1), "daily": DAY, "weekly": WEEK}


class CannotSay(Exception):
    """A rotation of ours cannot say this; the text says what."""

    @property
    def why(self) -> str:
        """What it is."""
        return str(self)


@dataclass(frozen=True, slots=True)
class Repeated:
    """A shift that begins at ``start`` (wall clock), lasts ``lasts``, and is repeated; each turn has the next slot.

    A turn is ``interval`` times the unit of ``frequency``. With ``days`` (weekly only) it holds a shift on each of
    these weekdays, and begins with the week: on ``week_start`` (Monday is 0).
    """

    start: datetime
    lasts: timedelta
    frequency: str
    interval: int
    slots: tuple[str, ...]
    days: frozenset[int] = frozenset()
    week_start: int = 0


def rotation_of(said: Repeated, name: str = "", zone: str = "") -> Rotation:
    """The rotation that means the same. Raises CannotSay."""
    if said.frequency not in UNITS:
        raise CannotSay(f"it is repeated {said.frequency}")
    if said.lasts <= timedelta(0):
        raise CannotSay("it lasts no time at all")
    turn = UNITS[said.frequency] * said.interval
    if said.days and said.days != {said.start.weekday()}:
        return _checked(lambda: _on_days(said, name, zone))
    if said.days and said.frequency != "weekly":
        raise CannotSay("it is repeated on weekdays, but not weekly")
    if said.lasts > turn:
        raise CannotSay("a shift begins before the one before it has ended")
    return _checked(lambda: _in_turns(said, turn, name, zone))


def window(day: int, since: time, lasts: timedelta) -> tuple[Restriction, ...]:
    """A part of the week that begins on a weekday and may go on for days, by the wall clock.

    >>> [(sorted(one.days), one.since.hour, one.until.hour) for one in window(4, time(17), timedelta(hours=63))]
    [([4], 17, 0), ([5], 0, 0), ([6], 0, 0), ([0], 0, 8)]
    """
    begins = datetime.combine(date(2001, 1, 1) + timedelta(days=day), since)
    ends = begins + min(lasts, WEEK)
    found = []
    while begins < ends:
        until = min(ends, datetime.combine(begins.date(), time(0)) + DAY)
        found.append(Restriction(frozenset({begins.weekday()}), begins.time(), until.time()))
        begins = until
    return tuple(found)


def weekly(windows: Sequence[Restriction]) -> tuple[Restriction, ...]:
    """The same windows, those of the same hours together; none when they leave nothing out."""
    days: dict[tuple[time, time], frozenset[int]] = {}
    for one in windows:
        days[one.since, one.until] = days.get((one.since, one.until), frozenset()) | one.days
    joined = tuple(Restriction(which, since, until) for (since, until), which in days.items())
    whole = any(one.days == EVERY_DAY and one.since == one.until for one in joined)
    return () if whole else joined


def ended(rotation: Rotation, said: Repeated, zone: str, last: datetime) -> Rotation:
    """The rotation, with no shift that begins after ``last`` (an instant); one that has begun is not cut.

    Raises CannotSay when none is left.
    """
    wall = last.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    begins = _last_begin(said, wall)
    if begins is None:
        raise CannotSay("it ends before it begins")
    return replace(rotation, until=instant_of(begins + said.lasts, ZoneInfo(zone)))


def _last_begin(said: Repeated, wall: datetime) -> datetime | None:
    """When the last shift begins at or before a time on the wall."""
    if wall < said.start:
        return None
    turn = UNITS[said.frequency] * said.interval
    if not said.days:
        return said.start + (wall - said.start) // turn * turn
    origin = _origin(said)
    week = (wall - origin) // turn
    while week >= 0:
        offsets = sorted(((day - said.week_start) % 7 for day in said.days), reverse=True)
        for offset in offsets:
            begins = origin + week * turn + timedelta(days=offset)
            if said.start <= begins <= wall:
                return begins
        week -= 1
    return None


def _origin(said: Repeated) -> datetime:
    """The first day of the week in which it begins, at the time of day of the shifts."""
    return said.start - timedelta(days=(said.start.weekday() - said.week_start) % 7)


def _in_turns(said: Repeated, turn: timedelta, name: str, zone: str) -> Rotation:
    """Each turn once, with a free rest when a shift is shorter."""
    first, handoff = said.start.date(), said.start.time()
    if said.lasts == turn:
        return Rotation(said.slots, first, turn, handoff, name=name, zone=zone)
    if turn == DAY:
        hours = (Restriction(EVERY_DAY, handoff, (said.start + said.lasts).time()),)
        return Rotation(said.slots, first, turn, handoff, hours, name, zone=zone)
    slots = tuple(one for slot in said.slots for one in (slot, NOBODY))
    return Rotation(slots, first, handoff=handoff, name=name, periods=(said.lasts, turn - said.lasts), zone=zone)


def _on_days(said: Repeated, name: str, zone: str) -> Rotation:
    """Some weekdays of a week; the weeks between two turns are free."""
    if said.frequency != "weekly":
        raise CannotSay(f"it is repeated {said.frequency} on some weekdays")
    if said.lasts > DAY:
        raise CannotSay("it is repeated on several weekdays and lasts more than a day")
    origin = _origin(said)
    slots = tuple(one for slot in said.slots for one in (slot, *(NOBODY,) * (said.interval - 1)))
    hours = weekly([Restriction(said.days, said.start.time(), (said.start + said.lasts).time())])
    begun = instant_of(said.start, ZoneInfo(zone)) if origin != said.start else None
    return Rotation(slots, origin.date(), WEEK, origin.time(), hours, name, zone=zone, since=begun)


def _checked(build: Callable[[], Rotation]) -> Rotation:
    try:
        return build()
    except BadSettings as wrong:
        raise CannotSay(wrong.message) from None
