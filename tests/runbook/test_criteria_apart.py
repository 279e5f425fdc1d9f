"""What each severity is, where it is told apart from the table of their times."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import BlockFate, Playbook

TIMES = """# Mill incident response

## Response times

| Priority | Response |
|---|---|
| P1 | 15 min |
| P2 | 1 hour |

"""


def read(text: str) -> Playbook:
    """A document with two priorities and this text below the table of their times."""
    return compile_runbook((TIMES + text).encode())


def criteria(text: str) -> list[tuple[str, ...]]:
    """The criteria of both."""
    return [one.criteria for one in read(text).severities]


LINES = [
    "**P1 examples:** {}\n\n**P2 examples:** {}\n",
    "Examples of P1: {}\n\nExamples of P2: {}\n",
    "**When to use P1:** {}\n\n**When to use P2:** {}\n",
    "- Typical P1: {}\n- Typical P2: {}\n",
    "P1 is for: {}\n\nP2 is for: {}\n",
    "> P1: {}\n> P2: {}\n",
    "Examples:\n\n- P1: {}\n- P2: {}\n",
    "**Wann P1?**: {}\n\n**Wann P2?**: {}\n",
    "**Cuándo usar P1:** {}\n\n**Cuándo usar P2:** {}\n",
    "**Quand utiliser P1 :** {}\n\n**Quand utiliser P2 :** {}\n",
    "**Quando usare P1:** {}\n\n**Quando usare P2:** {}\n",
    "**Quando usar P1:** {}\n\n**Quando usar P2:** {}\n",
    "**Что считается P1:** {}\n\n**Что считается P2:** {}\n",
    "**P1の例：** {}\n\n**P2の例：** {}\n",
    "**P1的例子：** {}\n\n**P2的例子：** {}\n",
]


@pytest.mark.parametrize("form", LINES)
def test_a_label_that_asks_what_a_level_is_gives_its_criteria(form: str) -> None:
    """In a paragraph, a list or a quote, in nine languages; and no block of it is left over."""
    text = form.format("wheel stands; flood", "wheel slow; sieve torn")
    playbook = read(text)
    assert [one.criteria for one in playbook.severities] == [("wheel stands", "flood"), ("wheel slow", "sieve torn")]
    assert BlockFate.UNMAPPED not in {block.fate for block in playbook.blocks}


def test_a_heading_that_asks_what_a_level_is_stands_above_its_criteria() -> None:
    """ "What counts as P1" above a list."""
    text = "### What counts as P1\n\n- wheel stands\n- flood\n\n### What counts as P2\n\n- wheel slow\n"
    assert criteria(text) == [("wheel stands", "flood"), ("wheel slow",)]


def test_sentences_that_define_levels_one_after_the_other() -> None:
    """Each says what its own level is."""
    text = "P1 means the wheel stands, or a flood. P2 means the wheel is slow.\n"
    assert criteria(text) == [("the wheel stands, or a flood",), ("the wheel is slow",)]


@pytest.mark.parametrize(
    "table",
    [
        "| P1 | P2 |\n|---|---|\n| wheel stands | wheel slow |\n| flood | |\n",
        "| Example | Priority |\n|---|---|\n| wheel stands | P1 |\n| wheel slow | P2 |\n| flood | P1 |\n",
    ],
)
def test_a_table_of_examples_gives_the_criteria(table: str) -> None:
    """A column for each level, or the level of each example."""
    assert criteria(table) == [("wheel stands", "flood"), ("wheel slow",)]


@pytest.mark.parametrize(
    "text",
    [
        "P1 examples: wheel stands; flood\n",
        "- P1: call the miller\n- P2: write a ticket\n",
        "| P1 | P2 |\n|---|---|\n| 15 min | 1 hour |\n",
        "| Asset | Age | Priority |\n|---|---|---|\n| wheel | old | P1 |\n| axle | old | P1 |\n| sieve | new | P2 |\n",
        "P1 means an answer within 5 minutes. P2 means an answer within 1 hour.\n",
    ],
)
def test_what_says_something_else_of_levels_gives_none(text: str) -> None:
    """A single level, duties, times and assets are not what the levels are."""
    assert criteria(text) == [(), ()]


def test_a_scale_that_says_what_its_levels_are_takes_nothing_from_elsewhere() -> None:
    """What stands with the scale is enough; examples of only one level were added to it otherwise."""
    scale = "# Mill\n\n## Severity levels\n\n- P1: wheel stands\n- P2: wheel slow\n\n"
    text = f"{scale}## Notes\n\nTypical P1: flood\n\nTypical P2: dust\n"
    assert [one.criteria for one in compile_runbook(text.encode()).severities] == [("wheel stands",), ("wheel slow",)]
