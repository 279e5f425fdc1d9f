"""Overrides of the schedules that people made by hand, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tocsin.adapters.memory.tables import Tables
from tocsin.app.rows.records import OverrideRow
from tocsin.errors import Conflict


class MemoryOverrides:
    """Overrides and swaps that people made by hand; a dict keeps the order in which they were made."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, row: OverrideRow) -> None:
        """Keep an override. Raises Conflict when its id exists."""
        made = row.override
        self._tables.require_storable(row.schedule, made.id, made.reason, made.by, *made.people)
        rows = self._tables.overrides.change()
        if made.id in rows:
            raise self._tables.doom(Conflict(f"there is an override {made.id} already"))
        rows[made.id] = row

    def get(self, id: str) -> OverrideRow | None:
        """One override."""
        return self._tables.overrides.rows.get(id)

    def end(self, id: str, at: datetime, by: str) -> bool:
        """End one."""
        self._tables.require_storable(id, by)
        rows = self._tables.overrides.change()
        row = rows.get(id)
        if row is None or row.ended_at is not None:
            return False
        rows[id] = replace(row, ended_at=at, ended_by=by)
        return True

    def after(self, at: datetime) -> Sequence[OverrideRow]:
        """Those whose span ends after an instant."""
        return [row for row in self._tables.overrides.rows.values() if row.override.until > at]
