"""Runs a step's command on this machine: an argv pipeline without a shell, bounded in time, output and kin.

The command sees an environment of its own (an allow-list, a private home that is removed afterwards), no terminal
and no input. ``step_warden.py`` watches it in a process of its own and ends everything it started, also when this
process dies. Not bounded: memory and the number of processes, which need a cgroup.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tocsin.adapters import step_warden
from tocsin.adapters.step_warden import GRACE, KILLING, Order, Report, carrying
from tocsin.adapters.terminal_text import plain, shortened
from tocsin.app.ports import Execution
from tocsin.clock import monotonic
from tocsin.errors import BadSettings

HEAD = 48 * 1024
TAIL = 16 * 1024 - 128  # with the line that says what is missing, no more than 64 KiB
SLACK = 3.0  # seconds beyond the warden's own bounds in which its report must come

_WHOLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_BRACED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_RESERVED = frozenset({"HOME", "TMPDIR", "LD_PRELOAD", "LD_LIBRARY_PATH"})


class LocalSteps:
    """Runs steps here. ``declared`` are the variables that the team declared for its steps.

    ``path`` is where programs are looked for (this process's own PATH if not given), ``zone`` becomes TZ. Raises
    BadSettings for a declared name that is no variable's, or that the adapter keeps for itself.
    """

    def __init__(
        self,
        declared: Mapping[str, str] | None = None,
        *,
        path: str | None = None,
        zone: str = "UTC",
        scratch: Path | None = None,
    ) -> None:
        for name in declared or {}:
            if name in _RESERVED or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
                raise BadSettings(f"{name!r} cannot be declared as a variable of steps")
        self._scratch = scratch
        self._environment = {
            "PATH": path or os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "TZ": zone,
            "PAGER": "cat",
            "GIT_PAGER": "cat",
            "MANPAGER": "cat",
            "AWS_PAGER": "",
            "SYSTEMD_PAGER": "",
            "GIT_TERMINAL_PROMPT": "0",
            "PGCONNECT_TIMEOUT": "10",
            "DEBIAN_FRONTEND": "noninteractive",
            **(declared or {}),
        }

    def run(
        self,
        pipeline: Sequence[Sequence[str]],
        *,
        timeout: timedelta,
        directory: str | None,
        variables: Sequence[str] = (),
    ) -> Execution:
        """Run a pipeline and wait for its end; when this returns, everything it started is gone or named.

        ``exit_codes`` are those of a shell: 128 + n for signal n, 127 alone when a program is not installed here. A
        word that is ``$NAME``, or ``${NAME}`` within a word, is replaced from the environment of the command; a name
        that is not set stops everything before it starts. ``directory`` None is the private home. ``variables`` of
        this process's environment are added by name; what the adapter keeps for itself is not.
        """
        began = monotonic()
        with tempfile.TemporaryDirectory(prefix="tocsin-step-", dir=self._scratch, ignore_cleanup_errors=True) as home:
            lent = {name: os.environ[name] for name in variables if name in os.environ and name not in _RESERVED}
            environment = {**self._environment, **lent, "HOME": home, "TMPDIR": home}
            prepared = _prepare(pipeline, environment, directory or home)
            if isinstance(prepared, _Refusal):
                return Execution(prepared.exit_codes, "", False, False, monotonic() - began, prepared.trouble)
            execution = _watched(prepared, timeout.total_seconds())
        return Execution(
            execution.exit_codes,
            execution.output,
            execution.truncated,
            execution.timed_out,
            monotonic() - began,
            execution.trouble,
        )


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Nothing was started, and why."""

    trouble: str
    exit_codes: tuple[int, ...] = ()


@dataclass(slots=True)
class _Kept:
    """The first and the last of an output of any length."""

    head: bytearray = field(default_factory=bytearray)
    tail: bytearray = field(default_factory=bytearray)
    left_out: int = 0

    def add(self, piece: bytes) -> None:
        """Keep what fits and count the rest."""
        room = HEAD - len(self.head)
        self.head += piece[:room]
        self.tail += piece[room:]
        if len(self.tail) > 4 * TAIL:
            self._trim()

    def text(self) -> tuple[str, bool]:
        """The output as plain text, and whether anything is missing from it."""
        self._trim()
        text = plain(self.head.decode("utf-8", "replace"))
        if self.left_out:
            text += f"\n[… {self.left_out} bytes left out …]\n"
        text += plain(self.tail.decode("utf-8", "replace"))
        text, cut = shortened(text)
        return text, cut or self.left_out > 0

    def _trim(self) -> None:
        over = len(self.tail) - TAIL
        if over > 0:
            del self.tail[:over]
            self.left_out += over


def _prepare(pipeline: Sequence[Sequence[str]], environment: dict[str, str], directory: str) -> Order | _Refusal:
    """The order for the warden, or why nothing may start: all is checked before the first program runs."""
    if not pipeline or not all(stage and stage[0] for stage in pipeline):
        return _Refusal("there is no command to run")
    if not os.path.isdir(directory):
        return _Refusal(f"the folder {directory} does not exist here")
    stages: list[list[str]] = []
    programs: list[str] = []
    for stage in pipeline:
        try:
            words = [_filled(word, environment) for word in stage]
        except KeyError as unset:
            return _Refusal(f"the variable {unset.args[0]} is not set for steps; declare it and run again")
        if any("\0" in word for word in words):
            return _Refusal("a word of the command holds a NUL")
        program = _program(words[0], environment["PATH"], directory)
        if isinstance(program, _Refusal):
            return program
        stages.append(words)
        programs.append(program)
    return {
        "stages": stages,
        "programs": programs,
        "environment": environment,
        "directory": directory,
        "output": -1,
        "timeout": 0.0,
    }


def _filled(word: str, environment: Mapping[str, str]) -> str:
    # `$NAME` inside a longer word stays as it is: `awk '{print $NF}'` means awk's own variable.
    if whole := _WHOLE.fullmatch(word):
        return environment[whole[1] or whole[2]]
    return _BRACED.sub(lambda found: environment[found[1]], word)


def _program(word: str, path: str, directory: str) -> str | _Refusal:
    if "/" not in word:
        found = shutil.which(word, path=path)
        return os.path.abspath(found) if found else _Refusal(f"{word} is not installed here", (127,))
    place = os.path.join(directory, word)
    if not os.path.exists(place):
        return _Refusal(f"{word} is not installed here: there is no such file in {directory}", (127,))
    if not os.path.isfile(place) or not os.access(place, os.X_OK):
        return _Refusal(f"{word} cannot be executed here: it is no program, or not marked as one", (126,))
    return place


def _watched(order: Order, timeout: float) -> Execution:
    """Have the warden run the order, and keep what it prints."""
    output, written = os.pipe()
    try:
        order = {**order, "output": written, "timeout": timeout}
        warden = subprocess.Popen(
            [sys.executable, "-I", "-S", step_warden.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=order["environment"],
            pass_fds=(written,),
        )
    except OSError as error:
        os.close(output)
        return Execution((), "", False, False, 0.0, f"no process can be started here: {error.strerror}")
    finally:
        os.close(written)
    kept = _Kept()
    try:
        report = _await_report(warden, order, output, kept, timeout + GRACE + KILLING + SLACK)
    finally:
        os.close(output)
        for pipe in (warden.stdin, warden.stdout):
            if pipe is not None:
                pipe.close()
        warden.wait()
    if report is None:
        _end_unwatched(order["environment"]["HOME"])
    return _execution(report, kept)


def _await_report(
    warden: subprocess.Popen[bytes], order: Order, output: int, kept: _Kept, patience: float
) -> Report | None:
    """Read output and report side by side until both end; None when the warden ended without a report."""
    assert warden.stdin is not None
    assert warden.stdout is not None
    deadline = monotonic() + patience
    said = bytearray()
    try:
        warden.stdin.write(json.dumps(order).encode() + b"\n")
        warden.stdin.flush()  # and left open: it is the warden's life line
    except BrokenPipeError:
        return None
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        selector.register(warden.stdout, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - monotonic()))
            if not ready:
                break
            for key, _ in ready:
                piece = os.read(key.fd, 65536)
                if not piece:
                    selector.unregister(key.fileobj)
                    if key.fd != output and not said:
                        return None
                elif key.fd == output:
                    kept.add(piece)
                else:
                    said += piece
                    # All are dead that could be killed; a survivor that holds the output may not hold us.
                    deadline = min(deadline, monotonic() + 1.0)
    if warden.poll() is None and not said:
        warden.kill()
    report: Report | None = json.loads(said) if said.endswith(b"\n") else None
    return report


def _end_unwatched(home: str) -> None:
    """Kill what a warden left behind that was killed itself; its private home marks whoever belongs to it."""
    deadline = monotonic() + KILLING
    while (left := carrying(f"HOME={home}".encode())) and monotonic() < deadline:
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def _execution(report: Report | None, kept: _Kept) -> Execution:
    text, truncated = kept.text()
    if report is None:
        trouble = "the process that watched this command ended before it could say how it went"
        return Execution((), text, truncated, False, 0.0, trouble)
    if report["stragglers"]:
        text += f"\n[ended what the command had left running: {', '.join(report['stragglers'])}]\n"
    trouble = report["trouble"]
    if report["survivors"]:
        trouble = "; ".join(part for part in (trouble, f"could not be ended: {', '.join(report['survivors'])}") if part)
    # A stage without a code was killed and could not be waited for, or was never reached.
    codes = tuple(137 if code is None else code for code in report["exit_codes"])
    return Execution(codes, text, truncated, report["timed_out"], 0.0, trouble)
