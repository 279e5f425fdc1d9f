"""Transactions of a store: whole or not at all, one after the other, and honest about failure."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.contracts.conftest import Node
from tests.contracts.samples import NOW, alert, appending, delivery, effect
from tocsin.app.rows.records import AuditEntry, Document, IncidentQuery
from tocsin.app.store import Store
from tocsin.clock import SystemClock
from tocsin.errors import BadInput, Conflict


def test_a_transaction_that_raises_leaves_nothing_behind(store: Store) -> None:
    """A transaction leaves nothing behind when its block raises."""
    with store.transact() as tx:
        tx.keep.put("before", "1")

    def write_and_raise() -> None:
        with store.transact() as tx:
            tx.deliveries.accept([delivery("d")])
            tx.incidents.append([appending("a", 1, effect("e"))])
            tx.alerts.save([alert("f")])
            tx.library.put("plan", "p", b"{}")
            tx.keep.put("before", "2")
            tx.audit.record(AuditEntry(NOW, "ana", "cli", "token.create", "t"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_raise()
    with store.read() as tx:
        assert tx.deliveries.waiting() == 0
        assert tx.incidents.facts(["a"]) == {}
        assert tx.incidents.summaries(["a"]) == {}
        assert tx.outbox.entries("a") == []
        assert tx.alerts.latest(9) == []
        assert tx.library.get("plan", "p") is None
        assert tx.keep.get("before") == "1"
        assert tx.audit.latest(9) == []


def test_what_was_committed_is_there_for_everybody(node: Node) -> None:
    """A commit is visible to every store on the database as soon as transact returns."""
    one, other = node.open(), node.open()
    with one.transact() as tx:
        tx.keep.put("x", "1")
    with other.read() as tx:
        assert tx.keep.get("x") == "1"


def test_a_reader_keeps_the_view_it_began_with(node: Node) -> None:
    """A read transaction is one consistent view, whatever is committed meanwhile."""
    writer, reader = node.open(), node.open()
    with writer.transact() as tx:
        tx.keep.put("x", "1")
    with reader.read() as view:
        assert view.keep.get("x") == "1"
        with writer.transact() as tx:
            tx.keep.put("x", "2")
            tx.keep.put("y", "2")
        assert view.keep.get("x") == "1"
        assert view.keep.get("y") is None
    with reader.read() as view:
        assert view.keep.get("x") == "2"


def test_nobody_sees_what_is_not_committed_yet(store: Store) -> None:
    """A read within an open write transaction, even of the same thread, sees what was committed before."""
    with store.transact() as tx:
        tx.keep.put("x", "1")
        with store.read() as view:
            assert view.keep.get("x") is None
        assert tx.keep.get("x") == "1"


def test_a_read_transaction_refuses_writes(store: Store) -> None:
    """Writing through a read transaction is a RuntimeError and changes nothing."""
    with store.read() as tx:
        with pytest.raises(RuntimeError, match="transact"):
            tx.keep.put("x", "1")
        with pytest.raises(RuntimeError, match="transact"):
            tx.deliveries.accept([delivery("d")])
        with pytest.raises(RuntimeError, match="transact"):
            tx.incidents.next_number()
    with store.read() as tx:
        assert tx.keep.get("x") is None
        assert tx.deliveries.waiting() == 0


def test_a_transaction_that_has_ended_refuses_writes(store: Store) -> None:
    """Nothing can be written through a transaction after its block has ended."""
    with store.transact() as tx:
        pass
    with pytest.raises(RuntimeError):
        tx.keep.put("x", "1")


def test_write_transactions_do_not_nest(store: Store) -> None:
    """A second write transaction in the same thread is a RuntimeError instead of a deadlock."""
    with store.transact() as tx:
        tx.keep.put("x", "1")
        with pytest.raises(RuntimeError, match="nest"), store.transact():
            pass
    with store.transact() as tx:
        assert tx.keep.get("x") == "1"


def test_a_swallowed_conflict_still_keeps_the_transaction_from_committing(store: Store) -> None:
    """Whoever swallows a Conflict gets it again at the end of the block, and nothing is kept."""
    with store.transact() as tx:
        tx.incidents.append([appending("a", 1)])

    def swallow() -> None:
        with store.transact() as tx:
            tx.keep.put("x", "1")
            with suppress(Conflict):
                tx.incidents.append([appending("b", 2), appending("a", 1)])

    with pytest.raises(Conflict):
        swallow()
    with store.read() as tx:
        assert tx.keep.get("x") is None
        assert tx.incidents.facts(["b"]) == {}


@pytest.mark.parametrize("text", ["nul \0 inside", "half \ud83d a pair"])
def test_text_that_a_database_cannot_keep_is_refused(store: Store, text: str) -> None:
    """Text with a NUL or a lone surrogate is BadInput on every store: nothing of the batch is lost in silence."""
    with pytest.raises(BadInput), store.transact() as tx:
        tx.deliveries.accept([delivery("good"), delivery(text)])
    with pytest.raises(BadInput), store.transact() as tx:
        tx.incidents.append([appending("a", 1), appending("b", 2, title=text)])
    with pytest.raises(BadInput), store.transact() as tx:
        tx.alerts.save([alert("f", title=text)])
    with pytest.raises(BadInput), store.transact() as tx:
        tx.documents.save(Document("a", "postmortem", 1, text, "ana", NOW))
    with store.read() as tx:
        assert tx.deliveries.waiting() == 0
        assert tx.incidents.summaries(["a", "b"]) == {}


@pytest.mark.parametrize("text", ["nul \0 inside", "half \ud83d a pair"])
def test_looking_for_text_that_no_database_keeps_finds_nothing(store: Store, text: str) -> None:
    """A lookup by text that cannot be stored finds nothing and is no error: it comes from outside."""
    with store.transact() as tx:
        tx.incidents.append([appending("a", 1)])
    with store.read() as tx:
        assert tx.accounts.session(text) is None
        assert tx.accounts.user(text) is None
        assert set(tx.incidents.summaries([text, "a"])) == {"a"}
        assert tx.incidents.search(IncidentQuery(text=text)) == []
        assert tx.alerts.states([("Shop", text)]) == {}


def test_instants_keep_their_microseconds(store: Store) -> None:
    """Instants come back equal, to the microsecond, from any time zone, long ago and far ahead."""
    india = timezone(timedelta(hours=5, minutes=30))
    instants = [
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, 0, 1, tzinfo=india),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ]
    with store.transact() as tx:
        ids = tx.deliveries.accept([delivery(str(n), received_at=at) for n, at in enumerate(instants)])
    with store.read() as tx:
        found = [one.received_at for id in ids if (one := tx.deliveries.get(id))]
    assert found == instants


def test_concurrent_increments_are_all_kept(node: Node) -> None:
    """Write transactions of several threads and nodes do not lose each other's work."""
    stores = [node.open(), node.open()]

    def work(store: Store, name: str) -> None:
        for n in range(20):
            with store.transact() as tx:
                tx.deliveries.accept([delivery(f"{name}-{n}"), delivery("shared")])

    threads = [threading.Thread(target=work, args=(stores[n % 2], str(n))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with stores[0].read() as tx:
        found = tx.deliveries.latest("prometheus", 1000)
    assert len(found) == 81
    assert next(one.copies for one in found if one.key == "shared") == 80


def test_a_store_that_works_is_writable(store: Store) -> None:
    """``writable`` says yes while a write succeeds."""
    assert store.writable()


def test_a_database_with_a_clock_of_its_own_says_its_time(node: Node, store: Store) -> None:
    """The clock that all nodes share: PostgreSQL's. Elsewhere it is that of this machine."""
    now = store.now()
    if node.kind != "postgresql":
        assert now is None
    else:
        assert now is not None
        assert now.utcoffset() == timedelta(0)
        assert abs(SystemClock().now() - now) < timedelta(minutes=1)  # the same machine


def test_a_closed_store_is_not_writable(node: Node) -> None:
    """``writable`` says no, without an exception, when no write can succeed."""
    closed = node.open()
    closed.close()
    assert not closed.writable()
