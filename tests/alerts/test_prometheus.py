"""Prometheus' own posts, and silences."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tocsin.alerts.silence import ActiveSilences, Matcher, Silence, matcher
from tocsin.alerts.sources.prometheus import PROMETHEUS, read_prometheus
from tocsin.errors import BadInput, BadPayload

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SOON = "2026-11-21T03:04:00.000Z"
DOWN = {
    "labels": {"alertname": "TillDown", "severity": "critical", "instance": "till-1", "empty": ""},
    "annotations": {"summary": "The till is down"},
    "startsAt": "2026-11-21T02:58:00.000Z",
    "endsAt": SOON,
    "generatorURL": "http://prometheus.example.com/graph",
}


def body(*alerts: Any) -> bytes:
    return json.dumps(alerts).encode()


def test_a_firing_alert_is_believed_until_the_end_that_it_names() -> None:
    """An end ahead is a promise to post again; without one five minutes are given, without a start it begins now."""
    (alert,) = read_prometheus(body(DOWN), NOW).alerts
    assert (alert.firing, alert.title, alert.severity_hint) == (True, "TillDown: The till is down", "critical")
    assert (alert.believed_until, alert.ends_at) == (datetime.fromisoformat(SOON), None)
    assert "empty" not in alert.labels
    (bare,) = read_prometheus(body({"labels": {"a": "b"}}), NOW).alerts
    assert (bare.starts_at, bare.believed_until) == (NOW, NOW + timedelta(minutes=5))


def test_an_end_that_has_come_is_a_resolution_of_the_same_labels() -> None:
    """The label set is the alert, in whatever order it is written."""
    labels = dict(reversed(DOWN["labels"].items()))  # type: ignore[attr-defined]
    (over,) = read_prometheus(body({**DOWN, "labels": labels, "endsAt": "2026-11-21T02:59:30Z"}), NOW).alerts
    (alert,) = read_prometheus(body(DOWN), NOW).alerts
    assert (over.fingerprint, over.firing) == (alert.fingerprint, False)
    assert over.ends_at == datetime(2026, 11, 21, 2, 59, 30, tzinfo=UTC)


def test_the_valid_ones_of_a_post_are_kept_and_the_others_said() -> None:
    """Alertmanager answers 400 with the reason and keeps the valid members; so do we."""
    wrong: list[Any] = [{"labels": {}}, {"labels": {"a": ""}}, 7, {**DOWN, "endsAt": "2026-11-21T02:00:00Z"}]
    assert PROMETHEUS.answer is not None
    for one in wrong:
        assert len(read_prometheus(body(one, DOWN), NOW).alerts) == 1
        assert PROMETHEUS.answer(body(one, DOWN), NOW).status == 400
    assert PROMETHEUS.answer(body(DOWN), NOW).body == b""
    assert PROMETHEUS.answer(b"{}", NOW).status == 400
    with pytest.raises(BadPayload):
        read_prometheus(b"{}", NOW)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ('alertname="TillDown"', True),
        ("alertname=TillDown", True),
        ('alertname!="TillDown"', False),
        ('instance=~"till-.*"', True),
        ('instance=~"till"', False),
        ('instance!~"till"', True),
        ('nothing=""', True),
        ('nothing=~".+"', False),
    ],
)
def test_a_matcher_means_what_alertmanager_means_by_it(text: str, fits: bool) -> None:
    """Patterns are anchored; an absent label is the empty text."""
    assert matcher(text).fits({"alertname": "TillDown", "instance": "till-1"}) is fits


@pytest.mark.parametrize("text", ["", "x", "=y", 'a="b', "a b", '9a="x"', 'a=~"("', f'a=~"{"x" * 513}"'])
def test_what_is_no_matcher_is_refused(text: str) -> None:
    """A silence that nobody understands must not be made; a pattern is one of RE2's and short (F70)."""
    with pytest.raises(BadInput):
        matcher(text)


def test_a_pattern_that_would_take_for_ever_takes_no_time() -> None:
    """F70: RE2 is linear in the text."""
    assert not Matcher("a", "(a+)+$", is_regex=True).fits({"a": "a" * 1000 + "!"})


def silence(*matchers: Matcher, **more: Any) -> Silence:
    given = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=1), "created_by": "ana", "comment": "new till"}
    return Silence(id="s-1", matchers=matchers, updated_at=NOW, **{"integration": "prometheus", **given, **more})


def test_a_silence_covers_only_its_own_integration_while_it_is_active() -> None:
    """When in doubt, page: another integration, another label, before or after the hour is not silenced."""
    one = silence(Matcher("alertname", "TillDown"))
    labels = {"alertname": "TillDown"}
    assert ActiveSilences([one], NOW).covering("prometheus", "shop", labels) == [one]
    assert ActiveSilences([one], NOW).covering("prometheus", "shop", {"alertname": "x"}) == []
    assert ActiveSilences([one], NOW).covering("another", "shop", labels) == []
    for at in (NOW - timedelta(seconds=1), one.ends_at):
        assert not ActiveSilences([one], at)
        assert ActiveSilences([one], at).covering("prometheus", "shop", labels) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"matchers": ()},
        {"matchers": (Matcher("a", ".*", is_regex=True),)},
        {"matchers": (Matcher("a", "x", is_equal=False),)},
        {"ends_at": NOW - timedelta(1)},
        {"comment": " "},
        {"created_by": ""},
    ],
)
def test_a_silence_that_may_be_a_mistake_is_refused(wrong: dict[str, Any]) -> None:
    """One that silences everything, ends before it begins, or says neither who nor why."""
    with pytest.raises(BadInput):
        silence(*wrong.pop("matchers", (Matcher("a", "b"),)), integration="", **wrong)
