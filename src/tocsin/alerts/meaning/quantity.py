"""Quantities with units: what an alert states ("3400 ms", "350 users") and what a criterion limits ("> 2 s").

Each is converted to one unit for the thing it measures, so that 3400 ms can be held against "> 2 s". Spans of time are
of three kinds that are never compared: how long something takes, how long it lasts, how long something waits. A number
without a unit counts where something that can be counted stands beside it ("connections above 400"); what a text calls
a threshold is not what it states.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from tocsin.alerts.meaning.units import (
    ABOVE,
    BELOW,
    BYTES,
    COUNTED,
    FILLERS,
    FOR,
    IS,
    LASTS,
    MAGNITUDES,
    SHARE,
    SPAN,
    TAKES,
    THRESHOLDS,
    UNITS,
    VAGUE,
    WAITS,
    WHICH,
    WINDOWS,
    any_of,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount of ``of`` between ``low`` and ``high``; an open end is not part of it.

    ``of`` is what is measured: `takes`, `lasts`, `waits` (seconds), `share`, `share of users` (percent), `bytes`, or
    what is counted (`user`, `error`, `error/s`). ``text`` are the words, ``unit`` is theirs and ``size`` how much it
    is. ``start`` and ``end`` are the place of number and unit in the text, without a noun that is counted.
    """

    of: str
    low: float
    high: float
    text: str
    open_low: bool = False
    open_high: bool = False
    unit: str = ""
    size: float = 1.0
    start: int = 0
    end: int = 0

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def within(self, limit: Quantity) -> bool | None:
        """Whether it lies within a limit; None when it leaves that open, as "above 1 s" does of "> 2 s"."""
        high_enough = self.low > limit.low or (self.low == limit.low and (self.open_low or not limit.open_low))
        low_enough = self.high < limit.high or (self.high == limit.high and (self.open_high or not limit.open_high))
        if high_enough and low_enough:
            return True
        beyond = self.low > limit.high or (self.low == limit.high and (self.open_low or limit.open_high))
        short = self.high < limit.low or (self.high == limit.low and (self.open_high or limit.open_low))
        return False if beyond or short else None

    def told_in(self, other: Quantity) -> str:
        """The number in the other's unit; empty when it has that unit, or is no single number."""
        if self.size == other.size or not other.unit or not self.exact:
            return ""
        return f"{self.low / other.size:.4g} {other.unit}"


_NUMBER = r"\d{1,9}(?:[,_'’\u00a0\u202f]\d{3})+(?:\.\d{1,6})?|\d{1,15}(?:[.,]\d{1,12})?"
_UNIT = any_of(UNITS)
_NOUN = any_of(COUNTED)
_AMOUNT = re.compile(
    rf"(?=\d)(?<![\w.,:/-])(?:(?P<low>{_NUMBER})\s?(?:{_UNIT})?\s?(?:[-–—]|to|and|bis|und|a|y|à|et|e)\s?)?"
    rf"(?P<number>{_NUMBER})(?:\s?(?P<magnitude>{any_of(MAGNITUDES)})(?![\w/])|(?P<mega>(?-i:M))(?!\w))?"
    rf"(?P<plus>\+)?(?:[\s-]?(?P<unit>{_UNIT})(?![^\W\d_]))?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_CLOCKED = re.compile(r"(?<![\w.])(?=\d{1,9}[hm]\d)(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,5}(?:\.\d{1,9})?)s)?(?!\w)")
