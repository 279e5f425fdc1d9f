"""Asks after pages that ring by themselves (Pushover's emergencies): an answer in the provider's app acknowledges.

What nobody needs any more is silenced by ``withdrawing.py``.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from tocsin.app.desk import Desk
from tocsin.app.paging.answering import Answering
from tocsin.app.ports import Alarm, Standing
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
    """Pages that were sent lately and need no look any more; those of another node are looked at once more."""

    def run(self, stop: threading.Event) -> None:
        """Look every few seconds until told to stop."""
        while not stop.wait(EVERY):
            try:
                self.look()
            except Exception:
                log.exception("the alarms could not be asked after; trying again")

    def look(self) -> None:
        """Ask after each that rings and is wanted."""
        for incident, page, receipt, alarm in self._ringing():
            if not still_wanted(incident, page):
                self._over.add(page.page)  # taken back by the order that its end has caused (withdrawing.py)
                continue
            match alarm.standing(receipt):
                case Standing.ACKNOWLEDGED:
                    self._over.add(page.page)
                    self.answering.receipt(page.page, "delivered", "acknowledged in the provider's app")
                    said = self.answering.press(page.page, "4", Via.PUSH)
                    log.info("%s: %s", page.page, said.words)
                case Standing.ENDED:
                    self._over.add(page.page)
                case Standing.RINGING | Standing.UNKNOWN:
                    pass

    def _ringing(self) -> Sequence[tuple[Incident, PageState, str, Alarm]]:
        """What may still ring, however many incidents have come since.

        Only what was sent lately is read; what is over, or went by a way that does not ring by itself, not even twice.
        """
        since = self.clock.now() - RINGS_FOR
        with self.store.read() as tx:
            facts = [one.fact for one in tx.incidents.facts_of_type(PageSent.__name__, since)]
            sent = {fact.page: fact.receipt for fact in facts if isinstance(fact, PageSent)}
            self._over &= sent.keys()
            asked = {page: receipt for page, receipt in sent.items() if page not in self._over}
            incidents = self.desk.load(tx, {page.partition("/")[0] for page in asked})
        found: list[tuple[Incident, PageState, str, Alarm]] = []
        for id, receipt in asked.items():
            incident = incidents[id.partition("/")[0]]
            alarm = self._alarm(page) if (page := incident.pages.get(id)) else None
            if page is not None and alarm is not None:
                found.append((incident, page, receipt, alarm))
            else:
                self._over.add(id)
        return found

    def _alarm(self, page: PageState) -> Alarm | None:
        person = self.team().roster.person(page.person)
        way = person.way(page.way) if person else None
        return self.alarms.get(way.carrier) if way else None
