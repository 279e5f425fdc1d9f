"""What a phase asks about the incident: its questions, and what of the impact it wants found out or written down."""

from __future__ import annotations

from dataclasses import replace

from tocsin.runbook.instructions import ASKED_IN, Step, StepKind
from tocsin.runbook.words import vocabulary


def asking(step: Step, phase: str) -> Step:
    """The step of a phase, given the phase's key; as a question where it is done by saying something.

    "How widespread is the impact?", "Affected services", "Assess impact" with "Estimate number of affected users"
    below it; not "Restart the affected services". In a phase of an unknown kind ("") only what ends in a mark.
    """
    if step.kind is not StepKind.MANUAL or step.section not in ASKED_IN:
        return step
    asks = step.title.endswith(("?", "？")) or (
        phase in ASKED_IN and any(_wants_to_know(text) for text in (step.title, *step.details))
    )
    return replace(step, kind=StepKind.QUESTION) if asks else step


def _wants_to_know(text: str) -> bool:
    """Whether a text is the name of something about an incident, alone or behind "determine", "estimate", "record"."""
    words = vocabulary()
    if not words.says("assessed", text):
        return False
    # The verb may come last: "Betroffene Nutzer ermitteln", "影響範囲を特定する".
    return words.is_a("assessed", text, 0.4 if words.says("find_out", text) else 0.99)
