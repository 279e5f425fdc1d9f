"""A public update becomes one mail for each subscriber.

The mails are entries of the outbox like all others: each is carried at most once, and what a crash or a dead mail
server leaves is carried later. Their keys are of the update and the subscriber, so that making them again makes none
twice. They are made in pieces: ten thousand rows in one transaction would keep pages waiting.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.app.carriers import Office, told_about
from tocsin.app.courier import LEASES
from tocsin.app.records import Appending, OutboxEntry
from tocsin.app.subscriber_words import told
from tocsin.app.subscribers import Subscriber
from tocsin.incident.effects import Effect, EffectKind
from tocsin.incident.incident import Incident
from tocsin.incident.indexing import summarise

PIECE = 500
"""Mails that are made in one transaction."""


@dataclass(slots=True)
class SubscribersCarrier:
    """Makes a public update into mails. Who subscribed after it hears of the next one."""

    office: Office

    def sweep(self) -> None:
        """Nothing is left behind: the lease of a lost claim runs out and it is claimed again."""

    def carry(self, entry: OutboxEntry) -> None:
        """Queue a mail for each subscriber who hears of what the update touches, piece by piece."""
        office, key = self.office, entry.effect.key
        with office.store.read() as tx:
            incident, timeline = told_about(office, tx, entry)
        at, touched = timeline[-1].at, told(office.team(), timeline).components
        # Whom the settings name is told by those: nobody gets an update twice for standing in two lists.
        named = {address.strip().lower() for address in office.team().outlets(incident.service).subscribers}
        after, lease = "", LEASES[EffectKind.SUBSCRIBERS]
        while True:
            with office.store.transact() as tx:
                if not tx.outbox.extend(key, entry.token, office.clock.now() + lease):
                    return
                piece = tx.subscribers.confirmed(at, after, PIECE)
                wanted = [one for one in piece if one.hears(touched) and one.address not in named]
                mails = tuple(_mail(entry, incident, one) for one in wanted)
                tx.outbox.queue([Appending((timeline[-1],), summarise(incident), mails)])
                if len(piece) < PIECE:
                    tx.outbox.finish(key, entry.token, office.clock.now())
                    return
            after = piece[-1].id


def _mail(entry: OutboxEntry, incident: Incident, one: Subscriber) -> Effect:
    key = f"mail/{incident.id}/{entry.effect.ref}/{one.outlet}"
    return Effect(key, incident.id, EffectKind.MAIL, entry.effect.ref, one.outlet)
