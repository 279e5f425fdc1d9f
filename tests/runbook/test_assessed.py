"""What a phase wants to know about the incident is a question, whether or not it ends in a mark."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import StepKind


def kinds(heading: str, *items: str) -> list[StepKind]:
    """The kinds of the steps of a phase with these items."""
    text = f"# Incident response\n\n## {heading}\n\n" + "\n".join(f"- {one}" for one in items) + "\n"
    (phase,) = compile_runbook(text).phases
    return [step.kind for step in phase.steps]


@pytest.mark.parametrize(
    "item",
    [
        "Affected services",
        "User impact",
        "Incident start time",
        "Determine the affected components",
        "Estimate the number of customers affected",
        "Record start time",
        "Betroffene Kunden ermitteln",
        "Auswirkungen auf Kunden abschätzen",
        "Évaluer l'impact sur les clients",
        "Determinar el alcance del impacto",
        "Avaliar o impacto nos clientes",
        "Valutare l'impatto",
        "影響範囲を特定する",
        "评估影响范围",
        "Оценить масштаб инцидента",
        "Is anybody cut off?",
        "誰が影響を受けていますか？",
    ],
)
def test_what_is_to_be_found_out_about_an_incident_is_asked(item: str) -> None:
    """D5, D6: services, users, impact, the beginning: an answer is what it wants, in any language."""
    assert kinds("Triage", item) == [StepKind.QUESTION]


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ("Restart the affected services", StepKind.MANUAL),
        ("Check error messages", StepKind.MANUAL),
        ("Notify affected customers", StepKind.MESSAGE),
        ("Confirm the impact is over", StepKind.VERIFY),
        ("Open a ticket", StepKind.MANUAL),
    ],
)
def test_what_is_to_be_done_is_no_question(item: str, kind: StepKind) -> None:
    """Work that names the affected services is work."""
    assert kinds("Triage", item) == [kind]


def test_what_stands_below_a_step_makes_it_a_question_too() -> None:
    """ "Assess the situation" with what to estimate below it is answered, and keeps what stands there."""
    text = "# Response\n\n## Triage\n\n1. Take stock\n   - Estimate number of affected users\n2. Open a ticket\n"
    (phase,) = compile_runbook(text).phases
    first, second = phase.steps
    assert (first.kind, first.details, second.kind) == (
        StepKind.QUESTION,
        ("Estimate number of affected users",),
        StepKind.MANUAL,
    )


def test_afterwards_it_is_no_question_about_the_incident() -> None:
    """The same words in the review are for the report."""
    assert StepKind.QUESTION not in kinds("Post-Mortem", "Estimate number of affected users")


@pytest.mark.parametrize(
    "step",
    [
        ("Open a ticket with:", "Impact", "Affected services"),
        ("Put up the closed sign", "Affected regions"),
        ("Restart the oven", "note the error message"),
        ("Assess the severity and lock the till", "Affected customers"),
    ],
)
def test_what_is_to_be_done_with_the_facts_stays_to_be_done(step: tuple[str, ...]) -> None:
    """A ticket is opened and a sign put up by somebody, whatever stands in them: an answer does neither."""
    title, *details = step
    below = "".join(f"   - {one}\n" for one in details)
    (phase,) = compile_runbook(f"# Response\n\n## Triage\n\n1. {title}\n{below}2. Call the baker\n").phases
    assert phase.steps[0].kind is StepKind.MANUAL
