"""Chapters that say when something is done, or in which order, and not how: "When to roll back", "Restart order"."""

from __future__ import annotations

from tocsin.runbook.document.blocks import ItemList
from tocsin.runbook.document.inline import without_ordinal
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.grammar import any_of, first_words, guarded
from tocsin.runbook.procedure.commands_below import has_commands
from tocsin.runbook.words import is_unspaced, words_of


def is_criteria(section: Section) -> bool:
    """Whether a chapter says when something is done: its title does, and nothing in it is to be run or done."""
    if _criteria().search(section.title.text) is None or has_commands(section):
        return False
    lists = [block for one in section.walk() for block in one.blocks if isinstance(block, ItemList)]
    items = [item.inline.text for one in lists for item in one.items]
    told = sum(map(is_to_do, items))
    return not any(one.ordered and len(one.items) > 1 for one in lists) and told * 2 < max(len(items), 1)


@guarded("criteria")
def _criteria() -> str:
    return any_of("criteria")


def is_to_do(text: str) -> bool:
    """Whether an item says to do something, by the verb that it begins or ends with."""
    bare = without_ordinal(text)
    said, verbs = words_of(bare), first_words("imperative", "chore", "look", "by_hand")
    if said[:1] and said[0] in verbs:
        return True
    if is_unspaced(said[0] if said else "") and said[0].startswith(tuple(filter(is_unspaced, verbs))):
        return True
    return _done_last().search(text) is not None


@guarded("imperative_last")
def _done_last() -> str:
    return rf"{any_of('imperative_last')}\W*$"


def is_an_order(label: Section) -> bool:
    """Whether a line above numbered items says that they are an order of work: "Restart order:", "1. The database"."""
    if label.level != LABEL_LEVEL or label.about != "recovery":
        return False
    return any(isinstance(one, ItemList) and one.ordered and len(one.items) > 1 for one in label.blocks)
