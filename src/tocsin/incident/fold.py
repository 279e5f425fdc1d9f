"""What each fact changes of an incident: the fold over its facts, and nothing else, makes one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tocsin.incident import facts as f
from tocsin.incident import step_facts as s
from tocsin.incident.facts import ActorKind, Fact, Recorded, TargetClock
from tocsin.incident.incident import (
    FLAPS,
    NO_LEVEL,
    Chosen,
    Clock,
    Incident,
    PageState,
    Round,
    StepState,
    Told,
)
from tocsin.incident.plan import ResponsePlan
from tocsin.incident.step_facts import StepOutcome


def fold(plan: ResponsePlan, recorded: Sequence[Recorded]) -> Incident:
    """The incident that these facts make. The first one must be ``Declared``; raises ValueError otherwise."""
    first = recorded[0]
    if not isinstance(first.fact, f.Declared):
        raise ValueError(f"{first.incident_id} does not begin with its declaration")
    incident = begin(plan, first)
    for one in recorded[1:]:
        take_in(incident, one)
    return incident


def begin(plan: ResponsePlan, recorded: Recorded) -> Incident:
    """The incident after its declaration."""
    declared = recorded.fact
    assert isinstance(declared, f.Declared)
    return Incident(
        id=recorded.incident_id,
        plan=plan,
        declared_at=recorded.at,
        title=declared.title,
        service=declared.service,
        source=declared.source,
        playbook=declared.playbook,
        round=Round(1, recorded.at),
        summary=declared.summary,
        started_at=declared.started_at,
        group_key=declared.group_key,
        drill=declared.drill,
        recorded=declared.recorded,
        last_seq=recorded.seq,
        updated_at=recorded.at,
        last_human_at=recorded.at if recorded.by.kind is ActorKind.PERSON else None,
    )


def take_in(i: Incident, recorded: Recorded) -> None:
    """Take in the next fact. Raises ValueError when its ``seq`` does not follow."""
    if recorded.seq != i.last_seq + 1:
        raise ValueError(f"{i.id}: fact {recorded.seq} does not follow {i.last_seq}")
    i.last_seq = recorded.seq
    i.updated_at = recorded.at
    if recorded.by.kind is ActorKind.PERSON:
        i.last_human_at = recorded.at
        if isinstance(recorded.fact, f.LevelPaged | f.EscalationExhausted | f.NoteAdded):
            i.asked = Told(recorded.at, recorded.by, recorded.fact)
    _of_fact(i, recorded.fact, recorded)


def _of_fact(i: Incident, fact: Fact, recorded: Recorded) -> None:
    at = recorded.at
    match fact:
        case f.AlertJoined() | f.AlertsTallied() | f.AlertsCleared() | f.AlertsFlapping() | f.AlertsCalm():
            _alerts(i, fact, at)
        case f.SeverityAssessed():
            i.severity, i.severity_at, i.severity_reason = fact.severity, at, fact.reason
            i.severity_cite = fact.cite
            if i.lets_page(recorded.by):
                i.recorded, i.planned = "", None
            if fact.escalate_by is not None:
                i.round.not_later_than = fact.escalate_by
        case f.ProcedureMatched():
            i.procedures.append(fact)
            i.procedure_at.setdefault(fact.procedure, at)
        case f.LevelPaged() | f.LevelSkipped() | f.EscalationExhausted() | f.Acknowledged() | f.AcknowledgementLapsed():
            _escalation(i, fact, at)
        case f.Paged() | f.PageSent() | f.PageDelivered() | f.PageFailed() | f.PageWithdrawn() | f.PageLeftStanding():
            _pages(i, fact, at)
        case f.TargetMet(clock=clock, deadline=deadline):
            i.clocks[clock] = Clock(deadline, met_at=at)
        case f.TargetMissed(clock=clock, deadline=deadline):
            i.clocks[clock] = Clock(deadline, missed_at=at)
            if clock is TargetClock.UPDATE:
                i.update_missed_at = at
        case f.UpdateReminded(deadline=deadline):
            i.reminded_of = deadline
        case f.PhaseOverran(phase=phase):
            i.overran.add(phase)
        case f.RoleTaken(role=role, person=person):
            i.roles[role] = person
        case (
            s.StepTicked()
            | s.StepProposed()
            | s.StepDeclined()
            | s.StepApprovalExpired()
            | s.StepStarted()
            | s.StepCancelRequested()
            | s.StepFinished()
            | s.StepOutcomeUnknown()
            | s.WaitStarted()
            | s.WaitEnded()
        ):
            _steps(i, fact, recorded)
        case s.ChangeVerified(run=run, verdict=verdict):
            check = i.step_of_run(run)
            if check is not None:
                i.steps[check.step] = replace(check, verdict=verdict)
        case s.WayChosen(fork=fork, way=way, label=label):
            i.ways[fork] = Chosen(way, label, at)
        case s.ConditionJudged(step=step, holds=holds):
            i.judged[step] = holds
        case f.NoteAdded(mark=mark, vendor=vendor, case=case):
            if mark:
                i.noted.add(mark)
            if vendor:
                i.asked_outside[vendor] = case or i.asked_outside.get(vendor, "")
        case f.StatusUpdated():
            i.said, i.last_update_at = Told(at, recorded.by, fact), at
        case f.AudienceTold(audience=audience):
            i.told[audience] = Told(at, recorded.by, fact)
            if audience is f.Audience.STAKEHOLDERS:
                i.last_update_at = at
        case f.CustomersNotified():
            i.public, i.public_at, i.public_by, i.last_update_at = fact, at, recorded.by, at
        case f.CheckConfirmed(check=check):
            i.checks[check] = at
        case f.Mitigated() | f.Resolved() | f.Reopened():
            _ending(i, fact, at)
        case f.PostmortemDrafted(document=document, complete=complete):
            i.postmortem, i.postmortem_complete = document, complete
        case f.PostmortemPublished(document=document):
            i.postmortem, i.postmortem_published_at = document, at
        case _:
            pass  # notes, approvals and evidence are told, not folded; a newer version's facts are kept and skipped


def _alerts(
    i: Incident,
    fact: f.AlertJoined | f.AlertsTallied | f.AlertsCleared | f.AlertsFlapping | f.AlertsCalm,
    at: datetime,
) -> None:
    match fact:
        case f.AlertJoined():
            i.alerts.append(fact)
            i.distinct_alerts = max(i.distinct_alerts, len({a.fingerprint for a in i.alerts}))
            i.cleared_at = None
        case f.AlertsTallied(distinct=distinct):
            i.tallied = distinct
            i.distinct_alerts = max(i.distinct_alerts, distinct)
            i.cleared_at = None
        case f.AlertsCleared(distinct=distinct):
            i.distinct_alerts = max(i.distinct_alerts, distinct)
            i.cleared_at = at
            i.clears = (*i.clears[1 - FLAPS :], at)
        case f.AlertsFlapping():
            i.flapping, i.flapping_at = fact, at
            i.clears, i.cleared_at = (), None
        case f.AlertsCalm():
            i.flapping = i.flapping_at = None


def _escalation(
    i: Incident,
    fact: f.LevelPaged | f.LevelSkipped | f.EscalationExhausted | f.Acknowledged | f.AcknowledgementLapsed,
    at: datetime,
) -> None:
    if isinstance(fact, f.LevelPaged | f.LevelSkipped | f.EscalationExhausted) and fact.cite is not None:
        i.cited.add((fact.cite.first, fact.cite.last))
    match fact:
        case f.LevelPaged(level=level, repeat=repeat):
            i.round.paged.setdefault(level, at)
            i.round.repeats[level] = repeat
            i.round.last_page_at = at
            i.round.not_later_than = None
        case f.LevelSkipped(level=level):
            i.round.skipped[level] = at
            i.round.last_page_at = at  # it was tried: what follows counts from here
            i.round.not_later_than = None
        case f.EscalationExhausted():
            i.round.catch_all_rounds += 1
            i.round.last_page_at = i.round.catch_all_at = at
        case f.Acknowledged(person=person):
            i.acknowledged_by, i.acknowledged_at = person, at
            i.first_acknowledged_at = i.first_acknowledged_at or at
        case f.AcknowledgementLapsed():
            i.acknowledged_by = i.acknowledged_at = None
            i.round = Round(i.round.cycle + 1, at)


_PageFact = f.Paged | f.PageSent | f.PageDelivered | f.PageFailed | f.PageWithdrawn | f.PageLeftStanding


def _pages(i: Incident, fact: _PageFact, at: datetime) -> None:
    if isinstance(fact, f.Paged):
        if fact.level == NO_LEVEL and fact.cite is not None:
            i.cited.add((fact.cite.first, fact.cite.last))
        i.pages[fact.page] = PageState(
            fact.page,
            fact.person,
            fact.way,
            fact.level,
            fact.cycle,
            at,
            fact.reason,
            fact.wanted_until,
            fact.others,
            fact.others_at,
        )
        if fact.wanted_until is not f.WantedUntil.UPDATED:  # a reminder wakes nobody, and puts off no page
            i.round.last_page_at = at
        return
    page = i.pages.get(fact.page)
    if page is None:
        return
    if i.shares:
        page = i.pages[fact.page] = replace(page)
    match fact:
        case f.PageSent(receipt=receipt):
            page.sent_at, page.receipt = page.sent_at or at, receipt
        case f.PageDelivered():
            page.delivered_at = page.delivered_at or at
        case f.PageFailed(reason=reason):
            page.failed_at, page.failure = at, reason
        case f.PageWithdrawn() | f.PageLeftStanding():
            page.withdrawn_at = page.withdrawn_at or at


StepFact = (
    s.StepTicked
    | s.StepProposed
    | s.StepDeclined
    | s.StepApprovalExpired
    | s.StepStarted
    | s.StepCancelRequested
    | s.StepFinished
    | s.StepOutcomeUnknown
    | s.WaitStarted
    | s.WaitEnded
)


def _steps(i: Incident, fact: StepFact, recorded: Recorded) -> None:
    at = recorded.at
    step = i.steps.get(fact.step)
    if step is None:
        step = i.steps[fact.step] = StepState(fact.step, fact.title)
    elif i.shares:
        step = i.steps[fact.step] = replace(step)
    match fact:
        case s.StepTicked(outcome=outcome, note=note):
            step.outcome, step.note, step.ended_at, step.verdict = outcome, note, at, None
            step.by, step.request, step.waiting = recorded.by.name, None, None
            if fact.output:
                step.run, step.output, step.streams, step.exit_codes = fact.run, fact.output, (), ()
        case s.StepProposed():
            step.request, step.requested_by = fact, recorded.by.name
        case s.StepDeclined() | s.StepApprovalExpired():
            step.request = None
        case s.StepStarted():
            _started(step, fact, recorded)
        case s.StepCancelRequested():
            step.cancelled_by = recorded.by.name
        case s.StepFinished():
            step.running, step.outcome, step.ended_at = False, fact.outcome, at
            step.output, step.streams, step.exit_codes = fact.output, fact.streams, fact.exit_codes
        case s.StepOutcomeUnknown():
            step.running, step.outcome, step.ended_at = False, StepOutcome.UNKNOWN, at
        case s.WaitStarted():
            step.waiting, step.waited_at, step.outcome, step.ended_at = fact, None, None, None
            step.by, step.started_at, step.verdict = recorded.by.name, at, None
        case s.WaitEnded():
            step.waiting, step.waited_at = None, at


def _started(step: StepState, fact: s.StepStarted, recorded: Recorded) -> None:
    step.run, step.running, step.started_at = fact.run, True, recorded.at
    step.outcome, step.output, step.streams, step.exit_codes, step.ended_at = None, "", (), (), None
    step.by = step.requested_by if fact.approved_by else recorded.by.name
    step.effect, step.target, step.command = fact.effect, fact.target, fact.command
    step.digest, step.parameters, step.evidence = fact.digest, fact.parameters, fact.evidence
    step.approved_by, step.cancelled_by, step.request = fact.approved_by, "", None
    step.verifies, step.verdict = fact.verifies, None


def _ending(i: Incident, fact: f.Mitigated | f.Resolved | f.Reopened, at: datetime) -> None:
    match fact:
        case f.Mitigated():
            i.mitigated_at = at
        case f.Resolved(summary=summary):
            i.resolved_at, i.resolution = at, summary
            for step in i.waiting_steps():
                i.steps[step.step] = replace(step, waiting=None)  # whoever ends the incident has stopped watching
        case f.Reopened():
            i.resolved_at = i.mitigated_at = i.cleared_at = None
            i.clears, i.flapping, i.flapping_at = (), None, None
            i.acknowledged_by = i.acknowledged_at = None
            i.checks.clear()
            i.clocks.pop(TargetClock.POSTMORTEM, None)
            i.last_update_at = at
            i.reopened, i.reopened_at = i.reopened + 1, at
            i.round = Round(i.round.cycle + 1, at)
