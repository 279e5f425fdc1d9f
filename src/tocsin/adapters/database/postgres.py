"""The store in PostgreSQL, for several machines: any number of nodes write at once, rows say who has what.

The only module that needs the extra ``postgres``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import lru_cache
from threading import get_ident
from typing import Any

import psycopg
from psycopg import errors
from psycopg.types.numeric import Int8BinaryDumper
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from tocsin.adapters.database.revision import CURRENT
from tocsin.adapters.database.session import Insertion, Row, Session, Update
from tocsin.adapters.database.transaction import SqlTransaction
from tocsin.adapters.storable import require_storable
from tocsin.app.rows.records import NewDelivery
from tocsin.app.store import NESTED, Transaction
from tocsin.clock import utc
from tocsin.errors import BadInput, BadSettings, Conflict, TocsinError, Unavailable

APPLICATION = "tocsin"
"""By this name the connections of servers are known in the database."""
_OTHERS = """
SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s
  AND pid <> pg_backend_pid() AND state_change > clock_timestamp() - interval '15 s' LIMIT 1
"""
CONNECTIONS = 8
ANSWER_WITHIN = timedelta(seconds=10)
"""How long an answer is awaited, twice what a statement may take. Behind a partition none would ever come: what a
proxy or a dead machine has swallowed is no error of the connection, and keepalives do not ask the server."""
_TASKS = 7_220_100  # the advisory locks of ``alone`` begin here
_SETTINGS = (
    # Whatever the server's default: accepted is durable (R1).
    "-c synchronous_commit=on",
    "-c statement_timeout=5s",  # waiting for a row that somebody keeps locked included
    # A node that is stopped in the middle of a transaction must not keep the others from paging.
    "-c idle_in_transaction_session_timeout=60s",
    "-c timezone=UTC",
)


def revision(url: str, *, patience: timedelta) -> str | None:
    """The revision of a database's schema, None for an empty one; BadSettings when the URL cannot be understood."""
    try:
        with translated(), connect(url, patience) as connection:
            return _revision(connection)
    except psycopg.ProgrammingError as error:
        raise BadSettings(f"this is no address of a PostgreSQL database: {error}") from error


def is_in_use(url: str, *, patience: timedelta) -> bool:
    """Whether a server works with this database: one that lives asks every second.

    A connection that was just closed goes within two seconds; one that a dead machine has left asks nothing.
    """
    with translated(), connect(url, patience) as connection:
        for _ in range(20):
            if connection.execute(_OTHERS, (APPLICATION,)).fetchone() is None:
                return False
            time.sleep(0.1)
        return True


class PostgresStore:
    """Keeps what was committed in a PostgreSQL database."""

    def __init__(self, url: str, *, patience: timedelta) -> None:
        """Connect to a database that has the present schema."""
        self._writers: set[int] = set()
        self._pool: ConnectionPool[_Bounded] = ConnectionPool(
            _conninfo(url),
            connection_class=_Bounded,
            kwargs=_keywords(patience),
            configure=_configure,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=patience.total_seconds(),
            name="tocsin",
            open=True,
        )

    @contextmanager
    def transact(self) -> Iterator[Transaction]:
        """A write transaction."""
        me = get_ident()
        if me in self._writers:
            raise RuntimeError(NESTED)
        self._writers.add(me)
        try:
            with self._begun("BEGIN", writing=True) as session:
                yield SqlTransaction(session)
                if session.doomed is not None:
                    raise session.doomed
                with translated():
                    session.connection.execute("COMMIT")
        finally:
            self._writers.discard(me)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A consistent view for reading."""
        with self._begun("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", writing=False) as session:
            yield SqlTransaction(session)

    def writable(self) -> bool:
        """Whether a write would succeed now."""
        try:
            with self.transact() as tx:
                tx.keep.put("writable", "yes")
        except TocsinError:
            return False
        return True

    def pack(self, deliveries: Sequence[NewDelivery]) -> Sequence[NewDelivery]:
        """As they are: the server packs long values by itself."""
        return deliveries

    def tidy(self) -> None:
        """Nothing: the server does that by itself."""

    def now(self) -> datetime:
        """What the clock of the database's machine says."""
        with self._begun("BEGIN READ ONLY", writing=False) as session:
            ((at,),) = session.rows("SELECT clock_timestamp()")
        assert isinstance(at, datetime)
        return utc(at)

    def close(self) -> None:
        """Give back all connections."""
        self._pool.close()

    @contextmanager
    def _begun(self, begin: str, *, writing: bool) -> Iterator[PostgresSession]:
        connection = self._connection(begin)
        session = PostgresSession(connection, writing=writing)
        try:
            yield session
        finally:
            session.end()
            if connection.silent:
                self._pool.drain()  # the others lead to the same place: new ones may lead to where the database is now
            # After a COMMIT there is nothing to roll back; a lost connection cannot, and the pool replaces it.
            with suppress(psycopg.Error):
                if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                    connection.execute("ROLLBACK")
            self._pool.putconn(connection)

    def _connection(self, begin: str) -> _Bounded:
        """A connection with a transaction begun; those that a restart of the server has broken are thrown away."""
        with translated():
            for _ in range(CONNECTIONS):
                connection = self._pool.getconn()
                try:
                    connection.execute(begin)
                except psycopg.OperationalError:
                    self._pool.putconn(connection)
                    if connection.silent:
                        self._pool.drain()
                        raise
                except BaseException:
                    self._pool.putconn(connection)
                    raise
                else:
                    return connection
        raise Unavailable("the database has closed all connections; try again in a moment")


