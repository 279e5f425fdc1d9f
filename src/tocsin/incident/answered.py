"""The team's answers in `tocsin.toml`, completed by those in the runbook. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from tocsin.incident.choices import Choices, calendar_of, calendar_words, cite, words
from tocsin.incident.facts import Citation
from tocsin.runbook.answers.forms import Value, value_of
from tocsin.runbook.answers.hours import Hours
from tocsin.runbook.playbook import Answer

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "escalate_after": "escalate_after",
        "immediate_means": "immediate_means",
        "acknowledgement_lapses_after": "lapses_after",
        "page_again_after": "repeats_every",
        "confirm_within": "confirm_within",
        "strictest": "strictest",
        "no_page": "no_page",
        "first_responder": "first_responder",
        "business_hours": "business_hours",
    }
)
"""The field of ``Choices`` for each setting."""


def answered(choices: Choices, answers: Sequence[Answer]) -> Choices:
    """The choices with the runbook's answers where `tocsin.toml` has none, and with the lines of those."""
    found: dict[str, Any] = {}
    cites: dict[str, Citation] = {}
    for one in answers:
        field = FIELDS.get(one.key)
        if one.problem or field is None or getattr(choices, field) is not None:
            continue
        value = value_of(one)
        found[field] = calendar_of(value) if isinstance(value, Hours) else value
        if (source := cite(one.lines, f"{one.key}: {one.text}")) is not None:
            cites[one.key] = source
    return replace(choices, **found, cites=cites) if found else choices


def answer_words(answer: Answer) -> str:
    """What an answer means, in the same words for the same meaning."""
    value: Value = value_of(answer)
    match value:
        case timedelta():
            return words(value)
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(value)
        case Hours():
            return calendar_words(calendar_of(value))
        case _:
            return value