_PER = rf"\s?(?:/|per\s|a\s)\s?(?P<per>{any_of(word for word, (kind, _) in UNITS.items() if kind == SPAN)})\b"
_RATE = re.compile(_PER, re.IGNORECASE)
_NOUN_AFTER = re.compile(rf"(?:\sof\s\d{{1,9}})?\s(?:(?:{WHICH})\s)*(?P<noun>{_NOUN})\b(?:{_PER})?", re.IGNORECASE)
_NOUN_BEFORE = re.compile(
    rf"(?:\b|_)(?P<noun>{_NOUN})(?:[\s_](?:{WHICH}|depth|length|size|count|number))*(?:\s?[:=(]|\s(?:{IS}))?\s?$",
    re.IGNORECASE,
)
_OF_NOUN = re.compile(rf"\sof\s(?:(?:all|our|the|your)\s)*(?P<noun>{_NOUN})\b", re.IGNORECASE)
_VAGUE = re.compile(rf"\b(?P<word>{any_of(VAGUE)})\sof\s(?:(?:{WHICH})\s)*(?P<noun>{_NOUN})\b", re.IGNORECASE)
_AGO = re.compile(r"\s?(?:ago|from now|old)\b", re.IGNORECASE)
_OF_TROUBLE = re.compile(rf"[\s-](?:of\s)?(?:{LASTS})\b", re.IGNORECASE)
_MEASURED = re.compile(rf"\b(?:(?P<takes>{TAKES})|(?P<lasts>{LASTS})|(?P<waits>{WAITS}))\b", re.IGNORECASE)
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://\S+", re.IGNORECASE)
_INSTANT = re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d[\d:.+Z]*)?|\b\d{1,2}:\d\d(?::\d\d)?\b")
_MAY_BE_CLOCKED, _MAY_BE_INSTANT = re.compile(r"\d[hm]\d"), re.compile(r"\d[-:]\d\d")
_RELATIONS = tuple(sorted((*ABOVE, *BELOW), key=len, reverse=True))
_IS = frozenset(IS.split("|"))
_STATUS_CODES = range(400, 600)
_ASIDE = 80  # characters beside a number that tell what it is
_NEAR = 32  # characters between a number and the noun before it


def stated(text: str) -> tuple[Quantity, ...]:
    """What an alert states, in the order of its text: a number alone is just that, "above 4 s" an open span."""
    return tuple(_found(text, limiting=False))


def limits(text: str) -> tuple[Quantity, ...]:
    """What a criterion asks for: a number alone is the least that meets it ("5 minutes of errors")."""
    return tuple(_found(text, limiting=True))


def without(text: str, found: Iterable[Quantity]) -> str:
    """The text without these quantities; the nouns of what is counted stay."""
    for one in sorted(found, key=lambda one: -one.start):
        text = f"{text[: one.start]} {text[one.end :]}"
    return text


def _found(text: str, *, limiting: bool) -> Iterator[Quantity]:
    if _DIGIT.search(text):
        shown = _ADDRESS.sub(_blank, text) if "://" in text else text
        if _MAY_BE_INSTANT.search(shown):
            shown = _INSTANT.sub(_blank, shown)
        if _MAY_BE_CLOCKED.search(shown):
            for clocked in _CLOCKED.finditer(shown):
                yield _clock(shown, clocked, limiting=limiting)
            shown = _CLOCKED.sub(_blank, shown)
        for number in _AMOUNT.finditer(shown):
            if (one := _amount(shown, number, limiting=limiting)) is not None:
                yield one
    if " of " in text:
        for vague in _VAGUE.finditer(text):
            low = VAGUE[vague["word"].casefold()]
            yield Quantity(_thing(vague), low, math.inf, vague[0], start=vague.start(), end=vague.end("word"))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _clock(text: str, match: re.Match[str], *, limiting: bool) -> Quantity:
    """A span as programs write it, like "1m30s"."""
    value = sum(float(part or 0) * size for part, size in zip(match.groups(), (3600, 60, 1), strict=True))
    start, end = match.span()
    kind = _kind_of_span(text[max(0, start - _ASIDE) : start], text[end : end + _ASIDE], value)
    return Quantity(kind, value, math.inf if limiting else value, match[0], unit="s", start=start, end=end)


def _amount(text: str, found: re.Match[str], *, limiting: bool) -> Quantity | None:
    start, relation = _related(text, found.start())
    end = found.end()
    before, after = text[max(0, start - _ASIDE) : start], text[end : end + _ASIDE]
    if not limiting and THRESHOLDS.intersection(_last_words(before, 2)):
        return None
    unit, noun = found["unit"] or "", _NOUN_AFTER.match(after)
    of: str | None
    if unit:
        of, size = _measured(text, start, found)
    elif noun is not None:
        of, size = _rated(_thing(noun), noun["per"])
        unit, end = noun["noun"], end + noun.end()
        if not relation and of in ("error", "request") and _number(found["number"]) in _STATUS_CODES:
            return None
    elif (relation or _is_told(before)) and (named := _NOUN_BEFORE.search(before[-_NEAR:])) is not None:
        rate = _RATE.match(after)
        of, size = _rated(_thing(named), rate["per"] if rate else None)
        unit = named["noun"]
    else:
        return None
    if of is None:
        return None
    low, high, open_low, open_high = _between(found, relation, limiting=limiting)
    words = " ".join(text[start:end].split())
    return Quantity(of, low * size, high * size, words, open_low, open_high, unit, size, start, found.end())


