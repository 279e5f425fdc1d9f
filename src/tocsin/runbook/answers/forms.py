"""The questions that a team can answer, by their names, and how each answer is written and read."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TypeAlias

from tocsin.runbook.answers.hours import Hours, read_hours
from tocsin.runbook.answers.spans import span
from tocsin.runbook.playbook import Answer

HEADING = "Answers for Tocsin"

Value: TypeAlias = timedelta | bool | str | tuple[str, ...] | Hours
"""What an answer says."""


@dataclass(frozen=True, slots=True)
class Form:
    """How an answer is written: in words, as an example, and read. ``read`` raises ValueError with a sentence."""

    name: str
    example: str
    read: Callable[[str], Value]


def yes_or_no(text: str) -> bool:
    """The truth that a word means; ValueError for any other word.

    >>> yes_or_no("Yes"), yes_or_no("off")
    (True, False)
    """
    said = text.strip().casefold()
    if said in ("true", "yes", "1", "on"):
        return True
    if said in ("false", "no", "0", "off"):
        return False
    raise ValueError("must be true or false, yes or no")


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("must be a text")
    return text.strip()


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _text(text).split(",") if part.strip())


_SPAN = Form("a span like 10 min", "10 min", span)
_FLAG = Form("yes or no", "yes", yes_or_no)
_TEXT = Form("a text", "On-Call", _text)
_WORDS = Form("names with commas between them", "P4, P5", _words)
_HOURS = Form("hours like Mon-Fri 09:00 to 17:00 Europe/Berlin", "Mon-Fri 09:00 to 17:00 Europe/Berlin", read_hours)

FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "escalate_after": _SPAN,
        "immediate_means": _SPAN,
        "acknowledgement_lapses_after": _SPAN,
        "page_again_after": _SPAN,
        "confirm_within": _SPAN,
        "strictest": _FLAG,
        "no_page": _WORDS,
        "first_responder": _TEXT,
        "business_hours": _HOURS,
    }
)
"""Every question that can be answered, by the name that it has in the `assume` table of ``tocsin.toml`` too."""


def value_of(answer: Answer) -> Value:
    """What an answer says. Raises ValueError with a sentence for one that says nothing."""
    return FORMS[answer.key].read(answer.text)


def nearest(key: str) -> str | None:
    """The question that somebody meant who wrote another name."""
    return next(iter(difflib.get_close_matches(key, FORMS, n=1, cutoff=0.6)), None)
