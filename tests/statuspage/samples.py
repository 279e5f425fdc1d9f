"""A page with something of everything on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.page import Component, Impact, PublicIncident, PublicUpdate, Span, StatusPage, public_id

NOW = datetime(2026, 11, 20, 3, 42, 7, 120_000, tzinfo=UTC)
COMPONENTS = (
    Component("web", "Website", description="The shop and the account pages"),
    Component("api", "Public API", group="API"),
    Component("hooks", "Webhooks", group="API", since=date(2026, 10, 2)),
)


def sample(
    name: str,
    title: str,
    *updates: tuple[str, str, float],
    impact: Impact = Impact.MAJOR,
    components: tuple[str, ...] = ("api",),
) -> PublicIncident:
    """An incident whose updates (state, text, hours ago) are given oldest first."""
    told = tuple(
        PublicUpdate(
            public_id("update", name, str(n)), PublicStatus(state), text, NOW - timedelta(hours=ago), components
        )
        for n, (state, text, ago) in enumerate(updates)
    )
    end = told[-1].at if told[-1].status is PublicStatus.RESOLVED else None
    return PublicIncident(
        id=public_id("incident", name),
        title=title,
        impact=impact,
        status=told[-1].status,
        components=components,
        updates=tuple(reversed(told)),
        started_at=told[0].at,
        resolved_at=end,
        spans=(Span(told[0].at, end),),
    )


OPEN = sample(
    "open",
    "Orders through the API fail",
    ("investigating", "Half of the orders are answered with an error.\n\nWe are looking into it.", 0.5),
    ("identified", "We are taking a change back.", 0.2),
)
PAST = sample(
    "past",
    "Slow search results",
    ("investigating", "Searching takes long.", 72),
    ("resolved", "Search is quick again.", 70),
    impact=Impact.MINOR,
    components=("web",),
)
OLD = sample(
    "old",
    "Pages did not load",
    ("investigating", "The website is down.", 24 * 40 + 2),
    ("resolved", "The website is back.", 24 * 40),
    impact=Impact.CRITICAL,
    components=("web",),
)


def sample_page(*incidents: PublicIncident, **more: object) -> StatusPage:
    """The page of a shop as of 03:42 UTC."""
    return StatusPage(  # type: ignore[arg-type]
        **{
            "title": "Saffron & Sons",
            "url": "https://status.example.com",
            "components": COMPONENTS,
            "incidents": incidents,
            "as_of": NOW,
            "zone": "Europe/Berlin",
            **more,
        }
    )
