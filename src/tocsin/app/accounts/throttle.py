"""Slows down whoever guesses passwords or one-time tokens, without locking anybody's account.

Failures are counted per account and client, and per client: an attacker elsewhere cannot keep the person on call
from signing in. In memory, bounded; a restart forgets it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.errors import TooManyTries

WINDOW = timedelta(minutes=1)
PER_ACCOUNT_AND_CLIENT = 5
PER_CLIENT = 50
MOST_KEYS = 10_000

Key = tuple[str, ...]


@dataclass(slots=True)
class Throttle:
    """Counts failures in a sliding window."""

    failures: OrderedDict[Key, deque[datetime]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, handle: str, client: str, now: datetime, message: str | None = None) -> None:
        """Raise TooManyTries, with this message, while there were too many failures within the last minute."""
        with self.lock:
            for key, most in _limits(handle, client):
                recent = self._recent(key, now)
                if len(recent) >= most:
                    wait = max(1, round((recent[0] + WINDOW - now).total_seconds()))
                    raise TooManyTries(message, retry_after=wait)

    def failed(self, handle: str, client: str, now: datetime) -> None:
        """Count a failure."""
        with self.lock:
            for key, most in _limits(handle, client):
                kept = self._recent(key, now)
                kept.append(now)
                if len(kept) > most:
                    kept.popleft()
                self.failures[key] = kept
                self.failures.move_to_end(key)
            while len(self.failures) > MOST_KEYS:
                self.failures.popitem(last=False)

    def _recent(self, key: Key, now: datetime) -> deque[datetime]:
        kept = self.failures.get(key, deque())
        while kept and kept[0] <= now - WINDOW:
            kept.popleft()
        if not kept:
            self.failures.pop(key, None)
        return kept


def _limits(handle: str, client: str) -> tuple[tuple[Key, int], ...]:
    return ((handle.casefold()[:64], client), PER_ACCOUNT_AND_CLIENT), ((client,), PER_CLIENT)
