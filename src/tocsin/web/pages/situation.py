"""What the Respond page shows, as values: a fold of an incident's view into the words of the screen. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from tocsin.app.customers.audiences import TEAM, Listener, listeners
from tocsin.app.execution.runs import run_name
from tocsin.app.incidents import IncidentView
from tocsin.app.team import Team
from tocsin.incident import facts as f
from tocsin.incident import step_facts as s
from tocsin.incident.choices import NO_PAGE
from tocsin.incident.facts import Citation, Recorded, TargetClock
from tocsin.incident.incident import ROLES, Incident, kind_of_role
from tocsin.incident.pending import CATCH_ALL, Coming, Pending
from tocsin.incident.plan import Assumption, Check, PlannedLevel, PlannedTrigger
from tocsin.incident.streams import Piece, merged, part, pieces
from tocsin.incident.summary import IncidentState
from tocsin.incident.timeline import sentence
from tocsin.runbook.playbook import Link, Playbook

NEWEST, SHOWN = 12, 120
"""Entries of the timeline that are seen at once, and those on a page; the rest is behind a link."""
ON_THE_TIMELINE = 4000
"""Characters of an output that stand there."""

CLOCKS = {
    TargetClock.RESPONSE: "Respond",
    TargetClock.ACKNOWLEDGE: "Acknowledge",
    TargetClock.RESOLUTION: "Resolve",
    TargetClock.UPDATE: "Next update",
    TargetClock.POSTMORTEM: "Post-mortem",
}
COMING = {
    Coming.LEVEL: "Escalates:",
    Coming.REPEAT: "Pages again",
    Coming.NEXT_WAY: "Tries:",
    Coming.LAPSE: "Acknowledgement lapses",
    Coming.APPROVAL: "Request becomes void:",
    Coming.CALM: "Flapping is over",
    Coming.WAIT: "Time is over:",
    Coming.REMINDER: "Reminds of the update",
    Coming.TIME_BOX: "Time for:",
}
STATES = {
    IncidentState.TRIGGERED: "Triggered",
    IncidentState.ACKNOWLEDGED: "Acknowledged",
    IncidentState.MITIGATED: "Mitigated",
    IncidentState.RESOLVED: "Resolved",
}

KINDS: dict[type[f.Fact], str] = {
    f.Declared: "begin",
    f.Reopened: "begin",
    f.AlertJoined: "alert",
    f.AlertsTallied: "alert",
    f.AlertsCleared: "good",
    f.AlertsFlapping: "bad",
    f.AlertsCalm: "good",
    f.SeverityAssessed: "change",
    f.ProcedureMatched: "book",
    f.LevelPaged: "page",
    f.Paged: "page",
    f.Reminded: "page",
    f.PageSent: "quiet",
    f.PageDelivered: "quiet",
    f.PageFailed: "bad",
    f.PageWithdrawn: "quiet",
    f.PageLeftStanding: "quiet",
    f.LevelSkipped: "bad",
    f.EscalationExhausted: "bad",
    f.AcknowledgementLapsed: "bad",
    f.TargetMissed: "bad",
    f.PhaseOverran: "alert",
    f.UpdateReminded: "alert",
    s.StepOutcomeUnknown: "bad",
    s.StepProposed: "change",
    s.StepApproved: "good",
    s.StepDeclined: "bad",
    s.StepApprovalExpired: "bad",
    s.GlassBroken: "bad",
    s.WayChosen: "change",
    s.ConditionJudged: "change",
    s.WaitEnded: "alert",
    s.EvidenceGathered: "book",
    s.ChangeVerified: "good",
    f.TargetMet: "good",
    f.Acknowledged: "good",
    f.Mitigated: "good",
    f.Resolved: "good",
    f.CheckConfirmed: "good",
    f.AudienceTold: "tell",
    f.CustomersNotified: "tell",
}
"""How an entry of the timeline looks; what is not listed is plain."""


@dataclass(frozen=True, slots=True)
class Countdown:
    """One thing that time brings."""

    label: str
    detail: str
    at: datetime
    cite: Citation | None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the timeline. ``run`` is the name of the run whose end it tells, ``printed`` its output, cut."""

    seq: int
    at: datetime
    text: str
    kind: str
    cite: Citation | None
    printed: tuple[Piece, ...] = ()
    run: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """Who says that nobody is paged for this severity: a setting, or the line of the runbook that answers it."""

    setting: str
    cite: Citation | None


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything above the steps, and the timeline below them."""

    incident: Incident
    state: str
    severity: str
    rank: int
    holder: str
    held_by_me: bool
    countdowns: tuple[Countdown, ...]
    missed: tuple[str, ...]
    lines: tuple[Line, ...]
    earlier: tuple[Line, ...]
    hidden: int
    roles: tuple[tuple[str, str], ...]
    recorded: Recording | None
    levels: tuple[PlannedLevel, ...]
    next_level: int | None
    triggers: tuple[PlannedTrigger, ...]
    checks: tuple[tuple[Check, bool], ...]
    assumptions: tuple[Assumption, ...]
    accepted: tuple[Assumption, ...]
    listeners: tuple[Listener, ...]
    has_own_words: bool
    service: str
    dashboard: str | None
    duties: Mapping[str, str] = field(default_factory=dict)
    """What the runbook asks of a role or a level, by its word."""
    links: tuple[Link, ...] = ()

    @property
    def open_checks(self) -> int:
        """How many lines of the verification list nobody has confirmed."""
        return sum(not confirmed for _, confirmed in self.checks)


def situation(view: IncidentView, team: Team, me: str, *, everything: bool = False) -> Situation:
    """The screen's values for one incident. ``me`` is the handle of whoever looks."""
    incident = view.incident
    name = names(team)
    plan = incident.severity_plan
    shown = view.timeline if everything else view.timeline[-SHOWN:]
    zone = ZoneInfo(team.zone)
    lines = tuple(_line(one, name, zone) for one in reversed(shown))
    settings = team.services.get(incident.service)
    return Situation(
        incident=incident,
        state=STATES[incident.state],
        severity=incident.severity or "Unassessed",
        rank=plan.rank if incident.severity else -1,
        holder=name(incident.acknowledged_by) if incident.acknowledged_by else "",
        held_by_me=incident.acknowledged_by == me,
        countdowns=tuple(_countdown(one) for one in _to_come(view.coming)),
        missed=tuple(CLOCKS[clock] for clock, one in incident.clocks.items() if one.missed_at is not None),
        lines=lines[:NEWEST],
        earlier=lines[NEWEST:],
        hidden=len(view.timeline) - len(shown),
        roles=_roles(incident, name),
        recorded=None if plan.pages else _recording(incident),
        levels=plan.levels,
        next_level=next((one.level for one in view.coming if one.kind is Coming.LEVEL), None),
        triggers=incident.plan.triggers_of(incident.severity),
        checks=tuple((check, check.id in incident.checks) for check in incident.plan.checks),
        assumptions=tuple(one for one in incident.plan.assumptions if not one.accepted),
        accepted=tuple(one for one in incident.plan.assumptions if one.accepted),
        listeners=listeners(view.playbook, incident, team.outlets(incident.service)),
        has_own_words=any(one.audience == TEAM for one in view.playbook.templates),
        service=settings.name if settings else incident.service,
        dashboard=settings.dashboard if settings else None,
        duties=_duties(view.playbook),
        links=tuple(one for one in view.playbook.links if one.url),
    )


