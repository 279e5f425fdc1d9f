"""Subscribers who are not reached any more: what they missed is counted, and a subscription that serves nobody ends."""

from __future__ import annotations

import logging
from datetime import timedelta

from tocsin.app.rows.subscribers import Subscriber, SubscriberWay
from tocsin.app.store import Store
from tocsin.clock import Clock
from tocsin.errors import Conflict, Unavailable

log = logging.getLogger(__name__)

MOST_MISSED = 3
MISSED_FOR = timedelta(days=3)
"""A subscription ends when so many updates in a row were not delivered, the first of them at least so long ago.

Both: five updates within an hour may meet one outage of theirs, or of our own mail server."""
LONGEST_WHY = 300


def reached(store: Store, one: Subscriber) -> None:
    """An update was delivered. Nothing is written where nothing was missed."""
    if one.missed:
        try:
            with store.transact() as tx:
                tx.subscribers.reached(one.id)
        except (Conflict, Unavailable) as trouble:
            log.warning("that a subscriber was reached cannot be written down now: %s", trouble)


def missed(store: Store, clock: Clock, one: Subscriber, why: str, *, gone: bool) -> None:
    """An update could not be delivered; ``gone`` when none ever will be: then it ends at once."""
    now = clock.now()
    try:
        with store.transact() as tx:
            found = tx.subscribers.missed(one.id, now)
            if found is None or found.missed_since is None:
                return
            if not gone and (found.missed < MOST_MISSED or now - found.missed_since < MISSED_FOR):
                return
            # Whoever looks after a program is told by mail that it hears nothing more; a mailbox that is gone is not.
            tell_at = None if one.way is SubscriberWay.MAIL else now
            tx.subscribers.end(one.id, now, why[:LONGEST_WHY], tell_at)
    except (Conflict, Unavailable) as trouble:
        log.warning("that a subscriber was not reached cannot be written down now: %s", trouble)
        return
    log.warning("the subscription %s has ended: %s", one.id, why)
