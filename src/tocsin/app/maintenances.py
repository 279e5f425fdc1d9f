"""Work that customers are told of beforehand: planned, told of, moved, ended or taken back by whoever may publish.

It begins and ends on the status page by the clock. The alerts of the services that it touches can be kept quiet
meanwhile: that is a silence like every other (``silences.py``), which follows the work when it is moved.

All of it is one small document in ``Keep``: a team plans a handful of these in a month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec

from tocsin.app.access import Caller, Permission
from tocsin.app.records import AuditEntry
from tocsin.app.silences import LONGEST_REASON, Silences
from tocsin.app.store import Store, Transaction
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock
from tocsin.errors import BadInput, Conflict, NotFound, Refused
from tocsin.review.blanks import message_blanks
from tocsin.statuspage.maintenance import Maintenance, MaintenanceStatus, MaintenanceUpdate
from tocsin.statuspage.page import public_id

KEPT = "maintenances"
OUTBOX = "maintenance/"
"""Begins what stands in the outbox in place of an incident's id; the id of the work follows."""
SHOWN_AFTER = timedelta(days=90)
"""How long work that is over is still kept and told of, as incidents are."""
LONGEST = timedelta(days=31)
FURTHEST = timedelta(days=366)
MOST = 200
"""So many that are not over can be planned at once."""
LONGEST_TITLE = 200
LONGEST_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Planned:
    """Scheduled work with what customers do not see of it: who planned it, and the silences that follow it."""

    work: Maintenance
    by: str
    silences: tuple[str, ...] = ()


_DECODER = msgspec.json.Decoder(tuple[Planned, ...])


def kept_maintenances(tx: Transaction) -> tuple[Planned, ...]:
    """All work that is kept, in the order of its beginnings."""
    kept = tx.keep.get(KEPT)
    return _DECODER.decode(kept) if kept else ()


