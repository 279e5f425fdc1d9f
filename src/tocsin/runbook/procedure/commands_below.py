"""Whether anything below a heading can be run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from tocsin.runbook.command.shell import inline_command, is_script
from tocsin.runbook.command.unmarked import behind_its_colon, on_its_own_line
from tocsin.runbook.document.blocks import Block, Fence, ItemList, Quote, Table, Text
from tocsin.runbook.document.fencekinds import SQL_INFO, is_shell
from tocsin.runbook.document.inline import Inline, without_ordinal
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.procedure.columns import only_names_files
from tocsin.runbook.procedure.place import Place
from tocsin.runbook.procedure.sentences import heading_steps
from tocsin.runbook.procedure.steps import read_steps


def has_commands(section: Section) -> bool:
    """Whether anything below a section is a command."""
    every = list(section.walk())
    return any(_has_command(block) for one in every for block in one.blocks) or any(
        next(heading_steps(one, Place("")), None) for one in every if one.level == LABEL_LEVEL
    )


def _has_command(block: Block) -> bool:
    match block:
        case Fence():
            return block.closed and (is_shell(block) or block.info in SQL_INFO)
        case ItemList():
            return any(_holds_command(item.inline) or any(map(_has_command, item.children)) for item in block.items)
        case Table():
            heads = [only_names_files(head.text) for head in block.header]
            rows = (zip_longest(row.cells, heads[: len(row.cells)]) for row in block.rows)
            return any(not skipped and _holds_command(cell) for row in rows for cell, skipped in row)
        case Quote():
            return any(map(_has_command, block.children))
        case Text():
            return _says_command(block.inline)
        case _:
            return False


def _holds_command(inline: Inline) -> bool:
    """Whether an item or a cell has a command, be it marked as code or not."""
    text = without_ordinal(inline.text)
    return _says_command(inline) or on_its_own_line(text) or behind_its_colon(text) is not None


def _says_command(inline: Inline) -> bool:
    if any(inline_command(run.text) or is_script(run.text) for run in inline.codes):
        return bool(next((step for step in read_steps((Text(inline.lines, inline),), Place("")) if step.command), None))
    return any(on_its_own_line(line.text) and not line.codes for line in inline.by_line)


def words_run(section: Section) -> set[str]:
    """The words of everything in code below a section, in small letters and the singular."""
    texts: list[str] = []
    for block in _blocks_below(block for one in section.walk() for block in one.blocks):
        match block:
            case Fence():
                texts += block.body
            case Text():
                texts += (run.text for run in block.inline.codes)
            case ItemList():
                texts += (run.text for item in block.items for run in item.inline.codes)
            case _:
                pass
    return {word.casefold().removesuffix("s") for text in texts for word in text.split()}


def _blocks_below(blocks: Iterable[Block]) -> Iterator[Block]:
    """These blocks and those inside of items and quotes."""
    for block in blocks:
        yield block
        inside = (item.children for item in block.items) if isinstance(block, ItemList) else ()
        for children in (*inside, *((block.children,) if isinstance(block, Quote) else ())):
            yield from _blocks_below(children)


def has_steps(section: Section) -> bool:
    """Whether a section itself holds more than prose."""
    return any(
        isinstance(block, ItemList) or (isinstance(block, Fence) and is_shell(block)) for block in section.blocks
    )
