"""Parts of an incident on one line, questions in bold, columns for incidents, rules of alerts, drawn phases."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Procedure


def incidents(text: str) -> list[Procedure]:
    return [one for one in compile_runbook(text).procedures if one.kind in ("incident", "alert")]


def read(text: str) -> list[tuple[str, list[str], list[str]]]:
    """(title, symptoms, steps) of each incident."""
    return [
        (one.title, [sign.text for sign in one.symptoms], [step.title for step in one.steps]) for one in incidents(text)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "**Symptom:** the belt stands **Cause:** a stone **Fix:** press reset",
        "**Symptom**: the belt stands **Cause**: a stone **Fix**: press reset",
        "Symptom: the belt stands. Cause: a stone. Fix: press reset",
    ],
)
def test_parts_that_follow_each_other_on_a_line_are_taken_apart(line: str) -> None:
    """With or without bold, each begins where its name stands: the cause and the fix were part of the symptom."""
    ((title, signs, steps),) = read(f"# Quarry\n\n## Belt stuck\n\n{line}\n")
    assert (title, [sign.rstrip(".;") for sign in signs]) == ("Belt stuck", ["the belt stands"])
    assert [step.rstrip(".;") for step in steps] == ["a stone", "press reset"]


def test_a_word_before_a_colon_in_a_sentence_is_no_part() -> None:
    """Only a line that begins with the name of a part holds others."""
    text = "# Quarry\n\n## Belt stuck\n\n1. Look at the lamp. Note: it may be red.\n"
    assert [steps for _title, _signs, steps in read(text)] == [["Look at the lamp. Note: it may be red."]]


def test_lines_that_name_a_problem_are_incidents_below_any_title() -> None:
    """ "**Problem:** … **Solution:** …" twice, right below the title of the document."""
    text = (
        "# Cable car\n\n**Problem:** the car does not stop **Solution:** press the bar\n\n"
        "**Problem:** the door stays open **Solution:** shut it by hand\n"
    )
    assert [(title, steps) for title, _signs, steps in read(text)] == [
        ("the car does not stop", ["press the bar"]),
        ("the door stays open", ["shut it by hand"]),
    ]


@pytest.mark.parametrize("letters", ["QA", "PR", "FA"])
def test_questions_in_bold_with_an_answer_below_are_incidents(letters: str) -> None:
    """Those on something wrong, under any title; "Who pays?" is none."""
    asks, answers = letters
    told = {"The site is down, what now?": "Restart it.", "The till is stuck?": "Pull the plug.", "Who pays?": "Ann."}
    text = "# Night desk\n\n" + "".join(f"**{asks}: {one}**\n{answers}: {two}\n\n" for one, two in told.items())
    assert [(title, steps) for title, _signs, steps in read(text)] == [
        ("The site is down", ["Restart it."]),
        ("The till is stuck", ["Pull the plug."]),
    ]


def test_a_table_may_have_a_column_for_each_incident() -> None:
    """Its rows are the parts, "Symptom", "Cause" and "Fix"."""
    text = (
        "# Depot\n\n## Known problems\n\n| | Gate jammed | Scale shows zero |\n|---|---|---|\n"
        "| Symptom | half open | 0 kg |\n| Cause | old ice | a wet cell |\n| Fix | Thaw the rail | Dry the cell |\n"
    )
    assert read(text) == [
        ("Gate jammed", ["half open"], ["old ice", "Thaw the rail"]),
        ("Scale shows zero", ["0 kg"], ["a wet cell", "Dry the cell"]),
    ]


def test_a_table_of_decisions_by_symptom_is_of_incidents_below_escalation_too() -> None:
    """ "Escalation decision tree" with "If yes" and "If no": every row is one, each command in its case."""
    text = (
        "# Mill\n\n## Escalation decision tree\n\n| Symptom | Check | If yes | If no |\n|---|---|---|---|\n"
        "| Belt stuck | Is the lamp red? | Press reset | `beltctl restart` |\n"
        "| Oven down | Is it cold? | `ovenctl relight` | Call the baker |\n"
    )
    belt, oven = incidents(text)
    assert (belt.title, oven.title) == ("Belt stuck", "Oven down")
    assert [(step.command and step.command.text, step.condition) for step in (*belt.commands, *oven.commands)] == [
        ("beltctl restart", "If no"),
        ("ovenctl relight", "If yes"),
    ]


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("- alert: OvenCold\n  expr: heat < 100\n  annotations:\n    summary: Below 100 degrees", "Below 100 degrees"),
        ("alert: OvenCold\nexpr: heat < 100", "heat < 100"),
    ],
)
def test_the_rule_of_an_alert_is_its_symptom(rule: str, shown: str) -> None:
    """It stands above what to do, and is nothing to do itself; its name makes the section one of an alert."""
    (one,) = incidents(f"# Rules\n\n### OvenCold\n\n```yaml\n{rule}\n```\n\n1. Relight it\n")
    assert (one.kind, [sign.text for sign in one.symptoms]) == ("alert", [shown])
    assert [step.title for step in one.steps] == ["Relight it"]


@pytest.mark.parametrize("title", ["Incident n°2 : oven down", "Incident no. 2: oven down", "Incident 2: oven down"])
def test_the_sign_for_a_number_is_no_part_of_a_title(title: str) -> None:
    """Whatever stands before the number of an incident."""
    assert [one.title for one in incidents(f"# Mill\n\n## {title}\n\n- Relight it\n")] == ["oven down"]


PHASES = [("Detect", "detection"), ("Triage", "triage"), ("Mitigate", "mitigation"), ("Recover", "resolution")]


def phases(text: str) -> list[tuple[str, str, list[str]]]:
    return [(one.title, one.key, [step.title for step in one.steps]) for one in compile_runbook(text).phases]


@pytest.mark.parametrize("mark", ["1. {}: tell the lead", "- **{}**: tell the lead"])
def test_a_list_of_phases_is_read_as_phases(mark: str) -> None:
    """No times stand beside them: that most items are called after a phase is enough."""
    lines = "\n".join(mark.format(name) for name, _key in PHASES)
    assert phases(f"# Mill\n\n## Response process\n\n{lines}\n") == [(*one, ["tell the lead"]) for one in PHASES]


def test_a_list_of_other_steps_is_one_phase() -> None:
    """Labels before colons that are called after no phase make none."""
    text = "# Mill\n\n## Response process\n\n1. Lead: name one\n2. Channel: open it\n3. Detect: look\n"
    assert len(phases(text)) == 1


def test_boxes_below_each_other_are_phases() -> None:
    """A drawing in a block of code holds what to do as any list does."""
    boxes = "            ▼\n".join(f"┌──────────┐\n│ {n}. {name} │\n│ Ring Ann │\n└────┬─────┘\n" for n, (name, _) in
                                  enumerate(PHASES, 1))  # fmt: skip
    assert phases(f"# Mill\n\n## Response process\n\n```\n{boxes}```\n") == [(*one, ["Ring Ann"]) for one in PHASES]
