"""Subscribers, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tocsin.adapters.memory.tables import Tables
from tocsin.app.rows.subscribers import Place, Subscriber, SubscriberState, SubscriberWay
from tocsin.errors import Conflict


class MemorySubscribers:
    """Subscribers."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def ask(self, subscriber: Subscriber) -> None:
        """Insert, or replace the wish of the one with that id."""
        one = subscriber
        self._tables.require_storable(one.id, one.address, one.origin, one.url, *one.wanted, *one.components)
        self._tables.require_storable(one.wanted_language, one.language)
        others = (other for other in self.of_address(one.address) if other.url == one.url)
        if any(other.id != one.id for other in others):
            raise self._tables.doom(Conflict("this address has been entered meanwhile"))
        rows = self._tables.subscribers.change()
        old = rows.get(one.id)
        if old is not None:
            kept = {"components": old.components, "language": old.language, "confirmed_at": old.confirmed_at}
            one = replace(one, **kept, missed=old.missed, missed_since=old.missed_since)  # type: ignore[arg-type]
        rows[one.id] = one

    def get(self, id: str) -> Subscriber | None:
        """One of them."""
        return self._tables.subscribers.rows.get(id)

    def of_address(self, address: str) -> Sequence[Subscriber]:
        """All with this address."""
        found = [one for one in self._tables.subscribers.rows.values() if one.address == address]
        return sorted(found, key=lambda one: one.url)

    def told_at(self, url: str) -> Subscriber | None:
        """Who has confirmed that updates go to this url."""
        rows = self._tables.subscribers.rows.values()
        return next((one for one in rows if url and one.url == url and one.confirmed_at is not None), None)

    def remove(self, id: str) -> bool:
        """Forget one."""
        return self._tables.subscribers.change().pop(id, None) is not None

    def confirm(self, id: str, asked_at: datetime, at: datetime) -> bool:
        """Their newest wish is theirs."""
        rows = self._tables.subscribers.change()
        one = rows.get(id)
        if one is None or one.asked_at != asked_at or one.ended_at is not None:
            return False
        other = self.told_at(one.url)
        if other is not None and other.id != id:
            raise self._tables.doom(Conflict("updates go to this program already"))
        wanted = replace(one, components=one.wanted, language=one.wanted_language)
        fresh = replace(wanted, confirmed_at=one.confirmed_at or at, mail_at=None)
        rows[id] = replace(fresh, missed=0, missed_since=None)
        return True

    def claim(self, now: datetime, until: datetime) -> Subscriber | None:
        """Take the one whose mail has waited longest."""
        rows = self._tables.subscribers.change()
        due = [(one.mail_at, one.id) for one in rows.values() if one.mail_at is not None and one.mail_at <= now]
        if not due:
            return None
        first = rows[min(due)[1]]
        rows[first.id] = replace(first, mail_at=until, attempts=first.attempts + 1)
        return rows[first.id]

    def mail(self, id: str, asked_at: datetime, at: datetime | None) -> None:
        """When the mail about this wish may be sent again."""
        rows = self._tables.subscribers.change()
        if id in rows and rows[id].asked_at == asked_at:
            rows[id] = replace(rows[id], mail_at=at)

    def confirmed(self, until: datetime, after: str, limit: int) -> Sequence[Subscriber]:
        """Those who confirmed at or before an instant."""
        rows = self._tables.subscribers.rows.values()
        found = [one for one in rows if one.confirmed_at is not None and one.confirmed_at <= until and one.id > after]
        return sorted(found, key=lambda one: one.id)[:limit]

    def missed(self, id: str, at: datetime) -> Subscriber | None:
        """An update could not be delivered to them."""
        rows = self._tables.subscribers.change()
        one = rows.get(id)
        if one is None or one.confirmed_at is None:
            return None
        rows[id] = replace(one, missed=one.missed + 1, missed_since=one.missed_since or at)
        return rows[id]

    def reached(self, id: str) -> None:
        """An update was delivered to them."""
        rows = self._tables.subscribers.change()
        if id in rows:
            rows[id] = replace(rows[id], missed=0, missed_since=None)

    def end(self, id: str, at: datetime, why: str, mail_at: datetime | None) -> bool:
        """End a confirmed one."""
        rows = self._tables.subscribers.change()
        one = rows.get(id)
        if one is None or one.confirmed_at is None:
            return False
        self._tables.require_storable(why)
        rows[id] = replace(one, confirmed_at=None, ended_at=at, ended_why=why, mail_at=mail_at, attempts=0)
        return True

    def listed(self, after: Place, limit: int, text: str = "") -> Sequence[Subscriber]:
        """All that follow a place."""
        sought = text.lower()
        rows = self._tables.subscribers.rows.values()
        found = [one for one in rows if sought in one.address or sought in one.url.lower()]
        return sorted((one for one in found if _place(one) > after), key=_place)[:limit]

    def counts(self) -> Mapping[tuple[SubscriberWay, SubscriberState], int]:
        """How many there are of each."""
        return Counter((one.way, one.state) for one in self._tables.subscribers.rows.values())

    def forget(self, before: datetime, ended: datetime) -> int:
        """Remove those who asked last before an instant and never confirmed, and who ended before another."""
        rows = self._tables.subscribers.change()
        old = [one.id for one in rows.values() if _is_old(one, before, ended)]
        for id in old:
            del rows[id]
        return len(old)


def _place(one: Subscriber) -> Place:
    return (one.address, one.url)


def _is_old(one: Subscriber, before: datetime, ended: datetime) -> bool:
    if one.ended_at is not None:
        return one.ended_at < ended
    return one.confirmed_at is None and one.asked_at < before
