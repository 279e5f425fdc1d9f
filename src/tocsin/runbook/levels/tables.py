"""Severity scales as tables, upright or turned."""

from __future__ import annotations

import re

from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.document.inline import Inline, plain
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.durations import every, target, unit_in
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.levels.cells import (
    after_target,
    at_once,
    dashed,
    interval,
    is_told_once,
    of_the_whole,
    rhythm_of_news,
    without_news,
)
from tocsin.runbook.levels.definitions import before_capitals, criteria_in, defined_in_title, is_call
from tocsin.runbook.levels.draft import Draft, Level
from tocsin.runbook.levels.facts import say_labelled_clocks, say_named_clock
from tocsin.runbook.levels.promises import promises_time, say_clocks, say_targets
from tocsin.runbook.levels.titles import CLOCKS, OTHERS, clock_said, role_of
from tocsin.runbook.playbook import severity_key
from tocsin.runbook.procedure.procedures import split_clauses
from tocsin.runbook.scale import LevelName, coded_names, level_name, levels_together
from tocsin.runbook.sentence_ends import clause_ends
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.words import normal, vocabulary

_ONCE = frozenset({"label", "response", "acknowledge", "resolution", "cadence", "postmortem"})


def is_scale(table: Table, *, plain: bool = True) -> bool:
    """Whether the rows of a table are the levels of a scale, each once.

    Bare labels ("High") are levels where ``plain`` or where a column says so: a severity, or a time to answer.
    """
    column = _level_column(table)
    if sum(vocabulary().is_label(head.text) for head in table.header) > 1:
        return False  # "Line | Critical | High": its rows are who answers
    if column is None or any(_are_alerts(table, n) for n in range(len(table.header)) if n != column):
        return False
    if not plain and not any(coded_names(row.cells[column].text) for row in table.rows if column < len(row.cells)):
        roles = column_roles(table)
        head = table.header[column].text
        named = vocabulary().column("severity", head) >= 0.5 and not vocabulary().says("tier_word", head)
        if not named and not {"response", "acknowledge", "resolution"} & set(roles):
            return False
    if not plain and _has_priorities(table, column):
        return False
    numbered = _is_numbered(table, column)
    levels = [_names(row.cells[column].text, numbered=numbered) for row in table.rows if column < len(row.cells)]
    found = [severity_key(name.name) for names in levels for name in names]
    return len(found) >= 2 and len(set(found)) == len(found) and sum(map(bool, levels)) >= len(table.rows) * 0.8


def titled_by_a_level(table: Table) -> bool:
    """Whether the first row of a scale stands where its titles should: "P1 | shop shut" above "P2 | slow"."""
    column = _level_column(table)
    if column is None:
        return False
    name = level_name(table.header[column].text)
    return name is not None and not name.rest and bool(coded_names(table.header[column].text))


def defines_levels(table: Table) -> bool:
    """Whether a scale says by its titles that its rows are severities and what each of them is, under any heading.

    "Severity | Definition | Example" with P0, P1 and P2 below it.
    """
    column = _level_column(table)
    if column is None or vocabulary().column("severity", table.header[column].text) < _SURE:
        return False
    coded = sum(bool(coded_names(row.cells[column].text)) for row in table.rows if column < len(row.cells))
    return coded >= len(table.rows) * 0.8 and "criteria" in column_roles(table)


_SURE = 0.9
"""Of a title, how much of it is a word for severities."""


_OF_LEVELS = frozenset({*CLOCKS, "criteria", "escalation"})
"""What a column says of a level, or another one beside it."""


def _has_priorities(table: Table, column: int) -> bool:
    """Whether a table says what has which priority, and nothing of the levels: "Asset | Priority", "Priority | RTO"."""
    if any(role_of(head.text)[0] in _OF_LEVELS for head in table.header):
        return False
    return column > 0 or any(vocabulary().says("other_clock", head.text) for head in table.header)


_ALERT = re.compile(r"(?:[A-Z][a-z0-9]+|[A-Z]+(?=[A-Z])){2,}")
"""The name of an alert of a monitoring system, "MillDoorOpen"."""


def _are_alerts(table: Table, column: int) -> bool:
    """Whether a column names alerts: then the severities beside them are theirs, and no scale."""
    cells = [row.cells[column].text for row in table.rows if column < len(row.cells)]
    return len(cells) > 1 and all(map(_ALERT.fullmatch, cells))


