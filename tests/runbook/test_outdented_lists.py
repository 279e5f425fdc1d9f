"""What stands at the margin below a number or a list belongs where its writer saw it: to the number, or to itself."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.outdented import with_indents

LABELS = {
    "plain": ("Symptoms:", "Fix:"),
    "bold": ("**Symptoms:**", "**Fix:**"),
    "bold before the colon": ("**Symptoms**:", "**Fix**:"),
    "bold alone": ("**Symptoms**", "**Fix**"),
    "slanted": ("*Symptoms*", "*Fix*"),
    "underlined": ("__Symptoms:__", "__Fix:__"),
    "of several words": ("What you see:", "Steps to resolve:"),
    "French": ("Symptômes :", "Actions :"),
    "German": ("Symptome:", "Behebung:"),
    "Spanish": ("Síntomas:", "Solución:"),
    "Japanese": ("症状：", "対応："),
    "Russian": ("Симптомы:", "Решение:"),
}


@pytest.mark.parametrize("mark", ["- ", "* ", "1. "])
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_a_label_right_below_a_list_begins_something_new(labels: tuple[str, str], mark: str) -> None:
    """To Markdown it goes on with the last item: the fix of an incident became its symptoms."""
    shows, fix = labels
    text = (
        f"# Mill\n\n## Common incidents\n\n### Wheel stuck\n{shows}\n{mark}no flour at the chute\n{fix}\n"
        f"{mark}Open the sluice\n{mark}`sluicectl restart`\n\n### Stone hot\n{shows}\n{mark}smell of smoke\n"
        f"{mark}flour is brown\n{fix}\n{mark}Lift the stone\n"
    )
    one, other = compile_runbook(text.encode()).procedures
    assert [[symptom.text for symptom in each.symptoms] for each in (one, other)] == [
        ["no flour at the chute"],
        ["smell of smoke", "flour is brown"],
    ]
    assert [step.title for step in one.steps] == ["Open the sluice", "sluicectl restart"]
    assert [(step.title, step.lines.first) for step in other.steps] == [("Lift the stone", 17)]


def test_a_label_below_what_is_nested_ends_both_lists() -> None:
    """It stands at the margin, and so it belongs to neither; moved in, it belongs where its neighbours stand."""
    text = (
        "# Mill\n\n## Common incidents\n\n### Wheel stuck\nSymptoms:\n- at the chute:\n  - no flour\nFix:\n"
        "- Open both gates:\n  - the upper\n  - the lower\n**Owner:** Ada\n- Ring the bell\n"
    )
    (one,) = compile_runbook(text.encode()).procedures
    assert [symptom.lines.first for symptom in one.symptoms] == [7]
    assert [step.title for step in one.steps if step.lines.first in (10, 14)] == ["Open both gates", "Ring the bell"]


@pytest.mark.parametrize(
    "item",
    ["- The miller rings the owner and the\nbakers who wait for:", "- Look at\n  Gates:", "- See `a`\n`gate: open`"],
)
def test_what_only_goes_on_is_no_label(item: str) -> None:
    """A line that was broken begins small, stands moved in, or is code."""
    text = f"# Mill\n\n## Common incidents\n\n### Wheel stuck\n\n**Fix**\n\n{item}\n- Ring the bell\n"
    (one,) = compile_runbook(text.encode()).procedures
    assert [step.lines.first for step in one.steps] == [9, 11]


def test_bullets_at_the_margin_below_numbers_belong_to_them() -> None:
    """Who is called by the number above: to Markdown these are four lists, and the first time was lost."""
    text = (
        "# Mill\n\n## Escalation\n\n1. If the wheel stands for 10 minutes:\n- Call the head miller.\n\n"
        "2. If the wheel stands for 40 minutes:\n- Call the owner.\n"
    )
    levels = compile_runbook(text.encode()).escalation_levels
    called = [(one.targets, one.after.seconds if one.after else None) for one in levels if one.after]
    assert called == [(("head miller",), 600), (("owner",), 2400)]


def test_levels_whose_words_stand_at_the_margin() -> None:
    """The numbers go on behind the bullets; neither is a colon needed then, nor bold letters."""
    text = (
        "# Mill\n\n## Severity levels\n\n1. P1\n- No flour\n- Response: 15 minutes\n2. P2\n- Slow\n- Response: 1 hour\n"
    )
    levels = compile_runbook(text.encode()).severities
    said = [(one.name, one.response_target.seconds if one.response_target else None) for one in levels]
    assert said == [("P1", 900), ("P2", 3600)]


@pytest.mark.parametrize(
    "lines",
    [
        ("1. Look", "- at the gate", "", "Then wait."),
        ("1. Look", "2. Ring", "", "- the depot"),
        ("```", "1. Look:", "- at the gate", "```"),
        ("1. Look:", "", "- at the gate"),
    ],
)
def test_other_bullets_stay_where_they_are(lines: tuple[str, ...]) -> None:
    """Those behind a blank line, those of another list, and what is code."""
    assert with_indents(lines) == lines