class _Bounded(psycopg.Connection[Row]):
    """A connection that waits for no answer longer than ``answer_within``; then it is closed, and ``silent``."""

    answer_within = ANSWER_WITHIN
    silent = False

    def wait(self, gen: Any, *args: Any, **given: Any) -> Any:
        """What the server answers; OperationalError when it does not."""
        try:
            return super().wait(gen, *args, **{"timeout": self.answer_within.total_seconds(), **given})
        except psycopg.OperationalError as error:
            if self.info.transaction_status != psycopg.pq.TransactionStatus.ACTIVE:
                raise  # the server has said something, or the connection is lost
            self.silent = True  # still at the question: nothing has ended but the wait
            self.pgconn.finish()  # whatever would come now answers a question that nobody asks any more
            seconds = self.answer_within.total_seconds()
            raise psycopg.OperationalError(f"no answer from the server for {seconds:g} s") from error


class PostgresSession(Session):
    """The SQL of one transaction on PostgreSQL."""

    def __init__(self, connection: psycopg.Connection[Row], *, writing: bool) -> None:
        super().__init__(writing=writing)
        self.connection = connection

    def alone(self, task: int) -> bool:
        """Whether no other node is at this task now."""
        [(alone,)] = self.rows("SELECT pg_try_advisory_xact_lock(?)", _TASKS + task)
        return bool(alone)

    def _run(self, sql: str, values: Sequence[Any]) -> list[Row]:
        with self._dooming():
            require_storable(values)
            return self._execute(_postgres_text(sql, self.writing), values).fetchall()

    def _change(self, sql: str, values: Sequence[Any]) -> int:
        with self._dooming():
            require_storable(values)
            return self._execute(_postgres_text(sql, self.writing), values).rowcount

    def _insert(self, into: Insertion, rows: Sequence[Row]) -> int:
        with self._dooming():
            return self._execute(_insert_text(into), _by_column(rows)).rowcount

    def _insert_each(self, into: Insertion, rows: Sequence[Row]) -> list[Row]:
        with self._dooming():
            return self._execute(_insert_text(into), _by_column(rows)).fetchall()

    def _update(self, of: Update, rows: Sequence[Row]) -> int:
        with self._dooming():
            return self._execute(_update_text(of), _by_column(rows)).rowcount

    def _execute(self, sql: str, values: Sequence[Any]) -> psycopg.Cursor[Row]:
        # Prepared from the first time on: there are few texts, and each is used for as long as the process lives.
        return self.connection.execute(sql.encode(), values, prepare=True, binary=True)

    @contextmanager
    def _dooming(self) -> Iterator[None]:
        try:
            with translated():
                yield
        except TocsinError as error:
            self.doom(error)
            raise
        except Exception as error:
            self.doom(Unavailable(f"a statement failed within this transaction: {error}"))
            raise


def connect(url: str, patience: timedelta) -> psycopg.Connection[Row]:
    """A connection with every setting that the store relies on."""
    connection: psycopg.Connection[Row] = psycopg.connect(_conninfo(url), **_keywords(patience))
    _configure(connection)
    return connection


def problems(url: str, *, patience: timedelta) -> list[str]:
    """What is wrong with the settings of a server: everything that could lose what was accepted (R1)."""
    found = []
    with translated(), connect(url, patience) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            [(value,)] = connection.execute(f"SHOW {name}".encode()).fetchall()
            if value != "on":
                found.append(f"R1: {name} is {value} and not on: what was accepted could be lost.")
        # Unknown (null) to those who may not see it.
        states = {row[0] for row in connection.execute(b"SELECT sync_state FROM pg_stat_replication").fetchall()}
        if states and states <= {"async"}:
            found.append(
                "R1: all replicas are asynchronous: a fail-over loses what was accepted last; "
                "set synchronous_standby_names (Patroni: synchronous_mode)."
            )
        triggers = {row[0] for row in connection.execute(b"SELECT tgname::text FROM pg_trigger").fetchall()}
        tables = {row[0] for row in connection.execute(b"SELECT tablename::text FROM pg_tables").fetchall()}
    found += [
        f"R13: trigger {table}_refuse_{act} is missing: history could be rewritten."
        for table in ("facts", "audit")
        for act in ("change", "truncate")
        if table in tables and f"{table}_refuse_{act}" not in triggers
    ]
    return found


