"""What the courier does first, and what it never waits for."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast

from tests.contracts.samples import NOW, appending, effect
from tests.stage.child import eventually
from tests.web.house import house
from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.courier import LEASES, Courier
from tocsin.app.rows.records import OutboxEntry
from tocsin.app.store import Store, Transaction
from tocsin.clock import MovableClock
from tocsin.incident.effects import EffectKind
from tocsin.upkeep import render_status_page


@dataclass
class Lookout:
    """A carrier of steps that looks for those which an earlier life of its node had claimed."""

    store: Store
    lost: list[str] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)
    looked: bool = False

    def carry(self, entry: OutboxEntry) -> None:
        """Take note; it goes on for as long as the test does."""
        self.carried.append(entry.effect.key)

    def sweep(self) -> None:
        """Once, as after a start."""
        if not self.looked:
            self.looked = True
            with self.store.read() as tx:
                self.lost += [one.effect.key for one in tx.outbox.abandoned_steps(NOW, "node")]


def test_what_an_earlier_life_left_is_settled_before_anything_is_claimed() -> None:
    """R15: a step that waited in the queue for the restart is run, and is not taken for one that was lost."""
    store = MemoryStore()
    steps = [effect(key, kind=EffectKind.STEP) for key in ("lost", "waiting")]
    with store.transact() as tx:
        tx.incidents.append([appending("a", 1, *steps, seqs=(1,))])
        (claimed,) = tx.outbox.claim([EffectKind.STEP], NOW, LEASES[EffectKind.STEP], "node", 1)
    assert claimed.effect.key == "lost"
    lookout = Lookout(store)
    courier = Courier(store, MovableClock(NOW), {EffectKind.STEP: lookout}, "node")
    stop = threading.Event()
    thread = threading.Thread(target=courier.run, args=(stop,), daemon=True)
    thread.start()
    assert eventually(lambda: lookout.carried and lookout.looked, 5)
    stop.set()
    courier.nudge()
    thread.join(5)
    assert (lookout.lost, lookout.carried) == (["lost"], ["waiting"])


@dataclass
class HungDisk:
    """A carrier of the status page whose disk does not answer."""

    answers: threading.Event = field(default_factory=threading.Event)
    swept: int = 0

    def carry(self, entry: OutboxEntry) -> None:
        """Hang as the sweep does."""
        self.sweep()

    def sweep(self) -> None:
        """Write the page, as soon as the disk answers."""
        self.swept += 1
        self.answers.wait(30)


class Counted(ThreadPoolExecutor):
    """The threads of a kind, with how much they were given."""

    given = 0

    def submit(self, *work: Any, **more: Any) -> Future[Any]:
        """Count it."""
        self.given += 1
        return super().submit(*work, **more)


def test_a_status_page_that_cannot_be_written_keeps_no_page_waiting() -> None:
    """Paging goes on while the disk of the status page hangs, and the page is begun once, not again and again."""
    store = MemoryStore()
    lookout, disk = Lookout(store), HungDisk()
    courier = Courier(store, MovableClock(NOW), {EffectKind.PUBLISH: disk, EffectKind.PAGE: lookout}, "node")
    seconds = count(2)
    pools = {kind: Counted(1) for kind in courier.carriers}
    courier.pools = pools.__getitem__
    courier.ticks = lambda: float(2 * next(seconds))  # at every look it is time to sweep
    stop = threading.Event()
    thread = threading.Thread(target=courier.run, args=(stop,), daemon=True)
    thread.start()
    try:
        assert eventually(lambda: disk.swept, 5)
        with store.transact() as tx:
            tx.incidents.append([appending("a", 1, effect("page", kind=EffectKind.PAGE), seqs=(1,))])
        courier.nudge()
        assert eventually(lambda: lookout.carried == ["page"], 5)
        assert pools[EffectKind.PUBLISH].given == 1
    finally:
        disk.answers.set()
        stop.set()
        courier.nudge()
        thread.join(5)


@dataclass
class Counting:
    """A store that counts the transactions that write."""

    inner: MemoryStore
    writes: int = 0

    def read(self) -> AbstractContextManager[Transaction]:
        """Look."""
        return self.inner.read()

    def transact(self) -> AbstractContextManager[Transaction]:
        """Write, and be counted."""
        self.writes += 1
        return self.inner.transact()


def test_a_kind_that_is_stuck_with_more_to_come_does_not_keep_the_database_busy() -> None:
    """While a mail server hangs and mail piles up, the courier looks ten times a second, not as fast as it can."""
    inner, disk = MemoryStore(), HungDisk()
    mails = [effect(f"m{number}", kind=EffectKind.MAIL) for number in range(5)]
    with inner.transact() as tx:
        tx.incidents.append([appending("a", 1, *mails, seqs=(1,))])
    store = Counting(inner)
    carriers = {EffectKind.MAIL: disk, EffectKind.PAGE: Lookout(inner, looked=True)}
    courier = Courier(cast(Store, store), MovableClock(NOW), carriers, "node", ticks=lambda: 0.0)
    stop = threading.Event()
    thread = threading.Thread(target=courier.run, args=(stop,), daemon=True)
    thread.start()
    try:
        assert eventually(lambda: disk.swept == 2, 5)
        before = store.writes
        stop.wait(1)
        assert store.writes - before <= 15
    finally:
        disk.answers.set()
        stop.set()
        courier.nudge()
        thread.join(5)


def test_who_only_renders_the_page_takes_nothing_from_the_server_that_runs(tmp_path: Path) -> None:
    """R7: `tocsin status render` beside it leaves its claims alone, else what is in flight would go out twice."""
    with house(tmp_path) as at:
        at.declare()
        application = at.application
        with application.store.transact() as tx:
            lease, now = LEASES[EffectKind.PAGE], at.clock.now()
            claimed = tx.outbox.claim([EffectKind.PAGE], now, lease, application.courier.node, 9)
        assert claimed
        assert "index.html" in render_status_page(at.installation.settings)
        with application.store.transact() as tx:
            assert tx.outbox.release(application.courier.node) == len(claimed)


class BusyStore(MemoryStore):
    """A store in which the turn to write is awaited for most of a minute."""

    clock: MovableClock

    def transact(self) -> AbstractContextManager[Transaction]:
        """Wait for the turn."""
        self.clock.move_by(timedelta(seconds=50))
        return super().transact()


def test_a_lease_counts_from_the_claim_and_not_from_the_wait_for_it() -> None:
    """R7: a lease that ran out while its turn was awaited would let another carry the same page at once."""
    store, clock = BusyStore(), MovableClock(NOW)
    store.clock = clock
    with store.transact() as tx:
        tx.incidents.append([appending("a", 1, effect("page"), seqs=(1,))])
    lookout = Lookout(store)
    courier = Courier(store, clock, {EffectKind.PAGE: lookout}, "node")
    assert courier.carry() == 1
    with store.read() as tx:
        (entry,) = tx.outbox.entries("a")
    assert entry.claimed_until == clock.now() + LEASES[EffectKind.PAGE]


def test_a_courier_that_has_stopped_claims_no_more() -> None:
    """What the hearing orders while the process ends waits for whoever comes next, not for the end of a lease."""
    store = MemoryStore()
    courier = Courier(store, MovableClock(NOW), {EffectKind.PAGE: Lookout(store)}, "node")
    stop = threading.Event()
    stop.set()
    courier.run(stop)
    with store.transact() as tx:
        tx.incidents.append([appending("a", 1, effect("page"), seqs=(1,))])
        assert courier.claim_within(tx) == ()
