"""The outline of a document: the tree of its sections, labels that stand for headings among them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.document.blocks import Block, Heading, ItemList, Quote, Rule
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.labels import is_named, is_problem, promote, quotes_parts
from tocsin.runbook.document.sections import Section, Title, parse_title, titled_in_code
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary


def outline(blocks: tuple[Block, ...], last_line: int) -> Section:
    """The tree of sections of a document with ``last_line`` lines."""
    root = Section(Title("", ""), 0, Lines(1, max(1, last_line)), Inline((), Lines(1, 1)))
    stack = [root]
    for block in _headed(blocks):
        if not isinstance(block, Heading):
            stack[-1].blocks.append(block)
            continue
        while len(stack) > 1 and stack[-1].level >= block.level:
            _close(stack.pop(), block.lines.first - 1)
        parent = stack[-1]
        title = titled_in_code(block.inline) or parse_title(_uncounted(block.inline.text, parent.title.text))
        section = Section(title, block.level, Lines(block.lines.first, last_line), block.inline, parent=parent)
        parent.children.append(section)
        stack.append(section)
    sections = list(root.walk())
    named = {id(one): sum(map(is_named, one.blocks)) for one in sections}
    for section in sections:
        beside = section.parent.children if section.parent is not None else []
        several = named[id(section)] and any(named.get(id(one), 0) > 1 for one in (section, *beside))
        promote(section, opens=is_named if several else is_problem)
    for section in reversed(list(root.walk())):
        trim(section)
    return root


def _uncounted(raw: str, above: str) -> str:
    """A heading without the word by which a chapter on incidents counts it: "Pattern 1: Dough" below "Patterns"."""
    kind = vocabulary().sections.best(above)
    match = _COUNTED_ONE.match(raw) if kind is not None and kind.kind == "incidents" else None
    if match is None:
        return raw
    word = match["word"].casefold()
    named = any(one.casefold().removesuffix("s") == word for one in re.findall(r"\w+", above))
    return match["rest"] if named and not vocabulary().is_a("incident_prefix", word, 0.9) else raw


_COUNTED_ONE = re.compile(r"(?P<word>[^\W\d_]{3,16})\s+\d{1,2}\s*[:.–—-]\s+(?P<rest>\S.*)$")


def _headed(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks with lists of headings ("- ### Disk full") taken apart: the bullet is only an ornament there.

    So is the quote around a card, a heading with the parts of an incident: no message that is sent has those.
    """
    for block in blocks:
        if isinstance(block, ItemList) and all(
            item.children and not item.inline.text and isinstance(item.children[0], Heading) for item in block.items
        ):
            for item in block.items:
                yield from item.children
        elif isinstance(block, Quote) and block.children and isinstance(block.children[0], Heading):
            yield from block.children if quotes_parts(block) else (block,)
        else:
            yield block


def trim(section: Section) -> None:
    """End a section with its last block, not with the blank lines and rules before the next heading."""
    ends = [block.lines.last for block in section.blocks if not isinstance(block, Rule)]
    ends += [child.lines.last for child in section.children]
    if section.level > 0:
        section.lines = Lines(section.lines.first, max([section.inline.lines.last, *ends]))


def _close(section: Section, last: int) -> None:
    section.lines = Lines(section.lines.first, max(section.lines.first, last))
