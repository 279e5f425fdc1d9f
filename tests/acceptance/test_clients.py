"""The clients that teams have, unchanged but for the address: they must not see a difference."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import opsgenie_sdk
import pagerduty
import pytest

from tests.stage.alertmanager import alertmanager
from tests.stage.blackbox import blackbox, looking_at
from tests.stage.child import eventually, free_port
from tests.stage.nginx import nginx
from tests.stage.presence import require
from tests.stage.process import Tocsin, tocsin
from tests.stage.prometheus import prometheus

PATIENCE = 120.0
"""Seconds: these tests ask whether something happens, not how soon."""
SAYS = {"summary": "It is down"}
RUNBOOK = """# Till

## Severity levels

### SEV1
- The till is down

## Escalation

1. On-call engineer
"""
SOURCES = ("prometheus", "pagerduty", "opsgenie", "alertmanager")
SETTINGS = """version = 1
catch_all = ["ana"]
[server]
[service.till]
runbook = "till.md"
[people.ana]
[[people.ana.ways]]
kind = "phone"
""" + "".join(f'[integration.{one}]\nsource = "{one}"\nservice = "till"\n' for one in SOURCES)
TIDE = '[integration.tide]\nsource = "heartbeat"\nservice = "till"\nevery = "3 s"\ngrace = "2 s"\n'
"""A heartbeat, for its own test alone: where nobody beats it is missed, and its incident would be in the way."""


@contextmanager
def serving(folder: Path, settings: str) -> Iterator[Tocsin]:
    """A running Tocsin with these settings."""
    folder.mkdir()
    (folder / "till.md").write_text(RUNBOOK, "utf-8")
    with tocsin(folder, settings, start=False) as running:
        running.ready_within = PATIENCE
        running.start()
        yield running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Tocsin]:
    """A running Tocsin with one integration for each source that is tried."""
    with serving(tmp_path / "tocsin", SETTINGS) as running:
        yield running


@pytest.fixture
def server_with_heartbeat(tmp_path: Path) -> Iterator[Tocsin]:
    """The same with a heartbeat."""
    with serving(tmp_path / "tocsin", SETTINGS + TIDE) as running:
        yield running


def url_of(server: Tocsin, name: str) -> str:
    """The address of an integration."""
    return str(server.api(f"/integrations/{name}")["url"])


def incident(server: Tocsin, title: str) -> dict[str, Any] | None:
    """The newest incident whose title has these words."""
    return next((one for one in server.api("/incidents") if title in one["title"]), None)


def firing(server: Tocsin, title: str) -> int:
    """How many alerts of that incident fire; -1 when there is none."""
    found = incident(server, title)
    return -1 if found is None else int(server.api(f"/incidents/{found['id']}")["firing_alerts"])


@pytest.mark.component("prometheus")
@pytest.mark.component("alertmanager")
def test_prometheus_and_amtool_take_tocsin_for_their_alertmanager(server: Tocsin, tmp_path: Path) -> None:
    """A rule fires and ends here, the alert and a silence are seen with amtool, and silenced it wakes nobody."""
    url = url_of(server, "prometheus")

    def amtool(*words: str) -> str:
        command = [Path(require("alertmanager")).with_name("amtool"), f"--alertmanager.url={url}", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout

    until = ["--duration=1h", "--author=ana", "--comment=new oven"]
    silence = amtool("silence", "add", "alertname=~Oven.*", *until).strip()
    rules = [
        {
            "alert": name,
            "expr": expression,
            "labels": {"severity": "critical"},
            "annotations": {"summary": "It is down"},
        }
        for name, expression in (("TillDown", "vector(time()) > 0"), ("OvenDown", "vector(1) > 0"))
    ]
    with prometheus(tmp_path, rules=rules, alertmanager=url) as running:
        assert eventually(lambda: firing(server, "TillDown") == 1, within=PATIENCE, every=0.3)
        assert eventually(lambda: "OvenDown" in amtool("alert", "query", "--silenced"), within=PATIENCE, every=0.5)
        assert "TillDown" in amtool("alert", "query", "severity=critical")
        assert "TillDown" not in amtool("alert", "query", "severity=warning")
        assert silence in amtool("silence", "query")
        assert incident(server, "OvenDown") is None
        groups = json.loads(amtool("-o", "json", "alert", "query"))
        assert groups[0]["annotations"]["summary"] == SAYS["summary"]
        (tmp_path / "rules.yml").write_text(
            json.dumps({"groups": [{"name": "test", "rules": [{**rules[0], "expr": "vector(0) > 0"}, rules[1]]}]}),
            "utf-8",
        )
        running.process.signal(1)
        assert eventually(lambda: firing(server, "TillDown") == 0, within=PATIENCE, every=0.3)
        amtool("silence", "expire", silence)
        assert eventually(lambda: firing(server, "OvenDown") == 1, within=PATIENCE, every=0.3)


@pytest.mark.component("prometheus")
@pytest.mark.component("alertmanager")
@pytest.mark.component("blackbox")
@pytest.mark.component("nginx")
def test_a_web_server_that_is_stopped_and_started_fires_and_ends_one_incident(server: Tocsin, tmp_path: Path) -> None:
    """What teams run today: the blackbox exporter looks, Prometheus judges, Alertmanager tells, and Tocsin has it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    rule = {
        "alert": "ShopDown",
        "expr": "probe_success == 0",
        "labels": {"severity": "critical"},
        "annotations": {"summary": "{{ $labels.instance }} does not answer"},
    }

    def shop() -> dict[str, Any]:
        found = incident(server, "ShopDown")
        return {} if found is None else dict(server.api(f"/incidents/{found['id']}"))

    with ExitStack() as stack:
        serves = ExitStack()
        stack.callback(serves.close)
        serves.enter_context(nginx(tmp_path, port=port, server='location / { return 200 "open"; }'))
        telling = stack.enter_context(alertmanager(tmp_path, url_of(server, "alertmanager")))
        jobs = [looking_at(stack.enter_context(blackbox(tmp_path)), url)]
        monitor = prometheus(tmp_path, jobs=jobs, rules=[rule], alertmanager=telling.url)
        running = stack.enter_context(monitor)

        def seen(up: bool) -> bool:
            samples = running.query(f'probe_success{{instance="{url}"}}')
            return bool(samples) and samples[0]["value"][1] == str(int(up))  # type: ignore[index]

        assert eventually(lambda: seen(up=True), within=PATIENCE, every=0.2)
        assert server.api("/alerts") == []
        serves.close()
        assert eventually(lambda: shop().get("firing_alerts") == 1, within=PATIENCE, every=0.3)
        assert f"{url} does not answer" in json.dumps(server.api("/alerts"))
        serves.enter_context(nginx(tmp_path, port=port, server='location / { return 200 "open"; }'))
        assert eventually(lambda: shop().get("firing_alerts") == 0, within=PATIENCE, every=0.3)
        assert len(server.api("/incidents")) == 1


