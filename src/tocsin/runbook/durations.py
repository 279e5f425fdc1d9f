"""Spans of time as people write them: "< 15 minutes", "2-hour", "Immediate (< 5 minutes)", "next business day"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from tocsin.runbook.grammar import any_of, ending, guarded, pattern, phrases
from tocsin.runbook.measures import is_limit_of_measure, may_measure
from tocsin.runbook.span_forms import (
    SECONDS,
    Span,
    at_line,
    may_be_phrase,
    one_phrase,
    whole_spans,
    with_comparator,
    without_round_the_clock,
)
from tocsin.runbook.stated import Duration, DurationKind, WorkingUnit
from tocsin.runbook.words import one_of, vocabulary, words_of
from tocsin.runbook.working_hours import is_said_ahead, is_said_behind, names_hours

_COUNTED_IN = dict.fromkeys(("second", "minute", "hour"), WorkingUnit.HOUR) | {"day": WorkingUnit.DAY}
"""A week in which somebody works lasts as long as any other."""

_DIGIT = re.compile(r"\d")
_BOUND = r"(?<![A-Za-z0-9_.#$/-]\d)(?<![ -~]:\d)"
_FREE_DIGIT = re.compile(rf"\d{_BOUND}")  # a digit first: that is looked for quickly
"""A digit that a number can begin with: not the one of "P1", "v2.3" or "12:30", but that of "初動:5分"."""


@pattern
def _date() -> str:
    """A day of the calendar, "2026年4月10日", or the next one: no year, month or day of it is a length of time."""
    year, month, day = ending("year"), ending("month"), ending("day")
    century = rf"(?:19|20)\d\d\s?{year}"
    named = one_of(day for day in vocabulary().durations["next_day"] if ord(day[0]) >= 0x2E80)  # "下一工作日"
    return rf"{named}|(?:{century}\s?)?(?<!\d)(?:1[0-2]|0?[1-9])\s?{month}(?:\s?\d{{1,2}}\s?{day})?|{century}"


_NEGATIVE = re.compile(r"\s*[-−]\s*\d")
_EXPONENT = re.compile(r"(?<![\w-])[\d.]{1,9}[eE]\d+\s*[a-z]")
LONGEST = 10 * 31_536_000
"""Seconds. A longer span in a runbook is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The patterns for the vocabulary of every language, with the unit that each spelling means."""

    any_number: re.Pattern[str]
    digits: re.Pattern[str]  # the same, for texts in which no number is spelled out
    units: dict[str, str]
    immediate: re.Pattern[str]
    symbolic: re.Pattern[str]
    next_working_day: re.Pattern[str]
    effort: re.Pattern[str]


_UNSPACED_LETTERS = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Letters that stand right beside a unit of another script: "15 min内"."""


@cache
def _grammar() -> _Grammar:
    words = vocabulary()
    business_units = {one: unit for unit in ("day", "hour") for one in words.durations.get(f"business_{unit}", [])}
    units = business_units | {
        spelling: unit for unit in SECONDS for spelling in sorted(words.durations.get(unit, []), key=len, reverse=True)
    }
    latin = one_of(u for u in units if u.isascii() or (u[0].isalpha() and ord(u[0]) < 0x2E80))
    other = one_of(u for u in units if ord(u[0]) >= 0x2E80)
    business = one_of(words.durations["business"])
    spaced, unspaced = ([n for n in words.numbers if (ord(n[0]) >= 0x2E80) is so] for so in (False, True))
    spelled = (
        rf"(?<![A-Za-z0-9_.#$/-])(?<![ -~]:)(?P<low>\d+(?:[.,]\d+)?|(?<!\w){one_of(spaced)}(?!\w)"
        rf"|(?<![{''.join(sorted({*''.join(unspaced), *''.join(phrases('ordinal'))}))}]){one_of(unspaced)})"
    )
    calendar = one_of(words.durations["calendar"])
    digits = rf"(?P<low>\d{_BOUND}\d*(?:[.,]\d+)?)"  # a digit first: that is looked for quickly
    behind = (
        rf"(?:\s*(?:[-–—~〜～]|{any_of('until')})\s*(?P<high>\d+(?:[.,]\d+)?))?\+?(?:\s*\(\d+\))?"
        rf"[\s-]?(?:(?P<business>{business}[\s-])|{calendar}[\s-])?"
        rf"\s?(?:(?P<latin>{latin})(?![^\W{_UNSPACED_LETTERS}]|/)|(?P<other>{other}))(?P<after>\.?\s*{business}(?!\w))?"
    )
    return _Grammar(
        re.compile(spelled + behind, re.IGNORECASE),
        re.compile(digits + behind, re.IGNORECASE),
        units,
        immediate=one_phrase(_phrases("immediate")),
        symbolic=one_phrase([*words.durations["next_day"], *words.durations["next_working_day"]]),
        next_working_day=one_phrase(words.durations["next_working_day"]),
        effort=one_phrase(words.durations["best_effort"]),
    )


