"""The questions that the runbook asks at the beginning ("How widespread is the impact?"), and what was answered.

A question is a step of a phase that is done by saying something: its answer is the note of its tick. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tocsin.incident.choices import cite
from tocsin.incident.facts import Citation
from tocsin.incident.incident import Incident
from tocsin.incident.step_facts import is_question
from tocsin.runbook.instructions import ASKED_IN, Step, StepKind
from tocsin.runbook.playbook import Playbook


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the runbook in one incident. ``answer`` is empty while nobody has answered; ``by`` is a handle."""

    step: str
    text: str
    answer: str = ""
    by: str = ""
    at: datetime | None = None
    cite: Citation | None = None


def questions(incident: Incident, playbook: Playbook) -> tuple[Question, ...]:
    """What the runbook asks about this incident, in its order; empty when it asks nothing."""
    return tuple(_question(step, incident) for step in _asked(playbook))


def _asked(playbook: Playbook) -> Iterator[Step]:
    for phase in playbook.phases:
        for step in phase.steps:
            if step.kind is StepKind.QUESTION or _asked_before_there_was_a_kind(step):
                yield step


def _asked_before_there_was_a_kind(step: Step) -> bool:
    """In a playbook that an incident pinned while questions were known by their mark alone."""
    return step.kind is StepKind.MANUAL and step.section in ASKED_IN and is_question(step.title)


def _question(step: Step, incident: Incident) -> Question:
    state = incident.steps.get(step.id)
    source = cite(step.lines, step.title)
    text = f"{step.title}: {'; '.join(step.details)}" if step.details and not is_question(step.title) else step.title
    if state is None or not state.note:
        return Question(step.id, text, cite=source)
    return Question(step.id, text, state.note, state.by, state.ended_at, source)
