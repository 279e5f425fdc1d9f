"""Load from outside: wrk with `load.lua`, which costs a fraction of what any server costs."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")
MISSING = "wrk is missing (apt install wrk)"


@dataclass(frozen=True, slots=True)
class Answered:
    """What wrk saw: requests that were answered, in so many seconds, and the latency of the answers in ms."""

    requests: int
    seconds: float
    refused: int
    broken: int
    p50: float
    p99: float

    @property
    def accepted(self) -> int:
        """Requests that were answered with 2xx."""
        return self.requests - self.refused


def program() -> str | None:
    """Where wrk is."""
    return shutil.which("wrk")


def send(url: str, form: str, per_request: int, run: str, connections: int, seconds: float, *more: str) -> Answered:
    """Keep so many connections busy; ``form`` is `webhook` (ours) or `alerts` (Alertmanager's own API).

    ``run`` makes alerts distinct from those of other runs; ``more`` is what the webhook form needs besides.
    """
    wrk = program()
    if wrk is None:
        raise FileNotFoundError(MISSING)
    whole = max(1, round(seconds))
    command = [wrk, "-t1", f"-c{connections}", f"-d{whole}s", "--timeout", "20s", "-s", str(SCRIPT), url, "--"]
    arguments = [form, str(per_request), run, *more]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=whole + 60, check=False)
    said = done.stdout.strip().rpartition("\n")[2]
    if done.returncode or not said.startswith("{"):
        raise RuntimeError(f"wrk failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    found = json.loads(said)
    return Answered(
        requests=found["requests"],
        seconds=found["microseconds"] / 1e6,
        refused=found["refused"],
        broken=found["broken"],
        p50=found["p50"] / 1000,
        p99=found["p99"] / 1000,
    )
