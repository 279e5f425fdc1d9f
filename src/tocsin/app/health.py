"""Whether the server can do its work, and whether the invariants hold."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from tocsin.app.desk import Desk
from tocsin.app.engine_time import TOLD, EngineTime
from tocsin.app.holding import Held, held
from tocsin.app.paging.canary import Canary
from tocsin.app.playbooks import Playbooks
from tocsin.app.rows.records import Appending
from tocsin.app.store import Store
from tocsin.clock import Clock, SystemClock, monotonic
from tocsin.errors import Conflict, TocsinError
from tocsin.incident.choices import words
from tocsin.incident.effects import EffectKind
from tocsin.incident.indexing import summarise
from tocsin.runbook.findings import few

log = logging.getLogger(__name__)

OLDEST_CYCLE = 15.0
LEAST_DISK = 64 * 1024 * 1024
SLACK = timedelta(seconds=30)
EVERY = 60.0
MOST_REPAIRED = 500
"""Deadlines written anew by one look: a commit that other writers can wait for. The rest comes a minute later."""
SET_IT = (
    "Deadlines are kept by the database's; what is signed or signed in to is checked by this machine's: set it (NTP)."
)
ATTEMPTS = 5
"""How often a repair begins again when somebody has just appended to one of its incidents."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether alerts sent now would be stored and acted on."""

    ok: bool
    checks: tuple[CheckResult, ...]


class Loop(Protocol):
    """One of the engine's loops."""

    last_cycle: float
    """When its last full round ended, on the monotonic clock; 0 before the first."""


@dataclass(slots=True)
class Health:
    """Looks after the installation itself."""

    store: Store
    clock: Clock
    engine: Mapping[str, Loop]
    playbooks: Playbooks
    data_dir: Path
    desk: Desk
    violations: tuple[str, ...] = ()
    """Incidents that broke R4 when they were last looked for; anything here is an alarm."""
    canary: Canary | None = None
    own_time: EngineTime | None = None

    def ready(self) -> Readiness:
        """The checks of `/readyz`; a database that is gone is waited for once: a probe does not wait long."""
        database = self._database()
        checks = [self._engine(), database, self._disk(), self._deadlines()]
        if database.ok:
            checks += [self._clock(), self._holding(), self._canary()]
        return Readiness(all(check.ok for check in checks), tuple(checks))

    def beating(self) -> bool:
        """Whether the engine finished a round lately: asked by the watchdog."""
        return self._engine().ok

    def backlog(self) -> Mapping[EffectKind, int]:
        """How many effects wait, by kind."""
        with self.store.read() as tx:
            return tx.outbox.backlog()

    def held(self) -> Held | None:
        """What a restore holds back until a person releases it (R24)."""
        with self.store.read() as tx:
            return held(tx)

    def look(self) -> Sequence[str]:
        """Ask the database for incidents that nobody will be woken for (R4); they are logged, kept, and repaired.

        The index of the MOST_REPAIRED oldest is rebuilt from their facts, so that somebody is woken; the alarm stays
        until a look finds none.
        """
        if off := machine_off(self.store):
            log.error("%s", off)
        with self.store.read() as tx:
            found = tuple(tx.incidents.unattended(self.clock.now(), SLACK))
        if found and found != self.violations:
            log.error("invariant R4 is broken: nobody will be woken for %s", few(found))
        self.violations = found
        if found:
            repaired = self._repair(found[:MOST_REPAIRED])
            left = len(found) - len(repaired)
            more = f"; {left} more at the next look" if left else ""
            log.warning("the deadlines of %s were written anew from their facts%s", few(repaired), more)
            self.desk.changed(repaired)
        return found

    def _repair(self, incident_ids: Sequence[str]) -> Sequence[str]:
        """Without facts this writes the index only, and never over what another node has appended meanwhile: that is
        a conflict, and everything is read again. Raises Conflict when it never came to an end."""
        for _ in range(ATTEMPTS):
            try:
                with self.store.transact() as tx:
                    incidents = self.desk.load(tx, incident_ids)
                    tx.incidents.append([Appending((), summarise(incident)) for incident in incidents.values()])
                return list(incidents)
            except Conflict:
                continue
        raise Conflict("the late incidents are changing too fast to be repaired; the next look tries again")

    def run(self, stop: threading.Event) -> None:
        """Look every minute until told to stop."""
        while not stop.wait(EVERY):
            try:
                self.look()
            except Exception:
                log.exception("the self-check failed")

    def _engine(self) -> CheckResult:
        now = monotonic()
        waiting = [name for name, loop in self.engine.items() if not loop.last_cycle]
        if waiting:
            return CheckResult("engine", ok=False, detail=f"the {waiting[0]} has not finished a round yet")
        name, age = max(((name, now - loop.last_cycle) for name, loop in self.engine.items()), key=lambda one: one[1])
        return CheckResult("engine", age < OLDEST_CYCLE, f"last full round {age:.1f} s ago (the {name})")

    def _database(self) -> CheckResult:
        ok = self.store.writable()
        return CheckResult("database", ok, "writable" if ok else "cannot be written now")

    def _clock(self) -> CheckResult:
        """Never a failure: deadlines are kept, and whoever sent alerts elsewhere might find nobody there."""
        try:
            off = self.clock_off()
        except TocsinError as trouble:
            off = trouble.message
        return CheckResult("clock", ok=True, detail=off or "as the database's")

    def clock_off(self) -> str:
        """What people should know of the clocks, whole sentences; empty when all agree. Raises Unavailable."""
        own = self.own_time.says() if self.own_time is not None else ""
        return " ".join(part for part in (machine_off(self.store), own) if part)

    def _disk(self) -> CheckResult:
        try:
            free = shutil.disk_usage(self.data_dir).free
        except OSError as trouble:
            return CheckResult("disk", ok=False, detail=str(trouble))
        return CheckResult("disk", free > LEAST_DISK, f"{free // 1024**2} MiB free")

    def _deadlines(self) -> CheckResult:
        ok = not self.violations
        return CheckResult("deadlines", ok, "all held" if ok else f"unattended: {few(self.violations)}")

    def _canary(self) -> CheckResult:
        """Never a failure: whoever would send no more alerts here because of it would make it worse."""
        try:
            said = self.canary.says() if self.canary else "switched off"
        except TocsinError as trouble:
            said = trouble.message
        return CheckResult("canary", ok=True, detail=said)

    def _holding(self) -> CheckResult:
        """Never a failure: an installation that holds back the past still hears and pages what is new."""
        try:
            found = self.held()
        except TocsinError as trouble:
            return CheckResult("holding", ok=False, detail=trouble.message)
        return CheckResult("holding", ok=True, detail=f"{found}; `tocsin db release`" if found else "nothing")


def drift(store: Store) -> timedelta:
    """How far the clock of this machine is ahead of the database's, which all nodes share; 0 where it is the same.

    What lies between the question and its answer is no drift, however long the answer took. Raises Unavailable.
    """
    before, began = SystemClock().now(), monotonic()
    theirs = store.now()
    after = before + timedelta(seconds=monotonic() - began)
    if theirs is None or before <= theirs <= after:
        return timedelta(0)
    return before - theirs if theirs < before else after - theirs


def machine_off(store: Store) -> str:
    """What is wrong with the clock of this machine (F39), whole sentences; empty when it is right enough, or the only
    one there is. Raises Unavailable."""
    ahead = drift(store)
    if abs(ahead) <= TOLD:
        return ""
    which = "ahead of" if ahead > timedelta(0) else "behind"
    return f"The clock of this machine is {words(abs(ahead))} {which} the database's. {SET_IT}"
