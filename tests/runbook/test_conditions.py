"""Conditions are found by the words that they begin with, before any pattern is tried."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
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


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("Check if the oven is already cold:", None),
        ("Look at the dial, then find out if the gate moves", None),
        ("The miller should decide if the wheel is stopped", None),
        ("Vérifier si le four est froid", None),
        ("Comprobar si el horno está frío", None),
        ("Verifique se o forno está frio", None),
        ("Controllare se il forno è freddo", None),
        ("Check if the oven is cold; if it is not, open the flue", "if it is not"),
        ("Look into it if it goes on", "if it goes on"),
        ("Repeat the test if it was cold", "if it was cold"),
        ("Write to mill.test if it was cold", "if it was cold"),
        ("Check, if there is time, the flue", "if there is time"),
    ],
)
def test_a_question_is_no_condition(sentence: str, condition: str | None) -> None:
    """ "Check if" asks whether something is so; what is to be done does not hang on it."""
    assert condition_in(sentence) == condition


def test_steps_below_a_condition_hang_on_it() -> None:
    """A heading or a line in bold that begins with "if" holds for every step below it."""
    playbook = compile_runbook(
        "# Mill\n\n## Troubleshooting\n\n### Oven cold\n\n**1. Look at the flue:**\n\n```bash\nmillctl flue\n```\n\n"
        "**2. If the flue is shut, open it:**\n\n```bash\nmillctl flue --open\n```\n\n"
        "#### If it is a Sunday\n\n- Turn it by hand\n"
    )
    (oven,) = playbook.procedures
    assert [step.condition for step in oven.steps] == [None, "If the flue is shut", "If it is a Sunday"]
