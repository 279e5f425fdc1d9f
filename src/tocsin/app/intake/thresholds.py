"""Thresholds: what a source says is an incident only once it was said often enough, within a while.

A team writes ``threshold = 3`` for a source whose single alert means little. The first ones are held back as under a
silence (their deliveries are kept and read again); the third of one group within the window begins the incident, which
the others join. Nothing waits for longer than it should: the top severity, alerts of Tocsin's own, whatever joins an
incident that is open, and an alert that fires through the whole window are heard at once, and so is everything that is
held when the setting goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from tocsin.app.intake.alert_fold import Event
from tocsin.app.intake.known import Key
from tocsin.app.intake.placing import Rising, severity_of_all
from tocsin.app.intake.quiet import ASKED
from tocsin.app.rows.records import DeliveryState, SilencedAlert
from tocsin.app.store import Transaction
from tocsin.app.team import Integration, Team

KEPT = "threshold/"
"""Begins the name in ``Keep`` of what was counted of an integration, and the word that stands for a silence's id."""
MOST_GROUPS = 1000
"""Groups that are counted for each integration; what comes beyond is heard."""


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """One time that an alert began, or was said by a sender that names no beginning."""

    fingerprint: str
    began: str
    at: datetime


class Counted(msgspec.Struct, frozen=True):
    """What was said of one group, oldest first, with the title of the last."""

    title: str
    marks: tuple[Mark, ...]


