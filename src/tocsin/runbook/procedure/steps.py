"""From blocks to steps: list items, shell and SQL blocks, rows of tables and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from tocsin.runbook.command.shell import Statement, is_command
from tocsin.runbook.command.unmarked import PROMPT, behind_its_colon, on_its_own_line, without_sentence
from tocsin.runbook.document.blocks import Block, Fence, Item, ItemList, Quote, Row, Table, Text
from tocsin.runbook.document.checklist import checklist, is_diagram
from tocsin.runbook.document.fencekinds import SQL_INFO, is_shell
from tocsin.runbook.document.inline import Inline, without_ordinal
from tocsin.runbook.document.metadata import is_metadata, is_particular
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.instructions import Step, StepKind
from tocsin.runbook.procedure.cases import answer_in, case_begun, case_said, in_case, state_named
from tocsin.runbook.procedure.circumstances import state_alone
from tocsin.runbook.procedure.columns import counts_phases, is_of_work, names_what_is_run, only_names_files
from tocsin.runbook.procedure.forbidden import (
    forbids_below,
    forbids_beside,
    warns_beside,
)
from tocsin.runbook.procedure.notes import (
    announced,
    case_further_up,
    limits_beside,
    notes_beside,
    steps_of_items,
)
from tocsin.runbook.procedure.place import Place, command_step, sql_step
from tocsin.runbook.procedure.provisos import (
    all_under,
    begins_with_case,
    case_of,
    changes_under,
    condition_said,
    is_run,
    limit_said,
    proviso_said,
    under,
)
from tocsin.runbook.procedure.sentences import inline_steps
from tocsin.runbook.procedure.shellsteps import only_told, shell_steps
from tocsin.runbook.procedure.ways import WaysOfBlocks, WaysOfItems, chooses_one, each_its_way
from tocsin.runbook.procedure.words_around import with_words_around
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.wording import condition_in, is_bare_or, watched
from tocsin.runbook.words import is_unspaced, vocabulary


@pattern
def _imperative() -> str:
    return rf"^(?:{any_of('directly')}\s+)?{any_of('imperative')}|{any_of('imperative_last')}\W*$"


def read_steps(blocks: Iterable[Block], place: Place) -> Iterator[Step]:
    """The steps of these blocks in order, without ids yet; what is not to be run is no command."""
    found = _steps(blocks, place)
    return map(only_told, found) if place.forbidden else found


def _steps(blocks: Iterable[Block], place: Place) -> Iterator[Step]:
    blocks = announced(tuple(blocks))
    ways = WaysOfBlocks(blocks)
    for n in range(len(blocks)):
        yield from ways.told(_of_block(blocks, n, ways.place(n, place)), n)


def _of_block(blocks: Sequence[Block], n: int, place: Place) -> Iterator[Step]:
    block = blocks[n]
    match block:
        case ItemList():
            items = _without_particulars(block.items)
            read = _reader(_asked(blocks, n, place), WaysOfItems(items, counted=block.ordered))
            yield from _noted_changes(steps_of_items(items, read), notes_beside(blocks, n))
        case Fence():
            steps = _noted(_fence(block, place), notes_beside(blocks, n))
            yield from all_under(steps, case_further_up(blocks, n))
        case Table():
            rows = (step for row in block.rows for step in _row(block, row, place))
            yield from _noted_changes(rows, notes_beside(blocks, n))
        case Quote():
            yield from read_steps(block.children, place)
        case Text():
            yield from _noted(_text(block.inline, place), notes_beside(blocks, n))
        case _:
            pass


def _without_particulars(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items of a list without "Severity: P1" and "Owner: mills", where two of them are such, or the only one."""
    kept = tuple(item for item in items if item.children or not is_particular(item.inline))
    return kept if not kept or len(kept) < len(items) - 1 else items


def _reader(where: Place, ways: WaysOfItems) -> Callable[[Item], Iterator[Step]]:
    """Reads the items of a list one by one; one that asks a question asks it of the answers below it."""
    asked = where

    def read(item: Item) -> Iterator[Step]:
        return ways.told(read_one(item), item)

    def read_one(item: Item) -> Iterator[Step]:
        nonlocal asked
        text = item.inline.text
        if text.endswith(_ASKS) and not item.children:
            asked = replace(where, group=text)
            return _item(item, ways.place(item, where))
        if answer_in(text) is None:
            asked = where
        return _item(item, ways.place(item, asked))

    return read


