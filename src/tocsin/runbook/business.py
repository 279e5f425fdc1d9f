"""Business hours in a sentence: "Business hours are Monday to Friday, 9 to 5 CET"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.playbook import BusinessHours, Lines
from tocsin.runbook.words import vocabulary

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TO = r"\s*(?:[-–—~〜～]|\b(?:to|through|until|till|bis|à|a|al|au|alle|às|até|e|по|до)\b|から|至|到|부터)\s*"
_CLOCK = (
    r"(?P<h{0}>\d{{1,2}})(?:(?P<mark{0}>[:h時点시]|\.(?=\d\d))\s?(?P<m{0}>\d\d)?)?"
    r"\s*(?P<half{0}>[ap]\.?m\b\.?)?\s*(?P<uhr{0}>Uhr\b|h\b)?"
)
_HOURS = re.compile(
    rf"(?<![\w:.])(?:(?:from|von|de|dalle|das|с)\s+)?{_CLOCK.format(1)}{_TO}{_CLOCK.format(2)}(?!\s?(?:%|min|\d))"
    r"(?P<zone>\s*[(（]?\s*(?:[A-Z][a-z]+/[A-Z][A-Za-z_]+|[A-ZА-Я]{2,4})\b)?(?P<end>\s*(?:$|[.,;)）]))?",
    re.IGNORECASE,
)
_ZONES = {
    "UTC": "UTC",
    "GMT": "UTC",
    "CET": "CET",
    "CEST": "CET",
    "MEZ": "CET",
    "MESZ": "CET",
    "WET": "WET",
    "EET": "EET",
    "BST": "Europe/London",
    "MSK": "Europe/Moscow",
    "МСК": "Europe/Moscow",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "BRT": "America/Sao_Paulo",
    "ET": "America/New_York",
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
}
"""Short names that mean one zone; others, such as IST and CST, mean several and none is taken."""
_OTHERS = frozenset(["contacts", "vendors", "templates", "postmortem_template", "upkeep"])
_TWO_NUMBERS = re.compile(r"\d\D+\d")


def read_business_hours(everything: Iterable[Leaf]) -> BusinessHours | None:
    """The first sentence that says which hours are business hours: days, a time of day to another; None without one.

    Hours of a contact or of a shift are none: the words for business hours stand in the sentence or in its heading.
    """
    words = vocabulary()
    for leaf in everything:
        if leaf.form == "comment" or len(leaf.text) > 400 or not _TWO_NUMBERS.search(leaf.text):
            continue
        named = words.says("business_time", leaf.text) or words.says("business_time", leaf.section.title.text)
        if not named or not _OTHERS.isdisjoint(leaf.section.abouts):
            continue
        for sentence in re.split(r"(?<=[!?。])\s*|(?<=[^\d\W]\.)\s+(?=[A-ZÀ-Þ])", leaf.text):
            found = _read(sentence, Lines(*leaf.inline.lines))
            if found is not None:
                return found
    return None


def _read(sentence: str, lines: Lines) -> BusinessHours | None:
    days = _days(sentence)
    if not days:
        return None
    for match in _HOURS.finditer(sentence):
        since, until = _time(match, 1), _time(match, 2)
        clock = any(match[name] for name in ("mark1", "mark2", "half1", "half2", "uhr1", "uhr2", "end"))
        if since is None or until is None or not (clock or _zone(match["zone"])):
            continue  # "3 to 5 tickets"
        if until <= since and not match["half2"] and until.hour < 12:
            until = time(until.hour + 12, until.minute)  # "9 to 5"
        if until > since:
            return BusinessHours(
                days, f"{since:%H:%M}", f"{until:%H:%M}", _zone(match["zone"]), sentence.strip(), lines
            )
    return None


def _time(match: re.Match[str], n: int) -> time | None:
    hour, minute, half = int(match[f"h{n}"]), int(match[f"m{n}"] or 0), (match[f"half{n}"] or "").casefold()
    if half.startswith("p") and hour < 12:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _zone(said: str | None) -> str | None:
    name = (said or "").strip(" (（")
    if "/" not in name:
        return _ZONES.get(name.upper()) if name.isupper() else None
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _days(sentence: str) -> tuple[int, ...]:
    """The days of "Monday to Friday", "Mo–Fr", "平日"; no single day and no day to itself."""
    pattern, numbers = _day_names()
    for match in pattern.finditer(sentence):
        first, last = numbers[match["first"].casefold()], numbers[match["last"].casefold()]
        if first != last:
            return tuple(sorted((first + n) % 7 for n in range((last - first) % 7 + 1)))
    return tuple(range(5)) if vocabulary().says("weekdays", sentence) else ()


@cache
def _day_names() -> tuple[re.Pattern[str], dict[str, int]]:
    words = vocabulary().words
    numbers = {
        name: n for n, day in reversed([*enumerate(_DAYS)]) for name in (*words[day].spaced, *words[day].written)
    }
    names = "|".join(map(re.escape, sorted(numbers, key=len, reverse=True)))
    return re.compile(
        rf"(?<![^\W_])(?P<first>{names})\.?s?{_TO}(?P<last>{names})s?(?![^\W\d_])", re.IGNORECASE
    ), numbers
