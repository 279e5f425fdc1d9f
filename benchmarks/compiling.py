"""How long it takes to compile a runbook: the examples, the shared real ones where they are, and a huge one."""

from __future__ import annotations

import itertools
import os
import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.plan import Plan
from tocsin.runbook.compile import compile_runbook

ROOT = Path(__file__).resolve().parent.parent
MEBIBYTE = 1024 * 1024
TODAY = date(2026, 1, 1)


def measure(plan: Plan) -> Iterator[Figure]:
    """Milliseconds for one document, best of a few: the mean of each collection is a sample."""
    for name, paths in collections().items():
        times = [compile_time(path.read_bytes(), 1 + plan.rounds) for path in paths]
        note = "" if times else "there is none"
        yield Figure(f"compile a runbook ({name})", "ms", tuple(times), note=note)
    large = large_document()
    yield Figure("compile 1 MiB, no two lines with the same words", "ms", (compile_time(large, 1),))


def large_document() -> bytes:
    """A mebibyte made of the example runbooks, every long word with a number, so that nothing is remembered."""
    source = "\n\n".join(path.read_text("utf-8") for path in sorted((ROOT / "examples" / "runbooks").glob("*.md")))
    count = itertools.count(1)
    parts: list[str] = []
    size = 0
    while size < MEBIBYTE:
        part = re.sub(
            r"\b[a-z]{6,}\b", lambda found: f"{found[0]}{next(count)}" if next(count) % 7 == 0 else found[0], source
        )
        parts.append(part)
        size += len(part.encode()) + 2
    return "\n\n".join(parts).encode()[:MEBIBYTE]


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