def _asked(blocks: Sequence[Block], at: int, place: Place) -> Place:
    """Where a list of answers stands: the question right above it names them all."""
    above, block = blocks[at - 1] if at else None, blocks[at]
    if not isinstance(above, Text) or not above.inline.text.endswith(_ASKS) or not isinstance(block, ItemList):
        return place
    answers = block.items and answer_in(block.items[0].inline.text)
    return replace(place, group=above.inline.text) if answers else place


_ASKS = ("?", "？")


def _noted(steps: Iterator[Step], notes: tuple[str, str]) -> Iterator[Step]:
    """The steps of a block of commands with what the notes right above and below it say of running them."""
    if not any(notes):
        return steps
    if any(map(forbids_beside, notes)):
        return map(only_told, steps)
    said = [one for note in filter(None, notes) for one in (warns_beside(note), proviso_said(note))]
    return in_case(all_under(steps, case_of(notes[0]), *said), begins_with_case(notes[0]) or case_begun(notes[0]))


def _noted_changes(steps: Iterator[Step], notes: tuple[str, str]) -> Iterator[Step]:
    """The same for a list or a table, where a note is about what changes something."""
    if forbids_beside(notes[0]):
        return map(only_told, steps)
    if (case := case_of(notes[0])) is not None:
        steps = all_under(steps, case)
    elif (case := begins_with_case(notes[0])) is not None:
        steps = changes_under(steps, [case])
    return changes_under(steps, map(limit_said, filter(None, notes)))


def _item(item: Item, place: Place) -> Iterator[Step]:
    place = _named_place(item, place)
    title = without_ordinal(item.inline.text)
    own = [*_own_steps(item.inline, place, item.lines), *_further_lines(item.inline, place)]
    nested = list(_nested(item, place))
    if any(step.command for step in nested):
        if own:
            yield from own
        for step in nested:
            yield step if step.group else replace(step, group=_heading(item.inline))
        return
    if not title and nested:
        yield from nested
        return
    if own:
        first, *others = own
        details = tuple(_details(item.children))
        first = under(first, *map(proviso_said, details))
        yield replace(first, details=(*first.details, *details)) if details else first
        yield from others
        return
    if not title and not item.children:
        return
    yield _manual(item.inline, item.lines, place, tuple(_details(item.children)))


def _named_place(item: Item, place: Place) -> Place:
    """Where an item belongs that says so before its colon, "Verified when: stones are hot"; else where it stands."""
    labelled = item.inline.labelled
    if (answer := answer_in(item.inline.text)) is not None:
        return replace(place, condition=f"{place.group} {answer}" if place.group else answer)  # "Is it full?" "Yes: …"
    labelled = labelled if place.section in _OF_ANY_STEPS else None
    part = vocabulary().part(labelled[0]) if labelled is not None and labelled[1] else None
    return replace(place, section=part.kind) if part is not None and part.kind in _SAID_OF_AN_ITEM else place


_OF_ANY_STEPS = frozenset(["resolution", "investigation", "mixed"])
_SAID_OF_AN_ITEM = frozenset(["verification", "prevention", "escalation"])


def _own_steps(inline: Inline, place: Place, lines: Lines) -> Iterator[Step]:
    """The commands in an item or a cell, be they marked as code or not."""
    if inline.codes or place.symptoms or inline.lines.first < inline.lines.last:
        yield from with_words_around(inline, list(inline_steps(inline, place, lines)))
        return
    text = without_ordinal(inline.text)
    title, command = (text, without_sentence(text)) if on_its_own_line(text) else behind_its_colon(text) or ("", "")
    if command:
        step = command_step(Statement(command, inline.lines.first, inline.lines.first), place, title, lines)
        yield from in_case((step,), case_said(title))


def _further_lines(inline: Inline, place: Place) -> Iterator[Step]:
    """Commands on lines of their own below the first line of an item, which names them."""
    first, *further = inline.by_line if inline.lines.first < inline.lines.last else (inline,)
    announced = first.text.endswith((":", "："))
    limits = [proviso_said(line.text) for line in further if not line.codes]
    for line in further:
        alone = is_command(line.text, strict=not announced) and " " in line.text
        if (alone or on_its_own_line(line.text)) and not line.codes:
            yield under(_named(line, without_ordinal(first.text), place), *limits)


