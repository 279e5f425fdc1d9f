"""Monitors that keep sending until they are answered 2xx, as real ones do, and remember what they were promised."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field

from tests.stage.process import Tocsin

KEY = "k" * 24
PATH = f"/in/{KEY}/alertmanager"
BUCKET_SECONDS = 300
"""For so long the same body is the same delivery, where the sender numbers none."""


def alertmanager_body(name: str, *, summary: str = "", status: str = "firing", **labels: str) -> bytes:
    """What Alertmanager sends about one alert; ``name`` is its alertname and its fingerprint."""
    alert = {
        "status": status,
        "labels": {"alertname": name, **labels},
        "annotations": {"summary": summary or f"{name} is wrong"},
        "startsAt": "2026-01-01T00:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z" if status == "firing" else "2026-01-01T00:10:00Z",
        "fingerprint": name,
    }
    return json.dumps({"version": "4", "status": status, "groupKey": name, "alerts": [alert]}).encode()


@dataclass(slots=True)
class Monitor:
    """Sends alerts from a thread of its own, ``pause`` seconds apart, some of them twice.

    ``stored`` are the alerts that were answered 2xx, ``tried`` all that were sent, each with the five-minute buckets in
    which it may have arrived, which are two where one ends between its sending and its answer: a copy that comes later
    than that counts as another delivery of the same alert. ``stopping`` ends it once its last alert is stored,
    ``given_up`` at once.
    """

    server: Tocsin
    name: str
    seed: int
    pause: float = 0.05
    stored: set[str] = field(default_factory=set)
    tried: dict[str, set[int]] = field(default_factory=dict)
    answers: dict[int, int] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    given_up: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Send until told to stop; the last alert is sent until it is stored."""
        chance, number = random.Random(self.seed), 0
        while not self.stopping.is_set():
            number += 1
            alert = f"{self.name}-{number}"
            self._until_stored(alert)
            if self.given_up.is_set():
                return
            if chance.random() < 0.3:
                self._send(chance.choice(sorted(self.stored)))
            self.stopping.wait(self.pause * chance.uniform(0.2, 2))

    def _until_stored(self, alert: str) -> None:
        for _ in range(10_000):
            if self._send(alert) or self.given_up.wait(0.03):
                return
        raise AssertionError(f"{alert} could not be delivered at all")

    def _send(self, alert: str) -> bool:
        sent = time.time()
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=5)
        try:
            connection.request("POST", PATH, alertmanager_body(alert), {"content-type": "application/json"})
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            status = 0
        finally:
            connection.close()
        self.tried.setdefault(alert, set()).update(int(at) // BUCKET_SECONDS for at in (sent, time.time()))
        self.answers[status] = self.answers.get(status, 0) + 1
        if 200 <= status < 300:
            self.stored.add(alert)
            return True
        return False
