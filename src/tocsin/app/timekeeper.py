"""Wakes incidents whose time has come.

The row ``next_due_at`` is the truth; this loop works it off. It sleeps until the soonest one, or until the bell
rings because an incident changed, and looks every second all the same. Several nodes may run it at once: rows
that another node has taken are skipped, and a lost race is decided again.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.app.bell import GATHER, Bell
from tocsin.app.desk import Asked, Desk
from tocsin.app.store import Store
from tocsin.clock import Clock, monotonic
from tocsin.errors import Conflict, TocsinError, Unavailable
from tocsin.incident.commands import Advance
from tocsin.incident.facts import TOCSIN

log = logging.getLogger(__name__)

BATCH = 500
SWEEP = 1.0
FLOOR = 0.005
"""Seconds: the least it sleeps between two rounds, so that a stream of deadlines is taken in batches."""


@dataclass(slots=True)
class Timekeeper:
    """Does what ``pending`` says is due."""

    store: Store
    clock: Clock
    desk: Desk
    bell: Bell = field(default_factory=Bell)
    last_cycle: float = 0.0
    """When the last full round ended, on the monotonic clock: readiness asks for it."""

    def nudge(self) -> None:
        """Something changed that may be due sooner than known."""
        self.bell.ring()

    def run(self, stop: threading.Event) -> None:
        """Keep time until told to stop."""
        while not stop.is_set():
            try:
                wait = self._until_next()
                if wait <= 0:
                    while self.wake() >= BATCH and not stop.is_set():
                        pass
                self.last_cycle = monotonic()
                self.bell.wait(max(FLOOR, wait), GATHER)
            except (Conflict, Unavailable) as trouble:
                log.warning("keeping time has to wait: %s", trouble)
                stop.wait(0.2)
            except Exception:
                log.exception("keeping time failed; waking incidents one by one")
                self._one_by_one()
                stop.wait(0.2)

    def wake(self, now: datetime | None = None, limit: int = BATCH) -> int:
        """Advance the incidents that are due, in one transaction; gives how many there were."""
        with self.store.transact() as tx:
            # Asked within the transaction: whoever stood still before it must not decide as of then.
            now = now or self.clock.now()
            due = tx.incidents.due(now, limit)
            if not due:
                return 0
            self.desk.decide_all(tx, [Asked(id, Advance(), TOCSIN) for id in due], now)
        self.desk.changed(due)
        return len(due)

    def _until_next(self) -> float:
        """Seconds until the soonest deadline, 0 or less when it has come. Only read: to write, others must wait."""
        with self.store.read() as tx:
            soonest = tx.incidents.next_due_at()
        if soonest is None:
            return SWEEP
        return min(SWEEP, (soonest - self.clock.now()).total_seconds())

    def _one_by_one(self) -> None:
        """One incident that cannot be advanced must not keep the others from being woken."""
        now = self.clock.now()
        with self.store.read() as tx:
            due = list(tx.incidents.due(now, BATCH))
        for incident_id in due:
            try:
                with self.store.transact() as tx:
                    self.desk.decide_all(tx, [Asked(incident_id, Advance(), TOCSIN)], now)
            except (TocsinError, ValueError, RuntimeError):
                log.exception("%s could not be advanced; somebody must look at it", incident_id)
            else:
                self.desk.changed([incident_id])
