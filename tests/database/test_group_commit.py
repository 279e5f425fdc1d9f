"""Group commit: what is acknowledged is stored, what cannot be stored is refused, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from tests.contracts.samples import delivery
from tests.stage.child import eventually
from tocsin.adapters.database.opening import open_store
from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.intake.group_commit import GroupCommit
from tocsin.app.rows.records import NewDelivery
from tocsin.app.store import Store, Transaction
from tocsin.errors import BadInput, Conflict, Unavailable


class Gated:
    """A store whose transactions wait until they are let through, and which counts them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.open = threading.Event()
        self.transactions = 0
        self.conflicts = 0
        self.defects = 0

    @contextmanager
    def transact(self) -> Iterator[Transaction]:
        """As the store, once the gate is open."""
        assert self.open.wait(10)
        self.transactions += 1
        if self.conflicts:
            self.conflicts -= 1
            raise Conflict
        if self.defects:
            self.defects -= 1
            raise ZeroDivisionError
        with self._store.transact() as tx:
            yield tx

    def read(self) -> AbstractContextManager[Transaction]:
        """As the store."""
        return self._store.read()

    def writable(self) -> bool:
        """As the store."""
        return self._store.writable()

    def pack(self, deliveries: Sequence[NewDelivery]) -> Sequence[NewDelivery]:
        """As they are."""
        return deliveries

    def tidy(self) -> None:
        """Nothing is put off."""

    def now(self) -> datetime | None:
        """As the store."""
        return self._store.now()

    def close(self) -> None:
        """As the store."""
        self._store.close()


def stored(store: Store) -> int:
    """How many deliveries the store holds."""
    with store.read() as tx:
        return tx.deliveries.waiting()


def results(futures: list[Future[int]]) -> list[int]:
    """Their results, within seconds."""
    return [future.result(10) for future in futures]


