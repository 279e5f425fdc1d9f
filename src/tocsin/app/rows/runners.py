"""Runners, and the runs that are handed to them, as rows, and what keeps them. All instants are aware UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


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


class Runners(Protocol):
    """Runners near the systems, and the attempts: the runs that are handed to them."""

    def save(self, row: RunnerRow) -> None:
        """Keep a runner as it is now, new or known."""
        ...

    def get(self, name: str) -> RunnerRow | None:
        """One runner."""
        ...

    def all(self) -> Sequence[RunnerRow]:
        """All runners by name, removed ones too."""
        ...

    def enrol(self, name: str, invitation: str, key: str, at: datetime) -> bool:
        """Use an invitation up, by its hash: the runner has this key now. False when it is not the present one."""
        ...

    def note(self, row: RunnerRow) -> bool:
        """Write down when a runner was seen and what it says of itself (``seen_at``, ``version``, ``effects``,
        ``programs``), and nothing else. False when the one of that name was removed or has another key by now."""
        ...

    def use(self, runner: str, word: str, until: datetime) -> bool:
        """Use up the word of a runner's request, kept until an instant. False when it was used before, on any node."""
        ...

    def offer(self, row: AttemptRow) -> None:
        """Keep a new attempt. Raises Conflict when its id exists."""
        ...

    def attempt(self, id: str) -> AttemptRow | None:
        """One attempt."""
        ...

    def open_attempts(self) -> Sequence[AttemptRow]:
        """Those that are offered, taken or started, oldest first."""
        ...

    def swap(self, row: AttemptRow) -> bool:
        """Change state, runner, lease, counts, output and result of an attempt, and count ``change`` up.

        False when it was changed since it was read: ``change`` of the row is what was read.
        """
        ...

    def forget(self, before: datetime) -> int:
        """Remove attempts that are over and whose lease ended before an instant; how many."""
        ...

    def forget_words(self, before: datetime) -> int:
        """Remove the used words that were to be kept until an instant before this one; how many."""
        ...
