"""What the API gives of the sources of alerts, and of samples that they would send."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field


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
