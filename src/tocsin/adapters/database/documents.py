"""Texts that people edit, every version kept, in SQL."""

from __future__ import annotations

from tocsin.adapters.database.instants import instant, micros
from tocsin.adapters.database.session import Insertion, Session
from tocsin.app.rows.records import Document
from tocsin.errors import Conflict

SAVE = Insertion(
    "documents",
    (
        ("incident_id", "text"),
        ("kind", "text"),
        ("version", "bigint"),
        ("body", "text"),
        ("author", "text"),
        ("at", "bigint"),
    ),
    "ON CONFLICT (incident_id, kind, version) DO NOTHING",
)


class SqlDocuments:
    """Texts that people edit, every version kept."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, document: Document) -> None:
        """Keep a version; Conflict when it exists."""
        key = (document.incident_id, document.kind, document.version)
        if not self._session.insert(SAVE, [(*key, document.body, document.author, micros(document.at))]):
            message = f"version {document.version} of this {document.kind} was written by somebody else just now"
            raise self._session.doom(Conflict(message))

    def newest(self, incident_id: str, kind: str) -> Document | None:
        """The newest version."""
        row = self._session.row(
            f"SELECT {SAVE.names} FROM documents WHERE incident_id = ? AND kind = ? "  # noqa: S608 - our columns
            "ORDER BY version DESC LIMIT 1",
            incident_id,
            kind,
        )
        if row is None:
            return None
        of, kind, version, body, author, at = row
        return Document(of, kind, version, body, author, instant(at))