@dataclass(slots=True)
class Maintenances:
    """Plans work in public. Each act is audited; ``listeners`` are called after each commit."""

    store: Store
    clock: Clock
    team: TeamInForce
    silences: Silences
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def listed(self, caller: Caller) -> Sequence[Planned]:
        """All that is kept, what begins last first."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            return kept_maintenances(tx)[::-1]

    def show(self, caller: Caller, id: str) -> Planned:
        """One of them. Raises NotFound."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            return _known(kept_maintenances(tx), id)

    def plan(
        self,
        caller: Caller,
        title: str,
        text: str,
        *,
        starts_at: datetime,
        ends_at: datetime,
        components: Sequence[str] = (),
        quiet: bool = False,
    ) -> Planned:
        """Tell customers of work between two aware instants; with ``quiet`` the alerts of its services are silenced.

        Raises BadInput for a span or text that makes no sense, Refused for a blank that is not filled in or a component
        that does not exist, Conflict when the same is planned already.
        """
        caller.require(Permission.PUBLISH)
        now, title = self.clock.now(), " ".join(title.split())
        if not title or len(title) > LONGEST_TITLE:
            raise BadInput(f"give the work a title of at most {LONGEST_TITLE} characters")
        said, begins, ends = _text(text), starts_at.astimezone(UTC), ends_at.astimezone(UTC)
        _require_span(begins, ends, now)
        services = self._services(components)
        if quiet:
            caller.require(Permission.RESPOND)  # as for every silence
            if not services:
                raise BadInput("name the components that are worked on: the alerts of their services are kept quiet")
        work = Maintenance(
            id=public_id("maintenance", str(uuid4())),
            title=title,
            components=tuple(dict.fromkeys(components)),
            starts_at=begins,
            ends_at=ends,
            updates=(),
        )
        planned = Planned(_told(work, said, now), caller.actor.name)
        with self._kept() as (tx, all_of_it):
            if any(_same(one.work, work) and not one.work.is_over(now) for one in all_of_it):
                raise Conflict("this work is planned already, for the same time: nothing was sent again")
            if sum(not one.work.is_over(now) for one in all_of_it) >= MOST:
                raise BadInput(f"{MOST} are planned already: end or cancel some first")
            all_of_it.append(planned)
            self._audit(tx, caller, "maintenance plan", work, f"{begins:%Y-%m-%d %H:%M} to {ends:%H:%M} UTC")
        self._changed()
        return self._silence(caller, planned) if quiet else planned

    def tell(self, caller: Caller, id: str, text: str) -> Planned:
        """Tell customers how it goes. Raises NotFound, Conflict when it is over, BadInput, Refused."""
        return self._change(caller, id, "maintenance tell", lambda one, now: _told(one, _text(text), now), over=False)

    def move(self, caller: Caller, id: str, text: str, *, starts_at: datetime | None, ends_at: datetime) -> Planned:
        """Let it begin (where it has not yet) and end at other times; customers are told by ``text``.

        The silences move with it. Raises NotFound, Conflict when it is over, BadInput, Refused.
        """
        said, ends = _text(text), ends_at.astimezone(UTC)

        def moved(one: Maintenance, now: datetime) -> Maintenance:
            begun = one.status(now) is MaintenanceStatus.IN_PROGRESS
            if begun and starts_at is not None and starts_at.astimezone(UTC) != one.starts_at:
                raise Conflict("it has begun: only its end can be moved")
            begins = one.starts_at if begun or starts_at is None else starts_at.astimezone(UTC)
            _require_span(max(begins, now) if begun else begins, ends, now)
            return _told(replace(one, starts_at=begins, ends_at=ends), said, now)

        changed = self._change(caller, id, "maintenance move", moved)
        if not changed.silences:
            return changed
        self._lift(caller, changed.silences)
        return self._silence(caller, changed)

    def end(self, caller: Caller, id: str, text: str) -> Planned:
        """It is done before its time: what was kept quiet and fires still is heard. Raises as ``tell``."""
        said = _text(text)

        def ended(one: Maintenance, now: datetime) -> Maintenance:
            if one.status(now) is MaintenanceStatus.SCHEDULED:
                raise Conflict("it has not begun: cancel it instead")
            return _told(replace(one, ended_at=now), said, now)

        return self._over(caller, self._change(caller, id, "maintenance end", ended))

    def cancel(self, caller: Caller, id: str, text: str) -> Planned:
        """It will not take place, or is broken off. Raises as ``tell``."""
        said = _text(text)

        def cancelled(one: Maintenance, now: datetime) -> Maintenance:
            return _told(replace(one, cancelled=True, ended_at=now), said, now)

        return self._over(caller, self._change(caller, id, "maintenance cancel", cancelled))

    # --- how it is kept -------------------------------------------------------------------------------------------

    def _change(
        self,
        caller: Caller,
        id: str,
        verb: str,
        change: Callable[[Maintenance, datetime], Maintenance],
        *,
        over: bool = True,
    ) -> Planned:
        """Change one of them; ``over`` also what its silences are good for, which not everybody may."""
        caller.require(Permission.PUBLISH)
        now = self.clock.now()
        with self._kept() as (tx, all_of_it):
            old = _known(all_of_it, id)
            if old.work.is_over(now):
                raise Conflict("it is over already; plan it anew if there is more to do")
            if over and old.silences:
                caller.require(Permission.RESPOND)
            changed = replace(old, work=change(old.work, now))
            all_of_it[all_of_it.index(old)] = changed
            self._audit(tx, caller, verb, changed.work, changed.work.updates[0].text)
        self._changed()
        return changed

    @contextmanager
    def _kept(self) -> Iterator[tuple[Transaction, list[Planned]]]:
        """All of it, to be changed: it is written back when the block ends. Whoever comes second waits."""
        now = self.clock.now()
        with self.store.transact() as tx:
            tx.keep.put(f"{KEPT}/turn", now.isoformat())  # on PostgreSQL this row is the lock of the document
            all_of_it = list(kept_maintenances(tx))
            yield tx, all_of_it
            recent = [one for one in all_of_it if not _long_over(one.work, now)]
            recent.sort(key=lambda one: (one.work.starts_at, one.work.id))
            tx.keep.put(KEPT, msgspec.json.encode(recent).decode())

    def _over(self, caller: Caller, changed: Planned) -> Planned:
        self._lift(caller, changed.silences)
        return changed

    def _services(self, components: Sequence[str]) -> list[str]:
        """The services that carry these components. Raises Refused for one that does not exist."""
        carried = {c.key: key for key, service in self.team().services.items() for c in service.components}
        unknown = [key for key in components if key not in carried]
        if unknown:
            there = ", ".join(sorted(carried)) or "none; the settings name them under [component.<key>]"
            raise Refused(f"there is no component {unknown[0]!r}; there are: {there}", reason="component")
        return list(dict.fromkeys(carried[key] for key in components))

    def _silence(self, caller: Caller, planned: Planned) -> Planned:
        """Keep its services quiet, once customers have been told: what fails in between leaves alerts heard."""
        work = planned.work
        silences = tuple(
            self.silences.make(
                caller,
                (),
                until=work.ends_at,
                why=f"maintenance: {work.title}"[:LONGEST_REASON],
                service=one,
                since=work.starts_at,
            ).id
            for one in self._services(work.components)
        )
        with self._kept() as (_, all_of_it):
            place = all_of_it.index(_known(all_of_it, work.id))
            all_of_it[place] = changed = replace(all_of_it[place], silences=silences)
        return changed

    def _lift(self, caller: Caller, ids: Sequence[str]) -> None:
        for id in ids:
            try:
                self.silences.lift(caller, id)
            except (NotFound, Conflict):  # it ended by itself, or somebody ended it
                continue

    def _audit(self, tx: Transaction, caller: Caller, verb: str, work: Maintenance, detail: str) -> None:
        by, via = caller.actor.name, caller.actor.via.value
        tx.audit.record(AuditEntry(self.clock.now(), by, via, verb, work.title, f"{work.id} {detail}"[:500]))

    def _changed(self) -> None:
        for listener in self.listeners:
            listener()


