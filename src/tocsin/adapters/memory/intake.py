"""Deliveries and alerts in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice

import msgspec

from tocsin.adapters.memory.tables import Tables
from tocsin.app.rows.records import AlertCount, AlertState, Delivery, DeliveryState, NewDelivery, Swept
from tocsin.errors import BadInput
from tocsin.incident.summary import IncidentState


class MemoryDeliveryLog:
    """What sources sent, raw."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def accept(self, batch: Sequence[NewDelivery]) -> Sequence[int]:
        """Store deliveries; one id each, the old one for a copy."""
        return [self._accept(new) for new in batch]

    def undigested(self, limit: int) -> Sequence[Delivery]:
        """Deliveries nobody has read yet, oldest first."""
        rows = self._tables.deliveries.rows
        return [rows[id] for id in islice(sorted(self._tables.unread.rows), limit)]

    def unread(self, limit: int) -> Sequence[int]:
        """The ids that ``undigested`` would give."""
        return list(islice(sorted(self._tables.unread.rows), limit))

    def settle(self, states: Mapping[int, tuple[DeliveryState, str]]) -> None:
        """Record what became of deliveries."""
        rows = self._tables.deliveries.change()
        unread = self._tables.unread.change()
        for id, (state, trouble) in states.items():
            self._tables.require_storable(trouble)
            if id not in rows:
                continue
            rows[id] = msgspec.structs.replace(rows[id], state=state, trouble=trouble)
            if state is DeliveryState.NEW:
                unread[id] = None
            else:
                unread.pop(id, None)

    def get(self, delivery_id: int) -> Delivery | None:
        """One delivery."""
        return self._tables.deliveries.rows.get(delivery_id)

    def latest(self, integration: str, limit: int) -> Sequence[Delivery]:
        """The newest deliveries of an integration, newest first."""
        found = [one for one in self._tables.deliveries.rows.values() if one.integration == integration]
        return sorted(found, key=lambda one: -one.id)[:limit]

    def waiting(self) -> int:
        """How many deliveries nobody has read yet."""
        return len(self._tables.unread.rows)

    def sweep(self, before: datetime, after: int, limit: int, keep: int) -> Swept:
        """Remove old deliveries on which nothing stands any more."""
        tables = self._tables
        found = [tables.deliveries.rows[id] for id in sorted(tables.deliveries.rows) if id > after][:limit]
        old = [one for one in found if one.received_at < before]
        if not old:
            return Swept(0, None)
        stood_on = {one.delivery_id for one in tables.silenced.rows.values()} | {
            one.last_delivery
            for one in tables.alerts.rows.values()
            if (row := tables.incidents.rows.get(one.incident_id)) and row.state is not IncidentState.RESOLVED
        }
        newest = {name: {one.id for one in self.latest(name, keep)} for name in {one.integration for one in old}}
        gone = [
            one
            for one in old
            if one.state is DeliveryState.DIGESTED
            and one.id not in stood_on
            and (one.id not in newest[one.integration])
        ]
        rows, keys = tables.deliveries.change(), tables.delivery_keys.change()
        for one in gone:
            del rows[one.id], keys[one.integration, one.key]
        return Swept(len(gone), found[-1].id)

    def _accept(self, new: NewDelivery) -> int:
        self._tables.require_storable(new.integration, new.key, new.content_type, new.trouble)
        rows = self._tables.deliveries.change()
        known = self._tables.delivery_keys.rows.get((new.integration, new.key))
        if known is not None:
            rows[known] = msgspec.structs.replace(rows[known], copies=rows[known].copies + 1)
            return known
        id = self._tables.take_number("delivery")
        rows[id] = Delivery(
            id, new.integration, new.key, new.received_at, new.content_type, new.body, DeliveryState.NEW, new.trouble
        )
        self._tables.delivery_keys.change()[new.integration, new.key] = id
        self._tables.unread.change()[id] = None
        return id


class MemoryAlertBook:
    """Where each alert stands."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def states(self, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], AlertState]:
        """The states of alerts by (service, fingerprint)."""
        rows = self._tables.alerts.rows
        return {key: rows[key] for key in keys if key in rows}

    def save(self, states: Sequence[AlertState]) -> None:
        """Insert or replace states."""
        rows = self._tables.alerts.change()
        for one in states:
            self._tables.require_storable(
                one.service, one.fingerprint, one.incident_id, one.title, one.integration, one.link
            )
            self._require_encodable(one)
            rows[one.service, one.fingerprint] = msgspec.structs.replace(one, labels=dict(one.labels))

    def touch(self, states: Sequence[AlertState]) -> int:
        """Write when rows that exist were heard last; how many did."""
        rows = self._tables.alerts.change()
        there = [one for one in states if (one.service, one.fingerprint) in rows]
        for one in there:
            key = (one.service, one.fingerprint)
            rows[key] = msgspec.structs.replace(
                rows[key], last_delivery=one.last_delivery, last_at=one.last_at, events=one.events
            )
        return len(there)

    def counts(self, incident_ids: Sequence[str]) -> Mapping[str, AlertCount]:
        """The alert counts of incidents."""
        firing: dict[str, list[bool]] = {}
        wanted = set(incident_ids)
        for one in self._tables.alerts.rows.values():
            if one.incident_id in wanted:
                firing.setdefault(one.incident_id, []).append(one.firing)
        return {id: AlertCount(len(flags), sum(flags)) for id, flags in firing.items()}

    def of_integration(
        self, integration: str, limit: int, offset: int = 0, firing: bool | None = None
    ) -> Sequence[AlertState]:
        """The alerts of an integration, heard last first; all of them, or those that fire, or those that are over."""
        found = [one for one in self._newest() if one.integration == integration]
        return [one for one in found if firing is None or one.firing == firing][offset : offset + limit]

    def of_incident(self, incident_id: str, limit: int) -> Sequence[AlertState]:
        """The alerts of an incident, firing first, newest first."""
        found = [one for one in self._newest() if one.incident_id == incident_id]
        return sorted(found, key=lambda one: not one.firing)[:limit]

    def latest(self, limit: int) -> Sequence[AlertState]:
        """The alerts that were heard last."""
        return self._newest()[:limit]

    def _require_encodable(self, one: AlertState) -> None:
        try:
            "".join((*one.labels, *one.labels.values())).encode()
        except UnicodeEncodeError as error:
            message = f"a label of alert {one.fingerprint} cannot be stored: {error.reason}"
            raise self._tables.doom(BadInput(message)) from error

    def _newest(self) -> list[AlertState]:
        by_name = sorted(self._tables.alerts.rows.values(), key=lambda one: (one.service, one.fingerprint))
        return sorted(by_name, key=lambda one: one.last_at, reverse=True)
