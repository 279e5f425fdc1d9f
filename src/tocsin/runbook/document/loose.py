"""Markdown of writers who leave out the space after a mark: "##Symptoms" is a heading to every reader but a parser."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADING = re.compile(r"^ {0,3}#{1,6}(?:\s|$)")
_TIGHT = re.compile(r"^(#{1,6})(?=[^\s#!])")
_ITEM = re.compile(r"^-(?=[^\W\d_])")
_FENCE = re.compile(r"^\s*(?:```|~~~)")


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


def _outside(lines: tuple[str, ...]) -> Iterator[str]:
    """The lines that are not in a block of code."""
    inside = False
    for line in lines:
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            yield line
