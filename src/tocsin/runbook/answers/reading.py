"""The team's answers in its own document: the section "Answers for Tocsin", a list of "`escalate_after`: 10 min".

The section is taken out of the outline before anything else is read, so that "`page_again_after`: 5 min" is never
taken for a cadence. An answer that cannot be used stays in the playbook with the reason and counts for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tocsin.runbook.answers.forms import FORMS, HEADING
from tocsin.runbook.document.blocks import Item, ItemList
from tocsin.runbook.document.outline import trim
from tocsin.runbook.document.sections import Section
from tocsin.runbook.playbook import Answer, Severity, severity_key


def take_answers(root: Section) -> tuple[Section, ...]:
    """The sections of answers, which are not part of the outline any more."""
    heading = HEADING.casefold()
    found = tuple(one for one in root.walk() if one.title.text.casefold() == heading)
    for section in found:
        assert section.parent is not None, "the root has no title"
        section.parent.children.remove(section)
        for above in section.parent.path():
            trim(above)
    return found


def read_answers(sections: Sequence[Section], severities: Sequence[Severity]) -> tuple[Answer, ...]:
    """Every item of the sections, in order; of two answers to one question the first one counts."""
    found: list[Answer] = []
    first: dict[str, int] = {}
    for item in _items(sections):
        one = _answer(item, severities)
        if not one.problem:
            if one.key in first:
                one = Answer(one.key, one.text, one.lines, f"line {first[one.key]} answers it already")
            first.setdefault(one.key, one.lines.first)
        found.append(one)
    return tuple(found)


def _items(sections: Sequence[Section]) -> Iterator[Item]:
    for section in sections:
        for one in section.walk():
            yield from (item for block in one.blocks if isinstance(block, ItemList) for item in block.items)


def _answer(item: Item, severities: Sequence[Severity]) -> Answer:
    said = item.inline.labelled
    key, text = said if said is not None else (item.inline.text, "")
    key = re.sub(r"[\s-]+", "_", key.strip("` ").casefold())
    lines = item.inline.lines
    if key not in FORMS:
        return Answer(key, text, lines, "there is no such question")
    try:
        value = FORMS[key].read(text)
    except ValueError as wrong:
        return Answer(key, text, lines, str(wrong) if text else "nothing is answered")
    if key == "no_page" and isinstance(value, tuple) and (unknown := _unknown(value, severities)):
        return Answer(key, text, lines, f"the document defines no severity {unknown!r}")
    return Answer(key, text, lines)


def _unknown(names: Sequence[str], severities: Sequence[Severity]) -> str | None:
    known = {severity_key(word) for one in severities for word in (one.name, *one.aliases)}
    return next((name for name in names if severity_key(name) not in known), None)
