"""What is below a process: named when it could not be ended."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from tests.stage.fleeing import fleeing
from tocsin.adapters.execution.output import NoMasks, Printed
from tocsin.adapters.execution.watching import Watching
from tocsin.app.ports import Limits
from tocsin.incident.streams import Stream

ENDS = """
import ctypes, json, os, subprocess, sys, time
from tocsin.adapters.execution.fence import Fence
from tocsin.adapters.execution.kin import Kin
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
one = subprocess.Popen(sys.argv[2:])
until = sys.argv[1]
while until and not (os.path.exists(until) and os.path.getsize(until)):
    time.sleep(0.01)
kin = Kin(Fence(""), [])
left = kin.end(0.0)
print(json.dumps([left, one.pid, kin.end(4.0)]))
"""


def ends(command: Sequence[str], until: str = "") -> tuple[list[str], int, list[str]]:
    """What a process with the command below it could not end in no time; its number; and what not in four seconds."""
    done = subprocess.run([sys.executable, "-c", ENDS, until, *command], capture_output=True, text=True, timeout=60)
    named, pid, rest = json.loads(done.stdout)
    return named, pid, rest


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_what_could_not_be_ended_is_named(tmp_path: Path) -> None:
    """R17: by name and number; what moves too fast for that is named as such, and never passed over."""
    named, pid, rest = ends(["sleep", "30"])
    assert (named, rest) == ([f"sleep ({pid})"], [])
    with fleeing(tmp_path / "flight", each=False) as flight:
        named, _, rest = ends(flight.command, str(flight.folder / "beat"))
        assert (len(named) >= 1, rest) == (True, [])
        assert not flight.lives


def test_survivors_stand_in_what_a_run_says() -> None:
    """R17: whoever reads the timeline learns what still runs, and where to look for it."""
    report = {"exit_codes": [0], "timed_out": False, "trouble": "", "stragglers": [], "lost": False}
    said = json.dumps({**report, "survivors": ["mysqld (4711)"]})
    command = [sys.executable, "-c", f"import sys; sys.stdin.readline(); print({said!r})"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as warden:  # type: ignore[call-overload]
        limits = Limits(total=timedelta(seconds=30))
        printed = Printed(NoMasks(), lambda _text: None)
        watch = Watching(warden, b"{}\n", {warden.stderr.fileno(): Stream.STDERR}, printed, limits, lambda: False)
        watch.watch()
    execution = watch.execution()
    assert execution is not None
    assert execution.trouble == "could not be ended: mysqld (4711)"
