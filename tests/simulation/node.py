"""One process: the application as ``bootstrap.py`` would put it together, with its loops, dying and starting again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.durable import Fate, WatchedStore
from tests.simulation.house import House
from tests.simulation.loops import SimulatedBell, SimulatedPool, SimulatedStop
from tests.simulation.providers import Providers, SimulatedChat, SimulatedMailer, SimulatedRunner
from tests.simulation.scheduler import Owner
from tests.simulation.witness import Commit
from tocsin.adapters.waking.phone import PhonePager
from tocsin.app.accounts.links import Links
from tocsin.app.courier import Carrier, Courier
from tocsin.app.desk import Desk
from tocsin.app.engine_time import EngineTime, begin
from tocsin.app.execution.carrier import StepCarrier
from tocsin.app.execution.courses import Courses
from tocsin.app.execution.evidence import EvidenceCarrier
from tocsin.app.execution.steps import Steps
from tocsin.app.incidents import Incidents
from tocsin.app.intake.hearing import Hearing
from tocsin.app.masking import Masker
from tocsin.app.news import chat_carrier, mail_carrier
from tocsin.app.office import Office
from tocsin.app.paging.page_carrier import PageCarrier
from tocsin.app.paging.phone import Phone
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import Mailer
from tocsin.app.store import Store
from tocsin.app.timekeeper import Timekeeper
from tocsin.clock import Clock, EngineClock, Machine
from tocsin.incident.effects import EffectKind
from tocsin.incident.target import TargetKind
from tocsin.runbook.compile import compile_runbook

if TYPE_CHECKING:
    from tests.simulation.world import World


STEERS_EVERY = 120.0
"""Seconds between two looks at the engine's time in which nothing happens: they find nothing. When something does, the
world has it looked at as soon as the application would."""


@dataclass(frozen=True, slots=True)
class Off:
    """The wall clock of a machine that is off."""

    clock: Clock
    by: timedelta

    def now(self) -> datetime:
        """What it says."""
        return self.clock.now() + self.by

    wall = now


def begin_at_once(store: Store, machine: Machine, node: str) -> EngineClock:
    """The engine's clock, by what is there: only its first process would wait, for machines here boot once."""
    return begin(store, machine, node, pause=lambda _: None)


@dataclass(frozen=True, slots=True)
class Parts:
    """The classes that a process is made of; a test of an invariant puts a defective one in a place."""

    timekeeper: type[Timekeeper] = Timekeeper
    hearing: type[Hearing] = Hearing
    courier: type[Courier] = Courier
    desk: type[Desk] = Desk
    page_carrier: type[PageCarrier] = PageCarrier
    step_carrier: type[StepCarrier] = StepCarrier
    store: type[WatchedStore] = WatchedStore
    mail_carrier: Callable[[Office, Mailer], Carrier] = mail_carrier
    begin: Callable[[Store, Machine, str], EngineClock] = begin_at_once
    engine_time: type[EngineTime] = EngineTime


@dataclass(slots=True)
class Process:
    """What a running process holds in memory: all of it is gone when it dies."""

    store: WatchedStore
    desk: Desk
    hearing: Hearing
    timekeeper: Timekeeper
    courier: Courier
    incidents: Incidents
    steps: Steps
    courses: Courses
    phone: Phone
    clock: EngineClock
    time: EngineTime
    bells: list[SimulatedBell] = field(default_factory=list)


