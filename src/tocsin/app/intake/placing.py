"""What one batch brings to each incident, there already or new: alerts that join, a severity, a declaration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from tocsin.alerts.group import Group
from tocsin.alerts.meaning.match import Match
from tocsin.app.intake.alert_fold import Event
from tocsin.app.intake.known import Key
from tocsin.app.intake.storms import group_key, summary_of
from tocsin.app.playbooks import Shelved
from tocsin.app.suggesting import procedure_of
from tocsin.app.team import CANARY
from tocsin.incident import commands as c
from tocsin.incident.facts import Actor

NEW = "new:"
"""Begins the name of an incident until it has its number."""


class Rising(NamedTuple):
    """An alert that fires now and needs an incident, with what it calls for."""

    key: Key
    event: Event
    shelved: Shelved
    match: Match | None
    group: Group
    severity: c.SeverityReading | None
    at_once: int = 0
    """Of a storm: so many troubles might begin at once."""
    recorded: str = ""
    """The setting that says that nobody is woken for it."""

    def of(self, group: Group, at_once: int = 0) -> Rising:
        """The same alert as one of a storm, which has no procedure."""
        return self._replace(group=group, match=None, at_once=at_once)


@dataclass(slots=True)
class Joining:
    """What this batch brings to one incident."""

    by: Actor
    alerts: list[c.JoiningAlert] = field(default_factory=list)
    severity: c.SeverityReading | None = None
    declare: c.Declare | None = None
    shelved: Shelved | None = None


def put(placed: dict[str, Joining], incident_id: str, one: Rising) -> str:
    """Let an alert join an incident, or begin one that is not there yet; gives back its id."""
    event, reason = one.event, one.group.reason
    if event.alert.service and event.integration.service_label:
        reason += f"; its label {event.integration.service_label} names the service"
    alert = c.JoiningAlert(
        event.alert.fingerprint, event.alert.title, reason, event.alert.link, event.alert.severity_hint
    )
    joining = placed.get(incident_id)
    if joining is None and incident_id.startswith(NEW):
        placed[incident_id] = Joining(event.by, declare=_declaration(one, alert), shelved=one.shelved)
        return incident_id
    joining = placed.setdefault(incident_id, Joining(event.by))
    joining.alerts.append(alert)
    joining.severity = worse(joining.severity, one.severity, one.shelved)
    return incident_id


def _declaration(one: Rising, alert: c.JoiningAlert) -> c.Declare:
    said, service = one.event.alert, one.event.integration.service
    stormy = one.group.key == group_key(service)
    return c.Declare(
        title=f"Storm of alerts: {said.title}" if stormy else said.title,
        service=service,
        source="alert",
        summary=summary_of(one.at_once) if stormy else said.summary,
        severity=one.severity,
        procedure=procedure_of(one.match),
        alert=alert,
        started_at=said.began_at,
        group_key=one.group.key,
        group_reason=one.group.reason,
        recorded=one.recorded,
        drill=service == CANARY,  # nobody else hears of it, and it counts nowhere
    )


def suggesting(event: Event, fits: c.SeverityReading | None, said: c.SeverityReading | None) -> Event:
    """An event whose words decide no severity: what the runbook makes of them stands in its text, for a person."""
    if fits is None or (said is not None and fits.severity == said.severity):
        return event
    text = f"Its words fit {fits.severity}: {fits.reason}. Only suggested: a person decides."
    alert = event.alert
    suggested = msgspec.structs.replace(alert, summary=f"{alert.summary}\n\n{text}".strip())
    return msgspec.structs.replace(event, alert=suggested)


def severity_of_all(these: Sequence[Rising]) -> c.SeverityReading | None:
    """The most severe reading."""
    worst: c.SeverityReading | None = None
    for one in these:
        worst = worse(worst, one.severity, one.shelved)
    return worst


def severest(these: Sequence[Rising]) -> int:
    """For the order in which new troubles are told: the most severe first, what nobody can tell among them."""
    severity = severity_of_all(these)
    return these[0].shelved.plan.severity(severity.severity).rank if severity else -1


def worse(one: c.SeverityReading | None, other: c.SeverityReading | None, shelved: Shelved) -> c.SeverityReading | None:
    """The more severe of two readings."""
    if one is None or other is None:
        return one or other
    if one.severity == other.severity:  # as nearly all that come together have it
        return one
    return min(one, other, key=lambda r: shelved.plan.severity(r.severity).rank)
