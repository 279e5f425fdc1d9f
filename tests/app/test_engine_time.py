"""F26, F39: what the engine's time follows, how a restart goes on by it, what is told of a clock that was set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tests.app.shop import Shop
from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.engine_time import ANSWERED, BOOTED, FORGOTTEN, KEPT, KEPT_EVERY, EngineTime, begin, compared
from tocsin.clock import RATE, TOO_FAR, Machine, MovableClock

START = datetime(2026, 11, 20, 3, 10, tzinfo=UTC)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
SOON = timedelta(milliseconds=1)
both_ways = pytest.mark.parametrize("by", [HOUR, -HOUR, timedelta(seconds=30), timedelta(seconds=-30)])


class Common(MemoryStore):
    """A store whose database has a clock of its own, once it is told what that says."""

    clock: MovableClock | None = None
    hangs: Callable[[], None] = staticmethod(lambda: None)
    replies: Callable[[], None] = staticmethod(lambda: None)

    def now(self) -> datetime | None:
        """What its clock says."""
        self.hangs()
        said = self.clock.now() if self.clock is not None else None
        self.replies()
        return said


class House:
    """Machines beside one database, and the true time that passes for all of them."""

    def __init__(self, *, common: bool) -> None:
        self.passed = 0.0
        self.store = Common()
        self.shop = Shop(store=self.store)
        self.walls: dict[str, MovableClock] = {}
        self.boots: dict[str, int] = {}
        self.ticks: dict[str, float] = {}
        if common:
            self.store.clock = MovableClock(START)

    @property
    def true(self) -> datetime:
        """The true time."""
        return START + timedelta(seconds=self.passed)

    @property
    def followed(self) -> MovableClock:
        """The clock that is followed."""
        return self.store.clock or self.walls["one"]

    def open_incident(self) -> None:
        """Somebody waits for something."""
        self.shop.declare()

    def machine(self, name: str = "one") -> Machine:
        """A machine, as its boot has it."""
        wall = self.walls.setdefault(name, MovableClock(self.true))
        began = self.ticks.setdefault(name, 1000.0)
        return Machine(wall, lambda: began + self.passed, f"{name} {self.boots.setdefault(name, 1)}")

    def reboot(self, name: str = "one", ticks: float = 1000.0) -> None:
        """Start the machine anew, ``ticks`` seconds ago: what its ticks said before says nothing."""
        self.boots[name] += 1
        self.ticks[name] = ticks - self.passed

    def start(self, name: str = "one", *beside: EngineTime) -> EngineTime:
        """The first look of a process on it; those beside it run while it waits for that."""
        machine = self.machine(name)
        clock = begin(self.store, machine, name, pause=lambda _: self.go_on(SECOND, *beside))
        process = EngineTime(self.store, clock, machine, name)
        process.look()
        return process

    def go_on(self, span: timedelta, *processes: EngineTime) -> None:
        """Let time pass, in which these look regularly."""
        left = span.total_seconds()
        while left > 0:
            step = min(5.0, left)
            left -= step
            self.passed += step
            for wall in [*self.walls.values(), *([self.store.clock] if self.store.clock else [])]:
                wall.set_by(timedelta(seconds=step))
            for process in processes:
                process.look()


@pytest.fixture(params=[False, True], ids=["wall", "database"])
def house(request: pytest.FixtureRequest) -> House:
    """A house whose nodes follow the wall clock, or the database's."""
    made = House(common=request.param)
    made.machine()
    return made


@both_ways
def test_a_clock_that_is_set_changes_no_span(house: House, by: timedelta, caplog: pytest.LogCaptureFixture) -> None:
    """A quarter of an hour lasts as long as before, give or take two percent, and it is told."""
    process = house.start()
    house.go_on(MINUTE, process)
    before = process.clock.now()
    house.followed.set_by(by)
    house.go_on(15 * MINUTE, process)
    spent = process.clock.now() - before
    assert abs(spent - 15 * MINUTE) <= 15 * MINUTE * RATE + SOON
    assert (spent > 15 * MINUTE) is (by > timedelta(0)), "it goes towards the clock that was set"
    assert f"was set {'ahead' if by > timedelta(0) else 'back'} by" in caplog.text
    assert ("The database's" if house.store.clock else "This machine's") in caplog.text
    assert len(caplog.records) == 1, "once"


