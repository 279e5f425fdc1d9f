"""What stands below a title: the parts of a procedure, steps, commands, phases, or a list of problems."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from tocsin.runbook.document.blocks import Fence, ItemList, Text
from tocsin.runbook.document.fencekinds import is_shell
from tocsin.runbook.document.inline import without_ordinal
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import AFTERWARDS, LABEL_LEVEL, Section
from tocsin.runbook.escalation.arrows import at_arrows
from tocsin.runbook.escalation.times.cases import starts_with_if
from tocsin.runbook.grammar import any_of, pattern, small_words
from tocsin.runbook.procedure.cases import answer_in
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.words import is_unspaced, vocabulary

_AT_FIRST = frozenset(["phase:detection", "phase:triage", "phase:response"])


def parts_of(section: Section) -> Iterator[str]:
    """The parts of a procedure that the sections right below this one are."""
    for child in section.children:
        if child.part is not None and child.part.coverage >= 0.6:
            yield child.part.kind


def works(section: Section, parts: set[str]) -> bool:
    """Whether these parts of a section make a procedure."""
    if "symptoms" in parts and any(is_symptoms(child) for child in section.children):
        return True
    return "resolution" in parts and bool(parts & {"investigation", "causes"})


def is_process(section: Section) -> bool:
    """Whether a section tells how any incident is handled, from detecting it to looking back."""
    kinds = {child.about for child in section.children if child.level != LABEL_LEVEL}
    phases = {kind for kind in kinds - AFTERWARDS if kind.startswith("phase:")}
    return bool(kinds & AFTERWARDS) and bool(phases & _AT_FIRST) and len(phases) >= 3


def is_course(section: Section) -> bool:
    """Whether the labels below a title such as "Incident flow" are phases: "Detection:", "Resolution:", "Closing:"."""
    phases = {one.phase.kind for one in section.children if one.phase is not None and one.phase.coverage >= 0.99}
    return len(phases) >= 2


def is_contents(section: Section) -> bool:
    """Whether a section is a table of contents: nothing but links into the document."""
    lists = [block for block in section.blocks if isinstance(block, ItemList)]
    items = [item for block in lists for item in block.items]
    return (
        bool(items)
        and len(lists) == len(section.blocks)
        and all((links := item.inline.links) and (links[0].href or "").startswith("#") for item in items)
    )


def has_steps_or_shell(section: Section) -> bool:
    """Whether anything below a section is a block of shell or a numbered list."""
    every = [block for one in section.walk() for block in one.blocks]
    return has_steps(section) or any(isinstance(block, Fence) and is_shell(block) for block in every)


def lists_or_runs_below(section: Section) -> bool:
    """Whether a list or a block of shell stands below a title, be it below a line in bold."""
    return any(map(lists_or_runs, (section, *section.children)))


def lists_or_runs(section: Section) -> bool:
    """Whether a list or a block of shell stands right below a title."""
    return any(
        isinstance(block, ItemList) or (isinstance(block, Fence) and is_shell(block)) for block in section.blocks
    )


def has_shell(section: Section) -> bool:
    """Whether a block of shell stands right below a title, or below an item there."""
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    every = itertools.chain(section.blocks, *(item.children for item in items))
    return any(isinstance(block, Fence) and is_shell(block) for block in every)


def has_own_steps(section: Section) -> bool:
    """Whether a block of shell or a numbered list stands right below a title."""
    return has_shell(section) or any(isinstance(block, ItemList) and block.ordered for block in section.blocks)


def answers_a_question(section: Section) -> bool:
    """Whether the items of a list right below a title are answers, "Yes → restart it": a tree of decisions."""
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    return len(items) > 1 and all(answer_in(item.inline.text) is not None for item in items)


def has_steps(section: Section) -> bool:
    """Whether anything below a section is a numbered list."""
    return any(isinstance(block, ItemList) and block.ordered for one in section.walk() for block in one.blocks)


def has_action_item(section: Section) -> bool:
    """Whether an item below a title is labelled so, "Action: turn the key": the others have "Symptom:" beside it."""
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    parts = (vocabulary().part(item.inline.labelled[0]) for item in items if item.inline.labelled is not None)
    return any(part is not None and part.kind == "resolution" for part in parts)


def opens_with_a_case(section: Section) -> bool:
    """Whether a list right below a title is for a case that the line above it states: "If the alert is `MillDown`:"."""
    below = [one for one in (section, *section.children) if one.blocks]
    if not below or not any(isinstance(block, ItemList) for block in below[0].blocks):
        return False
    if below[0] is not section:
        return section.children[0] is below[0] and starts_with_if(below[0].title.text)
    first = below[0].blocks[0]
    return isinstance(first, Text) and starts_with_if(first.inline.text)


def says_what_to_do(section: Section, *, surely: bool) -> bool:
    """Whether the items of a list, or the sentences, right below a title say what is done, and nothing is run in them.

    Below a title that is ``surely`` an incident, most items are taken for that which do not say what is so.
    """
    items = [item.inline.text for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    if items:
        told = sum(map(is_to_do, items))
        return len(items) > 1 and (2 * told >= len(items) or (surely and not any(map(_says_what_is, items))))
    texts = [block.inline.text for block in section.blocks if isinstance(block, Text)] if surely else []
    said = [one for text in texts for one in _SENTENCE.split(text) if one]
    return bool(said) and 2 * sum(map(is_to_do, said)) > len(said)


_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")


def is_to_do(text: str) -> bool:
    """Whether a line begins, or ends, with a word for what is done at an incident: "Call the lead"."""
    behind = text.rpartition("、" if is_unspaced(text) else ",")[2]  # "If it smokes, pull the plug"
    return any(_to_do().match(one) or _done_last().search(one) for one in {without_ordinal(text), behind.strip()})


@pattern
def _to_do() -> str:
    return rf"\W*{any_of('to_do', 'look', 'chore', 'imperative', 'by_hand', 'operates')}"


@pattern
def _done_last() -> str:
    return rf"{any_of('to_do', 'look', 'imperative_last', 'task_last')}\W*$"


def _says_what_is(text: str) -> bool:
    """Whether a line tells what is so: it begins with an article or a number, or its verb is among the first words.

    So does "RPO: 1 hour".
    """
    first = " ".join(text.split()[:_FIRST_WORDS])
    behind = text.partition(":")[2].strip()
    return text[:1].isdigit() or behind[:1].isdigit() or (_states().search(first) is not None and not is_to_do(text))


_FIRST_WORDS = 5


@pattern
def _states() -> str:
    return rf"^\W*{any_of('article')}|{any_of('predicate')}"


def runs_if(section: Section) -> bool:
    """Whether a title is a condition with commands below: "If half of the ovens are cold"."""
    shell = (isinstance(block, Fence) and block.closed and is_shell(block) for block in section.blocks)
    return starts_with_if(section.title.text) and any(shell)


def lists_problems(section: Section) -> bool:
    """Whether lines in bold below a title each name an incident: "**Issue: oven cold**", "**Issue: gates shut**"."""
    named = _problems(section)
    if not named or section.level == LABEL_LEVEL:
        return False
    beside = section.parent.children if section.parent is not None else []
    return named > 1 or any(one.level == section.level and _problems(one) > 1 for one in beside)


@remembered_with
def _problems(section: Section) -> int:
    return sum(
        one.level == LABEL_LEVEL
        and (
            (one.title.prefix is not None and (one.inline.whole_strong or "resolution" in parts_of(one)))
            or (one.inline.whole_strong and is_card(one))
        )
        for one in section.children
    )


def is_card(label: Section) -> bool:
    """Whether lines with the parts of an incident stand below one in bold: "Symptom: …", "Fix: …"."""
    parts = set(parts_of(label))
    return label.part is None and "symptoms" in parts and len(parts) > 1


def holds_troubles(section: Section) -> bool:
    """Whether a title ends in a word for several incidents, "Oven alerts", and chapters that have no parts follow."""
    if section.about:
        return _looks_into_troubles(section)
    *before, last = section.title.text.split() or [""]
    if section.level in (1, LABEL_LEVEL) or not before or not last.endswith("s"):
        return False
    if _asks().match(section.title.text) or before[0].casefold() in small_words("chore", "look", "by_hand"):
        return False  # "How to silence alerts", "Change alerts": what is done with them
    chapters = [one for one in section.children if one.level != LABEL_LEVEL]
    told = vocabulary().column("symptom", last) >= 0.99 and len(chapters) > 1
    return told and not any(one.about or one.part for one in chapters)


def _looks_into_troubles(section: Section) -> bool:
    """Whether a title of looking or of alerts, "Fehlersuche", "Alertas", has chapters that each say what is wrong."""
    if section.level in (1, LABEL_LEVEL) or section.about not in _LOOKS:
        return False
    chapters = [one for one in section.children if one.level != LABEL_LEVEL]
    if len(chapters) < 2 or any(one.about or one.part for one in chapters):
        return False
    wrong = sum(says_what_fails(one.title.text) for one in chapters)
    return 2 * wrong >= len(chapters) and all(map(lists_or_runs_below, chapters))


_LOOKS = frozenset(["phase:investigation", "phase:detection", "phase:triage"])


@pattern
def _asks() -> str:
    return rf"{any_of('asks')}\s"


def maps_symptoms(section: Section) -> bool:
    """Whether a chapter lists symptoms with what to do about each: "Common symptoms", "Till is dead → plug it in"."""
    if section.level in (1, LABEL_LEVEL) or not vocabulary().says("symptom", section.title.text):
        return False
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    return len(items) > 1 and all(len(at_arrows(item.inline.text)) == 2 for item in items)


def labels_below(section: Section) -> list[Section]:
    """The lines in bold, or with a colon, that stand as titles below a section."""
    return [one for one in section.children if one.level == LABEL_LEVEL]


def is_symptoms(child: Section) -> bool:
    """Whether a section lists the symptoms of a procedure."""
    return is_symptoms_title(child) and bool(child.blocks or child.children)


def is_symptoms_title(child: Section) -> bool:
    """Whether a title announces symptoms, be there anything below it or not."""
    return child.part is not None and child.part.kind == "symptoms"
