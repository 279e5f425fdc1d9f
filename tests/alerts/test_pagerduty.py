"""The Events API v2, as its senders know it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tocsin.alerts.alert import AlertStatus, Taken
from tocsin.alerts.sources.pagerduty import answer_pagerduty, read_pagerduty
from tocsin.errors import BadPayload

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = "R" * 32


def event(**changes: Any) -> bytes:
    payload = {"summary": "Disk full on db-1", "source": "db-1", "severity": "critical"}
    whole = {"routing_key": KEY, "event_action": "trigger", "dedup_key": "disk/db-1", "payload": payload} | changes
    return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()


def payload(**changes: Any) -> bytes:
    whole = {"summary": "s", "source": "o", "severity": "info"} | changes
    return event(payload={name: value for name, value in whole.items() if value is not None})


def test_a_trigger_is_an_alert_and_answered_as_the_vendor_does() -> None:
    """202 with the words of the Events API and the key."""
    body = event(
        client_url="https://client.example",
        links=[{"href": "https://graph.example", "text": "graph"}],
        payload={
            "summary": "Disk full on db-1",
            "source": "db-1",
            "severity": "critical",
            "timestamp": "2026-03-01T11:59:00.000+0000",
            "component": "postgres",
            "custom_details": {"free": 3, "mount": "/data", "nested": {"a": [1]}},
        },
    )
    answer = answer_pagerduty(body, NOW)
    assert answer.status == 202
    assert answer.reply == {"status": "success", "message": "Event processed", "dedup_key": "disk/db-1"}
    assert answer.routing_key == KEY
    assert answer.heard is not None
    (alert,) = answer.heard.alerts
    assert alert.fingerprint == "disk/db-1"
    assert alert.title == "Disk full on db-1"
    assert alert.labels == {"source": "db-1", "component": "postgres", "severity": "critical"}
    assert alert.annotations["nested"] == '{"a":[1]}'
    assert alert.starts_at == datetime(2026, 3, 1, 11, 59, tzinfo=UTC)
    assert alert.severity_hint == "critical"
    assert alert.link == "https://graph.example"


def test_acknowledge_and_resolve_need_no_payload() -> None:
    """Both speak of an alert by its key only."""
    taken = read_pagerduty(event(event_action="acknowledge", payload=None), NOW)
    assert taken.acknowledgements == (Taken("disk/db-1"),)
    assert taken.alerts == ()
    over = read_pagerduty(event(event_action="resolve", payload=None), NOW)
    assert [(one.fingerprint, one.status) for one in over.alerts] == [("disk/db-1", AlertStatus.RESOLVED)]


def test_a_trigger_without_a_key_has_the_same_key_each_time() -> None:
    """A repeated delivery is the same alert; another body is another one."""
    first, again = (answer_pagerduty(event(dedup_key=None), NOW).reply["dedup_key"] for _ in range(2))
    other = answer_pagerduty(event(dedup_key=None, client="x"), NOW).reply["dedup_key"]
    assert first == again != other


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (event(routing_key=None), "'routing_key' is missing or blank"),
        (event(routing_key=""), "'routing_key' is missing or blank"),
        (event(routing_key=5), "'routing_key' is missing or blank"),
        (event(event_action="boom"), "'event_action' must be one of trigger, acknowledge, resolve"),
        (event(event_action=["trigger"]), "'event_action' must be one of trigger, acknowledge, resolve"),
        (event(dedup_key=7), "'dedup_key' must be a string"),
        (event(dedup_key="x" * 256), "'dedup_key' must be at most 255 characters"),
        (event(event_action="resolve", dedup_key=None), "'dedup_key' is required to resolve"),
        (event(payload=None), "'payload' is missing or not an object"),
        (event(payload=[]), "'payload' is missing or not an object"),
        (payload(summary=None), "'payload.summary' is missing or blank"),
        (payload(source=""), "'payload.source' is missing or blank"),
        (payload(severity="P1"), "'payload.severity' must be one of critical, error, warning, info"),
        (b"[]", "the event is no JSON object"),
        (b"{", "the body is not JSON"),
        ('{"a": 1}'.encode("utf-16"), "UTF-16"),
    ],
)
def test_an_invalid_event_is_answered_with_the_vendors_error(body: bytes, error: str) -> None:
    """400 in the vendor's form, naming what is wrong; the reader refuses it with the same words (F11, F12)."""
    answer = answer_pagerduty(body, NOW)
    assert answer.status == 400
    assert answer.heard is None
    assert answer.reply["status"] == "invalid event"
    assert answer.reply["message"] == "Event object is invalid"
    errors = answer.reply["errors"]
    assert isinstance(errors, list)
    assert any(error in one for one in errors)
    with pytest.raises(BadPayload) as caught:
        read_pagerduty(body, NOW)
    assert error in caught.value.message


def test_a_summary_that_is_too_long_is_cut_not_refused() -> None:
    """The page goes out: a refusal would be a page lost."""
    heard = read_pagerduty(payload(summary="x" * 2000), NOW)
    assert len(heard.alerts[0].title) == 1024
    assert heard.notes


def test_details_of_any_shape_are_kept() -> None:
    """A text instead of an object, or nothing at all."""
    assert read_pagerduty(payload(custom_details="plain"), NOW).alerts[0].annotations == {"details": "plain"}
    assert read_pagerduty(payload(), NOW).alerts[0].annotations == {}
    assert read_pagerduty(event(links=["x"], client_url="ftp://x"), NOW).alerts[0].link is None
