"""Escalation as tables: severities by steps, people by kinds of incident, levels, situations, times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.document.inline import plain
from tocsin.runbook.document.outline import AFTERWARDS, Section
from tocsin.runbook.document.turned import turned
from tocsin.runbook.durations import spans, target, unit_in
from tocsin.runbook.escalation.calling import acts, caller, forbids, is_call, is_passive, without_call
from tocsin.runbook.escalation.chains import (
    ARROW,
    LONGEST_NAME,
    SOMEBODY,
    Escalation,
    arrow_levels,
    arrow_parts,
    counted_level,
    is_somebody,
    named_by,
    people,
    waited_for,
    when_called,
)
from tocsin.runbook.escalation.columns import begins_with, best_column, wait_column
from tocsin.runbook.escalation.drawings import read_grid
from tocsin.runbook.escalation.matters import ranks_of_people, read_matters
from tocsin.runbook.escalation.outside import is_no_person
from tocsin.runbook.escalation.people_grid import promises, read_people_grid
from tocsin.runbook.escalation.prose import spoken
from tocsin.runbook.escalation.rank_marks import read_rank_marks
from tocsin.runbook.escalation.situations import read_situations
from tocsin.runbook.escalation.tiers import hands_on, speaks_of_escalating
from tocsin.runbook.grammar import BRACKET, any_of, article, pattern
from tocsin.runbook.playbook import Duration, DurationKind, EscalationLevel, Trigger
from tocsin.runbook.scale import Scale, is_tier, level_name
from tocsin.runbook.words import normal, one_of, vocabulary


def read_tables(section: Section, scale: Scale, found: Escalation, *, anywhere: bool) -> None:
    """Take the chains of the tables of a section; with ``anywhere`` only those whose rows are severities."""
    for block in section.blocks:
        if not isinstance(block, Table) or len(block.header) < 2:
            continue
        if _by_rows(block, scale, found, in_chapter=not anywhere) or read_rank_marks(block, found):
            continue
        if not anywhere:
            _ = (
                read_grid(block, scale, found)
                or (not promises(section.title.text) and read_people_grid(block, scale, found))
                or _roles_matrix(block, scale, found)
                or read_levels(block, scale, found)
                or _levels_as_columns(block, scale, found)
                or _times(block, section, scale, found)
                or _role_rows(block, scale, found)
                or read_matters(block, scale, found)
                or read_situations(block, scale, found)
            )


def _by_rows(table: Table, scale: Scale, found: Escalation, *, in_chapter: bool) -> bool:
    """Rows are severities; one column holds arrows, or several columns are the steps of the escalation."""
    rows = [(row, name) for row in table.rows if row.cells and (name := _severity(row, scale))]
    if len(rows) < 2:
        return False
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
    timed = [n for n, head in enumerate(table.header) if n > 0 and _is_time(head.text)]
    if len(timed) >= 2:
        timed = [*_leading(rows, timed[0]), *timed]
        for row, name in rows:
            found.chains.setdefault(name, list(_columns(table, row, timed, name)))
        return True
    arrows = [
        n
        for n in range(1, len(table.header))
        if any(n < len(row.cells) and len(ARROW.split(row.cells[n].text)) > 1 for row, _ in rows)
    ]
    if arrows:
        for row, name in rows:
            parts = arrow_parts(row.cells[arrows[0]].text) if arrows[0] < len(row.cells) else []
            if parts and not words.is_a("none", row.cells[arrows[0]].text, 0.9):
                found.chains.setdefault(name, list(arrow_levels(parts, row.lines, (name,))))
        return True
    named = [n for n, head in enumerate(table.header) if n and speaks_of_escalating(head.text) and _names(rows, n)]
    if len(columns := max(columns, named, key=len)) >= 2:
        columns = [*_leading(rows, columns[0]), *columns]
        for row, name in rows:
            found.chains.setdefault(name, list(_columns(table, row, columns, name)))
        return True
    if not columns and in_chapter and len(ranks := ranks_of_people(table)) >= 2:
        for row, name in rows:
            found.chains.setdefault(name, list(_columns(table, row, ranks, name)))
        return True
    if not columns and in_chapter and (answering := _answering(table, rows)) is not None:
        columns = [answering]
    elif (
        len(columns) != 1
        or words.column("escalation", table.header[columns[0]].text) < 0.9
        or not (in_chapter or speaks_of_escalating(table.header[columns[0]].text))
    ):
        return False
    said = [row.cells[columns[0]].text for row, _name in rows if columns[0] < len(row.cells)]
    if sum(bool(one) and not without_times(one) for one in said) >= max(2, len(said) / 2):
        return False  # how soon it is escalated, "At once", "< 1 hour": the column names nobody
    wait = wait_column(table, columns[0])
    for row, name in rows:
        text = row.cells[columns[0]].text if columns[0] < len(row.cells) else ""
        if not text or words.is_a("none", text, 0.9):
            if re.search(r"\w", text):
                found.nobody.add(name)
            continue
        window = target(text, row.lines.first)
        beside = row.cells[wait].text if wait is not None and wait < len(row.cells) else ""
        who = re.split(r"\s*,\s*", text) if window is None else [without_times(text)]
        who = [one for one in (without_call(one) for one in who) if not is_no_person(one)]
        if any(who):
            levels = list(arrow_levels(who, row.lines, (name,)))
            window = window or target(beside, row.lines.first)
            if window is not None and window.seconds:
                levels = [replace(one, after=window, trigger=Trigger.UNRESOLVED) for one in levels]
            found.chains.setdefault(name, levels)
    return True


def _leading(rows: list[tuple[Row, str]], first: int) -> list[int]:
    """The column before the first step of an escalation, where it names who is at work before it: "Responder"."""
    return [first - 1] if first > 1 and _names(rows, first - 1) else []


def _names(rows: list[tuple[Row, str]], column: int) -> bool:
    """Whether most of the cells of a column are the names of people, with or without a bracket."""
    cells = [BRACKET.sub(" ", row.cells[column].text).strip() for row, _name in rows if column < len(row.cells)]
    said = [cell for cell in cells if cell and not vocabulary().is_a("none", cell, 0.9)]
    return bool(said) and sum(is_somebody(cell) and len(cell.split()) <= 6 for cell in said) > len(said) / 2


def _answering(table: Table, rows: list[tuple[Row, str]]) -> int | None:
    """The column of who answers at each level of severity, "Responsible" or "Team"; None where the rows are tiers."""
    who = best_column([head.text for head in table.header], "role", start=1)
    if who is None or all(is_tier(name) for _row, name in rows):
        return None
    return who if vocabulary().column("role", table.header[who].text) >= 0.9 else None


def _is_time(head: str) -> bool:
    """Whether a column's title is a point in time and nothing else: "15 min", "T+30", "after 1 hour"."""
    span = target(head)
    return span is not None and span.seconds is not None and not re.search(r"[^\W\d_]", without_times(head))


