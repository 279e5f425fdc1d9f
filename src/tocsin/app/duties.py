"""Recurring duties of the runbooks: who did each when, when it is next due, and what is overdue.

The runbook says what has to be done and how often, and people say that they have done it. Nothing else is assumed: a
duty that nobody has recorded yet is neither due nor overdue.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tocsin.app.access import Caller, Permission
from tocsin.app.desk import Desk
from tocsin.app.incidents import CLOCKS_DIFFER
from tocsin.app.playbooks import Playbooks
from tocsin.app.rows.duties import DutyRecord
from tocsin.app.rows.records import AuditEntry
from tocsin.app.store import Store, Transaction
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock
from tocsin.errors import BadInput, NotFound
from tocsin.incident.incident import CLICKED_TWICE
from tocsin.review.duties import RHYTHMS, Due, key_of, next_due
from tocsin.runbook.playbook import Duty

LONGEST_NOTE = 2000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
MOST_SHOWN = 200
TURN = "duties"
"""The turn in ``Keep`` that whoever records takes: a second click on another node is seen."""


@dataclass(frozen=True, slots=True)
class DutyStanding:
    """A duty of a service's runbook in force. ``duty`` is its key; without ``last`` nobody has recorded it yet.

    ``due`` is None where nobody has, and where the runbook gives no rhythm that sets a day.
    """

    service: str
    duty: str
    title: str
    every: str | None
    line: int
    last: DutyRecord | None
    due: Due | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class DutyDone:
    """What came of recording a duty. ``again``: it was a second click, and is kept once."""

    standing: DutyStanding
    record: DutyRecord
    again: bool


@dataclass(slots=True)
class Duties:
    """Lists duties and records that they are done. Each record is audited."""

    store: Store
    clock: Clock
    team: TeamInForce
    desk: Desk
    playbooks: Playbooks

    def listed(self, caller: Caller, service: str = "", *, overdue: bool = False) -> Sequence[DutyStanding]:
        """The duties of a service, or of all, as they stand in the runbooks. Raises NotFound for an unknown service.

        With ``overdue`` those alone that are.
        """
        caller.require(Permission.READ)
        services = [self.playbooks.of(service).service.key] if service else list(self.team().services)
        with self.store.read() as tx:
            found = self._standing(tx, services)
        return [one for one in found if one.overdue or not overdue]

    def show(self, caller: Caller, service: str, duty: str) -> tuple[DutyStanding, Sequence[DutyRecord]]:
        """One duty with the times that it was done, the last one first, MOST_SHOWN at most. Raises NotFound."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            return self._one(tx, service, duty), tx.duties.of(service, duty, MOST_SHOWN)

    def record(
        self, caller: Caller, service: str, duty: str, *, note: str = "", at: datetime | date | None = None
    ) -> DutyDone:
        """Keep that the caller has done a duty, now or at a time in the past; a day alone is one of the team's zone.

        What the same person did within a minute of it is the same act, clicked twice: it is kept once, with the words
        of the last click that had some. Raises NotFound for what is no duty of the runbook in force, BadInput for a
        time that is still to come or a note that is too long.
        """
        caller.require(Permission.RESPOND)
        now = self.clock.now()
        done_at, said = self._past(self._begin_of(at), now), self.desk.masker.text(_note(note))
        by = caller.actor.name
        with self.store.transact() as tx:
            tx.keep.take_turn(TURN)
            title = self._one(tx, service, duty).title
            near = tx.duties.between(service, duty, done_at - CLICKED_TWICE, done_at + CLICKED_TWICE)
            mine = (one for one in near if one.by == by and abs(one.done_at - done_at) < CLICKED_TWICE)
            before = next(mine, None)
            fresh = DutyRecord(str(uuid.uuid4()), service, duty, title, done_at, by, said, now)
            record = fresh if before is None else replace(before, note=said or before.note)
            if record != before:
                tx.duties.save(record)
                detail = f"{title}, at {record.done_at:%Y-%m-%d %H:%M} UTC{': ' if said else ''}{said}"
                via = caller.actor.via.value
                tx.audit.record(AuditEntry(now, by, via, "duty done", f"service {service}"[:200], detail[:500]))
            return DutyDone(self._one(tx, service, duty), record, before is not None)

    def overdue(self) -> Mapping[str, int]:
        """How many duties of each service are overdue; services whose runbooks ask for nothing are left out."""
        with self.store.read() as tx:
            standing = self._standing(tx, list(self.team().services))
        counts = {one.service: 0 for one in standing if one.every in RHYTHMS}
        for one in standing:
            counts[one.service] = counts.get(one.service, 0) + one.overdue
        return counts

    def _standing(self, tx: Transaction, services: Sequence[str]) -> Sequence[DutyStanding]:
        asked = [(key, duty) for key in services for duty in self._asked(key)]
        if not asked:
            return []
        last = {(one.service, one.duty): one for one in tx.duties.newest()}
        now, zone = self.clock.now(), ZoneInfo(self.team().zone)
        return [_stands(key, duty, last.get((key, key_of(duty.title))), now, zone) for key, duty in asked]

    def _one(self, tx: Transaction, service: str, duty: str) -> DutyStanding:
        self.playbooks.of(service)
        found = next((one for one in self._standing(tx, [service]) if one.duty == duty), None)
        if found is None:
            raise NotFound(f"the runbook of {service} has no duty {duty[:100]!r}; `tocsin duties` lists those it has")
        return found

    def _asked(self, service: str) -> Iterator[Duty]:
        """The duties of a runbook in the order of its lines, each key once."""
        held = self.playbooks.shelf.get(service)
        seen: set[str] = set()
        for duty in sorted(held.playbook.duties, key=lambda one: one.lines.first) if held else ():
            key = key_of(duty.title)
            if key not in seen:
                seen.add(key)
                yield duty

    def _begin_of(self, at: datetime | date | None) -> datetime | None:
        """An instant, or the midnight with which a day begins in the zone by whose days duties are due."""
        if at is None or isinstance(at, datetime):
            return at
        return datetime.combine(at, time(), ZoneInfo(self.team().zone))

    @staticmethod
    def _past(at: datetime | None, now: datetime) -> datetime:
        if at is None:
            return now
        if at > now + CLOCKS_DIFFER:
            raise BadInput("that time is still to come: a duty is recorded when it has been done")
        if at < EARLIEST:
            raise BadInput("that time is too long ago; say when it was done")
        return min(at.astimezone(UTC), now)


def _stands(service: str, duty: Duty, last: DutyRecord | None, now: datetime, zone: ZoneInfo) -> DutyStanding:
    due = next_due(duty.every, last.done_at, zone) if last else None
    return DutyStanding(
        service=service,
        duty=key_of(duty.title),
        title=duty.title,
        every=duty.every,
        line=duty.lines.first,
        last=last,
        due=due,
        overdue=due is not None and now >= due.over_at,
    )


def _note(said: str) -> str:
    note = said.replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE:
        raise BadInput(f"a note has at most {LONGEST_NOTE} characters, this one has {len(note)}")
    return note
