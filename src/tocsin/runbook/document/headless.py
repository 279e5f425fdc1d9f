"""A document without any heading, a mail or an export: its lines in bold, or alone, are what it has of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from tocsin.runbook.command.shell import is_command
from tocsin.runbook.document.directives import is_note
from tocsin.runbook.words import vocabulary

_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})\s*$")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_TAG = re.compile(r"\s*<h[1-6]\b", re.IGNORECASE)
_WIKI = re.compile(
    r"(?:(?P<marks>={1,6})\s+(?P<text>\S.*?)(?:\s+(?P=marks))?|h(?P<level>[1-6])\.\s+(?P<said>\S.*))\s*$"
)
"""A heading of a wiki or of AsciiDoc, "== Doors ==" or "h2. Doors"."""
_BOLD = re.compile(r"(?P<mark>\*\*|__)(?P<text>[^*_]+)(?P=mark)\s*[:：]?\s*$")
_PLAIN = re.compile(r"[^\W\d_a-z][^.,;:!?|`*_<>{}\[\]=。，；：！？]*$")
_NUMBERED = re.compile(r"(?:step\s+)?\d{1,2}\s*[.):]", re.IGNORECASE)
_LONGEST = 80
"""Characters of a heading."""
_MOST_WORDS = 7
"""Words of a line without any mark that is a heading."""


def with_headings(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with "# " before what heads the others, where a document has no heading; as many lines as before.

    A wiki's own marks come first, then lines in bold, then short lines alone between blank ones, at least two of them.

    >>> with_headings(("**Oven cold**", "", "**Symptoms**", "Pale bread"))
    ('# Oven cold', '', '### Symptoms', 'Pale bread')
    """
    outside = list(_outside(lines))
    if any(_HEADING.match(line) or _TAG.match(line) for _n, line in outside) or _has_underlined(outside):
        return lines
    wiki = {n: match for n, line in outside if (match := _WIKI.match(line)) is not None}
    if wiki:
        heads = {n: f"{'#' * int(m['level'] or len(m['marks']))} {m['said'] or m['text']}" for n, m in wiki.items()}
    else:
        bold = [(n, match["text"]) for n, line in outside if (match := _BOLD.match(line)) and _is_title(match["text"])]
        heads = _levelled(bold or _alone(outside), lines)
    return tuple(heads.get(n, line) for n, line in enumerate(lines)) if heads else lines


def _outside(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines that are not in a block of code, with their places."""
    inside = False
    for n, line in enumerate(lines):
        if ("```" in line or "~~~" in line) and _FENCE.match(line):
            inside = not inside
        elif not inside:
            yield n, line


def _has_underlined(outside: list[tuple[int, str]]) -> bool:
    """Whether a line is a heading by the marks below it."""
    texts = [line for _n, line in outside]
    return any(
        _UNDERLINE.match(below) and line.strip() and not line.lstrip().startswith(("|", "-", "*", ">"))
        for line, below in itertools.pairwise(texts)
    )


def _is_title(text: str) -> bool:
    """Whether words in bold are a heading, and neither a note nor only a loud sentence: "Never stop the mill."."""
    said = text.strip().rstrip(":：")
    loud = said.endswith((".", "!", "。", "！", ",", ";"))
    return 0 < len(said) <= _LONGEST and not loud and not _is_remark(said)


def _is_remark(said: str) -> bool:
    """Whether a line is the word for what is only told beside, "Important", "Remember", and heads no chapter."""
    return is_note(said) or vocabulary().is_a("remark", said, 0.99)


def _alone(outside: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Short lines between blank ones that are neither a sentence nor a command: "Oven cold"."""
    texts = ["", *(line for _n, line in outside), ""]
    found = [
        (n, line)
        for at, (n, line) in enumerate(outside, 1)
        if not texts[at - 1].strip()
        and not texts[at + 1].strip()
        and at + 1 < len(texts) - 1
        and len(line) <= _LONGEST
        and _PLAIN.match(line)
        and len(line.split()) <= _MOST_WORDS
        and not is_command(line)
        and not _is_remark(line)
    ]
    return found if len(found) > 1 else []


def _levelled(heads: list[tuple[int, str]], lines: Sequence[str]) -> dict[int, str]:
    """The headings with their marks: parts of a procedure and numbered steps below the ones between them.

    The first one is the document's title where nothing is to be done right below it, unless it and another one have
    parts of their own.
    """
    parts = [_is_part(text) for _n, text in heads]
    owners = [n for n, part in enumerate(parts[:-1]) if not part and parts[n + 1]]
    titled = bool(heads) and not parts[0] and not (owners[:1] == [0] and len(owners) > 1)
    if titled:
        ends = heads[1][0] if len(heads) > 1 else len(lines)
        above = any(line.strip() for line in lines[: heads[0][0]])
        titled = not above and not any(map(_is_to_do, lines[heads[0][0] + 1 : ends]))
    return {
        line: f"{'#' if titled and n == 0 else '###' if part else '##'} {text.strip()}"
        for n, ((line, text), part) in enumerate(zip(heads, parts, strict=True))
    }


def _is_to_do(line: str) -> bool:
    """Whether a line is an item, a command or the beginning of a block of code."""
    return _ITEM.match(line) is not None or _FENCE.match(line) is not None or is_command(line, strict=True)


_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,2}[.)])\s+\S")


def _is_part(text: str) -> bool:
    return _NUMBERED.match(text) is not None or vocabulary().part(text.rstrip(":： ")) is not None
