"""TOC115: columns and rows of the tables that decide who answers when, of which no word was taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

from tocsin.runbook.blocks import Row, Table
from tocsin.runbook.compiled import Compiled
from tocsin.runbook.findings import finding, short
from tocsin.runbook.inline import Inline
from tocsin.runbook.placeholders import is_gap
from tocsin.runbook.playbook import Duration, Finding, Lines, Playbook
from tocsin.runbook.words import normal, vocabulary

_KINDS = frozenset(["severity", "targets", "escalation", "when_to_escalate", "contacts", "oncall", "team"])
_READ_FROM = (
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


@dataclass(frozen=True, slots=True)
class _Said:
    """What the values of a playbook say, in the spelling in which words are compared."""

    texts: dict[str, list[str]]
    """By each word of theirs, so that a cell is held against the few texts that share its rarest word."""

    durations: dict[str, list[str]]
    """By their first word. "5 minutes" is all that is kept of "not acknowledged within 5 minutes"."""

    def holds(self, words: str) -> bool:
        """Whether these words stand together in a text."""
        return any(words in text for text in min((self.texts.get(word, []) for word in words.split()), key=len))

    def has_span_in(self, words: str) -> bool:
        """Whether one of the durations stands among these words."""
        return any(span in words for word in words.split() for span in self.durations.get(word, ()))


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
    if any(said.holds(words) for piece in pieces if len(words := normal(piece)) > 2):
        return True
    return said.has_span_in(normal(cell.text))


def _said(playbook: Playbook) -> _Said:
    found = list(_within(tuple(getattr(playbook, name) for name in _READ_FROM)))
    said = _Said({}, {})
    for text in {normal(one) for one in found if isinstance(one, str)}:
        for word in set(text.split()):
            said.texts.setdefault(word, []).append(text)
    for span in {normal(one.text) for one in found if isinstance(one, Duration)}:
        for word in span.split()[:1]:
            said.durations.setdefault(word, []).append(span)
    return said


def _within(value: object) -> Iterator[str | Duration]:
    """Every text and every duration in a value of the playbook, in no order."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text):
                yield text
            case Duration() as span:
                yield from (span, span.text, span.kind)
            case None | int() | Lines():
                pass
            case tuple(several):
                waiting.extend(several)
            case dict(named):
                waiting.extend(named.values())
            case one:
                waiting.extend(getattr(one, part.name) for part in fields(one))  # type: ignore[arg-type]
