"""Statements of a program and its words are read without the grammar of Bash, and come out the same."""

from __future__ import annotations

import random
import string

import pytest

from tocsin.runbook.command.bash import by_grammar, parse

WORDS = [
    "kubectl",
    "./deploy.sh",
    "get",
    "-n",
    "--tail=50",
    "app=till",
    "a:b",
    "user@host",
    "%1",
    "+x",
    ",",
    "1.5",
    "=",
]
KEYWORDS = ["if", "for", "time", "export", "unset", "test", "function", "coproc", "in", "done", "local", "exec", "eval"]
LETTERS = string.ascii_letters + string.digits + "_./:@%+,=-"


@pytest.mark.parametrize("seed", range(4))
def test_a_statement_of_plain_words_is_what_the_grammar_makes_of_it(seed: int) -> None:
    """Whatever stands first: a program, a keyword of the shell, an assignment, a number."""
    chance = random.Random(seed)
    for _ in range(500):
        made = ["".join(chance.choices(LETTERS, k=chance.randrange(1, 5))) for _ in range(3)]
        statement = " ".join(chance.choices([*WORDS, *KEYWORDS, *made], k=chance.randrange(1, 5)))
        assert parse(statement) == by_grammar(statement), statement


@pytest.mark.parametrize(
    "statement", ["ls *", "ls ~", "ls $A", "ls;id", "ls >f", "ls a{b,c}", "ls 'a b'", "ls  a", "ls\nid"]
)
def test_what_is_special_to_a_shell_goes_through_the_grammar(statement: str) -> None:
    """A glob, a home, a variable, a second command, a redirection, a quote: never a word as it stands."""
    assert parse(statement) == by_grammar(statement)
