"""The one place that asks what time it is.

Everything else takes an aware UTC instant as an argument, so that a test, a rehearsal or the simulation can
say what time it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

RATE = 0.02
"""By so much of the time that passes the engine's clock is faster or slower at most while it is steered: an hour is
made up for in 50 hours, and what is due in 15 minutes comes 18 s off at most."""
_UP = 86400.0
"""The seconds that a machine of a test has been up for when its clock is made."""
TOO_FAR = timedelta(days=1)
"""So far behind no clock is made up for slowly: who is on call would be that of another day for months."""
_TICKING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """Tells the time; a fake may move it."""

    def now(self) -> datetime:
        """The instant now, aware, in UTC: what decides and waits goes by it."""
        ...

    def wall(self) -> datetime:
        """What the wall clock of this machine says: for what others date, sign or check by their own clocks."""
        ...


def earlier(clock: Clock) -> datetime:
    """The earlier of both times: what others have dated is over when it is over by the one and by the other."""
    return min(clock.now(), clock.wall())


class SystemClock:
    """The wall clock of this machine."""

    def now(self) -> datetime:
        """The instant now, aware, in UTC."""
        return datetime.now(UTC)

    wall = now


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine can tell of the time: its wall clock, the seconds since its ``boot``, and which boot that was.

    The ticks go on evenly through a suspension and from one process to the next, as long as the boot is the same; an
    empty one is never the same.
    """

    wall: Clock
    ticks: Callable[[], float]
    boot: str


@dataclass(frozen=True, slots=True)
class Line:
    """Where an engine's clock is and how it goes on: when ``count`` seconds had passed, it was ``at``.

    ``left`` seconds (below 0: it was ahead) are still to be made up for, at RATE and no faster. ``leaps`` counts how
    often it did not go on from where it was.
    """

    count: float
    at: datetime
    left: float = 0.0
    leaps: int = 0

    def time(self, count: float) -> datetime:
        """The instant at another count of seconds."""
        return self.at + timedelta(seconds=count - self.count + self._made_up(count))

    def after(self, count: float) -> Line:
        """The same line, as of a later count of seconds."""
        return Line(count, self.time(count), self.left - self._made_up(count), self.leaps)

    def _made_up(self, count: float) -> float:
        if not self.left:
            return 0.0
        most = (count - self.count) * RATE
        return min(self.left, most) if self.left > 0 else max(self.left, -most)


class EngineClock:
    """The time by which the engine decides and waits: it goes on by the machine's ticks, whatever the wall clock does.

    The seconds that its line counts are the machine's, and ``ahead`` of them by as much as makes all nodes count alike.
    It is never behind what it has said before, unless it leaps. ``steer`` brings it slowly to where it should be. Any
    thread may ask.
    """

    def __init__(self, begins: Line, machine: Machine, ahead: float = 0.0) -> None:
        self._line = begins
        self._ticks = machine.ticks
        self._lock = threading.Lock()
        self._said = begins.at
        self.ahead = ahead
        self.wall = machine.wall.now

    def now(self) -> datetime:
        """The instant now, aware, in UTC."""
        with self._lock:  # a reading of the ticks from before a new line must not be put on it
            return max(self._said, self._line.time(self._count()))

    def count(self) -> float:
        """The seconds that have passed, as all nodes count them: nobody sets or steers those."""
        with self._lock:
            return self._count()

    def line(self) -> Line:
        """Where it is now and how it goes on."""
        with self._lock:
            return self._line.after(self._count())

    def line_here(self) -> Line:
        """The same by the ticks of this machine alone, for another process on it: that is ahead of nobody."""
        with self._lock:
            ticks = self._ticks()
            return replace(self._line.after(ticks + self.ahead), count=ticks)

    def steer(self, behind: timedelta, *, at_once: bool = False) -> Line:
        """Say how far it is behind where it should be (below 0: ahead); the line that it follows from now on.

        That is made up for at RATE, then it goes on as before. Only what is TOO_FAR behind, or behind by whatever and
        ``at_once``, is made up for at once: who is waited for comes too early then, which is better than never.
        """
        with self._lock:
            now = self._line.after(self._count())
            if behind > TOO_FAR or (at_once and behind > timedelta(0)):
                self._line = Line(now.count, now.at + behind, leaps=now.leaps + 1)
            else:
                self._line = replace(now, left=behind.total_seconds())
            return self._line

    def follow(self, line: Line) -> None:
        """Go on by the line of another node. Where that is behind what was said here, wait for it; after a leap of
        the other go back as well."""
        with self._lock:
            count = self._count()
            has_leapt = line.leaps > self._line.leaps
            self._said = line.time(count) if has_leapt else max(self._said, self._line.time(count))
            self._line = line

    def count_on(self, seconds: float) -> None:
        """Count so many seconds more, as another node does; the time stays as it is."""
        with self._lock:
            now = self._line.after(self._count())
            self._line = replace(now, count=now.count + seconds)
            self.ahead += seconds

    def _count(self) -> float:
        return self._ticks() + self.ahead


class MovableClock:
    """A clock for tests, drills and acceptance runs: it stands still until it is moved, or runs with an offset.

    ``running`` keeps it going from where it was moved to, at the pace of the machine.
    """

    def __init__(self, at: datetime, *, running: bool = False) -> None:
        self._at = utc(at)
        self._running = running
        self._started = time.monotonic()
        self._skipped = _UP

    def now(self) -> datetime:
        """The instant now, aware, in UTC."""
        if not self._running:
            return self._at
        return self._at + timedelta(seconds=time.monotonic() - self._started)

    wall = now

    def ticks(self) -> float:
        """Seconds since the boot, with those that ``move_by`` has let pass; it has been up for long."""
        return since_boot() + self._skipped

    def move_to(self, at: datetime) -> None:
        """Jump to an instant, forwards or backwards."""
        self._at = utc(at)
        self._started = time.monotonic()

    def move_by(self, span: timedelta) -> None:
        """Let a span pass."""
        self._skipped += span.total_seconds()
        self.set_by(span)

    def set_by(self, span: timedelta) -> None:
        """Set it by a span, as somebody sets a clock: no time passes."""
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
    return time.clock_gettime(_TICKING)


def this_machine(wall: Clock | None = None, ticks: Callable[[], float] = since_boot) -> Machine:
    """The machine that this runs on; where the system does not say which boot it is, that is empty."""
    try:
        boot = _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        boot = ""
    return Machine(wall or SystemClock(), ticks, boot)
