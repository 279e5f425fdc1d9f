"""An incident as it stands: the fold over its facts.

There is no other state. ``Incident`` is built in ``fold.py`` only, and everybody else reads it; two folds over the same
facts are equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from tocsin.incident import facts as f
from tocsin.incident import step_facts as s
from tocsin.incident.facts import Citation, TargetClock, WantedUntil
from tocsin.incident.plan import ResponsePlan, SeverityPlan
from tocsin.incident.step_facts import StepOutcome, Verdict
from tocsin.incident.step_phase import StepPhase
from tocsin.incident.streams import Mark, Piece, pieces
from tocsin.incident.summary import IncidentState

COMMANDER = "Incident Commander"
COMMUNICATIONS = "Communications Lead"
ROLES = (COMMANDER, COMMUNICATIONS, "Scribe")
"""The roles of every incident; a runbook may name more, or these in its own words."""
NO_LEVEL = 0
"""The level number of pages that belong to no level: the catch-all, pages by name, and those of a line of its own."""
FLAPS = 5
FLAPS_WITHIN = timedelta(minutes=30)
"""Alerts that were all resolved so often within so long are flapping."""
CLICKED_TWICE = timedelta(minutes=1)
"""The same words to the same people sooner than this are a second click; later they are news: nothing has changed."""
ASKED_TWICE = timedelta(seconds=20)
"""Who asks for more people with the same words sooner than this has clicked twice: nobody else is woken for it."""
CALM = timedelta(minutes=20)
"""They are no more when nothing of it was told for so long."""
HELPED = (StepOutcome.DONE, StepOutcome.SUCCEEDED)
IN_VAIN = (StepOutcome.FAILED, StepOutcome.TIMED_OUT, StepOutcome.CANCELLED, StepOutcome.DID_NOT_HELP)


F_co = TypeVar("F_co", bound=f.Fact, covariant=True)


@dataclass(frozen=True, slots=True)
class Told(Generic[F_co]):
    """What somebody was told last: when, by whom, and the fact of it."""

    at: datetime
    by: f.Actor
    fact: F_co


@dataclass(slots=True)
class PageState:
    """One page and what became of it. ``withdrawn_at``: taken back, or found to be beyond that."""

    page: str
    person: str
    way: str
    level: int
    cycle: int
    at: datetime
    reason: str
    wanted_until: WantedUntil
    others: tuple[str, ...] = ()
    others_at: tuple[datetime, ...] = ()
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""
    receipt: str = ""
    withdrawn_at: datetime | None = None


@dataclass(slots=True)
class StepState:
    """Where a step of the procedure stands in this incident.

    ``verdict`` is what its last run has found of the change that it ``verifies``; a tick by hand takes its place.
    """

    step: str
    title: str
    outcome: StepOutcome | None = None
    run: str | None = None
    running: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None
    by: str = ""
    output: str = ""
    streams: tuple[Mark, ...] = ()
    exit_codes: tuple[int, ...] = ()
    note: str = ""
    effect: str = ""
    target: str = ""
    command: str = ""
    digest: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    evidence: bool = False
    verifies: str = ""
    verdict: Verdict | None = None
    approved_by: str = ""
    cancelled_by: str = ""
    request: s.StepProposed | None = None
    requested_by: str = ""
    waiting: s.WaitStarted | None = None
    waited_at: datetime | None = None

    @property
    def phase(self) -> StepPhase:
        """Where it stands, in one word."""
        if self.request is not None:
            return StepPhase.AWAITING_APPROVAL
        if self.running:
            return StepPhase.CANCELLING if self.cancelled_by else StepPhase.RUNNING
        if self.waiting is not None:
            return StepPhase.WAITING
        return StepPhase(self.outcome.value) if self.outcome else StepPhase.PENDING

    @property
    def printed(self) -> tuple[Piece, ...]:
        """The output by its streams."""
        return pieces(self.output, self.streams)

    @property
    def looked_bad(self) -> bool:
        """Whether it was in vain, or ended well as a command and found that the change is not well."""
        return self.outcome in IN_VAIN or self.verdict is Verdict.NOT_VERIFIED


def kind_of_role(role: str) -> str:
    """What a role is for, however it is called.

    >>> kind_of_role("Communications Lead") == kind_of_role("communication lead")
    True
    """
    word = next((word for word in role.casefold().split() if word != "incident"), "")
    return word[:6]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The way that was chosen last at a fork of the procedure, by the id of its first step."""

    way: str
    label: str
    at: datetime


