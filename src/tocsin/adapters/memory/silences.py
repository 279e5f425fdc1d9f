"""Silences, what they keep quiet, and what senders say is there, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tocsin.adapters.memory.tables import Tables
from tocsin.alerts.silence import Silence
from tocsin.app.rows.records import PresentAlert, QuietCount, QuietedAlert, SilencedAlert


class MemorySilences:
    """Who keeps which alerts quiet."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def save(self, silence: Silence) -> None:
        """Insert or replace a silence."""
        texts = [text for one in silence.matchers for text in (one.name, one.value)]
        self._tables.require_storable(silence.id, silence.integration, silence.created_by, silence.comment, *texts)
        self._tables.require_storable(silence.service)
        self._tables.silences.change()[silence.id] = silence

    def get(self, id: str) -> Silence | None:
        """One silence."""
        return self._tables.silences.rows.get(id)

    def ending_after(self, at: datetime) -> Sequence[Silence]:
        """The silences that end after an instant, soonest end first."""
        found = [one for one in self._tables.silences.rows.values() if one.ends_at > at]
        return sorted(found, key=lambda one: (one.ends_at, one.id))

    def hold(self, alerts: Sequence[SilencedAlert]) -> None:
        """Remember what was kept quiet."""
        rows = self._tables.silenced.change()
        for one in alerts:
            self._tables.require_storable(one.integration, one.fingerprint, one.silence)
            before = rows.get((one.integration, one.fingerprint))
            if before is None or before.delivery_id <= one.delivery_id:
                rows[one.integration, one.fingerprint] = one

    def held(self, limit: int, besides: Sequence[str] = ()) -> Sequence[SilencedAlert]:
        """What is kept quiet."""
        rows = self._tables.silenced.rows
        return [rows[key] for key in sorted(rows) if rows[key].silence not in besides][:limit]

    def of_alert(self, integration: str, fingerprint: str) -> SilencedAlert | None:
        """What is kept quiet of one alert."""
        return self._tables.silenced.rows.get((integration, fingerprint))

    def let_go(self, keys: Sequence[tuple[str, str, int]]) -> None:
        """Forget what was kept quiet."""
        rows = self._tables.silenced.change()
        for integration, fingerprint, delivery_id in keys:
            before = rows.get((integration, fingerprint))
            if before is not None and before.delivery_id <= delivery_id:
                del rows[integration, fingerprint]

    def tally(self, alerts: Sequence[QuietedAlert]) -> None:
        """Count what was kept quiet."""
        rows = self._tables.quieted.change()
        for one in alerts:
            self._tables.require_storable(one.silence, one.integration, one.fingerprint, one.service, one.title)
            key = (one.silence, one.integration, one.fingerprint)
            before = rows.get(key)
            if before is not None:
                one = replace(one, first_at=before.first_at, times=before.times + one.times)
            rows[key] = replace(one, held=False)

    def tallied(self, silence: str, limit: int) -> Sequence[QuietedAlert]:
        """What a silence has kept quiet: what it holds first, then what was said last."""
        rows = self._tables.quieted.rows
        found = [self._with_held(rows[key]) for key in sorted(rows) if key[0] == silence]
        return sorted(sorted(found, key=lambda one: one.last_at, reverse=True), key=lambda one: not one.held)[:limit]

    def counts(self, silences: Sequence[str]) -> Mapping[str, QuietCount]:
        """The counts of silences by their ids."""
        found: dict[str, list[QuietedAlert]] = {}
        for one in self._tables.quieted.rows.values():
            if one.silence in silences:
                found.setdefault(one.silence, []).append(self._with_held(one))
        return {
            id: QuietCount(len(these), sum(one.held for one in these), sum(one.times for one in these))
            for id, these in found.items()
        }

    def _with_held(self, one: QuietedAlert) -> QuietedAlert:
        held = self._tables.silenced.rows.get((one.integration, one.fingerprint))
        return replace(one, held=held is not None and held.silence == one.silence)


class MemoryPresentAlerts:
    """What senders say is there now."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def say(self, alerts: Mapping[tuple[str, str], PresentAlert | None]) -> None:
        """Replace or remove what is there."""
        rows = self._tables.present.change()
        for key, one in alerts.items():
            self._tables.require_storable(*key)
            if one is None:
                rows.pop(key, None)
            else:
                rows[key] = one

    def of(self, integration: str, limit: int) -> Sequence[PresentAlert]:
        """What is there by an integration, by fingerprint."""
        rows = self._tables.present.rows
        return [rows[key] for key in sorted(rows) if key[0] == integration][:limit]

    def over(self, now: datetime, limit: int) -> Sequence[PresentAlert]:
        """What is not believed any more."""
        rows = self._tables.present.rows
        found = [rows[key] for key in sorted(rows) if rows[key].believed_until <= now]
        return sorted(found, key=lambda one: one.believed_until)[:limit]
