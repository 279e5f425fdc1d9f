"""Escalation as a grid of people and severities, whose cells say when each is called."""

from __future__ import annotations

import math
import re
from functools import cache

from tocsin.runbook.document.blocks import Table
from tocsin.runbook.document.turned import turned
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.grammar import any_of
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale, coded_names
from tocsin.runbook.words import vocabulary


def read_people_grid(table: Table, scale: Scale, found: Escalation) -> bool:
    """Rows are people and columns severities, or the other way round; a cell is when that one is called."""
    for one in (table, turned(table)):
        if not is_people_grid(one):
            continue
        for n, head in enumerate(one.header[1:], 1):
            names = scale.mentioned(head.text)
            if not names or found.chains.get(names[0]):
                continue
            said = [
                (after, row)
                for row in one.rows
                if n < len(row.cells) and (after := target(row.cells[n].text, row.lines.first)) is not None
            ]
            levels: list[EscalationLevel] = []
            for after, row in sorted(said, key=lambda pair: math.inf if pair[0].seconds is None else pair[0].seconds):
                timed = after if after.seconds else None
                # Whoever comes first is called at once, whatever the cell says: too early beats too late.
                trigger = Trigger.START if not levels else Trigger.UNRESOLVED if timed else Trigger.UNSTATED
                who = people(row.cells[0].text)
                levels.append(EscalationLevel(len(levels) + 1, who, row.lines, names[:1], timed, trigger))
            if levels:
                found.chains[names[0]] = levels
        return True
    return False


def promises(title: str) -> bool:
    """Whether a heading says that the times below are for answering, "Resolution times", and not for calling."""
    words = vocabulary()
    said = any(words.says(name, title) for name in ("acknowledge_verb", "respond_verb", "resolve_verb"))
    return said and not words.says("escalate_verb", title) and _asks_who().search(title) is None


@cache
def _asks_who() -> re.Pattern[str]:
    return re.compile(any_of("who"), re.IGNORECASE)


def is_people_grid(table: Table) -> bool:
    """Whether rows are people, columns severities, and the cells times: who is called when at which severity."""
    words = vocabulary()
    columns = [head for head in table.header[1:] if coded_names(head.text)]
    if len(columns) < 2 or len(columns) < len(table.header) - 1 or len(table.rows) < 2:
        return False
    if any(words.column(name, table.header[0].text) >= 0.5 for name in ("response", "resolution")):
        return False  # what each of them promises
    named = sum(is_somebody(row.cells[0].text) for row in table.rows if row.cells)
    cells = [cell.text for row in table.rows for cell in row.cells[1:] if cell.text]
    timed = [cell for cell in cells if target(cell) is not None or words.is_a("none", cell, 0.9)]
    titled = words.is_a("role_field", table.header[0].text, 0.9) or words.column("person", table.header[0].text) >= 0.9
    return (titled or named >= len(table.rows) * 0.6) and bool(timed) and len(timed) >= len(cells) * 0.6
