"""Carries the outbox out into the world.

An entry is claimed with a fencing token and a lease, the incident is looked at once more just before the act, the
outcome comes back as a fact. Each kind of effect has its own few threads, so that a hanging mail server never
keeps a page waiting (``paging``, ``customers`` and ``news.py`` say how each kind is delivered).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from tocsin.app.bell import GATHER, Bell
from tocsin.app.rows.records import OutboxEntry
from tocsin.app.store import Store, Transaction
from tocsin.clock import Clock, monotonic
from tocsin.errors import Conflict, Unavailable
from tocsin.incident.effects import EffectKind

log = logging.getLogger(__name__)

Given = TypeVar("Given")

SWEEP = 1.0
FLOOR = 0.005
"""Seconds: the least it sleeps when nothing was to be claimed."""
THREADS: Mapping[EffectKind, int] = {
    EffectKind.PAGE: 8,
    EffectKind.WITHDRAW: 2,
    EffectKind.CHAT: 2,
    EffectKind.ROOM: 2,
    EffectKind.MAIL: 2,
    EffectKind.WEBHOOK: 2,
    EffectKind.ANSWER: 2,
    EffectKind.STEP: 10,
    EffectKind.EVIDENCE: 1,
    EffectKind.PUBLISH: 1,
    EffectKind.SUBSCRIBERS: 1,
    EffectKind.HOOK: 6,
}
LEASES: Mapping[EffectKind, timedelta] = {
    EffectKind.PAGE: timedelta(seconds=30),
    EffectKind.WITHDRAW: timedelta(seconds=60),
    EffectKind.CHAT: timedelta(seconds=60),
    EffectKind.ROOM: timedelta(seconds=120),
    EffectKind.MAIL: timedelta(seconds=60),
    EffectKind.WEBHOOK: timedelta(seconds=60),
    EffectKind.ANSWER: timedelta(seconds=300),
    EffectKind.STEP: timedelta(seconds=60),
    EffectKind.EVIDENCE: timedelta(seconds=60),
    EffectKind.PUBLISH: timedelta(seconds=60),
    EffectKind.SUBSCRIBERS: timedelta(seconds=60),
    EffectKind.HOOK: timedelta(seconds=60),
}
"""How long a claim holds. Longer than any delivery may take: an act whose lease ran out may be done again.

