"""Facts and the index rows over them, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from tocsin.adapters.database.instants import instant, instant_or_none, micros, micros_or_none
from tocsin.adapters.database.outbox import SqlOutbox
from tocsin.adapters.database.session import Insertion, Row, Session, Value, replacing
from tocsin.app.rows.records import Appending, IncidentQuery, searchable
from tocsin.errors import BadInput, Conflict
from tocsin.incident.codec import decode, decode_actor, encode, encode_actor
from tocsin.incident.facts import Actor, Recorded
from tocsin.incident.indexing import FLIGHT
from tocsin.incident.summary import HELD_BACK, IncidentState, IncidentSummary

FACTS = Insertion(
    "facts",
    (
        ("incident_id", "text"),
        ("seq", "bigint"),
        ("at", "bigint"),
        ("actor", "text"),
        ("type", "text"),
        ("body", "text"),
    ),
)
_INDEX_COLUMNS = (
    ("incident_id", "text"),
    ("number", "bigint"),
    ("service", "text"),
    ("title", "text"),
    ("state", "text"),
    ("severity", "text"),
    ("rank", "bigint"),
    ("paging", "boolean"),
    ("declared_at", "bigint"),
    ("updated_at", "bigint"),
    ("last_seq", "bigint"),
    ("plan", "text"),
    ("group_key", "text"),
    ("acknowledged_by", "text"),
    ("commander", "text"),
    ("next_due_at", "bigint"),
    ("next_due", "text"),
    ("procedure", "text"),
    ("drill", "boolean"),
    ("resolved_at", "bigint"),
    ("words", "text"),
)
REINDEX = Insertion("incidents", _INDEX_COLUMNS, replacing("incident_id", _INDEX_COLUMNS))
INDEX = Insertion("incidents", _INDEX_COLUMNS, REINDEX.on_conflict + " WHERE incidents.last_seq <= excluded.last_seq")

UNATTENDED = """
-- Invariant R4: whoever has to be woken has a deadline at hand or a page on its way. A row of this is an alarm.
SELECT incident_id FROM incidents
WHERE state <> 'resolved' AND acknowledged_by IS NULL AND paging
  AND (next_due_at IS NULL OR next_due_at < ?) AND next_due <> ?
  AND NOT EXISTS (
    SELECT 1 FROM outbox
    WHERE outbox.incident_id = incidents.incident_id AND outbox.kind = 'page' AND outbox.state IN ('queued', 'claimed')
  )
