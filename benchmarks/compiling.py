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
    for name, part in (("a quarter of", 4), ("half of", 2), ("", 1)):
        times = [compile_time(large_document(plan.document // part, n), 1) for n in range(1 + plan.rounds)]
        size = f"{plan.document / MEBIBYTE:g} MiB"
        yield Figure(" ".join(f"compile {name} {size}, no sentence twice".split()), "ms", (min(times),))


def large_document(size: int = MEBIBYTE, nth: int = 0) -> bytes:
    """So many bytes made of the example runbooks, in which no sentence, cell or command stands twice.

    A cache must not make the figure better than it is: the last longer word of every line has a number of its own,
    which is in no other of these documents. Headings, and labels such as "Symptoms:", repeat as they do in a handbook
    of that length.
    """
    source = [
        line
        for path in sorted((ROOT / "examples" / "runbooks").glob("*.md"))
        for line in [*path.read_text("utf-8").split("\n"), ""]
    ]
    count = itertools.count(1 + nth * size)
    lines: list[str] = []
    held = 0
    while held < size:
        for line in source:
            lines.append(line if line.startswith("#") else _LAST_WORD.sub(rf"\g<0>{next(count)}", line, count=1))
            held += len(lines[-1].encode()) + 1
    return "\n".join(lines).encode()[:size]


_LONG = r"(?<!\d )\b[^\W\d_]{4,}\b"  # "30 minutes" stays what it is
_LAST_WORD = re.compile(rf"{_LONG}(?!.*{_LONG})")


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
