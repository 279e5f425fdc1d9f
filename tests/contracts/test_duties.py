"""What was done of recurring duties, in a store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contracts.samples import MINUTE, NOW, SECOND
from tocsin.app.rows.duties import DutyRecord
from tocsin.app.store import Store
from tocsin.errors import TocsinError

DONE = DutyRecord("r-1", "shop", "übung-im-quartal", "Übung im Quartal", NOW, "zoë", "es lief\n✓", NOW + SECOND)


def test_a_record_is_kept_as_it_is_and_replaced_by_its_id(store: Store) -> None:
    """Every field comes back; the same id is the same record."""
    with store.transact() as tx:
        tx.duties.save(DONE)
    with store.read() as tx:
        assert list(tx.duties.of("shop", DONE.duty, 5)) == [DONE]
    with store.transact() as tx:
        tx.duties.save(replace(DONE, note="more"))
    with store.read() as tx:
        assert list(tx.duties.of("shop", DONE.duty, 5)) == [replace(DONE, note="more")]


def test_the_newest_is_what_was_done_last_and_not_what_was_said_last(store: Store) -> None:
    """Each duty of each service has its own; of two at one instant the one that was recorded later counts."""
    before = replace(DONE, id="r-2", done_at=NOW - MINUTE, recorded_at=NOW + MINUTE)
    later = replace(DONE, id="r-0", by="bo", recorded_at=NOW + 2 * SECOND)
    other = replace(DONE, id="r-3", duty="health", done_at=NOW - 9 * MINUTE)
    elsewhere = replace(DONE, id="r-4", service="api", done_at=NOW - 2 * MINUTE)
    with store.transact() as tx:
        for one in (DONE, before, later, other, elsewhere):
            tx.duties.save(one)
    with store.read() as tx:
        assert list(tx.duties.newest()) == [elsewhere, other, later]
        assert list(tx.duties.of("shop", DONE.duty, 5)) == [later, DONE, before]
        assert list(tx.duties.of("shop", DONE.duty, 2)) == [later, DONE]
        assert list(tx.duties.of("shop", "unheard-of", 5)) == []


def test_what_was_done_between_two_instants_includes_both(store: Store) -> None:
    """One microsecond outside is outside."""
    with store.transact() as tx:
        tx.duties.save(DONE)
        tx.duties.save(replace(DONE, id="r-2", done_at=NOW + MINUTE))
    with store.read() as tx:
        tick = SECOND / 1_000_000
        for first, last, ids in (
            (NOW, NOW + MINUTE, ["r-2", "r-1"]),
            (NOW + tick, NOW + MINUTE, ["r-2"]),
            (NOW, NOW + MINUTE - tick, ["r-1"]),
        ):
            assert [one.id for one in tx.duties.between("shop", DONE.duty, first, last)] == ids
        assert list(tx.duties.between("api", DONE.duty, NOW, NOW)) == []


def test_a_note_that_no_database_can_hold_is_refused(store: Store) -> None:
    """Nothing of the transaction is kept."""
    with pytest.raises(TocsinError), store.transact() as tx:
        tx.duties.save(replace(DONE, note="\x00"))
    with store.read() as tx:
        assert list(tx.duties.newest()) == []
