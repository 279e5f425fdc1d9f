"""Chains outside of a chapter about escalating: behind a label, below a severity, tiers of support."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tocsin.runbook.document.blocks import Item, ItemList, Table
from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.sections import Section
from tocsin.runbook.escalation.arrows import arrow_levels, arrow_parts
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.lists.reading import read_list
from tocsin.runbook.escalation.people.names import (
    is_somebody,
)
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.sentences.prose import read_words, spoken
from tocsin.runbook.escalation.severities import named_by
from tocsin.runbook.escalation.tables.reading import read_levels
from tocsin.runbook.escalation.tables.tiers import hand_on
from tocsin.runbook.escalation.times.cases import starts_with_if
from tocsin.runbook.escalation.times.waits import says_silence
from tocsin.runbook.escalation.titles import says_escalation
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import EscalationLevel
from tocsin.runbook.scale import Scale, coded_names
from tocsin.runbook.sentence_ends import sentence_ends
from tocsin.runbook.stated import Lines
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import vocabulary


def read_arrows(everything: Iterable[Leaf], scale: Scale, found: Escalation) -> None:
    """Chains of arrows below the headings of severities: "**Escalation**: On-call → Team Lead → CTO"."""
    for section, label, said, lines in _labelled(everything):
        if not says_escalation(label):
            continue
        parts = arrow_parts(said)
        names = named_by(section, scale)
        if len(parts) > 1 and not starts_with_if(parts[0]):
            for name in names:
                found.chains.setdefault(name, list(arrow_levels(parts, lines, (name,) if name else ())))
        elif names != ("",) and (levels := read_words(said, lines, scale)):
            for name in names:
                found.chains.setdefault(name, [replace(one, severities=(name,)) for one in levels])


def _labelled(everything: Iterable[Leaf]) -> Iterator[tuple[Section, str, str, Lines]]:
    """(section, label, value, lines) of what has a label, and of the rows of tables of two columns."""
    section: Section | None = None
    for leaf in everything:
        if leaf.inline.labelled is not None:
            yield leaf.section, *leaf.inline.labelled, leaf.inline.lines
        if leaf.form == "cell" and leaf.section is not section:
            section = leaf.section
            tables = (one for one in section.blocks if isinstance(one, Table) and len(one.header) == _PAIR)
            for row in (row for table in tables for row in table.rows if len(row.cells) == _PAIR):
                yield section, row.cells[0].text, row.cells[1].text, row.lines


_PAIR = 2
"""Columns of a table whose rows are labels, each with its value."""


def read_below_levels(root: Section, scale: Scale, found: Escalation) -> None:
    """Chains in lists below the heading of a severity, under any title: "After 20 min escalate to the lead"."""
    verb = vocabulary().words["escalate_verb"]
    labelled: dict[str, list[EscalationLevel]] = {}
    for section in root.walk():
        names = scale.mentioned(section.title.text) if coded_names(section.title.text) else ()
        if len(names) != 1 or found.chains.get(names[0]):
            continue
        for below in section.walk():
            for block in below.blocks:
                items = block.items if isinstance(block, ItemList) else ()
                chains = [one for item in items if (one := _labelled_chain(item, scale))]
                for levels in chains:
                    labelled.setdefault(names[0], [_on_its_way(one, n, names) for n, one in enumerate(levels, 1)])
                items = () if chains else items
                read = [one for item in items if verb.best(item.inline.text) for one in _spoken_in(item, scale)]
                called = [one for one in read if not (_tells_customers(one) or _only_in_a_case(one))]
                first = next((n for n, one in enumerate(called) if one.after is not None), len(called))
                levels = [one for n, one in enumerate(called) if one.after is not None or n < min(first, 1)]
                levels = levels if first < len(called) else []
                if len(levels) > 1 or (levels and not found.chains.get("")):
                    found.chains.setdefault(names[0], [_on_its_way(one, n, names) for n, one in enumerate(levels, 1)])
    if any(one.after for levels in labelled.values() for one in levels):
        found.chains |= {name: levels for name, levels in labelled.items() if name not in found.chains}


def _labelled_chain(item: Item, scale: Scale) -> list[EscalationLevel]:
    """The chain behind a label, "Escalation: page the lead; after 45 minutes the owner"; empty for other items."""
    label, said = item.inline.labelled or ("", "")
    levels = read_words(said, item.lines, scale) if label and says_escalation(label) else []
    goes_on = len(levels) == 1 and levels[0].after is not None  # "Escalation: to the director after 2 hours"
    return [] if goes_on else levels


def _spoken_in(item: Item, scale: Scale) -> list[EscalationLevel]:
    """Whom an item calls; the time of a sentence that calls nobody, "Response: 15 min. Page Ann", is nobody's wait."""
    said = sentence_ends().split(item.inline.text)
    calling = [one for one in said if vocabulary().words["escalate_verb"].best(one)]
    if len(calling) < len(said):
        return read_words(" ".join(calling), item.lines, scale)
    level = spoken(item.inline.text, item.lines, 1, scale)
    return [level] if level is not None else []


def _tells_customers(level: EscalationLevel) -> bool:
    """Whether a sentence tells those who use the service, whom nobody pages."""
    return any(vocabulary().is_a("customers", who, 0.5) for who in level.targets)


def _only_in_a_case(level: EscalationLevel) -> bool:
    """Whether a sentence calls without a time in some case: "If it is paused, tell the operators"."""
    said = level.condition or ""
    if level.after is not None or says_silence(said) or vocabulary().says("unresolved", said):
        return False
    return _if().match(said) is not None or condition_in(said.rstrip(" .:")) is not None


@pattern
def _if() -> str:
    return rf"\W{{0,4}}{any_of('if')}\s"


def _on_its_way(level: EscalationLevel, number: int, names: tuple[str, ...]) -> EscalationLevel:
    return replace(level, level=number, severities=names)


def read_tiers(root: Section, scale: Scale, found: Escalation) -> None:
    """Tiers of support that a chapter of another name lists: "Level 1 – Service desk", "Niveau 2 – Astreinte"."""
    words = vocabulary()
    for section in root.walk():
        if not _OTHER_CHAPTERS.isdisjoint(section.abouts) or section.title.prefix is not None:
            continue
        for block in section.blocks:
            if isinstance(block, Table) and (words.says("vendor", section.title.text) or hand_on(block)):
                read_levels(block, scale, found)
                if found.chains:
                    return
            if not isinstance(block, ItemList) or len(block.items) < 2:
                continue
            texts = [item.inline.lead or item.inline.text for item in block.items]
            named = [text[match.end() :] for text in texts if (match := counted_level().match(text))]
            people_in = [is_somebody(one) for one in named]
            if len(named) == len(texts) and sum(people_in) > len(texts) / 2:
                read_list(block, section, scale, found)
                if found.chains:
                    return


_OTHER_CHAPTERS = frozenset(
    ["severity", "targets", "incidents", "templates", "postmortem_template", "upkeep", "overview"]
)
