"""Prometheus itself, which takes Tocsin for its Alertmanager (API v2).

Source: Alertmanager's `api/v2/openapi.yaml` and the way Prometheus uses it: firing alerts are sent again all the time,
each with the instant until which it is believed; a resolved one is sent for a while. The alert is its label set.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.alerts.alert import Alert, AlertStatus, Heard
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import (
    MAX_ALERTS,
    MAX_TEXT_BYTES,
    MAX_TITLE_BYTES,
    Notes,
    clean,
    clean_pairs,
    digest_pairs,
    instant,
    web_link,
)
from tocsin.alerts.payload import Json, as_text, parse
from tocsin.alerts.source import TEST_TITLE, Place, Reply, Source, encoded
from tocsin.errors import BadPayload

BELIEVED = timedelta(minutes=5)
"""How long a firing alert is believed when its sender does not say."""
_SUMMARIES = ("summary", "title", "description", "message")


def posted(body: bytes, received_at: datetime) -> tuple[tuple[Alert, ...], tuple[str, ...], Notes]:
    """The valid alerts of a body, what is wrong with the others, and what was odd. BadPayload when it is no list."""
    parsed = parse(body)
    notes = Notes(parsed.notes)
    if not isinstance(parsed.value, list):
        raise BadPayload("the body is no list of alerts")
    good: list[Alert] = []
    errors: list[str] = []
    for one in parsed.value:
        try:
            good.append(_posted(one, received_at, notes))
        except BadPayload as wrong:
            errors.append(wrong.message)
    return tuple(good), tuple(dict.fromkeys(errors)), notes


def read_prometheus(body: bytes, received_at: datetime) -> Heard:
    """The valid alerts of one post; the others are noted, as Alertmanager keeps the valid ones too."""
    good, errors, notes = posted(body, received_at)
    for error in errors:
        notes.add(error)
    # Which resolved alert is left out matters less than which firing one is.
    alerts = sorted(good, key=lambda alert: not alert.firing)
    left = alerts[MAX_ALERTS:]
    return Heard(tuple(alerts[:MAX_ALERTS]), (), len(left), notes.all(), left_out=sum(alert.firing for alert in left))


def _posted(one: Json, received_at: datetime, notes: Notes) -> Alert:
    if not isinstance(one, dict):
        raise BadPayload("an alert is no object")
    labels = clean_pairs(_texts(one.get("labels")), notes, "labels")
    if not labels:
        raise BadPayload("at least one label pair required")
    annotations = clean_pairs(_texts(one.get("annotations")), notes, "annotations", MAX_TEXT_BYTES)
    ends_at = instant(one.get("endsAt"), received_at, Notes(), "endsAt")  # it lies ahead while the alert fires
    starts_at = instant(one.get("startsAt"), received_at, notes, "startsAt") or ends_at or received_at
    if ends_at is not None and ends_at < starts_at:
        raise BadPayload("start time must be before end time")
    believed_until = ends_at or received_at + BELIEVED
    firing = believed_until > received_at
    said = [annotations[name] for name in _SUMMARIES if annotations.get(name)]
    name = labels.get("alertname", "")
    title = f"{name}: {said[0]}" if name and said else name or (said[0] if said else "Alert without a name")
    return Alert(
        fingerprint=digest_pairs(labels),
        status=AlertStatus.FIRING if firing else AlertStatus.RESOLVED,
        title=clean(title, MAX_TITLE_BYTES, notes, "title"),
        source="prometheus",
        received_at=received_at,
        summary=clean("\n".join(dict.fromkeys(said)), MAX_TEXT_BYTES, notes, "description"),
        labels=labels,
        annotations=annotations,
        starts_at=starts_at,
        ends_at=None if firing else ends_at,
        severity_hint=labels.get("severity") or labels.get("priority"),
        link=web_link(as_text(one.get("generatorURL")), notes),
        believed_until=believed_until,
    )


def _texts(value: Json) -> dict[str, str]:
    """Names and texts; those that are empty say nothing."""
    if value is not None and not isinstance(value, dict):
        raise BadPayload("labels and annotations must be objects")
    return {name: text for name, one in (value or {}).items() if (text := as_text(one))}


def _reply(body: bytes, now: datetime) -> Reply:
    """Nothing, as Alertmanager answers; for what it would refuse, its sentence, though the valid ones are kept."""
    try:
        _, errors, _ = posted(body, now)
    except BadPayload as wrong:
        return Reply(400, encoded(wrong.message), wrong.message)
    return Reply(400, encoded("; ".join(errors))) if errors else Reply(200, b"")


def _set_up(place: Place) -> str:
    scheme, _, host = place.base.partition("://")
    return (
        "# prometheus.yml\nalerting:\n  alertmanagers:\n"
        f"    - scheme: {scheme}\n      path_prefix: /in/{place.key}/prometheus\n      api_version: v2\n"
        f'      static_configs:\n        - targets: ["{host}"]\n\n'
        f"# and on a command line\namtool --alertmanager.url={place.url} alert query\n"
    )


def _sample(_place: Place, now: datetime) -> bytes:
    labels = {"alertname": "TocsinTest", "at": now.isoformat()}
    alert = {"labels": labels, "annotations": {"summary": TEST_TITLE}, "startsAt": now.isoformat()}
    return encoded([alert])


PROMETHEUS = Source(
    name="prometheus",
    title="Prometheus, with Tocsin as its Alertmanager",
    documentation="https://prometheus.io/docs/prometheus/latest/configuration/configuration/#alertmanager_config",
    sends="Alertmanager's API v2: alerts come in, `amtool` works, with silences.",
    joins="The label set.",
    ends="An end that has come, or nothing more heard of it by the instant that the last post named (else 5 min).",
    retries="Prometheus sends everything that fires again each minute.",
    proofs=(AuthKind.KEY,),
    read=read_prometheus,
    set_up=_set_up,
    sample=_sample,
    answer=_reply,
    dated=False,
)
