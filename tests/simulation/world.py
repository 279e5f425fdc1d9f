"""One seeded world: a store, one or two processes on it, monitors, people, providers, and what befalls them all.

``simulate(seed)`` lets it run for some hours of its own time, brings it to rest, asks every invariant, and gives
back the witness. The same seed is the same world, to the last instant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from tests.simulation import invariants, providers
from tests.simulation.durable import Fate
from tests.simulation.house import START, House
from tests.simulation.monitors import Monitors, draw_troubles
from tests.simulation.node import Node, Parts
from tests.simulation.people import People
from tests.simulation.scheduler import Scheduler
from tests.simulation.witness import Commit, Moment, Witness
from tocsin.adapters.database.opening import open_store
from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.ports import PageMessage
from tocsin.app.store import Store
from tocsin.clock import RATE, EngineClock, Line

T = TypeVar("T")
LOOKS_EVERY = 20.0
CALM_AT_THE_END = 1500.0
STEERED_WITHIN = 5.0
KEPT_WITHIN = 15.0


class InvariantBroken(AssertionError):
    """A promise of the product does not hold in this world."""


@dataclass(frozen=True, slots=True)
class Climate:
    """What can befall a world; the chances are for each commit."""

    name: str
    refused: float = 0.0
    beaten: float = 0.0
    lost_reply: float = 0.0
    killed: float = 0.0
    strikes: int = 0  # at most so many kills, pauses and sets of the clock, at drawn instants
    weights: tuple[int, int, int] = (5, 4, 1)  # of these three
    sets: tuple[float, ...] = (-3600.0, -600.0, -30.0, -7.0, 7.0, 30.0, 600.0, 3600.0)  # seconds, of a clock
    menus: bool = False  # providers fail


CLIMATES = (
    Climate("calm"),
    Climate("providers", menus=True),
    Climate("commits", refused=0.02, beaten=0.02, lost_reply=0.02),
    Climate("crashes", killed=0.02, strikes=4),
    Climate("clocks", strikes=6, weights=(3, 1, 5)),
    Climate("everything", refused=0.01, beaten=0.01, lost_reply=0.01, killed=0.01, strikes=5, menus=True),
)


@dataclass(slots=True)
class World:
    """Everything that there is."""

    seed: int
    parts: Parts = field(default_factory=Parts)
    climate: Climate | None = None
    disk: Callable[[], Store] | None = None
    tell: Callable[[str], object] | None = None
    ask: Callable[..., Iterable[str]] | None = None  # this invariant alone
    rng: Random = field(init=False)
    scheduler: Scheduler = field(init=False)
    house: House = field(init=False)
    witness: Witness = field(init=False)
    nodes: list[Node] = field(init=False)
    menus: dict[str, providers.Menu] = field(init=False)
    ends: float = field(init=False)
    is_over: bool = False
    is_shared: bool = field(init=False)  # several nodes, and a database with a clock of its own
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    _people: People = field(init=False)
    _soonest: dict[str, datetime | None] = field(default_factory=dict)
    _dark_until: float = 0.0
    _sees: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = rng = Random(self.seed)
        self.climate = self.climate or CLIMATES[self.seed % len(CLIMATES)]
        self.scheduler = Scheduler(rng, START)
        self.house = House(rng)
        hours = rng.choice((0.5, 1.0, 1.0, 2.0, 4.0))
        if self.disk is not None:
            hours = min(hours, 1.0)  # a real file takes its time
        self.ends = hours * 3600
        self.is_shared = several = rng.random() < 0.35
        patience = 2.0 if several else 0.5
        self.witness = Witness(self.house.plans, patience, calm=self.climate.name == "calm")
        self.menus = {kind: self._menu() for kind in ("email", "webhook", "chat", "mail")}
        shared = MemoryStore()
        open_disk = self.disk or (lambda: shared)
        off = (lambda: timedelta(seconds=rng.choice((0, 600, -3600)))) if several else timedelta
        self.nodes = [Node(name, self, open_disk(), off()) for name in (("one", "two") if several else ("one",))]
        self.house.furnish(self.nodes[0].disk)
        self._people = People(self)
        self._people.sleep_soundly = rng.choice((0.1, 0.3, 0.95))
        self._plan(hours)

    # --- the story ---

    def run(self) -> Witness:
        """Let everything happen, then come to rest and ask every invariant."""
        try:
            self.scheduler.run(self.ends)
            self._calm_down()
            self.scheduler.run(self.ends + CALM_AT_THE_END)
            self._look()
            self.witness.ended = self.now()
            with self.nodes[0].disk.read() as tx:
                for invariant in invariants.AT_REST:
                    self._ask(invariant, tx)
            self._raise()
        finally:
            self.scheduler.end_all()
        return self.witness

    def _plan(self, hours: float) -> None:
        rng, climate = self.rng, self.climate
        assert climate is not None
        for node in self.nodes:
            self.scheduler.at(0.0, node.boot)
        Monitors(self, draw_troubles(rng, hours, rng.choice((1, 2, 2, 3)))).begin()
        if rng.random() < 0.3:
            self.scheduler.spawn("somebody", self._people.declares, after=rng.uniform(10, self.ends / 2))
        for _ in range(rng.randint(1, climate.strikes) if climate.strikes else 0):
            when = rng.uniform(10, self.ends * 0.95)
            self._keep_time_before(when)
            self.scheduler.at(when, self._strike)
        if climate.menus:
            self.scheduler.at(rng.uniform(0, self.ends), self._weather_changes)
        if climate.name != "calm" and rng.random() < 0.3:
            self.scheduler.at(rng.uniform(60, self.ends), lambda: self.house.reorganise(rng))
        self._keep_time_before(self.ends)
        self._look_regularly()

    def _menu(self) -> providers.Menu:
        assert self.climate is not None
        if not self.climate.menus:
            return providers.WELL
        return self.rng.choice((providers.FLAKY, providers.LYING, providers.DOWN))

    def _weather_changes(self) -> None:
        for kind in self.menus:
            self.menus[kind] = self._menu() if self.rng.random() < 0.5 else providers.WELL
        self.scheduler.at(self.scheduler.now + self.rng.uniform(300, 3600), self._weather_changes)

    def _strike(self) -> None:
        """A node is killed, stands still (F28), or the clock that all of them follow is set (F26)."""
        rng = self.rng
        node = rng.choice(self.nodes)
        assert self.climate is not None
        match rng.choices(("kill", "pause", "jump"), self.climate.weights)[0]:
            case "kill":
                node.kill()
            case "pause" if node.is_running:
                seconds = rng.choice((rng.uniform(1, 20), rng.uniform(20, 90), 300.0))
                node.pause(seconds)
                if self._sees.get(node.name, 0.0) >= self.scheduler.now:
                    self._sees_at(node, self.scheduler.now + seconds)  # the clock was set, and it has not looked since
                self._darken(self.scheduler.now + seconds)
            case "jump" if not self.is_over:
                seconds = rng.choice(self.climate.sets)
                self.scheduler.jump(seconds)
                self.trace(f"the clock is set by {seconds:.0f} s")
                self._clock_was_set()
            case _:
                pass

    def _clock_was_set(self) -> None:
        """Each node sees it at its next look, or when it goes on; until then it is steered as before."""
        now = self.scheduler.now
        self.witness.set_at = now if self.witness.set_at is None else self.witness.set_at
        for one in self.nodes:
            self._sees_at(one, max(now, one.paused_until))

    def _sees_at(self, node: Node, since: float) -> None:
        self._sees[node.name] = sees = since + self.rng.uniform(0, STEERED_WITHIN)
        self._keep_time(node, sees)
        if self.is_shared:
            self.witness.apart += 2 * RATE * (sees - self.scheduler.now)

    def started(self, node: Node) -> None:
        """A process begins. Where nobody waits and none runs beside it, it may take a clock over that is ahead."""
        assert node.process is not None
        moment = Moment(node.process.clock.now(), self.scheduler.now, node.name)
        if self.witness.moments and not any(one.is_running for one in self.nodes if one is not node):
            last = self.witness.moments[-1]
            at_least = last.at + timedelta(seconds=(moment.true - last.true) * (1 - RATE))
            with node.disk.read() as tx:
                waits = bool(tx.outbox.soonest()) or any(one.is_open for one in self.witness.incidents.values())
            if not waits and at_least <= self.scheduler.wall() == moment.at:
                self.witness.set_at, self.witness.offset = None, self.scheduler.wall_offset
                moment = replace(moment, taken_over=True)
        self._note(moment)

    def _calm_down(self) -> None:
        """No more faults: everybody is up, providers work, nobody does anything new."""
        self.is_over = True
        self.climate = CLIMATES[0]
        for kind in self.menus:
            self.menus[kind] = providers.WELL
        for number, node in enumerate(self.nodes):
            self.scheduler.at(self.ends + 10.0 * number, lambda node=node: None if node.alive else node.boot())  # type: ignore[misc]

    # --- what the parts of the world ask of it ---

    def trace(self, line: str) -> None:
        """Something happened."""
        text = f"{self.scheduler.now:12.4f} {line}"
        self.digest.update(text.encode())
        if self.tell is not None:
            self.tell(text)

    def any_node(self) -> Node | None:
        """A process that answers, drawn."""
        running = [node for node in self.nodes if node.is_running]
        return self.rng.choice(running) if running else None

    def within(self, node: Node, act: Callable[..., T], *given: object) -> T:
        """Do something for a client inside a process; when it dies meanwhile, the client gets Killed."""
        task = self.scheduler.current()
        outer = task.owner, task.life
        task.owner, task.life = node, node.life
        try:
            self.scheduler.sleep(self.rng.uniform(0.0, 0.003))
            return act(*given)
        finally:
            task.owner, task.life = outer

    def fate_of_commit(self, node: Node) -> Fate:
        """What becomes of the commit that a process is about to make."""
        climate, drawn = self.climate, self.rng.random()
        assert climate is not None
        for chance, fates in (
            (climate.refused, (Fate.REFUSED,)),
            (climate.beaten, (Fate.BEATEN,)),
            (climate.lost_reply, (Fate.LOST_REPLY,)),
            (climate.killed, (Fate.KILLED_BEFORE, Fate.KILLED_AFTER)),
        ):
            if drawn < chance:
                fate = self.rng.choice(fates)
                now = self.scheduler.now
                self.witness.blow(node.name, now)
                self.witness.excuse(now, now + 1.5)
                self.trace(f"{node.name} commits and {fate.value}")
                return fate
            drawn -= chance
        return Fate.HOLDS

    def committed(self, commit: Commit) -> None:
        """A transaction was committed."""
        self.witness.take_in(commit)
        for step in commit.steps:
            self.trace(f"{commit.node} {step.recorded.incident_id} {step.recorded.seq} {step.recorded.fact}")
        if commit.appended or commit.outbox:
            for invariant in invariants.ON_COMMIT:
                self._ask(invariant, commit)
            self._look()
        self._replan()

    def soonest(self, kind: str, clock: EngineClock) -> float | None:
        """When there will be something to do for a loop that goes by this clock, in true time."""
        at = self._soonest.get(kind)
        return None if at is None else self.scheduler.now + _until(at, clock.line())

    def now(self) -> datetime:
        """The engines' own time: of the process that is ahead, else as the last one had it."""
        said = [node.process.clock.now() for node in self.nodes if node.is_running and node.process]
        if said or not self.witness.moments:
            return max(said, default=START)
        last = self.witness.moments[-1]
        return last.at + timedelta(seconds=self.scheduler.now - last.true)

    def page_arrived(self, message: PageMessage) -> None:
        """A page reached somebody's device."""
        self.trace(f"{message.key} arrives")
        self._people.paged(message)

    def node_died(self, node: Node) -> None:
        """Somebody starts it again, sooner or later."""
        rng = self.rng
        down = rng.choice((rng.uniform(0.5, 10), rng.uniform(10, 300), rng.uniform(300, 7200)))
        down = min(down, max(1.0, self.ends - self.scheduler.now - rng.uniform(0, 60)))
        self._darken(self.scheduler.now + down)
        self._keep_time_before(self.scheduler.now + down)
        self.scheduler.at(self.scheduler.now + down, lambda: None if node.alive else node.boot())

    def step_lasts(self) -> float:
        """Seconds that a command takes."""
        return self.rng.choice((0.1, self.rng.uniform(0.5, 5), self.rng.uniform(5, 60), self.rng.uniform(60, 200)))

    def new_run(self) -> str:
        """A name that no run had before."""
        return f"{self.rng.getrandbits(32):08x}"

    # --- looking ---

    def _darken(self, until: float) -> None:
        """Until then nobody keeps time, unless another process does."""
        self._dark_until = max(self._dark_until, until)
        if not any(node.is_running for node in self.nodes):
            self.witness.excuse(self.scheduler.now, until + 1.5)

    def _keep_time_before(self, when: float) -> None:
        """What is kept of an engine's time is never old: let the running ones look shortly before something happens."""
        for node in self.nodes:
            self._keep_time(node, when - self.rng.uniform(0, KEPT_WITHIN))

    def _keep_time(self, node: Node, when: float) -> None:
        self.scheduler.at(when, lambda: node.process.time.bell.ring() if node.process else None)

    def _look_regularly(self) -> None:
        self._look()
        self.scheduler.at(self.scheduler.now + LOOKS_EVERY, self._look_regularly)

    def _look(self) -> None:
        for call in self.witness.calls[self._looked_at :]:
            self._ask(invariants.pages_stop, call)
        self._looked_at = len(self.witness.calls)
        for node in self.nodes:
            if node.is_running and node.process:
                self._note(Moment(node.process.clock.now(), self.scheduler.now, node.name))
        with self.nodes[0].disk.read() as tx:
            for invariant in invariants.ON_STEP:
                self._ask(invariant, tx, self.now())

    def _note(self, moment: Moment) -> None:
        before = self.witness.moments[-1:]
        self.witness.moments.append(moment)
        for one in before:
            self._ask(invariants.time_goes_on_evenly, one, moment)

    _looked_at: int = 0

    def _replan(self) -> None:
        with self.nodes[0].disk.read() as tx:
            self._soonest = {
                "delivery": START if tx.deliveries.waiting() else None,
                "deadline": tx.incidents.next_due_at(),
                "outbox": min(tx.outbox.soonest().values(), default=None),
            }
        for node in self.nodes:
            for bell in node.process.bells if node.process else ():
                bell.replan()

    def _ask(self, invariant: Callable[..., Iterable[str]], *about: object) -> None:
        if self.ask is not None and invariant is not self.ask:
            return
        found = list(invariant(self.witness, *about))
        if found:
            self.witness.violations += found
            for line in found:
                self.trace(f"BROKEN {line}")
            self.scheduler.trouble = self.scheduler.trouble or self._broken()

    def _raise(self) -> None:
        if self.witness.violations:
            raise self._broken()

    def _broken(self) -> InvariantBroken:
        lines = "\n  ".join(self.witness.violations[:5])
        return InvariantBroken(f"seed {self.seed} (TOCSIN_SIM_SEED={self.seed} shows its story):\n  {lines}")


def _until(at: datetime, line: Line) -> float:
    """Seconds until an engine's clock says that, if nobody steers it anew."""
    left = (at - line.at) / timedelta(seconds=1)
    rate = RATE if line.left > 0 else -RATE if line.left < 0 else 0.0
    steered = left / (1 + rate)
    return steered if abs(steered * rate) <= abs(line.left) else left - line.left


SQLITE_EVERY = 20


def simulate(
    seed: int,
    *,
    folder: Path | None = None,
    parts: Parts | None = None,
    climate: Climate | None = None,
    tell: Callable[[str], object] | None = None,
    ask: Callable[..., Iterable[str]] | None = None,
) -> World:
    """One world from its beginning to its end. With a folder its store is a SQLite file. Raises InvariantBroken.

    ``ask`` is the one invariant to ask, all when there is none.
    """
    opened: list[Store] = []

    def open_file() -> Store:
        opened.append(open_store(f"sqlite:///{folder}/world-{seed}.db"))
        return opened[-1]

    world = World(seed, parts or Parts(), climate, open_file if folder else None, tell, ask)
    try:
        world.run()
    finally:
        for store in opened:
            store.close()
    return world
