"""Chapters on how any incident of one severity is answered: they are steps of the process, and no incident."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from tocsin.runbook.document.blocks import ItemList
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.grammar import first_words, small_words
from tocsin.runbook.procedure.below_titles import parts_of
from tocsin.runbook.scale import coded_names
from tocsin.runbook.words import vocabulary, words_of


def answers_a_level(section: Section) -> bool:
    """Whether a title is that of a severity, "P0 - Critical incidents", and of no trouble.

    "P0 - Shop shut" may be either: it is of the severity where each chapter beside it is of another, below a title that
    speaks of the response and lists no incidents.
    """
    codes = coded_names(section.title.raw)
    if not codes or section.parent is None or "symptoms" in parts_of(section):
        return False
    said = [word for word in words_of(_without(section.title.raw, codes)) if not word.isdigit()]
    if not _is_one_of_each(section):
        return False
    bare = " ".join(word for word in said if word not in small_words("incident", "generic"))
    return (bool(said) and (not bare or vocabulary().is_label(bare))) or _is_of_the_response(section.parent)


def speaks_of_a_level(title: str) -> bool:
    """Whether a title is for any incident of a severity, and for no trouble: "When a P1 fires", "If a SEV-1 happens".

    >>> speaks_of_a_level("When a P1 fires"), speaks_of_a_level("If the P1 queue stands still")
    (True, False)
    """
    codes = coded_names(title)
    if not codes:
        return False
    small = small_words(
        "if", "upon", "circumstance", "case_first", "article", "incident", "generic", "it", "verb", "to"
    )
    return sum(word not in small and not word.isdigit() for word in words_of(_without(title, codes))) <= 1


def opens_at_a_level(section: Section) -> bool:
    """Whether a chapter says with numbered steps what is done at any incident of a severity: "When a P1 fires".

    "Response to SEV-1" says so with the phases below it.
    """
    title = section.title.raw
    if section.level == 1:
        return False
    if section.children and vocabulary().says("respond_verb", title) and speaks_of_a_level(title):
        return True
    if not any(isinstance(block, ItemList) and block.ordered for block in section.blocks):
        return False
    if words_of(section.title.text)[:1] and words_of(section.title.text)[0] not in _begins():
        return False
    return speaks_of_a_level(title)


@cache
def _begins() -> frozenset[str]:
    return first_words("if", "upon", "circumstance", "case_first")


def _without(title: str, codes: tuple[str, ...]) -> str:
    for code in codes:
        title = title.replace(code, " ")
    return re.sub(r"[\W_]+", " ", title).strip()


def _is_one_of_each(section: Section) -> bool:
    assert section.parent is not None
    counts = _codes(section.parent)
    level = counts.get(section.level, Counter())
    return len(level) > 1 and max(level.values()) == 1


@remembered_with
def _codes(parent: Section) -> dict[int, Counter[str]]:
    """How many chapters below one name each severity, by the level of their headings."""
    found: dict[int, Counter[str]] = {}
    for one in parent.children:
        if one.level != LABEL_LEVEL:
            for code in coded_names(one.title.raw):
                found.setdefault(one.level, Counter())[code.casefold()] += 1
    return found


def _is_of_the_response(parent: Section) -> bool:
    kind = parent.kind
    if kind is not None and kind.kind == "incidents":
        return kind.coverage < 0.99 and vocabulary().says("respond_verb", parent.title.text)
    return kind is not None and kind.kind in ("process", "severity")
