"""What was done of recurring duties, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.database.instants import instant, micros
from tocsin.adapters.database.session import Insertion, Row, Session, replacing
from tocsin.app.rows.duties import DutyRecord

_RECORD = (
    ("id", "text"),
    ("service", "text"),
    ("duty", "text"),
    ("title", "text"),
    ("done_at", "bigint"),
    ("done_by", "text"),
    ("note", "text"),
    ("recorded_at", "bigint"),
)
SAVE = Insertion("duty_records", _RECORD, replacing("id", _RECORD))
_SELECT = f"SELECT {SAVE.names} FROM duty_records"  # noqa: S608 - names of our own columns
_LAST_FIRST = "ORDER BY done_at DESC, recorded_at DESC, id DESC"
_LATER = (
    "SELECT 1 FROM duty_records later WHERE later.service = duty_records.service AND later.duty = duty_records.duty "
    "AND (later.done_at, later.recorded_at, later.id) "
    "> (duty_records.done_at, duty_records.recorded_at, duty_records.id)"
)


class SqlDutyRecords:
    """What was done of recurring duties."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, record: DutyRecord) -> None:
        """Keep a record, in the place of the one with its id."""
        row = (record.id, record.service, record.duty, record.title, micros(record.done_at), record.by, record.note)
        self._session.insert(SAVE, [(*row, micros(record.recorded_at))])

    def newest(self) -> Sequence[DutyRecord]:
        """Of each duty of each service the one that was done last."""
        rows = self._session.rows(f"{_SELECT} WHERE NOT EXISTS ({_LATER}) ORDER BY service, duty")
        return [_record(row) for row in rows]

    def of(self, service: str, duty: str, limit: int) -> Sequence[DutyRecord]:
        """The records of one duty, the one that was done last first."""
        rows = self._session.rows(
            f"{_SELECT} WHERE service = ? AND duty = ? {_LAST_FIRST} LIMIT ?", service, duty, limit
        )
        return [_record(row) for row in rows]

    def between(self, service: str, duty: str, first: datetime, last: datetime) -> Sequence[DutyRecord]:
        """Those of one duty that were done from an instant to another."""
        sql = f"{_SELECT} WHERE service = ? AND duty = ? AND done_at BETWEEN ? AND ? {_LAST_FIRST}"
        return [_record(row) for row in self._session.rows(sql, service, duty, micros(first), micros(last))]


def _record(row: Row) -> DutyRecord:
    id, service, duty, title, done_at, by, note, recorded_at = row
    return DutyRecord(id, service, duty, title, instant(done_at), by, note, instant(recorded_at))
