"""Facts and index rows in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from tocsin.adapters.memory.outbox import MemoryOutbox
from tocsin.adapters.memory.tables import Tables
from tocsin.app.rows.records import Appending, IncidentQuery, OutboxState, searchable
from tocsin.errors import BadInput, Conflict
from tocsin.incident.codec import encode, encode_actor
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import Recorded
from tocsin.incident.indexing import FLIGHT
from tocsin.incident.summary import HELD_BACK, IncidentState, IncidentSummary


class MemoryIncidentLog:
    """The facts of all incidents, and the index rows over them."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def next_number(self) -> int:
        """The next unused incident number."""
        return self._tables.take_number("incident")

    def append(self, batch: Sequence[Appending]) -> None:
        """Append facts, replace index rows, queue effects; Conflict when somebody was faster."""
        last = {one.summary.incident_id: one.summary for one in batch}
        for id in sorted(last):
            self._index(last[id], backwards=False)
        for one in batch:
            self._append_facts(one.facts)
        MemoryOutbox(self._tables).queue(batch)

    def reindex(self, summaries: Sequence[IncidentSummary]) -> None:
        """Replace index rows, whatever they say now."""
        last = {summary.incident_id: summary for summary in summaries}
        for id in sorted(last):
            self._index(last[id], backwards=True)

    def forget(self, incident_ids: Sequence[str]) -> int:
        """Remove canaries with all that belongs to them."""
        ids = {id for id in incident_ids if id.startswith(FLIGHT)}
        tables, gone = self._tables, 0
        for id in ids:
            gone += len(tables.facts.change().pop(id, ()))
            row = tables.incidents.change().pop(id, None)
            if row is not None:
                tables.numbers.change().pop(row.number, None)
            tables.unresolved.change().pop(id, None)
            tables.due.change().pop(id, None)
        for key in [key for key, one in tables.outbox.rows.items() if one.entry.effect.incident_id in ids]:
            tables.outbox.change().pop(key)
            tables.claimable.change().pop(key, None)
        return gone

    def all_ids(self) -> Iterable[str]:
        """The ids of all incidents that have facts."""
        return sorted(self._tables.facts.rows)

    def facts(self, incident_ids: Sequence[str]) -> Mapping[str, Sequence[Recorded]]:
        """All facts of these incidents in order of seq."""
        rows = self._tables.facts.rows
        return {id: rows[id] for id in incident_ids if id in rows}

    def facts_after(self, incident_id: str, seq: int) -> Sequence[Recorded]:
        """The facts of one incident with a greater seq."""
        return [one for one in self._tables.facts.rows.get(incident_id, ()) if one.seq > seq]

    def facts_of_type(self, type_name: str, since: datetime) -> Sequence[Recorded]:
        """Facts of one type recorded at or after an instant, oldest first."""
        found = [
            one
            for facts in self._tables.facts.rows.values()
            for one in facts
            if one.at >= since and encode(one.fact)[0] == type_name
        ]
        return sorted(found, key=lambda one: (one.at, one.incident_id, one.seq))

    def summaries(self, incident_ids: Sequence[str]) -> Mapping[str, IncidentSummary]:
        """The index rows of these incidents."""
        rows = self._tables.incidents.rows
        return {id: rows[id] for id in incident_ids if id in rows}

    def search(self, query: IncidentQuery) -> Sequence[IncidentSummary]:
        """Index rows that fit, newest number first."""
        fitting = [summary for summary in self._tables.incidents.rows.values() if _fits(summary, query)]
        return sorted(fitting, key=lambda summary: -summary.number)[: query.limit]

    def open_in_groups(self, group_keys: Sequence[str]) -> Mapping[str, IncidentSummary]:
        """For each group key, its newest incident that is not resolved."""
        wanted = set(group_keys) - {""}
        found: dict[str, IncidentSummary] = {}
        for summary in self._unresolved():
            if summary.group_key in wanted:
                found[summary.group_key] = summary
        return found

    def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Incidents whose deadline has come, soonest first."""
        incidents = self._tables.incidents.rows
        due = [(at, incidents[id].number, id) for id, at in self._tables.due.rows.items() if at <= now]
        return [id for _, _, id in sorted(due)[:limit]]

    def next_due_at(self) -> datetime | None:
        """The soonest deadline of all incidents."""
        return min(self._tables.due.rows.values(), default=None)

    def unattended(self, now: datetime, slack: timedelta) -> Sequence[str]:
        """Invariant R4: the open, unacknowledged, paging incidents with no deadline at hand."""
        without = [
            one.incident_id
            for one in self._unresolved()
            if one.paging
            and one.acknowledged_by is None
            and (one.next_due_at is None or one.next_due_at < now - slack)
            and one.next_due != HELD_BACK
        ]
        if not without:
            return []
        paged = {
            queued.entry.effect.incident_id
            for queued in self._tables.outbox.rows.values()
            if queued.entry.effect.kind is EffectKind.PAGE
            and queued.entry.state in (OutboxState.QUEUED, OutboxState.CLAIMED)
        }
        return [id for id in without if id not in paged]

    def _unresolved(self) -> list[IncidentSummary]:
        rows = self._tables.incidents.rows
        return sorted((rows[id] for id in self._tables.unresolved.rows), key=lambda summary: summary.number)

    def _append_facts(self, facts: Sequence[Recorded]) -> None:
        if not facts:
            return
        stored = self._tables.facts.change()
        for one in facts:
            self._require_encodable(one)
            before = stored.get(one.incident_id, ())
            if not before or one.seq > before[-1].seq:
                stored[one.incident_id] = (*before, one)
            elif any(known.seq == one.seq for known in before):
                raise self._tables.doom(Conflict(f"fact {one.seq} of {one.incident_id} exists already; decide again"))
            else:
                stored[one.incident_id] = tuple(sorted((*before, one), key=lambda fact: fact.seq))

    def _require_encodable(self, one: Recorded) -> None:
        """What could not be written to a disk is not kept here either."""
        self._tables.require_storable(one.incident_id)
        try:
            encode(one.fact)
            encode_actor(one.by)
        except UnicodeEncodeError as error:
            message = f"fact {one.seq} of {one.incident_id} holds text that cannot be stored: {error.reason}"
            raise self._tables.doom(BadInput(message)) from error

    def _index(self, summary: IncidentSummary, *, backwards: bool) -> None:
        tables = self._tables
        id = summary.incident_id
        self._tables.require_storable(*_texts(summary))
        old = tables.incidents.rows.get(id)
        if old is not None and old.last_seq > summary.last_seq and not backwards:
            raise self._tables.doom(Conflict(f"{id} has gone on to fact {old.last_seq}; decide again"))
        if tables.numbers.rows.get(summary.number, id) != id:
            raise self._tables.doom(Conflict(f"INC-{summary.number} is another incident already"))
        if old is not None and old.number != summary.number:
            del tables.numbers.change()[old.number]
        tables.numbers.change()[summary.number] = id
        tables.incidents.change()[id] = summary
        if summary.state is IncidentState.RESOLVED:
            tables.unresolved.change().pop(id, None)
        else:
            tables.unresolved.change()[id] = None
        if summary.next_due_at is None:
            tables.due.change().pop(id, None)
        else:
            tables.due.change()[id] = summary.next_due_at


def _texts(summary: IncidentSummary) -> tuple[object, ...]:
    return (
        summary.incident_id,
        summary.service,
        summary.title,
        summary.severity,
        summary.plan,
        summary.group_key,
        summary.acknowledged_by,
        summary.commander,
        summary.next_due,
        summary.procedure,
    )


def _fits(summary: IncidentSummary, query: IncidentQuery) -> bool:
    text = searchable(summary)
    return (
        (summary.number < 0) is query.canaries
        and (not query.states or summary.state in query.states)
        and (not query.services or summary.service in query.services)
        and (not query.severities or summary.severity in query.severities)
        and (query.before is None or summary.number < query.before)
        and all(word in text for word in query.text.casefold().split())
    )
