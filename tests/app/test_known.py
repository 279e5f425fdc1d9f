"""What the hearing keeps in memory changes nothing but the time it takes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import msgspec
import pytest

from tests.app.shop import ANA, MINUTE, SECRET, START, Said, Shop, notification
from tests.contracts.samples import alert
from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.intake.hearing import Hearing
from tocsin.app.intake.known import MARK, Known, Learned, recounted
from tocsin.app.masking import Masker
from tocsin.app.rows.records import AlertCount, AlertState
from tocsin.app.store import Store, Transaction
from tocsin.errors import Unavailable
from tocsin.incident.commands import Resolve
from tocsin.incident.facts import Fact

MASKER = Masker(())


class ForgetsAtOnce(Known):
    """Keeps nothing from one digest to the next."""

    def learn(self, learned: Learned) -> None:
        """No."""


def another_node(shop: Shop) -> Hearing:
    """The hearing of another process on the same store."""
    return Hearing(shop.store, shop.clock, shop.desk, shop.playbooks, lambda: shop.team)


def happenings(rng: random.Random) -> Iterator[list[bytes]]:
    """Batches of notifications: mostly the same alerts again, some that end, begin anew, or say other words."""
    alerts = {name: Said(instance=name) for name in "abcdef"}
    at = START - timedelta(hours=2)
    for number in range(rng.randint(8, 20)):
        at += timedelta(seconds=rng.choice((1, 30, 400)))
        for name, held in list(alerts.items()):
            match rng.randrange(12):
                case 0:
                    alerts[name] = Said(since=held.since, until=at, instance=name)
                case 1:
                    alerts[name] = Said(since=at, instance=name)
                case 2:
                    alerts[name] = Said(f"Disk{number}", since=at, instance=name)
        said = rng.sample(list(alerts.values()), rng.randint(1, 6))
        yield [notification(one, key=f"{{}}:{number}") for one in said]


def story(
    seed: int, *, remembers: bool, nodes: int
) -> tuple[list[AlertState], list[list[Fact]], dict[str, AlertCount]]:
    """One course of events, its batches read by any of so many nodes; the rows and the facts it ends with."""
    rng, shop = random.Random(seed), Shop()
    readers = [shop.hearing, *(another_node(shop) for _ in range(nodes - 1))]
    if not remembers:
        for one in readers:
            one.known = ForgetsAtOnce()
    for batch in happenings(rng):
        shop.hearing = rng.choice(readers)
        shop.hear(*batch, at_once=rng.random() < 0.5)
        shop.clock.move_by(timedelta(minutes=rng.choice((0, 1, 7))))
        open_now = [row.incident_id for row in shop.rows() if row.resolved_at is None]
        if open_now and rng.random() < 0.2:
            shop.incidents.act(ANA, rng.choice(open_now), Resolve("fixed", override="seen"))
    with shop.store.read() as tx:
        ids = [row.incident_id for row in shop.rows()]
        rows, counts = list(tx.alerts.latest(100)), dict(tx.alerts.counts(ids))
    return rows, [shop.facts(id) for id in ids], counts


@pytest.mark.parametrize("seed", range(25))
def test_what_is_remembered_changes_neither_rows_nor_facts(seed: int) -> None:
    """R2, R3: a hearing that remembers ends where one ends that reads every alert from the store."""
    assert story(seed, remembers=True, nodes=1) == story(seed, remembers=False, nodes=1)


@pytest.mark.parametrize("seed", range(25))
def test_nodes_that_take_turns_do_not_believe_what_they_remember(seed: int) -> None:
    """R3: what another node has digested meanwhile is seen, in whatever order they take turns."""
    assert story(seed, remembers=True, nodes=2) == story(seed, remembers=False, nodes=2)


class Lying:
    """A store whose next commits are carried out and then said to have failed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.lies = 0
        self.read, self.writable, self.close = store.read, store.writable, store.close

    @contextmanager
    def transact(self) -> Iterator[Transaction]:
        """Commit, and say perhaps that nobody knows."""
        with self._store.transact() as tx:
            yield tx
        if self.lies:
            self.lies -= 1
            raise Unavailable


def test_after_a_commit_of_which_nobody_knows_everything_is_read_again() -> None:
    """F91: what was committed is in the store; whoever digests next goes by that and not by what it remembers."""
    shop = Shop()
    shop.hearing.store = store = Lying(shop.store)
    shop.hear(notification(Said()))
    store.lies = 1
    with pytest.raises(Unavailable):
        shop.hear(notification(Said(), key="again"))
    shop.hear(notification(Said(), key="and again"))
    with shop.store.read() as tx:
        assert [one.events for one in tx.alerts.latest(9)] == [3]


