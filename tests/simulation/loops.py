"""What the application's loops sleep on, in virtual time: bells, stop signs and thread pools without threads.

A loop that finds nothing looks again each second. Nothing changes between two commits but the time, so instead of
looking three thousand times an hour a sleeper is woken at the second in which its look will find something: the
looks that are left out are those that are known to find nothing.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from tests.simulation.scheduler import Owner, Scheduler, Task
from tocsin.app.bell import Bell

LOOKS_EVERY = 1.0


class SimulatedBell(Bell):
    """A bell of one loop. ``soonest`` says when there will be something to find, in true time."""

    def __init__(self, scheduler: Scheduler, soonest: Callable[[], float | None], longest: float) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._soonest = soonest
        self._longest = longest
        self._is_rung = False
        self._sleeper: Task | None = None
        self._began = 0.0
        self._planned = 0.0

    def ring(self) -> None:
        """Wake the sleeper, now or at its next wait."""
        self._is_rung = True
        if self._sleeper is not None:
            self._scheduler.wake(self._sleeper, self._scheduler.now + 0.0005)

    def wait(self, seconds: float, gather: float = 0.0) -> bool:
        """Sleep until the bell rings, the seconds are over, or (after a whole look) something can be found.

        Nothing is gathered: that spares real threads, and here one runs at a time.
        """
        if self._is_rung:
            self._scheduler.sleep(0.0005)
        elif seconds < LOOKS_EVERY:
            self._sleep(self._scheduler.now + seconds)
        else:
            self._began = self._scheduler.now
            self._planned = 0.0
            self._sleep(self._plan())
        rang, self._is_rung = self._is_rung, False
        return rang

    def replan(self) -> None:
        """Something was committed, or the wall clock jumped: perhaps there is something to find sooner."""
        if self._sleeper is None or not self._planned or self._is_rung:
            return
        before = self._planned
        if self._plan() != before:
            self._scheduler.wake(self._sleeper, self._planned)

    def _sleep(self, until: float) -> None:
        self._sleeper = self._scheduler.current()
        try:
            self._scheduler.wake(self._sleeper, until)
            self._scheduler.park()
        finally:
            self._sleeper = None
            self._planned = 0.0

    def _plan(self) -> float:
        """The look at which there is something to find, or the last one before it comes within a second."""
        next_look = self._began + math.floor(self._scheduler.now - self._began) + LOOKS_EVERY
        soonest = self._soonest()
        longest = self._began + self._longest
        if soonest is None:
            self._planned = max(longest, next_look)
        else:
            look = self._began + math.floor(soonest - self._began)
            self._planned = max(min(look, longest), next_look)
        return self._planned


class SimulatedStop(threading.Event):
    """The sign that tells a loop to stop: never set, for a process here does not stop, it is killed."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self._scheduler = scheduler

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep in virtual time."""
        self._scheduler.sleep(timeout or 0.0)
        return False


class SimulatedPool(Executor):
    """A pool whose threads are tasks of one process."""

    def __init__(self, scheduler: Scheduler, owner: Owner, delay: Callable[[], float]) -> None:
        self._scheduler = scheduler
        self._owner = owner
        self._delay = delay

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Begin the work; nobody asks for its result."""
        task = self._scheduler.spawn("courier", fn, *args, owner=self._owner, after=self._delay())
        task.carrying = args[0]
        return Future()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing to give back."""
