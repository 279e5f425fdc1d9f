"""Looking after a database: backups that can be trusted, restores that replay no past, a check that finds fault.

For SQLite nothing else is needed; for PostgreSQL these are its own pg_dump and pg_restore.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tocsin.adapters.database import pg_tools, snapshots
from tocsin.adapters.database.opening import is_postgres, open_store, postgres, sqlite_path, sqlite_revision
from tocsin.adapters.database.sqlite import PATIENCE
from tocsin.app.rows.records import IncidentQuery
from tocsin.app.rows.runners import AttemptState
from tocsin.app.store import HOLDING_SINCE, Transaction
from tocsin.clock import utc
from tocsin.errors import BadInput, Conflict, NotFound
from tocsin.incident.summary import HELD_BACK, UNRESOLVED

LAST_BACKUP = "last_backup"
"""The name in ``keep`` of the instant of the newest backup, ISO 8601 in UTC; each backup holds its own."""

PIECE = 500
"""How many incidents are held back at once."""


def backup(url: str, to: Path, now: datetime) -> None:
    """Copy the database as of one instant to a new file, while it is in use.

    Conflict when the file exists; BadInput when the database is damaged; BadSettings without pg_dump.
    """
    if to.exists():
        raise Conflict(f"{to} exists already; name another file")
    store = open_store(url, migrate=False)
    try:
        # Into the database first, so that the copy says of what instant it is.
        with store.transact() as tx:
            tx.keep.put(LAST_BACKUP, utc(now).isoformat())
    finally:
        store.close()
    if is_postgres(url):
        pg_tools.dump(postgres().environment(url), to)
    else:
        snapshots.copy(sqlite_path(url), to)


def restore(source: Path, url: str, now: datetime, *, force: bool = False) -> datetime:
    """Put a backup in the place of a database; the instant of the backup.

    What waited in it to be said is given up, and nobody knows of its steps how far they got. Incidents that were open
    in it get no deadline and wake nobody by themselves; ``keep["holding_since"]`` says that nobody has released them
    yet (R24, ``app/holding.py``). An older backup is brought to the present schema. A SQLite file that is replaced is
    kept beside it with the ending ``.before-restore``, the next one ``.before-restore-2``. Conflict when there is a
    database already, unless ``force``, and when a server has it open; BadInput when the file is no backup.
    """
    if not source.is_file():
        raise NotFound(f"there is no backup {source}")
    if is_postgres(url):
        return _restore_postgres(source, url, now, force=force)
    target = sqlite_path(url)
    if target.exists() and not force:
        raise Conflict(f"{target} exists already; add --force to replace it")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    prepared = Path(f"{target}.restoring")
    try:
        snapshots.copy(source, prepared)
        taken_at = _hold(f"sqlite:///{prepared}", now)
        snapshots.put_in_place(prepared, target)
    finally:
        for rest in (prepared, *(Path(f"{prepared}{ending}") for ending in ("-wal", "-shm", ".lock"))):
            rest.unlink(missing_ok=True)
    return taken_at


def _restore_postgres(source: Path, url: str, now: datetime, *, force: bool) -> datetime:
    if postgres().revision(url, patience=PATIENCE) is not None and not force:
        raise Conflict("this database holds an installation already; add --force to replace it")
    with source.open("rb") as file:
        if file.read(5) != b"PGDMP":
            raise BadInput(f"{source} is not a backup of a PostgreSQL database")
    if postgres().is_in_use(url, patience=PATIENCE):
        raise Conflict("a server works with this database; stop all nodes, then restore")
    pg_tools.load(postgres().environment(url), source)
    return _hold(url, now)


def _hold(url: str, now: datetime) -> datetime:
    """Keep the restored database from replaying its past; the instant of its backup."""
    store = open_store(url, migrate=True)
    try:
        with store.transact() as tx:
            said = tx.keep.get(LAST_BACKUP)
            taken_at = utc(now) if said is None else datetime.fromisoformat(said)
            tx.keep.put(HOLDING_SINCE, taken_at.isoformat())
            # All of it is of the past, also what was queued while the copy was being made.
            hold_outgoing(tx, utc(now))
            hold_incidents(tx)
    finally:
        store.close()
    return taken_at


def hold_outgoing(tx: Transaction, now: datetime) -> None:
    """Say nothing that waited to be said, and run nothing: who had it when the backup was made has seen to it."""
    tx.outbox.hold(now)
    for row in tx.runners.open_attempts():
        tx.runners.swap(replace(row, state=AttemptState.LOST))


def hold_incidents(tx: Transaction) -> None:
    """Take the deadlines of open incidents away. Whatever is appended to one of them gives it its deadline again."""
    before: int | None = None
    while rows := tx.incidents.search(IncidentQuery(states=UNRESOLVED, before=before, limit=PIECE)):
        before = rows[-1].number
        tx.incidents.reindex([replace(row, next_due_at=None, next_due=HELD_BACK) for row in rows])


def revision(url: str) -> str | None:
    """The revision of a database's schema; None for an empty or absent one."""
    if is_postgres(url):
        found: str | None = postgres().revision(url, patience=PATIENCE)
        return found
    return sqlite_revision(sqlite_path(url))
