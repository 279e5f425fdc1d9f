"""What stands beside commands and limits them: notes above and below, items, cells of their row, gates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from tocsin.runbook.command.unmarked import behind_its_colon, on_its_own_line
from tocsin.runbook.document.blocks import Block, Fence, Item, ItemList, Quote, Table, Text
from tocsin.runbook.document.inline import Inline, has_ordinal, without_ordinal
from tocsin.runbook.document.sections import Section
from tocsin.runbook.grammar import any_of, guarded, may_hold
from tocsin.runbook.instructions import Step, StepKind
from tocsin.runbook.procedure.course import changes
from tocsin.runbook.procedure.preconditions import is_asked, is_gate, is_more_than_a_tool, needs_consent
from tocsin.runbook.procedure.provisos import (
    all_under,
    begins_limit,
    case_of,
    changes_under,
    condition_said,
    denies,
    is_of_the_next,
    is_run,
    is_to_be_done,
    labels_use,
    limit_said,
    under,
    used_when,
)
from tocsin.runbook.stated import Lines
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import vocabulary


def steps_of_items(items: Sequence[Item], read: Callable[[Item], Iterable[Step]]) -> Iterator[Step]:
    """The steps of a list; an item that only limits a command is about the one right before it, or right below.

    One that says what to wait for, "Get approval of the lead", is to be done, and about the next command.
    """
    limits = [None if item.children else _limit_of(item.inline) for item in items]
    ahead = [limit is not None and is_of_the_next(limit) and n + 1 < len(limits) for n, limit in enumerate(limits)]
    awaited: list[str] = []
    for n, (item, limit) in enumerate(zip(items, limits, strict=True)):
        if limit is not None and ahead[n]:
            awaited.append(limit)
            yield from read(item)
        elif limit is not None:
            told = not is_to_be_done(limit)
            yield from (replace(step, kind=StepKind.REFERENCE) if told else step for step in read(item))
        else:
            above = limits[n - 1] if n == 1 else None
            behind = limits[n + 1] if n + 1 < len(limits) and not ahead[n + 1] else None
            others = (one for one in (*awaited, above, behind) if one is not None)
            steps = tuple(_under_each(read(item), list(others)))
            yield from steps
            awaited = [] if any(map(changes, steps)) else awaited


def _under_each(steps: Iterable[Step], limits: Sequence[str]) -> Iterator[Step]:
    """The steps under the limits of items beside theirs: whom to tell first is about what changes something."""
    mild = [one for one in limits if is_asked(one) and not needs_consent(one)]
    return changes_under(all_under(steps, *(one for one in limits if one not in mild)), mild)


def _limit_of(inline: Inline) -> str | None:
    """What an item that has no command of its own limits."""
    said = None if inline.codes else limit_said(without_ordinal(inline.text))
    return None if said is None or holds_command(inline) else said


def holds_command(inline: Inline) -> bool:
    """Whether a line or an item has a command, marked as code or not."""
    if any(map(is_run, inline.codes)):
        return True
    lines = (without_ordinal(line.text) for line in inline.by_line if not line.codes)
    return any(on_its_own_line(line) or behind_its_colon(line) is not None for line in lines)


def announced(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks with a code block below a list inside of its last item where that ends in a colon and waits for it."""
    found: list[Block] = []
    for block in blocks:
        last = found[-1].items[-1] if found and isinstance(found[-1], ItemList) and found[-1].items else None
        if isinstance(block, Fence) and last is not None and not last.children and last.inline.text.endswith(_COLONS):
            item = replace(last, lines=Lines(last.lines.first, block.lines.last), children=(block,))
            above = found[-1]
            assert isinstance(above, ItemList)
            found[-1] = replace(above, items=(*above.items[:-1], item))
        else:
            found.append(block)
    return found


def notes_beside(blocks: Sequence[Block], at: int) -> tuple[str, str]:
    """What the notes right above and right below a block say.

    A line below that ends in a colon, or says what to wait for before more is run, is about what comes next; so is one
    that is labelled as saying when something is used.
    """
    above = _note(blocks[at - 1]) if at > 0 else None
    below = _note(blocks[at + 1]) if at + 1 < len(blocks) else None
    if below is None or below.endswith(_COLONS) or used_when(below):
        return above or "", ""
    goes_on = any(isinstance(block, Fence | ItemList | Table) for block in blocks[at + 2 : at + 3])
    return above or "", "" if goes_on and (_is_counted(blocks[at + 1]) or is_of_the_next(below)) else below


def case_further_up(blocks: Sequence[Block], at: int) -> str | None:
    """The case that a line with a colon is, "If the hopper is full:", where a paragraph stands below it first."""
    above = blocks[at - 1] if at > 1 else None
    if not isinstance(above, Text) or above.inline.text.endswith(_COLONS) or may_hold(above.inline.text, "otherwise"):
        return None
    for block in reversed(blocks[max(0, at - _MOST_BETWEEN) : at - 1]):
        if not isinstance(block, Text):
            return None
        if block.inline.text.endswith(_COLONS):
            return case_of(block.inline.text)
    return None


