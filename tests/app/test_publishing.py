"""What customers are told: nothing with a blank, nothing from a drill, nothing twice, nothing without permission."""

from __future__ import annotations

import pytest

from tests.app.shop import ANA, EVA, MINUTE, Shop, types
from tests.incident.world import START, Story
from tocsin.app.access import Caller, Permission
from tocsin.app.publishing import promised
from tocsin.errors import NotAllowed, Refused
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import PublicStatus

IDENTIFIED = PublicStatus.IDENTIFIED


def test_the_runbooks_own_words_are_prepared_and_their_blanks_named() -> None:
    """What the record knows is filled in; what it does not know blocks the sending until a person writes it."""
    shop = Shop()
    shop.declare()
    prepared = shop.publishing.prepare(ANA, "INC-1", PublicStatus.INVESTIGATING)
    assert prepared.template == "Customer Notification"
    assert prepared.unfilled == ("[WORKAROUND]",)
    with pytest.raises(Refused, match=r"\[WORKAROUND\]"):
        shop.publishing.notify(ANA, "INC-1", PublicStatus.INVESTIGATING, prepared.text)
    assert shop.entries(EffectKind.MAIL) == []
    text = prepared.text.replace("[WORKAROUND]", "none yet")
    shop.publishing.notify(ANA, "INC-1", PublicStatus.INVESTIGATING, text, ("checkout",))
    assert len(shop.entries(EffectKind.MAIL)) == 1


def test_a_moment_without_a_template_is_prepared_empty() -> None:
    """Nothing is invented: where the runbook has no words, a person writes them."""
    shop = Shop()
    shop.declare()
    prepared = shop.publishing.prepare(ANA, "INC-1", IDENTIFIED)
    assert (prepared.text, prepared.template) == ("", None)


def test_a_drill_never_reaches_customers() -> None:
    """Refused with the reason, and nothing lies in the outbox."""
    shop = Shop()
    shop.declare(drill=True)
    with pytest.raises(Refused, match="drill"):
        shop.publishing.notify(ANA, "INC-1", IDENTIFIED, "we know")
    assert shop.entries(EffectKind.MAIL) == []


def test_a_second_click_tells_nobody_twice() -> None:
    """The same text of the same moment is one update."""
    shop = Shop()
    shop.declare()
    shop.publishing.notify(ANA, "INC-1", IDENTIFIED, "we know")
    assert shop.publishing.notify(ANA, "INC-1", IDENTIFIED, "we know").facts == ()
    assert types(shop.facts()).count("CustomersNotified") == 1


def test_who_may_not_publish_does_not() -> None:
    """A viewer is refused, and so is the holder of a page's link: telling the public needs more trust."""
    shop = Shop()
    shop.declare()
    holder: Caller = shop.links.caller(shop.links.token("ana", "INC-1"))
    assert not holder.may(Permission.PUBLISH)
    for caller in (EVA, holder):
        with pytest.raises(NotAllowed):
            shop.publishing.notify(caller, "INC-1", IDENTIFIED, "we know")


def test_an_unknown_component_is_refused_with_those_there_are() -> None:
    """A typing error must not hide an outage."""
    shop = Shop()
    shop.declare()
    with pytest.raises(Refused, match="there are checkout"):
        shop.publishing.notify(ANA, "INC-1", IDENTIFIED, "we know", ("chekout",))


def test_the_page_shows_what_was_told_and_nothing_of_the_rest() -> None:
    """The public reads the approved words; the title of the incident and the notes stay inside."""
    shop = Shop()
    shop.declare()
    shop.publishing.notify(ANA, "INC-1", IDENTIFIED, "We know, and work on it", ("checkout",))
    shop.clock.move_by(MINUTE)
    files = shop.publishing.render(shop.clock.now())
    everything = b"\n".join(files.values())
    assert b"We know, and work on it" in everything
    assert b"Checkout is down" not in everything


def test_the_next_update_is_promised_for_when_the_cadence_has_it() -> None:
    """B6: half an hour after this one, in the team's zone; nothing is promised where no cadence is stated."""
    incident = Story().incident
    promise = promised(incident, IDENTIFIED, START, "Europe/Berlin")
    assert promise["next update"] == "2026-11-21 04:30 CET"
    assert promised(incident, PublicStatus.RESOLVED, START, "UTC") == {}
    assert promised(Story("P2").incident, IDENTIFIED, START, "UTC") == {}