def key_of(server: Tocsin, name: str) -> str:
    """The key of an integration."""
    return url_of(server, name).split("/in/")[1].split("/")[0]


def test_pagerdutys_own_sdk_triggers_and_resolves(server: Tocsin) -> None:
    """Only the base URL is changed: the key of the event comes back, and its resolution ends the alert."""

    class Client(pagerduty.EventsApiV2Client):
        url = ""  # it insists on https otherwise, and the test has no certificate

    client = Client(key_of(server, "pagerduty"))
    client.url = server.url
    key = client.trigger("The till is down", "till-1", severity="critical", custom_details={"host": "till-1"})
    assert eventually(lambda: firing(server, "The till is down") == 1, within=PATIENCE)
    client.acknowledge(key)
    assert eventually(lambda: (incident(server, "The till is down") or {}).get("acknowledged_by"), within=PATIENCE)
    client.resolve(key)
    assert eventually(lambda: firing(server, "The till is down") == 0, within=PATIENCE)


@pytest.mark.parametrize("prefix", ["", "/jsm/ops/integration"])
def test_opsgenies_own_sdk_creates_gets_acknowledges_and_closes(server: Tocsin, prefix: str) -> None:
    """Only the host is changed, to Opsgenie's path or to Atlassian's; requests can be followed by their ids."""
    configuration = opsgenie_sdk.Configuration()
    configuration.host = f"{server.url}{prefix}"
    configuration.api_key["Authorization"] = key_of(server, "opsgenie")
    api = opsgenie_sdk.AlertApi(api_client=opsgenie_sdk.ApiClient(configuration=configuration))
    made = api.create_alert(opsgenie_sdk.CreateAlertPayload(message="The oven is cold", alias="oven", priority="P1"))
    assert eventually(lambda: firing(server, "The oven is cold") == 1, within=PATIENCE)
    assert api.get_request_status(request_id=made.request_id).data.is_success
    shown = api.get_alert(identifier="oven", identifier_type="alias").data
    assert (shown.message, shown.status, shown.acknowledged) == ("The oven is cold", "open", False)
    api.acknowledge_alert(identifier=shown.id, acknowledge_alert_payload=opsgenie_sdk.AcknowledgeAlertPayload())
    assert eventually(lambda: api.get_alert(identifier=shown.id).data.acknowledged, within=PATIENCE)
    api.close_alert(identifier="oven", identifier_type="alias", close_alert_payload=opsgenie_sdk.CloseAlertPayload())
    assert eventually(lambda: firing(server, "The oven is cold") == 0, within=PATIENCE)
    configuration.api_key["Authorization"] = "another-key-0123456789"
    with pytest.raises(opsgenie_sdk.exceptions.AuthenticationException):
        api.get_alert(identifier="oven", identifier_type="alias")


