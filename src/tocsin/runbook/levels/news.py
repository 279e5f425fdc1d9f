"""Tables that say by severity when others are told, in chapters on communication: no promise to answer."""

from __future__ import annotations

from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.document.sections import Section
from tocsin.runbook.levels.tables import are_times
from tocsin.runbook.levels.titles import clock_said
from tocsin.runbook.words import vocabulary

_TELLING = frozenset(["communication", "phase:communication"])
_VERBS = ("respond_verb", "acknowledge_verb", "resolve_verb")
_CLOCKS = ("response", "acknowledge", "resolution")
_SURELY = 0.9


def without_times_to_tell(table: Table, section: Section) -> Table:
    """A table without the times by which somebody is told: "Severity | Channel | Timing" of a chapter on that.

    A column whose title says that somebody answers, "Response time", is kept.
    """
    if _TELLING.isdisjoint(section.abouts):
        return table
    kept = [n for n, head in enumerate(table.header) if n == 0 or not (_is_bare(head.text) and are_times(table, n))]
    if len(kept) == len(table.header):
        return table
    rows = (Row(row.lines, tuple(row.cells[n] for n in kept if n < len(row.cells))) for row in table.rows)
    return Table(table.lines, tuple(table.header[n] for n in kept), tuple(rows))


def _is_bare(title: str) -> bool:
    """Whether the title of a column of times does not say whose: "When", "Timing", "Within"."""
    words = vocabulary()
    if any(words.says(name, title) for name in _VERBS) or words.column("cadence", title) >= _SURELY:
        return False
    if clock_said(title) == "other":
        return False  # "Customers", which is no clock in any chapter
    promised = max(words.column(name, title) for name in _CLOCKS)
    return promised < _SURELY or words.column("after", title) >= _SURELY
