"""Escalation as a table of what is seen, with a column for each who may be paged and a mark whether that one is."""

from __future__ import annotations

from tocsin.runbook.document.blocks import Table
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.calls import without_call
from tocsin.runbook.escalation.people.names import people
from tocsin.runbook.escalation.times.waits import is_waiting, waited_for
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.stated import Duration
from tocsin.runbook.words import vocabulary


def read_rank_marks(table: Table, found: Escalation) -> bool:
    """ "What you see | Page primary | Page backup": "Yes" and "If no answer in 15 min" are when each is paged."""
    columns = [n for n, head in enumerate(table.header) if n > 0 and _pages(head.text)]
    if len(columns) < 2 or "" in found.chains:
        return False
    levels: list[EscalationLevel] = []
    for n in columns:
        cells = [row.cells[n] for row in table.rows if n < len(row.cells)]
        waits = [cell for cell in cells if is_waiting(cell.text)]
        after: Duration | None = target(waits[0].text, waits[0].lines.first) if waits else None
        if (n == columns[0]) is bool(waits) or len({(t := target(cell.text)) and t.seconds for cell in waits}) > 1:
            return False
        trigger = waited_for(waits[0].text) if waits else Trigger.START
        who = people(without_call(table.header[n].text))
        lines = waits[0].lines if waits else table.header[n].lines
        levels.append(EscalationLevel(len(levels) + 1, who, lines, after=after, trigger=trigger))
    found.chains[""] = levels
    return True


def _pages(head: str) -> bool:
    """Whether a title is a call and whom it calls: "Page primary"."""
    words = vocabulary()
    rank = any(words.says(name, head) for name in ("primary", "secondary", "rotation", "person_word", "role_word"))
    return rank and words.begins_with("call", head, 1) and without_call(head) not in ("", head)
