"""Brings a database to the present schema with alembic, in one transaction, one process at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Row, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tocsin.adapters.database.schema import metadata
from tocsin.adapters.database.sqlite import PATIENCE, connect, translated
from tocsin.adapters.database.turn import Turn
from tocsin.errors import BadSettings, Unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = 7_220_001  # the advisory lock of migrations
_LONGEST_WAIT = 3
"""Seconds for a table that a transaction keeps. What older nodes ask of that table waits behind a migration that waits,
and may take 5 seconds (``postgres.py``): they go on storing deliveries. Autovacuum makes room after a second."""
_LOCK_NOT_AVAILABLE = "55P03"
_KEEPERS = """
SELECT a.pid, coalesce(nullif(a.application_name, ''), a.backend_type, 'a program'),
  extract(epoch FROM clock_timestamp() - a.xact_start)::bigint
FROM pg_stat_activity a
WHERE a.pid <> pg_backend_pid() AND coalesce(a.xact_start < clock_timestamp() - interval '3 s', true) AND a.pid IN (
  SELECT pid FROM pg_locks WHERE locktype = 'relation' AND granted AND relation >= 16384 -- no table of the system's
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
ORDER BY a.xact_start NULLS LAST LIMIT 3
"""
"""Whose transactions keep tables for longer than is waited; the seconds are not shown to everybody."""


def prepare_sqlite(path: Path, *, migrate: bool) -> None:
    """Upgrade a SQLite file, or say what is wrong with it; killed at any point, it is as it was before."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    turn = Turn(path, PATIENCE)
    try:
        with turn.taken(), translated():
            engine = create_engine("sqlite://", creator=lambda: connect(path, writing=True), poolclass=NullPool)
            # The connection is in autocommit mode, and this says where a transaction begins: left to itself, the
            # driver would commit before each CREATE.
            event.listen(engine, "begin", _begin_immediate)
            with engine.begin() as connection:
                prepare(connection, migrate=migrate)
    finally:
        turn.close()


def prepare_postgres(creator: Callable[[], Any], *, migrate: bool) -> None:
    """Upgrade a PostgreSQL database, or say what is wrong with it; nodes that start at once wait for each other.

    Unavailable, and nothing has changed, where a transaction keeps a table: while this waits for it, so does whatever
    older nodes ask of that table, deliveries among it. What the driver raises comes as the driver's own.
    """
    engine = create_engine("postgresql+psycopg://", creator=creator, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
            connection.execute(text(f"SET LOCAL lock_timeout = '{_LONGEST_WAIT}s'"))
            prepare(connection, migrate=migrate)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise Unavailable(_kept(engine)) from error
        raise error.orig or error from error


def _kept(engine: Engine) -> str:
    """What to do about the transactions that a migration would have to wait for."""
    keepers: Sequence[Row[*tuple[Any, ...]]] = ()
    with suppress(DBAPIError), engine.connect() as connection:  # whatever it cannot be asked, it does keep a table
        keepers = connection.execute(text(_KEEPERS)).all()
    since = [f"{name} (pid {pid}{'' if seconds is None else f', for {seconds} s'})" for pid, name, seconds in keepers]
    return (
        "the schema cannot be brought up to date: a transaction keeps tables of the database, and to wait for it would "
        f"hold up deliveries. It is open in {', '.join(since) or 'a program that pg_stat_activity names'}. Let it end, "
        f"or end it with SELECT pg_terminate_backend({keepers[0][0] if keepers else 'pid'}); then start again. "
        "Nothing was changed"
    )


def prepare(connection: Connection, *, migrate: bool) -> None:
    """Upgrade within the caller's transaction; BadSettings when it may not, or when the database is too new."""
    config = configuration()
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in {
        script.revision for script in ScriptDirectory.from_config(config).walk_revisions()
    }:
        _require_columns(connection, found)
        return
    if not migrate:
        raise BadSettings("the database has an older schema or none; run `tocsin db upgrade`")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def configuration() -> Config:
    """What alembic needs to know; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _require_columns(connection: Connection, found: str) -> None:
    """Let a node of the last release go on beside one of the next, as long as everything it needs is there."""
    present = inspect(connection)
    tables = set(present.get_table_names())
    for table in metadata.tables.values():
        columns = {column["name"] for column in present.get_columns(table.name)} if table.name in tables else set[str]()
        missing = {column.name for column in table.columns} - columns
        if missing:
            raise BadSettings(
                f"the database was upgraded by a newer Tocsin (revision {found}) and has no "
                f"{table.name}.{min(missing)} any more; upgrade this installation too"
            )


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
