"""What is said and must wake nobody: firing alerts under a silence. They are kept, and heard when the silence ends.

A resolution always passes. What is kept quiet is counted by name, so that the silence can say what it hid. Beside that,
what senders must repeat to be believed is written down here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from tocsin.alerts.alert import Alert, Heard
from tocsin.alerts.silence import ActiveSilences, Silence, spoken_of
from tocsin.app.intake.alert_fold import masked
from tocsin.app.masking import MASK, Masker
from tocsin.app.rows.records import PresentAlert, QuietedAlert, SilencedAlert
from tocsin.app.store import Transaction
from tocsin.app.team import Integration

ASKED = ("acknowledged/", "escalated/")
"""Begin the fingerprint under which it is kept that somebody asked this of what is kept quiet."""

LOOK = 500
"""Among so many of what is kept quiet it is looked for what was asked; with more, each alert is looked up."""


class Quiet:
    """The silences in force, for one batch of deliveries in its transaction."""

    def __init__(self, tx: Transaction, now: datetime, masker: Masker) -> None:
        self.tx = tx
        self._now = now
        self._masker = masker
        silences = tx.silences.ending_after(now)
        self._silences = ActiveSilences(silences, now)
        self._masked = ActiveSilences([one for one in silences if _names_a_mask(one)], now)
        self._holding = bool(tx.silences.held(1))
        self._asked: bool | None = None
        self._tally: dict[tuple[str, str, str], QuietedAlert] = {}

    def passed(self, delivery_id: int, integration: Integration, heard: Heard) -> Heard:
        """What a delivery says that is not under a silence; the rest is remembered by the delivery's id.

        Without silences, and when nothing is kept quiet, this costs the alerts nothing.
        """
        self._believe(integration, heard)
        if not self._silences and not self._holding:
            return heard
        kept: list[Alert] = []
        held: list[SilencedAlert] = []
        over: list[tuple[str, str, int]] = []
        for alert in heard.alerts:
            last = self._last_covering(integration, alert)
            if last is not None:
                held.append(SilencedAlert(integration.name, alert.fingerprint, delivery_id, last.id))
                self._count(last, integration, alert)
            else:
                kept.append(alert)
                if alert.firing or (self._holding and self._ends_what_is_held(integration, alert)):
                    over.append((integration.name, alert.fingerprint, delivery_id))
        if held:
            self.tx.silences.hold(held)
            self._holding = True
        if over and self._holding:
            self.tx.silences.let_go(over)
            self._forget_asked(integration, {one.fingerprint: one.firing for one in kept}, over)
        self._keep_asked(delivery_id, integration, heard)
        if not held:
            return heard
        note = f"{len(held)} of its alerts are silenced"
        return msgspec.structs.replace(heard, alerts=tuple(kept), notes=(*heard.notes, note))

    def _keep_asked(self, delivery_id: int, integration: Integration, heard: Heard) -> None:
        """What somebody at the sender asked of an alert that is kept quiet is read again together with it."""
        asked = [(one.fingerprint, ASKED[0]) for one in heard.acknowledgements]
        asked += [(mark, ASKED[1]) for mark, _ in heard.escalations]
        found = [(said, self.tx.silences.of_alert(integration.name, mark)) for mark, said in asked]
        kept = [
            SilencedAlert(one.integration, f"{said}{one.fingerprint}", delivery_id, one.silence)
            for said, one in found
            if one is not None
        ]
        if kept:
            self.tx.silences.hold(kept)
            self._asked = True

    def _forget_asked(
        self, integration: Integration, fires: Mapping[str, bool], over: Sequence[tuple[str, str, int]]
    ) -> None:
        """What was asked of alerts that are over, or that a silence hid and that are heard now, counts no longer.

        What fires past a silence begins to page, and nobody has taken that. Below a threshold it is the same trouble,
        said once more: what was asked of it is done when it is heard.
        """
        if self._asked is None:
            some = self.tx.silences.held(LOOK)
            self._asked = len(some) == LOOK or any(one.fingerprint.startswith(ASKED) for one in some)
        if not self._asked:
            return
        gone = [(name, f"{said}{mark}", seq) for name, mark, seq in over for said in ASKED]
        if integration.threshold is not None:
            ended = {f"{said}{mark}" for mark, firing in fires.items() if not firing for said in ASKED}
            gone = [one for one in gone if one[1] in ended or self._is_silenced(one[0], one[1])]
        self.tx.silences.let_go(gone)

    def _is_silenced(self, integration: str, fingerprint: str) -> bool:
        held = self.tx.silences.of_alert(integration, fingerprint)
        return held is not None and self.tx.silences.get(held.silence) is not None

    def _ends_what_is_held(self, integration: Integration, alert: Alert) -> bool:
        """Whether a resolution is of what is kept quiet, and not of an earlier trouble, told late.

        In doubt it stays kept: when the silence ends both are read again, and the newer event of the two holds (R3).
        """
        held = self.tx.silences.of_alert(integration.name, alert.fingerprint)
        said = self.tx.deliveries.get(held.delivery_id) if held else None
        return said is not None and (alert.ends_at is None or alert.ends_at >= said.received_at)

    def settle(self) -> None:
        """Write down what this batch added to the counts."""
        if self._tally:
            self.tx.silences.tally(list(self._tally.values()))
            self._tally = {}

    def _last_covering(self, integration: Integration, alert: Alert) -> Silence | None:
        """The silence over a firing alert that ends last."""
        if not alert.firing or not self._silences:
            return None
        source = (integration.name, alert.service or integration.service)
        found = self._silences.covering(*source, spoken_of(alert.labels, alert.title))
        if self._masked:
            shown = masked(alert, self._masker)
            found += self._masked.covering(*source, spoken_of(shown.labels, shown.title))
        return max(found, key=lambda one: (one.ends_at, one.id), default=None)

    def _count(self, silence: Silence, integration: Integration, alert: Alert) -> None:
        key = (silence.id, integration.name, alert.fingerprint)
        before = self._tally.get(key)
        at = alert.received_at
        self._tally[key] = QuietedAlert(
            *key,
            alert.service or integration.service,
            before.title if before else masked(alert, self._masker).title,
            before.first_at if before else at,
            at,
            before.times + 1 if before else 1,
        )

    def _believe(self, integration: Integration, heard: Heard) -> None:
        """Write down what is there until when; nothing for senders that say once what is so."""
        said: dict[tuple[str, str], PresentAlert | None] = {}
        for alert in heard.alerts:
            key = (integration.name, alert.fingerprint)
            if alert.believed_until is not None:
                said[key] = PresentAlert(*key, alert.believed_until, _posted(alert)) if alert.firing else None
        if said:
            self.tx.present.say(said)


def _names_a_mask(silence: Silence) -> bool:
    """Whether it was made from what people are shown of an alert, in which secrets are masked."""
    return any(MASK in one.value for one in silence.matchers if one.is_equal)


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
