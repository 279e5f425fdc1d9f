"""What the API gives to runners, and of them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel


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
