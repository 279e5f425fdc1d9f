"""Each incident of ours as one alert of PagerDuty or Opsgenie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stage.webhook import Answer, Webhook
from tests.waking.house import MINUTE, Mill, mill
from tocsin.errors import Refused
from tocsin.incident import commands as c

PHONE = '[[people.ana.ways]]\nkind = "phone"'


@pytest.fixture
def peer(request: pytest.FixtureRequest, tmp_path: Path, webhook_sink: Webhook) -> Iterator[Mill]:
    """An installation that tells a peer of that kind."""
    more = f'\n[webhook.peer]\nkind = "{request.param}"\nurl = "{webhook_sink.url}"\nsecret = {{ env = "KEY" }}\n'
    more = more + "\n[service.mill.assume]\nstrictest = true\n"
    with mill(tmp_path, PHONE, more, {"KEY": "r" * 32}, outlets='webhooks = ["peer"]') as house:
        yield house


def live(house: Mill) -> None:
    """An incident begins, somebody has it, something is noted, it ends."""
    house.declare("P2")
    house.work()
    house.acknowledge("ana")
    application = house.installation.application
    house.pass_time(MINUTE)
    caller = house.caller("ana")
    application.incidents.act(caller, "INC-1", c.Mitigate("restarted"))
    try:
        application.incidents.act(caller, "INC-1", c.Resolve("over"))
    except Refused:
        application.incidents.act(caller, "INC-1", c.Resolve("over", override="a test"))
    house.work()


@pytest.mark.parametrize("peer", ["pagerduty"], indirect=True)
def test_pagerduty_gets_one_alert_of_an_incident(peer: Mill, webhook_sink: Webhook) -> None:
    """Trigger, acknowledge and resolve with one key, in the form of the Events API v2."""
    webhook_sink.always(Answer(202, b'{"status":"success"}'))
    live(peer)
    events = [request.json() for request in webhook_sink.requests]
    assert {request.path for request in webhook_sink.requests} == {"/v2/enqueue"}
    actions = [one["event_action"] for one in events]
    assert [action for n, action in enumerate(actions) if n == 0 or actions[n - 1] != action] == [
        "trigger",
        "acknowledge",
        "resolve",
    ]
    assert {one["dedup_key"] for one in events} == {"tocsin-mill-INC-1"}
    assert {one["routing_key"] for one in events} == {"r" * 32}
    first = events[0]["payload"]
    assert first["summary"] == "P2 INC-1 API not responding"
    assert (first["source"], first["severity"]) == ("mill", "error")


@pytest.mark.parametrize("peer", ["opsgenie"], indirect=True)
def test_opsgenie_gets_one_alert_of_an_incident(peer: Mill, webhook_sink: Webhook) -> None:
    """Create, acknowledge and close by one alias, with the key in its own header."""
    webhook_sink.always(Answer(202, b'{"result":"Request will be processed"}'))
    live(peer)
    paths = list(dict.fromkeys(request.path for request in webhook_sink.requests))
    alias = "tocsin-mill-INC-1"
    assert paths == [
        "/v2/alerts",
        f"/v2/alerts/{alias}/acknowledge?identifierType=alias",
        f"/v2/alerts/{alias}/close?identifierType=alias",
    ]
    assert all(request.headers["authorization"] == f"GenieKey {'r' * 32}" for request in webhook_sink.requests)
    created = webhook_sink.requests[0].json()
    assert (created["alias"], created["priority"], created["message"]) == (alias, "P2", "P2 INC-1 API not responding")


@pytest.mark.parametrize("peer", ["pagerduty"], indirect=True)
def test_a_peer_that_is_busy_hears_it_later(peer: Mill, webhook_sink: Webhook) -> None:
    """429 and 5xx are tried again; nothing is lost, and no page waits for it."""
    webhook_sink.plan(Answer(429), Answer(500))
    webhook_sink.always(Answer(202))
    peer.declare("P2")
    peer.pass_time(MINUTE)
    assert len(webhook_sink.requests) >= 3
    assert ("ana", "phone") in peer.paged()