def matrix_levels(table: Table) -> tuple[LevelName, ...]:
    """The levels in the cells of a matrix, impact by urgency, by their numbers; none for any other table."""
    cells = [cell for row in table.rows for cell in row.cells[1:]]
    names = [name for cell in cells if (name := level_name(cell.text)) is not None and not name.rest]
    found = {severity_key(name.name): name for name in reversed(names)}
    crossed = len(table.header) > 2 and len(table.rows) > 1
    sides = (*table.header[1:], *(row.cells[0] for row in table.rows if row.cells))
    if not crossed or len(names) != len(cells) or len(found) < 2 or any(coded_names(side.text) for side in sides):
        return ()
    return tuple(found[key] for key in sorted(found))


def _name(cell: str, *, numbered: bool) -> LevelName | None:
    """The level that a cell names; a bare number where the title says that the column holds severities."""
    found = level_name(cell, plain=True)
    if found is None and numbered and re.fullmatch(r"\d|[A-E\u0410-\u0414]", cell.strip()):
        return LevelName(cell.strip(), None, "")
    lettered = (
        re.fullmatch(r"([A-E])\s?[(（]([^()（）]{1,16})[)）]", cell.strip()) if found is None and numbered else None
    )
    if lettered is not None and vocabulary().is_label(lettered[2]):
        return LevelName(lettered[1], lettered[2], "")  # "A (critical)"
    return level_of_a_log(cell) if found is None and numbered else found


def level_of_a_log(cell: str) -> LevelName | None:
    """The level of a log that some teams grade incidents by, "Error" between "Critical" and "Warning".

    Only where a title says that the column, or the list, holds severities: elsewhere an error is what has happened.
    """
    head = _FIRST_WORD.match(cell.strip())
    if head is None or not vocabulary().is_a("log_level", head["word"], 0.99):
        return None
    return LevelName(head["word"], None, head["rest"].strip().lstrip(":：–— "))


_FIRST_WORD = re.compile(r"(?P<word>[^\W\d_]{2,20})(?P<rest>$|\s*[(（:：–—].{0,400}$)")


@pattern
def _joined() -> str:
    return rf"(?:[\s/,;&+、，]|{any_of('and', 'or')})*"


def _names(cell: str, *, numbered: bool) -> tuple[LevelName, ...]:
    """The levels that a cell is about, several of "SEV3 & SEV4"."""
    together, behind = levels_together(cell)
    if together and not behind.strip():
        return tuple(LevelName(code, None, "") for code in together)
    if (one := _name(cell, numbered=numbered)) is not None:
        return (one,)
    codes = coded_names(cell)
    between, at = [], 0
    for code in codes:
        start = cell.index(code, at)
        between.append(cell[at:start])
        at = start + len(code)
    rest = " ".join((*between, cell[at:]))
    return tuple(LevelName(code, None, "") for code in codes) if _joined().fullmatch(rest) else ()


def _coded(cell: str) -> tuple[LevelName, ...]:
    """The levels that a cell names by a code."""
    if (together := levels_together(cell))[0] and not together[1].strip():
        return tuple(LevelName(code, None, "") for code in together[0])
    one = level_name(cell)
    return (one,) if one is not None else _names(cell, numbered=False) if coded_names(cell) else ()


def _is_numbered(table: Table, column: int) -> bool:
    """Whether a number, or the level of a log, in a column is a severity: its title says so, or that of another one.

    "Level" is a tier of support as well, unless the table says how soon each is answered, or what it is, and names
    nobody.
    """
    words = vocabulary()
    head = table.header[column].text
    if words.column("severity", head) < 0.5:
        return False
    if not words.says("tier_word", head):
        return True
    others = [one.text for n, one in enumerate(table.header) if n != column]
    roles = {role_of(one)[0] or clock_said(one) for one in others}
    return bool(roles & {"response", "acknowledge", "resolution", "criteria"}) and not any(
        "escalation" in roles or _speaks_of_people(one) for one in others
    )


