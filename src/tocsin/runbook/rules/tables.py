"""TOC115: columns and rows of the tables that decide who answers when, of which no word was taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tocsin.runbook.blocks import Row, Table
from tocsin.runbook.compiled import Compiled
from tocsin.runbook.findings import finding, short
from tocsin.runbook.inline import Inline
from tocsin.runbook.json import playbook_json
from tocsin.runbook.placeholders import is_gap
from tocsin.runbook.playbook import Finding, Playbook
from tocsin.runbook.words import normal, vocabulary

_KINDS = frozenset(["severity", "targets", "escalation", "when_to_escalate", "contacts", "oncall", "team"])
_KEYS = (
    "severities",
    "escalation_levels",
    "escalation_by_severity",
    "escalation_rules",
    "roles",
    "contacts",
    "channels",
    "phases",
    "procedures",
    "cadences",
    "communication",
    "postmortem",
    "duties",
    "links",
)
_NUMBER = re.compile(r"\D{0,8}\d{1,2}(?:\s*(?:st|nd|rd|th|级|級|線|线|次))?|[一二三四五][级級線线层層]")
_CLAUSES = re.compile(r"[,;/，；、·•]|\s[-–—]\s|(?:→|->|=>)|\s\+\s|[()（）]")


class _Said(NamedTuple):
    """What the values of a playbook say, in the spelling in which words are compared."""

    words: str
    durations: frozenset[str]
    """"5 minutes": all that is kept of "not acknowledged within 5 minutes"."""


def table_findings(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """What a table about severities, escalation or people says that is in no value of the playbook.

    A cell counts as read when one of its clauses stands in the playbook; it may stand there for another reason, so
    what this finds is missing for certain, and what it does not find may still be.
    """
    said: _Said | None = None
    for section in compiled.root.walk():
        if _KINDS.isdisjoint(section.abouts):
            continue
        for table in section.blocks:
            if isinstance(table, Table) and len(table.header) > 1 and table.rows:
                said = _said(playbook) if said is None else said
                yield from _lost(table, said)


def _lost(table: Table, said: _Said) -> Iterator[Finding]:
    lost = [row for row in table.rows if _is_lost(row, said)]
    if len(lost) == len(table.rows):
        yield finding("TOC115", table.lines.first, "this table was not understood: none of its rows is in any value")
        return
    for n, head in enumerate(table.header):
        cells = [row.cells[n] for row in table.rows if n < len(row.cells) and _speaks(row.cells[n])]
        if head.text and cells and not any(_is_read(cell, said) for cell in cells):
            line = head.lines.first
            yield finding("TOC115", line, f"the column {short(head.text)!r} was not understood and is in no value")
    for row in lost:
        first = next(cell.text for cell in row.cells if _speaks(cell))
        yield finding("TOC115", row.lines.first, f"the row {short(first)!r} was not understood and is in no value")


def _is_lost(row: Row, said: _Said) -> bool:
    cells = [cell for cell in row.cells if _speaks(cell)]
    return bool(cells) and not any(_is_read(cell, said) for cell in cells)


def _speaks(cell: Inline) -> bool:
    """Whether a cell holds words: no mark, no dash, no "none", no number of a level, no gap that is told elsewhere."""
    text = cell.text
    return (
        bool(normal(text).strip())
        and not vocabulary().is_a("none", text, 0.9)
        and not is_gap(text)
        and not _NUMBER.fullmatch(text)
    )


def _is_read(cell: Inline, said: _Said) -> bool:
    pieces = [cell.text, *_CLAUSES.split(cell.text)]
    if any(words in said.words for piece in pieces if len(words := normal(piece)) > 2):
        return True
    whole = normal(cell.text)
    return any(duration in whole for duration in said.durations)


def _said(playbook: Playbook) -> _Said:
    written = playbook_json(playbook)
    words = "\n".join(normal(text) for key in _KEYS for text in _texts(written.get(key)))
    return _Said(words, frozenset(normal(text) for key in _KEYS for text in _durations(written.get(key))))


def _durations(value: object) -> Iterator[str]:
    """The words of every duration: what has seconds, a kind and a text."""
    match value:
        case {"seconds": _, "kind": _, "text": str(text)}:
            yield text
        case Mapping():
            for one in value.values():
                yield from _durations(one)
        case list() | tuple():
            for one in value:
                yield from _durations(one)
        case _:
            pass


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for one in value.values():
                yield from _texts(one)
        case Iterable():
            for one in value:
                yield from _texts(one)
        case _:
            pass