def environment(url: str) -> dict[str, str]:
    """The variables by which PostgreSQL's own programs reach the database of this URL."""
    names = {"dbname": "PGDATABASE", "password": "PGPASSWORD"}
    parts = psycopg.conninfo.conninfo_to_dict(_conninfo(url))
    known = {option.keyword.decode(): option.envvar for option in psycopg.pq.Conninfo.get_defaults()}
    return {
        variable.decode() if isinstance(variable, bytes) else variable: str(value)
        for name, value in parts.items()
        if value is not None and (variable := names.get(name) or known.get(name))
    }


def connect_plainly(url: str) -> psycopg.Connection[Row]:
    """A connection for migrations, which may take longer than any setting of ours allows."""
    return psycopg.connect(_conninfo(url))


def _conninfo(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _keywords(patience: timedelta) -> dict[str, Any]:
    return {
        "autocommit": True,  # transactions are begun and ended by hand: one round trip each, no surprises
        "options": " ".join(_SETTINGS),
        "connect_timeout": max(2, int(patience.total_seconds())),
        "application_name": APPLICATION,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }


def _configure(connection: psycopg.Connection[Any]) -> None:
    # Every whole number as a bigint: one prepared statement whatever the size of the numbers.
    connection.adapters.register_dumper(int, Int8BinaryDumper)
    connection.prepared_max = 500


def _revision(connection: psycopg.Connection[Row]) -> str | None:
    with suppress(errors.UndefinedTable):
        row = connection.execute(CURRENT.encode()).fetchone()
        return None if row is None else str(row[0])
    return None


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into ours; what only a defect of ours can cause is left as it is."""
    try:
        yield
    except (errors.UniqueViolation, errors.DeadlockDetected, errors.SerializationFailure) as error:
        raise Conflict from error
    except (errors.UntranslatableCharacter, errors.CharacterNotInRepertoire, UnicodeEncodeError) as error:
        raise BadInput(f"text that is not valid Unicode cannot be stored: {error}") from error
    except (
        errors.OperationalError,  # gone, shutting down, full, timed out, too many connections
        errors.ReadOnlySqlTransaction,  # a fail-over made this server a standby
        errors.IdleInTransactionSessionTimeout,
        psycopg.InterfaceError,
        PoolTimeout,
        PoolClosed,
    ) as error:
        reason = str(error).strip() or type(error).__name__
        raise Unavailable(f"the database cannot be used now: {reason}; see `tocsin doctor`") from error


@lru_cache(maxsize=1024)
def _postgres_text(sql: str, writing: bool) -> str:
    if not writing:
        sql = sql.replace(" FOR UPDATE SKIP LOCKED", "")
    return sql.replace("%", "%%").replace("?", "%b")


@lru_cache(maxsize=256)
def _insert_text(into: Insertion) -> str:
    arrays = ", ".join(f"%b::{kind}[]" for _, kind in into.columns)
    source, names = f"SELECT * FROM unnest({arrays})", into.names  # noqa: S608 - our own columns, here and below
    if into.identity:
        # Numbered in the order given, inserted in the order of the key: the inner query cannot be pulled up,
        # because nextval is volatile.
        sequence = f"nextval(pg_get_serial_sequence('{into.table}', '{into.identity}'))"
        names = f"{into.identity}, {names}"
        source = (
            f"SELECT {names} FROM (SELECT {sequence} AS {into.identity}, given.* "  # noqa: S608
            f"FROM unnest({arrays}) AS given ({into.names})) AS numbered ORDER BY {', '.join(into.lock_order)}"
        )
    return f"INSERT INTO {into.table} ({names}) {source} {into.on_conflict} {into.returning}"


@lru_cache(maxsize=256)
def _update_text(of: Update) -> str:
    columns = (*of.key, *of.changed)
    arrays = ", ".join(f"%b::{kind}[]" for _, kind in columns)
    names = ", ".join(name for name, _ in columns)
    changes = ", ".join(f"{name} = given.{name}" for name, _ in of.changed)
    which = " AND ".join(f"{of.table}.{name} = given.{name}" for name, _ in of.key)
    return f"UPDATE {of.table} SET {changes} FROM unnest({arrays}) AS given ({names}) WHERE {which}"  # noqa: S608


def _by_column(rows: Sequence[Row]) -> list[list[Any]]:
    for row in rows:
        require_storable(row)
    return [list(column) for column in zip(*rows, strict=True)]
