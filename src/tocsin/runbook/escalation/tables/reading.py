"""Escalation as tables: severities by steps, people by kinds of incident, levels, situations, times."""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.document.boxed import unboxed
from tocsin.runbook.document.inline import Inline, plain
from tocsin.runbook.document.sections import AFTERWARDS, Section
from tocsin.runbook.document.turned import turned
from tocsin.runbook.durations import target, unit_in
from tocsin.runbook.escalation.arrows import arrow_levels
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.names import is_one_of_ours, is_somebody, people
from tocsin.runbook.escalation.people.ours import is_name, is_outside
from tocsin.runbook.escalation.ranks import counted_level, counts_only
from tocsin.runbook.escalation.reasons import rule_to_call
from tocsin.runbook.escalation.severities import begins_with, severities_of, severity_of, whom_by_severity
from tocsin.runbook.escalation.tables.columns import best_column, wait_column
from tocsin.runbook.escalation.tables.grids import read_grid
from tocsin.runbook.escalation.tables.level_waits import levels_with_waits, silence_column, wait_column_of
from tocsin.runbook.escalation.tables.matters import is_turn, read_matters
from tocsin.runbook.escalation.tables.people_grids import is_people_grid, promises, read_people_grid
from tocsin.runbook.escalation.tables.rank_marks import read_rank_marks
from tocsin.runbook.escalation.tables.roles_and_cases import is_for_all, read_roles_and_cases
from tocsin.runbook.escalation.tables.severity_rows import read_severity_rows
from tocsin.runbook.escalation.tables.situations import read_situations
from tocsin.runbook.escalation.tables.timetables import read_timetable
from tocsin.runbook.escalation.times.clock_marks import with_marks_in_rows
from tocsin.runbook.escalation.times.waits import is_case_of_silence, is_point, says_silence, waited_for
from tocsin.runbook.escalation.titles import level_in, speaks_of_escalating
from tocsin.runbook.grammar import BRACKET
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale, is_tier
from tocsin.runbook.stated import Duration
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import vocabulary


def read_tables(section: Section, scale: Scale, found: Escalation, *, anywhere: bool) -> None:
    """Take the chains of the tables of a section; with ``anywhere`` only those whose rows are severities."""
    for table in unboxed(section.blocks):
        if not isinstance(table, Table) or len(table.header) < 2:
            continue
        block = _with_units(_upright(with_marks_in_rows(table)))
        block = _by_severity(block, scale) or block
        if read_severity_rows(block, scale, found, in_chapter=not anywhere) or read_rank_marks(block, found):
            continue
        if not anywhere:
            _ = (
                read_grid(block, scale, found)
                or (not promises(section.title.text) and read_people_grid(block, scale, found))
                or _roles_matrix(block, scale, found)
                or read_levels(block, scale, found)
                or _levels_as_columns(block, scale, found)
                or read_timetable(block, section, scale, found)
                or _role_rows(block, scale, found)
                or read_roles_and_cases(block, scale, found)
                or read_matters(block, scale, found)
                or read_situations(block, scale, found)
            )


def _upright(table: Table) -> Table:
    """A table with its rows and columns exchanged where its columns are points in time, or people with times below."""
    heads = [head.text for head in table.header[1:]]
    if len(heads) < 2 or len(table.rows) != 1 or any(len(row.cells) != len(table.header) for row in table.rows):
        return table
    cells = [cell.text for cell in table.rows[0].cells[1:]]
    if all(map(is_point, heads)) and all(map(_is_called, cells)):
        upright = turned(table)
        return replace(upright, header=(plain("time", table.lines.first), *upright.header[1:]))
    return turned(table) if all(map(_is_called, heads)) and all(map(is_point, cells)) else table


def _by_severity(table: Table, scale: Scale) -> Table | None:
    """A table with a row for each severity, of one with a column for each and a row "Escalation"; None for others."""
    names = [_severity_in(head.text, scale) for head in table.header[1:]]
    levels = all(_is_level(head.text) for head in table.header[1:])  # "Level 1 | Level 2" are steps of one ladder
    if len(names) < _FEWEST or levels or not all(len(one) == 1 for one in names) or is_people_grid(table):
        return None
    called = next((row for row in table.rows if row.cells and _escalates(row.cells[0].text)), None)
    if called is None or any(severity_of(row, scale) for row in table.rows if row.cells):
        return None
    rows = tuple(replace(row, lines=called.lines) for row in turned(table).rows)
    return replace(turned(table), rows=rows)


