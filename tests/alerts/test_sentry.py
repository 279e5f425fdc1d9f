"""Sentry's webhooks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tocsin.alerts.sources.sentry import read_sentry
from tocsin.errors import BadPayload

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
EVENT = {
    "event_id": "0c4f9a1bb2d04a07a5a84a2f6ad2b5d1",
    "issue_id": "4509877001",
    "title": "CheckoutError: the till does not answer",
    "level": "error",
    "culprit": "shop.checkout in pay",
    "project": 77,
    "datetime": "2026-11-21T02:59:30.500000Z",
    "tags": [["environment", "production"], ["level", "error"]],
    "web_url": "https://sentry.example.com/issues/4509877001/events/1/",
}
METRIC = {
    "id": "5512",
    "date_started": "2026-11-21T02:50:00Z",
    "date_closed": None,
    "projects": ["shop"],
    "alert_rule": {"name": "Failed checkouts", "aggregate": "count()", "query": "checkout"},
}


def read(action: str, **data: Any) -> Any:
    return read_sentry(json.dumps({"action": action, "data": data, "actor": {"type": "application"}}).encode(), NOW)


def test_an_issue_alert_and_its_issue_are_one_alert() -> None:
    """The alert never says that it is over; the issue that it is about does, under the same fingerprint."""
    (alert,) = read("triggered", event=EVENT, triggered_rule="Checkout is broken").alerts
    assert (alert.fingerprint, alert.firing, alert.severity_hint) == ("issue:4509877001", True, "error")
    assert alert.labels["environment"] == "production"
    assert alert.link == EVENT["web_url"]
    (over,) = read("resolved", issue={"id": "4509877001", "title": EVENT["title"], "project": {"slug": "shop"}}).alerts
    assert (over.fingerprint, over.firing) == (alert.fingerprint, False)


@pytest.mark.parametrize(
    ("action", "firing"), [("created", True), ("unresolved", True), ("archived", False), ("ignored", False)]
)
def test_an_issue_fires_and_ends_by_its_action(action: str, firing: bool) -> None:
    """What a person does with the issue in Sentry is what happens here."""
    (alert,) = read(action, issue={"id": "1", "title": "x"}).alerts
    assert alert.firing is firing


@pytest.mark.parametrize("action", ["assigned", "something new"])
def test_an_action_that_says_nothing_about_the_trouble_is_noted(action: str) -> None:
    """Assigning is often automatic, so it acknowledges nothing."""
    heard = read(action, issue={"id": "1", "title": "x"})
    assert (heard.alerts, heard.acknowledgements) == ((), ())
    assert action in heard.notes[0]


def test_a_metric_alert_ends_when_it_was_closed() -> None:
    """Critical and warning are one alert, resolved by the instant at which Sentry closed it."""
    (alert,) = read("critical", metric_alert=METRIC, description_text="12 events in the last minute").alerts
    assert (alert.title, alert.severity_hint, alert.summary) == (
        *("Failed checkouts", "critical"),
        "12 events in the last minute",
    )
    (over,) = read("resolved", metric_alert={**METRIC, "date_closed": "2026-11-21T02:58:00Z"}).alerts
    assert (over.fingerprint, over.firing) == (alert.fingerprint, False)
    assert over.ends_at == datetime(2026, 11, 21, 2, 58, tzinfo=UTC)


def test_what_is_no_webhook_of_the_integration_platform_is_said() -> None:
    """The old plugin's body has no `data`; an installation is nothing to page about."""
    with pytest.raises(BadPayload):
        read_sentry(b'{"project": "shop", "message": "x"}', NOW)
    assert read("created", installation={"uuid": "1"}).alerts == ()
