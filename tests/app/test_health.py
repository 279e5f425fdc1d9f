"""Whether the server can do its work: every loop of the engine counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from tests.app.shop import ANA, Shop
from tests.stage.postgresql import Database
from tocsin.adapters.database.opening import open_store
from tocsin.app.desk import Desk
from tocsin.app.health import MOST_REPAIRED, OLDEST_CYCLE, Health, drift
from tocsin.app.store import Store, Transaction
from tocsin.clock import SystemClock, monotonic
from tocsin.errors import Unavailable
from tocsin.incident.commands import Acknowledge
from tocsin.incident.incident import Incident
from tocsin.incident.indexing import summarise


@dataclass
class Turning:
    """A loop that ended its last round then."""

    last_cycle: float


def health(tmp_path: Path, **ages: float | None) -> Health:
    """The health of an engine whose loops ended their last round so many seconds ago; None: never."""
    shop = Shop()
    now = monotonic()
    loops = {name: Turning(0.0 if age is None else now - age) for name, age in ages.items()}
    return Health(shop.store, shop.clock, loops, shop.playbooks, tmp_path, shop.desk)


def test_an_engine_whose_loops_all_turn_is_ready(tmp_path: Path) -> None:
    """The oldest round is named, so that a person sees which loop is slow."""
    (engine, *_) = health(tmp_path, hearing=0.1, timekeeper=0.2, courier=3).ready().checks
    assert engine.ok
    assert "courier" in engine.detail


@pytest.mark.parametrize("stuck", ["hearing", "timekeeper", "courier"])
@pytest.mark.parametrize("age", [OLDEST_CYCLE + 1, None])
def test_one_loop_that_hangs_is_enough_not_to_be_ready(tmp_path: Path, stuck: str, age: float | None) -> None:
    """R25: alerts that are not read, deadlines that are not kept and pages that are not sent are all a failure."""
    loops: dict[str, float | None] = {"hearing": 0.1, "timekeeper": 0.1, "courier": 0.1, stuck: age}
    one = health(tmp_path, **loops)
    assert not one.beating()
    assert stuck in one.ready().checks[0].detail


@pytest.mark.parametrize(("ahead", "said"), [(600, "10 min behind"), (-600, "10 min ahead of"), (5, "")])
def test_a_clock_that_is_off_the_databases_is_told_and_closes_no_door(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, ahead: int, said: str
) -> None:
    """F39: a node ten minutes off keeps deadlines by the database's clock; its own is still to be set."""
    one = health(tmp_path, hearing=0.1)
    one.store = Elsewhere(one.store, timedelta(seconds=ahead))
    ready = one.ready()
    (clock,) = (check for check in ready.checks if check.name == "clock")
    assert ready.ok
    assert (f"{said} the database's" if said else "as the database's") in clock.detail
    one.look()
    assert ("set it (NTP)" in caplog.text) is bool(said)
    seconds = -ahead
    assert abs(drift(one.store) - timedelta(seconds=seconds)) < timedelta(seconds=4)


def test_a_database_that_is_gone_is_waited_for_once(tmp_path: Path) -> None:
    """Each question waits five seconds for a server that does not answer, and a probe gives up sooner."""
    one = health(tmp_path, hearing=0.1)
    gone = Gone()
    one.store = gone  # type: ignore[assignment]
    ready = one.ready()
    assert not ready.ok
    assert [check.name for check in ready.checks if not check.ok] == ["database"]
    assert gone.waits == 1


@dataclass
class Gone:
    """A store whose database does not answer; every question waits."""

    waits: int = 0

    def writable(self) -> bool:
        """Not now."""
        self.waits += 1
        return False

    def now(self) -> datetime:
        """Nothing is known."""
        return self._refuse()

    def read(self) -> AbstractContextManager[Transaction]:
        """Nothing is known."""
        return self._refuse()

    def _refuse(self) -> NoReturn:
        self.waits += 1
        raise Unavailable("the database does not answer")


class Elsewhere:
    """A store whose database has a clock of its own, so far ahead of ours."""

    def __init__(self, store: Store, ahead: timedelta) -> None:
        self._store, self._ahead = store, ahead

    def now(self) -> datetime:
        """What its clock says."""
        return SystemClock().now() + self._ahead

    def transact(self) -> AbstractContextManager[Transaction]:
        """As the store."""
        return self._store.transact()

    def read(self) -> AbstractContextManager[Transaction]:
        """As the store."""
        return self._store.read()

    def writable(self) -> bool:
        """As the store."""
        return self._store.writable()

    def close(self) -> None:
        """As the store."""
        self._store.close()


