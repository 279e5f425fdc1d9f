"""Plain JSON, for scripts and for whatever has no reader of its own.

One alert is an object, several are an array of them, or an object whose ``alerts`` is one:

    {"title": "Disk full on db-1",    what is wrong; the only field that must be there
     "status": "firing",              or "resolved", and the usual words for both; "firing" when absent
     "dedup_key": "disk-db-1",        joins the events of one alert; the title when absent
     "severity": "P1",                the sender's word, compared with the runbook's
     "description": "…", "labels": {"host": "db-1"}, "link": "https://…",
     "starts_at": "2026-03-01T02:00:00Z", "ends_at": null}

A few other names that senders use for the same things are understood (``summary``, ``message``, ``state``, ``id``,
``priority``, ``url``, …). Everything else in the object is kept beside the labels.
"""

from __future__ import annotations

from datetime import datetime

from tocsin.alerts.alert import Alert, AlertStatus, Heard, Taken
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import (
    MAX_ALERTS,
    MAX_TEXT_BYTES,
    MAX_TITLE_BYTES,
    Notes,
    clean,
    clean_fingerprint,
    clean_pairs,
    instant,
    web_link,
)
from tocsin.alerts.payload import Json, as_text, parse
from tocsin.alerts.source import TEST_TITLE, Place, Source, encoded, secret_hint
from tocsin.errors import BadPayload

_TITLE = ("title", "summary", "message", "alert_name", "alertname", "name", "subject", "text", "event_title")
_STATUS = ("status", "state", "event_action", "action", "transition", "alert_status")
_KEY = ("dedup_key", "fingerprint", "incident_key", "alias", "alert_id", "id", "key")
_SEVERITY = ("severity", "priority", "level", "criticality")
_DESCRIPTION = ("description", "details", "detail", "body", "message", "text", "reason")
_LABELS = ("labels", "tags", "attributes")
_LINK = ("link", "url", "html_url", "web_url", "source_url")
_STARTS = ("starts_at", "startsAt", "started_at", "timestamp", "time", "date")
_ENDS = ("ends_at", "endsAt", "ended_at", "resolved_at")
_GROUP = ("group_key", "groupKey", "group")
_OVER = (
    "resolved, resolve, ok, closed, close, recovered, recovery, up, healthy, success, cleared, clear, normal, "
    "inactive, done"
)
_THERE = (
    "firing, trigger, triggered, re-triggered, renotify, alerting, alarm, alert, open, opened, problem, down, "
    "critical, error, warning, warn, active, new, failed, failing, fail, unhealthy, no data"
)
_TAKEN = "acknowledge, acknowledged, ack"
_STATUSES = {word: kind for kind, words in enumerate((_THERE, _OVER, _TAKEN)) for word in words.split(", ")}
IS_THERE, IS_OVER, IS_TAKEN = range(3)


def meant(word: str) -> int | None:
    """What a sender's word for a status means: IS_THERE, IS_OVER or IS_TAKEN; None for a word that is not known."""
    return _STATUSES.get(word.strip().casefold())


def read_generic(body: bytes, received_at: datetime) -> Heard:
    """The alerts of a plain JSON body; BadPayload when it is no object with a title, or a list of such."""
    parsed = parse(body)
    notes = Notes(parsed.notes)
    value = parsed.value
    if isinstance(value, dict) and isinstance(value.get("alerts"), list) and _first(value, _TITLE) is None:
        value = value["alerts"]
    several = value if isinstance(value, list) else [value]
    alerts: list[Alert] = []
    taken: list[str] = []
    for one in several[:MAX_ALERTS]:
        if not isinstance(one, dict):
            raise BadPayload("the body is neither an alert nor a list of alerts; an alert is an object with a `title`")
        _read(one, received_at, notes, alerts, taken)
    truncated = max(len(several) - MAX_ALERTS, 0)
    if truncated:
        notes.add(f"{truncated} alerts were left out: that one is absent proves nothing")
    return Heard(
        tuple(alerts), tuple(map(Taken, taken)), truncated, notes.all(), left_out=sum(map(_fires, several[MAX_ALERTS:]))
    )


