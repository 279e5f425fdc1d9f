"""Migrations: they lead to the schema, are whole or not at all, and never lock an older node out without need."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from tests.stage.postgresql import Database
from tocsin.adapters.database import migrating
from tocsin.adapters.database.migrating import configuration
from tocsin.adapters.database.opening import open_store, sqlite_revision, upgrade
from tocsin.adapters.database.revision import HEAD
from tocsin.adapters.database.schema import metadata
from tocsin.errors import BadSettings, Unavailable


def sqlite_shape(path: Path) -> dict[str, str]:
    """Every table and index of a SQLite file, as it was declared, without layout; triggers left out."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL "
            "AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
        ).fetchall()
    return {name: re.sub(r"\s+|\"", "", statement).lower() for name, statement in rows}


def postgresql_shape(dsn: str) -> dict[str, set[tuple[object, ...]]]:
    """Every column, index and constraint of a PostgreSQL database."""
    queries = {
        "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name "
        "FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'",
        "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes "
        "WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
        "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'",
    }
    with psycopg.connect(dsn) as connection:
        return {name: set(connection.execute(query.encode()).fetchall()) for name, query in queries.items()}


def test_migrations_lead_to_the_schema_in_sqlite(tmp_path: Path) -> None:
    """A migrated SQLite file has the very tables and indexes of schema.py."""
    upgrade(f"sqlite:///{tmp_path}/migrated.db")
    engine = create_engine(f"sqlite:///{tmp_path}/declared.db")
    metadata.create_all(engine)
    engine.dispose()
    assert sqlite_shape(tmp_path / "migrated.db") == sqlite_shape(tmp_path / "declared.db")
    assert len(sqlite_shape(tmp_path / "migrated.db")) > 25


@pytest.mark.component("postgresql")
def test_migrations_lead_to_the_schema_in_postgresql(postgresql_database: Database) -> None:
    """A migrated PostgreSQL database has the very columns, indexes and constraints of schema.py."""
    upgrade(postgresql_database.dsn)
    migrated = postgresql_shape(postgresql_database.dsn)
    with postgresql_database.server.database() as empty:
        engine = create_engine(empty.url)
        metadata.create_all(engine)
        engine.dispose()
        assert migrated == postgresql_shape(empty.dsn)
    assert len(migrated["columns"]) > 100


def test_the_revision_in_the_code_is_the_newest_migration() -> None:
    """The revision that a start compares with is the head of the migrations."""
    assert ScriptDirectory.from_config(configuration()).get_current_head() == HEAD


def test_without_leave_to_migrate_an_empty_database_is_refused(tmp_path: Path) -> None:
    """With migrate off, a database without the present schema is BadSettings that names the command."""
    with pytest.raises(BadSettings, match="tocsin db upgrade"):
        open_store(f"sqlite:///{tmp_path}/x.db", migrate=False)
    upgrade(f"sqlite:///{tmp_path}/x.db")
    open_store(f"sqlite:///{tmp_path}/x.db", migrate=False).close()


@pytest.mark.component("postgresql")
def test_without_leave_to_migrate_an_empty_postgresql_is_refused(postgresql_database: Database) -> None:
    """The same holds for PostgreSQL."""
    with pytest.raises(BadSettings, match="tocsin db upgrade"):
        open_store(postgresql_database.dsn, migrate=False)
    upgrade(postgresql_database.dsn)
    open_store(postgresql_database.dsn, migrate=False).close()


def test_a_node_of_the_last_release_goes_on_beside_the_next_one(tmp_path: Path) -> None:
    """R27: an unknown, newer revision that still has every column we use is opened; without one it is refused."""
    url = f"sqlite:///{tmp_path}/x.db"
    upgrade(url)
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("ALTER TABLE outbox ADD COLUMN added_later TEXT NOT NULL DEFAULT ''")
    store = open_store(url)
    assert store.writable()
    store.close()
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as connection:
        connection.execute("ALTER TABLE outbox DROP COLUMN finished_at")
    with pytest.raises(BadSettings, match=r"newer Tocsin .*outbox\.finished_at"):
        open_store(url)


def opened_at_once(open_one: Callable[[], None], times: int) -> list[Exception]:
    """What goes wrong when it is opened by several threads at the same time."""
    failures: list[Exception] = []
    start = threading.Barrier(times)

    def run() -> None:
        start.wait()
        try:
            open_one()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


@pytest.mark.component("postgresql")
def test_nodes_that_start_at_once_migrate_once(postgresql_database: Database) -> None:
    """Several nodes that find an empty PostgreSQL at the same time all open it."""
    assert opened_at_once(lambda: open_store(postgresql_database.dsn).close(), 3) == []


