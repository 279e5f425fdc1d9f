"""Parts of the week and calendars of business hours with their holidays. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tocsin.errors import BadSettings
from tocsin.oncall.wallclock import Edges, instant_of, zone_of

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
EVERY_DAY = frozenset(range(7))
WORKDAYS = frozenset(range(5))
WEEK = timedelta(days=7)
_AROUND = 8  # days before and after that may hold the nearest edge of a part of the week
_MOST_OPEN = 3000  # stretches of an open calendar that are counted: ten years of its days
_MOST_CLOSED = 60  # stretches of a closed calendar that are joined: more than a year of holidays


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

    def on(self, day: date) -> tuple[datetime, datetime]:
        """The span that begins on a day, as naive wall-clock times."""
        last = day if self.until > self.since else day + timedelta(days=1)
        return datetime.combine(day, self.since), datetime.combine(last, self.until)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The hours at which somebody works, in a zone; on ``holidays`` nobody does. Without hours: all day."""

    name: str
    zone: str
    hours: tuple[Restriction, ...] = (Restriction(WORKDAYS, time(9), time(17)),)
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        zone_of(self.zone, self.name)


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a calendar is open at an instant, and until when that holds (UTC; None: no end in sight)."""

    open: bool
    until: datetime | None


def opening(calendar: Calendar, at: datetime) -> Opening:
    """Whether a calendar is open at an aware instant, and when that changes."""
    zone = ZoneInfo(calendar.zone)
    at = at.astimezone(UTC)
    is_open, until = _piece(calendar, zone, at)
    for _ in range(_MOST_CLOSED):
        if until is None:
            break
        same, later = _piece(calendar, zone, until)
        if same != is_open:
            break
        until = later
    return Opening(is_open, until)


@lru_cache(maxsize=4096)  # a clock is asked for whenever its incident changes
def after_hours(calendar: Calendar, at: datetime, span: timedelta) -> datetime:
    """When a calendar has been open for a span since an aware instant, in UTC; the first instant at which it has.

    A calendar that never opens again counts as open, so that no clock stops for good.
    """
    at, left = at.astimezone(UTC), span
    for _ in range(_MOST_OPEN):
        shown = opening(calendar, at)
        if shown.until is None:
            break
        if shown.open and at + left <= shown.until:
            return at + left
        left -= shown.until - at if shown.open else timedelta(0)
        at = shown.until
    return at + left


@lru_cache(maxsize=4096)
def after_days(calendar: Calendar, at: datetime, days: int) -> datetime:
    """When a number of a calendar's days have passed since an aware instant, in UTC.

    That is the same time of day so many open days later, no later than the calendar closes on that day. What begins
    while it is closed begins when it opens: one day from Saturday has passed on Tuesday, when it opens. Hours over
    midnight are of the day on which they begin.
    """
    shown = opening(calendar, at)
    start = at if shown.open or shown.until is None else shown.until
    zone = ZoneInfo(calendar.zone)
    began = start.astimezone(zone)
    hours = calendar.hours or (Restriction(),)
    own, left = _own_day(hours, calendar.holidays, began), days
    day = own
    open_on = {weekday for one in hours for weekday in one.days}
    for _ in range(7 * days + len(calendar.holidays)):
        if left == 0:
            break
        day += timedelta(days=1)
        left -= day.weekday() in open_on and day not in calendar.holidays
    due = datetime.combine(day + (began.date() - own), began.time())
    ends = [one.on(day)[1] for one in hours if day.weekday() in one.days]
    return instant_of(min(due, max(ends, default=due)), zone)


def _own_day(hours: tuple[Restriction, ...], holidays: frozenset[date], began: datetime) -> date:
    """The day whose hours an instant lies in: the day before its own where only that day's hours reach over it."""
    today, wall = began.date(), began.replace(tzinfo=None)
    for day in (today, today - timedelta(days=1)):
        spans = [one.on(day) for one in hours if day.weekday() in one.days and day not in holidays]
        if any(since <= wall < until for since, until in spans):
            return day
    return today


def _piece(calendar: Calendar, zone: ZoneInfo, at: datetime) -> tuple[bool, datetime | None]:
    covered, edges = covers(calendar.hours or (Restriction(),), calendar.holidays, zone, at)
    nearest = Edges(at)
    nearest.add(edges)
    return covered, nearest.after


def covers(
    hours: tuple[Restriction, ...], holidays: frozenset[date], zone: ZoneInfo, at: datetime
) -> tuple[bool, tuple[datetime, ...]]:
    """Whether an instant lies within one of the hours (or there are none), and the edges around it.

    Hours that begin on a holiday do not count. Where holidays hide the next edge, the end of what was looked at is
    given as one, so that whoever follows the edges looks further.
    """
    if not hours and not holidays:
        return True, ()
    today = at.astimezone(zone).date()
    covered = False
    edges: list[datetime] = []
    days = [today + timedelta(days=offset) for offset in range(-_AROUND, _AROUND + 1)]
    for restriction in hours or (Restriction(),):
        for day in days:
            if day.weekday() not in restriction.days or day in holidays:
                continue
            since, until = (instant_of(wall, zone) for wall in restriction.on(day))
            covered = covered or since <= at < until
            edges += (since, until)
    if holidays:
        edges += (instant_of(datetime.combine(day, time(0)), zone) for day in (days[0], days[-1]))
    return covered, tuple(edges)