_MOST_BETWEEN = 4
"""Paragraphs up to the line that says when all of them hold."""


def _is_counted(block: Block) -> bool:
    """Whether a paragraph is a step with its number, "Step 3: …", which is about what is below it."""
    return isinstance(block, Text) and has_ordinal(block.inline.text)


def limits_in(blocks: Sequence[Block]) -> list[tuple[int, str]]:
    """(line, what it says) for each note and item among some blocks that limits what is done below their heading."""
    notes = [(block.lines.first, note) for block in blocks if (note := _note(block))]
    labels = [(block.lines.first, block.inline.labelled) for block in blocks if isinstance(block, Text)]
    notes += [(line, said[1]) for line, said in labels if said is not None and condition_in(said[0])]  # "When: only …"
    for items in (block.items for block in blocks if isinstance(block, ItemList)):
        notes += [(one.lines.first, one.inline.text) for one in items if not one.children and not one.inline.codes]
    return [(line, said) for line, note in notes if (said := limit_said(note)) is not None]


def holds_below(limit: str, line: int, steps: Iterable[Step]) -> int:
    """The line below which a limit on ``line`` holds among some steps, 0 for all: what is to be done first has one.

    One that stands below the last of them is a writer's afterthought, and holds for all.
    """
    return line if is_to_be_done(limit) and any(step.lines.first > line and changes(step) for step in steps) else 0


def uses_in(blocks: Sequence[Block]) -> Iterator[tuple[int, str]]:
    """(line, what it says) for each line or item that says when what is below it is used: "When to use it: …"."""
    for block in blocks:
        match block:
            case Text():
                lines = block.inline.by_line
            case ItemList():
                lines = tuple(item.inline for item in block.items if not item.inline.codes)
            case _:
                lines = ()
        yield from ((line.lines.first, said) for line in lines if (said := used_when(line.text)) is not None)


def under_uses(steps: Iterable[Step], uses: Sequence[tuple[int, str]]) -> Iterator[Step]:
    """The steps with what such lines say for those that change something further down."""
    for step in steps:
        said = [one for line, one in uses if line < step.lines.first]
        yield under(step, *said) if said and changes(step) else step


def limits_beside(header: Sequence[Inline], cells: Sequence[Inline]) -> list[str | None]:
    """What the cells of a row say of running a command in it: "only on the replica", or a column "When"."""
    return [_limit_in(head.text, cell) for head, cell in list(zip(header, cells, strict=False))[1:]]


def warnings_beside(header: Sequence[Inline], cells: Sequence[Inline]) -> list[str | None]:
    """The same for a row of an incident, whose other cells say how it shows: a column "Warning", "never by night"."""
    pairs = [(head.text, cell) for head, cell in zip(header, cells, strict=False) if not cell.codes]
    return [
        cell.text if begins_limit().match(head) and cell.text else limit_said(cell.text) for head, cell in pairs[1:]
    ]


def _limit_in(head: str, cell: Inline) -> str | None:
    if cell.codes or not cell.text:
        return None
    if _permitted().match(head) and denies(cell.text):
        return f"{head}: {cell.text}"
    if condition_in(head) or begins_limit().match(head) or vocabulary().column("situation", head) >= _SURELY:
        return cell.text
    if labels_use().match(beside := f"{head}: {cell.text}"):
        return used_when(beside)  # a column "Approval"
    return condition_said(cell.text)


@guarded("permitted")
def _permitted() -> str:
    return rf"\W*(?:{any_of('it')}\s+)?{any_of('permitted')}\W*$"


_SURELY = 0.9
_COLONS = (":", "：")


def _note(block: Block) -> str | None:
    """What a paragraph or a note says that holds no commands of its own."""
    match block:
        case Text() if len(block.inline.text) <= _LONGEST_NOTE and not holds_command(block.inline):
            return without_ordinal(block.inline.text)
        case Quote() if not any(isinstance(one, Fence | ItemList) for one in block.children):
            return " ".join(filter(None, map(_note, block.children)))
        case _:
            return None


_LONGEST_NOTE = 600
"""Characters. Longer text explains more than one block."""


def gates_of(section: Section) -> list[tuple[int, str]]:
    """(line, what is asked for) for each thing below a title that announces what has to be so, "Prerequisites".

    What one needs to work, "access to the cluster", is none.
    """
    if not is_gate(section.title.text):
        return []
    lines: list[Inline] = []
    for block in section.blocks:
        match block:
            case Text():
                lines += block.inline.by_line
            case ItemList():
                lines += (item.inline for item in block.items)
            case _:
                pass
    said = [(line.lines.first, without_ordinal(line.text)) for line in lines if not holds_command(line)]
    return [(line, text.rstrip(" .。")) for line, text in said if is_more_than_a_tool(text)]
