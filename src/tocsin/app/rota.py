"""Who is on call, and what people change about it by hand: overrides and swaps, as audited rows.

There is one answer for screens, chat and pager (R10): :func:`roster_in_force`, read in the transaction that decides.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tocsin.app.access import Caller, Permission
from tocsin.app.rows.records import AuditEntry, OverrideRow
from tocsin.app.store import Store, Transaction
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock
from tocsin.errors import BadInput, Conflict, NotFound
from tocsin.oncall.roster import Roster
from tocsin.oncall.schedule import Override, Schedule, Shift, on_call

LONGEST_OVERRIDE = timedelta(days=92)
FURTHEST = timedelta(days=366)
LONGEST_REASON = 200


def roster_in_force(tx: Transaction, roster: Roster, now: datetime) -> Roster:
    """The roster of the settings with the overrides that end after ``now`` and without disabled accounts."""
    overrides: dict[str, list[Override]] = {}
    for row in tx.overrides.after(now):
        if (held := row.holds) is not None:
            overrides.setdefault(row.schedule, []).append(held)
    return roster.in_force(overrides, tx.accounts.disabled())


@dataclass(slots=True)
class Rota:
    """The use cases around schedules. ``new_id`` gives the ids of overrides."""

    store: Store
    clock: Clock
    team: TeamInForce
    new_id: Callable[[], str] = field(default=lambda: secrets.token_hex(4))

    def roster(self, since: datetime | None = None) -> Roster:
        """The roster in force; with the overrides that were over after ``since``, to look back."""
        with self.store.read() as tx:
            return roster_in_force(tx, self.team().roster, since or self.clock.now())

    def overrides(self, caller: Caller, after: datetime | None = None) -> Sequence[OverrideRow]:
        """What people made by hand and is not over yet (or was not over at ``after``), in the order of making."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            return tx.overrides.after(after or self.clock.now())

    def override(
        self,
        caller: Caller,
        schedule: str,
        people: Sequence[str],
        since: datetime | None,
        until: datetime | None,
        reason: str = "",
        *,
        lasts: timedelta | None = None,
    ) -> OverrideRow:
        """Put people on call instead of whoever would be, from ``since`` (now) to ``until`` (the end of the shift), or
        for as long as it ``lasts``.

        Raises NotFound for an unknown schedule or person, BadInput for a span that makes no sense.
        """
        caller.require(Permission.RESPOND)
        now = self.clock.now()
        if until is not None and lasts is not None:
            raise BadInput("say either until when or for how long")
        with self.store.transact() as tx:
            roster = roster_in_force(tx, self.team().roster, now)
            shown = _schedule(roster, schedule)
            begins = max(now, since.astimezone(UTC)) if since else now
            until = begins + lasts if lasts else until
            ends = until.astimezone(UTC) if until else _end_of_shift(shown, begins)
            _require_span(begins, ends, now)
            row = self._row(shown.name, _people(roster, people), begins, ends, reason, caller, now)
            tx.overrides.add(row)
            tx.audit.record(self._entry(caller, "override schedule", row))
        return row

    def swap(
        self, caller: Caller, schedule: str, one_at: datetime, other_at: datetime, reason: str = ""
    ) -> tuple[OverrideRow, OverrideRow]:
        """Exchange two shifts: those that cover the two instants, each from its start (or now) to its end.

        Both overrides are made together or not at all. Raises BadInput when the two are one, or nobody's.
        """
        caller.require(Permission.RESPOND)
        now = self.clock.now()
        with self.store.transact() as tx:
            roster = roster_in_force(tx, self.team().roster, now)
            shown = _schedule(roster, schedule)
            one, other = _exchangeable(shown, one_at, now), _exchangeable(shown, other_at, now)
            if one.people == other.people:
                raise BadInput(f"both shifts are {', '.join(one.people)}'s: there is nothing to exchange")
            rows = []
            for given, taken in ((one, other), (other, one)):
                assert given.until is not None
                begins = max(now, given.since) if given.since else now
                people = _people(roster, taken.people)
                rows.append(self._row(shown.name, people, begins, given.until, reason or "swap", caller, now))
                tx.overrides.add(rows[-1])
                tx.audit.record(self._entry(caller, "swap shifts", rows[-1]))
        return rows[0], rows[1]

    def end(self, caller: Caller, id: str) -> OverrideRow:
        """End an override now, or take back one that has not begun. Raises NotFound, Conflict when it is over."""
        caller.require(Permission.RESPOND)
        now = self.clock.now()
        with self.store.transact() as tx:
            row = tx.overrides.get(id)
            if row is None:
                raise NotFound(f"there is no override {id}; `tocsin oncall overrides` lists them")
            if row.override.until <= now or not tx.overrides.end(id, now, caller.actor.name):
                raise Conflict(f"the override {id} is over already")
            tx.audit.record(self._entry(caller, "end override", row))
        return row

    def _row(
        self,
        schedule: str,
        people: tuple[str, ...],
        since: datetime,
        until: datetime,
        reason: str,
        caller: Caller,
        now: datetime,
    ) -> OverrideRow:
        said = reason.strip()
        if len(said) > LONGEST_REASON or not said.isprintable():
            raise BadInput(f"a reason is one line of at most {LONGEST_REASON} characters")
        return OverrideRow(schedule, Override(people, since, until, said, self.new_id(), caller.actor.name), now)

    def _entry(self, caller: Caller, verb: str, row: OverrideRow) -> AuditEntry:
        made = row.override
        span = f"{made.since:%Y-%m-%d %H:%M} to {made.until:%Y-%m-%d %H:%M} UTC"
        detail = f"{', '.join(made.people)}, {span}" + (f": {made.reason}" if made.reason else "") + f" ({made.id})"
        return AuditEntry(self.clock.now(), caller.actor.name, caller.actor.via.value, verb, row.schedule, detail)


