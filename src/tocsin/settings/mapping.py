"""What an integration has besides its source: the map of its payload, and the public page on which people report."""

from __future__ import annotations

from typing import Any

from tocsin.alerts.sources.field_map import FieldMap
from tocsin.alerts.sources.fields import path, why_no_pattern
from tocsin.alerts.sources.report import FORM, HEADING, ReportForm
from tocsin.settings.reading import Place, Reading, dotted

FIELDS = (
    *("title", "key", "state", "severity", "service", "description", "link", "group", "starts_at", "ends_at"),
    *("alerts", "labels_from", "firing", "resolved", "ignored"),
)
TABLES = ("labels", "severities", "services")


def report_form(reading: Reading, place: Place, problems: list[str]) -> ReportForm | None:
    """The public page of an integration, None where it has none."""
    place = (*place, "form")
    given = [what for what in ("title", "says", "open") if reading.given(*place, what)]
    if not given:
        return None
    if (source := reading.get(*place[:2], "source")) != FORM.name:
        problems.append(f"{dotted(place)}: only the source {FORM.name} has a page; {source} has none")
    title = reading.get(*place, "title") or HEADING
    return ReportForm(title, reading.get(*place, "says"), reading.get(*place, "open"), place[1])


def field_map(reading: Reading, place: Place, problems: list[str], base: FieldMap | None = None) -> FieldMap | None:
    """The map of an integration, None where it has none; what cannot be meant is a problem with its place.

    Where it says nothing of a field ``base`` does; without that a title must be given.
    """
    place = (*place, "map")

    def get(*what: str) -> Any:
        return reading.get(*place, *what)

    def at(what: str, text: str) -> None:
        problems.append(f"{dotted((*place, what))}: {text}")

    given = [what for what in FIELDS if reading.given(*place, what)]
    given += [table for table in TABLES if reading.names(*place, table)]
    if not given:
        return None
    before = len(problems)
    if get("title") is None and base is None:
        at("title", 'is missing: where the title stands in the body, like "monitor.name"')
    for what in ("alerts", "labels_from"):
        try:
            path(get(what) or "$")
        except ValueError as wrong:
            at(what, str(wrong))
    for what in ("firing", "resolved", "ignored"):
        for pattern in get(what) or ():
            try:
                why_no_pattern(pattern)
            except ValueError as wrong:
                at(what, str(wrong))
        if get(what) and get("state") is None:
            at(what, "needs `state`: where the word stands that it is compared with")
    for what, needed in (("severities", "severity"), ("services", "service")):
        if reading.names(*place, what) and get(needed) is None:
            at(what, f"needs `{needed}`: where the word stands that it gives a meaning to")
    if base is not None and get("state") is not None and get("key") is None:
        at("key", "is missing: with `state` the key must be the same in the mail that says that it is over")
    known = reading.names("service")
    for word in reading.names(*place, "services"):
        if (said := get("services", word)) not in known:
            problems.append(
                f"{dotted((*place, 'services', word))}: there is no {said!r}; there are: {', '.join(known)}"
            )
    if len(problems) > before:
        return None
    return FieldMap(
        title=base.title if base is not None and get("title") is None else get("title"),
        **{what: get(what) or getattr(base, what, None) for what in FIELDS[1:10]},
        alerts=path(get("alerts")) if get("alerts") else None,
        labels_from=path(get("labels_from")) if get("labels_from") else None,
        firing=get("firing") or (),
        resolved=get("resolved") or (),
        ignored=get("ignored") or (),
        severities=tuple((word, get("severities", word)) for word in reading.names(*place, "severities")),
        services=(
            *((key, key) for key in known),
            *((word, get("services", word)) for word in reading.names(*place, "services")),
        ),
        labels=tuple((name, get("labels", name)) for name in reading.names(*place, "labels")),
    )
