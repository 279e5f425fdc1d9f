"""PagerDuty's Events API v2, so that everything that can page by it can page by us.

Source: the Events API v2 overview and "Send an event" in PagerDuty/developer-docs. Limits and replies are the
vendor's, with two exceptions in favour of paging: a summary that is too long is cut instead of refused, and where
the vendor makes up a key for a trigger without one, we derive it from the body, so that a repeated delivery is the
same alert.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.alert import Alert, AlertStatus, Heard, Taken
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.change import made
from tocsin.alerts.cleaning import (
    MAX_FINGERPRINT,
    MAX_TEXT_BYTES,
    MAX_TITLE_BYTES,
    Notes,
    clean,
    clean_fingerprint,
    clean_pairs,
    digest,
    instant,
    web_link,
)
from tocsin.alerts.payload import Json, as_text, parse, utf8
from tocsin.alerts.source import TEST_TITLE, Place, Reply, Source, encoded
from tocsin.errors import BadPayload

CHANGE_LINE = b"change\n"
"""What a change event is kept behind: its own path says what it is, and the path is not kept."""
_ACTIONS = ("trigger", "acknowledge", "resolve")
_SEVERITIES = ("critical", "error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told, exactly as the vendor would, and the event when there is one."""

    status: int
    reply: dict[str, object]
    heard: Heard | None = None
    routing_key: str = ""


def read_pagerduty(body: bytes, received_at: datetime) -> Heard:
    """What one event says; BadPayload with the vendor's list of errors when it is invalid."""
    change = body.startswith(CHANGE_LINE)
    answer = answer_change(body, received_at) if change else answer_pagerduty(body, received_at)
    if answer.heard is None:
        errors = answer.reply.get("errors")
        raise BadPayload("; ".join(map(str, errors)) if isinstance(errors, list) else str(answer.reply["message"]))
    return answer.heard


def answer_pagerduty(body: bytes, received_at: datetime) -> Answer:
    """The vendor's answer to an event: 202 with its key, or 400 with everything that is wrong with it."""
    try:
        parsed = parse(body)
    except BadPayload as error:
        return _invalid([error.message])
    event = parsed.value
    if not isinstance(event, dict):
        return _invalid(["the event is no JSON object"])
    if "event_type" in event and "event_action" not in event:
        return _answer_first(event, body, received_at, Notes(parsed.notes))
    errors = _errors(event)
    if errors:
        return _invalid(errors)
    notes = Notes(parsed.notes)
    key = clean_fingerprint(as_text(event.get("dedup_key")) or digest([utf8(body)]))
    reply: dict[str, object] = {"status": "success", "message": "Event processed", "dedup_key": key}
    heard = _heard(event["event_action"], key, event, received_at, notes)
    return Answer(202, reply, heard, as_text(event.get("routing_key")))


def answer_change(body: bytes, received_at: datetime) -> Answer:
    """The vendor's answer to a change event, as it is kept behind CHANGE_LINE: it pages nobody.

    Source: "Send a change event" in PagerDuty/developer-docs.
    """
    try:
        parsed = parse(body.removeprefix(CHANGE_LINE))
    except BadPayload as error:
        return _invalid([error.message])
    event, notes = parsed.value, Notes(parsed.notes)
    payload = event.get("payload") if isinstance(event, dict) else None
    if not isinstance(event, dict) or not isinstance(payload, dict):
        return _invalid(["'payload' is missing or blank"])
    if not as_text(payload.get("summary")).strip():
        return _invalid(["'payload.summary' is missing or blank"])
    links = event.get("links")
    first = links[0] if isinstance(links, list) and links else None
    details = payload.get("custom_details")
    said = details if isinstance(details, dict) else {}
    by = next((as_text(said[name]) for name in ("author", "user", "deployed_by", "by") if said.get(name)), "")
    change = made(
        instant(payload.get("timestamp"), received_at, notes, "timestamp"),
        received_at,
        as_text(payload.get("summary")),
        notes,
        by=by or as_text(payload.get("source")),
        link=as_text(first.get("href")) if isinstance(first, dict) else "",
        source="pagerduty",
        key=digest([utf8(body)]),
    )
    reply: dict[str, object] = {"status": "success", "message": "Change event processed"}
    return Answer(202, reply, Heard(notes=notes.all(), changes=(change,)), as_text(event.get("routing_key")))


def _answer_first(event: dict[str, Json], body: bytes, received_at: datetime, notes: Notes) -> Answer:
    """The same for an event of the API's first version, which many old senders still speak; it has no severity."""
    action, key = event.get("event_type"), event.get("incident_key")
    errors = [] if isinstance(event.get("service_key"), str) else ["'service_key' is missing or blank"]
    if action not in _ACTIONS:
        errors.append(f"'event_type' must be one of {', '.join(_ACTIONS)}")
    if action == "trigger" and not as_text(event.get("description")).strip():
        errors.append("'description' is missing or blank")
    if action in ("acknowledge", "resolve") and not key:
        errors.append(f"'incident_key' is required to {action}")
    if errors:
        return _invalid(errors)
    key = clean_fingerprint(as_text(key) or digest([utf8(body)]))
    reply: dict[str, object] = {"status": "success", "message": "Event processed", "incident_key": key}
    said: dict[str, Json] = {
        "client_url": event.get("client_url"),
        "payload": {
            "summary": event.get("description"),
            "source": event.get("client"),
            "custom_details": event.get("details"),
        },
    }
    heard = _heard(action, key, said, received_at, notes)
    return Answer(200, reply, heard, as_text(event.get("service_key")))


