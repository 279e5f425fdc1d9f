"""What of a document's words came into the playbook, for the findings on what did not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache, cached_property
from operator import attrgetter
from typing import Any

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.grammar import ending, pattern
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.scale import level_name
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.words import normal, vocabulary, words_of

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


@pattern
def _number() -> str:
    behind = ending("level_behind", "level_after")
    return rf"\D{{0,8}}\d{{1,2}}(?:\s*{behind})?|[一二三四五]{behind}"


_CLAUSES = re.compile(r"[,;/，；、·•・／]|\s[-–—]\s|(?:→|->|=>)|\s[+&]\s|[()（）]|(?<=\w)[.!?。](?:\s|$)")


@dataclass(frozen=True, slots=True)
class _Said:
    """What the values of a playbook say, in the spelling in which words are compared."""

    texts: dict[str, list[str]]
    """By each word of theirs, so that a cell is held against the few texts that share its rarest word."""

    durations: dict[str, list[str]]
    """By their first word. "5 minutes" is all that is kept of "not acknowledged within 5 minutes"."""

    names: dict[str, list[str]]
    """Who is called, by their first word: "On-call" is all that is kept of "On-call is paged"."""

    unspaced: list[str]
    """Those of languages without spaces: "30分" is what is kept of "30分ごと"."""

    def holds(self, words: str) -> bool:
        """Whether these words stand together in a text."""
        return any(words in text for text in min((self.texts.get(word, []) for word in words.split()), key=len))

    def has_name_in(self, words: str) -> bool:
        """Whether somebody who is called stands among these words."""
        return any(name in words for word in words.split() for name in self.names.get(word, ()))

    def has_span_in(self, words: str) -> bool:
        """Whether one of the durations stands among these words."""
        if any(span in words for word in words.split() for span in self.durations.get(word, ())):
            return True
        return not words.isascii() and any(span in words.replace(" ", "") for span in self.unspaced)


class ReadWords:
    """The words of a playbook's values; worked out when a word is asked for, so that it costs nothing where none is.

    Words count as read when a clause of theirs stands in the playbook; it may stand there for another reason, so what
    is missing here is missing for certain, and what is not may still be.
    """

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook

    @cached_property
    def _said(self) -> _Said:
        return _said(self._playbook)

    def hold(self, cell: Inline) -> bool:
        """Whether something of a cell or an item was read."""
        return _is_read(cell, self._said)


@remembered_with
def speaks(cell: Inline) -> bool:
    """Whether a cell or item holds words: no mark, dash, "none", number of a level, or gap that is told elsewhere."""
    text = cell.text
    return (
        bool(normal(text).strip())
        and not vocabulary().is_a("none", text, 0.9)
        and not is_gap(text)
        and not _number().fullmatch(text)
    )


def _is_read(cell: Inline, said: _Said) -> bool:
    if any(said.holds(words) for piece in _pieces(cell) if len(words := normal(piece)) > 2):
        return True
    if (level := level_name(cell.text)) is not None and said.holds(normal(level.name)):
        return True  # "P0 Critical": a name and a label
    words = normal(cell.text)
    return said.has_span_in(words) or said.has_name_in(words)


def _pieces(cell: Inline) -> Iterator[str]:
    """All of it, which mostly was read as it stands; then its clauses, and the value behind its label."""
    yield cell.text
    yield from _CLAUSES.split(cell.text)
    if (labelled := cell.labelled) is not None:
        yield labelled[1]
        yield from _CLAUSES.split(labelled[1])


def _said(playbook: Playbook) -> _Said:
    texts, durations = _within(tuple(getattr(playbook, name) for name in _READ_FROM))
    texts |= {text for one in durations for text in (one.text, one.kind.value)}
    said = _Said(defaultdict(list), {}, {}, [])
    chains = (playbook.escalation_levels, *playbook.escalation_by_severity.values())
    for name in {normal(target) for chain in chains for level in chain for target in level.targets}:
        for first in name.split()[:1]:
            said.names.setdefault(first, []).append(name)
    for words in {words_of(one) for one in texts}:
        text = f" {' '.join(words)} "
        for word in set(words):
            said.texts[word].append(text)
    for span in {normal(one.text) for one in durations}:
        for word in span.split()[:1]:
            said.durations.setdefault(word, []).append(span)
        if ord(max(span)) >= 0x2E80:
            said.unspaced.append(span.replace(" ", ""))
    return said


def _within(value: object) -> tuple[set[str], set[Duration]]:
    """Every text and every duration in a value of the playbook."""
    texts: set[str] = set()
    durations: set[Duration] = set()
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        kind: Any = type(one)
        if kind is tuple:
            waiting += filter(None, one)
        elif isinstance(one, str):
            texts.add(one)
        elif kind is Duration:
            durations.add(one)
        elif kind is dict:
            waiting += filter(None, one.values())
        elif not isinstance(one, _WORDLESS):
            waiting += filter(None, _parts_of(kind)(one))
    return texts, durations


_WORDLESS = (int, float, Lines)


@cache
def _parts_of(kind: Any) -> Callable[[Any], Iterable[Any]]:
    """What takes a value of a kind apart: into its fields, except for its lines and the id that it was given here."""
    names = [part.name for part in fields(kind) if part.type not in ("Lines", "int", "bool") and part.name != "id"]
    return attrgetter(*names) if len(names) > 1 else lambda one: [getattr(one, name) for name in names]
