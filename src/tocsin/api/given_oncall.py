"""What the API gives of who is on call."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel


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