def test_what_is_acknowledged_is_stored(tmp_path: Path) -> None:
    """R1: every id that a sender gets is the id of a stored row, from many threads at once."""
    store = open_store(f"sqlite:///{tmp_path}/x.db")
    intake = GroupCommit(store)
    ids: dict[str, int] = {}

    def send(name: str) -> None:
        for n in range(50):
            ids[f"{name}/{n}"] = intake.accept(delivery(f"{name}/{n}"))

    threads = [threading.Thread(target=send, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    intake.close()
    with store.read() as tx:
        for key, id in ids.items():
            found = tx.deliveries.get(id)
            assert found is not None
            assert found.key == key
    assert len(set(ids.values())) == 400
    store.close()


def test_whatever_waited_during_a_commit_is_the_next_batch() -> None:
    """Deliveries that come in while a commit runs share the next one, up to the size of a batch."""
    store = Gated(MemoryStore())
    intake = GroupCommit(store, max_batch=10)
    first = intake.submit(delivery("first"))
    assert eventually(lambda: not intake.waiting())
    others = [intake.submit(delivery(f"k{n}")) for n in range(25)]
    store.open.set()
    results([first, *others])
    assert store.transactions == 4  # 1 + 10 + 10 + 5
    intake.close()


class OneByOne(Gated):
    """Its transactions are let through one by one."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.turns = threading.Semaphore(0)

    @contextmanager
    def transact(self) -> Iterator[Transaction]:
        """As the store, when it is let through."""
        assert self.turns.acquire(timeout=10)
        with self._store.transact() as tx:
            yield tx


def test_what_was_taken_up_counts_no_more_although_others_still_wait() -> None:
    """The bound is on what waits: under load that never ends, it would else fill up with what was stored long ago."""
    store = OneByOne(MemoryStore())
    intake = GroupCommit(store, max_batch=1, max_waiting_bytes=30)
    futures = [intake.submit(delivery("k0", body=b"0" * 10))]
    assert eventually(lambda: not intake.waiting())
    futures += [intake.submit(delivery(f"k{n}", body=bytes([n]) * 10)) for n in (1, 2, 3)]
    with pytest.raises(Unavailable):
        intake.submit(delivery("k4", body=b"4" * 10))
    store.turns.release()
    assert eventually(lambda: intake.waiting() == 2)
    futures.append(intake.submit(delivery("k4", body=b"4" * 10)))
    store.turns.release(4)
    assert len(set(results(futures))) == 5
    intake.close()


def test_a_full_queue_refuses_at_once_and_recovers() -> None:
    """When too many deliveries wait, submit raises Unavailable; what waits is stored, and later ones are taken."""
    store = Gated(MemoryStore())
    intake = GroupCommit(store, max_waiting=3)
    taken = [intake.submit(delivery("first"))]
    assert eventually(lambda: not intake.waiting())
    taken += [intake.submit(delivery(f"k{n}")) for n in range(3)]
    with pytest.raises(Unavailable):
        intake.submit(delivery("too many"))
    store.open.set()
    results(taken)
    taken.append(intake.submit(delivery("later")))
    results(taken)
    assert stored(store) == 5
    intake.close()


def test_large_bodies_fill_the_queue_too() -> None:
    """The queue is bounded in bytes as well, but one delivery always fits into an empty one."""
    store = Gated(MemoryStore())
    intake = GroupCommit(store, max_waiting_bytes=100)
    first = intake.submit(delivery("first", body=b"x" * 500))
    assert eventually(lambda: not intake.waiting())
    second = intake.submit(delivery("second", body=b"x" * 99))
    with pytest.raises(Unavailable):
        intake.submit(delivery("third", body=b"xx"))
    store.open.set()
    results([first, second])
    results([intake.submit(delivery("third", body=b"xx"))])
    intake.close()


@pytest.mark.parametrize("after", [False, True])
def test_a_failed_commit_is_told_to_all_who_wait(after: bool) -> None:
    """F91: when a commit fails, or nobody knows whether it did, its senders get Unavailable; sending again helps."""
    store = MemoryStore()
    gate = Gated(store)
    intake = GroupCommit(gate)
    store.fail_next_commit(after=after)
    futures = [intake.submit(delivery("first"))]
    gate.open.set()
    wait(futures, 10)
    assert isinstance(futures[0].exception(0), Unavailable)
    assert stored(store) == (1 if after else 0)
    assert intake.accept(delivery("first")) == 1
    assert stored(store) == 1
    intake.close()


def test_one_unstorable_delivery_does_not_cost_the_others_theirs() -> None:
    """A delivery with text that cannot be stored is BadInput for its sender alone."""
    store = Gated(MemoryStore())
    intake = GroupCommit(store)
    futures = [intake.submit(delivery(key)) for key in ("a", "nul\0", "b")]
    store.open.set()
    wait(futures, 10)
    assert isinstance(futures[1].exception(0), BadInput)
    assert len({futures[0].result(0), futures[2].result(0)}) == 2
    assert stored(store) == 2
    intake.close()


def test_a_lost_race_is_run_again() -> None:
    """A Conflict with another node is decided by trying once more; a second one is Unavailable."""
    store = Gated(MemoryStore())
    store.open.set()
    intake = GroupCommit(store)
    store.conflicts = 1
    assert intake.accept(delivery("a")) == 1
    store.conflicts = 2
    with pytest.raises(Unavailable):
        intake.accept(delivery("b"))
    intake.close()


def test_a_defect_refuses_its_batch_and_the_next_one_is_stored() -> None:
    """Whatever goes wrong in the store, the committing thread lives on."""
    store = Gated(MemoryStore())
    store.open.set()
    intake = GroupCommit(store)
    store.defects = 1
    with pytest.raises(Unavailable):
        intake.accept(delivery("a"))
    assert intake.accept(delivery("b"))
    intake.close()


def test_the_digest_is_woken_after_each_commit_and_may_fail() -> None:
    """on_commit is called once a batch is durable; its failure loses nothing and stops nothing."""
    store = MemoryStore()
    seen: list[int] = []

    def wake() -> None:
        seen.append(stored(store))
        raise ZeroDivisionError

    intake = GroupCommit(store, on_commit=wake)
    intake.accept(delivery("a"))
    intake.accept(delivery("b"))
    intake.close()
    assert seen == [1, 2]


def test_closing_stores_what_waits_and_takes_no_more() -> None:
    """close commits everything that was handed in; afterwards submit raises Unavailable."""
    store = Gated(MemoryStore())
    intake = GroupCommit(store, max_batch=2)
    futures = [intake.submit(delivery(f"k{n}")) for n in range(5)]
    store.open.set()
    intake.close()
    assert all(future.done() for future in futures)
    assert stored(store) == 5
    with pytest.raises(Unavailable):
        intake.submit(delivery("late"))


def test_a_sender_who_hangs_up_has_sent_his_alert_all_the_same() -> None:
    """A submitted delivery cannot be cancelled: it is stored even if nobody waits for the answer."""
    store = Gated(MemoryStore())
    intake = GroupCommit(store)
    future = intake.submit(delivery("a"))
    assert not future.cancel()
    store.open.set()
    intake.close()
    assert stored(store) == 1


def test_a_batch_may_wait_for_company(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the hearing is behind, deliveries that come within a moment share a commit."""
    monkeypatch.setattr("tocsin.app.intake.group_commit.LONGEST_LINGER", 5.0)
    store = Gated(MemoryStore())
    store.open.set()
    intake = GroupCommit(store, behind=lambda: 60.0, max_batch=3)
    results([intake.submit(delivery(f"k{n}")) for n in range(3)])
    assert store.transactions == 1
    intake.close()
