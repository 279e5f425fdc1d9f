"""Two nodes on a real PostgreSQL that fails over, or that one of them cannot reach: F30 to F32.

Paging fails open, execution fails closed, and 2xx is said of nothing that is lost.
"""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.acceptance.monitors import KEY, PATH, Monitor, alertmanager_body
from tests.stage.child import eventually
from tests.stage.postgresql import PostgreSQL
from tests.stage.process import Tocsin, tocsin
from tests.stage.replicas import Pair, pair
from tests.stage.webhook import Answer, Webhook, webhook
from tests.stage.wire import Wire, wire
from tocsin.adapters.database.opening import open_store, upgrade
from tocsin.app.rows.records import IncidentQuery
from tocsin.incident import facts as f
from tocsin.incident import step_facts as s

pytestmark = pytest.mark.component("postgresql")

GAP = 60.0
"""Seconds: how long nothing may be taken in after a fault (F30)."""
STEPS = 60
TOML = """
version = 1
catch_all = ["ben"]
[server]
database = "{database}"
[service.shop]
storm_after = 0
runbook = "effects.md"
[service.shop.assume]
escalate_after = "30 min"
page_again_after = "30 min"
acknowledgement_lapses_after = "10 h"
[people.ana]
ways = [{{ kind = "webhook", address = {{ env = "ANA" }} }}]
[people.ben]
ways = [{{ kind = "webhook", address = {{ env = "BEN" }} }}]
[roles]
"On-Call Engineer" = ["ana"]
[integration.monitor]
source = "alertmanager"
service = "shop"
key = {{ env = "KEY" }}
"""
RUNBOOK = """# Runbook

## Severity Levels
- **P0**: everything is down

## Escalation
1. **On-Call Engineer**

## Common Incidents

### Checkout fails

**Symptoms:**
- customers cannot pay

**Resolution:**
```bash
{steps}
```
"""


@dataclass(slots=True)
class Nodes:
    """Two nodes, each behind a wire of its own to the database, and all that reached people and targets."""

    one: Tocsin
    other: Tocsin
    wires: tuple[Wire, Wire]
    sink: Webhook
    dsn: Callable[[], str]
    """Where the database is now, past all wires."""
    steps: list[str] = field(default_factory=list)
    ordered: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)

    def pages(self) -> Counter[str]:
        """How often each page arrived."""
        return Counter(one.json()["key"] for one in list(self.sink.requests) if one.path in ("/ana", "/ben"))

    def hits(self) -> Counter[str]:
        """How often each step had its effect."""
        return Counter(one.path for one in list(self.sink.requests) if one.path.startswith("/effects/"))

    def order(self, node: Tocsin, step: str, timeout: float = 30) -> int:
        """Order a step at a node; its answer."""
        path, by = f"/api/v1/incidents/INC-1/steps/{step}", {"tocsin-client": "cli"}
        shown = node.call("POST", f"{path}/preview", {}, node.admin, timeout=timeout)
        if shown.status != 200:
            return shown.status
        said = {"confirmed": True, "digest": shown.json()["digest"]}
        status = node.call("POST", f"{path}/run", said, node.admin, timeout=timeout, headers=by).status
        if status == 202:
            self.ordered.add(step)
        return status

    def timelines(self) -> dict[str, list[f.Fact]]:
        """The facts of every incident, as the database has them now."""
        store = open_store(self.dsn(), migrate=False)
        try:
            with store.read() as tx:
                ids, before = [], None
                while rows := tx.incidents.search(IncidentQuery(before=before, limit=500)):
                    ids += [row.incident_id for row in rows]
                    before = rows[-1].number
                return {id: [one.fact for one in facts] for id, facts in tx.incidents.facts(ids).items()}
        finally:
            store.close()


@contextmanager
def nodes(folder: Path, port: int, dsn: Callable[[], str], address: Callable[[int], str]) -> Iterator[Nodes]:
    """Two running nodes on a database at a port, one incident, and steps that may be run."""
    upgrade(dsn())
    with ExitStack() as stack:
        sink, wires = stack.enter_context(webhook()), (stack.enter_context(wire(port)), stack.enter_context(wire(port)))
        text = RUNBOOK.format(
            steps="\n\n".join(f"# Effect {n}\ncurl -fsS -X POST {sink.url}/effects/{n}" for n in range(STEPS))
        )
        environment = {"ANA": f"{sink.url}/ana", "BEN": f"{sink.url}/ben", "KEY": KEY}
        running: list[Tocsin] = []
        for name, through in zip(("one", "other"), wires, strict=True):
            (folder / name).mkdir(parents=True)
            (folder / name / "effects.md").write_text(text)
            toml = TOML.format(database=address(through.port))
            node = tocsin(folder / name, toml, environment=environment, movable_clock=True, start=False)
            running.append(stack.enter_context(node))
            running[-1].admin = running[0].admin
            running[-1].start()
        made = Nodes(*running, wires, sink, dsn)
        made.one.api("/incidents", {"title": "customers cannot pay", "procedure": "checkout-fails"})
        for step in made.one.api("/incidents/INC-1/steps")["steps"]:
            made.one.api(f"/services/shop/steps/{step['id']}/enable", {})
            made.steps.append(step["id"])
        made.one.settle()
        for each in wires:
            stack.callback(each.heal)  # before the nodes are stopped
        yield made


