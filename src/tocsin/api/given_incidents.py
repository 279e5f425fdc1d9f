"""What the API gives of one incident, and of what is written about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from tocsin.incident.facts import PublicStatus
from tocsin.incident.owing import Debt
from tocsin.incident.summary import IncidentState


class IncidentRow(BaseModel):
    """One line of the incident list."""

    id: str
    title: str
    service: str
    state: IncidentState
    severity: str | None
    acknowledged_by: str | None
    commander: str | None
    procedure: str | None
    drill: bool
    declared_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    next_due_at: datetime | None = Field(description="When something happens next if nobody acts.")
    next_due: str


class Coming(BaseModel):
    """What happens if nobody acts, and the runbook's line that says so."""

    at: datetime
    kind: str
    what: str
    line: int | None


class Event(BaseModel):
    """One fact of the timeline. ``text`` says it in a sentence; ``fact`` holds its fields."""

    seq: int
    at: datetime
    type: str
    text: str
    by: str
    via: str
    line: int | None
    fact: dict[str, Any]


class Alert(BaseModel):
    """An alert of a monitor."""

    service: str
    title: str
    fingerprint: str
    incident: str
    integration: str
    firing: bool
    events: int
    first_at: datetime
    last_at: datetime
    link: str | None
    labels: dict[str, str]


class Check(BaseModel):
    """A line of the verification list before "resolved"."""

    id: str
    text: str
    confirmed: bool
    line: int | None


class Owed(BaseModel):
    """What is left to do before the end: put back, looked at, or verified. ``step`` is what would do it."""

    debt: Debt
    says: str
    step: str
    command: str | None
    line: int
    holds_up: bool = Field(description="Whether resolving is refused while it is owed, unless `override` says why.")


class ListedContact(BaseModel):
    """Whom the runbook lists to be contacted."""

    name: str
    outside: bool = Field(description="A vendor: nobody is paged there, a person asks them.")
    ways: list[str] = Field(description="How to reach them, as written; none: the runbook leaves it blank.")
    availability: str
    purpose: str
    case: str | None = Field(description="Their number of the case; null: nobody has asked, empty: they gave none yet.")
    line: int | None


class IncidentWhole(IncidentRow):
    """Everything about one incident."""

    summary: str
    url: str
    playbook: str
    severity_reason: str
    roles: dict[str, str]
    public_status: str | None
    firing_alerts: int
    distinct_alerts: int
    coming: list[Coming]
    checks: list[Check]
    owed: list[Owed] = []
    contacts: list[ListedContact] = []
    alerts: list[Alert]
    timeline: list[Event]


class ActedOn(BaseModel):
    """What a command did: the new facts (none: it was so already) and the incident as it stands."""

    incident: IncidentRow
    facts: list[Event]


class AudienceText(BaseModel):
    """The runbook's own words for an audience, filled from the record."""

    audience: str
    status: PublicStatus
    text: str
    subject: str
    unfilled: list[str]
    template: str | None
    outlets: list[str] = Field(description="Where they are told: mail addresses and names of chat channels.")


class CustomerText(BaseModel):
    """The runbook's own words for customers, filled from the record."""

    status: PublicStatus
    text: str
    unfilled: list[str]
    template: str | None
    decides: list[str] = Field(default=[], description="Who decides it, where the runbook leaves that to a level.")
    post: str = Field(default="", description="What was told last, as a post to copy.")
    reply: str = Field(default="", description="What was told last, as the answer to a support ticket.")


class PostmortemOf(BaseModel):
    """A post-mortem: the saved text, or a draft from the record (version 0)."""

    incident: str
    text: str
    blanks: list[str]
    version: int
    published_at: datetime | None
    due_at: datetime | None


class Action(BaseModel):
    """An action item of a post-mortem."""

    incident: str
    id: str
    title: str
    owner: str
    due: str | None
    kind: str
    done: bool
