"""Subscribers, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tocsin.adapters.memory.tables import Tables
from tocsin.app.subscribers import Subscriber
from tocsin.errors import Conflict


class MemorySubscribers:
    """Subscribers."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def ask(self, subscriber: Subscriber) -> None:
        """Insert, or replace the wish of the one with that id."""
        one = subscriber
        self._tables.require_storable(one.id, one.address, one.origin, *one.wanted, *one.components)
        other = self.of_address(one.address)
        if other is not None and other.id != one.id:
            raise self._tables.doom(Conflict("this address has been entered meanwhile"))
        rows = self._tables.subscribers.change()
        old = rows.get(one.id)
        kept = one if old is None else replace(one, components=old.components, confirmed_at=old.confirmed_at)
        rows[one.id] = kept

    def get(self, id: str) -> Subscriber | None:
        """One of them."""
        return self._tables.subscribers.rows.get(id)

    def of_address(self, address: str) -> Subscriber | None:
        """The one with this address."""
        return next((one for one in self._tables.subscribers.rows.values() if one.address == address), None)

    def remove(self, id: str) -> bool:
        """Forget one."""
        return self._tables.subscribers.change().pop(id, None) is not None

    def confirm(self, id: str, asked_at: datetime, at: datetime) -> bool:
        """Their newest wish is theirs."""
        rows = self._tables.subscribers.change()
        one = rows.get(id)
        if one is None or one.asked_at != asked_at:
            return False
        rows[id] = replace(one, components=one.wanted, confirmed_at=one.confirmed_at or at, mail_at=None)
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

    def listed(self, after: str, limit: int) -> Sequence[Subscriber]:
        """All, by address."""
        found = [one for one in self._tables.subscribers.rows.values() if one.address > after]
        return sorted(found, key=lambda one: one.address)[:limit]

    def waiting(self) -> int:
        """How many have asked and never confirmed."""
        return sum(one.confirmed_at is None for one in self._tables.subscribers.rows.values())

    def forget(self, before: datetime) -> int:
        """Remove those who asked last before an instant and never confirmed."""
        rows = self._tables.subscribers.change()
        old = [one.id for one in rows.values() if one.confirmed_at is None and one.asked_at < before]
        for id in old:
            del rows[id]
        return len(old)
