"""One changing run at a time on each target: who holds it, and how it is taken.

A run holds its target as long as its facts say that it runs, or that nobody knows how it ended. Nothing has to be
given back, so a process that died keeps no lock for ever: a person who looks and ticks the step off ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tocsin.app.store import Transaction
from tocsin.errors import NotFound
from tocsin.incident.incident import Incident, StepState
from tocsin.incident.step_facts import StepOutcome

Load = Callable[[Transaction, str], Incident]
"""Gives an incident within a transaction; raises NotFound."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a target."""

    incident: str
    run: str
    title: str
    by: str
    unknown: bool

    @property
    def says(self) -> str:
        """What stands in the way, in words."""
        if self.unknown:
            return (
                f"{self.title} of {self.incident} was lost half-way on this target: "
                "look whether it happened and tick it off, then run this"
            )
        return f"{self.by} runs {self.title} of {self.incident} on this target; one change at a time"


def holder(tx: Transaction, target: str, load: Load) -> Holder | None:
    """The run that holds a target now; None when it is free."""
    _, run = _last(tx, target)
    if not run:
        return None
    incident_id = run.partition("/")[0]
    try:
        state = load(tx, incident_id).step_of_run(run)
    except NotFound:
        return None
    return Holder(incident_id, run, state.title, state.by, not state.running) if state and _holds(state) else None


def take(tx: Transaction, target: str, run: str) -> bool:
    """Take a free target for a run, in the transaction that starts it. False when somebody else was faster."""
    turn, _ = _last(tx, target)
    won = tx.keep.put_if_absent(f"{_key(target)}/{turn + 1}", run) == run
    if won:
        tx.keep.put(_key(target), f"{turn + 1} {run}")
    return won


def _holds(state: StepState) -> bool:
    return state.running or state.outcome is StepOutcome.UNKNOWN


def _last(tx: Transaction, target: str) -> tuple[int, str]:
    """The number and the run of the last turn on a target."""
    turn, _, run = (tx.keep.get(_key(target)) or "0 ").partition(" ")
    return int(turn), run


def _key(target: str) -> str:
    return f"step-turn/{target}"
