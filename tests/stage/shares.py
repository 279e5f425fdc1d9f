"""What of a run each worker takes at a time, and in which order.

A file is one share, for the sake of what its tests have in common. A test that takes long is a share of its own, and
those come first, so that nobody waits for the last of them with nothing to do. The tests that run alone are one share,
the last: while one of them runs, no other worker may do anything.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

SHARES = "TOCSIN_TESTS_SHARES"
"""The file in which workers, who know the marks of tests, write for the run which share is not a whole file."""

HEAVY = ("acceptance", "web", "cli", "benchmarks", "adapters", "database", "oncall", "stories", "waking", "app")
"""The rooms whose files take long, those that take longest first; the many quick files fill what is left."""

ALONE = "alone"


def share(item: pytest.Item) -> str:
    """The name of the share that a test belongs to."""
    if item.get_closest_marker("serial"):
        return ALONE
    return item.nodeid if item.get_closest_marker("slow") else _file(item.nodeid)


def order(items: list[pytest.Item]) -> None:
    """Put them into the order in which they are handed out: slow ones, one of each file in turn, then the files."""
    told: Counter[str] = Counter()
    places: dict[str, tuple[int, int]] = {}
    for item in items:
        file, named = _file(item.nodeid), share(item)
        if named == ALONE:
            places[item.nodeid] = (2, 0)
        elif named != file:
            places[item.nodeid] = (0, told[file])
            told[file] += 1
        else:
            room = file.split("/")[1] if file.count("/") > 1 else ""
            places[item.nodeid] = (1, HEAVY.index(room) if room in HEAVY else len(HEAVY))
    items.sort(key=lambda item: places[item.nodeid])


def tell(items: Sequence[pytest.Item]) -> None:
    """Write down for the run which tests are not of the share of their file; each worker writes the same."""
    named = {item.nodeid: share(item) for item in items}
    file = Path(os.environ[SHARES])
    mine = file.with_suffix(f".{os.getpid()}")
    mine.write_text(json.dumps({test: one for test, one in named.items() if one != _file(test)}), "utf-8")
    mine.replace(file)


class Shares(LoadScopeScheduling):  # type: ignore[misc] # xdist publishes no types
    """Hands out whole shares in the order of the tests, the next one to whoever has the least left."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the most tests first: those are the quick ones
        self._told: dict[str, str] | None = None

    def _split_scope(self, nodeid: str) -> str:
        if self._told is None:
            self._told = json.loads(Path(os.environ[SHARES]).read_text("utf-8"))
        return self._told.get(nodeid) or _file(nodeid)


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]
