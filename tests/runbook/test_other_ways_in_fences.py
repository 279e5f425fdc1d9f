"""Commands of one block of which one is run: a comment that is nothing but "or" stands between them."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.procedure.course import course_of


def _ways(*lines: str) -> list[list[str]]:
    head = ("# Runbook: Mill stuck", "## Symptoms", "- stuck", "## Fix", "```bash")
    (one,) = compile_runbook("\n".join((*head, *lines, "```"))).procedures
    steps = {step.id: step.command.text for step in one.steps if step.command is not None}
    return [["; ".join(steps[id] for id in way.steps) for way in fork.ways] for fork in course_of(one.steps).forks]


@pytest.mark.parametrize("word", ["or", "OR", "or:", "-- or --", "Alternatively", "oder", "o", "ou", "или", "或者"])
def test_a_bare_or_parts_two_ways(word: str) -> None:
    """The command above it and the one below are two ways to do the same."""
    assert _ways("mill restart", f"# {word}", "systemctl restart mill") == [["mill restart", "systemctl restart mill"]]


def test_each_bare_or_begins_a_way_of_its_own() -> None:
    """Three commands with "or" twice are three ways, and what is above the first one's neighbour is none of them."""
    lines = ("mill stop", "mill start", "# or", "systemctl restart mill", "# or", "reboot")
    assert _ways(*lines) == [["mill start", "systemctl restart mill", "reboot"]]


def test_what_is_done_otherwise_is_no_other_way() -> None:
    """A bare "otherwise" is a condition as before, and a comment that has more than "or" names its way."""
    assert _ways("mill restart", "# Otherwise", "reboot") == []
    assert _ways("mill restart", "# or, on old mills:", "reboot") == [["mill restart", "reboot"]]


_MARKED = [
    *(("# A) Restart it", "# B) Reboot it"), ("# (A) Restart it", "# (B) Reboot it"), ("# a. Kurz", "# b. Lang")),
    *(
        ("# First choice: restart it", "# Second choice: reboot it"),
        ("# 2nd option", "# 3rd option"),
        ("# 第一候補", "# 第二候補"),
    ),
    *(("# 1. seçenek: kısa", "# 2. seçenek: uzun"), ("# 1er choix", "# 2e choix"), ("# 1. Wahl", "# 2. Wahl")),
    *(("# первый вариант", "# второй вариант"), ("# 1순위", "# 2순위"), ("# Opt. 1: restart", "# Opt. 2: reboot")),
    ("# Prima scelta", "# Seconda scelta"),
]


@pytest.mark.parametrize("marks", _MARKED)
def test_letters_and_numbered_choices_are_ways(marks: tuple[str, str]) -> None:
    """Steps have numbers; letters and "first choice" part ways."""
    assert _ways(marks[0], "mill restart", "", marks[1], "reboot") == [["mill restart", "reboot"]]


@pytest.mark.parametrize(
    "marks", [("# B) Stop it", "# C) Start it"), ("# 1) Stop it", "# 2) Start it"), ("# A) Stop it", "# then")]
)
def test_what_is_no_series_of_letters_is_a_sequence(marks: tuple[str, str]) -> None:
    """Letters from A on, of which there are two; a number is a step."""
    assert _ways(marks[0], "mill restart", "", marks[1], "reboot") == []


_CHOICES = [
    *(
        "Two options:",
        "There are two ways:",
        "Try one of:",
        "Depending on the platform:",
        "Zwei Wege:",
        "Eine der Varianten:",
    ),
    *(
        "Deux possibilités :",
        "Dos formas:",
        "Due opzioni:",
        "Duas maneiras:",
        "Два способа:",
        "两种方法：",
        "方法は二つ:",
        "두 가지 방법:",
    ),
]


def test_a_count_of_ways_is_a_choice() -> None:
    """What stands below "Two options:" is a choice, in a list as in a block of code."""
    told = "\n".join(
        f"### Mill {n} stuck\n\nFix:\n\n{said}\n\n"
        + ("- `mill restart`\n- `reboot`\n" if n % 2 else "```bash\nmill restart\nreboot\n```\n")
        for n, said in enumerate([*_CHOICES, *_CHOICES[::-1]])
    )
    procedures = compile_runbook(f"# Mill\n\n## Common incidents\n\n{told}").procedures
    assert [one.title for one in procedures if len(course_of(one.steps).forks) != 1] == []


@pytest.mark.parametrize("word", ["or", "**OR**", "oder", "o bien", "Or alternatively:", "または", "或者"])
def test_an_or_between_two_blocks_of_a_label_parts_them_whole(word: str) -> None:
    """The first way is all of the block above, and the word itself is nothing to do."""
    blocks = f"Stop and start it:\n\n```bash\nmill stop\nmill start\n```\n\n{word}\n\n```bash\nreboot\n```\n"
    (one,) = compile_runbook(f"# Runbook: Mill stuck\n\n## Symptoms\n\n- stuck\n\n## Fix\n\n{blocks}").procedures
    (fork,) = course_of(one.steps).forks
    assert [len(way.steps) for way in fork.ways] == [2, 1]
    assert all(step.command for step in one.steps)
