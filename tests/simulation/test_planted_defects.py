"""Each invariant is shown to see: a defect is planted, and this invariant alone, asked of a few worlds, finds it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.simulation import invariants
from tests.simulation.durable import WatchedLog, WatchedOutbox, WatchedStore
from tests.simulation.node import Parts
from tests.simulation.world import CLIMATES, Climate, InvariantBroken, simulate
from tocsin.app.desk import Asked, Desk
from tocsin.app.engine_time import EngineTime
from tocsin.app.execution.carrier import StepCarrier
from tocsin.app.news import NewsCarrier, mail_carrier
from tocsin.app.office import Office
from tocsin.app.paging.page_carrier import PageCarrier
from tocsin.app.ports import Execution, Job, Mailer, StepRunner
from tocsin.app.rows.records import Appending, Delivery, IncidentQuery, NewDelivery, OutboxEntry
from tocsin.app.store import Store, Transaction
from tocsin.app.timekeeper import Timekeeper
from tocsin.clock import EngineClock, Line, Machine
from tocsin.errors import Unavailable
from tocsin.incident.commands import ApproveStep, ClearAlerts, Reopen, StartStep
from tocsin.incident.consent import Environment
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import TOCSIN, LevelSkipped, NoteAdded, Recorded
from tocsin.incident.fold import fold
from tocsin.incident.incident import Incident, PageState
from tocsin.incident.indexing import summarise
from tocsin.incident.pending import Coming, pending
from tocsin.incident.step_facts import StepProposed
from tocsin.incident.summary import IncidentState
from tocsin.incident.target import TargetKind

CALM, FLAKY, _, CRASHES, CLOCKS, _ = CLIMATES
REFUSING = Climate("refusing", refused=0.2)
AHEAD = Climate("ahead", strikes=3, weights=(0, 0, 1), sets=(3600.0, 600.0, 30.0))
BACK = Climate("back", strikes=3, weights=(0, 0, 1), sets=(-3600.0, -600.0, -30.0))
PAUSES = Climate("pauses", strikes=300, weights=(0, 1, 0), menus=True)

# --- defects ------------------------------------------------------------------------------------------------


class TimekeeperThatForgets(Timekeeper):
    """Never wakes the first incident."""

    def wake(self, now: datetime | None = None, limit: int = 500) -> int:
        """Wake all but one."""
        with self.store.read() as tx:
            due = tx.incidents.due(self.clock.now(), limit)
        if "INC-1" in due:
            self.bell.wait(5.0)
            return 0
        return Timekeeper.wake(self, now, limit)


class TimekeeperThatDawdles(Timekeeper):
    """Comes ten seconds late."""

    def wake(self, now: datetime | None = None, limit: int = 500) -> int:
        """Do what was due ten seconds ago."""
        woken = Timekeeper.wake(self, self.clock.now() - timedelta(seconds=10), limit)
        if not woken:
            self.bell.wait(0.5)
        return woken


class TimekeeperThatHurries(Timekeeper):
    """Comes half a minute early."""

    def wake(self, now: datetime | None = None, limit: int = 500) -> int:
        """Do what is due soon."""
        return Timekeeper.wake(self, self.clock.now() + timedelta(seconds=30), limit)


class TimekeeperByTheWall(Timekeeper):
    """Goes by the wall clock."""

    def wake(self, now: datetime | None = None, limit: int = 500) -> int:
        """Do what is due by whatever somebody has set it to."""
        woken = Timekeeper.wake(self, self.clock.wall(), limit)
        if not woken:
            self.bell.wait(0.5)
        return woken


class ClockOfTheWall(EngineClock):
    """Is what the clock says that it should follow slowly."""

    followed: Callable[[], datetime]

    def now(self) -> datetime:
        """As somebody has set it."""
        return self.followed()


def by_the_wall(store: Store, machine: Machine, _node: str) -> EngineClock:
    """The engine's clock, as it was before there was one."""
    clock = ClockOfTheWall(Line(machine.ticks(), machine.wall.now()), machine)
    clock.followed = lambda: store.now() or machine.wall.now()
    return clock


