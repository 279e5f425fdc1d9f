"""PagerDuty's webhooks, and the older of its Events APIs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tocsin.alerts.alert import Taken
from tocsin.alerts.sources.pagerduty import answer_pagerduty
from tocsin.alerts.sources.pagerduty_webhook import read_pagerduty_webhook
from tocsin.errors import BadPayload

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
DATA = {
    "id": "Q1TILL",
    "title": "The till is down",
    "html_url": "https://shop.pagerduty.com/incidents/Q1TILL",
    "service": {"summary": "Till"},
    "priority": {"summary": "P1"},
}


def read(kind: str, at: str = "2026-11-21T02:59:00Z", **data: Any) -> Any:
    event = {"event_type": kind, "occurred_at": at, "data": {**DATA, **data}}
    return read_pagerduty_webhook(json.dumps({"event": event}).encode(), NOW)


def test_an_incident_there_begins_is_taken_and_ends_here() -> None:
    """One alert by the id of PagerDuty's incident, with its own instants."""
    (alert,) = read("incident.triggered").alerts
    assert (alert.fingerprint, alert.title, alert.severity_hint) == ("Q1TILL", "The till is down", "P1")
    assert [one.fingerprint for one in read("incident.acknowledged").acknowledgements] == ["Q1TILL"]
    (over,) = read("incident.resolved").alerts
    assert (over.fingerprint, over.firing, over.ends_at) == ("Q1TILL", False, alert.starts_at)
    assert read("incident.reopened").alerts[0].firing


@pytest.mark.parametrize("kind", ["incident.annotated", "incident.escalated", "pagey.ping", ""])
def test_other_events_change_nothing(kind: str) -> None:
    """They are kept with a note."""
    heard = read(kind)
    assert (heard.alerts, heard.acknowledgements, len(heard.notes)) == ((), (), 1)


def test_a_body_of_another_version_is_quarantined() -> None:
    """The older webhooks have `messages`, and are not signed so."""
    with pytest.raises(BadPayload):
        read_pagerduty_webhook(b'{"messages": []}', NOW)


ANA = {"agent": {"type": "user_reference", "summary": "Ana Silva"}}


def ours(kind: str, event: dict[str, Any] = ANA, key: str = "tocsin-till-2-INC-7") -> Any:
    said = {"id": "E1", "event_type": kind, "data": {**DATA, "incident_key": key}, **event}
    return read_pagerduty_webhook(json.dumps({"event": said}).encode(), NOW)


@pytest.mark.parametrize("kind", ["incident.triggered", "incident.reopened", "incident.resolved"])
def test_what_tocsin_opened_there_never_comes_back_as_an_alert(kind: str) -> None:
    """R4: it would be told to PagerDuty again as one more incident, and that one again, without end."""
    heard = ours(kind)
    assert (heard.alerts, heard.acknowledgements) == ((), ())
    assert "INC-7 of till-2" in heard.notes[0]


def test_what_a_person_does_there_is_heard_of_our_own_incident() -> None:
    """An acknowledgement and a resolution by whoever PagerDuty names; the same event has the same mark."""
    (taken,) = ours("incident.acknowledged").peers
    assert (taken.service, taken.incident_id, taken.who, taken.over) == (
        "till-2",
        "INC-7",
        "Ana Silva in PagerDuty",
        False,
    )
    (over,) = ours("incident.resolved").peers
    assert (over.over, over.mark) == (True, "pagerduty:E1")
    (unnamed,) = ours("incident.acknowledged", {"agent": None}).peers
    assert unnamed.who == "somebody in PagerDuty"


def test_the_echo_of_our_own_request_changes_nothing() -> None:
    """PagerDuty names an integration as the agent of what came by its Events API: nobody there has it."""
    echo = {"agent": {"type": "inbound_integration_reference", "summary": "Tocsin"}}
    assert ours("incident.acknowledged", echo).peers == ()
    assert ours("incident.resolved", echo).peers == ()


@pytest.mark.parametrize("key", ["tocsin-worker-down", "till", "tocsin-till-INC-", "my-tocsin-till-INC-7"])
def test_a_key_that_somebody_else_chose_stays_an_alert(key: str) -> None:
    """Only the exact form of a Tocsin's key is not heard: a monitor may well watch a Tocsin."""
    assert ours("incident.triggered", key=key).alerts[0].firing


def old(**changes: Any) -> Any:
    event = {"service_key": "k" * 32, "event_type": "trigger", "description": "Till down", "incident_key": "till"}
    return answer_pagerduty(json.dumps({**event, **changes}).encode(), NOW)


def test_the_first_events_api_is_answered_in_its_own_words() -> None:
    """`incident_key` comes back, and the same key ends the alert; no severity is made up."""
    said = old(details={"host": "t1"}, client="cron", client_url="https://cron.example.com/1")
    assert (said.status, said.reply["incident_key"]) == (200, "till")
    (alert,) = said.heard.alerts
    assert (alert.title, alert.fingerprint, alert.severity_hint) == ("Till down", "till", None)
    assert (alert.annotations, alert.link) == ({"host": "t1"}, "https://cron.example.com/1")
    assert not old(event_type="resolve").heard.alerts[0].firing
    assert old(event_type="acknowledge").heard.acknowledgements == (Taken("till"),)


@pytest.mark.parametrize(
    "wrong", [{"description": ""}, {"event_type": "x"}, {"event_type": "resolve", "incident_key": None}]
)
def test_an_invalid_event_of_the_first_api_is_400(wrong: dict[str, Any]) -> None:
    """With the list of what is wrong with it."""
    said = old(**wrong)
    assert said.status == 400
    assert said.reply["errors"]
    assert said.heard is None
