"""Runs a step's command on this machine: an argv pipeline without a shell, bounded in time, output and kin.

The command sees an environment of its own (an allow-list, a private home that is removed afterwards), no terminal
and no input. ``warden.py`` watches it in a process of its own and ends everything it started, also when this
process dies. Memory and the number of processes are bounded by looking at them: a burst between two looks is not seen.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tocsin.adapters.execution import warden
from tocsin.adapters.execution.fence import Fence
from tocsin.adapters.execution.kin import end_carrying
from tocsin.adapters.execution.output import NoMasks, Printed
from tocsin.adapters.execution.preparing import QUIET, RESERVED, Refusal, ShellOrder, prepare
from tocsin.adapters.execution.warden import KILLING, Order
from tocsin.adapters.execution.watching import UNWATCHED, Watching, and_left
from tocsin.app.ports import Execution, Hear, Job, Limits, Masks
from tocsin.clock import monotonic
from tocsin.errors import BadSettings
from tocsin.incident.streams import Stream, joined, marks

WARDEN = "import sys; sys.path.append(sys.argv[1]); from tocsin.adapters.execution import warden; warden.main()"
"""The warden as a module, whose compiled form is kept; a program's is made anew for each run."""
SOURCES = str(Path(warden.__file__).parents[3])


class LocalSteps:
    """Runs steps here. ``declared`` are the variables that the team declared for its steps.

    ``path`` is where programs are looked for (this process's own PATH if not given), ``zone`` becomes TZ. Raises
    BadSettings for a declared name that is no variable's, or that the adapter keeps for itself. ``own_home`` leaves
    them the account's HOME, where kubectl, pm2 and the AWS CLI keep what they need; TMPDIR is private in any case.
    ``fenced`` gives each run a control group of its own where one may be made.
    """

    def __init__(
        self,
        declared: Mapping[str, str] | None = None,
        *,
        path: str | None = None,
        zone: str = "UTC",
        scratch: Path | None = None,
        masks: Callable[[], Masks] = NoMasks,
        own_home: bool = False,
        fenced: bool = True,
    ) -> None:
        for name in declared or {}:
            if name in RESERVED or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
                raise BadSettings(f"{name!r} cannot be declared as a variable of steps")
        self._scratch, self._masks, self._fenced = scratch, masks, fenced
        self._home = os.environ.get("HOME", "/") if own_home else None
        self._environment = {
            **QUIET,
            "PATH": path or os.environ.get("PATH", os.defpath),
            "TZ": zone,
            **(declared or {}),
        }

    def run(self, job: Job, *, hear: Hear = lambda _: None, cancelled: Callable[[], bool] = lambda: False) -> Execution:
        """Run a pipeline and wait for its end; when this returns, everything it started is gone or named.

        ``exit_codes`` are those of a shell: 128 + n for signal n, 127 alone when a program is not installed here. A
        word that is ``$NAME``, or ``${NAME}`` within a word, is replaced from the environment of the command; a name
        that is not set stops everything before it starts. The words of a shell stay as they are. ``directory`` None is
        the private home. ``variables`` of this process's environment are added by name; what the adapter keeps for
        itself is not.
        """
        began = monotonic()
        try:
            place = tempfile.TemporaryDirectory(prefix="tocsin-step-", dir=self._scratch, ignore_cleanup_errors=True)
        except OSError as error:
            return _impossible(error)
        with place as home:
            lent = {name: os.environ[name] for name in job.variables if name in os.environ and name not in RESERVED}
            environment = {**self._environment, **lent, "HOME": self._home or home, "TMPDIR": home}
            prepared = prepare(job.pipeline, environment, job.directory or environment["HOME"], shell_order(job))
            if isinstance(prepared, Refusal):
                return Execution(prepared.exit_codes, "", False, False, monotonic() - began, prepared.trouble)
            prepared["fence"] = os.path.basename(home) if self._fenced else ""
            execution = _watched(prepared, job.limits, Printed(self._masks(), hear), cancelled)
        return replace(execution, seconds=monotonic() - began)


def shell_order(job: Job) -> ShellOrder | None:
    """What goes with a shell of a job, as it is sent; None when there is none."""
    if job.shell is None:
        return None
    handed = [[variable, program] for variable, program in job.shell.handed]
    return {"given": dict(job.shell.given), "needs": list(job.shell.needs), "handed": handed}


def _watched(order: Order, limits: Limits, printed: Printed, cancelled: Callable[[], bool]) -> Execution:
    """Have the warden run the order, and keep what it prints."""
    try:
        (stdout, to_stdout), (stderr, to_stderr) = _two_pipes()
    except OSError as error:
        return _impossible(error)
    try:
        order = {
            **order,
            "stdout": to_stdout,
            "stderr": to_stderr,
            "timeout": limits.total.total_seconds(),
            "connect": limits.connect.total_seconds() if limits.connect else 0.0,
            "memory": limits.memory,
            "processes": limits.processes,
        }
        warden = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", WARDEN, SOURCES],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=order["environment"],
            pass_fds=(to_stdout, to_stderr),
        )
    except OSError as error:
        os.close(stdout)
        os.close(stderr)
        return _impossible(error)
    finally:
        os.close(to_stdout)
        os.close(to_stderr)
    outputs = {stdout: Stream.STDOUT, stderr: Stream.STDERR}
    watch = Watching(warden, json.dumps(order).encode() + b"\n", outputs, printed, limits, cancelled)
    try:
        watch.watch()
    finally:
        os.close(stdout)
        os.close(stderr)
        for pipe in (warden.stdin, warden.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # what was not told to one that is gone
                    pipe.close()
        warden.wait()
    left: list[str] = []
    if watch.report is None:  # whose keeper was killed too; the private home marks whoever belongs to it
        mark = f"TMPDIR={order['environment']['TMPDIR']}".encode()
        left = end_carrying(mark, Fence(order["fence"]), 2 * KILLING, spared=KILLING)
    printed.close()
    if (execution := watch.execution()) is not None:
        return execution
    said, truncated = printed.kept.pieces()
    text, streams = joined(said), marks(said)
    if not watch.sent:
        trouble = "the process that was to watch this command ended before it began; nothing was run"
        return Execution((), text, truncated, False, 0.0, trouble, cancelled=watch.ended, streams=streams)
    trouble = and_left(UNWATCHED, [*watch.outlived, *left])
    return Execution((), text, truncated, watch.idle, 0.0, trouble, cancelled=watch.ended, lost=True, streams=streams)


def _two_pipes() -> tuple[tuple[int, int], tuple[int, int]]:
    """Two pipes, or none. Raises OSError."""
    first = os.pipe()
    try:
        return first, os.pipe()
    except OSError:
        for end in first:
            os.close(end)
        raise


def _impossible(error: OSError) -> Execution:
    """Nothing was started."""
    return Execution((), "", False, False, 0.0, f"no process can be started here: {error.strerror}")