def _phrases(name: str) -> list[str]:
    lexicon = vocabulary().words[name]
    return [*lexicon.spaced, *lexicon.written]


def spans(text: str, line: int | None = None) -> Iterator[Span]:
    """Every length of time in the text, in order; a range keeps its upper end. Symbolic words are not searched.

    The limit of what a monitor measures, "lag > 5 min", is none.
    """
    if not _may_hold_one(text):
        return
    text = without_round_the_clock(text)
    if "/" in text:
        text = _SLASHED.sub(r"\1|", text)  # "15m/1h": two lengths
    whole = list(whole_spans(text, line))
    said = text
    for span in whole:
        text = f"{text[: span.start]}{' ' * (span.end - span.start)}{text[span.end :]}"
    found = _counted(text, line)
    several = sorted((*whole, *found), key=lambda span: span.start) if whole else found
    if not may_measure(said):
        yield from several
        return
    yield from (span for span in several if not is_limit_of_measure(said, span.start, span.end, span.duration.seconds))


_SLASHED = re.compile(r"(\d\s?[^\W\d_]{1,7})/(?=\d{1,3}\s?[^\W\d_]{1,7}(?![\w/]))")


def symbolic(text: str, line: int | None = None) -> Iterator[Span]:
    """What a text names as a time without a length, "next business day", "whenever we can"."""
    grammar = _grammar()
    if _promise_words().isdisjoint(words_of(text)) and not _is_unspaced(text):
        return
    for match in grammar.symbolic.finditer(text):
        unit = WorkingUnit.DAY if grammar.next_working_day.search(match[0]) else None
        yield Span(Duration(None, match[0], DurationKind.BUSINESS, at_line(line), unit), match.start(), match.end())
    for match in grammar.effort.finditer(text):
        yield Span(Duration(None, match[0], DurationKind.BEST_EFFORT, at_line(line)), match.start(), match.end())


def _may_hold_one(text: str) -> bool:
    """Whether a length of time can stand in a text; most have neither digits nor such words and are done with here."""
    if _FREE_DIGIT.search(text) or _is_unspaced(text) or "PT" in text:
        return True
    words = words_of(text)
    return may_be_phrase(words) or _spells_out(words)


