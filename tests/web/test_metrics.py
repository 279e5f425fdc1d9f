"""What `/metrics` says of the response itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.house import House, house
from tocsin.app.access import Role
from tocsin.incident.commands import Acknowledge, Resolve


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """An installation whose engine stands still."""
    with house(tmp_path) as standing:
        yield standing


def measures(home: House) -> str:
    """What Prometheus would read now."""
    return home.ask("GET", "/metrics").text


def test_the_times_of_a_response_are_measured(home: House) -> None:
    """Declared to first acknowledged, declared to resolved, and the clocks that were kept or not, by severity."""
    incident, act = home.declare(), home.application.incidents.act
    home.clock.move_by(timedelta(seconds=90))
    act(home.caller(), incident, Acknowledge("ana"))
    act(home.caller(Role.MAINTAINER), incident, Acknowledge("max", take_over=True))
    home.clock.move_by(timedelta(seconds=30))
    act(home.caller(), incident, Resolve("it was the cache", override="seen to work"))
    told = measures(home)
    assert 'tocsin_incident_ack_seconds_sum{severity="P0"} 90.0' in told
    assert 'tocsin_incident_ack_seconds_count{severity="P0"} 1.0' in told
    assert 'tocsin_incident_resolve_seconds_sum{severity="P0"} 120.0' in told
    assert 'tocsin_targets_total{clock="response",outcome="met",severity="P0"} 1.0' in told


def test_a_drill_is_not_measured(home: House) -> None:
    """Practice does not sweeten the figures."""
    incident = home.declare(drill=True)
    home.application.incidents.act(home.caller(), incident, Acknowledge("ana"))
    assert "tocsin_incident_ack_seconds_count" not in measures(home)
