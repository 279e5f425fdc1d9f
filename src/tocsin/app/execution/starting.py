"""The start of a run: an order together with what somebody gave in consent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin.app.execution.ordering import Order
from tocsin.incident.choices import cite
from tocsin.incident.commands import StartStep
from tocsin.incident.consent import Shown


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gives with the wish to run a step."""

    answers: Mapping[str, str] = field(default_factory=dict)
    confirmed: bool = False
    typed: str = ""
    break_glass: str = ""
    shown: Shown | None = None


def start_command(
    run: str, wanted: Order, node: str, given: Given, *, evidence: bool = False, verifies: str = ""
) -> StartStep:
    """The command that starts an order, with what was given in consent."""
    step = wanted.step
    return StartStep(
        run,
        step.id,
        step.title,
        wanted.text,
        node,
        cite(step.lines, step.title),
        effect=wanted.effect,
        target=wanted.target.name,
        environment=wanted.target.environment,
        digest=wanted.digest,
        parameters=wanted.answers,
        confirmed=given.confirmed,
        typed=given.typed,
        break_glass=given.break_glass.strip(),
        evidence=evidence,
        verifies=verifies,
        shown=given.shown,
    )
