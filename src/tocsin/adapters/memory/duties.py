"""What was done of recurring duties, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.memory.tables import Tables
from tocsin.app.rows.duties import DutyRecord


class MemoryDutyRecords:
    """What was done of recurring duties."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def save(self, record: DutyRecord) -> None:
        """Keep a record, in the place of the one with its id."""
        self._tables.require_storable(record.id, record.service, record.duty, record.title, record.by, record.note)
        self._tables.duties.change()[record.id] = record

    def newest(self) -> Sequence[DutyRecord]:
        """Of each duty of each service the one that was done last."""
        last = {(one.service, one.duty): one for one in sorted(self._tables.duties.rows.values(), key=_done)}
        return [last[key] for key in sorted(last)]

    def of(self, service: str, duty: str, limit: int) -> Sequence[DutyRecord]:
        """The records of one duty, the one that was done last first."""
        return self._of(service, duty)[:limit]

    def between(self, service: str, duty: str, first: datetime, last: datetime) -> Sequence[DutyRecord]:
        """Those of one duty that were done from an instant to another."""
        return [one for one in self._of(service, duty) if first <= one.done_at <= last]

    def _of(self, service: str, duty: str) -> list[DutyRecord]:
        found = [one for one in self._tables.duties.rows.values() if (one.service, one.duty) == (service, duty)]
        return sorted(found, key=_done, reverse=True)


def _done(one: DutyRecord) -> tuple[datetime, datetime, str]:
    return one.done_at, one.recorded_at, one.id
