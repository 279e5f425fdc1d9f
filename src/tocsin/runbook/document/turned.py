"""A table with its rows and columns exchanged."""

from __future__ import annotations

from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.document.inline import plain
from tocsin.runbook.document.remembered import remembered_with


@remembered_with
def untitled(table: Table) -> Table:
    """The table with its titles as its first row, below blank ones."""
    lines = table.header[0].lines if table.header else table.lines
    blank = tuple(plain("", one.lines.first) for one in table.header)
    return Table(table.lines, blank, (Row(lines, table.header), *table.rows))


@remembered_with
def turned(table: Table) -> Table:
    """The table with rows and columns exchanged: some scales have a column for each level."""
    rows = [(cell, *(row.cells[n] for row in table.rows if n < len(row.cells))) for n, cell in enumerate(table.header)]
    first = tuple(plain(cell.text or "level", cell.lines.first) for cell in rows[0]) if rows else ()
    return Table(table.lines, first, tuple(Row(table.lines, cells) for cells in rows[1:]))
