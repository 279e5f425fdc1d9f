"""Takes the measurements and prints one table: ``make bench``, ``make bench ARGS=--quick``.

    python -m benchmarks.run [--quick] [--json] [--only NAME ...] [--folder DIR]

A figure that misses its goal is printed as that and changes nothing else: machines differ, and so do their days.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import (
    commands,
    compiling,
    deadlines,
    disk,
    intake,
    matching,
    paging,
    provider,
    starting,
    status,
    steps,
    storm,
    streaming,
    viewers,
)
from benchmarks.figures import Figure, table
from benchmarks.machine import described
from benchmarks.plan import Plan, quick, whole

MEASUREMENTS: dict[str, Callable[[Plan], Iterator[Figure]]] = {
    "disk": disk.measure,
    "intake": intake.measure,
    "paging": paging.measure,
    "provider": provider.measure,
    "storm": storm.measure,
    "deadlines": deadlines.measure,
    "starting": starting.measure,
    "commands": commands.measure,
    "compiling": compiling.measure,
    "matching": matching.measure,
    "status": status.measure,
    "steps": steps.measure,
    "streaming": streaming.measure,
    "viewers": viewers.measure,
}


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; the exit status is 0 whatever the figures are, 1 when a measurement itself failed."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description="Takes the measurements.")
    parser.add_argument("--quick", action="store_true", help="in about a minute; the figures are rough")
    parser.add_argument("--json", action="store_true", help="print data for programs")
    parser.add_argument("--only", nargs="+", choices=sorted(MEASUREMENTS), default=list(MEASUREMENTS))
    parser.add_argument("--folder", type=Path, help="where databases are written; its disk is what is measured")
    asked = parser.parse_args(arguments)
    machine, began = described(), time.monotonic()
    figures: list[Figure] = []
    failed = False
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-", dir=asked.folder) as folder:
        plan = (quick if asked.quick else whole)(Path(folder))
        for name in MEASUREMENTS:
            if name not in asked.only:
                continue
            print(f"measuring: {name} ({time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
            try:
                figures += MEASUREMENTS[name](plan)
            except Exception as trouble:  # noqa: BLE001 - the other measurements are worth having all the same
                failed = True
                said = str(trouble).strip().splitlines() or [""]
                reason = said[0] if len(said) == 1 else f"{said[0]} {said[-1]}"
                figures.append(Figure(name, "", (), note=f"{type(trouble).__name__}: {reason}"))
            _rest(plan.folder)
    seconds = time.monotonic() - began
    if asked.json:
        print(json.dumps({"machine": machine, "seconds": seconds, "figures": [one.as_json() for one in figures]}))
    else:
        print(f"{machine}; {seconds:.0f} s\n\n{table(figures)}")
        for one in figures:
            if one.samples and one.note:
                print(f"\n{one.name}: {one.note}")
    return 1 if failed else 0


def _rest(folder: Path) -> None:
    """Remove what a measurement wrote and let the disk come to rest: the next one measures its own writes."""
    for left in folder.iterdir():
        shutil.rmtree(left, ignore_errors=True)
    os.sync()


if __name__ == "__main__":
    raise SystemExit(main())
