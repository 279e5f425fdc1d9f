"""Subscribers of the status page, in a store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contracts.samples import MINUTE, NOW, SECOND
from tocsin.app.store import Store
from tocsin.app.subscribers import Subscriber
from tocsin.errors import Conflict

ANA = Subscriber("a1", "ana@example.org", "form", NOW, ("api", "checkout"), mail_at=NOW)
BO = replace(ANA, id="b2", address="bo@example.org", wanted=(), mail_at=None)


def test_a_wish_is_kept_and_a_newer_one_changes_nothing_that_was_confirmed(store: Store) -> None:
    """What somebody hears is what their address confirmed, whoever wishes something else for it later."""
    with store.transact() as tx:
        tx.subscribers.ask(ANA)
        assert tx.subscribers.confirm(ANA.id, NOW - SECOND, NOW) is False
        assert tx.subscribers.confirm("nobody", NOW, NOW) is False
        assert tx.subscribers.confirm(ANA.id, NOW, NOW + SECOND) is True
    confirmed = replace(ANA, components=ANA.wanted, confirmed_at=NOW + SECOND, mail_at=None)
    newer = replace(ANA, asked_at=NOW + MINUTE, wanted=("api",), mail_at=NOW + MINUTE)
    with store.transact() as tx:
        assert tx.subscribers.get(ANA.id) == tx.subscribers.of_address(ANA.address) == confirmed
        tx.subscribers.ask(newer)
    expected = replace(newer, components=ANA.wanted, confirmed_at=NOW + SECOND)
    with store.transact() as tx:
        assert tx.subscribers.get(ANA.id) == expected
        assert tx.subscribers.confirm(ANA.id, NOW, NOW) is False  # the link of the older mail
        assert tx.subscribers.confirm(ANA.id, newer.asked_at, NOW + 2 * MINUTE) is True
    with store.read() as tx:
        assert tx.subscribers.get(ANA.id) == replace(expected, components=("api",), mail_at=None)


def test_an_address_is_there_once_and_gone_when_it_is_removed(store: Store) -> None:
    """Two rows of one address would be told twice."""
    with store.transact() as tx:
        tx.subscribers.ask(ANA)
    with pytest.raises(Conflict), store.transact() as tx:
        tx.subscribers.ask(replace(ANA, id="c3"))
    with store.transact() as tx:
        assert tx.subscribers.remove("c3") is False
        assert tx.subscribers.remove(ANA.id) is True
        assert tx.subscribers.of_address(ANA.address) is None
        tx.subscribers.ask(replace(ANA, id="c3"))


def test_confirmed_ones_come_in_pieces_and_only_those_of_then(store: Store) -> None:
    """Who confirmed after an update does not hear of it; a piece goes on where the last one ended."""
    many = [replace(BO, id=f"{n}", address=f"{n}@example.org") for n in range(5)]
    with store.transact() as tx:
        for n, one in enumerate([*many, ANA]):
            tx.subscribers.ask(one)
            if one is not ANA:
                tx.subscribers.confirm(one.id, NOW, NOW + n * SECOND)
    with store.read() as tx:
        assert [one.id for one in tx.subscribers.confirmed(NOW + 3 * SECOND, "", 3)] == ["0", "1", "2"]
        assert [one.id for one in tx.subscribers.confirmed(NOW + 3 * SECOND, "2", 3)] == ["3"]
        assert [one.address[0] for one in tx.subscribers.listed("2@example.org", 3)] == ["3", "4", "a"]
        assert tx.subscribers.waiting() == 1


def test_r12_a_mail_that_is_due_is_claimed_by_one_at_a_time(store: Store) -> None:
    """R12: the oldest first, and again when its claim ends; one that was sent never more."""
    with store.transact() as tx:
        tx.subscribers.ask(replace(ANA, mail_at=NOW + SECOND))
        tx.subscribers.ask(replace(BO, mail_at=NOW))
        assert tx.subscribers.claim(NOW - SECOND, NOW) is None
        taken = [tx.subscribers.claim(NOW + SECOND, NOW + MINUTE) for _ in range(3)]
        assert [one and (one.id, one.attempts) for one in taken] == [("b2", 1), ("a1", 1), None]
        tx.subscribers.mail(BO.id, NOW - SECOND, None)  # of an older wish
        tx.subscribers.mail(ANA.id, NOW, None)
        again = [tx.subscribers.claim(NOW + MINUTE, NOW + 2 * MINUTE) for _ in range(2)]
        assert [one and (one.id, one.attempts) for one in again] == [("b2", 2), None]


def test_who_did_not_confirm_is_forgotten(store: Store) -> None:
    """The address of somebody who never said yes is not kept."""
    with store.transact() as tx:
        tx.subscribers.ask(ANA)
        tx.subscribers.ask(BO)
        tx.subscribers.confirm(BO.id, NOW, NOW)
        assert tx.subscribers.forget(NOW) == 0
        assert tx.subscribers.forget(NOW + SECOND) == 1
        assert [one.id for one in tx.subscribers.listed("", 9)] == [BO.id]
