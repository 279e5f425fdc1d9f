"""What Markdown asks of lists and their writers leave out: the indent below a number, the blank line above a label."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.document.blocks import Block, Item, ItemList, Text
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.stated import Lines

_NUMBERED = re.compile(r"(?P<mark>(?P<number>\d{1,2})[.)][ \t]+)(?=\S)")
_BULLET = re.compile(r"[-*+][ \t]+\S")
_FENCE = re.compile(r"[ \t]*(?:`{3,}|~{3,})")
_OPEN = re.compile(r"(?:[:：][*_ \t]*|(?:\*\*|__)[^*_]+(?:\*\*|__)[ \t]*)$")
"""How a line ends under which something belongs: with a colon, or it is all in bold."""

_MARK = re.compile(r"(?P<indent>[ \t]*)(?:[-*+]|\d{1,3}[.)])[ \t]+\S")
_BOLD_LABEL = re.compile(r"(?P<bold>\*\*|__)(?=[^\W_])[^*_\n]{1,60}(?:[:：](?P=bold)|(?P=bold)[ \t]*(?:[:：]|$))")
_PLAIN_LABEL = re.compile(r"(?![a-z`])[^\W\d_][^.:：;!?,`|]{0,50}[:：][ \t]*$")
_SLANTED_LABEL = re.compile(r"(?P<mark>[*_])(?=[^\W_])[^*_\n]{1,50}(?P=mark)[ \t]*[:：]?[ \t]*$")
_LONGEST_LABEL = 200
_BELOW = re.compile(r"[ \t]*(?:$|[-*+][ \t]|\d{1,3}[.)][ \t]|`{3}|~{3}|\||(?:\*\*|__)\S)")
"""What stands under a label: nothing, a list, code, a table or the next label."""


def with_indents(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with the bullets that belong to a number moved in, where their writer began them below its mark.

    They belong to it where it ends with a colon or is all in bold, or where the numbers go on behind them.

    >>> with_indents(("1. Look:", "- at the gate", "", "2. Ring:", "- the depot", "", "Then wait."))
    ('1. Look:', '   - at the gate', '', '2. Ring:', '   - the depot', '', 'Then wait.')
    """
    numbered = [n for n, line in enumerate(lines) if line[:1].isdigit() and _NUMBERED.match(line)]
    if not any(_BULLET.match(line) for n in numbered for line in lines[n + 1 : n + 2]):
        return lines
    inside = _fenced(lines)
    mended: dict[int, str] = {}
    goes_on = False
    for place, n in enumerate(numbered):
        if n in inside or n + 1 >= len(lines) or not _BULLET.match(lines[n + 1]):
            goes_on = False
            continue
        mark = _NUMBERED.match(lines[n])
        assert mark is not None
        end = _end_of_bullets(lines, n + 1, inside)
        follows = numbered[place + 1] if place + 1 < len(numbered) else -1
        after = _NUMBERED.match(lines[end]) if end == follows else None
        before, goes_on = goes_on, after is not None and int(after["number"]) == int(mark["number"]) + 1
        if goes_on or before or _OPEN.search(lines[n]):
            by = " " * len(mark["mark"])
            mended.update((k, by + lines[k]) for k in range(n + 1, end) if lines[k].strip())
    return tuple(mended.get(n, line) for n, line in enumerate(lines)) if mended else lines


def _fenced(lines: tuple[str, ...]) -> set[int]:
    """The numbers of the lines that are code."""
    found: set[int] = set()
    inside = False
    for n, line in enumerate(lines):
        fence = _FENCE.match(line) is not None
        if inside or fence:
            found.add(n)
        inside ^= fence
    return found


def _end_of_bullets(lines: tuple[str, ...], start: int, inside: set[int]) -> int:
    """The first line behind bullets, and what is moved in under them, that is none of theirs."""
    for n in range(start, len(lines)):
        line = lines[n]
        if line.strip() and not line.startswith((" ", "\t")) and not (n not in inside and _BULLET.match(line)):
            return n
    return len(lines)


def with_labels(blocks: tuple[Block, ...], lines: tuple[str, ...], first: int) -> tuple[Block, ...]:
    """The blocks with a label right below a list as what it is; to Markdown it goes on with the list's last item.

    ``lines`` are those of the document from number ``first`` on. "- no bread", "Fix:", "- bake": two lists.
    """
    found = tuple(_labels(lines, first))
    return tuple(_apart(blocks, found, lines, first)) if found else blocks


def _labels(lines: tuple[str, ...], first: int) -> Iterator[tuple[int, int]]:
    """The numbers of the lines that may be such a label, with how far each is moved in."""
    for n in range(1, len(lines)):
        line = lines[n]
        if line[-1:] not in (":", "：", "*", "_", " ") and "**" not in line and "__" not in line:
            continue
        bare = line.strip()
        if not bare or len(bare) > _LONGEST_LABEL or not lines[n - 1].strip():
            continue
        valued = _BOLD_LABEL.match(bare)
        label = valued or _PLAIN_LABEL.match(bare) or _SLANTED_LABEL.match(bare)
        below = lines[n + 1] if n + 1 < len(lines) else ""
        if label is not None and (label.end() < len(bare) or _BELOW.match(below)):
            yield first + n, len(line) - len(line.lstrip())


def _apart(
    blocks: tuple[Block, ...], labels: tuple[tuple[int, int], ...], lines: tuple[str, ...], first: int
) -> Iterator[Block]:
    for block in blocks:
        within = labels[
            bisect_left(labels, (block.lines.first + 1, 0)) : bisect_left(labels, (block.lines.last + 1, 0))
        ]
        if not isinstance(block, ItemList) or not within:
            yield block
            continue
        mark = _MARK.match(lines[block.lines.first - first])
        mine = {n for n, indent in within if mark is not None and indent <= len(mark["indent"])}
        items: list[Item] = []
        for item in block.items:
            kept, label = _cut(item, mine)
            items.append(replace(kept, children=tuple(_apart(kept.children, within, lines, first))))
            if label is not None:
                yield _list_of(items, block)
                yield label
                items = []
        if items:
            yield _list_of(items, block)


def _list_of(items: list[Item], block: ItemList) -> ItemList:
    return ItemList(Lines(items[0].lines.first, items[-1].lines.last), block.ordered, tuple(items))


def _cut(item: Item, labels: set[int]) -> tuple[Item, Text | None]:
    """An item up to the first of these labels in its last paragraph, and that label with what goes on with it."""
    if not item.children:
        text, label = _cut_text(item.inline, labels)
        return (item, None) if label is None else (Item(Lines(item.lines.first, text.lines.last), text), label)
    *others, last = item.children
    if isinstance(last, ItemList):
        inner, label = _cut(last.items[-1], labels)
        cut: Block = _list_of([*last.items[:-1], inner], last)
    elif isinstance(last, Text):
        text, label = _cut_text(last.inline, labels)
        cut = Text(text.lines, text)
    else:
        return item, None
    if label is None:
        return item, None
    return Item(Lines(item.lines.first, cut.lines.last), item.inline, (*others, cut)), label


def _cut_text(inline: Inline, labels: set[int]) -> tuple[Inline, Text | None]:
    at = next((n for n in range(inline.lines.first + 1, inline.lines.last + 1) if n in labels), None)
    if at is None:
        return inline, None
    kept = tuple(run for run in inline.runs if run.line < at)
    label = tuple(run for run in inline.runs if run.line >= at)
    below = Lines(at, inline.lines.last)
    return Inline(kept, Lines(inline.lines.first, at - 1)), Text(below, Inline(label, below))
