"""A bell that a loop sleeps on: rung when there is something to do before its next instant comes."""

from __future__ import annotations

import threading
import time

GATHER = 0.003
"""Seconds for which what was rung for is gathered: who rang, and the page that is on its way, get on first."""


class Bell:
    """Rung by any thread; one loop waits on it."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        """Wake the sleeper, now or at its next wait."""
        self._rung.set()

    def wait(self, seconds: float, gather: float = 0.0) -> bool:
        """Sleep until the bell rings or the seconds are over; after a ring for ``gather`` more of those seconds.

        Gives whether it rang.
        """
        deadline = time.monotonic() + seconds
        rang = self._rung.wait(max(0.0, seconds))
        if rang and gather:
            time.sleep(max(0.0, min(gather, deadline - time.monotonic())))
        self._rung.clear()
        return rang
