"""A foreign payload from its delivery to its incident, and what a maintainer sees of it before anybody is woken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.house import SETTINGS, House, house
from tocsin.app.access import Role
from tocsin.app.rows.records import DeliveryState, IncidentQuery, NewDelivery
from tocsin.errors import BadInput, NotAllowed

LIFTS = """
[service.lobby]
runbook = "shop.md"
[integration.lifts]
source = "generic"
service = "shop"
[integration.lifts.map]
alerts = "events"
title = { from = "text", pattern = "^[^:]+: (.*)$" }
key = "id"
state = "kind"
firing = ["stuck"]
resolved = ["moving"]
service = "site"
services = { north = "lobby" }
[integration.plain]
source = "generic"
service = "shop"
[integration.plain.map]
title = "what"
"""
STUCK = {"id": "7", "text": "Lift A: door blocked", "kind": "stuck", "site": "north"}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[House]:
    """An installation with two integrations that have a map."""
    with house(tmp_path, SETTINGS + LIFTS) as opened:
        yield opened


def deliver(at: House, *events: object) -> int:
    """One delivery, read at once; its id."""
    body = json.dumps({"events": events}).encode()
    waiting = NewDelivery("lifts", f"k{body!r}", at.clock.now(), "application/json", body)
    id = at.application.intake.submit(waiting).result(timeout=10)
    at.application.hearing.digest()
    return id


def incidents(at: House) -> dict[str, str]:
    with at.application.store.read() as tx:
        return {one.title: one.service for one in tx.incidents.search(IncidentQuery(limit=50))}


def test_an_alert_goes_to_the_service_that_the_map_names_and_ends_there(at: House) -> None:
    """Where one sender has several services each gets its own incidents; the resolution finds the same alert."""
    deliver(at, STUCK, {**STUCK, "id": "8", "text": "Till: dark", "site": "elsewhere"})
    assert incidents(at) == {"door blocked": "lobby", "dark": "shop"}
    deliver(at, {**STUCK, "kind": "moving"})
    with at.application.store.read() as tx:
        found = {(one.title, one.service, one.firing) for one in tx.alerts.latest(10)}
    assert found == {("door blocked", "lobby", False), ("dark", "shop", True)}


def test_of_a_body_that_fits_in_part_the_rest_is_heard_and_the_trouble_is_an_incident(at: House) -> None:
    """It is quarantined with its bytes, like everything that cannot be read, and nobody's alert is lost for it."""
    id = deliver(at, STUCK, {"kind": "stuck"})
    assert incidents(at) == {"door blocked": "lobby", "An alert from lifts could not be read": "shop"}
    with at.application.store.read() as tx:
        kept = tx.deliveries.get(id)
        assert tx.deliveries.latest("lifts", 1)[0].trouble
    assert kept is not None
    assert kept.state is DeliveryState.QUARANTINED
    standing = next(one for one in at.application.integrations.all(at.caller()) if one.integration.name == "lifts")
    assert standing.trouble is not None
    assert "without a title" in standing.trouble.what


def test_a_sample_shows_what_would_come_out_and_wakes_nobody(at: House) -> None:
    """The alerts with their service, or the reason; nothing of it is kept."""
    ask, by = at.application.integrations, at.caller(Role.MAINTAINER)
    found = ask.sample(by, "lifts", json.dumps({"events": [STUCK]}).encode())
    assert [(one.title, one.service) for one in found.heard.alerts] == [("door blocked", "lobby")]
    assert "no alerts at 'events'" in ask.sample(by, "lifts", b"{}").trouble
    at.application.hearing.digest()
    assert incidents(at) == {}
    with pytest.raises(NotAllowed):
        ask.sample(at.caller(), "lifts", b"{}")


def test_a_test_alert_is_made_up_after_the_map_or_a_real_body_is_asked_for(at: House) -> None:
    """A title that a pattern takes out of a longer text cannot be made up: it says what to do instead."""
    ask, by = at.application.integrations, at.caller(Role.MAINTAINER)
    with pytest.raises(BadInput, match="--sample FILE --send"):
        ask.test(by, "lifts")
    ask.test(by, "plain")
    ask.test(by, "lifts", json.dumps({"events": [STUCK]}).encode())
    at.application.hearing.digest()
    assert set(incidents(at)) == {"Test alert: nothing is broken", "door blocked"}


def test_the_page_shows_what_would_become_of_a_pasted_body(at: House) -> None:
    """Pasted text stays in its box; markup in it is text. Who may not maintain sees none of it."""
    max = at.visitor(Role.MAINTAINER)
    assert "kind} that is" not in max.get("/sources/lifts").text
    body = json.dumps({"events": [{**STUCK, "text": "Lift A: <b>door</b>"}]})
    page = max.post("/sources/lifts/sample", {"body": body}).text
    for said in ("&lt;b&gt;door&lt;/b&gt;", "lobby", "fires", "Nothing is kept", "moving at {kind}"):
        assert said in page
    assert "Cannot be read: there are no alerts at" in max.post("/sources/lifts/sample", {"body": "{}"}).text
    assert at.visitor(Role.VIEWER).post("/sources/lifts/sample", {"body": "{}"}).status == 403
    assert incidents(at) == {}