def test_a_heartbeat_pinged_by_opsgenies_own_sdk_is_missed_even_after_a_kill(server_with_heartbeat: Tocsin) -> None:
    """R25: the server is killed while it waits for the next beat; started again it notices the silence, and its end."""
    server = server_with_heartbeat
    configuration = opsgenie_sdk.Configuration()
    configuration.host = server.url
    configuration.api_key["Authorization"] = key_of(server, "opsgenie")
    api = opsgenie_sdk.HeartbeatApi(api_client=opsgenie_sdk.ApiClient(configuration=configuration))
    assert api.ping("tide").result == "PONG - Heartbeat received"
    server.kill()
    server.start()
    assert eventually(lambda: firing(server, "No heartbeat from tide") == 1, within=PATIENCE)
    shown = api.get_heartbeat("tide").data
    assert (shown.name, shown.enabled, shown.expired) == ("tide", True, True)
    assert [one.name for one in api.list_heart_beats().data.heartbeats] == ["tide"]
    assert server.request("HEAD", f"/in/{key_of(server, 'tide')}/heartbeat").status == 200
    assert eventually(lambda: firing(server, "No heartbeat from tide") == 0, within=PATIENCE)


@pytest.mark.component("alertmanager")
def test_three_notifiers_of_a_real_alertmanager_fire_and_end_here(server: Tocsin, tmp_path: Path) -> None:
    """Its webhook, its PagerDuty and its Opsgenie receivers, each with only the address changed."""
    others = {
        "pagerduty_configs": [{"routing_key": key_of(server, "pagerduty"), "url": f"{server.url}/v2/enqueue"}],
        "opsgenie_configs": [{"api_key": key_of(server, "opsgenie"), "api_url": f"{server.url}/"}],
    }
    sources = ("alertmanager", "pagerduty", "opsgenie")

    def standing() -> dict[str, bool]:
        return {one["integration"]: one["firing"] for one in server.api("/alerts")}

    with alertmanager(tmp_path, url_of(server, "alertmanager"), others=others) as running:
        alert = {"labels": {"alertname": "TillDown"}, "annotations": {"summary": "The till is down"}}
        running.post([alert])
        assert eventually(lambda: standing() == dict.fromkeys(sources, True), within=PATIENCE, every=0.2), standing()
        running.post([{**alert, "endsAt": datetime.now(UTC).isoformat()}])
        assert eventually(lambda: standing() == dict.fromkeys(sources, False), within=PATIENCE, every=0.2), standing()
