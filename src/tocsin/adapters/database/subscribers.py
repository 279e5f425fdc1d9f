"""Subscribers, in SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.database.instants import instant, instant_or_none, micros, micros_or_none
from tocsin.adapters.database.session import Insertion, Row, Session, replacing
from tocsin.app.subscribers import Subscriber

_SUBSCRIBER = (
    ("id", "text"),
    ("address", "text"),
    ("origin", "text"),
    ("asked_at", "bigint"),
    ("wanted", "text"),
    ("components", "text"),
    ("confirmed_at", "bigint"),
    ("mail_at", "bigint"),
    ("attempts", "bigint"),
)
_CONFIRMED = ("components", "confirmed_at")
_WISH = tuple(column for column in _SUBSCRIBER if column[0] not in _CONFIRMED)
ASK = Insertion("subscribers", _SUBSCRIBER, replacing("id", _WISH))
_SELECT = f"SELECT {ASK.names} FROM subscribers"  # noqa: S608 - names of our own columns
_OLDEST = "SELECT id FROM subscribers WHERE mail_at <= ? ORDER BY mail_at, id LIMIT 1"
_DUE = f"id = ({_OLDEST}) AND mail_at <= ?"
_CLAIM = f"UPDATE subscribers SET mail_at = ?, attempts = attempts + 1 WHERE {_DUE} RETURNING {ASK.names}"  # noqa: S608


class SqlSubscribers:
    """Subscribers."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(self, subscriber: Subscriber) -> None:
        """Insert, or replace the wish of the one with that id."""
        one = subscriber
        keys = (json.dumps(one.wanted), json.dumps(one.components))
        ends = (micros_or_none(at) for at in (one.confirmed_at, one.mail_at))
        row = (one.id, one.address, one.origin, micros(one.asked_at), *keys, *ends, one.attempts)
        self._session.insert(ASK, [row])

    def get(self, id: str) -> Subscriber | None:
        """One of them."""
        row = self._session.row(f"{_SELECT} WHERE id = ?", id)
        return None if row is None else _subscriber(row)

    def of_address(self, address: str) -> Subscriber | None:
        """The one with this address."""
        row = self._session.row(f"{_SELECT} WHERE address = ?", address)
        return None if row is None else _subscriber(row)

    def remove(self, id: str) -> bool:
        """Forget one."""
        return self._session.change("DELETE FROM subscribers WHERE id = ?", id) == 1

    def confirm(self, id: str, asked_at: datetime, at: datetime) -> bool:
        """Their newest wish is theirs."""
        changes = "components = wanted, confirmed_at = COALESCE(confirmed_at, ?), mail_at = NULL"
        sql = f"UPDATE subscribers SET {changes} WHERE id = ? AND asked_at = ?"  # noqa: S608 - our own clauses
        return self._session.change(sql, micros(at), id, micros(asked_at)) == 1

    def claim(self, now: datetime, until: datetime) -> Subscriber | None:
        """Take the one whose mail has waited longest."""
        rows = self._session.returned(_CLAIM, micros(until), micros(now), micros(now))
        return next((_subscriber(row) for row in rows), None)

    def mail(self, id: str, asked_at: datetime, at: datetime | None) -> None:
        """When the mail about this wish may be sent again."""
        sql = "UPDATE subscribers SET mail_at = ? WHERE id = ? AND asked_at = ?"
        self._session.change(sql, micros_or_none(at), id, micros(asked_at))

    def confirmed(self, until: datetime, after: str, limit: int) -> Sequence[Subscriber]:
        """Those who confirmed at or before an instant."""
        sql = f"{_SELECT} WHERE confirmed_at <= ? AND id > ? ORDER BY id LIMIT ?"
        return [_subscriber(row) for row in self._session.rows(sql, micros(until), after, limit)]

    def listed(self, after: str, limit: int) -> Sequence[Subscriber]:
        """All, by address."""
        sql = f"{_SELECT} WHERE address > ? ORDER BY address LIMIT ?"
        return [_subscriber(row) for row in self._session.rows(sql, after, limit)]

    def waiting(self) -> int:
        """How many have asked and never confirmed."""
        (row,) = self._session.rows("SELECT count(*) FROM subscribers WHERE confirmed_at IS NULL")
        return int(row[0])

    def forget(self, before: datetime) -> int:
        """Remove those who asked last before an instant and never confirmed."""
        sql = "DELETE FROM subscribers WHERE confirmed_at IS NULL AND asked_at < ?"
        return self._session.change(sql, micros(before))


def _subscriber(row: Row) -> Subscriber:
    id, address, origin, asked_at, wanted, components, confirmed_at, mail_at, attempts = row
    return Subscriber(
        id,
        address,
        origin,
        instant(asked_at),
        tuple(json.loads(wanted)),
        tuple(json.loads(components)),
        instant_or_none(confirmed_at),
        instant_or_none(mail_at),
        attempts,
    )
