"""SNS as moto plays it: real subscriptions, real deliveries over HTTP, real signatures."""

from __future__ import annotations

import json
import sys
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.stage.child import answers, child, eventually, free_port
from tests.stage.webhook import webhook
from tests.web.knocking import Knocker
from tests.web.test_sns import Door, Outside
from tocsin.adapters.egress.exchange import Exchange, Response
from tocsin.alerts.sources.cloudwatch import read_cloudwatch

SCOPE = "AWS4-HMAC-SHA256 Credential=test/20261121/eu-west-1/sns/aws4_request, SignedHeaders=host, Signature=0"
"""By its scope moto tells which service and region a request is for."""


def ask(url: str, **parameters: str) -> dict[str, Any]:
    """One call of SNS's API."""
    data = urlencode({**parameters, "Version": "2010-03-31", "ContentType": "JSON"}).encode()
    request = urllib.request.Request(url, data=data, headers={"Authorization": SCOPE})
    with urllib.request.urlopen(request, timeout=20) as response:
        said: dict[str, Any] = json.load(response)
    return said


def test_a_message_that_moto_delivers_is_admitted_and_read(tmp_path: Path) -> None:
    """A subscribed topic's message passes the door with moto's certificate, and not with one letter changed."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"

    def fetch(address: str) -> Exchange:
        request = urllib.request.Request(f"{url}{urlsplit(address).path}", headers={"Authorization": SCOPE})
        with urllib.request.urlopen(request, timeout=20) as response:
            return Response(response.status, {}, response.read())

    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with child(command, log=tmp_path / "moto.log", ready=lambda: answers(f"{url}/moto-api/")), webhook() as endpoint:
        topic = ask(url, Action="CreateTopic", Name="alarms")["CreateTopicResponse"]["CreateTopicResult"]["TopicArn"]
        ask(url, Action="Subscribe", TopicArn=topic, Protocol="http", Endpoint=endpoint.url)
        alarm = json.dumps({"AlarmName": "till-5xx", "NewStateValue": "ALARM", "AlarmArn": "arn:a"})
        ask(url, Action="Publish", TopicArn=topic, Message=alarm)
        assert eventually(lambda: endpoint.requests, within=30)
        body = endpoint.requests[0].body
        door = Door(Knocker(tmp_path), Outside(fetch), topic=topic)
        door.knocker.clock.move_to(datetime.fromisoformat(json.loads(body)["Timestamp"]))
        assert door.knock(body).status == 202
        (alert,) = read_cloudwatch(door.knocker.shelf.kept[0].body, door.knocker.clock.now()).alerts
        assert (alert.title, alert.fingerprint) == ("till-5xx", "arn:a")
        assert door.knock(body.replace(b"till-5xx", b"till-4xx")).status == 401