@pattern
def _around_time() -> str:
    unresolved = one_of(vocabulary().words["unresolved"].spaced)
    time = rf"\W|{any_of('after', 'beside_time')}|(?:{any_of('if')}\s+)?{unresolved}(?!\w)"
    return rf"^(?:{time}|{any_of('calling')}|{any_of('to')}\s+)+(?:{article()})?|(?:{time})+$"


def without_times(text: str) -> str:
    """Who a cell names besides a time: "IT manager at 1 hour", "Immediate to the director"."""
    bare = text
    for span in reversed(list(spans(text))):
        bare = bare[: span.start] + " " + bare[span.end :]
    bare = _immediately().sub(" ", bare)
    who = _around_time().sub("", bare.strip()).strip()
    return "" if target(who) is not None or len(who) < 2 else who


@pattern
def _immediately() -> str:
    return rf"\b(?:{'|'.join(map(re.escape, vocabulary().words['immediate'].spaced))})\b"


def _severity(row: Row, scale: Scale) -> str | None:
    """The level of severity that the first cell of a row names."""
    name = level_name(row.cells[0].text, plain=True)
    return None if name is None or len(name.rest.split()) > 2 else begins_with(row.cells[0].text, scale)


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
        if not text or vocabulary().is_a("none", text, 0.9) or is_gap(text) or _is_nobody(text):
            continue
        number += 1
        inside = [match["inside"] for match in (*timed, *BRACKET.finditer(table.header[n].text))] or (
            [table.header[n].text] if _is_time(table.header[n].text) else []
        )
        after = next(
            (
                span
                for said in inside
                if (span := target(said, table.header[n].lines.first)) and span.seconds is not None
            ),
            None,
        )
        yield EscalationLevel(
            level=number,
            targets=people(text),
            lines=row.lines,
            severities=(name,),
            after=after,
            trigger=Trigger.START if number == 1 else Trigger.UNRESOLVED if after else Trigger.UNSTATED,
        )


