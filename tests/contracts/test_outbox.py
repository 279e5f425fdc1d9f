"""The outbox of a store: who may carry an effect, until when, and what a stale claim can do (nothing)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.contracts.conftest import Node
from tests.contracts.samples import MINUTE, NOW, SECOND, appending, effect
from tocsin.app.rows.outbox import HELD, LOST
from tocsin.app.rows.records import Appending, OutboxEntry, OutboxState
from tocsin.app.store import Store
from tocsin.incident.effects import Effect, EffectKind

PAGES = [EffectKind.PAGE]
EVERYTHING = list(EffectKind)


def queue(store: Store, *effects: Effect, incident_id: str = "a", seq: int = 1, **changes: object) -> None:
    """Queue effects with a fact of an incident."""
    with store.transact() as tx:
        tx.incidents.append([appending(incident_id, 1, *effects, seqs=(seq,), **changes)])


def claim(store: Store, kinds: list[EffectKind] = PAGES, now: timedelta = timedelta(), by: str = "n1", limit: int = 9):  # type: ignore[no-untyped-def]
    """Claim with a lease of a minute, ``now`` after NOW."""
    with store.transact() as tx:
        return list(tx.outbox.claim(kinds, NOW + now, MINUTE, by, limit))


def entry(store: Store, key: str) -> OutboxEntry:
    """One entry as it stands."""
    with store.read() as tx:
        return next(one for one in tx.outbox.entries("a") if one.effect.key == key)


def keys(entries: list[OutboxEntry]) -> list[str]:
    """Their keys."""
    return [one.effect.key for one in entries]


def test_effects_without_a_fact_are_queued_once(store: Store) -> None:
    """Scheduled work is told of by the clock: the same key a second time changes nothing."""
    with store.transact() as tx:
        tx.outbox.put([effect("w", EffectKind.MAIL, "maintenance/x")], NOW)
        tx.outbox.put([effect("w", EffectKind.MAIL, "maintenance/x")], NOW + MINUTE)
        assert tx.outbox.claim([EffectKind.MAIL], NOW - SECOND, MINUTE, "one", 9) == []
        assert [one.effect.key for one in tx.outbox.claim([EffectKind.MAIL], NOW, MINUTE, "one", 9)] == ["w"]
        assert [one.created_at for one in tx.outbox.entries("maintenance/x")] == [NOW]


def test_an_effect_is_queued_with_its_fact_due_at_once(store: Store) -> None:
    """An effect is queued in the commit of its fact, due at the fact's instant, with nobody's claim on it."""
    queue(store, effect("e"))
    expected = OutboxEntry(effect("e"), OutboxState.QUEUED, NOW, created_at=NOW)
    assert entry(store, "e") == expected
    with store.read() as tx:
        assert tx.outbox.soonest() == {EffectKind.PAGE: NOW}
        assert tx.outbox.entries("other") == []


def test_the_same_key_is_queued_once_for_ever(store: Store) -> None:
    """A key that was ever queued is not queued again, not even after it is done."""
    queue(store, effect("e"))
    [one] = claim(store)
    with store.transact() as tx:
        assert tx.outbox.finish("e", one.token, NOW)
    queue(store, effect("e"), effect("f"), seq=2)
    assert entry(store, "e").state is OutboxState.DONE
    assert keys(claim(store)) == ["f"]


def test_an_effect_without_a_fact_is_created_with_the_summary(store: Store) -> None:
    """Effects that come without facts are due when the index row was updated."""
    queue(store)
    with store.transact() as tx:
        tx.incidents.append([appending("a", 1, effect("e"), seqs=(), last_seq=1, updated_at=NOW + SECOND)])
    assert entry(store, "e").due_at == NOW + SECOND


def test_a_claim_says_who_until_when_and_how_often(store: Store) -> None:
    """A claim counts the attempt, gives a new token, and names the claimer and the end of the lease."""
    queue(store, effect("e"))
    [one] = claim(store)
    assert one == entry(store, "e")
    assert (one.state, one.attempts, one.claimed_by) == (OutboxState.CLAIMED, 1, "n1")
    assert one.claimed_until == NOW + MINUTE
    assert one.due_at == NOW
    assert claim(store) == []


def test_claims_take_only_due_entries_of_the_kinds_asked_for(store: Store) -> None:
    """Only due entries of the given kinds are claimed, oldest first over all kinds, up to the limit."""
    kinds = [EffectKind.MAIL, EffectKind.PAGE, EffectKind.CHAT, EffectKind.PAGE, EffectKind.MAIL]
    for n, kind in enumerate(kinds):
        queue(store, effect(f"e{n}", kind), seq=n + 1, updated_at=NOW + (5 - n) * SECOND)
    assert claim(store, EVERYTHING) == []
    assert keys(claim(store, [EffectKind.MAIL, EffectKind.PAGE], now=3 * SECOND)) == ["e4", "e3"]
    assert claim(store, [], now=MINUTE) == []
    assert keys(claim(store, EVERYTHING, now=MINUTE, limit=2)) == ["e2", "e1"]
    assert keys(claim(store, EVERYTHING, now=MINUTE, limit=2)) == ["e0"]


def test_entries_of_one_instant_are_claimed_in_the_order_they_were_queued(store: Store) -> None:
    """Within one instant the order of queueing decides, whatever the kind and the key."""
    queue(store, effect("z", EffectKind.MAIL), effect("b"), effect("a", EffectKind.CHAT), effect("y"))
    assert keys(claim(store, EVERYTHING, limit=3)) == ["z", "b", "a"]
    assert keys(claim(store, EVERYTHING)) == ["y"]


def test_an_entry_whose_lease_ran_out_is_claimed_again_with_a_new_token(store: Store) -> None:
    """At the end of its lease an entry can be claimed again; the new token is another one."""
    queue(store, effect("e"))
    [first] = claim(store)
    with store.read() as tx:
        assert tx.outbox.soonest() == {EffectKind.PAGE: NOW + MINUTE}
    assert claim(store, now=MINUTE - timedelta(microseconds=1), by="n2") == []
    [second] = claim(store, now=MINUTE, by="n2")
    assert second.token != first.token
    assert (second.attempts, second.claimed_by) == (2, "n2")


@pytest.mark.parametrize("act", ["finish", "retry", "give_up", "extend"])
def test_a_stale_token_changes_nothing(store: Store, act: str) -> None:
    """R12: whoever was paused past its lease can change nothing once somebody else has the entry."""
    queue(store, effect("e"))
    [stale] = claim(store)
    [present] = claim(store, now=MINUTE, by="n2")
    before = entry(store, "e")
    with store.transact() as tx:
        done = {
            "finish": lambda token: tx.outbox.finish("e", token, NOW + MINUTE),
            "retry": lambda token: tx.outbox.retry("e", token, NOW + MINUTE, "busy"),
            "give_up": lambda token: tx.outbox.give_up("e", token, "gone"),
            "extend": lambda token: tx.outbox.extend("e", token, NOW + 9 * MINUTE),
        }[act]
        assert done(stale.token) is False
        assert not tx.outbox.holds("e", stale.token)
        assert tx.outbox.holds("e", present.token)
    assert entry(store, "e") == before
    with store.transact() as tx:
        assert tx.outbox.finish("e", present.token, NOW + MINUTE)


@pytest.mark.parametrize("ended", ["finish", "retry", "give_up"])
def test_a_token_is_used_up_when_its_claim_has_ended(store: Store, ended: str) -> None:
    """After a claim was settled its token holds nothing any more, and settles nothing again."""
    queue(store, effect("e"))
    [one] = claim(store)
    with store.transact() as tx:
        match ended:
            case "finish":
                tx.outbox.finish("e", one.token, NOW)
            case "retry":
                tx.outbox.retry("e", one.token, NOW, "busy")
            case _:
                tx.outbox.give_up("e", one.token, "no")
        assert not tx.outbox.holds("e", one.token)
        assert not tx.outbox.finish("e", one.token, NOW)
        assert not tx.outbox.retry("e", one.token, NOW, "again")
        assert not tx.outbox.give_up("e", one.token, "again")
        assert not tx.outbox.extend("e", one.token, NOW + MINUTE)


def test_an_unknown_key_holds_nothing(store: Store) -> None:
    """A key that was never queued has no claim."""
    with store.transact() as tx:
        assert not tx.outbox.holds("nothing", 1)
        assert not tx.outbox.finish("nothing", 1, NOW)


def test_a_claim_is_good_until_somebody_else_takes_it(store: Store) -> None:
    """A lease that ran out does not lose the claim by itself: the outcome is still recorded."""
    queue(store, effect("e"))
    [one] = claim(store)
    with store.transact() as tx:
        assert tx.outbox.holds("e", one.token)
        assert tx.outbox.finish("e", one.token, NOW + 9 * MINUTE)
    done = entry(store, "e")
    assert (done.state, done.claimed_until, done.last_error) == (OutboxState.DONE, None, "")
    assert claim(store, now=99 * MINUTE) == []


def test_a_retry_waits_until_it_is_due(store: Store) -> None:
    """Retried entries are queued for their instant with the error and without a claimer."""
    queue(store, effect("e"))
    [one] = claim(store)
    with store.transact() as tx:
        assert tx.outbox.retry("e", one.token, NOW + 5 * SECOND, "provider busy")
    waiting = entry(store, "e")
    assert (waiting.state, waiting.due_at, waiting.attempts) == (OutboxState.QUEUED, NOW + 5 * SECOND, 1)
    assert (waiting.claimed_by, waiting.claimed_until, waiting.last_error) == ("", None, "provider busy")
    assert claim(store) == []
    [again] = claim(store, now=5 * SECOND)
    assert (again.attempts, again.last_error) == (2, "provider busy")


def test_what_was_given_up_stays_so(store: Store) -> None:
    """An entry that was given up keeps its reason and is never claimed again."""
    queue(store, effect("e"))
    [one] = claim(store)
    with store.transact() as tx:
        assert tx.outbox.give_up("e", one.token, "no such number")
    ended = entry(store, "e")
    assert (ended.state, ended.last_error, ended.claimed_until) == (OutboxState.GIVEN_UP, "no such number", None)
    assert claim(store, now=99 * MINUTE) == []
    with store.read() as tx:
        assert tx.outbox.soonest() == {}


def test_a_heartbeat_moves_the_end_of_the_lease(store: Store) -> None:
    """An extended claim cannot be taken before its new end."""
    queue(store, effect("e"))
    [one] = claim(store)
    with store.transact() as tx:
        assert tx.outbox.extend("e", one.token, NOW + 3 * MINUTE)
    assert entry(store, "e").claimed_until == NOW + 3 * MINUTE
    assert claim(store, now=2 * MINUTE) == []
    assert keys(claim(store, now=3 * MINUTE)) == ["e"]


def test_a_claimed_step_is_never_claimed_again(store: Store) -> None:
    """R15: a step whose lease ran out may have run; it is left for abandoned_steps, whatever happens to its lease."""
    queue(store, effect("s", EffectKind.STEP), effect("p"))
    [step, _] = claim(store, EVERYTHING)
    with store.read() as tx:
        assert tx.outbox.soonest() == {EffectKind.PAGE: NOW + MINUTE}
        assert tx.outbox.abandoned_steps(NOW) == []
    assert keys(claim(store, EVERYTHING, now=99 * MINUTE)) == ["p"]
    with store.transact() as tx:
        assert tx.outbox.extend("s", step.token, NOW + 2 * MINUTE)
    assert keys(claim(store, EVERYTHING, now=999 * MINUTE)) == ["p"]
    with store.transact() as tx:
        assert keys(list(tx.outbox.abandoned_steps(NOW + 2 * MINUTE))) == ["s"]
        assert tx.outbox.abandoned_steps(NOW + MINUTE) == []
        assert tx.outbox.give_up("s", step.token, "unknown")
        assert tx.outbox.abandoned_steps(NOW + 99 * MINUTE) == []


def test_steps_of_a_node_that_was_restarted_are_abandoned_at_once(store: Store) -> None:
    """The steps that a restarted node had claimed are abandoned before their lease ends; those of others are not."""
    queue(store, effect("s1", EffectKind.STEP), effect("s2", EffectKind.STEP))
    claim(store, [EffectKind.STEP], by="n1", limit=1)
    claim(store, [EffectKind.STEP], by="n2", limit=1)
    with store.read() as tx:
        assert keys(list(tx.outbox.abandoned_steps(NOW, "n1"))) == ["s1"]
        assert tx.outbox.abandoned_steps(NOW) == []
        assert keys(list(tx.outbox.abandoned_steps(NOW + MINUTE, "n1"))) == ["s1", "s2"]


def test_a_restarted_node_releases_its_claims_but_never_its_steps(store: Store) -> None:
    """R15: release queues again what the node had claimed, except steps, and leaves the claims of others alone."""
    queue(store, effect("p"), effect("m", EffectKind.MAIL), effect("s", EffectKind.STEP), effect("other"))
    [p, _, _] = claim(store, EVERYTHING, limit=3)
    claim(store, EVERYTHING, by="n2")
    with store.transact() as tx:
        assert tx.outbox.release("n1") == 2
        assert not tx.outbox.holds("p", p.token)
        assert not tx.outbox.finish("p", p.token, NOW)
    assert (entry(store, "p").claimed_by, entry(store, "p").claimed_until) == ("", None)
    [again, mail] = claim(store, EVERYTHING)
    assert (again.effect.key, mail.effect.key) == ("p", "m")
    assert again.token != p.token
    assert again.attempts == 2


def test_two_threads_claim_disjoint_entries(node: Node) -> None:
    """R12: entries claimed by several couriers at once never overlap, and none is left over."""
    stores = [node.open(), node.open()]
    queue(stores[0], *(effect(f"e{n:03}") for n in range(200)))
    claimed: list[list[str]] = [[], []]

    def carry(n: int) -> None:
        idle = 0
        while idle < 3:
            entries = claim(stores[n], by=f"n{n}", limit=7)
            idle = 0 if entries else idle + 1
            claimed[n] += keys(entries)

    threads = [threading.Thread(target=carry, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed[0]) + len(claimed[1]) == 200
    assert len(set(claimed[0]) | set(claimed[1])) == 200


def test_the_backlog_counts_what_is_queued_or_claimed(store: Store) -> None:
    """The backlog is by kind, claimed entries and running steps included, settled ones not."""
    effects = [effect("p1"), effect("p2"), effect("p3"), effect("s1", EffectKind.STEP), effect("s2", EffectKind.STEP)]
    queue(store, *effects)
    one, *_ = claim(store, limit=2)
    claim(store, [EffectKind.STEP], limit=1)
    with store.transact() as tx:
        tx.outbox.finish(one.effect.key, one.token, NOW)
        assert dict(tx.outbox.backlog()) == {EffectKind.PAGE: 2, EffectKind.STEP: 2}


def test_a_restored_backup_says_nothing_of_the_past(store: Store) -> None:
    """R24, R21: what was created before an instant is given up, also what is to be tried later; only what brings a
    state up to date stays, and steps are left for whoever looks after lost ones."""
    queue(store, effect("old"), effect("done"), *(effect(f"{kind} 1", kind) for kind in EffectKind))
    [old, done, *_] = claim(store)
    [running] = claim(store, [EffectKind.STEP])
    with store.transact() as tx:
        tx.outbox.finish("done", done.token, NOW)
        tx.outbox.retry("old", old.token, NOW + MINUTE, "busy")
    queue(store, effect("new"), seq=2, updated_at=NOW + SECOND)
    with store.transact() as tx:
        assert tx.outbox.hold(NOW) == 0
        assert tx.outbox.hold(NOW + SECOND) == 10
        assert keys(list(tx.outbox.abandoned_steps(NOW + SECOND))) == ["step 1"]
        assert not tx.outbox.holds("step 1", running.token)
    assert entry(store, "old").state is OutboxState.GIVEN_UP
    assert entry(store, "subscribers 1").last_error == HELD
    assert entry(store, "done").state is OutboxState.DONE
    left = sorted(keys(claim(store, EVERYTHING, now=99 * MINUTE)))
    assert left == ["new", "publish 1", "room 1", "withdraw 1"]


def test_entries_come_oldest_first(store: Store) -> None:
    """The entries of an incident are listed in the order in which they were queued, whatever their state."""
    queue(store, effect("z"), effect("a"), effect("m", EffectKind.MAIL))
    claim(store, limit=1)
    with store.transact() as tx:
        tx.incidents.append([Appending((), appending("b", 2).summary, (effect("x", incident_id="b"),))])
        assert keys(list(tx.outbox.entries("a"))) == ["z", "a", "m"]
        assert keys(list(tx.outbox.entries("b"))) == ["x"]


def test_a_claim_that_ended_without_an_outcome_is_told_to_the_next(store: Store) -> None:
    """R21: whoever claims an entry after a lease ran out, or a restart, learns that it may have been carried."""
    queue(store, effect("lease"), effect("restart", EffectKind.MAIL), effect("told", EffectKind.CHAT))
    claim(store, [EffectKind.PAGE])
    claim(store, [EffectKind.MAIL], by="n2")
    [told] = claim(store, [EffectKind.CHAT])
    with store.transact() as tx:
        tx.outbox.release("n2")
        tx.outbox.retry("told", told.token, NOW + SECOND, "the other end answered 500")
    found = {one.effect.key: one.last_error for one in claim(store, EVERYTHING, now=MINUTE)}
    assert found == {"lease": LOST, "restart": LOST, "told": "the other end answered 500"}
