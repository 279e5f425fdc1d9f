"""The tree of blocks: plain text is read as another parser reads it."""

from __future__ import annotations

import itertools
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tocsin.runbook.document.blocks import Table, Text, parse_blocks
from tocsin.runbook.stated import Lines

_OF_A_TABLE = re.compile(r"^[-:|\s]*-[-:|\s]*$", re.MULTILINE)
"""A line below the heads of columns: the two parsers differ on what is barely a table, "1|" above "--"."""

PLAIN = st.text(alphabet="ab #-.:|1é\u00a0\t$\n", min_size=1, max_size=60).filter(
    lambda text: "|" not in text or not _OF_A_TABLE.search(text)
)


def said(text: str) -> list[str]:
    """What markdown-it reads as the text of each paragraph at the top level."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text + "\n")
    return [
        _spaced("".join(child.content if child.type == "text" else " " for child in token.children or ()))
        for before, token in itertools.pairwise(tokens)
        if before.type == "paragraph_open" and before.level == 0
    ]


def _spaced(text: str) -> str:
    return re.sub(r"[ \t]+", " ", text).strip()  # at the ends, one takes away more kinds of spaces than the other


@settings(max_examples=300, deadline=None)
@given(PLAIN)
def test_text_without_marks_reads_as_another_parser_reads_it(text: str) -> None:
    """Every character and every line break comes out the same."""
    blocks = [block for block in parse_blocks(tuple(text.split("\n"))) if isinstance(block, Text)]
    assert [_spaced("".join(run.text for run in block.inline.runs)) for block in blocks] == said(text)


def test_lines_of_plain_text_keep_their_numbers() -> None:
    """A word is cited by its own line, not by the first one of its paragraph."""
    (block,) = parse_blocks(("one", "two", "three"), first=5)
    assert isinstance(block, Text)
    assert [(run.text, run.line) for run in block.inline.runs if run.text.strip()] == [
        ("one", 5),
        ("two", 6),
        ("three", 7),
    ]


def test_a_paragraph_right_below_a_table_is_none_of_its_rows() -> None:
    """To the parser each of its lines is a row; nobody who writes it means that."""
    table, text, after = parse_blocks(
        ("| Bell | Rings |", "|---|---|", "| 1 | 2 |", "See **there**,", "or here.", "", "Next.")
    )
    assert isinstance(table, Table)
    assert len(table.rows) == 1
    assert table.lines == Lines(1, 3)
    assert isinstance(text, Text)
    assert text.inline.text == "See there, or here."
    assert text.lines == Lines(4, 5)
    assert isinstance(after, Text)


def test_a_table_without_bars_at_its_edges_keeps_its_rows() -> None:
    """A row is told by one bar between its cells, and a table of one column has none at all."""
    (wide,) = parse_blocks(("Bell | Rings", "---|---", "1 | 2", "3 | 4"))
    (narrow,) = parse_blocks(("| Bell |", "|---|", "1"))
    assert isinstance(wide, Table)
    assert isinstance(narrow, Table)
    assert (len(wide.rows), len(narrow.rows)) == (2, 1)
