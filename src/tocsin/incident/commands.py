"""What people, monitors and time can ask of an incident.

A command is a wish; ``decide`` answers it with facts or with a refusal that says why. The actor and the instant
travel beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tocsin.incident.consent import Environment, Shown
from tocsin.incident.facts import Audience, Citation, PublicStatus
from tocsin.incident.step_facts import StepOutcome, Verdict
from tocsin.incident.streams import Mark
from tocsin.runbook.instructions import Effect


@dataclass(frozen=True, slots=True)
class JoiningAlert:
    """An alert that belongs to the incident."""

    fingerprint: str
    title: str
    reason: str = ""
    link: str | None = None
    severity_hint: str | None = None


@dataclass(frozen=True, slots=True)
class SeverityReading:
    """A severity that the runbook's criteria or a person give, with the reason."""

    severity: str
    reason: str
    suggested: bool
    cite: Citation | None = None


@dataclass(frozen=True, slots=True)
class ProcedureReading:
    """A procedure that fits, with the words that matched."""

    procedure: str
    title: str
    reason: str
    words: tuple[str, ...] = ()
    cite: Citation | None = None


@dataclass(frozen=True, slots=True)
class Declare:
    """Begin an incident. ``recorded``: a setting says that nobody is woken for it."""

    title: str
    service: str
    source: str
    summary: str = ""
    severity: SeverityReading | None = None
    procedure: ProcedureReading | None = None
    alert: JoiningAlert | None = None
    started_at: datetime | None = None
    group_key: str = ""
    group_reason: str = ""
    drill: bool = False
    recorded: str = ""


@dataclass(frozen=True, slots=True)
class JoinAlerts:
    """Alerts joined: ``distinct`` is the number of distinct alerts with them, ``alerts`` the new ones."""

    alerts: tuple[JoiningAlert, ...]
    distinct: int
    severity: SeverityReading | None = None


@dataclass(frozen=True, slots=True)
class ClearAlerts:
    """The sources say that every alert of the incident is over."""

    distinct: int


@dataclass(frozen=True, slots=True)
class AssessSeverity:
    """Set or change the severity."""

    reading: SeverityReading


@dataclass(frozen=True, slots=True)
class MatchProcedure:
    """Open a procedure of the runbook for this incident."""

    reading: ProcedureReading


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """``person`` has it; ``take_over`` when somebody else already had.

    ``alert`` is the fingerprint of the alert that was acknowledged at its source, ``at`` when that was, or
    somewhat later, by the engine's time.
    """

    person: str
    take_over: bool = False
    alert: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Escalate:
    """Page the next level now, or ``level``, and say why. ``trigger`` is the runbook's line that asks for it."""

    reason: str
    level: int | None = None
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class PagePerson:
    """Page one person, role or level by name, whatever the ladder says."""

    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakeRole:
    """``person`` takes a role of the response."""

    role: str
    person: str


@dataclass(frozen=True, slots=True)
class AddNote:
    """Write something down. ``mark`` names where it was written: what has been noted from there is not noted again.

    ``vendor`` is who outside was asked for help, ``case`` the number that they gave it; the text may be empty then.
    """

    text: str
    mark: str = ""
    vendor: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class TickStep:
    """A step was done, skipped, or did not help. ``run`` and ``output`` are of what was pasted, if anything was.

    ``answers``: the step is a question, answered by ``note``.
    """

    step: str
    title: str
    outcome: StepOutcome
    note: str = ""
    cite: Citation | None = None
    run: str = ""
    output: str = ""
    truncated: bool = False
    answers: bool = False


@dataclass(frozen=True, slots=True)
class StartStep:
    """Run a step's command: the fact is committed before the command starts.

    ``confirmed``, ``typed`` (the target's name) and ``break_glass`` (the reason) are what was given in consent; where
    a second person is needed and the glass is not broken, the run is proposed instead. ``shown`` is what was confirmed.
    ``verifies`` is the step whose change it checks.
    """

    run: str
    step: str
    title: str
    command: str
    node: str
    cite: Citation | None = None
    effect: Effect = Effect.READ_ONLY
    target: str = "local"
    environment: Environment = Environment.PRODUCTION
    digest: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    confirmed: bool = False
    typed: str = ""
    break_glass: str = ""
    evidence: bool = False
    verifies: str = ""
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class ChooseWay:
    """Take one of the ways that the runbook offers; the next step is then its first."""

    fork: str
    way: str
    label: str
    cite: Citation | None = None


