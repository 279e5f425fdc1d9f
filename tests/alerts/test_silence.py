"""Silences as values: what each covers, how its conditions are written, and what alerts share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.alerts.silence import ActiveSilences, Matcher, Silence, matcher, shared_by, spoken_of, written
from tocsin.errors import BadInput

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
TILL = {"alertname": "TillDown", "shop": "north"}
WORDS = st.sampled_from(["", "a", "b", 'c"\\'])
MATCHERS = st.builds(
    Matcher, st.sampled_from(["x", "y"]), WORDS.filter(lambda w: "\\" not in w), st.booleans(), st.booleans()
)


def silence(*matchers: Matcher, **more: Any) -> Silence:
    given = {"integration": "", "starts_at": NOW, "ends_at": NOW + timedelta(hours=1), "service": "shop"}
    words = {"created_by": "ana", "comment": "why"}
    return Silence(id="s", matchers=matchers, updated_at=NOW, **{**given, **words, **more})


def covered(one: Silence, integration: str = "prometheus", service: str = "shop", **labels: str) -> bool:
    return ActiveSilences([one], NOW).covering(integration, service, labels) == [one]


def test_a_maintenance_window_is_about_a_whole_service_whatever_its_alerts_say() -> None:
    """Of a service without conditions: every alert of it, from every source, and no other service's."""
    window = silence()
    assert covered(window, alertname="TillDown")
    assert covered(window, "datadog")
    assert not covered(window, service="bakery", alertname="TillDown")


def test_a_silence_over_all_sources_needs_a_condition() -> None:
    """Neither service nor source nor a condition that an empty alert fails: that would be everything, by mistake."""
    with pytest.raises(BadInput, match="say which alerts"):
        silence(Matcher("shop", "north", is_equal=False), service="")
    assert covered(silence(Matcher("alertname", "TillDown"), service=""), "sentry", "bakery", **TILL)


def test_service_source_and_conditions_must_all_be_met() -> None:
    """Each that is given narrows it."""
    one = silence(
        Matcher("alertname", "Till.*", is_regex=True), Matcher("shop", "south", is_equal=False), integration="a"
    )
    assert covered(one, "a", **TILL)
    assert not covered(one, "b", **TILL)
    assert not covered(one, "a", alertname="TillDown", shop="south")


def test_an_alert_without_labels_is_found_by_its_title() -> None:
    """Beside the labels there is the title; a label of that name goes before."""
    one = silence(Matcher("title", "No heartbeat from backup"))
    assert covered(one, **spoken_of({}, "No heartbeat from backup"))
    assert not covered(one, **spoken_of({"title": "else"}, "No heartbeat from backup"))


@given(st.sampled_from(["a", "job:rate", "le.x"]), st.text(max_size=20), st.booleans(), st.booleans())
def test_a_condition_is_read_as_it_is_written(name: str, value: str, is_regex: bool, is_equal: bool) -> None:
    """What the pages show can be pasted back, quotes and backslashes too."""
    try:
        one = Matcher(name, value, is_regex, is_equal)
    except BadInput:  # no pattern
        return
    assert matcher(written(one)) == one


@given(st.lists(st.lists(MATCHERS, max_size=3), max_size=5), st.dictionaries(st.sampled_from(["x", "y"]), WORDS))
def test_many_silences_are_asked_as_one_after_the_other(
    conditions: list[list[Matcher]], labels: dict[str, str]
) -> None:
    """The index by labels finds exactly what asking each silence finds."""
    these = [silence(*one, comment=str(n)) for n, one in enumerate(conditions)]
    found = ActiveSilences(these, NOW).covering("p", "shop", labels)
    assert sorted(one.comment for one in found) == sorted(one.comment for one in these if one.covers(labels))


def test_what_alerts_share_is_what_would_keep_them_quiet() -> None:
    """All labels of one alert; the common ones of several; the title where there are no labels; else nothing."""
    south = {**TILL, "shop": "south"}
    assert shared_by([(TILL, "Till is down (3 s)")]) == (Matcher("alertname", "TillDown"), Matcher("shop", "north"))
    assert shared_by([(TILL, "a"), (south, "b")]) == (Matcher("alertname", "TillDown"),)
    assert shared_by([({}, "No heartbeat")]) == (Matcher("title", "No heartbeat"),)
    assert shared_by([({"a": "1"}, "x"), ({"b": "1"}, "y")]) == ()
    assert shared_by([]) == ()
    assert shared_by([({"no name": "1", "lines": "a\nb", "a": "1"}, "x")]) == (Matcher("a", "1"),)
