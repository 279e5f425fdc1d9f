"""Blanks in a text: what a template leaves for a person to write.

A blank is ``[…]`` that is no link, check box, footnote or code, and is not escaped with a backslash. In a
document, a label or a section with nothing behind it is one too, and so are TODO, TBD and a row of underscores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

BRACKETED = re.compile(r"(?<!\\)(?<!\])\[(?!\^)([^\[\]\n]{1,200})(?<!\\)\](?!\(|\[)")
HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
BOLD_HEADING = re.compile(r"^\s*\*\*([^*]+?):?\*\*:?\s*$")
EMPTY_LABEL = re.compile(r"^\s*(?:[-*+]\s+)?(?:\*\*)?([A-Z][^:*|\[\]`]{1,40}?)(?:\*\*)?:(?:\*\*)?\s*$")
_DEFINITION = re.compile(r"^\s*\[[^\]]+\]:\s+(?:<|#|/|\w+://)")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_CODE = re.compile(r"(?<!\\)(`+)[^`\n](?:.*?[^`\n])?\1(?!`)")
_LEFT_OPEN = re.compile(r"\b(?:TODO|TBD|FIXME)\b|(?<!\S)_{3,}(?!\S)")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s")


@dataclass(frozen=True, slots=True)
class Blank:
    """Something nobody has written yet: its text, the heading above it, and its line (1-based)."""

    text: str
    heading: str
    line: int

    def __str__(self) -> str:
        """In words, for a list of what is missing."""
        return f"{self.text} under {self.heading}" if self.heading else self.text


def is_blank_name(name: str) -> bool:
    """Whether what stands between brackets names a blank; a check box or a citation's number does not."""
    word = name.strip()
    return len(word) > 1 and not word.isdigit()


def without_code(line: str) -> str:
    """The line with its code spans covered by spaces, at the same columns."""
    return _CODE.sub(lambda found: " " * len(found.group()), line)


def prose(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines outside of fences with their index, code spans covered."""
    fence = ""
    for index, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark.group(1)
        elif mark and mark.group(1).startswith(fence):
            fence = ""
        elif not fence:
            yield index, without_code(line)


def blanks_of(markdown: str) -> tuple[Blank, ...]:
    """What nobody has written yet in a Markdown document, in its order."""
    lines = markdown.splitlines()
    outside = dict(prose(lines))
    heading = ""
    found: list[Blank] = []
    for index, line in outside.items():
        title = HEADING.match(line)
        if title:
            heading = title.group(2)
            if _is_empty_section(lines, index, len(title.group(1))):
                found.append(Blank("nothing written", heading, index + 1))
        found += [Blank(text, "" if title else heading, index + 1) for text in _written_blanks(line)]
        label = EMPTY_LABEL.match(line)
        if label and nothing_follows(lines, index):
            found.append(Blank(f"nothing after “{label.group(1)}”", heading, index + 1))
    return tuple(found)


def message_blanks(text: str) -> tuple[str, ...]:
    """The blanks that are left in a plain message ("[timeframe]"), each once, in order.

    >>> message_blanks("We expect to be back in [timeframe]. Ticket [timeframe]. Regards:")
    ('[timeframe]',)
    """
    return tuple(dict.fromkeys(blank for line in text.splitlines() for blank in _written_blanks(line)))


def _written_blanks(line: str) -> list[str]:
    if _DEFINITION.match(line):
        return []
    found = [one for one in BRACKETED.finditer(line) if is_blank_name(one.group(1))]
    found += _LEFT_OPEN.finditer(line)
    return [one.group() for one in sorted(found, key=lambda one: one.start())]


def _is_empty_section(lines: list[str], index: int, depth: int) -> bool:
    for line in lines[index + 1 :]:
        if not line.strip():
            continue
        title = HEADING.match(line)
        return title is not None and len(title.group(1)) <= depth
    return True


def nothing_follows(lines: list[str], index: int) -> bool:
    """Whether nothing stands below a label that it could introduce: another label, a heading or the end."""
    following = next((line for line in lines[index + 1 :] if line.strip()), None)
    if following is None or HEADING.match(following) or EMPTY_LABEL.match(following):
        return True
    same_list = bool(_LIST_ITEM.match(lines[index])) and _indent(following) <= _indent(lines[index])
    return same_list or (index + 1 < len(lines) and bool(_labelled(following)))


def _labelled(line: str) -> re.Match[str] | None:
    return re.match(r"^\s*(?:[-*+]\s+)?\*\*[^*]+?:?\*\*:?\s*\S", line)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
