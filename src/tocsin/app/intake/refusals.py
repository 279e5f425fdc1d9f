"""What knocked with an integration's key and was not admitted: the newest for each, beyond a restart and on every node.

A stranger who knows an address may knock a thousand times a second. So the door only remembers, and what is new is
written down every few seconds, one small row for each integration.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from tocsin.app.bell import Bell
from tocsin.app.loops import again_and_again
from tocsin.app.store import Store, Transaction
from tocsin.errors import Conflict, Unavailable

EVERY = 10.0
"""Seconds between looks for what is to be written down: a kill costs the newest trouble of that long, and no more."""
LONGEST = 500
"""Characters of a reason that are kept."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with an integration, and when."""

    at: datetime
    what: str


@dataclass(slots=True)
class Refusals:
    """The last delivery of each integration that was not admitted. Thread-safe; ``note`` costs no more than a look."""

    bell: Bell = field(default_factory=Bell)
    _last: dict[str, Trouble] = field(default_factory=dict)
    _fresh: set[str] = field(default_factory=set)

    def note(self, integration: str, at: datetime, what: str) -> None:
        """Something knocked with the integration's key and was not admitted."""
        self._last[integration] = Trouble(at, what[:LONGEST])
        self._fresh.add(integration)

    def last(self, integration: str, tx: Transaction | None = None) -> Trouble | None:
        """The newest refusal: of this process, or with a transaction of any before it and of any node."""
        row = tx.keep.get(_name(integration)) if tx is not None else None
        kept = msgspec.json.decode(row, type=Trouble) if row else None
        found = [one for one in (self._last.get(integration), kept) if one is not None]
        return max(found, key=lambda one: one.at, default=None)

    def write_down(self, store: Store) -> int:
        """Keep what is new; gives for how many integrations there was something."""
        fresh, self._fresh = self._fresh, set()
        if fresh:
            try:
                with store.transact() as tx:
                    for name in sorted(fresh):
                        newest = self.last(name, tx)
                        tx.keep.put(_name(name), msgspec.json.encode(newest).decode())
            except BaseException:
                self._fresh |= fresh  # next time
                raise
        return len(fresh)

    def run(self, store: Store, stop: threading.Event) -> None:
        """Write down what is new every few seconds until told to stop, and once more then."""
        again_and_again(stop, lambda: self.write_down(store), lambda: self.bell.wait(EVERY), "keeping refusals")
        with suppress(Conflict, Unavailable):  # a stop waits for no database
            self.write_down(store)


def _name(integration: str) -> str:
    return f"refused/{integration}"
