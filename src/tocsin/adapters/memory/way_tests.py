"""Test pages, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tocsin.adapters.memory.tables import Tables
from tocsin.app.rows.way_tests import WayTest, WayTestState


class MemoryWayTests:
    """Test pages."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, tests: Sequence[WayTest]) -> int:
        """Keep those whose id is not there yet."""
        rows, before = self._tables.way_tests.change(), len(self._tables.way_tests.rows)
        for one in tests:
            self._tables.require_storable(one.id, one.person, one.way, one.error, one.text)
            rows.setdefault(one.id, one)
        return len(rows) - before

    def claim(self, now: datetime, until: datetime) -> WayTest | None:
        """Take the one that has waited longest."""
        rows = self._tables.way_tests.change()
        due = [one for one in rows.values() if one.state is WayTestState.WAITING and one.next_at <= now]
        if not due:
            return None
        first = min(due, key=lambda one: (one.next_at, one.id))
        rows[first.id] = replace(first, next_at=until, attempts=first.attempts + 1)
        return rows[first.id]

    def settle(self, id: str, state: WayTestState, at: datetime, error: str = "") -> None:
        """How it went."""
        self._tables.require_storable(error)
        rows = self._tables.way_tests.change()
        if id not in rows:
            return
        settled = replace(rows[id], state=state, error=error)
        waits = state is WayTestState.WAITING
        rows[id] = replace(settled, next_at=at) if waits else replace(settled, sent_at=at)

    def received(self, id: str, at: datetime) -> bool:
        """It reached the device."""
        rows = self._tables.way_tests.change()
        if id not in rows or rows[id].received_at is not None:
            return False
        rows[id] = replace(rows[id], received_at=at)
        return True

    def confirm(self, id: str, at: datetime) -> bool:
        """The person has confirmed it."""
        rows = self._tables.way_tests.change()
        if id not in rows or rows[id].confirmed_at is not None:
            return False
        rows[id] = replace(rows[id], confirmed_at=at)
        return True

    def get(self, id: str) -> WayTest | None:
        """One test page."""
        return self._tables.way_tests.rows.get(id)

    def since(self, at: datetime) -> Sequence[WayTest]:
        """Those of rounds at or after an instant."""
        found = [one for one in self._tables.way_tests.rows.values() if one.round_at >= at]
        return sorted(found, key=lambda one: (one.round_at, one.id))

    def forget(self, before: datetime) -> int:
        """Remove those of rounds before an instant."""
        rows = self._tables.way_tests.change()
        old = [one.id for one in rows.values() if one.round_at < before]
        for id in old:
            del rows[id]
        return len(old)
