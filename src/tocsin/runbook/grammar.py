"""Patterns of the small words by which sentences are taken apart: articles, "and", "if", "after", of every language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from tocsin.runbook.words import is_unspaced, one_of, unaccented, vocabulary, words_of

BRACKET = re.compile(r"\s*[(（](?P<inside>[^()（）]*)[)）]\s*")
"""What stands in brackets, with the blanks around it."""


@cache
def any_of(*names: str) -> str:
    """A pattern, to be compiled without regard to case, for a word of these lists of ``[grammar]``.

    A word is found whole, but for one that ends in an apostrophe (the French "l'") and those of scripts that put no
    spaces between words. No words are found nowhere.
    """
    words = phrases(*names)
    spaced = [word for word in words if ord(word[0]) < 0x2E80]
    whole = one_of(word for word in spaced if not word.endswith("'"))
    elided = one_of(word for word in spaced if word.endswith("'"))
    unspaced = one_of(word for word in words if ord(word[0]) >= 0x2E80)
    kinds = (rf"(?<!\w){whole}(?!\w)", rf"(?<!\w){elided}", unspaced)
    found = "|".join(kind for kind in kinds if "(?!)" not in kind)
    return f"(?:{found})".replace(r"\ ", r"\s+").replace("'", "['’]") if found else "(?!)"


@cache
def beginning(*names: str) -> str:
    """The same for words that begin with one of these lists: "escal" begins "escalates"."""
    words = phrases(*names)
    spaced, unspaced = ([word for word in words if (ord(word[0]) < 0x2E80) is so] for so in (True, False))
    return rf"(?:(?<!\w){one_of(spaced)}|{one_of(unspaced)})"


@cache
def ending(*names: str) -> str:
    """The same for what stands at the end of words, or behind them."""
    return one_of(phrases(*names))


@cache
def small_words(*names: str) -> frozenset[str]:
    """The single words of these lists, as ``words_of`` gives those of a text."""
    return frozenset(word for phrase in phrases(*names) for word in words_of(phrase))


def article() -> str:
    """A pattern for an article with what stands between it and its noun."""
    return rf"(?:{any_of('article')}\s*(?<=[\s'’]))"


@cache
def phrases(*names: str) -> tuple[str, ...]:
    """All words of these lists, in every language, and those that are typed without their accents."""
    grammar = vocabulary().grammar
    return tuple(dict.fromkeys(word for name in names for word in _typed(grammar.get(name, []))))


def _typed(words: list[str]) -> list[str]:
    """Short words keep their accents: "è" is another one than "e"."""
    plain = (one for word in words if len(word) > 3 for one in unaccented(word))
    return [*words, *(one for one in plain if one not in _OF_ANOTHER_LANGUAGE)]


_OF_ANOTHER_LANGUAGE = frozenset(["so a", "so no"])
"""Phrases that are English without their accents: the Portuguese "só à", and "so no record is lost"."""


def pattern(build: Callable[[], str]) -> Callable[[], re.Pattern[str]]:
    """Compile what a function writes, without regard to case, when it is first asked for: the words are read then."""
    return cache(lambda: re.compile(build(), re.IGNORECASE))


class Guarded:
    """A pattern that is asked, and made, only where a text holds a word of each group of lists.

    To make the long ones takes longer than to read a document, and most find nothing in most documents.
    """

    __slots__ = ("_build", "_groups", "_made", "_masks")

    def __init__(self, build: Callable[[], str], groups: Sequence[Sequence[str]]) -> None:
        self._build, self._groups = build, groups
        self._masks: list[int] = []
        self._made: re.Pattern[str] | None = None

    def search(self, text: str) -> re.Match[str] | None:
        """As ``re.Pattern.search``."""
        return self.made.search(text) if self._may_match(text) else None

    def match(self, text: str) -> re.Match[str] | None:
        """As ``re.Pattern.match``."""
        return self.made.match(text) if self._may_match(text) else None

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """As ``re.Pattern.fullmatch``."""
        return self.made.fullmatch(text) if self._may_match(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As ``re.Pattern.finditer``."""
        return self.made.finditer(text) if self._may_match(text) else iter(())

    def _may_match(self, text: str) -> bool:
        held = held_in(text)
        return all(map(held.__and__, self._masks or self._read()))

    def _read(self) -> list[int]:
        self._masks = [mask_of(*names) for names in self._groups]
        return self._masks

    @property
    def made(self) -> re.Pattern[str]:
        """The pattern itself."""
        if self._made is None:
            self._made = re.compile(self._build(), re.IGNORECASE)
        return self._made


