"""Each incident of ours as one alert of PagerDuty or Opsgenie."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.stage.webhook import Answer, Webhook
from tests.waking.house import MINUTE, Mill, mill
from tocsin.app.rows.records import IncidentQuery, NewDelivery
from tocsin.errors import Refused
from tocsin.incident import commands as c
from tocsin.incident.facts import NoteAdded

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


HEARS = """
[integration.pd]
source = "pagerduty-webhook"
service = "{service}"

[integration.pd.auth]
kind = "pagerduty"
secret = {{ env = "KEY" }}
"""
PEER = '\n[webhook.peer]\nkind = "pagerduty"\nurl = "{url}"\nsecret = {{ env = "KEY" }}\n'


@pytest.fixture
def both_ways(tmp_path: Path, webhook_sink: Webhook) -> Iterator[Mill]:
    """An installation that tells PagerDuty and hears it."""
    webhook_sink.always(Answer(202, b'{"status":"success"}'))
    more = PEER.format(url=webhook_sink.url) + HEARS.format(service="mill")
    with mill(tmp_path, PHONE, more, {"KEY": "r" * 32}, outlets='webhooks = ["peer"]') as house:
        yield house


def tell(house: Mill, id: str, kind: str, key: str, who: str = "user", title: str = "The grinder is stuck") -> None:
    """PagerDuty's webhook says what happened there; all that follows from it is done."""
    event = {
        "id": id,
        "event_type": kind,
        "occurred_at": house.clock.now().isoformat(),
        "agent": {"type": f"{who}_reference", "summary": "Ana Silva"},
        "data": {"id": f"Q-{key}", "type": "incident", "title": title, "incident_key": key},
    }
    body = json.dumps({"event": event}).encode()
    application = house.installation.application
    application.intake.submit(NewDelivery("pd", f"once:{uuid4()}", house.clock.now(), "", body)).result(60)
    application.hearing.digest()
    house.work()


def notes(house: Mill) -> list[str]:
    """What was written down about the incident."""
    return [fact.text for fact in house.facts() if isinstance(fact, NoteAdded)]


def test_telling_and_hearing_pagerduty_never_runs_in_a_circle(both_ways: Mill, webhook_sink: Webhook) -> None:
    """R4: what we opened there and what PagerDuty then says of it is one incident, however often it comes back."""
    both_ways.declare("P0")
    both_ways.work()
    for n in range(3):
        for one in {request.json()["dedup_key"] for request in webhook_sink.requests}:
            tell(both_ways, f"E{n}{one}", "incident.triggered", one, "inbound_integration")
    application = both_ways.installation.application
    found = application.incidents.search(both_ways.caller("ana"), IncidentQuery())
    assert [row.incident_id for row in found] == ["INC-1"]


def test_who_acknowledges_in_pagerduty_has_the_incident_here(both_ways: Mill) -> None:
    """Nobody is paged on, and the timeline names them; the echo of our own acknowledgement names nobody."""
    both_ways.declare("P0")
    both_ways.work()
    tell(both_ways, "E1", "incident.acknowledged", "tocsin-mill-INC-1", "inbound_integration")
    assert both_ways.incident().acknowledged_by is None
    tell(both_ways, "E2", "incident.acknowledged", "tocsin-mill-INC-1")
    assert both_ways.incident().acknowledged_by == "Ana Silva in PagerDuty"


def test_a_resolution_in_pagerduty_is_noted_once_and_ends_nothing_here(both_ways: Mill) -> None:
    """What has to be verified before the end is asked here; a webhook that comes twice is one note."""
    both_ways.declare("P0")
    both_ways.work()
    for _ in range(2):
        tell(both_ways, "E1", "incident.resolved", "tocsin-mill-INC-1")
    assert both_ways.incident().is_open
    assert notes(both_ways) == ["Resolved by Ana Silva in PagerDuty. It stays open here until it is resolved here."]


@pytest.mark.parametrize("key", ["tocsin-mill-INC-2", "tocsin-bakery-INC-1"])
def test_the_news_of_another_tocsin_counts_nowhere(both_ways: Mill, key: str) -> None:
    """No incident of that number, or one of another service: no alert, and nobody has ours."""
    both_ways.declare("P0")
    both_ways.work()
    for n, kind in enumerate(("incident.triggered", "incident.acknowledged", "incident.resolved")):
        tell(both_ways, f"E{n}", kind, key)
    assert both_ways.incident().acknowledged_by is None
    assert notes(both_ways) == []
    assert len(both_ways.installation.application.incidents.search(both_ways.caller("ana"), IncidentQuery())) == 1
