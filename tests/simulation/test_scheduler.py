"""Virtual time itself: who goes first, who is thrown out, and what the two clocks say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest

from tests.simulation.house import START
from tests.simulation.loops import SimulatedBell
from tests.simulation.scheduler import Killed, Owner, Scheduler


@pytest.fixture(name="scheduler")
def _scheduler() -> Iterator[Scheduler]:
    scheduler = Scheduler(Random(1), START)
    yield scheduler
    scheduler.end_all()


def test_the_sooner_of_two_sleepers_goes_first(scheduler: Scheduler) -> None:
    """Waiting takes virtual time, and the wall clock stands where the sleeper woke."""
    told: list[tuple[str, timedelta]] = []

    def sleeper(name: str, seconds: float) -> None:
        scheduler.sleep(seconds)
        told.append((name, scheduler.clock.now() - START))

    scheduler.spawn("late", sleeper, "late", 60.0)
    scheduler.spawn("soon", sleeper, "soon", 0.5)
    scheduler.run(100.0)
    assert told == [("soon", timedelta(seconds=0.5)), ("late", timedelta(seconds=60))]


def test_what_a_killed_process_did_does_not_go_on(scheduler: Scheduler) -> None:
    """Its tasks are thrown out wherever they wait; handlers for errors do not hold them."""
    told: list[str] = []
    process = Owner("one")

    def work() -> None:
        try:
            scheduler.sleep(10.0)
        except Exception:  # noqa: BLE001 -- the point: this must not catch it
            told.append("caught")
        except Killed:
            told.append("killed")
            raise
        told.append("went on")

    def kill() -> None:
        process.life += 1
        scheduler.end_all(process)

    scheduler.spawn("work", work, owner=process)
    scheduler.at(5.0, kill)
    scheduler.run(20.0)
    assert told == ["killed"]


def test_a_paused_process_goes_on_where_it_was(scheduler: Scheduler) -> None:
    """While it stands still its sleepers sleep on; afterwards they wake late."""
    told: list[float] = []
    process = Owner("one")

    def work() -> None:
        scheduler.sleep(1.0)
        told.append(scheduler.now)

    def pause() -> None:
        process.paused_until = 300.0

    scheduler.spawn("work", work, owner=process)
    scheduler.at(0.5, pause)
    scheduler.run(400.0)
    assert told == [300.0]


def test_a_jump_of_the_wall_clock_makes_nobody_wait_less(scheduler: Scheduler) -> None:
    """Waiting is measured in true time, as by a monotonic clock."""
    told: list[tuple[float, timedelta]] = []

    def work() -> None:
        scheduler.sleep(10.0)
        told.append((scheduler.now, scheduler.clock.now() - START))

    scheduler.spawn("work", work)
    scheduler.at(5.0, lambda: scheduler.jump(3600.0))
    scheduler.run(20.0)
    assert told == [(10.0, timedelta(seconds=3610))]


@pytest.mark.parametrize(("soonest", "looks"), [(None, []), (7.25, [7.0]), (0.0, [1.0])])
def test_only_the_looks_that_find_nothing_are_left_out(
    scheduler: Scheduler, soonest: float | None, looks: list[float]
) -> None:
    """A loop that looks each second is woken at the last look before something comes, or at the next one."""
    told: list[float] = []
    bell = SimulatedBell(scheduler, lambda: soonest, 600.0)

    def loop() -> None:
        bell.wait(1.0)
        told.append(scheduler.now)

    scheduler.spawn("loop", loop)
    scheduler.run(60.0)
    assert told == looks


def test_a_bell_that_is_rung_ends_the_sleep_at_once(scheduler: Scheduler) -> None:
    """Ringing wakes the sleeper, and is not forgotten when nobody sleeps yet."""
    told: list[float] = []
    bell = SimulatedBell(scheduler, lambda: None, 600.0)

    def loop() -> None:
        for _ in range(2):
            bell.wait(1.0)
            told.append(round(scheduler.now, 2))
        scheduler.sleep(5.0)
        bell.wait(1.0)
        told.append(round(scheduler.now, 2))

    scheduler.spawn("loop", loop)
    for at in (3.0, 4.0, 6.0):
        scheduler.at(at, bell.ring)
    scheduler.run(60.0)
    assert told == [3.0, 4.0, 9.0]
