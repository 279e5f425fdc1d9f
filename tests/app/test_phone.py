"""The built-in phone: it rings, it is seen, it stops."""

from __future__ import annotations

import pytest

from tests.app.shop import ANA, BO, SECOND, Shop, types
from tocsin.adapters.fakes import Rejects
from tocsin.app.access import Caller, Role, person
from tocsin.errors import NotAllowed
from tocsin.incident.commands import Acknowledge
from tocsin.incident.facts import PageDelivered, Via

PHONE = "INC-1/c1/l1/ana/phone"


def ringing() -> Shop:
    """A shop in which ana's phone rings."""
    shop = Shop()
    shop.webhook.always(Rejects())
    shop.declare()
    shop.pass_time(SECOND)
    return shop


def test_the_phone_rings_until_somebody_acknowledges() -> None:
    """The message is there with its link; once the page is not wanted any more it has stopped."""
    shop = ringing()
    (message,) = shop.phone.messages(ANA, "ana")
    assert (message.id, message.stopped) == (PHONE, False)
    assert shop.links.caller(message.link.rpartition("/")[2]).only_incident == "INC-1"
    shop.incidents.act(BO, "INC-1", Acknowledge("bo"))
    (message,) = shop.phone.messages(ANA, "ana")
    assert message.stopped


def test_a_message_that_was_seen_is_proof_of_delivery_once() -> None:
    """R8: kept is not seen; the screen that shows it proves that it arrived, and the second look is no news."""
    shop = ringing()
    assert "PageDelivered" not in types(shop.facts())
    assert shop.phone.see(ANA, PHONE) is not None
    assert shop.phone.see(ANA, PHONE) is None
    assert [x.page for x in shop.facts() if isinstance(x, PageDelivered)] == [PHONE]


def test_an_unknown_message_is_nobodys() -> None:
    """Nothing is recorded for an id that was never rung."""
    shop = ringing()
    before = shop.facts()
    assert shop.phone.see(ANA, "INC-9/c1/l1/ana/phone") is None
    assert shop.facts() == before


def test_everybody_sees_their_own_messages_and_only_an_administrator_those_of_others() -> None:
    """The links in them act as their person: a colleague may not read them, nor mark them as seen."""
    shop = ringing()
    assert shop.phone.messages(BO, "bo") == []
    for caller, whose in ((BO, None), (BO, "ana"), (Caller(ANA.actor, frozenset()), "ana")):
        with pytest.raises(NotAllowed):
            shop.phone.messages(caller, whose)
    assert shop.phone.see(BO, PHONE) is None
    assert len(shop.phone.messages(person("root", Role.ADMIN, Via.CLI))) == 1
