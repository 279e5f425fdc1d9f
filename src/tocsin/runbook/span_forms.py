"""Lengths of time that are no number with a unit: whole phrases, "1h30", "PT15M", marks such as "T+15" and "J+1"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.stated import Duration, DurationKind, Lines, WorkingUnit
from tocsin.runbook.words import one_of, vocabulary, words_of

SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_592_000,
    "year": 31_536_000,
}
"""Of each unit."""


@dataclass(frozen=True, slots=True)
class Span:
    """A duration with where it stands in its text."""

    duration: Duration
    start: int
    end: int


def one_phrase(phrases: list[str]) -> re.Pattern[str]:
    """One of these phrases, whole; a hyphen is as good as a blank in it."""
    latin = one_of(p for p in phrases if ord(p[0]) < 0x2E80).replace(r"\ ", r"[\s-]")
    other = one_of(p for p in phrases if ord(p[0]) >= 0x2E80)
    return re.compile(rf"(?<!\w){latin}(?!\w)|{other}", re.IGNORECASE)


def with_comparator(text: str, start: int) -> int:
    """Where a length begins with the sign before it, "< 15 min"."""
    before = text[:start].rstrip()
    if before.endswith(_COMPARED):
        return len(before) - (2 if before[-1] == "=" else 1)
    return start


_COMPARED = ("<", "≤", ">", "≥", "~", "<=", "≤=", ">=", "≥=", "~=")


def at_line(line: int | None) -> Lines | None:
    """A line as lines."""
    return None if line is None else Lines(line, line)


_HOURS_AND_MINUTES = re.compile(
    r"(?P<h>[0-4])(?<![\w.:,/#$-].)\s?h\s?(?P<m>[0-5]\d)(?:\s?m(?:in)?(?:\.|\b))?(?![\w:])(?!\s?[-–]\s?\d)",
    re.IGNORECASE,
)
"""Hours and minutes as one number, "1h30", "1 h 30", "1h30m"; above a few hours it is a time of day."""

_DAY_MARK = re.compile(r"(?<![\w+])[JD]\s?\+\s?(?P<days>\d{1,2})(?![\w:.,]*\d)")
"""A number of days later, as in French: "J+1"."""

_HOUR_MARK = re.compile(r"(?<![\w+])H\s?\+\s?(?P<h>\d{1,2})(?:[:h](?P<m>[0-5]\d))?(?![\w:.,]*\d|\s?m)")
"""A number of hours later, as in French: "H+1", "H+0:15"; of minutes in "H+15", see below."""

_OF_MINUTES = 5
"""What stands alone behind "H+" and is a multiple of this many is minutes: "H+1", "H+4", "H+24", but "H+15", "H+30"."""

_ISO = re.compile(r"(?<![\w-])PT(?:(?P<h>\d{1,3})H)?(?:(?P<m>\d{1,3})M)?(?![\w-])")
"""A length as ISO 8601 has it, "PT1H30M", as configuration states them."""


_PRIME = re.compile(r"(?<![\w.,'’′‘\"$#/-])(?P<minutes>\d{1,3})\s?['’′](?![\w'’′\"])")
"""Minutes with a prime: "15'"."""


def whole_spans(text: str, line: int | None) -> Iterator[Span]:
    """Lengths that are no number and unit: "half an hour" in one word, "within the hour", "1h30"."""
    words = words_of(text)
    if may_be_phrase(words) and not _first_span_words().isdisjoint(words):
        for match in _whole_words().finditer(text.replace("’", "'")):
            seconds = _seconds(match[0])
            yield Span(Duration(seconds, match[0], DurationKind.ELAPSED, at_line(line)), match.start(), match.end())
    for match in _ISO.finditer(text) if "PT" in text else ():
        seconds = int(match["h"] or 0) * 3600 + int(match["m"] or 0) * 60
        if seconds:
            yield Span(Duration(seconds, match[0], DurationKind.ELAPSED, at_line(line)), match.start(), match.end())
    for match in _DAY_MARK.finditer(text) if "+" in text else ():
        behind = _working().match(text, match.end())
        kind, unit = (DurationKind.BUSINESS, WorkingUnit.DAY) if behind else (DurationKind.ELAPSED, None)
        end = behind.end() if behind else match.end()
        days = int(match["days"]) * SECONDS["day"]
        yield Span(Duration(days, text[match.start() : end], kind, at_line(line), unit), match.start(), end)
    for match in _HOUR_MARK.finditer(text) if "+" in text else ():
        seconds = int(match["h"]) * 3600 + int(match["m"] or 0) * 60
        if not match["m"] and int(match["h"]) % _OF_MINUTES == 0:
            seconds //= 60
        yield Span(Duration(seconds, match[0], DurationKind.ELAPSED, at_line(line)), match.start(), match.end())
    for match in _mark().finditer(text) if "+" in text or "=" in text else ():
        if match["minutes"] and _written_unit().match(text, match.end()):
            continue  # "T+3天"
        seconds = (int(match["h"] or 0) * 60 + int(match["m"] or match["minutes"])) * 60
        minutes = Duration(seconds, match[0], DurationKind.ELAPSED, at_line(line))
        yield Span(minutes, match.start(), match.end())
    for match in _unit_first().finditer(text) if not _minutes().isdisjoint(words) else ():
        seconds = int(match["minutes"]) * 60
        yield Span(Duration(seconds, match[0], DurationKind.ELAPSED, at_line(line)), match.start(), match.end())
    for match in _PRIME.finditer(text) if "'" in text or "′" in text or "’" in text else ():
        start = with_comparator(text, match.start())
        minutes = Duration(int(match["minutes"]) * 60, text[start : match.end()], DurationKind.ELAPSED, at_line(line))
        yield Span(minutes, start, match.end())
    for match in _HOURS_AND_MINUTES.finditer(text) if "h" in text or "H" in text else ():
        if not _at_that_time().search(text[: match.start()]):
            start = with_comparator(text, match.start())
            seconds = int(match["h"]) * 3600 + int(match["m"]) * 60
            said = text[start : match.end()]
            yield Span(Duration(seconds, said, DurationKind.ELAPSED, at_line(line)), start, match.end())


@cache
def _mark() -> re.Pattern[str]:
    """A mark on a timeline, "T+15" or "T+0:15": minutes, unless a unit follows; "+0:15" as well."""
    durations = vocabulary().durations
    unit = one_of(word for name in SECONDS for word in durations.get(name, ()) if ord(word[0]) < 0x2E80)
    clock = r"(?P<h>\d{1,2}):(?P<m>[0-5]\d)(?![\w:.,]*\d)"
    stretch = rf"\s*(?:[-–—~]|{any_of('until')})\s*(?:T\s?[+=]\s?)?\d"
    minutes = rf"(?P<minutes>\d{{1,4}})(?![\w:.,]*\d|[a-z]|\s{unit}(?!\w)|{stretch})"
    return re.compile(rf"(?<!\w)(?:T0?\s?[+=]|\+(?=0{{1,2}}:))\s?(?:{clock}|{minutes})", re.IGNORECASE)


@cache
def _minutes() -> frozenset[str]:
    """The unabbreviated words for a minute: "min 5" is the least of something."""
    return frozenset(one for one in vocabulary().durations["minute"] if len(one) > 4 and ord(one[0]) < 0x2E80)


@cache
def _unit_first() -> re.Pattern[str]:
    """A point on a timeline with its unit first: "minute 20:", "from minute 20 on"."""
    goes_on = r"(?=\s*(?:$|[,;:)–—|→-]|\.(?!\d)|on(?:wards)?\b))"
    return re.compile(rf"(?<!\w){one_of(_minutes())}\s(?P<minutes>\d{{1,3}}){goes_on}", re.IGNORECASE)


@cache
def _written_unit() -> re.Pattern[str]:
    """A unit of a script without blanks, right behind its number."""
    durations = vocabulary().durations
    units = (one for name in SECONDS for one in durations.get(name, ()) if ord(one[0]) >= 0x2E80)
    return re.compile(rf"\s?{one_of(units)}")


def _seconds(phrase: str) -> int:
    known, said = vocabulary().spans, re.sub(r"\s", " ", phrase.casefold())
    return round((known[said] if said in known else known[said.replace("-", " ")]) * 60)


@cache
def _working() -> re.Pattern[str]:
    """Behind a length: only working time counts."""
    return re.compile(rf"\s*{one_of(vocabulary().durations['business'])}(?!\w)", re.IGNORECASE)


@cache
def _whole_words() -> re.Pattern[str]:
    return one_phrase(list(vocabulary().spans))


@pattern
def _at_that_time() -> str:
    """Before a time of day: "à 2h30", "2h00 - 4h00"."""
    return rf"(?:{any_of('at_hour')}|\d\s?[-–])\s*$"


def may_be_phrase(words: tuple[str, ...]) -> bool:
    """Whether the last word of a phrase for one length is among the words of a text."""
    return not _span_words().isdisjoint(words)


@cache
def _span_words() -> frozenset[str]:
    """The last word of every such phrase."""
    return frozenset(words[-1] for phrase in vocabulary().spans if (words := words_of(phrase)))


@cache
def _first_span_words() -> frozenset[str]:
    """The first word of every such phrase: fewer texts hold one than hold "hour"."""
    return frozenset(words[0] for phrase in vocabulary().spans if (words := words_of(phrase)))


_MAY_BE_ALWAYS = re.compile(r"(?<!\d)(?:24|7|365)(?!\d)")


def without_round_the_clock(text: str) -> str:
    """A text with blanks for "24 hours a day", "7×24小时": somebody is always there, and no length is stated."""
    if not _MAY_BE_ALWAYS.search(text):
        return text
    text = _round_the_clock().sub(lambda found: " " * len(found[0]), text)
    return _the_whole_day().sub(lambda found: " " * len(found[0]), text)


@cache
def _the_whole_day() -> re.Pattern[str]:
    """The hours of the day with their article: "soporte las 24 horas".

    Behind a preposition, "en las 24 horas", "a las 24 horas", and before what counts them, they are a length.
    """
    durations = vocabulary().durations
    the, hour = one_of(durations["the_whole_day"]), one_of(durations["hour"])
    length = any_of("deadline", "after", "beside_time", "to", "of", "from", "until")
    begins = rf"(?:^|[^\w\s]\s*|(?<!\w)(?!{length}\s)[^\W\d_]+\s+)"
    counted = r"\s[^\W\d_]+(?:es|as|os|i|e)(?!\w)"  # "siguientes", "posteriores"
    return re.compile(rf"{begins}{the}\s24\s?{hour}(?!\w|{counted})", re.IGNORECASE)


@cache
def _round_the_clock() -> re.Pattern[str]:
    durations = vocabulary().durations
    hour, day = one_of(durations["hour"]), one_of(durations["day"])
    always = one_of(durations["round_the_clock"])
    return re.compile(
        rf"(?<!\d)7\s?[x×*/]\s?24\s?{hour}|(?<!\d)(?:24\s?{hour}|7\s?{day})\s?(?:/\s?(?:7|24)\b|,?\s?{always})"
        rf"|(?<!\d)365\s?{day}",
        re.IGNORECASE,
    )
