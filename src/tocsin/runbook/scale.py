"""The team's severity scale, and where a text speaks of its levels."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache

from tocsin.runbook.grammar import any_of, ending, pattern
from tocsin.runbook.playbook import Severity, severity_key
from tocsin.runbook.stated import Duration
from tocsin.runbook.words import one_of, vocabulary, words_of

_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Letters that stand right beside a name without a blank between: P1障害."""
_NOT_IN_A_WORD = rf"(?-i:(?![^\W{_UNSPACED}]))"
"""Behind a name. These letters have no case, and to compile them without regard to it takes three times as long."""
_SEVERAL = r"(?=['’]?s(?!\w))"
"""Behind a name in the plural, "all P1s"."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A target that a line states for a severity; ``what`` is response, acknowledge, resolution, update or review."""

    severity: str
    what: str
    duration: Duration


@pattern
def _to() -> str:
    """Between the first and the last level of a range: "P1–P4", "SEV2 to SEV4"."""
    return rf"\s*(?:[-–—~〜]|{any_of('until')})\s*"


@pattern
def onwards() -> str:
    """Behind a level, where all that are more severe, or less, are meant as well: "P1+", "SEV-2 or higher"."""
    return rf"\s*(?:(?P<above>{any_of('and_above')})|(?P<below>{any_of('and_below')}))|(?P<plus>\+(?!\w))"


@pattern
def _at_least() -> str:
    """Before a level, where all that are more severe are meant as well: "at least P2"."""
    return rf"{any_of('at_least')}\s*$"


_NEAR = 24
"""Characters before a level in which such words stand."""

_SLASHED = re.compile(r"/(?P<number>\d)(?![\w.%/]*[A-Za-z%])(?!\d)")