def upgrade_to(database: Database, revision: str) -> None:
    """Bring an empty PostgreSQL to an older schema."""
    engine = create_engine(database.url)
    with engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


@pytest.mark.component("postgresql")
def test_a_migration_gives_up_before_deliveries_do(postgresql_database: Database) -> None:
    """Behind a transaction that keeps a table an upgrade ends by itself, says whose it is, and has changed nothing.

    What a node asks of that table meanwhile waits for less than the five seconds that it has.
    """
    dsn = postgresql_database.dsn
    upgrade_to(postgresql_database, "0013")  # the next one changes an index of the alerts
    failures: list[Exception] = []
    with (
        psycopg.connect(dsn, application_name="nightly-report") as keeper,
        psycopg.connect(dsn, autocommit=True, options="-c statement_timeout=5s") as node,
    ):
        keeper.execute("SELECT count(*) FROM alerts")
        starting = threading.Thread(target=lambda: failures.extend(opened_at_once(lambda: upgrade(dsn), 1)))
        starting.start()
        waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'alerts'::regclass"
        while starting.is_alive() and node.execute(waits).fetchone() is None:
            time.sleep(0.01)
        assert node.execute("SELECT count(*) FROM alerts").fetchone() == (0,)
        starting.join()
        (failure,) = failures
        assert isinstance(failure, Unavailable)
        assert f"nightly-report (pid {keeper.info.backend_pid}, for " in failure.message
        assert f"pg_terminate_backend({keeper.info.backend_pid})" in failure.message
        assert node.execute("SELECT version_num FROM alembic_version").fetchone() == ("0013",)
        keeper.rollback()
        upgrade(dsn)
        assert node.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)


def test_a_kept_table_is_told_of_although_nobody_can_be_asked_who_keeps_it() -> None:
    """A database that takes no further connection leaves the name of the program out, not what to do."""

    def refused() -> None:
        raise psycopg.OperationalError("too many clients already")

    said = migrating._kept(create_engine("postgresql+psycopg://", creator=refused))
    assert "a program that pg_stat_activity names" in said
    assert "pg_terminate_backend(pid)" in said
    assert said.endswith("Nothing was changed")


@pytest.mark.component("postgresql")
def test_nodes_wait_for_each_other_for_longer_than_for_tables(postgresql_database: Database) -> None:
    """Another node's upgrade may take its time: whoever waits for it keeps no table, and nobody waits behind it."""
    with psycopg.connect(postgresql_database.dsn) as other:
        other.execute("SELECT pg_advisory_xact_lock(7220001)")
        threading.Timer(4, other.rollback).start()
        upgrade(postgresql_database.dsn)


@pytest.mark.component("postgresql")
def test_a_connection_that_is_lost_while_migrating_is_told_as_one(postgresql_database: Database) -> None:
    """What the driver says reaches whoever starts a node as Unavailable, and not as an error of the migrations."""
    dsn = postgresql_database.dsn
    waits = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with psycopg.connect(dsn, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(7220001)")
        failures: list[Exception] = []
        starting = threading.Thread(target=lambda: failures.extend(opened_at_once(lambda: upgrade(dsn), 1)))
        starting.start()
        while starting.is_alive() and other.execute(waits).fetchone() is None:
            time.sleep(0.01)
        starting.join()
    assert [type(one) for one in failures] == [Unavailable]


KILLED = """
import os, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from tocsin.adapters.database import migrating

path, first = Path(sys.argv[1]), 1
for n in range(first, 1000):
    child = os.fork()
    if child == 0:
        left = [n]
        def count(*_):
            left[0] -= 1
            if not left[0]:
                os._exit(9)
        event.listen(Engine, "after_cursor_execute", count)
        migrating.prepare_sqlite(path.with_name(f"{n}.db"), migrate=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status == 0:
        break
print(n)
"""


def test_a_migration_that_is_killed_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    """R27, F87: killed after any statement, a migration has done nothing, and the next start does all of it."""
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "x.db")], check=True, capture_output=True, text=True, timeout=120
    )
    last = int(ended.stdout)
    assert last > 40
    for n in range(1, last):
        assert sqlite_revision(tmp_path / f"{n}.db") is None
        with closing(sqlite3.connect(tmp_path / f"{n}.db")) as connection:
            assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    for n in (1, last // 2, last - 1, last):
        store = open_store(f"sqlite:///{tmp_path}/{n}.db")
        assert store.writable()
        store.close()
