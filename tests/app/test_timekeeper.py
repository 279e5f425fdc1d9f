"""Whose time has come is woken, once, by whoever comes first."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from tests.app.shop import ANA, MINUTE, START, Shop, types
from tests.stage import migrated
from tests.stage.child import eventually
from tocsin.adapters.database.opening import open_store
from tocsin.app.store import Transaction
from tocsin.app.timekeeper import Timekeeper
from tocsin.incident.commands import Acknowledge
from tocsin.incident.facts import LevelPaged, Paged


class SlowStore:
    """A store before which one has to wait for a while."""

    def __init__(self, shop: Shop, wait: timedelta) -> None:
        self._shop = shop
        self._wait = wait

    @contextmanager
    def transact(self) -> Iterator[Transaction]:
        """A transaction whose turn comes late."""
        self._shop.clock.move_by(self._wait)
        with self._shop.store.transact() as tx:
            yield tx


def test_the_next_level_is_paged_when_its_window_ends_and_not_before() -> None:
    """R5: nothing at one microsecond before, the page at the instant itself."""
    shop = Shop()
    shop.declare()
    due = shop.rows()[0].next_due_at
    assert due is not None
    assert shop.timekeeper.wake(due - timedelta(microseconds=1)) == 0
    assert shop.timekeeper.wake(due) == 1


def test_a_race_with_the_acknowledgement_has_one_winner() -> None:
    """F19: acknowledged a millisecond before the deadline: whoever awaited it is not paged any more."""
    shop = Shop()
    shop.declare()
    shop.clock.move_to(START + 5 * MINUTE - timedelta(milliseconds=1))
    shop.incidents.act(ANA, "INC-1", Acknowledge("ana"))
    before = types(shop.facts()).count("LevelPaged")
    shop.clock.move_to(START + 5 * MINUTE)
    shop.timekeeper.wake()
    assert types(shop.facts()).count("LevelPaged") == before


def test_two_timekeepers_page_once() -> None:
    """Several nodes look at the same rows; what one has done is not due for the other."""
    shop = Shop()
    shop.declare()
    shop.clock.move_by(10 * MINUTE)
    other = Timekeeper(shop.store, shop.clock, shop.desk)
    assert shop.timekeeper.wake() == 1
    assert other.wake() == 0
    assert len([x for x in shop.facts() if isinstance(x, LevelPaged) and x.level == 2]) == 1


def test_whoever_waits_for_the_database_decides_as_of_its_turn() -> None:
    """A process that stood still for five minutes before its transaction does not write facts into the past."""
    shop = Shop()
    shop.declare()
    shop.clock.move_by(10 * MINUTE)
    late = Timekeeper(SlowStore(shop, 5 * MINUTE), shop.clock, shop.desk)  # type: ignore[arg-type]
    assert late.wake() == 1
    with shop.store.read() as tx:
        assert tx.incidents.facts(["INC-1"])["INC-1"][-1].at == START + 15 * MINUTE


def test_downtime_ends_with_one_level_and_no_burst() -> None:
    """ADR 3: after three hours of darkness one level is paged at once, and nobody twice."""
    shop = Shop()
    shop.declare()
    shop.work()
    before = shop.facts()
    shop.clock.move_by(timedelta(hours=3))
    shop.work()
    brought = shop.facts()[len(before) :]
    assert [x.level for x in brought if isinstance(x, LevelPaged)] == [2]
    people = [x.person for x in brought if isinstance(x, Paged)]
    assert sorted(people) == ["ana", "bo"]


def test_an_incident_that_cannot_be_read_keeps_no_other_from_being_woken(tmp_path: Path) -> None:
    """R4: its first fact was written by a version that means something else by it; the next is paged all the same."""
    file = migrated.place(tmp_path / "tocsin.db")
    shop = Shop(store=open_store(f"sqlite:///{file}"))
    shop.declare()
    shop.declare()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TRIGGER facts_refuse_update")
        connection.execute("UPDATE facts SET body = '{\"title\":7}' WHERE incident_id = 'INC-1' AND seq = 1")
    shop.clock.move_by(timedelta(hours=1))
    known, stop = len(shop.facts("INC-2")), threading.Event()
    keeping = threading.Thread(target=shop.timekeeper.run, args=(stop,))
    keeping.start()
    woken = eventually(lambda: len(shop.facts("INC-2")) > known)
    alive = keeping.is_alive()
    stop.set()
    keeping.join(5)
    shop.store.close()
    assert (woken, alive) == (True, True)
