"""The demo's monitor: asks the shop for its health each second, and tells Tocsin as an Alertmanager would.

``python -m tocsin.demo.watch SHOP MEMORY``; where to knock stands in TOCSIN_DEMO_INTAKE, because it holds a key.
Two failures in a row make an alert, two successes in a row resolve it, also when a restart lies in between: the file
MEMORY keeps since when it fires. What could not be delivered is sent again.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tocsin.clock import SystemClock

EVERY = 1.0
IN_A_ROW = 2
REPEATS_AFTER = timedelta(seconds=60)
NEVER = "0001-01-01T00:00:00Z"  # what Alertmanager says for "it has not ended"

Probe = Callable[[], str]
"""Asks the shop; the empty string when it is well, otherwise what is wrong."""
Tell = Callable[[dict[str, Any]], bool]
"""Delivers a payload; whether it was taken."""


@dataclass(slots=True)
class Monitor:
    """What the monitor knows between two looks. ``shop`` is the address that it is about, ``since`` when it fired."""

    shop: str
    probe: Probe
    tell: Tell
    since: datetime | None = None
    _alike: int = 0
    _failing: bool = False
    _trouble: str = ""
    _told_at: datetime | None = None
    _owed: list[dict[str, Any]] = field(default_factory=list)

    def look(self, now: datetime) -> None:
        """Look once, and tell what has changed or was not delivered."""
        trouble = self.probe()
        failing = bool(trouble)
        self._alike = self._alike + 1 if failing == self._failing else 1
        self._failing = failing
        self._trouble = trouble or self._trouble
        if self._alike == IN_A_ROW and failing and self.since is None:
            self.since = now
            self._owe("firing", now)
        elif self._alike == IN_A_ROW and not failing and self.since is not None:
            self._owe("resolved", now)
            self.since = None
        elif self.since is not None and not self._owed and self._told_at and now - self._told_at >= REPEATS_AFTER:
            self._owe("firing", now)
        self._deliver(now)

    def _owe(self, status: str, now: datetime) -> None:
        self._owed.append(payload(self.shop, status, self._trouble, self.since or now, now))

    def _deliver(self, now: datetime) -> None:
        while self._owed and self.tell(self._owed[0]):
            self._owed.pop(0)
            self._told_at = now


def payload(shop: str, status: str, trouble: str, since: datetime, now: datetime) -> dict[str, Any]:
    """One alert in the form of Alertmanager's webhook, version 4."""
    labels = {"alertname": "ShopUnhealthy", "service": "shop", "severity": "SEV1", "instance": shop}
    annotations = {
        "summary": "The shop turns customers away",
        "description": f"The health check of {shop} fails: {trouble}",
    }
    alert = {
        "status": status,
        "labels": labels,
        "annotations": annotations,
        "startsAt": since.isoformat(),
        "endsAt": now.isoformat() if status == "resolved" else NEVER,
        "generatorURL": f"{shop}/panel",
        "fingerprint": "5b09a9e2f0e1c4d7",
    }
    return {
        "version": "4",
        "groupKey": '{}:{alertname="ShopUnhealthy"}',
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "tocsin",
        "groupLabels": {"alertname": "ShopUnhealthy"},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": shop,
        "alerts": [alert],
    }


def probe(shop: str) -> str:
    """What the shop's health check says is wrong; the empty string when nothing is."""
    try:
        with urllib.request.urlopen(f"{shop}/health", timeout=2) as answer:  # noqa: S310  # the demo's own address
            return "" if answer.status == 200 else f"HTTP {answer.status}"
    except urllib.error.HTTPError as refused:
        with refused:
            return f"HTTP {refused.code}, {_reason(refused.read(4096))}"
    except (OSError, http.client.HTTPException) as trouble:
        return str(getattr(trouble, "reason", trouble)) or type(trouble).__name__


def tell(intake: str, body: dict[str, Any]) -> bool:
    """Knock at Tocsin's door; whether it opened."""
    headers = {"Content-Type": "application/json", "User-Agent": "tocsin-demo-monitor"}
    request = urllib.request.Request(intake, json.dumps(body).encode(), headers)  # noqa: S310  # as above
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  # as above
            return bool(200 <= answer.status < 300)
    except (OSError, http.client.HTTPException):
        return False


def _reason(body: bytes) -> str:
    try:
        return str(json.loads(body)["reason"])
    except (ValueError, KeyError, TypeError):
        return "without a reason"


def main() -> None:
    """Watch until whoever holds our standard input is gone."""
    shop, intake = sys.argv[1], os.environ["TOCSIN_DEMO_INTAKE"]
    gone = threading.Event()
    threading.Thread(target=_follow_parent, args=(gone,), daemon=True).start()
    memory = Path(sys.argv[2])
    monitor = Monitor(shop, lambda: probe(shop), lambda body: tell(intake, body), remembered(memory))
    clock = SystemClock()
    while not gone.wait(EVERY):
        monitor.look(clock.now())
        remember(memory, monitor.since)


def remembered(memory: Path) -> datetime | None:
    """Since when the alert fires, from last time; None when it does not."""
    try:
        return datetime.fromisoformat(memory.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None


def remember(memory: Path, since: datetime | None) -> None:
    """Keep since when the alert fires."""
    if since is None:
        memory.unlink(missing_ok=True)
    else:
        memory.write_text(f"{since.isoformat()}\n", encoding="ascii")


def _follow_parent(gone: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    gone.set()


if __name__ == "__main__":
    main()
