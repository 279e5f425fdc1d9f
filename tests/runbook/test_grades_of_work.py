"""Levels that grade work, "Bug priorities", and the scale of incidents that may stand beside them."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


def names(text: str) -> list[str]:
    """The severities of a document."""
    return [one.name for one in compile_runbook(text).severities]


TABLE = "| Level | |\n|---|---|\n| P1 | before the fair |\n| P2 | after the fair |\n"
LIST = "- **P1**: before the fair\n- **P2**: after the fair\n"


@pytest.mark.parametrize(
    "title",
    [
        "Bug priorities",
        "Feature priority",
        "Priority of tasks",
        "Test case grades",
        "Prioritäten der Aufgaben",
        "Schwachstellen",
        "Prioridad de las tareas",
        "Priorité des tâches",
        "Prioridade das tarefas",
        "Priorità dei compiti",
        "Приоритеты задач",
        "バグの優先度",
        "버그 우선순위",
        "缺陷等级",
    ],
)
@pytest.mark.parametrize("grades", [TABLE, LIST])
def test_grades_below_a_title_about_work_are_no_severities(title: str, grades: str) -> None:
    """A chapter on bugs, tasks or requirements grades those; below "Severity levels" the same are levels."""
    assert names(f"# Mill\n\n## {title}\n\n{grades}") == []
    assert names(f"# Mill\n\n## Severity levels\n\n{grades}") == ["P1", "P2"]


@pytest.mark.parametrize(
    "text",
    [
        f"# Mill\n\nBug priorities: P1, P2, P3\n\n{LIST}",
        f"# Mill\n\n**Bug priorities:**\n\n{LIST}",
        "# Mill\n\n## Triage\n\nBug priorities: P1, P2, P3\n",
        "# Mill\n\n## Triage\n\n" + TABLE.replace("| Level |", "| Bug priority |"),
        f"# Mill\n\n## Backlog\n\n### How we sort it\n\n{LIST}",
    ],
)
def test_grades_that_a_line_calls_those_of_work_are_no_severities(text: str) -> None:
    """The line above them, the head of their column or the chapter around them says what they grade."""
    assert names(text) == []


@pytest.mark.parametrize(
    "text",
    [
        f"# Mill\n\n## Bugs and incidents\n\n{LIST}",
        "# Mill\n\n## Bug severity\n\n| Level | Response time |\n|---|---|\n| P1 | 15 minutes |\n| P2 | 1 hour |\n",
        f"# Mill\n\n## Tasks\n\n### Severity levels\n\n{LIST}",
        f"# Mill\n\nOpen a bug for each of them. What counts is how many features are broken.\n\n{LIST}",
        f"# Bug of the week\n\n{LIST}",
    ],
)
def test_grades_with_an_answer_due_or_of_incidents_are_severities(text: str) -> None:
    """Somebody who has to answer within a time answers incidents, whatever they are called; so do chapters on both."""
    assert names(text) == ["P1", "P2"]


def test_the_scale_of_incidents_beside_the_grades_of_bugs_is_kept() -> None:
    """Neither adds levels or criteria to the other, and the grades are no levels that the scale lacks (TOC111)."""
    scale = "## Severity levels\n\n- **P1**: no flour\n- **P2**: slow flour\n\n"
    playbook = compile_runbook(f"# Mill\n\n## Bug priorities\n\n{LIST}- **P0**: now\n\n{scale}")
    assert [(one.name, one.criteria) for one in playbook.severities] == [("P1", ("no flour",)), ("P2", ("slow flour",))]
    assert "TOC111" not in {one.code for one in playbook.findings}
