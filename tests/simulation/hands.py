"""What people do with the steps of a procedure: run, ask, approve, decline, cancel, choose, judge, wait, tick off.

Everybody here may do everything, and does it carelessly: unconfirmed, for the wrong target, twice, too late, with the
digest of something else, or by approving what they asked for themselves. The product has to hold.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from tests.simulation.house import PEOPLE, playbook, runnable_steps
from tocsin.app.access import Caller
from tocsin.app.execution.starting import Given
from tocsin.incident.incident import Incident, StepState
from tocsin.incident.step_facts import StepOutcome, StepProposed
from tocsin.runbook.instructions import Effect
from tocsin.runbook.procedure.course import Course, course_of

if TYPE_CHECKING:
    from tests.simulation.node import Process
    from tests.simulation.world import World

T = TypeVar("T")
DOES = {"run": 18, "answer": 8, "cancel": 3, "tick": 8, "choose": 4, "judge": 3, "wait": 4}
"""What somebody does who has a look at the procedure, and how often."""


class Asks(Protocol):
    """Asks a process that runs, again when it fails; None when it never worked or was refused."""

    def __call__(self, act: Callable[[Process], T]) -> T | None:
        """Ask."""
        ...


class Hands:
    """Everybody's hands. ``caller`` gives the caller for a person's handle."""

    def __init__(self, world: World, ask: Asks, caller: Callable[[str], Caller]) -> None:
        self._world = world
        self._ask = ask
        self._caller = caller

    def work(self, caller: Caller, id: str) -> None:
        """Do one thing, drawn."""
        rng = self._world.rng
        step = self._look_at(caller, id)
        match rng.choices(tuple(DOES), tuple(DOES.values()))[0]:
            case "run":
                self._run(caller, id, step)
            case "answer":
                self._answer(caller, id)
            case "cancel":
                self._cancel(caller, id)
            case "tick":
                self._tick(caller, id, step)
            case "choose":
                chosen = self._one_of(_steps_on_ways, step)
                self._ask(lambda p: p.courses.choose(caller, id, chosen))
            case "judge":
                holds = rng.random() < 0.5
                judged = self._one_of(_steps_under_conditions, step)
                self._ask(lambda p: p.courses.judge(caller, id, judged, holds=holds))
            case _:
                waited = self._one_of(_steps_that_wait, step)
                self._ask(lambda p: p.courses.wait(caller, id, waited))

    def _one_of(self, fitting: Callable[[], tuple[str, ...]], otherwise: str) -> str:
        """Mostly a step of which that can be said."""
        rng = self._world.rng
        return rng.choice(fitting()) if rng.random() < 0.8 else otherwise

    def _run(self, caller: Caller, id: str, step: str) -> None:
        """Order a run; when it needs a second person, one or two come, or nobody does."""
        rng = self._world.rng
        given = Given(
            confirmed=rng.random() < 0.9,
            typed="local" if rng.random() < 0.9 else "staging",
            break_glass="alone at night" if rng.random() < 0.15 and _destroys(step) else "",
        )
        acted = self._ask(lambda p: p.steps.run(caller, id, step, given))
        if rng.random() < 0.15:
            self._world.scheduler.spawn("second thoughts", self._cancel, caller, id, after=rng.uniform(1, 60))
        if acted is None or not any(isinstance(one.fact, StepProposed) for one in acted.facts):
            return
        late = rng.choice((rng.uniform(1, 60), rng.uniform(60, 600), rng.uniform(880, 960)))
        for _ in range(rng.choice((0, 1, 1, 2))):
            who = self._caller(rng.choice(PEOPLE).handle)
            self._world.scheduler.spawn("a second person", self._answer, who, id, after=late + rng.uniform(0, 0.01))

    def _answer(self, caller: Caller, id: str) -> None:
        """Say yes or no to what is asked for, whoever asked."""
        rng = self._world.rng
        for state in self._states(caller, id, lambda one: one.request is not None):
            request = state.request
            assert request is not None
            self._world.scheduler.sleep(rng.choice((0.0, rng.uniform(1, 20))))  # reads it
            if self._world.is_over:
                return
            if rng.random() < 0.15:
                self._ask(lambda p, run=request.run: p.steps.decline(caller, id, run, "no"))  # type: ignore[misc]
            else:
                digest = request.digest if rng.random() < 0.9 else "of something else"
                self._ask(lambda p, run=request.run, of=digest: p.steps.approve(caller, id, run, of))  # type: ignore[misc]

    def _cancel(self, caller: Caller, id: str) -> None:
        """End whatever runs."""
        for state in self._states(caller, id, lambda one: one.running):
            self._ask(lambda p, run=state.run: p.steps.cancel(caller, id, run, "not this one"))  # type: ignore[misc]

    def _tick(self, caller: Caller, id: str, step: str) -> None:
        """Tick a step off; first of all one that nobody knows the end of, for it holds its target."""
        lost = self._states(caller, id, lambda one: one.outcome is StepOutcome.UNKNOWN)
        chosen = lost[0].step if lost else step
        how = self._world.rng.choice((StepOutcome.DONE, StepOutcome.SKIPPED, StepOutcome.DID_NOT_HELP))
        self._ask(lambda p: p.steps.tick(caller, id, chosen, how))

    def _look_at(self, caller: Caller, id: str) -> str:
        """A step of what the incident's screen shows, without a procedure any; often one that needs two people."""
        rng = self._world.rng
        incident = self._incident(caller, id)
        procedure = playbook().procedure(incident.procedure) if incident and incident.procedure else None
        steps = tuple(step.id for step in procedure.steps) if procedure else runnable_steps()
        grave = [step for step in steps if _destroys(step)]
        return rng.choice(grave if grave and rng.random() < 0.4 else steps)

    def _states(self, caller: Caller, id: str, fits: Callable[[StepState], bool]) -> list[StepState]:
        incident = self._incident(caller, id)
        return [state for state in incident.steps.values() if fits(state)] if incident else []

    def _incident(self, caller: Caller, id: str) -> Incident | None:
        view = self._ask(lambda p: p.incidents.view(caller, id))
        return view.incident if view else None


@cache
def _steps_on_ways() -> tuple[str, ...]:
    return tuple(step for fork in _course().forks for way in fork.ways for step in way.steps)


@cache
def _steps_under_conditions() -> tuple[str, ...]:
    return tuple(step for branch in _course().branches for step in branch.steps)


@cache
def _steps_that_wait() -> tuple[str, ...]:
    return tuple(step.id for step in playbook().steps().values() if step.wait is not None)


def _course() -> Course:
    return course_of(playbook().procedures[0].steps)


def _destroys(step: str) -> bool:
    command = playbook().steps()[step].command
    return command is not None and command.effect is Effect.DESTRUCTIVE