def _read(one: dict[str, Json], received_at: datetime, notes: Notes, alerts: list[Alert], taken: list[str]) -> None:
    key = _first(one, _KEY)
    said = _first(one, _STATUS)
    word = as_text(said).strip().casefold()
    kind = meant(word)
    title = _first(one, _TITLE)
    named = as_text(key if key is not None else title)
    if not named.strip() or (title is None and kind not in (IS_OVER, IS_TAKEN)):
        raise BadPayload("an alert without a `title`; see the generic source for the fields that are understood")
    fingerprint = clean_fingerprint(named)
    if kind == IS_TAKEN:
        taken.append(fingerprint)
        return
    status = AlertStatus.RESOLVED if kind == IS_OVER else AlertStatus.FIRING
    if word and kind is None:
        notes.add(f"the status {word[:40]!r} is unknown and was taken as firing")
    firing = status is AlertStatus.FIRING
    labels = labels_of(_first(one, _LABELS))
    known = {*_TITLE, *_STATUS, *_KEY, *_SEVERITY, *_DESCRIPTION, *_LABELS, *_LINK, *_STARTS, *_ENDS, *_GROUP}
    rest = {name: as_text(value) for name, value in one.items() if name not in known and value is not None}
    hint = as_text(_first(one, _SEVERITY)) or next((labels[name] for name in _SEVERITY if labels.get(name)), "")
    group = as_text(_first(one, _GROUP))
    alerts.append(
        Alert(
            fingerprint=fingerprint,
            status=status,
            title=clean(as_text(title) or named, MAX_TITLE_BYTES, notes, "title"),
            source="generic",
            received_at=received_at,
            summary=clean(as_text(_first(one, _DESCRIPTION)), MAX_TEXT_BYTES, notes, "description"),
            labels=clean_pairs(labels, notes, "labels"),
            annotations=clean_pairs(rest, notes, "other fields", MAX_TEXT_BYTES),
            starts_at=instant(_first(one, _STARTS), received_at, notes, "starts_at"),
            ends_at=None if firing else instant(_first(one, _ENDS), received_at, notes, "ends_at"),
            group_key=clean(group, MAX_TITLE_BYTES, notes, "group_key") or None,
            severity_hint=clean(hint, MAX_TITLE_BYTES, notes, "severity") or None,
            link=web_link(as_text(_first(one, _LINK)), notes),
        )
    )


def _fires(one: Json) -> bool:
    """Whether a value that is not read would have been an alert that fires."""
    said = as_text(_first(one, _STATUS)) if isinstance(one, dict) else ""
    return isinstance(one, dict) and meant(said) in (None, IS_THERE)


def _first(one: dict[str, Json], names: tuple[str, ...]) -> Json:
    """The first of these fields that says something; a list or an object only where labels are looked for."""
    for name in names:
        value = one.get(name)
        if value is None or value == "" or (isinstance(value, dict | list) and names is not _LABELS):
            continue
        return value
    return None


def labels_of(value: Json) -> dict[str, str]:
    """Labels from an object, or from a list of "name:value" words."""
    if isinstance(value, dict):
        return {name: as_text(one) for name, one in value.items() if one is not None}
    words = value if isinstance(value, list) else as_text(value).split(",")
    pairs = [word.strip().partition(":") for word in words if isinstance(word, str)]
    return {name: text or "true" for name, _, text in pairs if name}


def _set_up(place: Place) -> str:
    if place.proof is AuthKind.STANDARD_WEBHOOKS:
        return f"POST {place.url}\nsigned as Standard Webhooks, with the secret of the integration's auth table\n"
    return (
        f"curl -fsS -H 'content-type: application/json'{place.curl_proof} {place.url} \\\n"
        '  -d \'{"title": "Something is wrong", "status": "firing"}\'\n'
    ) + ("" if place.curl_proof else secret_hint(place))


def _sample(_place: Place, now: datetime) -> bytes:
    return encoded({"title": TEST_TITLE, "status": "firing", "id": f"tocsin-test-{now.isoformat()}"})


GENERIC = Source(
    name="generic",
    title="Anything that can send JSON",
    documentation="https://www.standardwebhooks.com/",
    sends="JSON with at least a `title`; see [webhooks](webhooks.md). JSON of any other form by a [map](mapping.md).",
    joins="`dedup_key` and what else is called so, else the title.",
    ends="A `status` of `resolved`, `ok`, `closed`, `recovered` and the like.",
    retries="Whatever the sender does: 503 with `Retry-After` means later.",
    proofs=(AuthKind.KEY, AuthKind.BEARER, AuthKind.BASIC, AuthKind.HEADER, AuthKind.HMAC, AuthKind.STANDARD_WEBHOOKS),
    read=read_generic,
    set_up=_set_up,
    sample=_sample,
    dated=False,
    lasting=False,
)
