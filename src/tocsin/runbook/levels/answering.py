"""The clocks of chapters that say how each level is answered, where another chapter says which levels there are."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.runbook.document.blocks import ItemList, Text
from tocsin.runbook.document.inline import Inline, plain
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import target
from tocsin.runbook.levels.draft import Level
from tocsin.runbook.levels.facts import say_named_clock
from tocsin.runbook.levels.promises import is_clock
from tocsin.runbook.levels.titles import clock_named


def read_clocks(section: Section, level: Level) -> None:
    """Take what a chapter "P1 - High" promises under a label of its own: "**Response time:** 1 hour".

    It stands in a line, an item, a heading below it, or in a bracket of the title. What is to be done is not taken.
    """
    for line in _lines(section):
        labelled = line.labelled
        if labelled is not None and clock_named(labelled[0]) is not None and is_clock(labelled[1]):
            say_named_clock(line, level)


def _lines(section: Section) -> Iterator[Inline]:
    if section.title.qualifier is not None and target(section.title.qualifier) is not None:
        yield plain(section.title.qualifier, section.lines.first)
    for block in section.blocks:
        match block:
            case Text():
                yield from block.inline.by_line
            case ItemList():
                yield from (item.inline for item in block.items)
            case _:
                pass
    for child in section.children:
        yield plain(child.title.raw, child.lines.first)
        yield from (line for block in child.blocks if isinstance(block, Text) for line in block.inline.by_line)
