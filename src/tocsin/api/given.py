"""What the API gives: answers, as they stand in its OpenAPI document. Fields are only ever added.

Those about incidents, steps, sources, who is on call and runners are in modules of their own beside it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from tocsin.app.access import Role


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    reason: str | None = None
    retry_after: int | None = None
    """Seconds, where too much was asked at once: the header Retry-After says the same."""


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


class Readiness(BaseModel):
    """Whether alerts sent now would be stored and acted on, and what is wrong with the runbooks in force."""

    ok: bool
    checks: list[dict[str, Any]]
    runbook_troubles: dict[str, str]
    roster_problems: list[str]
    backlog: dict[str, int]
