"""What a level is, taken apart: its sentences and clauses, and which of them call somebody or are only a time."""

from __future__ import annotations

import re
from functools import cache

from tocsin.runbook.document.inline import Inline, plain
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.everybody import tells_everybody
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.escalation.sentences.calling import is_passive
from tocsin.runbook.escalation.sentences.told import tells, told_at_once
from tocsin.runbook.grammar import article, pattern, phrases
from tocsin.runbook.levels.promises import is_clock, promises_time, with_bounds
from tocsin.runbook.procedure.procedures import split_clauses
from tocsin.runbook.sentence_ends import clause_ends, cut_short
from tocsin.runbook.stated import DurationKind
from tocsin.runbook.words import vocabulary


def sentences(clause: str) -> list[str]:
    """A clause by its sentences where a later one says what to do: "All ovens are cold. Escalate at once."."""
    first, *others = before_capitals().split(clause)
    told = any(is_call(one) or is_called(one) for one in others)
    return [first, *others] if told and not (is_call(first) or is_called(first)) else [clause]


def told_apart(said: str) -> list[str]:
    """A text by its sentences where one of them tells somebody: "All ovens are cold. Page the chef."."""
    told = [one for one in before_capitals().split(said.strip()) if one]
    return told if any(map(tells_somebody, told)) else [said]


def tells_somebody(sentence: str) -> bool:
    """Whether a sentence orders to call one of us: "Page the lead at once", and not "Call volume is low"."""
    if tells(sentence) and told_at_once(sentence, named=False):
        return True
    calls = any(vocabulary().begins_with(name, sentence, 1) for name in ("escalate_verb", "notify"))
    return calls and tells_everybody(sentence)  # "Engage all hands", and not "Everyone is locked out"


def orders(text: str) -> bool:
    """Whether a text begins with what to do with a thing, "Open a ticket", and is no "Open tickets pile up"."""
    first, _blank, rest = text.partition(" ")
    return first.casefold() in _verbs() and _the().match(rest) is not None


@cache
def _verbs() -> frozenset[str]:
    return frozenset(one for one in phrases("imperative", "chore", "look") if " " not in one)


@pattern
def _the() -> str:
    return article()


def defined_in_title(title: str, rest: str) -> str:
    """What a heading says behind the name of a level and a mark, in three words or more: "P1 — all mills stand"."""
    said = rest.strip(" -–—:|")
    before = title[: title.rfind(said)]
    marked = len(said.split()) > 2 and (before.endswith("\n") or re.search(r"[-–—:|]\s*$", before) is not None)
    return said if marked else ""


def is_bare_time(clause: str) -> bool:
    """Whether a clause is a time and nothing else, "next sprint", "15 min": when somebody looks at it."""
    span = target(clause)
    return (
        span is not None
        and (span.seconds is None or span.kind is DurationKind.IMMEDIATE)
        and span.text == clause.rstrip(".。")
    )


def is_called(clause: str) -> bool:
    """Whether a clause says that one of us is called: "The lead is paged", "Owner and CTO notified within an hour"."""
    return is_passive(clause) or (is_somebody(clause) and vocabulary().says("called", clause))


def is_call(clause: str) -> bool:
    """Whether a clause says whom to tell rather than what is the matter: "on-call → lead", "page the CTO"."""
    return bool(re.search(r"→|->|=>", clause)) or vocabulary().says("escalate_verb", clause)


@pattern
def before_capitals() -> str:
    """Between two sentences of which the second begins with a capital, a number or an arrow."""
    return rf"(?<=[.!?。]){cut_short()}\s+(?=(?-i:[A-Z\u00c0-\u00d6\u00d8-\u00de\u0401\u0410-\u042f0-9>]))"


def criteria_in(inline: Inline) -> tuple[str, ...]:
    """The criteria of a cell: its sentences where it has several, else its clauses."""
    pieces = re.split(r";\s+", inline.text)  # a break in a cell is a semicolon by now
    lines = [bare for piece in pieces if (bare := re.sub(r"^[-–•·*]\s+", "", piece))]
    told = [one for line in lines for one in before_capitals().split(line)]
    if len(told) == len(lines) and not any(line.endswith((".", "。")) for line in lines):
        return split_clauses(inline)
    return tuple(sentence.rstrip(".。 ") for sentence in told)


def _is_when(sentence: str) -> bool:
    """Whether a sentence only says when somebody looks: "Next business day."."""
    bare = sentence.rstrip(".。 ")
    return len(bare.split()) <= _LONGEST_WHEN and is_bare_time(bare)


_LONGEST_WHEN = 3
"""Words."""


_DASHES = re.compile(r"\s[–—|·-]\s")


def clauses(rest: str, line: int) -> tuple[str, ...]:
    """The clauses of a definition; sentences are only told apart where one of them states a target."""
    if whole := re.fullmatch(r"[(（]([^()（）]*)[)）]", rest.strip()):
        rest = whole[1]
    parts = _DASHES.split(rest)
    if len(parts) > 1 and not promises_time(parts[0]) and all(target(one) and is_clock(one) for one in parts[1:]):
        return (*clauses(parts[0], line), *parts[1:])  # "shop shut – answer in 5 min – fix in 2 h"
    told = clause_ends().split(rest)
    if len(told) > 1 and (any(map(promises_time, told)) or _is_when(told[-1])):
        return with_bounds(c for said in told for c in split_clauses(plain(said.rstrip(".。"), line)))
    if any(map(tells_somebody, told[1:])):  # "Site down, data lost. Engage all hands."
        return with_bounds(
            c for said in told for c in ((said,) if tells_somebody(said) else split_clauses(plain(said, line)))
        )
    return with_bounds(split_clauses(plain(rest, line)))
