"""The page as JSON, in the shape of Statuspage's public API v2, so that programs written for it can read ours.

Source: protocols.md 3.6. Times are ISO 8601 with milliseconds; ids have twelve characters.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.maintenance import Maintenance, MaintenanceStatus
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
    status: Object = {"status": status_object(page)}
    components: Object = {"components": _components(page)}
    unresolved = [incident_object(page, one) for one in page.active]
    newest = [incident_object(page, one) for one in page.incidents[:MOST_INCIDENTS]]
    ahead = [maintenance_object(page, one) for one in page.ahead]
    under_way = [one for one in ahead if one["status"] == MaintenanceStatus.IN_PROGRESS.value]
    upcoming = [one for one in ahead if one["status"] == MaintenanceStatus.SCHEDULED.value]
    planned = [maintenance_object(page, one) for one in page.maintenances[-MOST_INCIDENTS:][::-1]]
    bodies: dict[str, Object] = {
        "summary": {**head, **components, "incidents": unresolved, "scheduled_maintenances": ahead, **status},
        "status": {**head, **status},
        "components": {**head, **components},
        "incidents": {**head, "incidents": newest},
        "incidents/unresolved": {**head, "incidents": unresolved},
        "scheduled-maintenances": {**head, "scheduled_maintenances": planned},
        "scheduled-maintenances/upcoming": {**head, "scheduled_maintenances": upcoming},
        "scheduled-maintenances/active": {**head, "scheduled_maintenances": under_way},
    }
    return {f"api/v2/{name}.json": _json(body) for name, body in bodies.items()}


def _json(body: Object) -> bytes:
    # Escaped as ASCII: what a page builder puts into HTML unread stays harmless more often.
    text = json.dumps(body, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").encode() + b"\n"


def _page(page: StatusPage) -> Object:
    return {
        "id": page_id(page),
        "name": page.title,
        "url": page.url,
        "time_zone": page.zone,
        "updated_at": timestamp(page.as_of),
    }


def page_id(page: StatusPage) -> str:
    """The public id of the page."""
    return public_id("page", page.url)


def status_object(page: StatusPage) -> Object:
    """How the whole page stands."""
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
        listed.append(component_object(page, component, len(listed) + 1))
    return listed


def component_object(page: StatusPage, component: Component, position: int) -> Object:
    """A component of the page, which is no group."""
    changed = [one.updated_at for one in page.incidents if component.key in one.components]
    return {
        "id": component_id(component.key),
        "name": component.name,
        "status": component_status(page, component.key).value,
        "created_at": timestamp(_first_day(page, component)),
        "updated_at": timestamp(max(changed, default=_first_day(page, component))),
        "position": position,
        "description": component.description or None,
        "showcase": True,
        "start_date": component.since.isoformat() if component.since else None,
        "group_id": public_id("group", component.group) if component.group else None,
        "page_id": page_id(page),
        "group": False,
        "only_show_if_degraded": False,
    }


def _first_day(page: StatusPage, component: Component | None = None) -> datetime:
    """The first instant that the page can speak of: programs want one for each component (they parse it)."""
    if component is not None and component.since is not None:
        return datetime.combine(component.since, time(), ZoneInfo(page.zone))
    return datetime.combine(page.as_of.date() - timedelta(days=page.history_days), time(), UTC)


def _group(page: StatusPage, name: str, position: int) -> Object:
    members = [one.key for one in page.components if one.group == name]
    return {
        "id": public_id("group", name),
        "name": name,
        "status": worst(component_status(page, key) for key in members).value,
        "created_at": timestamp(_first_day(page)),
        "updated_at": timestamp(_first_day(page)),
        "position": position,
        "description": None,
        "showcase": False,
        "start_date": None,
        "group_id": None,
        "page_id": page_id(page),
        "group": True,
        "only_show_if_degraded": False,
        "components": [component_id(key) for key in members],
    }


def component_id(key: str) -> str:
    """The public id of a component."""
    return public_id("component", key)


def incident_object(page: StatusPage, incident: PublicIncident) -> Object:
    """An incident of the page."""
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
        "page_id": page_id(page),
        "incident_updates": [_update(incident, one, touched) for one in incident.updates],
        "components": [component_object(page, one, number) for number, one in enumerate(touched, 1)],
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


def maintenance_object(page: StatusPage, one: Maintenance) -> Object:
    """Scheduled work of the page: an incident with two more fields."""
    touched = [component for component in page.components if component.key in one.components]
    codes = [{"code": component_id(component.key), "name": component.name} for component in touched]
    return {
        "id": one.id,
        "name": one.title,
        "status": their_word(one.status(page.as_of)),
        "created_at": timestamp(one.announced_at),
        "updated_at": timestamp(one.updated_at),
        "monitoring_at": None,
        "resolved_at": timestamp(one.over_at) if one.is_over(page.as_of) else None,
        "impact": "maintenance",
        "shortlink": f"{page.url}/index.html#maintenance-{one.id}",
        "started_at": timestamp(one.starts_at),
        "page_id": page_id(page),
        "scheduled_for": timestamp(one.starts_at),
        "scheduled_until": timestamp(one.ends_at),
        "incident_updates": [
            {
                "id": update.id,
                "status": their_word(update.status),
                "body": update.text,
                "incident_id": one.id,
                "created_at": timestamp(update.at),
                "updated_at": timestamp(update.at),
                "display_at": timestamp(update.at),
                "affected_components": codes or None,
                "deliver_notifications": True,
                "custom_tweet": None,
                "tweet_id": None,
            }
            for update in one.updates
        ],
        "components": [component_object(page, component, number) for number, component in enumerate(touched, 1)],
    }


def their_word(status: MaintenanceStatus) -> str:
    """Programs that read Statuspage know of nothing that was taken back: for them it is completed."""
    return (MaintenanceStatus.COMPLETED if status is MaintenanceStatus.CANCELLED else status).value


def timestamp(at: datetime) -> str:
    """An instant as Statuspage writes it.

    >>> timestamp(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02T03:04:05.000Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
