"""The heartbeat over HTTP: a GET of an address that a watcher outside gave us, as all of their kind take it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.webhooks import outcome_of
from tocsin.app.ports import Outcome


@dataclass(frozen=True, slots=True)
class HttpBeacon:
    """Beats at healthchecks.io, Dead Man's Snitch, an Uptime Kuma push monitor, or anything like them."""

    egress: Egress
    url: str = field(repr=False)

    def beat(self) -> Outcome:
        """GET the address once."""
        return outcome_of(self.egress.get(self.url))
