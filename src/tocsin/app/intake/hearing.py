"""From stored deliveries to incidents: read, fold, match, group, decide, in one transaction for many deliveries.

A delivery is committed before anybody reads it (``group_commit.py``), so nothing that is said here can lose one.
What cannot be read is quarantined with its bytes and becomes an incident of its own: somebody must look.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from msgspec import structs

from tocsin.alerts.alert import Alert, AlertStatus, Heard
from tocsin.app.bell import Bell
from tocsin.app.courier import Courier
from tocsin.app.desk import Desk
from tocsin.app.intake.beats import ended_heartbeat
from tocsin.app.intake.changes import keep_changes
from tocsin.app.intake.digest import Digest
from tocsin.app.intake.known import Known
from tocsin.app.intake.probes import ended_probe
from tocsin.app.intake.quiet import Quiet
from tocsin.app.playbooks import Playbooks
from tocsin.app.rows.records import REFUSED, Delivery, DeliveryState, OutboxEntry
from tocsin.app.store import Store
from tocsin.app.team import Integration, TeamInForce
from tocsin.clock import Clock, earlier, monotonic
from tocsin.errors import BadPayload, Conflict, Unavailable
from tocsin.incident.facts import Actor, ActorKind, Via

log = logging.getLogger(__name__)

BATCH = 256
SWEEP = 1.0
"""Seconds between looks when nobody rings: the safety net under the bell."""
STORM = 8
"""From so many deliveries at once on, the next ones are let come together before they are read."""
LULL = 0.1
"""Seconds for which they are: in large pieces a storm costs a third, and the intake commits meanwhile."""
PIECE = 8000
"""Alerts that are acted on in one transaction at most, but for those of one delivery: the intake waits meanwhile."""
BREATH = 0.001
"""Seconds between batches while more waits: the lock of the database is not fair, and the intake waits for it too."""


class Listened(NamedTuple):
    """What one delivery says; ``trouble`` is why it could not be read, empty when it could."""

    integration: Integration | None
    heard: Heard
    trouble: str = ""


@dataclass(slots=True)
class Hearing:
    """Reads what sources sent."""

    store: Store
    clock: Clock
    desk: Desk
    playbooks: Playbooks
    team: TeamInForce
    bell: Bell = field(default_factory=Bell)
    known: Known = field(default_factory=Known)
    courier: Courier | None = None
    """Takes the pages that a batch orders straight from its transaction; without it they wait to be found."""
    last_cycle: float = 0.0
    behind: float = 0.0
    """Seconds for which the oldest delivery had waited when it was last looked for some."""
    _most: int = BATCH
    """Deliveries that are looked for at once: of large ones few, for more than a piece would be read for nothing."""
    _behind: bool = False
    """Whether more was waiting than was read at once."""

    def nudge(self) -> None:
        """Something was stored."""
        self.bell.ring()

    def run(self, stop: threading.Event) -> None:
        """Read until told to stop; trouble is logged and tried again."""
        while not stop.is_set():
            try:
                read = self.digest()
                self.last_cycle = monotonic()
                if self._behind:
                    stop.wait(BREATH)
                elif read >= STORM:
                    stop.wait(LULL)
                elif not self.bell.wait(SWEEP):  # what was stored meanwhile has rung
                    self.store.tidy()
            except (Conflict, Unavailable) as trouble:
                log.warning("reading alerts has to wait: %s", trouble)
                self.bell.wait(SWEEP)
            except Exception:
                log.exception("reading a batch of alerts failed; reading them one by one")
                self._isolate()
                stop.wait(0.1)

    def digest(self, limit: int = BATCH) -> int:
        """Read up to ``limit`` deliveries; gives how many. Facts, effects and alert states commit together."""
        limit = min(limit, self._most)
        with self.store.read() as tx:
            waiting = tx.deliveries.undigested(limit)
        if not waiting:
            self._behind, self.behind = False, 0.0
            return 0
        self.behind = (earlier(self.clock) - waiting[0].received_at).total_seconds()
        # What they say is read while others may write; what is still unread counts once it is our turn to write.
        told = self._listen_to(waiting)
        self._behind = len(told) < len(waiting) or len(waiting) == limit
        self._most = len(told) + 4 if len(told) < len(waiting) else min(2 * self._most, BATCH)
        with self._digesting() as digest:
            deliveries = digest.tx.deliveries
            unread = deliveries.unread(len(told))
            if not unread:
                return 0
            states: dict[int, tuple[DeliveryState, str]] = {}
            quiet = Quiet(digest.tx, digest.now, self.desk.masker)
            for id in unread:
                said = told.get(id)
                if said is None:  # another node read those before it
                    delivery = deliveries.get(id)
                    assert delivery is not None  # it is unread
                    said = self._listen(delivery)
                states[id] = self._take(digest, quiet, id, said)
            quiet.settle()
            digest.settle()
            states |= {id: (states[id][0], f"{REFUSED}{why}"[:500]) for id, why in digest.refused.items()}
            deliveries.settle(states)
            ordered = self.courier.claim_within(digest.tx) if self.courier and digest.touched() else ()
        self._tell(ordered, digest.touched())
        return len(unread)

    def _tell(self, ordered: Sequence[OutboxEntry], touched: Sequence[str]) -> None:
        """Let others act on what is committed. What fails here is no reason to read anything once more."""
        try:
            if self.courier:
                self.courier.hand_over(ordered)
            self.desk.changed(touched)
        except Exception:
            log.exception("what was decided could not be handed over; it is found within a second, pages within 30")

    @contextmanager
    def _digesting(self) -> Iterator[Digest]:
        """A digest in a transaction of its own; what it learns counts once that is committed."""
        with self.store.transact() as tx:
            digest = Digest(tx, self.desk, self.playbooks, self.known, self.clock.now())
            yield digest
        if digest.learned is not None:
            self.known.learn(digest.learned)

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
        with self._digesting() as digest:
            for delivery in digest.tx.deliveries.undigested(1):
                integration = self.team().voice(delivery.integration)
                if integration is not None:
                    digest.hear(delivery.id, integration, _by(integration), malformed(integration, delivery, trouble))
                digest.settle()
                digest.tx.deliveries.settle({delivery.id: (DeliveryState.QUARANTINED, trouble)})
        self.desk.changed(digest.touched())

    def _listen_to(self, waiting: Sequence[Delivery]) -> dict[int, Listened]:
        """What deliveries say, by their ids: of the first ones, up to so many alerts."""
        told: dict[int, Listened] = {}
        alerts = 0
        for delivery in waiting:
            said = told[delivery.id] = self._listen(delivery)
            alerts += len(said.heard.alerts)
            if alerts >= PIECE:
                break
        return told

    def _listen(self, delivery: Delivery) -> Listened:
        """What a delivery says, whatever is known of its alerts."""
        integration = ended_heartbeat(delivery) or ended_probe(delivery) or self.team().voice(delivery.integration)
        if integration is None:
            return Listened(None, Heard(), f"the integration {delivery.integration!r} is not configured any more")
        try:
            if delivery.trouble:
                raise BadPayload(delivery.trouble)
            heard = self.team().hear(integration, delivery.body, delivery.received_at)
            if heard.acknowledgements:  # one that is read much later takes nothing that began to page meanwhile
                ahead = max(timedelta(0), self.clock.now() - self.clock.wall())  # of what dates it
                dated = (one._replace(at=(one.at or delivery.received_at) + ahead) for one in heard.acknowledgements)
                heard = structs.replace(heard, acknowledgements=tuple(dated))
            if heard.left_out:
                heard = structs.replace(heard, alerts=(*heard.alerts, left_out(integration, delivery, heard.left_out)))
            if heard.trouble:
                unread = malformed(integration, delivery, heard.trouble).alerts
                heard = structs.replace(heard, alerts=(*heard.alerts, *unread))
            return Listened(integration, heard, heard.trouble)
        except BadPayload as trouble:
            if not integration.speaks.alerts:  # the page of the source shows it; nobody is woken for a change
                return Listened(integration, Heard(), str(trouble))
            return Listened(integration, malformed(integration, delivery, str(trouble)), str(trouble))

    def _take(self, digest: Digest, quiet: Quiet, delivery_id: int, said: Listened) -> tuple[DeliveryState, str]:
        heard = said.heard
        if said.integration is not None:
            heard = quiet.passed(delivery_id, said.integration, heard)
            digest.hear(delivery_id, said.integration, _by(said.integration), heard)
            if heard.changes:
                keep_changes(digest.tx, said.integration.service, heard.changes, digest.now, self.desk.masker)
        if said.trouble:
            return DeliveryState.QUARANTINED, said.trouble
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


def left_out(integration: Integration, delivery: Delivery, count: int) -> Alert:
    """What is heard when a delivery held more firing alerts than are read: somebody must look at the source."""
    return Alert(
        fingerprint=f"tocsin/left-out/{integration.name}",
        status=AlertStatus.FIRING,
        title=f"More alerts came from {integration.name} at once than can be read",
        summary=f"Delivery {delivery.id} held {count} more than Tocsin reads of one. The bytes are kept; look at the "
        "source, and have it send smaller groups.",
        source=integration.source,
        received_at=delivery.received_at,
        starts_at=delivery.received_at,
        group_key=f"tocsin/left-out/{integration.name}",
    )


def _by(integration: Integration) -> Actor:
    return _monitor(integration.name)


@lru_cache(maxsize=1024)
def _monitor(name: str) -> Actor:
    return Actor(ActorKind.MONITOR, name, Via.MONITOR)