def without_memory(store: Store, machine: Machine, _node: str) -> EngineClock:
    """A start that does not look what was kept."""
    return EngineClock(Line(machine.ticks(), store.now() or machine.wall.now()), machine)


class EngineTimeInHaste(EngineTime):
    """Makes up for what the clock is behind at once."""

    def look(self) -> None:
        """Steer, and do not wait."""
        EngineTime.look(self)
        if (left := self.clock.line().left) > 0:
            line = self.clock.line()
            self.clock.follow(replace(line, at=line.at + timedelta(seconds=left), left=0.0))


class TimekeeperThatReopens(Timekeeper):
    """Thinks that it knows better than the people who resolved an incident."""

    def wake(self, now: datetime | None = None, limit: int = 500) -> int:
        """Reopen what is resolved."""
        with self.store.transact() as tx:
            resolved = tx.incidents.search(IncidentQuery(states=(IncidentState.RESOLVED,)))
            asked = [Asked(row.incident_id, Reopen("are you sure?"), TOCSIN) for row in resolved]
            self.desk.decide_all(tx, asked, self.clock.now())
        return Timekeeper.wake(self, now, limit)


class DeskThatChangesWhatItAppends(Desk):
    """Appends something else than was decided."""

    def append(self, tx: Transaction, decided: Sequence[tuple[Incident, Sequence[Recorded]]]) -> None:
        """Append what ``spoil`` leaves."""
        desk = self

        class Spoiling:
            incidents: Any

            def append(self, batch: Sequence[Appending]) -> None:
                tx.incidents.append([desk.spoil(tx, one) for one in batch])

        spoiling = Spoiling()
        spoiling.incidents = spoiling
        Desk.append(self, spoiling, decided)  # type: ignore[arg-type]

    def spoil(self, tx: Transaction, one: Appending) -> Appending:
        """The defect."""
        raise NotImplementedError


class DeskThatLosesFacts(DeskThatChangesWhatItAppends):
    """Leaves a gap in the timeline."""

    def spoil(self, tx: Transaction, one: Appending) -> Appending:
        """Append all but the first of several."""
        return replace(one, facts=one.facts[1:] if len(one.facts) > 1 and one.facts[0].seq > 1 else one.facts)


class DeskWithoutDeadlines(DeskThatChangesWhatItAppends):
    """Drops ``next_due_at`` from the index row."""

    def spoil(self, tx: Transaction, one: Appending) -> Appending:
        """The row of an incident for which nothing is due."""
        return replace(one, summary=replace(one.summary, next_due_at=None, next_due=""))


class DeskThatStopsAtNobody(DeskThatChangesWhatItAppends):
    """Leaves the next level for later when one had nobody."""

    def spoil(self, tx: Transaction, one: Appending) -> Appending:
        """Only what comes before and with the level that was skipped, with the row that follows from it."""
        stop = next((n for n, x in enumerate(one.facts, 1) if isinstance(x.fact, LevelSkipped)), len(one.facts))
        if stop == len(one.facts):
            return one
        facts = one.facts[:stop]
        before = tx.incidents.facts([one.summary.incident_id]).get(one.summary.incident_id, ())
        incident = fold(self.plan_of(tx, [*before, *facts]), [*before, *facts])
        kept = {f"page/{getattr(x.fact, 'page', '')}" for x in facts}
        effects = tuple(e for e in one.effects if e.kind is not EffectKind.PAGE or e.key in kept)
        return Appending(facts, summarise(incident), effects)


class DeskWithoutOneKindOfDeadline(DeskThatChangesWhatItAppends):
    """The alarm clock does not know one of the things that time brings."""

    forgotten: Coming

    def spoil(self, tx: Transaction, one: Appending) -> Appending:
        """The row of somebody who forgot that kind."""
        id = one.summary.incident_id
        stored = tx.incidents.facts([id]).get(id, ())
        facts = [*stored, *one.facts]
        coming = [p.at for p in pending(fold(self.plan_of(tx, facts), facts)) if p.kind is not self.forgotten]
        return replace(one, summary=replace(one.summary, next_due_at=min(coming, default=None)))


class DeskThatNeverRepeats(DeskWithoutOneKindOfDeadline):
    """Believes that a page which was sent has woken somebody."""

    forgotten = Coming.REPEAT


