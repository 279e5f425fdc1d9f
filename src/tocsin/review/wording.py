"""Instants and spans in plain words, and text that must stay literal inside Markdown.

Instants are shown in the reader's zone and always name it: a time without its zone is a guess.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_SPECIAL = re.compile(r"([\\`*\[\]<|])")
_LOOSE_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")


def instant(at: datetime, zone: str = "UTC", *, seconds: bool = False) -> str:
    """An absolute time with its zone.

    >>> from datetime import UTC
    >>> instant(datetime(2026, 7, 1, 3, 10, 5, tzinfo=UTC), "Europe/Berlin", seconds=True)
    '2026-07-01 05:10:05 CEST'
    """
    local = at.astimezone(ZoneInfo(zone))
    return local.strftime("%Y-%m-%d %H:%M:%S %Z" if seconds else "%Y-%m-%d %H:%M %Z")


def span(length: timedelta) -> str:
    """A span in words, two units at most; never rounded up to a unit it did not reach.

    >>> span(timedelta(minutes=135)), span(timedelta(seconds=42)), span(timedelta(days=2))
    ('2 hours 15 minutes', '42 seconds', '2 days')
    """
    seconds = max(0, int(length.total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds % 86_400 // 3600, seconds % 3600 // 60
    if days:
        return _joined((days, "day"), (hours, "hour"))
    if hours:
        return _joined((hours, "hour"), (minutes, "minute"))
    if minutes:
        return _joined((minutes, "minute"), (seconds % 60 if minutes < 10 else 0, "second"))
    return _counted(seconds, "second")


def literal(text: str) -> str:
    """The text on one line, so that Markdown shows it as it is: no link, no picture, no blank, no HTML.

    >>> print(literal("see [here](x) <b> a_b"))
    see \\[here\\](x) \\<b> a_b
    """
    one_line = " ".join(text.split())
    return _LOOSE_UNDERSCORE.sub(r"\\_", _SPECIAL.sub(r"\\\1", one_line))


def _joined(first: tuple[int, str], second: tuple[int, str]) -> str:
    return " ".join(_counted(number, unit) for number, unit in (first, second) if number)


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
