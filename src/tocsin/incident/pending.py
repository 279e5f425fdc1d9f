"""What happens next if nobody acts, soonest first.

This one pure function is the alarm clock of the engine (its first entry is the row ``next_due_at``), the
countdown on every screen, the minutes of ``tocsin rehearse`` and the oracle of the simulation. Nothing else
computes a deadline.

The rules (each with its decision in ``docs/adr``): clocks count from the declaration, whatever the severity was
then; a level that awaits an acknowledgement counts from the start of the round, one that awaits resolution from
the declaration; after a late page the next level still gets its full window; a raised severity never moves an
escalation later.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.incident.facts import Citation, TargetClock, WantedUntil
from tocsin.incident.incident import CALM, Incident, PageState
from tocsin.incident.plan import Awaits, PlannedCadence, PlannedLevel, PlannedTarget, ResponsePlan, TimeBox
from tocsin.oncall.calendar import after_days, after_hours
from tocsin.runbook.stated import WorkingUnit

CLOCKS = {
    TargetClock.RESPONSE: "response target",
    TargetClock.ACKNOWLEDGE: "acknowledgement target",
    TargetClock.RESOLUTION: "resolution target",
    TargetClock.UPDATE: "next status update",
    TargetClock.POSTMORTEM: "post-mortem",
}
"""What the clocks of the runbook are called, before they run out and after."""


CATCH_ALL = "page the catch-all"


class Coming(StrEnum):
    """The kinds of things that time brings."""

    LEVEL = "level"  # the next escalation level is paged
    REPEAT = "repeat"  # the same level is paged again, or the catch-all
    NEXT_WAY = "next_way"  # a person is paged by another way
    LAPSE = "lapse"  # an acknowledgement lapses
    TARGET = "target"  # a clock of the runbook runs out
    APPROVAL = "approval"  # a request for approval becomes void
    CALM = "calm"  # alerts that came and went do so no more
    WAIT = "wait"  # the time that a step asks to wait or watch is over
    REMINDER = "reminder"  # a status update is due soon
    TIME_BOX = "time_box"  # the time that the runbook gives a phase is over


@dataclass(frozen=True, slots=True)
class Pending:
    """One thing that will happen at an instant unless somebody acts."""

    at: datetime
    kind: Coming
    what: str
    level: int | None = None
    clock: TargetClock | None = None
    page: str | None = None
    cite: Citation | None = None
    run: str | None = None
    step: str | None = None
    phase: str | None = None


def pending(incident: Incident) -> tuple[Pending, ...]:
    """What happens next to this incident if nobody acts, soonest first; empty when nothing will."""
    if incident.foreseen is None or incident.foreseen[0] != incident.last_seq:
        incident.foreseen = (incident.last_seq, _pending(incident))
    return incident.foreseen[1]


def _pending(incident: Incident) -> tuple[Pending, ...]:
    found = [*_targets(incident)]
    found += _approvals(incident)
    if incident.is_open:
        found += _next_ways(incident)
        found += _waits(incident)
        found += _reminder(incident)
        if incident.flapping_at is not None:
            found.append(Pending(incident.flapping_at + CALM, Coming.CALM, "the alerts flap no more"))
    if incident.is_burning:
        found += _escalation(incident)
        found += _lapse(incident)
        found += _time_boxes(incident)
    return tuple(sorted(found, key=lambda p: (p.at, p.kind, p.level or 0, p.page or "")))


def target_of(incident: Incident, clock: TargetClock) -> PlannedTarget | None:
    """What the plan asks of one clock at the present severity, None when the runbook states nothing."""
    plan = incident.severity_plan
    match clock:
        case TargetClock.RESPONSE:
            return plan.response
        case TargetClock.ACKNOWLEDGE:
            return plan.acknowledge
        case TargetClock.RESOLUTION:
            return plan.resolution
        case TargetClock.POSTMORTEM:
            required = incident.plan.postmortem_for
            if required and incident.severity not in required:
                return None
            return incident.plan.postmortem
        case TargetClock.UPDATE:
            cadence = cadence_of(incident)
            return PlannedTarget(cadence.every, cadence.cite, cadence.unit) if cadence else None


def deadline_of(incident: Incident, clock: TargetClock) -> datetime | None:
    """When a clock runs out, None when it does not run."""
    target = target_of(incident, clock)
    return None if target is None else _runs_out(incident, clock, target)


def _runs_out(incident: Incident, clock: TargetClock, target: PlannedTarget) -> datetime | None:
    if clock is TargetClock.POSTMORTEM:
        return _later(incident, incident.resolved_at, target) if incident.resolved_at else None
    if clock is TargetClock.UPDATE:
        started = max(
            at for at in (incident.declared_at, incident.last_update_at, incident.update_missed_at) if at is not None
        )
        return _later(incident, started, target)
    return _later(incident, incident.declared_at, target)


def _later(incident: Incident, start: datetime, target: PlannedTarget) -> datetime:
    """The end of a target."""
    return later(incident.plan, start, target.within, target.unit)


def later(plan: ResponsePlan, start: datetime, span: timedelta, unit: WorkingUnit | None) -> datetime:
    """When a span has passed: in the business hours of the plan where it is counted so and they are known."""
    hours = plan.business_hours
    if hours is None or unit is None or span <= timedelta(0):
        return start + span
    if unit is WorkingUnit.DAY:
        return after_days(hours, start, math.ceil(span / timedelta(days=1)))
    return after_hours(hours, start, span)


def cadence_of(incident: Incident) -> PlannedCadence | None:
    """The most frequent update cadence that the runbook asks for here."""
    fitting = [
        c
        for c in incident.plan.cadences
        if (not c.severities or incident.severity in c.severities)
        and (c.procedure is None or c.procedure in incident.procedure_at)
    ]
    return min(fitting, key=lambda c: c.every, default=None)


def next_level(incident: Incident) -> PlannedLevel | None:
    """The level that somebody who escalates by hand pages in this round, None at the ladder's end.

    That is the next of the ladder, also when an acknowledgement has taken it from what time brings.
    """
    levels = incident.severity_plan.levels
    return next((level for level in levels if level.number > incident.round.last_level), None)


def still_wanted(incident: Incident, page: PageState) -> bool:
    """Whether a page should still be sent, asked once more just before it is (R6).

    Mitigation ends what was ordered before it; whom somebody pages afterwards, they want paged.
    """
    if not incident.is_open or (incident.reopened_at is not None and page.at < incident.reopened_at):
        return False
    if page.wanted_until is WantedUntil.UPDATED:  # an update is due after mitigation too
        ended = (incident.last_update_at, incident.update_missed_at)
        return not any(at is not None and at >= page.at for at in ended)
    if incident.mitigated_at is not None and page.at < incident.mitigated_at:
        return False
    if page.wanted_until is WantedUntil.RESOLVED:  # a new round asks others besides, and takes nobody back
        return True
    return page.cycle == incident.round.cycle and incident.acknowledged_by is None


def running_clocks(incident: Incident) -> list[TargetClock]:
    """The clocks that are neither met nor missed and still count."""
    running: list[TargetClock] = []
    if incident.is_open:
        if incident.first_acknowledged_at is None:
            running += [TargetClock.RESPONSE, TargetClock.ACKNOWLEDGE]
        running += [TargetClock.RESOLUTION, TargetClock.UPDATE]
    elif incident.postmortem_published_at is None:
        running.append(TargetClock.POSTMORTEM)
    return [c for c in running if c is TargetClock.UPDATE or c not in incident.clocks]


def _targets(incident: Incident) -> Iterator[Pending]:
    for clock in running_clocks(incident):
        target = target_of(incident, clock)
        deadline = _runs_out(incident, clock, target) if target else None
        if target and deadline is not None:
            yield Pending(deadline, Coming.TARGET, CLOCKS[clock], clock=clock, cite=target.cite)


def reminded_before(every: timedelta) -> timedelta:
    """How long before an update is due somebody is reminded of it, given how often it is.

    A sixth of the cadence, at least five minutes and at most half an hour; never more than a third of the cadence.

    >>> [str(reminded_before(timedelta(minutes=one))) for one in (9, 30, 60, 1440)]
    ['0:03:00', '0:05:00', '0:10:00', '0:30:00']
    """
    return min(max(every / 6, timedelta(minutes=5)), every / 3, timedelta(minutes=30))


def _reminder(incident: Incident) -> Iterator[Pending]:
    target = target_of(incident, TargetClock.UPDATE)
    deadline = _runs_out(incident, TargetClock.UPDATE, target) if target else None
    if target and deadline is not None and deadline != incident.reminded_of:
        at = deadline - reminded_before(target.within)
        yield Pending(at, Coming.REMINDER, "remind of the status update", cite=target.cite)


def steps_done(incident: Incident, box: TimeBox) -> int:
    """How many steps of a phase have ended, however they did."""
    return sum(step in incident.steps and incident.steps[step].outcome is not None for step in box.steps)


def _time_boxes(incident: Incident) -> Iterator[Pending]:
    """The ends of the phases that are not over by then; a severity that wakes nobody is not hurried either."""
    if not incident.severity_plan.pages:
        return
    for box in incident.plan.time_boxes:
        began = incident.first_acknowledged_at if box.since_acknowledged else incident.declared_at
        if began is None or box.phase in incident.overran or _is_through(incident, box):
            continue
        if box.severities and incident.severity is not None and incident.severity not in box.severities:
            continue
        began = max(began, incident.reopened_at or began)  # what burns again has its time again
        at = later(incident.plan, began, box.within, box.unit)
        yield Pending(at, Coming.TIME_BOX, f"time is over: {box.phase}", cite=box.cite, phase=box.phase)


def _is_through(incident: Incident, box: TimeBox) -> bool:
    """Whether a phase is over: all its steps have ended, or, where it names none, somebody has begun to respond."""
    if box.steps:
        return steps_done(incident, box) == len(box.steps)
    return not box.since_acknowledged and incident.first_acknowledged_at is not None


def _coming_levels(incident: Incident) -> Iterator[tuple[PlannedLevel, datetime]]:
    """The levels that are still to come in this round with their instants, in the order of the ladder.

    Nobody is passed over by hours of business: who waits for these is paged no later than who follows.
    """
    found: list[tuple[PlannedLevel, datetime]] = []
    follows: datetime | None = None
    for level, due in reversed(list(_each_level(incident))):
        at = due if follows is None or level.unit is None else min(due, follows)
        follows = at if follows is None else min(at, follows)
        found.append((level, at))
    return reversed(found)


def _each_level(incident: Incident) -> Iterator[tuple[PlannedLevel, datetime]]:
    plan = incident.severity_plan
    if not plan.pages:
        return
    reached = incident.round.last_level
    last = next((level for level in plan.levels if level.number == reached), None)
    for level in plan.levels:
        if level.number <= reached:
            continue
        if level.awaits is not Awaits.RESOLUTION and incident.acknowledged_by is not None:
            continue
        yield level, _level_due(incident, level, last)


def _level_due(incident: Incident, level: PlannedLevel, last: PlannedLevel | None) -> datetime:
    current = incident.round
    start = incident.declared_at if level.awaits is Awaits.RESOLUTION else current.started_at
    due = later(incident.plan, start, level.after, level.unit)
    last_at = current.last_at
    if last_at is not None:
        if current.last_level in current.skipped:
            return last_at
        window = level.after - last.after if last else timedelta(0)
        due = max(due, later(incident.plan, last_at, max(window, timedelta(0)), level.unit))
        if incident.acknowledged_by is None and (failed_at := _level_failed_at(incident)) is not None:
            due = min(due, failed_at)
    due = max(due, current.started_at)
    return min(due, current.not_later_than) if current.not_later_than else due


def _tried(incident: Incident) -> dict[tuple[str, int, int, str], datetime]:
    """When each way of each person was tried last, by (person, cycle, level, way)."""
    tried: dict[tuple[str, int, int, str], datetime] = {}
    for page in incident.pages.values():  # in the order in which they were ordered
        tried[page.person, page.cycle, page.level, page.way] = page.at
    return tried


def _level_failed_at(incident: Incident) -> datetime | None:
    """When the last page of the present level failed, if every one of them did and no way is left."""
    current = [p for p in incident.pages.values() if p.cycle == incident.round.cycle]
    here = [p for p in current if p.level == incident.round.last_level]
    if not here:
        return None
    failed = [p.failed_at for p in here if p.failed_at is not None]
    if len(failed) < len(here):
        return None
    tried = _tried(incident)
    if any(_has_untried_way(p, tried) for p in here):
        return None
    return max(failed)


def _escalation(incident: Incident) -> Iterator[Pending]:
    if not incident.severity_plan.pages:
        return
    coming = list(_coming_levels(incident))
    if coming:
        level, due = min(coming, key=lambda pair: pair[1])
        who = ", ".join(level.targets)
        yield Pending(due, Coming.LEVEL, f"page level {level.number} ({who})", level=level.number, cite=level.cite)
    if incident.acknowledged_by is None:
        last = incident.round.last_page_at
        if not coming and (ended_at := _ended_with_nobody(incident)) is not None:
            yield Pending(ended_at, Coming.REPEAT, CATCH_ALL)
        elif last is not None:
            again = "page the same people again" if coming else CATCH_ALL
            yield Pending(last + incident.severity_plan.repeats_every, Coming.REPEAT, again)
        elif not coming:
            at = incident.round.last_at or incident.round.started_at
            yield Pending(at, Coming.REPEAT, CATCH_ALL)


def _ended_with_nobody(incident: Incident) -> datetime | None:
    """When the ladder ended at a level that had nobody to page, unless the catch-all was paged since then."""
    current = incident.round
    skipped_at = current.skipped.get(current.last_level)
    if skipped_at is None or (current.catch_all_at is not None and current.catch_all_at >= skipped_at):
        return None
    return skipped_at


def _next_ways(incident: Incident) -> Iterator[Pending]:
    waiting = [p for p in incident.pages.values() if p.others and still_wanted(incident, p) and _goes_on(incident, p)]
    if not waiting:
        return
    tried = _tried(incident)
    for page in waiting:
        if not _has_untried_way(page, tried):
            continue
        waits_until = page.others_at[0] if page.others_at else page.at + incident.plan.confirm_within
        at = page.failed_at or waits_until
        yield Pending(at, Coming.NEXT_WAY, f"page {page.person} by {page.others[0]}", page=page.page)


def _goes_on(incident: Incident, page: PageState) -> bool:
    """Whether a person's next way follows: this one did not arrive, or by their own rules nobody has answered it."""
    return page.delivered_at is None or (bool(page.others_at) and incident.acknowledged_by is None)


