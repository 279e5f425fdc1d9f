"""What can be wrong with a database, found before it hurts: damage, weak settings, incidents nobody looks after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from tocsin.adapters.database.opening import is_postgres, open_store, postgres, sqlite_path, sqlite_revision
from tocsin.adapters.database.revision import HEAD
from tocsin.adapters.database.sqlite import PATIENCE, connect, translated
from tocsin.app.store import Transaction
from tocsin.errors import TocsinError

SLACK = timedelta(minutes=2)
"""How late a deadline may be before check calls the incident unattended."""

Examination = Callable[[Transaction], Iterable[str]]
"""A further look at the data, in a read transaction; each text it gives is a problem."""


def check(url: str, now: datetime, *, slack: timedelta = SLACK, more: Sequence[Examination] = ()) -> list[str]:
    """Everything that is wrong with a database, each in one sentence; nothing is changed.

    ``more`` are examinations of those who know more than the database does, such as whether the index rows
    follow from the facts.
    """
    try:
        problems = _postgres_problems(url) if is_postgres(url) else _sqlite_problems(sqlite_path(url))
        if problems and problems[-1].startswith(_CANNOT_GO_ON):
            return problems
        store = open_store(url, migrate=False)
    except TocsinError as error:
        return [error.message]
    try:
        with store.read() as tx:
            problems += [
                f"R4: incident {id} wakes nobody: open, unacknowledged, no deadline at hand, no page on its way."
                for id in tx.incidents.unattended(now, slack)
            ]
            for examination in more:
                problems += examination(tx)
    except TocsinError as error:
        problems.append(error.message)
    finally:
        store.close()
    return problems


_CANNOT_GO_ON = "There is no"
_TRIGGERS = ("facts_refuse_update", "facts_refuse_delete", "audit_refuse_update", "audit_refuse_delete")


def _sqlite_problems(path: Path) -> list[str]:
    if not path.exists():
        return [f"{_CANNOT_GO_ON} database at {path}."]
    problems = []
    if path.stat().st_mode & 0o077:
        problems.append(f"Others on this machine can read {path}: chmod 600 it.")
    with translated(), closing(connect(path, writing=True)) as connection:
        problems += [
            f"The file is damaged: {verdict}; restore a backup."
            for (verdict,) in connection.execute("PRAGMA integrity_check(20)").fetchall()
            if verdict != "ok"
        ]
        problems += [
            f"A row of {table} refers to nothing in {parent}."
            for table, _, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchall()
        ]
        for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2)):
            [(found,)] = connection.execute(f"PRAGMA {pragma}").fetchall()
            if found != wanted:
                problems.append(f"R1: {pragma} is {found!r} and not {wanted!r}: what was accepted could be lost.")
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    problems += [
        f"R13: trigger {name} is missing: history could be rewritten." for name in _TRIGGERS if name not in names
    ]
    return problems + _schema_problems(sqlite_revision(path))


def _postgres_problems(url: str) -> list[str]:
    module = postgres()
    problems: list[str] = module.problems(url, patience=PATIENCE)
    return problems + _schema_problems(module.revision(url, patience=PATIENCE))


def _schema_problems(found: str | None) -> list[str]:
    if found is None:
        return [f"{_CANNOT_GO_ON} schema in this database: run `tocsin db upgrade`."]
    if found != HEAD:
        return [f"The schema is of revision {found} and not {HEAD}: run `tocsin db upgrade` with the newest Tocsin."]
    return []
