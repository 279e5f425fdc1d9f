"""Rows to store, as small as they can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from tocsin.app.rows.records import AlertState, Appending, NewDelivery
from tocsin.incident.effects import Effect, EffectKind
from tocsin.incident.facts import TOCSIN, Fact, NoteAdded, Recorded
from tocsin.incident.summary import IncidentState, IncidentSummary

NOW = datetime(2026, 3, 29, 1, 30, 0, 123457, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def recorded(incident_id: str, seq: int, fact: Fact | None = None, at: datetime = NOW) -> Recorded:
    """A fact with its place in the timeline."""
    return Recorded(incident_id, seq, at, TOCSIN, fact or NoteAdded(text=f"fact {seq}"))


def summary(incident_id: str, number: int = 1, **changes: Any) -> IncidentSummary:
    """An index row."""
    plain = IncidentSummary(
        incident_id=incident_id,
        number=number,
        service="Shop",
        title="Checkout is down",
        state=IncidentState.TRIGGERED,
        severity="P1",
        rank=1,
        paging=True,
        declared_at=NOW,
        updated_at=NOW,
        last_seq=1,
        plan="sha256:plan",
    )
    return replace(plain, **changes)


def appending(
    incident_id: str, number: int = 1, *effects: Effect, seqs: tuple[int, ...] = (1,), **changes: Any
) -> Appending:
    """Facts, index row and effects of one incident."""
    changes.setdefault("last_seq", max(seqs, default=1))
    at = changes.get("updated_at", NOW)
    facts = tuple(recorded(incident_id, seq, at=at) for seq in seqs)
    return Appending(facts, summary(incident_id, number, **changes), effects)


def effect(key: str, kind: EffectKind = EffectKind.PAGE, incident_id: str = "a") -> Effect:
    """An effect."""
    return Effect(key, incident_id, kind, ref=key, outlet="out")


def delivery(key: str, integration: str = "prometheus", **changes: Any) -> NewDelivery:
    """What a source sent."""
    return msgspec.structs.replace(
        NewDelivery(integration, key, NOW, "application/json", b'{"x": "\x00\xff"}'), **changes
    )


def alert(fingerprint: str, incident_id: str = "a", **changes: Any) -> AlertState:
    """Where an alert stands."""
    plain = AlertState(
        service="Shop",
        fingerprint=fingerprint,
        incident_id=incident_id,
        firing=True,
        title="HighLatency",
        starts_at=NOW,
        ends_at=None,
        last_delivery=1,
        first_at=NOW,
        last_at=NOW,
        labels={"severity": "page", "nul": "\0", "naïve": "☎"},
    )
    return msgspec.structs.replace(plain, **changes)
