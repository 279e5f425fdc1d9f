"""What a document tells people to do: commands, steps, the procedures and the phases that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin.runbook.stated import Duration, Lines


class StepKind(StrEnum):
    """What a person does with a step."""

    COMMAND = "command"
    MANUAL = "manual"
    QUESTION = "question"  # it is done by answering it: "Affected services"
    CHOICE = "choice"
    WAIT = "wait"
    VERIFY = "verify"
    MESSAGE = "message"
    REFERENCE = "reference"


ASKED_IN = frozenset({"triage", "response", "investigation"})
"""The sections of phases whose questions are about the incident, not about how the team worked on it."""


class Effect(StrEnum):
    """What a command does to the world; ``UNKNOWN`` is treated as mutating."""

    READ_ONLY = "read_only"
    MUTATING = "mutating"
    DESTRUCTIVE = "destructive"
    UNKNOWN = "unknown"


class Termination(StrEnum):
    """Whether a command ends by itself."""

    BOUNDED = "bounded"
    FOLLOWS = "follows"
    INTERACTIVE = "interactive"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A blank in a command. ``origin``: angle, bracket, brace, date_pattern, env, example or word."""

    name: str
    type: str  # string, integer, enum, date, commit, version, hostname, path, secret
    origin: str
    raw: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """One shell statement of the document: continuations, quoted lines and here-documents joined.

    ``pipeline`` is its stages as argv when no shell is needed, else empty and ``needs_shell`` is true. Words of it
    keep the raw text of each of ``parameters`` (``<name>``, ``$NAME``), to be replaced inside the word. ``host`` and
    ``directory`` are where an earlier ``ssh`` or ``cd`` of the same block went. A command whose ``language`` is sql
    has no client: it is shown, never run.
    """

    text: str
    effect: Effect
    termination: Termination
    language: str = "sh"  # sh or sql
    pipeline: tuple[tuple[str, ...], ...] = ()
    needs_shell: bool = False
    reason: str = ""
    requires: tuple[str, ...] = ()  # tty, sudo, stdin
    parameters: tuple[Parameter, ...] = ()
    suggestion: str | None = None
    stdin: str | None = None
    directory: str | None = None
    host: str | None = None


class Tie(StrEnum):
    """What the words of a step say of how it hangs together with those around it."""

    TERM = "term"  # its alternative is one of time ("long term"): no other way to the same end
    OTHER_WAY = "other_way"  # its alternative is another way to what stands before it ("Or …")
    FALLBACK = "fallback"  # its condition is that what stands before it did not help
    UNDO = "undo"  # its title takes back what stands before it


@dataclass(frozen=True, slots=True)
class Step:
    """One unit that a person can tick off.

    ``id`` is stable while the procedure and the command stay the same, wherever the lines move.
    ``condition`` and ``alternative`` keep the document's words ("If that fails", "Option B: Hot Fix"). ``ties`` is None
    in a playbook from before they were kept: ``course_of`` reads the words then.
    """

    id: str
    title: str
    kind: StepKind
    section: str  # investigation, resolution, verification, or the document's own word
    lines: Lines
    command: Command | None = None
    condition: str | None = None
    alternative: str | None = None
    group: str | None = None  # the list item or sub-heading that the step belongs to
    wait: Duration | None = None
    details: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()  # what of it the team's side file says otherwise
    ties: tuple[Tie, ...] | None = None


@dataclass(frozen=True, slots=True)
class Symptom:
    """One symptom, or one criterion of a severity, as written."""

    text: str
    lines: Lines


class ProcedureKind(StrEnum):
    """What a procedure is for."""

    INCIDENT = "incident"
    ALERT = "alert"
    RECOVERY = "recovery"
    ROLLBACK = "rollback"
    VALIDATION = "validation"
    LIBRARY = "library"


@dataclass(frozen=True, slots=True)
class Procedure:
    """What to do about one kind of incident. ``key`` is a slug of the title, unique in the document."""

    key: str
    title: str
    kind: ProcedureKind
    lines: Lines
    symptoms: tuple[Symptom, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def commands(self) -> tuple[Step, ...]:
        """The steps that carry a shell statement; SQL that no client runs is not one."""
        return shell_steps(self.steps)


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of the response process ("Initial Response (< 5 minutes)")."""

    title: str
    lines: Lines
    key: str = ""  # detection, triage, response, investigation, mitigation, resolution, communication, post_incident
    target: Duration | None = None
    severities: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


def shell_steps(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Those of the steps that carry a shell statement."""
    return tuple(s for s in steps if s.command is not None and s.command.language == "sh")