@remembered_with
def _level_column(table: Table) -> int | None:
    words = vocabulary()
    least = max(2, len(table.rows) * 0.8)
    coded = [
        sum(bool(coded_names(row.cells[n].text)) for row in table.rows if n < len(row.cells)) >= least
        for n in range(len(table.header))
    ]
    if sum(coded) > 1:
        return None  # an impact matrix: its cells are the levels that follow from a row and a column
    for bare in (False, True):
        for n, head in enumerate(table.header):
            cells = [row.cells[n].text for row in table.rows if n < len(row.cells)]
            untitled = n == 0 and not head.text.strip()
            if bare and not untitled and words.column("severity", head.text) < 0.5:
                continue
            number = bare and _is_numbered(table, n)
            named = [_names(cell, numbered=number) if bare else _coded(cell) for cell in cells]
            found = [severity_key(name.name) for names in named for name in names]
            if sum(map(bool, named)) >= max(2, len(cells) * 0.8) and len(set(found)) == len(found):
                return n
    return None


def level_of(table: Table) -> str:
    """The name of the first level of a scale."""
    column = _level_column(table)
    name = _name(table.rows[0].cells[column].text, numbered=True) if column is not None else None
    return name.name if name is not None else ""


def column_roles(table: Table) -> tuple[str, ...]:
    """What each column of a severity table holds, "" where its title says nothing known."""
    words = vocabulary()
    roles: list[tuple[str, float]] = []
    for n, head in enumerate(table.header):
        best, fit = role_of(head.text)
        other = words.says("other_clock", re.sub(r"\([^()]*\)", "", head.text)) and fit < 1
        roles.append(("other", 1.0) if other and are_times(table, n) else (best, fit))
    if _is_escalated(table, roles):  # "Escalate to | Timeframe": when the next one is called, no promise to answer
        spoken = vocabulary().words["respond_verb"]
        roles = [
            ("other", 1.0)
            if role == "response" and fit < _SURE and not spoken.best(table.header[n].text)
            else (role, fit)
            for n, (role, fit) in enumerate(roles)
        ]
        roles = [
            ("other", 1.0) if not role and are_times(table, n) else (role, fit) for n, (role, fit) in enumerate(roles)
        ]
    roles = _by_content(table, _one_rhythm(table, _one_response(table, roles)))
    if all(role != "label" for role, _fit in roles):
        level = _level_column(table)
        roles = [("label", 1.0) if n != level and _are_labels(table, n) else one for n, one in enumerate(roles)]
    titles = [normal(re.sub(r"\([^()]*\)", "", head.text)) for head in table.header]
    for n, (role, _fit) in enumerate(roles):
        if role in _ONCE - {"label"} and titles[n] in titles[:n] and "(" in table.header[n].text:
            roles[n] = ("other", 1.0)  # "Response (office hours) | Response (at night)": the first one is the promise
    # Of "temporary recovery time" and "full recovery time" only the better match is the resolution target.
    return tuple(
        role if role not in _ONCE or fit == max(f for r, f in roles if r == role) else "" for role, fit in roles
    )