def _roles_matrix(table: Table, scale: Scale, found: Escalation) -> bool:
    """Columns are people and cells are marks: who is told about which kind of incident."""
    cells = [cell.text for row in table.rows for cell in row.cells[1:]]
    marked = [cell for cell in cells if re.match(r"^[^\w\s]", cell) or len(cell) <= 3]
    if len(table.header) < 4 or len(marked) < len(cells) * 0.8:
        return False
    for row in table.rows:
        mentioned = scale.mentioned(row.cells[0].text) if row.cells else ()
        if not mentioned or mentioned[0] in found.chains:
            continue
        names = [
            head.text
            for head, cell in list(zip(table.header, row.cells, strict=False))[1:]
            if cell.text and not vocabulary().is_a("none", cell.text, 0.9)
        ]
        found.chains[mentioned[0]] = list(arrow_levels(names, row.lines, (mentioned[0],)))
    return True


def read_levels(table: Table, scale: Scale, found: Escalation) -> bool:
    """Rows are levels: "Level | Who | After"."""
    words = vocabulary()
    heads = [head.text for head in table.header]
    first = [row.cells[0].text for row in table.rows if row.cells]
    is_level = (
        words.column("level", heads[0]) >= 0.5
        and sum(bool(re.match(r"^\D{0,8}\d|^[一二三四五]", cell)) for cell in first) >= 2
    ) or (len(first) > 1 and words.is_a("primary", first[0], 1.0) and words.is_a("secondary", first[1], 1.0))
    who = next((n for name in ("role", "person") if (n := best_column(heads, name, start=1)) is not None), None)
    if who is None:
        who = _short_column(table)
    if not is_level or who is None or "" in found.chains:
        return False
    if not is_tier(first[0]) and all(_severity(row, scale) for row in table.rows if row.cells):
        return False  # levels of severity, whatever the column of numbers is called
    when = next((n for n, head in enumerate(heads) if n > who and speaks_of_escalating(head)), None)
    handed = when is not None and hands_on(table, when)
    if not handed and (waits := best_column(heads, "after", start=1)) is not None:
        when = waits
    duty = next(
        (n for n, head in enumerate(heads) if n not in (0, who, when) and words.column("purpose", head) >= 0.5), None
    )
    levels = []
    for n, row in enumerate(table.rows, 1):
        name = row.cells[who].text if who < len(row.cells) else ""
        if not name or is_gap(name):
            found.nameless.append(row.lines)
            continue
        said = table.rows[n - 2] if handed else row
        text = said.cells[when].text if when is not None and when < len(said.cells) and (n > 1 or not handed) else ""
        after, trigger, severities, condition = when_called([text], row.lines.first, n, scale)
        duties = _duties(row.cells[duty].text) if duty is not None and duty < len(row.cells) else ()
        levels.append(EscalationLevel(n, people(name), row.lines, severities, after, trigger, condition, duties))
    if levels:
        found.chains[""] = levels
    return bool(levels)


def _levels_as_columns(table: Table, scale: Scale, found: Escalation) -> bool:
    """Columns are levels, "Level 1 | Level 2", and rows say who and when; rows without titles begin with who."""
    words = vocabulary()
    tiers = [is_tier(head.text) for head in table.header]
    if sum(tiers) < 2 or not all(tiers[1:]):
        return False
    upright = turned(table)
    if tiers[0]:
        rows = (Row(table.lines, (table.header[0], *upright.header[1:])), *upright.rows)
        titles = ["level", "who"]
        for n in range(2, len(rows[0].cells)):
            cells = [row.cells[n].text for row in rows if n < len(row.cells)]
            titles.append("after" if all(target(cell) is not None for cell in cells) else "")
        upright = Table(table.lines, tuple(plain(title, table.lines.first) for title in titles), rows)
    elif not any(words.column(name, head.text) >= 0.9 for head in upright.header for name in ("role", "person")):
        return False
    return read_levels(upright, scale, found)


