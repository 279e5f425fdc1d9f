"""What a team's report of an incident holds: its skeleton, and the parts it has, in whatever layout they are written.

A skeleton is a text to be filled in, in a block of code or as headings in the open. Where there is none, a chapter
may list the parts: as headings, as labels, in a table, in a list, in one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.command.shell import SHELL_INFO
from tocsin.runbook.document.blocks import Block, Fence, ItemList, Quote, Table, Text
from tocsin.runbook.document.checklist import checklist
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.durations import spans
from tocsin.runbook.grammar import BRACKET, any_of, guarded, pattern
from tocsin.runbook.procedure.commands_below import has_commands
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary

Skeleton = tuple[str, Lines]
"""A text to be filled in, and where it stands."""

_FEWEST = 2
_FEWEST_LABELS = 3  # "Summary:", "Impact:", "Root cause:" in a block of code are a report, two of them may be a message


def skeleton_of(root: Section, source: Sequence[str]) -> Skeleton | None:
    """The text that a team fills in for its reports; ``source`` has all lines of the document, from line 1.

    A block of code below a heading about reports, else the headings below one that announces a template, with
    what stands below them.
    """
    about = [one for one in root.walk() if {"postmortem", "postmortem_template"} & set(one.abouts)]
    for section in about:
        for block in section.blocks:
            if isinstance(block, Fence) and _is_skeleton(block):
                return "\n".join(block.body), block.lines
    for section in about:
        headed = _headings(section) if section.about == "postmortem_template" else []
        if len(headed) >= _FEWEST and any(map(_is_part, headed)):
            return _in_the_open(section, source)
    return None


def _is_skeleton(fence: Fence) -> bool:
    if not fence.closed or fence.info in SHELL_INFO:
        return False
    headed = any(line.startswith("#") for line in fence.body)
    return headed or sum(map(_is_part, _labels(fence.body))) >= _FEWEST_LABELS


def _in_the_open(section: Section, source: Sequence[str]) -> Skeleton:
    """What stands below the heading of a template, its own headings raised to the second level."""
    inner = [one for one in section.children if one.level < LABEL_LEVEL]
    fields = (block.lines.first for block in section.blocks if isinstance(block, ItemList) or _is_field(block))
    lines = Lines(next(fields, inner[0].lines.first), section.lines.last)
    raised = min(one.level for one in inner) - 2
    text = source[lines.first - 1 : lines.last]
    if raised > 0:
        text = [re.sub(rf"^#{{{raised}}}(?=##)", "", line) for line in text]
    return _RULE_BEHIND.sub("", "\n".join(text)).strip("\n"), lines


_RULE_BEHIND = re.compile(r"\n\s*(?:-{3,}|\*{3,}|_{3,})\s*$")
"""The line that parts the chapter from the next one."""


def _is_field(block: Block) -> bool:
    """Whether a paragraph is a blank with a label, "**Author:** [name]", and not a word about the template."""
    return isinstance(block, Text) and (label := block.inline.labelled) is not None and is_gap(label[1])


def report_parts(chapters: Iterable[Section], skeleton: str | None, source: Sequence[str]) -> tuple[str, ...]:
    """The titles of the parts, in order: those of the skeleton, else of the first chapter that names some."""
    if skeleton is not None:
        return tuple(_parts_of_text(skeleton.split("\n")))
    chapters = list(chapters)
    templates = [one for one in chapters if one.about == "postmortem_template"]
    found = (_parts_of(section, source, is_template=bool(templates)) for section in templates or chapters)
    return next((tuple(one) for one in found if one), ())


def _parts_of_text(lines: Sequence[str]) -> list[str]:
    """The headings of the highest level that has several, else the labels."""
    headings = [(len(found[1]), found[2].strip()) for line in lines if (found := _HEADING.match(line))]
    for level in sorted({level for level, _ in headings}):
        of_level = [title for depth, title in headings if depth == level]
        if len(of_level) >= _FEWEST:
            return of_level
    labels = _labels(lines)
    return labels if len(labels) >= _FEWEST else [title for level, title in headings if level == _FEWEST]


_HEADING = re.compile(r"^(#{1,6})\s+(?:\d+[.)]\s+)?(\S.*)$")


def _parts_of(section: Section, source: Sequence[str], *, is_template: bool) -> list[str]:
    """The parts that a chapter names in the first layout that holds some.

    Below the heading of a template one known part vouches for its siblings; elsewhere most are to be known.
    """
    needed = 0.0 if is_template else 0.5
    for named in (_headings(section), _labels_of(section, source), _cells(section)):
        known = sum(map(_is_part, named))
        if len(named) >= _FEWEST and known and known >= needed * len(named):
            return named
    return _listed(section) or _said(section)


def _is_part(title: str) -> bool:
    return vocabulary().is_a("report_part", title)


def _headings(section: Section) -> list[str]:
    """The titles below a chapter that may be parts of a report: none of a rule, or of something to run."""
    below = [one for one in section.children if one.level < LABEL_LEVEL and not _is_other(one)]
    return [one.title.text for one in below]


def _is_other(section: Section) -> bool:
    return _asks_for_one().search(section.title.text) is not None or has_commands(section)


def _labels_of(section: Section, source: Sequence[str]) -> list[str]:
    """What leads a paragraph, "**Impact:** …", in quotes as well, and the lines that the outline made chapters of."""
    made = [one for one in section.children if one.level == LABEL_LEVEL]
    found = [(one.lines.first, one.title.text) for one in made]
    for block in (block for one in (section, *made) for block in one.blocks):
        if isinstance(block, Text | Quote):
            numbered = range(block.lines.first, block.lines.last + 1)
            found += [(number, label) for number in numbered for label in _labels([source[number - 1]])]
    return list(dict.fromkeys(title for _, title in sorted(found)))


def _labels(lines: Iterable[str]) -> list[str]:
    """What stands before the colon of a line, or is in bold alone on it: "RESUMEN:", "**Impact**"."""
    found = (_LABEL.match(line) or _BOLD.match(line) for line in lines)
    return list(dict.fromkeys(one["key"].strip() for one in found if one is not None))


_BEFORE = r"[>\s]*(?:\*\*|__)?(?:\d+[.)]\s+)?"
_LABEL = re.compile(rf"{_BEFORE}(?P<key>[^\W\d_][^:：*\[\]<>{{}}|]{{1,50}}?)\s*(?:\*\*|__)?\s*[:：]")
_BOLD = re.compile(rf"(?=[>\s]*(?:\*\*|__)){_BEFORE}(?P<key>[^\W\d_][^*_]{{1,50}}?)(?:\*\*|__)\s*$")


def _cells(section: Section) -> list[str]:
    """The first cells of a table's rows, "| Impact | who was affected |"."""
    for block in section.blocks:
        if isinstance(block, Table):
            return [row.cells[0].text for row in block.rows if row.cells and row.cells[0].text]
    return []


