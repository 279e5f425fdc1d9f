"""PagerDuty's own webhooks (version 3): what happens there is heard here, for a team that uses both for a while.

Source: the webhooks reference of PagerDuty's developer documentation. An acknowledgement there is one here. What we
opened there ourselves, as a peer, comes back with our key in `incident_key`: that is never an alert.
"""

from __future__ import annotations

from datetime import datetime

from tocsin.alerts.alert import Alert, AlertStatus, Heard, Taken
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import MAX_TITLE_BYTES, Notes, clean, clean_fingerprint, clean_pairs, instant, web_link
from tocsin.alerts.payload import Json, as_text, parse
from tocsin.alerts.peering import PeerNews, of_peer_key
from tocsin.alerts.source import TEST_TITLE, Place, Source, encoded
from tocsin.errors import BadPayload

_THERE = frozenset({"incident.triggered", "incident.reopened"})
MAX_NAME_BYTES = 200
_OVER, _TAKEN = "incident.resolved", "incident.acknowledged"


def read_pagerduty_webhook(body: bytes, received_at: datetime) -> Heard:
    """What happened to an incident of PagerDuty; events that change nothing here are noted."""
    parsed = parse(body)
    notes = Notes(parsed.notes)
    event = parsed.value.get("event") if isinstance(parsed.value, dict) else None
    if not isinstance(event, dict):
        raise BadPayload("the body is no webhook of PagerDuty, version 3: it has no object `event`")
    kind, data = as_text(event.get("event_type")), event.get("data")
    if kind not in (*_THERE, _OVER, _TAKEN) or not isinstance(data, dict):
        notes.add(f"the event {kind[:60]!r} changes nothing here")
        return Heard(notes=notes.all())
    id = as_text(data.get("id"))
    if not id:
        raise BadPayload("the incident has no id")
    told = of_peer_key(as_text(data.get("incident_key")))
    if told is not None:
        return _of_ours(event, kind, *told, notes)
    fingerprint = clean_fingerprint(id)
    at = instant(event.get("occurred_at"), received_at, notes, "occurred_at")
    if kind == _TAKEN:
        return Heard(acknowledgements=(Taken(fingerprint, _person(event, notes), at),), notes=notes.all())
    over = kind == _OVER
    labels = {
        "service": _summary(data.get("service")),
        "urgency": as_text(data.get("urgency")),
        "priority": _summary(data.get("priority")),
    }
    alert = Alert(
        fingerprint=fingerprint,
        status=AlertStatus.RESOLVED if over else AlertStatus.FIRING,
        title=clean(as_text(data.get("title")) or f"PagerDuty incident {id}", MAX_TITLE_BYTES, notes, "title"),
        source="pagerduty-webhook",
        received_at=received_at,
        labels=clean_pairs({name: text for name, text in labels.items() if text}, notes, "labels"),
        starts_at=None if over else at,
        ends_at=at if over else None,
        severity_hint=labels["priority"] or None,
        link=web_link(as_text(data.get("html_url")), notes),
    )
    return Heard((alert,), notes=notes.all())


def _person(event: dict[str, Json], notes: Notes) -> str:
    """Who did it there, for people to read; empty when no person did."""
    agent = event.get("agent")
    if not isinstance(agent, dict) or "user" not in as_text(agent.get("type")):
        return ""
    return f"{clean(_summary(agent), MAX_NAME_BYTES, notes, 'agent') or 'somebody'} in PagerDuty"


def _of_ours(event: dict[str, Json], kind: str, service: str, incident_id: str, notes: Notes) -> Heard:
    """What was done there to an incident of ours: what a person did counts, the echo of our own requests does not."""
    notes.add(f"this is {incident_id} of {service}, which Tocsin opened there: no alert is made of it")
    by_program = isinstance(event.get("agent"), dict) and not _person(event, notes)
    if by_program or kind not in (_OVER, _TAKEN):
        return Heard(notes=notes.all())
    who = _person(event, notes) or "somebody in PagerDuty"
    mark = f"pagerduty:{clean_fingerprint(as_text(event.get('id')) or as_text(event.get('occurred_at')))}"
    news = PeerNews(service, incident_id, who, kind == _OVER, mark)
    return Heard(peers=(news,), notes=notes.all())


def _summary(value: Json) -> str:
    """The name of something that PagerDuty refers to."""
    return as_text(value.get("summary")) if isinstance(value, dict) else ""


def _set_up(place: Place) -> str:
    return (
        f"Integrations, Generic Webhooks (v3), New Webhook:\nWebhook URL: {place.url}\nScope: the service\n"
        "Events: incident.triggered, .acknowledged, .reopened, .resolved\n"
        'Then put the secret that it shows once into the integration\'s auth table: kind = "pagerduty"\n'
    )


def _sample(_place: Place, now: datetime) -> bytes:
    data = {"id": f"tocsin-test-{now.isoformat()}", "title": TEST_TITLE}
    return encoded({"event": {"event_type": "incident.triggered", "occurred_at": now.isoformat(), "data": data}})


PAGERDUTY_WEBHOOK = Source(
    name="pagerduty-webhook",
    title="PagerDuty, beside Tocsin",
    documentation="https://developer.pagerduty.com/docs/webhooks/v3-overview/",
    sends="PagerDuty's webhooks, version 3: incidents that begin, are acknowledged and end there.",
    joins="The id of PagerDuty's incident.",
    ends="`incident.resolved`. `incident.acknowledged` acknowledges here. What Tocsin opened there is never an alert: "
    "acknowledged there by a person it is acknowledged here, resolved there it is noted and stays open here.",
    retries="For two days on 5xx, 429 and silence of five seconds; other answers are dropped.",
    proofs=(AuthKind.KEY, AuthKind.PAGERDUTY),
    read=read_pagerduty_webhook,
    set_up=_set_up,
    sample=_sample,
    header="x-pagerduty-signature",
)
