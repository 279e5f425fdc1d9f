"""TOC115: columns and rows of the tables that decide who answers when, of which no word was taken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.compiled import Compiled
from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.escalation.people.ours import is_no_person
from tocsin.runbook.findings import finding, short
from tocsin.runbook.playbook import Finding
from tocsin.runbook.rules.readwords import ReadWords, speaks

_KINDS = frozenset(["severity", "targets", "escalation", "when_to_escalate", "contacts", "oncall", "team"])


def table_findings(compiled: Compiled, said: ReadWords) -> Iterator[Finding]:
    """What a table about severities, escalation or people says that is in no value of the playbook."""
    for section in compiled.root.walk():
        if _KINDS.isdisjoint(section.abouts):
            continue
        for table in section.blocks:
            if isinstance(table, Table) and len(table.header) > 1 and table.rows:
                yield from _lost(table, said)


def _lost(table: Table, said: ReadWords) -> Iterator[Finding]:
    lost = [row for row in table.rows if _is_lost(row, said)]
    if len(lost) > len(table.rows) / 2:
        read = len(table.rows) - len(lost)
        rows = (
            f"only {read} of its {len(table.rows)} rows are in any value"
            if read
            else "none of its rows is in any value"
        )
        yield finding("TOC115", table.lines.first, f"this table was not understood: {rows}")
        return
    for n, head in enumerate(table.header):
        cells = [row.cells[n] for row in table.rows if n < len(row.cells) and speaks(row.cells[n])]
        if head.text and cells and not any(said.hold(cell) for cell in (*cells, *_titled(head, cells))):
            line = head.lines.first
            yield finding("TOC115", line, f"the column {short(head.text)!r} was not understood and is in no value")
    for row in lost:
        spoken = [cell.text for cell in row.cells if speaks(cell)]
        empty = len(row.cells) > 1 and not any(
            map(speaks, row.cells[1:])
        )  # "Backup | None | n/a" says that there is none
        if not empty and not all(map(is_no_person, spoken)):  # "SEV4 | Create a ticket | -" calls nobody, as it says
            message = f"the row {short(row.cells[0].text or spoken[0])!r} was not understood and is in no value"
            yield finding("TOC115", row.lines.first, message)


def _titled(head: Inline, cells: list[Inline]) -> list[Inline]:
    """The title of a column of marks, "✅ Paged": it is the title that names somebody, and each cell says when."""
    return [head] if all(_MARK.match(cell.text) for cell in cells) else []


_MARK = re.compile(r"[^\w\s]")


def _is_lost(row: Row, said: ReadWords) -> bool:
    cells = [cell for cell in row.cells if speaks(cell)]
    return bool(cells) and not any(said.hold(cell) for cell in cells)