def guarded(*groups: str | Sequence[str]) -> Callable[[Callable[[], str]], Callable[[], Guarded]]:
    """``pattern`` for one that needs a word of each of these groups of lists, wherever in the text it stands."""
    lists = tuple((one,) if isinstance(one, str) else tuple(one) for one in groups)
    return lambda build: cache(lambda: Guarded(build, lists))


@cache
def first_words(*names: str) -> frozenset[str]:
    """The word that each phrase of these lists begins with, as ``words_of`` spells it."""
    return frozenset(words[0] for phrase in phrases(*names) if (words := words_of(phrase)))


def may_hold(text: str, *names: str) -> bool:
    """Whether a phrase of these lists can stand in a text: its words tell that sooner than a pattern finds nothing."""
    return held_in(text) & mask_of(*names) != 0


@lru_cache(maxsize=16_384)
def held_in(text: str) -> int:
    """A bit for each list of ``[grammar]`` of which a phrase can stand in a text, as ``may_hold`` asks.

    Hundreds of lists are asked for in every line; its words are looked up once for all of them. Every bit is set for a
    text in a script without spaces, of which no word is known.
    """
    if not text.isascii() and is_unspaced(text):
        return -1
    begun, words = _begun(), words_of(text)
    held = begun.untold
    for n, word in enumerate(words, 1):
        if word in begun.alone:
            held |= begun.alone[word]
        if word in begun.longer and n < len(words):
            for rest, bits in begun.longer[word].get(words[n], _NONE).items():
                if words[n : n + len(rest)] == rest:
                    held |= bits
    return held


_NONE: Mapping[tuple[str, ...], int] = {}


@cache
def _bits() -> dict[str, int]:
    return {name: 1 << n for n, name in enumerate(vocabulary().grammar)}


@cache
def mask_of(*names: str) -> int:
    """The bits of these lists in the answers of ``held_in``."""
    mask = 0
    for name in names:
        mask |= _bits()[name]
    return mask


@dataclass(slots=True)
class _Begun:
    """What phrases of all lists go on with behind their first word, with the bits of their lists."""

    alone: dict[str, int] = field(default_factory=dict)  # first word: of those that end with it
    longer: dict[str, dict[str, dict[tuple[str, ...], int]]] = field(default_factory=dict)  # first, second: the rest
    untold: int = 0  # of lists with a phrase that no first word tells: "*ado", "&"

    def add(self, bit: int, first: str, *rest: str) -> None:
        """Let a phrase, up to its star, stand for a list."""
        if rest:
            ends = self.longer.setdefault(first, {}).setdefault(rest[0], {})
            ends[rest] = ends.get(rest, 0) | bit
        else:
            self.alone[first] = self.alone.get(first, 0) | bit


@cache
def _begun() -> _Begun:
    found = _Begun()
    for name, bit in _bits().items():
        for phrase in phrases(name):
            if words := words_of(_STARRED.split(phrase, maxsplit=1)[0] if "*" in phrase else phrase):
                found.add(bit, *words)
            elif not is_unspaced(phrase):
                found.untold |= bit
    return found


_STARRED = re.compile(r"[^\W_]*\*")
"""Where any word, or any end of a word, stands in a phrase."""
