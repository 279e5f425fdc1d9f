"""Runners and their attempts, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tocsin.adapters.memory.tables import Tables
from tocsin.app.rows.runners import AttemptRow, AttemptState, RunnerRow
from tocsin.errors import Conflict

_OPEN = (AttemptState.OFFERED, AttemptState.TAKEN, AttemptState.STARTED)


class MemoryRunners:
    """Runners, and the runs that are handed to them; dicts keep the order in which they were made."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def save(self, row: RunnerRow) -> None:
        """Keep a runner."""
        self._tables.require_storable(
            *(row.name, row.invitation, row.made_by, row.key, row.version),
            *(*row.labels, *row.effects, *row.programs),
        )
        self._tables.runners.change()[row.name] = row

    def get(self, name: str) -> RunnerRow | None:
        """One runner."""
        return self._tables.runners.rows.get(name)

    def all(self) -> Sequence[RunnerRow]:
        """All of them."""
        return sorted(self._tables.runners.rows.values(), key=lambda row: row.name.encode())

    def enrol(self, name: str, invitation: str, key: str, at: datetime) -> bool:
        """Use an invitation up."""
        self._tables.require_storable(name, invitation, key)
        rows = self._tables.runners.change()
        row = rows.get(name)
        if row is None or not invitation or row.invitation != invitation:
            return False
        rows[name] = replace(row, invitation="", key=key, enrolled_at=at, removed_at=None)
        return True

    def note(self, row: RunnerRow) -> bool:
        """Write down what a runner says of itself."""
        self._tables.require_storable(row.name, row.key, row.version, *row.effects, *row.programs)
        rows = self._tables.runners.change()
        old = rows.get(row.name)
        if old is None or old.key != row.key or old.removed_at is not None:
            return False
        said = replace(old, seen_at=row.seen_at, version=row.version, effects=row.effects, programs=row.programs)
        rows[row.name] = said
        return True

    def use(self, runner: str, word: str, until: datetime) -> bool:
        """Use a word up."""
        self._tables.require_storable(runner, word)
        rows = self._tables.runner_words.change()
        new = (runner, word) not in rows
        rows.setdefault((runner, word), until)
        return new

    def offer(self, row: AttemptRow) -> None:
        """Offer a run."""
        self._tables.require_storable(
            *(row.id, row.run, row.label, row.job, row.effect, row.incident_id, row.effect_key),
            *(row.runner, row.output, row.result),
        )
        rows = self._tables.attempts.change()
        if row.id in rows:
            raise self._tables.doom(Conflict("there is an attempt of that id already"))
        rows[row.id] = row

    def attempt(self, id: str) -> AttemptRow | None:
        """One attempt."""
        return self._tables.attempts.rows.get(id)

    def open_attempts(self) -> Sequence[AttemptRow]:
        """Those that have not ended, oldest first."""
        return [row for row in self._tables.attempts.rows.values() if row.state in _OPEN]

    def swap(self, row: AttemptRow) -> bool:
        """Change an attempt."""
        self._tables.require_storable(row.id, row.runner, row.output, row.result)
        rows = self._tables.attempts.change()
        old = rows.get(row.id)
        if old is None or old.change != row.change:
            return False
        rows[row.id] = replace(
            old,
            state=row.state,
            runner=row.runner,
            until=row.until,
            heard=row.heard,
            parts=row.parts,
            output=row.output,
            result=row.result,
            change=row.change + 1,
        )
        return True

    def forget(self, before: datetime) -> int:
        """Remove what ended long ago."""
        rows = self._tables.attempts.change()
        old = [id for id, row in rows.items() if row.state not in _OPEN and row.until < before]
        for id in old:
            del rows[id]
        return len(old)

    def forget_words(self, before: datetime) -> int:
        """Remove the words that are too old to be said again."""
        rows = self._tables.runner_words.change()
        old = [key for key, until in rows.items() if until < before]
        for key in old:
            del rows[key]
        return len(old)
