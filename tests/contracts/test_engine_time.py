"""The engine's time on a real database: what a process keeps of it, the next one and the other nodes go on by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.contracts.conftest import Node
from tests.contracts.samples import appending
from tocsin.app.engine_time import EngineTime, begin
from tocsin.app.store import Store
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
        clock = begin(store, where, name, pause=lambda _: None)
        EngineTime(store, clock, where, name).look()
        clocks.append(clock)
    off = [clock.now() - SystemClock().now() for clock in clocks]
    if node.kind == "postgresql":
        assert all(abs(one) < NEAR for one in off)
    else:
        assert abs(off[0] - HOUR) < NEAR
    assert all(abs(clock.wall() - clock.now()) < 2 * HOUR + NEAR for clock in clocks)


class Set:
    """A store whose database has a clock that was set."""

    def __init__(self, store: Store, by: timedelta) -> None:
        self._store, self._by = store, by

    def now(self) -> datetime:
        """What that says."""
        return SystemClock().now() + self._by

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_a_node_takes_over_though_the_clock_was_set_while_it_was_down(node: Node, by: timedelta) -> None:
    """F26: by the line of the one that ended, and the seconds that both have counted alike."""
    store, one, two = node.open(), machine("one", off=timedelta(0)), machine("two", off=timedelta(0))
    before: Any = Set(store, timedelta(0))
    for name, where in (("two", two), ("one", one)):
        clock = begin(before, where, name, pause=lambda _: None)
        EngineTime(before, clock, where, name).look()
    with store.transact() as tx:
        tx.incidents.append([appending("a", 1)])
    after: Any = Set(node.open(), by)
    again = begin(after, two, "two")
    assert abs(again.now() - clock.now()) < NEAR
    EngineTime(after, again, two, "two").look()
    assert abs(again.now() - clock.now()) < NEAR


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
