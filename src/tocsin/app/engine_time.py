"""Tocsin's own time: which clock it follows, how it goes on after a restart, and what is told when a clock was set.

The engine decides and waits by the ticks of the machine (``clock.EngineClock``), so that a wall clock that is set, by
whomever, makes no page early and none late (F26). It follows the clock of the database, which all nodes share, or the
wall clock where the database has none; slowly, at two percent. Where its line is, is kept, so that the next process
goes on by it, and the other nodes do: they count their seconds alike, which no clock that is set can change, so that
the line of one holds for all of them, whoever was away meanwhile (docs/adr/0032).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from tocsin.app.bell import Bell
from tocsin.app.loops import again_and_again
from tocsin.app.rows.records import IncidentQuery
from tocsin.app.store import Store, Transaction
from tocsin.clock import RATE, TOO_FAR, EngineClock, Line, Machine
from tocsin.incident.choices import words
from tocsin.incident.summary import IncidentState

log = logging.getLogger(__name__)

KEPT = "engine-time"
"""The name in ``Keep`` of the lines, by node."""
EVERY = 5.0
KEPT_EVERY = timedelta(seconds=15)
NEAR = 3 * KEPT_EVERY
"""Whose line was kept within this time is running beside us."""
AWAY = 4 * EVERY
"""Seconds without a look after which a node takes the time of those who did look."""
APART = 0.01
"""Seconds that nodes may be apart without one of them doing anything about it."""
ANSWERED = 8
"""Seconds within which a node that runs has kept its line anew, where nodes share a database."""
SURE = timedelta(seconds=1)
"""A comparison that took longer says too little to steer by."""
SET = timedelta(seconds=5)
"""A clock that goes off by so much between two looks was set; drifting takes hours for it."""
TOLD = timedelta(seconds=10)
"""What a clock may be off before anybody is told: as late as a page may be without anybody asking why."""
FORGOTTEN = timedelta(days=30)
"""After so long the line of a node that is gone is forgotten."""
BOOTED = 600.0
"""For so many seconds after a boot a step ahead of the machine's clock is taken for its being put right: it began where
it stood when the machine went down, until somebody told it the time."""
ALIKE = "Tocsin's own time agrees with it now."
_OPEN = (IncidentState.TRIGGERED, IncidentState.ACKNOWLEDGED, IncidentState.MITIGATED)


class _Kept(msgspec.Struct, frozen=True):
    """A line, and what the boot of its node had ticked and the clock that it follows said then (instants in UTC)."""

    count: float
    at: datetime
    left: float
    leaps: int
    boot: str
    ticks: float
    followed: datetime

    @property
    def line(self) -> Line:
        """The line."""
        return Line(self.count, self.at, self.left, self.leaps)

    @property
    def order(self) -> tuple[int, float]:
        """The greatest says what holds: after the last leap what was kept last."""
        return self.leaps, self.count


_LINES = msgspec.json.Decoder(dict[str, _Kept])
_PAUSE = threading.Event().wait


def begin(
    store: Store,
    machine: Machine,
    node: str,
    *,
    serves: bool = True,
    pause: Callable[[float], object] = _PAUSE,
) -> EngineClock:
    """The engine's clock of this process. Raises Unavailable.

    It goes on by the line that was kept last, by whichever node. A server without others that finds no incident open
    begins with the clock that it follows where that is ahead, for nothing waits that could come too early, or TOO_FAR
    behind. ``serves``: it is one, and nobody who only looks.

    Since another boot than any that was kept passed what the clock says that is followed. If that is a database's, it
    may have been set since: a server waits for what a node keeps that runs, for ANSWERED seconds at most.
    """
    with store.read() as tx:
        kept = _kept(tx)
        waits = not serves or bool(tx.outbox.soonest() or tx.incidents.search(IncidentQuery(states=_OPEN, limit=1)))
    theirs = store.now()
    others = beside = {name: one for name, one in kept.items() if name != node}
    if serves and theirs is not None and others and not _of_this_boot(kept, machine):
        for _ in range(ANSWERED):
            pause(1.0)
            with store.read() as tx:
                kept = _kept(tx)
            theirs = store.now()
            if beside := {name: kept[name] for name, one in others.items() if kept.get(name, one) != one}:
                break
    return _resumed(kept, beside, machine, theirs or machine.wall.now(), waits=waits)


def _kept(tx: Transaction) -> Mapping[str, _Kept]:
    try:
        return _LINES.decode(tx.keep.get(KEPT) or "{}")
    except msgspec.DecodeError as trouble:  # of another version, or damaged: no reason to page nobody
        log.warning("the times that were kept cannot be read and are made anew: %s", trouble)
        return {}


def _of_this_boot(kept: Mapping[str, _Kept], machine: Machine) -> Sequence[_Kept]:
    ticks = machine.ticks()
    return [one for one in kept.values() if machine.boot and one.boot == machine.boot and one.ticks <= ticks]


def _resumed(
    kept: Mapping[str, _Kept], beside: Mapping[str, _Kept], machine: Machine, followed: datetime, *, waits: bool
) -> EngineClock:
    ticks = machine.ticks()
    if not kept:  # nodes that start together count alike from the beginning
        count = followed.timestamp()
        return EngineClock(Line(count, followed), machine, count - ticks)
    last = max(kept.values(), key=lambda one: one.count)
    if mine := _of_this_boot(kept, machine):
        before = max(mine, key=lambda one: one.ticks)
        count = max(last.count, before.count + ticks - before.ticks)
    else:
        count = last.count + max(0.0, (followed - last.followed).total_seconds())
    line = max(kept.values(), key=lambda one: one.order).line.after(count)
    is_beside = any(count - one.count <= NEAR.total_seconds() for one in beside.values())
    is_behind = timedelta(0) < line.at - followed <= TOO_FAR  # what was written would lie in the future
    if not (is_beside or waits or is_behind):
        line = Line(count, followed, leaps=line.leaps + 1)
    return EngineClock(line, machine, count - ticks)


@dataclass(slots=True)
class EngineTime:
    """Compares the engine's clock with the one that it follows, steers it, and keeps its line for the next process."""

    store: Store
    clock: EngineClock
    machine: Machine
    node: str
    bell: Bell = field(default_factory=Bell)
    _shared: bool = False
    _kept_at: datetime | None = None
    _looked: float | None = None
    _followed: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop; trouble is logged and tried again. The line goes on by itself meanwhile."""
        again_and_again(stop, self.look, lambda: self.bell.wait(EVERY), "steering the engine's clock")

    def look(self) -> None:
        """Compare and steer once. Raises Unavailable, Conflict."""
        clock, asked = self.clock, self.clock.count()
        theirs = self.store.now()
        followed, self._shared = theirs or self.machine.wall.now(), theirs is not None
        if (took := clock.count() - asked) > SURE.total_seconds():
            return
        if theirs is not None:
            off = _behind(clock.line(), followed, asked, took) - timedelta(seconds=clock.line().left)
            asked += self._meet(theirs, asked + took, is_even=abs(off) < SURE)
        expected = timedelta(seconds=clock.line().left)
        behind = _behind(clock.line(), followed, asked, took)
        is_set = abs(behind - expected) > SET
        is_put_right = is_set and theirs is None and self.machine.ticks() < BOOTED
        line = clock.steer(behind, at_once=is_put_right)
        if is_set:
            way, by = "ahead" if behind > expected else "back", words(abs(behind - expected))
            log.warning("%s was set %s by %s. %s", _whose(shared=self._shared), way, by, self.says() or ALIKE)
        self._looked, self._followed = asked, followed
        if is_set or theirs is not None or self._kept_at is None or line.at - self._kept_at >= KEPT_EVERY:
            # The latest that the clock can have said: nobody joins a delay of ours.
            self._keep(line, followed + timedelta(seconds=line.count - asked))

    def _meet(self, followed: datetime, count: float, *, is_even: bool) -> float:
        """Count as the node does that counts furthest, and go on by its line; the seconds that are counted more now.

        ``is_even``: between two looks the common clock was not set, so what was kept meanwhile says how others count.
        Who looks regularly joins whoever is ahead of it: what is due by that time is done anyway. Who was away goes on
        by what was kept meanwhile, ahead or not.
        """
        if self._looked is None or self._followed is None:
            return 0.0
        with self.store.read() as tx:
            others = [one for name, one in _kept(tx).items() if name != self.node]
        more = 0.0
        if is_even:
            fresh = [one for one in others if self._followed <= one.followed <= followed]
            counts = (one.count + (followed - one.followed).total_seconds() - count for one in fresh)
            if (ahead := max(counts, default=0.0)) > APART:
                more = ahead
                self.clock.count_on(more)
        since, now, mine = self._looked, self.clock.count(), self.clock.line()
        fresh = [one for one in others if since < one.count <= now + SURE.total_seconds() and one.leaps >= mine.leaps]
        if not fresh:
            return more
        if now - more - since > AWAY:
            line = max(fresh, key=lambda one: one.order).line
        else:
            line = max((one.line for one in fresh), key=lambda line: (line.leaps, line.time(now)))
            if line.leaps == mine.leaps and (line.time(now) - mine.time(now)).total_seconds() <= APART:
                return more
        self.clock.follow(line)
        return more

    def _keep(self, line: Line, followed: datetime) -> None:
        ticks = line.count - self.clock.ahead
        mine = _Kept(line.count, line.at, line.left, line.leaps, self.machine.boot, ticks, followed)
        with self.store.transact() as tx:
            tx.keep.take_turn(KEPT)
            others = {name: one for name, one in _kept(tx).items() if abs(line.at - one.at) < FORGOTTEN}
            tx.keep.put(KEPT, msgspec.json.encode({**others, self.node: mine}).decode())
        self._kept_at = line.at

    def says(self) -> str:
        """What people should know of it, whole sentences; empty when there is nothing."""
        return told(timedelta(seconds=self.clock.line().left), shared=self._shared)


def _behind(line: Line, followed: datetime, asked: float, took: float) -> timedelta:
    """How far a line is behind a clock (below 0: ahead). What lies between question and answer is no difference."""
    nothing = timedelta(0)
    return max(nothing, followed - line.time(asked + took)) + min(nothing, followed - line.time(asked))


def compared(store: Store, machine: Machine) -> str:
    """What ``says`` would tell, for whoever looks beside the server or without one. Raises Unavailable."""
    clock = begin(store, machine, "", serves=False)
    theirs = store.now()
    return told((theirs or machine.wall.now()) - clock.now(), shared=theirs is not None)


def told(behind: timedelta, *, shared: bool) -> str:
    """What a difference means and what to do about it; empty when it is small."""
    if abs(behind) <= TOLD:
        return ""
    way = "ahead of" if behind > timedelta(0) else "behind"
    whose, off = _whose(shared=shared), f"It is {words(abs(behind))} {way} Tocsin's own time"
    if behind < -TOO_FAR:
        urgent = "Deadlines are kept, but who is on call is looked up for another day: check who was paged."
        start = "If it is right, stop {} for a minute while no incident is open, and start it."
        lasts = f"{off}."
    else:
        urgent = "Pages go out on time, so there is no hurry."
        hours = timedelta(hours=max(1, round(abs(behind) / RATE / timedelta(hours=1))))
        lasts = f"{off}, by which timelines and changes of shift go until the two agree, within {words(hours)}."
        start = "If it is right, wait, or stop {} for a minute while no incident is open, and start it."
    right = start.format("all nodes of Tocsin" if shared else "Tocsin")
    if timedelta(0) < -behind <= TOO_FAR:
        right = "If it is right, there is nothing to do: Tocsin's time goes slower until they agree."
    return f"{urgent} {whose} was set. {lasts} If that clock is wrong, set it right (NTP). {right}"


def _whose(*, shared: bool) -> str:
    return "The database's clock" if shared else "This machine's clock"
