"""The words that let a pattern be asked: a phrase that stands in a text is never passed over."""

from __future__ import annotations

import re

from tocsin.runbook.grammar import any_of, guarded, may_hold, phrases
from tocsin.runbook.words import vocabulary

_PLACES = ("{}", "The mill {} the oven", "“{}”, said Ada – 3 times", "- **{}**: x", "mill ({})")


def test_every_phrase_is_seen_in_a_text_that_has_it() -> None:
    """Wherever the pattern for a list matches, its words say that it may: in capitals, quotes and brackets as well."""
    missed = []
    for name in vocabulary().grammar:
        for phrase in phrases(name):
            filled = re.sub(r"\*", "mahl", phrase)
            texts = [place.format(said) for place in _PLACES for said in (filled, filled.upper())]
            missed += [(name, text) for text in texts if not may_hold(text, name) and _matches(text, name)]
    assert missed == []


def _matches(text: str, name: str) -> bool:
    starred = any_of(name).replace(r"\*", r"\w+")
    return re.search(starred, text, re.IGNORECASE) is not None


def test_half_of_a_phrase_does_not_let_it_be_asked() -> None:
    """The first word of a phrase of several is in most sentences; only all of them in a row may be that phrase."""
    assert "must not" in phrases("must_not")
    assert "must" not in phrases("must_not")
    assert may_hold("You must not stop it", "must_not")
    assert not may_hold("It must be that it may not", "must_not")


def test_a_guarded_pattern_is_made_when_all_its_groups_are_there() -> None:
    """What is long takes its time to make: it is made for the first text that has a word of each group."""
    written = []

    @guarded(("forbids", "must_not"), "runs")
    def banned() -> str:
        written.append(1)
        return rf"{any_of('forbids', 'must_not')}\s+{any_of('runs')}"

    asked = banned()
    assert asked.search("Run it") is None
    assert asked.match("You must not") is None
    assert written == []
    assert list(asked.finditer("mill")) == []
    assert written == []
    assert asked.search("You must not run it") is not None
    assert written == [1]
    assert asked.fullmatch("must not execute") is not None
    assert banned() is asked
    assert written == [1]


def test_a_list_that_no_first_word_tells_is_always_asked() -> None:
    """Of "*ado" only the end is known: a pattern that is guarded by it would miss all that it is for."""
    assert may_hold("parado", "participle")
    assert may_hold("mill", "participle")
    assert not may_hold("mill", "runs")
