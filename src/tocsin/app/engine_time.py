"""Tocsin's own time: which clock it follows, how it goes on after a restart, and what is told when a clock was set.

The engine decides and waits by the ticks of the machine (``clock.EngineClock``), so that a wall clock that is set, by
whomever, makes no page early and none late (F26). It follows the clock of the database, which all nodes share, or the
wall clock where the database has none; slowly, at two percent. Where its line is, is kept, so that the next process
goes on by it (docs/adr/0032).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
"""Whose line was kept within this time, by the common clock, is running beside us."""
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
    """A line, of which boot its ticks are, and what the clock that it follows said then (both instants in UTC)."""

    ticks: float
    at: datetime
    left: float
    leaps: int
    boot: str
    followed: datetime

    @property
    def line(self) -> Line:
        """The line."""
        return Line(self.ticks, self.at, self.left, self.leaps)


_LINES = msgspec.json.Decoder(dict[str, _Kept])


def begin(store: Store, machine: Machine, node: str, *, serves: bool = True) -> EngineClock:
    """The engine's clock of this process. Raises Unavailable.

    It goes on as the other nodes do, or as the last process of this machine did, and never behind what was written.
    A server without others that finds no incident open begins with the clock that it follows where that is ahead, for
    nothing waits that could come too early, or TOO_FAR behind. ``serves``: it is one, and nobody who only looks.
    """
    with store.read() as tx:
        kept = _kept(tx)
        waits = not serves or bool(tx.outbox.soonest() or tx.incidents.search(IncidentQuery(states=_OPEN, limit=1)))
    followed = store.now() or machine.wall.now()
    return EngineClock(_resumed(kept, machine, node, followed, waits=waits), machine)


def _kept(tx: Transaction) -> Mapping[str, _Kept]:
    try:
        return _LINES.decode(tx.keep.get(KEPT) or "{}")
    except msgspec.DecodeError as trouble:  # of another version, or damaged: no reason to page nobody
        log.warning("the times that were kept cannot be read and are made anew: %s", trouble)
        return {}


def _resumed(kept: Mapping[str, _Kept], machine: Machine, node: str, followed: datetime, *, waits: bool) -> Line:
    ticks = machine.ticks()
    line = begins = Line(ticks, followed)
    if not kept:
        return begins
    beside = [_moved(one, followed) for name, one in kept.items() if name != node and _is_near(one, followed)]
    mine = [one for one in kept.values() if machine.boot and one.boot == machine.boot and one.ticks <= ticks]
    joined = max(beside, key=lambda line: (line.leaps, line.at), default=None)
    leaps = 1 + max(one.leaps for one in kept.values())
    if mine:
        last = max(mine, key=lambda one: one.ticks)
        line = last.line.after(ticks)
        # Who ran on may have been steered another way, or have leapt. More than that: the common clock was set since.
        apart = timedelta(seconds=1 + 2 * RATE * (ticks - last.ticks))
        if joined is not None and (joined.leaps > line.leaps or abs(joined.at - line.at) <= apart):
            line = replace(joined, ticks=ticks)
    elif joined is not None:
        line = replace(joined, ticks=ticks)
    newest = max(one.at for one in kept.values())
    line = line if line.at >= newest else Line(ticks, newest, leaps=leaps)
    is_behind = timedelta(0) < line.at - followed <= TOO_FAR  # what was written would lie in the future
    return line if joined is not None or waits or is_behind else replace(begins, leaps=leaps)


def _is_near(one: _Kept, followed: datetime) -> bool:
    return timedelta(0) <= followed - one.followed <= NEAR


def _moved(one: _Kept, followed: datetime) -> Line:
    """The line of a running node as of now, by the clock that all follow; its ticks are not ours."""
    return replace(one.line, ticks=0.0).after((followed - one.followed).total_seconds())


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
    _followed: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop; trouble is logged and tried again. The line goes on by itself meanwhile."""
        again_and_again(stop, self.look, lambda: self.bell.wait(EVERY), "steering the engine's clock")

    def look(self) -> None:
        """Compare and steer once. Raises Unavailable, Conflict."""
        before = self.clock.now()
        theirs = self.store.now()
        followed, self._shared = theirs or self.machine.wall.now(), theirs is not None
        after = self.clock.now()
        if after - before > SURE:
            return
        # What lies between the question and its answer is no difference.
        behind = max(timedelta(0), followed - after) + min(timedelta(0), followed - before)
        expected = timedelta(seconds=self.clock.line().left)
        is_set = abs(behind - expected) > SET
        is_put_right = is_set and theirs is None and self.machine.ticks() < BOOTED
        line = self.clock.steer(behind, at_once=is_put_right)
        if is_set:
            way, by = "ahead" if behind > expected else "back", words(abs(behind - expected))
            log.warning("%s was set %s by %s. %s", _whose(shared=self._shared), way, by, self.says() or ALIKE)
        elif theirs is not None and abs(behind - expected) < SURE:
            self._join(theirs)
        self._followed = followed
        if is_set or self._kept_at is None or line.at - self._kept_at >= KEPT_EVERY:
            self._keep(line, followed + (after - before))  # the latest it can have said: nobody joins a delay of ours

    def _join(self, followed: datetime) -> None:
        """Be where the node is that is furthest ahead. Between two looks the common clock was not set: what was kept
        meanwhile says where others are now."""
        with self.store.read() as tx:
            others = [one for name, one in _kept(tx).items() if name != self.node]
        since, now = self._followed or followed, self.clock.now()
        ahead = [_moved(one, followed).at - now for one in others if since <= one.followed <= followed]
        if (most := max(ahead, default=timedelta(0))) > timedelta(milliseconds=10):
            self.clock.join(most)

    def _keep(self, line: Line, followed: datetime) -> None:
        mine = _Kept(line.ticks, line.at, line.left, line.leaps, self.machine.boot, followed)
        with self.store.transact() as tx:
            tx.keep.take_turn(KEPT)
            others = {name: one for name, one in _kept(tx).items() if abs(line.at - one.at) < FORGOTTEN}
            tx.keep.put(KEPT, msgspec.json.encode({**others, self.node: mine}).decode())
        self._kept_at = line.at

    def says(self) -> str:
        """What people should know of it, whole sentences; empty when there is nothing."""
        return told(timedelta(seconds=self.clock.line().left), shared=self._shared)


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
    hours = timedelta(hours=max(1, round(abs(behind) / RATE / timedelta(hours=1))))
    off = f"Times on timelines, and when shifts change, are off by that until it is made up for, within {words(hours)}."
    if behind < -TOO_FAR:
        off = "Who is on call is looked up for another day."
    whole = "all nodes of Tocsin" if shared else "Tocsin"
    right = f"If it is right, stop {whole} for a minute while no incident is open: the start takes it over at once."
    if timedelta(0) < -behind <= TOO_FAR:
        right = "If it is right, there is nothing to do: Tocsin's time goes slower until they agree."
    return (
        f"{_whose(shared=shared)} is {words(abs(behind))} {way} Tocsin's own time, because a clock was set. Deadlines "
        f"go on as they were. {off} If that clock is wrong, set it right (NTP). {right}"
    )


def _whose(*, shared: bool) -> str:
    return "The database's clock" if shared else "This machine's clock"
