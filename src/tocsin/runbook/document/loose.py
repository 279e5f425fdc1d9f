"""Markdown of writers who leave out the space after a mark or close a block with a language: readers see through it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADING = re.compile(r"^ {0,3}#{1,6}(?:\s|$)")
_TIGHT = re.compile(r"^(#{1,6})(?=[^\s#!])")
_ITEM = re.compile(r"^-(?=[^\W\d_])")
_FENCE = re.compile(r"^\s*(?:```|~~~)")


_MARK = re.compile(r"(?P<ticks>`{3,})[ ]*(?P<info>[\w-]*)[ ]*")
_BELOW = re.compile(r"#{2,6} +\S|(?:-[ ]*){3,}$|(?:\*[ ]*){3,}$")
_WRITING = frozenset(["markdown", "md"])


def with_ends(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with "```text" as "```" where it ends a block: one is open, and a heading or a rule follows.

    >>> with_ends(("```sh", "df -h", "```sh", "", "## Doors"))
    ('```sh', 'df -h', '```', '', '## Doors')
    """
    marks = [n for n, line in enumerate(lines) if line.startswith("```")]
    mended: dict[int, str] = {}
    ticks, info = "", ""
    for n in marks:
        mark = _MARK.fullmatch(lines[n])
        if not ticks:
            opening = mark or re.match(r"(?P<ticks>`{3,})(?P<info>[^`]*)$", lines[n])
            ticks, info = (opening["ticks"], opening["info"].lower()) if opening else ("", "")
        elif mark is not None and not mark["info"] and len(mark["ticks"]) >= len(ticks):
            ticks = ""
        elif mark is not None and mark["ticks"] == ticks and info not in _WRITING and _ends_above(lines, n):
            mended[n], ticks = ticks, ""
    return tuple(mended.get(n, line) for n, line in enumerate(lines)) if mended else lines


def _ends_above(lines: tuple[str, ...], mark: int) -> bool:
    """Whether a heading or a rule is the next thing below a line."""
    below = next((line for line in lines[mark + 1 : mark + 4] if line.strip()), "")
    return _BELOW.match(below) is not None


def with_spaces(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with that space where a document has no other heading, and at least two without it.

    >>> with_spaces(("#Doors", "##Fix", "-ring the depot"))
    ('# Doors', '## Fix', '- ring the depot')
    """
    if any(map(_HEADING.match, _outside(lines))) or sum(bool(_TIGHT.match(line)) for line in lines) < 2:
        return lines
    mended = []
    inside = False
    for line in lines:
        inside ^= bool(_FENCE.match(line))
        mended.append(line if inside else _ITEM.sub("- ", _TIGHT.sub(r"\1 ", line)))
    return tuple(mended)


_TOLD = re.compile(r":[ \t]+(?=\S)")
_TERM = re.compile(r"(?![-*+>|#=`~:\s]|\d+[.)]\s)")


def with_terms(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with a list of definitions as an ordinary one: a term, and ": what it is" below it.

    >>> with_terms(("Level Red", ": All mills stand.", "", "Doors"))
    ('- **Level Red**:', '  All mills stand.', '', 'Doors')
    """
    if not any(line.startswith(": ") for line in lines):
        return lines
    mended = list(lines)
    inside = told = False
    for n, line in enumerate(lines):
        if _FENCE.match(line):
            inside = not inside
        if inside or not line.strip():
            told = False
            continue
        mark = _TOLD.match(line)
        if mark is not None and (
            told or (n > 0 and _TERM.match(lines[n - 1]) and not (n > 1 and lines[n - 2].strip()))
        ):
            if not told:
                mended[n - 1] = f"- **{lines[n - 1].strip().strip('*')}**:"
            told = True
            mended[n] = f"  {line[mark.end() :]}"
        elif told:
            mended[n] = f"  {line.strip()}"
    return tuple(mended)


def _outside(lines: tuple[str, ...]) -> Iterator[str]:
    """The lines that are not in a block of code."""
    inside = False
    for line in lines:
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            yield line
