"""From blocks to steps: list items, shell and SQL blocks, tables and commands in prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tocsin.runbook.command import sql
from tocsin.runbook.command.commands import shell_command, sql_command
from tocsin.runbook.command.shell import Statement, inline_command, is_command, is_script
from tocsin.runbook.command.unmarked import behind_its_colon, on_its_own_line, without_sentence
from tocsin.runbook.document.blocks import Block, Fence, Item, ItemList, Quote, Row, Table, Text
from tocsin.runbook.document.checklist import checklist, is_diagram
from tocsin.runbook.document.fencekinds import SQL_INFO, is_shell
from tocsin.runbook.document.inline import Inline, Run, without_ordinal
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.grammar import any_of, article, ending, pattern, small_words
from tocsin.runbook.instructions import Step, StepKind
from tocsin.runbook.procedure.columns import is_of_work, names_what_is_run
from tocsin.runbook.procedure.forbidden import (
    forbids_below,
    forbids_beside,
    is_forbidden_in,
    is_warned_of_in,
    warns_beside,
)
from tocsin.runbook.procedure.provisos import (
    LONGEST_BEFORE,
    all_under,
    announced,
    case_of,
    changes_under,
    command_in,
    condition_said,
    is_joined,
    is_run,
    last_sentence,
    limit_said,
    limits_beside,
    notes_beside,
    proviso_said,
    said_around,
    steps_of_items,
    under,
)
from tocsin.runbook.procedure.shellsteps import only_told, shell_steps
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.wording import condition_in, is_metadata, watched
from tocsin.runbook.words import vocabulary, words_of


@pattern
def _subject() -> str:
    """Behind a command that the sentence is about, "`pg_dump` fails": it is none to run."""
    return rf"^\s*{any_of('predicate')}"


@pattern
def _only_if() -> str:
    """Before a command of which only the outcome is spoken: "If `oven on` fails", "Once `oven ls` shows it"."""
    return rf"\s*{any_of('if')}\s+"


@pattern
def _article() -> str:
    """Before a command that is a thing to speak of: "A `terraform apply` needs a second pair of eyes"."""
    return rf"\s*{article()}"


@pattern
def _trace() -> str:
    """What a command has left behind or runs as, "recent `drush cron` activity": it is looked at there."""
    return rf"^\s*{any_of('trace')}"


@pattern
def _done() -> str:
    """Before a command that was run already: "the state before you ran `helm install`", "if you have set it via"."""
    return rf"(?:{any_of('ran')}|{any_of('if')}\s+{any_of('has_done')}[^.,;:!?→。，；：]{{0,80}})\s*$"


@pattern
def _imperative() -> str:
    return rf"^(?:{any_of('directly')}\s+)?{any_of('imperative')}|{any_of('imperative_last')}\W*$"


@dataclass(frozen=True, slots=True)
class Place:
    """Where steps are being read: the section's name, and the group and alternative they inherit."""

    section: str
    group: str | None = None
    alternative: str | None = None
    condition: str | None = None
    symptoms: bool = False
    forbidden: bool = False


def read_steps(blocks: Iterable[Block], place: Place) -> Iterator[Step]:
    """The steps of these blocks in order, without ids yet; what is not to be run is no command."""
    found = _steps(blocks, place)
    return map(only_told, found) if place.forbidden else found


def _steps(blocks: Iterable[Block], place: Place) -> Iterator[Step]:
    blocks = announced(tuple(blocks))
    for n, block in enumerate(blocks):
        match block:
            case ItemList():
                yield from _noted_changes(
                    steps_of_items(block.items, lambda item: _item(item, place)), notes_beside(blocks, n)
                )
            case Fence():
                yield from _noted(_fence(block, place), notes_beside(blocks, n))
            case Table():
                rows = (step for row in block.rows for step in _row(block, row, place))
                yield from _noted_changes(rows, notes_beside(blocks, n))
            case Quote():
                yield from read_steps(block.children, place)
            case Text():
                yield from _noted(_text(block.inline, place), notes_beside(blocks, n))
            case _:
                pass


def _noted(steps: Iterator[Step], notes: tuple[str, str]) -> Iterator[Step]:
    """The steps of a block of commands with what the notes right above and below it say of running them."""
    if not any(notes):
        return steps
    if any(map(forbids_beside, notes)):
        return map(only_told, steps)
    said = [one for note in filter(None, notes) for one in (warns_beside(note), proviso_said(note))]
    return all_under(steps, case_of(notes[0]), *said)


def _noted_changes(steps: Iterator[Step], notes: tuple[str, str]) -> Iterator[Step]:
    """The same for a list or a table, where a note is about what changes something."""
    if forbids_beside(notes[0]):
        return map(only_told, steps)
    if (case := case_of(notes[0])) is not None:
        steps = all_under(steps, case)
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
    if own:
        first, *others = own
        if behind := _said_behind(item.inline):
            *others, last = own
            first, *others = *others, replace(last, details=(*last.details, *behind))
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
    if labelled is not None and place.group is not None and _answer().fullmatch(labelled[0]):
        return replace(place, condition=f"{place.group} {labelled[0]}")  # "Is it full?" above "Yes: …"
    labelled = labelled if place.section in _OF_ANY_STEPS else None
    part = vocabulary().part(labelled[0]) if labelled is not None and labelled[1] else None
    return replace(place, section=part.kind) if part is not None and part.kind in _SAID_OF_AN_ITEM else place


