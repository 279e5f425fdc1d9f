"""Runners, and the runs that are handed to them, as rows. All instants are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class RunnerRow:
    """A runner that an administrator invited. It is enrolled once it has shown its one-time token and its key.

    ``invitation`` is the hash of that token, empty once it was used; ``key`` the public key (Ed25519, base64), empty
    until then. ``effects`` and ``programs`` are what it says that it allows; no programs: any.
    """

    name: str
    labels: tuple[str, ...]
    invitation: str
    invited_until: datetime
    made_at: datetime
    made_by: str
    key: str = ""
    enrolled_at: datetime | None = None
    seen_at: datetime | None = None
    version: str = ""
    effects: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    removed_at: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether it may ask for work."""
        return self.enrolled_at is not None and self.removed_at is None


class AttemptState(StrEnum):
    """Where a run stands that is handed to a runner."""

    OFFERED = "offered"  # nobody has it
    TAKEN = "taken"  # a runner has read it, and has not been told to begin
    STARTED = "started"  # it was told to begin
    LOST = "lost"  # it was not heard of any more, and its run was given up
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One run on its way to a runner and back. ``id`` cannot be guessed; ``change`` counts its changes.

    ``until`` is when the offer or the lease ends. ``incident_id``, ``effect_key`` and ``effect_token`` are those of
    the claimed entry of the outbox; empty for a look that belongs to no incident. ``heard`` counts the chunks of its
    output that came, ``parts`` those of its end; ``output`` is the last of what was heard until the first part of the
    end comes, then what the parts hold; ``result`` is how it ended, as JSON.
    """

    id: str
    run: str
    label: str
    job: str
    effect: str
    offered_at: datetime
    until: datetime
    incident_id: str = ""
    effect_key: str = ""
    effect_token: int = 0
    state: AttemptState = AttemptState.OFFERED
    runner: str = ""
    heard: int = 0
    parts: int = 0
    output: str = ""
    result: str = ""
    change: int = 0
