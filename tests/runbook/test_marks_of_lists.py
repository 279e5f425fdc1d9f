"""Lists whose marks are none to Markdown say what the same list says with "-" and "1."."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.bulleted import with_bullets

MARKS = {
    "circled numbers": ("①", "②", "③"),
    "circled numbers and blanks": ("① ", "② ", "③ "),
    "numbers in brackets": ("(1) ", "(2) ", "(3) "),
    "numbers in wide brackets": ("（1）", "（2）", "（3）"),
    "wide numbers": ("１．", "２．", "３．"),
    "enumerating commas": ("1、", "2、", "3、"),
    "one wide bracket": ("1）", "2）", "3）"),
    "middle dots": ("・", "・", "・"),
    "bullets": ("• ", "• ", "• "),
    "small squares": ("▪ ", "▪ ", "▪ "),
    "short dashes": ("– ", "– ", "– "),
    "long dashes": ("— ", "— ", "— "),
    "boxes": ("☐ ", "☐ ", "☐ "),
    "ticks": ("✅ ", "✅ ", "✅ "),
}


@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
def test_a_list_with_other_marks_is_a_list(marks: tuple[str, str, str]) -> None:
    """Who is called when, the symptoms and the steps of an incident: none of them is one line for all."""
    a, b, c = marks
    text = (
        f"# Mill\n\n## Escalation\n\n{a}Duty miller – immediately\n{b}Head miller – after 15 minutes\n"
        f"{c}Owner – after 30 minutes\n\n## Common incidents\n\n### Wheel stuck\n\nSymptoms:\n\n{a}no flour\n"
        f"{b}wheel stands\n\nFix:\n\n{a}Open the sluice\n{b}Run `sluicectl status`\n{c}Look at the wheel\n"
    )
    playbook = compile_runbook(text.encode())
    called = [(one.targets, one.after.seconds if one.after else None) for one in playbook.escalation_levels]
    assert called == [(("Duty miller",), None), (("Head miller",), 900), (("Owner",), 1800)]
    (incident,) = playbook.procedures
    assert [one.text for one in incident.symptoms] == ["no flour", "wheel stands"]
    assert [one.title for one in incident.steps] == ["Open the sluice", "sluicectl status", "Look at the wheel"]


def test_code_between_two_numbers_keeps_them_together() -> None:
    """Steps of which each has its block below it."""
    lines = ("1、看", "```sh", "1、df -h", "```", "", "2、查", "（1）看门")
    assert with_bullets(lines) == ("1. 看", "```sh", "1、df -h", "```", "", "2. 查", "（1）看门")


def test_a_list_in_a_list_keeps_its_place() -> None:
    """A wide blank is worth two."""
    lines = ("1、水車", "　・回らない", "　・水がない", "2、石臼")
    assert with_bullets(lines) == ("1. 水車", "  - 回らない", "  - 水がない", "2. 石臼")


@pytest.mark.parametrize(
    "lines",
    [
        ("1、概述", "", "磨坊的说明。", "", "2、目标", "", "面包。"),
        ("– said the miller.", "", "– said nobody."),
        ("(1) is a note.", "Then (2) comes."),
        ("(1) a note", "(3) another one"),
        ("✅ Done",),
        ("●水車", "", "説明です。", "", "●石臼"),
        ("```", "• a", "• b", "```"),
        ("2024 was dry.", "2025 was wet."),
        ("(a) left", "(b) right"),
    ],
)
def test_what_is_no_list_stays_as_it_is(lines: tuple[str, ...]) -> None:
    """Chapters with words between them, a single mark, numbers that do not follow one another, and code."""
    assert with_bullets(lines) == lines