@dataclass(slots=True)
class Round:
    """One round of escalation: it starts at the declaration, at a reopening, or when an acknowledgement lapses.

    ``paged`` keeps when each level was paged first, ``repeats`` how often it was paged again, ``catch_all_at`` when
    the catch-all was paged last.
    """

    cycle: int
    started_at: datetime
    paged: dict[int, datetime] = field(default_factory=dict)
    repeats: dict[int, int] = field(default_factory=dict)
    skipped: dict[int, datetime] = field(default_factory=dict)
    last_page_at: datetime | None = None
    catch_all_rounds: int = 0
    catch_all_at: datetime | None = None
    not_later_than: datetime | None = None

    @property
    def last_level(self) -> int:
        """The highest level whose turn has come in this round; 0 when none has."""
        return max((*self.paged, *self.skipped), default=0)

    @property
    def last_at(self) -> datetime | None:
        """When the last level's turn came."""
        return max((*self.paged.values(), *self.skipped.values()), default=None)


@dataclass(slots=True)
class Clock:
    """One clock of the runbook that was met or missed."""

    deadline: datetime
    met_at: datetime | None = None
    missed_at: datetime | None = None


@dataclass(slots=True)
class Incident:
    """An incident as its facts tell it. ``plan`` is the one that was pinned when it was declared."""

    id: str
    plan: ResponsePlan
    declared_at: datetime
    title: str
    service: str
    source: str
    playbook: str
    round: Round
    summary: str = ""
    started_at: datetime | None = None
    group_key: str = ""
    drill: bool = False
    recorded: str = ""  # the setting that says that nobody is woken, until a person says how severe it is
    last_seq: int = 0
    updated_at: datetime | None = None
    severity: str | None = None
    severity_at: datetime | None = None
    severity_reason: str = ""
    severity_cite: Citation | None = None
    procedures: list[f.ProcedureMatched] = field(default_factory=list)
    procedure_at: dict[str, datetime] = field(default_factory=dict)
    alerts: list[f.AlertJoined] = field(default_factory=list)
    distinct_alerts: int = 0
    tallied: int = 0
    cleared_at: datetime | None = None
    clears: tuple[datetime, ...] = ()  # the last ones, when all alerts were resolved
    flapping: f.AlertsFlapping | None = None
    flapping_at: datetime | None = None  # when that was last told
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    first_acknowledged_at: datetime | None = None
    last_human_at: datetime | None = None
    pages: dict[str, PageState] = field(default_factory=dict)
    clocks: dict[TargetClock, Clock] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    steps: dict[str, StepState] = field(default_factory=dict)
    ways: dict[str, Chosen] = field(default_factory=dict)  # by fork
    judged: dict[str, bool] = field(default_factory=dict)  # by the first step under the condition
    said: Told[f.StatusUpdated] | None = None  # to the team, last
    last_update_at: datetime | None = None
    update_missed_at: datetime | None = None
    reminded_of: datetime | None = None  # the deadline of an update that somebody was last reminded of
    overran: set[str] = field(default_factory=set)  # the titles of phases whose time was over before they were
    public: f.CustomersNotified | None = None
    public_at: datetime | None = None
    public_by: f.Actor | None = None
    told: dict[f.Audience, Told[f.AudienceTold]] = field(default_factory=dict)  # the last of each
    checks: dict[str, datetime] = field(default_factory=dict)
    cited: set[tuple[int, int]] = field(default_factory=set)  # lines of the runbook that have called for a level
    noted: set[str] = field(default_factory=set)  # messages of a chat that are notes already
    asked: Told[f.Fact] | None = None  # what a person has asked for, or written down, last
    asked_outside: dict[str, str] = field(default_factory=dict)  # the case number by vendor, "" while there is none
    shares: bool = field(default=False, compare=False, repr=False)
    """Whether its pages and steps are those of a copy as well, so that one is replaced before it is changed."""
    foreseen: tuple[int, tuple[Any, ...]] | None = field(default=None, compare=False, repr=False)
    """What ``pending`` has found, and after which fact: only facts change what comes."""
    planned: tuple[str | None, SeverityPlan] | None = field(default=None, compare=False, repr=False)
    """The plan of the severity that was asked for last: each deadline asks for it many times."""
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution: str = ""
    reopened: int = 0
    reopened_at: datetime | None = None
    postmortem: str | None = None
    postmortem_complete: bool = False
    postmortem_published_at: datetime | None = None

    @property
    def state(self) -> IncidentState:
        """Where it stands, in one word."""
        if self.resolved_at is not None:
            return IncidentState.RESOLVED
        if self.mitigated_at is not None:
            return IncidentState.MITIGATED
        if self.acknowledged_by is not None:
            return IncidentState.ACKNOWLEDGED
        return IncidentState.TRIGGERED

    @property
    def is_open(self) -> bool:
        """Not resolved."""
        return self.resolved_at is None

    @property
    def is_burning(self) -> bool:
        """Neither resolved nor mitigated: people may be woken for it."""
        return self.resolved_at is None and self.mitigated_at is None

    @property
    def severity_plan(self) -> SeverityPlan:
        """What the plan asks for at the present severity."""
        if self.planned is None or self.planned[0] != self.severity:
            plan = self.plan.severity(self.severity)
            self.planned = (self.severity, replace(plan, pages=False) if self.recorded else plan)
        return self.planned[1]

    @property
    def procedure(self) -> str | None:
        """The procedure that was matched last."""
        return self.procedures[-1].procedure if self.procedures else None

    def lets_page(self, by: f.Actor) -> bool:
        """Whether what is recorded only wakes people once this actor says how severe it is."""
        return bool(self.recorded) and by.kind in (f.ActorKind.PERSON, f.ActorKind.TOKEN)

    def running_steps(self) -> list[StepState]:
        """Steps whose command has started and not ended."""
        return [s for s in self.steps.values() if s.running]

    def waiting_steps(self) -> list[StepState]:
        """Steps that are waited for, or watched, at the moment."""
        return [s for s in self.steps.values() if s.waiting is not None]

    def step_of_run(self, run: str) -> StepState | None:
        """The step that this run belongs to."""
        return next((s for s in self.steps.values() if s.run == run), None)

    def request_of_run(self, run: str) -> StepState | None:
        """The step whose open request this run is."""
        return next((s for s in self.steps.values() if s.request is not None and s.request.run == run), None)

    def evidence(self) -> list[StepState]:
        """The steps that were last looked at by themselves, in their order."""
        return [s for s in self.steps.values() if s.evidence]

    def is_flapping(self, now: datetime) -> bool:
        """Whether its alerts come and go: said of it lately, and it has not been calm since."""
        return self.flapping_at is not None and now - self.flapping_at < CALM

    def copy(self) -> Incident:
        """An independent copy; the plan and the facts inside are immutable and shared.

        Its pages and steps are shared too until one of both changes one: most decisions change one or none of many.
        """
        self.shares = True
        return replace(
            self,
            round=replace(
                self.round,
                paged=dict(self.round.paged),
                repeats=dict(self.round.repeats),
                skipped=dict(self.round.skipped),
            ),
            procedures=list(self.procedures),
            procedure_at=dict(self.procedure_at),
            alerts=list(self.alerts),
            pages=dict(self.pages),
            clocks=dict(self.clocks),
            roles=dict(self.roles),
            steps=dict(self.steps),
            ways=dict(self.ways),
            judged=dict(self.judged),
            told=dict(self.told),
            checks=dict(self.checks),
            cited=set(self.cited),
            overran=set(self.overran),
            noted=set(self.noted),
            asked_outside=dict(self.asked_outside),
        )
