"""The clocks that a text promises: "Acknowledge within 5 minutes, fixed in 2 hours"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tocsin.runbook.durations import every, is_measured, spans, target
from tocsin.runbook.grammar import any_of, article, pattern
from tocsin.runbook.levels.draft import Level
from tocsin.runbook.levels.titles import OTHERS
from tocsin.runbook.stated import Duration, DurationKind
from tocsin.runbook.words import vocabulary


def is_clock(value: str) -> bool:
    """Whether a value is a time that somebody keeps: "> 5 s for an hour" is measured, and a criterion."""
    span = target(value)
    return span is not None and not is_measured(value) and not 0 < (span.seconds or 0) < _SHORTEST


KEPT = ("acknowledge_verb", "resolve_verb")


@pattern
def _reason() -> str:
    return rf"\s*(?!{any_of('impersonal')}){any_of('if')}"


def promises_time(text: str) -> bool:
    """Whether a text promises to do something within a time or at a rhythm; a reason to escalate is no promise."""
    words = vocabulary()
    if words.says("unacknowledged", text) or _reason().match(text):
        return False  # a reason to escalate, not a promise
    if is_measured(text):
        return False
    verbs = ("respond_verb", "acknowledge_verb", "resolve_verb", "update_word")
    if not any(words.says(name, text) for name in verbs):
        return False
    span = target(text)
    if span is not None and 0 < (span.seconds or 0) < _SHORTEST:
        return False  # "slow response times (> 2s)" is measured, and promised by nobody
    return span is not None or every(text) is not None


_SHORTEST = 60
"""Seconds. What is to happen sooner is a program's time, not a person's."""


def say_clocks(text: str, line: int, level: Level) -> bool:
    """The clocks that a promise of a response names itself: "acknowledge in 5 min, fix in 2 hours".

    False, and nothing taken, where each of its times is the response.
    """
    words = vocabulary()
    clauses = [clause for clause in _promised(text) if (span := target(clause)) is not None and span.seconds]
    named = any(words.says(name, clause) for name in KEPT for clause in clauses)
    return named and not words.says("unacknowledged", text) and say_targets(text, line, level, default="response")


@pattern
def _between_clauses() -> str:
    return rf"([,;，；]|(?<=[^\W\d]{{2}}\.)\s+(?=\S+\s)|\s[-–—|]\s|{any_of('and_clause')})"


def _promised(text: str) -> Iterator[str]:
    """The clauses of a promise; "acknowledge and begin within 2 hours" is one, its time stands for both verbs."""
    parts, before = _between_clauses().split(text), ""
    for clause, joint in zip(parts[::2], [*parts[1::2], ""], strict=True):
        whole = f"{before} {clause}".strip()
        kept = any(vocabulary().says(name, clause) for name in (*KEPT, "respond_verb"))
        goes_on = joint[:1].isalnum() and len(whole) <= _LONGEST_CLAUSE
        before = whole if goes_on and target(whole) is None else ""
        if not before:
            yield from _each_with_its_time(clause if kept else whole)


_LONGEST_CLAUSE = 400
"""Characters before a time that it may be of."""


def _each_with_its_time(clause: str) -> tuple[str, ...]:
    """A clause of two promises behind the first time, where each side has a verb: "we reply in 5 min, mend in 2 h"."""
    times = list(spans(clause))
    if len(times) != 2:
        return (clause,)
    sides = clause[: times[0].end], clause[times[0].end :]
    verbs = [[name for name in (*KEPT, "respond_verb") if vocabulary().says(name, side)] for side in sides]
    return sides if all(verbs) and verbs[0] != verbs[1] else (clause,)


def say_targets(text: str, line: int, level: Level, *, default: str | None) -> bool:
    """Targets in words: "Immediate response, 15-minute acknowledgment". Whether there were any.

    ``default`` is the target of a time that names none; without one it is passed over.
    """
    words = vocabulary()
    text = without_news(text) if default == "response" else text
    said, efforts = False, list[tuple[str, Duration]]()
    for clause in with_bounds(_promised(text)):
        interval = every(clause, line)
        if interval is not None:
            if default == "update" or words.says("update_word", clause):
                level.state("update", interval)
                said = True
            continue
        found = target(clause, line)
        if (
            found is None
            or is_measured(clause)
            or words.says("unacknowledged", clause)
            or (words.says("unresolved", clause) and words.says("escalate_verb", clause))
            or _is_afterwards(clause)
            or re.search(r"\b(?:RTO|RPO)\b", clause)
        ):
            continue
        if words.says("acknowledge_verb", clause) and not _is_since_then(clause):
            what: str | None = "acknowledge"
        elif words.says("resolve_verb", clause) and not _is_of_another(clause):
            what = "resolution"
        elif words.says("respond_verb", clause):
            what = "response"
        elif _is_of_another(clause):
            continue
        elif not found.seconds and (said or default == "update"):
            continue  # "acknowledge within 2 hours, next business day otherwise; page at once if it grows"
        else:
            what = default
        if what is not None and found.kind is DurationKind.BEST_EFFORT:
            efforts.append((what, found))  # "Best effort. Reply within 1 day": the time counts, where there is one
        elif what is not None:
            level.state(what, found)
            said = True
    for what, found in efforts:
        if not any(one.what == what for one in level.stated):
            level.state(what, found)
            said = True
    return said


def without_news(value: str) -> str:
    """What a value promises, without its sentences and clauses by which others are told in a time of their own.

    "Page the miller. Management is told within an hour" leaves how soon somebody answers unsaid.
    """
    pieces = _BETWEEN_PIECES.split(value)
    kept = [piece for piece in pieces if target(piece) is None or not tells_others(piece)]
    return value if len(kept) == len(pieces) else " ".join(kept)


_BETWEEN_PIECES = re.compile(r"(?<=[.!;。；])\s*(?=[^\s\d])")


def tells_others(clause: str) -> bool:
    """Whether a clause says by when those are told who answer nothing: "Leadership notification within 30 minutes"."""
    says = vocabulary().says
    if any(says(name, clause) for name in ("respond_verb", *KEPT, "rotation")):
        return False
    told = any(says(name, clause) for name in ("notify", "called", "update_word"))
    return told and any(says(name, clause) for name in ("update_word", *OTHERS))


def _is_of_another(clause: str) -> bool:
    """Whether a time is that of something before all is well: "mitigation in 1 hour", "temporary fix", "fix plan"."""
    words = vocabulary().words
    other, resolved = words["other_clock"].best(clause), words["resolve_verb"].best(clause)
    within = resolved is not None and other is not None and resolved.phrase in other.phrase
    return other is not None and (resolved is None or (within and resolved.phrase != other.phrase))


def _is_afterwards(clause: str) -> bool:
    """Whether a time begins when it is over: "a memo within 24 hours of the resolution"."""
    span = next(spans(clause), None)
    behind = _counted_from().match(clause, span.end) if span is not None else None
    return behind is not None and vocabulary().begins_with("resolve_verb", clause[behind.end() :], 1)


def _is_since_then(clause: str) -> bool:
    """Whether a time to mend begins with the acknowledgement: "resolve within 4 hours of acknowledgement"."""
    span = next(spans(clause), None) if vocabulary().says("resolve_verb", clause) else None
    before = clause[: span.start] if span is not None else ""
    return vocabulary().says("resolve_verb", before) and not vocabulary().says("acknowledge_verb", before)


@pattern
def _counted_from() -> str:
    return rf"\s*(?!{any_of('deadline_behind')}){any_of('after_span')}\s*(?:{article()})?"


def with_bounds(clauses: Iterable[str]) -> tuple[str, ...]:
    """The clauses with "at the latest after 10 min" kept with the promise that it bounds."""
    joined: list[str] = []
    for clause in clauses:
        if joined and _bound().match(clause.lstrip()) and promises_time(joined[-1]):
            joined[-1] += f", {clause}"
        else:
            joined.append(clause)
    return tuple(joined)


@pattern
def _bound() -> str:
    return any_of("at_latest")