@pattern
def _answer() -> str:
    return any_of("yes", "no")


_OF_ANY_STEPS = frozenset(["resolution", "investigation", "mixed"])
_SAID_OF_AN_ITEM = frozenset(["verification", "prevention", "escalation"])


def _own_steps(inline: Inline, place: Place, lines: Lines) -> Iterator[Step]:
    """The commands in an item or a cell, be they marked as code or not."""
    if inline.codes or place.symptoms or inline.lines.first < inline.lines.last:
        yield from _inline_steps(inline, place, lines)
        return
    text = without_ordinal(inline.text)
    title, command = (text, without_sentence(text)) if on_its_own_line(text) else behind_its_colon(text) or ("", "")
    if command:
        yield _command(Statement(command, inline.lines.first, inline.lines.first), place, title, lines)


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
    yield from read_steps(item.children, inside)


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


_TELLS = frozenset(["detection", "impact", "meaning"])
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
    if is_metadata(inline):
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
            step = _named(line, without_ordinal(title) if said else line.text, place)
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
    step = _command(statement, place, title.rstrip(":： "))
    return only_told(step) if forbids_below(title) else step


def _told(line: Inline, place: Place) -> Iterator[Step]:
    found = list(_inline_steps(line, place, line.lines))
    yield from found
    several = list(line.by_line)
    if not found and len(several) > 1 and all(one.labelled for one in several):
        fields = tuple(one.text for one in several[1:])  # "Severity: high", "Page: yes", "Target: 99.9 %"
        yield replace(_manual(several[0], line.lines, place, fields), kind=StepKind.REFERENCE)
    elif not found and len(line.text) > 3:
        yield replace(_manual(line, line.lines, place), kind=StepKind.REFERENCE)


def _inline_steps(inline: Inline, place: Place, lines: Lines) -> Iterator[Step]:
    """The commands in the code spans of a sentence; a command that is what the sentence is about is not one to run."""
    if place.symptoms:
        return
    runs = inline.runs
    around = said_around(runs)
    before = ""
    for n, run in enumerate(runs):
        if n in around and not (
            run.strong and not before.strip() and n + 1 < len(runs) and _after_label(runs[n + 1].text)
        ):
            after = runs[n + 1].text if n + 1 < len(runs) else ""
            code = command_in(run)
            box = _BOX.match(before)
            told = place.section == "verification" or box is not None
            before = before[box.end() :] if box else before
            subject = not told and bool(_subject().match(after)) and _begins_with_it(before)
            near = before[-_NEAR:]
            subject = subject or before.count("~~") % 2 == 1  # struck out
            subject = subject or is_forbidden_in(near, _behind(runs, n)) or is_warned_of_in(near, after)
            subject = subject or bool(_trace().match(after) or _article().fullmatch(near) or _done().search(near))
            said = _said_last(before)
            title = code if not said or _no_title().fullmatch(said) else said
            if (inline_command(code) or _is_run(inline, code, before, after)) and not subject:
                step = _command(Statement(code, run.line, run.line), place, title, lines, said="")
                asked, limit = around[n]
                yield under(replace(step, condition=condition_in(asked) or place.condition), limit)
            elif " " in code and sql.is_sql(code) and not subject:
                yield under(_sql(code, Lines(run.line, run.line), place, title), around[n][1])
        before = (before + run.text)[-LONGEST_BEFORE:]


def heading_steps(section: Section, place: Place) -> Iterator[Step]:
    """The commands of a line that heads what is below it: "Run `oven ls` and look for:", "Fix: `oven on`, then:"."""
    inline = section.inline
    if section.level != LABEL_LEVEL or not inline.codes or len(section.title.raw) + 2 < len(inline.text):
        return  # its value is a block below it
    place = replace(place, condition=condition_in(inline.text) or place.condition)
    shown = [line.strip() for block in section.blocks if isinstance(block, Fence) for line in block.body]
    for step in _inline_steps(inline, place, inline.lines):
        if step.command is not None and step.command.text not in shown and _is_asked_for(inline, step.command.text):
            yield step


def _is_asked_for(inline: Inline, code: str) -> bool:
    """Whether a line says to run a command in it, by its first word or by a label before that: "Fix: …"."""
    before, _, after = inline.text.partition(code)
    labelled = inline.labelled
    part = vocabulary().part(labelled[0]) if labelled is not None and len(labelled[0]) < len(before) else None
    if part is not None and part.kind in _SAYS_WHAT_TO_DO:
        return True
    said = words_of(last_sentence(without_ordinal(before)))
    if not said:
        return len(words_of(after)) > 1  # "`oven ls`:" above what it prints
    return said[0] in small_words("look", "chore", "runs", "then")