def _known(all_of_it: Sequence[Planned], id: str) -> Planned:
    found = next((one for one in all_of_it if one.work.id == id), None)
    if found is None:
        raise NotFound(f"there is no maintenance {id[:64]!r}; `tocsin maintenance` lists them")
    return found


def _long_over(one: Maintenance, now: datetime) -> bool:
    return one.is_over(now) and max(one.over_at, one.updated_at) <= now - SHOWN_AFTER


def _same(one: Maintenance, other: Maintenance) -> bool:
    return (one.title, one.starts_at, one.ends_at) == (other.title, other.starts_at, other.ends_at)


def _told(work: Maintenance, text: str, now: datetime) -> Maintenance:
    update = MaintenanceUpdate(public_id("update", str(uuid4())), work.status(now), text, now)
    return replace(work, updates=(update, *work.updates))


def _text(said: str) -> str:
    """The words for customers. Raises BadInput, and Refused while they hold a blank."""
    text = said.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST_TEXT:
        raise BadInput(f"say what customers should know, in at most {LONGEST_TEXT:,} characters")
    if blanks := message_blanks(text):
        raise Refused(f"fill in or remove {', '.join(blanks)} first; nothing was sent", reason="unfilled")
    return text


def _require_span(begins: datetime, ends: datetime, now: datetime) -> None:
    if ends <= begins or ends <= now:
        raise BadInput("the work ends after it begins, and in the future")
    if ends - begins > LONGEST or begins > now + FURTHEST:
        raise BadInput(f"work lasts at most {LONGEST.days} days and begins within a year")
