"""What the store relies on: durable commits, one writer, history that cannot be rewritten, queries by index."""

from __future__ import annotations

import importlib
import pkgutil
import random
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Boolean, LargeBinary, Text

from tests.contracts.samples import MINUTE, NOW, appending, effect
from tests.stage.postgresql import Database
from tocsin.adapters import database as package
from tocsin.adapters.database.alerts import TOUCH
from tocsin.adapters.database.opening import open_store
from tocsin.adapters.database.packing import DAMAGED
from tocsin.adapters.database.schema import APPEND_ONLY, metadata
from tocsin.adapters.database.session import Insertion
from tocsin.adapters.database.sqlite import TIDY_COMMITS, SqliteSession, connect
from tocsin.adapters.database.transaction import SqlTransaction
from tocsin.app.rows.records import AuditEntry, DeliveryState, NewDelivery
from tocsin.errors import BadSettings
from tocsin.incident.effects import EffectKind


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A SQLite file with the present schema, one incident and one audit entry."""
    file = tmp_path / "tocsin.db"
    fill(f"sqlite:///{file}")
    return file


def fill(url: str) -> None:
    """Store a fact, an effect and an audit entry."""
    store = open_store(url)
    with store.transact() as tx:
        tx.incidents.append([appending("a", 1, effect("e"))])
        tx.audit.record(AuditEntry(NOW, "ana", "cli", "user.create", "bo"))
    store.close()


def pragma(connection: sqlite3.Connection, name: str) -> object:
    """The value of a PRAGMA."""
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_long_body_takes_less_room_in_a_file_and_its_damage_is_told(path: Path) -> None:
    """It is packed where that makes it shorter by half; bytes that cannot be unpacked are trouble, and no crash."""
    told, noise = b'{"labels":{"alertname":"Slow"}}' * 1000, random.Random(7).randbytes(20_000)
    with closing(open_store(f"sqlite:///{path}")) as store:
        news = [NewDelivery("m", name, NOW, "", body) for name, body in (("told", told), ("noise", noise))]
        with store.transact() as tx:
            first, second = tx.deliveries.accept(store.pack(news))
        with closing(sqlite3.connect(path)) as raw:
            kept = dict(raw.execute("SELECT id, length(body) FROM delivery_bodies").fetchall())
            assert kept[first] < len(told) / 20
            assert kept[second] == len(noise)
            raw.execute("UPDATE delivery_bodies SET body = substr(body, 9) WHERE id = ?", (first,))
            raw.commit()
        with store.read() as tx:
            damaged, whole = tx.deliveries.undigested(2)
        assert damaged.trouble == DAMAGED
        assert (whole.trouble, whole.body) == ("", noise)


def test_what_the_log_holds_is_carried_over_when_it_may_be_much(path: Path) -> None:
    """R1: tidied after many commits, the next ones begin the log anew; after few nothing is done."""
    log = path.with_name("tocsin.db-wal")
    with closing(open_store(f"sqlite:///{path}")) as store:

        def commit(times: int) -> int:
            for number in range(times):
                with store.transact() as tx:
                    tx.keep.put("filling", str(number))
            return log.stat().st_size

        few = commit(TIDY_COMMITS // 2)
        store.tidy()
        many = commit(TIDY_COMMITS)
        assert many > few
        store.tidy()
        assert commit(TIDY_COMMITS) == many
        store.tidy()
        with store.read() as tx:
            assert tx.keep.get("filling") == str(TIDY_COMMITS - 1)
    store.tidy()  # a closed one too is nothing to fail for


def test_sqlite_commits_are_durable_and_only_the_writer_checkpoints(path: Path) -> None:
    """R1: WAL with synchronous=FULL; no memory map; readers can neither write nor checkpoint."""
    with closing(connect(path, writing=True)) as writer, closing(connect(path, writing=False)) as reader:
        assert pragma(writer, "journal_mode") == "wal"
        assert pragma(writer, "synchronous") == 2
        assert pragma(writer, "foreign_keys") == 1
        assert pragma(writer, "recursive_triggers") == 1
        assert pragma(writer, "wal_autocheckpoint") == 4000
        assert pragma(reader, "wal_autocheckpoint") == 0
        assert pragma(reader, "query_only") == 1
        assert [pragma(connection, "mmap_size") for connection in (writer, reader)] == [0, 0]
        assert [pragma(connection, "busy_timeout") for connection in (writer, reader)] == [5000, 5000]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("DELETE FROM outbox")


def test_what_only_a_newer_version_carries_is_left_alone(path: Path) -> None:
    """Nodes are replaced one by one: an older one reads neither that entry nor its kind, and carries the others."""
    with closing(connect(path, writing=True)) as writer:
        writer.execute("UPDATE outbox SET kind = 'tomorrow' WHERE key = 'e'")
        writer.commit()
    store = open_store(f"sqlite:///{path}")
    try:
        with store.transact() as tx:
            tx.incidents.append([appending("b", 2, effect("f", incident_id="b"))])
        with store.read() as tx:
            assert tx.outbox.entries("a") == []
            assert [one.effect.key for one in tx.outbox.entries("b")] == ["f"]
            assert sum(tx.outbox.backlog().values()) == 1
    finally:
        store.close()


def test_only_the_owner_can_read_a_sqlite_file(path: Path) -> None:
    """The file holds secrets: whatever the umask, nobody else may read it or its log."""
    with closing(connect(path, writing=True)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(modes) == {"tocsin.db", "tocsin.db-wal", "tocsin.db-shm", "tocsin.db.lock"}
    assert set(modes.values()) == {0o600}


REWRITES = [
    "UPDATE {table} SET at = 0",
    "DELETE FROM {table}",
    "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
]


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", REWRITES)
def test_history_cannot_be_rewritten_in_sqlite(path: Path, table: str, statement: str) -> None:
    """R13: no statement changes, removes or replaces a fact or an audit entry."""
    with closing(connect(path, writing=True)) as writer:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            writer.execute(statement.format(table=table))
        assert writer.execute(f"SELECT count(*) FROM {table} WHERE at > 0").fetchone() == (1,)


@pytest.mark.component("postgresql")
@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", [*REWRITES[:2], "TRUNCATE {table}"])
def test_history_cannot_be_rewritten_in_postgresql(postgresql_database: Database, table: str, statement: str) -> None:
    """R13: no statement changes, removes or truncates facts or audit entries."""
    fill(postgresql_database.dsn)
    with psycopg.connect(postgresql_database.dsn, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
            connection.execute(statement.format(table=table).encode())
        assert connection.execute(f"SELECT count(*) FROM {table} WHERE at > 0".encode()).fetchone() == (1,)


@pytest.mark.component("postgresql")
def test_postgresql_commits_are_durable_whatever_the_servers_default(postgresql_database: Database) -> None:
    """R1: our sessions commit synchronously even where somebody has switched that off."""
    with psycopg.connect(postgresql_database.dsn, autocommit=True) as connection:
        name = sql.Identifier(postgresql_database.name)
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
    store = open_store(postgresql_database.dsn)
    with psycopg.connect(postgresql_database.dsn) as weak:
        assert weak.execute("SHOW synchronous_commit").fetchone() == ("off",)
    postgres = importlib.import_module("tocsin.adapters.database.postgres")
    with postgres.connect(postgresql_database.dsn, MINUTE) as ours:
        assert ours.execute("SHOW synchronous_commit").fetchone() == ("on",)
    store.close()


def insertions() -> Iterator[Insertion]:
    """Every Insertion of the package."""
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if not module.ispkg:
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Insertion):
                    yield value


def test_insertions_agree_with_the_schema() -> None:
    """Each INSERT names columns that exist, with their types, and no column that must be filled is missing."""
    found = list(insertions())
    assert len(found) >= 12
    for insertion in found:
        table = metadata.tables[insertion.table]
        for name, kind in insertion.columns:
            match table.c[name].type:
                case Text():
                    assert kind == "text", (table.name, name)
                case Boolean():
                    assert kind == "boolean", (table.name, name)
                case LargeBinary():
                    assert kind == "bytea", (table.name, name)
                case _:
                    assert kind == "bigint", (table.name, name)
        given = {name for name, _ in insertion.columns}
        needed = {
            column.name
            for column in table.columns
            if not column.nullable and column.server_default is None and column is not table.autoincrement_column
        }
        assert needed <= given


HOT: dict[str, Callable[[SqlTransaction], object]] = {
    "due": lambda tx: tx.incidents.due(NOW, 1000),
    "next_due_at": lambda tx: tx.incidents.next_due_at(),
    "open_in_groups": lambda tx: tx.incidents.open_in_groups(["g"]),
    "unattended": lambda tx: tx.incidents.unattended(NOW, MINUTE),
    "facts": lambda tx: tx.incidents.facts(["a", "b"]),
    "facts_of_type": lambda tx: tx.incidents.facts_of_type("Paged", NOW),
    "outbox.soonest": lambda tx: tx.outbox.soonest(),
    "outbox.entries": lambda tx: tx.outbox.entries("a"),
    "outbox.holds": lambda tx: tx.outbox.holds("e", 1),
    "abandoned_steps": lambda tx: tx.outbox.abandoned_steps(NOW, "n1"),
    "undigested": lambda tx: tx.deliveries.undigested(9),
    "waiting": lambda tx: tx.deliveries.waiting(),
    "deliveries.latest": lambda tx: tx.deliveries.latest("am", 9),
    "states": lambda tx: tx.alerts.states([("Shop", "f")]),
    "counts": lambda tx: tx.alerts.counts(["a"]),
    "alerts.latest": lambda tx: tx.alerts.latest(9),
    "claim": lambda tx: tx.outbox.claim([EffectKind.PAGE], NOW, MINUTE, "n1", 9),
    "release": lambda tx: tx.outbox.release("n1"),
}


@pytest.mark.parametrize("name", HOT)
def test_hot_queries_use_an_index(path: Path, name: str) -> None:
    """What runs all the time never reads a whole table, however full it is."""
    with closing(connect(path, writing=True)) as connection:
        run: list[str] = []
        connection.set_trace_callback(run.append)
        session = SqliteSession(connection, writing=True)
        HOT[name](SqlTransaction(session))
        connection.set_trace_callback(None)
        plans = [
            step
            for statement in run
            for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement.strip()}").fetchall()
        ]
    harmless = ("INDEX", "json_each", "CONSTANT ROW")
    scans = [step for step in plans if step.startswith("SCAN") and not any(word in step for word in harmless)]
    assert plans
    assert scans == []


def test_an_alert_that_fires_on_is_in_no_index_by_when_it_was_heard() -> None:
    """A storm says the same alerts again and again: an index to change each time was a tenth of what one costs."""
    heard = {name for name, _ in TOUCH.changed}
    (table,) = (one for one in metadata.tables.values() if one.name == TOUCH.table)
    with_it = [one for one in table.indexes if heard & {column.name for column in one.columns}]
    assert [str(one.dialect_options["sqlite"]["where"]) for one in with_it] == ["NOT firing"]
    assert [str(one.dialect_options["postgresql"]["where"]) for one in with_it] == ["NOT firing"]


def test_what_open_incidents_stand_on_is_found_without_reading_all_alerts(path: Path) -> None:
    """Removing old deliveries keeps the turn to write for milliseconds, with a hundred thousand alerts too."""
    with closing(connect(path, writing=True)) as connection:
        session = SqliteSession(connection, writing=True)
        log = SqlTransaction(session).deliveries
        ids = log.accept([NewDelivery("am", f"{n}", NOW, "", b"") for n in range(3)])
        run: list[str] = []
        connection.set_trace_callback(run.append)
        log.sweep(NOW + MINUTE, 0, 9, 1)
        assert not [one for one in run if "alerts" in one], "nothing can be removed, so nothing stands on it"
        log.settle(dict.fromkeys(ids, (DeliveryState.DIGESTED, "")))
        log.sweep(NOW + MINUTE, 0, 9, 1)
        connection.set_trace_callback(None)
        plans = [
            step
            for statement in run
            if "alerts" in statement
            for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement.strip()}").fetchall()
        ]
    assert "SEARCH alerts USING INDEX alerts_by_incident (incident_id=?)" in plans
    assert [step for step in plans if step.startswith("SCAN incidents")] == [
        "SCAN incidents USING INDEX incidents_open"
    ]


@pytest.mark.parametrize("url", ["", "tocsin.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://x/y"])
def test_an_address_that_names_no_database_is_refused(url: str) -> None:
    """A URL of another kind, or without a file, is BadSettings that says what to write."""
    with pytest.raises(BadSettings, match="sqlite:///path"):
        open_store(url)


@pytest.mark.component("postgresql")
def test_a_malformed_postgresql_address_is_refused() -> None:
    """A PostgreSQL URL that cannot be understood is BadSettings."""
    with pytest.raises(BadSettings):
        open_store("postgresql://host:port:port/x?nonsense=1")


def test_a_file_in_a_new_folder_is_created(tmp_path: Path) -> None:
    """The folder of a SQLite file is made when it is absent, for its owner only."""
    store = open_store(f"sqlite:///{tmp_path}/var/lib/tocsin.db")
    assert store.writable()
    assert stat.S_IMODE((tmp_path / "var" / "lib").stat().st_mode) == 0o700
    store.close()
