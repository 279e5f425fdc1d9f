"""What time brings: everything that ``pending`` says is due, done once.

After a pause (a restart, a long night of the process) overdue work is looked at again, not replayed: each clock
that ran out is recorded once, and at most one level is paged before its successor gets its full window again.
"""

from __future__ import annotations

from tocsin.incident.deliberation import Deliberation
from tocsin.incident.facts import AcknowledgementLapsed, AlertsCalm, PhaseOverran, TargetClock, TargetMissed
from tocsin.incident.paging import page_again, page_level, page_next_way
from tocsin.incident.pending import Coming, Pending, deadline_of, pending, steps_done
from tocsin.incident.plan import Awaits
from tocsin.incident.reminding import remind_of_update
from tocsin.incident.step_facts import StepApprovalExpired, WaitEnded

_AT_ONCE = 200


def advance(d: Deliberation) -> None:
    """Do what is due at ``d.now``, at most so much that one commit can hold it.

    What is left over stays due and comes with the next wake, which follows at once: an error here would keep the
    incident from paging anybody. That every rule ends is for the tests and the simulation to see.
    """
    done: set[Pending] = set()
    for _ in range(_AT_ONCE):
        due = next((p for p in pending(d.incident) if p.at <= d.now and not _too_late(d, p)), None)
        if due is None or due in done:  # the same again: its rule has not moved on, and would not
            return
        done.add(due)
        _do(d, due)


def _too_late(d: Deliberation, due: Pending) -> bool:
    """Whether it is a reminder of an update that is overdue by now: that is told, and the next one is reminded of."""
    deadline = deadline_of(d.incident, TargetClock.UPDATE)
    return due.kind is Coming.REMINDER and (deadline is None or deadline <= d.now)


def _do(d: Deliberation, due: Pending) -> None:
    incident = d.incident
    match due.kind:
        case Coming.TARGET:
            assert due.clock is not None
            d.conclude(TargetMissed(clock=due.clock, deadline=due.at, cite=due.cite))
        case Coming.LEVEL:
            level = next(x for x in incident.severity_plan.levels if x.number == due.level)
            page_level(d, level, _why(d, level.awaits))
        case Coming.REPEAT:
            page_again(d)
        case Coming.NEXT_WAY:
            assert due.page is not None
            page_next_way(d, incident.pages[due.page])
        case Coming.LAPSE:
            assert incident.acknowledged_by is not None
            since = max(x for x in (incident.acknowledged_at, incident.last_human_at) if x is not None)
            d.conclude(AcknowledgementLapsed(person=incident.acknowledged_by, idle_since=since))
        case Coming.APPROVAL:
            assert due.run is not None
            step = incident.request_of_run(due.run)
            assert step is not None
            d.conclude(StepApprovalExpired(run=due.run, step=step.step, title=step.title, cite=due.cite))
        case Coming.CALM:
            d.conclude(AlertsCalm())
        case Coming.WAIT:
            assert due.step is not None
            d.conclude(WaitEnded(step=due.step, title=incident.steps[due.step].title, cite=due.cite))
        case Coming.REMINDER:
            remind_of_update(d, due.cite)
        case Coming.TIME_BOX:
            box = next(one for one in incident.plan.time_boxes if one.phase == due.phase)
            done, steps = steps_done(incident, box), len(box.steps)
            d.conclude(PhaseOverran(phase=box.phase, deadline=due.at, done=done, steps=steps, cite=due.cite))


def _why(d: Deliberation, awaits: Awaits) -> str:
    incident = d.incident
    if awaits is Awaits.RESOLUTION:
        return "not resolved"
    if incident.round.last_level in incident.round.skipped:
        return "nobody could be reached before"
    if incident.round.last_level:
        return "nobody has acknowledged"
    if incident.round.cycle > 1:
        return "reopened" if incident.reopened else "the acknowledgement lapsed"
    return f"declared {incident.severity}" if incident.severity else "declared, severity not assessed yet"
