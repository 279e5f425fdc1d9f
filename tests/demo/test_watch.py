"""The demo's monitor."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.stage.child import free_port
from tests.stage.webhook import Answer, Webhook
from tocsin.alerts.alert import AlertStatus
from tocsin.alerts.sources.alertmanager import read_alertmanager
from tocsin.demo.watch import REPEATS_AFTER, Monitor, payload, probe, remember, remembered, tell

NOW = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)
SHOP = "http://127.0.0.1:8100"


class World:
    """A shop and a Tocsin that do as they are told."""

    def __init__(self) -> None:
        self.trouble = ""
        self.open = True
        self.heard: list[dict[str, Any]] = []
        self.now = NOW

    def probe(self) -> str:
        """What is wrong."""
        return self.trouble

    def tell(self, body: dict[str, Any]) -> bool:
        """Take a payload, if open."""
        if self.open:
            self.heard.append(body)
        return self.open

    def looks(self, monitor: Monitor, times: int) -> list[str]:
        """Look so many seconds; the statuses heard so far."""
        for _ in range(times):
            monitor.look(self.now)
            self.now += timedelta(seconds=1)
        return [str(body["status"]) for body in self.heard]


def test_two_failures_make_an_alert_and_two_successes_resolve_it() -> None:
    """One slow answer wakes nobody; an alert is told once when it begins and once when it ends."""
    world = World()
    monitor = Monitor(SHOP, world.probe, world.tell)
    assert world.looks(monitor, 3) == []
    world.trouble = "HTTP 503"
    assert world.looks(monitor, 1) == []
    world.trouble = ""
    assert world.looks(monitor, 2) == []
    world.trouble = "HTTP 503"
    assert world.looks(monitor, 5) == ["firing"]
    world.trouble = ""
    assert world.looks(monitor, 1) == ["firing"]
    assert world.looks(monitor, 5) == ["firing", "resolved"]
    firing, resolved = (body["alerts"][0] for body in world.heard)
    assert firing["startsAt"] == resolved["startsAt"]
    assert firing["fingerprint"] == resolved["fingerprint"]


def test_an_alert_that_goes_on_is_told_again() -> None:
    """As an Alertmanager repeats what still fires."""
    world = World()
    monitor = Monitor(SHOP, world.probe, world.tell)
    world.trouble = "HTTP 503"
    assert world.looks(monitor, 2 + int(REPEATS_AFTER.total_seconds())) == ["firing", "firing"]


def test_what_is_not_taken_is_told_later_in_order() -> None:
    """While Tocsin is away nothing is lost."""
    world = World()
    monitor = Monitor(SHOP, world.probe, world.tell)
    world.open, world.trouble = False, "HTTP 503"
    world.looks(monitor, 3)
    world.trouble = ""
    assert world.looks(monitor, 3) == []
    world.open = True
    assert world.looks(monitor, 1) == ["firing", "resolved"]


def test_an_alert_that_ended_during_a_restart_is_resolved(tmp_path: Path) -> None:
    """The monitor remembers since when it fires; the shop's recovery is told though another process saw the fault."""
    memory = tmp_path / "since"
    assert remembered(memory) is None
    remember(memory, NOW - timedelta(minutes=5))
    world = World()
    assert world.looks(Monitor(SHOP, world.probe, world.tell, remembered(memory)), 3) == ["resolved"]
    remember(memory, None)
    assert remembered(memory) is None


def test_the_payload_is_what_an_alertmanager_sends() -> None:
    """Our own reader of Alertmanager's form understands it: title, severity, beginning and end."""
    body = json.dumps(payload(SHOP, "resolved", "HTTP 503", NOW, NOW + timedelta(minutes=3))).encode()
    (alert,) = read_alertmanager(body, NOW + timedelta(minutes=3)).alerts
    assert alert.status is AlertStatus.RESOLVED
    assert alert.severity_hint == "SEV1"
    assert (alert.starts_at, alert.ends_at) == (NOW, NOW + timedelta(minutes=3))
    firing = json.dumps(payload(SHOP, "firing", "HTTP 503", NOW, NOW)).encode()
    assert read_alertmanager(firing, NOW).alerts[0].ends_at is None


def test_the_probe_says_what_is_wrong(webhook_sink: Webhook) -> None:
    """Well is silent; a 503 brings its reason; nobody listening is said in words."""
    webhook_sink.plan(Answer(200), Answer(503, b'{"reason": "all 8 connections are in use"}'), Answer(500, b"x"))
    assert probe(webhook_sink.url) == ""
    assert probe(webhook_sink.url) == "HTTP 503, all 8 connections are in use"
    assert probe(webhook_sink.url) == "HTTP 500, without a reason"
    webhook_sink.plan(Answer(drop=True))
    assert probe(webhook_sink.url)
    assert "refused" in probe(f"http://127.0.0.1:{free_port()}")


def test_only_a_yes_counts_as_told(webhook_sink: Webhook) -> None:
    """2xx is told; anything else, or nobody, is not."""
    webhook_sink.plan(Answer(202), Answer(503), Answer(401), Answer(drop=True))
    assert [tell(webhook_sink.url, {}) for _ in range(4)] == [True, False, False, False]
    assert not tell(f"http://127.0.0.1:{free_port()}", {})
