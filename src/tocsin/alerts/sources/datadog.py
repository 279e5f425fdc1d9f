"""Datadog's webhook integration, whose body the team pastes: ``TEMPLATE`` below is what this module reads.

Source: the webhooks integration's reference. Datadog signs nothing; a variable that it does not know stays in the
body as ``$NAME`` and means nothing here.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import parse_qs

from tocsin.alerts.alert import Alert, AlertStatus, Heard
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import (
    MAX_TEXT_BYTES,
    MAX_TITLE_BYTES,
    Notes,
    clean,
    clean_fingerprint,
    clean_pairs,
    instant,
    web_link,
)
from tocsin.alerts.payload import as_text, parse, utf8
from tocsin.alerts.source import TEST_TITLE, Place, Source, encoded, secret_hint
from tocsin.errors import BadPayload

FIELDS = {
    "id": "$ID",
    "alert_id": "$ALERT_ID",
    "alert_cycle_key": "$ALERT_CYCLE_KEY",
    "aggreg_key": "$AGGREG_KEY",
    "transition": "$ALERT_TRANSITION",
    "title": "$ALERT_TITLE",
    "event_title": "$EVENT_TITLE",
    "text": "$TEXT_ONLY_MSG",
    "priority": "$ALERT_PRIORITY",
    "alert_type": "$ALERT_TYPE",
    "status": "$ALERT_STATUS",
    "scope": "$ALERT_SCOPE",
    "metric": "$ALERT_METRIC",
    "query": "$ALERT_QUERY",
    "hostname": "$HOSTNAME",
    "tags": "$TAGS",
    "date": "$DATE",
    "link": "$LINK",
}
TEMPLATE = "{\n" + ",\n".join(f'  "{name}": "{variable}"' for name, variable in FIELDS.items()) + "\n}\n"
"""What to paste as the payload of Datadog's webhook."""

_UNSET = re.compile(r"\$[A-Z_]{2,32}")
_BRACKETS = re.compile(r"(?:\[[^\]]{0,200}\]\s*)+")
_OVER = "recovered"
_THERE = ("triggered", "re-triggered", "warn", "re-warn", "no data", "re-no data", "renotify")


def read_datadog(body: bytes, received_at: datetime) -> Heard:
    """The alert of one delivery; BadPayload when the body is not made by our template."""
    text = utf8(body)
    if text.startswith("payload="):  # the option to send a form
        body = (parse_qs(text, max_num_fields=10).get("payload") or [""])[0].encode()
    parsed = parse(body)
    notes = Notes(parsed.notes)
    if not isinstance(parsed.value, dict):
        raise BadPayload("the body is no object; paste the payload that the integration's page shows")
    # All of the template's fields and none besides, so that nothing can be read here that nobody is told to paste.
    said = {name: _set(as_text(parsed.value.get(name))) for name in FIELDS}
    key = said["alert_cycle_key"] or said["aggreg_key"] or said["alert_id"] or said["id"]
    title = _BRACKETS.sub("", said["title"] or said["event_title"], count=1).strip()
    if not key or not title:
        raise BadPayload("the body has no key or no title; paste the payload that the integration's page shows")
    transition = said["transition"].casefold()
    if transition not in (_OVER, *_THERE):
        notes.add(f"the transition {transition[:40]!r} is unknown and was taken as firing")
    over = transition == _OVER
    tags = [tag.strip().partition(":") for tag in said["tags"].split(",")]
    labels = {name: value or "true" for name, _, value in tags if name}
    labels |= {name: said[name] for name in ("hostname", "scope", "metric", "query") if said[name]}
    at = instant(said["date"] or None, received_at, notes, "date")
    monitor = said["alert_id"]
    alert = Alert(
        fingerprint=clean_fingerprint(key),
        status=AlertStatus.RESOLVED if over else AlertStatus.FIRING,
        title=clean(title, MAX_TITLE_BYTES, notes, "title"),
        source="datadog",
        received_at=received_at,
        summary=clean("\n".join(filter(None, (said["text"], said["status"]))), MAX_TEXT_BYTES, notes, "text"),
        labels=clean_pairs(labels, notes, "labels"),
        starts_at=None if over else at,
        ends_at=at if over else None,
        group_key=f"monitor:{monitor}"[:MAX_TITLE_BYTES] if monitor else None,
        severity_hint=said["priority"] or said["alert_type"] or None,
        link=web_link(said["link"], notes),
    )
    return Heard((alert,), notes=notes.all())


def _set(text: str) -> str:
    """The text, or nothing when it is a variable that Datadog did not fill."""
    return "" if _UNSET.fullmatch(text.strip()) or text == "null" else text


def _set_up(place: Place) -> str:
    return (
        f"Integrations, Webhooks, New:\nURL: {place.url}\n{secret_hint(place)}Encode as form: off\nPayload:\n{TEMPLATE}"
        "Then name the webhook in the monitor's message: @webhook-NAME, outside of any condition, so that its\n"
        "recovery is sent too.\n"
    )


def _sample(_place: Place, now: datetime) -> bytes:
    stamp = str(int(now.timestamp() * 1000))
    return encoded(
        {
            **FIELDS,
            "alert_cycle_key": f"tocsin-test-{stamp}",
            "transition": "Triggered",
            "title": TEST_TITLE,
            "date": stamp,
        }
    )


DATADOG = Source(
    name="datadog",
    title="Datadog",
    documentation="https://docs.datadoghq.com/integrations/webhooks/",
    sends="A webhook whose payload is the template of its page.",
    joins="`$ALERT_CYCLE_KEY`, which is one from the trigger to the recovery.",
    ends="The transition `Recovered`.",
    retries="Five times on 5xx and on broken connections, after 15 s each.",
    proofs=(AuthKind.KEY, AuthKind.HEADER, AuthKind.BASIC),
    read=read_datadog,
    set_up=_set_up,
    sample=_sample,
)
