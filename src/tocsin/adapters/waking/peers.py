"""Incidents of ours as alerts of PagerDuty or Opsgenie, for teams that keep one of them beside Tocsin.

They hear the news that every webhook hears, and make one alert of each incident: opened when it is declared,
acknowledged and closed as the incident is. News that comes twice changes nothing there (``dedup_key``, ``alias``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.webhooks import outcome_of
from tocsin.alerts.peering import peer_key
from tocsin.app.ports import Delivered, Outcome

PAGERDUTY = "https://events.pagerduty.com"
OPSGENIE = "https://api.opsgenie.com"
_OPENS = frozenset({"Declared", "SeverityAssessed", "AcknowledgementLapsed", "Reopened", "EscalationExhausted"})
_SEVERITIES = ("critical", "error", "warning", "info")
NOTHING = Delivered(receipt="nothing to tell")


@dataclass(frozen=True, slots=True)
class PagerDutyPeer:
    """Tells PagerDuty by its Events API v2; ``key`` is the routing key of a service there."""

    egress: Egress
    key: str = field(repr=False)
    api: str = PAGERDUTY

    def send(self, key: str, body: bytes, at: datetime) -> Outcome:
        """Trigger, acknowledge or resolve; other news is none of PagerDuty's."""
        kind, data = _news(body)
        event: dict[str, Any] = {"routing_key": self.key, "dedup_key": _alias(data)}
        if kind in _OPENS:
            event |= {"event_action": "trigger", "client": "Tocsin", "payload": _payload(data, at)}
            if data.get("url"):
                event |= {"client_url": data["url"]}
        elif kind in ("Acknowledged", "Resolved"):
            event["event_action"] = "acknowledge" if kind == "Acknowledged" else "resolve"
        else:
            return NOTHING
        headers = {"Content-Type": "application/json"}
        return outcome_of(self.egress.post(f"{self.api.rstrip('/')}/v2/enqueue", json.dumps(event).encode(), headers))


@dataclass(frozen=True, slots=True)
class OpsgeniePeer:
    """Tells Opsgenie by its Alert API; ``key`` is the key of an API integration there."""

    egress: Egress
    key: str = field(repr=False)
    api: str = OPSGENIE

    def send(self, key: str, body: bytes, at: datetime) -> Outcome:
        """Create, acknowledge or close; other news is none of Opsgenie's."""
        kind, data = _news(body)
        alias = _alias(data)
        path = "/v2/alerts"
        fields: dict[str, Any] = {"source": "Tocsin", "note": str(data.get("sentence", ""))[:25_000]}
        if kind in _OPENS:
            fields |= {
                "alias": alias,
                "message": _title(data)[:130],
                "description": "\n".join(str(data[x]) for x in ("sentence", "url") if data.get(x))[:15_000],
                "priority": f"P{min(5, _rank(data) + 1)}",
                "entity": str(data.get("service", ""))[:512],
            }
        elif kind in ("Acknowledged", "Resolved"):
            path += f"/{alias}/{'acknowledge' if kind == 'Acknowledged' else 'close'}?identifierType=alias"
        else:
            return NOTHING
        headers = {"Content-Type": "application/json", "Authorization": f"GenieKey {self.key}"}
        return outcome_of(self.egress.post(f"{self.api.rstrip('/')}{path}", json.dumps(fields).encode(), headers))


def _news(body: bytes) -> tuple[str, dict[str, Any]]:
    said = json.loads(body)
    return str(said["type"]).removeprefix("incident."), said["data"]


def _alias(data: dict[str, Any]) -> str:
    return peer_key(data["service"], data["incident"])


def _title(data: dict[str, Any]) -> str:
    return f"{data.get('severity') or 'unassessed'} {data['incident']} {data['title']}"


def _rank(data: dict[str, Any]) -> int:
    """How severe, 0 the most; an incident that nobody has assessed counts as that."""
    rank = data.get("rank")
    return rank if isinstance(rank, int) and data.get("severity") else 0


def _payload(data: dict[str, Any], at: datetime) -> dict[str, Any]:
    return {
        "summary": _title(data)[:1024],
        "source": str(data.get("service") or "tocsin"),
        "severity": _SEVERITIES[min(_rank(data), len(_SEVERITIES) - 1)],
        "timestamp": at.isoformat(),
        "custom_details": {"sentence": data.get("sentence", "")},
    }
