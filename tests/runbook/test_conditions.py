"""Conditions are found by the words that they begin with, before any pattern is tried."""

from __future__ import annotations

import pytest

from tocsin.runbook.grammar import phrases
from tocsin.runbook.wording import condition_in


@pytest.mark.parametrize("phrase", sorted(set(phrases("if")), key=str))
@pytest.mark.parametrize(
    "sentence", ["Ring the depot {} gates stay shut", "({}\ngates stay shut)", "{} gates stay shut"]
)
def test_every_word_for_if_makes_a_condition(phrase: str, sentence: str) -> None:
    """In every language, in small letters and in capitals, and whatever stands right before it."""
    for said in (phrase, phrase.upper(), phrase.capitalize()):
        found = condition_in(sentence.format(said))
        assert found is not None
        assert "shut" in found


@pytest.mark.parametrize("phrase", sorted(set(phrases("fallback"))))
def test_every_word_for_what_is_done_last_makes_a_condition(phrase: str) -> None:
    """ "As a last resort" says by itself that what stands before did not help."""
    assert condition_in(f"{phrase}, ring the depot") == phrase
    assert condition_in(f"{phrase.upper()} ring the depot") is not None


def test_other_words_make_none() -> None:
    """A word that only begins or ends like one of them is another word."""
    assert condition_in("Lift the iffy gate, then restart the whenever") is None
