"""Scheduled work: what customers are told of beforehand; planning it, telling how it goes, moving and ending it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.responses import Response

from tocsin.app.access import Permission
from tocsin.app.customers.maintenances import Planned
from tocsin.app.rows.subscribers import SubscriberWay
from tocsin.app.team import PublicComponent
from tocsin.errors import BadInput
from tocsin.statuspage.maintenance import MaintenanceStatus
from tocsin.statuspage.words import MAINTENANCE_WORDS
from tocsin.web.asking import Ask
from tocsin.web.pages.oncall import typed
from tocsin.web.pages.situation import names

IN_WORDS = {SubscriberWay.MAIL: "by mail", SubscriberWay.WEBHOOK: "by webhook", SubscriberWay.SLACK: "in Slack"}
"""The ways of subscribers, as our pages count them."""
_HEADINGS = {
    MaintenanceStatus.IN_PROGRESS: "Under way",
    MaintenanceStatus.SCHEDULED: "To come",
    MaintenanceStatus.COMPLETED: "Over",
}


def listing(ask: Ask) -> Response:
    """All of it: under way, to come, over."""
    found = ask.application.maintenances.listed(ask.by)
    sections: dict[MaintenanceStatus, list[Planned]] = {status: [] for status in _HEADINGS}
    for one in found:
        status = one.work.status(ask.now)
        sections[MaintenanceStatus.COMPLETED if status is MaintenanceStatus.CANCELLED else status].append(one)
    sections[MaintenanceStatus.SCHEDULED].reverse()  # the next one first
    return ask.page(
        "maintenances.html",
        sections=[(heading, sections[status]) for status, heading in _HEADINGS.items() if sections[status]],
        **_shared(ask),
    )


def form(ask: Ask) -> Response:
    """The form for new work."""
    said = {key: values[0] for key, values in ask.form.items() if values}
    tells = bool(said.get("subscribers")) if said else True
    return ask.page(
        "maintenance_form.html",
        said=defaultdict(str, said),
        chosen=ask.texts("component"),
        reach=_reach(ask, ()),
        tells=tells,
        **_shared(ask),
    )


def plan(ask: Ask) -> Response:
    """Tell customers of it."""
    zone = _zone(ask)
    planned = ask.application.maintenances.plan(
        ask.by,
        ask.text("title"),
        ask.text("text"),
        starts_at=_required(ask, "starts", zone),
        ends_at=_required(ask, "ends", zone),
        components=ask.texts("component"),
        quiet=bool(ask.text("quiet")),
        subscribers=bool(ask.text("subscribers")),
    )
    return ask.go(f"/maintenance/{planned.work.id}")


def show(ask: Ask) -> Response:
    """One of them, with what was told and what can be done."""
    planned = ask.application.maintenances.show(ask.by, ask.part("maintenance"))
    zone = _zone(ask)
    work = planned.work
    return ask.page(
        "maintenance.html",
        planned=planned,
        work=work,
        status=work.status(ask.now),
        local=[f"{at.astimezone(zone):%a %-d %b %Y %H:%M}" for at in (work.starts_at, work.over_at)],
        fields=[f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" for at in (work.starts_at, work.ends_at)],
        text=ask.text("text"),
        reach=_reach(ask, work.components) if ask.may(Permission.PUBLISH) else "",
        tells=bool(ask.text("subscribers")) if ask.form else planned.subscribers,
        **_shared(ask),
    )


def tell(ask: Ask) -> Response:
    """Tell customers how it goes."""
    ask.application.maintenances.tell(
        ask.by, ask.part("maintenance"), ask.text("text"), subscribers=bool(ask.text("subscribers"))
    )
    return _back(ask)


def move(ask: Ask) -> Response:
    """Let it begin and end at other times."""
    zone = _zone(ask)
    starts_at, ends_at = typed(ask.text("starts"), zone), _required(ask, "ends", zone)
    ask.application.maintenances.move(
        ask.by,
        ask.part("maintenance"),
        ask.text("text"),
        starts_at=starts_at,
        ends_at=ends_at,
        subscribers=bool(ask.text("subscribers")),
    )
    return _back(ask)


def end(ask: Ask) -> Response:
    """It is done."""
    ask.application.maintenances.end(
        ask.by, ask.part("maintenance"), ask.text("text"), subscribers=bool(ask.text("subscribers"))
    )
    return _back(ask)


def cancel(ask: Ask) -> Response:
    """It does not take place."""
    ask.application.maintenances.cancel(
        ask.by, ask.part("maintenance"), ask.text("text"), subscribers=bool(ask.text("subscribers"))
    )
    return _back(ask)


def _reach(ask: Ask, components: Sequence[str]) -> str:
    """How many subscribers hear of it, in words; empty where nobody can subscribe and nobody has."""
    subscribing = ask.application.subscribing
    reach = subscribing.reach(ask.by, components)
    said = ", ".join(f"{reach[way]:,} {IN_WORDS[way]}" for way in SubscriberWay if reach[way])
    return said or ("nobody yet" if subscribing.ways else "")


def _back(ask: Ask) -> Response:
    return ask.go(f"/maintenance/{ask.part('maintenance')}")


def _shared(ask: Ask) -> dict[str, object]:
    team = ask.application.team()
    components: Sequence[PublicComponent] = [c for service in team.services.values() for c in service.components]
    return {
        "components": components,
        "called": {one.key: one.name for one in components},
        "can_publish": ask.may(Permission.PUBLISH),
        "can_maintain": ask.may(Permission.MAINTAIN),
        "name": names(team),
        "zone": team.zone,
        "words": MAINTENANCE_WORDS,
        "page_url": team.status_page.url,
    }


def _zone(ask: Ask) -> ZoneInfo:
    return ZoneInfo(ask.application.team().zone)


def _required(ask: Ask, name: str, zone: ZoneInfo) -> datetime:
    at = typed(ask.text(name), zone)
    if at is None:
        raise BadInput("say when the work begins and when it ends")
    return at
