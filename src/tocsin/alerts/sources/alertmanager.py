"""Prometheus Alertmanager's webhook (payload version "4") and Grafana's, which has the same shape (version "1").

Source: `template/template.go` and `notify/webhook` of Alertmanager 0.34; Grafana's contact-point reference. Unknown
fields are tolerated, for both products keep adding some. A group may be firing while members are resolved, so
only the status of each alert counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import msgspec

from tocsin.alerts.alert import Alert, AlertStatus, Heard
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import (
    MAX_ALERTS,
    MAX_LABELS,
    MAX_TEXT_BYTES,
    MAX_TITLE_BYTES,
    PLAIN,
    Notes,
    clean,
    clean_fingerprint,
    clean_pairs,
    digest_pairs,
    instant,
    moment,
    plain_size,
    web_link,
)
from tocsin.alerts.payload import Json, as_text, parse, typed
from tocsin.alerts.source import TEST_TITLE, Place, Source, encoded, secret_hint
from tocsin.errors import BadPayload

_FIRING = AlertStatus.FIRING
_VERSIONS = {"4": "alertmanager", "1": "grafana"}
_SUMMARIES = ("summary", "title", "description", "message")
_HINTS = ("severity", "priority", "level")
_MOST_SETS = 20_000
"""Label sets that are kept in memory, as many as alerts (``app/intake/known.py``), which hold the same ones."""
_MOST_TOLD = 4096
"""Sets of annotations: those that hold a measured value do not come again, unless from a neighbour."""
_LONGEST_SET = 2048
"""Bytes of JSON: what is longer is read anew each time."""


class _Member(msgspec.Struct, rename="camel", gc=False):
    """One alert of the group, as it is sent, its labels and annotations as they are written."""

    status: str = ""
    labels: msgspec.Raw = msgspec.Raw(b"{}")
    annotations: msgspec.Raw = msgspec.Raw(b"{}")
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    generator_u_r_l: str = msgspec.field(default="", name="generatorURL")
    dashboard_u_r_l: str = msgspec.field(default="", name="dashboardURL")
    fingerprint: str = ""


class _Group(msgspec.Struct, rename="camel", gc=False):
    """The whole delivery, as it is sent."""

    alerts: list[_Member]
    version: str = ""
    status: str = ""
    group_key: str = ""
    truncated_alerts: int = 0


class _Labels(NamedTuple):
    """A label set, and what every alert that has it is asked for."""

    pairs: dict[str, str]
    size: int
    name: str
    hint: str | None


class _Told(NamedTuple):
    """A set of annotations, the same way: ``first`` is the first of its texts for people, ``all`` are all of them."""

    pairs: dict[str, str]
    size: int
    first: str
    all: str
    hint: str | None


_DECODER = msgspec.json.Decoder(_Group)
_PAIRS = msgspec.json.Decoder(dict[str, str])


def _labels(written: bytes) -> _Labels:
    """A label set out of its JSON. MsgspecError for other JSON."""
    pairs = _PAIRS.decode(written)
    return _Labels(pairs, plain_size(pairs), pairs.get("alertname", ""), _hint(pairs))


def _told(written: bytes) -> _Told:
    """A set of annotations out of its JSON. MsgspecError for other JSON."""
    pairs = _PAIRS.decode(written)
    return _Told(pairs, plain_size(pairs), *_texts_of(pairs), _hint(pairs))


_known_labels = lru_cache(maxsize=_MOST_SETS)(_labels)
"""The same: what fires says its label set again and again, and then it is the very same object."""
_known_told = lru_cache(maxsize=_MOST_TOLD)(_told)


def read_alertmanager(body: bytes, received_at: datetime) -> Heard:
    """The alerts of one delivery; BadPayload for another version or shape."""
    group = typed(body, _DECODER)
    if group is not None:
        try:
            return _heard(group, received_at, Notes())
        except msgspec.MsgspecError:  # of labels
            pass
    parsed = parse(body)
    notes = Notes(parsed.notes)
    return _heard(_mended(parsed.value, notes), received_at, notes)


def _heard(group: _Group, received_at: datetime, notes: Notes) -> Heard:
    source = _VERSIONS.get(group.version)
    if source is None:
        said = f"version {group.version[:20]!r}" if group.version else "no version"
        raise BadPayload(f"the body has {said}; only Alertmanager's version 4 and Grafana's version 1 are understood")
    members, truncated, left_out = group.alerts, max(group.truncated_alerts, 0), 0
    if len(members) > MAX_ALERTS:
        truncated += len(members) - MAX_ALERTS
        # Which resolved alert is left out matters less than which firing one is.
        members = sorted(members, key=lambda one: one.status == "resolved")
        left_out = sum(one.status != "resolved" for one in members[MAX_ALERTS:])
        members = members[:MAX_ALERTS]
    if truncated:
        notes.add(f"{truncated} alerts were left out: that one is absent proves nothing")
    group_key = clean(group.group_key, MAX_TITLE_BYTES, notes, "group key") or None
    read = _Reading(group.status, source, group_key, received_at, notes).alert
    return Heard(tuple([read(one) for one in members]), (), truncated, notes.all(), left_out)


class _Reading:
    """Reads the alerts of one delivery. Neighbours mostly have a rule and a moment in common: those are read once."""

    __slots__ = (
        "_address",
        "_at",
        "_began",
        "_group_key",
        "_link",
        "_notes",
        "_source",
        "_started",
        "_status",
        "_told",
        "_written",
    )

    def __init__(self, status: str, source: str, group_key: str | None, at: datetime, notes: Notes) -> None:
        self._status, self._source, self._group_key, self._at, self._notes = status, source, group_key, at, notes
        self._written, self._told = b"{}", _known_told(b"{}")
        self._address = ""
        self._link: str | None = None
        self._started: datetime | None = None
        self._began: datetime | None = None

    def alert(self, one: _Member) -> Alert:
        notes, at = self._notes, self._at
        written = bytes(one.labels)
        labels, size, name, hint = _known_labels(written) if len(written) <= _LONGEST_SET else _labels(written)
        if (written := bytes(one.annotations)) != self._written:
            self._told = _known_told(written) if len(written) <= _LONGEST_SET else _told(written)
            self._written = written
        annotations, told_size, first, summary, told_hint = self._told
        plain = size + told_size < PLAIN and len(labels) + len(annotations) <= MAX_LABELS
        if not plain:
            labels = clean_pairs(labels, notes, "labels")
            annotations = clean_pairs(annotations, notes, "annotations", MAX_TEXT_BYTES)
            name, hint, told_hint = labels.get("alertname", ""), _hint(labels), _hint(annotations)
            first, summary = _texts_of(annotations)
        status = _FIRING if one.status == "firing" else _status(one.status or self._status, notes)
        title = f"{name}: {first}" if name and first else name or first or "Alert without a name"
        if not plain:
            title = clean(title, MAX_TITLE_BYTES, notes, "title")
            summary = clean(summary, MAX_TEXT_BYTES, notes, "description")
        if one.starts_at != self._started:
            self._started, self._began = one.starts_at, instant(one.starts_at, at, notes, "startsAt")
        if (address := one.dashboard_u_r_l or one.generator_u_r_l) != self._address:
            self._address, self._link = address, web_link(address, notes)
        return Alert(
            fingerprint=clean_fingerprint(one.fingerprint or digest_pairs(labels or annotations)),
            status=status,
            title=title,
            source=self._source,
            received_at=at,
            summary=summary,
            labels=labels,
            annotations=annotations,
            starts_at=self._began,
            ends_at=None if status is _FIRING else instant(one.ends_at, at, notes, "endsAt"),
            group_key=self._group_key,
            severity_hint=hint or told_hint,
            link=self._link,
        )


def _texts_of(annotations: Mapping[str, str]) -> tuple[str, str]:
    """The first of the texts for people, and all of them, a line each."""
    told = [*filter(None, map(annotations.get, _SUMMARIES))]
    match told:
        case []:
            return "", ""
        case [first]:
            return first, first
        case [first, second]:
            return first, first if first == second else f"{first}\n{second}"
        case _:
            return told[0], "\n".join(dict.fromkeys(told))


def _status(said: str, notes: Notes) -> AlertStatus:
    if said == "firing":
        return _FIRING
    if said == "resolved":
        return AlertStatus.RESOLVED
    notes.add(f"the status {said[:40]!r} is unknown and was taken as firing")
    return _FIRING


def _hint(place: Mapping[str, str]) -> str | None:
    for name in _HINTS:
        if word := place.get(name):
            return word
    return None


def _mended(value: Json, notes: Notes) -> _Group:
    """The group out of a body that the typed decoder refused: templates write numbers where texts belong."""
    if not isinstance(value, dict) or not isinstance(value.get("alerts"), list):
        raise BadPayload("the body is no Alertmanager webhook: it has no list `alerts`")
    members = []
    for one in value["alerts"]:  # type: ignore[union-attr]
        if not isinstance(one, dict):
            raise BadPayload("the body is no Alertmanager webhook: one of its alerts is no object")
        members.append(
            _Member(
                status=as_text(one.get("status")),
                labels=msgspec.Raw(msgspec.json.encode(_texts(one.get("labels"), notes))),
                annotations=msgspec.Raw(msgspec.json.encode(_texts(one.get("annotations"), notes))),
                starts_at=moment(one.get("startsAt"), notes, "startsAt"),
                ends_at=moment(one.get("endsAt"), notes, "endsAt"),
                generator_u_r_l=as_text(one.get("generatorURL")),
                dashboard_u_r_l=as_text(one.get("dashboardURL")),
                fingerprint=as_text(one.get("fingerprint")),
            )
        )
    truncated = value.get("truncatedAlerts")
    return _Group(
        alerts=members,
        version=as_text(value.get("version")),
        status=as_text(value.get("status")),
        group_key=as_text(value.get("groupKey")),
        truncated_alerts=truncated if type(truncated) is int and truncated < 1_000_000 else 0,
    )


def _texts(value: Json, notes: Notes) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        notes.add("labels or annotations that are no object were left out")
        return {}
    return {key: as_text(one) for key, one in value.items() if one is not None}


def _set_up(place: Place) -> str:
    text = (
        "receivers:\n  - name: tocsin\n    webhook_configs:\n"
        f'      - url: "{place.url}"\n        send_resolved: true\n        max_alerts: 0\n'
    )
    match place.proof:
        case AuthKind.BEARER:
            return text + (
                "        http_config:\n          authorization:\n"
                "            credentials_file: /etc/alertmanager/tocsin\n"
            )
        case AuthKind.BASIC:
            return text + (
                "        http_config:\n          basic_auth:\n            username: THE_USER\n"
                "            password_file: /etc/alertmanager/tocsin\n"
            )
        case _:
            return text


def _set_up_grafana(place: Place) -> str:
    text = f"contact point: Webhook\nURL: {place.url}\nHTTP method: POST\nDisable resolved message: off\n"
    if place.proof is AuthKind.HMAC:
        return text + (
            "HMAC signature, secret: the secret of the integration's auth table\n"
            f"HMAC signature, header: {place.header}\n"
            "HMAC signature, timestamp header: the auth table's timestamp_header, if it names one\n"
        )
    return text + secret_hint(place)


def _sample(place: Place, now: datetime) -> bytes:
    version = next(version for version, name in _VERSIONS.items() if name == place.source)
    alert = {
        "status": "firing",
        "labels": {"alertname": "TocsinTest"},
        "annotations": {"summary": TEST_TITLE},
        "startsAt": now.isoformat(),
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": f"{int(now.timestamp() * 1000):016x}",
    }
    return encoded({"version": version, "status": "firing", "groupKey": "tocsin-test", "alerts": [alert]})


ALERTMANAGER = Source(
    name="alertmanager",
    title="Prometheus Alertmanager",
    documentation="https://prometheus.io/docs/alerting/latest/configuration/#webhook_config",
    sends="Alertmanager's webhook, version 4.",
    joins="The fingerprint of the alert, else its labels.",
    ends="An alert whose status is `resolved`; its receiver needs `send_resolved: true`.",
    retries="Answers of 5xx only: Tocsin says 503 when it is too busy, never 429.",
    proofs=(AuthKind.KEY, AuthKind.BEARER, AuthKind.BASIC, AuthKind.HEADER),
    read=read_alertmanager,
    set_up=_set_up,
    sample=_sample,
)

GRAFANA = Source(
    name="grafana",
    title="Grafana alerting",
    documentation=(
        "https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/"
        "integrations/webhook-notifier/"
    ),
    sends="The webhook contact point, with its own payload, not a custom one.",
    joins="The fingerprint of the alert, else its labels.",
    ends="An alert whose status is `resolved`.",
    retries="Failed notifications, with the group's next one.",
    proofs=(AuthKind.KEY, AuthKind.HMAC, AuthKind.BEARER, AuthKind.BASIC, AuthKind.HEADER),
    read=read_alertmanager,
    set_up=_set_up_grafana,
    sample=_sample,
    header="x-grafana-alerting-signature",
)