def _counted(text: str, line: int | None) -> Iterator[Span]:
    """The spans that are a number and its unit."""
    matches = list(_numbers_with_units(text))
    before = 0
    for match in matches:
        low, high = _number(match["low"]), match["high"]
        spelled = (match["latin"] or match["other"]).casefold()
        unit = _unit(spelled, low)
        if unit == "minute" and (match["latin"] or "") == "M":
            continue  # "5M rows" is a quantity
        if text[match.end() : match.end() + 1] in ("'", "’") and len(spelled) == 1:
            continue  # "quelqu'un s'en occupe" is no second
        if (match["latin"] or "").casefold() == "an" and _BY_THE_HOUR.match(text, match.end()):
            continue  # "5 an hour" is how often, and no years of the French
        if len(spelled) == 1 and ord(min(match["low"])) >= 0x2E80 and not _bounded().match(text, match.end()):
            continue  # "十分" is enough, and "一日" a day of the calendar, where nothing says that it is a length
        if unit == "second" and low == 1 and match["low"].isalpha() and _FURTHER_WORD.match(text, match.end()):
            continue  # "a second approval", "un segundo técnico"
        end, more = (match.end(), 0.0) if high else _and_more(text, match.end(), unit)
        seconds = round(max(low, _number(high) if high else low) * SECONDS[unit] + more)
        if seconds > LONGEST:
            continue
        in_business = any(spelled in vocabulary().durations.get(name, ()) for name in _IN_BUSINESS)
        bound = in_business or bool(match["business"] or match["after"])
        business = (
            bound
            or is_said_ahead(text[before : match.start()], first=not before)
            or is_said_behind(text[end : end + 40])
        )
        before = end
        kind = DurationKind.BUSINESS if business else DurationKind.ELAPSED
        start = with_comparator(text, match.start())
        said = text[start:end].strip()
        # "30 min (business hours), 60 min (else)": both hold, and the first does not stand still at night.
        counted = _COUNTED_IN.get(unit) if bound or (business and match is matches[-1]) else None
        yield Span(Duration(seconds, said, kind, at_line(line), counted), start, end)


def _unit(spelled: str, number: float) -> str:
    """The unit that a spelling means behind a number.

    One language's year, which stands behind 1 and 21 only, is spelled like another one's hour.
    """
    units = vocabulary().durations
    many = spelled in units.get("hour_behind_many", ()) and (number % 10 != 1 or number % 100 == 11)
    return "hour" if many and number < _FIRST_DATE else _grammar().units[spelled]


_FURTHER_WORD = re.compile(r"\s[^\W\d_]")


_FIRST_DATE = 1000
"""From here on a number is a year of the calendar: "the report for 2026" in Russian."""


def _and_more(text: str, end: int, unit: str) -> tuple[int, float]:
    """Where a span ends that goes on in a smaller unit, "1 hour and 30 minutes", and how many seconds that adds."""
    if unit == "hour" and text[end : end + 1] in _halves():
        return end + 1, SECONDS[unit] / 2  # "1時間半"
    goes_on = unit in ("hour", "day") and _DIGIT.search(text, end)
    more = _smaller().match(text, end) if goes_on else None
    if more is None:
        return end, 0.0
    smaller = _grammar().units[(more["latin"] or more["other"]).casefold()]
    return (more.end(), int(more["n"]) * SECONDS[smaller]) if SECONDS[smaller] < SECONDS[unit] else (end, 0.0)


@cache
def _halves() -> frozenset[str]:
    """Signs for a half that stand behind what they add to."""
    return frozenset(word for word, n in vocabulary().numbers.items() if n == 0.5 and len(word) == 1)


@cache
def _smaller() -> re.Pattern[str]:
    units = [
        one for one, unit in _grammar().units.items() if unit in ("minute", "hour") and one not in _business_words()
    ]
    latin, other = (one_of(u for u in units if (ord(u[0]) < 0x2E80) is so) for so in (True, False))
    return re.compile(
        rf"\s*(?:{any_of('and')}\s*)?(?P<n>\d{{1,2}})\s?(?:(?P<latin>{latin})(?![\w/])|(?P<other>{other}))",
        re.IGNORECASE,
    )


def _business_words() -> set[str]:
    return {one for name in _IN_BUSINESS for one in vocabulary().durations.get(name, ())}


@pattern
def _bounded() -> str:
    """What makes a number and a unit of one sign each a length of time: "一日以内", "十分ごと"."""
    return rf"\s?{ending('after_span', 'every_behind')}"


