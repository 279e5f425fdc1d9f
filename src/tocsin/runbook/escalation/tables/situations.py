"""Escalation as a table of situations: whom to call when one of them is there, and after how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.document.inline import plain
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import ARROW
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.calls import without_call
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.escalation.reasons import rule_for
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.severities import begins_with
from tocsin.runbook.escalation.tables.columns import wait_column
from tocsin.runbook.escalation.times.waits import says_silence, waited_for
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.grammar import any_of, pattern, small_words
from tocsin.runbook.playbook import EscalationLevel, EscalationRule, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration, DurationKind, Lines
from tocsin.runbook.words import is_unspaced, vocabulary, words_of


def read_situations(table: Table, scale: Scale, found: Escalation) -> bool:
    """ "Situation | Action": "P1 without resolution in 30 min | → CTO"; or "Condition | Escalate to | How".

    Rows with a severity, a time or a missing answer say who is next. Several others are matters, each with whom to
    call: the next matter's person is not paged because the first one did not answer.
    """
    heads = [head.text for head in table.header]
    words = vocabulary()
    if words.column("incident", heads[0]) >= 0.9:
        escalated = next((n for n, head in enumerate(heads) if n and speaks_of_escalating(head)), None)
        if escalated is not None:
            found.rules += _by_kind_of_incident(table, escalated, scale)
            return True
    whom = _whom_column(table, scale)
    situation = words.column("situation", heads[0]) >= 0.5 or _metric().fullmatch(heads[0]) is not None
    if (whom is None or not situation) and not _calls_in_each_row(table, scale):
        return False
    whom = 1 if whom is None else whom
    if not found.chains and (timed := _one_after_the_other(table, whom)):
        found.chains[""] = timed
        return True
    limit = next((n for n, head in enumerate(heads) if n not in (0, whom) and _limits().fullmatch(head)), None)
    rows = [
        _situation(_with_its_limit(row, limit), whom, scale)
        for row in table.rows
        if len(row.cells) > whom and row.cells[whom].text.strip()
    ]
    begun = _is_for_all(rows)
    if begun:
        rows[0] = replace(rows[0], trigger=Trigger.START, condition=None)
    matters = [one for one in rows if one.trigger is Trigger.CONDITION and not one.severities]
    done = [one for one in matters if _says_what_to_do(one.targets[0])]
    routes = rows if found.chains else matters if len(matters) > 1 or begun else done
    found.rules += [rule_for(one) for one in rows if one in routes]
    own: dict[str, list[EscalationLevel]] = {}
    for one in rows if not found.chains else ():
        for name in one.severities or ("",):
            chain = own.setdefault(name, [])
            if one not in routes:
                chain.append(replace(one, level=len(chain) + 1, severities=(name,) if name else ()))
    own = {name: chain for name, chain in own.items() if chain}
    top = scale.highest
    if top in own and "" in own:  # beside those of a severity, what holds for each comes last
        chain = own.pop("")
        own[top] += [replace(one, level=len(own[top]) + n) for n, one in enumerate(chain, 1)]
    for name, chain in own.items():
        found.chains.setdefault(name, chain)
    if routes and not found.chains:
        found.routings.append(table.lines)
    return True


@pattern
def _metric() -> str:
    return rf"\W*{any_of('metric')}\W*"


@pattern
def _limits() -> str:
    return rf"\W*{any_of('limit')}\W*"


def _with_its_limit(row: Row, column: int | None) -> Row:
    """A row with the limit of what is measured beside its name: "Queue age" and "> 15 min"."""
    limit = row.cells[column] if column is not None and column < len(row.cells) else None
    if limit is None or not limit.text.strip():
        return row
    return replace(row, cells=(plain(f"{row.cells[0].text} {limit.text}", row.lines.first), *row.cells[1:]))


def _one_after_the_other(table: Table, whom: int) -> list[EscalationLevel]:
    """The levels of "Condition | Who | When", where each row behind the first says what is not done, and since when.

    Empty for other tables.
    """
    when = next((n for n in range(1, len(table.header)) if n != whom and _are_times(table, n)), None)
    if when is None or len(table.rows) < 2:
        return []
    levels: list[EscalationLevel] = []
    for row in table.rows:
        said, cell = row.cells[0].text, row.cells[whom].text
        after = _since(row.cells[when].text, row.lines.first)
        waits = says_silence(said) or vocabulary().says("unresolved", said)
        if after is None or after.seconds is None or (levels and not (waits and after.seconds)):
            return []
        trigger = waited_for(said) if levels else Trigger.START
        timed = after if after.seconds else None
        levels.append(EscalationLevel(len(levels) + 1, people(without_call(cell)), row.lines, (), timed, trigger, said))
    return [replace(levels[0], condition=None), *levels[1:]]


def _are_times(table: Table, column: int) -> bool:
    return all(column < len(row.cells) and _since(row.cells[column].text, 1) is not None for row in table.rows)


def _since(text: str, line: int) -> Duration | None:
    """The time in a cell; a bare 0 is the beginning."""
    return (
        Duration(0, text.strip(), DurationKind.IMMEDIATE, Lines(line, line))
        if text.strip() == "0"
        else target(text, line)
    )


def _is_for_all(rows: list[EscalationLevel]) -> bool:
    """Whether a first row "Any page" says who comes before those for whom others wait: "15 min, no answer"."""
    timed = any(one.after is not None and one.after.seconds for one in rows[1:])
    first = rows[0].condition if timed and rows[0].trigger is Trigger.CONDITION else None
    return first is not None and not rows[0].severities and vocabulary().is_a("any_alert", first, 0.9)


def _calls_in_each_row(table: Table, scale: Scale) -> bool:
    """Whether the second of two columns calls somebody in each row, whatever the titles: "When | Do"."""
    if len(table.header) != 2 or len(table.rows) < 2 or any(len(row.cells) < 2 for row in table.rows):
        return False
    return all(calls_in_cell(row, 1, scale) for row in table.rows)


def _situation(row: Row, whom: int, scale: Scale) -> EscalationLevel:
    """One row: what is the matter, and whom it calls."""
    said, cell = row.cells[0].text, ARROW.sub("", row.cells[whom].text)
    called = spoken(cell, row.lines, 1, scale)
    targets = called.targets if called is not None else people(_who(without_call(cell)))
    after = target(said, row.lines.first)
    names = scale.mentioned(said) or ((name,) if (name := begins_with(said, scale)) else ())
    unanswered = vocabulary().says("unacknowledged", said)
    if unanswered and after is None:  # "Cannot ack | Second miller | rings by itself after 10 min"
        beside = (target(cell.text, row.lines.first) for cell in row.cells[whom + 1 :])
        after = next((one for one in beside if one is not None and one.seconds), None)
    trigger = Trigger.UNACKNOWLEDGED if unanswered else Trigger.UNRESOLVED if after else Trigger.CONDITION
    return EscalationLevel(1, targets, row.lines, names, after, trigger, said)


def _who(called: str) -> str:
    """Whom a cell names, without the words that say it is at once, "Miller, at once", where blanks tell words apart."""
    if is_unspaced(called) or target(called) is None:
        return called
    return without_times(called) or called


def _by_kind_of_incident(table: Table, whom: int, scale: Scale) -> Iterator[EscalationRule]:
    """A reason to escalate for each row: "Ovens out: head baker, then owner (15 min)"."""
    wait = wait_column(table, whom)
    for row in table.rows:
        said = [row.cells[n].text if n is not None and n < len(row.cells) else "" for n in (0, whom, wait)]
        if not said[0] or not said[1] or vocabulary().is_a("none", said[1], 0.9):
            continue
        after = target(said[2], row.lines.first)
        timed = after if after is not None and after.seconds else None
        text = f"{said[0]}: {said[1]}" + (f" ({said[2]})" if said[2] else "")
        yield EscalationRule(text, row.lines, Trigger.CONDITION, timed, scale.mentioned(said[0]))


def _whom_column(table: Table, scale: Scale) -> int | None:
    """The column of a table of situations that names people: the second of two, one whose title says so of more.

    Of more columns also one of actions that mostly call somebody: "Scenario | Action | Phone".
    """
    words = vocabulary()
    heads = [head.text for head in table.header]
    if len(heads) == 2:
        named = words.column("escalation", heads[1]) >= 0.99 or speaks_of_escalating(heads[1])
        named = named or words.says("call", heads[1])
        return 1 if named or words.column("action", heads[1]) >= 0.5 else None
    acts = (n for n, head in enumerate(heads) if n and words.column("remedy", head) >= 0.9)
    calls = (n for n in acts if sum(calls_in_cell(row, n, scale) for row in table.rows) > len(table.rows) / 2)
    people = (n for n, head in enumerate(heads) if n and (words.says("call", head) or _names_people(head)))
    return next(calls, next(people, None))


def _says_what_to_do(cell: str) -> bool:
    """Whether a cell calls nobody and says what is done: "Open the sluice"; in some languages the verb is last."""
    first = words_of(cell)[:1]
    told = bool(first) and first[0] in small_words("look", "chore", "task")
    return (told and not is_somebody(cell)) or _task_behind().search(cell) is not None


@pattern
def _task_behind() -> str:
    return rf"{any_of('task_last')}\W*$"


def calls_in_cell(row: Row, column: int, scale: Scale) -> bool:
    """Whether a cell calls somebody, "Call the owner"."""
    return column < len(row.cells) and spoken(row.cells[column].text, row.lines, 1, scale) is not None


def _names_people(head: str) -> bool:
    return any(vocabulary().column(name, head) >= 0.9 for name in ("escalation", "role"))
