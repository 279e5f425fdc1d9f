"""Copies of a SQLite file: taken while it is in use, put in its place when nothing uses it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import chain, count
from pathlib import Path

from tocsin.adapters.database.sqlite import PATIENCE, connect, translated
from tocsin.adapters.database.turn import Turn
from tocsin.errors import BadInput, Conflict, Unavailable


def copy(source: Path, to: Path) -> None:
    """Copy a database that may be in use, as of one instant; ``to`` is there as a whole or not at all.

    The copy is one file without a log beside it. BadInput when the source is no sound database.
    """
    unfinished = Path(f"{to}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        # For its owner only, like the original.
        os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with (
            translated(),
            _damage(source),
            closing(connect(source, writing=False)) as origin,
            closing(sqlite3.connect(unfinished, isolation_level=None)) as snapshot,
        ):
            origin.backup(snapshot)
            snapshot.execute("PRAGMA journal_mode = DELETE").fetchall()
            _require_sound(snapshot, source)
        _sync(unfinished)
        unfinished.replace(to)
        _sync(to.parent)
    except OSError as error:
        raise Unavailable(f"the copy cannot be written: {error}") from error
    finally:
        for name in (unfinished, Path(f"{unfinished}-journal"), Path(f"{unfinished}-wal"), Path(f"{unfinished}-shm")):
            name.unlink(missing_ok=True)


def put_in_place(prepared: Path, target: Path) -> Path | None:
    """Let a prepared file become the database; where the one that stood there is now.

    Conflict when somebody has the database open: a running server would go on with the old one.
    """
    turn = Turn(target, PATIENCE)
    try:
        with turn.taken():
            moved = None
            if target.exists():
                _require_alone(target)
                moved = _unused(Path(f"{target}.before-restore"))
                target.replace(moved)
            for log in (Path(f"{target}-wal"), Path(f"{target}-shm")):
                log.unlink(missing_ok=True)
            prepared.replace(target)
            _sync(target.parent)
            return moved
    except OSError as error:
        raise Unavailable(f"the database cannot be replaced: {error}") from error
    finally:
        turn.close()


def _unused(name: Path) -> Path:
    """The name, or the first with a number that is free: who restores the wrong backup first loses nothing by that."""
    numbered = (Path(f"{name}-{n}") for n in count(2))
    return next(one for one in chain((name,), numbered) if not one.exists())


@contextmanager
def _damage(name: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise BadInput(f"{name} is damaged or no database: {error}") from error
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:  # of the copy: the source is only read
            raise Unavailable(f"the copy cannot be written: {error}") from error
        raise


def _require_sound(connection: sqlite3.Connection, name: Path) -> None:
    [(verdict,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
    if verdict != "ok":
        raise BadInput(f"{name} is damaged: {verdict}")
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        raise BadInput(f"{name} is not a database of Tocsin")


def _require_alone(target: Path) -> None:
    """Leaving WAL mode needs every other connection gone, and writes the log into the file."""
    # A damaged file is what a restore is for: only being in use speaks against it.
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(target, timeout=0.2, isolation_level=None)) as alone:
        try:
            alone.execute("PRAGMA journal_mode = DELETE").fetchall()
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise Conflict(f"{target} is in use; stop the server that has it open, then restore") from error
            raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