class DeskThatTriesOneWay(DeskWithoutOneKindOfDeadline):
    """Takes a provider's word for it."""

    forgotten = Coming.NEXT_WAY


class DeskThatNeverClears(Desk):
    """Does not hear that alerts are over."""

    def decide_all(self, tx: Transaction, asked: Sequence[Asked], *given: Any, **named: Any) -> Any:
        """Decide on the rest."""
        return Desk.decide_all(self, tx, [a for a in asked if not isinstance(a.command, ClearAlerts)], *given, **named)


class DeskThatTrustsEverybody(Desk):
    """Takes every target for a playground, where nobody else has to agree."""

    def decide_all(self, tx: Transaction, asked: Sequence[Asked], *given: Any, **named: Any) -> Any:
        """Decide as if nothing were in production."""
        return Desk.decide_all(self, tx, [self._trusting(a) for a in asked], *given, **named)

    def _trusting(self, asked: Asked) -> Asked:
        if not isinstance(asked.command, StartStep):
            return asked
        return replace(asked, command=replace(asked.command, environment=Environment.DEVELOPMENT))


class DeskThatLetsThemApproveTheirOwn(Desk):
    """Does not ask who it was that asked."""

    approver = TOCSIN

    def decide_all(self, tx: Transaction, asked: Sequence[Asked], *given: Any, **named: Any) -> Any:
        """Decide for a stranger; the timeline still says who it was."""
        for one in asked:
            self.approver = one.by
        return Desk.decide_all(self, tx, [self._for_a_stranger(a) for a in asked], *given, **named)

    def _for_a_stranger(self, asked: Asked) -> Asked:
        approves = isinstance(asked.command, ApproveStep)
        return replace(asked, by=replace(asked.by, name="a stranger")) if approves else asked

    def append(self, tx: Transaction, decided: Sequence[tuple[Incident, Sequence[Recorded]]]) -> None:
        """Append under the real name."""
        real = [
            (incident, [replace(x, by=self.approver) if x.by.name == "a stranger" else x for x in facts])
            for incident, facts in decided
        ]
        Desk.append(self, tx, real)


class DeskThatIsPatient(DeskThatChangesWhatItAppends):
    """Keeps a request open for a day."""

    def spoil(self, tx: Transaction, one: Appending) -> Appending:
        """Whoever asked has time."""
        facts = [
            replace(x, fact=replace(x.fact, expires_at=x.at + timedelta(days=1)))
            if isinstance(x.fact, StepProposed)
            else x
            for x in one.facts
        ]
        id = one.summary.incident_id
        before = tx.incidents.facts([id]).get(id, ())
        incident = fold(self.plan_of(tx, [*before, *facts]), [*before, *facts])
        return Appending(tuple(facts), summarise(incident), one.effects)


