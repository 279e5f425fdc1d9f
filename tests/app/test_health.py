"""Whether the server can do its work: every loop of the engine counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.app.shop import Shop
from tocsin.app.health import OLDEST_CYCLE, Health
from tocsin.clock import monotonic


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
