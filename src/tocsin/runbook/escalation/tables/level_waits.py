"""When each level of a table of levels is called, by a column of times: its own time, or how long the one above has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.sentences.prose import behind
from tocsin.runbook.escalation.tables.columns import best_column
from tocsin.runbook.escalation.tables.tiers import hands_on
from tocsin.runbook.escalation.times.waits import OPENS, WINDOW, is_waiting, waited_for, when_called
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.words import vocabulary


def wait_column_of(table: Table, who: int) -> int | None:
    """The column of a table of levels that says when one of them is called; ``who`` is that of the names."""
    heads = [head.text for head in table.header]
    when = next((n for n, head in enumerate(heads) if n > who and speaks_of_escalating(head)), None)
    if when is not None and hands_on(table, when):
        return when
    others = [n for n in range(1, len(heads)) if n != who]
    waits = next((n for n in others if is_waiting(heads[n])), None)
    handed = next(
        (n for n in others if leads_to_next(heads[n]) and any(_is_wait(_cell(r, n)) for r in table.rows)), None
    )
    timed = (handed, waits, silence_column(table, who), best_column(heads, "after", start=1), when)
    return next((one for one in (*timed, _column_of_conditions(table, who)) if one is not None), None)


def _column_of_conditions(table: Table, who: int) -> int | None:
    """The column that says in each row but the first for how long there was no answer or no end: "Condition"."""
    for n in range(1, len(table.header)):
        later = [_cell(row, n) for row in table.rows[1:]]
        told = vocabulary().column("situation", table.header[n].text) >= _SURELY
        if n != who and later and all(_is_wait(cell) and (told or is_waiting(cell)) for cell in later):
            return n
    return None


_SURELY = 0.9


def leads_to_next(head: str) -> bool:
    """Whether a title says that a time is how long until the next one is called, "Wait before next".

    Such times add up.
    """
    return len(head.split()) <= _LONGEST_TITLE and _next().search(head) is not None


_LONGEST_TITLE = 6
"""Words of such a title."""


@pattern
def _next() -> str:
    return any_of("next_in_line", "next_alone")


def silence_column(table: Table, who: int) -> int | None:
    """The column of waits below a title that speaks of no answer, "If no response"; None where there is none."""
    for n, head in enumerate(table.header):
        if n != who and _says_silence(head.text):
            waits = sum(_is_wait(_cell(row, n)) for row in table.rows)
            if 2 * waits >= len(table.rows):
                return n
    return None


def gives_up(table: Table, column: int) -> bool:
    """Whether a column says how long each level has before the next one is called, and not when it is called itself.

    It does by the name of the next one, "To tier 2 after 30 min"; by a wait for an answer in the first row, since for
    the first one nobody was waited for; where its title is about escalating and the first one has a time; and where all
    but the last one have one.
    """
    if hands_on(table, column) or is_waiting(table.header[column].text) or leads_to_next(table.header[column].text):
        return True
    head, cells = table.header[column].text, [_cell(row, column) for row in table.rows]
    if len(cells) < 2 or not _is_wait(cells[0]):
        return False
    if _says_silence(head) or _says_silence(cells[0]) or speaks_of_escalating(head):
        return True
    promised = vocabulary().column("response", head) >= 0.9
    return not promised and not _is_wait(cells[-1]) and all(map(_is_wait, cells[:-1]))


def levels_with_waits(
    table: Table, column: int | None, rows: Iterable[tuple[int, EscalationLevel]], scale: Scale
) -> list[EscalationLevel]:
    """The levels of these rows, each with when it is called, by the cell of its row or of the one above it."""
    found: list[EscalationLevel] = []
    handed = column is not None and gives_up(table, column)
    head = table.header[column].text if column is not None else ""
    every = target(head) if is_waiting(head) else None
    windows = column is not None and not handed and _are_windows([_cell(row, column) for row in table.rows])
    for at, level in rows:
        first = replace(level, trigger=Trigger.START)
        if column is None or (handed and at == 0):
            found.append(first if at == 0 else level)
        elif every is not None and every.seconds:
            after = replace(every, seconds=at * every.seconds, lines=level.lines)
            found.append(replace(level, after=after, trigger=waited_for(head)))
        else:
            text = _cell(table.rows[at - 1] if handed else table.rows[at], column)
            called = _called(level, at, WINDOW.sub(r"\1", text) if windows else text, head, scale)
            if handed and leads_to_next(head) and not speaks_of_escalating(head) and called.after is not None and found:
                spent = found[-1].after.seconds if found[-1].after is not None else 0
                called = replace(
                    called, after=replace(called.after, seconds=(called.after.seconds or 0) + (spent or 0))
                )
                found.append(called)
            else:
                found.append(behind(found, called) if handed else called)
    return found


def _called(level: EscalationLevel, at: int, text: str, head: str, scale: Scale) -> EscalationLevel:
    after, trigger, severities, condition = when_called([text], level.lines.first, at + 1, scale)
    if trigger is Trigger.UNRESOLVED and _says_silence(head):
        trigger = Trigger.UNACKNOWLEDGED
    return replace(level, after=after, trigger=trigger, severities=severities, condition=condition or level.condition)


def _are_windows(cells: list[str]) -> bool:
    """Whether a column gives each level a stretch of its own, "0-5 min", "5-15 min": it is called when that begins."""
    return len(cells) > 1 and OPENS.match(cells[0]) is not None and not any(map(OPENS.match, cells[1:]))


def _cell(row: Row, column: int) -> str:
    return row.cells[column].text if column < len(row.cells) else ""


def _is_wait(text: str) -> bool:
    span = target(text)
    return span is not None and bool(span.seconds)


def _says_silence(text: str) -> bool:
    return vocabulary().says("unacknowledged", text)
