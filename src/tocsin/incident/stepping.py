"""Steps of the procedure: ticked off by hand, or run once."""

from __future__ import annotations

from tocsin.incident import commands as c
from tocsin.incident import facts as f
from tocsin.incident.commands import Refusal
from tocsin.incident.deliberation import Deliberation
from tocsin.incident.facts import ActorKind, TargetClock


def step(d: Deliberation, command: c.TickStep | c.StartStep | c.FinishStep | c.LoseStep) -> Refusal | None:
    """Decide what becomes of a step."""
    match command:
        case c.TickStep():
            return _tick(d, command)
        case c.StartStep():
            return _start(d, command)
        case c.FinishStep():
            return _finish(d, command)
        case c.LoseStep():
            state = d.incident.step_of_run(command.run)
            if state is not None and state.running:
                fact = f.StepOutcomeUnknown(run=command.run, step=state.step, title=state.title, reason=command.reason)
                d.conclude(fact)
            return None


def _tick(d: Deliberation, command: c.TickStep) -> Refusal | None:
    state = d.incident.steps.get(command.step)
    if state is not None and state.running:
        return Refusal("running", f"{command.title!r} is running; wait for its end")
    if state is not None and state.outcome is command.outcome and state.note == command.note:
        return None
    if d.by.kind is ActorKind.PERSON and d.incident.is_open:
        d.stop(TargetClock.RESPONSE)
    d.record(
        f.StepTicked(
            step=command.step, title=command.title, outcome=command.outcome, note=command.note, cite=command.cite
        )
    )
    return None


def _start(d: Deliberation, command: c.StartStep) -> Refusal | None:
    if not d.incident.is_open:
        return Refusal("resolved", f"{d.incident.id} is resolved; reopen it to run anything")
    if d.incident.step_of_run(command.run) is not None:
        return Refusal("already_run", f"the run {command.run} was started already; it is never started twice")
    state = d.incident.steps.get(command.step)
    if state is not None and state.running:
        return Refusal("running", f"{command.title!r} is running; wait for its end")
    d.stop(TargetClock.RESPONSE)
    d.record(
        f.StepStarted(
            run=command.run,
            step=command.step,
            title=command.title,
            command=command.command,
            node=command.node,
            cite=command.cite,
        )
    )
    return None


def _finish(d: Deliberation, command: c.FinishStep) -> Refusal | None:
    """A result is recorded once; one that comes after its run was given up as unknown is recorded all the same."""
    state = d.incident.step_of_run(command.run)
    if state is None:
        return Refusal("no_run", f"{d.incident.id} has no run {command.run}")
    if not state.running and state.outcome is not f.StepOutcome.UNKNOWN:
        return None
    d.conclude(
        f.StepFinished(
            run=command.run,
            step=state.step,
            title=state.title,
            outcome=command.outcome,
            exit_codes=command.exit_codes,
            output=command.output,
            truncated=command.truncated,
            seconds=command.seconds,
        )
    )
    return None