_BY_THE_HOUR = re.compile(r"\s+hour", re.IGNORECASE)

_IN_BUSINESS = ("business_day", "business_hour")
"""Units that say in one word that only working time counts: "Werktage", "営業日", "Arbeitsstunden"."""

_UNSPACED = re.compile(r"[^\x00-\u2e7f]")
"""A character of those scripts in which a unit stands among its neighbours without a space."""


def _is_unspaced(text: str) -> bool:
    return not text.isascii() and bool(_UNSPACED.search(text))


def _numbers_with_units(text: str) -> Iterable[re.Match[str]]:
    """Each place where the grammar holds; most texts are done with before it is tried."""
    if _is_unspaced(text):
        return _grammar().any_number.finditer(_date().sub(lambda found: " " * len(found[0]), text))
    if _spells_out(words_of(text)):
        return _grammar().any_number.finditer(text)
    return _grammar().digits.finditer(text) if _FREE_DIGIT.search(text) else ()


def _spells_out(words: tuple[str, ...]) -> bool:
    """Whether a number that is spelled out and a unit are among these words."""
    return not _unit_words().isdisjoint(words) and not _number_words().isdisjoint(words)


@cache
def _unit_words() -> frozenset[str]:
    """The last word of every unit: one of them follows a number that is spelled out."""
    return frozenset(words[-1] for unit in _grammar().units if (words := words_of(unit)))


@cache
def _number_words() -> frozenset[str]:
    """The first word of every number that is spelled out."""
    return frozenset(words_of(number)[0] for number in vocabulary().numbers)


@cache
def _long_unit_words() -> frozenset[str]:
    """The last word of every unit of which fewer than a thousand are longer than any span may be."""
    most = max(1000.0, *vocabulary().numbers.values())
    long = (spelled for spelled, unit in _grammar().units.items() if SECONDS[unit] * most > LONGEST)
    return frozenset(words[-1] for spelled in long if (words := words_of(spelled)))


def with_units(text: str, before: str = "") -> str:
    """A text with a unit behind each number that has none, by the time before it: "after 15 min Ada, after 30 Bo".

    What is ``before`` the text may have that time. A smaller number is no later time: "see step (3)".

    >>> with_units("the lead after 15 min, the owner after 30")
    'the lead after 15 min, the owner after 30 min'
    """
    bare = list(_bare_number().finditer(text)) if _DIGIT.search(text) else []
    units = [(match.end(), match) for match in _numbers_with_units(text)] if bare else []
    known = [(0, match) for match in _numbers_with_units(before)] if bare else []
    for number in reversed(bare):
        last = next((match for end, match in reversed((*known, *units)) if end <= number.start()), None)
        if last is not None and int(number["later"] or number["alone"]) >= _number(last["low"]):
            text = f"{text[: number.end()]} {last['latin'] or last['other']}{text[number.end() :]}"
    return text


@pattern
def _bare_number() -> str:
    """A number behind "after", or alone in brackets, where its text goes on without a unit."""
    goes_on = rf"\s*(?:[,;)）]|\.(?!\d)|$)|\s+{any_of('and', 'then', 'not', 'neither')}(?!\w)"
    led = rf"(?:{any_of('after', 'has_time')}|(?:{any_of('deadline')}\s+)?{any_of('further')})"
    return rf"{led}\s+(?:{any_of('further')}\s+)?(?P<later>\d{{1,3}})(?={goes_on})|[(（](?P<alone>\d{{1,3}})(?=[)）])"


def unit_in(title: str) -> str | None:
    """The unit that a column's title gives its numbers: "Minute", "Delay (min)", "経過（分）"; None without one."""
    units = _grammar().units
    found = (word for word in re.findall(r"[^\W\d_]+", title.casefold()) if len(word) > 1 or ord(word) >= 0x2E80)
    return next((word for word in found if word in units), None)


