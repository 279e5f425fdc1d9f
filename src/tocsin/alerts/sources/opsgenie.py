"""Opsgenie's Alert API, also below the paths of its successor at Atlassian: change the host, keep the client.

Source: the Alert API's reference and its Python SDK. What a request asks stands in its path as well as in its body,
so a delivery is the request line, a newline, and the body. An alert's id is made from its alias, because clients
close by either; where Opsgenie makes up an alias we derive it from the body, so that a repeat is the same alert.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, unquote

from tocsin.alerts.alert import Alert, AlertStatus, Heard, Taken
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import (
    MAX_TEXT_BYTES,
    MAX_TITLE_BYTES,
    Notes,
    clean,
    clean_pairs,
    digest,
    storable,
)
from tocsin.alerts.payload import Json, as_text, parse
from tocsin.alerts.source import TEST_TITLE, Place, Source, encoded
from tocsin.errors import BadPayload

PREFIX = "/v2/"
PRIORITIES = ("P1", "P2", "P3", "P4", "P5")
MAX_ALIAS, MAX_LINE = 512, 4096
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KEPT_ONLY = {
    "unacknowledge": "Tocsin takes no acknowledgement back; an incident that nobody works on lapses and pages again",
    "snooze": "Tocsin snoozes no incident; acknowledge it, or silence its alerts in Tocsin",
    "assign": "who has an incident is said in Tocsin",
} | dict.fromkeys(
    ("notes", "responders", "tags", "details", "teams", "actions", "message", "description", "priority"),
    "Tocsin keeps the request and changes no incident by it",
)
"""What changes only what Opsgenie shows, and why it changes nothing here."""
_MAX_REASON_BYTES = 500


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks: ``alert_id`` is our id of the alert it names, empty for a new one."""

    action: str
    alert_id: str
    alias: str
    said: dict[str, Json]
    notes: tuple[str, ...] = ()


def alert_id(alias: str) -> str:
    """The id of the alert with this alias, in the form of Opsgenie's ids."""
    made = hashlib.sha256(b"opsgenie alias:" + alias.encode(errors="replace")).hexdigest()
    return f"{made[:8]}-{made[8:12]}-{made[12:16]}-{made[16:20]}-{made[20:32]}"


def named(identifier: str, kind: str) -> str:
    """Our id of the alert that a path names by ``identifierType``. BadPayload for what names none."""
    match kind:
        case "alias":
            return alert_id(identifier)
        case "id" if _ID.fullmatch(identifier):
            return identifier
        case "id":
            raise BadPayload(f"{identifier[:80]!r} is no id of an alert; say identifierType=alias to name it by alias")
        case _:
            raise BadPayload(f"identifierType {kind[:20]!r} is not understood here; use id or alias")


def request(body: bytes) -> Request:
    """What a stored request asks; BadPayload with the reason when it is not valid."""
    line, _, rest = body[: MAX_LINE + len(body)].partition(b"\n")
    if len(line) > MAX_LINE:
        raise BadPayload("the request's address is too long")
    method, _, address = line.decode("utf-8", "replace").partition(" ")
    path, _, query = address.partition("?")
    parts = [unquote(one) for one in path.removeprefix(PREFIX).split("/")]
    kind = parse_qs(query).get("identifierType", ["id"])[0]
    said: dict[str, Json] = {}
    notes: tuple[str, ...] = ()
    if rest.strip():
        parsed = parse(rest)
        if not isinstance(parsed.value, dict):
            raise BadPayload("the body is no JSON object")
        said, notes = parsed.value, parsed.notes
    match method, parts:
        case "POST", ["alerts"]:
            return _created(said, rest, notes)
        case "POST", ["alerts", identifier, "close" | "acknowledge" | "escalate" as action]:
            return Request(action, named(identifier, kind), identifier, said, notes)
        case "DELETE", ["alerts", identifier]:
            return Request("close", named(identifier, kind), identifier, said, notes)
        case _, ["alerts", identifier, action, *_] if action in KEPT_ONLY:
            return Request(action, named(identifier, kind), identifier, said, notes)
        case _:
            raise BadPayload(f"{method[:8]} {path[:80]} is not part of the Alert API that is understood here")


