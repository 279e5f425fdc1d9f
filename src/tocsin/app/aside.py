"""Small writes beside the request that caused them: a reader never waits for the database's writer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

Note = Callable[[], object]


def at_once(note: Note) -> None:
    """Do it here and now (tests and verbs of the command line have nobody waiting)."""
    note()


@dataclass(frozen=True, slots=True)
class Aside:
    """Does one thing at a time in a thread of its own; what comes meanwhile is left out, because it can be missed."""

    _busy: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, note: Note) -> None:
        """Do it soon, or never when another one is under way."""
        if self._busy.acquire(blocking=False):
            threading.Thread(target=self._do, args=(note,), name="tocsin-aside", daemon=True).start()

    def _do(self, note: Note) -> None:
        try:
            note()
        finally:
            self._busy.release()
