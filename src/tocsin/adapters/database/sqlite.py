"""The store in a SQLite file: WAL, synchronous=FULL, one connection that writes and checkpoints, some that read."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

from tocsin.adapters.database.ballast import Ballast
from tocsin.adapters.database.packing import pack
from tocsin.adapters.database.session import Insertion, Row, Session, Update
from tocsin.adapters.database.transaction import SqlTransaction
from tocsin.adapters.database.turn import Turn
from tocsin.adapters.storable import require_storable
from tocsin.app.rows.records import NewDelivery
from tocsin.app.store import Transaction
from tocsin.errors import BadInput, Conflict, TocsinError, Unavailable

PATIENCE = timedelta(seconds=5)
READERS = 8
CHECKPOINT_PAGES = 4000
"""From so many pages on a commit carries what the log holds over into the file, and takes 10 ms instead of one."""
TIDY_COMMITS = 64
"""After so many commits that is done once all has been still for a second: some hundred pages, and 2 to 3 ms."""
MOVED = "the database's file was moved, deleted or replaced while the server works with it; put it back, or restart"
_STATEMENTS = 256
T = TypeVar("T")
_MOST_ROWS = 64
"""Rows that one statement writes at most."""
_LOST_RACE = (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_OUTSIDE_OUR_POWER = (
    *_BUSY,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
)


class SqliteStore:
    """Keeps what was committed in one file."""

    def __init__(self, path: Path, *, patience: timedelta = PATIENCE, ballast: int = 0) -> None:
        """Open a file that has the present schema; Unavailable when it cannot be opened now.

        ``ballast`` is how many bytes of the disk are kept back for when it is full.
        """
        self._path = path
        self._patience = patience
        self._closed = False
        self._turn = _turn(path, patience)
        self._ballast = Ballast(path, ballast)
        self._writer: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None  # which file that is, by device and number
        self._untidy = 0  # commits since it was tidied
        # None stands for a connection that has yet to be opened.
        self._readers: LifoQueue[sqlite3.Connection | None] = LifoQueue()
        for _ in range(READERS):
            self._readers.put(None)
        with self._turn.taken():
            self._writing()

    @contextmanager
    def transact(self) -> Iterator[Transaction]:
        """A write transaction, one at a time."""
        self._require_open()
        with self._turn.taken():
            connection = self._writing()
            session = SqliteSession(connection, writing=True, in_place=self._in_place)
            try:
                with translated():
                    connection.execute("BEGIN IMMEDIATE")
                yield SqlTransaction(session)
                if session.doomed is not None:
                    raise session.doomed
                with translated():
                    connection.execute("COMMIT")
                self._untidy += 1
            except BaseException as error:
                self._roll_back(connection)
                if _is_full(error):
                    self._ballast.release()
                raise
            finally:
                session.end()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A consistent view for reading."""
        connection = self._reading()
        session = SqliteSession(connection, writing=False)
        sound = False
        try:
            with translated():
                connection.execute("BEGIN")
            yield SqlTransaction(session)
            sound = True
        except (TocsinError, sqlite3.Error):
            raise
        except BaseException:
            sound = True
            raise
        finally:
            session.end()
            self._give_back(connection, sound=sound)

    def writable(self) -> bool:
        """Whether a write would succeed now."""
        self._ballast.refill()
        if not self._in_place():
            return False
        try:
            with self.transact() as tx:
                tx.keep.put("writable", "yes")
        except TocsinError:
            return False
        return True

    def pack(self, deliveries: Sequence[NewDelivery]) -> Sequence[NewDelivery]:
        """The same, with long bodies packed."""
        return pack(deliveries)

    def tidy(self) -> None:
        """Carry what the log holds over into the file, if it may be much: the commit of an alert need not then."""
        if self._untidy < TIDY_COMMITS:
            return
        with suppress(TocsinError, sqlite3.Error), self._turn.taken():  # what is wrong, the next commit says
            self._writing().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            self._untidy = 0

    def now(self) -> datetime | None:
        """It has no clock but that of this machine."""
        return None

    def close(self) -> None:
        """Give back files and connections; the last one to close checkpoints, so that is the writer."""
        if self._closed:
            return
        self._closed = True
        for _ in range(READERS):
            with suppress(Empty):
                reader = self._readers.get(timeout=self._patience.total_seconds())
                if reader is not None:
                    reader.close()
        with self._turn.taken():
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self._turn.close()

    def _writing(self) -> sqlite3.Connection:
        self._require_open()
        if self._writer is None:
            with translated():
                self._writer = connect(self._path, writing=True, patience=self._patience)
            self._opened = _which(self._path)
        return self._writer

    def _in_place(self) -> bool:
        """Whether the file that is written is the one that the next start will find.

        SQLite goes on in a file that was deleted, moved or replaced, and all of it would be gone then.
        """
        return self._opened is None or _which(self._path) == self._opened

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            # Whatever is wrong with it, the next transaction begins with a new one.
            self._writer = None
            with suppress(sqlite3.Error):
                connection.close()

    def _reading(self) -> sqlite3.Connection:
        self._require_open()
        try:
            connection = self._readers.get(timeout=self._patience.total_seconds())
        except Empty:
            raise Unavailable("too many readers of the database at once; try again in a moment") from None
        if connection is not None:
            return connection
        try:
            with translated():
                return connect(self._path, writing=False, patience=self._patience)
        except BaseException:
            self._readers.put(None)
            raise

    def _give_back(self, connection: sqlite3.Connection, *, sound: bool) -> None:
        if sound:
            try:
                connection.execute("ROLLBACK")
            except sqlite3.Error:
                sound = False
        if not sound:
            with suppress(sqlite3.Error):
                connection.close()
        self._readers.put(connection if sound else None)

    def _require_open(self) -> None:
        if self._closed:
            raise Unavailable("the store is closed")