def _severity_in(title: str, scale: Scale) -> tuple[str, ...]:
    """The severity that a title names, by its name or its label."""
    name = begins_with(title, scale)
    return scale.mentioned(title) or ((name,) if name is not None else ())


_FEWEST = 2


def _escalates(title: str) -> bool:
    return vocabulary().column("escalation", title) >= _SURELY or speaks_of_escalating(title)


_SURELY = 0.9


def _is_called(text: str) -> bool:
    """Whether a text beside a time is somebody, by a word or by a name."""
    return is_somebody(text) or is_name(text)


def _with_units(table: Table) -> Table:
    """A table with the unit of a column's title behind its bare numbers: "Who | Minutes" with "15"."""
    for n, head in enumerate(table.header):
        unit = unit_in(head.text) if n else None
        cells = [row.cells[n].text for row in table.rows if n < len(row.cells)]
        if unit is None or not cells or not all(map(_NUMBER.fullmatch, cells)):
            continue
        rows = tuple(replace(row, cells=_replaced(row.cells, n, unit)) for row in table.rows)
        timed = any(vocabulary().column(name, head.text) >= 0.5 for name in _TIMES) or says_silence(head.text)
        title = head if timed else plain(f"after: {head.text}", head.lines.first)
        table = replace(table, rows=rows, header=(*table.header[:n], title, *table.header[n + 1 :]))
    return table


_NUMBER = re.compile(r"[+~]?\d{1,4}")
_TIMES = ("after", "response", "resolution", "acknowledge", "cadence")


def _replaced(cells: tuple[Inline, ...], at: int, unit: str) -> tuple[Inline, ...]:
    """The cells of a row, with a unit behind the number in one of them."""
    return tuple(plain(f"{cell.text} {unit}", cell.lines.first) if n == at else cell for n, cell in enumerate(cells))


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
    is_level = is_level or (len(first) > 1 and all(map(counts_only, first)))
    who = next((n for name in ("role", "person") if (n := best_column(heads, name, start=1)) is not None), None)
    if who is None:
        who = _short_column(table)
    if not is_level or who is None or "" in found.chains:
        return False
    if not is_tier(first[0]) and all(severity_of(row, scale) for row in table.rows if row.cells):
        return False  # levels of severity, whatever the column of numbers is called
    when = wait_column_of(table, who)
    duty = next(
        (n for n, head in enumerate(heads) if n not in (0, who, when) and words.column("purpose", head) >= 0.5), None
    )
    named: list[tuple[int, EscalationLevel]] = []
    for n, row in enumerate(table.rows):
        name = row.cells[who].text if who < len(row.cells) else ""
        if not name or is_gap(name):
            found.nameless.append(row.lines)
            continue
        duties = _duties(row.cells[duty].text) if duty is not None and duty < len(row.cells) else ()
        said = row.cells[when].text if when is not None and when < len(row.cells) else ""
        if n and _is_called_in_a_case(name, said, scale):
            outside = EscalationLevel(n + 1, people(name), row.lines, trigger=Trigger.CONDITION, condition=said)
            found.rules.append(rule_to_call(outside))
            continue
        name, case = _without_case(name)
        named.append((n, EscalationLevel(n + 1, people(name), row.lines, condition=case, responsibilities=duties)))
    if named:
        levels = levels_with_waits(table, when, named, scale)
        cells = {row.lines: row.cells[who].text for row in table.rows if who < len(row.cells)}
        found.chains[""] = [
            replace(one, condition=cells[one.lines]) if whom_by_severity(cells[one.lines], scale) else one
            for one in levels
        ]
    return bool(named)


def _is_called_in_a_case(name: str, said: str, scale: Scale) -> bool:
    """Whether somebody from outside, or a lawyer, has a row of a ladder for one case: "Card provider | card faults"."""
    timed = target(said) is not None or is_case_of_silence(said) or bool(scale.mentioned(said))
    if timed or is_for_all(said) or len(said.split()) < _FEWEST:
        return False
    responds = is_one_of_ours(name) and not vocabulary().is_a("no_responder", name)
    return not responds and (is_somebody(name) or is_outside(name))


def _without_case(name: str) -> tuple[str, str | None]:
    """A name without the bracket behind it that says in which case that one is called: "CTO (if needed)"."""
    case = next((match for match in BRACKET.finditer(name) if condition_in(match["inside"]) is not None), None)
    return (name, None) if case is None else (f"{name[: case.start()]} {name[case.end() :]}".strip(), case["inside"])


