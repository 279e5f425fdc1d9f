"""Brings a database to the present schema with alembic, in one transaction, one process at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.pool import NullPool

from tocsin.adapters.database.schema import metadata
from tocsin.adapters.database.sqlite import PATIENCE, connect, translated
from tocsin.adapters.database.turn import Turn
from tocsin.errors import BadSettings

_MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = 7_220_001  # the advisory lock of migrations


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
    """Upgrade a PostgreSQL database, or say what is wrong with it; nodes that start at once wait for each other."""
    engine = create_engine("postgresql+psycopg://", creator=creator, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
        prepare(connection, migrate=migrate)


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
