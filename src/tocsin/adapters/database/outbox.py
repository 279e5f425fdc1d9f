"""The outbox in SQL.

``claimable_at`` is when an entry can be claimed: when it is due while it is queued, the end of its lease while it
is claimed, never for a claimed step and for what has ended. It is the one column that claims look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tocsin.adapters.database.instants import instant, instant_or_none, micros
from tocsin.adapters.database.session import Insertion, Row, Session
from tocsin.app.rows.outbox import HELD, LOST, RENEWING
from tocsin.app.rows.records import Appending, OutboxEntry, OutboxState
from tocsin.incident.effects import Effect, EffectKind

QUEUE = Insertion(
    "outbox",
    (
        ("key", "text"),
        ("incident_id", "text"),
        ("kind", "text"),
        ("ref", "text"),
        ("outlet", "text"),
        ("state", "text"),
        ("due_at", "bigint"),
        ("claimable_at", "bigint"),
        ("created_at", "bigint"),
    ),
    "ON CONFLICT (key) DO NOTHING",
)
_COLUMNS = (
    "key, incident_id, kind, ref, outlet, state, due_at, attempts, token, "
    "claimed_by, claimed_until, last_error, created_at"
)
_ENTRY = f"SELECT {_COLUMNS} FROM outbox"  # noqa: S608 - names of our own columns
_CLAIM = f"""
UPDATE outbox SET state = 'claimed', attempts = attempts + 1, token = token + 1, claimed_by = ?, claimed_until = ?,
  claimable_at = CASE WHEN kind = 'step' THEN NULL ELSE ? END,
  last_error = CASE WHEN state = 'claimed' THEN ? ELSE last_error END
