"""Lines among commands that a command has printed, or that are of another language: they are none to run."""

from __future__ import annotations

import re

from tocsin.runbook.command.programs import known_programs

_LINE = re.compile(
    r"[bcdlps-](?:[r-][w-][xsStT-]){3}[.+@]?\s|total\s+[\d.]+[KMGT]?$"  # what ls prints
    r"|--?[A-Za-z][\w-]*(?:[\s=,]|$)"  # an option, as the help of a program lists them
    r"|[^\W\d_][\w.()'’/-]+(?:\s[\w()'’/-]+){0,4}:$|[^\W\d_][\w.()-]+:\s"  # "Options:", "pg_dump: error: no host"
    r"|(?:const|let|var)\s+[\w${},\s]+=|(?:await\s+)?[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+\("  # JavaScript, mongosh
    r"|import\s.+\sfrom\s|from\s+[\w.]+\s+import\s"
    r"|(?!(?:if|for|foreach|while|switch|elseif|function)\b)[A-Za-z_]\w*\((?!\s*\))"  # a call, "rate(grain[5m])"
    r"|[a-z]\w*\s+(?:by|without)\s*\([\w\s,]*\)"  # PromQL, "sum by (mill) (grain)"
    r"|(?:[A-Za-z_:][\w:]*)?\{\s*[A-Za-z_]\w*\s*(?:=~?|!=|!~)\s*\""  # PromQL and LogQL, 'grain{mill="n"} > 3'
)
"""The beginning of a line that is no statement: no program's name begins with a dash or ends in a colon."""

_COLUMN = re.compile(r"[A-Z][\w()/%#.-]*(?:\s[\w()/%#.-]+)*")
_GAP = re.compile(r"\s{2,}|\t")
_DATA = re.compile(r"\{\"|\[\{|\[\"")
_OPENS = re.compile(r"[{\[]\s*$")
_TREE = frozenset("●○├└│┌✓✔✗✘×")
_MOST = 200
"""Lines of one output that are looked at."""


def is_printed(line: str) -> bool:
    """Whether a line, without what it is moved in by, is no statement of the shell."""
    return bool(_LINE.match(line)) or line[:1] in _TREE or bool(_DATA.match(line))


def printed_extent(body: tuple[str, ...], at: int) -> int:
    """How many lines a table or data takes that a command has printed; 0 where none begins there.

    A table ends with the next blank line, comment or known program, data with its last bracket.

    >>> printed_extent(("NAME    READY", "oven-0  1/1", "kubectl get nodes"), 0)
    2
    """
    line = body[at].strip()
    if line.startswith("-"):
        return _described(body, at)
    if _is_header(line):
        return next((n for n in range(1, len(body) - at) if _ends_table(body[at + n])), len(body) - at)
    if not _DATA.match(line) and not (_OPENS.fullmatch(line) and at + 1 < len(body) and _is_field(body[at + 1])):
        return 0
    opened = 0
    for n, one in enumerate(body[at : at + _MOST], 1):
        opened += sum(one.count(ch) for ch in "{[") - sum(one.count(ch) for ch in "}]")
        if opened <= 0:
            return n
    return 1


def _described(body: tuple[str, ...], at: int) -> int:
    """The lines of a manual that describe an option, moved in below it; 0 where none do."""
    margin = _margin(body[at]) + _MOVED_IN
    n = at + 1
    while n < min(len(body), at + _MOST) and body[n].strip() and _margin(body[n]) >= margin:
        n += 1
    return n - at if n > at + 1 else 0


_MOVED_IN = 3
"""Characters by which a description is moved in, at least."""


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_header(line: str) -> bool:
    columns = _GAP.split(line)
    if len(columns) < 2 or line.split(maxsplit=1)[0] in known_programs():
        return False
    return all(map(_COLUMN.fullmatch, columns)) and (len(columns) > 2 or line.isupper())


def _ends_table(line: str) -> bool:
    bare = line.strip()
    return not bare or bare.startswith("#") or bare.split(maxsplit=1)[0] in known_programs()


def _is_field(line: str) -> bool:
    return line.lstrip().startswith(('"', "{"))
