"""Alarms and findings of AWS through SNS: moto's own subscriptions and signatures, and the real process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stage.aws import Account, aws
from tests.stage.child import eventually
from tests.stage.process import Tocsin, tocsin
from tests.stage.sns import OWN, TOPIC, Sns, key, sns

PATIENCE = 120.0
"""Seconds: these tests ask whether something happens, not how soon."""
RUNBOOK = "# Till\n\n## Severity levels\n\n### SEV1\n- The till is down\n\n## Escalation\n\n1. On-call engineer\n"
SETTINGS = f"""version = 1
catch_all = ["ana"]
[server]
[service.till]
runbook = "till.md"
[people.ana]
[[people.ana.ways]]
kind = "phone"
[integration.aws]
source = "cloudwatch"
service = "till"
[integration.aws.auth]
topics = ["{TOPIC}"]
"""
ALARM = {
    "AlarmName": "till-5xx",
    "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:till-5xx",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold crossed: 3 datapoints were greater than 5.",
    "OKActions": [TOPIC],
    "Trigger": {"MetricName": "5xx", "Namespace": "Shop", "Dimensions": []},
}
FINDING = {
    "version": "0",
    "id": "e-1",
    "detail-type": "GuardDuty Finding",
    "source": "aws.guardduty",
    "account": "123456789012",
    "region": "eu-west-1",
    "resources": [],
    "detail": {"id": "f-1", "type": "Recon:EC2/Portscan", "severity": 8, "title": "A host scans the till"},
}


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    """An account as moto plays it."""
    with aws(tmp_path) as running:
        yield running


@pytest.fixture
def host(tmp_path: Path, account: Account) -> Iterator[Sns]:
    """SNS's own host before it."""
    with sns(tmp_path, account.url) as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, host: Sns) -> Iterator[Tocsin]:
    """A running Tocsin for which SNS's name leads to that host."""
    folder = tmp_path / "tocsin"
    folder.mkdir()
    (folder / "till.md").write_text(RUNBOOK, "utf-8")
    with tocsin(folder, SETTINGS, environment=host.environment, wrapper=host.wrapper, start=False) as running:
        running.ready_within = PATIENCE
        running.start()
        yield running


def firing(server: Tocsin) -> dict[str, bool]:
    """The alerts that were heard, by their titles."""
    return {one["title"]: one["firing"] for one in server.api("/alerts")}


def heard(server: Tocsin, title: str, *, fires: bool) -> bool:
    """Whether an alert is soon as it should be."""
    return eventually(lambda: firing(server).get(title) is fires, within=PATIENCE, every=0.2)


def test_an_alarm_and_a_finding_come_signed_through_sns(server: Tocsin, host: Sns, account: Account) -> None:
    """The invitation is accepted at SNS alone; both signature versions count, and a forged message is a 401."""
    url = str(server.api("/integrations/aws")["url"])
    path = url.removeprefix(server.url)

    def deliver(said: dict[str, str]) -> int:
        return server.request("POST", path, json.dumps(said).encode(), {"content-type": "text/plain"}).status

    invitation = host.message("SubscriptionConfirmation", "You have chosen to subscribe.", version="1")
    assert deliver(invitation) == 202
    assert host.tokens == [invitation["Token"]]

    sender = account.client("sns")
    assert sender.create_topic(Name="alarms")["TopicArn"] == TOPIC
    sender.subscribe(TopicArn=TOPIC, Protocol="http", Endpoint=url)

    def publish(said: dict[str, Any]) -> None:
        sender.publish(TopicArn=TOPIC, Message=json.dumps(said))

    publish(ALARM)
    assert heard(server, "till-5xx", fires=True)
    publish(FINDING)
    assert heard(server, "A host scans the till", fires=True)
    publish({**ALARM, "NewStateValue": "OK"})
    assert heard(server, "till-5xx", fires=False)
    assert any(one.endswith(".pem") and one != OWN for one in host.asked), host.asked  # moto's own certificates

    older = {**ALARM, "AlarmName": "till-slow", "AlarmArn": f"{ALARM['AlarmArn']}-slow"}
    assert deliver(host.message("Notification", json.dumps(older), version="1")) == 202
    assert heard(server, "till-slow", fires=True)
    forged = host.message("Notification", json.dumps({**older, "NewStateValue": "OK"}), version="1", signer=key())
    assert deliver(forged) == 401
    assert firing(server)["till-slow"]
    assert "signature is wrong" in json.dumps(server.api("/integrations/aws"))
