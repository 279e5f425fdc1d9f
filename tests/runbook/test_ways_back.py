"""The way back behind what a procedure does, "Rollback:": offered beside what it takes back, never the next step."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.procedure.course import Course, course_of

UP, DOWN = "kubectl scale deploy/oven --replicas=3", "kubectl scale deploy/oven --replicas=1"
HEAD = "# Ovens\n\n## Common incidents\n\n### Oven cold\n\n**Symptoms**: cold bread\n\n"
FIX = f"**Fix**:\n\n```bash\n{UP}\n```\n\n"

LAYOUTS: dict[str, Callable[[str], str]] = {
    "a line in bold": lambda word: f"{HEAD}{FIX}**{word}**:\n\n```bash\n{DOWN}\n```\n",
    "a label": lambda word: f"{HEAD}{FIX}**{word}:** `{DOWN}`\n",
    "a plain label": lambda word: f"{HEAD}{FIX}{word}: `{DOWN}`\n",
    "a heading": lambda word: (
        "# Ovens\n\n## Common incidents\n\n### Oven cold\n\n#### Symptoms\n\n- cold bread\n\n"
        f"#### Fix\n\n1. Scale: `{UP}`\n\n#### {word}\n\n1. Scale: `{DOWN}`\n"
    ),
    "the last item": lambda word: f"{HEAD}**Fix**:\n\n1. Scale: `{UP}`\n2. {word}: `{DOWN}`\n",
    "a bullet": lambda word: f"{HEAD}- **Fix**: `{UP}`\n- **{word}**: `{DOWN}`\n",
    "a comment": lambda word: f"{HEAD}**Fix**:\n\n```bash\n# Scale\n{UP}\n\n# {word}\n{DOWN}\n```\n",
    "a column": lambda word: (
        "# Ovens\n\n## Common incidents\n\n"
        f"| Symptom | Fix | {word} |\n|---|---|---|\n| Oven cold | `{UP}` | `{DOWN}` |\n"
    ),
}
WORDS = (
    *(
        "Rollback",
        "Roll back",
        "Undo",
        "Rollback plan",
        "How to revert",
        "Back out",
        "Reversión",
        "Marcha atrás",
        "Desfazer",
    ),
    *(
        "Retour arrière",
        "Annuler",
        "Rückgängig",
        "Zurückrollen",
        "Piano di rollback",
        "Откат",
        "ロールバック",
        "切り戻し",
    ),
    *("回滚", "撤销", "롤백", "Terugdraaien", "Wycofanie", "Geri alma"),
)


def _course(text: str) -> tuple[dict[str, str], Course]:
    (procedure,) = compile_runbook(text).procedures
    return {step.id: step.command.text for step in procedure.steps if step.command}, course_of(procedure.steps)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("word", WORDS)
def test_a_way_back_is_no_next_step(word: str, layout: str) -> None:
    """Whoever goes through the steps one after the other must not take back what has just helped."""
    commands, course = _course(LAYOUTS[layout](word))
    assert [commands[one] for one in course.apart] == [DOWN]
    assert {commands[one]: commands[back] for one, back in course.undos.items()} == {UP: DOWN}


@pytest.mark.parametrize(
    ("fix", "back"),
    [
        ("kubectl rollout restart deploy/oven", "kubectl rollout undo deploy/oven"),
        ("systemctl restart oven", "helm rollback oven 3"),
        ("docker restart oven", "git revert --no-edit HEAD"),
    ],
)
def test_what_takes_a_release_back_after_a_restart_is_the_remedy(fix: str, back: str) -> None:
    """Nothing was released above: it takes back what was wrong before, and is done where the restart did not help."""
    assert _course(f"{HEAD}**Fix**:\n\n1. `{fix}`\n\n**Rollback**:\n\n1. `{back}`\n")[1].apart == frozenset()


@pytest.mark.parametrize("fix", ["kubectl apply -f oven.yaml", "helm upgrade oven ./oven", "vercel deploy --prod"])
def test_what_takes_a_release_back_after_one_is_its_way_back(fix: str) -> None:
    """The same command behind a release above takes that one back."""
    commands, course = _course(f"{HEAD}**Fix**:\n\n1. `{fix}`\n\n**Rollback**:\n\n1. `helm rollback oven 3`\n")
    assert [commands[one] for one in course.apart] == ["helm rollback oven 3"]


@pytest.mark.parametrize("title", ["Rollback the oven", "Undo button stuck", "Rückgängig gemachte Aufträge"])
def test_more_than_the_word_is_a_title_of_its_own(title: str) -> None:
    """A chapter that says what is rolled back is something to do; one that says what fails is an incident."""
    text = f"{HEAD}{FIX}### {title}\n\n**Symptoms**: x\n\n**Fix**:\n\n```bash\n{DOWN}\n```\n"
    assert [course_of(one.steps).apart for one in compile_runbook(text).procedures] == [frozenset()] * 2


def test_nothing_that_was_changed_is_nothing_to_take_back() -> None:
    """Below steps that only look, "Rollback" is what is done."""
    text = f"{HEAD}**Diagnosis**:\n\n```bash\nkubectl get pods\n```\n\n**Rollback**:\n\n```bash\n{DOWN}\n```\n"
    assert _course(text)[1].apart == frozenset()


def test_a_way_back_in_a_phase_of_the_response_is_none_of_its_steps() -> None:
    """What any incident is answered with is taken back for a reason as well."""
    head = "# Ovens\n\n## Incident response\n\n### Mitigation\n\n"
    body = f"#### Fix\n\n```bash\n{UP}\n```\n\n#### Rollback\n\n```bash\n{DOWN}\n```\n"
    (phase,) = compile_runbook(head + body).phases
    commands = {step.id: step.command.text for step in phase.steps if step.command}
    assert [commands[one] for one in course_of(phase.steps).apart] == [DOWN]
