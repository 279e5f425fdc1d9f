"""Datadog's webhook, filled from our template."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from tocsin.alerts.sources.datadog import FIELDS, TEMPLATE, read_datadog
from tocsin.errors import BadPayload

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
FILLED = {
    **FIELDS,
    "alert_id": "90210",
    "alert_cycle_key": "17316301020304050607",
    "transition": "Triggered",
    "title": "[P2] [Triggered on {host:till-1}] The till is slow",
    "priority": "P2",
    "tags": "env:prod,team:shop,urgent",
    "date": str(int(datetime(2026, 11, 21, 2, 59, tzinfo=UTC).timestamp() * 1000)),
    "link": "https://app.datadoghq.com/monitors/90210",
}


def filled(**changes: str) -> bytes:
    return json.dumps({**FILLED, **changes}).encode()


def test_one_cycle_is_one_alert_from_trigger_to_recovery() -> None:
    """The cycle key joins them, the brackets of the title are Datadog's own, and what is not filled is nothing."""
    (alert,) = read_datadog(filled(), NOW).alerts
    assert (alert.title, alert.severity_hint, alert.firing) == ("The till is slow", "P2", True)
    assert alert.labels == {"env": "prod", "team": "shop", "urgent": "true"}
    assert alert.starts_at == datetime(2026, 11, 21, 2, 59, tzinfo=UTC)
    (over,) = read_datadog(filled(transition="Recovered", title="[Recovered] The till is slow"), NOW).alerts
    assert (over.fingerprint, over.title, over.firing) == (alert.fingerprint, alert.title, False)


@pytest.mark.parametrize("transition", ["Re-Triggered", "Warn", "Re-Warn", "No Data", "Re-No Data", "Renotify", "New"])
def test_every_other_transition_fires(transition: str) -> None:
    """Only a recovery ends an alert; a word that is new is taken as firing, with a note."""
    heard = read_datadog(filled(transition=transition), NOW)
    assert heard.alerts[0].firing
    assert bool(heard.notes) is (transition == "New")


def test_the_template_is_json_and_a_form_is_read_too() -> None:
    """What is to be pasted can be, and whoever switched "encode as form" on is heard all the same."""
    assert json.loads(TEMPLATE) == FIELDS
    (alert,) = read_datadog(urlencode({"payload": filled().decode()}).encode(), NOW).alerts
    assert alert.title == "The till is slow"


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_the_template_has_its_place(field: str) -> None:
    """What people are told to paste is what is read: each field says something, unless a better one is filled."""
    instead = {"aggreg_key": ["alert_cycle_key"], "alert_id": ["alert_cycle_key", "aggreg_key"]}
    instead |= {"id": ["alert_cycle_key", "aggreg_key", "alert_id"], "event_title": ["title"]}
    instead |= {"alert_type": ["priority"]}
    unset = {one: FIELDS[one] for one in instead.get(field, [])}
    other = {"date": "1795000000000", "link": "https://app.datadoghq.com/monitors/7", "transition": "Recovered"}
    common = {"id": "1", "event_title": "x", "alert_type": "warning", **unset}
    plain = read_datadog(filled(**common), NOW)
    changed = read_datadog(filled(**{**common, field: other.get(field, "something else")}), NOW)
    assert plain.alerts != changed.alerts


def test_a_body_of_somebody_elses_template_is_quarantined() -> None:
    """Without a key and a title nothing can be told: the note says what to paste."""
    with pytest.raises(BadPayload, match="paste the payload"):
        read_datadog(b'{"body": "$EVENT_MSG"}', NOW)
