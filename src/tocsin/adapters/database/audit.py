"""Privileged acts, append-only, in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.adapters.database.instants import instant, micros
from tocsin.adapters.database.session import Insertion, Session
from tocsin.app.rows.records import AuditEntry

RECORD = Insertion(
    "audit",
    (
        ("at", "bigint"),
        ("who", "text"),
        ("via", "text"),
        ("verb", "text"),
        ("object", "text"),
        ("detail", "text"),
        ("allowed", "boolean"),
    ),
)
_NEWEST_POSSIBLE = 2**63 - 1


class SqlAuditTrail:
    """Privileged acts, append-only."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, entry: AuditEntry) -> None:
        """Append an entry."""
        row = (micros(entry.at), entry.who, entry.via, entry.verb, entry.object, entry.detail, entry.allowed)
        self._session.insert(RECORD, [row])

    def latest(self, limit: int, before: int | None = None) -> Sequence[AuditEntry]:
        """The newest entries, newest first."""
        rows = self._session.rows(
            "SELECT at, who, via, verb, object, detail, allowed, seq FROM audit "
            "WHERE seq < ? ORDER BY seq DESC LIMIT ?",
            _NEWEST_POSSIBLE if before is None else before,
            limit,
        )
        return [
            AuditEntry(instant(at), who, via, verb, object_, detail, bool(allowed), seq)
            for at, who, via, verb, object_, detail, allowed, seq in rows
        ]