# --- F30: the database fails over -----------------------------------------------------------------------------


def killed(both: Pair, house: Nodes) -> None:
    """The primary's machine is gone; what was connected is reset."""
    both.primary.kill()
    for each in house.wires:
        each.cut()
    time.sleep(1)  # as long as nobody leads yet
    both.standby.promote()
    _lead(both, house)


def switched(both: Pair, house: Nodes) -> None:
    """A planned switchover."""
    both.primary.stop()
    both.standby.promote()
    _lead(both, house)


def demoted(both: Pair, house: Nodes) -> None:
    """The quorum is lost: nobody may lead, both are read-only until it is found again."""
    both.primary.demote()
    assert eventually(lambda: house.one.deliver(PATH, alertmanager_body("Leaderless")).status == 503, 30)
    both.primary.promote()


def split(both: Pair, house: Nodes) -> None:
    """The primary lives on behind its partition with everybody still connected to it; the standby leads."""
    both.standby.promote()
    _lead(both, house)


def _lead(both: Pair, house: Nodes) -> None:
    for each in house.wires:
        each.lead(both.standby.port)
        each.heal()


@dataclass(slots=True)
class Load:
    """Alerts, acknowledgements and ordered steps at both nodes, all the time."""

    house: Nodes
    monitors: list[Monitor] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        """Begin to load."""
        for n, node in enumerate((self.house.one, self.house.other)):
            monitor = Monitor(node, f"node{n}", n, pause=0.2)
            self.monitors.append(monitor)
            steps = self.house.steps[n::2]
            self.threads += [
                threading.Thread(target=monitor.run, daemon=True),
                threading.Thread(target=self._people, args=(node, steps), daemon=True),
            ]
        for thread in self.threads:
            thread.start()

    def stored(self) -> list[int]:
        """How many alerts each node has said that it keeps."""
        return [len(one.stored) for one in self.monitors]

    def grown(self, by: int, within: float) -> bool:
        """Whether each node took so many more in."""
        before = self.stored()
        return eventually(lambda: all(n >= b + by for n, b in zip(self.stored(), before, strict=True)), within)

    def end(self) -> None:
        """End once every alert that was begun is stored."""
        self.ended.set()
        for one in self.monitors:
            one.stopping.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive(), "an alert cannot be delivered"

    def _people(self, node: Tocsin, steps: list[str]) -> None:
        while steps and not self.ended.is_set():
            with suppress(OSError, ValueError):
                self.house.order(node, steps.pop())
                rows = node.call("GET", "/api/v1/incidents?state=triggered&limit=5", token=node.admin)
                for row in rows.json()[:1] if rows.status == 200 else []:
                    path = f"/api/v1/incidents/{row['id']}/acknowledge"
                    if node.call("POST", path, {}, node.admin, timeout=20).status == 200:
                        self.house.acknowledged.add(row["id"])
            self.ended.wait(0.3)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [killed, switched, demoted, split])
def test_a_failover_of_the_database_loses_nothing_and_repeats_nothing(
    fault: Callable[[Pair, Nodes], None], tmp_path: Path, postgresql_server: PostgreSQL
) -> None:
    """F30: alerts are taken in again within the minute; nothing acked is lost, pages come twice at most, steps once."""
    with pair(postgresql_server) as both:
        home = both.primary if fault is demoted else both.standby

        def dsn() -> str:
            return home.dsn() if began else both.primary.dsn()

        began = 0.0
        with nodes(tmp_path, both.primary.port, dsn, both.primary.dsn) as house:
            load = Load(house)
            load.begin()
            assert load.grown(5, 60), house.one.output()[-3000:]
            began = time.monotonic()
            fault(both, house)
            assert load.grown(1, GAP), house.one.output()[-3000:] + house.other.output()[-3000:]
            gap = time.monotonic() - began
            assert load.grown(5, 60)
            load.end()
            for node in (house.one, house.other):
                assert eventually(lambda node=node: node.get("/readyz").status == 200, 30)  # type: ignore[misc]
                node.advance(61)  # past every lease that the fault has left behind
            for node in (house.one, house.other):
                node.settle(60)
            both.primary.process and fault is split and both.primary.end()
            timelines = house.timelines()
        sys.stderr.write(
            f"\n{fault.__name__}: taken in again after {gap:.1f} s; {load.stored()} alerts, "
            f"{len(house.ordered)} runs, {len(house.acknowledged)} acknowledged\n"
        )
        assert gap < GAP
        _promised(load, house, timelines)


