"""Providers that take time and fail by a drawn menu, and the commands of steps; each call goes to the witness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from tests.simulation.scheduler import Scheduler
from tests.simulation.witness import Call, Run, Witness
from tocsin.adapters import fakes
from tocsin.app.ports import Execution, Hear, Job, Mail, Outcome, PageMessage, Pager, TryAgain

TIME_OUT = 10.0
"""Seconds after which an adapter stops waiting for an answer."""
HEARS_EVERY = 5.0
"""Seconds between two looks of a running command's keeper whether somebody wants it ended."""


@dataclass(slots=True)
class Menu:
    """How the providers behave at present: weights of faults, drawn for each call."""

    faults: Sequence[fakes.Fault] = (fakes.Works(),)
    weights: Sequence[int] = (1,)

    def draw(self, rng: Random) -> fakes.Fault:
        """What the next call meets."""
        return rng.choices(self.faults, self.weights)[0]


WELL = Menu((fakes.Works(), fakes.Works(proof=True)), (3, 1))
FLAKY = Menu(
    (
        fakes.Works(),
        fakes.Works(proof=True),
        fakes.Fails(500),
        fakes.Throttles(timedelta(seconds=5)),
        fakes.Throttles(timedelta(hours=1)),
        fakes.Down(),
        fakes.Hangs(TIME_OUT),
        fakes.Lies(),
        fakes.Drops(),
        fakes.Rejects(),
    ),
    (30, 10, 8, 4, 2, 4, 8, 10, 8, 2),
)
LYING = Menu((fakes.Lies(),), (1,))
DOWN = Menu((fakes.Fails(503), fakes.Hangs(TIME_OUT), fakes.Down()), (2, 1, 1))


@dataclass(slots=True)
class Providers:
    """Everything outside, for one process: what it calls is noted under its name."""

    scheduler: Scheduler
    rng: Random
    witness: Witness
    node: str
    menus: dict[str, Menu]
    rings: Callable[[PageMessage], None]
    real: dict[str, Pager] = field(default_factory=dict)
    step_lasts: Callable[[], float] = lambda: 0.5

    def pager(self, kind: str) -> SimulatedPager:
        """The provider of one kind of way."""
        return SimulatedPager(self, kind)

    def meet(
        self, key: str, incident_id: str, kind: str, calls: list[Call], arrives: Callable[[], None] = lambda: None
    ) -> Outcome:
        """A call from its first byte to its answer, in virtual time."""
        fault = self.menus.get(kind, WELL).draw(self.rng)
        call = Call(key, incident_id, kind, self.node, self.scheduler.now)
        calls.append(call)
        outcome, arrived = fakes.verdict(fault)
        slow = self.rng.random() < 0.1
        lasts = fault.seconds if isinstance(fault, fakes.Hangs) else self.rng.uniform(2, 9.5) if slow else 0.2
        takes = lasts * self.rng.random()  # the message arrives some time before the answer
        self.scheduler.sleep(takes)
        call.arrived = arrived
        if arrived:
            arrives()
        self.scheduler.sleep(lasts - takes)
        call.outcome, call.ended = outcome, self.scheduler.now
        return outcome


@dataclass(slots=True)
class SimulatedPager:
    """One provider of pages; with a real adapter behind it, that adapter answers."""

    providers: Providers
    kind: str

    def page(self, message: PageMessage) -> Outcome:
        """Send a page."""
        providers = self.providers
        real = providers.real.get(self.kind)
        if real is not None:
            call = Call(message.key, message.incident_id, self.kind, providers.node, providers.scheduler.now)
            providers.witness.calls.append(call)
            outcome = real.page(message)
            call.outcome, call.ended = outcome, providers.scheduler.now
            call.arrived = not isinstance(outcome, TryAgain)
            providers.rings(message)
            return outcome
        calls = providers.witness.calls
        return providers.meet(message.key, message.incident_id, self.kind, calls, lambda: providers.rings(message))


@dataclass(slots=True)
class SimulatedChat:
    """A chat room."""

    providers: Providers

    def say(self, key: str, title: str, text: str) -> Outcome:
        """Post."""
        return self.providers.meet(key, "", "chat", [])


@dataclass(slots=True)
class SimulatedMailer:
    """A mail server; what it is told goes to customers."""

    providers: Providers

    def send(self, mail: Mail) -> Outcome:
        """Send."""
        return self.providers.meet(mail.key, "", "mail", self.providers.witness.mails)


@dataclass(slots=True)
class SimulatedRunner:
    """Runs nothing; notes which run was started and with what words, takes its time, and ends when it is to."""

    providers: Providers

    def run(self, job: Job, *, hear: Hear, cancelled: Callable[[], bool]) -> Execution:
        """The command begins, takes its time, and ends."""
        providers = self.providers
        run = Run(job.run, providers.node, providers.scheduler.now, words=tuple(tuple(stage) for stage in job.pipeline))
        providers.witness.runs.append(run)
        lasts = providers.step_lasts()
        timeout = job.limits.total
        seconds = min(lasts, timeout.total_seconds())
        until = run.begun + seconds
        wanted_ended = False
        while providers.scheduler.now < until and not wanted_ended:
            providers.scheduler.sleep(min(HEARS_EVERY, until - providers.scheduler.now))
            wanted_ended = cancelled()
        run.ended = providers.scheduler.now
        timed_out = lasts > seconds and not wanted_ended
        return Execution(
            () if wanted_ended else (0,), "ok\n", False, timed_out, run.ended - run.begun, cancelled=wanted_ended
        )
