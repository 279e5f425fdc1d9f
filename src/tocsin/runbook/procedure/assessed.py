"""What a phase asks about the incident: its questions, and what of the impact it wants found out or written down."""

from __future__ import annotations

from dataclasses import replace

from tocsin.runbook.grammar import any_of, first_words, pattern
from tocsin.runbook.instructions import ASKED_IN, Step, StepKind
from tocsin.runbook.words import vocabulary, words_of


def asking(step: Step, phase: str) -> Step:
    """The step of a phase, given the phase's key; as a question where it is done by saying something.

    "How widespread is the impact?", "Affected services", "Take stock" with "Estimate number of affected users" below
    it; not "Restart the affected services". In a phase of an unknown kind ("") only what ends in a mark.
    """
    if step.kind is not StepKind.MANUAL or step.section not in ASKED_IN:
        return step
    asks = step.title.endswith(("?", "？")) or (
        phase in ASKED_IN and (_wants_to_know(step.title) or _wants_what_stands_below(step))
    )
    return replace(step, kind=StepKind.QUESTION) if asks else step


def _wants_what_stands_below(step: Step) -> bool:
    """Whether what stands below a step is all that it wants: "Determine:" above "affected users" and a cause.

    "Open a ticket with:" is to be done, whatever is to stand in the ticket.
    """
    words, title = vocabulary(), words_of(step.title)
    if not step.details or (title and title[0] in first_words("chore", "runs", "by_hand")):
        return False
    if words.says("find_out", step.title) and not _joined().search(step.title):
        return any(map(_wants_to_know, step.details))
    return all(words.says("find_out", text) and _wants_to_know(text) for text in step.details)


@pattern
def _joined() -> str:
    """Two things to do, "Assess the severity and block the account"."""
    return rf"\s{any_of('and')}\s"


def _wants_to_know(text: str) -> bool:
    """Whether a text is the name of something about an incident, alone or behind "determine", "estimate", "record"."""
    words = vocabulary()
    if not words.says("assessed", text):
        return False
    # The verb may come last: "Betroffene Nutzer ermitteln", "影響範囲を特定する".
    return words.is_a("assessed", text, 0.4 if words.says("find_out", text) else 0.99)
