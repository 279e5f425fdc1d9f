"""The last days of a component: what each was like, from its public incidents.

A day before anything is known is unknown, never good. Days are calendar days in the page's time zone, so a day
may have 23 or 25 hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin.statuspage.page import Component, ComponentStatus, PublicIncident, StatusPage, felt, worst


@dataclass(frozen=True, slots=True)
class Day:
    """One day: the worst it saw and for how long anything was wrong. ``status`` None: nothing is known of it."""

    day: date
    status: ComponentStatus | None
    affected: timedelta


def history(page: StatusPage, component: Component) -> tuple[Day, ...]:
    """The page's last days up to today, oldest first."""
    zone = ZoneInfo(page.zone)
    today = page.as_of.astimezone(zone).date()
    touching = [one for one in page.incidents if component.key in one.components]
    days = (today - timedelta(days=back) for back in range(page.history_days - 1, -1, -1))
    return tuple(_day(day, component, touching, page.as_of, zone) for day in days)


def affected(days: Iterable[Day]) -> timedelta:
    """How long anything was wrong in all."""
    return sum((one.affected for one in days), timedelta(0))


def _day(day: date, component: Component, incidents: Sequence[PublicIncident], as_of: datetime, zone: ZoneInfo) -> Day:
    if component.since is not None and day < component.since:
        return Day(day, None, timedelta(0))
    start, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    felt_here: list[ComponentStatus] = []
    spans: list[tuple[datetime, datetime]] = []
    for one in incidents:
        status = felt(one)
        if status is ComponentStatus.OPERATIONAL:
            continue
        for span in one.spans:
            first, last = max(span.start, start), min(span.end or max(as_of, span.start), end)
            if first < last:
                felt_here.append(status)
                spans.append((first, last))
    return Day(day, worst(felt_here), _union(spans))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _union(spans: list[tuple[datetime, datetime]]) -> timedelta:
    """The time that these cover together: two incidents at once are not twice as long."""
    whole = timedelta(0)
    reached: datetime | None = None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            whole += end - begin
        reached = end if reached is None else max(reached, end)
    return whole
