"""Runners and the runs that are handed to them, in a store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contracts.conftest import Node
from tests.contracts.samples import MINUTE, NOW, SECOND, appending, effect
from tocsin.app.rows.runners import AttemptRow, AttemptState, RunnerRow
from tocsin.app.store import Store
from tocsin.errors import Conflict
from tocsin.incident.effects import EffectKind

ROW = RunnerRow("web-1", ("web", "é"), "hash", NOW + MINUTE, NOW, "ana")
OFFER = AttemptRow("a1", "INC-1/s/1", "web", "{}", "mutating", NOW, NOW + MINUTE, "INC-1", "k", 3)


def test_an_invitation_is_used_once(store: Store) -> None:
    """A runner comes back as it was kept, by name; one token enrols one key."""
    with store.transact() as tx:
        tx.runners.save(ROW)
        tx.runners.save(replace(ROW, name="db-1"))
        assert not tx.runners.enrol("web-1", "other", "key", NOW)
        assert not tx.runners.enrol("nobody", "hash", "key", NOW)
        assert tx.runners.enrol("web-1", "hash", "key", NOW + SECOND)
        assert not tx.runners.enrol("web-1", "hash", "second", NOW + SECOND)
        assert not tx.runners.enrol("web-1", "", "second", NOW + SECOND)
    enrolled = replace(ROW, invitation="", key="key", enrolled_at=NOW + SECOND)
    with store.read() as tx:
        assert tx.runners.get("web-1") == enrolled
        assert [row.name for row in tx.runners.all()] == ["db-1", "web-1"]
    assert enrolled.stands
    assert not ROW.stands
    seen = replace(enrolled, seen_at=NOW, version="1", effects=("read_only",), programs=("df",), removed_at=NOW)
    with store.transact() as tx:
        tx.runners.save(seen)
        assert tx.runners.get("web-1") == seen
    assert not seen.stands


def test_a_word_is_used_up_once_for_each_runner_until_it_is_forgotten(node: Node) -> None:
    """Whichever node it is said to, also after a restart; what is forgotten is only what was to be."""
    with node.open().transact() as tx:
        assert tx.runners.use("web-1", "a word", NOW)
        assert not tx.runners.use("web-1", "a word", NOW + MINUTE)
        assert tx.runners.use("web-2", "a word", NOW + MINUTE)
    store = node.open()
    with store.transact() as tx:
        assert not tx.runners.use("web-1", "a word", NOW)
        assert tx.runners.forget_words(NOW) == 0
        assert tx.runners.forget_words(NOW + SECOND) == 1
        assert tx.runners.use("web-1", "a word", NOW)
        assert not tx.runners.use("web-2", "a word", NOW)


def test_what_a_runner_says_of_itself_undoes_nothing(store: Store) -> None:
    """It was read before an administrator removed or invited it, and is written down after: their word stands."""
    here = replace(ROW, invitation="", key="key", enrolled_at=NOW)
    says = replace(here, seen_at=NOW + SECOND, version="2", effects=("read_only",), programs=("df", "é"))
    invited = replace(here, labels=("db",), invitation="new", invited_until=NOW + 2 * MINUTE)
    with store.transact() as tx:
        tx.runners.save(here)
        tx.runners.save(replace(here, name="web-2"))
    with store.transact() as tx:
        tx.runners.save(invited)
    with store.transact() as tx:
        assert tx.runners.note(says)
    told = replace(invited, seen_at=NOW + SECOND, version="2", effects=("read_only",), programs=("df", "é"))
    with store.read() as tx:
        assert tx.runners.all() == [told, replace(here, name="web-2")]
    with store.transact() as tx:
        assert tx.runners.enrol("web-1", "new", "another", NOW + MINUTE)
        assert not tx.runners.note(says)
        assert not tx.runners.note(replace(says, name="nobody"))
        removed = replace(here, name="web-2", removed_at=NOW)
        tx.runners.save(removed)
        assert not tx.runners.note(replace(says, name="web-2"))
    with store.read() as tx:
        renewed = replace(told, invitation="", key="another", enrolled_at=NOW + MINUTE)
        assert tx.runners.all() == [renewed, removed]


def test_an_attempt_is_changed_by_one_of_two(store: Store) -> None:
    """Whoever read it first and changes it second is told so: two runners never have the same run."""
    with store.transact() as tx:
        tx.runners.offer(OFFER)
        tx.runners.offer(replace(OFFER, id="a0"))
    with store.transact() as tx:
        first = replace(OFFER, state=AttemptState.TAKEN, runner="web-1", until=NOW + 2 * MINUTE)
        assert tx.runners.swap(first)
        assert not tx.runners.swap(replace(OFFER, state=AttemptState.TAKEN, runner="web-2"))
        assert not tx.runners.swap(replace(OFFER, id="none"))
    with store.read() as tx:
        assert tx.runners.attempt("a1") == replace(first, change=1)
        assert [one.id for one in tx.runners.open_attempts()] == ["a1", "a0"]
    with pytest.raises(Conflict), store.transact() as tx:
        tx.runners.offer(OFFER)


def test_attempts_that_are_over_are_forgotten_after_a_while(store: Store) -> None:
    """What is open stays however old it is."""
    over = replace(OFFER, id="a2", state=AttemptState.ENDED, heard=2, parts=1, output="ü\n", result="{}")
    with store.transact() as tx:
        tx.runners.offer(OFFER)
        tx.runners.offer(over)
        assert tx.runners.attempt("a2") == over
        assert tx.runners.forget(NOW + MINUTE) == 0
        assert tx.runners.forget(NOW + 2 * MINUTE) == 1
        assert tx.runners.attempt("a2") is None
        assert [one.id for one in tx.runners.open_attempts()] == ["a1"]


def test_a_claim_that_was_handed_over_outlives_its_node(store: Store) -> None:
    """The node that claimed a step is restarted: what it had handed over is not given up (R15)."""
    with store.transact() as tx:
        tx.incidents.append([appending("INC-1", 1, effect("k", EffectKind.STEP, "INC-1"))])
        (entry,) = tx.outbox.claim([EffectKind.STEP], NOW + MINUTE, MINUTE, "node", 1)
        assert not tx.outbox.hand_over("k", entry.token + 1, "runners", NOW + 9 * MINUTE)
        assert tx.outbox.hand_over("k", entry.token, "runners", NOW + 9 * MINUTE)
        assert tx.outbox.abandoned_steps(NOW + 8 * MINUTE, "node") == []
        (abandoned,) = tx.outbox.abandoned_steps(NOW + 9 * MINUTE)
        assert (abandoned.claimed_by, abandoned.token) == ("runners", entry.token)
        assert tx.outbox.claim([EffectKind.STEP], NOW + 99 * MINUTE, MINUTE, "node", 1) == []
