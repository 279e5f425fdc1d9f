"""How late deadlines are kept while a million others wait: the real timekeeper, decider and store.

The index rows of the waiting incidents are copied in by SQL. Those that fall due have all their facts, and what
falls due is what a runbook says: an escalation level with its pages, decided on, recorded, and queued in the outbox.
Late is the time from the deadline until the commit. A burst is what a restart after an outage finds: all at once.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.figures import Figure, Goal, percentile
from benchmarks.house import RUNBOOK
from benchmarks.plan import Plan
from tests.stage.postgresql import postgresql
from tocsin.adapters.database.opening import is_postgres, open_store, sqlite_path
from tocsin.adapters.database.postgres import connect_plainly
from tocsin.adapters.database.sqlite import connect
from tocsin.app.desk import Desk
from tocsin.app.masking import Masker
from tocsin.app.playbooks import Playbooks
from tocsin.app.rows.records import Appending
from tocsin.app.store import Store
from tocsin.app.team import ServiceSettings, Team
from tocsin.app.timekeeper import Timekeeper
from tocsin.clock import SystemClock
from tocsin.incident.commands import Declare, SeverityReading
from tocsin.incident.facts import Actor, ActorKind, Paged, Recorded, Via
from tocsin.incident.fold import fold
from tocsin.incident.incident import Incident
from tocsin.incident.indexing import summarise
from tocsin.oncall.people import Person, Way, WayKind
from tocsin.oncall.roster import Binding, Roster
from tocsin.runbook.compile import compile_runbook
from tools.components import component

GOAL = Goal(150.0, 40.0)
LONGEST = 60.0
"""Seconds to wait for the last one after it is due."""
AHEAD = timedelta(seconds=2)
"""From the end of the loading to the first deadline."""
FAR = timedelta(days=365)
PIECE = 2000
SOMEBODY = Actor(ActorKind.PERSON, "ana", Via.CLI)
_ROW = (
    "SELECT 'INC-' || (number + {n}), number + {n}, service, title, state, severity, rank, paging, declared_at, "
    "updated_at, last_seq, plan, group_key, acknowledged_by, commander, next_due_at + {far} + {n}, next_due, "
    "procedure, drill, resolved_at, words FROM incidents {numbers} WHERE number = 1"
)


@dataclass(slots=True)
class Lateness:
    """Hears what was committed, and notes how late it was; in seconds."""

    due: dict[str, float]
    seen: dict[str, float] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)

    def __call__(self, incident_ids: Sequence[str]) -> None:
        """Called after each commit."""
        now = time.time()
        for one in incident_ids:
            if one in self.due:
                self.seen.setdefault(one, now - self.due[one])
        if len(self.seen) == len(self.due):
            self.done.set()


def measure(plan: Plan) -> Iterator[Figure]:
    """Lateness in ms with everything pending, one by one and at once, on SQLite and on PostgreSQL."""
    folder = plan.within("deadlines")
    yield from _on("SQLite", f"sqlite:///{folder / 'tocsin.db'}", plan, folder)
    if component("postgresql").location() is not None:
        with ExitStack() as stack:
            database = stack.enter_context(stack.enter_context(postgresql()).database())
            yield from _on("PostgreSQL", database.dsn, plan, folder)


def _on(name: str, url: str, plan: Plan, folder: Path) -> Iterator[Figure]:
    paced, burst = kept(url, plan, folder)
    what = f"deadlines on {name}, {plan.pending:,} pending, {plan.due_a_second:,} due a second"
    note = paced.complaint(plan.due_a_second * plan.due_seconds)
    goal = GOAL if name == "SQLite" else None
    for percent in (50, 99):
        held = goal if percent == 99 else None
        yield Figure(f"{what}: p{percent} late", "ms", (percentile(paced.late, percent),), held, note=note)
    yield Figure(f"{what}: processor", "% of a core", (paced.processor,))
    what, note = f"{plan.burst:,} deadlines at once on {name}: the last late", burst.complaint(plan.burst)
    yield Figure(what, "ms", (max(burst.late, default=0.0),), note=note)


@dataclass(frozen=True, slots=True)
class Kept:
    """How late each deadline was kept in ms, and what that took in per cent of a core."""

    late: Sequence[float]
    processor: float

    def complaint(self, wanted: int) -> str:
        """What was wrong with it; empty when each was kept, and none early."""
        early = sum(one < 0 for one in self.late)
        notes = [f"{wanted - len(self.late)} were never kept"] if len(self.late) < wanted else []
        return "; ".join(notes + ([f"{early} were kept early"] if early else []))


def kept(url: str, plan: Plan, folder: Path) -> tuple[Kept, Kept]:
    """Deadlines that come one by one, and then so many at the same instant, while all others wait."""
    store = open_store(url)
    try:
        desk, first = _house(store, folder)
        multiply(url, plan.pending)
        paced = [timedelta(seconds=n / plan.due_a_second) for n in range(plan.due_a_second * plan.due_seconds)]
        start = plan.pending + 2
        return (
            _keep(store, desk, _load(store, desk, first, start, paced)),
            _keep(store, desk, _load(store, desk, first, start + len(paced), [timedelta(0)] * plan.burst)),
        )
    finally:
        store.close()


def _keep(store: Store, desk: Desk, due: dict[str, float]) -> Kept:
    """Let the real timekeeper keep the deadlines of these incidents (instants as seconds since 1970)."""
    late = Lateness(due)
    desk.listeners.append(late)
    keeper, stop = Timekeeper(store, SystemClock(), desk), threading.Event()
    thread = threading.Thread(target=keeper.run, args=(stop,), name="timekeeper")
    # As the server does once it listens: what was made until now is not looked through for garbage again and again.
    gc.collect()
    gc.freeze()
    thread.start()
    try:
        time.sleep(max(0.0, min(due.values()) - time.time()))
        worked, began = time.process_time(), time.monotonic()
        late.done.wait(max(due.values()) - min(due.values()) + LONGEST)
        used = (time.process_time() - worked) / (time.monotonic() - began) * 100
    finally:
        stop.set()
        keeper.nudge()
        thread.join(10)
        desk.listeners.remove(late)
        gc.unfreeze()
    return Kept([one * 1000 for one in late.seen.values()], used)


def _house(store: Store, folder: Path) -> tuple[Desk, list[Recorded]]:
    """A desk with one declared incident that nobody has acknowledged; the facts of that one."""
    runbook = folder / "runbook.md"
    runbook.write_text(RUNBOOK, encoding="utf-8")
    ana = Person("ana", "Ana", (Way(WayKind.PHONE, ""),))
    words = (Binding("On-Call Engineer", people=("ana",)), Binding("Team Lead", people=("ana",)))
    team = Team({"shop": ServiceSettings("shop", "Shop", runbook)}, Roster((ana,), (), words, ("ana",)))
    desk = Desk(lambda: team, Masker())
    playbooks = Playbooks(store, lambda: team, compile_runbook)
    now = datetime.now(UTC)
    assert not playbooks.reload(now)
    with store.transact() as tx:
        reading = SeverityReading("P1", "declared so", suggested=False)
        command = Declare(title="Nobody can buy anything", service="shop", source="person", severity=reading)
        decided = desk.begin(tx, command, playbooks.of("shop").plan, now, SOMEBODY)
        desk.append(tx, [(decided.incident, decided.facts)])
    return desk, list(decided.facts)


def multiply(url: str, pending: int) -> None:
    """Copy the index row of the first incident so many times, each with a deadline far ahead."""
    far = int(FAR.total_seconds() * 1e6)
    if is_postgres(url):
        numbers = f"CROSS JOIN generate_series(1, {pending}) AS more (n)"
        with connect_plainly(url) as connection:
            connection.execute(f"INSERT INTO incidents {_ROW.format(n='more.n', far=far, numbers=numbers)}".encode())
            connection.commit()
            connection.autocommit = True
            connection.execute(b"VACUUM ANALYZE incidents")  # as autovacuum would have done within the hour
        return
    numbers = "CROSS JOIN more"
    series = f"WITH RECURSIVE more (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < {pending})"
    file = connect(sqlite_path(url), writing=True)
    try:
        file.execute("BEGIN IMMEDIATE")
        file.execute(f"INSERT INTO incidents {series} {_ROW.format(n='more.n', far=far, numbers=numbers)}")
        file.execute("COMMIT")
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        file.close()


def _load(
    store: Store, desk: Desk, first: Sequence[Recorded], start: int, offsets: Sequence[timedelta]
) -> dict[str, float]:
    """Incidents, numbered from ``start`` on, whose next deadlines come so long after a moment ahead; the instants."""
    with store.read() as tx:
        template = desk.one(tx, first[0].incident_id)
    ahead = summarise(template).next_due_at
    assert ahead is not None
    to_deadline = ahead - template.declared_at
    # To load them takes time as well: about 8,000 a second, and less on a busy machine.
    begins = datetime.now(UTC) + AHEAD + timedelta(seconds=len(offsets) / 2000)
    due = {f"INC-{start + n}": begins + offset for n, offset in enumerate(offsets)}
    for piece in range(0, len(due), PIECE):
        batch = list(due.items())[piece : piece + PIECE]
        with store.transact() as tx:
            tx.incidents.append([_copy(template, first, id, at - to_deadline) for id, at in batch])
    assert datetime.now(UTC) < begins, "loading took longer than the time that was set aside for it"
    return {id: at.timestamp() for id, at in due.items()}


def _copy(template: Incident, first: Sequence[Recorded], incident_id: str, declared_at: datetime) -> Appending:
    """The template as another incident, declared at another time."""
    shift = declared_at - template.declared_at
    facts = []
    for one in first:
        fact = one.fact
        if isinstance(fact, Paged):
            fact = replace(fact, page=fact.page.replace(template.id, incident_id))
        facts.append(replace(one, incident_id=incident_id, at=one.at + shift, fact=fact))
    return Appending(tuple(facts), summarise(fold(template.plan, facts)), ())
