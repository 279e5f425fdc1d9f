"""How components and the whole stand, and what the last days were like."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.days import affected, history
from tocsin.statuspage.language import language
from tocsin.statuspage.maintenance import Maintenance, MaintenanceStatus, MaintenanceUpdate
from tocsin.statuspage.page import (
    Component,
    ComponentStatus,
    Impact,
    Indicator,
    PublicIncident,
    PublicUpdate,
    Span,
    StatusPage,
    component_status,
    indicator,
    worst,
)
from tocsin.statuspage.words import sentence

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
API = Component("api", "API")
WEB = Component("web", "Web")


def incident(
    impact: Impact, *spans: Span, status: str = "investigating", components: tuple[str, ...] = ("api",)
) -> PublicIncident:
    """A public incident with one update."""
    whole = spans or (Span(NOW - timedelta(hours=1), None),)
    update = PublicUpdate("u", PublicStatus(status), "text", whole[0].start, components)
    return PublicIncident(
        "i", "Title", impact, update.status, components, (update,), whole[0].start, whole[-1].end, whole
    )


def page(*incidents: PublicIncident, **more: object) -> StatusPage:
    """A page with two components."""
    return StatusPage("Shop", "https://s.example", (API, WEB), incidents, NOW, **more)  # type: ignore[arg-type]


def test_component_takes_the_worst_of_its_active_incidents() -> None:
    """Two incidents at once show as the worse of them, and touch no other component."""
    both = page(incident(Impact.MINOR), incident(Impact.CRITICAL))
    assert component_status(both, "api") is ComponentStatus.MAJOR_OUTAGE
    assert component_status(both, "web") is ComponentStatus.OPERATIONAL
    assert indicator(both) is Indicator.CRITICAL


def test_component_is_degraded_at_most_while_a_fix_is_watched() -> None:
    """A fix is in place, so it is no outage any more; nor is all well yet."""
    assert component_status(page(incident(Impact.CRITICAL, status="monitoring")), "api") is (
        ComponentStatus.DEGRADED_PERFORMANCE
    )


def test_resolved_incident_touches_nothing() -> None:
    """History does not colour the present."""
    past = incident(Impact.CRITICAL, Span(NOW - timedelta(hours=2), NOW), status="resolved")
    assert sentence(page(past), language("en")) == "All systems operational"


@pytest.mark.parametrize("impact", list(Impact))
def test_page_never_says_that_all_is_well_while_an_incident_is_open(impact: Impact) -> None:
    """Also when the incident names no component and has no impact."""
    assert sentence(page(incident(impact, components=())), language("en")) != "All systems operational"


def test_maintenance_shows_and_yields_to_an_outage() -> None:
    """Maintenance is better than any trouble."""
    work = Maintenance(
        "m",
        "Move",
        ("api",),
        NOW,
        NOW + timedelta(hours=1),
        (MaintenanceUpdate("u", MaintenanceStatus.SCHEDULED, "x", NOW),),
    )
    quiet = page(maintenances=(work,))
    assert (component_status(quiet, "api"), indicator(quiet)) == (
        ComponentStatus.UNDER_MAINTENANCE,
        Indicator.MAINTENANCE,
    )
    loud = replace(quiet, incidents=(incident(Impact.MAJOR),))
    assert component_status(loud, "api") is ComponentStatus.PARTIAL_OUTAGE


@given(st.lists(st.sampled_from(ComponentStatus)))
def test_worst_is_one_of_them_and_none_is_worse(statuses: list[ComponentStatus]) -> None:
    """The worst is the last in the order of badness; of nothing it is operational."""
    order = list(ComponentStatus)
    assert order.index(worst(statuses)) == max((order.index(one) for one in statuses), default=0)


def test_days_are_calendar_days_of_the_pages_zone() -> None:
    """An hour around midnight in Berlin falls on two days there."""
    midnight = datetime(2026, 11, 18, 23, tzinfo=UTC)
    around = incident(
        Impact.MAJOR, Span(midnight - timedelta(minutes=20), midnight + timedelta(minutes=40)), status="resolved"
    )
    days = {one.day: one for one in history(page(around, zone="Europe/Berlin"), API)}
    assert days[date(2026, 11, 18)].affected == timedelta(minutes=20)
    assert days[date(2026, 11, 19)].affected == timedelta(minutes=40)
    assert days[date(2026, 11, 19)].status is ComponentStatus.PARTIAL_OUTAGE
    assert days[date(2026, 11, 20)].status is ComponentStatus.OPERATIONAL


def test_day_of_a_clock_change_has_its_real_length() -> None:
    """On 25 October 2026 Berlin's day has 25 hours."""
    now = datetime(2026, 10, 28, 12, tzinfo=UTC)
    long = incident(Impact.MINOR, Span(now - timedelta(days=10), None))
    found = history(replace(page(long, zone="Europe/Berlin"), as_of=now), API)
    assert {one.day: one.affected for one in found}[date(2026, 10, 25)] == timedelta(hours=25)


def test_days_before_anything_is_known_are_unknown() -> None:
    """A day of which nothing is known is never shown as good."""
    young = replace(API, since=date(2026, 11, 19))
    days = history(page(), young)
    assert [one.status for one in days[-3:]] == [None, ComponentStatus.OPERATIONAL, ComponentStatus.OPERATIONAL]
    assert len(days) == 90


def test_two_incidents_at_once_are_not_twice_as_long() -> None:
    """Time with trouble is counted once."""
    first = incident(Impact.MINOR, Span(NOW - timedelta(hours=3), NOW - timedelta(hours=1)), status="resolved")
    second = incident(Impact.MAJOR, Span(NOW - timedelta(hours=2), None))
    days = history(page(first, second), API)
    assert affected(days) == timedelta(hours=3)
    assert days[-1].status is ComponentStatus.PARTIAL_OUTAGE


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), max_size=6))
def test_time_affected_never_exceeds_the_time_there_was(spans: list[tuple[int, int]]) -> None:
    """However incidents overlap, a day is affected for its length at most and the sum is that of their union."""
    minutes: set[int] = set()
    incidents = []
    for first, length in spans:
        start = NOW - timedelta(minutes=first)
        end = min(NOW, start + timedelta(minutes=length))
        incidents.append(incident(Impact.MINOR, Span(start, end), status="resolved"))
        minutes.update(range(-first, min(0, -first + length)))
    days = history(page(*incidents), API)
    assert affected(days) == timedelta(minutes=len(minutes))
    assert all(one.affected <= timedelta(days=1) for one in days)
