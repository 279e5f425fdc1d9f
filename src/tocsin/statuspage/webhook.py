"""What a program outside is told, in the shape of Statuspage's webhook notifications; and a channel, in Slack's.

As Statuspage does, the body has no ``type``: one with ``incident`` tells of an incident or of scheduled work, one with
``component_update`` of a component whose state has changed. Pure: who is told, and when, is decided elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.statuspage.api_v2 import (
    Object,
    component_id,
    component_object,
    incident_object,
    maintenance_object,
    page_id,
    status_object,
    their_word,
    timestamp,
)
from tocsin.statuspage.maintenance import Maintenance
from tocsin.statuspage.page import ComponentStatus, PublicIncident, StatusPage, public_id

LONGEST_TEXT = 2500
"""Characters of an update that go into one message in Slack, as it counts them (it takes 3,000 in all)."""

# What Statuspage has besides and we have nothing to say of: programs that read it find each field.
_EMPTY: Object = {
    "backfilled": False,
    "impact_override": None,
    "postmortem_body": None,
    "postmortem_body_last_updated_at": None,
    "postmortem_ignored": False,
    "postmortem_notified_subscribers": False,
    "postmortem_notified_twitter": False,
    "postmortem_published_at": None,
    "scheduled_auto_completed": False,
    "scheduled_auto_in_progress": False,
    "scheduled_for": None,
    "scheduled_remind_prior": False,
    "scheduled_reminded_at": None,
    "scheduled_until": None,
}


@dataclass(frozen=True, slots=True)
class ComponentChange:
    """A component's state became another one, by what customers were told."""

    key: str
    old: ComponentStatus
    new: ComponentStatus
    at: datetime


def incident_body(page: StatusPage, told: PublicIncident | Maintenance, unsubscribe: str) -> bytes:
    """The page, and an incident or scheduled work with all its updates, newest first."""
    if isinstance(told, Maintenance):
        # As it stood when this was told, and not by the clock: the two may be seconds apart.
        work = maintenance_object(page, told)
        automatic = {"scheduled_auto_in_progress": True, "scheduled_auto_completed": True}
        body = {**_EMPTY, **work, **automatic, "status": their_word(told.updates[0].status)}
    else:
        body = {**_EMPTY, **incident_object(page, told)}
    return _json({**_head(page, unsubscribe), "incident": {**body, "organization_id": page_id(page)}})


def component_body(page: StatusPage, change: ComponentChange, unsubscribe: str) -> bytes:
    """The page, and the old and the new state of one of its components."""
    number, component = next((n, one) for n, one in enumerate(page.components, 1) if one.key == change.key)
    update = {
        "id": public_id("component update", change.key, change.at.isoformat()),
        "component_id": component_id(change.key),
        "old_status": change.old.value,
        "new_status": change.new.value,
        "created_at": timestamp(change.at),
    }
    shown = {**component_object(page, component, number), "status": change.new.value}
    return _json({**_head(page, unsubscribe), "component_update": update, "component": shown})


def slack_body(title: str, lines: Sequence[str], text: str, links: Sequence[tuple[str, str]]) -> bytes:
    """A message for an incoming webhook of Slack: a title, short lines, a text, and links (word, address) at its end.

    Nothing of it is read as markup: no word of an update calls a channel.
    """
    shown = text
    while len(_escaped(shown)) > LONGEST_TEXT:
        shown = shown[: len(shown) * 3 // 4].rstrip(" …") + " …"
    parts = [f"*{_escaped(title)}*", *(_escaped(one) for one in lines), "", _escaped(shown)]
    ways_on = " · ".join(f"<{address}|{_escaped(word)}>" for word, address in links)
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(parts), "verbatim": True}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": ways_on}]},
    ]
    return _json({"text": _escaped(f"{title}: {' '.join(lines)}"[: LONGEST_TEXT // 5]), "blocks": blocks})


def _head(page: StatusPage, unsubscribe: str) -> Object:
    whole = status_object(page)
    return {
        "meta": {"unsubscribe": unsubscribe, "documentation": f"{page.url}/subscribe.html"},
        "page": {
            "id": page_id(page),
            "name": page.title,
            "url": page.url,
            "status_indicator": whole["indicator"],
            "status_description": whole["description"],
        },
    }


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _json(body: Object) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
