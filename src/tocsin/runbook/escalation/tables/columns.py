"""What the first cells and the titles of a table about escalating tell: severities, waits, roles."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.people.joined_names import names_beside
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.escalation.people.ours import is_no_person
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.grammar import BRACKET
from tocsin.runbook.words import vocabulary


def best_column(heads: list[str], name: str, *, start: int = 0) -> int | None:
    """The first of the columns, from ``start`` on, whose title says best what ``name`` stands for; None for none."""
    fits = [(vocabulary().column(name, head), -n) for n, head in enumerate(heads) if n >= start]
    best = max(fits, default=(0.0, 0))
    return -best[1] if best[0] >= 0.5 else None


def wait_column(table: Table, who: int) -> int | None:
    """The column of how long the one beside it is waited for: "Timeframe", "After", no time to answer."""
    words = vocabulary()
    clocks = ("respond_verb", "resolve_verb", "acknowledge_verb", "update_word")
    for n, head in enumerate(table.header):
        waits = n not in (0, who) and words.column("after", head.text) >= 0.5
        answers = any(words.column(name, head.text) >= 0.9 for name in ("response", "resolution"))
        if waits and not answers and not any(words.says(name, head.text) for name in clocks):
            return n
    return None


def calls_nobody(text: str) -> bool:
    """Whether a cell says when it is looked at, "Next business day", or that only a ticket is written."""
    span = target(text)
    only_when = span is not None and span.text == text.strip(" .") and not is_somebody(without_times(text))
    return only_when or is_no_person(text)


def names(rows: Sequence[tuple[Row, str]], column: int) -> bool:
    """Whether most of the cells of a column name people and say no more, one or several, with or without a bracket."""
    cells = [BRACKET.sub(" ", row.cells[column].text) for row, _name in rows if column < len(row.cells)]
    said = [cell for cell in cells if cell.strip() and not vocabulary().is_a("none", cell, 0.9)]
    apart = ([name for one in names_beside(cell) for name in people(one)] for cell in said)
    known = [all(is_somebody(one) and len(one.split()) <= _LONGEST_NAME for one in several) for several in apart]
    return sum(known) > len(known) / 2


_LONGEST_NAME = 6
"""Words of a name that ends with a word for somebody, "Head of the mills on the river"."""
