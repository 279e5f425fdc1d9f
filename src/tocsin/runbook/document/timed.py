"""A title beside which stands when it is, or for which severities: "Containment – 30 minutes", "0–15 min: Triage"."""

from __future__ import annotations

import re
from functools import cache

from tocsin.runbook.durations import spans
from tocsin.runbook.grammar import small_words
from tocsin.runbook.scale import coded_names
from tocsin.runbook.words import one_of, vocabulary, words_of

_LONGEST = 160
"""Characters of a title or a cell that may be one: every mark in it is tried."""
_DIGIT = re.compile(r"\d")
_MARK = re.compile(r"\s*[:：|｜,，;；⏱⏰\[【]\ufe0f?\s*|\s+[-–—~]+\s+|\s*[–—]+\s+")
"""Between a title and its time."""
_BLANK = re.compile(r"\s+")
_CLOSING = "]】 "
_COUNTED = re.compile(r"T\s?\+\s?\d+|\d+|[<>≤≥~+]")
"""What is left of a span that begins with a point in time, "T+0 to T+15"."""


def timed(text: str) -> tuple[str, str] | None:
    """A title and the time or the levels that stand beside it; None where none do.

    >>> timed("Containment – P1/P2, 30 minutes"), timed("0–15 min: Triage"), timed("Oven 2: cold")
    (('Containment', 'P1/P2, 30 minutes'), ('Triage', '0–15 min'), None)
    >>> timed("Minute 0-5: Triage"), timed("Triage 15 min")
    (('Triage', '0-5 Minute'), ('Triage', '15 min'))
    """
    if len(text) > _LONGEST or _DIGIT.search(text) is None:
        return None
    for mark in _MARK.finditer(text):
        before, behind = text[: mark.start()].strip(), text[mark.end() :].rstrip(_CLOSING).strip()
        if before and _is_when(behind):
            return before, _unit_behind(behind)
        if behind and _is_when(before):
            return behind, _unit_behind(before)
    blanks = (text[: blank.start()] for blank in _BLANK.finditer(text))
    return next(((before, said) for before in blanks if stretch(said := text[len(before) :].strip())), None)


def stretch(text: str) -> str:
    """A text that is a length or a stretch of time, with its unit behind it; "" for any other text.

    >>> stretch("5–15 minutes"), stretch("Minute 0-5"), stretch("15 minutes of silence")
    ('5–15 minutes', '0-5 Minute', '')
    """
    return _unit_behind(text) if _left_of_times(text) == "" else ""


def _is_when(text: str) -> bool:
    """Whether a text holds a length of time or levels, and nothing but small words beside them."""
    rest = _left_of_times(text)
    if rest is not None:
        return rest == "" or _is_small(_without_levels(rest))
    bare = _without_levels(text) if _DIGIT.search(text) else text
    return bare != text and _is_small(bare)


def _left_of_times(text: str) -> str | None:
    """What a text says beside lengths of time, "" for small words only; None where it has no such length."""
    if len(text) > _LONGEST or _DIGIT.search(text) is None:
        return None
    rest = text = _unit_behind(text)
    for span in spans(text):
        rest = f"{rest[: span.start]}{' ' * (span.end - span.start)}{rest[span.end :]}"
    if rest == text:
        return None
    return "" if _is_small(rest) else rest


def _without_levels(text: str) -> str:
    for name in coded_names(text):
        text = text.replace(name, " ", 1)
    return text


def _is_small(text: str) -> bool:
    return _small().issuperset(words_of(_COUNTED.sub(" ", text)))


def _unit_behind(text: str) -> str:
    """A stretch of time with its unit behind it: "0-5 Minute" for "Minute 0-5"."""
    return _unit_first().sub(r"\g<number> \g<unit>", text, count=1)


@cache
def _unit_first() -> re.Pattern[str]:
    """A stretch of time with its unit before it: "Minute 0-5", "Hour 1"."""
    units = one_of(unit for name in ("minute", "hour", "day") for unit in vocabulary().durations[name] if len(unit) > 2)
    return re.compile(rf"^(?P<unit>{units})\s+(?P<number>\d+(?:\s?[-–—]\s?\d+)?)$", re.IGNORECASE)


@cache
def _small() -> frozenset[str]:
    """What stands beside a time: "within", "the first", "only", "max"."""
    within = (word for phrase in vocabulary().durations["within"] for word in words_of(phrase))
    return small_words("filler", "only", "until", "for", "and", "or", "after_span", "first").union(within)
