"""Keeps the database bounded: what sources sent long ago, and on which nothing stands any more, is removed.

A heartbeat of each minute is half a million deliveries a year. They are removed in small pieces: each is a transaction
of its own that keeps the turn to write for milliseconds, with a breath between two, so that nothing that has to be
heard waits for it. What became of an incident is in its facts and stays for ever.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from tocsin.app.bell import Bell
from tocsin.app.intake.beats import LOOK_BACK
from tocsin.app.loops import again_and_again
from tocsin.app.store import Store
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock, monotonic

log = logging.getLogger(__name__)

EVERY = 3600.0
PIECE = 250
"""Deliveries looked at in one transaction."""
BREATH = 0.02
"""Seconds between two."""
KEEP = LOOK_BACK
"""Of each integration so many of the newest stay, however old: its page and a heartbeat's last beat stand on them."""


@dataclass(slots=True)
class Retention:
    """Looks once an hour for what is older than the team keeps it."""

    store: Store
    clock: Clock
    team: TeamInForce
    bell: Bell = field(default_factory=Bell)
    last_cycle: float = 0.0

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop; trouble is logged and tried again."""

        def look() -> None:
            self.look(stop)
            self.last_cycle = monotonic()

        again_and_again(stop, look, lambda: self.bell.wait(EVERY), "removing old deliveries")

    def look(self, stop: threading.Event) -> int:
        """Remove what is old enough, piece by piece until told to stop; gives how many deliveries are gone."""
        before = self.clock.now() - self.team().keep_deliveries
        gone, last = 0, 0
        while not stop.is_set():
            with self.store.transact() as tx:
                swept = tx.deliveries.sweep(before, last, PIECE, KEEP)
            gone += swept.removed
            if swept.last is None:
                break
            last = swept.last
            stop.wait(BREATH)
        if gone:
            log.info("removed %d deliveries that were received before %s", gone, f"{before:%Y-%m-%d %H:%M} UTC")
        return gone
