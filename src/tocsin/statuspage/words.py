"""The words of the page: states and instants."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.maintenance import MaintenanceStatus
from tocsin.statuspage.page import ComponentStatus, StatusPage

COMPONENT_WORDS: dict[ComponentStatus, str] = {
    ComponentStatus.OPERATIONAL: "Operational",
    ComponentStatus.UNDER_MAINTENANCE: "Under maintenance",
    ComponentStatus.DEGRADED_PERFORMANCE: "Degraded performance",
    ComponentStatus.PARTIAL_OUTAGE: "Partial outage",
    ComponentStatus.MAJOR_OUTAGE: "Major outage",
}
MAINTENANCE_WORDS: dict[MaintenanceStatus, str] = {
    MaintenanceStatus.SCHEDULED: "Scheduled",
    MaintenanceStatus.IN_PROGRESS: "In progress",
    MaintenanceStatus.COMPLETED: "Completed",
    MaintenanceStatus.CANCELLED: "Cancelled",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def status_word(page: StatusPage, status: PublicStatus) -> str:
    """A state of an incident in the team's own word, or in ours."""
    return page.words.get(status) or status.value.capitalize()


def day_words(at: datetime, zone: str) -> str:
    """The day of an instant, in a form that nobody reads as another day.

    >>> from datetime import UTC
    >>> day_words(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "Europe/Berlin")
    '2 Mar 2026'
    """
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"  # not %b: that follows the server's language


def absolute(at: datetime, zone: str) -> str:
    """An instant with its zone.

    >>> from datetime import UTC
    >>> absolute(datetime(2026, 3, 1, 9, 5, tzinfo=UTC), "UTC")
    '1 Mar 2026, 09:05 UTC'
    """
    local = at.astimezone(ZoneInfo(zone))
    return f"{day_words(at, zone)}, {local:%H:%M} {local:%Z}"
