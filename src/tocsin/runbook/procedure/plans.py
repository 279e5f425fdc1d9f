"""A plan that is the document: what to do stands right below the title of the whole, or in its chapter "Steps".

Small teams write one list, and no more: "# Incident response plan", "1. Revoke the key", "2. Restart the ovens".
"""

from __future__ import annotations

from tocsin.runbook.document.blocks import Block, Fence, Item, ItemList
from tocsin.runbook.document.sections import AFTERWARDS, LABEL_LEVEL, Section, replace_blocks, replace_children
from tocsin.runbook.procedure.criteria import is_to_do
from tocsin.runbook.scale import level_name
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.words import is_unspaced, vocabulary, words_of

_FEWEST = 2
_LONG, _LONG_UNSPACED = 4, 6
"""Words, or signs, from which on an item of a numbered list is more than the name of somebody or something."""


def plan_in(title: Section) -> Section | None:
    """What is to be done, of what stands right below the title of a document; None where nothing is.

    It is the title with the blocks from the first list of things to do on, or with the lines that lead to one.
    """
    if not title.is_title or (title.kind is not None and title.kind.kind in _NO_PLAN):
        return None
    chapters, on_incidents = {one.title.text.casefold() for one in title.children}, _is_on_incidents(title)
    lists = ((n, one) for n, one in enumerate(title.blocks) if isinstance(one, ItemList))
    told = (n for n, one in lists if _tells_what_to_do(one, chapters, by_length=on_incidents))
    first = next(told, len(title.blocks))
    blocks: list[Block] = [one for one in title.blocks[first:] if isinstance(one, ItemList | Fence)]
    labels = (one for one in title.children if one.level == LABEL_LEVEL)
    leading = [one for one in labels if _leads_to_steps(one, by_length=on_incidents)]
    return replace_children(replace_blocks(title, blocks), leading) if blocks or leading else None


_NO_PLAN = frozenset(["severity", "targets", "escalation", "contacts", "vendors", "team", "communication", "templates"])
_NO_PLAN |= AFTERWARDS | {"postmortem_template", "upkeep"}
"""Documents in which a list right below the title says who, when or what to write, and not what to do."""


def without_plan(title: Section, plan: Section) -> Section:
    """What is left below the title of a document."""
    rest = replace_blocks(title, [one for one in title.blocks if one not in plan.blocks])
    return replace_children(rest, [one for one in title.children if one not in plan.children])


def _is_on_incidents(title: Section) -> bool:
    """Whether the title of a document has a word for incidents or for what is done then, or says what is wrong."""
    words = vocabulary()
    return says_what_fails(title.title.text) or any(
        one.best(title.title.text) is not None for one in (words.sections, words.exact, words.phases)
    )


def _leads_to_steps(label: Section, *, by_length: bool) -> bool:
    """Whether a line with a colon, "In this order:", stands above numbered things to do."""
    if label.about or (label.part is not None and label.part.kind != "resolution"):
        return False
    lists = [block for block in label.blocks if isinstance(block, ItemList)]
    return any(one.ordered and _tells_what_to_do(one, set(), by_length=by_length) for one in lists)


def is_plan(chapter: Section) -> bool:
    """Whether a chapter "Steps" or "What to do" right below the title of a document is the plan that it is about."""
    above, part = chapter.parent, chapter.part
    if above is None or not above.is_title or part is None or part.kind != "resolution" or part.coverage < 1:
        return False
    if any(one.level != LABEL_LEVEL for one in chapter.children):
        return False
    lists = [block for block in chapter.blocks if isinstance(block, ItemList)]
    return any(_tells_what_to_do(one, set(), by_length=True) for one in lists)


def _tells_what_to_do(block: ItemList, chapters: set[str], *, by_length: bool) -> bool:
    """Whether most items say to do something: by their verbs, those with numbers maybe also by their length."""
    items = block.items
    if len(items) < _FEWEST or any(_leads_on(item, chapters) for item in items):
        return False
    done = sum(_is_done(item, by_length=by_length and block.ordered) for item in items)
    return done * 2 > len(items) or (done > 1 and done * 2 == len(items))


def _leads_on(item: Item, chapters: set[str]) -> bool:
    """Whether an item is a line of a table of contents, or names a severity."""
    if level_name(item.inline.text) is not None:
        return True
    return item.inline.text.casefold() in chapters or any((one.href or "").startswith("#") for one in item.inline.links)


def _is_done(item: Item, *, by_length: bool) -> bool:
    text = item.inline.text
    if is_to_do(text):
        return True
    label = item.inline.labelled
    if not by_length or (label is not None and text.removeprefix(label[0]).lstrip().startswith((":", "："))):
        return False  # "Owner: the night baker"
    return len(text) >= _LONG_UNSPACED if is_unspaced(text) else len(words_of(text)) >= _LONG
