"""What the API gives: answers, as they stand in its OpenAPI document. Fields are only ever added.

Those about steps are in ``given_steps.py``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from tocsin.app.access import Role
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


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    reason: str | None = None


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


class Assumed(BaseModel):
    """A question that the runbook leaves open, and what holds meanwhile."""

    key: str
    question: str
    answer: str
    accepted: bool
    line: int | None


class ServiceRow(BaseModel):
    """A service and its runbook in force."""

    key: str
    name: str
    runbook: str
    playbook: str | None
    severities: list[str]
    procedures: dict[str, str]
    assumptions: list[Assumed]
    findings: dict[str, int]
    duties: list[dict[str, Any]]
    enabled_steps: dict[str, bool]
    shell_steps: list[str] = Field(default=[], description="Steps that only a shell can run; enabled with `shell`.")
    trouble: str | None


class Reached(BaseModel):
    """Who is meant by a word of the runbook now."""

    target: str
    people: list[str]
    until: datetime | None
    why: str


class Shift(BaseModel):
    """Who is on call in a span; nobody, and `declared`: that is so on purpose."""

    people: list[str]
    since: datetime | None
    until: datetime | None
    why: str
    declared: bool


class Gap(BaseModel):
    """Nobody is on call by a schedule, and nobody meant that."""

    schedule: str
    since: datetime
    until: datetime
    why: str


class Overlap(BaseModel):
    """One person is on call by two schedules at once."""

    person: str
    schedules: list[str]
    since: datetime
    until: datetime


class OnCall(BaseModel):
    """Who is on call at an instant: by role, and by schedule the shifts of the days after it."""

    at: datetime
    roles: list[Reached]
    schedules: dict[str, list[Shift]]
    gaps: list[Gap]
    overlaps: list[Overlap]


class CalendarFeeds(BaseModel):
    """Addresses of calendars (iCal) that whoever holds them can read: one's own shifts, and every schedule's."""

    mine: str | None
    schedules: dict[str, str]


class OverrideRow(BaseModel):
    """People who are on call instead of whoever would be, made by hand."""

    id: str
    schedule: str
    people: list[str]
    since: datetime
    until: datetime
    reason: str
    made_by: str
    made_at: datetime
    ended_at: datetime | None
    ended_by: str


class IntegrationRow(BaseModel):
    """A source of alerts."""

    name: str
    source: str
    service: str
    auth: str
    last_at: datetime | None
    last_alert: str
    last_trouble: str
    last_trouble_at: datetime | None
    beat_due_at: datetime | None
    answers: bool = Field(description="Whether its source is told what is done here to incidents that began there.")
    told_at: datetime | None = Field(description="When it was told last.")


class HeldBackRow(BaseModel):
    """What a threshold keeps from beginning an incident: said so often within the window, of so often."""

    integration: str
    service: str
    title: str
    times: int
    needed: int
    within_seconds: int
    last_at: datetime


class Tested(BaseModel):
    """A test alert is on its way."""

    done: bool = True
    trouble: str = Field("", description="Why the source would not be told what is done here, asked now.")


class IntegrationSetUp(IntegrationRow):
    """How to set the source up: the address is a secret."""

    url: str
    example: str
    title: str
    joins: str
    ends: str
    retries: str
    documentation: str
    held_back: list[HeldBackRow] = Field(description="What its threshold holds back, the newest first.")


class ReadAlert(BaseModel):
    """An alert as it would be read from a body. ``service`` is where it would go, ``severity`` the sender's word."""

    title: str
    firing: bool
    key: str
    service: str
    severity: str
    description: str
    labels: dict[str, str]
    link: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    group: str


class ReadSample(BaseModel):
    """What would become of a body. ``trouble`` is why all or a part of it cannot be read, ``notes`` what was odd."""

    alerts: list[ReadAlert]
    acknowledged: list[str]
    changes: list[str]
    notes: list[str]
    trouble: str


class UserRow(BaseModel):
    """An account."""

    handle: str
    name: str
    role: Role
    disabled: bool
    created_at: datetime | None


class TokenRow(BaseModel):
    """A token; its secret is shown once, when it is made."""

    id: str
    name: str
    owner: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked: bool
    personal: bool = Field(description="Made by signing in: it stands for its owner, where the others are programs.")


class TokenMade(TokenRow):
    """A fresh token with its plain text: keep it, it is not shown again."""

    token: str


class AuditRow(BaseModel):
    """A privileged act."""

    seq: int
    at: datetime
    who: str
    via: str
    verb: str
    object: str
    detail: str
    allowed: bool


class Me(BaseModel):
    """Whose token this is, and what it may do."""

    handle: str
    permissions: list[str]
    on_call: list[str]


class OneTimeLink(BaseModel):
    """An address that signs somebody in once, within fifteen minutes."""

    url: str


class Done(BaseModel):
    """It is done."""

    done: bool = True


class PhoneRow(BaseModel):
    """A page on the built-in phone; ``link`` opens the incident without signing in."""

    id: str
    person: str
    incident: str
    text: str
    link: str
    at: datetime
    seen_at: datetime | None
    stopped: bool


class MeasureRow(BaseModel):
    """The figures of one severity (None: all together). Spans are seconds."""

    severity: str | None
    incidents: int
    acknowledged: int
    resolved: int
    mean_seconds_to_acknowledge: float | None
    mean_seconds_to_resolve: float | None
    downtime_seconds: float
    targets_met: dict[str, int]
    targets_missed: dict[str, int]


class Action(BaseModel):
    """An action item of a post-mortem."""

    incident: str
    id: str
    title: str
    owner: str
    due: str | None
    kind: str
    done: bool


class Readiness(BaseModel):
    """Whether alerts sent now would be stored and acted on, and what is wrong with the runbooks in force."""

    ok: bool
    checks: list[dict[str, Any]]
    runbook_troubles: dict[str, str]
    roster_problems: list[str]
    backlog: dict[str, int]


class RunnerOf(BaseModel):
    """A runner. ``connected`` when it asked for work within the last minute; no ``programs``: any."""

    name: str
    labels: list[str]
    enrolled_at: datetime | None
    invited_until: datetime | None
    seen_at: datetime | None
    connected: bool
    version: str
    effects: list[str]
    programs: list[str]


class RunnerInvited(RunnerOf):
    """A fresh invitation with its one-time token: it is not shown again."""

    token: str


class RunnerEnrolled(BaseModel):
    """Who a runner is from now on, and the key (Ed25519, base64) that signs its jobs."""

    name: str
    labels: list[str]
    server_key: str


class JobFor(BaseModel):
    """A job for a runner: ``text`` is JSON, signed as it stands."""

    text: str
    signature: str


class Work(BaseModel):
    """The next run for a runner; none within the time that it waited."""

    job: JobFor | None


class Begin(BaseModel):
    """Whether a runner may begin, and why not."""

    go: bool
    why: str


class HeardOf(BaseModel):
    """Up to which chunk a run was heard; ``end`` says why it is to be ended, ``lost`` that it was given up."""

    heard: int
    end: str
    lost: bool


class Noted(BaseModel):
    """It was taken down."""

    ok: bool = True
