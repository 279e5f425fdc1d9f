"""Tables of people of whom another column says at which severities each is called: "Team lead | Slack | P1 only"."""

from __future__ import annotations

from dataclasses import replace

from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.names import is_one_of_ours, people
from tocsin.runbook.escalation.reasons import rule_for
from tocsin.runbook.escalation.times.waits import when_called
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.words import one_of, vocabulary


def read_roles_and_cases(table: Table, scale: Scale, found: Escalation, *, in_chapter: bool = True) -> bool:
    """Call the people of such rows in their order, each for the severities of its cell; a vendor is no step.

    Whoever is for another case, "data loss", is a reason to call. Outside a chapter about escalating a cell has to
    speak of it: "P1 escalation".
    """
    rows = [row for row in table.rows if row.cells and row.cells[0].text.strip()]
    ours = [row for row in rows if is_one_of_ours(row.cells[0].text) and not _is_vendor(row)]
    if len(ours) < _FEWEST or 2 * len(ours) < len(rows) or "" in found.chains:
        return False
    column = _column_of_severities(table, ours, scale)
    if column is None or (not in_chapter and not any(speaks_of_escalating(_cell(row, column)) for row in ours)):
        return False
    told = any(vocabulary().column(name, table.header[column].text) >= _SURELY for name in ("situation", "purpose"))
    levels: list[EscalationLevel] = []
    for row in ours:
        said = _cell(row, column)
        level = EscalationLevel(len(levels) + 1, people(row.cells[0].text), row.lines)
        after, trigger, severities, condition = when_called([said], row.lines.first, level.level, scale)
        severities = severities or scale.mentioned(said)
        if told and not severities and after is None and not is_for_all(said):
            found.rules.append(rule_for(replace(level, condition=said, trigger=Trigger.CONDITION)))
            continue
        levels.append(replace(level, after=after, trigger=trigger, severities=severities, condition=condition))
    if levels:
        found.chains[""] = levels
    return bool(levels)


_FEWEST = 2
"""Rows of such a table."""


def _column_of_severities(table: Table, rows: list[Row], scale: Scale) -> int | None:
    """The column behind the names of which some cell says at which severities, and how few words say more."""
    for n in range(1, len(table.header)):
        said = [cell for row in rows if scale.mentioned(cell := _cell(row, n)) and len(cell.split()) <= _LONGEST]
        titled = any(vocabulary().column(name, table.header[n].text) >= _SURELY for name in _OTHERS)
        if said and (not titled or any(map(speaks_of_escalating, said))):
            return n
    return None


_LONGEST = 8
"""Words of a cell that says for which severities: "P1 that lasts for more than an hour"."""
_OTHERS = ("phone", "email", "chat", "contact", "resolution", "availability")
"""What a column tells else: at which severities somebody is there, "24/7 for P0"."""
_SURELY = 0.9


def is_for_all(said: str) -> bool:
    """Whether a cell says nothing of a case: empty, hours, "First responder", "always", "every incident"."""
    if not any(map(str.isalpha, said)) or target(said) is not None or vocabulary().says("any_alert", said):
        return True
    return _whatever().search(said) is not None


@pattern
def _whatever() -> str:
    every = one_of(vocabulary().durations.get("every", ()))
    return rf"{any_of('first', 'always')}|^\W*{every}"


def _is_vendor(row: Row) -> bool:
    return vocabulary().says("vendor", row.cells[0].text)


def _cell(row: Row, column: int) -> str:
    return row.cells[column].text if column < len(row.cells) else ""