def _promised(load: Load, house: Nodes, timelines: dict[str, list[f.Fact]]) -> None:
    every = [one for facts in timelines.values() for one in facts]
    heard = Counter(one.fingerprint for one in every if isinstance(one, f.AlertJoined))
    lost = {alert for monitor in load.monitors for alert in monitor.stored} - set(heard)
    assert not lost, f"R1: answered 2xx and lost: {sorted(lost)}"
    assert {alert: n for alert, n in heard.items() if n > 1} == {}, "R2: heard twice"
    forgotten = {id for id in house.acknowledged if not any(isinstance(o, f.Acknowledged) for o in timelines[id])}
    assert not forgotten, f"acknowledged with 200, and forgotten: {forgotten}"
    pages = house.pages()
    for id, facts in timelines.items():
        ordered = [one.page for one in facts if isinstance(one, f.Paged)]
        assert ordered, f"nobody was ever paged for {id}"
        assert id in house.acknowledged or all(pages[page] for page in ordered), f"R7: never sent: {id}"
    assert max(pages.values()) <= 2, f"R7: {pages.most_common(3)}"
    begun = Counter(one.step for one in every if isinstance(one, s.StepStarted))
    assert house.ordered <= set(begun), "a run that was ordered with 202 is gone"
    hits = house.hits()
    assert hits, "no step had any effect, so this shows nothing"
    assert max(hits.values()) == 1, f"R15: ran twice: {hits.most_common(3)}"
    ended = Counter(one.run for one in every if isinstance(one, s.StepFinished))
    assert max(ended.values()) == 1


# --- F31: a node cannot reach the database, and is not told so -------------------------------------------------


@contextmanager
def apart(folder: Path, server: PostgreSQL) -> Iterator[Nodes]:
    """Two nodes on one database."""
    with (
        pair(server, standby=False) as both,
        nodes(folder, both.primary.port, both.primary.dsn, both.primary.dsn) as house,
    ):
        yield house


def _of(house: Nodes, kind: type[f.Fact], **known: object) -> list[f.Fact]:
    """The facts of a kind with these values, on all timelines."""
    every = [one for facts in house.timelines().values() for one in facts]
    return [one for one in every if isinstance(one, kind) and all(getattr(one, k) == v for k, v in known.items())]


@pytest.mark.slow
def test_a_page_in_flight_has_one_owner_when_its_node_loses_the_database(
    tmp_path: Path, postgresql_server: PostgreSQL
) -> None:
    """F31, R12: the claim runs out, the other node sends the page once more, and what the first one says comes late."""
    with apart(tmp_path, postgresql_server) as house:
        cut, there = house.one, house.other
        house.wires[1].swallow()  # so that it is the first node that takes the page
        before = len(house.sink.requests)
        house.sink.plan(Answer(delay=2))
        assert cut.deliver(PATH, alertmanager_body("InFlight")).status == 202
        house.sink.await_requests(before + 1)
        page = house.sink.requests[-1].json()["key"]
        house.wires[0].swallow()
        house.wires[1].heal()
        began = time.monotonic()
        assert cut.deliver(PATH, alertmanager_body("Unheard"), timeout=GAP).status == 503
        assert time.monotonic() - began < 30, "whoever sends an alert is left waiting"
        assert cut.get("/readyz", timeout=GAP).status == 503
        # Alerts go on to be heard and told by the node that is left.
        assert eventually(lambda: there.deliver(PATH, alertmanager_body("Heard")).status == 202, GAP)
        assert eventually(lambda: _of(house, f.PageSent, page=_page_about(house, "Heard")), GAP)
        there.advance(31)
        assert eventually(lambda: _of(house, f.PageSent, page=page), GAP)
        assert house.pages()[page] == 2
        house.wires[0].heal()
        began = time.monotonic()
        assert eventually(lambda: cut.get("/readyz", timeout=GAP).status == 200, GAP), cut.output()[-3000:]
        sys.stderr.write(f"\nready {time.monotonic() - began:.1f} s after the partition was healed\n")
        assert cut.deliver(PATH, alertmanager_body("Unheard")).status == 202
        for node in (cut, there):
            node.settle(60)
        assert max(house.pages().values()) == 2
        assert len(_of(house, f.PageSent, page=page)) == 1