def _related(text: str, start: int) -> tuple[int, str]:
    """What is said of a number before it ("more than"), and where that begins."""
    before = text[max(0, start - _NEAR) : start]
    ahead = before.rstrip()
    folded = ahead.casefold()
    if folded.endswith(FILLERS):
        for filler in FILLERS:
            if folded.endswith(filler):
                ahead = ahead[: -len(filler)].rstrip()
                folded = ahead.casefold()
    if folded.endswith(_RELATIONS):
        relation = next(one for one in _RELATIONS if folded.endswith(one))
        begin = len(ahead) - len(relation)
        if not (relation[0].isalpha() and begin and ahead[begin - 1].isalnum()):
            return start - len(before) + begin, relation
    return start, ""


def _measured(text: str, start: int, found: re.Match[str]) -> tuple[str | None, float]:
    """What a number with a unit measures and the size of its unit; None for an instant and the length of a window."""
    kind, size = UNITS[found["unit"].casefold()]
    before, after = text[max(0, start - _ASIDE) : start], text[found.end() : found.end() + _ASIDE]
    if kind == SPAN:
        if WINDOWS.intersection(_last_words(before, 1)) or _AGO.match(after):
            return None, size
        return _kind_of_span(before, text[found.end() : found.end() + _ASIDE], _number(found["number"]) * size), size
    if kind == SHARE:
        of_noun = _OF_NOUN.match(after)
        return ("share of users" if of_noun and _thing(of_noun) == "user" else SHARE), size
    rate = _RATE.match(after)
    return ("bytes/s", size / UNITS[rate["per"].casefold()][1]) if rate else (BYTES, size)


def _rated(thing: str, per: str | None) -> tuple[str, float]:
    return (f"{thing}/s", 1 / UNITS[per.casefold()][1]) if per else (thing, 1.0)


def _is_told(before: str) -> bool:
    """Whether what stands before a number says that it is the number of something: "users affected: 350"."""
    ahead = before.rstrip()
    return ahead.endswith((":", "=", "(")) or not _IS.isdisjoint(_last_words(ahead, 1))


def _last_words(text: str, count: int) -> list[str]:
    return [word.strip(":=(),.").casefold() for word in text.split()[-count:]]


def _between(found: re.Match[str], relation: str, *, limiting: bool) -> tuple[float, float, bool, bool]:
    """The span of values, in the unit of the text, that a number means by the words around it; which ends are open."""
    many = 1e6 if found["mega"] else MAGNITUDES.get((found["magnitude"] or "").casefold(), 1.0)
    value = _number(found["number"]) * many
    if found["low"]:
        return min(_number(found["low"]) * many, value), value, False, False
    if relation in BELOW:
        return -math.inf, value, False, BELOW[relation]
    if relation in ABOVE:
        return value, math.inf, ABOVE[relation], False
    return value, math.inf if found["plus"] or limiting else value, False, False


def _kind_of_span(before: str, after: str, seconds: float) -> str:
    """How long something lasts, takes or waits, by the words around it; the nearest one before it counts."""
    if FOR.intersection(_last_words(before, 1)) or _OF_TROUBLE.match(after):
        return "lasts"
    return _named_last(before) or _named_first(after) or ("lasts" if seconds >= 60 else "takes")


@lru_cache(maxsize=1024)  # mostly the words of a title
def _named_last(text: str) -> str:
    """The kind of span that the last of the words for one names; empty when there is none."""
    named = list(_MEASURED.finditer(text))
    return (named[-1].lastgroup or "lasts") if named else ""


def _named_first(text: str) -> str:
    named = _MEASURED.search(text)
    return (named.lastgroup or "lasts") if named else ""


def _thing(match: re.Match[str]) -> str:
    return COUNTED[match["noun"].casefold()]


def _number(text: str) -> float:
    """The value of a number with separators: "10,000" is ten thousand, "1,5" is one and a half.

    >>> _number("10,000"), _number("1,5"), _number("1.25")
    (10000.0, 1.5, 1.25)
    """
    plain = re.sub(r"[,_'’\u00a0\u202f](?=\d{3}(?:\D|$))", "", text)
    return float(plain.replace(",", "."))
