"""Tables of severities of which one column names who is called: "Escalate to", "Notify", "Owner"."""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.document.sections import AFTERWARDS, Section
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import arrow_levels
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.everybody import tells_everybody
from tocsin.runbook.escalation.people.joined_names import BESIDE, names_beside
from tocsin.runbook.escalation.people.ours import is_no_person
from tocsin.runbook.escalation.sentences.duties import labelled
from tocsin.runbook.escalation.sentences.own_times import each_at_a_time
from tocsin.runbook.escalation.sentences.prose import read_words
from tocsin.runbook.escalation.sentences.told import tells, told_at_once, whom_told
from tocsin.runbook.escalation.sentences.turns import named_in_turn
from tocsin.runbook.escalation.severities import severities_of
from tocsin.runbook.escalation.tables.columns import calls_nobody, names, wait_column
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.escalation.titles import is_told_column, says_an_order
from tocsin.runbook.playbook import EscalationLevel, Severity, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.words import vocabulary


def read_one_column(table: Table, rows: list[tuple[Row, str]], column: int, scale: Scale, found: Escalation) -> bool:
    """Take whom one column names for each severity; False where it says how soon it is escalated, and names nobody."""
    cells = [row.cells[column].text for row, _name in rows if column < len(row.cells)]
    if sum(bool(one) and not without_times(one) for one in cells) >= max(2, len(cells) / 2):
        return False  # "At once", "< 1 hour"
    wait = wait_column(table, column)
    at_once = is_told_column(table.header[column].text)
    ordered = says_an_order(table.header[column].text)
    somebody, unmet = False, set[str]()
    for row, name in rows:
        text = row.cells[column].text if column < len(row.cells) else ""
        if not text or vocabulary().is_a("none", text, 0.9):
            if re.search(r"\w", text):
                found.nobody.add(name)
            continue
        if apart := each_at_a_time(text, row.lines, (name,), named=True):
            found.chains.setdefault(name, apart)
            somebody = True
            continue
        if len(told := read_words(text, row.lines, scale)) > 1 and any(one.after for one in told):
            found.chains.setdefault(name, [replace(one, severities=(name,)) for one in told])
            somebody = True
            continue
        window = target(text, row.lines.first)
        beside = row.cells[wait].text if wait is not None and wait < len(row.cells) else ""
        hurried = window is not None and not window.seconds and len(names_beside(text)) > 1
        said = without_times(text) if hurried else text  # "At once open a bridge, tell the owner"
        levels = named_in_turn(said, row.lines, name, ordered=ordered) if window is None or hurried else []
        if not levels and window is not None and not is_no_person(bare := whom_told(without_times(text))):
            levels = list(arrow_levels([bare] if bare else [], row.lines, (name,)))
        if not levels and (is_no_person(text) or (window and window.seconds is None and calls_nobody(text))):
            unmet.add(name)  # "Ticket", "In the weekly meeting", "Next sprint"
        if levels:
            somebody = True
            if at_once and len(levels) == 1 and (together := told_at_once(text)):
                levels = [replace(levels[0], targets=together)]
            window = window or target(beside, row.lines.first)
            if window is not None and window.seconds:
                levels = [replace(one, after=window, trigger=Trigger.UNRESOLVED) for one in levels]
            found.chains.setdefault(name, levels)
    if somebody:  # a column of channels alone says where, and not whom
        found.nobody |= unmet - {scale.highest}
    return True


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
            label, said = labelled(duty)
            named = bool(label) and is_told_column(label)
            if not named and ((label and not _says_what_to_do(label)) or not tells(said)):
                continue
            if who := told_at_once(said, named=named):
                first = EscalationLevel(1, who, one.lines, (one.name,), trigger=Trigger.START)
                found.chains.setdefault(one.name, [first, *_later(said, one, scale)])


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
        if not named and _answers(head.text) and names(rows, n):
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
            if not text or vocabulary().is_a("none", text, 0.9) or not (named or any(map(tells, BESIDE.split(text)))):
                continue
            if who := told_at_once(text, named=named):
                found.chains[name] = [EscalationLevel(1, who, row.lines, (name,), trigger=Trigger.START)]
            elif tells_everybody(text):
                found.everybody.add(name)
        if found.chains:
            return True
    return False


def _answers(title: str) -> bool:
    """Whether a column says who answers for each severity: "Owner", "Responders", "Who"."""
    words = vocabulary()
    return max(words.column(name, title) for name in ("role", "person", "escalation")) >= 0.9


def _says_what_to_do(title: str) -> bool:
    words = vocabulary()
    return any(words.column(name, title) >= 0.9 for name in ("actions", "response", "action", "escalation"))
