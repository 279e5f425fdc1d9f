"""How many alerts a second are stored durably and acted on, beside Alertmanager, which keeps them in memory, and beside
alerta, which keeps them in PostgreSQL and takes one in each request.

Ours counts from the first request until everything is read, grouped, decided on and committed; Alertmanager's until
its last answer. Every answer of 2xx is looked for in the database afterwards: a figure that lost one would be none.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import alerta
from benchmarks.figures import Figure, Goal, ratios
from benchmarks.house import INTEGRATIONS, SECRET, House, house
from benchmarks.load import MISSING, Answered, program, send
from benchmarks.plan import Plan
from benchmarks.sink import sink
from tests.stage.alertmanager import alertmanager
from tests.stage.postgresql import postgresql
from tools.components import component

BESIDE_ALERTA = Goal(25, 50, at_least=True)
GOALS = {2: Goal(0.35, 0.6, at_least=True), 64: Goal(1.0, at_least=True)}


@dataclass(slots=True)
class Rounds:
    """What the rounds of one side gave, for one number of alerts per request."""

    rates: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def measure(plan: Plan) -> Iterator[Figure]:
    """Alerts a second and p99 on SQLite, on PostgreSQL, of Alertmanager and of alerta, taking turns."""
    if program() is None:
        yield Figure("intake", "alerts/s", (), note=MISSING)
        return
    with ExitStack() as stack:
        folder = plan.within("intake")
        houses = {"SQLite": stack.enter_context(_ours(folder / "sqlite", ""))}
        if component("postgresql").location() is not None:
            server = stack.enter_context(postgresql())
            database = stack.enter_context(server.database())
            houses["PostgreSQL"] = stack.enter_context(_ours(folder / "postgresql", database.dsn))
        others: dict[str, str] = {}
        if component("alertmanager").location() is not None:
            others["alerts"] = stack.enter_context(_alertmanager(folder))
        if "PostgreSQL" in houses and 1 in plan.sizes and alerta.is_here():
            empty = stack.enter_context(server.database())
            others["alerta"] = stack.enter_context(alerta.running(folder / "alerta", empty.dsn))
        for size in plan.sizes:
            yield from _one_size(plan, size, houses, others)


def _one_size(plan: Plan, size: int, houses: dict[str, House], others: dict[str, str]) -> Iterator[Figure]:
    """``others`` are the addresses of who else takes alerts, by the form of the load."""
    theirs, beside, ours = Rounds(), Rounds(), {name: Rounds() for name in houses}
    for number in plan.numbers:  # the warm-up also makes the known alerts known
        seconds = plan.seconds if number >= 0 else min(1.0, plan.seconds)
        for name, one in houses.items():
            os.sync()  # what the round before left to be written is not this one's
            rate, p99, note = throughput(one, size, f"r{size}-{number}", plan.connections, seconds)
            if number >= 0:
                _keep(ours[name], rate, p99, note)
        for form, url in others.items():
            if form == "alerta" and size != 1:
                continue
            said = send(url, form, size, f"r{size}-{number}", plan.connections, seconds, str(INTEGRATIONS))
            if number >= 0:
                rounds = theirs if form == "alerts" else beside
                _keep(rounds, said.accepted * size / said.seconds, said.p99, _trouble(said))
    per = f"{size} per request"
    yield Figure(f"Alertmanager, in memory, {per}", "alerts/s", tuple(theirs.rates), note=_missing(theirs))
    yield Figure(f"Alertmanager, in memory, {per}: p99", "ms", tuple(theirs.p99s), note=_missing(theirs))
    if size == 1:
        yield from _beside_alerta(beside, ours)
    for name, rounds in ours.items():
        goal = GOALS.get(size) if name == "SQLite" else None
        note = "; ".join(filter(None, rounds.notes))
        compared = ratios(rounds.rates, theirs.rates)
        yield Figure(f"durable on {name}, {per}", "alerts/s", tuple(rounds.rates), goal, compared, note)
        yield Figure(f"durable on {name}, {per}: p99", "ms", tuple(rounds.p99s), None, ratios(rounds.p99s, theirs.p99s))


def _beside_alerta(theirs: Rounds, ours: dict[str, Rounds]) -> Iterator[Figure]:
    note = "; ".join(filter(None, theirs.notes)) if theirs.rates else alerta.MISSING
    yield Figure("alerta on PostgreSQL, 1 per request", "alerts/s", tuple(theirs.rates), note=note)
    for name, rounds in ours.items():
        compared = ratios(rounds.rates, theirs.rates)
        goal = BESIDE_ALERTA if compared and name == "PostgreSQL" else None
        yield Figure(f"durable on {name}, beside alerta", "alerts/s", tuple(rounds.rates), goal, compared)


def throughput(one: House, size: int, run: str, connections: int, seconds: float) -> tuple[float, float, str]:
    """Alerts a second until all is acted on, the p99 of the answers in ms, and what was odd about them."""
    before = stored(one)
    said = send(one.url, "webhook", size, run, connections, seconds, str(INTEGRATIONS), SECRET)
    began = time.monotonic()
    settled = one.settle()
    late = time.monotonic() - began
    added = stored(one) - before
    notes = [_trouble(said)]
    if not settled:
        notes.append("not all was read within a minute")
    if not said.accepted <= added <= said.accepted + connections:
        notes.append(f"{said.accepted} answered with 2xx, {added} stored")
    return said.accepted * size / (said.seconds + late), said.p99, "; ".join(filter(None, notes))


def stored(one: House) -> int:
    """How many deliveries the installation has stored, copies not counted."""
    return one.count("SELECT count(*) FROM deliveries")


def _keep(rounds: Rounds, rate: float, p99: float, note: str) -> None:
    rounds.rates.append(rate)
    rounds.p99s.append(p99)
    rounds.notes.append(note)


def _trouble(said: Answered) -> str:
    return f"{said.refused} refused, {said.broken} broken" if said.refused or said.broken else ""


def _missing(rounds: Rounds) -> str:
    return "; ".join(filter(None, rounds.notes)) if rounds.rates else "Alertmanager is missing (make components)"


@contextmanager
def _ours(folder: Path, database: str) -> Iterator[House]:
    folder.mkdir(parents=True)
    made = house(folder, database=database)
    with made.running():
        yield made


@contextmanager
def _alertmanager(folder: Path) -> Iterator[str]:
    """Where Alertmanager takes alerts; it sends what it groups to a sink, as ours pages."""
    place = folder / "alertmanager"
    place.mkdir()
    groups, interval = (
        ("alertname", "grp"),
        "5m",
    )  # Alertmanager's own default: it does not tell a group again and again
    with (
        sink() as receiver,
        alertmanager(place, receiver.url, group_by=groups, group_interval=interval) as running,
    ):
        yield f"{running.url}/api/v2/alerts"