def _listed(section: Section) -> list[str]:
    """The items of a list of parts: most of them are neither a task nor a rule for reports.

    Below a heading of its own a list has to name a part that is known: "Meeting" has other lists.
    """
    listed: list[str] = []
    for one in section.walk():
        named = [text for block in _lists_in(one) for text in _items(block)]
        listed += named if one is section or any(map(_is_part, named)) else []
    found = [text for text in listed if not (_task().search(text) or _is_a_rule(text))]
    return found if len(found) > max(1, len(listed) / 2) else []


@pattern
def _task() -> str:
    """Something to be done for a report, not one of its parts."""
    return rf"^{any_of('task')}|{any_of('task_last')}\W*$"


def _is_a_rule(text: str) -> bool:
    """Whether an item says when a report is due, or how a review is held: "Within 48 hours", "Blameless"."""
    return next(spans(BRACKET.sub(" ", text)), None) is not None or _blameless().match(text) is not None


@guarded("blameless")
def _blameless() -> str:
    return rf"\W*{any_of('blameless')}"


def _lists_in(section: Section) -> Iterator[Block]:
    """The blocks of a section that may list the parts of a report, not when one is written or how one looks."""
    title = section.title.text
    if _asks_for_one().search(title) or has_commands(section):
        return
    above = ""
    for block in section.blocks:
        if isinstance(block, ItemList) and any(_blameless().match(item.inline.text) for item in block.items):
            continue  # "Blameless. Public within engineering. Action items have owners."
        if not (isinstance(block, ItemList) and above.endswith((":", "：")) and _asks_for_one().search(above)):
            yield block
        above = block.inline.text.rstrip() if isinstance(block, Text) else ""


@pattern
def _asks_for_one() -> str:
    """In the line above a list of when a report is written: "A post-mortem is required when:"."""
    return rf"{any_of('required_when')}\W*$|{any_of('if', 'upon')}\W*$"


def _items(block: Block) -> Iterator[str]:
    match block:
        case ItemList():
            for item in block.items:
                text = item.inline.lead or item.inline.text
                label, value = item.inline.labelled or (text, "")
                part = label if value and is_gap(value) else text  # "Impact: [how many users]"
                if not is_gap(_DASH.split(part)[0]):
                    yield part.rstrip(":")
        case Fence() if (inner := checklist(block)) is not None:
            for child in inner:
                yield from _items(child)
        case _:
            pass


_DASH = re.compile(r"\s[–—-]\s")


def _said(section: Section) -> list[str]:
    """The parts that one sentence names: "It has: summary, timeline and actions.", "We write what happened, …"."""
    for block in section.blocks:
        for sentence in _SENTENCE.split(block.inline.text) if isinstance(block, Text) else ():
            first, *pieces = (piece.strip(" .。") for piece in _joined().split(sentence))
            if len(pieces) < _FEWEST_LABELS - 1 or not all(map(_is_part, pieces)):
                continue
            if (led := _last_part(first)) is not None:
                return [led, *pieces]
    return []


_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")


def _last_part(text: str) -> str | None:
    """The part that a text ends with: "what happened" of "Every report covers what happened"."""
    behind = _COLON.split(text)[-1].strip()
    words = behind.split(" ")
    tails = (" ".join(words[at:]) for at in range(len(words)))
    return next((tail for tail in tails if vocabulary().is_a("report_part", tail, 0.99)), None)


_COLON = re.compile(r"[:：]")


@pattern
def _joined() -> str:
    return rf"\s*[,;，；、]\s*(?:{any_of('and')}\s+)?|\s+{any_of('and')}\s+"
