"""The engine's time on a real database: what a process keeps of it, the next one and the other nodes go on by."""

from __future__ import annotations

from datetime import timedelta

from tests.contracts.conftest import Node
from tests.contracts.samples import appending
from tocsin.app.engine_time import EngineTime, begin
from tocsin.clock import Machine, MovableClock, SystemClock, since_boot

HOUR = timedelta(hours=1)
NEAR = timedelta(seconds=2)
"""What a machine that is busy may take for a query."""


def machine(name: str, *, off: timedelta) -> Machine:
    """A machine whose wall clock is off."""
    wall = MovableClock(SystemClock().now() + off, running=True)
    return Machine(wall, since_boot, f"{name}'s boot")


def test_nodes_whose_wall_clocks_are_off_have_one_time(node: Node) -> None:
    """F39: where the database has a clock, that is followed; else the wall clock, which nodes of one machine share."""
    one, other = machine("one", off=HOUR), machine("other", off=-HOUR)
    clocks = []
    for name, where in (("one", one), ("other", other)):
        store = node.open()
        clock = begin(store, where, name)
        EngineTime(store, clock, where, name).look()
        clocks.append(clock)
    off = [clock.now() - SystemClock().now() for clock in clocks]
    if node.kind == "postgresql":
        assert all(abs(one) < NEAR for one in off)
    else:
        assert abs(off[0] - HOUR) < NEAR
    assert all(abs(clock.wall() - clock.now()) < 2 * HOUR + NEAR for clock in clocks)


def test_the_next_process_goes_on_by_what_was_kept(node: Node) -> None:
    """F26: with an incident open, a wall clock that was set back an hour makes a restart not a second late."""
    store, here = node.open(), machine("one", off=timedelta(0))
    clock = begin(store, here, "one")
    EngineTime(store, clock, here, "one").look()
    with store.transact() as tx:
        tx.incidents.append([appending("a", 1)])
    here.wall.set_by(-HOUR)  # type: ignore[attr-defined]
    again = begin(node.open(), here, "one")
    assert abs(again.now() - clock.now()) < NEAR
    assert again.now() - again.wall() > HOUR - NEAR
