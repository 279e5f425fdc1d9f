"""Overrides of the schedules that people made by hand, in SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.database.instants import instant, instant_or_none, micros, micros_or_none
from tocsin.adapters.database.session import Insertion, Row, Session
from tocsin.app.rows.records import OverrideRow
from tocsin.errors import Conflict
from tocsin.oncall.schedule import Override

ADD = Insertion(
    "overrides",
    (
        ("id", "text"),
        ("schedule", "text"),
        ("people", "text"),
        ("since", "bigint"),
        ("until", "bigint"),
        ("reason", "text"),
        ("made_by", "text"),
        ("made_at", "bigint"),
        ("ended_at", "bigint"),
        ("ended_by", "text"),
    ),
    "ON CONFLICT (id) DO NOTHING",
)
_SELECT = f"SELECT {ADD.names} FROM overrides"  # noqa: S608 - names of our own columns


class SqlOverrides:
    """Overrides and swaps that people made by hand."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: OverrideRow) -> None:
        """Keep an override. Raises Conflict when its id exists."""
        made = row.override
        stored = (
            made.id,
            row.schedule,
            json.dumps(made.people),
            micros(made.since),
            micros(made.until),
            made.reason,
            made.by,
            micros(row.made_at),
            micros_or_none(row.ended_at),
            row.ended_by,
        )
        if not self._session.insert(ADD, [stored]):
            raise self._session.doom(Conflict(f"there is an override {made.id} already"))

    def get(self, id: str) -> OverrideRow | None:
        """One override."""
        row = self._session.row(f"{_SELECT} WHERE id = ?", id)
        return None if row is None else _override(row)

    def end(self, id: str, at: datetime, by: str) -> bool:
        """End one."""
        sql = "UPDATE overrides SET ended_at = ?, ended_by = ? WHERE id = ? AND ended_at IS NULL"
        return self._session.change(sql, micros(at), by, id) == 1

    def after(self, at: datetime) -> Sequence[OverrideRow]:
        """Those whose span ends after an instant, in the order in which they were made."""
        rows = self._session.rows(f"{_SELECT} WHERE until > ? ORDER BY place", micros(at))
        return [_override(row) for row in rows]


def _override(row: Row) -> OverrideRow:
    id, schedule, people, since, until, reason, made_by, made_at, ended_at, ended_by = row
    override = Override(tuple(json.loads(people)), instant(since), instant(until), reason, id, made_by)
    return OverrideRow(schedule, override, instant(made_at), instant_or_none(ended_at), ended_by)