@dataclass(frozen=True)
class Scale:
    """The severities in order, and every target that any line states for one of them."""

    severities: tuple[Severity, ...] = ()
    stated: tuple[Stated, ...] = ()
    others: tuple[tuple[str, int], ...] = field(default=())  # names that look like levels and are none, with lines
    _mentioned: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _numbers(self) -> dict[str, list[str]]:
        """The numbers of the levels behind each word for them: {"p": ["2", "1", "0"]}."""
        names = {severity_key(name): one.name for one in self.severities for name in (one.name, *one.aliases)}
        coded = [
            match
            for key in names
            if (match := re.fullmatch(r"(\D+?)(\d+|(?<=[a-z]{3})(?:i{1,3}|iv|v))", key))
            or (_lettered().fullmatch(key) and (match := re.fullmatch(r"(.+)(.)", key)))
        ]
        numbers: dict[str, list[str]] = {}
        for prefix, number in sorted({(match[1], match[2]) for match in coded}, reverse=True):
            numbers.setdefault(prefix, []).append(number)
        return numbers

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        numbers = self._numbers
        if not numbers:
            return None
        in_full = {"sev": "sev(?:erity(?:[- ]level)?)?"}  # two spellings of one key
        spelled = (
            rf"{in_full.get(a) or re.escape(a)}[-_ \u2010-\u2015]?{one_of(several)}" for a, several in numbers.items()
        )
        behind = rf"(?:{_NOT_IN_A_WORD}|{_SEVERAL})"
        return re.compile(rf"(?-i:(?<![^\W_{_UNSPACED}]))(?:{'|'.join(spelled)}){behind}", re.IGNORECASE)

    @cached_property
    def _ending(self) -> re.Pattern[str] | None:
        """What every name ends with, which is looked for much faster; None where they end in letters as well."""
        spelled = [(word, numbers) for word, numbers in self._numbers.items()]
        spelled += [(word, numbers) for key, numbers in spelled if key == "sev" for word in ("severity", "level")]
        ends = {(word + number)[-2:] for word, numbers in spelled for number in numbers}
        if not all(re.fullmatch(r"[a-z]\d", end) for end in ends):
            return None
        letters, digits = ("".join(sorted({end[n] for end in ends})) for n in (0, 1))
        behind = rf"(?:(?![^\W{_UNSPACED}])|{_SEVERAL})"
        return re.compile(rf"[{digits}]{behind}(?<=[{letters}{letters.upper()}\-_ \u2010-\u2015].)")

    @cached_property
    def _by_key(self) -> dict[str, str]:
        return {severity_key(name): one.name for one in self.severities for name in (one.name, *one.aliases)}

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The names of the levels that a text speaks of, most severe first; "P0/P1" are two, "P1–P4" all, "P1+" as well
        those above."""
        if (known := self._mentioned.get(text)) is None:
            known = self._mentioned[text] = self._speaks_of(text)
        return known

    def _speaks_of(self, text: str) -> tuple[str, ...]:
        matches = self._places(text)
        found = {self._by_key[severity_key(match[0])] for match in matches}
        found.update(name for match in matches if "/" in text for name in self._slashed(text, match))
        open_ended = [(one, bool(match["below"])) for one in matches if (match := onwards().match(text, one.end()))]
        least = (one for one in matches if _at_least().search(text[max(0, one.start() - _NEAR) : one.start()]))
        open_ended += [(one, False) for one in least if not _to().match(text, one.end())]
        if len(found) < 2 and not open_ended:
            return tuple(found)
        names = [one.name for one in self.severities]
        for one, below in open_ended:
            place = names.index(self._by_key[severity_key(one[0])])
            found.update(names[place:] if below else names[: place + 1])
        for one, next_one in itertools.pairwise(matches):
            if _to().fullmatch(text, one.end(), next_one.start()):
                first, last = sorted(names.index(self._by_key[severity_key(end[0])]) for end in (one, next_one))
                found.update(names[first:last])
        return tuple(name for name in names if name in found)

    def _slashed(self, text: str, match: re.Match[str]) -> Iterator[str]:
        """The levels whose numbers stand behind that of a name: SEV-4 of "SEV-3/4"."""
        end = match.end()
        while (more := _SLASHED.match(text, end)) is not None:
            name = self._by_key.get(severity_key(re.sub(r"\d+$", more["number"], match[0])))
            if name is None:
                return
            yield name
            end = more.end()

    def worded(self, text: str) -> tuple[str, ...]:
        """The levels that a text speaks of by their words: "critical incidents", "(medium/low severity)", "High: …"."""
        if self._worded is None or self._labels.keys().isdisjoint(words_of(text)):
            return ()
        said = " ".join(part for match in self._worded.finditer(text) for part in match.groups() if part).casefold()
        found = {self._labels[word] for word in words_of(said) if word in self._labels}
        return tuple(one.name for one in self.severities if one.name in found)

    @cached_property
    def _labels(self) -> dict[str, str]:
        """The name of the level for each label of one word: {"critical": "P0"}."""
        said = ((word.casefold(), one.name) for one in self.severities for word in (one.label or "", one.name))
        return {word: name for word, name in said if vocabulary().is_label(word) and len(words_of(word)) == 1}

    @cached_property
    def _worded(self) -> re.Pattern[str] | None:
        if len(self._labels) < 2:
            return None
        one = one_of(self._labels)
        several = rf"(?<!\w)({one}(?:(?:\s*[/,&+]\s*|\s+{any_of('and', 'or')}\s+){one})*)"
        beside = any_of("beside_label", "incident")
        return re.compile(
            rf"{several}[\s-]+{beside}|[(（]\s*(?:{any_of('for')}\s+)?{several}\s*[)）]|^\W*{several}\s*[:：]"
            rf"|^\W*{any_of('if')}\s+{several}\s*(?:[,，;；]|$)",
            re.IGNORECASE,
        )

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where a text speaks of a level, from and to, in order."""
        return [match.span() for match in self._places(text)]

    def _places(self, text: str) -> list[re.Match[str]]:
        if self._pattern is None or (self._ending is not None and not self._ending.search(text)):
            return []
        return list(self._pattern.finditer(text))

    @property
    def highest(self) -> str | None:
        """The name of the most severe level."""
        return self.severities[0].name if self.severities else None


@dataclass(frozen=True, slots=True)
class LevelName:
    """The name of a level at the beginning of a text, with its label and what follows."""

    name: str
    label: str | None
    rest: str


@cache
def _coded() -> re.Pattern[str]:
    lexicon = vocabulary().words["severity_name"]
    latin, other = one_of(lexicon.spaced), one_of(lexicon.written)
    numbered = one_of(word for word in lexicon.spaced if len(word) > 2)
    return re.compile(
        rf"(?-i:(?<![^\W{_UNSPACED}]))(?<![#-])(?:{latin}[-_ \u2010-\u2015]?\d{_NOT_IN_A_WORD}(?!%|\.\w)"
        rf"|{numbered}[-_ ](?:I{{1,3}}|IV|V)(?![\w%-]|\.\w))"
        rf"|{other}\s?[-_]?\d(?!\d)|(?:[一二三四五ⅠⅡⅢⅣⅤ]|\d\s?){ending('severity_behind')}",
        re.IGNORECASE,
    )


