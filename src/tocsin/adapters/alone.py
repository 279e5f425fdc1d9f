"""One server in a data folder: a second one would be the same node, and take over what the first is carrying.

What a node had claimed before it was restarted is its own again at the start: its pages are queued anew, its running
steps become unknown. While the first server lives that would page twice and lose sight of a step that still runs.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from tocsin.clock import monotonic
from tocsin.errors import Conflict

PATIENCE = 5.0
"""Seconds: how long a server that is told to stop may take; the next one waits for it."""
_AGAIN = 0.1


@contextlib.contextmanager
def alone_in(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Keep the folder for this process until the block ends; Conflict when another server has it for that long.

    The kernel gives it back when the process ends in whatever way, and commands that are run do not inherit it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(lock, folder, monotonic() + patience)
        yield
    finally:
        os.close(lock)


def _take(lock: int, folder: Path, until: float) -> None:
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= until:
                message = f"a server works in {folder} already; stop it, or set another server.data for this one"
                raise Conflict(message) from None
            time.sleep(_AGAIN)