class DeliveriesWithoutKeys:
    """Takes every delivery for a new one."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def accept(self, batch: Sequence[NewDelivery]) -> Any:
        """Accept under a key that nothing had before, after the first of its kind."""
        known = {one.key for name in {x.integration for x in batch} for one in self._inner.latest(name, 1_000_000)}
        return self._inner.accept(
            [msgspec.structs.replace(x, key=f"{x.key}#{len(known)}") if x.key in known else x for x in batch]
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class StoreThatIgnoresKeys(WatchedStore):
    """A store that keeps whatever it is given, once more."""

    @contextmanager
    def transact(self) -> Iterator[Transaction]:
        """Write."""
        with WatchedStore.transact(self) as tx:
            spoiled: Any = tx
            spoiled.deliveries = DeliveriesWithoutKeys(spoiled._inner.deliveries)
            yield tx


class DeliveriesWithoutInstants:
    """Hands out deliveries that do not say when anything began or ended: what came last is taken for the newest."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def undigested(self, limit: int) -> Sequence[Delivery]:
        """The deliveries, their instants lost."""
        return [
            msgspec.structs.replace(one, body=_INSTANT.sub(b'At": ""', one.body))
            for one in self._inner.undigested(limit)
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


_INSTANT = re.compile(rb's?At": "[^"]*"')


class WithoutInstants:
    """A transaction with such deliveries."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.deliveries = DeliveriesWithoutInstants(inner.deliveries)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class StoreWithoutInstants(WatchedStore):
    """A store that loses the instants of alerts."""

    @contextmanager
    def transact(self) -> Iterator[Transaction]:
        """Write."""
        with WatchedStore.transact(self) as tx:
            spoiled: Any = WithoutInstants(tx)
            yield spoiled

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Read."""
        with WatchedStore.read(self) as tx:
            spoiled: Any = WithoutInstants(tx)
            yield spoiled


class StoreThatAnswersEarly(WatchedStore):
    """Says yes before the disk did."""

    @contextmanager
    def transact(self) -> Iterator[Transaction]:
        """A transaction whose failure nobody hears of."""
        with suppress(Unavailable), WatchedStore.transact(self) as tx:
            yield tx


class LogThatRewrites(WatchedLog):
    """Keeps something else than it was given."""

    def append(self, batch: Sequence[Appending]) -> None:
        """Append notes without their words."""
        blank = NoteAdded(text="…")
        kept = [
            replace(one, facts=tuple(replace(x, fact=blank) if isinstance(x.fact, NoteAdded) else x for x in one.facts))
            for one in batch
        ]
        self._inner.append(kept)
        self._commit.appended += batch


class LogWithoutNews(WatchedLog):
    """Forgets a kind of effect."""

    def append(self, batch: Sequence[Appending]) -> None:
        """Append without what was meant for the chat."""
        self._inner.append(
            [replace(one, effects=tuple(e for e in one.effects if e.kind is not EffectKind.CHAT)) for one in batch]
        )
        self._commit.appended += batch


class OutboxWithoutFence(WatchedOutbox):
    """Lets everybody end the present claim."""

    def finish(self, key: str, token: int, now: datetime) -> bool:
        """Finish whoever holds it."""
        present = next(e.token for e in self._inner.entries(_incident(key)) if e.effect.key == key)
        self._noted("finish", key, token, lambda: self._inner.finish(key, present, now))
        return True


def _incident(key: str) -> str:
    return key.split("/")[1]


def store_with(log: type[WatchedLog] | None = None, outbox: type[WatchedOutbox] | None = None) -> type[WatchedStore]:
    """A store with a part exchanged."""

    class Spoiled(WatchedStore):
        @contextmanager
        def transact(self) -> Iterator[Transaction]:
            with WatchedStore.transact(self) as tx:
                watched: Any = tx
                if log is not None:
                    watched.incidents = log(watched.incidents._inner, watched.incidents._commit)
                if outbox is not None:
                    watched.outbox = outbox(watched.outbox._inner, watched.outbox._commit)
                yield tx

    return Spoiled


class CarrierThatDoesNotLook(PageCarrier):
    """Sends what was ordered, wanted or not, its own or not."""

    def carry(self, entry: OutboxEntry) -> None:
        """Send without asking."""
        with self.office.store.read() as tx:
            incident = self.office.desk.one(tx, entry.effect.incident_id)
        page = incident.pages[entry.effect.ref]
        person = self.office.team().roster.person(page.person)
        way = person.way(page.way) if person else None
        assert person is not None
        assert way is not None
        message = self._message(incident, page, person, way.address, "", self.office.clock.now())
        for _ in range(self.times()):
            outcome = self.pagers[way.kind.value].page(message)
        self._settle(entry, page, outcome)

    def times(self) -> int:
        """How often."""
        return 1


class CarrierThatStutters(CarrierThatDoesNotLook):
    """Sends everything twice."""

    def times(self) -> int:
        """Twice."""
        return 2


class CarrierThatForgets(PageCarrier):
    """Ticks off and does not send."""

    def carry(self, entry: OutboxEntry) -> None:
        """Nothing."""
        self.office.finish(entry)


class CarrierThatTrusts(PageCarrier):
    """Takes "sent" for "delivered"."""

    def _record(self, entry: OutboxEntry, page: PageState, outcome: str, detail: str, **more: Any) -> None:
        PageCarrier._record(self, entry, page, "delivered" if outcome == "sent" else outcome, detail, **more)


class StepCarrierThatRepeats(StepCarrier):
    """Runs a step once more, to be sure."""

    def run_as(self, entry: OutboxEntry) -> str:
        """The run as which it runs the first time."""
        return entry.effect.ref

    def carry(self, entry: OutboxEntry) -> None:
        """Run it twice."""
        self.runners[TargetKind.LOCAL].run(Job(self.run_as(entry), ()), hear=lambda _: None, cancelled=lambda: False)
        StepCarrier.carry(self, entry)


class StepCarrierThatImprovises(StepCarrierThatRepeats):
    """Runs something that nobody ordered."""

    def run_as(self, entry: OutboxEntry) -> str:
        """A run of its own."""
        return f"{entry.effect.ref}-as-well"


class StepCarrierThatEmbellishes(StepCarrier):
    """Runs a little more than was consented to."""

    def carry(self, entry: OutboxEntry) -> None:
        """Add a word to whatever runs."""
        plain = self.runners[TargetKind.LOCAL]

        class Embellishing:
            def run(self, job: Job, **heard: Any) -> Execution:
                return plain.run(replace(job, pipeline=[[*stage, "--force"] for stage in job.pipeline]), **heard)

        with_force: Mapping[TargetKind, StepRunner] = {TargetKind.LOCAL: Embellishing()}
        StepCarrier.carry(replace(self, runners=with_force), entry)


class StepCarrierThatNeverSweeps(StepCarrier):
    """Does not look after the steps of the dead."""

    def sweep(self) -> None:
        """Nothing."""


def insistent_mail(office: Office, mailer: Mailer) -> NewsCarrier:
    """Mails customers until it is sure that they were reached."""
    return replace(mail_carrier(office, mailer), repeats_ambiguous=lambda _recorded: True)


@dataclass(frozen=True, slots=True)
class Planted:
    """A defect, the invariant that must see it, the climate in which it shows.

    ``first`` is the world to look at first: one that shows a rare defect today. The others come after it.
    """

    parts: Parts
    invariant: Callable[..., Iterable[str]]
    climate: Climate = CALM
    worlds: int = 12
    first: int = 0


PLANTED = {
    "a desk that loses facts": Planted(Parts(desk=DeskThatLosesFacts), invariants.facts_follow_each_other),
    "a desk without deadlines": Planted(Parts(desk=DeskWithoutDeadlines), invariants.the_row_is_the_fold),
    "the same, seen by R4": Planted(Parts(desk=DeskWithoutDeadlines), invariants.somebody_will_be_woken),
    "a timekeeper that dawdles": Planted(Parts(timekeeper=TimekeeperThatDawdles), invariants.time_is_kept),
    "a timekeeper that hurries": Planted(Parts(timekeeper=TimekeeperThatHurries), invariants.time_is_kept),
    "a timekeeper that forgets": Planted(Parts(timekeeper=TimekeeperThatForgets), invariants.somebody_will_be_woken),
    "the same, seen without pending": Planted(
        Parts(timekeeper=TimekeeperThatForgets), invariants.nobody_waits_in_silence
    ),
    "a timekeeper by the wall clock, set ahead": Planted(
        Parts(timekeeper=TimekeeperByTheWall), invariants.time_is_kept, AHEAD
    ),
    "the same, set back": Planted(Parts(timekeeper=TimekeeperByTheWall), invariants.somebody_will_be_woken, BACK),
    "an engine that is the wall clock": Planted(Parts(begin=by_the_wall), invariants.time_goes_on_evenly, BACK),
    "a restart that has forgotten the time": Planted(
        Parts(begin=without_memory), invariants.time_goes_on_evenly, CLOCKS, 40
    ),
    "a clock that is steered in haste": Planted(
        Parts(engine_time=EngineTimeInHaste), invariants.time_goes_on_evenly, AHEAD
    ),
    "a desk that never repeats": Planted(Parts(desk=DeskThatNeverRepeats), invariants.nobody_waits_in_silence),
    "a desk that stops at nobody": Planted(Parts(desk=DeskThatStopsAtNobody), invariants.an_empty_level_is_loud),
    "a timekeeper that reopens": Planted(
        Parts(timekeeper=TimekeeperThatReopens), invariants.nothing_reopens_by_itself, worlds=40
    ),
    "an outbox without a fence": Planted(
        Parts(store=store_with(outbox=OutboxWithoutFence)), invariants.claims_are_fenced, PAUSES, 40
    ),
    "a courier that does not look again": Planted(
        Parts(page_carrier=CarrierThatDoesNotLook), invariants.pages_stop, FLAKY, 40
    ),
    "a store that answers early": Planted(Parts(store=StoreThatAnswersEarly), invariants.accepted_is_durable, REFUSING),
    "the same, seen by who acknowledged": Planted(
        Parts(store=StoreThatAnswersEarly), invariants.acknowledged_is_kept, REFUSING, 60, first=48
    ),
    "a log that rewrites": Planted(Parts(store=store_with(LogThatRewrites)), invariants.facts_are_only_added),
    "a log that forgets effects": Planted(Parts(store=store_with(LogWithoutNews)), invariants.the_outbox_is_the_facts),
    "a courier that stutters": Planted(Parts(page_carrier=CarrierThatStutters), invariants.pages_are_sent),
    "a courier that forgets": Planted(Parts(page_carrier=CarrierThatForgets), invariants.pages_are_sent),
    "a desk that tries one way": Planted(Parts(desk=DeskThatTriesOneWay), invariants.the_next_way_is_tried),
    "a courier that trusts": Planted(Parts(page_carrier=CarrierThatTrusts), invariants.delivery_needs_proof, FLAKY),
    "a step carrier that repeats": Planted(Parts(step_carrier=StepCarrierThatRepeats), invariants.steps_run_once),
    "a step carrier that improvises": Planted(
        Parts(step_carrier=StepCarrierThatImprovises), invariants.steps_run_as_ordered
    ),
    "a step carrier that embellishes": Planted(
        Parts(step_carrier=StepCarrierThatEmbellishes), invariants.steps_run_as_ordered
    ),
    "a desk that trusts everybody": Planted(
        Parts(desk=DeskThatTrustsEverybody), invariants.changes_have_consent, worlds=40
    ),
    "a desk that lets them approve their own": Planted(
        Parts(desk=DeskThatLetsThemApproveTheirOwn), invariants.changes_have_consent, worlds=80
    ),
    "a desk that is patient": Planted(Parts(desk=DeskThatIsPatient), invariants.changes_have_consent, worlds=80),
    "a step carrier that never sweeps": Planted(
        Parts(step_carrier=StepCarrierThatNeverSweeps), invariants.lost_steps_become_unknown, CRASHES, 80, first=12
    ),
    "a store that ignores the keys of deliveries": Planted(
        Parts(store=StoreThatIgnoresKeys), invariants.intake_is_idempotent
    ),
    "mail that insists": Planted(Parts(mail_carrier=insistent_mail), invariants.customers_are_told_once, REFUSING, 80),
    "a store without instants": Planted(
        Parts(store=StoreWithoutInstants), invariants.alerts_follow_their_newest_event, worlds=120, first=92
    ),
    "a desk that never clears": Planted(Parts(desk=DeskThatNeverClears), invariants.alerts_are_where_they_are),
}


@pytest.fixture(autouse=True)
def _without_a_word() -> Iterator[None]:
    """Defective parts log a lot."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_defect_is_found(name: str) -> None:
    """Within a few worlds the invariant that is there for it sees the defect."""
    planted = PLANTED[name]
    for seed in sorted(range(planted.worlds), key=lambda seed: seed != planted.first):
        try:
            simulate(seed, parts=planted.parts, climate=planted.climate, ask=planted.invariant)
        except InvariantBroken:
            return
    pytest.fail(f"{planted.invariant.__name__} saw nothing in {planted.worlds} worlds")


def test_every_invariant_has_a_planted_defect() -> None:
    """An invariant that was never seen to fail may be blind."""
    asked = {
        *invariants.ON_COMMIT,
        *invariants.ON_STEP,
        *invariants.AT_REST,
        invariants.pages_stop,
        invariants.time_goes_on_evenly,
    }
    assert {planted.invariant for planted in PLANTED.values()} == asked
