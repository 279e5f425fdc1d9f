"""Escalation as tables whose rows are severities: one column of arrows, or a column for each step."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import arrow_levels, arrow_parts
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.escalation.people.ours import is_name, is_no_person
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.severities import severities_of
from tocsin.runbook.escalation.tables.at_once_and_later import chains_at_once_and_later
from tocsin.runbook.escalation.tables.columns import best_column, calls_nobody, names, wait_column
from tocsin.runbook.escalation.tables.matters import ranks_of_people, turns_of_people
from tocsin.runbook.escalation.tables.one_column import read_one_column
from tocsin.runbook.escalation.times.waits import is_promise, says_silence
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.grammar import BRACKET, any_of, guarded, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale, is_tier
from tocsin.runbook.words import vocabulary


def read_severity_rows(table: Table, scale: Scale, found: Escalation, *, in_chapter: bool) -> bool:
    """Rows are severities; one column holds arrows, or several columns are the steps of the escalation.

    A severity with several rows, "SEV1 | Lead | 10 min" above "SEV1 | Owner | 30 min", has a step in each.
    """
    rows = [(row, name) for row in table.rows if row.cells for name in severities_of(row, scale)]
    if len(rows) < 2:
        return False
    first, *later = _in_turn(rows)
    if not later or not _read_rows(_of_rows(table, first), first, scale, found, in_chapter=in_chapter):
        return _read_rows(table, rows, scale, found, in_chapter=in_chapter)
    for turn in later:
        own = Escalation()
        _ = _read_rows(_of_rows(table, turn), turn, scale, own, in_chapter=in_chapter)
        for name, chain in own.chains.items():
            path = found.chains.setdefault(name, [])
            timed = [one for one in chain if one.after is not None and one.after.seconds]
            path += [replace(one, level=len(path) + n) for n, one in enumerate(timed, 1)]
    return True


def _in_turn(rows: list[tuple[Row, str]]) -> list[list[tuple[Row, str]]]:
    """The first row of each severity, then the second of those that have one, and so on."""
    turns: list[list[tuple[Row, str]]] = []
    met: Counter[str] = Counter()
    for row, name in rows:
        if met[name] == len(turns):
            turns.append([])
        turns[met[name]].append((row, name))
        met[name] += 1
    return turns


def _of_rows(table: Table, rows: list[tuple[Row, str]]) -> Table:
    return replace(table, rows=tuple(dict.fromkeys(row for row, _name in rows)))


def _read_rows(table: Table, rows: list[tuple[Row, str]], scale: Scale, found: Escalation, *, in_chapter: bool) -> bool:
    found.nobody |= _without_page(table, rows) - {scale.highest}
    if apart := chains_at_once_and_later(table, rows):
        for name, chain in apart.items():
            found.chains.setdefault(name, chain)
        silent = (row for row, name in rows if name not in apart)
        found.nobody |= {
            name
            for row in silent
            for name in severities_of(row, scale)
            if any(is_no_person(cell.text) for cell in row.cells[1:]) and name != scale.highest
        }
        return True
    words = vocabulary()
    columns = []
    for n, head in enumerate(table.header):
        bare = BRACKET.sub(" ", head.text)
        if (
            n > 0
            and words.column("escalation", bare) >= 0.5
            and words.column("escalation", bare) >= words.column("response", bare)
        ) or (n > 0 and in_chapter and _is_numbered(bare)):
            columns.append(n)
    if len(dated := _dated(table, rows)) >= 2:
        columns = sorted({*columns, *dated})
    timed = [n for n, head in enumerate(table.header) if n > 0 and _is_time(head.text)]
    turns = turns_of_people(table) if in_chapter else []
    if len(turns) >= 2:
        for row, name in rows:
            found.chains.setdefault(name, list(_timed(table, row, sorted({*turns, *timed}), name)))
        return True
    if len(timed) >= 2:
        timed = [*_leading(rows, timed[0]), *timed]
        for row, name in rows:
            found.chains.setdefault(name, list(_columns(table, row, timed, name)))
        return True
    arrows = [n for n in range(1, len(table.header)) if _is_path(table, rows, n, in_chapter=in_chapter)]
    if arrows:
        for row, name in rows:
            parts = arrow_parts(row.cells[arrows[0]].text) if arrows[0] < len(row.cells) else []
            if parts and not words.is_a("none", row.cells[arrows[0]].text, 0.9):
                found.chains.setdefault(name, list(arrow_levels(parts, row.lines, (name,))))
        return True
    named = [n for n, head in enumerate(table.header) if n and speaks_of_escalating(head.text) and names(rows, n)]
    wait = _wait_between(table, rows) if in_chapter else None
    if wait is not None and not {wait - 1, wait + 1} <= {*columns, *named}:
        for row, name in rows:
            found.chains.setdefault(name, _timed(table, row, [wait - 1, wait + 1], name, wait))
        found.nobody |= {name for row, name in rows if calls_nobody(row.cells[1].text) and name != scale.highest}
        return True
    if len(columns := max(columns, named, key=len)) >= 2:
        columns = [*_leading(rows, columns[0]), *columns]
        for row, name in rows:
            if called := _timed(table, row, columns, name):  # "After 15 min | After 30 min" names nobody
                found.chains.setdefault(name, called)
        return True
    if not columns and in_chapter and len(ranks := ranks_of_people(table)) >= 2:
        for row, name in rows:
            found.chains.setdefault(name, list(_timed(table, row, ranks, name)))
        return True
    own = _answering(table, rows) if not columns and in_chapter else None
    if own is None and _is_one_of_names(table, rows, columns, in_chapter=in_chapter):
        own = columns[0]
    return own is not None and read_one_column(table, rows, own, scale, found)


def _without_page(table: Table, rows: list[tuple[Row, str]]) -> set[str]:
    """The severities for which a column "Paging" says that nobody is woken, "No", "Ticket only", and for others not."""
    for n, head in enumerate(table.header):
        if n and _pages().search(head.text) is not None:
            said = {name: row.cells[n].text for row, name in rows if n < len(row.cells)}
            quiet = {name for name, text in said.items() if text and _wakes_nobody(text)}
            if len(quiet) < sum(map(bool, said.values())):
                return quiet
    return set()


def _wakes_nobody(text: str) -> bool:
    return vocabulary().is_a("none", text, 0.9) or is_no_person(text) or _denied().match(text) is not None


@guarded("pages")
def _pages() -> str:
    return any_of("pages")


@pattern
def _denied() -> str:
    """A cell that begins with "No" and goes on with a mark, "No (ticket)", or that has a cross."""
    return rf"\s*(?:[✗✘❌✕]|{any_of('no')}\s*(?:[(（,;:.–—-]|$)|{any_of('no_page')})"


def _is_one_of_names(table: Table, rows: list[tuple[Row, str]], columns: list[int], *, in_chapter: bool) -> bool:
    """Whether there is one column of escalating, by its title, or by the names in it."""
    if len(columns) != 1:
        return False
    head = table.header[columns[0]].text
    named = vocabulary().column("escalation", head) >= 0.9 or names(rows, columns[0])
    return named and (in_chapter or speaks_of_escalating(head))


def _is_path(table: Table, rows: list[tuple[Row, str]], column: int, *, in_chapter: bool) -> bool:
    """Whether a column has arrows from one who is called to the next: "on-call → lead".

    "Restart → read the logs" are steps, one after the other, below a title that speaks of no people.
    """
    cells = [row.cells[column].text for row, _name in rows if column < len(row.cells)]
    stations = [one for cell in cells if len(parts := arrow_parts(cell)) > 1 for one in parts]
    if not stations:
        return False
    head, words = table.header[column].text, vocabulary()
    named = any(words.column(name, head) >= 0.5 for name in ("escalation", "role")) or speaks_of_escalating(head)
    told = any(words.column(name, head) >= 0.5 for name in ("response", "actions", "remedy"))
    people_in = sum(map(is_somebody, stations)) * 2
    return named or (in_chapter and not told) or people_in > len(stations) - (not told)


def _wait_between(table: Table, rows: list[tuple[Row, str]]) -> int | None:
    """The column of how long it is waited that stands between two of names: "First | Escalate after | To"."""
    words = vocabulary()
    for n in range(2, len(table.header) - 1):
        head = table.header[n].text
        waits = words.column("after", head) >= 0.5 or speaks_of_escalating(head) or says_silence(head)
        if not waits or is_promise(head):
            continue
        cells = [row.cells[n].text for row, _name in rows if n < len(row.cells)]
        alone = (target(BRACKET.sub(" ", cell)) for cell in cells)  # "Owner (40 min)" is a name with its time
        times = [span for span in alone if span is not None and span.seconds is not None]
        if len(times) * 2 > len(cells) and all(names(rows, one) or _are_names(rows, one) for one in (n - 1, n + 1)):
            return n
    return None


def _are_names(rows: list[tuple[Row, str]], column: int) -> bool:
    """Whether most of the cells of a column may be names where somebody is expected: "Head baker", "Ada"."""
    cells = [row.cells[column].text for row, _name in rows if column < len(row.cells)]
    return sum(map(is_name, cells)) * 2 > len(cells)


def _timed(table: Table, row: Row, columns: list[int], name: str, wait: int | None = None) -> list[EscalationLevel]:
    """The levels of a row; the second of two is called when a column "Timeframe" says, unless its own cell does."""
    levels = _untimed_first(list(_columns(table, row, columns, name)))
    two = len(levels) == len(columns) == 2
    wait = (wait or wait_column(table, columns[-1])) if two else None
    window = target(row.cells[wait].text, row.lines.first) if wait is not None and wait < len(row.cells) else None
    stated = window is not None and window.seconds is not None and wait not in columns
    if stated and levels[-1].after is None:
        levels[-1] = replace(levels[-1], after=window, trigger=Trigger.UNRESOLVED)
    return levels


def _untimed_first(levels: list[EscalationLevel]) -> list[EscalationLevel]:
    """The levels with those who are called at once before one whose own cell has a time: "CTO after 1 h" | "lead"."""
    now = [one for one in levels if one.after is None]
    if not now or levels[0].after is None or not levels[0].after.seconds:
        return levels
    later = [
        replace(one, trigger=Trigger.UNRESOLVED) if one.trigger is Trigger.START else one for one in levels if one.after
    ]
    first = replace(now[0], trigger=Trigger.START)
    return [replace(one, level=n) for n, one in enumerate((first, *now[1:], *later), 1)]


def _leading(rows: list[tuple[Row, str]], first: int) -> list[int]:
    """The column before the first step of an escalation, where it names who is at work before it: "Responder"."""
    return [first - 1] if first > 1 and names(rows, first - 1) else []


def _answering(table: Table, rows: list[tuple[Row, str]]) -> int | None:
    """The column of who answers at each level of severity, "Responsible" or "Team"; None where the rows are tiers."""
    who = best_column([head.text for head in table.header], "role", start=1)
    if who is None or all(is_tier(name) for _row, name in rows):
        return None
    return who if vocabulary().column("role", table.header[who].text) >= 0.9 else None


def _dated(table: Table, rows: list[tuple[Row, str]]) -> list[int]:
    """The columns whose titles say who is called and when, "Lead (15 min)", "Board at 2 h", where they name people.

    How soon somebody answers, "Response (15 min)", and how often is told, "Update (30 min)", call nobody.
    """
    words = vocabulary()
    found = []
    for n, head in enumerate(table.header):
        who = without_times(head.text) if n and target(head.text) is not None and not is_promise(head.text) else ""
        if who and not words.says("update_word", who) and (is_somebody(who) or names(rows, n)):
            found.append(n)
    return found


def _is_time(head: str) -> bool:
    """Whether a column's title is a point in time and nothing else: "15 min", "T+30", "after 1 hour"."""
    span = target(head)
    return span is not None and span.seconds is not None and not re.search(r"[^\W\d_]", without_times(head))