def _page_about(house: Nodes, alert: str) -> str:
    for facts in house.timelines().values():
        if any(isinstance(one, f.AlertJoined) and one.fingerprint.endswith(alert) for one in facts):
            return next((one.page for one in facts if isinstance(one, f.Paged)), "")
    return ""


@pytest.mark.slow
def test_a_step_runs_once_when_its_node_loses_the_database(tmp_path: Path, postgresql_server: PostgreSQL) -> None:
    """F31, R15: its outcome is unknown to the others, who do not run it; what its own node saw is recorded late.

    What was ordered into the partition was not heard of, and is not run at any time.
    """
    with apart(tmp_path, postgresql_server) as house:
        cut, there = house.one, house.other
        step, unheard = house.steps[:2]
        house.wires[1].swallow()
        house.sink.plan(Answer(delay=3))
        assert house.order(cut, step) == 202
        assert eventually(lambda: house.hits(), GAP)
        house.wires[0].swallow()
        house.wires[1].heal()
        assert house.order(cut, unheard, timeout=GAP) == 503
        assert eventually(lambda: there.get("/readyz", timeout=GAP).status == 200, GAP)
        there.advance(61)
        assert eventually(lambda: _of(house, s.StepOutcomeUnknown, step=step), GAP)
        assert eventually(lambda: re.search(r"step/\S+ has to wait", cut.output()), GAP), (
            "it has its result, and nowhere to"
        )
        house.wires[0].heal()
        assert eventually(lambda: _of(house, s.StepFinished, step=step), GAP), cut.output()[-3000:]
        for node in (cut, there):
            node.advance(61)
            node.settle(60)
        assert [one.outcome.value for one in _of(house, s.StepFinished)] == ["succeeded"]  # type: ignore[attr-defined]
        assert sum(house.hits().values()) == 1
        assert not _of(house, s.StepStarted, step=unheard)


# --- F32: the nodes do not reach each other ---------------------------------------------------------------------


@pytest.mark.slow
def test_nodes_that_do_not_reach_each_other_decide_nothing_twice(tmp_path: Path, postgresql_server: PostgreSQL) -> None:
    """F32: they never speak to each other at all; the same alerts and acknowledgements at both are heard once."""
    with apart(tmp_path, postgresql_server) as house:
        names = [f"Same{n}" for n in range(12)]
        both = (house.one, house.other)
        reached: set[tuple[str, str]] = set()
        with ThreadPoolExecutor(4) as pool:
            answers = [pool.submit(node.deliver, PATH, alertmanager_body(name)) for name in names for node in both]
            reached |= {(a.folder.name, b.folder.name) for a in both for b in both if _connected(a, b)}
            assert {one.result().status for one in answers} == {202}
            assert eventually(lambda: len(house.timelines()) == len(names) + 1, 60)  # each, and the storm's
            acknowledged = [
                pool.submit(node.call, "POST", f"/api/v1/incidents/{row['id']}/acknowledge", {}, node.admin)
                for row in house.one.api("/incidents?state=triggered&limit=50")
                for node in both
            ]
            assert {one.result().status for one in acknowledged} == {200}
        for node in both:
            node.settle(60)
        reached |= {(a.folder.name, b.folder.name) for a in both for b in both if _connected(a, b)}
        assert not reached, "the nodes speak to each other"
        heard = Counter(one.fingerprint for one in _of(house, f.AlertJoined))  # type: ignore[attr-defined]
        assert sorted(heard.values()) == [1] * len(names)
        assert len(house.timelines()) == len(names) + 1
        assert max(house.pages().values()) == 1
        assert len(_of(house, f.Acknowledged)) == len(names) + 1


def _connected(node: Tocsin, to: Tocsin) -> bool:
    """Whether a process has a connection to the port of another one, as the kernel lists them."""
    assert node.process is not None
    mine = set()
    for one in Path(f"/proc/{node.process.pid}/fd").iterdir():
        with suppress(OSError):
            mine.add(os.readlink(one))
    for line in Path(f"/proc/{node.process.pid}/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if int(words[2].rpartition(":")[2], 16) == to.port and f"socket:[{words[9]}]" in mine:
            return True
    return False