def _nested(item: Item, place: Place) -> Iterator[Step]:
    if not item.children:
        return
    heading = _heading(item.inline)
    checks = heading is not None and vocabulary().begins_with("verify", heading, 1)
    section = "verification" if checks and place.section == "resolution" else place.section
    inside = replace(
        place,
        section=section,
        group=heading or place.group,
        condition=condition_said(without_ordinal(item.inline.text)) or place.condition,
        forbidden=place.forbidden or forbids_below(without_ordinal(item.inline.text)),
    )
    steps = in_case(read_steps(item.children, inside), case_begun(item.inline.text) or state_named(item.inline))
    yield from each_its_way(steps) if chooses_one(item.inline.text) else steps


def _heading(inline: Inline) -> str | None:
    text = without_ordinal(inline.lead or inline.text).rstrip(":： ")
    return text[:120] or None


def _details(blocks: Iterable[Block]) -> Iterator[str]:
    """Everything nested below an item, one line each, in order."""
    for block in blocks:
        match block:
            case ItemList():
                for item in block.items:
                    if item.inline.text:
                        yield item.inline.text
                    yield from _details(item.children)
            case Text():
                yield block.inline.text
            case Quote():
                yield from _details(block.children)
            case Fence():
                yield from (line for line in block.body if line.strip())
            case Table():
                yield from (" | ".join(cell.text for cell in row.cells) for row in block.rows)
            case _:
                pass


def _manual(inline: Inline, lines: Lines, place: Place, details: tuple[str, ...] = ()) -> Step:
    lead, rest = inline.lead, inline.rest
    title = inline.text
    if lead is not None and rest and len(title) > 90:
        title, details = lead, (rest, *details)
    title = without_ordinal(title).rstrip(":： ")
    wait = watched(title)
    return Step(
        id="",
        title=title,
        kind=_kind(title, place, wait),
        section=place.section,
        lines=lines,
        condition=condition_in(inline.text) or place.condition,
        alternative=place.alternative,
        group=place.group,
        wait=wait,
        details=details,
    )


def as_asked(step: Step) -> Step:
    """A step that is to be done, where a label before a sentence says so: "Fix: Turn the key"."""
    if step.kind is not StepKind.REFERENCE or step.command is not None:
        return step
    kind = _kind(step.title, Place(step.section), step.wait)
    if kind is StepKind.MANUAL and step.title[:1].isdigit():
        return step  # "Recovery: 2 to 4 minutes"
    told = kind is not StepKind.MESSAGE or vocabulary().begins_with("notify", step.title, 1)
    return replace(step, kind=kind if told else StepKind.MANUAL)  # "Keep sends disabled" is no message


_TELLS = frozenset(["symptoms", "detection", "impact", "meaning"])
"""Parts of a procedure that tell what is, and ask for nothing but where they say so."""


def _kind(title: str, place: Place, wait: Duration | None) -> StepKind:
    words = vocabulary()
    if place.section in _TELLS and not title.endswith("?") and not _imperative().search(title):
        return StepKind.REFERENCE
    if wait is not None:
        return StepKind.WAIT
    if words.begins_with("notify", title, 3):
        return StepKind.MESSAGE
    if place.section == "verification" or words.begins_with("verify", title, 3):
        return StepKind.VERIFY
    return StepKind.MANUAL


def _text(inline: Inline, place: Place) -> Iterator[Step]:
    if is_metadata(inline) or is_bare_or(inline.text):
        return
    runs = [on_its_own_line(line.text) and not line.codes for line in inline.by_line]
    if any(runs):
        yield from _lines_with_commands(list(zip(inline.by_line, runs, strict=True)), place)
        return
    yield from _told(inline, place)


def _lines_with_commands(lines: Sequence[tuple[Inline, bool]], place: Place) -> Iterator[Step]:
    """The lines of a paragraph some of which are commands; what stands above one is the title of that one.

    A line that begins with a small letter goes on with the one above it: its condition is for the command too.
    """
    said: list[Inline] = []
    for n, (line, runs) in enumerate(lines):
        if runs:
            title = " ".join(one.text for one in said)
            below = lines[n + 1][0].text if n + 1 < len(lines) and not lines[n + 1][1] else ""
            step = _named(line, without_ordinal(title) if said else line.text.removeprefix(PROMPT), place)
            yield under(step, proviso_said(below) if below and not below.endswith((":", "：")) else None)
            said = []
            continue
        if not line.text[:1].islower():
            yield from _told_each(said, place)
            said = []
        said.append(line)
    yield from _told_each(said, place)


def _told_each(lines: Sequence[Inline], place: Place) -> Iterator[Step]:
    for line in lines:
        yield from _told(line, place)


