"""What sources sent, in SQL.

The body stands in a table of its own: to settle a delivery or to count a copy does not write the body again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.adapters.database.instants import instant, micros
from tocsin.adapters.database.packing import unpack
from tocsin.adapters.database.session import Insertion, Row, Session
from tocsin.app.rows.records import Delivery, DeliveryState, NewDelivery, Swept

ACCEPT = Insertion(
    "deliveries",
    (
        ("integration", "text"),
        ("key", "text"),
        ("received_at", "bigint"),
        ("content_type", "text"),
        ("trouble", "text"),
        ("copies", "bigint"),
    ),
    "ON CONFLICT (integration, key) DO UPDATE SET copies = deliveries.copies + excluded.copies",
    "RETURNING integration, key, id, copies",
    identity="id",
    lock_order=("integration", "key"),
)
BODIES = Insertion("delivery_bodies", (("id", "bigint"), ("body", "bytea"), ("packed", "boolean")))
_DIGESTING = 1
_SELECT = (
    "SELECT id, integration, key, received_at, content_type, body, packed, state, trouble, copies "
    "FROM deliveries JOIN delivery_bodies USING (id)"
)


class SqlDeliveryLog:
    """What sources sent, raw."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def accept(self, batch: Sequence[NewDelivery]) -> Sequence[int]:
        """Store deliveries; one id each, the old one for a copy."""
        first: dict[tuple[str, str], NewDelivery] = {}
        copies: dict[tuple[str, str], int] = {}
        for new in batch:
            key = (new.integration, new.key)
            first.setdefault(key, new)
            copies[key] = copies.get(key, 0) + 1
        rows = [
            (one.integration, one.key, micros(one.received_at), one.content_type, one.trouble, copies[key])
            for key, one in first.items()
        ]
        ids: dict[tuple[str, str], int] = {}
        bodies: list[Row] = []
        others: list[Row] = []
        for (key, new), row, new_id in zip(first.items(), rows, self._session.insert_new(ACCEPT, rows), strict=True):
            if new_id is None:
                others.append(row)
            else:
                ids[key] = new_id
                bodies.append(_body(new_id, new))
        for integration, name, id, counted in self._session.insert_each(ACCEPT, others):
            key = (integration, name)
            ids[key] = id
            if counted == copies[key]:  # there was none before
                bodies.append(_body(id, first[key]))
        self._session.insert(BODIES, bodies)
        return [ids[new.integration, new.key] for new in batch]

    def undigested(self, limit: int) -> Sequence[Delivery]:
        """Deliveries nobody has read yet, oldest first; none while another node digests."""
        if not self._may_digest():
            return []
        rows = self._session.rows(f"{_SELECT} WHERE state = 'new' ORDER BY id LIMIT ?", limit)
        return [_delivery(row) for row in rows]

    def unread(self, limit: int) -> Sequence[int]:
        """The ids that ``undigested`` would give."""
        if not self._may_digest():
            return []
        rows = self._session.rows("SELECT id FROM deliveries WHERE state = 'new' ORDER BY id LIMIT ?", limit)
        return [id for (id,) in rows]

    def settle(self, states: Mapping[int, tuple[DeliveryState, str]]) -> None:
        """Record what became of deliveries."""
        alike: dict[tuple[DeliveryState, str], list[int]] = {}
        for id in sorted(states):
            alike.setdefault(states[id], []).append(id)
        for (state, trouble), ids in alike.items():
            sql = "UPDATE deliveries SET state = ?, trouble = ? WHERE id = ANY (?)"
            self._session.change(sql, state.value, trouble, ids)

    def get(self, delivery_id: int) -> Delivery | None:
        """One delivery."""
        row = self._session.row(f"{_SELECT} WHERE id = ?", delivery_id)
        return None if row is None else _delivery(row)

    def latest(self, integration: str, limit: int) -> Sequence[Delivery]:
        """The newest deliveries of an integration, newest first."""
        rows = self._session.rows(f"{_SELECT} WHERE integration = ? ORDER BY id DESC LIMIT ?", integration, limit)
        return [_delivery(row) for row in rows]

    def waiting(self) -> int:
        """How many deliveries nobody has read yet."""
        [(count,)] = self._session.rows("SELECT count(*) FROM deliveries WHERE state = 'new'")
        return int(count)

    def sweep(self, before: datetime, after: int, limit: int, keep: int) -> Swept:
        """Remove old deliveries on which nothing stands any more."""
        sql = "SELECT id, integration, state, received_at FROM deliveries WHERE id > ? ORDER BY id LIMIT ?"
        rows = self._session.rows(sql, after, limit)
        old = [row for row in rows if row[3] < micros(before)]
        if not old:
            return Swept(0, None)
        floors = {name: self._floor(name, keep) for name in sorted({name for _, name, *_ in old})}
        free = [id for id, name, state, _ in old if state == "digested" and id < floors[name]]
        kept = self._stood_on(free) if free else set()
        gone = [id for id in free if id not in kept]
        return Swept(self._remove(gone) if gone else 0, rows[-1][0])

    def _remove(self, ids: Sequence[int]) -> int:
        """Remove deliveries that are still read: another node may have made one of them unread since we looked."""
        sql = "DELETE FROM deliveries WHERE id = ANY (?) AND state = 'digested' RETURNING id"
        gone = [id for (id,) in self._session.returned(sql, list(ids))]
        if gone:
            self._session.change("DELETE FROM delivery_bodies WHERE id = ANY (?)", gone)
        return len(gone)

    def _floor(self, integration: str, keep: int) -> int:
        """The id of the oldest among the newest ``keep`` of an integration; 0 when there are fewer."""
        sql = "SELECT id FROM deliveries WHERE integration = ? ORDER BY id DESC LIMIT 1 OFFSET ?"
        row = self._session.row(sql, integration, keep - 1)
        return 0 if row is None else int(row[0])

    def _stood_on(self, ids: Sequence[int]) -> set[int]:
        """Those that a silence holds, or in which an alert of an open incident was heard last."""
        # CROSS JOIN keeps SQLite from reading all alerts there ever were: it begins with the few open incidents.
        sql = (
            "SELECT last_delivery FROM incidents CROSS JOIN alerts WHERE alerts.incident_id = incidents.incident_id "
            "AND incidents.state <> 'resolved' AND last_delivery = ANY (?) "
            "UNION SELECT delivery_id FROM silenced_alerts WHERE delivery_id = ANY (?)"
        )
        return {id for (id,) in self._session.rows(sql, list(ids), list(ids))}

    def _may_digest(self) -> bool:
        return not self._session.writing or self._session.alone(_DIGESTING)


def _body(id: int, new: NewDelivery) -> Row:
    return (id, new.packed or new.body, bool(new.packed))


def _delivery(row: Row) -> Delivery:
    id, integration, key, received_at, content_type, body, packed, state, trouble, copies = row
    if packed:
        body, damage = unpack(body)
        trouble = damage or trouble
    return Delivery(
        id, integration, key, instant(received_at), content_type, body, DeliveryState(state), trouble, copies
    )