def _created(said: dict[str, Json], rest: bytes, notes: tuple[str, ...]) -> Request:
    message, alias, priority = said.get("message"), said.get("alias"), said.get("priority")
    if not isinstance(message, str) or not message.strip():
        raise BadPayload("message: can not be empty")
    if alias is not None and (not isinstance(alias, str) or len(alias) > MAX_ALIAS):
        raise BadPayload(f"alias: must be a text of at most {MAX_ALIAS} characters")
    if priority is not None and priority not in PRIORITIES:
        raise BadPayload(f"priority: must be one of {', '.join(PRIORITIES)}")
    alias = alias or digest([rest.decode("utf-8", "replace")])
    return Request("create", alert_id(alias), alias, said, notes)


def read_opsgenie(body: bytes, received_at: datetime) -> Heard:
    """What one request says; requests that change only what Opsgenie shows are noted."""
    asked = request(body)
    notes = Notes(asked.notes)
    match asked.action:
        case "create":
            return Heard((_alert(asked, received_at, notes),), notes=notes.all())
        case "close":
            over = Alert(asked.alert_id, AlertStatus.RESOLVED, "closed at the source", "opsgenie", received_at)
            return Heard((over,), notes=notes.all())
        case "acknowledge":
            return Heard(acknowledgements=(Taken(asked.alert_id),), notes=notes.all())
        case "escalate":
            why = clean(as_text(asked.said.get("note")).strip(), _MAX_REASON_BYTES, notes, "note")
            return Heard(escalations=((asked.alert_id, why or "escalated at the source"),), notes=notes.all())
        case other:
            notes.add(f"the request {other!r} changes nothing here: {KEPT_ONLY[other]}")
            return Heard(notes=notes.all())


def _alert(asked: Request, received_at: datetime, notes: Notes) -> Alert:
    said = asked.said
    details, tags = said.get("details"), said.get("tags")
    labels = {name: as_text(one) for name, one in details.items()} if isinstance(details, dict) else {}
    labels |= {name: as_text(said.get(name)) for name in ("entity", "source") if said.get(name)}
    labels |= {as_text(tag): "true" for tag in (tags if isinstance(tags, list) else []) if tag}
    labels["alias"] = storable(asked.alias)
    priority = as_text(said.get("priority")) or "P3"
    return Alert(
        fingerprint=asked.alert_id,
        status=AlertStatus.FIRING,
        title=clean(as_text(said.get("message")), MAX_TITLE_BYTES, notes, "message"),
        source="opsgenie",
        received_at=received_at,
        summary=clean(
            "\n".join(filter(None, (as_text(said.get("description")), as_text(said.get("note"))))),
            MAX_TEXT_BYTES,
            notes,
            "description",
        ),
        labels=clean_pairs(labels, notes, "details"),
        severity_hint=priority if said.get("priority") else None,
    )


def _set_up(place: Place) -> str:
    return (
        f"API URL: {place.base}/  (instead of https://api.opsgenie.com/)\n"
        f"API key: {place.key}\n"
        f"Atlassian's paths work too: {place.base}/jsm/ops/integration/v2/alerts\n\n"
        "# alertmanager.yml\nreceivers:\n  - name: tocsin\n    opsgenie_configs:\n"
        f"      - api_url: {place.base}/\n        api_key: {place.key}\n"
    )


def _sample(_place: Place, now: datetime) -> bytes:
    said = {"message": TEST_TITLE, "alias": f"tocsin-test-{now.isoformat()}"}
    return b"POST /v2/alerts\n" + encoded(said)


OPSGENIE = Source(
    name="opsgenie",
    title="Whatever can send to Opsgenie",
    documentation="https://docs.opsgenie.com/docs/alert-api",
    sends="Opsgenie's Alert API: create, close, acknowledge, escalate, get, list, the state of a request.",
    joins="The alias; without one, the whole request.",
    ends="`close`, by id or alias, or the alert's deletion.",
    retries="5xx and 429. An invalid request is answered 422, as Opsgenie does, and kept.",
    proofs=(AuthKind.KEY,),
    read=read_opsgenie,
    set_up=_set_up,
    sample=_sample,
)
