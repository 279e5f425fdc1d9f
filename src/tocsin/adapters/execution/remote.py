"""The far end of a step on another host: takes one order on standard input, runs it under the warden, reports.

Sent over the connection by ``steps_ssh.py`` with the modules that it needs; nothing is installed there. Standard
input is the life line: when the connection ends, so does all that was started. Standard output carries lines of JSON
(``ready``, ``lent``, ``refused``, ``started``), behind that what the command prints there, and then the word ``token``
of the order, which the command is not told, and the warden's ``Report``. Standard error is the command's own.

A second connection may bring the word to end what an earlier one has left, by the folder that it had named.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from typing import TypedDict

from tocsin.adapters.execution.fence import Fence
from tocsin.adapters.execution.kin import end_carrying
from tocsin.adapters.execution.preparing import RESERVED, Refusal, ShellOrder, prepare
from tocsin.adapters.execution.warden import KILLING, first_line, watched

PREFIX = "tocsin-step-"
"""What the private folder of a run is called."""
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
    connect: float
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
    said = json.loads(first_line(0))
    if "left_by" in said:
        _end(said["left_by"])
        return
    order: RemoteOrder = said
    private = tempfile.mkdtemp(prefix=PREFIX)
    try:
        _carry_out(order, private, printed)
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _end(private: str) -> None:
    """End whatever belongs to a run whose watch and keeper are both gone, and say what could not be ended."""
    name = os.path.basename(private)
    if not name.startswith(PREFIX):
        return  # it is no folder of ours
    left = end_carrying(f"TMPDIR={private}".encode(), Fence(name), 2 * KILLING, spared=KILLING)
    if not os.path.islink(private):
        shutil.rmtree(private, ignore_errors=True)
    _say({"left": left})


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
    prepared["connect"] = order["connect"]
    prepared["memory"] = order["memory"]
    prepared["processes"] = order["processes"]
    prepared["fence"] = os.path.basename(private)
    _say({"started": True, "private": private})
    _say(dict(watched(prepared)), order["token"])


def _say(what: dict[str, object], token: str = "") -> None:
    try:
        os.write(1, token.encode() + json.dumps(what).encode() + b"\n")
    except OSError:
        return  # nobody is left to hear it
