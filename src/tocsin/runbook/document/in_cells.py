"""What stands in a cell of a table of HTML, Markdown, lists and code, as one line: the cell's own text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tocsin.runbook.document.blocks import Block, Fence, ItemList, Quote, Raw, Text
from tocsin.runbook.document.inline import Inline, Run

_OPENS = re.compile(r"<t[dh]\b[^<>]*>|</t[dhr]\s*>|</table\s*>", re.IGNORECASE)
MOST = 60
"""Blocks in one cell. What holds more of them is no cell."""
_COMPOUND = re.compile(r"\\$|<<|^\s*(?:for|while|until|if|case|function|do|then)\b|\{\s*$")
"""A line of a script that is no statement by itself."""


def is_open(text: str) -> bool:
    """Whether a piece of HTML ends inside of a cell: what Markdown reads behind it stands in that cell.

    >>> is_open("<table><tr><td>Oven cold</td><td>"), is_open("<table><tr><td>Oven cold</td></tr>")
    (True, False)
    """
    marks = _OPENS.findall(text)
    return bool(marks) and not marks[-1].startswith("</")


def cell_runs(block: Block) -> Iterator[Run]:
    """The text of a block in a cell, with a semicolon behind each of its paragraphs, items and lines of code."""
    match block:
        case Text():
            yield from _said(block.inline)
        case ItemList():
            for item in block.items:
                yield from _said(item.inline)
                yield from _each(item.children)
        case Quote():
            yield from _each(block.children)
        case Fence():
            yield from code_runs(block.body, block.first)
        case Raw():
            yield Run(block.text, block.lines.first)
        case _:
            pass


def code_runs(body: Iterable[str], first: int) -> Iterator[Run]:
    """The lines of a block of code in a cell, each a statement of its own; a script is told of and not taken apart."""
    lines = tuple(body)
    statements = not any(map(_COMPOUND.search, lines))
    for n, line in enumerate(lines, first):
        if line.strip() and not line.lstrip().startswith("#"):
            yield Run(line.strip(), n, code=statements)
            yield Run("; ", n)


def _each(blocks: Iterable[Block]) -> Iterator[Run]:
    for block in blocks:
        yield from cell_runs(block)


def _said(inline: Inline) -> Iterator[Run]:
    yield from (run._replace(strong=False) for run in inline.runs)
    yield Run("; ", inline.lines.last)
