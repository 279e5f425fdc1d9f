"""The pages of the sources: what to paste, what came, what went wrong."""

from __future__ import annotations

from datetime import timedelta

from tests.web.house import House
from tocsin.alerts.silence import Matcher
from tocsin.app.access import Role
from tocsin.app.rows.records import NewDelivery


def test_a_source_shows_what_to_paste_what_came_and_what_went_wrong(house: House) -> None:
    """Whoever connects a monitor sees on one page the address, the last alert and the last trouble."""
    application, max = house.application, house.visitor(Role.MAINTAINER)
    assert "Nothing was heard from it yet." in max.get("/sources/prometheus").text
    assert max.post("/sources/prometheus/test").location == "/sources/prometheus?sent=1"
    application.hearing.digest()
    broken = NewDelivery("prometheus", "k", house.clock.now(), "", b"[", "the body is cut")
    application.intake.submit(broken).result(timeout=10)
    page = max.get("/sources/prometheus?sent=1").text
    assert application.team().integrations["prometheus"].key in page
    for said in ("Test alert: nothing is broken", "the body is cut", "send_resolved: true", "on its way"):
        assert said in page


def test_a_wrong_proof_is_shown_to_whoever_may_mend_it(house: House) -> None:
    """A refused delivery is answered like every other, and its reason stands on the page of the integration."""
    key = house.application.team().integrations["prometheus"].key
    house.application.integrations.refusals.note("prometheus", house.clock.now(), "its proof is missing")
    assert "its proof is missing" in house.visitor(Role.MAINTAINER).get("/sources/prometheus").text
    listing = house.visitor(Role.VIEWER).get("/sources").text
    assert "its proof is missing" in listing
    assert key not in listing


def test_a_silence_is_seen_on_the_page_of_its_source(house: House) -> None:
    """What is kept quiet stands there with its reason, its author and its end, and leads to the silence itself."""
    now, silences, max = house.clock.now(), house.application.silences, house.visitor(Role.MAINTAINER)
    condition = Matcher("alertname", "Oven|Till", is_regex=True)
    silence = silences.keep("direct", [condition], now, now + timedelta(hours=1), by="ana", why="new oven")
    page = max.get("/sources/direct").text
    for said in (f'href="/silences/{silence.id}">new oven</a>', "ana", "2026-11-21 04:09 UTC"):
        assert said in page
    silences.end("direct", silence.id, by="ana")
    assert "new oven" not in max.get("/sources/direct").text
