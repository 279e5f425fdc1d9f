"""The outbox in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tocsin.adapters.memory.tables import Queued, Tables
from tocsin.app.rows.outbox import HELD, LOST, RENEWING
from tocsin.app.rows.records import Appending, OutboxEntry, OutboxState
from tocsin.incident.effects import Effect, EffectKind

_OPEN = (OutboxState.QUEUED, OutboxState.CLAIMED)


class MemoryOutbox:
    """Effects that wait to be delivered."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def queue(self, batch: Sequence[Appending]) -> None:
        """Queue the effects of a batch, due at once; a key that was ever queued is left as it is."""
        for one in batch:
            self.put(one.effects, one.facts[-1].at if one.facts else one.summary.updated_at)

    def put(self, effects: Sequence[Effect], at: datetime) -> None:
        """Queue effects that no fact of an incident causes."""
        for effect in effects:
            self._tables.require_storable(effect.key, effect.incident_id, effect.ref, effect.outlet)
            if effect.key not in self._tables.outbox.rows:
                entry = OutboxEntry(effect, OutboxState.QUEUED, at, created_at=at)
                self._put(Queued(self._tables.take_number("outbox"), entry))

    def claim(
        self, kinds: Sequence[EffectKind], now: datetime, lease: timedelta, by: str, limit: int
    ) -> Sequence[OutboxEntry]:
        """Claim due entries, oldest first, each with a new token."""
        rows = self._tables.outbox.rows
        due = sorted(
            (at, rows[key].place, key)
            for key, at in self._tables.claimable.rows.items()
            if at <= now and rows[key].entry.effect.kind in kinds
        )
        self._tables.outbox.change()
        return [self._claim(rows[key], now + lease, by) for _, _, key in due[:limit]]

    def finish(self, key: str, token: int, now: datetime) -> bool:
        """Mark done."""
        return self._settle(key, token, lambda e: replace(e, state=OutboxState.DONE, claimed_until=None))

    def retry(self, key: str, token: int, due_at: datetime, error: str) -> bool:
        """Queue again for later."""
        return self._settle(key, token, lambda e: replace(_queued(e), due_at=due_at, last_error=error))

    def give_up(self, key: str, token: int, error: str) -> bool:
        """Mark given up."""
        return self._settle(key, token, lambda e: _given_up(e, error))

    def holds(self, key: str, token: int) -> bool:
        """Whether this token is the present claim."""
        queued = self._tables.outbox.rows.get(key)
        return queued is not None and queued.entry.state is OutboxState.CLAIMED and queued.entry.token == token

    def extend(self, key: str, token: int, until: datetime) -> bool:
        """Move the end of a claim's lease."""
        return self._settle(key, token, lambda e: replace(e, claimed_until=until))

    def hand_over(self, key: str, token: int, by: str, until: datetime) -> bool:
        """Let somebody else hold a claim."""
        return self._settle(key, token, lambda e: replace(e, claimed_by=by, claimed_until=until))

    def release(self, by: str) -> int:
        """Queue again all that was claimed by ``by``, except steps."""
        return self._change_where(
            lambda e: e.state is OutboxState.CLAIMED and e.claimed_by == by and e.effect.kind is not EffectKind.STEP,
            lambda e: replace(_queued(e), last_error=LOST),
        )

    def abandoned_steps(self, now: datetime, by: str | None = None) -> Sequence[OutboxEntry]:
        """Claimed steps whose lease has run out or whose claimer was restarted."""
        return [
            e
            for e in self._entries()
            if e.state is OutboxState.CLAIMED
            and e.effect.kind is EffectKind.STEP
            and ((e.claimed_until is not None and e.claimed_until <= now) or e.claimed_by == by)
        ]

    def soonest(self) -> Mapping[EffectKind, datetime]:
        """When the next entry of each kind can be claimed."""
        soonest: dict[EffectKind, datetime] = {}
        for key, at in self._tables.claimable.rows.items():
            kind = self._tables.outbox.rows[key].entry.effect.kind
            soonest[kind] = min(at, soonest.get(kind, at))
        return soonest

    def entries(self, incident_id: str) -> Sequence[OutboxEntry]:
        """All entries of an incident, oldest first."""
        return [e for e in self._entries() if e.effect.incident_id == incident_id]

    def backlog(self) -> Mapping[EffectKind, int]:
        """How many entries are queued or claimed, by kind."""
        return Counter(e.effect.kind for e in self._entries() if e.state in _OPEN)

    def hold(self, before: datetime) -> int:
        """Give up what was created before an instant and says something; leave the steps as abandoned."""
        return self._change_where(
            lambda e: (
                e.state in _OPEN
                and e.effect.kind not in RENEWING
                and e.created_at is not None
                and e.created_at < before
            ),
            lambda e: _abandoned(e, before) if e.effect.kind is EffectKind.STEP else _given_up(e, HELD),
        )

    def _entries(self) -> list[OutboxEntry]:
        return [queued.entry for queued in self._tables.outbox.rows.values()]

    def _claim(self, queued: Queued, until: datetime, by: str) -> OutboxEntry:
        old = queued.entry
        entry = replace(
            old,
            state=OutboxState.CLAIMED,
            attempts=old.attempts + 1,
            token=old.token + 1,
            claimed_by=by,
            claimed_until=until,
            last_error=LOST if old.state is OutboxState.CLAIMED else old.last_error,
        )
        self._put(replace(queued, entry=entry))
        return entry

    def _settle(self, key: str, token: int, change: Callable[[OutboxEntry], OutboxEntry]) -> bool:
        rows = self._tables.outbox.change()
        if not self.holds(key, token):
            return False
        self._put(replace(rows[key], entry=change(rows[key].entry)))
        return True

    def _change_where(self, wanted: Callable[[OutboxEntry], bool], change: Callable[[OutboxEntry], OutboxEntry]) -> int:
        found = [queued for queued in self._tables.outbox.change().values() if wanted(queued.entry)]
        for queued in found:
            self._put(replace(queued, entry=change(queued.entry)))
        return len(found)

    def _put(self, queued: Queued) -> None:
        entry = queued.entry
        self._tables.require_storable(entry.last_error, entry.claimed_by)
        self._tables.outbox.change()[entry.effect.key] = queued
        claimable = self._tables.claimable.change()
        at = _claimable_at(entry)
        if at is None:
            claimable.pop(entry.effect.key, None)
        else:
            claimable[entry.effect.key] = at


def _claimable_at(entry: OutboxEntry) -> datetime | None:
    if entry.state is OutboxState.QUEUED:
        return entry.due_at
    if entry.state is OutboxState.CLAIMED and entry.effect.kind is not EffectKind.STEP:
        return entry.claimed_until
    return None


def _queued(entry: OutboxEntry) -> OutboxEntry:
    return replace(entry, state=OutboxState.QUEUED, claimed_by="", claimed_until=None)


def _given_up(entry: OutboxEntry, error: str) -> OutboxEntry:
    return replace(entry, state=OutboxState.GIVEN_UP, claimed_until=None, last_error=error)


def _abandoned(entry: OutboxEntry, at: datetime) -> OutboxEntry:
    return replace(
        entry, state=OutboxState.CLAIMED, token=entry.token + 1, claimed_by="", claimed_until=at, last_error=HELD
    )