@cache
def _lettered() -> re.Pattern[str]:
    """ "Class A", "緊急度B": a letter behind a word for severity, as some scales count."""
    lexicon = vocabulary().words["severity_name"]
    words = one_of((*(word for word in lexicon.spaced if len(word) > 2), *lexicon.written))
    return re.compile(rf"{words}[-_ ]?[A-E\u0410-\u0414](?!\w)", re.IGNORECASE)


def is_tier(name: str) -> bool:
    """Whether a name counts steps of anything, support tiers as well as severities: "Level 1", "L2", "一级"."""
    bare = re.sub(r"[\d_-]|\b[ivIV]+$|[一二三四五ⅠⅡⅢⅣⅤ]", " ", name).strip()
    return vocabulary().is_a("tier_word", bare, 1.0)


_COLOURS = {
    sign: name
    for signs, name in (("🔴🟥", "Red"), ("🟠🟧", "Orange"), ("🟡🟨", "Yellow"), ("🟢🟩", "Green"), ("🔵🟦", "Blue"))
    for sign in signs
}


_NUMBERED = re.compile(r"\d(?![\w.%])(?:(?<=[a-z]\d)|(?<=[a-z][-_ ]\d))", re.IGNORECASE)
_ROMAN = re.compile(r"[iv](?![\w.%-])(?:(?<=[-_ ][iv])|(?<=[-_ ]i[iv])|(?<=[-_ ]iii))", re.IGNORECASE)
_MAY_BE_CODED = re.compile(r"\d|[-_ ](?:I{1,3}|IV|V)(?![\w.%-])|[一二三四五ⅠⅡⅢⅣⅤ]", re.IGNORECASE)
"""What every one of them has: the whole pattern is tried at every word, which takes ten times as long."""


@lru_cache(maxsize=4096)  # as below
def coded_names(text: str) -> tuple[str, ...]:
    """Every name such as P0, SEV-1 or Severity 2 in a text, as written."""
    may_be = _NUMBERED.search(text) or _ROMAN.search(text) if text.isascii() else _MAY_BE_CODED.search(text)
    return tuple(_coded().findall(text)) if may_be else ()


