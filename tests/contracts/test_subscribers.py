"""Subscribers of the status page, in a store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contracts.samples import MINUTE, NOW, SECOND
from tocsin.app.rows.subscribers import Subscriber, SubscriberState, SubscriberWay
from tocsin.app.store import Store
from tocsin.errors import Conflict

ANA = Subscriber("a1", "ana@example.org", "form", NOW, ("api", "checkout"), mail_at=NOW, wanted_language="de")
BO = replace(ANA, id="b2", address="bo@example.org", wanted=(), mail_at=None)


def test_a_wish_is_kept_and_a_newer_one_changes_nothing_that_was_confirmed(store: Store) -> None:
    """What somebody hears is what their address confirmed, whoever wishes something else for it later."""
    with store.transact() as tx:
        tx.subscribers.ask(ANA)
        assert tx.subscribers.confirm(ANA.id, NOW - SECOND, NOW) is False
        assert tx.subscribers.confirm("nobody", NOW, NOW) is False
        assert tx.subscribers.confirm(ANA.id, NOW, NOW + SECOND) is True
    confirmed = replace(ANA, components=ANA.wanted, language="de", confirmed_at=NOW + SECOND, mail_at=None)
    newer = replace(ANA, asked_at=NOW + MINUTE, wanted=("api",), wanted_language="fr", mail_at=NOW + MINUTE)
    with store.transact() as tx:
        assert [tx.subscribers.get(ANA.id)] == list(tx.subscribers.of_address(ANA.address)) == [confirmed]
        tx.subscribers.ask(newer)
    expected = replace(newer, components=ANA.wanted, language="de", confirmed_at=NOW + SECOND)
    with store.transact() as tx:
        assert tx.subscribers.get(ANA.id) == expected
        assert tx.subscribers.confirm(ANA.id, NOW, NOW) is False  # the link of the older mail
        assert tx.subscribers.confirm(ANA.id, newer.asked_at, NOW + 2 * MINUTE) is True
    with store.read() as tx:
        assert tx.subscribers.get(ANA.id) == replace(expected, components=("api",), language="fr", mail_at=None)


def test_an_address_is_there_once_and_gone_when_it_is_removed(store: Store) -> None:
    """Two rows of one address would be told twice."""
    with store.transact() as tx:
        tx.subscribers.ask(ANA)
    with pytest.raises(Conflict), store.transact() as tx:
        tx.subscribers.ask(replace(ANA, id="c3"))
    with store.transact() as tx:
        assert tx.subscribers.remove("c3") is False
        assert tx.subscribers.remove(ANA.id) is True
        assert list(tx.subscribers.of_address(ANA.address)) == []
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
        assert [one.address[0] for one in tx.subscribers.listed(("2@example.org", ""), 3)] == ["3", "4", "a"]


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


def test_who_did_not_confirm_is_forgotten_and_who_was_ended_later(store: Store) -> None:
    """The address of somebody who never said yes is not kept; what was ended is, until it was told and seen."""
    with store.transact() as tx:
        tx.subscribers.ask(ANA)
        for one in (BO, HOOK):
            tx.subscribers.ask(one)
            tx.subscribers.confirm(one.id, NOW, NOW)
        assert tx.subscribers.forget(NOW, NOW) == 0
        assert tx.subscribers.forget(NOW + SECOND, NOW + MINUTE) == 1
        assert [one.id for one in tx.subscribers.listed(("", ""), 9)] == [BO.id, HOOK.id]
        assert tx.subscribers.end(BO.id, NOW, "no such mailbox", None) is True
        assert tx.subscribers.end(HOOK.id, NOW, "410", NOW) is True
        assert tx.subscribers.end(HOOK.id, NOW, "again", NOW) is False
        assert tx.subscribers.forget(NOW + MINUTE, NOW) == 0
        assert tx.subscribers.forget(NOW + MINUTE, NOW + SECOND) == 2  # also the one whose mail never went out
        assert list(tx.subscribers.listed(("", ""), 9)) == []


HOOK = replace(BO, id="h1", way=SubscriberWay.WEBHOOK, url="https://example.org/In")


def test_an_address_may_stand_for_several_programs(store: Store) -> None:
    """Each with its own url; what was asked for is found by address, what is told by url once it is confirmed."""
    with store.transact() as tx:
        for one in (HOOK, BO, ANA):
            tx.subscribers.ask(one)
    with pytest.raises(Conflict), store.transact() as tx:
        tx.subscribers.ask(replace(HOOK, id="h2"))
    with store.transact() as tx:
        assert [one.id for one in tx.subscribers.of_address(BO.address)] == [BO.id, HOOK.id]
        assert tx.subscribers.told_at(HOOK.url) is None
        assert tx.subscribers.confirm(HOOK.id, NOW, NOW) is True
        assert tx.subscribers.told_at(HOOK.url) == tx.subscribers.get(HOOK.id)
        assert tx.subscribers.told_at("") is None
    with store.read() as tx:
        assert [one.id for one in tx.subscribers.listed((BO.address, ""), 9)] == [HOOK.id]
        assert [one.id for one in tx.subscribers.listed(("", ""), 9, "EXAMPLE.org/in")] == [HOOK.id]
        assert [one.id for one in tx.subscribers.listed(("", ""), 9, "a_a@")] == []  # no pattern: what is written
        mail, asked, confirmed = SubscriberWay.MAIL, SubscriberState.ASKED, SubscriberState.CONFIRMED
        assert dict(tx.subscribers.counts()) == {(mail, asked): 2, (SubscriberWay.WEBHOOK, confirmed): 1}


def test_one_program_has_one_owner_whoever_confirms_at_the_same_time(store: Store) -> None:
    """Two rows of one program would tell it everything twice; who was ended leaves it free."""
    other = replace(HOOK, id="h2", address="other@example.org")
    with store.transact() as tx:
        for one in (HOOK, other, BO, ANA):
            tx.subscribers.ask(one)
        for one in (HOOK, BO, ANA):  # by mail there is no url: as many as like
            assert tx.subscribers.confirm(one.id, NOW, NOW) is True
    with pytest.raises(Conflict), store.transact() as tx:
        tx.subscribers.confirm(other.id, NOW, NOW)
    with store.transact() as tx:
        assert tx.subscribers.confirm(HOOK.id, NOW, NOW) is True
        tx.subscribers.end(HOOK.id, NOW, "410", None)
        assert tx.subscribers.confirm(other.id, NOW, NOW) is True


def test_what_was_missed_is_counted_until_something_arrives_or_it_is_ended(store: Store) -> None:
    """The first miss of a row dates it; a new wish begins anew when the old subscription was ended."""
    with store.transact() as tx:
        tx.subscribers.ask(HOOK)
        assert tx.subscribers.missed(HOOK.id, NOW) is None  # not confirmed
        tx.subscribers.confirm(HOOK.id, NOW, NOW)
        assert tx.subscribers.missed("nobody", NOW) is None
        for n in (1, 2):
            one = tx.subscribers.missed(HOOK.id, NOW + n * SECOND)
            assert one
            assert (one.missed, one.missed_since) == (n, NOW + SECOND)
        tx.subscribers.reached(HOOK.id)
        one = tx.subscribers.get(HOOK.id)
        assert one
        assert (one.missed, one.missed_since) == (0, None)
        tx.subscribers.missed(HOOK.id, NOW)
    with store.transact() as tx:
        assert tx.subscribers.end(HOOK.id, NOW, "went away", NOW + SECOND) is True
        one = tx.subscribers.get(HOOK.id)
        assert one
        assert (one.state, one.ended_at, one.ended_why, one.mail_at) == ("ended", NOW, "went away", NOW + SECOND)
        assert list(tx.subscribers.confirmed(NOW, "", 9)) == []
        assert tx.subscribers.confirm(HOOK.id, NOW, NOW) is False  # the link of before
        tx.subscribers.ask(replace(HOOK, asked_at=NOW + MINUTE, mail_at=NOW + MINUTE))
        assert tx.subscribers.confirm(HOOK.id, NOW + MINUTE, NOW + MINUTE) is True
        one = tx.subscribers.get(HOOK.id)
        assert one
        assert (one.state, one.missed, one.ended_why) == ("confirmed", 0, "")
