"""Steps of the procedure: ticked off by hand, or run once, with the consent that they need."""

from __future__ import annotations

from tocsin.incident import commands as c
from tocsin.incident import step_facts as s
from tocsin.incident.commands import Refusal
from tocsin.incident.consenting import start
from tocsin.incident.deliberation import Deliberation
from tocsin.incident.facts import ActorKind, TargetClock
from tocsin.incident.incident import StepState
from tocsin.incident.step_facts import StepOutcome, Verdict


def step(
    d: Deliberation, command: c.TickStep | c.StartStep | c.FinishStep | c.LoseStep | c.CancelStep
) -> Refusal | None:
    """Decide what becomes of a step."""
    match command:
        case c.TickStep():
            return _tick(d, command)
        case c.StartStep():
            return start(d, command)
        case c.FinishStep():
            return _finish(d, command)
        case c.CancelStep():
            return _cancel(d, command)
        case c.LoseStep():
            state = d.incident.step_of_run(command.run)
            if state is not None and state.running:
                fact = s.StepOutcomeUnknown(run=command.run, step=state.step, title=state.title, reason=command.reason)
                d.conclude(fact)
                _sum_up(d, state.evidence)
            return None


def _tick(d: Deliberation, command: c.TickStep) -> Refusal | None:
    state = d.incident.steps.get(command.step)
    if state is not None and state.running:
        return Refusal("running", f"{command.title!r} is running; wait for its end, or cancel it")
    same = state is not None and state.outcome is command.outcome and state.note == command.note
    if same and not command.output:
        return None
    if d.by.kind is ActorKind.PERSON and d.incident.is_open:
        d.stop(TargetClock.RESPONSE)
    d.record(
        s.StepTicked(
            step=command.step,
            title=command.title,
            outcome=command.outcome,
            note=command.note,
            run=command.run,
            output=command.output,
            truncated=command.truncated,
            answers=command.answers,
            cite=command.cite,
        )
    )
    return None


def _cancel(d: Deliberation, command: c.CancelStep) -> Refusal | None:
    state = d.incident.step_of_run(command.run)
    if state is None:
        return Refusal("no_run", f"{d.incident.id} has no run {command.run}")
    if not state.running:
        return Refusal("not_running", f"{state.title!r} has ended already; there is nothing to cancel")
    if not state.cancelled_by:
        d.record(s.StepCancelRequested(run=command.run, step=state.step, title=state.title, reason=command.reason))
    return None


def _finish(d: Deliberation, command: c.FinishStep) -> Refusal | None:
    """A result is recorded once; one that comes after its run was given up as unknown is recorded all the same."""
    state = d.incident.step_of_run(command.run)
    if state is None:
        return Refusal("no_run", f"{d.incident.id} has no run {command.run}")
    if not state.running and state.outcome is not StepOutcome.UNKNOWN:
        return None
    d.conclude(
        s.StepFinished(
            run=command.run,
            step=state.step,
            title=state.title,
            outcome=command.outcome,
            exit_codes=command.exit_codes,
            output=command.output,
            truncated=command.truncated,
            seconds=command.seconds,
            streams=command.streams,
        )
    )
    _judge(d, state, command)
    _sum_up(d, state.evidence)
    return None


def _judge(d: Deliberation, check: StepState, command: c.FinishStep) -> None:
    """Say of a change what its check has found."""
    changed = d.incident.steps.get(check.verifies)
    if changed is None:
        return
    bad = command.verdict is Verdict.NOT_VERIFIED
    d.conclude(
        s.ChangeVerified(
            step=changed.step,
            title=changed.title,
            check=check.title,
            run=command.run,
            verdict=command.verdict,
            advice=command.advice if bad else "",
        )
    )


def _sum_up(d: Deliberation, evidence: bool) -> None:
    """Once the last of what was looked at by itself has ended, say so, once."""
    looked = d.incident.evidence()
    if not evidence or any(one.running for one in looked) or d.incident.procedure is None:
        return
    opened = d.incident.procedures[-1]
    troubled = tuple(one.title for one in looked if one.outcome is not StepOutcome.SUCCEEDED)
    d.conclude(
        s.EvidenceGathered(
            procedure=opened.procedure, title=opened.title, looked=len(looked), troubled=troubled, cite=opened.cite
        )
    )
