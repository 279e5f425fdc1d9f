"""What the API takes and gives, as it stands in its OpenAPI document. Fields are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from tocsin.app.access import Role
from tocsin.incident.facts import PublicStatus, StepOutcome
from tocsin.incident.summary import IncidentState


class Sent(BaseModel):
    """A body that is sent to us: a field that we do not know is refused, never ignored (F63)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


Text = Annotated[str, Field(max_length=32_768)]
Line = Annotated[str, Field(min_length=1, max_length=1024)]
Name = Annotated[str, Field(min_length=1, max_length=128)]


class Declare(Sent):
    """Begin an incident."""

    title: Line = Field(description="A few words on what is wrong.")
    service: Name | None = Field(None, description="The key of the service; may be left out when there is only one.")
    severity: Name | None = Field(None, description="Any name that the runbook gives the severity.")
    summary: Text = ""
    procedure: Name | None = Field(None, description="The key of the procedure of the runbook to open.")
    started_at: datetime | None = Field(None, description="When the trouble began, with its offset.")
    drill: bool = Field(False, description="A drill pages people and never reaches customers.")


class Acknowledge(Sent):
    """Take an incident."""

    take_over: bool = Field(False, description="Take it although somebody else has it.")


class Escalate(Sent):
    """Page the next level now."""

    reason: Line
    level: int | None = Field(None, ge=1, le=100, description="This level instead of the next one.")


class PagePerson(Sent):
    """Page a person, role or schedule by name."""

    target: Line
    reason: Line


class SetSeverity(Sent):
    """Set the severity."""

    severity: Name
    reason: Text = ""


class OpenProcedure(Sent):
    """Open another procedure of the runbook."""

    procedure: Line


class TakeRole(Sent):
    """Take a role, or give it to somebody."""

    role: Line
    person: Name | None = Field(None, description="A handle; oneself when left out.")


class Note(Sent):
    """Write something down."""

    text: Annotated[str, Field(min_length=1, max_length=32_768)]


class Update(Sent):
    """Tell the team where things stand."""

    text: Annotated[str, Field(min_length=1, max_length=32_768)]
    status: Annotated[str, Field(max_length=128)] = ""


class TellCustomers(Sent):
    """Tell customers. What is said here is public."""

    status: PublicStatus
    text: Annotated[str, Field(min_length=1, max_length=32_768)]
    components: list[Name] = Field(default_factory=list, max_length=100)


class Mitigate(Sent):
    """Say that the impact is over."""

    text: Text = ""


class ConfirmCheck(Sent):
    """Confirm one line of the verification list."""

    check: Line


class Resolve(Sent):
    """End the incident."""

    summary: Text = ""
    confirmed: list[Name] = Field(default_factory=list, max_length=200, description="Ids of checks confirmed with it.")
    override: Text = Field("", description="Why checks that are still open do not matter.")


class Reopen(Sent):
    """It was not over."""

    reason: Line


class TickStep(Sent):
    """A step was done, skipped, or did not help."""

    outcome: StepOutcome = StepOutcome.DONE
    note: Text = ""


class SavePostmortem(Sent):
    """A new version of the text on top of ``version``."""

    text: Annotated[str, Field(max_length=512_000)]
    version: int = Field(ge=0, description="The version that this one follows; 0 for the first.")


class Login(Sent):
    """Get a token of one's own for thirty days: by name and password, or by a one-time token."""

    handle: Annotated[str, Field(max_length=256)] = ""
    password: Annotated[str, Field(max_length=1024)] = ""
    once: Annotated[str, Field(max_length=256)] = ""
    name: Line = "tocsin login"


class NewUser(Sent):
    """A new account; without a password it is entered by a one-time link."""

    handle: Name
    name: Annotated[str, Field(max_length=128)] = ""
    role: Role = Role.RESPONDER
    password: Annotated[str, Field(max_length=1024)] | None = None


class ChangeUser(Sent):
    """What changes; the rest stays."""

    name: Annotated[str, Field(max_length=128)] | None = None
    role: Role | None = None
    disabled: bool | None = None
    password: Annotated[str, Field(max_length=1024)] | None = None


class NewToken(Sent):
    """A token of one's own, shown once."""

    name: Line
    scopes: list[Name] = Field(min_length=1, max_length=20)
    expires_at: datetime | None = None


# --- what is given ------------------------------------------------------------------------------------------


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


class StepRow(BaseModel):
    """A step. ``why_not`` says why Tocsin does not run it itself."""

    id: str
    title: str
    kind: str
    section: str
    command: str | None
    effect: str | None
    line: int
    outcome: str | None
    running: bool
    enabled: bool
    runnable: bool
    why_not: str
    output: str
    next: bool


class StepsOf(BaseModel):
    """The steps of what is open for an incident."""

    incident: str
    title: str | None
    steps: list[StepRow]


class CustomerText(BaseModel):
    """The runbook's own words for customers, filled from the record."""

    status: PublicStatus
    text: str
    unfilled: list[str]
    template: str | None


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
    trouble: str | None


class Reached(BaseModel):
    """Who is meant by a word of the runbook now."""

    target: str
    people: list[str]
    until: datetime | None
    why: str


class Shift(BaseModel):
    """Who is on call in a span."""

    people: list[str]
    since: datetime | None
    until: datetime | None
    why: str


class OnCall(BaseModel):
    """Who is on call at an instant: by role, and by schedule the shifts of the days after it."""

    at: datetime
    roles: list[Reached]
    schedules: dict[str, list[Shift]]


class IntegrationRow(BaseModel):
    """A source of alerts."""

    name: str
    source: str
    service: str
    auth: str
    last_at: datetime | None
    last_trouble: str


class IntegrationSetUp(IntegrationRow):
    """How to set the source up: the address is a secret."""

    url: str
    example: str


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