def coded_names_of(texts: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Those of many texts, each with the place of its text among them; what may be one is looked for in all at once."""
    ends = list(itertools.accumulate(len(text) + 1 for text in texts))
    joined = "\n".join(texts)
    found = {bisect_right(ends, one.start()) for pattern in (_NUMBERED, _ROMAN) for one in pattern.finditer(joined)}
    found.update(n for n, text in enumerate(texts) if not text.isascii())
    for n in sorted(found):
        if names := coded_names(texts[n]):
            yield n, names


@pattern
def _joint() -> str:
    """Between the codes of levels that one thing is said of: "P3/P4", "SEV-3 and SEV-4", "P3–P5"."""
    return rf"\s*(?:(?P<to>[-–—~〜]|{any_of('until')})|[/&,+、，]|{any_of('and', 'or')})\s*"


_MOST_TOGETHER = 6


def levels_together(text: str) -> tuple[tuple[str, ...], str]:
    """The codes, two or more, that a text begins with, and what follows them; no codes where it begins otherwise.

    >>> levels_together("SEV-3/4: noise"), levels_together("P2–P4 (minor)")
    ((('SEV-3', 'SEV-4'), ': noise'), (('P2', 'P3', 'P4'), ' (minor)'))
    >>> levels_together("P1: noise"), levels_together("P1, P2 are decided by the lead")[1]
    (((), 'P1: noise'), ' are decided by the lead')
    """
    said = _LEADING.sub("", text.lstrip())
    first = _coded().match(said) if said[:_FURTHEST].count("/") or _MAY_JOIN.search(said[:_FURTHEST]) else None
    if first is None or not first[0][-1].isdigit():
        return (), text
    prefix, numbers, end = first[0][:-1], [int(first[0][-1])], first.end()
    while len(numbers) < _MOST_TOGETHER and (joint := _joint().match(said, end)) is not None:
        code = _coded().match(said, joint.end())
        bare = _BARE_NUMBER.match(said, joint.end()) if code is None else None
        if code is not None and severity_key(code[0][:-1]) == severity_key(prefix):
            number, end = int(code[0][-1]), code.end()
        elif bare is not None:
            number, end = int(bare[0]), bare.end()
        else:
            break
        numbers += range(numbers[-1] + 1, number) if joint["to"] and number > numbers[-1] else ()
        numbers.append(number)
    if not 1 < len(set(numbers)) == len(numbers) <= _MOST_TOGETHER:
        return (), text
    return tuple(f"{prefix}{number}" for number in numbers), said[end:]


_FURTHEST = 24
"""Characters in which the second code stands."""
_MAY_JOIN = re.compile(r"\d\s*[&,+、，~〜–—-]|\d\s+[^\W\d_]{1,5}\s+[^\W\d_]")
_BARE_NUMBER = re.compile(r"\d(?![\w.%]|:\d|\s*[^\W\d_])")


_WORD = r"[^\W\d_]{1,16}"
_OWN = re.compile(r"[A-Z\u0401\u0410-\u042f]{1,2}[-\u2010-\u2015 ]?\d(?![\w.%])")
"""A team's own letter with a number, "G1" or "A-2": a level where a chapter or a column says that levels follow."""

_SIGN = r"(?::[a-z][a-z0-9_+-]*:|[^\w\s\x00-\x7f\u2010-\u2027\u3000-\u303f（）：，；｜])"
"""A coloured sign beside a level, or the name that a chat has for one, ":red_circle:"."""
_LEADING = re.compile(r"^(?::[a-z][a-z0-9_+-]*:|[^\w(（])+")
_JOINED = re.compile(
    rf"\s*[\]】]?\s*[-–—·•|=→,./;:：]?\s*(?:{_SIGN}\s*)*[\[【(（]?(?P<label>[^\W\d_]+(?:\s[^\W\d_]+)?)[\]】)）]?\s*(?:{_SIGN}\s*)*"
    r"(?P<rest>$|[:：(（–—-].*)",
    re.DOTALL,
)
"""A label behind a code, whatever stands between: "P1 | Critical", "[P1] Critical", "P1. Critical 🔴"."""
_LABEL_FIRST = re.compile(r"(?P<label>[^\W\d_]+(?:\s[^\W\d_]+)??)\s*[-–—·|=/:：\[【]?\s*(?=[^\s\[【])")
"""A label before a code: "Critical - P1", "Critical [P1]", "Critical P1"."""
_NAMED = re.compile(r"(?P<label>[\w ]{2,20}?)\s*[(（](?P<name>[^)）]{1,16})[)）](?P<rest>.*)$", re.DOTALL)


@lru_cache(maxsize=4096)  # a cell of a table is asked for by every question about its column
def level_name(text: str, *, plain: bool = False) -> LevelName | None:
    """The level that a text begins with: "P0 - Critical: …", "SEV-0 (Critical)", "Critical (P1)".

    With ``plain``, a bare label ("Critical") is a name as well.
    """
    said = _LEADING.sub("", text.strip())
    if not said and plain and (colour := next((_COLOURS[ch] for ch in text if ch in _COLOURS), None)):
        return LevelName(colour, None, "")
    match = _coded().match(said)
    if match and not _goes_on(said, match.end()):
        return _with_label(match[0], said[match.end() :])
    order = vocabulary().severity_order
    if (found := _label_first(said)) is not None:
        return found
    head = _NAMED.match(said)
    coded = head is not None and _coded().fullmatch(head["name"].strip())
    if head and (
        (coded and order(head["label"]) is not None) or (plain and (coded or _OWN.fullmatch(head["name"].strip())))
    ):
        said_of = head["label"].strip()  # "Examples (P1)" is what P1 is, and not what it is called
        label = None if vocabulary().is_a("criteria_label", said_of, 0.99) else said_of
        return LevelName(head["name"].strip(), label, head["rest"].strip().lstrip(":：–— "))
    if plain:
        if own := _OWN.match(said) or _lettered().match(said):
            return _with_label(own[0], said[own.end() :])
        head = _bare_label().match(said)
        word = head["label"] if head else ""
        if (
            head
            and (len(word) > 1 or ord(word) >= 0x2E80)
            and order(word) is not None
            and not re.match(r"^\s+[a-z]", head["rest"])
        ):
            return LevelName(head["label"], None, re.sub(r"^\s*[:：–—-]\s*", "", head["rest"]).strip())
    return None


@pattern
def _bare_label() -> str:
    """A label that is a level's name, "Critical", with a noun before or behind it, "High priority"."""
    beside = any_of("beside_label")
    before = rf"(?:{beside}\s+(?={_WORD}\W*$))?"
    return rf"(?s)^{before}(?P<label>{_WORD})(?P<more>\s+{beside})?(?P<rest>\b.*|)$"


def _label_first(said: str) -> LevelName | None:
    """The level of "Critical - P1": its label stands before its code, and nothing but a mark behind both."""
    head = _LABEL_FIRST.match(said)
    code = _coded().match(said, head.end()) if head is not None else None
    if head is None or code is None or not vocabulary().is_label(head["label"]):
        return None
    rest = said[code.end() :].lstrip(" ]】")
    if rest and rest[0] not in ":：(（–—-":
        return None
    return LevelName(code[0], head["label"], rest.lstrip(" :：–—-").strip())


@pattern
def _noun() -> str:
    """Behind a code, before its label: "P1 incident - Critical"."""
    return rf"^\s+{any_of('incident')}(?=\s*[-–—:：(（]\s*\S)"


def _goes_on(text: str, at: int) -> bool:
    """Whether a word stands right behind a name that ends in a Latin digit: P1障害 is not what a level is called."""
    return text[at - 1].isascii() and text[at - 1].isdigit() and re.match(rf"[{_UNSPACED}]", text[at:]) is not None


def _is_now(text: str) -> bool:
    """Whether a text is a time in words, "immediate", and no name."""
    return vocabulary().says("immediate", text) or vocabulary().says("availability", text)


def label_behind(name: LevelName, after: str) -> LevelName:
    """The level with the label that stands behind its name, "Critical: all is lost", and what follows that."""
    joined = _JOINED.match(after)
    if name.label is not None or joined is None or not vocabulary().is_label(joined["label"]):
        return name
    return LevelName(name.name, joined["label"], joined["rest"].lstrip(" .:：–—-").strip())


def _with_label(name: str, after: str) -> LevelName | None:
    bare = _noun().sub("", after)
    told, after = bare != after, bare  # "SEV-1 incidents (shop shut)": what it is, and not what it is called
    joined = _JOINED.match(after)
    if joined and vocabulary().is_label(joined["label"]):
        return LevelName(name, joined["label"], joined["rest"].lstrip(" .:：–—-").strip())
    slashed = re.match(r"^\s*[/;]\s*(?P<label>[^\W\d_]+)(?P<rest>.*)$", after, re.DOTALL)  # ";" was a break in a cell
    if slashed and vocabulary().is_label(slashed["label"]):
        return LevelName(name, slashed["label"], slashed["rest"].lstrip(" .:：–—-"))
    if after and re.match(rf"(?i)^\s*[/,&+]|^\s+{any_of('and', 'or')}\s", after):
        return None  # "P0/P1: …" speaks of two levels
    rest = re.sub(r"^\s*;\s*(?=[(（])", "", after).strip()
    bracket = re.match(
        r"^(?P<before>[^\W\d]+\s+)?[(（](?P<inside>[^()（）]+)[)）]\s*[-–—:：]*\s*(?P<rest>.*)$", rest, re.DOTALL
    )
    inside = bracket["inside"] if bracket is not None else ""
    told = told or (bracket is not None and bracket["before"] is not None)
    short = len(inside.split()) <= 2
    is_word = vocabulary().severity_order(inside) is not None or vocabulary().is_label(inside)
    if (
        bracket is not None
        and not any(ch.isdigit() for ch in inside)
        and ((is_word and (short or not told)) or (not told and short and len(inside) <= 16 and not _is_now(inside)))
    ):
        return LevelName(name, bracket["inside"].strip(), bracket["rest"].strip())
    if rest.startswith((":", "：")):
        after_colon = rest.lstrip(":： ").strip()
        short = vocabulary().is_label(after_colon)
        return LevelName(name, after_colon, "") if short else LevelName(name, None, after_colon)
    dashed = re.match(
        r"^[-–—·]\s*(?P<label>(?:[^:：(（–—.。;；]|[.](?!\s)){2,30}?)[.。]?\s*(?:$|[:：–—]\s*|\s-\s|(?=[(（]))(?P<rest>.*)$",
        rest,
        re.DOTALL,
    )
    if dashed:
        label = re.sub(rf"^(?:{_SIGN}\s*)+|(?:\s*{_SIGN})+$", "", dashed["label"].strip())
        return LevelName(name, label.rstrip(".。"), dashed["rest"].strip())
    word = re.match(r"^(?P<label>[^\W\d_]+)\b\s*[:：–—-]?\s*(?P<rest>.*)$", rest, re.DOTALL)
    if word and vocabulary().severity_order(word["label"]) is not None:
        return LevelName(name, word["label"], word["rest"].strip())
    incidents = re.match(rf"^{any_of('incident')}\s*[-–—:：]?\s*(?P<rest>.*)$", rest, re.IGNORECASE | re.DOTALL)
    return LevelName(name, None, (incidents["rest"] if incidents else rest).strip())
