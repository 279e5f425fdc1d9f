"""What is done "in case of …": the title of a chapter, the line above its steps, the beginning of a step."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Procedure
from tocsin.runbook.playbook import Playbook

CASES = [
    "If the oven is down",
    "In case of a power cut",
    "Caso o forno caia",
    "Quando a massa travar",
    "Em caso de queda do moinho",
    "Se o moinho parar",
    "En caso de avería del horno",
    "Cuando caiga el molino",
    "Si la caja no responde",
    "Ante una fuga de harina",
    "En cas de panne du four",
    "Lorsque le moulin est en panne",
    "Lorsqu'un pétrin plante",
    "In caso di guasto del forno",
    "Qualora il mulino sia fermo",
    "Se la cassa non risponde",
    "Wenn die Mühle stillsteht",
    "Bei Stromausfall",
    "Im Falle eines Ofenbrandes oder Ausfalls",
]


def incidents(text: str) -> list[Procedure]:
    return [one for one in compile_runbook(text).procedures if one.kind == "incident"]


@pytest.mark.parametrize("case", CASES)
def test_a_chapter_that_is_called_by_its_case_is_an_incident(case: str) -> None:
    """The title is the condition itself, and something to do stands below it; prose alone is nothing to do."""
    text = "# Bakery\n\n## {0}\n\n{1}Open the flue\n{1}Call the mill\n"
    assert [(one.title, len(one.steps)) for one in incidents(text.format(case, "- "))] == [(case, 2)]
    assert not incidents(text.format(case, ""))


@pytest.mark.parametrize("case", CASES)
def test_the_line_above_the_steps_is_the_symptom(case: str) -> None:
    """ "If the oven is down:" above the only steps of a chapter says when they are needed."""
    found = incidents(f"# Bakery\n\n## Night shift\n\n{case}:\n\n1. Open the flue\n2. Call the mill\n")
    assert [(one.title, [sign.text for sign in one.symptoms]) for one in found] == [("Night shift", [case])]


@pytest.mark.parametrize(
    "title",
    [
        "If that fails",
        "If the problem persists",
        "In case of an incident",
        "Em caso de incidente",
        "Se o problema persistir",
        "Quando não funcionar",
        "Si falla el rollback",
        "En caso de fallo",
        "En cas d'incident",
        "In caso di incidente",
        "Bei einem Vorfall",
        "Wenn das nicht hilft",
        "Se abre cuando falla el horno",
        "Quand vous arrivez",
    ],
)
def test_what_is_for_no_case_of_its_own_is_no_incident(title: str) -> None:
    """What is done at each incident, or where the step before did not help, is not the answer to one of them."""
    assert not incidents(f"# Bakery\n\n## {title}\n\n1. Open the flue\n2. Call the mill\n")


def test_a_case_below_a_chapter_on_something_else_is_none() -> None:
    """ "If the oven is down" among the reasons to escalate, or of a way back, belongs to that chapter."""
    for above in ("Escalation", "Rollback", "Communication"):
        assert not incidents(f"# Bakery\n\n## {above}\n\n### If the oven is down\n\n1. Call the mill\n2. Wait\n")


def test_a_case_below_an_incident_is_a_part_of_it() -> None:
    """ "If the fan stands still" below steps, or beside the other parts of an incident, is where those go on."""
    text = "# Bakery\n\n## Troubleshooting\n\n### Oven cold\n\n{}#### If the fan stands still\n\n- Turn it\n"
    for before in ("- Look at the flue\n\n", "**Look:**\n\n- At the flue\n\n", "#### Diagnosis\n\n- Look at it\n\n"):
        assert [one.title for one in incidents(text.format(before))] == ["Oven cold"]


def _conditions(playbook: Playbook) -> list[str | None]:
    return [step.condition for one in playbook.procedures for step in one.steps]


@pytest.mark.parametrize(
    ("step", "condition"),
    [
        ("Quando a massa parar, abra o forno", "Quando a massa parar"),
        ("En cas de fumée, ouvrir la porte", "En cas de fumée"),
        ("Qualora il forno sia freddo, aprire la porta", "Qualora il forno sia freddo"),
        ("Bei Rauch: Tür öffnen", "Bei Rauch"),
        ("Bei der Mühle anrufen", None),
        ("Abra o forno quando quiser", None),
    ],
)
def test_a_step_that_begins_with_its_case_has_that_condition(step: str, condition: str | None) -> None:
    """Words that only begin a condition where they come first need a comma or a colon behind it."""
    found = _conditions(compile_runbook(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n1. {step}\n"))
    assert found == [condition]


def test_fields_on_one_line_are_read_one_by_one() -> None:
    """Symptoms behind the severity on the same line are symptoms all the same, and a single bold word is none."""
    text = "# Bakery\n\n## Incident 1 — Oven cold\n\n{}\n\n**Fix:**\n\n1. Open the flue\n"
    for line in (
        "**Severity:** P1 | **Symptoms:** no heat, no bread",
        "**Severidade:** P1 · **Sintomas:** no heat, no bread",
        "**P1** | **Symptoms:** no heat, no bread",
    ):
        (found,) = incidents(text.format(line))
        assert [one.text for one in found.symptoms] == ["no heat", "no bread"]
    (found,) = incidents(text.format("**Severity:** P1 | see **Symptoms** in the wiki"))
    assert not found.symptoms


@pytest.mark.parametrize(
    "document", ["Incident response", "Runbook: incident response", "Emergency procedures", "Process", "Bakery"]
)
def test_what_the_whole_document_is_called_says_nothing_of_its_chapters(document: str) -> None:
    """A chapter of what fails is an incident as well below "# Incident response"; below a chapter of that name not."""
    steps = "\n\n1. Count the sacks\n2. Tell the mill\n"
    assert [one.title for one in incidents(f"# {document}\n\n## Loss of flour{steps}")] == ["Loss of flour"]
    assert not incidents(f"# Bakery\n\n## Containment\n\n### Loss of flour{steps}")


@pytest.mark.parametrize("line", ["Power cut or oven failure:", "**The till is down:**", "Ofen ausgefallen:"])
def test_a_line_of_what_is_wrong_above_the_only_steps_makes_an_incident(line: str) -> None:
    """ "Oven failure:" above the numbered steps of a chapter is their case as much as "If the oven fails:" is."""
    text = "# Bakery\n\n## Night shift\n\n{0}\n\n1. Open the flue\n2. Call the mill\n"
    found = incidents(text.format(line))
    assert [[sign.text for sign in one.symptoms] for one in found] == [[line.strip("*:")]]
    assert not incidents(text.format("Repair the failure:"))
