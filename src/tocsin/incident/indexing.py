"""The index row of an incident, made from its facts and nothing else."""

from __future__ import annotations

from tocsin.incident.incident import COMMANDER, Incident
from tocsin.incident.pending import pending
from tocsin.incident.summary import IncidentSummary

FLIGHT = "CANARY-"
"""What the name of a canary begins with: an alert of our own, which is no incident of anybody's."""


def number_of(incident_id: str) -> int:
    """The number by which an incident is found: n of ``INC-n``, and -n of a canary, which stands in no list.

    >>> number_of("INC-7"), number_of("CANARY-7")
    (7, -7)
    """
    number = int(incident_id.rpartition("-")[2])
    return -number if incident_id.startswith(FLIGHT) else number


def summarise(incident: Incident) -> IncidentSummary:
    """The row by which the incident is found; ``next_due_at`` is the first entry of ``pending``."""
    coming = pending(incident)
    plan = incident.severity_plan
    return IncidentSummary(
        incident_id=incident.id,
        number=number_of(incident.id),
        service=incident.service,
        title=incident.title,
        state=incident.state,
        severity=incident.severity,
        rank=plan.rank,
        paging=incident.is_burning and plan.pages,
        declared_at=incident.declared_at,
        updated_at=incident.updated_at or incident.declared_at,
        last_seq=incident.last_seq,
        plan=incident.plan.id,
        group_key=incident.group_key,
        acknowledged_by=incident.acknowledged_by,
        commander=incident.roles.get(COMMANDER),
        next_due_at=coming[0].at if coming else None,
        next_due=coming[0].what if coming else "",
        procedure=incident.procedure,
        drill=incident.drill,
        resolved_at=incident.resolved_at,
    )
