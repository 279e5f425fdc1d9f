"""From what a clock on the wall shows to an instant: what a zone's changes skip or repeat has one answer (F27). Pure.

A wall-clock time that a change of the clocks skips means the first instant after the gap; one that comes twice means
the first of the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.errors import BadSettings


def zone_of(name: str, whose: str) -> ZoneInfo:
    """The zone of that name. Raises BadSettings that says whose it was to be."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadSettings(f"{whose}: there is no time zone {name!r}; write one like Europe/Berlin") from error


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a naive wall-clock time: the first of two, and the end of the gap when there is none."""
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


class Edges:
    """The nearest of many instants before (or at) and after one; None: there is none."""

    __slots__ = ("after", "at", "before")

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.before: datetime | None = None
        self.after: datetime | None = None

    def add(self, edges: Iterable[datetime | None]) -> None:
        """Take these into account too."""
        for edge in edges:
            if edge is None:
                continue
            if edge <= self.at:
                self.before = edge if self.before is None else max(self.before, edge)
            else:
                self.after = edge if self.after is None else min(self.after, edge)
