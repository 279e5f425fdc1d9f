"""Times for several severities in one sentence: "5 minutes for SEV-1, 30 minutes for SEV-2"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.durations import spans, symbolic, target
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration, DurationKind


def times_by_severity(text: str, scale: Scale, line: int | None = None) -> dict[str, Duration]:
    """The time of each severity in a sentence; empty unless every time there belongs to levels, each named once."""
    places = scale.places(text)
    if len(places) < 2:
        return {}
    timed = ((span.start, span.duration) for span in (*spans(text, line), *symbolic(text, line)))
    times = sorted([*timed, *_at_once(text, places, line)], key=lambda one: one[0])
    if len(times) < 2:
        return {}
    found: list[tuple[list[str], Duration]] = []
    names: list[str] = []
    time_first = times[0][0] < places[0][0]
    marks: list[tuple[int, str | Duration]] = [(start, text[start:end]) for start, end in places]
    for _at, said in sorted([*marks, *times], key=lambda one: one[0]):
        if isinstance(said, str):
            level = scale.mentioned(said)[0]
            (found[-1][0] if time_first else names).append(level)
        else:
            found.append(([] if time_first else names, said))
            names = []
    every = [name for group, _duration in found for name in group]
    if names or not all(group for group, _duration in found) or len(every) != len(set(every)) or len(every) < 2:
        return {}
    return {name: duration for group, duration in found for name in group}


def _at_once(text: str, places: list[tuple[int, int]], line: int | None) -> Iterator[tuple[int, Duration]]:
    """What stands behind a severity, up to a mark, and says that its time is none: "SEV1 immediate, SEV2 15 min".

    Each with its place in the text.
    """
    for _start, end in places:
        said = _UP_TO_A_MARK.match(text, end)
        value = said["value"].strip() if said is not None else ""
        span = target(value, line) if value and len(value.split()) <= _WORDS else None
        if span is not None and span.kind is DurationKind.IMMEDIATE and said is not None:
            yield said.start("value"), span


_UP_TO_A_MARK = re.compile(r"\s*[:：=→–—-]*\s*(?P<value>[^,;/，；、／。.:：]{2,30})(?=[,;/，；、／。.]|$)")
_WORDS = 3
"""Of "right away"."""
