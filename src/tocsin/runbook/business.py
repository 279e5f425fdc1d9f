"""Business hours in a sentence: "Business hours are Monday to Friday, 9 to 5 CET"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.sections import Section
from tocsin.runbook.grammar import any_of, ending, pattern, small_words
from tocsin.runbook.stated import BusinessHours, Lines
from tocsin.runbook.words import vocabulary

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = (
    r"(?P<h{0}>\d{{1,2}})(?:(?P<mark{0}>:|{1}|\.(?=\d\d))\s?(?P<m{0}>\d\d)?)?"
    r"\s*(?P<half{0}>[ap]\.?m\b\.?)?\s*(?P<uhr{0}>{1}\b)?"
)
_OTHERS = frozenset(["contacts", "vendors", "templates", "postmortem_template", "upkeep"])
_ZONE_BEHIND = re.compile(r"\s*[(（,]?\s*(?P<zone>[A-Z][a-z]+/[A-Z][A-Za-z_]+|[A-Z\u0410-\u042f]{2,4})\s*[)）]?\s*\.?$")
"""A zone behind the days, at the end."""
_TWO_NUMBERS = re.compile(r"\d\D+\d")
_SENTENCES = re.compile(r"(?<=[!?。])\s*|(?<=[^\d\W]\.)\s+(?=[A-Z\u00c0-\u00de])")
_LEVEL = re.compile(r"(?:sev|s|p)\d")
_OFFSET = re.compile(r"\s?[+−–-]\s?\d{1,2}(?::?\d\d)?(?!\d)")


@cache
def _to() -> str:
    """Between two points: "9 to 5", "Mo–Fr", "月から金"."""
    return rf"\s*(?:[-–—~〜～]|{any_of('until', 'until_hour', 'and')})\s*"


@cache
def _hours() -> re.Pattern[str]:
    """Two times of day with what stands between and behind them."""
    oclock = ending("oclock")
    since, until = _CLOCK.format(1, oclock), _CLOCK.format(2, oclock)
    return re.compile(
        rf"(?<![^\W\u3040-\u30ff\u3400-\u9fff])(?<![:.])(?:{any_of('from')}\s+)?{since}{_to()}{until}(?!\s?(?:%|min|\d))"
        r"(?P<zone>\s*[(（]?\s*(?:[A-Z][a-z]+/[A-Z][A-Za-z_]+|[A-Z\u0410-\u042f]{2,4})\b)?(?P<end>\s*(?:$|[.,;)）]))?",
        re.IGNORECASE,
    )


def read_business_hours(everything: Iterable[Leaf]) -> BusinessHours | None:
    """The hours of which a sentence says that they are business hours, and no more; None where two sentences differ.

    Anything else in the sentence leaves it unread: "outside of", another team's name, "not", "except", a second span.
    The words for business hours stand in the sentence, or are its heading. Hours of a contact or of a shift are none.
    """
    words, found = vocabulary(), list[BusinessHours]()
    for leaf in everything:
        if leaf.form == "comment" or len(leaf.text) > 400 or not _TWO_NUMBERS.search(leaf.text):
            continue
        below = words.says("business_time", leaf.section.title.text) and _is_ours(leaf.section)
        if not (below or words.says("business_time", leaf.text)) or not _OTHERS.isdisjoint(leaf.section.abouts):
            continue
        for sentence in _SENTENCES.split(leaf.text):
            hours = _read(sentence, Lines(*leaf.inline.lines), below=below)
            found += [hours] if hours else []
    said = {(one.days, one.since, one.until, one.zone) for one in found}
    return found[0] if len(said) == 1 else None


def _read(sentence: str, lines: Lines, *, below: bool) -> BusinessHours | None:
    named = _phrases("business_time").search(sentence)
    if named is None and not below:
        return None
    said = sentence.strip()
    days, place = _days(sentence)
    hours = next((found for found in _hours().finditer(sentence) if _is_of_day(found)), None)
    if place is None or hours is None:
        return None
    zone, end = _zone(hours["zone"]), hours.end() - len(hours["end"] or "")
    if zone is None and hours["zone"] and not hours["zone"].strip(" (（").isupper():
        end = hours.start("zone")
    elif offset := _OFFSET.match(sentence, end):
        zone, end = None, offset.end()  # "UTC+8" is no zone whose summer time is known
    if zone is None and not hours["zone"] and (behind := _ZONE_BEHIND.match(sentence, max(place[1], end))):
        zone = _zone(behind["zone"])
        sentence = sentence[: behind.start()] if zone is not None else sentence  # "9 to 6, Monday to Friday (CET)"
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
    return BusinessHours(days, f"{since:%H:%M}", f"{until:%H:%M}", zone, said, lines)


def _is_of_day(match: re.Match[str]) -> bool:
    """Whether two numbers are times of day, unlike those of "3 to 5 tickets"."""
    return bool(_zone(match["zone"])) or any(
        match[name] for name in ("mark1", "mark2", "half1", "half2", "uhr1", "uhr2", "end")
    )


def _says_nothing(text: str, *, opening: bool = False) -> bool:
    """Whether only small words stand there; ``opening``: or a level's response, "S2: reply in"."""
    said = [word.casefold() for word in re.findall(r"[^\W_]+", text)]
    small = small_words("beside_hours")
    return all(word in small or (opening and (_LEVEL.fullmatch(word) or word in _responding())) for word in said)


def _is_ours(section: Section) -> bool:
    """Whether a heading names business hours and nothing that they would be of, or outside of; nor stands below a name.

    "Support hours" below "Hetzner" are theirs; below a heading that says what it is about they are the team's.
    """
    title = section.title.text
    if not _says_nothing(_phrases("business_time").sub(" ", title)):
        return False
    above = (one for one in section.path() if one is not section and not one.is_title)
    return _support_hours().search(title) is None or all(_is_known(one) for one in above)


def _is_known(section: Section) -> bool:
    said = (vocabulary().says(name, section.title.text) for name in ("support", "vendor", "team_name", "rotation"))
    return bool(section.about) or any(said)


@pattern
def _support_hours() -> str:
    return any_of("support_hours")


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
        return vocabulary().zones.get(name.upper()) if name.isupper() else None
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
        rf"(?<![^\W_])(?P<first>{names})\.?s?{_to()}(?P<last>{names})s?(?![^\W\d_])", re.IGNORECASE
    ), numbers
