"""Rows that do not follow from the facts are found (docs/adr/0006)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.app.shop import ANA, Shop
from tocsin.adapters.database.checking import check
from tocsin.adapters.database.opening import open_store
from tocsin.adapters.database.upkeep import hold_incidents
from tocsin.app.indexed import strayed
from tocsin.incident.commands import AddNote

SPOILT = [
    ("UPDATE incidents SET next_due_at = next_due_at + 3600000000 WHERE incident_id = 'INC-1'", "next_due_at"),
    ("UPDATE incidents SET state = 'resolved', paging = 0 WHERE incident_id = 'INC-1'", "state, paging"),
    ("DELETE FROM incidents WHERE incident_id = 'INC-1'", "no row"),
]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Where the database is."""
    return f"sqlite:///{tmp_path}/x.db"


@pytest.mark.parametrize(("sql", "told"), SPOILT)
def test_a_row_that_does_not_follow_from_the_facts_is_told_and_made_anew_by_the_next_fact(
    url: str, sql: str, told: str
) -> None:
    """R4: it is named with what is wrong; whatever is written down on the incident writes its row."""
    shop = Shop(store=open_store(url))
    shop.declare()
    shop.declare()
    with sqlite3.connect(url.removeprefix("sqlite:///")) as raw:
        raw.execute(sql)
    raw.close()
    [problem] = check(url, shop.clock.now(), more=[lambda tx: strayed(tx, shop.desk.load)])
    assert "INC-1" in problem
    assert told in problem
    shop.incidents.act(ANA, "INC-1", AddNote("look"))
    assert check(url, shop.clock.now(), more=[lambda tx: strayed(tx, shop.desk.load)]) == []
    shop.store.close()


def test_what_a_restore_holds_back_is_no_stray() -> None:
    """R24: its deadline was taken away on purpose."""
    shop = Shop()
    shop.declare()
    with shop.store.transact() as tx:
        hold_incidents(tx)
    with shop.store.read() as tx:
        assert list(strayed(tx, shop.desk.load)) == []
