"""What ends by itself: a silence, whose alerts are heard then, a threshold that is gone or whose time is over, and an
alert that its sender does not repeat any more.

Both become deliveries that are read like every other: a silenced one is simply unread again, and an alert that is not
believed any more is posted once more with its end, as its sender would have done.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from tocsin.app.bell import Bell
from tocsin.app.intake.thresholds import due, read_again, words_in_force
from tocsin.app.loops import again_and_again
from tocsin.app.rows.records import NewDelivery, PresentAlert, SilencedAlert
from tocsin.app.store import Store, Transaction
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock, earlier, monotonic

log = logging.getLogger(__name__)

EVERY = 2.0
BATCH = 500
GRACE = timedelta(minutes=5)
"""After a start, senders get so long to repeat what fires: that we were away says nothing about it."""


@dataclass(slots=True)
class Lapsing:
    """Looks every two seconds. ``nudge`` is for the hearing: something is to be read."""

    store: Store
    clock: Clock
    nudge: Callable[[], None]
    team: TeamInForce | None = None
    bell: Bell = field(default_factory=Bell)
    started: datetime | None = None
    last_cycle: float = 0.0

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop; trouble is logged and tried again."""
        again_and_again(stop, self._round, lambda: self.bell.wait(EVERY), "looking for what has ended")

    def _round(self) -> None:
        if self.look():
            self.nudge()
        self.last_cycle = monotonic()

    def look(self) -> int:
        """Let go what is over; gives how many deliveries are to be read because of it."""
        now = self.clock.now()
        self.started = self.started or now
        with self.store.read() as tx:
            waiting = bool(tx.silences.held(1, self._in_force(tx, now)) or self._due(tx, now))
            over = tx.present.over(earlier(self.clock), 1) if now - self.started >= GRACE else ()
        return (self._unsilence(now) if waiting else 0) + (self._expire(now) if over else 0)

    def _unsilence(self, now: datetime) -> int:
        with self.store.transact() as tx:
            free = [*tx.silences.held(BATCH, self._in_force(tx, now)), *self._due(tx, now)]
            read_again(tx, free)
        return len(free)

    def _in_force(self, tx: Transaction, now: datetime) -> list[str]:
        """What goes on keeping alerts quiet: silences, and thresholds of the settings."""
        silences = [one.id for one in tx.silences.ending_after(now) if one.state(now) == "active"]
        return silences + (words_in_force(self.team()) if self.team else [])

    def _due(self, tx: Transaction, now: datetime) -> list[SilencedAlert]:
        return due(tx, self.team(), now) if self.team else []

    def _expire(self, now: datetime) -> int:
        with self.store.transact() as tx:
            over = tx.present.over(earlier(self.clock), BATCH)
            tx.deliveries.accept([_ended(one, now) for one in over])
            tx.present.say({(one.integration, one.fingerprint): None for one in over})
        return len(over)


def _ended(one: PresentAlert, now: datetime) -> NewDelivery:
    """The alert posted once more, with its end."""
    said = msgspec.json.decode(one.body, type=dict[str, object])
    body = msgspec.json.encode([{**said, "endsAt": one.believed_until.isoformat()}])
    return NewDelivery(one.integration, f"over:{hashlib.sha256(body).hexdigest()}", now, "application/json", body)
