"""Token buckets: so many a second for a long time, so many at once for a moment."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.clock import monotonic


class Buckets:
    """One bucket for each name, made on first use; names must come from a bounded set.

    ``rate`` is tokens a second, ``burst`` how many a full bucket holds.
    """

    __slots__ = ("_burst", "_held", "_rate", "_seconds")

    def __init__(self, rate: float, burst: float, seconds: Callable[[], float] = monotonic) -> None:
        self._rate, self._burst, self._seconds = rate, burst, seconds
        self._held: dict[str, tuple[float, float]] = {}

    def take(self, name: str) -> bool:
        """Take one token; False when there is none."""
        now = self._seconds()
        tokens, at = self._held.get(name, (self._burst, now))
        tokens = min(self._burst, tokens + (now - at) * self._rate)
        if tokens < 1:
            self._held[name] = (tokens, now)
            return False
        self._held[name] = (tokens - 1, now)
        return True
