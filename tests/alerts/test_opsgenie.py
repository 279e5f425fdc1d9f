"""Requests of Opsgenie's Alert API."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tocsin.alerts.alert import Taken
from tocsin.alerts.sources.opsgenie import alert_id, read_opsgenie
from tocsin.errors import BadPayload

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def read(line: str, said: Any = None) -> Any:
    return read_opsgenie(line.encode() + b"\n" + (b"" if said is None else json.dumps(said).encode()), NOW)


def test_an_alert_is_known_by_its_alias_and_closed_by_alias_or_id() -> None:
    """The id that clients get is made of the alias, so both name the same alert."""
    said = {"message": "Till down", "alias": "till/1", "priority": "P1", "tags": ["shop"], "details": {"host": "t1"}}
    (alert,) = read("POST /v2/alerts", said).alerts
    assert (alert.title, alert.severity_hint, alert.firing) == ("Till down", "P1", True)
    assert alert.labels == {"host": "t1", "shop": "true", "alias": "till/1"}
    by_alias = read("POST /v2/alerts/till%2F1/close?identifierType=alias", {}).alerts[0]
    by_id = read(f"POST /v2/alerts/{alert.fingerprint}/close").alerts[0]
    deleted = read("DELETE /v2/alerts/till%2F1?identifierType=alias").alerts[0]
    for over in (by_alias, by_id, deleted):
        assert (over.fingerprint, over.firing) == (alert.fingerprint, False)


def test_an_acknowledgement_there_is_one_here_and_a_note_changes_nothing() -> None:
    """What only changes what Opsgenie shows is kept with a note."""
    taken = read("POST /v2/alerts/a/acknowledge?identifierType=alias", {"user": "ana"})
    assert taken.acknowledgements == (Taken(alert_id("a")),)
    for line in ("POST /v2/alerts/a/notes", "PUT /v2/alerts/a/message", "POST /v2/alerts/a/snooze"):
        heard = read(f"{line}?identifierType=alias", {"note": "x"})
        assert (heard.alerts, heard.acknowledgements, len(heard.notes)) == ((), (), 1)


def test_who_escalates_there_says_why() -> None:
    """The note is the reason that whoever is paged reads; without one it is said where it came from."""
    line = "POST /v2/alerts/a/escalate?identifierType=alias"
    assert read(line, {"note": " nobody answers "}).escalations == ((alert_id("a"), "nobody answers"),)
    assert read(line, {}).escalations == ((alert_id("a"), "escalated at the source"),)


def test_without_a_priority_none_is_guessed_and_without_an_alias_a_repeat_is_the_same_alert() -> None:
    """Opsgenie's own default of P3 is not the sender's word."""
    first, again = (read("POST /v2/alerts", {"message": "x"}).alerts[0] for _ in range(2))
    assert (first.severity_hint, first.fingerprint) == (None, again.fingerprint)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("POST /v2/alerts", {}),
        ("POST /v2/alerts", {"message": " "}),
        ("POST /v2/alerts", {"message": "x", "priority": "P9"}),
        ("POST /v2/alerts", {"message": "x", "alias": "a" * 513}),
        ("POST /v2/alerts", []),
        ("POST /v2/alerts/till/close", {}),
        ("POST /v2/alerts/1/close?identifierType=tiny", {}),
        ("POST /v2/nothing", {}),
        ("x" * 5000, {}),
    ],
)
def test_what_opsgenie_would_refuse_is_refused(line: str, said: Any) -> None:
    """The reason is what the client gets to read with its 422."""
    with pytest.raises(BadPayload):
        read(line, said)