class SqliteSession(Session):
    """The SQL of one transaction on SQLite."""

    def __init__(
        self, connection: sqlite3.Connection, *, writing: bool, in_place: Callable[[], bool] = lambda: True
    ) -> None:
        super().__init__(writing=writing)
        self._connection = connection
        self._in_place = in_place

    def alone(self, task: int) -> bool:
        """Whoever writes to SQLite is alone."""
        return True

    def _run(self, sql: str, values: Sequence[Any]) -> list[Row]:
        try:
            return self._connection.execute(_sqlite_text(sql), _bound(values)).fetchall()
        except Exception as error:  # noqa: BLE001 - whatever it is, it ends the transaction
            self._fail(error)

    def _change(self, sql: str, values: Sequence[Any]) -> int:
        try:
            require_storable(values)
            return self._connection.execute(_sqlite_text(sql), _bound(values)).rowcount
        except Exception as error:  # noqa: BLE001 - same
            self._fail(error)

    def _insert(self, into: Insertion, rows: Sequence[Row]) -> int:
        try:
            for row in rows:
                require_storable(row)
            return self._in_pieces(_insert_text, into, rows)
        except Exception as error:  # noqa: BLE001 - same
            self._fail(error)

    def _insert_each(self, into: Insertion, rows: Sequence[Row]) -> list[Row]:
        sql = _insert_text(into, 1)
        found: list[Row] = []
        try:
            for row in rows:
                require_storable(row)
                found += self._connection.execute(sql, row).fetchall()
        except Exception as error:  # noqa: BLE001 - same
            self._fail(error)
        return found

    def _insert_new(self, into: Insertion, rows: Sequence[Row]) -> list[int | None]:
        # Whoever writes is alone, so the numbers that AUTOINCREMENT would give are known beforehand.
        try:
            if not self._in_place():  # what comes in is refused, and sent again; what is known goes on being paged
                raise Unavailable(MOVED)
            for row in rows:
                require_storable(row)
            last = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (into.table,)).fetchone()
            first = (last[0] if last else 0) + 1
            ids = range(first, first + len(rows))
            numbered = [(id, *row) for id, row in zip(ids, rows, strict=True)]
            if self._in_pieces(_numbered_text, into, numbered) == len(rows):
                return list(ids)
            sql = f"SELECT {into.identity} FROM {into.table} WHERE {into.identity} >= ?"  # noqa: S608
            there = {id for (id,) in self._connection.execute(sql, (first,))}
            return [id if id in there else None for id in ids]
        except Exception as error:  # noqa: BLE001 - same
            self._fail(error)

    def _update(self, of: Update, rows: Sequence[Row]) -> int:
        try:
            return self._in_pieces(_update_text, of, rows)
        except Exception as error:  # noqa: BLE001 - same
            self._fail(error)

    def _in_pieces(self, text: Callable[[T, int], str], of: T, rows: Sequence[Row]) -> int:
        """Write many rows with few statements; how many were written.

        With one for each row, as ``executemany`` has it, a thread gives up the interpreter for each, and waits until
        it has it back. The pieces have few sizes, each of which is prepared once.
        """
        at = written = 0
        while at < len(rows):
            size = min(_MOST_ROWS, 1 << ((len(rows) - at).bit_length() - 1))
            values = list(chain.from_iterable(rows[at : at + size]))
            written += self._connection.execute(text(of, size), values).rowcount
            at += size
        return written

    def _fail(self, error: Exception) -> NoReturn:
        """Doom the transaction, and raise our error for the driver's. No context manager: this is the hot path."""
        try:
            with translated():
                raise error
        except TocsinError as told:
            self.doom(told)
            raise
        except Exception as trouble:
            self.doom(Unavailable(f"a statement failed within this transaction: {trouble}"))
            raise


