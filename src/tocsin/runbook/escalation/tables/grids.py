"""Grids of words in a code block, "P1   P2" over "0 min   on-call   on-call", and the chains that they hold."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import TypeAlias

from tocsin.runbook.document.blocks import Fence, Row, Table
from tocsin.runbook.document.inline import plain
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.calls import without_call
from tocsin.runbook.escalation.people.names import people
from tocsin.runbook.escalation.people.ours import is_no_person
from tocsin.runbook.escalation.sentences.calling import acts
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.times.waits import starts_at
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale, coded_names
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary


def text_table(block: Fence) -> Table | None:
    """Columns of words, two blanks or bars apart or set under the titles, as a table; None when they do not line up."""
    drawn = [(n, line) for n, line in enumerate(block.body, block.first) if re.search(r"\w", line)]
    lines = [(number, line.strip("│|┃")) for number, line in drawn if len(line) <= 300]
    if not 3 <= len(lines) <= 60:
        return None
    made = _barred(drawn) or _apart(lines) or _aligned(lines, spread=True) or _aligned(lines, spread=False)
    if made is None:
        return None
    rows = [Row(Lines(n, n), tuple(plain(cell, n) for cell in cells)) for n, cells in made]
    return Table(block.lines, rows[0].cells, tuple(rows[1:]))


_Cells: TypeAlias = list[tuple[int, list[str]]]


def _barred(lines: list[tuple[int, str]]) -> _Cells | None:
    """The cells between bars, empty ones as well, where each line has as many; a long one goes on below itself."""
    rows = [(n, [cell.strip() for cell in _BARS.split(_EDGES.sub("", line))]) for n, line in lines]
    width = len(rows[0][1])
    if width < 2 or any(len(cells) != width for _n, cells in rows):
        return None
    joined = rows[:1]
    for n, cells in rows[1:]:
        if cells[0] or len(joined) == 1:
            joined.append((n, cells))
        else:
            joined[-1] = joined[-1][0], [f"{a} {b}".strip() for a, b in zip(joined[-1][1], cells, strict=True)]
    return joined


_BARS = re.compile(r"[│|┃║]")
_EDGES = re.compile(r"^\s*[│|┃║]|[│|┃║]\s*$")


def _apart(lines: list[tuple[int, str]]) -> _Cells | None:
    rows = [(n, [cell for cell in re.split(r"\s{2,}|\t|\s*[│|┃]\s*", line.strip()) if cell]) for n, line in lines]
    width = len(rows[0][1])
    return rows if width >= 3 and all(len(cells) == width for _n, cells in rows) else None


def _aligned(lines: list[tuple[int, str]], *, spread: bool) -> _Cells | None:
    """The cells under the titles of the first line, by what is shown (``spread``) or by characters."""
    shown = [(n, _spread(line) if spread else line) for n, line in lines]
    starts = [match.start() for match in re.finditer(r"(?:(?<=\s\s)|^)\S", shown[0][1])]
    rows = [(n, _under(starts, line)) for n, line in shown]
    return rows if len(starts) >= 3 and all(cells for _n, cells in rows) else None


def _spread(line: str) -> str:
    """The line as wide as it is shown: a wide character takes two places."""
    return "".join(ch + "\0" if unicodedata.east_asian_width(ch) in "WF" else ch for ch in line)


def _under(starts: list[int], line: str) -> list[str]:
    """The words that stand under each title; nothing when a word runs across the beginning of a column."""
    if any(0 < at < len(line) and not line[at - 1].isspace() for at in starts):
        return []
    edges = [*starts, len(line)]
    return [line[a:b].replace("\0", "").strip() for a, b in itertools.pairwise(edges)]


def read_grid(table: Table, scale: Scale, found: Escalation) -> bool:
    """Rows are points in time, columns are severities, cells are whom to call: the chain of each column."""
    heads = [coded_names(head.text) for head in table.header]
    columns = [n for n, names in enumerate(heads) if n > 0 and len(names) == 1]
    starts = [(row, starts_at(row.cells[0].text, row.lines.first)) for row in table.rows if row.cells]
    if len(columns) < 2 or len(starts) < 2 or any(start is None for _row, start in starts):
        return False
    for n in columns:
        names = scale.mentioned(heads[n][0])
        name = names[0] if names else ""
        levels: list[EscalationLevel] = []
        for row, start in starts:
            who = row.cells[n].text if n < len(row.cells) else ""
            said = who and re.search(r"\w", who) and not vocabulary().is_a("none", who, 0.9) and not is_no_person(who)
            called = _called_in(who, row.lines, scale) if said else ()
            if called and (not levels or called != levels[-1].targets):
                after = start if start is not None and start.seconds else None
                levels.append(EscalationLevel(len(levels) + 1, called, row.lines, (name,) if name else (), after))
        if levels:
            found.chains.setdefault(name, numbered(levels, late=True))
    return True


def _called_in(cell: str, lines: Lines, scale: Scale) -> tuple[str, ...]:
    """Whom a cell calls or who acts in it: "the lead" of "Page the lead", "on-call" of "On-call investigates"."""
    called = spoken(cell, lines, 1, scale)
    return called.targets if called is not None else people(acts(cell) or without_call(cell))


def numbered(levels: list[EscalationLevel], *, late: bool = False) -> list[EscalationLevel]:
    """The levels by their place. With ``late`` the first is only called when the drawing says."""
    from_start = []
    for n, one in enumerate(levels, 1):
        at_once = n == 1 and (one.after is None or not late)
        trigger = Trigger.START if at_once else one.trigger
        if not at_once and one.trigger is Trigger.UNSTATED and one.after is not None:
            trigger = Trigger.UNRESOLVED
        from_start.append(EscalationLevel(n, one.targets, one.lines, one.severities, one.after, trigger, one.condition))
    return from_start
