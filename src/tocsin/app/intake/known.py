"""What the last digests left in the database, kept in memory: a storm says the same alerts again and again.

It is a copy and never the truth. Every digest leaves a mark that nobody else can have made, in the same transaction;
the next one finds it, or knows that somebody else has digested meanwhile (another node, an older process, a restored
backup) and that this copy is worth nothing. The same holds when nobody knows whether a commit of our own went through:
if it did, the mark in the database is not the one that is remembered here.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from tocsin.app.masking import Masker
from tocsin.app.rows.records import AlertCount, AlertState
from tocsin.app.store import Transaction

MARK = "last_digest"
"""The name in ``Keep`` of the mark that the last digest left."""
MOST = 20_000
"""Alerts of one generation, of which two are held: 15 to 25 MB each, with half a dozen labels for an alert."""
MOST_COUNTS = 1024

Key = tuple[str, str]
"""Service and fingerprint, the latter with its integration."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known once a digest has been committed under its mark."""

    mark: str
    states: Mapping[Key, AlertState]
    counts: Mapping[str, AlertCount]


@dataclass(slots=True)
class Known:
    """Alert states, and the counts of incidents. Used by one thread."""

    most: int = MOST
    _origin: str = field(default_factory=lambda: secrets.token_hex(8))
    _digests: int = 0
    _mark: str = ""
    _masker: Masker | None = None
    _young: dict[Key, AlertState] = field(default_factory=dict)
    _old: dict[Key, AlertState] = field(default_factory=dict)
    _counts: dict[str, AlertCount] = field(default_factory=dict)

    def begin(self, tx: Transaction, masker: Masker) -> None:
        """Forget everything unless the last digest of all was our own, and masked the same secrets.

        ``tx`` is the only transaction that digests now.
        """
        if masker is not self._masker or not self._mark or tx.keep.get(MARK) != self._mark:
            self.forget()
            self._masker = masker

    def end(self, tx: Transaction) -> str:
        """Leave a mark that goes with what this transaction changes; ``learn`` takes it once that is committed."""
        self._digests += 1
        mark = f"{self._origin}/{self._digests}"
        tx.keep.put(MARK, mark)
        return mark

    def learn(self, learned: Learned) -> None:
        """Take over what has been committed."""
        self._mark = learned.mark
        if len(self._young) + len(learned.states) > self.most:
            self._old, self._young = self._young, {}
        self._young.update(learned.states)
        if len(self._counts) + len(learned.counts) > MOST_COUNTS:
            self._counts = {}
        self._counts.update(learned.counts)

    def forget(self) -> None:
        """Nothing is known any more."""
        self._mark = ""
        self._young, self._old, self._counts = {}, {}, {}

    def states(self, tx: Transaction, keys: Iterable[Key]) -> tuple[dict[Key, AlertState], Set[Key]]:
        """The states of alerts, and those of the keys that were not in memory. What was never heard has no state."""
        found: dict[Key, AlertState] = {}
        missing: list[Key] = []
        for key in keys:
            state = self._young.get(key) or self._old.get(key)
            if state is None:
                missing.append(key)
            else:
                found[key] = state
        if missing:
            found |= tx.alerts.states(missing)
        return found, set(missing)

    def counts(self, tx: Transaction, incident_ids: Iterable[str]) -> dict[str, AlertCount]:
        """How many alerts these incidents had before this digest; those without any are absent."""
        wanted = list(incident_ids)
        missing = [id for id in wanted if id not in self._counts]
        read = tx.alerts.counts(missing) if missing else {}
        return {id: count for id in wanted if (count := self._counts.get(id) or read.get(id)) is not None}


def recounted(
    counts: Mapping[str, AlertCount], before: Mapping[Key, AlertState], after: Mapping[Key, AlertState]
) -> dict[str, AlertCount]:
    """The counts of incidents once these alerts stand as they do ``after``."""
    moved = dict(counts)
    for key, now in after.items():
        was = before.get(key)
        if was is not None and (was.incident_id, was.firing) == (now.incident_id, now.firing):
            continue
        if was is not None and was.incident_id in moved:
            moved[was.incident_id] = _plus(moved[was.incident_id], -1, -was.firing)
        if now.incident_id:
            moved[now.incident_id] = _plus(moved.get(now.incident_id, AlertCount(0, 0)), 1, now.firing)
    return moved


def _plus(count: AlertCount, distinct: int, firing: int) -> AlertCount:
    return AlertCount(count.distinct + distinct, count.firing + firing)
