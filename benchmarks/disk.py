"""How often the disk itself can make something durable: no store that keeps its word commits more often."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.plan import Plan

PAGE = 4096
PAGES = 3
"""What a small commit of SQLite appends to its log: the pages it changed, and their heads."""


def measure(plan: Plan) -> Iterator[Figure]:
    """fsyncs a second of appended pages, in the folder where the databases will lie."""
    seconds = min(1.0, plan.seconds)
    samples = tuple(syncs(plan.folder / "disk", seconds) for _ in range(max(3, plan.rounds)))
    yield Figure("disk: fsync of 12 KiB appended", "/s", samples)


def syncs(path: Path, seconds: float) -> float:
    """How many times a second a few pages can be appended and made durable, one after the other."""
    block, done = os.urandom(PAGE * PAGES), 0
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            os.write(file, block)
            os.fdatasync(file)
            done += 1
        return done / (time.perf_counter() - began)
    finally:
        os.close(file)
        with suppress(FileNotFoundError):
            path.unlink()
