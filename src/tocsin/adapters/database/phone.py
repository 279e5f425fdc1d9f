"""The built-in phone's messages, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.database.instants import instant, instant_or_none, micros, micros_or_none
from tocsin.adapters.database.session import Insertion, Row, Session
from tocsin.app.rows.records import PhoneMessage

RING = Insertion(
    "phone_messages",
    (
        ("id", "text"),
        ("person", "text"),
        ("incident_id", "text"),
        ("text", "text"),
        ("link", "text"),
        ("at", "bigint"),
        ("seen_at", "bigint"),
        ("stopped", "boolean"),
    ),
    "ON CONFLICT (id) DO NOTHING",
)
_SELECT = f"SELECT {RING.names} FROM phone_messages"  # noqa: S608 - names of our own columns


class SqlPhoneInbox:
    """The built-in phone's messages."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def ring(self, message: PhoneMessage) -> None:
        """Keep a message; the same id again changes nothing."""
        texts = (message.id, message.person, message.incident_id, message.text, message.link)
        row = (*texts, micros(message.at), micros_or_none(message.seen_at), message.stopped)
        self._session.insert(RING, [row])

    def messages(self, person: str | None, limit: int) -> Sequence[PhoneMessage]:
        """Messages of one person or of all, newest first."""
        newest = "ORDER BY at DESC, id DESC LIMIT ?"
        if person is None:
            rows = self._session.rows(f"{_SELECT} {newest}", limit)
        else:
            rows = self._session.rows(f"{_SELECT} WHERE person = ? {newest}", person, limit)
        return [_message(row) for row in rows]

    def see(self, id: str, at: datetime) -> PhoneMessage | None:
        """Mark a message as seen; gives it back the first time."""
        sql = f"UPDATE phone_messages SET seen_at = ? WHERE id = ? AND seen_at IS NULL RETURNING {RING.names}"  # noqa: S608
        return next((_message(row) for row in self._session.returned(sql, micros(at), id)), None)

    def forget(self, person: str) -> int:
        """Remove all messages of a person."""
        return self._session.change("DELETE FROM phone_messages WHERE person = ?", person)

    def stop(self, incident_id: str) -> int:
        """Stop all ringing for an incident."""
        sql = "UPDATE phone_messages SET stopped = true WHERE incident_id = ? AND NOT stopped"
        return self._session.change(sql, incident_id)


def _message(row: Row) -> PhoneMessage:
    id, person, incident_id, text, link, at, seen_at, stopped = row
    seen = instant_or_none(seen_at)
    return PhoneMessage(id, person, incident_id, text, link, instant(at), seen, bool(stopped))
