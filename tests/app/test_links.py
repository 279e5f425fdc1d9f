"""The signed links of pages: this person, this incident, a few hours, nothing else."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from tests.app.shop import MINUTE, SECOND, STEPS, Shop
from tocsin.app.accounts.links import LASTS, Links
from tocsin.errors import LinkEnded, NotAllowed
from tocsin.incident.commands import Acknowledge, AddNote, NotifyCustomers, PublishPostmortem
from tocsin.incident.facts import Acknowledged, PublicStatus, Via


def test_a_link_acts_as_its_person_on_its_incident() -> None:
    """One tap acknowledges, and the timeline says who did it and by which way."""
    shop = Shop()
    shop.declare()
    caller = shop.links.caller(shop.links.token("ana", "INC-1"))
    shop.incidents.act(caller, "INC-1", Acknowledge(caller.actor.name))
    with shop.store.read() as tx:
        (recorded,) = [r for r in tx.incidents.facts(["INC-1"])["INC-1"] if isinstance(r.fact, Acknowledged)]
    assert (recorded.by.name, recorded.by.via) == ("ana", Via.LINK)


def test_a_link_opens_no_other_incident() -> None:
    """Bound to one incident: another one, the list and a search are refused."""
    shop = Shop()
    shop.declare()
    shop.declare()
    caller = shop.links.caller(shop.links.token("ana", "INC-1"))
    with pytest.raises(NotAllowed, match="this link is for INC-1 only"):
        shop.incidents.view(caller, "INC-2")
    with pytest.raises(NotAllowed):
        shop.incidents.act(caller, "INC-2", AddNote("hello"))
    with pytest.raises(NotAllowed):
        shop.phone.messages(caller)
    assert shop.incidents.view(caller, "INC-1").incident.id == "INC-1"


def test_a_link_may_not_what_needs_more_trust() -> None:
    """Whoever finds the phone cannot speak to customers, publish a post-mortem or enable a step."""
    shop = Shop()
    shop.declare()
    caller = shop.links.caller(shop.links.token("ana", "INC-1"))
    for command in (NotifyCustomers("u", PublicStatus.IDENTIFIED, "hello"), PublishPostmortem("d")):
        with pytest.raises(NotAllowed):
            shop.incidents.act(caller, "INC-1", command)
    with pytest.raises(NotAllowed):
        shop.steps.enable(caller, "shop", STEPS["uptime"])


def test_a_link_ends_after_some_hours() -> None:
    """Good until the last second, and no longer."""
    shop = Shop()
    token = shop.links.token("ana", "INC-1")
    shop.clock.move_by(LASTS - SECOND)
    assert shop.links.caller(token).actor.name == "ana"
    shop.clock.move_by(SECOND)
    with pytest.raises(LinkEnded) as ended:
        shop.links.caller(token)
    assert ended.value.incident_id == "INC-1"  # where whoever holds it is led


def test_no_link_is_good_for_what_another_is_for() -> None:
    """Each purpose has its own signature: a button's opens no page, a page's link presses no button."""
    shop = Shop()
    now = shop.clock.now()
    page = shop.links.token("ana", "INC-1")
    button = shop.links.answer("ana", "INC-1", now).rpartition("/")[2]
    test = shop.links.test_address("INC-1", now).rpartition("/")[2]
    wish = shop.links.wish_address("INC-1", now, now + MINUTE).rpartition("/")[2]
    leaving = shop.links.leave_address("INC-1").rpartition("/")[2]
    reads = [
        (page, shop.links.caller),
        (button, shop.links.answered),
        (test, shop.links.tested),
        (wish, shop.links.wish),
        (leaving, shop.links.leaving),
    ]
    for token, own in reads:
        own(token)
        for _, read in reads:
            if read != own:
                with pytest.raises(NotAllowed, match="not one of ours"):
                    read(token)


def test_an_altered_link_is_none_of_ours() -> None:
    """Another person, another incident, another end, another signature: refused without a word on which."""
    shop = Shop()
    token = shop.links.token("ana", "INC-1")
    body, _, signature = token.partition(".")
    plain = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
    for forged in (
        plain.replace("ana", "bo"),
        plain.replace("INC-1", "INC-2"),
        plain.replace("|1", "|9"),
        plain + "0",
    ):
        text = base64.urlsafe_b64encode(forged.encode()).decode().rstrip("=")
        with pytest.raises(NotAllowed, match="not one of ours"):
            shop.links.caller(f"{text}.{signature}")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    with pytest.raises(NotAllowed):
        shop.links.caller(f"{body}.{flipped}")


@pytest.mark.parametrize("nonsense", ["", ".", "a", "a.b", "ä.ö", "....", "%00", "=" * 400, "YQ.YQ", "\0.\0"])
def test_nonsense_is_refused_and_never_an_error(nonsense: str) -> None:
    """Whatever is typed into the address bar gets a sentence, not a stack trace."""
    with pytest.raises(NotAllowed):
        Shop().links.caller(nonsense)


def test_a_link_of_another_installation_is_none_of_ours() -> None:
    """The secret makes the difference."""
    shop = Shop()
    token = type(shop.links)(b"another secret", shop.clock, "https://x.example.org").token("ana", "INC-1")
    with pytest.raises(NotAllowed):
        shop.links.caller(token)


def test_each_page_brings_a_fresh_link() -> None:
    """The newest page's link outlives those before it."""
    shop = Shop()
    first = shop.links.token("ana", "INC-1")
    shop.clock.move_by(timedelta(hours=3))
    second = shop.links.token("ana", "INC-1")
    shop.clock.move_by(timedelta(hours=1) + MINUTE)
    with pytest.raises(NotAllowed):
        shop.links.caller(first)
    assert shop.links.caller(second).actor.name == "ana"


def test_a_link_of_an_old_mail_stays_ours_and_is_of_its_kind_only() -> None:
    """How links are signed never changes: one that ends a subscription is good for ever, and opens nothing else."""
    links, sent = Links(b"s" * 32, Shop().clock, "https://tocsin.example.com"), "czE.PyVTIJaJyg_kMN5Z9y1a9g"
    assert links.leaving(sent) == "s1"
    for other in (links.caller, links.answered, links.tested, links.wish):
        with pytest.raises(NotAllowed, match="not one of ours"):
            other(sent)
    for broken in ("", ".", "czE", "czE.", f"{sent}A", sent.replace("cz", "dz"), f"é{sent}"):
        with pytest.raises(NotAllowed, match="a part of it is missing"):
            links.leaving(broken)
