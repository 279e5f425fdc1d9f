"""By when somebody has to be told, "notify the privacy officer within 72 hours": a deadline, and no wait."""

from __future__ import annotations

from tocsin.runbook.durations import Span, spans
from tocsin.runbook.escalation.tiers import speaks_of_escalating
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import EscalationLevel
from tocsin.runbook.words import vocabulary

_LONG = 86_400
"""Seconds. "Page the lead within 10 minutes" is said of a ladder as well; nobody is woken by what has a day's time."""


def is_deadline(level: EscalationLevel) -> bool:
    """Whether a level says by when somebody has to be told: "Legal (within 72 hours)", "DPO (GDPR, 72 h)"."""
    said = [level.condition or "", level.after.text if level.after else "", *level.targets]
    return any(_is_duty_to_tell(text) for text in said if text)


def _is_duty_to_tell(text: str) -> bool:
    says = vocabulary().says
    if any(says(name, text) for name in ("unresolved", "unacknowledged")) or speaks_of_escalating(text):
        return False
    long = [span for span in spans(text) if (span.duration.seconds or 0) >= _LONG]
    return any(says("law", text) or _is_latest(text, span) for span in long)


def _is_latest(text: str, span: Span) -> bool:
    """Whether a length of time is the longest that is allowed: "within 72 hours", "72時間以内"."""
    return bool(_before().search(text[: span.start]) or _behind().match(text[span.end :]))


@pattern
def _before() -> str:
    return rf"{any_of('deadline')}\s+(?:{any_of('article', 'first')}\s+)*$"


@pattern
def _behind() -> str:
    return rf"\s*{any_of('deadline_behind')}"
