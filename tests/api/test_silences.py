"""Silences over the API."""

from __future__ import annotations

from datetime import timedelta

from tests.api.house import START, House
from tests.api.test_oncall import _at as _at
from tocsin.app.access import Role

HOUR = timedelta(hours=1)


def test_a_silence_is_made_listed_prolonged_and_ended(at: House) -> None:
    """The whole life of one; afterwards only `ended` lists it."""
    body = {
        "reason": "new till",
        "until": (START + HOUR).isoformat(),
        "service": "shop",
        "matchers": ['alertname=~"Till.*"'],
    }
    made = at.ask("POST", "/silences", body)
    assert made.status_code == 201, made.text
    id = made.json()["id"]
    assert made.json()["matchers"] == [
        {"name": "alertname", "value": "Till.*", "is_regex": True, "is_equal": True, "text": 'alertname=~"Till.*"'}
    ]
    assert [(one["id"], one["made_by"], one["state"]) for one in at.ask("GET", "/silences").json()] == [
        (id, "ana", "active")
    ]
    later = (START + 2 * HOUR).isoformat()
    assert at.ask("POST", f"/silences/{id}/prolong", {"until": later}).json()["ends_at"].startswith("2026")
    assert at.ask("POST", f"/silences/{id}/end").json()["state"] == "expired"
    assert at.ask("POST", f"/silences/{id}/end").status_code == 409
    assert at.ask("GET", "/silences").json() == []
    assert [one["id"] for one in at.ask("GET", "/silences?ended=true").json()] == [id]
    assert at.ask("GET", f"/silences/{id}").json()["quiet"] == []
    assert at.ask("GET", "/silences/none").status_code == 404


def test_a_silence_without_end_reason_or_offset_is_refused(at: House) -> None:
    """Each is said; a viewer may look only."""
    whole = {"reason": "x", "until": (START + HOUR).isoformat(), "service": "shop"}
    for missing in ("reason", "until", "service"):
        answer = at.ask("POST", "/silences", {k: v for k, v in whole.items() if k != missing})
        assert answer.status_code == 422, missing
    assert at.ask("POST", "/silences", {**whole, "until": "2026-03-02T13:00:00"}).status_code == 422
    assert at.ask("POST", "/silences", whole, token=at.as_role(Role.VIEWER)).status_code == 403


def test_a_silence_lasts_by_the_servers_clock(at: House) -> None:
    """The span is counted here, from its beginning; it is one of two ways to say the end, and both is none."""
    body: dict[str, object] = {"reason": "x", "service": "shop", "lasts_seconds": 7200}
    made = at.ask("POST", "/silences", body).json()
    assert made["ends_at"] == (at.clock.now() + 2 * HOUR).isoformat().replace("+00:00", "Z")
    later = (at.clock.now() + HOUR).isoformat()
    made = at.ask("POST", "/silences", {**body, "since": later}).json()
    assert made["ends_at"] == (at.clock.now() + 3 * HOUR).isoformat().replace("+00:00", "Z")
    both = at.ask("POST", "/silences", {**body, "until": later})
    assert (both.status_code, "either until when or for how long" in both.text) == (422, True)
    assert at.ask("POST", "/silences", {**body, "lasts_seconds": 0}).status_code == 422
    assert at.ask("POST", "/silences", {**body, "lasts_seconds": 93 * 86_400}).status_code == 422


def test_a_service_is_silenced_and_its_incident_taken_in_one_request(at: House) -> None:
    """Taken only when asked; and an incident whose alerts share nothing does not silence its service unasked."""
    incident = at.declare()
    body: dict[str, object] = {"reason": "known", "until": (START + HOUR).isoformat()}
    refused = at.ask("POST", "/silences", {**body, "incident": incident})
    assert refused.status_code == 422
    assert "share no label: send the service" in refused.json()["detail"]
    body["service"] = "shop"
    assert at.ask("POST", "/silences", body).json()["service"] == "shop"
    assert at.ask("GET", f"/incidents/{incident}").json()["acknowledged_by"] is None
    at.ask("POST", "/silences", {**body, "acknowledge": [incident]})
    assert at.ask("GET", f"/incidents/{incident}").json()["acknowledged_by"] == "ana"
    assert at.ask("POST", "/silences", {**body, "incident": incident}).status_code == 422
