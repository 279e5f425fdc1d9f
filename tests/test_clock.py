"""The engine's clock: it goes by the ticks of the machine, never back, and is brought slowly to where it should be."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tocsin.clock import RATE, TOO_FAR, EngineClock, Line, Machine, MovableClock, this_machine

START = datetime(2026, 11, 20, 3, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROUNDED = timedelta(microseconds=2)
"""What an instant may be off because it has whole microseconds."""

passes = st.floats(0, 7200, allow_nan=False)
offs = st.floats(-86_000, 86_000, allow_nan=False).map(lambda seconds: timedelta(seconds=seconds))


class Ticks:
    """Seconds since a boot, moved by hand."""

    def __init__(self, seconds: float = 1000.0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        """The seconds."""
        return self.seconds


def clock_of(ticks: Ticks) -> EngineClock:
    """A clock that begins at START."""
    return EngineClock(Line(ticks(), START), Machine(MovableClock(START), ticks, "boot"))


@given(st.lists(st.tuples(passes, st.none() | offs), max_size=30))
def test_it_never_goes_back_and_never_faster_than_its_rate(acts: Sequence[tuple[float, timedelta | None]]) -> None:
    """However it is steered, between two instants passes what the ticks say, give or take RATE."""
    ticks = Ticks()
    clock = clock_of(ticks)
    before = clock.now()
    for seconds, behind in acts:
        ticks.seconds += seconds
        now = clock.now()
        passed = timedelta(seconds=seconds)
        assert passed * (1 - RATE) - ROUNDED <= now - before <= passed * (1 + RATE) + ROUNDED
        if behind is not None:
            clock.steer(behind)
        before = clock.now()
        assert before == now, "steering moves nothing at once"


@given(offs)
def test_it_comes_to_where_it_should_be_and_stays(behind: timedelta) -> None:
    """What it is off is made up for within its fiftyfold, and nothing beyond, though nobody steers it again."""
    ticks = Ticks()
    clock = clock_of(ticks)
    clock.steer(behind)
    needed = abs(behind) / RATE
    ticks.seconds += needed.total_seconds() * 0.9
    assert abs(clock.now() - (START + needed * 0.9 + behind * 0.9)) < timedelta(milliseconds=1)
    ticks.seconds += needed.total_seconds() * 0.2 + 1
    assert abs(clock.now() - (START + needed * 1.1 + timedelta(seconds=1) + behind)) < timedelta(milliseconds=1)
    assert clock.line().left == 0


@given(offs, st.lists(passes, max_size=20))
def test_looking_often_changes_nothing(behind: timedelta, looks: Sequence[float]) -> None:
    """A line that is taken up anew at every look leads to the same instants as one that nobody touched."""
    ticks = Ticks()
    looked, left = clock_of(ticks), clock_of(ticks)
    looked.steer(behind)
    left.steer(behind)
    for seconds in looks:
        ticks.seconds += seconds
        looked.steer(timedelta(seconds=looked.line().left))
        assert abs(looked.now() - left.now()) <= ROUNDED * len(looks)


def test_too_far_behind_is_made_up_for_at_once_and_too_far_ahead_never() -> None:
    """A machine that woke up in the wrong year pages for today's people; one that thought it was next year waits on."""
    ticks = Ticks()
    clock = clock_of(ticks)
    clock.steer(TOO_FAR + HOUR)
    assert clock.now() == START + TOO_FAR + HOUR
    clock.steer(-TOO_FAR - HOUR)
    ticks.seconds += 3600
    assert clock.now() == START + TOO_FAR + 2 * HOUR - HOUR * RATE


def test_a_line_goes_on_in_another_process() -> None:
    """What is kept of it is all that it needs: on the same machine the next process says the same instants."""
    ticks = Ticks()
    clock = clock_of(ticks)
    clock.steer(-HOUR)
    ticks.seconds += 60
    kept = clock.line()
    ticks.seconds += 3600
    again = EngineClock(kept, Machine(MovableClock(START), ticks, "boot"))
    assert again.now() == clock.now()
    clock.count_on(864_000)
    beside = EngineClock(clock.line_here(), Machine(MovableClock(START), ticks, "boot"))
    ticks.seconds += 60
    assert beside.now() == clock.now()


def test_it_waits_for_a_line_that_is_behind_and_goes_back_only_after_a_leap() -> None:
    """A minute behind another's line: the time stands still for a minute, then it goes on with it."""
    ticks = Ticks()
    clock = clock_of(ticks)
    clock.follow(Line(ticks() + 60, START))
    ticks.seconds += 60
    assert clock.now() == START
    ticks.seconds += 1
    assert clock.now() == START + timedelta(seconds=1)
    clock.follow(Line(ticks(), START + HOUR))
    assert clock.now() == START + HOUR
    clock.follow(Line(ticks(), START, leaps=1))
    assert clock.now() == START


def test_counting_on_changes_no_time() -> None:
    """Only what it says that has passed, to whoever compares it."""
    ticks = Ticks()
    clock = clock_of(ticks)
    clock.steer(HOUR)
    ticks.seconds += 100
    before, count = clock.now(), clock.count()
    clock.count_on(30.0)
    assert (clock.now(), clock.count()) == (before, count + 30)
    ticks.seconds += 50
    assert abs(clock.now() - before - timedelta(seconds=51)) <= ROUNDED


def test_who_asks_while_it_is_steered_sees_no_step_back() -> None:
    """A later reading of the ticks is not put on the line from before: it would be ahead of the one that follows."""
    heard: list[datetime] = []

    class Interrupted(Ticks):
        asker: threading.Thread | None = None

        def __call__(self) -> float:
            seconds = self.seconds
            if self.asker is not None:
                asker, self.asker = self.asker, None
                self.seconds += 100
                asker.start()
                asker.join(0.2)  # it is kept waiting: that is what is tested
            return seconds

    ticks = Interrupted()
    clock = clock_of(ticks)
    clock.steer(HOUR)
    asker = ticks.asker = threading.Thread(target=lambda: heard.append(clock.now()))
    clock.steer(-HOUR)
    asker.join()
    assert heard == [clock.now()]


def test_a_boot_is_the_same_as_long_as_its_ticks_go_on() -> None:
    """Its name does not change within it, and its ticks do not go back."""
    first, second = this_machine(), this_machine()
    assert first.boot == second.boot
    assert 0 < first.ticks() <= second.ticks()


def test_the_clock_of_tests_can_be_set_without_time_passing() -> None:
    """What a person sets is the wall clock; time passes for the ticks too."""
    clock = MovableClock(START)
    before = clock.ticks()
    clock.set_by(-HOUR)
    assert clock.wall() == START - HOUR
    assert clock.ticks() - before < 60
    clock.move_by(HOUR)
    assert clock.wall() == START
    assert clock.ticks() - before >= 3600