def _role_rows(table: Table, scale: Scale, found: Escalation) -> bool:
    """Rows are roles in the order in which they are called: "Role | Phone | After"; some row says after how long."""
    words = vocabulary()
    heads = [head.text for head in table.header]
    rows = [row for row in table.rows if row.cells and row.cells[0].text]
    named = sum(is_somebody(row.cells[0].text) for row in rows)
    wait = wait_column(table, 0)
    if "" in found.chains or len(rows) < 2 or wait is None:
        return False
    if words.column("role", heads[0]) < 0.5 or named < len(rows) * 0.6:
        return False
    levels: list[EscalationLevel] = []
    for row in rows:
        said = row.cells[wait].text if wait < len(row.cells) else ""
        after, trigger, severities, condition = when_called([said], row.lines.first, len(levels) + 1, scale)
        if not is_gap(row.cells[0].text):
            levels.append(
                EscalationLevel(
                    len(levels) + 1, people(row.cells[0].text), row.lines, severities, after, trigger, condition
                )
            )
    later = sum(one.after is not None for one in levels[1:])
    begun = levels[0].after is not None and levels[0].after.seconds != 0
    if not later or (later < len(levels) / 2 and begun):
        return False  # what each is called for, and no order of calling
    found.chains[""] = levels
    return True


def _duties(text: str) -> tuple[str, ...]:
    """What a cell asks of the holder of a level, part by part."""
    if is_gap(text) or vocabulary().is_a("none", text, 0.9):
        return ()
    return tuple(piece.strip() for piece in re.split(r"\s*[;；]\s*", text) if piece.strip())


_NO_NAMES = ("after", "situation", "criteria", "contact", "response")


def _short_column(table: Table) -> int | None:
    """The column of names in a table of levels whose titles say nothing: short texts that are no times."""
    words = vocabulary()
    for n, head in enumerate(table.header[1:], 1):
        if any(words.column(name, head.text) >= 0.5 for name in _NO_NAMES):
            continue
        cells = [row.cells[n].text for row in table.rows if n < len(row.cells)]
        if any(cell.endswith(("?", "？")) for cell in cells):
            return None  # what to ask oneself, and what follows from the answers
        if any(map(_AMOUNT.search, cells)):
            continue
        if cells and all(cell and len(cell.split()) <= 5 and target(cell) is None for cell in cells):
            return n
    return None


_AMOUNT = re.compile(r"\d\s*%|[<>≤≥€$£¥]\s*\d|\d\s*[€$£¥]")
"""How much, and nobody: "up to 5%", "> 1000"."""


def _is_nobody(text: str) -> bool:
    """Whether a cell says when it is looked at, "Next business day", or that only a ticket is written."""
    span = target(text)
    return (span is not None and span.text == text.strip()) or is_no_person(text)


