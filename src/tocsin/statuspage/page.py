"""What the public may see: components, incidents that customers were told of, and how the whole stands.

Values only, and what follows from them. Nothing of an incident is here unless a person approved it for the
public (``incidents.py``). All instants are aware UTC; days are calendar days in the page's time zone.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.maintenance import Maintenance, MaintenanceStatus


class ComponentStatus(StrEnum):
    """How a component stands, in the words that Statuspage made common, from best to worst."""

    OPERATIONAL = "operational"
    UNDER_MAINTENANCE = "under_maintenance"
    DEGRADED_PERFORMANCE = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"


class Impact(StrEnum):
    """How much customers feel of an incident, from least to most."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Indicator(StrEnum):
    """How the whole page stands, in one word."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the product that customers know by name.

    ``services`` are the services whose incidents affect it when an update names no component; ``since`` is the
    first day that the page can speak of, None when the whole history is known.
    """

    key: str
    name: str
    group: str = ""
    description: str = ""
    services: tuple[str, ...] = ()
    since: date | None = None


@dataclass(frozen=True, slots=True)
class PublicUpdate:
    """One approved update. ``components`` are the keys affected from then on; ``text`` may be several paragraphs.

    ``offline``: it was published by hand on the files while the server was gone.
    """

    id: str
    status: PublicStatus
    text: str
    at: datetime
    components: tuple[str, ...] = ()
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A time during which customers felt it; ``end`` is None while they still do."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class PublicIncident:
    """An incident as customers know it.

    ``updates`` newest first, never empty. ``components`` are all keys it ever touched; ``affecting`` those it
    touches now. ``spans`` are the times of trouble, in order: a reopened incident has several.
    """

    id: str
    title: str
    impact: Impact
    status: PublicStatus
    components: tuple[str, ...]
    updates: tuple[PublicUpdate, ...]
    started_at: datetime
    resolved_at: datetime | None
    spans: tuple[Span, ...] = ()

    @property
    def is_active(self) -> bool:
        """Not resolved."""
        return self.status is not PublicStatus.RESOLVED

    @property
    def created_at(self) -> datetime:
        """When customers were told first."""
        return self.updates[-1].at

    @property
    def updated_at(self) -> datetime:
        """When customers were told last."""
        return self.updates[0].at

    @property
    def affecting(self) -> tuple[str, ...]:
        """The keys of the components that it touches now."""
        return self.updates[0].components if self.is_active else ()


