"""The row by which an incident is found: an index over the facts that can be rebuilt from them at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

HELD_BACK = "held back since a backup was restored"
"""The ``next_due`` of an incident that was open in a backup, until a person lets it go on or news of it comes (R24)."""


class IncidentState(StrEnum):
    """Where an incident stands, derived from its facts."""

    TRIGGERED = "triggered"  # nobody has it
    ACKNOWLEDGED = "acknowledged"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"


UNRESOLVED = tuple(state for state in IncidentState if state is not IncidentState.RESOLVED)


@dataclass(frozen=True, slots=True)
class IncidentSummary:
    """One line of the incident list. ``next_due_at`` is the first entry of `pending`, None when nothing is due.

    ``paging`` says that somebody has to be woken while the incident is unacknowledged (invariant R4).
    ``number`` is the n of ``INC-n``.
    """

    incident_id: str
    number: int
    service: str
    title: str
    state: IncidentState
    severity: str | None
    rank: int
    paging: bool
    declared_at: datetime
    updated_at: datetime
    last_seq: int
    plan: str
    group_key: str = ""
    acknowledged_by: str | None = None
    commander: str | None = None
    next_due_at: datetime | None = None
    next_due: str = ""
    procedure: str | None = None
    drill: bool = False
    resolved_at: datetime | None = None