def _which(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def connect(path: Path, *, writing: bool, patience: timedelta = PATIENCE) -> sqlite3.Connection:
    """A connection with every setting that the store relies on; sqlite3.Error when the file cannot be opened."""
    if writing and not path.exists():
        # Secrets are in there: nobody else may read it, whatever the umask; WAL and shared memory inherit this.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode={'rw' if writing else 'ro'}",
        uri=True,
        timeout=patience.total_seconds(),
        isolation_level=None,
        check_same_thread=False,
        cached_statements=_STATEMENTS,
    )
    try:
        for pragma in _WRITER if writing else _READER:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


_BOTH = ("mmap_size = 0", "foreign_keys = ON", "temp_store = MEMORY")
_WRITER = (
    *_BOTH,
    "journal_mode = WAL",
    "synchronous = FULL",
    "recursive_triggers = ON",  # without it a REPLACE would pass the triggers of append-only tables by
    f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
    "journal_size_limit = 67108864",
    "cache_size = -32768",
)
_READER = (*_BOTH, "query_only = ON", "wal_autocheckpoint = 0")


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into ours; what only a defect of ours can cause is left as it is."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code in _LOST_RACE:
            raise Conflict from error
        if code & 0xFF in _BUSY:
            raise Unavailable("another process has locked the database; try again in a moment") from error
        if code & 0xFF in _OUTSIDE_OUR_POWER:
            raise Unavailable(f"the database cannot be used now: {error}; see `tocsin doctor`") from error
        raise
    except UnicodeEncodeError as error:
        raise BadInput(f"text that is not valid Unicode cannot be stored: {error.reason}") from error


def _turn(path: Path, patience: timedelta) -> Turn:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Turn(path, patience)
    except OSError as error:
        raise Unavailable(f"the folder of the database cannot be used: {error}") from error


def _is_full(error: BaseException) -> bool:
    return getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL


@lru_cache(maxsize=_STATEMENTS)
def _sqlite_text(sql: str) -> str:
    return sql.replace("= ANY (?)", "IN (SELECT value FROM json_each(?))").replace(" FOR UPDATE SKIP LOCKED", "")


@lru_cache(maxsize=_STATEMENTS)
def _insert_text(into: Insertion, count: int) -> str:
    # Names of our own columns.
    given = _marks(len(into.columns), count)
    return f"INSERT INTO {into.table} ({into.names}) VALUES {given} {into.on_conflict} {into.returning}"  # noqa: S608


@lru_cache(maxsize=_STATEMENTS)
def _numbered_text(into: Insertion, count: int) -> str:
    given = _marks(1 + len(into.columns), count)
    names = f"{into.identity}, {into.names}"
    return f"INSERT INTO {into.table} ({names}) VALUES {given} ON CONFLICT DO NOTHING"  # noqa: S608


@lru_cache(maxsize=_STATEMENTS)
def _update_text(of: Update, count: int) -> str:
    # SQLite calls the columns of VALUES so; WITH, which could name them, hides from the driver that rows are changed.
    numbers = {name: f"column{number}" for number, (name, _) in enumerate((*of.key, *of.changed), 1)}
    given = f"(VALUES {_marks(len(numbers), count)}) AS given"
    changes = ", ".join(f"{name} = given.{numbers[name]}" for name, _ in of.changed)
    which = " AND ".join(f"{of.table}.{name} = given.{numbers[name]}" for name, _ in of.key)
    return f"UPDATE {of.table} SET {changes} FROM {given} WHERE {which}"  # noqa: S608 - names of our own columns


def _marks(columns: int, rows: int) -> str:
    row = f"({', '.join('?' * columns)})"
    return ", ".join([row] * rows)


def _bound(values: Sequence[Any]) -> list[Any]:
    return [json.dumps(value) if isinstance(value, list) else value for value in values]
