"""A table of an incident whose first column says where in the response a row belongs, and not when it is done."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Step

PHASES = {
    "Phase": ("Identify", "Contain", "Recover"),
    "Step": ("Identify", "Contain", "Recover"),
    "What": ("Identification", "Containment", "Recovery"),
    "Fase": ("Identificação", "Contenção", "Recuperação"),
    "Etapa": ("Identificación", "Contención", "Recuperación"),
    "Schritt": ("Erkennung", "Eindämmung", "Wiederherstellung"),
    "Étape": ("Identification", "Confinement", "Rétablissement"),
    "阶段": ("发现", "遏制", "恢复"),
    "Этап": ("Обнаружение", "Локализация", "Восстановление"),
    "단계": ("탐지", "차단", "복구"),
}


def _steps(head: str, cells: tuple[str, ...], work: str) -> tuple[Step, ...]:
    rows = "".join(f"| **{cell}** | {work.format(n)} |\n" for n, cell in enumerate(cells))
    text = "# Ovens\n\n## Playbooks\n\n### Playbook 1: Oven fire\n\n**Trigger:** smoke\n\n"
    (procedure,) = compile_runbook(f"{text}| {head} | Action |\n|---|---|\n{rows}").procedures
    return procedure.steps


@pytest.mark.parametrize("work", ["Do the work: `make step{0}`", "Walk through hall {0} and look into every oven"])
@pytest.mark.parametrize("head", PHASES)
def test_a_phase_in_the_first_column_is_no_condition(head: str, work: str) -> None:
    """Nobody can answer whether "Contain" is so, and until somebody does nothing of the row is next."""
    steps = _steps(head, PHASES[head], work)
    assert {step.condition for step in steps} == {None}
    told = " ".join(f"{step.title} {step.command.text if step.command else ''}" for step in steps)
    assert all(f"make step{n}" in told or f"hall {n}" in told for n in range(3))


def test_the_phase_is_what_the_steps_of_its_row_stand_under() -> None:
    """Whoever reads the steps sees where in the response each belongs."""
    steps = _steps("Phase", PHASES["Phase"], "`make step{0}`")
    assert [step.group for step in steps] == ["Identify", "Contain", "Recover"]


def test_a_case_in_the_first_column_stays_one() -> None:
    """What is so in one row is not so in the other."""
    steps = _steps("Situation", ("Oven full", "Oven empty"), "`make step{0}`")
    assert [step.condition for step in steps] == ["Oven full", "Oven empty"]


@pytest.mark.parametrize("title", ["Métricas de resposta a incidentes", "Indicateurs de réponse", "Response metrics"])
def test_what_is_measured_of_the_response_is_no_phase_of_it(title: str) -> None:
    """Rows such as "MTTR" are looked at once a month."""
    text = f"# Ovens\n\n## {title}\n\n| Metric | Meaning | Goal |\n|---|---|---|\n| MTTR | until they are hot | 4 h |\n"
    assert compile_runbook(text).phases == ()