def _duties(playbook: Playbook) -> dict[str, str]:
    """What the runbook asks of each role and each level, by the words that it calls them."""
    said: dict[str, dict[str, None]] = {}
    for role in playbook.roles:
        said.setdefault(role.name, {}).update(dict.fromkeys(role.responsibilities))
    for level in playbook.escalation_levels:
        asked = level.responsibilities or ((level.condition,) if level.condition else ())
        for target in level.targets:
            said.setdefault(target, {}).update(dict.fromkeys(asked))
    return {word: "; ".join(asked) for word, asked in said.items() if asked}


def names(team: Team) -> Callable[[str], str]:
    """Gives a person's name for a handle, the handle itself where there is none."""
    known = {person.handle: person.name for person in team.roster.people}
    return lambda handle: known.get(handle, handle)


def _recording(incident: Incident) -> Recording:
    if incident.recorded:
        return Recording(incident.recorded, None)
    said = next((one for one in incident.plan.assumptions if one.key == NO_PAGE), None)
    if said is None:  # a plan of before plans kept that
        return Recording(NO_PAGE, None)
    return Recording(f"service.{incident.service}.{NO_PAGE}", said.cite)


def _to_come(coming: Sequence[Pending]) -> Iterator[Pending]:
    """What time brings, without the repeat of a page that a level takes the place of."""
    level = next((one.at for one in coming if one.kind is Coming.LEVEL), None)
    return (one for one in coming if one.kind is not Coming.REPEAT or level is None or one.at < level)


def _countdown(one: Pending) -> Countdown:
    label = CLOCKS[one.clock] if one.clock else COMING[one.kind]
    if one.kind is Coming.REPEAT and one.what == CATCH_ALL:
        label = "Pages the catch-all"
    detail = one.what if one.kind in (Coming.LEVEL, Coming.NEXT_WAY, Coming.APPROVAL) else ""
    if one.kind in (Coming.WAIT, Coming.TIME_BOX):
        detail = one.what.partition(": ")[2]
    return Countdown(label, detail, one.at, one.cite)


def _line(one: Recorded, name: Callable[[str], str], zone: tzinfo) -> Line:
    fact = one.fact
    kind = KINDS.get(type(fact), "plain")
    if isinstance(fact, s.ChangeVerified):
        kind = {s.Verdict.NOT_VERIFIED: "bad", s.Verdict.LOOKED: "book"}.get(fact.verdict, kind)
    if isinstance(fact, s.StepStarted) and fact.evidence:
        kind = "quiet"  # its end says what it found
    if isinstance(fact, s.StepTicked) and fact.output:
        printed = _begun((Piece(fact.output),))
        return Line(one.seq, one.at, sentence(one, name, zone), kind, fact.cite, printed, run_name(fact.run))
    if not isinstance(fact, s.StepFinished):
        return Line(one.seq, one.at, sentence(one, name, zone), kind, fact.cite)
    kind = "good" if fact.outcome is s.StepOutcome.SUCCEEDED else "bad"
    printed = _begun(pieces(fact.output, fact.streams))
    return Line(one.seq, one.at, sentence(one, name, zone), kind, fact.cite, printed, run_name(fact.run))


def _begun(output: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """As much of an output as stands on the timeline."""
    left = sum(len(one.text) for one in output) - ON_THE_TIMELINE
    return merged(output) if left <= 0 else (*part(output, 0, ON_THE_TIMELINE), Piece("\n[…]"))


def _roles(incident: Incident, name: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    named = {kind_of_role(role): role for role in (*incident.roles, *incident.plan.roles)}
    wanted = dict.fromkeys(
        (*(named.get(kind_of_role(role), role) for role in ROLES), *incident.plan.roles, *incident.roles)
    )
    return tuple((role, name(incident.roles[role]) if role in incident.roles else "") for role in wanted)
