"""By when somebody has to be told, "notify the privacy officer within 72 hours": a deadline, and no wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tocsin.runbook.durations import spans
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import EscalationLevel, EscalationRule, Trigger
from tocsin.runbook.span_forms import Span
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.words import vocabulary

_LONG = 86_400
"""Seconds. "Page the lead within 10 minutes" is said of a ladder as well; nobody is woken by what has a day's time."""


def deadlines_in(chain: Sequence[EscalationLevel]) -> list[EscalationLevel]:
    """The levels that say by when somebody has to be told: "Legal (within 72 hours)", "DPO (GDPR, 72 h)".

    In a ladder that climbs "within 15 minutes", "within an hour", one "within a day" is a level like the others, and so
    is one "within 24 hours for SEV3".
    """
    climbs = any(is_latest(text, span) for level in chain for text, span in _times(level) if not _is_long(span))
    return [level for level in chain if _is_deadline(level, climbs=climbs)]


def deadline_rules(chains: Mapping[str, Sequence[EscalationLevel]]) -> Iterator[EscalationRule]:
    """What the deadlines of all chains say, for a person to judge: nobody is paged by one, and none is lost."""
    told: dict[Lines, tuple[str, list[str]]] = {}
    for name, chain in chains.items():
        for level in deadlines_in(chain):
            said = told.setdefault(level.lines, (_said(level), []))
            said[1].extend(filter(None, (name,)))
    for lines, (text, names) in told.items():
        yield EscalationRule(text, lines, Trigger.CONDITION, None, tuple(names))


def as_said(text: str, after: Duration) -> Duration:
    """A length of time that a text names, with the words beside it that call it the longest: "within 72 hours"."""
    start = text.find(after.text)
    end = start + len(after.text)
    before, behind = _before().search(text[: max(start, 0)]), _behind().match(text, end)
    if start < 0 or not (before or behind):
        return after
    return replace(after, text=text[before.start() if before else start : behind.end() if behind else end])


def _said(level: EscalationLevel) -> str:
    who, after = " + ".join(level.targets), level.after.text if level.after else ""
    return after if who in after else f"{who}: {after}" if after else who


def _is_deadline(level: EscalationLevel, *, climbs: bool) -> bool:
    says, in_a_day = vocabulary().says, climbs or bool(level.severities)
    if level.after is not None and is_told_late(level.condition or "", level.after):
        return True
    return any(
        says("law", text) or (is_latest(text, span) and not (in_a_day and (span.duration.seconds or 0) <= _LONG))
        for text, span in _times(level)
        if _is_long(span)
    )


def to_be_told(text: str) -> str | None:
    """Who has to know in more than a day at the latest, where a text says no more: "DPO, no later than 72 hours"."""
    span = next(spans(text), None)
    if span is None or (span.duration.seconds or 0) <= _LONG or not is_latest(text, span):
        return None
    before = _before().search(text[: span.start])
    who = text[: before.start() if before else span.start].strip(" ,，、(（")
    behind = _behind().match(text, span.end)
    return who if who and not text[behind.end() if behind else span.end :].strip(" .。)）") else None


def is_told_late(said: str, after: Duration) -> bool:
    """Whether a point in time more than a day later only says who is told then: "72 h: notify legal"."""
    told = vocabulary().begins_with("notify", said, 4) and not any(
        vocabulary().says(name, said) for name in ("unresolved", "unacknowledged")
    )
    return told and (after.seconds or 0) > _LONG


def _times(level: EscalationLevel) -> Iterator[tuple[str, Span]]:
    """The lengths of time that a level names, each with its text, but for those that somebody is waited for."""
    for text in (level.condition or "", level.after.text if level.after else "", *level.targets):
        yield from ((text, span) for span in spans(text) if not _waits(text))


def _waits(text: str) -> bool:
    says = vocabulary().says
    return any(says(name, text) for name in ("unresolved", "unacknowledged")) or speaks_of_escalating(text)


def _is_long(span: Span) -> bool:
    return (span.duration.seconds or 0) >= _LONG


def is_latest(text: str, span: Span) -> bool:
    """Whether a length of time is the longest that is allowed: "within 72 hours", "72時間以内"."""
    before = text[max(0, span.start - _BESIDE) : span.start]
    return bool(_before().search(before) or _behind().match(text, span.end))


_BESIDE = 80
"""Characters before a time among which the words stand that call it the longest."""


@pattern
def _before() -> str:
    return rf"{any_of('deadline')}\s+(?:{any_of('article', 'first')}\s+)*$"


@pattern
def _behind() -> str:
    return rf"\s*{any_of('deadline_behind')}"
