"""What Amazon's monitors say through SNS: CloudWatch alarms, and what EventBridge passes on (GuardDuty, Security Hub).

Source: the notification examples of CloudWatch's and EventBridge's references. WAF has no findings of its own: its
alarms are CloudWatch's, its findings Security Hub's.
"""

from __future__ import annotations

from datetime import datetime

from tocsin.alerts.alert import Alert, AlertStatus, Heard
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import (
    MAX_ALERTS,
    MAX_TEXT_BYTES,
    MAX_TITLE_BYTES,
    Notes,
    clean,
    clean_fingerprint,
    clean_pairs,
    digest,
    instant,
)
from tocsin.alerts.payload import Json, as_text, parse
from tocsin.alerts.source import TEST_TITLE, Place, Source, encoded
from tocsin.alerts.sources.sns import CONFIRMATION, NOTIFICATION, SnsMessage, read_message
from tocsin.errors import BadPayload

_OVER = frozenset({"RESOLVED", "SUPPRESSED"})


def read_cloudwatch(body: bytes, received_at: datetime) -> Heard:
    """The alerts of one message of SNS, whose signature was looked at before it was stored."""
    message = read_message(body)
    if message.type == CONFIRMATION:
        return Heard(notes=(f"the topic {message.topic} is subscribed",))
    notes = Notes()
    if message.type != NOTIFICATION:
        text = f"The topic {message.topic} does not send here any more"
        return Heard((_alert(f"unsubscribed:{message.topic}", text, received_at, notes),))
    try:
        parsed = parse(message.text.encode(errors="replace"))
        value, notes = parsed.value, Notes(parsed.notes)
    except BadPayload:
        value = None  # a sentence for people, not JSON
    said = value if isinstance(value, dict) else {}
    detail = said.get("detail")
    if isinstance(said.get("AlarmName"), str) and isinstance(said.get("NewStateValue"), str):
        alerts = [_alarm(said, received_at, notes)]
    elif isinstance(said.get("detail-type"), str) and isinstance(detail, dict):
        alerts = _event(said, detail, received_at, notes)
    else:
        alerts = [_plain(message, received_at, notes)]
    return Heard(tuple(alerts[:MAX_ALERTS]), truncated=max(len(alerts) - MAX_ALERTS, 0), notes=notes.all())


def _alert(
    key: str,
    title: str,
    received_at: datetime,
    notes: Notes,
    *,
    state: AlertStatus = AlertStatus.FIRING,
    at: Json = None,
    summary: str = "",
    labels: dict[str, str] | None = None,
    hint: str | None = None,
) -> Alert:
    """One alert; ``at`` is the instant at which its state began."""
    since = instant(at, received_at, notes, "time")
    firing = state is AlertStatus.FIRING
    kept = {name: text for name, text in (labels or {}).items() if text}
    return Alert(
        fingerprint=clean_fingerprint(key),
        status=state,
        title=clean(title, MAX_TITLE_BYTES, notes, "title"),
        source="cloudwatch",
        received_at=received_at,
        summary=clean(summary, MAX_TEXT_BYTES, notes, "description"),
        labels=clean_pairs(kept, notes, "labels"),
        starts_at=since if firing else None,
        ends_at=None if firing else since,
        severity_hint=hint,
    )


def _state(said: str) -> AlertStatus:
    """OK is over; missing data is no good news."""
    return AlertStatus.RESOLVED if said == "OK" else AlertStatus.FIRING


def _alarm(value: dict[str, Json], received_at: datetime, notes: Notes) -> Alert:
    name, account = as_text(value["AlarmName"]), as_text(value.get("AWSAccountId"))
    trigger = value.get("Trigger")
    trigger = trigger if isinstance(trigger, dict) else {}
    dimensions = trigger.get("Dimensions")
    named = {
        as_text(one.get("name")): as_text(one.get("value"))
        for one in (dimensions if isinstance(dimensions, list) else [])
        if isinstance(one, dict)
    }
    labels = {
        **named,
        "alertname": name,
        "metric": as_text(trigger.get("MetricName")),
        "namespace": as_text(trigger.get("Namespace")),
        "region": as_text(value.get("Region")),
        "account": account,
    }
    state = _state(as_text(value["NewStateValue"]))
    if state is AlertStatus.FIRING and value.get("OKActions") == []:
        notes.add("this alarm has no OK action: it cannot say here that it is over")
    said = (as_text(value.get("AlarmDescription")), as_text(value.get("NewStateReason")))
    return _alert(
        as_text(value.get("AlarmArn")) or f"{account}:{labels['region']}:{name}",
        name,
        received_at,
        notes,
        state=state,
        at=value.get("StateChangeTime"),
        summary="\n".join(filter(None, said)),
        labels=labels,
    )


