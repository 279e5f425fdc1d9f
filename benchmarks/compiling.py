"""How long it takes to compile a runbook: the examples, and the shared real ones where they lie beside the checkout."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.plan import Plan
from tocsin.runbook.compile import compile_runbook

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 1, 1)


def measure(plan: Plan) -> Iterator[Figure]:
    """Milliseconds for one document, best of a few: the mean of each collection is a sample."""
    for name, paths in collections().items():
        times = [compile_time(path.read_bytes(), 1 + plan.rounds) for path in paths]
        note = "" if times else "there is none"
        yield Figure(f"compile a runbook ({name})", "ms", tuple(times), note=note)


def collections() -> dict[str, list[Path]]:
    """The runbooks by where they come from."""
    shared = Path(os.environ.get("TOCSIN_SHARED") or ROOT.parent / "shared") / "runbooks"
    found = {"examples": sorted((ROOT / "examples" / "runbooks").glob("*.md"))}
    if shared.is_dir():
        found["real ones"] = sorted(shared.glob("*.md"))
    return found


def compile_time(document: bytes, times: int) -> float:
    """Milliseconds to compile a document, the best of so many times."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        compile_runbook(document, path="runbook.md", today=TODAY)
        best = min(best, time.perf_counter() - began)
    return best * 1000