A step may take longer: its carrier extends the claim while it runs.
"""


class Carrier(Protocol):
    """Delivers one kind of effect and records what became of it.

    One that knows when its way is closed says so with ``away_until``, an instant or None: nothing of its kind is
    claimed until then.
    """

    def carry(self, entry: OutboxEntry) -> None:
        """Deliver a claimed entry; finish, retry or give it up with its token."""
        ...

    def sweep(self) -> None:
        """Look after what was left behind, or what has grown old; called every second or so, never while it runs."""
        ...


def threads(kind: EffectKind) -> Executor:
    """The few threads of one kind of effect."""
    return ThreadPoolExecutor(THREADS[kind], thread_name_prefix=f"courier-{kind.value}")


@dataclass(slots=True)
class Courier:
    """Claims entries and hands them to the carriers. ``node`` names this process in the claims.

    ``pools`` and ``ticks`` (seconds that never go back) are given by the simulation, which has neither threads nor
    real time.
    """

    store: Store
    clock: Clock
    carriers: Mapping[EffectKind, Carrier]
    node: str
    bell: Bell = field(default_factory=Bell)
    last_cycle: float = 0.0
    pools: Callable[[EffectKind], Executor] = field(default=threads)
    ticks: Callable[[], float] = field(default=monotonic)
    _pools: dict[EffectKind, Executor] = field(default_factory=dict)
    _busy: dict[EffectKind, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: bool = False
    _swept: float = 0.0
    _soonest: Mapping[EffectKind, datetime] = field(default_factory=dict)
    """When the next entry of each kind can be claimed, as of the last look."""

    def nudge(self) -> None:
        """Something was put into the outbox."""
        self.bell.ring()

    def sweep_soon(self) -> None:
        """Something changed that is no entry of the outbox: let every carrier look now, not when its time has come."""
        self._swept = float("-inf")
        self.bell.ring()

    def run(self, stop: threading.Event) -> None:
        """Carry until told to stop. Nothing is waited for then: what is under way ends or its lease runs out."""
        try:
            while not stop.is_set():
                try:
                    # Before the first claim: a sweep that came after it would take this life's own steps for lost.
                    self._sweep()
                    carried = self.dispatch()
                    self.last_cycle = self.ticks()
                    if not carried:
                        self.bell.wait(self._until_next(), GATHER)
                except (Conflict, Unavailable) as trouble:
                    log.warning("the courier has to wait: %s", trouble)
                    stop.wait(0.2)
                except Exception:
                    log.exception("the courier failed; trying again")
                    stop.wait(0.5)
        finally:
            with self._lock:
                self._stopped = True
            for pool in self._pools.values():
                pool.shutdown(wait=False, cancel_futures=True)

    def _sweep(self) -> None:
        if self.ticks() - self._swept < SWEEP:
            return
        self._swept = self.ticks()
        for kind, carrier in self.carriers.items():
            if kind is not EffectKind.PUBLISH:
                carrier.sweep()
            elif not self._busy.get(kind, 0):  # writes files: a disk that hangs must keep no page waiting
                self._begin(kind, self._sweep_aside, carrier)

    def dispatch(self) -> int:
        """Claim what the threads have room for and hand it over; gives how many were claimed."""
        claimed = self._claim({kind: self._room(kind) for kind in self.carriers})
        self.hand_over(claimed)
        return len(claimed)

    def claim_within(self, tx: Transaction) -> Sequence[OutboxEntry]:
        """Claim, in the transaction that orders pages, as many as threads are free: they are not claimed by another.

        ``hand_over`` them once it is committed. What is not (a crash, a stop) comes back as every claim does that
        nobody lives to see through: at the end of its lease, or when this node starts again.
        """
        room = self._room(EffectKind.PAGE)
        if room <= 0 or self._stopped:
            return ()
        return tx.outbox.claim([EffectKind.PAGE], self.clock.now(), LEASES[EffectKind.PAGE], self.node, room)

    def hand_over(self, claimed: Sequence[OutboxEntry]) -> None:
        """Let the threads carry what was claimed; what no thread can be had for now is queued again."""
        for entry in claimed:
            try:
                self._begin(entry.effect.kind, self._work, entry)
            except RuntimeError as trouble:
                log.error("%s cannot be carried now: %s; it is tried again", entry.effect.key, trouble)
                self._later(entry, str(trouble))

    def carry(self, limit: int = 100) -> int:
        """Carry what is due now, here and one after the other: for tests, rehearsals and the simulation."""
        claimed = self._claim({kind: 0 if self._rests(kind) else limit for kind in self.carriers})
        for entry in claimed:
            self._deliver(entry)
        return len(claimed)

    def _claim(self, room: Mapping[EffectKind, int]) -> list[OutboxEntry]:
        with self.store.read() as tx:
            self._soonest = tx.outbox.soonest()
        now = self.clock.now()
        due = [kind for kind, at in self._soonest.items() if at <= now and room.get(kind, 0) > 0]
        if not due:
            return []
        claimed: list[OutboxEntry] = []
        with self.store.transact() as tx:
            now = self.clock.now()  # the lease counts from the claim, not from when its turn was awaited
            for kind in due:
                claimed += tx.outbox.claim([kind], now, LEASES[kind], self.node, room[kind])
        return claimed

    def _begin(self, kind: EffectKind, act: Callable[[Given], None], given: Given) -> None:
        with self._lock:
            if self._stopped:
                return
            pool = self._pools.get(kind)
            if pool is None:
                pool = self._pools[kind] = self.pools(kind)
            self._busy[kind] = self._busy.get(kind, 0) + 1
        try:
            pool.submit(act, given)
        except RuntimeError:  # no thread can be started, or all were stopped meanwhile
            self._room_again(kind)
            raise

    def _ended(self, kind: EffectKind) -> None:
        self._room_again(kind)
        self.bell.ring()

    def _room_again(self, kind: EffectKind) -> None:
        with self._lock:  # what a pool could not begin it may begin later all the same: that ends a second time
            self._busy[kind] = max(0, self._busy.get(kind, 0) - 1)

    def _work(self, entry: OutboxEntry) -> None:
        try:
            self._deliver(entry)
        finally:
            self._ended(entry.effect.kind)

    def _sweep_aside(self, carrier: Carrier) -> None:
        try:
            carrier.sweep()
        except (Conflict, Unavailable) as trouble:
            log.warning("the status page has to wait: %s", trouble)
        except Exception:
            log.exception("the status page could not be refreshed; trying again")
        finally:
            self._ended(EffectKind.PUBLISH)

    def _deliver(self, entry: OutboxEntry) -> None:
        try:
            self.carriers[entry.effect.kind].carry(entry)
        except (Conflict, Unavailable) as trouble:
            log.warning("%s has to wait: %s", entry.effect.key, trouble)
            self._later(entry, str(trouble))
        except Exception as trouble:
            log.exception("carrying %s failed", entry.effect.key)
            self._later(entry, f"{type(trouble).__name__}: {trouble}")

    def _later(self, entry: OutboxEntry, error: str) -> None:
        """Queue again; when even that cannot be written, the lease runs out and the entry is claimed anew."""
        if entry.effect.kind is EffectKind.STEP:
            return  # never run again by itself: its lease runs out and it becomes unknown
        try:
            with self.store.transact() as tx:
                tx.outbox.retry(entry.effect.key, entry.token, self.clock.now() + patience(entry.attempts), error)
        except (Conflict, Unavailable):
            log.warning("%s could not be queued again; its lease will run out", entry.effect.key)

    def _rests(self, kind: EffectKind) -> bool:
        # Asked for each kind at each look: isinstance with a protocol would take 50 times as long.
        until: datetime | None = getattr(self.carriers.get(kind), "away_until", None)
        return until is not None and self.clock.now() < until

    def _room(self, kind: EffectKind) -> int:
        return 0 if self._rests(kind) else THREADS[kind] - self._busy.get(kind, 0)

    def _until_next(self) -> float:
        """Seconds until there is something to claim, as the last look had it: whatever comes later rings the bell."""
        soonest = [at for kind, at in self._soonest.items() if kind in self.carriers and self._room(kind) > 0]
        if not soonest:
            return SWEEP
        return min(SWEEP, max(FLOOR, (min(soonest) - self.clock.now()).total_seconds()))


def patience(attempts: int) -> timedelta:
    """How long to wait after this many attempts: 1, 2, 4 … 60 seconds.

    >>> [patience(n).seconds for n in (1, 2, 3, 8)]
    [1, 2, 4, 60]
    """
    return timedelta(seconds=min(60, 2 ** min(attempts - 1, 6)))