def _levels_as_columns(table: Table, scale: Scale, found: Escalation) -> bool:
    """Columns are levels, "Level 1 | Level 2", and rows say who and when; rows without titles begin with who."""
    words = vocabulary()
    turns = all(is_turn(head.text) for head in table.header[1:])
    tiers = [_is_level(head.text) or (turns and is_turn(head.text)) for head in table.header]
    if sum(tiers) < 2 or not all(tiers[1:]):
        return False
    upright = turned(_counted(table) if turns else table)
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


def _is_level(title: str) -> bool:
    """Whether a title counts a level and says no more: "Level 2", "第2级"."""
    counted = counted_level().match(title)
    return is_tier(title) or (counted is not None and counted.end() == len(title))


def _counted(table: Table) -> Table:
    """A table whose columns are "First | Second | Third" with numbers for those."""
    start = 1 if is_turn(table.header[0].text) else 0
    heads = [plain(str(n + start) if n + start else "level", head.lines.first) for n, head in enumerate(table.header)]
    return replace(table, header=tuple(heads))


def _role_rows(table: Table, scale: Scale, found: Escalation) -> bool:
    """Rows are roles in the order in which they are called: "Role | Phone | After"; some row says after how long."""
    words = vocabulary()
    heads = [head.text for head in table.header]
    rows = [row for row in table.rows if row.cells and row.cells[0].text]
    known = _is_called if words.column("person", heads[0]) >= 0.9 else is_somebody  # no "Service | Time"
    named = sum(known(row.cells[0].text) for row in rows)
    wait = silence_column(table, 0) or wait_column(table, 0) or _column_of_points(table)
    if "" in found.chains or len(rows) < 2 or wait is None:
        return False
    ranked = words.column("level", heads[0]) >= 0.9 and named == len(rows)  # "Level | When" above "Primary | at once"
    if not (words.column("role", heads[0]) >= 0.5 or ranked) or named < len(rows) * 0.6:
        return False
    table = replace(table, rows=tuple(row for row in rows if not is_gap(row.cells[0].text)))
    called = (EscalationLevel(n, people(row.cells[0].text), row.lines) for n, row in enumerate(table.rows, 1))
    levels = levels_with_waits(table, wait, enumerate(called), scale)
    later = sum(one.after is not None for one in levels[1:])
    begun = levels[0].after is not None and levels[0].after.seconds != 0
    if not later or (later < len(levels) / 2 and begun):
        return False  # what each is called for, and no order of calling
    found.chains[""] = levels
    return True


def _column_of_points(table: Table) -> int | None:
    """The second of two columns where each of its cells says when, and little else: "immediately", "after 10 min"."""
    cells = [row.cells[1].text for row in table.rows if len(row.cells) > 1]
    return 1 if len(table.header) == 2 and len(cells) == len(table.rows) and all(map(is_point, cells)) else None


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


def read_waits(root: Section, scale: Scale) -> dict[str, dict[int, tuple[Duration, Trigger]]]:
    """When the later levels of each severity are called, by columns of times: "Escalate after", "To tier 3 after".

    The levels are counted from 1; a column that names none is that of the second one, and the next that of the third.
    """
    found: dict[str, dict[int, tuple[Duration, Trigger]]] = {}
    for section in root.walk():
        if not AFTERWARDS.isdisjoint(section.abouts):
            continue
        for table in section.blocks:
            if not isinstance(table, Table):
                continue
            rows = [(row, name) for row in table.rows if row.cells for name in severities_of(row, scale)]
            columns = _times_to_escalate(table) if len(rows) >= 2 else {}
            for row, name in rows if columns else ():
                own: dict[int, tuple[Duration, Trigger]] = {}
                for number, n in columns.items():
                    text = row.cells[n].text if n < len(row.cells) else ""
                    after = target(text, row.lines.first)
                    if after is not None and after.seconds is not None:
                        own[number] = (after, waited_for(text))
                if own:
                    found.setdefault(name, own)
    return found


def _times_to_escalate(table: Table) -> dict[int, int]:
    """The columns whose titles speak of escalating and whose cells are times that name nobody, by the level called."""
    words = vocabulary()
    found: dict[int, int] = {}
    for n, head in enumerate(table.header):
        if n == 0 or not (speaks_of_escalating(head.text) or level_in(head.text)):
            continue
        cells = [row.cells[n].text for row in table.rows if n < len(row.cells)]
        said = [cell for cell in cells if cell and not words.is_a("none", cell, 0.9)]
        if said and all(target(cell) is not None and len(cell.split()) <= 6 for cell in said):
            named = level_in(head.text)
            if named is None and found:
                continue  # of several that name no level the first one counts
            found.setdefault(named or 2, n)
    return found