def _has_untried_way(page: PageState, tried: dict[tuple[str, int, int, str], datetime]) -> bool:
    """Whether the person of this page has a way left that was not tried after it."""
    if not page.others:
        return False
    last = tried.get((page.person, page.cycle, page.level, page.others[0]))
    return last is None or last < page.at


def _approvals(incident: Incident) -> Iterator[Pending]:
    for step in incident.steps.values():
        if step.request is not None:
            what = f"the request to run {step.title} becomes void"
            yield Pending(step.request.expires_at, Coming.APPROVAL, what, run=step.request.run, cite=step.request.cite)


def _waits(incident: Incident) -> Iterator[Pending]:
    for step in incident.waiting_steps():
        assert step.waiting is not None
        what = f"time is over: {step.title}"
        yield Pending(step.waiting.until, Coming.WAIT, what, cite=step.waiting.cite, step=step.step)


def _lapse(incident: Incident) -> Iterator[Pending]:
    """Nobody who waits for a step's end, or watches as long as the runbook says, has to give signs of life."""
    if incident.acknowledged_at is None or incident.running_steps() or incident.waiting_steps():
        return
    watched = [step.waited_at for step in incident.steps.values() if step.waited_at is not None]
    active = max(incident.acknowledged_at, incident.last_human_at or incident.acknowledged_at, *watched)
    yield Pending(active + incident.plan.lapses_after, Coming.LAPSE, "the acknowledgement lapses")
