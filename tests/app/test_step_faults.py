"""R22, and execution fails closed: enabling, approving, halting and starting with a fault at each call of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.app.shop import ANA, BO, STEPS, Shop
from tests.app.test_steps import FLUSH, LOOP, ask_for_the_flush, digest_of
from tests.contracts.conftest import PATIENCE
from tests.stage import migrated
from tests.stage.postgresql import Database
from tocsin.adapters.database.opening import open_store
from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.execution.carrier import LEASE
from tocsin.app.execution.halting import KEPT
from tocsin.app.execution.starting import Given
from tocsin.app.rows.records import NewDelivery
from tocsin.app.store import Store
from tocsin.errors import NotFound, Refused, Unavailable
from tocsin.incident.effects import EffectKind
from tocsin.incident.step_facts import StepOutcome

UPTIME, RESTART = "uptime", "systemctl restart checkout"


class Killed(BaseException):
    """The process is gone: nothing catches this, and nothing goes on after it."""


@dataclass
class FaultyStore:
    """A store that fails at its ``at``-th call, counted over all transactions, and works before and after it.

    Each begin, each call within, and each commit counts, the commit twice: it fails before anything is kept, and
    after all of it is (F91). ``calls`` says how many there were.
    """

    inner: Store
    fault: type[BaseException] = Unavailable
    at: int = 0
    calls: int = 0

    def arm(self, at: int, fault: type[BaseException]) -> None:
        """Count from now on."""
        self.at, self.fault, self.calls = at, fault, 0

    def meet(self) -> None:
        """One more call."""
        self.calls += 1
        if self.calls == self.at:
            raise self.fault

    @contextmanager
    def transact(self) -> Iterator[Any]:
        """A write transaction; who swallows its error gets it again at the end, as the contract says."""
        self.meet()
        with self.inner.transact() as tx:
            watched = _Part(tx, self)
            yield watched
            if self.at and self.calls >= self.at > watched.since:
                raise self.fault
            self.meet()
        self.meet()

    @contextmanager
    def read(self) -> Iterator[Any]:
        """A consistent view."""
        self.meet()
        with self.inner.read() as tx:
            yield _Part(tx, self)

    def writable(self) -> bool:
        """Always."""
        return True

    def pack(self, deliveries: Sequence[NewDelivery]) -> Sequence[NewDelivery]:
        """As they are."""
        return deliveries

    def tidy(self) -> None:
        """Nothing is put off."""

    def now(self) -> datetime | None:
        """As the store inside."""
        return self.inner.now()

    def close(self) -> None:
        """Close the store inside."""
        self.inner.close()


class _Part:
    """A transaction, or a part of one, each of whose calls may fail."""

    def __init__(self, inner: Any, store: FaultyStore) -> None:
        self._inner, self._store, self.since = inner, store, store.calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return _Part(found, self._store)

        def call(*given: Any, **named: Any) -> Any:
            self._store.meet()
            return found(*given, **named)

        return call


@dataclass
class Scene:
    """A shop on such a store, in the state in which an act begins."""

    shop: Shop
    store: FaultyStore
    act: Callable[[], object]
    starts: int = 0
    """How many runs the act starts."""

    def kept(self) -> object:
        """All that the store keeps that the acts of this page are about."""
        with self.store.inner.read() as tx:
            audit = [replace(one, seq=0) for one in tx.audit.latest(100)]
            keep = (tx.keep.get(KEPT), tx.keep.get("step-turn/local"))
            return (
                [one.fact for one in tx.incidents.facts(["INC-1"])["INC-1"]],
                sorted(one.effect.key for one in tx.outbox.entries("INC-1")),
                sorted(tx.steps.enabled("shop").items()),
                audit,
                keep,
            )

    def tried(self, at: int, fault: type[BaseException]) -> BaseException | None:
        """The act with a fault at a call of the store, none for 0; what it raised."""
        self.store.arm(at, fault)
        try:
            self.act()
        except (Unavailable, Killed, Refused) as raised:
            return raised
        finally:
            self.store.at = 0
        return None


def opened(store: Store) -> tuple[Shop, FaultyStore]:
    """A shop with an incident whose procedure is open."""
    faulty = FaultyStore(store)
    shop = Shop(store=faulty)
    shop.steps.new_run = lambda: "a-run"
    shop.incidents.declare(ANA, "Checkout is down", "shop", severity="P0", procedure="checkout-down")
    shop.work()
    return shop, faulty


def enabling(store: Store) -> Scene:
    """A maintainer allows a command."""
    shop, faulty = opened(store)
    return Scene(shop, faulty, lambda: shop.steps.enable(BO, "shop", STEPS[UPTIME]))


def enabling_a_shell(store: Store) -> Scene:
    """A maintainer allows what only a shell can run."""
    shop, faulty = opened(store)
    return Scene(shop, faulty, lambda: shop.steps.enable(BO, "shop", STEPS[LOOP], shell=True))


def disabling(store: Store) -> Scene:
    """A maintainer takes a permission back."""
    shop, faulty = opened(store)
    shop.enable(UPTIME)
    return Scene(shop, faulty, lambda: shop.steps.disable(BO, "shop", STEPS[UPTIME]))


def halting(store: Store) -> Scene:
    """A maintainer stops all execution."""
    shop, faulty = opened(store)
    return Scene(shop, faulty, lambda: shop.halting.halt(BO, "the host is wrong"))


def resuming(store: Store) -> Scene:
    """A maintainer lets it go on."""
    shop, faulty = opened(store)
    shop.halting.halt(BO, "the host is wrong")
    return Scene(shop, faulty, lambda: shop.halting.resume(BO))


def approving(store: Store) -> Scene:
    """A second person approves what is destructive."""
    shop, faulty = opened(store)
    run = ask_for_the_flush(shop)
    digest = digest_of(shop)
    return Scene(shop, faulty, lambda: shop.steps.approve(BO, "INC-1", run, digest), starts=1)


def approving_ones_own(store: Store) -> Scene:
    """Whoever asked approves it themselves: refused, and the refusal is in the audit trail."""
    shop, faulty = opened(store)
    step = shop.enable(FLUSH)
    shop.steps.run(BO, "INC-1", step, Given(confirmed=True, typed="local"))
    request = shop.incident().steps[step].request
    assert request is not None
    run, digest = request.run, request.digest
    return Scene(shop, faulty, lambda: shop.steps.approve(BO, "INC-1", run, digest))


def starting(store: Store) -> Scene:
    """Somebody starts what changes the target."""
    shop, faulty = opened(store)
    shop.enable(RESTART)
    act = lambda: shop.steps.run(ANA, "INC-1", STEPS[RESTART], Given(confirmed=True))  # noqa: E731
    return Scene(shop, faulty, act, starts=1)


SCENES = (
    enabling,
    enabling_a_shell,
    disabling,
    halting,
    resuming,
    approving,
    approving_ones_own,
    starting,
)
Stores = Callable[[], Store]


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.component("postgresql"))])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    """Makes empty stores; PostgreSQL gives one, which is enough as long as nothing is changed in it."""
    opened: list[Store] = []

    def make() -> Store:
        match request.param:
            case "memory":
                opened.append(MemoryStore())
            case "sqlite":
                file = migrated.place(tmp_path / f"{len(opened)}.db")
                opened.append(open_store(f"sqlite:///{file}", patience=PATIENCE))
            case _:
                database: Database = request.getfixturevalue("migrated_postgresql")
                opened.append(open_store(database.dsn, patience=PATIENCE))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.mark.parametrize("scene_of", SCENES, ids=[one.__name__ for one in SCENES])
@pytest.mark.parametrize("fault", [Unavailable, Killed])
def test_an_act_and_its_audit_entry_are_whole_or_not_there_whichever_call_fails(
    stores: Stores, scene_of: Callable[[Store], Scene], fault: type[BaseException]
) -> None:
    """R22: all that belongs to it is there or none of it; what is not there runs nothing, what is runs once."""
    untroubled = scene_of(MemoryStore())
    untroubled.tried(0, fault)
    after = untroubled.kept()
    scene = scene_of(stores())
    before, at = scene.kept(), 0
    assert before != after
    while scene.kept() == before:
        at += 1
        assert isinstance(scene.tried(at, fault), fault)
        if scene.kept() == before:
            scene.shop.work()
            assert scene.shop.runner.runs == []
    assert scene.kept() == after
    assert at == untroubled.store.calls >= 5  # only the answer to its commit was lost: it has happened all the same
    scene.shop.work()
    assert len(scene.shop.runner.runs) == scene.starts
    with suppress(Refused):
        scene.act()
    scene.shop.work()
    assert len(scene.shop.runner.runs) == scene.starts


@pytest.mark.parametrize("stop", ["halt", "disable", "cancel", "reload"])
def test_what_was_stopped_before_it_began_does_not_run_whichever_call_of_its_carrier_fails(stop: str) -> None:
    """Execution fails closed: a store that does not answer whether somebody wants a run stopped starts none."""
    at = 0
    while True:
        at += 1
        shop, faulty = opened(MemoryStore())
        step = shop.enable(RESTART)
        run = shop.steps.run(ANA, "INC-1", step, Given(confirmed=True)).incident.steps[step].run
        match stop:
            case "halt":
                shop.halting.halt(BO, "the host is wrong")
            case "disable":
                shop.steps.disable(BO, "shop", step)
            case "cancel":
                shop.steps.cancel(ANA, "INC-1", run)
            case _:
                settings = replace(shop.team.services["shop"], directory=Path("/srv/elsewhere"))
                shop.change_team(services={"shop": settings})
        faulty.arm(at, Unavailable)
        with suppress(Unavailable):
            shop.work()
        met = faulty.calls >= at
        faulty.arm(0, Unavailable)
        shop.work()
        assert shop.runner.runs == [], f"call {at}"
        if not met:
            break
    assert at > 20


def worked_with_a_fault(at: int) -> tuple[Shop, FaultyStore, str]:
    """A change was ordered and its carrier at work, when the store failed at this call of it."""
    shop, faulty = opened(MemoryStore())
    step = shop.enable(RESTART)
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    faulty.arm(at, Unavailable)
    with suppress(Unavailable):
        shop.work()
    return shop, faulty, step


def test_a_run_happens_once_at_most_whichever_call_of_its_carrier_fails() -> None:
    """R15: what was ordered is run once or not at all, and what nobody saw end is unknown until a person has looked."""
    at, ran = 0, []
    while True:
        at += 1
        shop, faulty, step = worked_with_a_fault(at)
        met = faulty.calls >= at
        faulty.arm(0, Unavailable)
        carrier = shop.courier.carriers[EffectKind.STEP]
        for _ in range(3):
            shop.clock.move_by(2 * LEASE)
            carrier.sweep()
            shop.work()
        ran.append(len(shop.runner.runs))
        outcome = shop.incident().steps[step].outcome
        assert outcome in (StepOutcome.UNKNOWN, StepOutcome.SUCCEEDED if ran[-1] else StepOutcome.FAILED)
        if not met:
            break
    assert set(ran) == {0, 1}


def test_how_a_run_ended_is_told_once_the_store_is_back_whichever_call_fails() -> None:
    """F31: the node that ran it keeps its end until it can be stored: succeeded, not unknown, and once."""
    at, kept = 0, 0
    while True:
        at += 1
        shop, faulty, step = worked_with_a_fault(at)
        met, ran = faulty.calls >= at, bool(shop.runner.runs)
        faulty.arm(0, Unavailable)
        if ran:
            kept += shop.incident().steps[step].outcome is None
            for _ in range(2):
                shop.courier.carriers[EffectKind.STEP].sweep()
            assert shop.incident().steps[step].outcome is StepOutcome.SUCCEEDED, f"call {at}"
            assert [type(one).__name__ for one in shop.facts()].count("StepFinished") == 1
        if not met:
            break
    assert kept > 3, "the store failed nowhere between the end of the run and its record"


def test_a_result_that_can_never_be_recorded_keeps_no_other_waiting() -> None:
    """Kept while the database was away, and then wrong: it is said once, and the others are recorded."""
    at = 0
    kept: list[Any] = []
    while not kept:
        at += 1
        shop, faulty, step = worked_with_a_fault(at)
        faulty.arm(0, Unavailable)
        carrier: Any = shop.courier.carriers[EffectKind.STEP]
        kept = carrier._unsaid
    ((claimed, execution),) = kept
    kept.append((replace(claimed, effect=replace(claimed.effect, incident_id="INC-9")), execution))
    with pytest.raises(NotFound):
        carrier.sweep()
    carrier.sweep()
    assert shop.incident().steps[step].outcome is StepOutcome.SUCCEEDED
