"""Hours of the week as people write them for Tocsin: "Mon-Fri 09:00 to 17:00 Europe/Berlin"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.runbook.stated import BusinessHours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_HOURS = re.compile(
    rf"(?P<days>{_DAY}(?:\s*(?:[-–,]|to)\s*{_DAY})*),?\s+"
    r"(?P<since>\d{1,2}:\d\d)\s*(?:[-–]|to)\s*(?P<until>\d{1,2}:\d\d)\s+(?P<zone>\S+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the week in the wall-clock time of ``zone``: on ``days`` (Monday is 0), open at its end."""

    days: frozenset[int]
    since: time
    until: time
    zone: str


def read_hours(text: str) -> Hours:
    """The hours that a text means; ValueError with a sentence for anything else.

    >>> sorted(read_hours("Mon-Wed, Fri 09:00 to 17:00 UTC").days)
    [0, 1, 2, 4]
    """
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} are no hours; write days, times and a time zone: Mon-Fri 09:00 to 17:00 UTC")
    try:
        since, until = _clock(found["since"]), _clock(found["until"])
        ZoneInfo(found["zone"])
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError(f"there is no time zone {found['zone']!r}; write one like Europe/Berlin") from None
    except ValueError:
        raise ValueError(f"{text!r} has a time of day or a zone that does not exist") from None
    return Hours(_days(found["days"]), since, until, found["zone"])


def hours_of(stated: BusinessHours) -> Hours:
    """The business hours that a runbook states; those without a zone count in UTC."""
    return Hours(frozenset(stated.days), _clock(stated.since), _clock(stated.until), stated.zone or "UTC")


def _clock(text: str) -> time:
    hour, minute = map(int, text.split(":"))
    return time(0) if (hour, minute) == (24, 0) else time(hour, minute)


def _days(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.split(","):
        ends = [_DAYS.index(name[:3].casefold()) for name in re.findall(_DAY, part, re.IGNORECASE)]
        for first, last in zip(ends, ends[1:] or ends, strict=False):
            days |= {(first + n) % 7 for n in range((last - first) % 7 + 1)}
    return frozenset(days)
