"""The index of decisions is complete, and each decision has the form of the template."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "adr"
SECTIONS = ("## Context", "## Options", "## Decision", "## Consequences")


def decisions() -> list[Path]:
    """The decisions, without the template."""
    return [path for path in sorted(FOLDER.glob("[0-9]*.md")) if not path.name.startswith("0000")]


def test_each_decision_is_in_the_index_under_its_title() -> None:
    """Whoever looks for a decision finds it in the index, by the title that it has."""
    index = (FOLDER / "README.md").read_text()
    rows = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.+?) \|", index, re.MULTILINE)
    titles = {}
    for path in decisions():
        heading = path.read_text().splitlines()[0]
        number, _, title = heading.removeprefix("# ").partition(". ")
        titles[path.name] = (number, title)
    assert titles, "the decisions were not found"
    assert {name: (number, title) for number, name, title in rows} == titles
    assert len({number for number, _ in titles.values()}) == len(titles), "two decisions have one number"


def test_each_decision_has_the_sections_of_the_template() -> None:
    """A decision without its options, or without what follows from it, cannot be judged later."""
    for path in decisions():
        text = path.read_text()
        assert [line for line in text.splitlines() if line in SECTIONS] == list(SECTIONS), path.name
        assert re.search(r"^- Status: (proposed|accepted|replaced by \d{4})$", text, re.MULTILINE), path.name
