"""Code blocks inside of one that has no longer marks, "```markdown" around "```bash": where the outer one ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_FENCE = re.compile(r"(?P<in>[ \t]*(?:>[ ]?)*[ \t]*)(?P<mark>`{3,}(?![^`]*`)|~{3,})[ ]*(?P<info>[^`~]{0,200})")


@dataclass(frozen=True, slots=True)
class _Mark:
    line: int
    mark: str
    info: str


def with_longer_marks(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with longer marks around a block of code that holds others; as many as before.

    By the letter of Markdown the outer block ends where an inner one does, the mark that was to close it opens another
    one, and all that follows is code. It is read so only where every block is closed in that way, and the marks make no
    sense otherwise.

    >>> with_longer_marks(("```md", "```sh", "make", "```", "```", "Text"))
    ('````md', '```sh', 'make', '```', '````', 'Text')
    >>> with_longer_marks(("```md", "Text", "```", "```sh", "make", "```"))[0]
    '```md'
    """
    marks = [
        _Mark(n, match["mark"], match["info"].strip())
        for n, line in enumerate(lines)
        if "`" in line[:_NEAR] or "~" in line[:_NEAR]
        if (match := _FENCE.fullmatch(line)) is not None
    ]
    if len(marks) < _FEWEST or not _are_nested(marks):
        return lines
    pairs = _nested(marks)
    if pairs is None:
        return lines
    found = list(lines)
    for opens, closes, deep in pairs:
        for one in (opens, closes):
            at = lines[one.line].index(one.mark)
            found[one.line] = lines[one.line][:at] + one.mark[0] * deep + lines[one.line][at:]
    return tuple(found)


_NEAR = 40
"""Characters among which the mark of a code block begins."""
_FEWEST = 3
"""Marks with which a block can hold another one."""


def _are_nested(marks: Sequence[_Mark]) -> bool:
    """Whether Markdown reads the marks as nobody writes them: a block is open at the end, or one without a language
    holds the line that opens another one, as two nested ones below each other make it."""
    top: _Mark | None = None
    for one in marks:
        if top is None:
            top = one
        elif one.mark[0] == top.mark[0] and len(one.mark) >= len(top.mark):
            if one.info and not top.info:
                return True
            top = top if one.info else None
    return top is not None


def _nested(marks: Sequence[_Mark]) -> list[tuple[_Mark, _Mark, int]] | None:
    """What opens and closes each block that holds another, and how deep; None where one of them is left open."""
    opened: list[_Mark] = []
    depths: list[int] = []
    pairs: list[tuple[_Mark, _Mark, int]] = []
    for one in marks:
        same = opened and one.mark[0] == opened[-1].mark[0] and len(one.mark) >= len(opened[-1].mark)
        if opened and not same:
            continue  # as it stands in the block
        if opened and not one.info:
            pairs.append((opened.pop(), one, depths.pop()))
            if depths:
                depths[-1] = max(depths[-1], pairs[-1][2] + 1)
        else:
            opened.append(one)
            depths.append(0)
    return None if opened else [pair for pair in pairs if pair[2]]
