"""Something that comes once a week, at a time of the clock on the wall. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin.oncall.wallclock import instant_of

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Weekly:
    """A day of the week (0 is Monday), a time of day, and the tz name of the zone whose clock is meant."""

    day: int
    at: time
    zone: str

    def last(self, now: datetime) -> datetime:
        """The newest instant (UTC) that is not after ``now``; what a change of the clocks skips comes after the gap.

        >>> from datetime import UTC
        >>> Weekly(1, time(10), "Europe/Berlin").last(datetime(2026, 3, 31, 7, 59, tzinfo=UTC)).isoformat()
        '2026-03-24T09:00:00+00:00'
        >>> Weekly(1, time(10), "Europe/Berlin").last(datetime(2026, 3, 31, 8, 0, tzinfo=UTC)).isoformat()
        '2026-03-31T08:00:00+00:00'
        """
        zone = ZoneInfo(self.zone)
        today = now.astimezone(zone).date()
        newest = today + timedelta(days=1 - (today.weekday() + 1 - self.day) % 7)
        found = (instant_of(datetime.combine(newest - timedelta(days=7 * n), self.at), zone) for n in range(3))
        return next(one for one in found if one <= now)

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.day]} {self.at:%H:%M} {self.zone}"
