"""Every line of text of a document with the section that it stands in, for readers that search everywhere."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tocsin.runbook.command.shell import Comment, Told
from tocsin.runbook.document.blocks import Block, Fence, ItemList, Quote, Table, Text
from tocsin.runbook.document.checklist import checklist
from tocsin.runbook.document.fencekinds import is_shell, shell_events
from tocsin.runbook.document.inline import Inline, plain, without_ordinal
from tocsin.runbook.document.sections import Section


@dataclass(slots=True, eq=False)
class Leaf:
    """A paragraph, list item, table cell or heading. ``under`` is the item that a nested one belongs to.

    ``text`` are its words, ``line`` is its first line. ``headed`` are the title of a cell's column and the first cell
    of its row, which say what it is about.
    """

    inline: Inline
    section: Section
    form: str  # heading, text, item, cell, comment
    under: str = ""
    opens: bool = False  # a list item with others nested below it
    headed: tuple[str, ...] = ()
    text: str = field(init=False)
    line: int = field(init=False)

    def __post_init__(self) -> None:
        self.text = self.inline.text
        self.line = self.inline.lines.first


def leaves(root: Section) -> Iterator[Leaf]:
    """Every leaf outside of templates and examples, in the order of the outline."""
    for section in root.walk():
        if _is_template(section):
            yield from _around(section)
            continue
        if section.level > 0:
            yield Leaf(section.inline, section, "heading")
        yield from _of(section.blocks, section, "")


def _around(section: Section) -> Iterator[Leaf]:
    """What stands around a template that is set off as a block: its heading, and the paragraphs before and behind."""
    if not any(isinstance(block, Fence) and block.closed for block in section.blocks):
        return
    yield Leaf(section.inline, section, "heading")
    yield from _of((block for block in section.blocks if isinstance(block, Text)), section, "")


def _pieces(inline: Inline) -> list[Inline]:
    """A paragraph line by line where it is a list of keys and values, else as one."""
    lines = list(inline.by_line)
    if inline.lead or (len(lines) > 1 and all(line.labelled is not None for line in lines)):
        return lines
    return [inline]


_TEMPLATES = frozenset(["templates", "postmortem_template"])


def _is_template(section: Section) -> bool:
    return not _TEMPLATES.isdisjoint(section.abouts)


def _of(blocks: Iterable[Block], section: Section, under: str) -> Iterator[Leaf]:
    for block in blocks:
        match block:
            case Text():
                for line in _pieces(block.inline):
                    yield Leaf(line, section, "text", under)
            case ItemList():
                for item in block.items:
                    if item.inline.text:
                        opens = any(isinstance(child, ItemList) for child in item.children)
                        yield Leaf(item.inline, section, "item", under, opens)
                    if item.children:
                        yield from _of(item.children, section, item.inline.text or under)
            case Table():
                titles = [title.text for title in block.header]
                for row in block.rows:
                    first = row.cells[0].text if row.cells else ""
                    for title, cell in itertools.zip_longest(titles, row.cells):
                        if cell is not None and cell.text:
                            yield Leaf(cell, section, "cell", under, headed=(title or "", first))
            case Quote():
                yield from _of(block.children, section, under)
            case Fence() if block.closed and is_shell(block):
                for event in shell_events(block):
                    if isinstance(event, Comment | Told) and event.text:
                        yield Leaf(plain(without_ordinal(event.text), event.line), section, "comment", under)
            case Fence() if block.closed and (inner := checklist(block)) is not None:
                yield from _of(inner, section, under)
            case _:
                pass