def _times(table: Table, section: Section, scale: Scale, found: Escalation) -> bool:
    """Rows are points in time: "15 min | Page the secondary", or numbers below "Minute"."""
    unit = unit_in(table.header[0].text)
    first = [_moment(row, unit) for row in table.rows]
    if len(first) < 2 or any(one is None or one.seconds is None for one in first):
        return False
    if all(begins_with(row.cells[0].text, scale) for row in table.rows):
        return False  # "SEV1, 15 min without an answer": conditions, not the points of one line of time
    if (names := named_by(section, scale)) == ("",) and "" in found.chains:
        return False
    heads = [head.text for head in table.header]
    named = best_column(heads, "role", start=1) or next(
        (n for n in range(1, len(heads)) if _are_people(table, n)), None
    )
    if named is not None and not _mostly_somebody(table, named, least=1):  # "Contact": pager, telephone
        named = next((n for n in range(1, len(heads)) if _mostly_somebody(table, n, least=2)), named)
    who = named or best_column(heads, "action", start=1) or 1
    calls = _calling_column(table, who, scale)
    if named is None and calls is None:
        named = next((n for n, head in enumerate(heads) if n and _asks_whom(head)), None)
        who = named or who
    levels: list[EscalationLevel] = []
    for row, moment in zip(table.rows, first, strict=True):
        if calls is not None:
            entry = row.cells[calls].text if calls < len(row.cells) else ""
            called = spoken(entry, row.lines, 1, scale)
            behind = ARROW.split(entry)[-1] if ARROW.search(entry) else ""
            targets = called.targets if called is not None else people(behind) if _is_name(behind) else ()
        else:
            text = row.cells[who].text if who < len(row.cells) else ""
            text = _without_rank(ARROW.split(text)[-1])  # "Still down → director"
            about = _is_about_somebody(text) or _calls_somebody(text, row, scale)
            targets = _whom(text, row, scale) if (named and not _is_nobody(text)) or about else ()
            if levels and _same(targets, levels[-1].targets) and (other := caller(text)):
                targets = people(other)  # "If no answer, the secondary pages the primary and takes over"
        if targets and not (levels and _same(levels[-1].targets, targets)):
            after = moment if moment is not None and (moment.seconds or not levels) else None
            trigger = Trigger.UNRESOLVED if levels or (moment is not None and moment.seconds) else Trigger.START
            levels.append(EscalationLevel(len(levels) + 1, targets, row.lines, after=after, trigger=trigger))
    first_cells = {row.lines: row.cells[0].text for row in reversed(table.rows)}  # "T+15 (P1)"
    told = [(level, scale.mentioned(first_cells[level.lines])) for level in levels]
    severities = {one for _level, said in told for one in said}
    for name in [one.name for one in scale.severities if one.name in severities] if names == ("",) else ():
        own = [replace(level, severities=said and (name,)) for level, said in told if not said or name in said]
        found.chains.setdefault(name, [replace(level, level=n) for n, level in enumerate(own, 1)])
    for name in names if levels and not (severities and names == ("",)) else ():
        found.chains.setdefault(name, levels)
    return bool(levels)


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return [normal(name) for name in one] == [normal(name) for name in other]


def _is_name(text: str) -> bool:
    """Whether a few words are somebody's and no more: "manager"."""
    words = vocabulary()
    return any(words.is_a(name, text, 0.6) for name in SOMEBODY)


def _asks_whom(head: str) -> bool:
    """Whether the title of a column is a verb of calling: "Page", "Call"."""
    return vocabulary().is_a("call", head, 0.9)


def _is_about_somebody(text: str) -> bool:
    """Whether what is done at a point in time calls or names somebody: "Manager of mills", no "Manager view is red"."""
    called = without_call(text).strip()
    if is_call(called):
        return False  # "phone call"
    if called not in ("", text.strip()) or is_passive(text):
        return True
    named = [_behind_of().split(one, maxsplit=1)[0].split() for one in people(BRACKET.sub(" ", text))]
    ends = [" ".join(words if len(words) <= 3 else words[-2:]) for words in named]
    return any(map(is_somebody, ends))


@pattern
def _behind_of() -> str:
    return rf"\s+{any_of('of', 'and')}\s+"


def _whom(text: str, row: Row, scale: Scale) -> tuple[str, ...]:
    """Whom an entry of a timetable calls: by its sentence, else the words behind the verb."""
    sentence = len(text.split()) > 3 or is_passive(text)
    if sentence and (called := spoken(text, row.lines, 1, scale)) is not None:
        return called.targets
    if forbids(text):
        return ()
    if (at_work := acts(text)) is not None:
        return people(at_work)  # "Primary acknowledges, starts to look"
    name = without_call(_told().sub("", text.strip()))
    named = people(name) if name else ()
    return named if all(len(one.split()) <= LONGEST_NAME for one in named) else ()


def _calls_somebody(text: str, row: Row, scale: Scale) -> bool:
    """Whether a sentence calls one of us, or says who is at work: "If no ack, Ben pages the team lead"."""
    called = spoken(text, row.lines, 1, scale)
    return acts(text) is not None or (called is not None and any(map(is_somebody, called.targets)))


@pattern
def _told() -> str:
    """ "Tell the" before whom an entry tells."""
    return rf"^{one_of(vocabulary().words['notify'].spaced)}\s+{article()}"


