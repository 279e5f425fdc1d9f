"""Tables of severities with a column of who is called at once, and one of who is called when, "30 min → lead"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.durations import spans
from tocsin.runbook.escalation.people.names import LONGEST_NAME, people
from tocsin.runbook.escalation.people.ours import is_name, is_no_person, is_outside
from tocsin.runbook.escalation.sentences.calling import forbids, says_somebody
from tocsin.runbook.escalation.sentences.told import told_at_once, whom_told
from tocsin.runbook.escalation.tables.columns import names
from tocsin.runbook.escalation.times.waits import is_promise, waited_for
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.escalation.titles import is_told_column
from tocsin.runbook.grammar import BRACKET, any_of, first_words, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary

_LONGEST = 200
"""Characters of a cell that says who is called when, and nothing else."""


def chains_at_once_and_later(table: Table, rows: list[tuple[Row, str]]) -> dict[str, list[EscalationLevel]]:
    """The chain of each severity of such a table; empty where it is another one."""
    columns = [n for n in range(2, len(table.header)) if not is_promise(table.header[n].text)]
    called = {n: later for n in columns if any((later := _called_in(rows, n)).values())}
    if len(called) != 1:
        return {}  # a column for each level: "Lead (10 min) | Owner (30 min)"
    ((column, later),) = called.items()
    first = next((n for n in range(column - 1, 0, -1) if _calls_at_once(table, rows, n)), None)
    if first is None or sum(map(bool, later.values())) * 2 < len(rows):
        return {}
    chains = {}
    for row, name in rows:
        who = told_at_once(row.cells[first].text) if first < len(row.cells) else ()
        at_once = [EscalationLevel(1, who, row.lines, (name,), trigger=Trigger.START)] if who else []
        if chain := [*at_once, *later.get(name, [])]:
            chains[name] = [replace(one, level=n) for n, one in enumerate(chain, 1)]
    return chains


def _called_in(rows: list[tuple[Row, str]], column: int) -> dict[str, list[EscalationLevel]]:
    return {
        name: list(called_later(row.cells[column].text, row.lines, name))
        for row, name in rows
        if column < len(row.cells)
    }


def _calls_at_once(table: Table, rows: list[tuple[Row, str]], column: int) -> bool:
    """Whether a column names people, by its title or by its cells, and no times."""
    cells = [row.cells[column].text for row, _name in rows if column < len(row.cells)]
    if any(next(spans(cell), None) is not None for cell in cells):
        return False
    return names(rows, column) or (is_told_column(table.header[column].text) and any(map(told_at_once, cells)))


def called_later(text: str, lines: Lines, severity: str) -> Iterator[EscalationLevel]:
    """The people of a cell in which each has a time, before or behind the name; nobody where it says anything else.

    "30 min → lead; 2 h → owner", "30 min: lead", "lead after 30 min, owner after 2 h", "lead (30 min)".
    """
    if not 0 < len(text) <= _LONGEST or forbids(text):
        return
    found = []
    for piece in filter(str.strip, _BESIDE.split(text)):
        times = list(spans(piece, lines.first))
        if len(times) != 1 or not times[0].duration.seconds:
            return
        span = times[0]
        before = piece[: span.start]
        behind = _LEADS_TO.match(piece, span.end) if _leads().fullmatch(before) is not None else None
        who = _without_case(piece) if behind is None else piece[behind.end() :]
        who = whom_told(who.strip(" .。:：,，")).strip(" .。:：,，-–—")
        if not _is_called(who) and not (behind is not None and _is_a_word(who)):
            return
        found.append((span.duration, piece, who))
    for number, (after, piece, who) in enumerate(sorted(found, key=lambda one: one[0].seconds or 0), 1):
        waited = waited_for(piece)
        yield EscalationLevel(number, people(who), lines, (severity,), after, waited)


def _without_case(piece: str) -> str:
    bare = BRACKET.sub(lambda found: " " if next(spans(found["inside"]), None) is not None else found[0], piece)
    return without_times(_after().sub(" ", bare) if next(spans(bare), None) is not None else bare)


def _is_called(who: str) -> bool:
    called = people(who) if re.search(r"[^\W\d_]", who) else ()
    if not called or is_no_person(who) or is_outside(who) or vocabulary().says("customers", who):
        return False
    if any(len(one.split()) > LONGEST_NAME for one in called):
        return False
    return says_somebody(who) or vocabulary().says("executives", who) or all(map(is_name, called))


def _is_a_word(who: str) -> bool:
    """Whether a time leads to one word that is nothing to do: "30 min → exec"."""
    chores = first_words("imperative", "chore", "look", "by_hand")
    return who.isalpha() and who.casefold() not in chores and not is_no_person(who)


_BESIDE = re.compile(r"\s*[,;，；、\n](?![^(（]*[)）])\s*")
_LEADS_TO = re.compile(r"[\s*)）]*(?:[→⇒➜➔⟶]|[-=]+>|[:：=]|\s[–—-]\s)\s*(?=\S)")
"""Between a time and whom it calls: an arrow, a colon, a dash."""


@pattern
def _leads() -> str:
    """Before a time that comes first: "after", ">"."""
    return rf"[\s>≥+*(（]*(?:{any_of('after')}\s+)?[>≥]?\s*"


@pattern
def _after() -> str:
    return rf"(?<!\w){any_of('after')}(?=\s)"
