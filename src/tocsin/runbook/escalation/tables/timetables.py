"""Escalation as tables whose rows are points in time: "15 min | Page the secondary"."""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import target, unit_in
from tocsin.runbook.escalation.arrows import ARROW
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.deadlines import is_told_late
from tocsin.runbook.escalation.people.calls import without_call
from tocsin.runbook.escalation.people.names import LONGEST_NAME, SOMEBODY, is_somebody, people
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.sentences.calling import acts, caller, forbids, is_call, is_passive
from tocsin.runbook.escalation.sentences.clauses import out_of_bracket
from tocsin.runbook.escalation.sentences.judged import leaves_open
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.severities import begins_with, named_by
from tocsin.runbook.escalation.tables.columns import best_column, calls_nobody
from tocsin.runbook.grammar import BRACKET, any_of, article, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration, DurationKind
from tocsin.runbook.words import normal, one_of, vocabulary


def read_timetable(table: Table, section: Section, scale: Scale, found: Escalation) -> bool:
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
            text = row.cells[calls].text if calls < len(row.cells) else ""
            called = spoken(text, row.lines, 1, scale)
            behind = ARROW.split(text)[-1] if ARROW.search(text) else ""
            targets = called.targets if called is not None else people(behind) if _is_name(behind) else ()
        else:
            text = row.cells[who].text if who < len(row.cells) else ""
            text = out_of_bracket(_without_rank(ARROW.split(text)[-1]))  # "Still down → director"
            about = _is_about_somebody(text) or _calls_somebody(text, row, scale)
            targets = _whom(text, row, scale) if (named and not calls_nobody(text)) or about else ()
            if levels and _same(targets, levels[-1].targets) and (other := caller(text)):
                targets = people(other)  # "If no answer, the secondary pages the primary and takes over"
        if targets and not (levels and _same(levels[-1].targets, targets)):
            after = moment if moment is not None and (moment.seconds or not levels) else None
            trigger = Trigger.UNRESOLVED if levels or (moment is not None and moment.seconds) else Trigger.START
            late = text if after is not None and is_told_late(text, after) else None
            levels.append(EscalationLevel(len(levels) + 1, targets, row.lines, (), after, trigger, late))
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
    if forbids(text) or leaves_open(text):
        return ()
    if (at_work := acts(text)) is not None:
        return people(at_work)  # "Primary acknowledges, starts to look"
    name = without_call(_told().sub("", BRACKET.sub(" ", text).strip()))
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
