"""What every carrier of the outbox needs: the store, the clock, and the ways in which an entry ends."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from tocsin.app.accounts.links import Links
from tocsin.app.courier import patience
from tocsin.app.desk import Desk
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import (
    TryAgain,
)
from tocsin.app.rows.records import OutboxEntry
from tocsin.app.store import Store, Transaction
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock
from tocsin.incident.facts import Recorded
from tocsin.incident.incident import Incident

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Office:
    """What every carrier needs."""

    store: Store
    clock: Clock
    desk: Desk
    playbooks: Playbooks
    team: TeamInForce
    links: Links
    jitter: Callable[[], float] = field(default=random.random)

    def finish(self, entry: OutboxEntry) -> None:
        """Nothing is left to do for this entry."""
        with self.store.transact() as tx:
            tx.outbox.finish(entry.effect.key, entry.token, self.clock.now())

    def again(self, entry: OutboxEntry, outcome: TryAgain) -> None:
        """Queue it again, after the provider's wish or our own patience, a little scattered."""
        wait = outcome.after or patience(entry.attempts) * (0.75 + self.jitter() / 2)
        with self.store.transact() as tx:
            tx.outbox.retry(entry.effect.key, entry.token, self.clock.now() + wait, outcome.reason)

    def later(self, entry: OutboxEntry, wait: timedelta, why: str = "waits to go out with others") -> None:
        """Its turn has not come: it will be claimed again then."""
        with self.store.transact() as tx:
            tx.outbox.retry(entry.effect.key, entry.token, self.clock.now() + wait, why)

    def give_up(self, entry: OutboxEntry, reason: str) -> None:
        """It will not be tried again; the reason is kept with the entry."""
        log.warning("%s given up: %s", entry.effect.key, reason)
        with self.store.transact() as tx:
            tx.outbox.give_up(entry.effect.key, entry.token, reason)

    def name(self, handle: str) -> str:
        """A person's name."""
        person = self.team().roster.person(handle)
        return person.name if person else handle

    @property
    def zone(self) -> ZoneInfo:
        """The team's time zone."""
        return ZoneInfo(self.team().zone)

    def address(self, incident_id: str) -> str:
        """Where the incident is shown to people who sign in."""
        return f"{self.team().public_url.rstrip('/')}/i/{incident_id}"


def told_about(office: Office, tx: Transaction, entry: OutboxEntry) -> tuple[Incident, Sequence[Recorded]]:
    """The incident of a piece of news, and its facts up to the one that is told."""
    facts = tx.incidents.facts([entry.effect.incident_id])[entry.effect.incident_id]
    incident = office.desk.load(tx, [entry.effect.incident_id])[entry.effect.incident_id]
    return incident, facts[: int(entry.effect.ref)]