@dataclass(frozen=True, slots=True)
class StatusPage:
    """The public page as of an instant. ``incidents`` newest first; ``url`` is its address without a last slash.

    ``maintenances`` are in the order of their beginnings.

    ``words`` are the team's own words for the four states, where its runbook uses others. ``subscribe`` is where the
    forms are sent to; empty: nobody can subscribe. ``ways`` are those in which they can.
    """

    title: str
    url: str
    components: tuple[Component, ...]
    incidents: tuple[PublicIncident, ...]
    as_of: datetime
    history_days: int = 90
    zone: str = "UTC"
    description: str = ""
    maintenances: tuple[Maintenance, ...] = ()
    words: Mapping[PublicStatus, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ("en",)
    subscribe: str = ""
    ways: tuple[str, ...] = ("mail",)

    @property
    def active(self) -> tuple[PublicIncident, ...]:
        """The incidents that are not resolved, newest first."""
        return tuple(one for one in self.incidents if one.is_active)

    @property
    def ahead(self) -> tuple[Maintenance, ...]:
        """The work that is to come or under way, in its order."""
        return tuple(one for one in self.maintenances if not one.is_over(self.as_of))

    @property
    def under_maintenance(self) -> frozenset[str]:
        """The keys of the components that are being worked on."""
        under_way = [one for one in self.ahead if one.status(self.as_of) is MaintenanceStatus.IN_PROGRESS]
        return frozenset(key for one in under_way for key in one.components)

    def component(self, key: str) -> Component | None:
        """The component of that key; None for one that the page no longer has."""
        return next((one for one in self.components if one.key == key), None)


_BADNESS = {status: badness for badness, status in enumerate(ComponentStatus)}

_FELT = {
    Impact.NONE: ComponentStatus.OPERATIONAL,
    Impact.MINOR: ComponentStatus.DEGRADED_PERFORMANCE,
    Impact.MAJOR: ComponentStatus.PARTIAL_OUTAGE,
    Impact.CRITICAL: ComponentStatus.MAJOR_OUTAGE,
}

_INDICATED = {
    ComponentStatus.OPERATIONAL: Indicator.NONE,
    ComponentStatus.UNDER_MAINTENANCE: Indicator.MAINTENANCE,
    ComponentStatus.DEGRADED_PERFORMANCE: Indicator.MINOR,
    ComponentStatus.PARTIAL_OUTAGE: Indicator.MAJOR,
    ComponentStatus.MAJOR_OUTAGE: Indicator.CRITICAL,
}


def worst(statuses: Iterable[ComponentStatus]) -> ComponentStatus:
    """The worst of these; operational when there are none.

    >>> worst([ComponentStatus.OPERATIONAL, ComponentStatus.PARTIAL_OUTAGE]).value
    'partial_outage'
    """
    return max(statuses, key=_BADNESS.__getitem__, default=ComponentStatus.OPERATIONAL)


def felt(incident: PublicIncident) -> ComponentStatus:
    """What an incident makes of the components it touches, at its height."""
    return _FELT[incident.impact]


def felt_now(incident: PublicIncident) -> ComponentStatus:
    """What it makes of them now: while a fix is only being watched, degraded at most."""
    if not incident.is_active:
        return ComponentStatus.OPERATIONAL
    if incident.status is PublicStatus.MONITORING and incident.impact is not Impact.NONE:
        return ComponentStatus.DEGRADED_PERFORMANCE
    return felt(incident)


def component_status(page: StatusPage, key: str) -> ComponentStatus:
    """How a component stands: the worst that any active incident makes of it, or its maintenance."""
    found = [felt_now(one) for one in page.active if key in one.affecting]
    if key in page.under_maintenance:
        found.append(ComponentStatus.UNDER_MAINTENANCE)
    return worst(found)


def indicator(page: StatusPage) -> Indicator:
    """How the whole stands: the worst of all components, and of incidents and of work that name none."""
    components = [component_status(page, one.key) for one in page.components]
    worked_on = [ComponentStatus.UNDER_MAINTENANCE for one in page.ahead if one.starts_at <= page.as_of]
    return _INDICATED[worst([*components, *worked_on, *(felt_now(one) for one in page.active)])]


def impact_of_rank(rank: int | None) -> Impact:
    """The impact that a severity's place in the team's scale stands for: 0 is its worst; unknown counts as minor.

    >>> [impact_of_rank(rank).value for rank in (0, 1, 2, 3, None)]
    ['critical', 'major', 'minor', 'minor', 'minor']
    """
    return {0: Impact.CRITICAL, 1: Impact.MAJOR}.get(-1 if rank is None else rank, Impact.MINOR)


def worse(one: Impact, other: Impact) -> Impact:
    """The one that customers feel more of.

    >>> worse(Impact.MAJOR, Impact.MINOR).value
    'major'
    """
    return max(one, other, key=list(Impact).index)


def public_id(kind: str, *parts: str) -> str:
    """Twelve lowercase letters and digits that stand for something inside, the same for ever.

    >>> public_id("incident", "INC-1") == public_id("incident", "INC-1") != public_id("update", "INC-1")
    True
    """
    digest = hashlib.sha256("\x1f".join((kind, *parts)).encode("utf-8", "replace")).digest()
    return b32encode(digest[:8]).decode("ascii").lower()[:12]
