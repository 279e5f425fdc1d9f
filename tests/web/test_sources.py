"""The pages of the sources: what to paste, what came, what went wrong."""

from __future__ import annotations

from tests.web.house import House
from tocsin.app.access import Role
from tocsin.app.records import NewDelivery


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
