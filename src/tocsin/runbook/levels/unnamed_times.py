"""Times beside a severity that no title says to be those of an answer, in chapters on something else.

"Severity | Channel | Within" of a chapter on communication says when others are told, "SEV1: 4 hours" below
"Retention" how long something is kept: no clock of a response starts by either.
"""

from __future__ import annotations

from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.levels.tables import are_times
from tocsin.runbook.levels.titles import OTHERS, clock_named, clock_said
from tocsin.runbook.scale import coded_names
from tocsin.runbook.words import vocabulary

_VERBS = ("respond_verb", "acknowledge_verb", "resolve_verb")
_CLOCKS = ("response", "acknowledge", "resolution")
_SURELY = 0.9


def speaks_of_answering(section: Section) -> bool:
    """Whether a heading, or the one above a label, says that somebody answers: "Response windows"."""
    titles = [section.title.text]
    if section.level >= LABEL_LEVEL and section.parent is not None:
        titles.append(section.parent.title.text)
    words = vocabulary()
    return any(clock_named(one) is not None or any(words.says(name, one) for name in _VERBS) for one in titles)


def without_unnamed_times(table: Table) -> Table:
    """A table without the columns of times whose titles do not say that somebody answers: "When", "Within"."""
    if any(coded_names(head.text) for head in table.header[1:]) or _names_audience(table.header[0].text):
        return table
    kept = [n for n, head in enumerate(table.header) if n == 0 or not (_is_bare(head.text) and are_times(table, n))]
    if len(kept) == len(table.header):
        return table
    rows = (Row(row.lines, tuple(row.cells[n] for n in kept if n < len(row.cells))) for row in table.rows)
    return Table(table.lines, tuple(table.header[n] for n in kept), tuple(rows))


def _names_audience(title: str) -> bool:
    return vocabulary().column("audience", title) >= _HALF or any(vocabulary().says(name, title) for name in OTHERS)


_HALF = 0.5


def _is_bare(title: str) -> bool:
    words = vocabulary()
    if any(words.says(name, title) for name in _VERBS) or words.column("cadence", title) >= _SURELY:
        return False
    if clock_said(title) == "other" or words.column("actions", title) >= _SURELY:
        return False  # "Customers", which is no clock in any chapter
    promised = max(words.column(name, title) for name in _CLOCKS)
    return promised < _SURELY or words.column("after", title) >= _SURELY
