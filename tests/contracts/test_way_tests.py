"""Test pages, in a store."""

from __future__ import annotations

from dataclasses import replace

from tests.contracts.samples import MINUTE, NOW, SECOND
from tocsin.app.rows.way_tests import WayTest, WayTestState
from tocsin.app.store import Store

TEST = WayTest("test/1/zoë/sms", "zoë", "sms", NOW, NOW)


def test_test_pages_are_kept_once_and_listed_by_round(store: Store) -> None:
    """The same id again changes nothing; old rounds are forgotten."""
    older = replace(TEST, id="test/0/bo/call", round_at=NOW - MINUTE, text="told", error="why")
    with store.transact() as tx:
        assert tx.way_tests.add([TEST, older]) == 2
        assert tx.way_tests.add([replace(TEST, person="max"), replace(TEST, id="test/1/ana/sms")]) == 1
    with store.read() as tx:
        assert tx.way_tests.get(TEST.id) == TEST
        assert tx.way_tests.get("test/9") is None
        listed = [older, replace(TEST, id="test/1/ana/sms"), TEST]
        assert list(tx.way_tests.since(NOW - MINUTE)) == listed
        assert list(tx.way_tests.since(NOW)) == listed[1:]
    with store.transact() as tx:
        assert tx.way_tests.forget(NOW) == 1
        assert list(tx.way_tests.since(NOW - MINUTE)) == listed[1:]


def test_r12_one_is_claimed_by_one_caller_at_a_time(store: Store) -> None:
    """R12: the oldest that is due, once; a claim that is not settled ends by itself."""
    with store.transact() as tx:
        tx.way_tests.add([replace(TEST, id="test/b", next_at=NOW + SECOND), TEST])
        assert tx.way_tests.claim(NOW - SECOND, NOW + MINUTE) is None
        assert tx.way_tests.claim(NOW, NOW + MINUTE) == replace(TEST, next_at=NOW + MINUTE, attempts=1)
        assert tx.way_tests.claim(NOW, NOW + MINUTE) is None
    with store.transact() as tx:
        taken = [tx.way_tests.claim(NOW + MINUTE, NOW + 2 * MINUTE) for _ in range(3)]
    assert [one and (one.id, one.attempts) for one in taken] == [("test/b", 1), (TEST.id, 2), None]


def test_how_a_test_page_went_is_kept(store: Store) -> None:
    """Waiting moves it; sent and failed end it; received and confirmed are said once, in any order."""
    with store.transact() as tx:
        tx.way_tests.add([TEST])
        tx.way_tests.settle(TEST.id, WayTestState.WAITING, NOW + SECOND, "HTTP 500")
        assert tx.way_tests.get(TEST.id) == replace(TEST, next_at=NOW + SECOND, error="HTTP 500")
        assert tx.way_tests.confirm(TEST.id, NOW + SECOND) is True
        assert tx.way_tests.confirm(TEST.id, NOW + MINUTE) is False
        assert tx.way_tests.received(TEST.id, NOW) is True
        assert tx.way_tests.received(TEST.id, NOW + MINUTE) is False
        tx.way_tests.settle(TEST.id, WayTestState.SENT, NOW + 2 * SECOND)
        assert tx.way_tests.confirm("test/9", NOW) is False
        assert tx.way_tests.claim(NOW + MINUTE, NOW + 2 * MINUTE) is None
    ended = replace(TEST, next_at=NOW + SECOND, state=WayTestState.SENT, sent_at=NOW + 2 * SECOND)
    with store.read() as tx:
        assert tx.way_tests.get(TEST.id) == replace(ended, received_at=NOW, confirmed_at=NOW + SECOND)
