"""Whom the row of a severity tells, all at once: "SEV1 | Page the on-call and the lead, tell the owner"."""

from __future__ import annotations

from tocsin.runbook.document.blocks import Table
from tocsin.runbook.document.sections import AFTERWARDS, Section
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.severity_rows import severities_of
from tocsin.runbook.escalation.told_cells import is_told_column, tells, told_at_once
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.words import vocabulary


def read_told(root: Section, scale: Scale, found: Escalation) -> None:
    """Take whom the rows of a table of severities tell, where nothing else says who is called."""
    for section in root.walk():
        if not AFTERWARDS.isdisjoint(section.abouts):
            continue
        for table in section.blocks:
            if isinstance(table, Table) and _read_rows(table, scale, found):
                return


def _read_rows(table: Table, scale: Scale, found: Escalation) -> bool:
    rows = [(row, name) for row in table.rows if row.cells for name in severities_of(row, scale)]
    for n, head in enumerate(table.header):
        named = is_told_column(head.text)
        if n == 0 or len(rows) < 2 or not (named or _says_what_to_do(head.text)):
            continue
        for row, name in rows:
            text = row.cells[n].text if n < len(row.cells) else ""
            if not text or vocabulary().is_a("none", text, 0.9) or not (named or tells(text)):
                continue
            if who := told_at_once(text, named=named):
                found.chains[name] = [EscalationLevel(1, who, row.lines, (name,), trigger=Trigger.START)]
        if found.chains:
            return True
    return False


def _says_what_to_do(title: str) -> bool:
    words = vocabulary()
    return any(words.column(name, title) >= 0.9 for name in ("actions", "response", "action", "escalation"))
