"""What a text speaks of: its words reduced to stems and to the concepts of the lexicon.

Case, plurals, CamelCase and the usual endings do not matter; "5xx" is 500 to 599; "is not responding" is down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from tocsin.alerts.meaning.lexicon import (
    NEGATED,
    NEGATIONS,
    OBJECT,
    OBJECTS,
    PLAIN,
    PREDICATE,
    PREDICATES,
    QUALIFIER,
    QUALIFIERS,
    STOP_WORDS,
    WEAK,
    WEAK_WORDS,
)
from tocsin.alerts.meaning.quantity import Quantity, stated

_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+[xX]{2}|[0-9]+|[^A-Za-z0-9]+")
_PLAIN_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+|[pP][0-9]{2}|[0-9]+|[0-9][xX]{2}")
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://\S+", re.IGNORECASE)
_REACH = 3  # words between a negation and what it negates
_MAX_CHARACTERS = 1500  # of one field: what matters is said at its beginning


@dataclass(frozen=True, slots=True)
class Sense:
    """What a text speaks of: concepts with the words for them, qualifiers, amounts, and the stems in order."""

    concepts: dict[str, str]
    qualifiers: dict[str, str] = field(default_factory=dict)
    quantities: tuple[Quantity, ...] = ()
    stems: str = ""


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The stem of one lower-case word: enough to join the forms of a word, no linguistics.

    >>> [stem(w) for w in ("queries", "failing", "failed", "crashes", "stopped", "status")]
    ['query', 'fail', 'fail', 'crash', 'stop', 'status']
    """
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def weight(concept: str) -> float:
    """How much a concept tells."""
    return _WEIGHTS.get(concept, PLAIN)


def is_object(concept: str) -> bool:
    """Whether it is a thing of the lexicon, not what happens to it."""
    return concept in OBJECTS


def words_of(text: str) -> list[str]:
    """The words of a text in order, in lower case, CamelCase split, without addresses of the web."""
    return [part for written in _written(text) for part in _parts(written)]


def _written(text: str) -> list[str]:
    """The words of a text as they are written."""
    text = text[:_MAX_CHARACTERS]
    if "://" in text:
        text = _ADDRESS.sub(" ", text)
    return _WORD.findall(text.replace("n't", " not").replace("n’t", " not"))


def _parts(written: str) -> list[str]:
    if _PLAIN_WORD.fullmatch(written):
        return [written.lower()]
    return [part.lower() for part in _CAMEL.findall(written)]


class _Word(NamedTuple):
    """What is known of a word wherever it stands."""

    said: str
    stem: str
    longest: int
    """So many words the longest phrase of the lexicon has that begins with it; 0: none does."""
    alone: str
    """The concept that it is where no phrase has it; empty for none."""


@lru_cache(maxsize=16384)  # as many as stems: texts differ in their numbers more than in their words
def _known(written: str) -> tuple[_Word, ...]:
    """The words that are written as one, without those that only join others."""
    return tuple(_word(part) for part in _parts(written) if part not in _COPULAS)


def _word(said: str) -> _Word:
    one = stem(said)
    plain = said not in _SILENT and not said.isdecimal() and len(one) > 1
    return _Word(said, one, _PHRASE_LENGTHS.get(one, 0), _http_class(said) or (one if plain else ""))


@lru_cache(maxsize=1024)  # in a storm the same words come again and again
def sense(text: str) -> Sense:
    """What a text speaks of; only the beginning of a very long one is read. Nobody changes what this returns."""
    words = [one for written in _written(text) for one in _known(written)]
    stems = [one.stem for one in words]
    concepts: dict[str, str] = {}
    qualifiers: dict[str, str] = {}
    negated_until = -1
    at = 0
    while at < len(words):
        said, _, longest, alone = words[at]
        if at <= negated_until and said in _NEGATED:
            concepts.setdefault("down", f"not {said}")
            at += 1
            continue
        if said in _NEGATIONS:
            negated_until = at + _REACH
        if length := _phrase(stems, at, longest) if longest else 0:
            phrase = " ".join([one.said for one in words[at : at + length]])
            for concept in _PHRASES[tuple(stems[at : at + length])]:
                (qualifiers if concept in QUALIFIERS else concepts).setdefault(concept, phrase)
            at += length
            continue
        if alone:
            concepts.setdefault(alone, said)
        at += 1
    return Sense(concepts, qualifiers, stated(text[:_MAX_CHARACTERS]), f" {' '.join(stems)} ")


def _phrase(stems: list[str], at: int, longest: int) -> int:
    """The length of the longest phrase of the lexicon that begins here, of up to so many words."""
    for length in range(min(longest, len(stems) - at), 0, -1):
        if tuple(stems[at : at + length]) in _PHRASES:
            return length
    return 0


def _http_class(word: str) -> str | None:
    if len(word) == 3 and word.isdecimal() and word[0] in "45" and word[1] in "0123":
        return f"{word[0]}xx"
    return None


def _phrases(concepts: Iterable[tuple[str, str]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for concept, listed in concepts:
        for phrase in listed.split(", "):
            key = tuple(stem(word) for word in words_of(phrase.strip()))
            if concept not in found.get(key, ()):
                found[key] = (*found.get(key, ()), concept)
    return found


_NEGATIONS, _NEGATED = frozenset(NEGATIONS.split(", ")), frozenset(NEGATED.split(", "))
_COPULAS = frozenset({"is", "are", "was", "were", "be", "been", "being", "has", "have", "had"})
_SILENT = frozenset(STOP_WORDS.split(", ")) | {"t", "s", "too", "not"}
_WEAK = {stem(word): WEAK for phrase in WEAK_WORDS.split(", ") for word in phrase.split()}
_PHRASES = _phrases([*OBJECTS.items(), *PREDICATES.items(), *QUALIFIERS.items(), ("4xx", "429")])
_PHRASE_LENGTHS: dict[str, int] = {}
for _key in _PHRASES:
    _PHRASE_LENGTHS[_key[0]] = max(_PHRASE_LENGTHS.get(_key[0], 0), len(_key))
_WEIGHTS: dict[str, float] = (
    _WEAK
    | {"api": 0.45}
    | dict.fromkeys(QUALIFIERS, QUALIFIER)
    | dict.fromkeys(PREDICATES, PREDICATE)
    | dict.fromkeys(OBJECTS, OBJECT)
)
