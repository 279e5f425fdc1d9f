"""Lists whose marks are none to Markdown, "①", "1、", "(1)", "・", "•", "–": readers see a list all the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CIRCLED = {chr(0x2460 + n): n + 1 for n in range(20)}
_COUNTED = re.compile(
    r"(?:(?P<circled>[①-⑳])|[(（](?P<inside>[0-9０-９]{1,2})[)）]|(?P<before>[0-9０-９]{1,2})[、）．])\s*"
)
_BULLET = re.compile(r"(?:(?P<loose>[・•▪‣◦∙·])\s*|(?P<tight>[–—●○☐☑✅✔✓])\ufe0f?\s+)")
_MARK = re.compile(rf"(?P<in>[ \t\u3000]*)(?:{_COUNTED.pattern}|{_BULLET.pattern})(?=[^\s|])")
_FIRST = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳(（・•▪‣◦∙·–—●○☐☑✅✔✓0123456789０１２３４５６７８９")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})")
_BETWEEN = re.compile(r"\s*$|[ \t\u3000]|[-*+|>]|\d{1,2}[.)]\s")
"""What may stand between two items of a list: nothing, what is moved in, another list, a table or a quote."""


@dataclass(frozen=True, slots=True)
class _Marked:
    line: int
    kind: str
    number: int  # 0 for a bullet
    match: re.Match[str]


def with_bullets(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with the marks of such a list as Markdown's, where at least two items of it stand in a row.

    >>> with_bullets(("Signs:", "・no flour", "・no water"))
    ('Signs:', '- no flour', '- no water')
    >>> with_bullets(("①Look", "②Ring", "– once", "(2) of three"))
    ('1. Look', '2. Ring', '– once', '(2) of three')
    """
    marked = _marked(lines)
    if len(marked) < 2:
        return lines
    items: set[int] = set()
    last: dict[tuple[str, str], _Marked] = {}
    mended = {one.line: one for one in marked}
    for one in marked:
        key = one.kind, one.match["in"]
        before = last.get(key)
        last[key] = one
        if before is None or (one.number and one.number != before.number + 1):
            continue
        between = range(before.line + 1, one.line)
        if one.kind == "tight":
            joined = all(lines[n].startswith((" ", "\t")) for n in between)
        else:
            joined = _is_joined(lines, between, mended)
        if joined:
            items |= {before.line, one.line}
    if not items:
        return lines
    return tuple(_as_markdown(mended[n], line) if n in items else line for n, line in enumerate(lines))


def _marked(lines: tuple[str, ...]) -> list[_Marked]:
    """The lines outside of code that begin with such a mark."""
    found = []
    inside = False
    for n, line in enumerate(lines):
        bare = line.lstrip()
        first = bare[:1]
        if first in ("`", "~") and _FENCE.match(line):
            inside = not inside
        elif first in _FIRST and not inside and (match := _MARK.match(line)) is not None:
            found.append(_of(n, match))
    return found


def _of(line: int, match: re.Match[str]) -> _Marked:
    if match["circled"]:
        return _Marked(line, "circled", _CIRCLED[match["circled"]], match)
    counted = match["inside"] or match["before"]
    if counted:
        return _Marked(line, "inside" if match["inside"] else "before", int(counted), match)
    return _Marked(line, match["loose"] or "tight", 0, match)


def _is_joined(lines: tuple[str, ...], between: range, marked: dict[int, _Marked]) -> bool:
    """Whether nothing but code, what is moved in, and other lists stands between two marked lines."""
    inside = False
    for n in between:
        if _FENCE.match(lines[n]):
            inside = not inside
        elif not inside and n not in marked and _BETWEEN.match(lines[n]) is None:
            return False
    return True


def _as_markdown(one: _Marked, line: str) -> str:
    moved_in = one.match["in"].replace("\u3000", "  ")
    return f"{moved_in}{f'{one.number}.' if one.number else '-'} {line[one.match.end() :]}"
