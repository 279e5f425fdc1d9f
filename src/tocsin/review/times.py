"""When things happened in an incident, and how long they took, from its facts alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.incident.facts import Acknowledged, Declared, Mitigated, Recorded, Reopened, Resolved


@dataclass(frozen=True, slots=True)
class Times:
    """The instants of an incident; None for what has not happened, or nobody has stated.

    ``started_at`` is known only when somebody said when the trouble began. ``mitigated_at`` and ``resolved_at``
    are the last ones, and None again after a reopening. ``downtime`` is the sum of the times from the start (or
    the declaration) to the end of the impact, and from each reopening on; None while it lasts.
    """

    declared_at: datetime
    started_at: datetime | None = None
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    downtime: timedelta | None = None

    @property
    def detection(self) -> timedelta | None:
        """From the start of the trouble to the declaration."""
        return None if self.started_at is None else max(timedelta(0), self.declared_at - self.started_at)

    @property
    def response(self) -> timedelta | None:
        """From the declaration to the first acknowledgement."""
        return None if self.acknowledged_at is None else self.acknowledged_at - self.declared_at

    @property
    def mitigation(self) -> timedelta | None:
        """From the declaration to the end of the impact."""
        return None if self.mitigated_at is None else self.mitigated_at - self.declared_at

    @property
    def resolution(self) -> timedelta | None:
        """From the declaration to the resolution."""
        return None if self.resolved_at is None else self.resolved_at - self.declared_at

    @property
    def began_at(self) -> datetime:
        """The start of the trouble as far as it is known."""
        return self.declared_at if self.started_at is None else min(self.started_at, self.declared_at)


def times_of(facts: Sequence[Recorded]) -> Times:
    """The times of one incident. Raises ValueError when the facts do not begin with its declaration."""
    if not facts or not isinstance(facts[0].fact, Declared):
        raise ValueError("the facts of an incident begin with its declaration")
    declared_at, started_at = facts[0].at, facts[0].fact.started_at
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    down_since: datetime | None = min(started_at or declared_at, declared_at)
    downtime = timedelta(0)
    for one in facts[1:]:
        match one.fact:
            case Acknowledged():
                acknowledged_at = acknowledged_at or one.at
            case Mitigated() | Resolved() as end:
                if isinstance(end, Mitigated):
                    mitigated_at = one.at
                else:
                    resolved_at = one.at
                if down_since is not None:
                    downtime += one.at - down_since
                    down_since = None
            case Reopened():
                mitigated_at = resolved_at = None
                down_since = one.at
            case _:
                pass
    whole = downtime if down_since is None else None
    return Times(declared_at, started_at, acknowledged_at, mitigated_at, resolved_at, whole)
