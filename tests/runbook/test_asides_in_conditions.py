"""Conditions with something in brackets, those of a line further up, and cases that have a number."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Step
from tocsin.runbook.procedure.provisos import condition_said
from tocsin.runbook.wording import condition_in

_RUN = ("```bash", "systemctl restart mill", "```")


def _steps(*lines: str) -> list[Step]:
    playbook = compile_runbook("\n".join(("# Runbook: Mill slow", "## Symptoms", "- slow", "## Resolution", *lines)))
    return [step for one in playbook.procedures for step in one.steps if step.command]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("If the hopper is full (over 10 t):", "If the hopper is full (over 10 t)"),
        ("If the hopper is full (see the board), empty it", "If the hopper is full (see the board)"),
        ("Empty it if the hopper is full (over 10 t).", "if the hopper is full (over 10 t)"),
        ("Empty it (if it is full (over 10 t))", "if it is full (over 10 t)"),
        ("If one (left) and the other (right) stand still: oil", "If one (left) and the other (right) stand still"),
        ("Wenn der Trichter voll ist (über 10 t), leeren", "Wenn der Trichter voll ist (über 10 t)"),
        ("Si la tolva está llena (más de 10 t), vaciarla", "Si la tolva está llena (más de 10 t)"),
        ("Si la trémie est pleine (plus de 10 t) :", "Si la trémie est pleine (plus de 10 t)"),
        ("Se o funil está cheio (mais de 10 t), esvaziar", "Se o funil está cheio (mais de 10 t)"),
        ("ホッパーが満杯（10t超）の場合、空にする", "ホッパーが満杯（10t超）の場合"),
        ("Empty it (if full), then oil it", "if full"),
        ("If the hopper is full (over 10 t", None),
    ],
)
def test_a_condition_keeps_what_stands_in_brackets(text: str, condition: str | None) -> None:
    """An aside belongs to the condition that it stands in; a bracket that nobody closes ends nothing."""
    assert condition_in(text) == condition


def test_a_title_with_an_aside_is_a_condition() -> None:
    """A title that is a condition with a bracket at its end puts it on what is below."""
    assert condition_said("If the hopper is full (over 10 t)") == "If the hopper is full (over 10 t)"


@pytest.mark.parametrize(
    "above",
    [
        ("**If the hopper is full (over 10 t):**", ""),
        ("**If the hopper is full (over 10 t):**", "", "Open the lid. That takes a while.", ""),
        ("### If the hopper is full (over 10 t)", "", "Open the lid.", ""),
        ("If the hopper is full (over 10 t):", "", "Open the lid. That takes a while.", ""),
        ("If the hopper is full (over 10 t):", "", "Open the lid.", "", "Empty it.", ""),
    ],
)
def test_a_command_below_such_a_line_waits_for_its_case(above: tuple[str, ...]) -> None:
    """Whether a label, a heading or a paragraph, with others in between or not."""
    (step,) = _steps(*above, *_RUN)
    assert step.condition is not None
    assert "If the hopper is full (over 10 t)" in step.condition


def test_a_line_further_up_holds_for_the_next_command_only() -> None:
    """What is run behind another command, or in the other case, has not that condition."""
    lines = ("If the hopper is full:", "", "Open the lid.", "", *_RUN, "", "Look at the belt.", "", *_RUN)
    assert [step.condition for step in _steps(*lines)] == ["If the hopper is full", None]
    (step,) = _steps("If the hopper is full:", "", "Otherwise, oil the belt.", "", *_RUN)
    assert step.condition is None


@pytest.mark.parametrize(
    "title",
    [
        *("### Scenario A — Belt torn apart", "### Scenario 2: Grain (wet)", "### Case B: north", "### Cause 1: Moths"),
        *(
            "**Cause 2: Moths**",
            "### Fall 2: Nord",
            "### Causa 1: polillas",
            "### Cas 2 : nord",
            "### Сценарий 1. Север",
        ),
        "### 原因1：虫",
    ],
)
def test_one_of_several_cases_with_a_number_holds_back_what_changes_something(title: str) -> None:
    """Commands below one of several cases are of that one, whatever it is called."""
    (step,) = _steps(title, "", *_RUN)
    assert step.condition == title.strip("#* ")


def test_steps_with_a_number_are_no_cases() -> None:
    """What is done one after the other waits for nothing."""
    assert [step.condition for step in _steps("### Step 1: Stop", *_RUN, "### Step 2: Start", *_RUN)] == [None, None]


@pytest.mark.parametrize(
    "items",
    [
        ("- `docs/mill.md` — the mill", "- `docs/pay.md` — payments by hand"),
        ("- docs/mill.md: the mill", "- docs/pay.html: payments by hand"),
        ("- **mill.md** the mill is stuck", "- **pay.pdf** payments are stuck"),
    ],
)
def test_other_documents_are_no_incidents(items: tuple[str, ...]) -> None:
    """A list "Runbooks" of files refers to them."""
    assert not compile_runbook("\n".join(("# On call", "## Runbooks", *items))).procedures


def test_a_file_that_is_missing_is_an_incident() -> None:
    """What fails may be a file."""
    items = ("- Mill is down: oil it", "- mill.conf is missing: write it")
    playbook = compile_runbook("\n".join(("# On call", "## Common incidents", *items)))
    assert [one.title for one in playbook.procedures] == ["Mill is down", "mill.conf is missing"]


@pytest.mark.parametrize("title", ["Quick triage checklist", "Emergency checklist", "Pre-flight checklist"])
def test_a_checklist_beside_incidents_is_none(title: str) -> None:
    """A checklist with numbered steps is of any incident."""
    own = (f"## {title}", "", "1) Is it up?", "- yes", "- no", "", "2) Look at the belt", "")
    each = (line for name in ("a", "b", "c") for line in (f"## Symptom: {name} stuck", "Actions:", "- Oil it", ""))
    playbook = compile_runbook("\n".join(("# Incident response (mill)", "", *own, *each)))
    assert [one.title for one in playbook.procedures if one.kind == "incident"] == ["a stuck", "b stuck", "c stuck"]


@pytest.mark.parametrize(
    "above",
    [
        ("**If the hopper is full**", "Clear the way:"),
        ("**If the hopper is full**", "", "Clear the way:", ""),
        ("**If the hopper is full:**", "", "Open the lid.", "", "Clear the way:", ""),
        ("**Wenn der Trichter voll ist**", "Platz schaffen:"),
    ],
)
def test_a_line_with_a_colon_below_a_bold_case_is_of_that_case(above: tuple[str, ...]) -> None:
    """What is said right above a command does not end the case in bold that both stand below."""
    steps = _steps(*above, *_RUN, "Then oil it:", *_RUN)
    assert [(step.condition or "").rstrip(":") for step in steps] == [above[0].strip("*:")] * 2


def test_a_part_or_another_case_ends_a_bold_case() -> None:
    """A plain line that names a part, or another case, is none of the one in bold."""
    plain = ("If the belt is torn:", *_RUN, "", "Verification:", "", *_RUN)
    steps = _steps("**If the hopper is full**", "", *_RUN, "", *plain)
    assert [step.condition for step in steps] == ["If the hopper is full", "If the belt is torn", None]
