"""What the API gives about steps: their blanks, consent, runs, output, and what they need."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from tocsin.incident.step_phase import StepPhase
from tocsin.incident.streams import Stream


class BlankRow(BaseModel):
    """A blank of a command. ``wants`` is choice, number, date, commit or text."""

    key: str
    wants: str
    raw: str
    allowed: list[str]


class RequestRow(BaseModel):
    """A request that waits for a second person."""

    run: str
    command: str
    target: str
    digest: str
    by: str
    expires_at: datetime


class OrderRow(BaseModel):
    """What exactly would run."""

    command: str
    target: str
    environment: str
    held_to: list[str] = Field(default=[], description="What its target pins: contexts, namespaces, profile, region.")
    directory: str | None
    in_shell: bool = Field(default=False, description="Whether a shell runs it, since nothing less can.")
    effect: str
    digest: str


class HaltRow(BaseModel):
    """Whether all execution is halted, and why."""

    halted: bool
    at: datetime | None = None
    by: str = ""
    reason: str = ""


class RotRow(BaseModel):
    """One enabled step that would not work, and why. ``line`` is of the runbook, 0 when the step left it."""

    service: str
    step: str
    title: str
    line: int
    target: str
    says: str


class PreflightRow(BaseModel):
    """What the last look at the enabled steps saw. ``at`` is null when there was none yet."""

    at: datetime | None = None
    looking: bool = False
    steps: int = 0
    probes: int = 0
    says: str = ""
    found: list[RotRow] = []


class StreamMark(BaseModel):
    """So many characters of an output came by this stream: stdout, stderr, or empty for Tocsin's own words."""

    characters: int
    stream: Stream


class StepRow(BaseModel):
    """A step. ``why_not`` says why Tocsin does not run it itself; ``needs`` whose consent a run needs.

    ``place`` is where it stands: open, ended, not_needed, other_way, does_not_apply or apart. ``undo``, ``follows``
    and ``check`` are steps that take it back, that have to follow at once, and that verify it. ``reach`` says for a
    target of runners which are there, and when they were seen. ``verdict`` is what a check has found of the change that
    it verifies: verified, not_verified, or looked, when it only prints and a person reads it. ``in_shell`` when only a
    shell can run it. ``phase`` is where its run stands, ``phase_says`` the same in words. ``running`` from the order to
    the end; as long as the run has not begun ``phase`` is dispatched, and ``waits_for`` says what for. ``streams``
    tells which of the ``output`` came by which stream.
    """

    id: str
    title: str
    kind: str
    section: str
    command: str | None
    effect: str | None
    line: int
    outcome: str | None
    verdict: str | None
    in_shell: bool
    running: bool
    enabled: bool
    runnable: bool
    why_not: str
    output: str
    streams: list[StreamMark]
    next: bool
    phase: StepPhase
    phase_says: str
    run: str | None
    target: str | None
    needs: str
    second_person: bool
    typed_target: bool
    evidence: bool
    blanks: list[BlankRow]
    request: RequestRow | None
    host: str | None
    directory: str | None
    place: str
    condition: str | None
    waits_until: datetime | None
    wait_seconds: int | None
    undo: str | None
    follows: str | None
    check: str | None
    unchecked: bool
    reach: str
    waits_for: str


class RunOutput(BaseModel):
    """A run and one chunk of its output; chunks are numbered from 1 to ``chunks``.

    ``streams`` tells, from the beginning of ``text`` on, which of it came by which stream; empty for what was pasted,
    and for runs of before the two were told apart.
    """

    run: str
    step: str
    title: str
    command: str
    target: str
    by: str
    line: int | None
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    exit_codes: list[int]
    seconds: float
    chunk: int
    chunks: int
    text: str
    streams: list[StreamMark]


class WayRow(BaseModel):
    """One of the ways to choose from. ``key`` is its first step; ``tried`` when it was gone in vain."""

    key: str
    label: str
    condition: str | None
    steps: list[str]
    tried: bool


class QuestionRow(BaseModel):
    """A question of the runbook. ``answer`` is empty, and ``by`` and ``at`` null, while nobody has answered."""

    step: str
    question: str
    answer: str
    by: str | None
    at: datetime | None
    line: int | None


class QuestionsOf(BaseModel):
    """What the runbook asks about an incident; empty when it asks nothing."""

    incident: str
    questions: list[QuestionRow]


class StepsOf(BaseModel):
    """The steps of what is open for an incident.

    ``ways`` is empty unless one is to be chosen now. ``owed`` are steps that put back what another took away or
    switched. ``why`` says why the next step is out of its turn.
    """

    incident: str
    title: str | None
    steps: list[StepRow]
    ways: list[WayRow]
    owed: list[str]
    why: str
