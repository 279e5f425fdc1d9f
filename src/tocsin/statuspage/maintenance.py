"""Work that customers are told of beforehand: when it begins and ends, what it touches, and what was said of it.

It begins and ends by the clock, as a person has approved; nothing here knows of alerts or of incidents.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MaintenanceStatus(StrEnum):
    """How scheduled work stands, in the words that Statuspage made common; `cancelled` is ours."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


OVER = frozenset({MaintenanceStatus.COMPLETED, MaintenanceStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class MaintenanceUpdate:
    """One approved text, and how the work stood when it was told."""

    id: str
    status: MaintenanceStatus
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Scheduled work. ``updates`` newest first, the announcement last; never empty.

    ``components`` are keys of the page's components. It lasts from ``starts_at`` until ``ends_at``, both aware, the end
    not included, unless somebody ended it (``ended_at``) or took it back (``cancelled``) before that.
    """

    id: str
    title: str
    components: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    updates: tuple[MaintenanceUpdate, ...]
    ended_at: datetime | None = None
    cancelled: bool = False

    def status(self, at: datetime) -> MaintenanceStatus:
        """How it stands at an instant."""
        if self.cancelled:
            return MaintenanceStatus.CANCELLED
        if self.over_at <= at:
            return MaintenanceStatus.COMPLETED
        return MaintenanceStatus.IN_PROGRESS if self.starts_at <= at else MaintenanceStatus.SCHEDULED

    def is_over(self, at: datetime) -> bool:
        """Whether nothing more is to come of it."""
        return self.status(at) in OVER

    @property
    def over_at(self) -> datetime:
        """When it ends or has ended; of work that was taken back before it began, when it would have."""
        if self.ended_at is None or self.ended_at < self.starts_at:
            return self.ends_at
        return self.ended_at

    @property
    def announced_at(self) -> datetime:
        """When customers were told first."""
        return self.updates[-1].at

    @property
    def updated_at(self) -> datetime:
        """When customers were told last."""
        return self.updates[0].at
