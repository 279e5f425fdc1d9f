"""Spans of time as people write them for Tocsin: "10 min", "1 h 30 min", "2 d", "PT15M"."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), timedelta(seconds=1)),
    **dict.fromkeys(("m", "min", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("w", "week", "weeks"), timedelta(weeks=1)),
}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", re.IGNORECASE)
_ISO = re.compile(
    r"P(?:(?P<w>\d+)W)?(?:(?P<d>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?", re.IGNORECASE
)
LONGEST = timedelta(days=3660)


def span(text: str) -> timedelta:
    """The span that a text means; ValueError for anything without a unit, for zero, and beyond ten years.

    Zero is refused because it is what a slip of the pen looks like: "0 min" would page everybody at once.

    >>> span("1 h 30 min"), span("PT15M")
    (datetime.timedelta(seconds=5400), datetime.timedelta(seconds=900))
    """
    found = _iso(text) if text[:1] in "pP" else _plain(text)
    if found <= timedelta(0):
        raise ValueError(f"{text!r} is no time at all; write a span like 10 min")
    if found > LONGEST:
        raise ValueError(f"{text!r} is longer than ten years")
    return found


def _plain(text: str) -> timedelta:
    total, at = timedelta(0), 0
    while at < len(text):
        part = _PART.match(text, at)
        unit = _UNITS.get(part[2].casefold()) if part else None
        if part is None or unit is None:
            raise ValueError(f"{text!r} is no span of time; write a number with its unit: 90 s, 10 min, 2 h, 1 d")
        total += _times(unit, float(part[1]), text)
        at = part.end()
    return total


def _iso(text: str) -> timedelta:
    found = _ISO.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        raise ValueError(f"{text!r} is no span of time; write 10 min, or PT10M")
    sizes = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
    total = timedelta(0)
    for name, count in found.groupdict().items():
        if count:
            total += _times(_UNITS[sizes[name]], float(count), text)
    return total


def _times(unit: timedelta, count: float, text: str) -> timedelta:
    try:
        return unit * count
    except OverflowError:
        raise ValueError(f"{text!r} is longer than ten years") from None