def test_a_row_that_was_removed_by_hand_is_there_again() -> None:
    """What fires is in the store, whatever is remembered of it."""
    shop = Shop()
    shop.hear(notification(Said()), notification(Said(), key="2"))
    with shop.store.transact() as tx:
        tx.alerts._tables.alerts.change().clear()  # type: ignore[attr-defined]
    shop.hear(notification(Said(), key="3"))
    with shop.store.read() as tx:
        assert [(one.events, one.firing) for one in tx.alerts.latest(9)] == [(3, True)]


def test_no_secret_of_an_alert_is_kept_whether_it_is_new_or_known() -> None:
    """R19: not in its row, not on a timeline, not when it says it again, not when the words came before the secret."""
    shop = Shop()
    body = notification(Said("Login")).replace(b"Checkout returns 502 errors", f"with {SECRET} at login".encode())
    labelled = notification(Said("Other", instance=SECRET))
    shop.hear(body, labelled, body.replace(b"{}:", b"{1}:"), labelled.replace(b"{}:", b"{1}:"))
    late = notification(Said("Late", instance="known-too-late"))
    shop.hear(late)
    shop.desk.masker = Masker([SECRET, "known-too-late"])
    shop.hear(late.replace(b"{}:", b"{1}:"))
    with shop.store.read() as tx:
        kept = [msgspec.structs.asdict(one) for one in tx.alerts.latest(9)]
    assert len(kept) == 3
    assert SECRET not in repr(kept)
    assert "known-too-late" not in repr(kept)
    assert all(SECRET not in repr(shop.facts(row.incident_id)) for row in shop.rows())


def test_the_memory_is_bounded_and_what_comes_often_stays() -> None:
    """The memory holds two generations of a bounded number of alerts."""
    known, store = Known(most=10), MemoryStore()
    often = alert("often")
    for number in range(50):
        with store.transact() as tx:
            known.begin(tx, MASKER)
            assert number == 0 or known.states(tx, [("Shop", "often")]) == ({("Shop", "often"): often}, set())
            mark = known.end(tx)
        states = {("Shop", "often"): often, ("Shop", f"f{number}"): alert(f"f{number}")}
        known.learn(Learned(mark, states, {}))
    with store.read() as tx:
        held, _ = known.states(tx, [("Shop", f"f{n}") for n in range(50)])
    assert len(held) <= 20


def test_a_mark_of_somebody_else_means_that_nothing_is_known() -> None:
    """A restored backup, an older process, another node: their mark is not ours."""
    known, store = Known(), MemoryStore()
    with store.transact() as tx:
        known.begin(tx, MASKER)
        known.learn(Learned(known.end(tx), {("Shop", "f"): alert("f")}, {"a": AlertCount(1, 1)}))
    with store.transact() as tx:
        known.begin(tx, MASKER)
        assert known.states(tx, [("Shop", "f")])[0]
        tx.keep.put(MARK, "somebody else's")
        known.begin(tx, MASKER)
        assert known.states(tx, [("Shop", "f")]) == ({}, {("Shop", "f")})
        assert known.counts(tx, ["a"]) == {}


def test_counts_follow_the_alerts_from_incident_to_incident() -> None:
    """An alert that ends, or that goes to another incident, is counted where it is now."""
    before = {("Shop", "f"): alert("f"), ("Shop", "g"): alert("g")}
    after = {("Shop", "f"): alert("f", "b"), ("Shop", "g"): alert("g", firing=False), ("Shop", "h"): alert("h", "b")}
    counts = recounted({"a": AlertCount(2, 2)}, before, after)
    assert counts == {"a": AlertCount(1, 0), "b": AlertCount(2, 2)}


def test_an_alert_that_fires_on_is_written_once_a_batch_with_its_last_words() -> None:
    """A hundred notifications of one alert: its row counts them all and names the last."""
    shop = Shop()
    shop.hear(notification(Said()))
    shop.clock.move_by(MINUTE)
    shop.hear(*(notification(Said(), key=str(n)) for n in range(100)), at_once=True)
    with shop.store.read() as tx:
        [one] = tx.alerts.latest(9)
    assert (one.events, one.last_delivery, one.last_at) == (101, 101, START + MINUTE)


def test_a_group_with_a_secret_in_its_name_is_one_incident() -> None:
    """R19: what an incident is found by is masked before it is looked for, as it is before it is kept."""
    shop = Shop()
    for instance in "ab":
        body = notification(Said("Login", instance=instance), key=f"{{}}:{SECRET}")
        shop.hear(body.replace(b"Checkout returns 502 errors", b"nobody can sign in"))
    assert len(shop.rows()) == 1
