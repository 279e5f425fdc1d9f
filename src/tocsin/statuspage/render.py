"""The status page as files: HTML without a script, JSON, feeds. Pure: the same page gives the same bytes.

A file whose words have not changed has the same bytes as before, so "as of" stands only where it means
something: on the front page and on incidents that are open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from tocsin.incident.choices import words as span_words
from tocsin.statuspage.api_v2 import api_files, component_id, timestamp
from tocsin.statuspage.badges import SIZE, Badge, component_name
from tocsin.statuspage.days import Day, affected, history
from tocsin.statuspage.feeds import feed_files
from tocsin.statuspage.maintenance import Maintenance
from tocsin.statuspage.page import (
    Component,
    ComponentStatus,
    Indicator,
    PublicIncident,
    StatusPage,
    component_status,
    felt,
    felt_now,
    indicator,
    overall,
    worst,
)
from tocsin.statuspage.words import COMPONENT_WORDS, MAINTENANCE_WORDS, absolute, day_words, status_word

RECENT = timedelta(days=14)

_LOOKS: dict[Indicator, ComponentStatus] = {
    Indicator.NONE: ComponentStatus.OPERATIONAL,
    Indicator.MAINTENANCE: ComponentStatus.UNDER_MAINTENANCE,
    Indicator.MINOR: ComponentStatus.DEGRADED_PERFORMANCE,
    Indicator.MAJOR: ComponentStatus.PARTIAL_OUTAGE,
    Indicator.CRITICAL: ComponentStatus.MAJOR_OUTAGE,
}


def render(page: StatusPage) -> dict[str, bytes]:
    """All files of the page by their path, ``index.html`` last: it links to the others."""
    files = {"status.css": _text("status.css"), **api_files(page), **feed_files(page)}
    shown = {"page": page, "css": hashlib.sha256(files["status.css"]).hexdigest()[:8]}
    files |= {f"icons/{one.value}.svg": _page("icon.svg", {"look": one.value}) for one in ComponentStatus}
    for badge in _badges(page):
        files[f"{badge.name}.json"] = badge.json
        files[f"{badge.name}.svg"] = _page("badge.svg", {**badge.drawing, "size": SIZE})
    for one in page.incidents:
        values = {"incident": one, "home": "../", "look": felt_now(one).value}
        files[f"incidents/{one.id}.html"] = _page("incident.html", {**shown, **values})
    months = [(name, list(ones)) for name, ones in groupby(page.incidents, key=lambda one: _month(page, one))]
    files["history.html"] = _page("history.html", {**shown, "home": "", "look": "operational", "months": months})
    files["subscribe.html"] = _page("subscribe.html", {**shown, **_subscribing(page)})
    files["index.html"] = _page("index.html", {**shown, "home": "", "look": _look(page).value, **_front(page)})
    return files


@dataclass(frozen=True, slots=True)
class Bar:
    """One marked day in the picture of a component's history; ``x`` counts days from the left."""

    x: int
    status: ComponentStatus
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A component on the front page. ``unknown`` days stand on the left of its picture."""

    component: Component
    id: str
    status: ComponentStatus
    days: int
    unknown: int
    bars: tuple[Bar, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Group:
    """Components under one name; the name is empty for those that stand alone."""

    name: str
    status: ComponentStatus
    rows: tuple[Row, ...]


def _front(page: StatusPage) -> dict[str, Any]:
    recent = [one for one in page.incidents if not one.is_active and page.as_of - one.updated_at < RECENT]
    return {
        "state": _look(page),
        "sentence": overall(page),
        "groups": [_group(page, name) for name in _group_names(page)],
        "recent": recent,
        "under_way": [one for one in page.ahead if one.starts_at <= page.as_of],
        "to_come": [one for one in page.ahead if one.starts_at > page.as_of],
        "worked": [one for one in page.maintenances if one.is_over(page.as_of) and _lately(page, one)],
        "recent_days": RECENT.days,
    }


def _lately(page: StatusPage, one: Maintenance) -> bool:
    return page.as_of - max(one.updated_at, min(one.over_at, page.as_of)) < RECENT


def _subscribing(page: StatusPage) -> dict[str, Any]:
    groups = [(name, [one for one in page.components if one.group == name]) for name in _group_names(page)]
    to = urlsplit(page.subscribe)
    return {"home": "", "look": "operational", "groups": groups, "origin": f"{to.scheme}://{to.netloc}"}


def _group_names(page: StatusPage) -> list[str]:
    return list(dict.fromkeys(one.group for one in page.components))


def _look(page: StatusPage) -> ComponentStatus:
    found = _LOOKS[indicator(page)]
    quiet = found in (ComponentStatus.OPERATIONAL, ComponentStatus.UNDER_MAINTENANCE)
    return ComponentStatus.DEGRADED_PERFORMANCE if quiet and page.active else found


def _badges(page: StatusPage) -> list[Badge]:
    states = [(one, component_status(page, one.key)) for one in page.components]
    return [
        Badge("badge", page.title, overall(page), _look(page)),
        *(Badge(component_name(one.key), one.name, COMPONENT_WORDS[state], state) for one, state in states),
    ]


def _group(page: StatusPage, name: str) -> Group:
    rows = tuple(_row(page, one) for one in page.components if one.group == name)
    return Group(name, worst(row.status for row in rows), rows)


def _row(page: StatusPage, component: Component) -> Row:
    days = history(page, component)
    bars = tuple(
        Bar(place, one.status, f"{_day_words(one)}: {COMPONENT_WORDS[one.status]}, {span_words(one.affected)}")
        for place, one in enumerate(days)
        if one.status not in (None, ComponentStatus.OPERATIONAL)
    )
    return Row(
        component=component,
        id=component_id(component.key),
        status=component_status(page, component.key),
        days=len(days),
        unknown=sum(one.status is None for one in days),
        bars=bars,
        summary=_summary(days),
    )


def _summary(days: Sequence[Day]) -> str:
    whole = affected(days)
    if not whole:
        return "No incident"
    return f"{span_words(whole)} affected"


def _day_words(one: Day) -> str:
    return f"{one.day:%Y-%m-%d}"


def _month(page: StatusPage, incident: PublicIncident) -> str:
    return day_words(incident.created_at, page.zone).partition(" ")[2]


@cache
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("tocsin.statuspage"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    found.globals |= {"component_words": COMPONENT_WORDS, "status_word": status_word, "absolute": absolute}
    found.globals |= {"maintenance_words": MAINTENANCE_WORDS}
    found.globals |= {"felt": felt, "felt_now": felt_now}
    found.filters["machine"] = _machine
    found.filters["paragraphs"] = _paragraphs
    return found


def _machine(at: datetime) -> str:
    return timestamp(at)


def _paragraphs(text: str) -> list[str]:
    return [one.strip() for one in text.split("\n\n") if one.strip()]


def _page(name: str, values: dict[str, Any]) -> bytes:
    return _templates().get_template(name).render(values).encode("utf-8")


@cache
def _text(name: str) -> bytes:
    loader = PackageLoader("tocsin.statuspage")
    source, _, _ = loader.get_source(Environment(autoescape=True), name)
    return source.encode("utf-8")
