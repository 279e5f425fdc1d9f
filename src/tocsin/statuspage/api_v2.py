"""The page as JSON, in the shape of Statuspage's public API v2, so that programs written for it can read ours.

Source: protocols.md 3.6. Times are ISO 8601 with milliseconds; ids have twelve characters.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.page import (
    Component,
    Indicator,
    PublicIncident,
    PublicUpdate,
    StatusPage,
    component_status,
    indicator,
    public_id,
    worst,
)

MOST_INCIDENTS = 50
_DESCRIPTIONS = {
    Indicator.NONE: "All Systems Operational",
    Indicator.MAINTENANCE: "Service Under Maintenance",
    Indicator.MINOR: "Minor Service Outage",
    Indicator.MAJOR: "Partial System Outage",
    Indicator.CRITICAL: "Major System Outage",
}

Object = dict[str, Any]


def api_files(page: StatusPage) -> dict[str, bytes]:
    """The files of the API by path."""
    head: Object = {"page": _page(page)}
    status: Object = {"status": _status(page)}
    components: Object = {"components": _components(page)}
    unresolved = [_incident(page, one) for one in page.active]
    newest = [_incident(page, one) for one in page.incidents[:MOST_INCIDENTS]]
    nothing_scheduled: Object = {"scheduled_maintenances": []}
    bodies: dict[str, Object] = {
        "summary": {**head, **components, "incidents": unresolved, **nothing_scheduled, **status},
        "status": {**head, **status},
        "components": {**head, **components},
        "incidents": {**head, "incidents": newest},
        "incidents/unresolved": {**head, "incidents": unresolved},
        "scheduled-maintenances": {**head, **nothing_scheduled},
        "scheduled-maintenances/upcoming": {**head, **nothing_scheduled},
        "scheduled-maintenances/active": {**head, **nothing_scheduled},
    }
    return {f"api/v2/{name}.json": _json(body) for name, body in bodies.items()}


def _json(body: Object) -> bytes:
    # Escaped as ASCII: what a page builder puts into HTML unread stays harmless more often.
    text = json.dumps(body, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").encode() + b"\n"


def _page(page: StatusPage) -> Object:
    return {
        "id": _page_id(page),
        "name": page.title,
        "url": page.url,
        "time_zone": page.zone,
        "updated_at": timestamp(page.as_of),
    }


def _page_id(page: StatusPage) -> str:
    return public_id("page", page.url)


def _status(page: StatusPage) -> Object:
    found = indicator(page)
    return {"indicator": found.value, "description": _DESCRIPTIONS[found]}


def _components(page: StatusPage) -> list[Object]:
    """Groups stand before their members, as components of their own."""
    listed: list[Object] = []
    seen: set[str] = set()
    for component in page.components:
        if component.group and component.group not in seen:
            seen.add(component.group)
            listed.append(_group(page, component.group, len(listed) + 1))
        listed.append(_component(page, component, len(listed) + 1))
    return listed


def _component(page: StatusPage, component: Component, position: int) -> Object:
    changed = [one for one in page.incidents if component.key in one.components]
    return {
        "id": component_id(component.key),
        "name": component.name,
        "status": component_status(page, component.key).value,
        "created_at": None,
        "updated_at": timestamp(max(one.updated_at for one in changed)) if changed else None,
        "position": position,
        "description": component.description or None,
        "showcase": True,
        "start_date": component.since.isoformat() if component.since else None,
        "group_id": public_id("group", component.group) if component.group else None,
        "page_id": _page_id(page),
        "group": False,
        "only_show_if_degraded": False,
    }


def _group(page: StatusPage, name: str, position: int) -> Object:
    members = [one.key for one in page.components if one.group == name]
    return {
        "id": public_id("group", name),
        "name": name,
        "status": worst(component_status(page, key) for key in members).value,
        "created_at": None,
        "updated_at": None,
        "position": position,
        "description": None,
        "showcase": False,
        "start_date": None,
        "group_id": None,
        "page_id": _page_id(page),
        "group": True,
        "only_show_if_degraded": False,
        "components": [component_id(key) for key in members],
    }


def component_id(key: str) -> str:
    """The public id of a component."""
    return public_id("component", key)


def _incident(page: StatusPage, incident: PublicIncident) -> Object:
    monitoring = [one.at for one in incident.updates if one.status is PublicStatus.MONITORING]
    touched = [one for one in page.components if one.key in incident.components]
    return {
        "id": incident.id,
        "name": incident.title,
        "status": incident.status.value,
        "created_at": timestamp(incident.created_at),
        "updated_at": timestamp(incident.updated_at),
        "monitoring_at": timestamp(max(monitoring)) if monitoring else None,
        "resolved_at": timestamp(incident.resolved_at) if incident.resolved_at else None,
        "impact": incident.impact.value,
        "shortlink": f"{page.url}/incidents/{incident.id}.html",
        "started_at": timestamp(incident.started_at),
        "page_id": _page_id(page),
        "incident_updates": [_update(incident, one, touched) for one in incident.updates],
        "components": [_component(page, one, number) for number, one in enumerate(touched, 1)],
    }


def _update(incident: PublicIncident, update: PublicUpdate, touched: Sequence[Component]) -> Object:
    return {
        "id": update.id,
        "status": update.status.value,
        "body": update.text,
        "incident_id": incident.id,
        "created_at": timestamp(update.at),
        "updated_at": timestamp(update.at),
        "display_at": timestamp(update.at),
        "affected_components": [
            {"code": component_id(one.key), "name": one.name} for one in touched if one.key in update.components
        ]
        or None,
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
    }


def timestamp(at: datetime) -> str:
    """An instant as Statuspage writes it.

    >>> timestamp(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02T03:04:05.000Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