@both_ways
def test_a_restart_with_an_open_incident_goes_on_as_before(house: House, by: timedelta) -> None:
    """On the same boot not a second is lost or won, however the clock was set before, between or after."""
    process = house.start()
    house.open_incident()
    house.go_on(10 * MINUTE, process)
    house.followed.set_by(by)
    house.go_on(10 * MINUTE, process)
    left = process.clock
    house.go_on(20 * MINUTE)  # it is killed, and somebody starts it again
    house.followed.set_by(-by)
    assert abs(house.start().clock.now() - left.now()) < SOON


@pytest.mark.parametrize("by", [HOUR, 30 * SECOND, -TOO_FAR - HOUR])
def test_a_restart_with_nothing_open_begins_with_the_clock_it_follows(house: House, by: timedelta) -> None:
    """Nobody waits for anything: the difference is over at once, and nothing is told any more."""
    process = house.start()
    house.go_on(10 * MINUTE, process)
    house.followed.set_by(by)
    house.go_on(MINUTE, process)
    assert "while no incident is open" in process.says()
    again = house.start()
    assert again.clock.now() == house.followed.now()
    assert again.says() == ""


@pytest.mark.parametrize("by", [-HOUR, -30 * SECOND])
def test_a_restart_never_goes_back_behind_what_was_written(house: House, by: timedelta) -> None:
    """What was resolved would lie in the future, and whatever follows it would be taken for old."""
    process = house.start()
    house.followed.set_by(by)
    house.go_on(MINUTE, process)
    left = process.clock
    again = house.start()
    assert abs(again.clock.now() - left.now()) < SOON
    assert "goes slower until they agree" in again.says()


def test_whoever_only_looks_beside_a_server_takes_no_clock_over(house: House) -> None:
    """The command line decides by the time of the server, and tells what that tells."""
    process = house.start()
    house.followed.set_by(-HOUR)
    house.go_on(10 * MINUTE, process)
    beside = begin(house.store, house.machine(), "one", serves=False)
    assert abs(beside.now() - process.clock.now()) < SOON
    assert compared(house.store, house.machine()) == process.says() != ""


@both_ways
def test_after_another_boot_it_goes_on_by_what_passed(house: House, by: timedelta) -> None:
    """Its ticks say nothing any more; the clock that it follows says what passed meanwhile, and no more than that."""
    process = house.start()
    house.open_incident()
    house.go_on(10 * MINUTE, process)
    house.followed.set_by(by)
    house.go_on(10 * MINUTE, process)
    left = process.clock
    house.go_on(MINUTE)
    now = left.now()
    house.reboot()
    assert abs(house.start().clock.now() - now) < SOON


def test_after_another_boot_it_is_never_behind_what_was_written(house: House) -> None:
    """The clock was set back meanwhile: what passed is not known, and nothing passed at least."""
    process = house.start()
    house.open_incident()
    house.go_on(10 * MINUTE, process)
    last = process.clock.now()
    house.followed.set_by(-HOUR)
    house.reboot()
    assert house.start().clock.now() >= last - KEPT_EVERY


@pytest.mark.parametrize(("up", "at_once"), [(30.0, True), (BOOTED + 1, False)])
def test_a_clock_that_is_put_right_after_a_boot_is_believed(up: float, *, at_once: bool) -> None:
    """It began where it stood when the power went: what became due in three hours is due as soon as it is right."""
    house = House(common=False)
    process = house.start()
    house.open_incident()
    house.go_on(MINUTE, process)
    house.passed += 3 * HOUR.total_seconds()  # the wall clock stands still without power
    house.reboot(ticks=up)
    again = house.start()
    house.go_on(20 * SECOND, again)
    house.followed.move_to(house.true)
    again.look()
    assert (abs(again.clock.now() - house.true) < SOON) is at_once
    assert (again.says() == "") is at_once


