"""What was pasted from elsewhere: cells between tabs of a spreadsheet, the marks of Jira and Confluence.

A table of either begins with its titles; Markdown wants a line of dashes below them. The titles move to the blank
line above, so that there are as many lines as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})")
_HEADING = re.compile(r"h(?P<level>[1-6])\.\s+(?P<title>\S.*)")
_MACRO = re.compile(
    r"\s*\{(?P<name>code|noformat|info|note|warning|tip|panel|quote|expand)(?::(?P<said>[^{}]*))?\}\s*", re.IGNORECASE
)
_ITEM = re.compile(r"(?P<marks>[#*-]{1,6})\s+(?P<said>\S.*)")
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)(?P<said>[^*]{1,200})(?<=\S)\*(?![\w*])")
_MONO = re.compile(r"\{\{(?P<said>[^{}]{1,200})\}\}")
_VERBATIM = frozenset(["code", "noformat"])
_MOST_CELLS = 20


def with_pasted(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines with tables between bars and with the marks of Markdown; as many as before.

    >>> with_pasted(("", "Name\\tPhone", "Ada\\t555 0142"))
    ('| Name | Phone |', '|---|---|', '| Ada | 555 0142 |')
    >>> with_pasted(("h2. Doors", "", "||Door||Key||", "|North|7|", "{code:bash}", "ls", "{code}"))
    ('## Doors', '| Door | Key |', '|---|---|', '|North|7|', '```bash', 'ls', '```')
    """
    if any("\t" in line for line in lines):
        lines = tuple(_with_bars(lines))
    if any(line[:1] == "h" and _HEADING.fullmatch(line.rstrip()) for line in lines):
        lines = tuple(_with_titles(tuple(_with_marks(lines))))
    return lines


def _outside_fences(lines: tuple[str, ...]) -> Iterator[bool]:
    """For each line whether it stands outside of a code block."""
    inside = False
    for line in lines:
        fence = _FENCE.match(line) is not None
        inside ^= fence
        yield not inside and not fence


def _with_bars(lines: tuple[str, ...]) -> Iterator[str]:
    cells = [_cells(line) if out else [] for line, out in zip(lines, _outside_fences(lines), strict=True)]
    made = list(lines)
    at = 0
    while at < len(lines):
        width = len(cells[at])
        end = at
        while width > 1 and end < len(lines) and len(cells[end]) == width:
            end += 1
        if end - at > 1 and _titled(made, at, cells[at]):
            made[at + 1 : end] = map(_row, cells[at + 1 : end])
        at = max(end, at + 1)
    return iter(made)


def _titled(made: list[str], at: int, titles: list[str]) -> bool:
    """Move titles, with a heading right above them, into the blank line above; False where there is none."""
    blank = at - 2 if at > 1 and made[at - 1].startswith("#") else at - 1
    if blank < 0 or made[blank].strip():
        return False
    if blank < at - 1:
        made[blank] = made[at - 1]
    made[at - 1], made[at] = _row(titles), "|" + "---|" * len(titles)
    return True


def _cells(line: str) -> list[str]:
    """The cells of a line between tabs; none of one that is set in by a tab, or is a row or an item already."""
    if "\t" not in line or line[:1].isspace() or line[:1] in "|-*>#":
        return []
    cells = [cell.strip() for cell in line.split("\t")]
    return cells if cells[0] and len(cells) <= _MOST_CELLS else []


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _with_marks(lines: tuple[str, ...]) -> Iterator[str]:
    verbatim = ""
    for line in lines:
        macro = _MACRO.fullmatch(line) if "{" in line else None
        name = macro["name"].lower() if macro is not None else ""
        if verbatim:
            yield "```" if name == verbatim else line
            verbatim = "" if name == verbatim else verbatim
        elif macro is not None and name in _VERBATIM:
            verbatim = name
            yield "```" + _language(macro["said"] or "")
        elif macro is not None:
            yield _title(macro["said"] or "")
        else:
            yield _marked(line)


def _language(said: str) -> str:
    """The language of a block of code: "bash" of "title=Look|language=bash"."""
    named = dict(part.partition("=")[::2] for part in said.split("|"))
    return named.get("language") or next((one for one in named if one and not named[one]), "")


def _title(said: str) -> str:
    return next((part[len("title=") :] for part in said.split("|") if part.startswith("title=")), "")


def _marked(line: str) -> str:
    if heading := _HEADING.fullmatch(line.rstrip()):
        return "#" * int(heading["level"]) + " " + heading["title"]
    item = _ITEM.match(line)
    said = item["said"] if item is not None else line
    said = _MONO.sub(r"`\g<said>`", said) if "{{" in said else said
    said = _BOLD.sub(r"**\g<said>**", said) if "*" in said else said
    if item is None:
        return said
    depth = len(item["marks"]) - 1
    return "   " * depth + ("1. " if item["marks"][-1] == "#" else "- ") + said


def _with_titles(lines: tuple[str, ...]) -> Iterator[str]:
    """The rows of titles, "||Door||Key||", moved up above a line of dashes."""
    made = list(lines)
    for n, (line, out) in enumerate(zip(lines, _outside_fences(lines), strict=True)):
        if out and line.startswith("||"):
            _titled(made, n, [cell.strip() for cell in line.strip().strip("|").split("||")])
    return iter(made)
