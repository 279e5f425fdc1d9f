"""By when somebody has to be told, "notify the privacy officer within 72 hours": a deadline, and no wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tocsin.runbook.durations import Span, spans
from tocsin.runbook.escalation.tiers import speaks_of_escalating
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import EscalationLevel, EscalationRule, Trigger
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary

_LONG = 86_400
"""Seconds. "Page the lead within 10 minutes" is said of a ladder as well; nobody is woken by what has a day's time."""


def deadlines_in(chain: Sequence[EscalationLevel]) -> list[EscalationLevel]:
    """The levels that say by when somebody has to be told: "Legal (within 72 hours)", "DPO (GDPR, 72 h)".

    In a ladder that climbs "within 15 minutes", "within an hour", one "within a day" is a level like the others.
    """
    climbs = any(_is_latest(text, span) for level in chain for text, span in _times(level) if not _is_long(span))
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


def _said(level: EscalationLevel) -> str:
    who, after = " + ".join(level.targets), level.after.text if level.after else ""
    return after if who in after else f"{who}: {after}" if after else who


def _is_deadline(level: EscalationLevel, *, climbs: bool) -> bool:
    says = vocabulary().says
    return any(
        says("law", text) or (_is_latest(text, span) and not (climbs and (span.duration.seconds or 0) <= _LONG))
        for text, span in _times(level)
        if _is_long(span)
    )


def _times(level: EscalationLevel) -> Iterator[tuple[str, Span]]:
    """The lengths of time that a level names, each with its text, but for those that somebody is waited for."""
    says = vocabulary().says
    for text in (level.condition or "", level.after.text if level.after else "", *level.targets):
        waits = any(says(name, text) for name in ("unresolved", "unacknowledged")) or speaks_of_escalating(text)
        yield from ((text, span) for span in spans(text) if not waits)


def _is_long(span: Span) -> bool:
    return (span.duration.seconds or 0) >= _LONG


def _is_latest(text: str, span: Span) -> bool:
    """Whether a length of time is the longest that is allowed: "within 72 hours", "72時間以内"."""
    return bool(_before().search(text[: span.start]) or _behind().match(text[span.end :]))


@pattern
def _before() -> str:
    return rf"{any_of('deadline')}\s+(?:{any_of('article', 'first')}\s+)*$"


@pattern
def _behind() -> str:
    return rf"\s*{any_of('deadline_behind')}"
