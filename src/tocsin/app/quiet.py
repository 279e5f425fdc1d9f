"""What is said and must wake nobody: firing alerts under a silence. They are kept, and heard when the silence ends.

A resolution always passes. Beside that, what senders must repeat to be believed is written down here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from tocsin.alerts.alert import Alert, Heard
from tocsin.alerts.silence import covering
from tocsin.app.records import PresentAlert, SilencedAlert
from tocsin.app.store import Transaction
from tocsin.app.team import Integration


class Quiet:
    """The silences in force, for one batch of deliveries in its transaction."""

    def __init__(self, tx: Transaction, now: datetime) -> None:
        self.tx = tx
        self._now = now
        self._silences = tx.silences.ending_after(now)
        self._holding = bool(tx.silences.held(1))

    def passed(self, delivery_id: int, integration: Integration, heard: Heard) -> Heard:
        """What a delivery says that is not under a silence; the rest is remembered by the delivery's id."""
        self._believe(integration, heard)
        if not self._silences and not self._holding:
            return heard
        kept: list[Alert] = []
        held: list[SilencedAlert] = []
        over: list[tuple[str, str]] = []
        for alert in heard.alerts:
            found = covering(self._silences, integration.name, alert.labels, self._now) if alert.firing else []
            if found:
                last = max(found, key=lambda one: one.ends_at)
                held.append(SilencedAlert(integration.name, alert.fingerprint, delivery_id, last.id))
            else:
                kept.append(alert)
                over.append((integration.name, alert.fingerprint))
        if held:
            self.tx.silences.hold(held)
            self._holding = True
        if over and self._holding:
            self.tx.silences.let_go(over)
        if not held:
            return heard
        note = f"{len(held)} of its alerts are silenced"
        return replace(heard, alerts=tuple(kept), notes=(*heard.notes, note))

    def _believe(self, integration: Integration, heard: Heard) -> None:
        """Write down what is there until when; nothing for senders that say once what is so."""
        said: dict[tuple[str, str], PresentAlert | None] = {}
        for alert in heard.alerts:
            key = (integration.name, alert.fingerprint)
            if alert.believed_until is not None:
                said[key] = PresentAlert(*key, alert.believed_until, _posted(alert)) if alert.firing else None
        if said:
            self.tx.present.say(said)


def _posted(alert: Alert) -> bytes:
    """The alert as it was posted."""
    began = alert.starts_at or alert.received_at
    return msgspec.json.encode(
        {
            "labels": alert.labels,
            "annotations": alert.annotations,
            "startsAt": _time(began),
            "updatedAt": _time(alert.received_at),
            "generatorURL": alert.link or "",
        }
    )


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
