"""How long a program waits for a host that does not answer: said in the words of its command where nothing else can.

`curl` and `aws` wait for minutes, and no variable tells them otherwise. What is put in stands in the words, so that it
is read before the run and is part of what consent is given to (ADR 0030). What a command says itself is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tocsin.runbook.command.programs import Argv
from tocsin.runbook.command.wrappers import name_of, program_at, unwrapped

_SAYS = {
    "curl": re.compile("--connect-ti"),  # it and aws take the beginning of an option for the whole
    "aws": re.compile("--cli-c"),
    "wget": re.compile("--(?:connect-)?timeout|-T"),
    "ssh": re.compile("(?:-o ?)?ConnectTimeout"),
    "nc": re.compile(r"-\w*w"),
    "mysql": re.compile("--connect[-_]timeout"),
}
"""By the program: how the word begins by which its command says it."""
_PUT_IN = {
    "curl": ("--connect-timeout", "10"),
    "aws": ("--cli-connect-timeout=5",),  # of each of its tries, of which it makes three to five
}


def connecting(pipeline: Sequence[Argv]) -> tuple[Argv, ...]:
    """The stages with the seconds in which a host has to answer, where the program needs to be told.

    >>> connecting((("curl", "-f", "https://shop.example.org"), ("head", "-1")))
    (('curl', '--connect-timeout', '10', '-f', 'https://shop.example.org'), ('head', '-1'))
    >>> connecting((("sudo", "curl", "-q", "--connect-timeout", "3", "https://shop.example.org"),))
    (('sudo', 'curl', '-q', '--connect-timeout', '3', 'https://shop.example.org'),)
    """
    return tuple(_told(tuple(stage)) for stage in pipeline)


def says_how_long(stage: Argv) -> bool:
    """Whether a command says itself how long it waits for a host, or somebody does who ends it with `timeout`.

    >>> says_how_long(("sudo", "timeout", "45", "redis-cli", "ping")), says_how_long(("echo", "timeout"))
    (True, False)
    """
    around, argv = unwrapped(stage)
    if "timeout" in (name_of(one[0]) for one in (*around, argv) if one):
        return True
    says = _SAYS.get(name_of(argv[0])) if argv else None
    return says is not None and any(map(says.match, argv[1:]))


def _told(stage: Argv) -> Argv:
    at = program_at(stage) + 1
    program = name_of(stage[at - 1]) if at <= len(stage) else ""
    words = _PUT_IN.get(program, ())
    if not words or any(map(_SAYS[program].match, stage[at:])):
        return stage
    first = stage[at] if at < len(stage) else ""
    if first.startswith("-q"):  # curl reads it in its first word only, and what is behind it may want the next word
        return (*stage[:at], "-q", *words, *((f"-{first[2:]}",) if first[2:] else ()), *stage[at + 1 :])
    at += first == "--disable"
    return (*stage[:at], *words, *stage[at:])