def _moment(row: Row, unit: str | None) -> Duration | None:
    """The time in the first cell of a row; a bare number counts in the unit of the column's title."""
    text = row.cells[0].text if row.cells else ""
    if _ZERO.fullmatch(text.strip()):
        return Duration(0, text.strip(), DurationKind.IMMEDIATE, row.lines)
    bare = re.fullmatch(r"\W*(\d+)(?:\s*[-–—]\s*\d+)?\W*", text)
    begins = _WINDOW.sub(r"\g<low>", text, count=1)
    return target(f"{bare[1]} {unit}" if bare and unit else begins, row.lines.first)


_WINDOW = re.compile(r"(?P<low>\d+)\s*[-–—~〜～]\s*\d+")
"""A window of a timeline, "15-30 min": who is called in it is called when it begins."""

_ZERO = re.compile(r"(?:T\s?[+-]?\s?)?0", re.IGNORECASE)
"""The beginning of a timeline."""


def _calling_column(table: Table, who: int, scale: Scale) -> int | None:
    """The column that says whom to call, "No ack → page secondary", where the one of names says who does it."""
    counts = {
        n: sum(n < len(row.cells) and spoken(row.cells[n].text, row.lines, 1, scale) is not None for row in table.rows)
        for n in range(1, len(table.header))
    }
    best = max(counts, key=lambda n: counts[n])
    begins = table.rows[0].cells
    if _are_people(table, who) and (
        best >= len(begins) or spoken(begins[best].text, begins[best].lines, 1, scale) is None
    ):
        return None  # the first one is at work, and nobody has called: the column says who acts from when
    return best if len(counts) > 1 and not counts[who] and counts[best] >= max(2, len(table.rows) / 2) else None


def _without_rank(text: str) -> str:
    """Who stands behind a level and a dash, "L2 - lead"; "Level 2 support" is a name."""
    rank = counted_level().match(text)
    return (
        text[rank.end() :] if rank is not None and rank[0].rstrip()[-1] in ":：–—-" and rank.end() < len(text) else text
    )


def _mostly_somebody(table: Table, column: int, *, least: int) -> bool:
    """Whether at least so many cells of a column, and half of them where ``least`` is above one, name somebody."""
    cells = [row.cells[column].text for row in table.rows if column < len(row.cells)]
    known = sum(len(cell.split()) <= 5 and is_somebody(cell) for cell in cells)
    return known >= least and (least == 1 or 2 * known >= len(cells))


def _are_people(table: Table, column: int) -> bool:
    """Whether each cell of a column names somebody and says no more, whatever the title: "Owner"."""
    cells = [row.cells[column].text if column < len(row.cells) else "" for row in table.rows]
    return all(len(cell.split()) <= 4 and is_somebody(cell) for cell in cells)


def read_waits(root: Section, scale: Scale) -> dict[str, tuple[Duration, Trigger]]:
    """How long each severity waits for its next level, by a column of times: "Escalate after", "Escalation time"."""
    found: dict[str, tuple[Duration, Trigger]] = {}
    for section in root.walk():
        if not AFTERWARDS.isdisjoint(section.abouts):
            continue
        for table in section.blocks:
            if not isinstance(table, Table):
                continue
            rows = [(row, name) for row in table.rows if row.cells and (name := _severity(row, scale))]
            column = _times_to_escalate(table) if len(rows) >= 2 else None
            for row, name in rows if column is not None else ():
                text = row.cells[column].text if column is not None and column < len(row.cells) else ""
                after = target(text, row.lines.first)
                if after is not None and after.seconds is not None:
                    found.setdefault(name, (after, waited_for(text)))
    return found


def _times_to_escalate(table: Table) -> int | None:
    """The column whose title speaks of escalating and whose cells are times that name nobody."""
    words = vocabulary()
    for n, head in enumerate(table.header):
        if n == 0 or not speaks_of_escalating(head.text):
            continue
        cells = [row.cells[n].text for row in table.rows if n < len(row.cells)]
        said = [cell for cell in cells if cell and not words.is_a("none", cell, 0.9)]
        if said and all(target(cell) is not None and len(cell.split()) <= 6 for cell in said):
            return n
    return None
