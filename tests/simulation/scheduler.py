"""Virtual time for code that waits: one thread, coroutines that switch at named points, the same run for a seed.

The code under test is synchronous. Each loop, request and delivery runs in a greenlet of its own; whatever would
wait (a provider's answer, a bell, a turn at the database) calls ``sleep`` and lets the others run. Two clocks: the
*true* time of the world, in seconds since its beginning, which never jumps and which all waiting is measured in;
and the wall clock that the engines of the application follow, which a fault may set.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from greenlet import getcurrent, greenlet

from tocsin.clock import MovableClock


class Killed(BaseException):
    """The process of this task was killed: nothing of it goes on. No handler for errors catches it."""


class Owner:
    """A process: its tasks stop while it is paused and end when it is killed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.life = 0
        self.alive = False
        self.paused_until = 0.0


class Task(greenlet):
    """One thing that goes on in the world."""

    name: str = ""
    owner: Owner | None = None
    life: int = 0
    turn: int = 0  # the one wake-up that counts; others are out of date
    carrying: Any = None  # the outbox entry that it delivers, for whoever watches

    @property
    def is_orphan(self) -> bool:
        """Whether the process it runs in is gone."""
        return self.owner is not None and self.owner.life != self.life


class Scheduler:
    """Runs what is due, in the order of its instant; what is due at the same instant in a drawn order."""

    def __init__(self, rng: Random, start: datetime) -> None:
        self.now = 0.0
        self.clock = MovableClock(start)
        self.trouble: BaseException | None = None
        self._start = start
        self.wall_offset = 0.0
        self._rng = rng
        self._queue: list[tuple[float, float, int, Callable[[], None]]] = []
        self._count = 0
        self._tasks: dict[Task, None] = {}  # in the order in which they began
        self._hub = getcurrent()

    def wall(self, true: float | None = None) -> datetime:
        """What the wall clock says (now, or what it would say at a true time)."""
        seconds = (self.now if true is None else true) + self.wall_offset
        return self._start + timedelta(microseconds=round(seconds * 1e6))

    def jump(self, seconds: float) -> None:
        """Set the wall clock, ahead or back."""
        self.wall_offset += seconds
        self.clock.move_to(self.wall())

    def at(self, when: float, act: Callable[[], None]) -> None:
        """Do something at a true time, outside of any task."""
        self._count += 1
        heapq.heappush(self._queue, (max(when, self.now), self._rng.random(), self._count, act))

    def spawn(
        self, name: str, act: Callable[..., Any], *given: Any, owner: Owner | None = None, after: float = 0.0
    ) -> Task:
        """Begin a task; with an owner it lives and dies with that process."""

        def run() -> None:
            try:
                act(*given)
            except Killed:
                pass
            except BaseException as trouble:  # noqa: BLE001 -- the hub raises it, in the test
                self.trouble = self.trouble or trouble
            finally:
                self._tasks.pop(task, None)

        task = Task(run, self._hub)
        task.name, task.owner, task.life = name, owner, owner.life if owner else 0
        self._tasks[task] = None
        self.wake(task, self.now + after)
        return task

    def wake(self, task: Task, when: float) -> None:
        """Let a task go on at a true time; takes the place of an earlier wake-up."""
        task.turn += 1
        turn = task.turn
        self.at(when, lambda: self._resume(task, turn))

    def sleep(self, seconds: float) -> None:
        """Let the others run for a while. Raises Killed when the task's process is gone by then."""
        self.wake(self.current(), self.now + seconds)
        self.park()

    def park(self) -> None:
        """Wait until somebody calls ``wake``."""
        self._hub.switch()

    def current(self) -> Task:
        """The task that is running."""
        task = getcurrent()
        assert isinstance(task, Task), "only a task may wait"
        return task

    def end(self, task: Task) -> None:
        """Throw a task out, wherever it waits."""
        assert getcurrent() is self._hub, "a task that throws out another would not go on"
        task.turn += 1
        if task:  # begun and not ended
            task.throw(Killed)

    def end_all(self, owner: Owner | None = None) -> None:
        """Throw out all tasks, or those that a killed process left behind."""
        for task in [t for t in self._tasks if owner is None or (t.owner is owner and t.is_orphan)]:
            self.end(task)
            self._tasks.pop(task, None)

    def run(self, until: float) -> None:
        """Let the world go on until a true time."""
        while self._queue and self._queue[0][0] <= until:
            when, _, _, act = heapq.heappop(self._queue)
            self.now = when
            self.clock.move_to(self.wall())
            act()
            if self.trouble is not None:
                raise self.trouble
        self.now = until
        self.clock.move_to(self.wall())

    def _resume(self, task: Task, turn: int) -> None:
        if task.dead or turn != task.turn:
            return
        if task.is_orphan:
            self.end(task)
        elif task.owner is not None and task.owner.paused_until > self.now:
            self.wake(task, task.owner.paused_until)
        else:
            task.switch()
