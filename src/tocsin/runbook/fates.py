"""What became of every block: nothing of a document is dropped without a word."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from tocsin.runbook.document.blocks import Block as Source
from tocsin.runbook.document.blocks import Fence, ItemList, Quote, Rule, Table, Text
from tocsin.runbook.document.checklist import is_diagram
from tocsin.runbook.document.fencekinds import is_shell, is_text
from tocsin.runbook.document.inline import Inline, is_task
from tocsin.runbook.document.metadata import is_particular
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import spans
from tocsin.runbook.escalation.sentences.calling import calls
from tocsin.runbook.grammar import beginning, pattern
from tocsin.runbook.playbook import Block, BlockFate, Playbook
from tocsin.runbook.scale import coded_names
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary

_REFERENCE = frozenset(["overview", "links", "upkeep", "communication", "oncall", "team", "channels", "process"])


def read_fates(root: Section, playbook: Playbook, answers: Sequence[Section] = ()) -> tuple[Block, ...]:
    """One entry for each block below the headings, in the order of the lines; ``answers`` are sections beside it."""
    became = _claimed(playbook)
    criteria = {said for severity in playbook.severities for said in severity.criteria}
    found = []
    for section in root.walk():
        for block in section.blocks:
            if not isinstance(block, Rule):
                found.append(_fate(block, section, became, criteria))
    for section in answers:
        found += [_answering(block) for one in section.walk() for block in one.blocks if not isinstance(block, Rule)]
    return tuple(sorted(found, key=lambda one: one.lines))


def _fate(block: Source, section: Section, became: dict[int, str], criteria: Collection[str]) -> Block:
    for line in range(block.lines.first, block.lines.last + 1):
        if line in became:
            return Block(block.lines, BlockFate.UNDERSTOOD, became[line])
    if any(coded_names(said) and any(one in said for one in criteria) for said in _lines(block)):
        return Block(block.lines, BlockFate.UNDERSTOOD, "severity")  # "P1 examples: …", apart from the scale
    kinds = set(section.abouts)
    if isinstance(block, Fence) and is_diagram(block):
        return Block(block.lines, BlockFate.REFERENCE, "diagram")
    if isinstance(block, ItemList) and _is_contents(block):
        return Block(block.lines, BlockFate.REFERENCE, "contents")
    if kinds & _REFERENCE:
        return Block(block.lines, BlockFate.REFERENCE, next(iter(sorted(kinds & _REFERENCE))))
    if section.level <= 1:
        return Block(block.lines, BlockFate.REFERENCE, "introduction")
    if isinstance(block, Fence) and block.info and not is_text(block) and not is_shell(block):
        return Block(block.lines, BlockFate.REFERENCE, "code")
    if isinstance(block, ItemList) and all(not one.children and is_particular(one.inline) for one in block.items):
        return Block(block.lines, BlockFate.REFERENCE, _PLAIN[ItemList])  # "Severity: P1", "Owner: mills"
    if isinstance(block, Text | Quote | ItemList | Table) and not any(map(_rules, _prose(block))):
        return Block(block.lines, BlockFate.REFERENCE, _PLAIN[type(block)])
    return Block(block.lines, BlockFate.UNMAPPED, "text")


def _is_contents(block: ItemList) -> bool:
    """Whether a list only leads to the headings of its own document."""
    return all(any((run.href or "").startswith("#") for run in item.inline.links) for item in block.items)


def _lines(block: Source) -> Iterator[str]:
    match block:
        case Text():
            yield from (line.text for line in block.inline.by_line)
        case ItemList():
            yield from (item.inline.text for item in block.items)
        case Quote():
            for child in block.children:
                yield from _lines(child)
        case Table():
            yield " ".join(cell.text for cells in (block.header, *(row.cells for row in block.rows)) for cell in cells)
        case _:
            pass


_PLAIN = {Text: "prose", Quote: "prose", ItemList: "list", Table: "table"}
"""What a block is that holds no rule."""


def _prose(block: Source) -> Iterator[str]:
    """What a block says, piece by piece. Steps, boxes to tick and code are something to do, as "must" is."""
    match block:
        case Text():
            yield block.inline.text
        case Quote():
            for one in block.children:
                yield from _prose(one)
        case ItemList() if not block.ordered:
            for item in block.items:
                yield from _row([item.inline])
                for one in item.children:
                    yield from _prose(one)
        case Table():
            for cells in (block.header, *(row.cells for row in block.rows)):
                yield from _row(cells)
        case _:
            yield "must"


def _row(cells: Sequence[Inline]) -> Iterator[str]:
    """What an item or a row says; whoever is named in one may be meant to be called."""
    words = vocabulary()
    for cell in cells:
        box = bool(cell.runs) and is_task(cell.runs[0].text)
        somebody = "@" in cell.text or any(words.says(name, cell.text[:400]) for name in _SOMEBODY)
        yield "must" if box or somebody else cell.text


_SOMEBODY = ("person_word", "role_word", "rotation", "primary", "secondary")


def _rules(text: str) -> bool:
    """Whether a paragraph may hold a rule: a time, a level of severity, somebody to call, something that must be."""
    told = vocabulary().says("obliges", text[:400]) or _escalates().search(text) is not None
    return told or bool(coded_names(text)) or next(spans(text), None) is not None or calls(text[:400])


@pattern
def _escalates() -> str:
    return beginning("escalates")


def _answering(block: Source) -> Block:
    match block:
        case ItemList():
            return Block(block.lines, BlockFate.UNDERSTOOD, "answers")
        case Text():
            return Block(block.lines, BlockFate.REFERENCE, "answers")
        case _:
            return Block(block.lines, BlockFate.UNMAPPED, "text")


def _claimed(playbook: Playbook) -> dict[int, str]:
    """Line by line what the values of the playbook were read from; the first claim stands."""
    became: dict[int, str] = {}
    for lines, name in claims(playbook):
        for line in range(lines.first, lines.last + 1):
            became.setdefault(line, name)
    return became


def claims(playbook: Playbook) -> Iterator[tuple[Lines, str]]:
    """The lines that each value of the playbook was read from, with what it is; wide ones before narrow ones."""
    for severity in playbook.severities:
        yield severity.lines, "severity"
        for span in (severity.response_target, severity.acknowledge_target, severity.resolution_target):
            if span is not None and span.lines is not None:
                yield span.lines, "target"
    chains = [playbook.escalation_levels, *playbook.escalation_by_severity.values()]
    yield from ((level.lines, "escalation") for chain in chains for level in chain)
    yield from ((rule.lines, "escalation rule") for rule in playbook.escalation_rules)
    yield from ((contact.lines, "contact") for contact in playbook.contacts)
    yield from ((channel.lines, "channel") for channel in playbook.channels if not channel.in_passing)
    for procedure in playbook.procedures:
        yield from ((symptom.lines, "symptom") for symptom in procedure.symptoms)
        yield from ((step.lines, "procedure") for step in procedure.steps)
    yield from ((step.lines, "phase") for phase in playbook.phases for step in phase.steps)
    yield from ((role.lines, "role") for role in playbook.roles)
    yield from ((template.lines, "template") for template in playbook.templates)
    yield from ((duty.lines, "duty") for duty in playbook.duties)
    yield from ((link.lines, "link") for link in playbook.links if not link.in_passing)
    yield from ((cadence.lines, "cadence") for cadence in playbook.cadences)
    yield from ((rule.lines, "communication") for rule in playbook.communication)
    if playbook.postmortem is not None:
        yield playbook.postmortem.lines, "post-mortem"
        if playbook.postmortem.template_lines is not None:
            yield playbook.postmortem.template_lines, "post-mortem template"
    if playbook.business_hours is not None:
        yield playbook.business_hours.lines, "business hours"
    if playbook.review.lines is not None:
        for line in dict.fromkeys((playbook.review.lines.first, playbook.review.lines.last)):
            yield Lines(line, line), "review"  # one of them may be in the head, and the other at the end