def _heard(action: Json, key: str, event: dict[str, Json], received_at: datetime, notes: Notes) -> Heard:
    match action:
        case "acknowledge":
            return Heard((), (Taken(key),), 0, notes.all())
        case "resolve":
            over = Alert(key, AlertStatus.RESOLVED, "resolved at the source", "pagerduty", received_at)
            return Heard((over,), (), 0, notes.all())
        case _:
            alert = _triggered(key, event, received_at, notes)
            return Heard((alert,), (), 0, notes.all())


def _triggered(key: str, event: dict[str, Json], received_at: datetime, notes: Notes) -> Alert:
    payload = event["payload"]
    assert isinstance(payload, dict)  # _errors has looked
    named = {name: as_text(payload.get(name)) for name in ("source", "component", "group", "class", "severity")}
    labels = {name: text for name, text in named.items() if text}
    details = payload.get("custom_details")
    pairs = details if isinstance(details, dict) else {"details": details}
    annotations = {name: as_text(value) for name, value in pairs.items() if value is not None}
    summary = "\n".join(f"{name}: {text}" for name, text in annotations.items())
    return Alert(
        fingerprint=key,
        status=AlertStatus.FIRING,
        title=clean(as_text(payload.get("summary")), MAX_TITLE_BYTES, notes, "summary"),
        source="pagerduty",
        received_at=received_at,
        summary=clean(summary, MAX_TEXT_BYTES, notes, "custom_details"),
        labels=clean_pairs(labels, notes, "labels"),
        annotations=clean_pairs(annotations, notes, "custom_details", MAX_TEXT_BYTES),
        starts_at=instant(payload.get("timestamp"), received_at, notes, "timestamp"),
        severity_hint=labels.get("severity"),
        link=_link(event, notes),
    )


def _link(event: dict[str, Json], notes: Notes) -> str | None:
    links = event.get("links")
    first = links[0] if isinstance(links, list) and links else None
    href = as_text(first.get("href")) if isinstance(first, dict) else ""
    return web_link(href or as_text(event.get("client_url")), notes)


def _errors(event: dict[str, Json]) -> list[str]:
    """Everything that the vendor would refuse in an event."""
    errors: list[str] = []
    key = event.get("routing_key")
    if not isinstance(key, str) or not key:
        errors.append("'routing_key' is missing or blank")
    action = event.get("event_action")
    if action not in _ACTIONS:
        errors.append(f"'event_action' must be one of {', '.join(_ACTIONS)}")
    dedup = event.get("dedup_key")
    if dedup is not None and not isinstance(dedup, str):
        errors.append("'dedup_key' must be a string")
    elif dedup and len(dedup) > MAX_FINGERPRINT:
        errors.append(f"'dedup_key' must be at most {MAX_FINGERPRINT} characters")
    elif not dedup and action in ("acknowledge", "resolve"):
        errors.append(f"'dedup_key' is required to {action}")
    if action == "trigger":
        errors += _payload_errors(event.get("payload"))
    return errors


def _payload_errors(payload: Json) -> list[str]:
    if not isinstance(payload, dict):
        return ["'payload' is missing or not an object"]
    errors = [
        f"'payload.{name}' is missing or blank"
        for name in ("summary", "source", "severity")
        if not isinstance(payload.get(name), str) or not payload[name]
    ]
    severity = payload.get("severity")
    if isinstance(severity, str) and severity and severity not in _SEVERITIES:
        errors.append(f"'payload.severity' must be one of {', '.join(_SEVERITIES)}")
    return errors


def _invalid(errors: list[str]) -> Answer:
    return Answer(400, {"status": "invalid event", "message": "Event object is invalid", "errors": errors})


def _reply(body: bytes, now: datetime) -> Reply:
    said = answer_pagerduty(body, now)
    trouble = "" if said.heard is not None else f"invalid event: {said.reply.get('errors')}"
    return Reply(said.status, encoded(said.reply), trouble)


def _set_up(place: Place) -> str:
    return (
        f"Events API v2 address: {place.base}/v2/enqueue\nrouting key: {place.key}\n"
        f"change events (they page nobody): {place.base}/v2/change/enqueue, with the same routing key\n"
        f"Events API v1 address: {place.base}/generic/2010-04-15/create_event.json\nservice key: {place.key}\n"
    )


def _sample(place: Place, now: datetime) -> bytes:
    stamp = now.isoformat()
    payload = {"summary": TEST_TITLE, "source": "tocsin", "severity": "info", "timestamp": stamp}
    return encoded(
        {"routing_key": place.key, "event_action": "trigger", "dedup_key": f"tocsin-test-{stamp}", "payload": payload}
    )


PAGERDUTY = Source(
    name="pagerduty",
    title="Whatever can send to PagerDuty",
    documentation="https://developer.pagerduty.com/docs/events-api-v2/overview/",
    sends="PagerDuty's Events API v2 (`/v2/enqueue`) and v1: change the host, keep the client.",
    joins="`dedup_key`, else the whole event.",
    ends="An event whose action is `resolve`.",
    retries="5xx and 429. An invalid event is kept, and answered 400 as PagerDuty does.",
    proofs=(AuthKind.KEY,),
    read=read_pagerduty,
    set_up=_set_up,
    sample=_sample,
    answer=_reply,
    dated=False,
)