WHERE id = ANY (?) RETURNING id, {_COLUMNS}
"""  # noqa: S608 - names of our own columns
_SOONEST_OF_KIND = (
    "(SELECT claimable_at FROM outbox WHERE kind = ? AND claimable_at IS NOT NULL ORDER BY claimable_at LIMIT 1)"
)
_SOONEST = f"SELECT {', '.join([_SOONEST_OF_KIND] * len(EffectKind))}"
_HELD_BY = "WHERE key = ? AND token = ? AND state = 'claimed'"
_KNOWN = frozenset(EffectKind)
_KIND = 2
"""Where the kind stands in a row of an entry."""


class SqlOutbox:
    """Effects that wait to be delivered."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def queue(self, batch: Sequence[Appending]) -> None:
        """Queue the effects of a batch, due at once; a key that was ever queued is left as it is."""
        rows: dict[str, Row] = {}
        for one in batch:
            if one.effects:
                _add(rows, one.effects, one.facts[-1].at if one.facts else one.summary.updated_at)
        self._session.insert(QUEUE, list(rows.values()))

    def put(self, effects: Sequence[Effect], at: datetime) -> None:
        """Queue effects that no fact of an incident causes."""
        rows: dict[str, Row] = {}
        _add(rows, effects, at)
        self._session.insert(QUEUE, list(rows.values()))

    def claim(
        self, kinds: Sequence[EffectKind], now: datetime, lease: timedelta, by: str, limit: int
    ) -> Sequence[OutboxEntry]:
        """Claim due entries, oldest first, each with a new token."""
        # Kind by kind, because the index that finds the oldest begins with the kind.
        due = sorted(row for kind in dict.fromkeys(kinds) for row in self._due(kind, now, limit))
        ids = [id for _, id in due[:limit]]
        until = micros(now + lease)
        claimed = {row[0]: _entry(row[1:]) for row in self._session.returned(_CLAIM, by, until, until, LOST, ids)}
        return [claimed[id] for id in ids]

    def finish(self, key: str, token: int, now: datetime) -> bool:
        """Mark done."""
        changes = "state = 'done', finished_at = ?, claimable_at = NULL, claimed_until = NULL"
        return self._settle(changes, (micros(now),), key, token)

    def retry(self, key: str, token: int, due_at: datetime, error: str) -> bool:
        """Queue again for later."""
        at = micros(due_at)
        changes = (
            "state = 'queued', due_at = ?, claimable_at = ?, last_error = ?, claimed_by = '', claimed_until = NULL"
        )
        return self._settle(changes, (at, at, error), key, token)

    def give_up(self, key: str, token: int, error: str) -> bool:
        """Mark given up."""
        changes = "state = 'given_up', claimable_at = NULL, claimed_until = NULL, last_error = ?"
        return self._settle(changes, (error,), key, token)

    def holds(self, key: str, token: int) -> bool:
        """Whether this token is the present claim."""
        return self._session.row(f"{_ENTRY} {_HELD_BY}", key, token) is not None

    def extend(self, key: str, token: int, until: datetime) -> bool:
        """Move the end of a claim's lease."""
        at = micros(until)
        changes = "claimed_until = ?, claimable_at = CASE WHEN kind = 'step' THEN NULL ELSE ? END"
        return self._settle(changes, (at, at), key, token)

    def hand_over(self, key: str, token: int, by: str, until: datetime) -> bool:
        """Let somebody else hold a claim."""
        at = micros(until)
        changes = "claimed_by = ?, claimed_until = ?, claimable_at = CASE WHEN kind = 'step' THEN NULL ELSE ? END"
        return self._settle(changes, (by, at, at), key, token)

    def release(self, by: str) -> int:
        """Queue again all that was claimed by ``by``, except steps."""
        return self._session.change(
            "UPDATE outbox SET state = 'queued', claimable_at = due_at, claimed_by = '', claimed_until = NULL, "
            "last_error = ? WHERE claimed_by = ? AND state = 'claimed' AND kind <> 'step'",
            LOST,
            by,
        )

    def abandoned_steps(self, now: datetime, by: str | None = None) -> Sequence[OutboxEntry]:
        """Claimed steps whose lease has run out or whose claimer was restarted."""
        rows = self._session.rows(
            f"{_ENTRY} WHERE kind = 'step' AND state = 'claimed' AND (claimed_until <= ? OR claimed_by = ?) "
            "ORDER BY id",
            micros(now),
            by,
        )
        return [_entry(row) for row in rows]

    def soonest(self) -> Mapping[EffectKind, datetime]:
        """When the next entry of each kind can be claimed."""
        (row,) = self._session.rows(_SOONEST, *(kind.value for kind in EffectKind))
        return {kind: instant(at) for kind, at in zip(EffectKind, row, strict=True) if at is not None}

    def entries(self, incident_id: str) -> Sequence[OutboxEntry]:
        """All entries of an incident, oldest first; those that only a newer version knows are left out."""
        rows = self._session.rows(f"{_ENTRY} WHERE incident_id = ? ORDER BY id", incident_id)
        return [_entry(row) for row in rows if row[_KIND] in _KNOWN]

    def backlog(self) -> Mapping[EffectKind, int]:
        """How many entries are queued or claimed, by kind."""
        # What can be claimed, and the steps that nobody may claim again: each has its own index.
        rows = self._session.rows(
            "SELECT kind, count(*) FROM outbox WHERE claimable_at IS NOT NULL GROUP BY kind UNION ALL "
            "SELECT kind, count(*) FROM outbox WHERE kind = 'step' AND state = 'claimed' GROUP BY kind"
        )
        counted: dict[EffectKind, int] = {}
        for kind, count in rows:
            if kind not in _KNOWN:
                continue  # a newer node will carry it
            counted[EffectKind(kind)] = counted.get(EffectKind(kind), 0) + count
        return counted

    def hold(self, before: datetime) -> int:
        """Give up what was created before an instant and says something; leave the steps as abandoned."""
        at, stay = micros(before), ("step", *(kind.value for kind in RENEWING))
        steps = self._session.change(
            "UPDATE outbox SET state = 'claimed', token = token + 1, claimed_by = '', claimed_until = ?, "
            "claimable_at = NULL, last_error = ? "
            "WHERE kind = 'step' AND state IN ('queued', 'claimed') AND created_at < ?",
            at,
            HELD,
            at,
        )
        return steps + self._session.change(
            "UPDATE outbox SET state = 'given_up', claimable_at = NULL, claimed_until = NULL, last_error = ? "
            "WHERE kind NOT IN (?, ?, ?, ?) AND state IN ('queued', 'claimed') AND created_at < ?",
            HELD,
            *stay,
            at,
        )

    def _due(self, kind: EffectKind, now: datetime, limit: int) -> list[Row]:
        return self._session.rows(
            "SELECT claimable_at, id FROM outbox WHERE kind = ? AND claimable_at IS NOT NULL AND claimable_at <= ? "
            "ORDER BY claimable_at, id LIMIT ? FOR UPDATE SKIP LOCKED",
            kind.value,
            micros(now),
            limit,
        )

    def _settle(self, changes: str, values: tuple[int | str, ...], key: str, token: int) -> bool:
        sql = f"UPDATE outbox SET {changes} {_HELD_BY}"  # noqa: S608 - our own clauses
        return self._session.change(sql, *values, key, token) == 1


def _add(rows: dict[str, Row], effects: Sequence[Effect], when: datetime) -> None:
    at = micros(when)
    for e in effects:
        rows.setdefault(e.key, (e.key, e.incident_id, e.kind.value, e.ref, e.outlet, "queued", at, at, at))


def _entry(row: Row) -> OutboxEntry:
    key, incident_id, kind, ref, outlet, state, due_at, attempts, token, by, until, error, created_at = row
    return OutboxEntry(
        effect=Effect(key, incident_id, EffectKind(kind), ref, outlet),
        state=OutboxState(state),
        due_at=instant(due_at),
        attempts=attempts,
        token=token,
        claimed_by=by,
        claimed_until=instant_or_none(until),
        last_error=error,
        created_at=instant(created_at),
    )
