"""Whom the row of a severity tells, all at once: "SEV1 | Page the on-call and the lead, tell the owner"."""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.document.sections import AFTERWARDS, Section
from tocsin.runbook.escalation.chains import Escalation, is_somebody, people
from tocsin.runbook.escalation.prose import read_words
from tocsin.runbook.escalation.severity_rows import severities_of
from tocsin.runbook.escalation.told_cells import is_told_column, tells, told_at_once
from tocsin.runbook.escalation.turns import named_in_turn, names_beside
from tocsin.runbook.grammar import BRACKET
from tocsin.runbook.playbook import EscalationLevel, Severity, Trigger
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
    _read_duties(scale, found)


def _read_duties(scale: Scale, found: Escalation) -> None:
    """Take whom the duties of each severity tell: "Response: Page the founder and the lead"."""
    for one in scale.severities:
        for duty in one.actions:
            label, colon, said = duty.partition(": ") if _LABELLED.match(duty) else ("", "", duty)
            named = bool(colon) and is_told_column(label)
            said = said if colon else duty
            if not named and ((colon and not _says_what_to_do(label)) or not tells(said)):
                continue
            if who := told_at_once(said, named=named):
                first = EscalationLevel(1, who, one.lines, (one.name,), trigger=Trigger.START)
                found.chains.setdefault(one.name, [first, *_later(said, one, scale)])


_LABELLED = re.compile(r"[^\W\d][\w /&-]{0,30}: ")


def _later(said: str, severity: Severity, scale: Scale) -> list[EscalationLevel]:
    """Whoever is called when the first ones do not answer: "Page the lead; if nobody answers in 10 min, the owner"."""
    later = [level for level in read_words(said, severity.lines, scale)[1:] if level.after is not None]
    return [replace(level, level=n, severities=(severity.name,)) for n, level in enumerate(later, 2)]


def _read_rows(table: Table, scale: Scale, found: Escalation) -> bool:
    rows = [(row, name) for row in table.rows if row.cells for name in severities_of(row, scale)]
    for n, head in enumerate(table.header):
        named = is_told_column(head.text)
        if n == 0 or len(rows) < 2:
            continue
        if not named and _answers(head.text) and _name_people([row for row, _name in rows], n):
            for row, name in rows:
                text = row.cells[n].text if n < len(row.cells) else ""
                if (
                    text
                    and not vocabulary().is_a("none", text, 0.9)
                    and (levels := named_in_turn(text, row.lines, name))
                ):
                    found.chains[name] = levels
            return bool(found.chains)
        if not (named or _says_what_to_do(head.text)):
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


def _name_people(rows: list[Row], column: int) -> bool:
    """Whether most cells of a column name people and nothing else, one or several."""
    cells = [BRACKET.sub(" ", row.cells[column].text) for row in rows if column < len(row.cells)]
    said = [names_beside(cell) for cell in cells if cell.strip() and not vocabulary().is_a("none", cell, 0.9)]
    apart = [[name for one in several for name in people(one)] for several in said]
    known = [all(is_somebody(one) and len(one.split()) <= _LONGEST_NAME for one in several) for several in apart]
    return sum(known) > len(known) / 2


_LONGEST_NAME = 6
"""Words of a name that ends with a word for somebody, "Head of the mills on the river"."""


def _answers(title: str) -> bool:
    """Whether a column says who answers for each severity: "Owner", "Responders", "Who"."""
    words = vocabulary()
    return max(words.column(name, title) for name in ("role", "person", "escalation")) >= 0.9


def _says_what_to_do(title: str) -> bool:
    words = vocabulary()
    return any(words.column(name, title) >= 0.9 for name in ("actions", "response", "action", "escalation"))
