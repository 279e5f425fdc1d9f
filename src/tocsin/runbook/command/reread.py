"""Whether the answer to a blank would be read once more as a part of a command, by whatever form it runs. Pure.

An answer is one word of one program. A program that takes its words for a command again, as `sh -c` does wherever it
stands (behind docker, kubectl, find, sudo), would make more of it than a word (R18, F53).
"""

from __future__ import annotations

import re

from tocsin.runbook.command.bash import parse
from tocsin.runbook.command.blanks import blanks
from tocsin.runbook.command.wrappers import unwrapped
from tocsin.runbook.instructions import Command

BY_HAND = "run it yourself, then tick it off"
_READERS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "eval", "su", "ssh"})
"""Programs that read words as a command: wherever they stand among the words of another."""
_INTERPRETERS = re.compile(r"python[\d.]*|perl|ruby|node|php|lua|tclsh|osascript|mongo|mongosh|deno|bun")
_GIVES_A_PROGRAM = re.compile(r"-[a-zA-Z]*[ceErpn]|--(?:eval|print|run|exec)(?:=.*)?")
_FILTERS = frozenset({"awk", "gawk", "mawk", "nawk", "sed", "jq", "yq"})
"""Programs that read a word of theirs as a program, whatever stands in it."""
_OF_SSH = frozenset({"-p", "-i", "-l", "-o", "-J", "-F", "-L", "-R", "-D", "-W", "-b", "-c", "-e", "-m", "-E", "-S"})
_COUNTS = frozenset({"let", "declare", "typeset", "local", "read", "unset", "mapfile", "readarray", "getopts"})
"""They read a word as arithmetic or as the name of a variable, whose index may run a command."""


def why_reread(command: Command) -> str:
    """What would read an answer again, and what to do instead; empty when nothing does."""
    raws = tuple(blank.raw for blank in blanks(command))
    if not raws:
        return ""
    earlier = False
    for argv in parse(command.text).programs:
        around, inner = unwrapped(argv)
        if around and inner and _holds(inner[0], raws):
            return f"the blank stands where `{around[0][0]}` takes a program: {BY_HAND}"
        holds = [place for place, word in enumerate(argv) if _holds(word, raws)]
        if holds and inner and (inner[0] in _COUNTS or inner[:2] == ("printf", "-v")):
            return f"it has a blank, and `{inner[0]}` would read the answer as a part of a command: {BY_HAND}"
        for place, word in enumerate(argv):
            name = word.rsplit("/", 1)[-1]
            reads_input = bool(inner) and place == len(argv) - len(inner) and earlier
            if name in _READERS and (reads_input or any(at > _last_of_its_own(argv, place) for at in holds)):
                return (
                    f"it has a blank, and `{name}` would read the answer as a part of a command: "
                    f"write the program and its words without `{name}`, or {BY_HAND}"
                )
        if holds and (name := _runs_a_text(argv, raws)):
            return (
                f"it has a blank in the text of a program, and `{name}` would run the answer as a part of it: {BY_HAND}"
            )
        earlier = earlier or bool(holds)
    return ""


def _runs_a_text(argv: tuple[str, ...], raws: tuple[str, ...]) -> str:
    """The interpreter that would read a blank as program text: after `-c` or `-e`, or as the first word of a filter."""
    for place, word in enumerate(argv):
        name, rest = word.rsplit("/", 1)[-1], argv[place + 1 :]
        if _INTERPRETERS.fullmatch(name):
            given = next((n for n, one in enumerate(rest) if _GIVES_A_PROGRAM.fullmatch(one)), None)
            if given is not None and any(_holds(one, raws) for one in rest[given:]):
                return name
        if name in _FILTERS:
            first = next((one for one in rest if not one.startswith("-")), "")
            odd = (one for one in rest if _holds(one, raws) and (one == first or re.search(r"[\s{}()\[\]$;'\"|]", one)))
            if next(odd, None) is not None:
                return name
    return ""


def _last_of_its_own(argv: tuple[str, ...], place: int) -> int:
    """The place of the last word that a reader does not read as a command: its name; for ssh, the host."""
    if argv[place].rsplit("/", 1)[-1] != "ssh":
        return place
    at = place + 1
    while at < len(argv) and argv[at].startswith("-"):
        at += 2 if argv[at] in _OF_SSH else 1
    return at


def _holds(word: str, raws: tuple[str, ...]) -> bool:
    return any(raw in word for raw in raws)
