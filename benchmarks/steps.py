"""What a step costs beside a bare subprocess, how late its output is heard, and what many that stream at once take."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from benchmarks.figures import Figure, Goal, percentile
from benchmarks.plan import Plan
from tocsin.adapters.execution.local import LocalSteps
from tocsin.app.execution.limits import LOOKING
from tocsin.app.ports import Execution, Job, Limits
from tocsin.incident.streams import Piece

MEBIBYTE = 1024 * 1024
LATE = Goal(250.0)
"""Milliseconds: what a reader does not notice."""
LONGEST = timedelta(minutes=15)
"""For one of many steps that print at once: what is measured is how long they take."""
TICKS = "import sys, time\nfor _ in range({count}): print(time.monotonic(), flush=True); time.sleep(0.01)"
FLOOD = "import sys\nline = b'x' * 1023 + b'\\n'\nfor _ in range({lines}): sys.stdout.buffer.write(line)"


def measure(plan: Plan) -> Iterator[Figure]:
    """Milliseconds and mebibytes, of the runner on this machine alone: no database, no page."""
    bare = tuple(_bare() for _ in range(plan.step_runs))
    ours = tuple(_step() for _ in range(plan.step_runs))
    yield Figure("a bare subprocess", "ms", bare)
    yield Figure("a step", "ms", ours, ratios=tuple(o / b for o, b in zip(ours, bare, strict=True)))
    latencies = [value for _ in range(plan.rounds) for value in _latencies(plan.ticks)]
    yield Figure("a line is heard, p99", "ms", (percentile(latencies, 99),), LATE)
    yield from _streams(plan)


def _bare() -> float:
    began = time.perf_counter()
    subprocess.run(["true"], check=True, capture_output=True, timeout=30)
    return (time.perf_counter() - began) * 1000


def _step() -> float:
    began = time.perf_counter()
    _sound(LocalSteps().run(Job("bench", (("true",),))))
    return (time.perf_counter() - began) * 1000


def _latencies(count: int) -> list[float]:
    """Milliseconds from the print of a line to when it was heard."""
    late: list[float] = []

    def hear(piece: Piece) -> None:
        now = time.monotonic()
        late.extend((now - float(line)) * 1000 for line in piece.text.split())

    _sound(LocalSteps().run(Job("bench", ((sys.executable, "-c", TICKS.format(count=count)),)), hear=hear))
    return late


def _streams(plan: Plan) -> Iterator[Figure]:
    """Many at once: the time until all have ended, and the most memory that this process had meanwhile."""
    lines = plan.stream_bytes // 1024
    flood = ((sys.executable, "-c", FLOOD.format(lines=lines)),)
    runner, job = LocalSteps(), Job("bench", flood, limits=Limits(total=LONGEST, connect=LOOKING.connect))
    began, before = time.perf_counter(), _resident()
    with _Peak() as peak, ThreadPoolExecutor(plan.streams) as pool:
        for done in pool.map(lambda _: runner.run(job), range(plan.streams)):
            _sound(done)
    seconds = time.perf_counter() - began
    what = f"{plan.streams} steps of {plan.stream_bytes / MEBIBYTE:.1f} MiB at once"
    yield Figure(what, "s", (seconds,))
    grown = max(0.0, peak.value - before) / plan.streams / MEBIBYTE
    # A step keeps 256 KiB and the last 1 MiB of its output, masked and unmasked for a moment.
    yield Figure(
        f"{what}, most memory", "MiB", (peak.value / MEBIBYTE,), note="" if grown < 8 else f"{grown:.1f} MiB each"
    )


class _Peak:
    """The most memory of this process while the block runs."""

    def __init__(self) -> None:
        self.value = _resident()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self.value = max(self.value, _resident())

    def __enter__(self) -> _Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def _resident() -> int:
    """Bytes of memory that this process holds; Linux only, 1 elsewhere."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 1
    return pages * 4096


def _sound(done: Execution) -> None:
    if done.trouble or any(done.exit_codes):
        why = "it took too long" if done.timed_out else done.trouble or done.exit_codes
        raise RuntimeError(f"a step failed: {why}")
