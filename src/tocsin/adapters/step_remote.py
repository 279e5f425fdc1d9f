"""The far end of a step on another host: takes one order on standard input, runs it under the warden, reports.

Sent over the connection by ``steps_ssh.py`` with the modules that it needs; nothing is installed there. Standard
input is the life line: when the connection ends, so does all that was started. Standard output carries lines of JSON
(``ready``, ``lent``, ``refused``, ``started``), behind that what the command prints there, and then the word ``token``
of the order, which the command is not told, and the warden's ``Report``. Standard error is the command's own.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from typing import TypedDict

from tocsin.adapters.step_preparing import RESERVED, Refusal, ShellOrder, prepare
from tocsin.adapters.step_warden import first_line, watched

KEPT = ("HOME", "USER", "LOGNAME", "PATH")
"""What a step on another host sees of the environment of its account there."""


class RemoteOrder(TypedDict):
    """What to run there. ``variables`` are values that are sent, ``names`` those that the account's own may have.

    ``directory`` None is the account's home. ``timeout`` in seconds.
    """

    pipeline: list[list[str]]
    directory: str | None
    environment: dict[str, str]
    names: list[str]
    timeout: float
    memory: int
    processes: int
    shell: ShellOrder | None
    token: str


def main() -> None:
    """Say that this is here, take one order, and carry it out."""
    printed = os.dup(1), os.dup(2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.umask(0o077)
    _say({"ready": list(sys.version_info[:3])})
    order: RemoteOrder = json.loads(first_line(0))
    private = tempfile.mkdtemp(prefix="tocsin-step-")
    try:
        _carry_out(order, private, printed)
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _carry_out(order: RemoteOrder, private: str, printed: tuple[int, int]) -> None:
    own = [name for name in (*KEPT, *order["names"]) if name in os.environ]
    environment = {name: os.environ[name] for name in own if name in KEPT or name not in RESERVED}
    environment.setdefault("PATH", os.defpath)
    # What only this account has is masked where the output is shown, so it has to be known there first.
    theirs = [name for name in order["names"] if name in environment and name not in order["environment"]]
    _say({"lent": [environment[name] for name in theirs]})
    environment.update(order["environment"])
    environment["TMPDIR"] = private
    directory = os.path.expanduser(order["directory"] or environment.get("HOME") or "/")
    prepared = prepare(order["pipeline"], environment, directory, order["shell"])
    if isinstance(prepared, Refusal):
        _say({"refused": prepared.trouble, "exit_codes": list(prepared.exit_codes)})
        return
    os.chdir(directory)
    prepared["stdout"], prepared["stderr"] = printed
    prepared["timeout"] = order["timeout"]
    prepared["memory"] = order["memory"]
    prepared["processes"] = order["processes"]
    prepared["fence"] = os.path.basename(private)
    _say({"started": True})
    _say(dict(watched(prepared)), order["token"])


def _say(what: dict[str, object], token: str = "") -> None:
    try:
        os.write(1, token.encode() + json.dumps(what).encode() + b"\n")
    except OSError:
        return  # nobody is left to hear it
