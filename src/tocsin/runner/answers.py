"""What the server answers a runner. A part that is missing or of another kind came from somebody else on the way."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.app.execution.envelopes import Envelope


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who the runner is from now on, and the key that signs its jobs."""

    name: str
    labels: tuple[str, ...]
    server_key: str


@dataclass(frozen=True, slots=True)
class Work:
    """The next job; None when there was none in the time that was waited."""

    job: Envelope | None


@dataclass(frozen=True, slots=True)
class Begin:
    """Whether a run may begin, and why not."""

    go: bool
    why: str


@dataclass(frozen=True, slots=True)
class Heard:
    """``end`` says why a run is to be ended, ``lost`` that it was given up."""

    heard: int
    end: str
    lost: bool


@dataclass(frozen=True, slots=True)
class Noted:
    """It was taken down."""

    ok: bool
