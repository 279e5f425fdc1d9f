"""The built-in phone: for drills, for the demo, and for teams that have nothing else yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tocsin.app.access import Caller, Permission
from tocsin.app.desk import Asked, Desk
from tocsin.app.rows.records import PhoneMessage
from tocsin.app.rows.way_tests import PREFIX
from tocsin.app.store import Store
from tocsin.app.team import CANARY
from tocsin.clock import Clock
from tocsin.incident.commands import RecordPage
from tocsin.incident.facts import TOCSIN
from tocsin.incident.pending import still_wanted

RINGS_FOR = timedelta(hours=1)
"""A test page that nobody confirms stops ringing then."""


@dataclass(slots=True)
class Phone:
    """What rings, and what was seen."""

    store: Store
    clock: Clock
    desk: Desk

    def messages(self, caller: Caller, person: str | None = None, limit: int = 50) -> Sequence[PhoneMessage]:
        """Messages of one person (or of all), newest first; ``stopped`` when the page is not wanted any more.

        Their links act as the person they belong to, so only an administrator may read those of others.
        """
        caller.require(Permission.READ if person == caller.actor.name else Permission.ADMINISTER)
        with self.store.read() as tx:
            messages = [one for one in tx.phone.messages(person, limit) if one.person != CANARY]
            incidents = self.desk.load(tx, [m.incident_id for m in messages if m.incident_id])
        current: list[PhoneMessage] = []
        for message in messages:
            if message.id.startswith(PREFIX):
                current.append(replace(message, stopped=self._over(message.id)))
                continue
            incident = incidents.get(message.incident_id)
            page = incident.pages.get(message.id) if incident else None
            wanted = incident is not None and page is not None and still_wanted(incident, page)
            current.append(replace(message, stopped=not wanted))
        return current

    def _over(self, id: str) -> bool:
        """Whether a test page rings no more: it was confirmed, or an hour has passed."""
        with self.store.read() as tx:
            test = tx.way_tests.get(id)
        return test is None or test.confirmed_at is not None or self.clock.now() - test.round_at > RINGS_FOR

    def see(self, caller: Caller, message_id: str) -> PhoneMessage | None:
        """A message of the caller (or, for an administrator, of anybody) was opened: that is proof of delivery."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            mine = {message.id for message in tx.phone.messages(caller.actor.name, 1000)}
        if message_id not in mine and not caller.may(Permission.ADMINISTER):
            return None
        now = self.clock.now()
        with self.store.transact() as tx:
            message = tx.phone.see(message_id, now)
            if message is None:
                return None
            if message.id.startswith(PREFIX):
                tx.way_tests.received(message.id, now)
                return message
            command = RecordPage(message.id, "delivered", "opened on the built-in phone")
            self.desk.decide_all(tx, [Asked(message.incident_id, command, TOCSIN)], now)
        self.desk.changed([message.incident_id])
        return message
