"""How long a program waits for a host that does not answer: said in the words of its command where nothing else can.

`curl` and `aws` wait for minutes, and no variable tells them otherwise. What is put in stands in the words, so that it
is read before the run and is part of what consent is given to (ADR 0030). What a command says itself is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.runbook.command.programs import Argv
from tocsin.runbook.command.wrappers import name_of, program_at

_WORDS = {
    "curl": ("--connect-ti", ("--connect-timeout", "10")),
    "aws": ("--cli-c", ("--cli-connect-timeout=5",)),  # of each of its tries, of which it makes three to five
}
"""By the program: how the option begins that says it (both take a beginning for the whole), and the words put in."""


def connecting(pipeline: Sequence[Argv]) -> tuple[Argv, ...]:
    """The stages with the seconds in which a host has to answer, where the program needs to be told.

    >>> connecting((("curl", "-f", "https://shop.example.org"), ("head", "-1")))
    (('curl', '--connect-timeout', '10', '-f', 'https://shop.example.org'), ('head', '-1'))
    >>> connecting((("sudo", "curl", "-q", "--connect-timeout", "3", "https://shop.example.org"),))
    (('sudo', 'curl', '-q', '--connect-timeout', '3', 'https://shop.example.org'),)
    """
    return tuple(_told(tuple(stage)) for stage in pipeline)


def _told(stage: Argv) -> Argv:
    at = program_at(stage) + 1
    begins, words = _WORDS.get(name_of(stage[at - 1]) if at <= len(stage) else "", ("", ()))
    if not words or any(word.startswith(begins) for word in stage[at:]):
        return stage
    first = stage[at] if at < len(stage) else ""
    if first.startswith("-q"):  # curl reads it in its first word only, and what is behind it may want the next word
        return (*stage[:at], "-q", *words, *((f"-{first[2:]}",) if first[2:] else ()), *stage[at + 1 :])
    at += first == "--disable"
    return (*stage[:at], *words, *stage[at:])
