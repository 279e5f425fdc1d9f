"""Words that become a command only while it runs: read by xargs, piped into a shell, put together inside a text. Pure.

Where a target is held to a cluster or an account, a command that may run what nobody has read does not run there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.command.bash import parse
from tocsin.runbook.command.programs import Argv
from tocsin.runbook.command.wrappers import name_of, of_find, of_xargs, replaced_by_xargs, unwrapped

SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash", "fish"})
_WITH_TEXT = SHELLS | {"su", "runuser"}
_READS_TEXT = frozenset({"eval", "source", "."})
_DEEPEST = 4


def unseen(stage: Argv, *, piped: bool = False, deep: int = 0) -> str:
    """Why nobody can say which programs this stage runs; empty when its words tell. ``piped``: it reads from another.

    >>> unseen(("xargs", "env"))
    'xargs takes the program that it runs from what it reads'
    >>> unseen(("sh", "-c", "k=kube; ${k}ctl get pods"))
    'the shell puts the name of a program together while it runs'
    """
    if deep > _DEEPEST:
        return "there are too many commands inside of each other"
    around, words = unwrapped(stage)
    if not words:
        return "a wrapper takes the program that it runs from what it reads" if deep and around else ""
    match name_of(words[0]):
        case "xargs":
            return _of_xargs(words, deep)
        case "find":
            return unseen(inner, deep=deep + 1) if (inner := of_find(words)) else ""
        case name if name in _WITH_TEXT:
            text = text_of(words)
            if text is None:
                by_file = name in SHELLS and any(not word.startswith(("-", "+")) for word in words[1:])
                return f"{name} may run what is piped into it" if piped or (deep and not by_file) else ""
            return _of_text(text, deep)
    return ""


def inside(stage: Argv) -> Iterator[str]:
    """The words of the commands in the text that a shell of this stage is given, without their quotes."""
    _, words = unwrapped(stage)
    if words[:1] and name_of(words[0]) in ("xargs", "find"):
        yield from inside(of_xargs(words) if name_of(words[0]) == "xargs" else of_find(words))
    elif words[:1] and name_of(words[0]) in _WITH_TEXT and (text := text_of(words)) is not None:
        for argv in parse(text).programs:
            yield from argv
            yield from inside(argv)


def text_of(words: Argv) -> str | None:
    """The text behind the `-c` of a shell; None when it has none."""
    for place, word in enumerate(words[1:], 1):
        if word == "--command" or re.fullmatch(r"-[a-z]*c", word):
            return words[place + 1] if place + 1 < len(words) else ""
        if word.startswith("-c") and not word.startswith("--"):
            return word[2:]
    return None


def _of_xargs(words: Argv, deep: int) -> str:
    inner = of_xargs(words)
    _, run = unwrapped(inner)
    if not inner:
        return ""
    mark = replaced_by_xargs(words)
    if not run or (mark and mark in run[0]):
        return "xargs takes the program that it runs from what it reads"
    if name_of(run[0]) in _WITH_TEXT:
        return f"xargs gives what it reads to {name_of(run[0])}, which may run it"
    return unseen(inner, deep=deep + 1)


def _of_text(text: str, deep: int) -> str:
    parsed = parse(text)
    if not parsed.valid:
        return "the text of the shell cannot be read"
    for argv in parsed.programs:
        _, run = unwrapped(argv)
        if run and re.search(r"[$`]", run[0]):
            return "the shell puts the name of a program together while it runs"
        if run and run[0] in _READS_TEXT:
            return f"`{run[0]}` runs what nobody can read here"
        if why := unseen(argv, piped=parsed.piped, deep=deep + 1):
            return why
    return ""