_DECODER = msgspec.json.Decoder(dict[str, Counted])


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A group that has not come often enough: how often within the window, of how many, and when last."""

    integration: str
    service: str
    title: str
    times: int
    needed: int
    within: timedelta
    last_at: datetime


@dataclass(slots=True)
class Thresholds:
    """What is held back, for one batch in its transaction; ``events`` is all that the batch says."""

    tx: Transaction
    now: datetime
    events: Sequence[Event]
    _said: dict[Key, list[Event]] = field(default_factory=dict)
    _counted: dict[str, dict[str, Counted]] = field(default_factory=dict)
    _limited: dict[str, Integration] = field(default_factory=dict)
    _held: list[SilencedAlert] = field(default_factory=list)
    _free: list[SilencedAlert] = field(default_factory=list)
    """Held until now, and to be read again."""
    _past: list[SilencedAlert] = field(default_factory=list)
    """Held until now, and of no more interest: it came too seldom, and nobody will tell of its end."""
    _changed: set[str] = field(default_factory=set)

    def holds(self, group: str, these: Sequence[Rising]) -> bool:
        """Whether alerts that would begin an incident are held back; counts them. ``settle`` writes it down."""
        if any(one.event.integration.threshold is None or _always_heard(one) for one in these):
            return False
        enough = self._counts(group, these)
        severity = severity_of_all(these)
        if severity is not None and these[0].shelved.plan.is_top(severity.severity):
            enough = True
        if enough:
            self._release(group, these)
            return False
        self._held += [
            SilencedAlert(e.integration.name, e.alert.fingerprint, e.seq, word(e.integration.name))
            for e in (one.event for one in these)
        ]
        return True

    def settle(self) -> None:
        """Write down what was counted, what is held and what is to be read again."""
        self._forget()
        for name in self._changed:
            self.tx.keep.put(word(name), msgspec.json.encode(self._counted[name]).decode())
        if self._past:
            self.tx.silences.let_go([(one.integration, one.fingerprint, one.delivery_id) for one in self._past])
        if self._held:
            self.tx.silences.hold(self._held)
        read_again(self.tx, self._free)

    def _counts(self, group: str, these: Sequence[Rising]) -> bool:
        """Count these; whether some of it was said often enough, fires since long, or cannot be counted."""
        enough = False
        for one in these:
            integration, alert = one.event.integration, one.event.alert
            limit = integration.threshold
            assert limit is not None
            counted = self._of(integration)
            before = counted.get(group)
            if before is None and len(counted) >= MOST_GROUPS:
                return True
            marks = before.marks if before else ()
            for mark in self._marks(one):
                if all((m.fingerprint, m.began) != (mark.fingerprint, mark.began) for m in marks):
                    marks = (*marks, mark)
            # Since it was said first: senders repeat what fires on, and each repetition was received just now.
            began = _began(one.event)
            since = min(m.at for m in marks if (m.fingerprint, m.began) == (alert.fingerprint, began))
            lasts = integration.speaks.lasting and self.now - since >= limit.within
            old, marks = marks[: -limit.times], marks[-limit.times :]
            still = {m.fingerprint for m in marks} | {alert.fingerprint}
            self._drop(integration, [m for m in old if m.fingerprint not in still])
            counted[group] = Counted(alert.title, marks)
            self._changed.add(integration.name)
            enough = enough or lasts or sum(self.now - m.at < limit.within for m in marks) >= limit.times
        return enough

    def _marks(self, one: Rising) -> list[Mark]:
        """Every time that the batch says of an alert that it fires: senders that name no beginning say it anew."""
        if not self._said:
            for event in self.events:
                if event.alert.firing:
                    self._said.setdefault(event.key, []).append(event)
        return [Mark(e.alert.fingerprint, _began(e), e.alert.received_at) for e in self._said[one.key]]

    def _of(self, integration: Integration) -> dict[str, Counted]:
        """What is counted of an integration."""
        name = integration.name
        if name not in self._counted:
            self.tx.keep.take_turn(word(name))
            self._counted[name] = kept_counts(self.tx, name)
            self._limited[name] = integration
        return self._counted[name]

    def _forget(self) -> None:
        """Let go the groups of which nothing came for two windows; those of this batch were looked at before."""
        for name, integration in self._limited.items():
            limit, counted = integration.threshold, self._counted[name]
            assert limit is not None
            for group in [g for g, one in counted.items() if self.now - one.marks[-1].at >= 2 * limit.within]:
                self._drop(integration, counted.pop(group).marks)
                self._changed.add(name)

    def _drop(self, integration: Integration, marks: Iterable[Mark]) -> None:
        """Count these no longer: what is held of them is heard, or past where nobody would tell of its end."""
        held = _held_of(self.tx, integration.name, marks)
        (self._free if integration.speaks.lasting else self._past).extend(held)

    def _release(self, group: str, these: Sequence[Rising]) -> None:
        """Have the others of the group read again: they join."""
        present = {(one.event.integration.name, one.event.alert.fingerprint) for one in these}
        for name in {name for name, _ in present}:
            counted = self._counted.get(name, {}).get(group)
            held = _held_of(self.tx, name, counted.marks if counted else ())
            self._free += [one for one in held if (one.integration, one.fingerprint) not in present]


def kept_counts(tx: Transaction, integration: str) -> dict[str, Counted]:
    """What was counted of an integration, by group."""
    kept = tx.keep.get(word(integration))
    return _DECODER.decode(kept) if kept else {}


def held_back(tx: Transaction, integration: Integration, now: datetime) -> list[HeldBack]:
    """What an integration said that is not heard yet, the newest first."""
    limit = integration.threshold
    if limit is None:
        return []
    found = []
    for counted in kept_counts(tx, integration.name).values():
        if _held_of(tx, integration.name, counted.marks):
            times = sum(now - m.at < limit.within for m in counted.marks)
            last_at = counted.marks[-1].at
            one = HeldBack(
                integration.name, integration.service, counted.title, times, limit.times, limit.within, last_at
            )
            found.append(one)
    return sorted(found, key=lambda one: one.last_at, reverse=True)


def due(tx: Transaction, team: Team, now: datetime) -> list[SilencedAlert]:
    """What is held back and fires through the whole window, of senders that would have told of its end."""
    found: list[SilencedAlert] = []
    for one in _limited(team):
        assert one.threshold is not None
        if one.speaks.lasting:
            marks = [m for counted in kept_counts(tx, one.name).values() for m in counted.marks]
            found += _held_of(tx, one.name, [m for m in marks if now - m.at >= one.threshold.within])
    return found


def words_in_force(team: Team) -> list[str]:
    """The words that stand for the thresholds of the settings: what is held by another is held no longer."""
    return [word(one.name) for one in _limited(team)]


def word(integration: str) -> str:
    """What stands where the id of a silence would."""
    return f"{KEPT}{integration}"


def read_again(tx: Transaction, held: Iterable[SilencedAlert]) -> None:
    """Let go what is held: its deliveries are unread once more."""
    alerts = list({(one.integration, one.fingerprint): one for one in held}.values())
    if alerts:
        tx.silences.let_go([(one.integration, one.fingerprint, one.delivery_id) for one in alerts])
        tx.deliveries.settle({one.delivery_id: (DeliveryState.NEW, "") for one in alerts})


def _limited(team: Team) -> list[Integration]:
    return [one for one in team.voices.values() if one.threshold is not None]


def _began(event: Event) -> str:
    """When an alert began, by its sender; where that says nothing, each time is one of its own."""
    return event.alert.starts_at.isoformat() if event.alert.starts_at else f"#{event.seq}"


def _always_heard(one: Rising) -> bool:
    return one.event.alert.fingerprint.startswith("tocsin/")


def _held_of(tx: Transaction, integration: str, marks: Iterable[Mark]) -> list[SilencedAlert]:
    found = [
        tx.silences.of_alert(integration, f"{asked}{one}")
        for one in dict.fromkeys(m.fingerprint for m in marks)
        for asked in ("", *ASKED)
    ]
    return [one for one in found if one is not None and one.silence == word(integration)]
