"""Patterns of the small words by which sentences are taken apart: articles, "and", "if", "after", of every language."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from tocsin.runbook.words import is_unspaced, one_of, unaccented, vocabulary, words_of

_CUT_SHORT = (r"e\.g", r"i\.e", "vs", "approx", r"z\.B", "ca", "bzw", r"p\.ex", r"p\.\sex", "etc", r"d\.h")
"""Words whose point ends no sentence."""
NO_END = "".join(rf"(?<!\b{one}\.)" for one in _CUT_SHORT)
"""A pattern, behind the one for a point, that passes over those of words cut short."""
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


@cache
def first_words(*names: str) -> frozenset[str]:
    """The word that each phrase of these lists begins with, as ``words_of`` spells it."""
    return frozenset(words[0] for phrase in phrases(*names) if (words := words_of(phrase)))


def may_hold(text: str, *names: str) -> bool:
    """Whether a word of these lists can stand in a text: its words tell that sooner than a pattern finds nothing."""
    return not (first_words(*names).isdisjoint(words_of(text)) and (text.isascii() or not is_unspaced(text)))
