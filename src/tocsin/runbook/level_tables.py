"""Severity scales as tables, upright or turned."""

from __future__ import annotations

import re

from tocsin.runbook.blocks import Row, Table
from tocsin.runbook.durations import every, target
from tocsin.runbook.inline import plain
from tocsin.runbook.level_facts import Draft, Level
from tocsin.runbook.playbook import Duration, severity_key
from tocsin.runbook.procedures import split_clauses
from tocsin.runbook.scale import level_name
from tocsin.runbook.words import vocabulary

_ROLES = (
    "severity",
    "label",
    "criteria",
    "response",
    "acknowledge",
    "resolution",
    "cadence",
    "escalation",
    "actions",
    "postmortem",
)
_ONCE = frozenset({"label", "response", "acknowledge", "resolution", "cadence", "postmortem"})
_TARGETS = {
    "response": "response",
    "acknowledge": "acknowledge",
    "resolution": "resolution",
    "cadence": "update",
    "postmortem": "review",
}


def is_scale(table: Table) -> bool:
    """Whether the rows of a table are the levels of a scale, each once."""
    column = _level_column(table)
    if column is None:
        return False
    names = [level_name(row.cells[column].text, plain=True) for row in table.rows if column < len(row.cells)]
    found = [severity_key(name.name) for name in names if name is not None]
    return len(found) >= 2 and len(set(found)) == len(found) and len(found) >= len(table.rows) * 0.8


def turned(table: Table) -> Table:
    """The table with rows and columns exchanged: some scales have a column for each level."""
    rows = [(cell, *(row.cells[n] for row in table.rows if n < len(row.cells))) for n, cell in enumerate(table.header)]
    first = tuple(plain(cell.text or "level", cell.lines.first) for cell in rows[0]) if rows else ()
    return Table(table.lines, first, tuple(Row(table.lines, cells) for cells in rows[1:]))


def _level_column(table: Table) -> int | None:
    words = vocabulary()
    for n, head in enumerate(table.header[:2]):
        cells = [row.cells[n].text for row in table.rows if n < len(row.cells)]
        named = [level_name(cell, plain=words.column("severity", head.text) >= 0.5) for cell in cells]
        if cells and sum(name is not None for name in named) >= max(2, len(cells) * 0.8):
            return n
    return None


def column_roles(table: Table) -> tuple[str, ...]:
    """What each column of a severity table holds, "" where its title says nothing known."""
    words = vocabulary()
    roles: list[tuple[str, float]] = []
    for head in table.header:
        bare = re.sub(r"\([^()]*\)", "", head.text)
        fits = {role: words.column(role, bare) for role in _ROLES}
        best = max(fits, key=lambda role: fits[role])
        roles.append((best, fits[best]) if fits[best] >= 0.5 else ("", 0.0))
    # Of "temporary recovery time" and "full recovery time" only the better match is the resolution target.
    return tuple(
        role if role not in _ONCE or fit == max(f for r, f in roles if r == role) else "" for role, fit in roles
    )


def read_table(table: Table, scale: Draft, *, define: bool, criteria: bool) -> None:
    """Take what the rows of a severity table say."""
    column = _level_column(table)
    assert column is not None
    roles = column_roles(table)
    for row in table.rows:
        name = level_name(row.cells[column].text, plain=True) if column < len(row.cells) else None
        if name is None:
            continue
        level = scale.level(name, row.lines, define=define)
        if level is not None:
            _cells(row, roles, column, level, define=define, criteria=criteria)


def _cells(row: Row, roles: tuple[str, ...], column: int, level: Level, *, define: bool, criteria: bool) -> None:
    words = vocabulary()
    for n, (role, cell) in enumerate(zip(roles, row.cells, strict=False)):
        text = cell.text
        if n == column or not text or words.is_a("none", text, 0.9):
            continue
        line = row.lines.first
        if role == "label" and define and level.label is None:
            level.label = text
        elif role == "criteria" and criteria:
            level.criteria += split_clauses(cell)
        elif role in ("response", "acknowledge", "resolution", "postmortem"):
            found = target(text, line)
            level.state(_TARGETS[role], found)
            extra = _after_target(text, found) if role == "response" else ()
            level.actions += extra
        elif role == "cadence":
            level.state("update", every(text, line) or target(text, line))
        elif role == "actions":
            level.actions += split_clauses(cell)
        elif role == "" and criteria and n > column and level.label is None and words.severity_order(text) is not None:
            level.label = text


def _after_target(text: str, found: Duration | None) -> tuple[str, ...]:
    """ "15 min, Engineering Manager, #incidents": who is to answer, and where."""
    if found is None:
        return (text,)
    return tuple(piece.strip() for piece in re.split(r"[,;，；]", text)[1:] if piece.strip())
