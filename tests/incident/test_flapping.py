"""Alerts that come and go: marked once, told now and then, and no page more for it."""

from __future__ import annotations

from tests.incident.world import Story, at
from tocsin.incident.commands import ClearAlerts, JoinAlerts, JoiningAlert, Reopen, Resolve, SeverityReading
from tocsin.incident.facts import (
    TOCSIN,
    AlertJoined,
    AlertsCalm,
    AlertsCleared,
    AlertsFlapping,
    Fact,
    Paged,
    SeverityAssessed,
)
from tocsin.incident.incident import CALM, FLAPS
from tocsin.incident.pending import Coming, pending

TILL = JoiningAlert("till", "Till is down")
CALM_MINUTES = CALM.total_seconds() / 60


def flap(story: Story, *minutes: float) -> list[Fact]:
    """Over at each of these minutes, and back half a minute later."""
    said: list[Fact] = []
    for minute in minutes:
        said += story.when(minute, ClearAlerts(1), TOCSIN)
        said += story.when(minute + 0.5, JoinAlerts((TILL,), 1), TOCSIN)
    return said


def flapping(story: Story) -> list[AlertsFlapping]:
    return [r.fact for r in story.facts if isinstance(r.fact, AlertsFlapping)]


def joined() -> Story:
    story = Story()
    story.when(0, JoinAlerts((TILL,), 1), TOCSIN)
    return story


def test_alerts_that_come_and_go_are_flapping_and_it_is_said_with_its_count() -> None:
    """The fifth time within half an hour that all are over is the flapping, and not one more "all resolved"."""
    story = joined()
    said = flap(story, *range(1, FLAPS + 1))
    assert [x for x in said if isinstance(x, AlertsFlapping)] == flapping(story)
    (one,) = flapping(story)
    assert (one.cleared, one.again) == (FLAPS, False)
    assert len([x for x in said if isinstance(x, AlertsCleared)]) == FLAPS - 1
    assert story.incident.is_flapping(at(FLAPS + 1))
    assert story.incident.cleared_at is None


def test_what_flaps_on_adds_a_fact_now_and_then() -> None:
    """A day of it at one change a minute is some fact every ten minutes, and not two a minute."""
    story = joined()
    said = flap(story, *range(1, 24 * 60))
    assert len([x for x in said if isinstance(x, AlertsFlapping | AlertsCleared | AlertJoined)]) < 160
    assert {one.cleared for one in flapping(story)} == {FLAPS}
    assert all(one.again for one in flapping(story)[1:])


def test_flapping_pages_nobody_once_more() -> None:
    """One incident, one round of pages: what the ladder pages meanwhile is the same without it."""
    quiet, loud = joined(), joined()
    flap(loud, *range(1, 9))
    quiet.wait(8.5)
    assert _pages(loud) == _pages(quiet)


def _pages(story: Story) -> int:
    return len([1 for r in story.facts if isinstance(r.fact, Paged)])


def test_slow_changes_are_no_flapping() -> None:
    """Each is told as it was: over, and back."""
    story = joined()
    flap(story, *range(10, 200, 10))
    assert flapping(story) == []


def test_when_it_has_been_calm_the_next_change_is_told_again() -> None:
    """Nothing for twenty minutes after it was last told: it is over, and "all resolved" is said as ever."""
    story = joined()
    flap(story, *range(1, FLAPS + 1))
    later = FLAPS + CALM_MINUTES
    story.wait(later)
    assert [one for one in story.facts if isinstance(one.fact, AlertsCalm)]
    assert not story.incident.is_flapping(at(later))
    assert not [one for one in pending(story.incident) if one.kind is Coming.CALM]
    said = story.when(later, ClearAlerts(1), TOCSIN)
    assert [type(x) for x in said if isinstance(x, AlertsCleared | AlertsFlapping)] == [AlertsCleared]


def test_news_is_told_in_the_middle_of_flapping() -> None:
    """An alert that was not there before joins, and a raised severity is raised."""
    story = Story("P2")
    story.when(0, JoinAlerts((TILL,), 1), TOCSIN)
    flap(story, *range(1, FLAPS + 1))
    worse = SeverityReading("P0", "complete outage", suggested=True)
    said = story.when(7, JoinAlerts((TILL, JoiningAlert("oven", "Oven is down")), 2, worse), TOCSIN)
    assert [x.fingerprint for x in said if isinstance(x, AlertJoined)] == ["oven"]
    assert [x.severity for x in said if isinstance(x, SeverityAssessed)] == ["P0"]


def test_a_reopened_incident_begins_to_count_anew() -> None:
    """What flapped before it was resolved says nothing of what it does now."""
    story = joined()
    flap(story, *range(1, FLAPS + 1))
    story.when(8, Resolve(override="fixed"))
    story.when(9, Reopen("not fixed"))
    assert not story.incident.is_flapping(at(9))
    said = story.when(10, ClearAlerts(1), TOCSIN)
    assert [x for x in said if isinstance(x, AlertsCleared)]
