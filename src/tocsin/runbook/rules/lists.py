"""TOC118: items of which nothing was taken, in a list of which other items were."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.runbook.compiled import Compiled
from tocsin.runbook.document.blocks import Item, ItemList
from tocsin.runbook.document.metadata import is_particular
from tocsin.runbook.durations import target
from tocsin.runbook.fates import claims
from tocsin.runbook.findings import few, finding, short
from tocsin.runbook.levels.titles import clock_named
from tocsin.runbook.playbook import BlockFate, Finding, Playbook
from tocsin.runbook.rules.readwords import ReadWords, speaks

_WIDE = frozenset(["severity"])
"""Values whose lines are a whole section: that an item stands among them does not tell that it was read."""


def list_findings(playbook: Playbook, compiled: Compiled, said: ReadWords) -> Iterator[Finding]:
    """The items of understood lists that are in no value of the playbook; a list that is kept as a whole has none."""
    understood = {block.lines.first for block in playbook.blocks if block.fate is BlockFate.UNDERSTOOD}
    narrow = [at for at, became in claims(playbook) if became not in _WIDE or at.first == at.last]
    taken = {line for at in narrow for line in range(at.first, at.last + 1)}
    for section in compiled.root.walk():
        for block in section.blocks:
            if isinstance(block, ItemList) and block.lines.first in understood:
                lost = list(_lost(block, taken, said))
                direct = set(map(id, block.items))
                if len(block.items) > 2 and sum(id(item) in direct for item in lost) > len(block.items) / 2:
                    message = f"most of this list was not understood: {len(lost)} of its items are in no value"
                    yield finding("TOC118", block.lines.first, message)
                    continue
                if len(lost) > _SINGLY:
                    named = few([repr(short(item.inline.text)) for item in lost], _SINGLY)
                    message = f"{len(lost)} items of this list are in no value: {named}"
                    yield finding("TOC118", lost[0].lines.first, message)
                    continue
                for item in lost:
                    message = f"the item {short(item.inline.text)!r} was not understood and is in no value"
                    yield finding("TOC118", item.lines.first, message)


_SINGLY = 2
"""Items of one list that have findings of their own; more of them are told together."""


def _lost(items: ItemList, taken: set[int], said: ReadWords) -> Iterator[Item]:
    """The lost items, outermost first: what stands below a lost one is lost with it and not told again."""
    for item in items.items:
        if taken.isdisjoint(range(item.lines.first, item.lines.last + 1)) and not _is_read(item, said):
            yield item
        else:
            for child in item.children:
                if isinstance(child, ItemList):
                    yield from _lost(child, taken, said)


def _is_said_already(label: str, value: str) -> bool:
    """Whether an item is a target by its label, "Response time: 15 min" below "P1 (15 min)": one of the two is kept."""
    return clock_named(label) is not None and target(value) is not None


def _is_read(item: Item, said: ReadWords) -> bool:
    if not speaks(item.inline) or said.hold(item.inline) or (not item.children and is_particular(item.inline)):
        return True
    if item.inline.labelled is not None and _is_said_already(*item.inline.labelled):
        return True
    return any(_is_read(one, said) for child in item.children if isinstance(child, ItemList) for one in child.items)
