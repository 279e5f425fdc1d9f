"""Asks after pages that ring by themselves (Pushover's emergencies), and silences those that nobody needs any more.

An answer in the provider's app acknowledges the incident. When somebody else has it, the ringing is stopped: a phone
that goes on ringing for half an hour teaches people to switch it off.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tocsin.app.answering import Answering
from tocsin.app.desk import Desk
from tocsin.app.ports import Alarm, Standing
from tocsin.app.records import IncidentQuery
from tocsin.app.store import Store
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock
from tocsin.incident.facts import PageSent, Via
from tocsin.incident.incident import Incident, PageState
from tocsin.incident.pending import still_wanted

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between two rounds: as often as Pushover allows."""
RINGS_FOR = timedelta(minutes=35)
"""Older alarms have ended by themselves."""
LATEST = 100


@dataclass(slots=True)
class Alarms:
    """The alarms that ring. ``alarms`` by the kind of way."""

    store: Store
    clock: Clock
    desk: Desk
    team: TeamInForce
    answering: Answering
    alarms: Mapping[str, Alarm]
    _over: set[str] = field(default_factory=set)

    def run(self, stop: threading.Event) -> None:
        """Look every few seconds until told to stop."""
        while not stop.wait(EVERY):
            try:
                self.look()
            except Exception:
                log.exception("the alarms could not be asked after; trying again")

    def look(self) -> None:
        """Ask after each that rings, and silence those whose incident somebody has."""
        for incident, page, receipt, alarm in list(self._ringing()):
            if not still_wanted(incident, page):
                if alarm.silence(receipt):
                    self._over.add(receipt)
                continue
            match alarm.standing(receipt):
                case Standing.ACKNOWLEDGED:
                    self._over.add(receipt)
                    self.answering.receipt(page.page, "delivered", "acknowledged in the provider's app")
                    said = self.answering.press(page.page, "4", Via.PUSH)
                    log.info("%s: %s", page.page, said.words)
                case Standing.ENDED:
                    self._over.add(receipt)
                case Standing.RINGING | Standing.UNKNOWN:
                    pass

    def _ringing(self) -> Iterator[tuple[Incident, PageState, str, Alarm]]:
        with self.store.read() as tx:
            rows = tx.incidents.search(IncidentQuery(limit=LATEST))
            ids = [row.incident_id for row in rows]
            facts = tx.incidents.facts(ids)
            incidents = self.desk.load(tx, ids)
        since = self.clock.now() - RINGS_FOR
        for id, recorded in facts.items():
            for one in recorded:
                if not isinstance(one.fact, PageSent) or one.at < since or one.fact.receipt in self._over:
                    continue
                page = incidents[id].pages.get(one.fact.page)
                person = self.team().roster.person(page.person) if page else None
                way = person.way(page.way) if person and page else None
                alarm = self.alarms.get(way.carrier) if way else None
                if page is not None and alarm is not None:
                    yield incidents[id], page, one.fact.receipt, alarm
