"""Stretches of a timeline, one behind the other: "First 15 minutes", "next 30 minutes", "after that"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tocsin.runbook.durations import spans
from tocsin.runbook.grammar import any_of, ending, may_hold, pattern

_LONGEST = 24 * 60
"""Minutes. A later stretch is no part of a night's escalation."""


def stretches(texts: Sequence[str]) -> list[tuple[int, str]]:
    """The minute at which each stretch begins, with what is said behind it; empty unless every text is one.

    >>> stretches(["First 15 minutes: desk", "Next 30 minutes: lead", "After that: owner"])
    [(0, ': desk'), (15, ': lead'), (45, ': owner')]
    """
    if len(texts) < 2 or not may_hold(_led_by_word(texts[0]), "up_to"):
        return []
    found = list(_stretches(texts))
    return found if len(found) == len(texts) else []


def _stretches(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    begun: int | None = 0
    for n, text in enumerate(map(_led_by_word, texts)):
        led = (_next().match(text) if n else _first().match(text)) if begun is not None else None
        rest = text[led.end() :] if led is not None else ""
        length = _length(rest)
        if length is not None:
            minutes, end = length
            yield begun or 0, rest[end:]
            begun = (begun or 0) + minutes if (begun or 0) + minutes <= _LONGEST else None
        elif n and begun is not None and (last := _last().match(text)) is not None:
            yield begun, text[last.end() :]
            begun = None
        else:
            return


def _led_by_word(text: str) -> str:
    """A text with "first" or "next" before its number: "les 10 premières minutes"."""
    found = _BETWEEN.match(text)
    return f"{found['word']} {found['number']} {text[found.end() :]}" if found is not None else text


_BETWEEN = re.compile(r"\W{0,4}(?:[^\W\d_]{1,4}\s)?(?P<number>\d{1,3})\s(?P<word>[^\W\d_]{4,12})\s(?=[^\W\d_])")


def _length(rest: str) -> tuple[int, int] | None:
    """The minutes of a length that a text begins with, and where it ends; one of the unit where no number stands."""
    for said, shift in ((rest, 0), (f"1 {rest}", 2)):
        span = next(spans(said), None)
        if span is not None and span.start == 0 and span.duration.seconds and _BEHIND.match(said, span.end):
            return int(span.duration.seconds // 60), span.end - shift
    return None


_BEHIND = re.compile(r"\s*(?:[:：,，–—→-]|$)")
"""What stands between a stretch and who has it; a cell ends there."""


@pattern
def _first() -> str:
    return rf"\W{{0,4}}{_led('up_to')}"


@pattern
def _next() -> str:
    return rf"\W{{0,4}}{_led('next_stretch')}"


@pattern
def _last() -> str:
    return rf"\W{{0,4}}(?:{any_of('after_stretch')}|{ending('after_stretch')})(?=\s*(?:[:：,，–—→-]|$))"


def _led(name: str) -> str:
    return rf"(?:{any_of(name)}\s+|{ending(name)}\s?)"