def _one_response(table: Table, roles: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """The roles with one column of responses where several have such a title, "First reaction | Reaction time".

    The one that holds times, and little beside them, is the promise; the others say what is done then.
    """
    several = [n for n, (role, _fit) in enumerate(roles) if role == "response"]
    if len(several) < 2:
        return roles
    shares = {n: _share_of_times(table, n) for n in several}
    if max(shares.values()) < _TIMES:
        return roles
    return [("actions", fit) if shares.get(n, 1.0) < _NO_TIMES else (role, fit) for n, (role, fit) in enumerate(roles)]


_TIMES, _NO_TIMES = 0.4, 0.2
"""Of the letters of a column: as many are times where it promises some, and fewer where it says what is done."""


def _share_of_times(table: Table, column: int) -> float:
    """How much of what a column says are times with a length."""
    cells = [row.cells[column].text for row in table.rows if column < len(row.cells)]
    found = [span.text for cell in cells if (span := target(cell)) is not None and span.seconds]
    return sum(map(len, found)) / max(1, sum(map(len, cells)))


def _one_rhythm(table: Table, roles: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """The roles with the one column of intervals as the rhythm: "First update | Next updates", of which one repeats."""
    several = [n for n, (role, _fit) in enumerate(roles) if role == "cadence"]
    repeated = [n for n in several if _are_intervals(table, n)] if len(several) > 1 else []
    if len(repeated) != 1:
        return roles
    return [("other", 1.0) if n in several and n not in repeated else one for n, one in enumerate(roles)]


def _is_escalated(table: Table, roles: list[tuple[str, float]]) -> bool:
    """Whether a column says whom to escalate to, by that word."""
    verb = vocabulary().words["escalate_verb"]
    return any(
        role == "escalation" and (match := verb.best(head.text)) is not None and match.phrase.startswith("escal")
        for head, (role, _fit) in zip(table.header, roles, strict=True)
    )


def are_times(table: Table, column: int) -> bool:
    """Whether a column holds times and little else."""
    cells = [row.cells[column].text for row in table.rows if column < len(row.cells) and row.cells[column].text]
    return (
        bool(cells) and sum(target(cell) is not None and len(cell.split()) <= 8 for cell in cells) >= len(cells) * 0.6
    )


def _are_labels(table: Table, column: int) -> bool:
    """Whether a column holds the severities in words, whatever its title: "P1 | Critical | 15 min"."""
    cells = [row.cells[column].text for row in table.rows if column < len(row.cells)]
    words = vocabulary()
    return len(cells) > 1 and all(words.is_label(cell) and words.severity_order(cell) is not None for cell in cells)


def _are_intervals(table: Table, column: int) -> bool:
    """Whether a column holds rhythms: "every 20 min", "hourly"."""
    cells = [row.cells[column].text for row in table.rows if column < len(row.cells) and row.cells[column].text]
    return sum(every(cell) is not None for cell in cells) >= max(2, len(cells) * 0.5)


def _are_longer(table: Table, column: int) -> bool:
    """Whether a column says that something has lasted longer than a time: "> 30 min", and "< 10 min" below it."""
    cells = [row.cells[column].text.lstrip() for row in table.rows if column < len(row.cells)]
    return any(cell.startswith((">", "≥", "> ", "&gt;")) for cell in cells)


def _by_content(table: Table, roles: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """The roles with a column of unknown title read by what it holds, where the table lacks just that.

    "How bad | Answer in": the one column of times says when somebody answers, the first one of words what a level is.
    """
    known = {role for role, _fit in roles}
    level = _level_column(table)
    if level is not None and _names_audiences(table.header[level].text):
        # "Audience | SEV1 | SEV2" says by when who is told, and nothing of who answers
        return [(role or "other", fit) if n != level else (role, fit) for n, (role, fit) in enumerate(roles)]
    titled = any(head.text.strip() for head in table.header)
    for n, (role, _fit) in enumerate(roles):
        if role or n == level or (titled and not table.header[n].text.strip()):
            continue
        if _are_intervals(table, n):
            if "cadence" not in known:
                roles[n] = ("cadence", 0.5)
                known.add("cadence")
        elif are_times(table, n):
            if _are_longer(table, n):
                if "criteria" not in known:
                    roles[n] = ("criteria", 0.5)  # "Duration: > 30 min" is what has happened, and no promise
                    known.add("criteria")
                continue
            if (said := clock_said(table.header[n].text)) is not None:
                roles[n] = (said, 0.5) if said not in known else ("other", 1.0)
                known.add(said)
            elif not known & {"response", "acknowledge"}:
                roles[n] = ("response", 0.5)
                known.add("response")
        elif "criteria" not in known and not _speaks_of_people(table.header[n].text) and not _are_people(table, n):
            cells = [row.cells[n].text for row in table.rows if n < len(row.cells)]
            if (
                not any(vocabulary().is_label(cell) for cell in cells)
                and sum(map(_is_a_way, cells)) <= len(cells) / 2
                and sum(len(c) > 3 for c in cells) > len(cells) / 2
            ):
                roles[n] = ("criteria", 0.5)
                known.add("criteria")
    return roles


def _is_a_way(cell: str) -> bool:
    """Whether a cell names how an alert is sent and says nothing of a level: "SMS + push", "Slack", "Daily e-mail"."""
    ways = ("channel_word", "message_noun", "rotation")
    return len(cell.split()) <= _NAME and any(vocabulary().says(name, cell) for name in ways) and not _fails(cell)


def _fails(text: str) -> bool:
    return says_what_fails(text) or any(vocabulary().says(name, text) for name in ("trouble", "unresolved"))


def _are_people(table: Table, column: int) -> bool:
    """Whether a column names who is called, be its title "First call" or "Initial", and says nothing of the levels."""
    cells = [row.cells[column].text for row in table.rows if column < len(row.cells) and row.cells[column].text]
    words = vocabulary()
    named = [
        len(cell.split()) <= _NAME and any(words.says(name, cell) for name in ("person_word", "role_word", "rotation"))
        for cell in cells
    ]
    return sum(named) > len(cells) / 2


_NAME = 4
"""Words of somebody in a cell: "Head of the mill", "On-call engineer"."""


def _names_audiences(head: str) -> bool:
    """Whether a title stands above those who are told of an incident."""
    return any(vocabulary().says(name, head) for name in OTHERS)


def _speaks_of_people(head: str) -> bool:
    words = vocabulary()
    kind = words.sections.best(head)
    if kind is not None and kind.kind in ("communication", "channels", "contacts", "escalation", "oncall", "team"):
        return True
    said = ("notify", "escalate_verb", "contact_field", "channel_word")
    columns = ("role", "person", "contact", "availability", "chat", "email", "level")
    return any(words.says(name, head) for name in said) or any(words.column(name, head) >= 0.5 for name in columns)


def read_table(table: Table, scale: Draft, *, define: bool, criteria: bool) -> None:
    """Take what the rows of a severity table say."""
    table = _each_clock_apart(table)
    column = _level_column(table)
    assert column is not None
    roles = column_roles(table)
    for row in table.rows:
        numbered = _is_numbered(table, column)
        names = _names(row.cells[column].text, numbered=numbered) if column < len(row.cells) else ()
        for name in names:
            in_full = _in_full(name, table.header[column].text)
            level = scale.level(in_full, row.lines, define=define)
            if level is None:
                continue
            if in_full is not name:
                level.aliases[name.name] = None
            said = defined_in_title(row.cells[column].text, name.rest)
            if said and criteria and target(said) is None and not coded_names(said) and not is_call(said):
                level.criteria += criteria_in(plain(said, row.lines.first))  # "SEV1 — all mills of the town stand"
            _cells(table, row, roles, column, level, define=define, criteria=criteria)
            inside = re.fullmatch(r"[(（]([^()（）]+)[)）]", name.rest)
            if define and level.label is None and _is_label(name.rest) and "label" not in roles:
                level.label = name.rest  # "SEV-0 life safety"
            if inside and criteria and not level.criteria and target(inside[1]) is None:
                level.criteria += criteria_in(plain(inside[1].strip(), row.lines.first))  # "Critical (active breach)"


def _is_label(rest: str) -> bool:
    """Whether what stands behind a code in its cell is the word beside it, and no time and no bracket."""
    bare = rest.strip(" :–—-")
    return bare == rest and 0 < len(rest.split()) <= 3 and target(rest) is None and _PLAIN.fullmatch(rest) is not None


_PLAIN = re.compile(r"[^\W\d_][\w '’/&-]*")


def _each_clock_apart(table: Table) -> Table:
    """A table with two columns for one of two clocks: "Response / Resolution" above "15 min / 4 h"."""
    for n, head in enumerate(table.header):
        titles = _two_clocks(head.text)
        cells = [row.cells[n].text for row in table.rows if n < len(row.cells)]
        if titles is None or len(cells) != len(table.rows) or not all(_SLASH.search(cell) for cell in cells):
            continue
        rows = tuple(Row(row.lines, _with_two(row.cells, n, _SLASH.split(row.cells[n].text, 1))) for row in table.rows)
        return Table(table.lines, _with_two(table.header, n, titles), rows)
    return table


_SLASH = re.compile(r"\s+/\s+|(?<=\w)/(?=\d)|\s+\|\s+")


def _two_clocks(title: str) -> list[str] | None:
    """The two clocks of a title, in brackets or without: "Response / Resolution", "SLA (response / fix)"."""
    inside = re.search(r"[(（](?P<inside>[^()（）]+)[)）]", title)
    parts = re.split(r"\s*[/|&]\s*", inside["inside"] if inside else title)
    roles = [role_of(part)[0] for part in parts]
    return parts if len(parts) == 2 and roles[0] != roles[1] and set(roles) <= _CLOCK_ROLES else None


_CLOCK_ROLES = frozenset({"response", "acknowledge", "resolution", "cadence"})


def _with_two(cells: tuple[Inline, ...], n: int, texts: list[str]) -> tuple[Inline, ...]:
    line = cells[n].lines.first
    return (*cells[:n], *(plain(text.strip(), line) for text in texts), *cells[n + 1 :])


def _in_full(name: LevelName, head: str) -> LevelName:
    """A bare number with the word of the title above it: "Severity 1" of "1" below "Severity"."""
    first = head.split()[:1]
    if not name.name.isdigit() or not first or not vocabulary().is_a("severity_name", first[0], 0.99):
        return name
    return LevelName(f"{first[0]} {name.name}", name.label, name.rest)


def _cells(
    table: Table, row: Row, roles: tuple[str, ...], column: int, level: Level, *, define: bool, criteria: bool
) -> None:
    words = vocabulary()
    for n, (role, cell) in enumerate(zip(roles, row.cells, strict=False)):
        text, head = cell.text, table.header[n].text
        if n == column or not text or words.is_a("none", text, 0.9):
            continue
        line = row.lines.first
        if role in CLOCKS and _BARE.fullmatch(text) and (unit := unit_in(head)):
            text = f"{text} {unit}"  # "15" below "Response (min)"
        if role != "criteria" and (say_labelled_clocks(text, line, level) or say_named_clock(cell, level)):
            continue
        if role == "label" and define and level.label is None:
            level.label = text
        elif role == "criteria" and not (cell := _without_clocks(cell, level)).text:
            continue
        elif role == "criteria" and criteria:
            said = cell.labelled or dashed(text)
            if said is not None and said[1] and define and level.label is None and words.is_label(said[0]):
                level.label, cell = said[0], plain(said[1], line)  # "**Critical:** all trams stand"
            level.criteria += criteria_in(cell)
        elif role in ("response", "acknowledge", "resolution", "postmortem"):
            if role == "response" and say_clocks(text, line, level):
                continue
            kept = without_news(text) if role == "response" else of_the_whole(text)
            found = target(kept, line) or target(clause_ends().split(kept, maxsplit=1)[0], line)
            begun = at_once(kept, line) if found is None and role == "response" else None
            level.state(CLOCKS[role], found or begun, column=True)
            extra = after_target(text, found) if role == "response" and begun is None else ()
            extra = split_clauses(cell) if begun is not None else extra
            level.actions += extra
        elif role == "cadence":
            level.state("update", every(text, line) or (None if is_told_once(head, text) else interval(text, line)))
        elif (
            role in ("", "escalation", "actions", "other") and (rhythm := rhythm_of_news(head, text, line)) is not None
        ):
            level.state("update", rhythm)
            level.actions += split_clauses(cell) if role == "actions" else ()
        elif role == "actions":
            level.actions += split_clauses(cell)
        elif role in ("", "severity") and criteria and level.label is None and (words.is_label(text) or role):
            level.label = text if words.is_label(text) or len(text.split()) <= 3 else None
        elif role == "other":
            level.actions.append(f"{head}: {text}")


def _without_clocks(cell: Inline, level: Level) -> Inline:
    """What a cell describes, without the pieces that state a clock, which are taken: "Shop shut; Response: 15 min".

    Only what begins with the clock's name or its verb, "respond within 15 min", is one of them.
    """
    if not _COUNTED.search(cell.text):
        return cell
    pieces = [one for piece in _BREAKS.split(cell.text) for one in before_capitals().split(piece)]
    kept = [piece for piece in pieces if not _says_clock(piece.strip(), cell.lines.first, level)]
    return cell if len(kept) == len(pieces) else plain("; ".join(one.rstrip(".。 ") for one in kept), cell.lines.first)


_COUNTED = re.compile(r"\d.{0,400}[;.]|[;.].{0,400}\d", re.DOTALL)
_BREAKS = re.compile(r";\s+")
_LONGEST_PROMISE = 8
"""Words of "respond within 15 minutes, day and night"."""


def _says_clock(piece: str, line: int, level: Level) -> bool:
    """Whether a piece of a description is a clock, "Response: 15 min", "resolve within 4 h"; it is stated then."""
    words, said = vocabulary(), plain(piece, line)
    if said.labelled is not None:
        timed = target(said.labelled[1]) is not None or every(said.labelled[1]) is not None
        return timed and say_named_clock(said, level)
    verbs = ("respond_verb", "acknowledge_verb", "resolve_verb")
    begins = len(piece.split()) <= _LONGEST_PROMISE and any(words.begins_with(name, piece, 1) for name in verbs)
    return begins and promises_time(piece) and say_targets(piece, line, level, default=None)


_BARE = re.compile(r"[<≤~]?\s*\d{1,4}(?:\s*[-–]\s*\d{1,4})?")