def _event(value: dict[str, Json], detail: dict[str, Json], received_at: datetime, notes: Notes) -> list[Alert]:
    kind, at = as_text(value["detail-type"]), value.get("time")
    labels = {
        "alertname": kind,
        "source": as_text(value.get("source")),
        "account": as_text(value.get("account")),
        "region": as_text(value.get("region")),
    }
    resources = value.get("resources")
    first = as_text(resources[0]) if isinstance(resources, list) and resources else ""
    match kind:
        case "GuardDuty Finding":
            severity = detail.get("severity")
            return [
                _alert(
                    f"guardduty:{as_text(detail.get('id')) or as_text(value.get('id'))}",
                    as_text(detail.get("title")) or as_text(detail.get("type")) or kind,
                    received_at,
                    notes,
                    at=at,
                    summary=as_text(detail.get("description")),
                    labels=labels | {"type": as_text(detail.get("type"))},
                    hint=_guardduty(severity) if isinstance(severity, int | float) else None,
                )
            ]
        case "Security Hub Findings - Imported" | "Security Hub Findings - Custom Action":
            findings = detail.get("findings")
            listed = findings if isinstance(findings, list) else []
            return [_finding(one, labels, received_at, notes) for one in listed if isinstance(one, dict)]
        case "CloudWatch Alarm State Change":
            state = detail.get("state")
            state = state if isinstance(state, dict) else {}
            name = as_text(detail.get("alarmName")) or kind
            return [
                _alert(
                    first or f"{labels['account']}:{labels['region']}:{name}",
                    name,
                    received_at,
                    notes,
                    state=_state(as_text(state.get("value"))),
                    at=state.get("timestamp") or at,
                    summary=as_text(state.get("reason")),
                    labels=labels | {"alertname": name},
                )
            ]
        case _:
            key = digest([kind, labels["source"], labels["account"], labels["region"], first])
            title = f"{kind}: {first}" if first else kind
            return [_alert(key, title, received_at, notes, at=at, summary=as_text(detail), labels=labels)]


def _guardduty(severity: float) -> str:
    """The word of GuardDuty's scale from 1 to 10."""
    return "critical" if severity >= 9 else "high" if severity >= 7 else "medium" if severity >= 4 else "low"


def _finding(one: dict[str, Json], labels: dict[str, str], received_at: datetime, notes: Notes) -> Alert:
    workflow, severity = one.get("Workflow"), one.get("Severity")
    status = as_text(workflow.get("Status")) if isinstance(workflow, dict) else ""
    over = status in _OVER or as_text(one.get("RecordState")) == "ARCHIVED"
    title = as_text(one.get("Title")) or "Security Hub finding"
    return _alert(
        as_text(one.get("Id")) or digest([title]),
        title,
        received_at,
        notes,
        state=AlertStatus.RESOLVED if over else AlertStatus.FIRING,
        at=one.get("UpdatedAt") if over else one.get("LastObservedAt") or one.get("CreatedAt"),
        summary=as_text(one.get("Description")),
        labels=labels | {"product": as_text(one.get("ProductName")), "resource": _resource(one.get("Resources"))},
        hint=(as_text(severity.get("Label")).lower() or None) if isinstance(severity, dict) else None,
    )


def _resource(listed: Json) -> str:
    """The ARN of the first thing that a finding is about."""
    first = listed[0] if isinstance(listed, list) and listed else None
    return as_text(first.get("Id")) if isinstance(first, dict) else ""


def _plain(message: SnsMessage, received_at: datetime, notes: Notes) -> Alert:
    first = message.subject or next((line for line in message.text.splitlines() if line.strip()), "Message of SNS")
    return _alert(digest([message.topic, first]), first, received_at, notes, at=message.timestamp, summary=message.text)


def _set_up(place: Place) -> str:
    return (
        "aws sns subscribe --topic-arn THE_TOPIC --protocol https \\\n"
        f"  --notification-endpoint '{place.url}'\n"
        "The topic's ARN must stand in the integration's auth table: topics = [\"arn:aws:sns:…\"]; the\n"
        "subscription is then confirmed by itself. Leave raw message delivery off: raw messages are not signed.\n"
        "Give each alarm the topic as its OK action too, or it cannot say that it is over.\n"
        "For GuardDuty and Security Hub: an EventBridge rule for their findings, with the topic as its target.\n"
        "WAF: an alarm on BlockedRequests of AWS/WAFV2, or the findings of Firewall Manager in Security Hub.\n"
    )


def _sample(_place: Place, now: datetime) -> bytes:
    said = {"AlarmName": TEST_TITLE, "NewStateValue": "ALARM", "StateChangeTime": now.isoformat()}
    said["AlarmArn"] = f"tocsin-test-{now.isoformat()}"
    return encoded(
        {
            "Type": NOTIFICATION,
            "MessageId": said["AlarmArn"],
            "TopicArn": "tocsin-test",
            "Message": encoded(said).decode(),
            "Timestamp": now.isoformat(),
            "SignatureVersion": "2",
            "Signature": "",
            "SigningCertURL": "",
        }
    )


def _number(body: bytes) -> str:
    """The id of the message, the same for every attempt."""
    try:
        return read_message(body).id[:200]
    except BadPayload:
        return ""


CLOUDWATCH = Source(
    name="cloudwatch",
    title="Amazon CloudWatch, GuardDuty and EventBridge",
    documentation="https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html",
    sends="Messages of SNS: CloudWatch alarms, findings of GuardDuty and Security Hub, other events of EventBridge.",
    joins="The ARN of the alarm, the id of the finding; for other messages the topic and the subject.",
    ends="The state `OK`, or a finding that is resolved, suppressed or archived. Findings of GuardDuty do not end.",
    retries="For an hour; each attempt has the same message id, which is known again.",
    proofs=(AuthKind.SNS,),
    read=read_cloudwatch,
    set_up=_set_up,
    sample=_sample,
    delivery_id=_number,
)
