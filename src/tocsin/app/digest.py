"""One batch of heard alerts on its way into incidents.

The newest event of each alert wins whatever the order of arrival (R3). A new alert joins the open incident of its
group or declares one; all that one batch brings to an incident is decided on at once, so a storm of a thousand
alerts costs one decision. Joining alerts are counted, not appended one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tocsin.alerts.alert import Alert, Heard, Order, heard_end, newer, order
from tocsin.alerts.group import Group, group_of
from tocsin.alerts.match import Match, heard
from tocsin.alerts.suggest import Suggestion
from tocsin.app.desk import Asked, Desk
from tocsin.app.masking import Masker
from tocsin.app.playbooks import Playbooks, Shelved
from tocsin.app.records import AlertState
from tocsin.app.store import Transaction
from tocsin.app.team import Integration
from tocsin.incident import commands as c
from tocsin.incident.choices import cite
from tocsin.incident.decide import JOINED_ONE_BY_ONE
from tocsin.incident.facts import Actor, Recorded
from tocsin.incident.incident import Incident
from tocsin.incident.summary import IncidentState

SETTLES = timedelta(minutes=5)
"""How long after a person resolved an incident a repeated "still firing" is taken for an echo of it (F5)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event about one alert, with where it came from.

    ``key`` is the alert's identity: service and fingerprint, the latter within its integration.
    """

    seq: int
    integration: Integration
    by: Actor
    alert: Alert
    key: tuple[str, str]


@dataclass(slots=True)
class Joining:
    """What this batch brings to one incident."""

    by: Actor
    alerts: list[c.JoiningAlert] = field(default_factory=list)
    severity: c.SeverityReading | None = None
    declare: c.Declare | None = None
    shelved: Shelved | None = None


@dataclass(slots=True)
class Digest:
    """Collects the events of one batch, then settles them all in its transaction."""

    tx: Transaction
    desk: Desk
    playbooks: Playbooks
    now: datetime
    events: list[Event] = field(default_factory=list)
    acknowledged: list[tuple[tuple[str, str], Actor]] = field(default_factory=list)
    _begun: dict[str, tuple[Incident, list[Recorded]]] = field(default_factory=dict)
    _touched: list[str] = field(default_factory=list)

    def hear(self, seq: int, integration: Integration, by: Actor, heard: Heard) -> None:
        """Take in what one delivery held."""
        service, within = integration.service, f"{integration.name}:"
        alerts = [masked(alert, self.desk.masker) for alert in heard.alerts]
        self.events += [Event(seq, integration, by, a, (service, within + a.fingerprint)) for a in alerts]
        self.acknowledged += [((service, within + fingerprint), by) for fingerprint in heard.acknowledgements]

    def touched(self) -> Sequence[str]:
        """The incidents that changed."""
        return list(dict.fromkeys(self._touched))

    def settle(self) -> None:
        """Fold the events into alert states and decide on the incidents they concern."""
        keys = list(dict.fromkeys([e.key for e in self.events] + [key for key, _ in self.acknowledged]))
        if not keys:
            return
        states = dict(self.tx.alerts.states(keys))
        rising, changed = self._fold(states)
        placed = self._place(rising, states)
        self.tx.alerts.save([states[key] for key in changed])
        self._decide(placed, states, changed)
        self._acknowledge(states)

    def _fold(
        self, states: dict[tuple[str, str], AlertState]
    ) -> tuple[dict[tuple[str, str], Event], list[tuple[str, str]]]:
        """Apply the events; gives the alerts that fire now and need an incident, and all that changed."""
        rising: dict[tuple[str, str], Event] = {}
        changed: dict[tuple[str, str], None] = {}
        closed = self._closed(states)
        for event in self.events:
            held = states.get(event.key)
            if held is not None and not newer(order(event.alert, event.seq), _held_order(held)):
                states[event.key] = replace(held, events=held.events + 1)
            else:
                states[event.key] = _next_state(event, held)
                if event.alert.firing and (held is None or not held.firing or self._is_over(event, held, closed)):
                    rising[event.key] = event
                elif not event.alert.firing:
                    rising.pop(event.key, None)
            changed[event.key] = None
        return rising, list(changed)

    def _closed(self, states: dict[tuple[str, str], AlertState]) -> dict[str, datetime]:
        """When the incidents of firing alerts were resolved, for those that were."""
        ids = list(dict.fromkeys(s.incident_id for s in states.values() if s.firing and s.incident_id))
        if not ids:
            return {}
        rows = self.tx.incidents.summaries(ids)
        return {id: row.resolved_at for id, row in rows.items() if row.resolved_at is not None}

    def _is_over(self, event: Event, held: AlertState, closed: dict[str, datetime]) -> bool:
        """Whether a firing alert needs a new incident because a person resolved the one it had.

        An event that began before that may be an echo (a repeated notification, a second Alertmanager) and is
        let pass for a while; one that began later, or does not say, is news.
        """
        resolved_at = closed.get(held.incident_id)
        if resolved_at is None:
            return False
        began = event.alert.starts_at
        return began is None or began > resolved_at or self.now >= resolved_at + SETTLES

    def _place(
        self, rising: dict[tuple[str, str], Event], states: dict[tuple[str, str], AlertState]
    ) -> dict[str, Joining]:
        """Give every newly firing alert its incident: an open one of its group, or a new one."""
        placed: dict[str, Joining] = {}
        fresh: dict[str, str] = {}
        belongs: dict[tuple[str, str], str] = {}
        readings = [(key, event, *self._read(event)) for key, event in rising.items()]
        open_now = self.tx.incidents.open_in_groups(list(dict.fromkeys(group.key for *_, group, _ in readings)))
        for key, event, shelved, match, group, severity in readings:
            alert = c.JoiningAlert(
                event.alert.fingerprint, event.alert.title, group.reason, event.alert.link, event.alert.severity_hint
            )
            row = open_now.get(group.key)
            incident_id = row.incident_id if row is not None and row.state is not IncidentState.RESOLVED else None
            incident_id = incident_id or fresh.get(group.key)
            if incident_id is None:
                incident_id = f"new:{group.key}"
                fresh[group.key] = incident_id
                declare = _declaration(event, match, group, severity, alert)
                placed[incident_id] = Joining(event.by, declare=declare, shelved=shelved)
            else:
                joining = placed.setdefault(incident_id, Joining(event.by))
                joining.alerts.append(alert)
                joining.severity = _worse(joining.severity, severity, shelved)
            belongs[key] = incident_id
        real = self._number(placed)
        for key, incident_id in belongs.items():
            states[key] = replace(states[key], incident_id=real.get(incident_id, incident_id))
        return placed

    def _number(self, placed: dict[str, Joining]) -> dict[str, str]:
        """Declare the new incidents; their ids by the names they had until now, for their alerts to carry."""
        ids: dict[str, str] = {}
        for temporary, joining in list(placed.items()):
            if joining.declare is None or joining.shelved is None:
                continue
            decided = self.desk.begin(self.tx, joining.declare, joining.shelved.plan, self.now, joining.by)
            ids[temporary] = decided.incident.id
            self._begun[decided.incident.id] = (decided.incident, list(decided.facts))
            del placed[temporary]
            if joining.alerts:
                placed[decided.incident.id] = Joining(joining.by, joining.alerts, joining.severity)
        return ids

    def _decide(
        self,
        placed: dict[str, Joining],
        states: dict[tuple[str, str], AlertState],
        changed: Sequence[tuple[str, str]],
    ) -> None:
        """Append the declarations, then what else the batch means for each incident."""
        self.desk.append(self.tx, list(self._begun.values()))
        self._touched += self._begun
        concerned = {states[key].incident_id for key in changed if states[key].incident_id}
        fallen = {states[key].incident_id for key in changed if states[key].incident_id and not states[key].firing}
        counts = self.tx.alerts.counts(list(concerned & (set(placed) | fallen)))
        asked: list[Asked] = []
        for incident_id, joining in placed.items():
            distinct = counts[incident_id].distinct if incident_id in counts else len(joining.alerts)
            told = joining.alerts[:JOINED_ONE_BY_ONE]  # those beyond are counted
            command = c.JoinAlerts(tuple(told), distinct, joining.severity)
            asked.append(Asked(incident_id, command, joining.by))
        by = self.events[0].by if self.events else None
        for incident_id in sorted(fallen):
            if incident_id in counts and counts[incident_id].firing == 0 and by is not None:
                asked.append(Asked(incident_id, c.ClearAlerts(counts[incident_id].distinct), by))
        loaded = {id: incident for id, (incident, _) in self._begun.items()}
        self.desk.decide_all(self.tx, asked, self.now, loaded)
        self._touched += [a.incident_id for a in asked]

    def _acknowledge(self, states: dict[tuple[str, str], AlertState]) -> None:
        """Somebody acknowledged at the source: that holds here too."""
        asked = [
            Asked(states[key].incident_id, c.Acknowledge(by.name), by)
            for key, by in self.acknowledged
            if key in states and states[key].incident_id
        ]
        self.desk.decide_all(self.tx, asked, self.now)
        self._touched += [a.incident_id for a in asked]

    def _read(self, event: Event) -> tuple[Shelved, Match | None, Group, c.SeverityReading | None]:
        shelved, alert = self.playbooks.of(event.integration.service), event.alert
        told = heard(alert)
        match = shelved.symptoms.match(alert, told)
        suggestion = shelved.criteria.suggest(alert, alert.severity_hint, told)
        return shelved, match, group_of(alert, event.integration.service, match), _reading(suggestion)


def _held_order(held: AlertState) -> Order:
    return Order(held.starts_at, heard_end(held.starts_at, held.ends_at, held.last_at), held.firing, held.last_delivery)


def masked(alert: Alert, masker: Masker) -> Alert:
    """The alert without the secrets in its words, before anything is decided on or kept (R19)."""
    named = (*alert.labels.items(), *alert.annotations.items())
    said = "\n".join(
        (alert.title, alert.summary, alert.link or "", alert.group_key or "", *(f"{n}={text}" for n, text in named))
    )
    if masker.text(said) == said:
        return alert
    return replace(
        alert,
        title=masker.text(alert.title),
        summary=masker.text(alert.summary),
        link=masker.text(alert.link) if alert.link else alert.link,
        group_key=masker.text(alert.group_key) if alert.group_key else alert.group_key,
        labels=masker.pairs(alert.labels),
        annotations=masker.pairs(alert.annotations),
    )


def _next_state(event: Event, held: AlertState | None) -> AlertState:
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


def _declaration(
    event: Event, match: Match | None, group: Group, severity: c.SeverityReading | None, alert: c.JoiningAlert
) -> c.Declare:
    procedure = None
    if match is not None:
        source = cite(match.lines, match.text)
        procedure = c.ProcedureReading(match.procedure, match.title, match.reason, match.words, source)
    return c.Declare(
        title=event.alert.title,
        service=event.integration.service,
        source="alert",
        summary=event.alert.summary,
        severity=severity,
        procedure=procedure,
        alert=alert,
        started_at=event.alert.began_at,
        group_key=group.key,
        group_reason=group.reason,
    )


def _reading(suggestion: Suggestion | None) -> c.SeverityReading | None:
    if suggestion is None:
        return None
    return c.SeverityReading(
        suggestion.severity, suggestion.reason, suggested=True, cite=cite(suggestion.lines, suggestion.criterion)
    )


def _worse(
    one: c.SeverityReading | None, other: c.SeverityReading | None, shelved: Shelved
) -> c.SeverityReading | None:
    """The more severe of two readings."""
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda r: shelved.plan.severity(r.severity).rank)
