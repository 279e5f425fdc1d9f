"""What is still owed before an incident can be called over: put back, looked at, verified. Pure.

Asked by whoever shows the end of an incident and by whoever decides it, so that no face forgets the read-only mode.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.incident.incident import HELPED, Incident, StepState
from tocsin.incident.standing import standing
from tocsin.incident.step_facts import StepOutcome
from tocsin.runbook.instructions import Step
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.procedure.course import Course, changes


class Debt(StrEnum):
    """Why something is owed."""

    PUT_BACK = "put_back"  # it was switched or taken away, and what brings it back has not happened
    NOT_KNOWN = "not_known"  # a change was lost half-way: nobody has said yet whether it happened
    NOT_VERIFIED = "not_verified"  # the runbook verifies this change, and nobody has looked since, or it looked bad


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that is owed: ``step`` is to be done because of what ``because`` has done. ``says`` is a sentence.

    ``holds_up`` when the incident is not resolved over it without a reason: the system is not as it was.
    """

    debt: Debt
    step: Step
    because: Step
    says: str

    @property
    def holds_up(self) -> bool:
        """Whether it leaves the system in a state that nobody wants to forget."""
        return self.debt is not Debt.NOT_VERIFIED


def owing(incident: Incident, playbook: Playbook) -> tuple[Owed, ...]:
    """What is owed of everything that was begun in this incident, the most urgent first.

    Also of procedures that are not open any more: what they have switched is switched all the same.
    """
    begun = [steps for steps in playbook.courses() if any(step.id in incident.steps for step in steps)]
    found = {(one.debt, one.step.id): one for steps in begun for one in _of(incident, steps)}
    return tuple(sorted(found.values(), key=lambda one: list(Debt).index(one.debt)))


def _of(incident: Incident, steps: tuple[Step, ...]) -> Iterator[Owed]:
    by_id = {step.id: step for step in steps}
    stands = standing(incident, steps)
    for pair in stands.owed:
        first, second = by_id[pair.first], by_id[pair.second]
        yield Owed(Debt.PUT_BACK, second, first, f"still to be put back: {_words(second)} (after {_words(first)})")
    for step in steps:
        state = incident.steps.get(step.id)
        if state is None or state.running or not changes(step):
            continue
        if state.outcome is StepOutcome.UNKNOWN:
            says = f"nobody knows whether {_words(step)} happened: look, and tick it off"
            yield Owed(Debt.NOT_KNOWN, step, step, says)
        elif state.outcome in HELPED:
            yield from _unverified(incident, step, state, stands.course, by_id)


def _unverified(
    incident: Incident, step: Step, state: StepState, course: Course, by_id: dict[str, Step]
) -> Iterator[Owed]:
    check = by_id.get(course.checks.get(step.id, ""))
    if check is None:
        return
    looked = incident.steps.get(check.id)
    if looked is not None and looked.looked_bad and _since(looked, state.ended_at):
        yield Owed(Debt.NOT_VERIFIED, check, step, f"{_words(check)} did not look well after {_words(step)}")
    elif (
        looked is None
        or looked.outcome is None
        or looked.outcome is StepOutcome.UNKNOWN
        or not _since(looked, state.ended_at)
    ):
        yield Owed(Debt.NOT_VERIFIED, check, step, f"not verified yet: {_words(check)} (after {_words(step)})")


def _since(looked: StepState, changed_at: datetime | None) -> bool:
    """Whether somebody looked, or chose not to, after the change: a look from before it says nothing of it."""
    return looked.ended_at is not None and (changed_at is None or looked.ended_at >= changed_at)


def _words(step: Step) -> str:
    if step.command is None:
        return f"“{step.title}”"
    first, *more = step.command.text.strip().splitlines()
    return f"`{first}`{' …' if more else ''} (line {step.lines.first})"