@dataclass(frozen=True, slots=True)
class JudgeCondition:
    """A condition of the runbook holds, or does not: then the steps under it are passed over."""

    step: str
    condition: str
    holds: bool
    cite: Citation | None = None


@dataclass(frozen=True, slots=True)
class StartWait:
    """Begin to wait, or to watch, as long as a step of the runbook says."""

    step: str
    title: str
    span: timedelta
    cite: Citation | None = None


@dataclass(frozen=True, slots=True)
class ApproveStep:
    """Approve a proposed run. ``digest`` is of what the approver was shown, ``now_digest`` of what would run now."""

    run: str
    digest: str
    now_digest: str
    node: str


@dataclass(frozen=True, slots=True)
class DeclineStep:
    """Say no to a proposed run, or take it back."""

    run: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CancelStep:
    """End a running command."""

    run: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FinishStep:
    """A step's command ended. ``verdict`` is what it says of the change that it verifies, ``advice`` what then."""

    run: str
    outcome: StepOutcome
    exit_codes: tuple[int, ...] = ()
    output: str = ""
    truncated: bool = False
    seconds: float = 0.0
    verdict: Verdict = Verdict.LOOKED
    advice: str = ""
    streams: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class LoseStep:
    """The runner of a step is gone; nobody knows how far it came."""

    run: str
    reason: str


@dataclass(frozen=True, slots=True)
class PostUpdate:
    """Tell the team where things stand."""

    text: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class TellAudience:
    """Tell a group inside the company. ``update`` is its id, made by the caller; the text holds no unfilled blank."""

    update: str
    audience: Audience
    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class NotifyCustomers:
    """Publish an update. ``update`` is its id, made by the caller; the text must hold no unfilled blank."""

    update: str
    status: PublicStatus
    text: str
    components: tuple[str, ...] = ()
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Mitigate:
    """The impact is over."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmCheck:
    """One line of the verification list holds."""

    check: str


@dataclass(frozen=True, slots=True)
class Resolve:
    """End the incident. ``confirmed`` are checks confirmed with it; ``override`` says why others are left open.

    ``owed`` are sentences on what is not put back yet, ``unverified`` on changes that nobody has looked at; whoever
    gives the command has them of ``incident/owing.py``.
    """

    summary: str = ""
    confirmed: tuple[str, ...] = ()
    override: str = ""
    owed: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reopen:
    """It was not over."""

    reason: str


PageOutcome = Literal["sent", "delivered", "failed", "withdrawn", "left"]
"""``left``: it stands there still, and cannot be taken back."""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """What became of a page. An outcome that is known already leads to no fact."""

    page: str
    outcome: PageOutcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DraftPostmortem:
    """The post-mortem's text was saved; ``document`` is its hash."""

    document: str
    complete: bool = False


@dataclass(frozen=True, slots=True)
class PublishPostmortem:
    """Publish the post-mortem to the team; ``blanks`` are the fields nobody has filled."""

    document: str
    blanks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advance:
    """Time has passed: do what is due."""


Command = (
    Declare
    | JoinAlerts
    | ClearAlerts
    | AssessSeverity
    | MatchProcedure
    | Acknowledge
    | Escalate
    | PagePerson
    | TakeRole
    | AddNote
    | TickStep
    | StartStep
    | ApproveStep
    | DeclineStep
    | CancelStep
    | FinishStep
    | LoseStep
    | ChooseWay
    | JudgeCondition
    | StartWait
    | PostUpdate
    | TellAudience
    | NotifyCustomers
    | Mitigate
    | ConfirmCheck
    | Resolve
    | Reopen
    | RecordPage
    | DraftPostmortem
    | PublishPostmortem
    | Advance
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The incident says no. ``reason`` is a stable word for programs, ``message`` a sentence for people."""

    reason: str
    message: str
