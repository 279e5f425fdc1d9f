"""Silences of a store, what they keep quiet, and what senders say is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.contracts.samples import MINUTE, NOW
from tocsin.alerts.silence import Matcher, Silence
from tocsin.app.rows.records import PresentAlert, QuietCount, QuietedAlert, SilencedAlert
from tocsin.app.store import Store

MATCHERS = (Matcher("alertname", "Till ☎"), Matcher("team", "a|b", is_regex=True, is_equal=False))
ONE = Silence("s-1", "prometheus", MATCHERS, NOW, NOW + MINUTE, "ana", "new till", NOW, "shop")


def test_a_silence_comes_back_as_it_was_made(store: Store) -> None:
    """Conditions, instants to the microsecond and words come back; the newest version of an id counts."""
    with store.transact() as tx:
        tx.silences.save(replace(ONE, comment="old"))
        tx.silences.save(ONE)
    with store.read() as tx:
        assert tx.silences.get("s-1") == ONE
        assert tx.silences.get("s-2") is None


def test_silences_that_end_later_come_soonest_first(store: Store) -> None:
    """One that ends at the very instant has ended."""
    others = [replace(ONE, id=f"s-{n}", ends_at=NOW + n * MINUTE) for n in (3, 2)]
    with store.transact() as tx:
        for one in (ONE, *others):
            tx.silences.save(one)
    with store.read() as tx:
        assert [one.id for one in tx.silences.ending_after(NOW + MINUTE)] == ["s-2", "s-3"]
        assert [one.id for one in tx.silences.ending_after(NOW)] == ["s-1", "s-2", "s-3"]


def test_what_is_kept_quiet_is_one_row_for_each_alert(store: Store) -> None:
    """The newest delivery of an alert counts; what is let go is gone, and unknown ones are passed over."""
    with store.transact() as tx:
        tx.silences.hold([SilencedAlert("p", "f", 1, "s-1"), SilencedAlert("p", "f", 2, "s-1")])
        tx.silences.hold([SilencedAlert("p", "g", 3, "s-1"), SilencedAlert("o", "f", 4, "s-2")])
    with store.transact() as tx:
        held = tx.silences.held(9)
        assert held == [SilencedAlert("o", "f", 4, "s-2"), SilencedAlert("p", "f", 2, "s-1"), held[2]]
        assert len(tx.silences.held(1)) == 1
        assert tx.silences.of_alert("p", "f") == held[1]
        assert tx.silences.of_alert("p", "nothing") is None
        assert tx.silences.held(9, ["s-1", "s-9"]) == [SilencedAlert("o", "f", 4, "s-2")]
        tx.silences.hold([SilencedAlert("p", "f", 1, "s-2")])  # an older delivery that is read again
        tx.silences.let_go([("p", "f", 1)])
        assert tx.silences.held(9) == held
        tx.silences.let_go([("p", "f", 2), ("p", "nothing", 99)])
        tx.silences.let_go([])
        assert [one.fingerprint for one in tx.silences.held(9)] == ["f", "g"]


def test_what_is_there_is_replaced_removed_and_found_when_it_is_over(store: Store) -> None:
    """Of each alert the last word counts; what is not repeated in time is over, soonest first."""
    there = [PresentAlert("p", name, NOW + timedelta(minutes=n), b'{"\x00\xff"}') for name, n in (("b", 2), ("a", 1))]
    with store.transact() as tx:
        tx.present.say({("p", one.fingerprint): one for one in there})
        tx.present.say({("o", "a"): PresentAlert("o", "a", NOW, b""), ("p", "nothing"): None})
        tx.present.say({})
    with store.transact() as tx:
        assert tx.present.of("p", 9) == [there[1], there[0]]
        assert [one.integration for one in tx.present.over(NOW, 9)] == ["o"]
        assert [one.believed_until for one in tx.present.over(NOW + 2 * MINUTE, 2)] == [NOW, NOW + MINUTE]
        tx.present.say({("p", "a"): None, ("p", "b"): replace(there[0], body=b"x")})
        assert tx.present.of("p", 9) == [replace(there[0], body=b"x")]


def quieted(fingerprint: str, minute: int, **more: Any) -> QuietedAlert:
    at = NOW + minute * MINUTE
    return QuietedAlert(
        **{
            "silence": "s-1",
            "integration": "p",
            "fingerprint": fingerprint,
            "service": "shop",
            "title": "Till ☎",
            "first_at": at,
            "last_at": at,
            **more,
        }
    )


def test_what_a_silence_kept_quiet_is_counted_and_named(store: Store) -> None:
    """Times add up, the first instant stays and the newest words count; what it holds stands first."""
    with store.transact() as tx:
        tx.silences.tally([quieted("f", 0), quieted("g", 1, times=3), quieted("f", 0, silence="s-2")])
        tx.silences.tally([quieted("f", 2, title="Till, again", times=2)])
        tx.silences.tally([])
        tx.silences.hold([SilencedAlert("p", "f", 7, "s-1"), SilencedAlert("p", "g", 7, "s-2")])
    with store.read() as tx:
        held = quieted("f", 2, first_at=NOW, title="Till, again", times=3, held=True)
        assert tx.silences.tallied("s-1", 9) == [held, quieted("g", 1, times=3)]
        assert tx.silences.tallied("s-1", 1) == [held]
        assert tx.silences.counts(["s-1", "s-2", "s-3"]) == {"s-1": QuietCount(2, 1, 6), "s-2": QuietCount(1, 0, 1)}
        assert tx.silences.counts([]) == {}
    with store.transact() as tx:
        tx.silences.let_go([("p", "f", 99)])
        assert tx.silences.counts(["s-1"])["s-1"].held == 0
