"""Monitors: troubles that begin and end, and the alerts that an Alertmanager (or two) sends of them, badly.

A notification holds the whole group as it stands; it is sent again until somebody answers 2xx, by a twin as well,
sometimes twice, sometimes late, so that a "resolved" arrives before its "firing".
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.house import MONITOR, START
from tests.simulation.scheduler import Killed
from tocsin.app.rows.records import NewDelivery
from tocsin.clock import earlier
from tocsin.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from tests.simulation.node import Node
    from tests.simulation.world import World

SUBJECTS = (
    ("CheckoutDown", "Checkout returns 502 errors", "critical"),
    ("DatabaseSlow", "Slow database queries", "P1"),
    ("CertificateExpires", "The certificate expires soon", "P2"),
    ("ShopDown", "Complete service outage", "P0"),
    ("TypoOnPage", "Cosmetic issues", "P3"),
    ("Mystery", "Something is odd", ""),
)
BUCKET = 300


@dataclass(slots=True)
class Trouble:
    """One thing that is wrong for a while at some instances; ``spans`` are the spans of each in true seconds."""

    name: str
    summary: str
    hint: str
    spans: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def changes(self) -> list[float]:
        """When anything begins or ends."""
        return sorted({at for spans in self.spans.values() for span in spans for at in span})


def draw_troubles(rng: Random, hours: float, count: int) -> list[Trouble]:
    """What will be wrong in this world."""
    troubles = []
    for name, summary, hint in rng.sample(SUBJECTS, count):
        trouble = Trouble(name, summary, hint)
        begins = rng.uniform(5, hours * 3600 * 0.6)
        for number in range(rng.choice((1, 1, 2, 3, 12))):
            at = begins + rng.uniform(0, 120)
            spans = []
            for _ in range(rng.choice((1, 1, 2, 3))):
                lasts = rng.choice((rng.uniform(0.2, 3), rng.uniform(30, 600), rng.uniform(600, hours * 3600)))
                spans.append((at, at + lasts))
                at += lasts + rng.choice((rng.uniform(0.2, 2), rng.uniform(20, 900)))
            trouble.spans[f"node-{number}"] = spans
        troubles.append(trouble)
    return troubles


STILL = 600.0
"""Seconds after a world's end in which monitors still say something; what comes of it is over when it is looked at."""


def notification(trouble: Trouble, true: float, twin: int) -> bytes | None:
    """What an Alertmanager says of a trouble at a true time, None when nothing has happened yet."""

    def iso(at: float) -> str:
        return (START + timedelta(seconds=at)).isoformat(timespec="microseconds").replace("+00:00", "Z")

    alerts = []
    for instance, spans in trouble.spans.items():
        begun = [span for span in spans if span[0] <= true]
        if not begun:
            continue
        since, until = begun[-1]
        firing = true < until
        alerts.append(
            {
                "status": "firing" if firing else "resolved",
                "labels": {"alertname": trouble.name, "instance": instance, "severity": trouble.hint},
                "annotations": {"summary": trouble.summary},
                "startsAt": iso(since),
                "endsAt": "0001-01-01T00:00:00Z" if firing else iso(until),
                "fingerprint": hashlib.sha256(f"{trouble.name}{instance}".encode()).hexdigest()[:16],
            }
        )
    if not alerts:
        return None
    body = {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{trouble.name}"}}',
        "status": "firing" if any(a["status"] == "firing" for a in alerts) else "resolved",
        "receiver": f"tocsin-{twin}",
        "alerts": alerts,
    }
    return json.dumps(body).encode()


class Monitors:
    """All monitors of a world."""

    def __init__(self, world: World, troubles: list[Trouble]) -> None:
        self._world = world
        self.troubles = troubles

    def begin(self) -> None:
        """Plan what they will send."""
        world, rng = self._world, self._world.rng
        for trouble in self.troubles:
            changes = trouble.changes()
            for at in changes:
                self._notify(trouble, at + rng.choice((0.05, rng.uniform(0.1, 10))))
            repeat = rng.choice((300.0, 900.0, 4 * 3600.0))
            last = changes[-1]
            again = changes[0] + repeat
            while again < last + min(repeat, 1800.0) and again < world.ends:
                self._notify(trouble, again)
                again += repeat

    def _notify(self, trouble: Trouble, at: float) -> None:
        world, rng = self._world, self._world.rng
        twins = 2 if rng.random() < 0.25 else 1
        for twin in range(twins):
            when = at + (rng.uniform(0.5, 30) if twin else 0.0)
            if when > world.ends + STILL:  # the world comes to rest
                continue
            world.scheduler.at(when, lambda twin=twin: self._send(trouble, twin))  # type: ignore[misc]

    def _send(self, trouble: Trouble, twin: int) -> None:
        world, rng = self._world, self._world.rng
        body = notification(trouble, world.scheduler.now, twin)
        if body is None:
            return
        for _ in range(rng.choices((1, 2, 3), (80, 15, 5))[0]):
            late = rng.choices((rng.uniform(0.01, 0.5), rng.uniform(1, 90)), (85, 15))[0]
            world.scheduler.spawn("monitor", self._deliver, body, after=late)

    def _deliver(self, body: bytes) -> None:
        """Try until somebody answers 2xx, or give up after a while."""
        world = self._world
        wait = 1.0
        for _ in range(14):
            node = world.any_node()
            if node is not None and self._accepted(node, body):
                return
            world.scheduler.sleep(wait)
            wait = min(60.0, wait * 2)

    def _accepted(self, node: Node, body: bytes) -> bool:
        """Whether the client sees a 2xx: then the delivery must be there for ever."""
        world = self._world
        assert node.process is not None
        now = earlier(node.process.clock)  # as the door has it
        bucket = int(now.timestamp()) // BUCKET
        key = f"{hashlib.sha256(body).hexdigest()}:{bucket}"
        delivery = NewDelivery(MONITOR, key, now, "application/json", body)

        def accept() -> None:
            assert node.process is not None
            with node.process.store.transact() as tx:
                tx.deliveries.accept([delivery])
            node.process.hearing.nudge()

        try:
            world.within(node, accept)
        except (Killed, Unavailable, Conflict):
            return False
        world.witness.accepted.append((MONITOR, key))
        return True
