"""Titles of short Romance and German plans: what a chapter is about when its noun comes first."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


@pytest.mark.parametrize(
    "title", ["Symptoms of a cold oven", "Sintomi di forno freddo", "Síntomas de horno frío", "Sintomas de forno frio"]
)
def test_the_symptoms_of_something_are_symptoms(title: str) -> None:
    """The noun decides what a chapter holds, and not what it is said of."""
    text = f"# Bakery\n\n## Oven room\n\n### {title}\n\n- No heat\n- Wet bread\n\n### Emergency\n\n1. Open the flue\n"
    (found,) = compile_runbook(text).procedures
    assert (found.title, [one.text for one in found.symptoms]) == ("Oven room", ["No heat", "Wet bread"])


@pytest.mark.parametrize(
    "label",
    ["Meta de resposta", "Objetivo de respuesta", "Objectif de réponse", "Obiettivo di risposta", "Reaktionsziel"],
)
def test_an_aim_of_response_is_the_response(label: str) -> None:
    """What a team aims at is the time that it promises."""
    text = f"# Bakery\n\n## Severity levels\n\n### SEV-1\n- Oven cold\n- {label}: 2h\n\n### SEV-2\n- Bread wet\n"
    first = compile_runbook(text).severities[0]
    assert first.response_target is not None
    assert first.response_target.seconds == 7200
    assert first.criteria == ("Oven cold",)


@pytest.mark.parametrize("title", ["Processo operacional", "Proceso operativo", "Processo operativo"])
def test_the_operating_process_is_no_incident(title: str) -> None:
    """The steps by which any incident is handled are phases, whatever the first one is called."""
    steps = "### 1) Detectar\n- Call the mill\n\n### 2) Triage\n- Look at the oven\n\n### 3) Validação\n- Bake a loaf\n"
    playbook = compile_runbook(f"# Runbook de incidentes\n\n## {title}\n\n{steps}")
    assert not playbook.procedures
    assert len(playbook.phases) == 3


def test_a_drill_in_a_runbook_is_no_incident() -> None:
    """What is rehearsed twice a year is not what to do when the oven fails, although it has commands."""
    text = "# Notfall-Runbook\n\n## Ofen kalt\n\n1. Ofen: `ovenctl start`\n\n## {}\n\n1. Start: `ovenctl start`\n"
    for title in ("Ofen-Drill (halbjährlich)", "Notfallübung"):
        found = compile_runbook(text.format(title)).procedures
        assert [one.title for one in found if one.kind == "incident"] == ["Ofen kalt"]
