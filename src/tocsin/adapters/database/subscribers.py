"""Subscribers, in SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.adapters.database.instants import instant, instant_or_none, micros, micros_or_none
from tocsin.adapters.database.session import Insertion, Row, Session, replacing
from tocsin.app.rows.subscribers import Place, Subscriber, SubscriberState, SubscriberWay

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
    ("way", "text"),
    ("url", "text"),
    ("missed", "bigint"),
    ("missed_since", "bigint"),
    ("ended_at", "bigint"),
    ("ended_why", "text"),
    ("wanted_language", "text"),
    ("language", "text"),
)
_CONFIRMED = ("components", "language", "confirmed_at", "missed", "missed_since")
_WISH = tuple(column for column in _SUBSCRIBER if column[0] not in _CONFIRMED)
ASK = Insertion("subscribers", _SUBSCRIBER, replacing("id", _WISH))
_SELECT = f"SELECT {ASK.names} FROM subscribers"  # noqa: S608 - names of our own columns
_OLDEST = "SELECT id FROM subscribers WHERE mail_at <= ? ORDER BY mail_at, id LIMIT 1"
_DUE = f"id = ({_OLDEST}) AND mail_at <= ?"
_CLAIM = f"UPDATE subscribers SET mail_at = ?, attempts = attempts + 1 WHERE {_DUE} RETURNING {ASK.names}"  # noqa: S608
_MISSED = (
    "UPDATE subscribers SET missed = missed + 1, missed_since = COALESCE(missed_since, ?) "  # noqa: S608
    f"WHERE id = ? AND confirmed_at IS NOT NULL RETURNING {ASK.names}"
)
_STATE = "CASE WHEN ended_at IS NOT NULL THEN 'ended' WHEN confirmed_at IS NULL THEN 'asked' ELSE 'confirmed' END"


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
        more = (one.way.value, one.url, one.missed, micros_or_none(one.missed_since))
        ended = (micros_or_none(one.ended_at), one.ended_why, one.wanted_language, one.language)
        row = (one.id, one.address, one.origin, micros(one.asked_at), *keys, *ends, one.attempts, *more, *ended)
        self._session.insert(ASK, [row])

    def get(self, id: str) -> Subscriber | None:
        """One of them."""
        row = self._session.row(f"{_SELECT} WHERE id = ?", id)
        return None if row is None else _subscriber(row)

    def of_address(self, address: str) -> Sequence[Subscriber]:
        """All with this address."""
        return [_subscriber(row) for row in self._session.rows(f"{_SELECT} WHERE address = ? ORDER BY url", address)]

    def told_at(self, url: str) -> Subscriber | None:
        """Who has confirmed that updates go to this url."""
        row = self._session.row(f"{_SELECT} WHERE url = ? AND url <> '' AND confirmed_at IS NOT NULL", url)
        return None if row is None else _subscriber(row)

    def remove(self, id: str) -> bool:
        """Forget one."""
        return self._session.change("DELETE FROM subscribers WHERE id = ?", id) == 1

    def confirm(self, id: str, asked_at: datetime, at: datetime) -> bool:
        """Their newest wish is theirs."""
        changes = (
            "components = wanted, language = wanted_language, confirmed_at = COALESCE(confirmed_at, ?), "
            "mail_at = NULL, missed = 0, missed_since = NULL"
        )
        sql = f"UPDATE subscribers SET {changes} WHERE id = ? AND asked_at = ? AND ended_at IS NULL"  # noqa: S608
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

    def missed(self, id: str, at: datetime) -> Subscriber | None:
        """An update could not be delivered to them."""
        return next((_subscriber(row) for row in self._session.returned(_MISSED, micros(at), id)), None)

    def reached(self, id: str) -> None:
        """An update was delivered to them."""
        self._session.change("UPDATE subscribers SET missed = 0, missed_since = NULL WHERE id = ?", id)

    def end(self, id: str, at: datetime, why: str, mail_at: datetime | None) -> bool:
        """End a confirmed one."""
        changes = "confirmed_at = NULL, ended_at = ?, ended_why = ?, mail_at = ?, attempts = 0"
        sql = f"UPDATE subscribers SET {changes} WHERE id = ? AND confirmed_at IS NOT NULL"  # noqa: S608
        return self._session.change(sql, micros(at), why, micros_or_none(mail_at), id) == 1

    def listed(self, after: Place, limit: int, text: str = "") -> Sequence[Subscriber]:
        """All that follow a place."""
        sql, values = f"{_SELECT} WHERE (address, url) > (?, ?)", [*after]
        if text:
            escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            sql += " AND (address LIKE ? ESCAPE '\\' OR lower(url) LIKE ? ESCAPE '\\')"
            values += [f"%{escaped}%"] * 2
        rows = self._session.rows(f"{sql} ORDER BY address, url LIMIT ?", *values, limit)
        return [_subscriber(row) for row in rows]

    def counts(self) -> Mapping[tuple[SubscriberWay, SubscriberState], int]:
        """How many there are of each."""
        sql = f"SELECT way, {_STATE}, count(*) FROM subscribers GROUP BY 1, 2"  # noqa: S608 - our own clauses
        return {(SubscriberWay(way), SubscriberState(state)): n for way, state, n in self._session.rows(sql)}

    def forget(self, before: datetime, ended: datetime) -> int:
        """Remove those who asked last before an instant and never confirmed, and who ended before another."""
        sql = (
            "DELETE FROM subscribers WHERE (confirmed_at IS NULL AND ended_at IS NULL AND asked_at < ?) OR ended_at < ?"
        )
        return self._session.change(sql, micros(before), micros(ended))


def _subscriber(row: Row) -> Subscriber:
    id, address, origin, asked_at, wanted, components, confirmed_at, mail_at, attempts, *more = row
    way, url, missed, missed_since, ended_at, ended_why, wanted_language, spoken = more
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
        SubscriberWay(way),
        url,
        missed,
        instant_or_none(missed_since),
        instant_or_none(ended_at),
        ended_why,
        wanted_language,
        spoken,
    )
