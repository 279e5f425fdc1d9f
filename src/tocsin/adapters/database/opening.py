"""Opens the store that a URL names, with the present schema."""

from __future__ import annotations

import importlib
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from tocsin.adapters.database.revision import CURRENT, HEAD
from tocsin.adapters.database.sqlite import PATIENCE, SqliteStore, connect, translated
from tocsin.app.store import Store
from tocsin.errors import BadSettings

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")


def open_store(url: str, *, migrate: bool = True, patience: timedelta = PATIENCE, ballast: int = 0) -> Store:
    """Open ``sqlite:///path`` (four slashes for an absolute path) or ``postgresql://…``.

    ``migrate`` brings an older or empty database to the present schema; without it that is BadSettings.
    ``patience`` is how long a transaction waits for its turn; ``ballast`` is how many bytes are kept back beside a
    SQLite file for when the disk is full. Unavailable when the database cannot be reached.
    """
    if url.startswith(_POSTGRES):
        module = postgres()
        if module.revision(url, patience=patience) != HEAD:
            with module.translated():
                migrating().prepare_postgres(lambda: module.connect_plainly(url), migrate=migrate)
        store: Store = module.PostgresStore(url, patience=patience)
        return store
    path = sqlite_path(url)
    if sqlite_revision(path) != HEAD:
        migrating().prepare_sqlite(path, migrate=migrate)
    return SqliteStore(path, patience=patience, ballast=ballast)


def upgrade(url: str) -> None:
    """Bring a database to the present schema (`tocsin db upgrade`)."""
    open_store(url, migrate=True).close()


def is_postgres(url: str) -> bool:
    """Whether the URL names a PostgreSQL database."""
    return url.startswith(_POSTGRES)


def sqlite_path(url: str) -> Path:
    """The file of a ``sqlite:///`` URL; BadSettings for anything else."""
    name = url.removeprefix(_SQLITE)
    if name in ("", ":memory:") or name == url:
        raise BadSettings(f"{url!r} is no database; write sqlite:///path/to/tocsin.db or postgresql://host/name")
    return Path(name)


def sqlite_revision(path: Path) -> str | None:
    """The revision of a file's schema; None for an empty or absent one."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    with translated(), closing(connect(path, writing=False)) as connection:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        row = connection.execute(CURRENT).fetchone() if known else None
    return None if row is None else str(row[0])


def postgres() -> Any:
    """The module for PostgreSQL: an optional extra, loaded by those who use it; BadSettings without it."""
    try:
        return importlib.import_module("tocsin.adapters.database.postgres")
    except ModuleNotFoundError as error:
        raise BadSettings(f"PostgreSQL needs the extra: pip install 'tocsin[postgres]' ({error})") from error


def migrating() -> Any:
    """The module for migrations: to load it takes longer than the rest of a start, and most starts need none."""
    return importlib.import_module("tocsin.adapters.database.migrating")