def _number(text: str) -> float:
    known = vocabulary().numbers.get(text.casefold())
    return known if known is not None else float(text.replace(",", "."))


_BEFORE_VALUE = re.compile(r"^[^\d<≤≥:：(（]{2,40}[:：]\s*")
"""A label before what it is about, "Response: 15 min"."""


def target(text: str, line: int | None = None) -> Duration | None:
    """What stands where a target is expected: a length, "Immediate", "next business day", "best effort".

    None when the text states no span at all. Impossible spans ("-5 min") are None too; ``impossible`` tells.
    """
    grammar = _grammar()
    bare = text.strip().rstrip(".。")
    label = _BEFORE_VALUE.match(bare)
    said = (bare[label.end() :] if label is not None and not names_hours(label[0]) else bare) or bare
    if impossible(said):
        return None
    found = _upper_end(said, line)
    if found is None and (vague := _vague().fullmatch(said)) is not None:
        kind = DurationKind.BUSINESS if vague["cycle"] else DurationKind.BEST_EFFORT
        return Duration(None, said, kind, at_line(line))
    if found is not None:
        whole = said if len(said.split()) <= 4 and "\n" not in said else found.duration.text
        return found.duration if whole == found.duration.text else replace(found.duration, text=whole)
    if _promise_words().isdisjoint(words_of(said)) and not _is_unspaced(said):
        return None
    now = grammar.immediate.search(said)
    if now is not None and len(said) <= 60 and not _denied().search(said[: now.start()]):
        return Duration(0, said, DurationKind.IMMEDIATE, at_line(line))
    if grammar.symbolic.search(said):
        unit = WorkingUnit.DAY if grammar.next_working_day.search(said) else None
        return Duration(None, said, DurationKind.BUSINESS, at_line(line), unit)
    if grammar.effort.search(said):
        return Duration(None, said, DurationKind.BEST_EFFORT, at_line(line))
    if len(said) <= _LONGEST_HOURS and _in_working_hours().fullmatch(said):
        return Duration(None, said, DurationKind.BUSINESS, at_line(line))
    return None


_LONGEST_HOURS = 40
"""Characters."""


@pattern
def _in_working_hours() -> str:
    """A value that says in which hours something is answered, and no length: "within business hours", 営業時間内."""
    hours = vocabulary().durations["business_hours"]
    latin, other = (one_of(one for one in hours if (ord(one[0]) >= 0x2E80) is so) for so in (False, True))
    inside = one_of(one for one in hours if one.endswith(phrases("in_hours_behind")))
    behind = rf"{other}{ending('in_hours_behind')}"
    return rf"{any_of('in_hours')}\s*{latin}|(?:{ending('in_hours_before')})?(?:{inside}|{behind})"


@guarded(("few", "cycle"))
def _vague() -> str:
    """A value that is some time without a number, "a few hours", or rounds of planned work, "2 sprints"."""
    units = [unit for unit in _grammar().units if len(unit) > 1 or ord(unit) >= 0x2E80]
    lead = rf"(?:{one_of(vocabulary().durations['within'])}\s+|{any_of('deadline', 'after')}\s+|[<≤~]\s*)?"
    behind = rf"(?:\s*{any_of('deadline_behind', 'after_span')})?"
    return rf"{lead}(?:{any_of('few')}\s*{one_of(units)}|\d{{1,2}}\s?(?P<cycle>{any_of('cycle')})){behind}"


def _upper_end(text: str, line: int | None) -> Span | None:
    """The first length of a text, of a range with a unit on either side the upper end: "30 min – 1 hour"."""
    ranged = _RANGE.sub("–", text) if "-" in text else text  # "1h-2h": no digit of a name such as P-2
    several = iter(spans(ranged, line))
    first = next(several, None)
    upper = next(several, None) if first is not None else None
    if first is None or upper is None or not _up_to().fullmatch(text, first.end, upper.start):
        return first
    if (first.duration.seconds or 0) >= (upper.duration.seconds or 0):
        return first
    said = text[first.start : upper.end].strip()
    return replace(upper, duration=replace(upper.duration, text=said), start=first.start)


