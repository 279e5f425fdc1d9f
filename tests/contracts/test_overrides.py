"""Overrides of the schedules in a store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contracts.samples import MINUTE, NOW, SECOND
from tocsin.app.rows.records import OverrideRow
from tocsin.app.store import Store
from tocsin.errors import Conflict
from tocsin.oncall.schedule import Override

ROW = OverrideRow("primary", Override(("bo", "zoë"), NOW, NOW + MINUTE, "dentist", "o1", "ana"), NOW)


def test_overrides_come_back_in_the_order_of_making(store: Store) -> None:
    """Rows come back equal, those that end after an instant, first made first; an id is used once."""
    later = replace(ROW, override=replace(ROW.override, id="o0", until=NOW + 2 * MINUTE), schedule="s")
    with store.transact() as tx:
        tx.overrides.add(ROW)
        tx.overrides.add(later)
    with store.read() as tx:
        assert list(tx.overrides.after(NOW)) == [ROW, later]
        assert list(tx.overrides.after(NOW + MINUTE)) == [later]
        assert list(tx.overrides.after(NOW + 2 * MINUTE)) == []
        assert tx.overrides.get("o1") == ROW
        assert tx.overrides.get("nil") is None
    with pytest.raises(Conflict), store.transact() as tx:
        tx.overrides.add(ROW)


def test_an_override_is_ended_once_and_stays(store: Store) -> None:
    """An ended row keeps its span and says who ended it; what is unknown or ended is not ended again."""
    with store.transact() as tx:
        tx.overrides.add(ROW)
        assert tx.overrides.end("o1", NOW + SECOND, "max")
        assert not tx.overrides.end("o1", NOW + MINUTE, "bo")
        assert not tx.overrides.end("o2", NOW, "bo")
    ended = replace(ROW, ended_at=NOW + SECOND, ended_by="max")
    with store.read() as tx:
        assert list(tx.overrides.after(NOW)) == [ended]
    assert ended.holds == replace(ROW.override, until=NOW + SECOND)
    assert replace(ended, ended_at=NOW).holds is None
    assert ROW.holds == ROW.override
