"""Who a few words name besides the time at which that one is called: "IT manager at 1 hour"."""

from __future__ import annotations

import re

from tocsin.runbook.durations import spans, target
from tocsin.runbook.grammar import any_of, article, pattern
from tocsin.runbook.words import one_of, vocabulary


@pattern
def _around_time() -> str:
    unresolved = one_of(vocabulary().words["unresolved"].spaced)
    time = rf"\W|{any_of('after', 'beside_time', 'deadline')}|(?:{any_of('if')}\s+)?{unresolved}(?!\w)"
    return rf"^(?:{time}|{any_of('calling')}|{any_of('to')}\s+)+(?:{article()})?|(?:{time})+$"


_LONGEST = 500
"""Characters of a cell that may name somebody: what is around a time is looked for from each of them on."""


def without_times(text: str) -> str:
    """Who a cell names besides a time: "IT manager at 1 hour", "Immediate to the director"; a long text is left."""
    if len(text) > _LONGEST:
        return text
    bare = text
    for span in reversed(list(spans(text))):
        led = _led_to_time().search(bare[: span.start])
        behind = _behind_time().match(bare, span.end)
        bare = f"{bare[: led.start() if led else span.start]} {bare[behind.end() if behind else span.end :]}"
    bare = _immediately().sub(" ", bare)
    who = _around_time().sub("", bare.strip()).strip()
    return "" if target(who) is not None or len(who) < 2 else who


@pattern
def _led_to_time() -> str:
    """Right before a time: "another", and an article where the time is one word, "eine Viertelstunde"."""
    one = one_of(word for word, n in vocabulary().numbers.items() if n == 1 and ord(word[0]) < 0x2E80)
    return rf"(?<!\w)(?:{any_of('further')}\s+|{article()}|{one}\s+)+$"


@pattern
def _behind_time() -> str:
    """Right behind a time that counts from the one before: "15 minutes later the lead"."""
    return rf"\s*{any_of('later', 'further_behind')}"


@pattern
def _immediately() -> str:
    words = vocabulary().words["immediate"]
    return rf"\b(?:{'|'.join(map(re.escape, words.spaced))})\b|{one_of(words.written)}"