class Node(Owner):
    """A machine on which the process runs, or does not."""

    def __init__(self, name: str, world: World, disk: Store, off: timedelta) -> None:
        super().__init__(name)
        self.world = world
        self.disk = disk
        self.process: Process | None = None
        up = world.rng.uniform(1e3, 1e6)  # no clock is put right by a step any more
        wall = Off(world.scheduler.clock, off)
        self.machine = Machine(wall, lambda: up + world.scheduler.now, f"the boot of {name}")

    def boot(self) -> None:
        """Start the process."""
        self.life += 1
        self.alive = True
        self.paused_until = 0.0
        self.process = self._assemble(self.world.house, self.world.parts)
        self.world.started(self)
        process, stop = self.process, SimulatedStop(self.world.scheduler)
        spawn = self.world.scheduler.spawn
        spawn(f"{self.name} start", self._start, owner=self)
        for name, loop in (
            ("hearing", process.hearing.run),
            ("timekeeper", process.timekeeper.run),
            ("courier", process.courier.run),
            ("engine time", process.time.run),
        ):
            spawn(f"{self.name} {name}", loop, stop, owner=self, after=0.01)

    def kill(self) -> None:
        """End the process at once, whatever it does. Within one of its tasks, raise Killed right after."""
        if not self.alive:
            return
        self.world.trace(f"{self.name} is killed")
        self.life += 1
        self.alive = False
        self.process = None
        self.world.witness.blow(self.name, self.world.scheduler.now)
        self.world.scheduler.at(self.world.scheduler.now, lambda: self.world.scheduler.end_all(self))
        self.world.node_died(self)

    def pause(self, seconds: float) -> None:
        """Stop the process where it is (SIGSTOP) and let it go on later."""
        now = self.world.scheduler.now
        self.world.trace(f"{self.name} stands still for {seconds:.0f} s")
        self.paused_until = now + seconds
        self.world.witness.blow(self.name, now)
        self.world.scheduler.at(now + seconds, lambda: self.world.witness.blow(self.name, now + seconds))

    @property
    def is_running(self) -> bool:
        """Neither dead nor paused."""
        return self.alive and self.paused_until <= self.world.scheduler.now

    # --- the host of a WatchedStore ---

    def breathe(self) -> None:
        """Wait for a turn at the database."""
        self.world.scheduler.sleep(self.world.rng.uniform(0.0, 0.004))

    def fate(self) -> Fate:
        """What becomes of the next commit."""
        return self.world.fate_of_commit(self)

    def start_commit(self) -> Commit:
        """A sheet for what a transaction changes."""
        assert self.process is not None
        return Commit(self.name, self.world.scheduler.now, self.process.clock.now())

    def common(self) -> datetime | None:
        """What the clock of the database says: nodes that are several have one on a machine of its own."""
        return self.world.scheduler.wall() if self.world.is_shared else None

    def committed(self, commit: Commit) -> None:
        """Tell the world."""
        self.world.committed(commit)

    # --- how it is put together ---

    def _start(self) -> None:
        """What the start of an embedded server does before its loops."""
        assert self.process is not None
        with self.process.store.inner.transact() as tx:
            tx.outbox.release(self.name)

    def _assemble(self, house: House, parts: Parts) -> Process:
        world = self.world
        rng = world.rng
        store = parts.store(self, self.disk)
        clock = parts.begin(store, self.machine, self.name)
        desk = parts.desk(lambda: house.team, Masker())
        playbooks = Playbooks(
            store, lambda: house.team, compile_runbook, shelf={house.shelved.service.key: house.shelved}
        )
        incidents = Incidents(store, clock, desk, playbooks)
        links = Links(b"a secret of the simulation", clock, "https://tocsin.example.org")
        office = Office(store, clock, desk, playbooks, lambda: house.team, links, jitter=rng.random)
        bells = [
            *(
                SimulatedBell(world.scheduler, lambda kind=kind: world.soonest(kind, clock), longest)  # type: ignore[misc]
                for kind, longest in (("delivery", 600.0), ("deadline", 600.0), ("outbox", 20.0))
            ),
            SimulatedBell(world.scheduler, lambda: None, STEERS_EVERY),
        ]
        time = parts.engine_time(store, clock, self.machine, self.name, bell=bells[3])

        hearing = parts.hearing(store, clock, desk, playbooks, lambda: house.team, bell=bells[0])
        timekeeper = parts.timekeeper(store, clock, desk, bell=bells[1])
        pool = SimulatedPool(world.scheduler, self, lambda: rng.uniform(0.0, 0.002))
        courier = parts.courier(
            store,
            clock,
            self._carriers(office, parts, store, rng),
            self.name,
            bell=bells[2],
            pools=lambda _kind: pool,
            ticks=lambda: world.scheduler.now,
        )
        hearing.courier = courier
        desk.listeners.append(lambda _ids: (timekeeper.nudge(), courier.nudge()))  # type: ignore[func-returns-value,arg-type]
        steps = Steps(store, clock, lambda: house.team, desk, playbooks, incidents, self.name, new_run=world.new_run)
        phone = Phone(store, clock, desk)
        courses = Courses(steps, incidents)
        return Process(store, desk, hearing, timekeeper, courier, incidents, steps, courses, phone, clock, time, bells)

    def _carriers(self, office: Office, parts: Parts, store: WatchedStore, rng: Random) -> dict[EffectKind, Carrier]:
        world = self.world
        outside = Providers(
            world.scheduler,
            rng,
            world.witness,
            self.name,
            world.menus,
            world.page_arrived,
            {"phone": PhonePager(store)},
            step_lasts=world.step_lasts,
        )
        return {
            EffectKind.PAGE: parts.page_carrier(office, {k: outside.pager(k) for k in ("phone", "email", "webhook")}),
            EffectKind.CHAT: chat_carrier(office, {"room": SimulatedChat(outside)}),
            EffectKind.MAIL: parts.mail_carrier(office, SimulatedMailer(outside)),
            EffectKind.STEP: parts.step_carrier(
                office,
                {TargetKind.LOCAL: SimulatedRunner(outside)},
                office.clock,
                self.name,
                new_run=world.new_run,
                ticks=lambda: world.scheduler.now,
            ),
            EffectKind.EVIDENCE: EvidenceCarrier(office, self.name, world.new_run),
        }