def _named(line: Inline, title: str, place: Place) -> Step:
    """The command that a line is, by what stands above it; that may say not to run it."""
    statement = Statement(without_sentence(line.text), line.lines.first, line.lines.first)
    step = command_step(statement, place, title.rstrip(":： "))
    return only_told(step) if forbids_below(title) else step


def _told(line: Inline, place: Place) -> Iterator[Step]:
    found = with_words_around(line, list(inline_steps(line, place, line.lines)))
    yield from found
    several = list(line.by_line)
    if not found and len(several) > 1 and all(one.labelled for one in several):
        fields = tuple(one.text for one in several[1:])  # "Severity: high", "Page: yes", "Target: 99.9 %"
        yield replace(_manual(several[0], line.lines, place, fields), kind=StepKind.REFERENCE)
    elif not found and len(line.text) > (1 if is_unspaced(line.text) else 3):
        yield replace(_manual(line, line.lines, place), kind=StepKind.REFERENCE)


_COUNT = re.compile(r"\d{1,2}[.)]?")


def _row(table: Table, row: Row, place: Place) -> Iterator[Step]:
    """A row of a table of things to do: "Scenario | What to do | Time"."""
    files = [only_names_files(head.text) for head in table.header]
    cells = [cell for cell, skipped in zip_longest(row.cells, files[: len(row.cells)]) if not skipped]
    heads = [head for head, skipped in zip_longest(table.header, files[: len(table.header)]) if not skipped]
    condition = row.cells[0].text if row.cells and not any(map(is_run, row.cells[0].codes)) else None
    if condition is not None and _COUNT.fullmatch(condition) and not any(map(str.isalpha, table.header[0].text)):
        condition = None  # "1" below "#": the row is counted
    if condition is not None and counts_phases(table):
        place, condition = replace(place, group=condition), None
    commands = [
        (step, head)
        for cell, head in zip_longest(cells, heads[: len(cells)])
        for step in _own_steps(cell, place, row.lines)
    ]
    if commands:
        limits, named = limits_beside(table.header, row.cells), names_what_is_run(table)
        for step, head in commands:
            if not named or condition is None:
                step = replace(step, condition=step.condition or condition)
            elif step.command is not None and step.title == step.command.text:
                step = replace(under(step, condition_said(condition)), title=condition)
            yield from in_case((under(step, *limits),), _case_of_column(head))
        return
    texts = [cell.text for cell in row.cells if cell.text]
    if len(texts) < 2:
        return
    yield Step(
        id="",
        title=texts[1],
        kind=StepKind.MANUAL if is_of_work(table) else StepKind.REFERENCE,
        section=place.section,
        lines=row.lines,
        condition=condition,
        group=place.group,
        details=tuple(
            f"{head.text}: {cell.text}" for head, cell in list(zip(table.header, row.cells, strict=False))[2:]
        ),
    )


def _case_of_column(head: Inline | None) -> str | None:
    """The case that the title of a command's column is: "If the queue is full", "Sluice closed"."""
    return (condition_said(head.text) or state_alone(head.text)) if head is not None else None


def _fence(fence: Fence, place: Place) -> Iterator[Step]:
    if not fence.closed:
        return
    if fence.info in SQL_INFO:
        yield from _sql_block(fence, place)
    elif is_shell(fence):
        yield from shell_steps(fence, place.section, place.group, place.condition, place.alternative)
    elif (inner := checklist(fence)) is not None:
        yield from read_steps(inner, place)
    elif any(line.strip() for line in fence.body) and not is_diagram(fence):
        yield Step(
            id="",
            title=next(line.strip() for line in fence.body if line.strip()),
            kind=StepKind.REFERENCE,
            section=place.section,
            lines=fence.lines,
            group=place.group,
            alternative=place.alternative,
            details=fence.body,
        )


def _sql_block(fence: Fence, place: Place) -> Iterator[Step]:
    start: int | None = None
    title: str | None = None
    held: list[str] = []
    for n, line in enumerate([*fence.body, ";"]):
        bare = line.strip()
        if bare.startswith("--"):
            if not held:
                title = bare.lstrip("- ").strip() or title
            continue
        if not bare or (bare == ";" and not held):
            continue
        start = fence.first + n if start is None else start
        if n < len(fence.body):
            held.append(line)
        if bare.endswith(";") and held:
            text = "\n".join(held).strip()
            yield sql_step(
                text, Lines(start, fence.first + min(n, len(fence.body) - 1)), place, title or text.split("\n")[0]
            )
            start, held = None, []
