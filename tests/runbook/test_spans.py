"""Spans of time in settings and answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tocsin.runbook.answers.spans import span


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("10 min", timedelta(minutes=10)),
        ("90s", timedelta(seconds=90)),
        ("1 h 30 min", timedelta(minutes=90)),
        ("1.5 hours", timedelta(minutes=90)),
        ("2 d", timedelta(days=2)),
        ("1 week", timedelta(weeks=1)),
        ("PT15M", timedelta(minutes=15)),
        ("P1DT2H", timedelta(hours=26)),
    ],
)
def test_a_span_is_a_number_with_its_unit(text: str, meant: timedelta) -> None:
    """What people write for a span is understood."""
    assert span(text) == meant


@pytest.mark.parametrize(
    "text",
    ["", "10", "ten minutes", "0 min", "PT0S", "-5 min", "5 min!", "10 parsecs", "P", "9e9 d", "99999999999999 d"],
)
def test_what_is_no_span_is_refused(text: str) -> None:
    """A number without a unit, nothing at all, zero and centuries are refused."""
    with pytest.raises(ValueError):
        span(text)
