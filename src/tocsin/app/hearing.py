"""From stored deliveries to incidents: read, fold, match, group, decide, in one transaction for many deliveries.

A delivery is committed before anybody reads it (``group_commit.py``), so nothing that is said here can lose one.
What cannot be read is quarantined with its bytes and becomes an incident of its own: somebody must look.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from tocsin.alerts.alert import Alert, AlertStatus, Heard
from tocsin.alerts.readers import READERS
from tocsin.app.bell import Bell
from tocsin.app.desk import Desk
from tocsin.app.digest import Digest
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import Store
from tocsin.app.records import Delivery, DeliveryState
from tocsin.app.team import Integration, TeamInForce
from tocsin.clock import Clock
from tocsin.errors import BadPayload, Conflict, Unavailable
from tocsin.incident.facts import Actor, ActorKind, Via

log = logging.getLogger(__name__)

BATCH = 256
SWEEP = 1.0
"""Seconds between looks when nobody rings: the safety net under the bell."""


@dataclass(slots=True)
class Hearing:
    """Reads what sources sent."""

    store: Store
    clock: Clock
    desk: Desk
    playbooks: Playbooks
    team: TeamInForce
    bell: Bell = field(default_factory=Bell)

    def nudge(self) -> None:
        """Something was stored."""
        self.bell.ring()

    def run(self, stop: threading.Event) -> None:
        """Read until told to stop; trouble is logged and tried again."""
        while not stop.is_set():
            try:
                while self.digest() and not stop.is_set():
                    pass
                self.bell.wait(SWEEP)
            except (Conflict, Unavailable) as trouble:
                log.warning("reading alerts has to wait: %s", trouble)
                self.bell.wait(SWEEP)
            except Exception:
                log.exception("reading a batch of alerts failed; reading them one by one")
                self._isolate()
                stop.wait(0.1)

    def digest(self, limit: int = BATCH) -> int:
        """Read up to ``limit`` deliveries; gives how many. Facts, effects and alert states commit together."""
        now = self.clock.now()
        with self.store.transact() as tx:
            deliveries = tx.deliveries.undigested(limit)
            if not deliveries:
                return 0
            digest = Digest(tx, self.desk, self.playbooks, now)
            states: dict[int, tuple[DeliveryState, str]] = {}
            for delivery in deliveries:
                states[delivery.id] = self._read(digest, delivery)
            digest.settle()
            tx.deliveries.settle(states)
        self.desk.changed(digest.touched())
        return len(deliveries)

    def _isolate(self) -> None:
        """Read one delivery alone; one that cannot even be read alone is set aside with its bytes, aloud."""
        try:
            self.digest(limit=1)
        except (Conflict, Unavailable):
            return
        except Exception as trouble:
            log.exception("a delivery cannot be read; it is quarantined")
            self._set_aside(f"{type(trouble).__name__} while reading it; please report this")

    def _set_aside(self, trouble: str) -> None:
        now = self.clock.now()
        with self.store.transact() as tx:
            for delivery in tx.deliveries.undigested(1):
                digest = Digest(tx, self.desk, self.playbooks, now)
                integration = self.team().integrations.get(delivery.integration)
                if integration is not None:
                    digest.hear(delivery.id, integration, _by(integration), malformed(integration, delivery, trouble))
                digest.settle()
                tx.deliveries.settle({delivery.id: (DeliveryState.QUARANTINED, trouble)})
        self.desk.changed([])

    def _read(self, digest: Digest, delivery: Delivery) -> tuple[DeliveryState, str]:
        integration = self.team().integrations.get(delivery.integration)
        if integration is None:
            return DeliveryState.QUARANTINED, f"the integration {delivery.integration!r} is not configured any more"
        try:
            if delivery.trouble:
                raise BadPayload(delivery.trouble)
            heard = READERS[integration.source](delivery.body, delivery.received_at)
        except BadPayload as trouble:
            digest.hear(delivery.id, integration, _by(integration), malformed(integration, delivery, str(trouble)))
            return DeliveryState.QUARANTINED, str(trouble)
        digest.hear(delivery.id, integration, _by(integration), heard)
        return DeliveryState.DIGESTED, "; ".join(heard.notes)[:500]


def malformed(integration: Integration, delivery: Delivery, trouble: str) -> Heard:
    """What is heard when a delivery cannot be read: one alert per integration, so that somebody looks once."""
    alert = Alert(
        fingerprint=f"tocsin/malformed/{integration.name}",
        status=AlertStatus.FIRING,
        title=f"An alert from {integration.name} could not be read",
        summary=f"Delivery {delivery.id}: {trouble}. The bytes are kept; `tocsin integrations show "
        f"{integration.name}` lists them.",
        source=integration.source,
        received_at=delivery.received_at,
        starts_at=delivery.received_at,
        group_key=f"tocsin/malformed/{integration.name}",
    )
    return Heard((alert,))


def _by(integration: Integration) -> Actor:
    return Actor(ActorKind.MONITOR, integration.name, Via.MONITOR)
