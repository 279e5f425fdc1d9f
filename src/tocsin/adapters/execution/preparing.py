"""Makes a pipeline ready where it runs: variables put in, programs found, passwords taken out of the words.

Sent to other hosts by ``steps_ssh.py``: standard library and its neighbours that are sent along only, in the Python of
3.8.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypedDict

from tocsin.adapters.execution.passwords import without_passwords
from tocsin.adapters.execution.warden import Order

QUIET = {
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "MANPAGER": "cat",
    "AWS_PAGER": "",
    "SYSTEMD_PAGER": "",
    "GIT_TERMINAL_PROMPT": "0",
    "PGCONNECT_TIMEOUT": "10",
    "GIT_HTTP_LOW_SPEED_LIMIT": "1",
    "GIT_HTTP_LOW_SPEED_TIME": "30",
    "DEBIAN_FRONTEND": "noninteractive",
}
"""The environment of every step: no pager, no prompt, no colours, and no long wait for a host where a variable says so;
``curl`` and ``aws`` get words (``runbook/command/connecting.py``), the watch ends the others (``connections.py``)."""
RESERVED = frozenset({"HOME", "TMPDIR", "LD_PRELOAD", "LD_LIBRARY_PATH", "BASH_ENV", "ENV", "SHELLOPTS", "BASHOPTS"})
"""What no team may lend to its steps."""

_WHOLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_BRACED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


UNSET = "the variable %s is not set for steps; declare it and run again"


class Refusal(NamedTuple):
    """Nothing was started, and why."""

    trouble: str
    exit_codes: tuple[int, ...] = ()


class ShellOrder(TypedDict):
    """What goes with a stage that is a shell: values for its environment, what must be set there, (variable, program).

    Of the last, a password in the variable's value is handed to the program as it is done without a shell.
    """

    given: dict[str, str]
    needs: list[str]
    handed: list[list[str]]


def prepare(
    pipeline: Sequence[Sequence[str]], environment: dict[str, str], directory: str, shell: ShellOrder | None = None
) -> Order | Refusal:
    """The order for the warden, or why nothing may start: all is checked before the first program runs.

    ``environment`` gets what takes the place of passwords. Output, time and bounds of the order are for the caller.
    With a ``shell`` the words stay as they are, byte for byte.
    """
    if not pipeline or not all(stage and stage[0] for stage in pipeline):
        return Refusal("there is no command to run")
    if not os.path.isdir(directory):
        return Refusal(f"the folder {directory} does not exist here")
    unset = _ready_for_shell(shell, environment) if shell is not None else ""
    if unset:
        return Refusal(UNSET % unset)
    stages: list[list[str]] = []
    programs: list[str] = []
    for stage in pipeline:
        try:
            words = list(stage) if shell is not None else [_filled(word, environment) for word in stage]
        except KeyError as missing:
            return Refusal(UNSET % missing.args[0])
        if any("\0" in word for word in words):
            return Refusal("a word of the command holds a NUL")
        program = _program(words[0], environment["PATH"], directory)
        if isinstance(program, Refusal):
            return program
        words = words if shell is not None else without_passwords(words, environment)
        stages.append(words)
        programs.append(program)
    return {
        "stages": stages,
        "programs": programs,
        "environment": environment,
        "directory": directory,
        "stdout": -1,
        "stderr": -1,
        "timeout": 0.0,
        "connect": 0.0,
        "memory": 0,
        "processes": 0,
        "fence": "",
    }


def _ready_for_shell(shell: ShellOrder, environment: dict[str, str]) -> str:
    """Put what was given into the environment, passwords out of its words; the first variable that is not set."""
    for name in shell["needs"]:
        if name not in environment:
            return name
    for name, program in shell["handed"]:
        _, environment[name] = without_passwords([program, environment[name]], environment)
    environment.update(shell["given"])
    return ""


def _filled(word: str, environment: Mapping[str, str]) -> str:
    # `$NAME` inside a longer word stays as it is: `awk '{print $NF}'` means awk's own variable.
    whole = _WHOLE.fullmatch(word)
    if whole:
        return environment[whole[1] or whole[2]]
    return _BRACED.sub(lambda found: environment[found[1]], word)


def _program(word: str, path: str, directory: str) -> str | Refusal:
    if "/" not in word:
        found = shutil.which(word, path=path)
        return os.path.abspath(found) if found else Refusal(f"{word} is not installed here", (127,))
    place = os.path.join(directory, word)
    if not os.path.exists(place):
        return Refusal(f"{word} is not installed here: there is no such file in {directory}", (127,))
    if not os.path.isfile(place) or not os.access(place, os.X_OK):
        return Refusal(f"{word} cannot be executed here: it is no program, or not marked as one", (126,))
    return place
