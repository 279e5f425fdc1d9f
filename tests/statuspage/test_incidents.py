"""Which incidents are public, and what of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.review.story import NIGHT, declared, told
from tocsin.incident.facts import (
    AlertJoined,
    CustomersNotified,
    Fact,
    NoteAdded,
    PublicStatus,
    Reopened,
    Resolved,
    SeverityAssessed,
    StatusUpdated,
)
from tocsin.statuspage.incidents import LONGEST_TITLE, OPEN_AGAIN, OVER, clean, public_incident, public_incidents
from tocsin.statuspage.page import Component, Impact, PublicIncident, Span

SHOP = Component("web", "Web shop", services=("Shop",))
API = Component("api", "Public API")


def said(text: str, status: str = "investigating", components: tuple[str, ...] = (), update: str = "u1") -> Fact:
    """An approved update."""
    return CustomersNotified(update=update, status=PublicStatus(status), text=text, components=components)


def seen(*events: tuple[float, Fact]) -> PublicIncident:
    """What the public sees of an incident that is public."""
    found = public_incident(told(*events), (SHOP, API))
    assert found is not None
    return found


def test_incident_is_not_public_before_customers_are_told() -> None:
    """F85: a draft, a note or an internal update never makes an incident public."""
    facts = told((0, declared()), (1, NoteAdded(text="x")), (2, StatusUpdated(text="db is gone")), (3, Resolved()))
    assert public_incident(facts, (SHOP,)) is None


def test_drill_is_never_public() -> None:
    """A drill stays inside even when somebody practised an update."""
    assert public_incident(told((0, declared(drill=True)), (1, said("We are looking into it."))), (SHOP,)) is None


def test_nothing_of_the_inside_is_in_what_the_public_sees() -> None:
    """B9: titles, labels, alerts, notes, severities and the ids of the inside stay inside."""
    secrets = ["HighErrorRate", "shop-api-7f9c", "node=db-3", "Ana", "SEV-1", "pg_stat", "INC-42", "Prometheus"]
    found = seen(
        (0, declared("HighErrorRate shop-api-7f9c", summary="node=db-3")),
        (0, AlertJoined(fingerprint="f", title="node=db-3")),
        (1, SeverityAssessed(severity="SEV-1", previous=None, reason="pg_stat")),
        (2, said("Orders may fail. We are looking into it.")),
        (3, NoteAdded(text="pg_stat says no")),
        (9, Resolved(summary="restarted node=db-3")),
    )
    assert not [word for word in secrets if word in repr(found)]


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("Orders fail\n\nWe are on it.", "Orders fail", "We are on it."),
        ("Subject: Service trouble\n\nDear customer,\nwe …", "Service trouble", "Dear customer,\nwe …"),
        ("Orders fail.", "Orders fail", "Orders fail."),
        ("Dear customer,\n\nwe are on it.", "Web shop: service disruption", "Dear customer,\n\nwe are on it."),
        ("x" * 200, "Web shop: service disruption", "x" * 200),
    ],
)
def test_title_comes_from_the_first_update_or_the_component(text: str, title: str, body: str) -> None:
    """The first line is the title when it reads like one; otherwise the public name of what is broken."""
    found = seen((0, declared()), (1, said(text)))
    assert (found.title, found.updates[-1].text) == (title, body)


def test_title_that_a_person_gave_wins() -> None:
    """A public title given by hand is used as it is."""
    timeline = told((0, declared()), (1, said("Orders fail.")))
    found = public_incidents({"INC-42": timeline}, (SHOP,), titles={"INC-42": "Checkout\ntrouble"})
    assert found[0].title == "Checkout trouble"


def test_updates_stand_newest_first_and_carry_the_state() -> None:
    """The state is the last update's."""
    found = seen((0, declared()), (1, said("A.")), (5, said("B.", "identified")), (9, said("C.", "monitoring")))
    assert [one.status.value for one in found.updates] == ["monitoring", "identified", "investigating"]
    assert found.status is PublicStatus.MONITORING
    assert found.is_active


def test_update_without_components_touches_those_of_its_service_and_then_keeps_them() -> None:
    """Who names no component means the one of the service; who names some changes what is affected now."""
    found = seen((0, declared()), (1, said("A.")), (2, said("B.", components=("api",))), (3, said("C.")))
    assert [one.components for one in reversed(found.updates)] == [("web",), ("api",), ("api",)]
    assert found.components == ("web", "api")
    assert found.affecting == ("api",)


def test_resolution_inside_closes_the_public_incident() -> None:
    """A page that says "investigating" about a resolved incident would not be true."""
    found = seen((0, declared()), (1, said("A.")), (30, Resolved(summary="secret")))
    assert (found.status, found.updates[0].text) == (PublicStatus.RESOLVED, OVER)
    assert found.resolved_at == NIGHT + timedelta(minutes=30)
    assert found.affecting == ()


def test_resolution_that_customers_were_told_of_is_not_said_twice() -> None:
    """The person's own words are the last ones."""
    found = seen((0, declared()), (1, said("A.")), (20, said("Fixed.", "resolved")), (21, Resolved()))
    assert [one.text for one in found.updates] == ["Fixed.", "A."]


def test_reopening_opens_the_public_incident_again_and_the_quiet_time_does_not_count() -> None:
    """Trouble is counted from the start to the resolution and again from the reopening."""
    found = seen((0, declared()), (1, said("A.")), (30, Resolved()), (90, Reopened(reason="x")), (100, Resolved()))
    minute = [NIGHT + timedelta(minutes=m) for m in (0, 30, 90, 100)]
    assert found.spans == (Span(minute[0], minute[1]), Span(minute[2], minute[3]))
    assert OPEN_AGAIN in [one.text for one in found.updates]


def test_reopening_before_customers_were_told_stays_inside() -> None:
    """An incident becomes public only by an approved update."""
    facts = told((0, declared()), (1, Resolved()), (2, Reopened(reason="x")))
    assert public_incident(facts, (SHOP,)) is None


def test_incidents_stand_newest_first_with_the_impact_given() -> None:
    """The order is that in which customers were told."""
    early = told((0, declared()), (1, said("A.")), incident="INC-1")
    late = told((0, declared()), (5, said("B.")), incident="INC-2")
    found = public_incidents({"INC-1": early, "INC-2": late}, (SHOP,), impacts={"INC-2": Impact.MAJOR})
    assert [(one.title, one.impact) for one in found] == [("B", Impact.MAJOR), ("A", Impact.MINOR)]


@given(st.text(max_size=300), st.booleans())
def test_cleaned_text_holds_nothing_that_xml_or_a_reader_cannot_take(text: str, one_line: bool) -> None:
    """Controls and characters that turn text around are dropped; cleaning twice changes nothing."""
    found = clean(text, one_line=one_line)
    assert clean(found, one_line=one_line) == found
    assert not [ch for ch in found if ord(ch) < 0x20 and ch not in "\n\t"]
    assert not one_line or "\n" not in found
    found.encode("utf-8")


@given(st.text(max_size=200).filter(lambda text: text.strip()))
def test_every_public_incident_has_a_title_of_one_line(text: str) -> None:
    """Whatever was approved, the title is short, on one line and never empty."""
    found = seen((0, declared()), (1, said(text)))
    assert found.title.strip()
    assert "\n" not in found.title
    assert len(found.title) <= LONGEST_TITLE
