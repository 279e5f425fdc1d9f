"""Business hours in a sentence: "Business hours are Monday to Friday, 9 to 5 CET"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from functools import cache
from itertools import pairwise
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
_SMALL = frozenset([
    "is", "are", "the", "our", "on", "at", "in", "from", "time", "local", "eastern", "central", "pacific", "s",
    "sind", "ist", "gilt", "gelten", "unser", "unsere", "die", "der", "das", "von", "für", "uhr",
    "est", "sont", "les", "nos", "le", "du", "de", "des", "pour", "l",
    "es", "son", "el", "la", "los", "las", "nuestro", "para", "hora", "são", "é", "o", "a", "os", "as", "nosso",
    "è", "sono", "vale", "valgono", "il", "lo", "i", "gli", "per", "dalle", "с", "по", "в", "наше", "наши",
    "は", "が", "です", "은", "는", "이", "입니다", "是", "为",
])  # fmt: skip
"""Words that may stand between business hours, their days and their times, and say nothing else of them."""
_LEVEL = re.compile(r"(?:sev|s|p)\d")
_OFFSET = re.compile(r"\s?[+−–-]\s?\d{1,2}(?::?\d\d)?(?!\d)")


def read_business_hours(everything: Iterable[Leaf]) -> BusinessHours | None:
    """The hours of which a sentence says that they are business hours, and no more; None where two sentences differ.

    Anything else in the sentence leaves it unread: "outside of", another team's name, "not", "except", a second span.
    The words for business hours stand in the sentence, or are its heading. Hours of a contact or of a shift are none.
    """
    words, found = vocabulary(), list[BusinessHours]()
    for leaf in everything:
        if leaf.form == "comment" or len(leaf.text) > 400 or not _TWO_NUMBERS.search(leaf.text):
            continue
        below = words.says("business_time", leaf.section.title.text) and _is_plain(leaf.section.title.text)
        if not (below or words.says("business_time", leaf.text)) or not _OTHERS.isdisjoint(leaf.section.abouts):
            continue
        for sentence in re.split(r"(?<=[!?。])\s*|(?<=[^\d\W]\.)\s+(?=[A-ZÀ-Þ])", leaf.text):
            hours = _read(sentence, Lines(*leaf.inline.lines), below=below)
            found += [hours] if hours else []
    said = {(one.days, one.since, one.until, one.zone) for one in found}
    return found[0] if len(said) == 1 else None


def _read(sentence: str, lines: Lines, *, below: bool) -> BusinessHours | None:
    named = _phrases("business_time").search(sentence)
    if named is None and not below:
        return None
    days, place = _days(sentence)
    hours = next((found for found in _HOURS.finditer(sentence) if _is_of_day(found)), None)
    if place is None or hours is None:
        return None
    zone, end = _zone(hours["zone"]), hours.end() - len(hours["end"] or "")
    if zone is None and hours["zone"] and not hours["zone"].strip(" (（").isupper():
        end = hours.start("zone")
    elif offset := _OFFSET.match(sentence, end):
        zone, end = None, offset.end()  # "UTC+8" is no zone whose summer time is known
    spans = sorted([place, (hours.start(), end), *([named.span()] if named else [])])
    if any(later[0] < before[1] for before, later in pairwise(spans)):
        return None
    rest = [sentence[before[1] : later[0]] for before, later in pairwise(spans)]
    if not _says_nothing(sentence[: spans[0][0]], opening=named is not None and spans[0] == named.span()):
        return None
    if not all(_says_nothing(one) for one in (*rest, sentence[spans[-1][1] :])):
        return None
    since, until = _time(hours, 1), _time(hours, 2)
    if since is None or until is None:
        return None
    if until <= since and since.hour < 12 and not hours["half2"] and until.hour < 12:
        until = time(until.hour + 12, until.minute)  # "9 to 5"
    if until <= since:
        return None
    return BusinessHours(days, f"{since:%H:%M}", f"{until:%H:%M}", zone, sentence.strip(), lines)


def _is_of_day(match: re.Match[str]) -> bool:
    """Whether two numbers are times of day, unlike those of "3 to 5 tickets"."""
    return bool(_zone(match["zone"])) or any(
        match[name] for name in ("mark1", "mark2", "half1", "half2", "uhr1", "uhr2", "end")
    )


def _says_nothing(text: str, *, opening: bool = False) -> bool:
    """Whether only small words stand there; ``opening``: or a level's response, "S2: reply in"."""
    said = [word.casefold() for word in re.findall(r"[^\W_]+", text)]
    return all(word in _SMALL or (opening and (_LEVEL.fullmatch(word) or word in _responding())) for word in said)


def _is_plain(title: str) -> bool:
    """Whether a heading names business hours and nothing that they would be of, or outside of."""
    return _says_nothing(_phrases("business_time").sub(" ", title))


@cache
def _responding() -> frozenset[str]:
    return frozenset(word for phrase in vocabulary().words["respond_verb"].spaced for word in phrase.split())


@cache
def _phrases(name: str) -> re.Pattern[str]:
    """Where a phrase of a list stands, in the plural as well."""
    lexicon = vocabulary().words[name]
    latin = (r"[\W_]+".join(f"{re.escape(word)}s?" for word in phrase.split()) for phrase in lexicon.spaced)
    several = sorted((*(rf"(?<![^\W_]){one}(?![^\W_])" for one in latin), *map(re.escape, lexicon.written)), key=len)
    return re.compile("|".join(reversed(several)), re.IGNORECASE)


def _time(match: re.Match[str], n: int) -> time | None:
    hour, minute, half = int(match[f"h{n}"]), int(match[f"m{n}"] or 0), (match[f"half{n}"] or "").casefold()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _zone(said: str | None) -> str | None:
    name = (said or "").strip(" (（")
    if "/" not in name:
        return _ZONES.get(name.upper()) if name.isupper() else None
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _days(sentence: str) -> tuple[tuple[int, ...], tuple[int, int] | None]:
    """The days of "Monday to Friday", "Mo–Fr", "平日" and where they stand; no single day and no day to itself."""
    pattern, numbers = _day_names()
    for match in pattern.finditer(sentence):
        first, last = numbers[match["first"].casefold()], numbers[match["last"].casefold()]
        if first != last:
            return tuple(sorted((first + n) % 7 for n in range((last - first) % 7 + 1))), match.span()
    weekdays = _phrases("weekdays").search(sentence)
    return tuple(range(5)), weekdays.span() if weekdays else None


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