def _is_numbered(title: str) -> bool:
    """Whether a column holds one level of several: "Escalation level 2", "Level 2", "2nd level"."""
    named = counted_level().match(title)
    bare = re.sub(r"\W*\d\W*", " ", title).strip()
    ranked = bare != title.strip() and speaks_of_escalating(bare) and len(bare.split()) <= 3
    return ranked or (named is not None and named.end() == len(title))


def _columns(table: Table, row: Row, columns: list[int], name: str) -> Iterator[EscalationLevel]:
    number = 0
    for n in columns:
        text = row.cells[n].text if n < len(row.cells) else ""
        timed = [match for match in BRACKET.finditer(text) if target(match["inside"]) is not None]  # "Lead (15 min)"
        for match in reversed(timed):
            text = f"{text[: match.start()]} {text[match.end() :]}".strip()
        own = text if not timed and target(text) is not None and is_somebody(without_times(text)) else ""
        text = without_times(text) if own else text  # "CTO after 30 min"
        if not text or vocabulary().is_a("none", text, 0.9) or is_gap(text) or calls_nobody(text):
            continue
        number += 1
        brackets = [match["inside"] for match in (*timed, *BRACKET.finditer(table.header[n].text))]
        inside = ([own] if own else brackets) or ([] if is_promise(table.header[n].text) else [table.header[n].text])
        after = next(
            (
                span
                for said in inside
                if (span := target(said, table.header[n].lines.first)) and span.seconds is not None
            ),
            None,
        )
        # Who stands below "After 1 h" is not called sooner because a room stands before that one.
        starts = number == 1 and (after is None or not after.seconds or n == columns[0])
        yield EscalationLevel(
            level=number,
            targets=people(text),
            lines=row.lines,
            severities=(name,),
            after=after,
            trigger=Trigger.START if starts else Trigger.UNRESOLVED if after else Trigger.UNSTATED,
        )
