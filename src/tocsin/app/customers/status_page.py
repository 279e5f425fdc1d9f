"""How the public status page is brought to where it is served."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.app.customers.offline import Offline
from tocsin.app.customers.publishing import Publishing, refresh
from tocsin.app.office import Office
from tocsin.app.ports import (
    Delivered,
    GiveUp,
    StatusPublisher,
    TryAgain,
)
from tocsin.app.rows.records import OutboxEntry

log = logging.getLogger(__name__)

FRESH = timedelta(seconds=25)
"""How old the status page's "as of" may become before it is rendered again."""


@dataclass(slots=True)
class PublishCarrier:
    """Renders the public status page anew after a change, and every FRESH so that "as of" stays true."""

    office: Office
    publishing: Publishing
    publisher: StatusPublisher
    offline: Offline
    _rendered_at: datetime | None = None

    def stale(self) -> None:
        """What is shown has changed: the next sweep renders it."""
        self._rendered_at = None

    def sweep(self) -> None:
        """Keep the page fresh."""
        now = self.office.clock.now()
        if self._rendered_at is None or now - self._rendered_at >= FRESH:
            self._rendered_at = now
            outcome = refresh(self.publisher, self.publishing, self.offline, now)
            if not isinstance(outcome, Delivered):
                log.warning("the status page was not refreshed: %s", outcome.reason)

    def carry(self, entry: OutboxEntry) -> None:
        """Render and put the page in place."""
        outcome = refresh(self.publisher, self.publishing, self.offline, self.office.clock.now())
        match outcome:
            case Delivered():
                self.office.finish(entry)
            case TryAgain():
                self.office.again(entry, outcome)
            case GiveUp(reason=reason):
                self.office.again(entry, TryAgain(reason))
