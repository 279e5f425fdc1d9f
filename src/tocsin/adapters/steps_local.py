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
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tocsin.adapters import step_warden
from tocsin.adapters.step_output import NoMasks, Printed
from tocsin.adapters.step_secrets import without_passwords
from tocsin.adapters.step_warden import END, GRACE, KILLING, Order, Report, carrying
from tocsin.app.ports import Execution, Hear, Job, Limits, Masks
from tocsin.clock import monotonic
from tocsin.errors import BadSettings

LOOK_EVERY = 0.2  # seconds between two looks whether the run is to be ended
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
        masks: Callable[[], Masks] = NoMasks,
    ) -> None:
        for name in declared or {}:
            if name in _RESERVED or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
                raise BadSettings(f"{name!r} cannot be declared as a variable of steps")
        self._scratch, self._masks = scratch, masks
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

    def run(self, job: Job, *, hear: Hear = lambda _: None, cancelled: Callable[[], bool] = lambda: False) -> Execution:
        """Run a pipeline and wait for its end; when this returns, everything it started is gone or named.

        ``exit_codes`` are those of a shell: 128 + n for signal n, 127 alone when a program is not installed here. A
        word that is ``$NAME``, or ``${NAME}`` within a word, is replaced from the environment of the command; a name
        that is not set stops everything before it starts. ``directory`` None is the private home. ``variables`` of
        this process's environment are added by name; what the adapter keeps for itself is not.
        """
        began = monotonic()
        with tempfile.TemporaryDirectory(prefix="tocsin-step-", dir=self._scratch, ignore_cleanup_errors=True) as home:
            lent = {name: os.environ[name] for name in job.variables if name in os.environ and name not in _RESERVED}
            environment = {**self._environment, **lent, "HOME": home, "TMPDIR": home}
            prepared = _prepare(job.pipeline, environment, job.directory or home)
            if isinstance(prepared, _Refusal):
                return Execution(prepared.exit_codes, "", False, False, monotonic() - began, prepared.trouble)
            execution = _watched(prepared, job.limits, Printed(self._masks(), hear), cancelled)
        return replace(execution, seconds=monotonic() - began)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Nothing was started, and why."""

    trouble: str
    exit_codes: tuple[int, ...] = ()


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
        words = without_passwords(words, environment)
        stages.append(words)
        programs.append(program)
    return {
        "stages": stages,
        "programs": programs,
        "environment": environment,
        "directory": directory,
        "output": -1,
        "timeout": 0.0,
        "memory": 0,
        "processes": 0,
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


def _watched(order: Order, limits: Limits, printed: Printed, cancelled: Callable[[], bool]) -> Execution:
    """Have the warden run the order, and keep what it prints."""
    output, written = os.pipe()
    try:
        order = {
            **order,
            "output": written,
            "timeout": limits.total.total_seconds(),
            "memory": limits.memory,
            "processes": limits.processes,
        }
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
    watch = _Watching(warden, order, output, printed, limits, cancelled)
    try:
        report = watch.report()
    finally:
        os.close(output)
        for pipe in (warden.stdin, warden.stdout):
            if pipe is not None:
                pipe.close()
        warden.wait()
    if report is None:
        _end_unwatched(order["environment"]["HOME"])
    printed.close()
    return _execution(report, watch)


@dataclass(slots=True)
class _Watching:
    """Reads output and report side by side until both end, and tells the warden when the run is to be ended.

    ``ended`` when the caller wanted so, ``idle`` when nothing was heard for too long; ``why`` says it in words.
    """

    warden: subprocess.Popen[bytes]
    order: Order
    output: int
    printed: Printed
    limits: Limits
    cancelled: Callable[[], bool]
    ended: bool = False
    idle: bool = False
    why: str = ""
    _said: bytearray = field(default_factory=bytearray)
    _deadline: float = 0.0
    _heard_at: float = 0.0
    _looked_at: float = 0.0

    def report(self) -> Report | None:
        """The warden's report; None when it ended without one."""
        if not self._tell(json.dumps(self.order).encode() + b"\n"):  # the pipe stays open: it is the life line
            return None
        self._heard_at = monotonic()
        self._deadline = self._heard_at + self.order["timeout"] + GRACE + KILLING + SLACK
        assert self.warden.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.output, selectors.EVENT_READ)
            selector.register(self.warden.stdout, selectors.EVENT_READ)
            while selector.get_map() and monotonic() < self._deadline:
                self._look()
                ready = selector.select(min(LOOK_EVERY, max(0.0, self._deadline - monotonic())))
                for key, _ in ready:
                    piece = os.read(key.fd, 65536)
                    if not piece:
                        selector.unregister(key.fileobj)
                        if key.fd != self.output and not self._said:
                            return None
                    elif key.fd == self.output:
                        self.printed.add(piece)
                        self._heard_at = monotonic()
                    else:
                        self._said += piece
                        # All are dead that could be killed; a survivor that holds the output may not hold us.
                        self._deadline = min(self._deadline, monotonic() + 1.0)
        if self.warden.poll() is None and not self._said:
            self.warden.kill()
        report: Report | None = json.loads(self._said) if self._said.endswith(b"\n") else None
        return report

    def _look(self) -> None:
        """Whether the run is to be ended before its time."""
        now = monotonic()
        if self.ended or self.idle or self._said or now - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = now
        idle = self.limits.idle
        if self.cancelled():
            self.ended = True
        elif idle is not None and now - self._heard_at >= idle.total_seconds():
            self.idle, self.why = True, f"nothing was heard of it for {idle.total_seconds():.0f} s"
        if self.ended or self.idle:
            self._deadline = min(self._deadline, now + GRACE + KILLING + SLACK)
            self._tell(END)

    def _tell(self, line: bytes) -> bool:
        assert self.warden.stdin is not None
        try:
            self.warden.stdin.write(line)
            self.warden.stdin.flush()
        except BrokenPipeError:
            return False
        return True


def _end_unwatched(home: str) -> None:
    """Kill what a warden left behind that was killed itself; its private home marks whoever belongs to it."""
    deadline = monotonic() + KILLING
    while (left := carrying(f"HOME={home}".encode())) and monotonic() < deadline:
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def _execution(report: Report | None, watch: _Watching) -> Execution:
    text, truncated = watch.printed.kept.text()
    if report is None:
        trouble = "the process that watched this command ended before it could say how it went"
        return Execution((), text, truncated, watch.idle, 0.0, trouble, cancelled=watch.ended)
    if report["stragglers"]:
        text += f"\n[ended what the command had left running: {', '.join(report['stragglers'])}]\n"
    trouble = report["trouble"] or watch.why
    if report["survivors"]:
        trouble = "; ".join(part for part in (trouble, f"could not be ended: {', '.join(report['survivors'])}") if part)
    # A stage without a code was killed and could not be waited for, or was never reached.
    codes = tuple(137 if code is None else code for code in report["exit_codes"])
    timed_out = report["timed_out"] or watch.idle
    return Execution(codes, text, truncated, timed_out, 0.0, trouble, cancelled=watch.ended)
