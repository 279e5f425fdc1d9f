"""The heartbeat: a sign of life to somebody outside, who calls when it stops (R25).

It beats only while alerts would be heard and people woken: the engine's loops have finished a round lately, the
database can be written, no incident is unattended, the last canary came through where one flies, and no ladder has
ended without one page that could be sent (F25). That the other side is down is logged once and pages nobody (F88).
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from tocsin.app.desk import Desk
from tocsin.app.health import Health
from tocsin.app.ports import Beacon, Delivered
from tocsin.app.rows.records import IncidentQuery
from tocsin.app.store import Store
from tocsin.incident.facts import WantedUntil
from tocsin.incident.incident import Incident
from tocsin.incident.summary import IncidentState

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two beats."""
LATEST = 200


@dataclass(slots=True)
class Heartbeat:
    """Beats while everything works. ``trouble`` is why it does not, empty while it does."""

    store: Store
    desk: Desk
    health: Health
    beacon: Beacon
    trouble: str = "it has not beaten yet"
    _heard: bool = True

    def run(self, stop: threading.Event) -> None:
        """Beat every minute until told to stop; the first time as soon as the engine has finished a round."""
        wait = 1.0
        while not stop.wait(wait):
            try:
                wait = EVERY if self.beat() else 5.0
            except Exception:
                log.exception("the heartbeat failed; trying again")

    def beat(self) -> bool:
        """One beat, if all is well; whether it was sent."""
        why = self.why_not()
        if why and why != self.trouble:
            log.error("no heartbeat is sent: %s", why)
        self.trouble = why
        if why:
            return False
        outcome = self.beacon.beat()
        heard = isinstance(outcome, Delivered)
        if heard is not self._heard:
            log.warning("the heartbeat is %s", "heard again" if heard else f"not heard: {outcome}")
        self._heard = heard
        return True

    def why_not(self) -> str:
        """What keeps it from beating; empty when nothing does."""
        failed = next((check for check in self.health.ready().checks if not check.ok), None)
        if failed is not None:
            return f"{failed.name}: {failed.detail}"
        if self.health.canary is not None and (broken := self.health.canary.broken()):
            return broken
        with self.store.read() as tx:
            rows = tx.incidents.search(IncidentQuery(states=(IncidentState.TRIGGERED,), limit=LATEST))
            incidents = self.desk.load(tx, [row.incident_id for row in rows])
        unheard = next((one.id for one in incidents.values() if reached_nobody(one)), None)
        return f"{unheard}: the ladder has ended, and no page of it could be sent" if unheard else ""


def reached_nobody(incident: Incident) -> bool:
    """Whether the ladder of this round has ended and no page since was as much as taken by a provider."""
    if incident.round.catch_all_rounds == 0:
        return False
    pages = [page for page in incident.pages.values() if page.cycle == incident.round.cycle]
    wake = [page for page in pages if page.wanted_until is not WantedUntil.UPDATED]
    return not any(page.sent_at or page.delivered_at for page in wake)