def test_a_clock_that_is_set_back_after_a_boot_is_made_up_for_slowly() -> None:
    """Nothing goes back, whatever the clock does."""
    house = House(common=False)
    house.machine()
    house.reboot(ticks=30.0)
    process = house.start()
    before = process.clock.now()
    house.followed.set_by(-HOUR)
    house.go_on(MINUTE, process)
    assert process.clock.now() - before >= MINUTE * (1 - RATE) - SOON


def test_a_slow_database_lets_nobody_run_ahead() -> None:
    """What a reply took is not taken for time by which another node is ahead, and is not handed on and on (F39)."""
    house = House(common=True)
    nodes: list[EngineTime] = []
    for name in ("one", "two", "three", "four"):
        nodes.append(house.start(name, *nodes))
    rng = Random(7)
    house.store.replies = lambda: house.go_on(timedelta(seconds=rng.uniform(0, 0.8)))
    for _ in range(400):
        for node in nodes:
            node.look()
        house.go_on(4 * SECOND)
    assert max(node.clock.now() for node in nodes) - house.true < 2 * SECOND


def test_a_line_that_cannot_be_read_keeps_nobody_from_starting(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Of a later version, or damaged: it begins with the clock that it follows, says so, and keeps its own."""
    with house.store.transact() as tx:
        tx.keep.put(KEPT, '{"one": {"ticks": "?"}}')
    house.open_incident()
    process = house.start()
    assert process.clock.now() == house.followed.now()
    assert "cannot be read" in caplog.text
    with house.store.read() as tx:
        assert '"?"' not in (tx.keep.get(KEPT) or "")


@both_ways
def test_a_node_joins_the_one_that_runs(by: timedelta) -> None:
    """F39: whatever its own clock says, and however the common clock was set, it has the time of the other."""
    house = House(common=True)
    one = house.start("one")
    house.open_incident()
    house.go_on(10 * MINUTE, one)
    house.followed.set_by(by)
    house.go_on(HOUR, one)
    house.machine("two").wall.set_by(10 * MINUTE)  # type: ignore[attr-defined]
    two = house.start("two", one)
    assert abs(two.clock.now() - one.clock.now()) < SOON
    house.go_on(5 * HOUR, one, two)
    assert abs(two.clock.now() - one.clock.now()) < SOON
    assert abs(one.clock.now() - house.true) <= 6 * HOUR * RATE


@both_ways
def test_a_node_that_was_away_while_the_clock_was_set_joins_the_one_that_was_not(by: timedelta) -> None:
    """Its own line knows nothing of the steering since: the one that ran on is followed."""
    house = House(common=True)
    one = house.start("one")
    two = house.start("two", one)
    house.open_incident()
    house.go_on(10 * MINUTE, one, two)
    house.followed.set_by(by)
    house.go_on(HOUR, one)
    assert abs(house.start("two").clock.now() - one.clock.now()) < SOON


@both_ways
@pytest.mark.parametrize("away", ["before", "between", "after"])
def test_a_node_that_takes_over_goes_on_as_the_other_did(by: timedelta, away: str) -> None:
    """It was down while the common clock was set, before the other ended or after: it goes on by the other's line,
    for as long as its own ticks say, and nobody is beside it whom it could ask."""
    house = House(common=True)
    one = house.start("one")
    two = house.start("two", one)
    house.open_incident()
    house.go_on(10 * MINUTE, one, two)
    for moment in ("before", "between", "after"):
        if moment == away:
            house.followed.set_by(by)
        if moment == "before":
            house.go_on(HOUR, one)  # the other is down
        elif moment == "between":
            house.go_on(10 * MINUTE, one)
    before, began = one.clock.now(), house.passed
    house.go_on(20 * MINUTE)  # both are down
    if away == "after":
        house.followed.set_by(by)
    spent = house.start("two").clock.now() - before
    passed = timedelta(seconds=house.passed - began)
    assert abs(spent - passed) <= passed * RATE + SOON
    assert abs(house.start("two").clock.now() - one.clock.now()) < SOON, "as the other would, had it gone on"


@both_ways
def test_a_node_that_joins_right_after_the_clock_was_set_counts_by_its_own_ticks(by: timedelta) -> None:
    """The other's line is as of some seconds ago, and the clock was set since: the seconds are counted right."""
    house = House(common=True)
    one = house.start("one")
    two = house.start("two", one)
    house.open_incident()
    house.go_on(MINUTE, one, two)
    house.go_on(SECOND)
    house.followed.set_by(by)
    assert abs(house.start("two").clock.now() - one.clock.now()) < SOON


@both_ways
def test_a_new_machine_waits_for_what_a_running_node_keeps(by: timedelta) -> None:
    """Its ticks say nothing of the seconds before, and the clock may have been set since the other looked."""
    house = House(common=True)
    one = house.start("one")
    house.open_incident()
    house.go_on(MINUTE + SECOND, one)
    house.go_on(SECOND)
    house.followed.set_by(by)
    machine, waited = house.machine("new"), []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        house.go_on(timedelta(seconds=seconds), *([one] if sum(waited) == 4 else []))

    new = begin(house.store, machine, "new", pause=pause)
    assert sum(waited) == 4
    assert abs(new.now() - one.clock.now()) < SOON


def test_a_new_machine_waits_for_nobody_for_ever() -> None:
    """The node whose line is there is gone: what passed is what the clock says."""
    house = House(common=True)
    one = house.start("one")
    house.open_incident()
    house.go_on(MINUTE, one)
    waited: list[float] = []
    new = begin(house.store, house.machine("new"), "new", pause=waited.append)
    assert sum(waited) == ANSWERED
    assert abs(new.now() - one.clock.now()) < SOON
    house.followed.set_by(-TOO_FAR - HOUR)
    alone = begin(house.store, house.machine("last"), "last", pause=waited.append)
    assert abs(alone.now() - new.now()) < SOON, "somebody waits"
    waited.clear()
    for node, serves in (("new", False), ("one", True)):  # who only looks, and who would wait for itself
        begin(house.store, house.machine("new"), node, serves=serves, pause=waited.append)
    assert waited == []


@both_ways
def test_a_node_that_hung_takes_the_time_of_the_one_that_did_not(by: timedelta) -> None:
    """It was steered another way meanwhile. Ahead it waits, behind it joins; the other is not off by it."""
    house = House(common=True)
    one = house.start("one")
    two = house.start("two", one)
    house.open_incident()
    house.go_on(MINUTE, one, two)
    house.followed.set_by(by)
    house.go_on(5 * MINUTE, one)
    time, said = one.clock.line(), two.clock.now()
    house.go_on(10 * SECOND, two, one)
    assert abs(one.clock.now() - time.time(time.count + 10)) < SOON
    assert two.clock.now() >= said
    house.go_on(10 * SECOND, one, two)
    assert abs(two.clock.now() - one.clock.now()) < SOON


def test_a_machine_that_was_stopped_whole_takes_the_time_of_the_one_that_was_not() -> None:
    """Ticks and all, as a virtual machine is: it looks at once as if the clock had been set, then as what it is."""
    house = House(common=True)
    one = house.start("one")
    two = house.start("two", one)
    house.open_incident()
    house.go_on(MINUTE, one, two)
    house.go_on(10 * MINUTE, one)
    house.ticks["two"] -= 600
    two.machine = house.machine("two")
    two.clock._ticks = two.machine.ticks  # the same process
    house.go_on(10 * SECOND, one, two)
    assert abs(two.clock.now() - one.clock.now()) < SOON
    assert abs(one.clock.now() - house.true) < SOON


@pytest.mark.parametrize("meets", ["after", "while"])
def test_who_fell_back_is_not_led_ahead_by_who_hung_meanwhile(meets: str) -> None:
    """A start with nothing open took a right clock over, days back: a node of the days ahead goes back with it, though
    it may have kept its own line once more."""
    house = House(common=True)
    house.followed.set_by(TOO_FAR + HOUR)
    one = house.start("one")
    two = house.start("two", one)
    house.go_on(MINUTE, one, two)
    house.followed.set_by(-TOO_FAR - HOUR)
    house.go_on(5 * MINUTE)
    machine = house.machine("one")
    one = EngineTime(house.store, begin(house.store, machine, "one"), machine, "one")
    house.open_incident()
    one.look()
    if meets == "while":
        house.go_on(SECOND)
        two._keep(two.clock.line(), house.followed.now())  # a look that was under way
    assert abs(begin(house.store, house.machine("two"), "two").now() - one.clock.now()) < SOON
    house.go_on(MINUTE, one, two)
    assert abs(one.clock.now() - house.followed.now()) < SOON
    assert abs(two.clock.now() - one.clock.now()) < SOON


@both_ways
def test_a_suspended_machine_has_lost_nothing(house: House, by: timedelta) -> None:
    """The ticks count on while nobody looks; what is to be made up for is made up for meanwhile too."""
    process = house.start()
    house.followed.set_by(by)
    house.go_on(10 * SECOND, process)
    before, left = process.clock.now(), abs(timedelta(seconds=process.clock.line().left))
    house.go_on(3 * HOUR)
    made_up = min(left, 3 * HOUR * RATE) * (1 if by > timedelta(0) else -1)
    assert abs(process.clock.now() - (before + 3 * HOUR + made_up)) < SOON


def test_a_comparison_that_took_long_steers_nothing() -> None:
    """A database that hangs says what it said then; by that nobody is steered."""
    house = House(common=True)
    process = house.start()
    house.go_on(MINUTE, process)

    def hang() -> None:
        house.store.hangs = lambda: None
        asked = house.followed.now()
        house.go_on(10 * SECOND)
        house.followed.move_to(asked - MINUTE)

    house.store.hangs = hang
    process.look()
    assert process.clock.line().left == 0


def test_what_was_absurdly_ahead_goes_on_while_somebody_waits(house: House) -> None:
    """The deadlines of an open incident are years ahead too: behind them it would wait for ever."""
    house.followed.set_by(timedelta(days=1500))
    process = house.start()
    house.open_incident()
    house.go_on(MINUTE, process)
    house.followed.set_by(timedelta(days=-1500))
    house.go_on(MINUTE, process)
    before = process.clock.now()
    again = house.start()
    house.go_on(MINUTE, again)
    assert again.clock.now() - before >= MINUTE * (1 - RATE)
    assert "is looked up for another day" in again.says()


def test_what_is_absurdly_behind_is_made_up_for_at_once(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """A machine that started in the wrong year would ask people who are not on call: rather too early."""
    house.followed.set_by(-TOO_FAR - HOUR)
    process = house.start()
    house.open_incident()
    house.followed.set_by(TOO_FAR + HOUR)
    house.go_on(10 * SECOND, process)
    assert process.clock.now() == house.followed.now()
    assert process.says() == ""
    assert "was set ahead" in caplog.text


def test_the_line_of_a_node_that_is_gone_is_forgotten(house: House) -> None:
    """Names of nodes that come and go do not pile up."""
    house.start("gone")
    one = house.start("one")
    house.followed.set_by(FORGOTTEN + HOUR)
    house.walls["one"].move_to(house.followed.now())
    one.look()
    with house.store.read() as tx:
        assert '"gone"' not in (tx.keep.get(KEPT) or "")
