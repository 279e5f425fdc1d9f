"""From the command to a server that works, from kill -9 to the next accepted alert, and what it holds in memory.

Before the kill alerts are being sent; afterwards every one that was answered with 2xx is looked for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

from benchmarks.figures import Figure, Goal
from benchmarks.house import House, house
from benchmarks.paging import our_request
from benchmarks.plan import Plan
from tests.stage.child import NotReady
from tocsin.adapters.database.opening import open_store
from tocsin.app.rows.records import AlertState

PIECE = 5000
LONGEST = 60.0


def measure(plan: Plan) -> Iterator[Figure]:
    """Seconds to ready, memory when idle, seconds from kill -9 to the next accepted alert."""
    made = house(plan.within("starting"))
    with made.running():  # makes the database
        pass
    colds = []
    for _ in range(plan.starts):
        began = time.monotonic()
        with made.running(until_ready=False):
            await_answer(lambda: made.get("/readyz")[0], 200)
            colds.append(time.monotonic() - began)
    yield Figure("start: `tocsin serve` until /readyz says 200", "s", tuple(colds), Goal(2.0))
    fill(made, plan.stored_alerts)
    idle, again, lost = [], [], 0
    for number in range(plan.starts):
        with made.running() as process:
            time.sleep(plan.idle_seconds)
            idle.append(made.memory())
            accepted = post_for(made, 0.5, first=number * 1_000_000 + 1)
            killed = time.monotonic()
            process.kill()
        with made.running(until_ready=False):
            await_answer(lambda: post(made, number * 1_000_000), 202)  # noqa: B023 - asked before the next round
            again.append(time.monotonic() - killed)
            lost += max(0, accepted - present(made, number * 1_000_000))
    many = f"{plan.stored_alerts:,} alerts stored"
    yield Figure(f"memory when idle, {many}", "MB", tuple(idle), Goal(120.0))
    note = f"{lost} alerts that were answered with 2xx are gone" if lost else ""
    yield Figure(f"kill -9 until an alert is accepted again, {many}", "s", tuple(again), Goal(2.0), note=note)


def await_answer(ask: object, wanted: int) -> None:
    """Ask without a pause worth mentioning until the answer is the wanted one."""
    assert callable(ask)
    deadline = time.monotonic() + LONGEST
    while ask() != wanted:
        if time.monotonic() > deadline:
            raise NotReady(f"no answer of {wanted} within {LONGEST:g} s")
        time.sleep(0.005)


def post(made: House, number: int) -> int:
    """Send one alert; the status of the answer, 0 for none."""
    path, body, headers = our_request(number)
    return made.ask("POST", path, body, headers)[0]


def post_for(made: House, seconds: float, *, first: int) -> int:
    """Send alerts one by one for so long; how many were answered with 202. They are numbered from ``first`` on."""
    began, accepted = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        accepted += post(made, first + accepted) == 202
    return accepted


def present(made: House, above: int) -> int:
    """How many deliveries about alerts with a number greater than this are in the database."""
    number = "CAST(substr(body, instr(body, 'bench-') + 6, 12) AS INTEGER)"
    return made.count(f"SELECT count(*) FROM delivery_bodies WHERE {number} > {above}")


def fill(made: House, count: int) -> None:
    """Store so many firing alerts, as if they had come in over a day."""
    at = datetime.now(UTC)
    with closing(open_store(f"sqlite:///{made.file}")) as store:
        for piece in range(0, count, PIECE):
            with store.transact() as tx:
                tx.alerts.save([_alert(n, at) for n in range(piece, min(count, piece + PIECE))])


def _alert(number: int, at: datetime) -> AlertState:
    labels = {"alertname": "LatencyHigh", "instance": f"10.1.{number // 250}.{number % 250}:9100", "cluster": "eu-1"}
    return AlertState(
        service="shop",
        fingerprint=f"m0:stored-{number}",
        incident_id=f"INC-{number // 100}",
        firing=True,
        title="LatencyHigh: the 99th percentile is above 2 seconds",
        starts_at=at,
        ends_at=None,
        last_delivery=0,
        first_at=at,
        last_at=at,
        events=1,
        integration="m0",
        labels=labels,
        link=None,
    )
