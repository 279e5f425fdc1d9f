"""Plain JSON from scripts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.alerts.alert import Alert, AlertStatus, Heard, Taken
from tocsin.alerts.sources.generic import read_generic
from tocsin.alerts.sources.registry import SOURCES
from tocsin.errors import BadPayload

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def read(value: Any) -> Heard:
    return read_generic(json.dumps(value).encode(), NOW)


def one(value: Any) -> Alert:
    (alert,) = read(value).alerts
    return alert


def test_the_documented_shape_is_read() -> None:
    """Every field of it lands where it belongs."""
    alert = one(
        {
            "title": "Disk full on db-1",
            "status": "firing",
            "dedup_key": "disk-db-1",
            "severity": "P1",
            "description": "3 % left",
            "labels": {"host": "db-1", "free": 3},
            "link": "https://graph.example",
            "starts_at": "2026-03-01T11:00:00Z",
            "team": "storage",
        }
    )
    assert alert == Alert(
        fingerprint="disk-db-1",
        status=AlertStatus.FIRING,
        title="Disk full on db-1",
        source="generic",
        received_at=NOW,
        summary="3 % left",
        labels={"host": "db-1", "free": "3"},
        annotations={"team": "storage"},
        starts_at=datetime(2026, 3, 1, 11, tzinfo=UTC),
        severity_hint="P1",
        link="https://graph.example",
    )


def test_a_title_is_enough_and_is_the_key() -> None:
    """The same title is the same alert."""
    assert one({"title": "It broke"}).fingerprint == "It broke"
    assert one({"title": "It broke"}).firing


@pytest.mark.parametrize("word", ["resolved", "OK", "Recovered", "resolve", "closed", "up"])
def test_the_usual_words_for_over_are_understood(word: str) -> None:
    """Whatever the sender calls it."""
    assert not one({"title": "t", "status": word}).firing


def test_a_resolution_needs_only_the_key() -> None:
    """Scripts rarely repeat the title."""
    assert one({"dedup_key": "k", "status": "resolved"}).fingerprint == "k"


def test_an_acknowledgement_is_heard() -> None:
    """It is no alert, but it says that somebody has it."""
    assert read({"dedup_key": "k", "event_action": "acknowledge"}).acknowledgements == (Taken("k"),)


@pytest.mark.parametrize(
    "value",
    [
        {"message": "It broke", "id": 7, "priority": "P1", "state": "alerting", "url": "https://x.example"},
        {"summary": "It broke", "alert_id": "7", "level": "P1", "alert_status": "open", "link": "https://x.example"},
        {"alerts": [{"name": "It broke", "alias": "7", "labels": {"severity": "P1"}, "web_url": "https://x.example"}]},
        [{"alertname": "It broke", "key": "7", "tags": ["severity:P1", "web"], "html_url": "https://x.example"}],
        [{"event_title": "It broke", "incident_key": "7", "tags": "severity:P1,web", "url": "https://x.example"}],
    ],
)
def test_other_names_for_the_same_things_are_understood(value: Any) -> None:
    """Several senders, one alert."""
    alert = one(value)
    assert (alert.title, alert.fingerprint, alert.severity_hint, alert.link) == (
        "It broke",
        "7",
        "P1",
        "https://x.example",
    )


def test_only_firing_alerts_count_as_left_out() -> None:
    """F6: what is over, or taken, and lies beyond the limit wakes nobody; what fires there is told."""
    beyond = [{"title": "x", "status": status} for status in ("ok", "firing", "acknowledged", "strange")]
    heard = read([{"title": str(n)} for n in range(200)] + [*beyond, {"title": "no status"}])
    assert (len(heard.alerts), heard.truncated, heard.left_out) == (200, 5, 3)


def test_several_alerts_come_as_an_array() -> None:
    """An empty one holds none (F13); more than two hundred are counted."""
    assert len(read([{"title": "a"}, {"title": "b"}]).alerts) == 2
    assert read([]) == Heard()
    assert read({"alerts": []}) == Heard()
    many = read([{"title": str(n)} for n in range(203)])
    assert (len(many.alerts), many.truncated) == (200, 3)


@pytest.mark.parametrize(
    "value", [{}, {"foo": 1}, "text", 5, None, [1], [{"title": "a"}, "b"], {"title": ""}, {"title": {}}]
)
def test_anything_else_is_refused(value: Any) -> None:
    """No title, no alert: the caller quarantines it (F12)."""
    with pytest.raises(BadPayload):
        read(value)


def test_a_resolved_alert_keeps_no_other_end_than_its_own() -> None:
    """A firing alert has no end, whatever is written there."""
    assert one({"title": "t", "ends_at": "2026-03-01T11:00:00Z"}).ends_at is None
    over = one({"title": "t", "status": "ok", "ends_at": "2026-03-01T11:00:00Z"})
    assert over.ends_at == datetime(2026, 3, 1, 11, tzinfo=UTC)


names = st.text(max_size=5) | st.sampled_from(
    ["title", "status", "alerts", "labels", "annotations", "version", "startsAt", "endsAt", "fingerprint", "payload",
     "event_action", "routing_key", "dedup_key", "summary", "severity", "timestamp", "tags", "id", "links",
     "custom_details", "truncatedAlerts", "groupKey", "generatorURL", "starts_at"]
)  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
    max_leaves=20,
)
words = st.sampled_from(["4", "1", "trigger", "resolved", "firing", "critical", "x"])


@settings(deadline=None)
@given(st.sampled_from(sorted(SOURCES)), st.binary(max_size=60) | json_values.map(lambda v: json.dumps(v).encode()))
def test_every_reader_hears_or_refuses(kind: str, body: bytes) -> None:
    """Whatever comes, it is Heard or BadPayload, and what is heard can be stored."""
    _storable(kind, body)


@settings(deadline=None)
@given(
    st.dictionaries(names, json_values | words, max_size=8),
    st.lists(st.dictionaries(names, json_values | words, max_size=8), max_size=4),
    st.sampled_from(sorted(SOURCES)),
)
def test_every_reader_stands_nearly_right_shapes(top: dict[str, Any], members: list[Any], kind: str) -> None:
    """Right keys with wrong values neither crash a reader nor give what cannot be stored."""
    base = {"version": "4", "alerts": members, "routing_key": "k", "event_action": "trigger"}
    _storable(kind, json.dumps({**top, **base}).encode())
    _storable(kind, json.dumps({**base, **top}).encode())


def _storable(kind: str, body: bytes) -> None:
    try:
        heard = SOURCES[kind].read(body, NOW)
    except BadPayload:
        return
    for alert in heard.alerts:
        texts = [
            alert.fingerprint,
            alert.title,
            alert.summary,
            alert.group_key or "",
            *alert.labels,
            *alert.labels.values(),
        ]
        assert not any("\x00" in text for text in texts)
        "".join(texts).encode()
        assert 0 < len(alert.fingerprint) <= 255
        assert alert.starts_at is None or (alert.starts_at.tzinfo is UTC and 1970 <= alert.starts_at.year <= 2200)
        assert not (alert.firing and alert.ends_at)
