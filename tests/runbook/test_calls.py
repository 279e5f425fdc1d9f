"""Sentences that call somebody, and the words around a name that are none of it."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel

SCALE = "# R\n\n## Severity levels\n\n- **P1**: mill stopped\n- **P2**: mill slow\n\n## Escalation\n\n"


def _said(text: str) -> list[tuple[tuple[str, ...], int | None]]:
    return [_level(one) for one in compile_runbook(SCALE + text + "\n").escalation_levels]


def _level(one: EscalationLevel) -> tuple[tuple[str, ...], int | None]:
    return one.targets, one.after.seconds // 60 if one.after is not None and one.after.seconds else None


@pytest.mark.parametrize(
    "text",
    [
        "In business hours (Mon-Fri 9-17 CET) call Ana, otherwise Ben.",
        "During office hours page Ana; otherwise Ben.",
        "During business hours call Ana. Otherwise call Ben.",
        "Während der Geschäftszeiten rufe Ana an, sonst Ben.",
        "En horario laboral llamar a Ana, si no a Ben.",
        "En heures ouvrées, appeler Ana, sinon Ben.",
    ],
)
def test_two_people_for_different_hours_are_both_called(text: str) -> None:
    """Whoever the sentence names for the other hours is not left out of the night (B10)."""
    assert _said(text) == [(("Ana", "Ben"), None)]
    assert _said(f"{text} After 20 minutes, call the owner.") == [(("Ana", "Ben"), None), (("owner",), 20)]


@pytest.mark.parametrize(
    "text",
    ["If the wheel stops, call Ana, otherwise Ben writes a ticket.", "Call Ana. Otherwise nothing is to be done."],
)
def test_otherwise_without_hours_calls_nobody_else(text: str) -> None:
    """What is done otherwise is no hour of the day."""
    assert all("Ben" not in targets and "nothing" not in targets for targets, _after in _said(text))


@pytest.mark.parametrize(
    "text",
    [
        "The miller is paged. After 30 minutes the CTO gets a call and decides.",
        "1. Miller is paged\n2. CTO gets a call and decides (after 30 min)",
        "| After | Who |\n|---|---|\n| 0 min | Miller |\n| 30 min | CTO gets a call and decides |",
        "Der Miller wird gerufen. Nach 30 Minuten bekommt der CTO einen Anruf.",
        "El Miller es avisado. A los 30 minutos el CTO recibe una llamada.",
    ],
)
def test_what_is_said_of_somebody_is_no_part_of_the_name(text: str) -> None:
    """ "CTO gets a call and decides" is the CTO, in a sentence, an item and a cell."""
    assert [(tuple(who.casefold() for who in targets), after) for targets, after in _said(text)] == [
        (("miller",), None),
        (("cto",), 30),
    ]


@pytest.mark.parametrize(
    "drawing",
    [
        "Alert fires\n  │\n  ▼\nAna Lopez\n  │ no answer in 10 min\n  ▼\nBen Ruiz\n  │ 30 min\n  ▼\nCarla",
        "Ana Lopez\n └─(no answer 10 min)→ Ben Ruiz\n      └─(no answer 30 min)→ Carla",
        "Ana Lopez\n  |\n  v  (10 min, keine Antwort)\nBen Ruiz\n  |\n  v  (30 min)\nCarla",
    ],
)
def test_a_drawing_of_people_by_their_names_alone(drawing: str) -> None:
    """Where it says that somebody may not answer, its stations are people, without a word for what they do."""
    expected = [(("Ana Lopez",), None), (("Ben Ruiz",), 10), (("Carla",), 30)]
    assert _said(f"```\n{drawing}\n```") == expected


@pytest.mark.parametrize(
    "drawing",
    [
        "Load Balancer\n  │\n  ▼\nMill Server (30 min timeout)\n  │\n  ▼\nPostgres Primary Node",
        "Check Grafana\n  │ 10 min\n  ▼\nRestart Pods\n  │ 20 min\n  ▼\nRoll Back",
        "stop the wheel\n  │ no answer in 10 min\n  ▼\nopen the sluice\n  │\n  ▼\nclose it again",
    ],
)
def test_a_drawing_of_things_calls_nobody(drawing: str) -> None:
    """Machines and steps are no people."""
    assert _said(f"```\n{drawing}\n```") == []
