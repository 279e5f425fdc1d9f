"""Which way through a procedure: a way chosen, a condition judged, a wait begun."""

from __future__ import annotations

from tocsin.incident import commands as c
from tocsin.incident import facts as f
from tocsin.incident import step_facts as s
from tocsin.incident.commands import Refusal
from tocsin.incident.deliberation import Deliberation
from tocsin.incident.facts import ActorKind, TargetClock


def steer(d: Deliberation, command: c.ChooseWay | c.JudgeCondition | c.StartWait) -> Refusal | None:
    """Decide on a person's word about the course of the procedure. The same word again changes nothing."""
    if not d.incident.is_open:
        return Refusal("resolved", f"{d.incident.id} is resolved; reopen it to go on with its steps")
    match command:
        case c.ChooseWay():
            fact: f.Fact = s.WayChosen(fork=command.fork, way=command.way, label=command.label, cite=command.cite)
        case c.JudgeCondition(step=step, holds=holds):
            if d.incident.judged.get(step) is holds:
                return None
            fact = s.ConditionJudged(step=step, condition=command.condition, holds=holds, cite=command.cite)
        case c.StartWait(step=step):
            state = d.incident.steps.get(step)
            if state is not None and state.waiting is not None:
                return None
            until = d.now + command.span
            fact = s.WaitStarted(step=step, title=command.title, until=until, cite=command.cite)
    if d.by.kind is ActorKind.PERSON:
        d.stop(TargetClock.RESPONSE)
    d.record(fact)
    return None
