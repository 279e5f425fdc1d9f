"""The one place that asks what time it is.

Everything else takes an aware UTC instant as an argument, so that a test, a rehearsal or the simulation can
say what time it is.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time; a fake may move it."""

    def now(self) -> datetime:
        """The instant now, aware, in UTC."""
        ...


class SystemClock:
    """The wall clock of this machine."""

    def now(self) -> datetime:
        """The instant now, aware, in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """A clock for tests, drills and acceptance runs: it stands still until it is moved, or runs with an offset.

    ``running`` keeps it going from where it was moved to, at the pace of the machine.
    """

    def __init__(self, at: datetime, *, running: bool = False) -> None:
        self._at = utc(at)
        self._running = running
        self._started = time.monotonic()

    def now(self) -> datetime:
        """The instant now, aware, in UTC."""
        if not self._running:
            return self._at
        return self._at + timedelta(seconds=time.monotonic() - self._started)

    def move_to(self, at: datetime) -> None:
        """Jump to an instant, forwards or backwards."""
        self._at = utc(at)
        self._started = time.monotonic()

    def move_by(self, span: timedelta) -> None:
        """Jump by a span."""
        self.move_to(self.now() + span)


def utc(at: datetime) -> datetime:
    """The same instant in UTC; a naive datetime is refused with ValueError."""
    if at.tzinfo is None:
        raise ValueError(f"an instant needs its time zone: {at.isoformat()}")
    return at.astimezone(UTC)


def monotonic() -> float:
    """Seconds of a clock that never goes back, for spans only."""
    return time.monotonic()


def since_boot() -> float:
    """The same, and where the system can tell it counts on while the machine is suspended: others went on meanwhile."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