def test_an_incident_that_nobody_would_be_woken_for_is_told_and_repaired(tmp_path: Path) -> None:
    """R4: a lost deadline is written anew from the facts, the engine hears of it, and the alarm ends with it."""
    shop = Shop()
    declared = shop.declare().incident.id
    shop.work()
    with shop.store.transact() as tx:
        (row,) = tx.incidents.summaries([declared]).values()
        tx.incidents.reindex([replace(row, next_due_at=None)])
    told: list[str] = []
    shop.desk.listeners.append(told.extend)
    looking = Health(shop.store, shop.clock, {"hearing": Turning(monotonic())}, shop.playbooks, tmp_path, shop.desk)
    assert list(looking.look()) == [declared]
    with shop.store.read() as tx:
        assert tx.incidents.summaries([declared])[declared].next_due_at == row.next_due_at
    assert told == [declared]
    assert list(looking.look()) == []
    assert looking.ready().checks[3].ok


def lose_deadlines(shop: Shop) -> None:
    """Every deadline of the index is lost."""
    with shop.store.transact() as tx:
        rows = tx.incidents.summaries([row.incident_id for row in shop.rows()])
        tx.incidents.reindex([replace(row, next_due_at=None) for row in rows.values()])


def looking_after(shop: Shop, tmp_path: Path) -> Health:
    """The self-check of a shop."""
    return Health(shop.store, shop.clock, {"hearing": Turning(monotonic())}, shop.playbooks, tmp_path, shop.desk)


def test_one_look_repairs_so_many_deadlines_the_oldest_first_and_says_how_many_are_left(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """R4: the commit of a repair is bounded, whatever was lost; the next look goes on where it ended."""
    shop = Shop()
    ids = [shop.declare().incident.id for _ in range(MOST_REPAIRED + 3)]
    shop.work()
    lose_deadlines(shop)
    looking = looking_after(shop, tmp_path)
    caplog.set_level("WARNING")
    assert list(looking.look()) == ids
    assert "3 more at the next look" in caplog.text
    assert max(len(record.getMessage()) for record in caplog.records) < 400
    assert any("and 493 more" in check.detail for check in looking.ready().checks if check.name == "deadlines")
    assert list(looking.look()) == ids[MOST_REPAIRED:]
    assert list(looking.look()) == []


class OvertakenDesk(Desk):
    """After it has read, others do something, once."""

    meanwhile: Callable[[], object] | None = None

    def load(self, tx: Transaction, incident_ids: Iterable[str]) -> dict[str, Incident]:
        """Read, and be overtaken."""
        found = Desk.load(self, tx, incident_ids)
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            thread = threading.Thread(target=act)
            thread.start()
            thread.join()
        return found


@pytest.mark.component("postgresql")
def test_a_repair_never_writes_over_what_another_node_appends_meanwhile(
    tmp_path: Path, postgresql_database: Database
) -> None:
    """R4 on two nodes: one acknowledges between the other's reading and its writing; both have their effect."""
    patience = timedelta(seconds=5)
    with (
        closing(open_store(postgresql_database.dsn, patience=patience)) as first,
        closing(open_store(postgresql_database.dsn, patience=patience)) as second,
    ):
        one, other = Shop(store=first), Shop(store=second)
        ids = [one.declare().incident.id for _ in range(3)]
        one.work()
        lose_deadlines(one)
        desk = OvertakenDesk(one.desk.team, one.desk.masker)
        desk.meanwhile = lambda: other.incidents.act(ANA, ids[1], Acknowledge("ana"))
        looking = replace(looking_after(one, tmp_path), desk=desk)
        assert list(looking.look()) == ids
        assert desk.meanwhile is None
        with second.read() as tx:
            rows, facts = tx.incidents.summaries(ids), other.desk.load(tx, ids)
        assert rows == {id: summarise(incident) for id, incident in facts.items()}
        assert rows[ids[1]].acknowledged_by == "ana"
        assert list(looking.look()) == []