ORDER BY number
"""

_FACT = "SELECT incident_id, seq, at, actor, type, body FROM facts"
_SUMMARY = f"SELECT {REINDEX.names} FROM incidents"  # noqa: S608 - names of our own columns
_PIECE = 500


class SqlIncidentLog:
    """The facts of all incidents, and the index rows over them."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def next_number(self) -> int:
        """The next unused incident number."""
        [(number,)] = self._session.returned("INSERT INTO incident_numbers DEFAULT VALUES RETURNING number")
        return int(number)

    def append(self, batch: Sequence[Appending]) -> None:
        """Append facts, replace index rows, queue effects; Conflict when somebody was faster."""
        summaries = {one.summary.incident_id: one.summary for one in batch}
        # In order of id, so that two nodes that append to the same incidents never wait for each other.
        index = [_index_row(summaries[id]) for id in sorted(summaries)]
        facts = [self._fact_row(fact) for one in batch for fact in one.facts]
        if self._session.insert(INDEX, index) < len(index):
            raise self._session.doom(Conflict("one of these incidents has gone on; read again and decide again"))
        self._session.insert(FACTS, facts)
        SqlOutbox(self._session).queue(batch)

    def reindex(self, summaries: Sequence[IncidentSummary]) -> None:
        """Replace index rows, whatever they say now."""
        last = {summary.incident_id: summary for summary in summaries}
        self._session.insert(REINDEX, [_index_row(last[id]) for id in sorted(last)])

    def forget(self, incident_ids: Sequence[str]) -> int:
        """Remove canaries with all that belongs to them."""
        ids = [id for id in incident_ids if id.startswith(FLIGHT)]
        if ids:
            self._session.returned("DELETE FROM outbox WHERE incident_id = ANY (?) RETURNING id", ids)
            self._session.returned("DELETE FROM incidents WHERE incident_id = ANY (?) RETURNING number", ids)
        return len(self._session.returned("DELETE FROM facts WHERE incident_id = ANY (?) RETURNING seq", ids))

    def all_ids(self) -> Iterable[str]:
        """The ids of all incidents that have facts, in order."""
        return self._all_ids()

    def facts(self, incident_ids: Sequence[str]) -> Mapping[str, Sequence[Recorded]]:
        """All facts of these incidents in order of seq."""
        found: dict[str, list[Recorded]] = {}
        rows = self._session.rows(f"{_FACT} WHERE incident_id = ANY (?) ORDER BY incident_id, seq", list(incident_ids))
        for row in rows:
            found.setdefault(row[0], []).append(_recorded(row))
        return found

    def facts_after(self, incident_id: str, seq: int) -> Sequence[Recorded]:
        """The facts of one incident with a greater seq."""
        rows = self._session.rows(f"{_FACT} WHERE incident_id = ? AND seq > ? ORDER BY seq", incident_id, seq)
        return [_recorded(row) for row in rows]

    def facts_of_type(self, type_name: str, since: datetime) -> Sequence[Recorded]:
        """Facts of one type recorded at or after an instant, oldest first."""
        sql = f"{_FACT} WHERE type = ? AND at >= ? ORDER BY at, incident_id, seq"
        return [_recorded(row) for row in self._session.rows(sql, type_name, micros(since))]

    def summaries(self, incident_ids: Sequence[str]) -> Mapping[str, IncidentSummary]:
        """The index rows of these incidents."""
        rows = self._session.rows(f"{_SUMMARY} WHERE incident_id = ANY (?)", list(incident_ids))
        return {row[0]: _summary(row) for row in rows}

    def search(self, query: IncidentQuery) -> Sequence[IncidentSummary]:
        """Index rows that fit, newest number first."""
        conditions, values = _conditions(query)
        sql = f"{_SUMMARY} WHERE {conditions} ORDER BY number DESC LIMIT ?"
        return [_summary(row) for row in self._session.rows(sql, *values, query.limit)]

    def open_in_groups(self, group_keys: Sequence[str]) -> Mapping[str, IncidentSummary]:
        """For each group key, its newest incident that is not resolved."""
        # The two conditions are those of the partial index, word for word.
        sql = f"{_SUMMARY} WHERE group_key = ANY (?) AND state <> 'resolved' AND group_key <> '' ORDER BY number"
        newest_last = (_summary(row) for row in self._session.rows(sql, list(group_keys)))
        return {summary.group_key: summary for summary in newest_last}

    def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Incidents whose deadline has come, soonest first; locked, within a write transaction on PostgreSQL."""
        rows = self._session.rows(
            "SELECT incident_id FROM incidents WHERE next_due_at IS NOT NULL AND next_due_at <= ? "
            "ORDER BY next_due_at, number LIMIT ? FOR UPDATE SKIP LOCKED",
            micros(now),
            limit,
        )
        return [row[0] for row in rows]

    def next_due_at(self) -> datetime | None:
        """The soonest deadline of all incidents."""
        row = self._session.row(
            "SELECT next_due_at FROM incidents WHERE next_due_at IS NOT NULL ORDER BY next_due_at LIMIT 1"
        )
        return None if row is None else instant(row[0])

    def unattended(self, now: datetime, slack: timedelta) -> Sequence[str]:
        """Invariant R4: the open, unacknowledged, paging incidents with no deadline at hand."""
        return [row[0] for row in self._session.rows(UNATTENDED, micros(now - slack), HELD_BACK)]

    def _all_ids(self) -> Iterator[str]:
        last = ""
        while True:
            sql = "SELECT DISTINCT incident_id FROM facts WHERE incident_id > ? ORDER BY incident_id LIMIT ?"
            piece = [row[0] for row in self._session.rows(sql, last, _PIECE)]
            yield from piece
            if len(piece) < _PIECE:
                return
            last = piece[-1]

    def _fact_row(self, one: Recorded) -> Row:
        try:
            type_name, body = encode(one.fact)
            return one.incident_id, one.seq, micros(one.at), _actor_text(one.by), type_name, body.decode()
        except UnicodeEncodeError as error:
            message = f"fact {one.seq} of {one.incident_id} holds text that cannot be stored: {error.reason}"
            raise self._session.doom(BadInput(message)) from error


@lru_cache(maxsize=4096)
def _actor_text(actor: Actor) -> str:
    return encode_actor(actor).decode()


_actor = lru_cache(maxsize=4096)(decode_actor)


def _recorded(row: Row) -> Recorded:
    incident_id, seq, at, actor, type_name, body = row
    return Recorded(incident_id, seq, instant(at), _actor(actor), decode(type_name, body))


def _index_row(summary: IncidentSummary) -> Row:
    return (
        summary.incident_id,
        summary.number,
        summary.service,
        summary.title,
        summary.state.value,
        summary.severity,
        summary.rank,
        summary.paging,
        micros(summary.declared_at),
        micros(summary.updated_at),
        summary.last_seq,
        summary.plan,
        summary.group_key,
        summary.acknowledged_by,
        summary.commander,
        micros_or_none(summary.next_due_at),
        summary.next_due,
        summary.procedure,
        summary.drill,
        micros_or_none(summary.resolved_at),
        searchable(summary),
    )


def _summary(row: Row) -> IncidentSummary:
    return IncidentSummary(
        incident_id=row[0],
        number=row[1],
        service=row[2],
        title=row[3],
        state=IncidentState(row[4]),
        severity=row[5],
        rank=row[6],
        paging=bool(row[7]),
        declared_at=instant(row[8]),
        updated_at=instant(row[9]),
        last_seq=row[10],
        plan=row[11],
        group_key=row[12],
        acknowledged_by=row[13],
        commander=row[14],
        next_due_at=instant_or_none(row[15]),
        next_due=row[16],
        procedure=row[17],
        drill=bool(row[18]),
        resolved_at=instant_or_none(row[19]),
    )


def _conditions(query: IncidentQuery) -> tuple[str, list[Value | list[str]]]:
    conditions, values = ["number < 0" if query.canaries else "number > 0"], list[Value | list[str]]()
    for column, wanted in (
        ("state", [state.value for state in query.states]),
        ("service", list(query.services)),
        ("severity", list(query.severities)),
    ):
        if wanted:
            conditions.append(f"{column} = ANY (?)")
            values.append(wanted)
    if query.before is not None:
        conditions.append("number < ?")
        values.append(query.before)
    for word in query.text.casefold().split():
        conditions.append("words LIKE ? ESCAPE '!'")
        values.append("%" + word.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%")
    return " AND ".join(conditions), values