def _schedule(roster: Roster, name: str) -> Schedule:
    found = roster.schedule(name)
    if found is None:
        known = ", ".join(one.name for one in roster.schedules) or "none: add one to tocsin.toml"
        raise NotFound(f"there is no schedule {name!r}; there are: {known}")
    return found


def _people(roster: Roster, handles: Sequence[str]) -> tuple[str, ...]:
    """The handles, each once. Somebody who cannot be reached is refused now, not found out at night (R11)."""
    wanted = tuple(dict.fromkeys(one.strip() for one in handles if one.strip()))
    if not wanted:
        raise BadInput("say who takes over: one of the people, by handle")
    for handle in wanted:
        person = roster.person(handle)
        if person is None:
            raise NotFound(
                f"{handle!r} is not among the people; there are: {', '.join(p.handle for p in roster.people)}"
            )
        if not person.reachable:
            raise BadInput(f"{person.hindrance}, so nobody would be woken")
    return wanted


def _end_of_shift(schedule: Schedule, at: datetime) -> datetime:
    until = on_call(schedule, at).until
    if until is None or until > at + LONGEST_OVERRIDE:
        raise BadInput(f"the shift of {schedule.name} at that time has no near end: say until when")
    return until


def _require_span(since: datetime, until: datetime, now: datetime) -> None:
    if until <= since:
        raise BadInput("an override ends after it begins, and in the future")
    if until - since > LONGEST_OVERRIDE or since > now + FURTHEST:
        raise BadInput(
            f"an override lasts at most {LONGEST_OVERRIDE.days} days and begins within a year: "
            "change the rotation in tocsin.toml instead"
        )


def _exchangeable(schedule: Schedule, at: datetime, now: datetime) -> Shift:
    """The shift at an instant, if it can be given away. Raises BadInput."""
    shift = on_call(schedule, at.astimezone(UTC))
    if not shift.people:
        raise BadInput(f"nobody is on call in {schedule.name} at {at:%Y-%m-%d %H:%M}: {shift.why}")
    if shift.until is None or shift.until - max(now, shift.since or now) > LONGEST_OVERRIDE:
        raise BadInput(f"the shift of {', '.join(shift.people)} has no near end, so it cannot be exchanged")
    if shift.until <= now:
        raise BadInput(f"the shift of {', '.join(shift.people)} is over already")
    return shift