_SAYS_WHAT_TO_DO = frozenset(["resolution", "investigation", "verification"])


def _begins_with_it(before: str) -> bool:
    """Whether nothing stands before a command in its sentence, or only an "if"."""
    return not before.strip() or _only_if().fullmatch(last_sentence(before) + " ") is not None


def _is_run(inline: Inline, code: str, before: str, after: str) -> bool:
    """Whether a script is to be run, and not only spoken of: it is the whole item, or the word for it is beside it."""
    if not is_script(code):
        return False
    return inline.text.strip() == code or bool(_runs().search(before) or _runs_behind().match(after))


@pattern
def _runs() -> str:
    return rf"{any_of('runs')}\s*[:：]?\s*$"


@pattern
def _runs_behind() -> str:
    return rf"\s*{ending('runs_behind')}"


def _said_last(before: str) -> str:
    """What the last sentence before a command says of it."""
    said = last_sentence(without_ordinal(before))
    return _ends_joined().sub("", said.strip(" :：(（-–—,;→"))


@pattern
def _ends_joined() -> str:
    """What only joins a command to the words before it: "SSH in and `oven on`"."""
    return rf"(?<=[^\s,])\s+{any_of('and')}$"


@pattern
def _no_title() -> str:
    """What only leads to a command and says nothing of it: "Run", "Then", "And then execute"."""
    return rf"(?:{any_of('runs', 'then', 'and', 'or', 'first', 'directly', 'filler', 'article')}\W*)+"


def _said_behind(inline: Inline) -> tuple[str, ...]:
    """The sentences behind the last command of an item: "Run `make roll`. Wait for green."."""
    at = max((n for n, run in enumerate(inline.runs) if run.code), default=-1)
    text = "".join(run.text for run in inline.runs[at + 1 :])
    ends = _ENDS.search(text) if at >= 0 else None
    behind = text[ends.end() :].strip() if ends is not None else ""
    return (behind,) if len(behind) > _SHORTEST_REMARK else ()


_ENDS = re.compile(r"[.;!]\s+|[。；！]")
_SHORTEST_REMARK = 3
"""Characters."""


def _behind(runs: Sequence[Run], at: int) -> str:
    """What is said behind a code span, and behind those that are joined to it: "`a` and `b` are not …"."""
    last = at + _MOST_JOINED
    while at < last and is_joined(runs, at):
        at += 2
    return runs[at + 1].text if at + 1 < len(runs) else ""


_NEAR = 160
"""Characters before a command among which stands that it is not to be run, or was run already."""
_MOST_JOINED = 40
"""Pieces of text behind a command among which what is said of all of them stands."""
_BOX = re.compile(r"\s*\[[ xX]?\]\s*")


def _after_label(text: str) -> bool:
    return text.lstrip().startswith((":", "："))


def _command(
    statement: Statement, place: Place, title: str, lines: Lines | None = None, *, said: str | None = None
) -> Step:
    """The step of a command; ``said`` is where its condition is looked for, unless that is its title."""
    where = Lines(statement.first, statement.last)
    if lines is not None and lines.first == where.first:
        where = Lines(lines.first, where.last)
    return Step(
        id="",
        title=title,
        kind=StepKind.COMMAND,
        section=place.section,
        lines=where,
        command=shell_command(statement),
        condition=condition_said(title if said is None else said) or place.condition,
        alternative=place.alternative,
        group=place.group,
    )


def _sql(text: str, lines: Lines, place: Place, title: str) -> Step:
    return Step(
        id="",
        title=title,
        kind=StepKind.COMMAND,
        section=place.section,
        lines=lines,
        command=sql_command(text),
        condition=condition_said(title) or place.condition,
        alternative=place.alternative,
        group=place.group,
    )


_COUNT = re.compile(r"\d{1,2}[.)]?")


def _row(table: Table, row: Row, place: Place) -> Iterator[Step]:
    """A row of a table of things to do: "Scenario | What to do | Time"."""
    commands = [step for cell in row.cells for step in _own_steps(cell, place, row.lines)]
    condition = row.cells[0].text if row.cells and not any(map(is_run, row.cells[0].codes)) else None
    if condition is not None and _COUNT.fullmatch(condition) and not any(map(str.isalpha, table.header[0].text)):
        condition = None  # "1" below "#": the row is counted
    if commands:
        limits, named = limits_beside(table.header, row.cells), names_what_is_run(table)
        for step in commands:
            if not named or condition is None:
                step = replace(step, condition=step.condition or condition)
            elif step.command is not None and step.title == step.command.text:
                step = replace(step, title=condition)
            yield under(step, *limits)
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
            yield _sql(
                text, Lines(start, fence.first + min(n, len(fence.body) - 1)), place, title or text.split("\n")[0]
            )
            start, held = None, []
