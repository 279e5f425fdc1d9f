"""The shop's own commands, as its runbook names them: ``bin/status`` looks, ``bin/restart`` replaces the worker."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from tocsin.demo.shop import PID, POOL

PATIENCE = 10.0


def status(folder: Path) -> int:
    """Say whether the shop runs and how its pool stands; 0 when customers can be served."""
    pool = _pool(folder)
    if _pid(folder) is None or pool is None:
        _say("the shop is not running")
        return 3
    full = pool["in_use"] >= pool["size"]
    _say(f"worker {pool['pid']}: {pool['in_use']} of {pool['size']} connections in use")
    _say(f"customers turned away: {pool['turned_away']}")
    _say("NOT SERVING: the pool is exhausted" if full else "serving")
    return 1 if full else 0


def restart(folder: Path) -> int:
    """Have the worker replaced and wait until its successor is there."""
    pid, before = _pid(folder), _pool(folder)
    if pid is None:
        _say("the shop is not running")
        return 3
    os.kill(pid, signal.SIGHUP)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        now = _pool(folder)
        if now is not None and (before is None or now["pid"] != before["pid"]):
            _say(f"worker {now['pid']} has taken over: {now['in_use']} of {now['size']} connections in use")
            return 0
        time.sleep(0.05)
    _say("no new worker came; see var/shop.log")
    return 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _pid(folder: Path) -> int | None:
    try:
        pid = int((folder / PID).read_text(encoding="ascii"))
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


def _pool(folder: Path) -> dict[str, int] | None:
    try:
        pool: dict[str, int] = json.loads((folder / POOL).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return pool


def main() -> None:
    """Run one command on the shop of a folder."""
    command, folder = sys.argv[1], Path(sys.argv[2])
    sys.exit({"status": status, "restart": restart}[command](folder))


if __name__ == "__main__":
    main()
