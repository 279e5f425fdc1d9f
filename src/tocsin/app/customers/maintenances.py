"""Work that customers are told of beforehand: planned, told of, moved, ended or taken back by whoever may publish.

It begins and ends on the status page by the clock. Subscribers are told of it where whoever plans it wants that: of
what is written, and of its beginning and its end, each once. The alerts of the services that it touches can be kept
quiet meanwhile: that is a silence like every other (``silences.py``), which follows the work when it is moved.

All of it is one small document in ``Keep``: a team plans a handful of these in a month.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec

from tocsin.app.access import Caller, Permission
from tocsin.app.bell import Bell
from tocsin.app.intake.silences import LONGEST_REASON, Silences
from tocsin.app.loops import again_and_again
from tocsin.app.rows.records import AuditEntry
from tocsin.app.store import Store, Transaction
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock, monotonic
from tocsin.errors import BadInput, Conflict, NotFound, Refused
from tocsin.incident.effects import Effect, EffectKind
from tocsin.review.blanks import message_blanks
from tocsin.statuspage.incidents import clean
from tocsin.statuspage.maintenance import Maintenance, MaintenanceStatus, MaintenanceUpdate
from tocsin.statuspage.page import public_id

KEPT = "maintenances"
OUTBOX = "maintenance/"
"""Begins what stands in the outbox in place of an incident's id; the id of the work follows."""
SHOWN_AFTER = timedelta(days=90)
"""How long work that is over is still kept and told of, as incidents are."""
LATEST = timedelta(days=1)
"""Nobody is told of a beginning or an end that is so long ago: we were away, and the page says it."""
EVERY = 60.0
LONGEST = timedelta(days=31)
FURTHEST = timedelta(days=366)
MOST = 200
"""So many that are not over can be planned at once."""
LONGEST_TITLE = 200
LONGEST_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Planned:
    """Scheduled work with what customers do not see of it: who planned it, and the silences that follow it.

    ``subscribers``: whether they are told of its beginning and its end too; ``told`` are those of which they need not
    be told any more (``in_progress``, ``completed``).
    """

    work: Maintenance
    by: str
    silences: tuple[str, ...] = ()
    subscribers: bool = False
    told: tuple[str, ...] = ()


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
    bell: Bell = field(default_factory=Bell)
    last_cycle: float = 0.0
    _soonest: datetime | None = None
    """When something begins or ends next, as the last look had it."""

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
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        lasts: timedelta | None = None,
        components: Sequence[str] = (),
        quiet: bool = False,
        subscribers: bool = False,
    ) -> Planned:
        """Tell customers of work from ``starts_at`` (now) to ``ends_at`` (both aware), or for as long as it ``lasts``;
        with ``quiet`` the alerts of its services are silenced.

        ``subscribers`` are told too, of this and of its beginning and end. Raises BadInput for a span or text that
        makes no sense, Refused for a blank that is not filled in or a component that does not exist, Conflict when the
        same is planned already.
        """
        caller.require(Permission.PUBLISH)
        now, title = self.clock.now(), clean(title, one_line=True)
        if not title or len(title) > LONGEST_TITLE:
            raise BadInput(f"give the work a title of at most {LONGEST_TITLE} characters")
        if (ends_at is None) is (lasts is None):
            raise BadInput("say either until when or for how long")
        said, begins = _text(text), starts_at.astimezone(UTC) if starts_at else now
        ends = ends_at.astimezone(UTC) if ends_at else begins + (lasts or timedelta(0))
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
        planned = Planned(_told(work, said, now), caller.actor.name, subscribers=subscribers)
        with self._kept() as (tx, all_of_it):
            if any(_same(one.work, work) and not one.work.is_over(now) for one in all_of_it):
                raise Conflict("this work is planned already, for the same time: nothing was sent again")
            if sum(not one.work.is_over(now) for one in all_of_it) >= MOST:
                raise BadInput(f"{MOST} are planned already: end or cancel some first")
            all_of_it.append(planned := _announced(tx, planned, now))
            self._audit(
                tx, caller, "maintenance plan", work, f"{begins:%Y-%m-%d %H:%M} to {ends:%H:%M} UTC{_aside(planned)}"
            )
        self._changed()
        return self._silence(caller, planned) if quiet else planned

    def tell(self, caller: Caller, id: str, text: str, *, subscribers: bool | None = None) -> Planned:
        """Tell customers how it goes. Raises NotFound, Conflict when it is over, BadInput, Refused.

        ``subscribers`` says whether those are told, of this and from now on; None: as it was.
        """
        return self._change(
            caller,
            id,
            "maintenance tell",
            lambda one, now: _told(one, _text(text), now),
            over=False,
            subscribers=subscribers,
        )

    def move(
        self,
        caller: Caller,
        id: str,
        text: str,
        *,
        starts_at: datetime | None,
        ends_at: datetime,
        subscribers: bool | None = None,
    ) -> Planned:
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

        changed = self._change(caller, id, "maintenance move", moved, subscribers=subscribers)
        if not changed.silences:
            return changed
        self._lift(caller, changed.silences)
        return self._silence(caller, changed)

    def end(self, caller: Caller, id: str, text: str, *, subscribers: bool | None = None) -> Planned:
        """It is done before its time: what was kept quiet and fires still is heard. Raises as ``tell``."""
        said = _text(text)

        def ended(one: Maintenance, now: datetime) -> Maintenance:
            if one.status(now) is MaintenanceStatus.SCHEDULED:
                raise Conflict("it has not begun: cancel it instead")
            return _told(replace(one, ended_at=now), said, now)

        return self._over(caller, self._change(caller, id, "maintenance end", ended, subscribers=subscribers))

    def cancel(self, caller: Caller, id: str, text: str, *, subscribers: bool | None = None) -> Planned:
        """It will not take place, or is broken off. Raises as ``tell``."""
        said = _text(text)

        def cancelled(one: Maintenance, now: datetime) -> Maintenance:
            return _told(replace(one, cancelled=True, ended_at=now), said, now)

        return self._over(caller, self._change(caller, id, "maintenance cancel", cancelled, subscribers=subscribers))

    # --- its beginning and its end ---------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Tell subscribers of what begins and ends until told to stop; trouble is logged and tried again."""

        def look() -> None:
            self.announce()
            self.last_cycle = monotonic()

        again_and_again(stop, look, lambda: self.bell.wait(self._until_next()), "telling of maintenance")

    def announce(self) -> None:
        """Have subscribers told of what began or ended since the last look, each once."""
        now = self.clock.now()
        with self.store.read() as tx:
            kept = kept_maintenances(tx)
        ahead = [at for one in kept if one.subscribers for at in (one.work.starts_at, one.work.over_at) if at > now]
        self._soonest = min(ahead, default=None)
        if not any(_untold(one, now) for one in kept):
            return
        with self._kept() as (tx, all_of_it):
            for place, one in enumerate(all_of_it):
                if state := _untold(one, now):
                    all_of_it[place] = replace(one, told=(*one.told, state.value))
                    since = one.work.over_at if state is MaintenanceStatus.COMPLETED else one.work.starts_at
                    if now - since < LATEST:
                        tx.outbox.put([_effect(one.work, state.value)], now)
        self._changed()

    def _until_next(self) -> float:
        if self._soonest is None:
            return EVERY
        return min(EVERY, max(0.05, (self._soonest - self.clock.now()).total_seconds()))

    # --- how it is kept -------------------------------------------------------------------------------------------

    def _change(
        self,
        caller: Caller,
        id: str,
        verb: str,
        change: Callable[[Maintenance, datetime], Maintenance],
        *,
        over: bool = True,
        subscribers: bool | None = None,
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
            tells = old.subscribers if subscribers is None else subscribers
            changed = _announced(tx, replace(old, work=change(old.work, now), subscribers=tells), now)
            all_of_it[all_of_it.index(old)] = changed
            self._audit(tx, caller, verb, changed.work, f"{changed.work.updates[0].text[:400]}{_aside(changed)}")
        self._changed()
        return changed

    @contextmanager
    def _kept(self) -> Iterator[tuple[Transaction, list[Planned]]]:
        """All of it, to be changed: it is written back when the block ends. Whoever comes second waits."""
        now = self.clock.now()
        with self.store.transact() as tx:
            tx.keep.take_turn(KEPT)
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
        self.bell.ring()
        for listener in self.listeners:
            listener()


def _effect(work: Maintenance, ref: str) -> Effect:
    of = f"{OUTBOX}{work.id}"
    return Effect(f"subscribers/{of}/{ref}", of, EffectKind.SUBSCRIBERS, ref)


def _announced(tx: Transaction, planned: Planned, now: datetime) -> Planned:
    """Have subscribers told of the newest update, where they are to be, in the transaction that keeps it."""
    update = planned.work.updates[0]
    if planned.subscribers:
        tx.outbox.put([_effect(planned.work, update.id)], now)
    if update.status is MaintenanceStatus.SCHEDULED:
        return planned
    return replace(planned, told=(*planned.told, update.status.value))  # the clock need not say so again


def _aside(planned: Planned) -> str:
    return " (subscribers are told)" if planned.subscribers else ""


def _untold(one: Planned, now: datetime) -> MaintenanceStatus | None:
    """What the clock has made of it and subscribers were not told: of work that ended meanwhile, its end alone."""
    status = one.work.status(now)
    by_clock = status in (MaintenanceStatus.IN_PROGRESS, MaintenanceStatus.COMPLETED)
    return status if one.subscribers and by_clock and status.value not in one.told else None


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
    text = clean(said)
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
