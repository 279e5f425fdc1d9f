"""A bell that a loop sleeps on: rung when there is something to do before its next instant comes."""

from __future__ import annotations

import threading


class Bell:
    """Rung by any thread; one loop waits on it."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        """Wake the sleeper, now or at its next wait."""
        self._rung.set()

    def wait(self, seconds: float) -> None:
        """Sleep until the bell rings or the seconds are over."""
        self._rung.wait(max(0.0, seconds))
        self._rung.clear()
