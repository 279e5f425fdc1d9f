"""What a monitor measures as a length of time, "replication lag > 5 min", "p95 above 2 s": nobody waits so long."""

from __future__ import annotations

import re

from tocsin.runbook.grammar import any_of, guarded, may_hold, pattern
from tocsin.runbook.words import is_unspaced

_REACH = 90
"""Characters before a time among which the word for what is measured is looked for."""
_LONGEST = 4_000
"""Characters of a text that is looked through; what is longer is no line that somebody wrote."""
_MINUTE = 60
"""Seconds. From here on the time of a response is that of a person."""


def may_measure(text: str) -> bool:
    """Whether a word for what is measured as a length of time stands in a text."""
    return len(text) <= _LONGEST and may_hold(text, "measure", "measure_of_seconds", "measured_within")


def is_limit_of_measure(text: str, start: int, end: int, seconds: int | None) -> bool:
    """Whether the time between two places of a text is the limit of what is measured, and no wait.

    "Queue age > 10 min", "p99 exceeds 2 s", "レイテンシが5秒を超える", "ten errors in a 60 s window". A sign of
    comparison may belong to the time.
    """
    if may_hold(text, "measured_within") and _within().match(text[end : end + _REACH]) is not None:
        return True
    sign = text[start : start + 1]
    before = text[max(0, start - _REACH) : start] + (sign if sign in _SIGNS else "")
    short = (seconds or _MINUTE) < _MINUTE
    found = _limit().search(before) or (_limit_of_seconds().search(before) if short else None)
    if found is not None:
        return _lasting().search(found["between"]) is None
    if not is_unspaced(text) and not may_hold(text, "measured_behind"):
        return False
    near = _named().search(before) or (_named_of_seconds().search(before) if short else None)
    if near is None or _lasting().search(near["between"]) is not None:
        return False
    return _behind().match(text[end : end + _REACH]) is not None


_SIGNS = tuple(">≥＞")


def _compared() -> str:
    sign = rf"(?:[>≥＞]=?|{any_of('measured')})"  # "P95 < 15 min" is how soon people answer
    return rf"(?P<between>[^.;!?。；→]{{0,40}}?{sign})\s*$"


@guarded("measure")
def _limit() -> str:
    return rf"{any_of('measure')}{_compared()}"


@guarded("measure_of_seconds")
def _limit_of_seconds() -> str:
    return rf"{any_of('measure_of_seconds')}{_compared()}"


_NEAR = r"(?P<between>[^.;!?。；→,，、]{0,12})$"


@guarded("measure")
def _named() -> str:
    return rf"{any_of('measure')}{_NEAR}"


@guarded("measure_of_seconds")
def _named_of_seconds() -> str:
    return rf"{any_of('measure_of_seconds')}{_NEAR}"


@pattern
def _lasting() -> str:
    """Before a time that tells for how long something has been so: "latency has been high for 10 minutes"."""
    return any_of("lasting")


@guarded("measured_within")
def _within() -> str:
    return rf"[\s-]*{any_of('measured_within')}"


@guarded("measured_behind")
def _behind() -> str:
    return rf"\s*{any_of('measured_behind')}"


LIMIT = re.compile(r"[<>≤≥＞＜]=?\s*\d")
"""A value that is too high or too low: "> 5 %"."""