_RANGE = re.compile(r"(?<=[^\W\d_])-(?=\d{1,3}\s?[^\W\d_])")


@pattern
def _up_to() -> str:
    return rf"\.?\s*(?:[-–—~〜～]|{any_of('until')})\s*"


@cache
def _promise_words() -> frozenset[str]:
    """The last word of whatever is promised without a number."""
    durations = vocabulary().durations
    symbolic = (*durations["next_day"], *durations["next_working_day"])
    said = (*_phrases("immediate"), *symbolic, *durations["best_effort"], *durations["business_hours"])
    return frozenset(words[-1] for phrase in said if (words := words_of(phrase)))


@pattern
def _denied() -> str:
    """Before "immediate", where it is just not so: "no immediate impact"."""
    return rf"{any_of('denied')}\s+$"


def impossible(text: str) -> bool:
    """Whether the text states a span that no clock can run: negative, or longer than a lifetime of a service."""
    if _NEGATIVE.match(text):
        return True
    if _MAY_BE_LONG.search(text):
        if _EXPONENT.search(text):
            return True
    elif _long_unit_words().isdisjoint(words_of(text)) and not _is_unspaced(text):
        return False
    for match in _numbers_with_units(text):
        number = _number(match["low"])
        if number * SECONDS[_unit((match["latin"] or match["other"]).casefold(), number)] > LONGEST:
            return True
    return False


_MAY_BE_LONG = re.compile(r"\d(?:(?<![A-Za-z0-9_.#$:/-]\d)\d{3}|\+?[A-Za-z])")
"""Thousands of something, or a unit right behind its number, where it is no word of its own."""


def every(text: str, line: int | None = None) -> Duration | None:
    """The interval of "every 30 minutes", "every hour", "every 2 business days"; None without one."""
    folded = ""
    for span in spans(text, line):
        folded = folded or text.casefold()
        if _every_before().search(folded[max(0, span.start - _WORDS_BEFORE) : span.start]) or _afterwards().match(
            folded, span.end
        ):
            return span.duration
    return _every_unit(text, line) or _of_the_same_unit(text, line)


def _of_the_same_unit(text: str, line: int | None) -> Duration | None:
    """A rhythm whose unit stands at the time before it: "within 15 minutes, then every 30"."""
    bare = _every_number().search(text) if _FREE_DIGIT.search(text) else None
    before = list(_numbers_with_units(text[: bare.start()])) if bare is not None else []
    if bare is None or not before:
        return None
    spelled = before[-1]["latin"] or before[-1]["other"]
    whole = next(spans(f"{bare['number']} {spelled}", line), None)
    return replace(whole.duration, text=bare[0].strip()) if whole is not None else None


@cache
def _every_number() -> re.Pattern[str]:
    """A number behind a word for "every", and nothing behind it that it could count."""
    lead = one_of(vocabulary().durations["every"])
    return re.compile(rf"(?<!\w){lead}\s+(?P<number>\d{{1,3}})(?=\s*(?:[.,;)]|$))", re.IGNORECASE)


_WORDS_BEFORE = 24
"""Characters that the words for "every" may take: "at intervals of"."""


@pattern
def _afterwards() -> str:
    """Words for "every" that stand behind the span: "30分ごと", "30분마다"."""
    return rf"\s*{ending('every_behind')}"


@cache
def _every_before() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(re.escape, vocabulary().durations['every']))})\s*$")


