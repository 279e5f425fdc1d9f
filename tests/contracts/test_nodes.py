"""What several nodes on one PostgreSQL have to keep; elsewhere there is one writer at a time anyway."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Thread

import psycopg
import pytest

from tests.contracts.conftest import PATIENCE, Node
from tests.contracts.samples import MINUTE, NOW, SECOND, alert, appending, delivery, effect, summary
from tests.stage.child import eventually
from tests.stage.postgresql import Database
from tocsin.adapters.database.opening import open_store
from tocsin.app.rows.records import Appending, DeliveryState
from tocsin.app.store import Store, Transaction
from tocsin.incident.effects import EffectKind

pytestmark = pytest.mark.component("postgresql")


@pytest.fixture
def nodes(migrated_postgresql: Database) -> Iterator[tuple[Store, Store]]:
    """Two nodes on one empty database."""
    node = Node("postgresql", lambda: open_store(migrated_postgresql.dsn, patience=PATIENCE))
    yield node.open(), node.open()
    node.close()


def test_two_nodes_never_wake_the_same_incident(nodes: tuple[Store, Store]) -> None:
    """Incidents that one node has taken to decide on are skipped by the other, and read by everybody."""
    one, other = nodes
    with one.transact() as tx:
        tx.incidents.append([appending(f"i{n}", n, next_due_at=NOW + n * SECOND) for n in range(1, 6)])
    taken: list[str] = []
    with one.transact() as mine:
        first = mine.incidents.due(NOW + MINUTE, 2)
        _in_thread(lambda: taken.extend(_due(other)))
        with other.read() as view:
            assert len(view.incidents.due(NOW + MINUTE, 9)) == 5
    assert first == ["i1", "i2"]
    assert taken == ["i3", "i4", "i5"]


def test_a_word_that_is_said_to_two_nodes_at_once_is_used_by_one(nodes: tuple[Store, Store]) -> None:
    """The second waits for the first, whose word it was; one that was rolled back was not used."""
    one, other = nodes
    told: list[bool] = []

    def use(store: Store) -> None:
        with store.transact() as tx:
            told.append(tx.runners.use("web-1", "a word", NOW))

    second = Thread(target=use, args=(other,), daemon=True)
    with one.transact() as tx:
        told.append(tx.runners.use("web-1", "a word", NOW))
        second.start()
        second.join(0.2)
        assert told == [True]
    second.join(10)
    assert told == [True, False]


def test_only_one_node_digests_at_a_time(nodes: tuple[Store, Store]) -> None:
    """While one node has undigested deliveries in hand another gets none; afterwards it gets what is left."""
    one, other = nodes
    with one.transact() as tx:
        tx.deliveries.accept([delivery("d")])
    seen: list[int] = []
    with one.transact() as mine:
        assert len(mine.deliveries.undigested(9)) == 1
        _in_thread(lambda: seen.append(_undigested(other)))
        with other.read() as view:
            assert len(view.deliveries.undigested(9)) == 1
    _in_thread(lambda: seen.append(_undigested(other)))
    assert seen == [0, 1]


def test_whoever_takes_a_turn_second_reads_what_the_first_has_written(nodes: tuple[Store, Store]) -> None:
    """Two nodes that change one value at once both have their part in it."""
    one, other = nodes

    def add(store: Store, what: str, meanwhile: Callable[[], None] = lambda: None) -> None:
        with store.transact() as tx:
            tx.keep.take_turn("list")
            before = tx.keep.get("list") or ""
            meanwhile()
            tx.keep.put("list", before + what)

    second = Thread(target=add, args=(other, "b"))
    add(one, "a", second.start)
    second.join(10)
    with one.read() as tx:
        assert tx.keep.get("list") == "ab"


def test_two_nodes_claim_at_the_same_time_without_waiting(nodes: tuple[Store, Store]) -> None:
    """An open claim of one node neither blocks the other nor gives it the same entry."""
    one, other = nodes
    with one.transact() as tx:
        tx.incidents.append([appending("a", 1, *(effect(f"e{n}") for n in range(4)))])
    theirs: list[str] = []
    with one.transact() as mine:
        claimed = [e.effect.key for e in mine.outbox.claim([EffectKind.PAGE], NOW, MINUTE, "one", 2)]
        _in_thread(lambda: theirs.extend(_claim(other)))
    assert claimed == ["e0", "e1"]
    assert theirs == ["e2", "e3"]


WRITES: dict[str, Callable[[Transaction, list[str]], object]] = {
    "deliveries": lambda tx, names: tx.deliveries.accept([delivery(name) for name in names]),
    "alerts": lambda tx, names: tx.alerts.save([alert(name) for name in names]),
    "incidents": lambda tx, names: tx.incidents.append(
        [Appending((), summary(name, 1 + "abc".index(name))) for name in names]
    ),
}


@pytest.mark.parametrize("kind", WRITES)
def test_nodes_that_write_the_same_rows_in_any_order_do_not_deadlock(
    nodes: tuple[Store, Store], postgresql_database: Database, kind: str
) -> None:
    """Rows are locked in the order of their keys: a node that waits for one holds none that come later."""
    one, other = nodes
    write = WRITES[kind]
    failures: list[Exception] = []

    def write_both() -> None:
        try:
            with other.transact() as tx:
                write(tx, ["b", "a"])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported below
            failures.append(error)

    thread = Thread(target=write_both)
    with one.transact() as tx:
        write(tx, ["a"])
        thread.start()
        assert eventually(lambda: _waits_for_a_lock(postgresql_database))
        write(tx, ["b"])
    thread.join()
    assert failures == []


def _waits_for_a_lock(database: Database) -> bool:
    with psycopg.connect(database.dsn) as connection:
        return connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is not None


def test_an_old_delivery_that_is_to_be_heard_again_is_not_removed_by_another_node(
    nodes: tuple[Store, Store], postgresql_database: Database
) -> None:
    """R1: a silence that ends makes its delivery unread while another node removes old ones; it is heard, not lost."""
    one, other = nodes
    with one.transact() as tx:
        old, _, young = tx.deliveries.accept(
            [delivery("old"), delivery("gone"), delivery("young", received_at=NOW + 90 * MINUTE)]
        )
        tx.deliveries.settle(dict.fromkeys(range(old, young + 1), (DeliveryState.DIGESTED, "")))
    removed: list[int] = []
    sweeping = Thread(target=lambda: removed.append(_swept(other)))
    with one.transact() as mine:
        mine.deliveries.settle({old: (DeliveryState.NEW, "")})
        sweeping.start()
        assert eventually(lambda: _waits_for_a_lock(postgresql_database))
    sweeping.join()
    assert removed == [1]
    with one.transact() as tx:
        assert [(one.id, one.body) for one in tx.deliveries.undigested(9)] == [(old, delivery("old").body)]


def _swept(store: Store) -> int:
    with store.transact() as tx:
        return tx.deliveries.sweep(NOW + 60 * MINUTE, 0, 9, 1).removed


def _in_thread(work: Callable[[], object]) -> None:
    thread = Thread(target=work)
    thread.start()
    thread.join()


def _due(store: Store) -> Sequence[str]:
    with store.transact() as tx:
        return tx.incidents.due(NOW + MINUTE, 9)


def _undigested(store: Store) -> int:
    with store.transact() as tx:
        return len(tx.deliveries.undigested(9))


def _claim(store: Store) -> list[str]:
    with store.transact() as tx:
        return [e.effect.key for e in tx.outbox.claim([EffectKind.PAGE], NOW, MINUTE, "other", 9)]
