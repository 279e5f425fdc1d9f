"""From what is said of alerts to where each stands: the newest event wins, whatever the order of arrival (R3).

Nearly everything that a storm says is that what fires fires on, in the same words. That path does as little as it can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from tocsin.alerts.alert import Alert, AlertStatus, Order, heard_end, newer, order
from tocsin.app.intake.known import Key
from tocsin.app.masking import Masker
from tocsin.app.rows.records import AlertState
from tocsin.app.team import Integration
from tocsin.incident.facts import Actor

SETTLES = timedelta(minutes=5)
"""How long after a person resolved an incident a repeated "still firing" is taken for an echo of it (F5)."""
_FIRING = AlertStatus.FIRING


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event about one alert, as it was heard and not yet masked, with where it came from.

    ``key`` is the alert's identity: service and fingerprint, the latter within its integration.
    """

    seq: int
    integration: Integration
    by: Actor
    alert: Alert
    key: Key


@dataclass(frozen=True, slots=True)
class Folded:
    """What events changed. Their words are masked here."""

    rising: Mapping[Key, Event]
    """The alerts that fire now and need an incident."""
    changed: tuple[Key, ...]
    again: tuple[Key, ...]
    """Those that were only heard again."""


@dataclass(slots=True)
class AlertFold:
    """Applies the events of one batch.

    ``states`` are those before it, and are changed; ``read_anew`` are those that ``masker`` may not have masked;
    ``closed`` says when their incidents were resolved, for those that were. ``collecting`` are those of their incidents
    that collect what is recorded and wakes nobody, and ``records`` says whether an event calls for no more than that.
    """

    states: dict[Key, AlertState]
    read_anew: Set[Key]
    closed: Mapping[str, datetime]
    masker: Masker
    now: datetime
    collecting: Set[str] = frozenset()
    records: Callable[[Event], bool] = field(default=lambda _event: False)
    _rising: dict[Key, Event] = field(default_factory=dict)
    _changed: dict[Key, None] = field(default_factory=dict)
    _again: dict[Key, None] = field(default_factory=dict)

    def fold(self, events: Iterable[Event]) -> Folded:
        """Apply the events in their order."""
        states, changed, again = self.states, self._changed, self._again
        for event in events:
            key = event.key
            held = states.get(key)
            if held is not None and self._says_nothing_new(event, held):
                states[key] = _once_more(held, event)
                if key not in changed:
                    again[key] = None
            else:
                self._apply(msgspec.structs.replace(event, alert=masked(event.alert, self.masker)), held)
        return Folded(self._rising, tuple(changed), tuple(again))

    def _apply(self, event: Event, held: AlertState | None) -> None:
        key, alert = event.key, event.alert
        if held is not None and not newer(order(alert, event.seq), _held_order(held)):
            self.states[key] = msgspec.structs.replace(held, events=held.events + 1)
        else:
            self.states[key] = _next_state(event, held)
            if not alert.firing:
                self._rising.pop(key, None)
            elif held is None or not held.firing or self._is_over(event, held) or self._wakes(event, held):
                self._rising[key] = event
        self._changed[key] = None
        self._again.pop(key, None)

    def _says_nothing_new(self, event: Event, held: AlertState) -> bool:
        """Whether a firing alert that is in memory fires on, in the same words.

        What is in memory was masked by the masker in force, so the same words need no second look.
        """
        alert = event.alert
        return (
            alert.status is _FIRING
            and held.firing
            and alert.starts_at == held.starts_at
            and held.ends_at is None
            and event.seq >= held.last_delivery
            and alert.title == held.title
            and alert.link == held.link
            and (alert.labels is held.labels or alert.labels == held.labels)
            and event.key not in self.read_anew
            and (held.incident_id not in self.closed or not self._is_over(event, held))
            and not ((self.collecting or self._rising) and self._wakes(event, held))
        )

    def _is_over(self, event: Event, held: AlertState) -> bool:
        """Whether a firing alert needs a new incident because a person resolved the one it had.

        An event that began before that may be an echo (a repeated notification, a second Alertmanager) and is
        let pass for a while; one that began later, or does not say, is news.
        """
        resolved_at = self.closed.get(held.incident_id)
        if resolved_at is None:
            return False
        began = event.alert.starts_at
        return began is None or began > resolved_at or self.now >= resolved_at + SETTLES

    def _wakes(self, event: Event, held: AlertState) -> bool:
        """Whether an alert fires on that was recorded so far, and now calls for more: for an incident that pages."""
        before = self._rising.get(event.key)
        if before is not None:
            return before.integration.record is not None and self.records(before) and not self.records(event)
        return held.incident_id in self.collecting and not self.records(event)


def masked(alert: Alert, masker: Masker) -> Alert:
    """The alert without the secrets in its words, before anything is decided on or kept (R19)."""
    named = (*alert.labels.items(), *alert.annotations.items())
    said = "\n".join(
        (alert.title, alert.summary, alert.link or "", alert.group_key or "", *(f"{n}={text}" for n, text in named))
    )
    if masker.text(said) == said:
        return alert
    return msgspec.structs.replace(
        alert,
        title=masker.text(alert.title),
        summary=masker.text(alert.summary),
        link=masker.text(alert.link) if alert.link else alert.link,
        group_key=masker.text(alert.group_key) if alert.group_key else alert.group_key,
        labels=masker.pairs(alert.labels),
        annotations=masker.pairs(alert.annotations),
    )


def _next_state(event: Event, held: AlertState | None) -> AlertState:
    """The state after an event whose words are masked."""
    alert = event.alert
    service, fingerprint = event.key
    return AlertState(
        service=service,
        fingerprint=fingerprint,
        incident_id=held.incident_id if held else "",
        firing=alert.firing,
        title=alert.title,
        starts_at=alert.starts_at,
        ends_at=alert.ends_at,
        last_delivery=event.seq,
        first_at=held.first_at if held else alert.received_at,
        last_at=alert.received_at,
        events=held.events + 1 if held else 1,
        integration=event.integration.name,
        labels=alert.labels,
        link=alert.link,
    )


def _once_more(held: AlertState, event: Event) -> AlertState:
    at, times = event.alert.received_at, held.events + 1
    return msgspec.structs.replace(held, last_delivery=event.seq, last_at=at, events=times)


def _held_order(held: AlertState) -> Order:
    return Order(held.starts_at, heard_end(held.starts_at, held.ends_at, held.last_at), held.firing, held.last_delivery)
