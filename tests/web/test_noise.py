"""What the page of an incident says of storms and of flapping."""

from __future__ import annotations

from datetime import timedelta

from tests.web.house import House
from tests.web.test_oncall import plain
from tests.web.test_silences import hear, open_incidents
from tocsin.alerts.storm import AT_ONCE, TOP
from tocsin.incident.incident import CALM, FLAPS

MINUTE = timedelta(minutes=1)


def test_why_an_alert_is_in_a_storm_stands_on_the_page(house: House) -> None:
    """The title says that it is one, the summary how it came about, the timeline why each alert is in it."""
    for number in range(AT_ONCE * TOP + 2):
        hear(house, f"Trouble{number}")
    storm = open_incidents(house)[0]
    text = plain(house.visitor().get(f"/i/{storm}").text)
    assert f"Storm of alerts: Trouble{AT_ONCE * TOP}" in text
    assert f"More than {AT_ONCE} new troubles began within 1 min" in text
    assert text.count("part of a storm, too many new troubles in 1 min") == 2


def test_flapping_is_a_tag_with_its_count_until_it_is_calm(house: House) -> None:
    """Beside what fires now; the timeline says how often it was over, and the tag goes with the calm."""
    hear(house)
    (incident,) = open_incidents(house)
    for _ in range(FLAPS):
        house.clock.move_by(MINUTE)
        hear(house, ended=True)
        house.clock.move_by(MINUTE)
        hear(house)
    text = plain(house.visitor().get(f"/i/{incident}").text)
    assert f"flapping over and back {FLAPS} times and more since 03:10 UTC Alerts 1 firing of 1" in text
    assert f"Flapping: over and back {FLAPS} times since 2026-11-21 03:10 UTC" in text
    assert open_incidents(house) == [incident]
    house.clock.move_by(CALM)
    assert "times and more" not in plain(house.visitor().get(f"/i/{incident}").text)
