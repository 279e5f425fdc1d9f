"""Storms as the store knows them: what began lately, and which incident what begins now joins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from tocsin.alerts.group import Group
from tocsin.alerts.storm import CALM, TOP, WINDOW, Begun, Raging, Storm
from tocsin.app.rows.records import IncidentQuery
from tocsin.app.store import Transaction
from tocsin.incident.choices import words
from tocsin.incident.plan import ResponsePlan
from tocsin.incident.summary import IncidentState

LOOK_BACK = 6
"""So many times the number that may begin at once: among these newest incidents those of the last minutes are counted.
One that is missed lets an incident more begin."""


class _Kept(msgspec.Struct, frozen=True):
    """The last storm of a service."""

    incident: str
    since: datetime
    last: datetime


def group_key(service: str) -> str:
    """The group of a storm's own incident; no alert's group has it."""
    return f"{service}/storm"


def in_storm(service: str, *, again: bool = False) -> Group:
    """The group of a storm, and why an alert is in it."""
    many = f"part of a storm, too many new troubles in {words(WINDOW)}"
    return Group(group_key(service), f"{service}: {'it was part of this storm before' if again else many}")


def summary_of(at_once: int) -> str:
    """What is told of a storm."""
    return (
        f"More than {at_once} new troubles began within {words(WINDOW)}. What begins now joins this incident, until "
        f"nothing new has come for {words(CALM)}. Each alert stands below with its own title; those of the top "
        f"severity have incidents of their own, up to {TOP * at_once}."
    )


@dataclass(slots=True)
class Storms:
    """The storms of all services, for one batch in its transaction. Asked only when something new begins."""

    tx: Transaction
    now: datetime
    _storms: dict[str, Storm] = field(default_factory=dict)
    _kept: dict[str, _Kept] = field(default_factory=dict)

    def of(self, service: str, plan: ResponsePlan, at_once: int) -> Storm:
        """What may begin for a service now, of which so many troubles may begin at once."""
        storm = self._storms.get(service)
        if storm is None:
            rows = self.tx.incidents.search(IncidentQuery(services=(service,), limit=min(LOOK_BACK * at_once, 300)))
            begun = [
                Begun(one.declared_at, plan.is_top(one.severity))
                for one in rows
                if one.group_key not in ("", group_key(service))
            ]
            kept = self._open_storm(service)
            before = Raging(kept.since, kept.last) if kept is not None else None
            storm = self._storms[service] = Storm.at(self.now, begun, before, at_once)
            if kept is not None and storm.raging:
                self._kept[service] = kept
        return storm

    def incident(self, service: str) -> str | None:
        """The incident of the storm that rages already; None when this batch begins it."""
        kept = self._kept.get(service)
        return None if kept is None else kept.incident

    def joined(self, service: str, incident_id: str) -> None:
        """Something new has joined the storm, whose incident this is."""
        kept = self._kept.get(service)
        since = self.now if kept is None else kept.since
        self.tx.keep.put(_name(service), msgspec.json.encode(_Kept(incident_id, since, self.now)).decode())

    def _open_storm(self, service: str) -> _Kept | None:
        said = self.tx.keep.get(_name(service))
        if not said:
            return None
        kept = msgspec.json.decode(said, type=_Kept)
        row = self.tx.incidents.summaries([kept.incident]).get(kept.incident)
        return kept if row is not None and row.state is not IncidentState.RESOLVED else None


def _name(service: str) -> str:
    return f"storm:{service}"