def _every_unit(text: str, line: int | None) -> Duration | None:
    """ "every hour", "every business day", "hourly", "daily": a unit without a number."""
    if _rhythm_words().isdisjoint(words_of(text)) and not _is_unspaced(text):
        return None
    for seconds, adverbs in _adverbs():
        if (adverb := adverbs.search(text)) is not None:
            return Duration(seconds, adverb[0], DurationKind.ELAPSED, at_line(line))
    if (unspaced := _every_unspaced().search(text)) is not None:
        return _one_unit(unspaced["before"], unspaced[0], line)
    match = _every_pattern().search(text)
    if match is None or match[0].casefold().startswith("per "):
        return None
    return _one_unit(match["unit"], match[0], line, business=match["b"] is not None)


def _one_unit(spelled: str, said: str, line: int | None, *, business: bool = False) -> Duration:
    """The length of one unit, "hour" or "Werktag"; with ``business`` of those in which somebody works."""
    unit = _grammar().units[spelled.casefold()]
    if not business and spelled.casefold() not in _business_words():
        return Duration(SECONDS[unit], said, DurationKind.ELAPSED, at_line(line))
    return Duration(SECONDS[unit], said, DurationKind.BUSINESS, at_line(line), _COUNTED_IN.get(unit))


@cache
def _rhythm_words() -> frozenset[str]:
    """The first word of whatever says that something comes again and again."""
    durations = vocabulary().durations
    said = (phrase for name in (*_ADVERBS, "every") for phrase in durations[name])
    return frozenset(words[0] for phrase in said if (words := words_of(phrase)))


_ADVERBS = {"hourly": 3600, "half_hourly": 1800, "daily": 86_400}
"""Seconds."""


@cache
def _adverbs() -> tuple[tuple[int, re.Pattern[str]], ...]:
    """ "hourly", "stündlich", "ежедневно"."""
    return tuple((seconds, one_phrase(vocabulary().durations[name])) for name, seconds in _ADVERBS.items())


@cache
def _every_unspaced() -> re.Pattern[str]:
    """ "每小时", "毎時間": a unit right behind the word for every."""
    units = _grammar().units
    other = one_of(u for u in units if ord(u[0]) >= 0x2E80)
    return re.compile(rf"{ending('every_unspaced')}(?:{ending('counter')})?(?P<before>{other})")


@cache
def _every_pattern() -> re.Pattern[str]:
    units = _grammar().units
    words = vocabulary()
    lead, business = one_of(words.durations["every"]), one_of(words.durations["business"])
    latin = one_of(u for u in units if len(u) > 2 and ord(u[0]) < 0x2E80)
    return re.compile(rf"(?<!\w){lead}\s+(?P<b>{business}\s+)?(?P<unit>{latin})(?!\w)", re.IGNORECASE)


def is_measured(text: str) -> bool:
    """Whether the first time of a text is how long something lasts, "over 2 s", "slow for 10 minutes", or looks back.

    "The last 15 minutes of the log" are read then, and nothing has to be done in that time.
    """
    span = next(spans(text), None)
    if span is None:
        return False
    before = text[: span.start]
    lasts = _measured().search(before)
    if text[span.start] in ">≥" or (lasts is not None and not _promises().search(before) and lasts["lasts"] is None):
        return True
    behind = _measured_behind().match(text, span.end)
    return behind is not None and (behind["kept"] is None or _due().search(before) is None)


@guarded(("measured", "for", "looking_back"))
def _measured() -> str:
    """Before such a time; "should last 15 minutes" is no look back."""
    return (
        rf"(?P<lasts>{any_of('verb')}\s+(?={any_of('looking_back')}))?{any_of('measured', 'for', 'looking_back')}\s*$"
    )


@pattern
def _promises() -> str:
    """Behind a subject a word that is a verb, "Los tiempos son 15 minutos": alone it is the Turkish "last"."""
    return rf"\w\s+{any_of('promises')}\s*$"


@pattern
def _measured_behind() -> str:
    return rf"\s*(?:{any_of('measured_behind')}|(?P<kept>{any_of('kept_of')}))"


@pattern
def _due() -> str:
    """Before a time in which something has to be done: "within 15 minutes of data being lost"."""
    return rf"{any_of('deadline')}\s*$"
