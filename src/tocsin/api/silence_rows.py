"""What the API gives of silences. Fields are only ever added."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field


class MatcherRow(BaseModel):
    """A condition on a label, in the words of Alertmanager's API."""

    name: str
    value: str
    is_regex: bool
    is_equal: bool
    text: str = Field(description='As `amtool` writes it: `alertname=~"Disk.*"`.')


class SilenceRow(BaseModel):
    """A silence. An empty ``service`` or ``source`` means any. ``state`` is pending, active or expired."""

    id: str
    state: str
    service: str
    source: str
    matchers: list[MatcherRow]
    starts_at: datetime
    ends_at: datetime
    made_by: str
    reason: str
    updated_at: datetime
    alerts: int = Field(description="Distinct alerts that it has kept quiet.")
    held: int = Field(description="Those of them that fire still: they are heard when it ends.")


class QuietRow(BaseModel):
    """What a silence kept quiet of one alert."""

    title: str
    service: str
    source: str
    fingerprint: str
    held: bool
    times: int
    first_at: datetime
    last_at: datetime


class SilenceWhole(SilenceRow):
    """A silence with the alerts that it has kept quiet, those it holds first, at most 200."""

    quiet: list[QuietRow]
