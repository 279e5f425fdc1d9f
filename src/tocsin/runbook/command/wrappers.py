"""Words before a program that only say how it runs: `sudo -u ops`, `timeout 60`, `env K=V`, `xargs -n 1`."""

from __future__ import annotations

import re

from tocsin.runbook.command.programs import Argv, tables

_WITH_OPTIONS = ("sudo", "timeout", "env", "nice", "stdbuf", "doas")
_WITH_VALUES = ("-u", "-g", "-k", "-s")
_OF_XARGS = ("-n", "-I", "-P", "-L", "-d", "-a", "-s", "-E")


def unwrapped(argv: Argv) -> tuple[tuple[Argv, ...], Argv]:
    """What stands around a program, each wrapper or NAME= word with its own words, and the program with its words.

    >>> unwrapped(("sudo", "-u", "ops", "K=V", "df", "-h"))
    ((('sudo', '-u', 'ops'), ('K=V',)), ('df', '-h'))
    """
    around: list[Argv] = []
    while argv:
        if length := _length_of_runner(argv):
            around.append(argv[:length])
            argv = argv[length:]
            continue
        if argv[0] not in tables("sets")["wrappers"] and not is_assignment(argv[0]):
            break
        whole, name, argv = argv, argv[0], argv[1:]
        while argv and argv[0].startswith("-") and name in _WITH_OPTIONS:
            argv = argv[2:] if argv[0] in _WITH_VALUES and name != "env" else argv[1:]
        if name == "timeout" and argv:
            argv = argv[1:]
        around.append(whole[: len(whole) - len(argv)])
    return tuple(around), argv


def _length_of_runner(argv: Argv) -> int:
    """How many words before a program only load its environment: 3 of "direnv exec . df"; 0 where nothing is run."""
    if argv[0] == "direnv" and argv[1:2] == ("exec",):
        return 3 if len(argv) > 3 else 0
    if argv[0] not in _RUNNERS or "--" not in argv[:-1]:
        return 0
    return argv.index("--") + 1


_RUNNERS = frozenset({"aws-vault", "chamber", "direnv", "doppler", "dotenv", "infisical", "op", "summon", "teller"})
"""Programs that run what stands behind "--", or behind "exec" and a folder, with settings fetched for it.

Sources: their manuals."""


def loads_an_environment(around: tuple[Argv, ...]) -> bool:
    """Whether one of the words before a program fetches its environment first: `doppler run -- df`."""
    return any(wrapper[0] in _RUNNERS for wrapper in around)


def is_assignment(word: str) -> bool:
    """Whether a word before a program sets a variable for it: "PGPASSWORD=…"."""
    return "=" in word and _ASSIGNS.match(word) is not None


_ASSIGNS = re.compile(r"\w+=")


def of_xargs(argv: Argv) -> Argv:
    """What xargs runs; empty when it only echoes."""
    rest = argv[1:]
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in _OF_XARGS else rest[1:]
    return rest


def replaced_by_xargs(argv: Argv) -> str:
    """What stands for the words that xargs reads, in its `-I x`; empty where they are put at the end.

    >>> replaced_by_xargs(("xargs", "-r", "-I", "{}", "kill", "{}")), replaced_by_xargs(("xargs", "kill"))
    ('{}', '')
    """
    options = argv[1 : len(argv) - len(of_xargs(argv))]
    for place, word in enumerate(options):
        if word == "-I":
            return options[place + 1] if place + 1 < len(options) else "{}"
        if word.startswith(("-I", "-i", "--replace")):
            return word.removeprefix("--replace").lstrip("=").removeprefix("-I").removeprefix("-i") or "{}"
    return ""


def of_find(argv: Argv) -> Argv:
    """What find runs for what it finds; empty when it runs nothing."""
    at = next((argv.index(flag) for flag in ("-exec", "-execdir", "-ok") if flag in argv), len(argv))
    return argv[at + 1 :]


def program_at(stage: Argv) -> int:
    """Where the program's name stands: behind wrappers, NAME= words, `xargs` and `find -exec`."""
    rest = stage
    while True:
        _, rest = unwrapped(rest)
        inner = of_xargs(rest) if rest[:1] == ("xargs",) else of_find(rest) if rest[:1] == ("find",) else ()
        if not inner:
            return len(stage) - len(rest)
        rest = inner


def name_of(word: str) -> str:
    """A program's name without its folder."""
    return word.rsplit("/", 1)[-1]
