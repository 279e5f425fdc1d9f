"""The status page as files: HTML without a script, JSON, feeds. Pure: the same page gives the same bytes.

A file whose words have not changed has the same bytes as before, so "as of" stands only where it means
something: on the front page and on incidents that are open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from tocsin.statuspage.api_v2 import api_files, component_id, timestamp
from tocsin.statuspage.badges import SIZE, Badge, component_name
from tocsin.statuspage.days import affected, history
from tocsin.statuspage.feeds import feed_files
from tocsin.statuspage.language import Language, language
from tocsin.statuspage.maintenance import Maintenance
from tocsin.statuspage.offline import STATE, state_file
from tocsin.statuspage.page import (
    Component,
    ComponentStatus,
    Indicator,
    StatusPage,
    component_status,
    felt,
    felt_now,
    indicator,
    worst,
)
from tocsin.statuspage.words import in_words, sentence, status_word

RECENT = timedelta(days=14)

_LOOKS: dict[Indicator, ComponentStatus] = {
    Indicator.NONE: ComponentStatus.OPERATIONAL,
    Indicator.MAINTENANCE: ComponentStatus.UNDER_MAINTENANCE,
    Indicator.MINOR: ComponentStatus.DEGRADED_PERFORMANCE,
    Indicator.MAJOR: ComponentStatus.PARTIAL_OUTAGE,
    Indicator.CRITICAL: ComponentStatus.MAJOR_OUTAGE,
}


def render(page: StatusPage) -> dict[str, bytes]:
    """All files of the page by their path, ``index.html`` last: it links to the others.

    The page's first language is at the root, with what all share; each other one in a folder named by its code.
    """
    spoken = [language(code) for code in page.languages]
    here = in_words(page, spoken[0])
    files = {"status.css": _text("status.css"), **api_files(here), **feed_files(here, spoken[0])}
    files[STATE] = state_file(page)
    css = hashlib.sha256(files["status.css"]).hexdigest()[:8]
    files |= {f"icons/{one.value}.svg": _page("icon.svg", {"look": one.value}) for one in ComponentStatus}
    for badge in _badges(page, spoken[0]):
        files[f"{badge.name}.json"] = badge.json
        files[f"{badge.name}.svg"] = _page("badge.svg", {**badge.drawing, "size": SIZE})
    for t in reversed(spoken):
        files |= _pages(in_words(page, t), t, css)
    return files


def _pages(page: StatusPage, t: Language, css: str) -> dict[str, bytes]:
    """The pages in one language, the front page last. ``page`` is in its words already."""
    folder = "" if t.code == page.languages[0] else f"{t.code}/"
    files: dict[str, bytes] = {}

    def write(template: str, name: str, look: str, values: Mapping[str, Any]) -> None:
        up = "../" * name.count("/")
        root = up + ("../" if folder else "")
        others = [
            Other(one, language(one).name, f"{root}{'' if one == page.languages[0] else f'{one}/'}{name}")
            for one in page.languages
            if one != t.code
        ]
        named = page.title.casefold() not in t.text("brand").casefold()  # else it says "Status Status"
        titled = t.text("page_title", title=page.title) if named else t.text("brand")
        shown = {"page": page, "css": css, "t": t, "said": partial(status_word, page, t), "others": others}
        shown |= {"named": named, "titled": titled}
        files[folder + name] = _page(template, {**shown, "home": up, "root": root, "look": look, **values})

    for one in page.incidents:
        write("incident.html", f"incidents/{one.id}.html", felt_now(one).value, {"incident": one})
    grouped = groupby(page.incidents, key=lambda one: t.month(one.created_at, page.zone))
    months = [(name, list(ones)) for name, ones in grouped]
    write("history.html", "history.html", "operational", {"months": months})
    write("subscribe.html", "subscribe.html", "operational", _subscribing(page))
    write("index.html", "index.html", _look(page).value, _front(page, t))
    return files


@dataclass(frozen=True, slots=True)
class Other:
    """The same page in another language."""

    code: str
    name: str
    href: str


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
    known_from: str
    bars: tuple[Bar, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Group:
    """Components under one name; the name is empty for those that stand alone."""

    name: str
    status: ComponentStatus
    rows: tuple[Row, ...]


def _front(page: StatusPage, t: Language) -> dict[str, Any]:
    recent = [one for one in page.incidents if not one.is_active and page.as_of - one.updated_at < RECENT]
    return {
        "state": _look(page),
        "sentence": sentence(page, t),
        "groups": [_group(page, name, t) for name in _group_names(page)],
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
    return {"groups": groups, "origin": f"{to.scheme}://{to.netloc}"}


def _group_names(page: StatusPage) -> list[str]:
    return list(dict.fromkeys(one.group for one in page.components))


def _look(page: StatusPage) -> ComponentStatus:
    found = _LOOKS[indicator(page)]
    quiet = found in (ComponentStatus.OPERATIONAL, ComponentStatus.UNDER_MAINTENANCE)
    return ComponentStatus.DEGRADED_PERFORMANCE if quiet and page.active else found


def _badges(page: StatusPage, t: Language) -> list[Badge]:
    states = [(one, component_status(page, one.key)) for one in page.components]
    return [
        Badge("badge", page.title, sentence(page, t), _look(page)),
        *(Badge(component_name(one.key), one.name, t.word("component", state), state) for one, state in states),
    ]


def _group(page: StatusPage, name: str, t: Language) -> Group:
    rows = tuple(_row(page, one, t) for one in page.components if one.group == name)
    return Group(name, worst(row.status for row in rows), rows)


def _row(page: StatusPage, component: Component, t: Language) -> Row:
    days = history(page, component)
    bars = tuple(
        Bar(place, one.status, f"{one.day:%Y-%m-%d}: {t.word('component', one.status)}, {t.span(one.affected)}")
        for place, one in enumerate(days)
        if one.status not in (None, ComponentStatus.OPERATIONAL)
    )
    known = next((one.day for one in days if one.status is not None), page.as_of.date())
    whole = affected(days)
    return Row(
        component=component,
        id=component_id(component.key),
        status=component_status(page, component.key),
        days=len(days),
        unknown=sum(one.status is None for one in days),
        known_from=f"{known:%Y-%m-%d}",
        bars=bars,
        summary=str(t.text("affected", span=t.span(whole)) if whole else t.text("no_incident")),
    )


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
