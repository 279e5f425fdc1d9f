"""Sentry's integration platform: issues, issue alerts and metric alerts.

Source: "Webhooks" in the integration platform's reference. Which resource a delivery is about stands in a header
that is not signed, so it is told from the body. An issue alert never says that it is over; the issue it is about
does, so both are the same alert here, known by the issue's id.
"""

from __future__ import annotations

from datetime import datetime

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
from tocsin.alerts.payload import Json, as_text, parse
from tocsin.alerts.source import TEST_TITLE, Place, Source, encoded
from tocsin.errors import BadPayload

_OVER = frozenset({"resolved", "archived", "ignored"})
_THERE = frozenset({"created", "unresolved", "triggered", "critical", "warning"})


def read_sentry(body: bytes, received_at: datetime) -> Heard:
    """The alert of one delivery; deliveries about anything else are noted and hold none."""
    parsed = parse(body)
    notes = Notes(parsed.notes)
    value = parsed.value
    data = value.get("data") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(data, dict):
        raise BadPayload("the body is no webhook of Sentry's integration platform: it has no object `data`")
    action = as_text(value.get("action"))
    for name in ("metric_alert", "event", "error", "issue"):
        about = data.get(name)
        if isinstance(about, dict):
            break
    else:
        notes.add(f"the action {action[:40]!r} is not about an issue, an event or a metric; nothing was done")
        return Heard(notes=notes.all())
    if action not in _OVER | _THERE:
        # Assigning is often automatic: it is no acknowledgement.
        notes.add(f"the action {action[:40]!r} changes nothing here")
        return Heard(notes=notes.all())
    status = AlertStatus.RESOLVED if action in _OVER else AlertStatus.FIRING
    alert = (
        _metric(data, about, status, action, received_at, notes)
        if name == "metric_alert"
        else _issue(data, about, status, received_at, notes)
    )
    return Heard((alert,), notes=notes.all())


def _issue(
    data: dict[str, Json], about: dict[str, Json], status: AlertStatus, received_at: datetime, notes: Notes
) -> Alert:
    """From an issue, or from an event of one."""
    issue = as_text(about.get("issue_id")) or as_text(about.get("id")) or as_text(about.get("event_id"))
    if not issue:
        raise BadPayload("the issue has no id")
    title = as_text(about.get("title")) or as_text(about.get("message")) or f"Sentry issue {issue}"
    project = about.get("project")
    labels = {
        "level": as_text(about.get("level")),
        "project": as_text(project.get("slug")) if isinstance(project, dict) else as_text(project),
        "platform": as_text(about.get("platform")),
        "release": as_text(about.get("release")),
        "culprit": as_text(about.get("culprit")),
        **_tags(about.get("tags")),
    }
    rule = as_text(data.get("triggered_rule"))
    said = [title, as_text(about.get("culprit")), f"rule: {rule}" if rule else ""]
    return Alert(
        fingerprint=clean_fingerprint(f"issue:{issue}"),
        status=status,
        title=clean(title, MAX_TITLE_BYTES, notes, "title"),
        source="sentry",
        received_at=received_at,
        summary=clean("\n".join(filter(None, said)), MAX_TEXT_BYTES, notes, "description"),
        labels=clean_pairs({name: text for name, text in labels.items() if text}, notes, "labels"),
        starts_at=instant(about.get("datetime") or about.get("firstSeen"), received_at, notes, "datetime"),
        severity_hint=labels["level"] or None,
        link=web_link(as_text(about.get("web_url")) or as_text(about.get("permalink")), notes),
    )


def _metric(
    data: dict[str, Json],
    about: dict[str, Json],
    status: AlertStatus,
    action: str,
    received_at: datetime,
    notes: Notes,
) -> Alert:
    metric = as_text(about.get("id")) or as_text(about.get("identifier"))
    if not metric:
        raise BadPayload("the metric alert has no id")
    rule = about.get("alert_rule")
    named = as_text(rule.get("name")) if isinstance(rule, dict) else ""
    projects = about.get("projects")
    labels = {
        "alertname": named,
        "project": ", ".join(map(as_text, projects)) if isinstance(projects, list) else "",
        "aggregate": as_text(rule.get("aggregate")) if isinstance(rule, dict) else "",
        "query": as_text(rule.get("query")) if isinstance(rule, dict) else "",
    }
    title = named or as_text(about.get("title")) or as_text(data.get("description_title")) or "Sentry metric alert"
    over = status is AlertStatus.RESOLVED
    return Alert(
        fingerprint=clean_fingerprint(f"metric:{metric}"),
        status=status,
        title=clean(title, MAX_TITLE_BYTES, notes, "title"),
        source="sentry",
        received_at=received_at,
        summary=clean(as_text(data.get("description_text")), MAX_TEXT_BYTES, notes, "description"),
        labels=clean_pairs({name: text for name, text in labels.items() if text}, notes, "labels"),
        starts_at=instant(about.get("date_started"), received_at, notes, "date_started"),
        ends_at=instant(about.get("date_closed"), received_at, notes, "date_closed") if over else None,
        severity_hint=None if over else action,
        link=web_link(as_text(data.get("web_url")), notes),
    )


def _tags(value: Json) -> dict[str, str]:
    """Sentry's list of [name, value] pairs."""
    pairs = value if isinstance(value, list) else []
    return {as_text(one[0]): as_text(one[1]) for one in pairs if isinstance(one, list) and len(one) == 2}


def _set_up(place: Place) -> str:
    return (
        "Settings, Developer Settings, New Internal Integration:\n"
        f"Webhook URL: {place.url}\n"
        "Alert Rule Action: on\n"
        "Permissions, Issue & Event: Read\n"
        "Webhooks: issue\n"
        + (
            'then put its Client Secret into the integration\'s auth table: kind = "sentry", secret = { env = "…" }\n'
            if place.proof is AuthKind.SENTRY
            else ""
        )
        + "In each alert rule: send a notification via this integration\n"
    )


def _sample(_place: Place, now: datetime) -> bytes:
    event = {"issue_id": f"tocsin-test-{now.isoformat()}", "title": TEST_TITLE, "datetime": now.isoformat()}
    return encoded({"action": "triggered", "data": {"event": event, "triggered_rule": "send test"}})


SENTRY = Source(
    name="sentry",
    title="Sentry",
    documentation="https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
    sends="An internal integration's webhooks: issue alerts, issues, metric alerts.",
    joins="The id of the issue, or of the metric alert's own incident.",
    ends="The issue resolved or archived, or the metric alert resolved. An issue alert alone never ends.",
    retries="Nothing: Sentry waits a second for the answer, so Tocsin stores first and reads afterwards.",
    proofs=(AuthKind.KEY, AuthKind.SENTRY),
    read=read_sentry,
    set_up=_set_up,
    sample=_sample,
    header="sentry-hook-signature",
    lasting=False,
)
