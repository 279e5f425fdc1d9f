"""Facts about the steps of a procedure: ticked off, asked for, consented to, run, and what they showed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.incident.facts import Fact
from tocsin.incident.streams import Mark


class StepOutcome(StrEnum):
    """How a step ended, as far as anybody knows."""

    DONE = "done"  # ticked off by hand
    SKIPPED = "skipped"
    DID_NOT_HELP = "did_not_help"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What the check of a change has found."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    LOOKED = "looked"  # it ran, and only prints: a person reads it


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTicked(Fact):
    """A person did, or left, a step by hand.

    ``output`` is what they saw, pasted, bounded and masked, as the output of the run ``run``; both empty without it.
    ``answers``: the step is a question, and ``note`` what is known.
    """

    step: str
    title: str
    outcome: StepOutcome
    note: str = ""
    run: str = ""
    output: str = ""
    truncated: bool = False
    answers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProposed(Fact):
    """Somebody asked for a second person's approval of exactly this. ``digest`` is of revision, argv, target, answers.

    ``command`` is the command with its blanks filled, as it will run; ``expires_at`` when the request is void.
    """

    run: str
    step: str
    title: str
    command: str
    effect: str
    target: str
    digest: str
    expires_at: datetime
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepApproved(Fact):
    """A second person approved a proposed run; it starts in the same breath, so an approval is used once."""

    run: str
    step: str
    title: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDeclined(Fact):
    """A proposed run will not happen: somebody said no, or took the request back."""

    run: str
    step: str
    title: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepApprovalExpired(Fact):
    """Nobody approved a proposed run in time."""

    run: str
    step: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassBroken(Fact):
    """A lone responder ran what needs a second person, and said why. Announced at once, listed in the post-mortem."""

    run: str
    step: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(Fact):
    """A step's command is about to run. Committed before it does, so that it never runs twice.

    ``command`` has its blanks filled with ``parameters``; ``digest`` is what consent was given to; ``evidence`` when
    Tocsin started it by itself because a procedure was opened; ``verifies`` is the step whose change it checks.
    """

    run: str
    step: str
    title: str
    command: str
    node: str
    effect: str = ""
    target: str = ""
    digest: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    evidence: bool = False
    approved_by: str = ""
    verifies: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCancelRequested(Fact):
    """Somebody wants a running command ended; whether it ended is another fact."""

    run: str
    step: str
    title: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished(Fact):
    """A step's command ended. ``output`` is bounded and masked; ``streams`` tells which of it came by which stream."""

    run: str
    step: str
    title: str
    outcome: StepOutcome
    exit_codes: tuple[int, ...] = ()
    output: str = ""
    truncated: bool = False
    seconds: float = 0.0
    streams: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeVerified(Fact):
    """The check of a change has ended. ``step`` and ``title`` are the change, ``check`` is what looked, in ``run``.

    ``advice`` is what the runbook offers next when it did not look well.
    """

    step: str
    title: str
    check: str
    run: str
    verdict: Verdict
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutcomeUnknown(Fact):
    """The process died while the step ran: it may have happened or not, and waits for a person."""

    run: str
    step: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceGathered(Fact):
    """All that was looked at by itself has ended: how many looked well, and what did not."""

    procedure: str
    title: str
    looked: int
    troubled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WayChosen(Fact):
    """One of several ways that the runbook offers was chosen. ``fork`` and ``way`` are ids of their first steps."""

    fork: str
    way: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionJudged(Fact):
    """A person said whether a condition of the runbook holds. ``step`` is the first that stands under it."""

    step: str
    condition: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitStarted(Fact):
    """The time that the runbook asks to wait or watch began to run."""

    step: str
    title: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitEnded(Fact):
    """It is over: whoever waited says how it looks."""

    step: str
    title: str


def is_question(title: str) -> bool:
    """Whether a step is done by answering it.

    >>> is_question("How widespread is the impact?"), is_question("Check the logs")
    (True, False)
    """
    return title.rstrip().endswith(("?", "？"))
