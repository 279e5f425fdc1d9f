"""One approval for several audiences: each keeps its rules, and all are told or nobody is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.app.shop import ANA, RUNBOOK, SETTINGS, Shop, types
from tests.app.test_audiences import WORDS
from tests.app.test_chat_commands import commands
from tests.app.test_publishing import DUTIES
from tocsin.app.access import Permission, Role, person
from tocsin.errors import BadInput, NotAllowed, Refused
from tocsin.incident.commands import Acknowledge
from tocsin.incident.effects import EffectKind, Outlets
from tocsin.incident.facts import ActorKind, AudienceTold, CustomersNotified, PublicStatus, StatusUpdated, Via

HELPER = replace(ANA, permissions=ANA.permissions - {Permission.PUBLISH})
"""Somebody who responds, and may not publish."""
TEXT = "Orders fail. We know why and mend it."
TOLD = (StatusUpdated, AudienceTold, CustomersNotified)


def shop_of(runbook: bytes = RUNBOOK) -> Shop:
    """A shop that knows where everybody is told, with an incident that Ana has."""
    shop = Shop(runbook=runbook)
    outlets = Outlets(
        chat=("room",),
        stakeholders=("board@example.org",),
        executives=("ceo@example.org",),
        support=("desk@example.org", "help"),
        subscribers=("all@example.org",),
    )
    shop.change_team(services={"shop": replace(SETTINGS, outlets=outlets)})
    shop.declare()
    shop.incidents.act(ANA, "INC-1", Acknowledge("ana"))
    return shop


def told(shop: Shop) -> list[str]:
    """Who was told, in the order of the facts."""
    return [
        one.audience.value if isinstance(one, AudienceTold) else type(one).__name__
        for one in shop.facts()
        if isinstance(one, TOLD)
    ]


def mailed(shop: Shop) -> list[str]:
    """To whom mails wait, beside the one of the declaration."""
    return [one.effect.outlet for one in shop.entries(EffectKind.MAIL)][1:]


def test_one_approval_reaches_the_page_subscribers_and_every_chosen_group_once() -> None:
    """One commit; who is not chosen hears nothing; stakeholders get one mail although the team is told as well."""
    shop = shop_of()
    chosen = ["customers", "internal", "stakeholders", "support"]
    acted = shop.approvals.tell(ANA, "INC-1", chosen, TEXT, status=PublicStatus.IDENTIFIED, components=("checkout",))
    assert told(shop) == ["CustomersNotified", "StatusUpdated", "stakeholders", "support"]
    assert len({one.at for one in acted.facts}) == 1
    assert sorted(mailed(shop)) == ["all@example.org", "board@example.org", "desk@example.org"]
    assert shop.entries(EffectKind.PUBLISH)
    assert shop.entries(EffectKind.SUBSCRIBERS)
    assert "help" in {one.effect.outlet for one in shop.entries(EffectKind.CHAT)}
    shop.approvals.tell(ANA, "INC-1", chosen, TEXT, status=PublicStatus.IDENTIFIED, components=("checkout",))
    assert len(told(shop)) == 4, "a second click"


@pytest.mark.parametrize(
    ("own", "to", "text", "why"),
    [
        ({}, ["internal", "customers"], "We mend it by [TIME].", r"\[TIME\]"),
        ({"executives": "It costs [AMOUNT]."}, ["customers", "executives"], TEXT, r"\[AMOUNT\]"),
        ({}, ["customers", "executives", "stakeholders"], TEXT, r"service\.shop\.stakeholders"),
    ],
)
def test_nobody_is_told_when_one_of_them_may_not_be(own: dict[str, str], to: list[str], text: str, why: str) -> None:
    """A blank in any of the words, an audience that is nowhere: the others wait for it."""
    shop = shop_of()
    if "stakeholders" in why:
        shop.change_team(services={"shop": replace(SETTINGS, outlets=Outlets(executives=("ceo@example.org",)))})
    with pytest.raises(Refused, match=why):
        shop.approvals.tell(ANA, "INC-1", to, text, own=own)
    assert told(shop) == []


def test_another_persons_same_words_are_refused_with_who_sent_them_when() -> None:
    """Two people press within a minute: the second learns that it went out already, whoever else they wanted to tell.

    Later the same words are news again, and the first may click twice without being told so.
    """
    shop = shop_of()
    bo = person("bo", Role.RESPONDER, Via.WEB)
    for to, whom in ((["customers"], "customers"), (["internal"], "the team"), (["support"], "support")):
        shop.clock.move_by(timedelta(minutes=5))
        shop.approvals.tell(ANA, "INC-1", to, TEXT, components=("checkout",))
        shop.clock.move_by(timedelta(seconds=20))
        before = told(shop)
        for caller in (bo, replace(ANA, actor=replace(ANA.actor, kind=ActorKind.TOKEN))):
            with pytest.raises(Refused, match=f"ana sent these words to {whom} 20 s ago; nothing was sent again"):
                shop.approvals.tell(caller, "INC-1", ["executives", *to], TEXT, components=("checkout",))
        shop.approvals.tell(
            replace(ANA, actor=replace(ANA.actor, via=Via.CHAT)), "INC-1", to, TEXT, components=("checkout",)
        )
        assert told(shop) == before
        shop.clock.move_by(timedelta(seconds=41))
        shop.approvals.tell(bo, "INC-1", to, TEXT, components=("checkout",))
        assert len(told(shop)) == len(before) + 1


@pytest.mark.parametrize(
    ("first", "second", "facts"),
    [
        (["stakeholders"], ["internal", "stakeholders"], ["stakeholders", "StatusUpdated"]),
        (["stakeholders"], ["internal"], ["stakeholders", "StatusUpdated"]),
        (["internal"], ["internal", "stakeholders"], ["StatusUpdated", "stakeholders"]),
        (["internal"], ["stakeholders"], ["StatusUpdated", "stakeholders"]),
        (["internal", "stakeholders"], ["stakeholders", "internal"], ["StatusUpdated", "stakeholders"]),
    ],
)
def test_stakeholders_get_no_words_twice_within_a_moment(first: list[str], second: list[str], facts: list[str]) -> None:
    """They hear the team's updates too: whichever of both came first, one mail brings the words, and the timeline has
    both. Other words, or the same ones later, are a mail more."""
    shop = shop_of()
    shop.approvals.tell(ANA, "INC-1", first, TEXT)
    shop.clock.move_by(timedelta(seconds=20))
    shop.approvals.tell(ANA, "INC-1", second, TEXT)
    assert told(shop) == facts
    assert mailed(shop) == ["board@example.org"]
    shop.approvals.tell(ANA, "INC-1", second, f"{TEXT} Soon.")
    assert mailed(shop) == ["board@example.org"] * 2
    shop.clock.move_by(timedelta(seconds=70))
    shop.approvals.tell(ANA, "INC-1", second, f"{TEXT} Soon.")
    assert mailed(shop) == ["board@example.org"] * 3
    shop.clock.move_by(timedelta(seconds=70))
    shop.approvals.tell(ANA, "INC-1", first, f"{TEXT} Soon.")
    assert mailed(shop) == ["board@example.org"] * 4


def test_what_a_refused_approval_undid_is_shown_to_no_witness() -> None:
    """The team's update was decided on before the group that may not be told: it never happened, for measures too."""
    shop = shop_of()
    seen: list[str] = []
    shop.desk.witnesses.append(lambda _incident, facts: seen.extend(type(one.fact).__name__ for one in facts))
    shop.approvals.tell(ANA, "INC-1", ["executives"], TEXT)
    shop.clock.move_by(timedelta(seconds=1))
    with pytest.raises(Refused, match="ana sent these words"):
        shop.approvals.tell(person("bo", Role.RESPONDER, Via.WEB), "INC-1", ["internal", "executives"], TEXT)
    shop.approvals.tell(ANA, "INC-1", ["support"], TEXT)
    assert seen == ["AudienceTold", "AudienceTold"]


def test_customers_among_them_need_the_right_to_publish_and_whoever_decides() -> None:
    """Who may only respond tells the groups inside; where the runbook leaves it to a level, one of it is named."""
    head, _, rest = RUNBOOK.partition(b"## Escalation Matrix")
    shop = shop_of(head + DUTIES.lstrip() + b"\n## Common Incidents" + rest.partition(b"## Common Incidents")[2])
    with pytest.raises(NotAllowed):
        shop.approvals.tell(HELPER, "INC-1", ["support", "customers"], TEXT)
    with pytest.raises(Refused, match="External communication decisions"):
        shop.approvals.tell(ANA, "INC-1", ["support", "customers"], TEXT)
    assert told(shop) == []
    shop.approvals.tell(ANA, "INC-1", ["support", "executives"], TEXT)
    assert told(shop) == ["support", "executives"]
    shop.approvals.tell(ANA, "INC-1", ["customers", "internal"], TEXT, decided_by="bo")
    assert told(shop)[2:] == ["CustomersNotified", "StatusUpdated"]
    assert [one.decided_by for one in shop.facts() if isinstance(one, CustomersNotified)] == ["bo"]


def test_each_may_have_words_of_its_own() -> None:
    """Those without read what all read; unknown names and nobody at all are refused."""
    shop = shop_of(RUNBOOK.partition(b"## Communication Templates")[0] + WORDS)
    shop.approvals.tell(ANA, "INC-1", ["support", "executives"], TEXT, own={"executives": "It costs 400 an hour."})
    assert [one.text for one in shop.facts() if isinstance(one, AudienceTold)] == [
        TEXT,
        "It costs 400 an hour.",
    ]
    for wrong in ([], ["everybody"]):
        with pytest.raises(BadInput, match="customers, internal"):
            shop.approvals.tell(ANA, "INC-1", wrong, TEXT)
    with pytest.raises(BadInput, match="no audience 'executive'"):
        shop.approvals.tell(ANA, "INC-1", ["executives"], TEXT, own={"executive": "It costs 400 an hour."})


def test_in_the_chat_it_is_shown_first_and_sent_by_one_press() -> None:
    """Nothing goes out by the words; the button tells those that were shown, once, in the words that were shown."""
    shop = shop_of()
    chat = commands(shop)
    card = chat.obey(ANA, "INC-1", f"tell customers,team,executives identified {TEXT}")
    assert card is not None
    assert told(shop) == []
    assert "customers, the team, executives would read this (identified)" in card.headline
    (send,) = card.buttons
    chat.press(ANA, "INC-1", send.action, send.value)
    assert told(shop) == ["CustomersNotified", "StatusUpdated", "executives"]
    with pytest.raises(Refused, match="since this was shown"):
        chat.press(ANA, "INC-1", send.action, send.value)
    shop.clock.move_by(timedelta(minutes=5))
    inside = chat.obey(ANA, "INC-1", f"tell executives {TEXT} Still.")
    assert inside is not None
    (send,) = inside.buttons
    chat.press(ANA, "INC-1", send.action, send.value)
    shop.clock.move_by(timedelta(minutes=5))
    with pytest.raises(Refused, match="somebody has been told"):
        chat.press(ANA, "INC-1", send.action, send.value)
    for wrong in ("tell everybody hello", "tell executives", "tell customers, executives identified hello", "tell"):
        with pytest.raises(BadInput, match="tell whom what"):
            chat.obey(ANA, "INC-1", wrong)
    with pytest.raises(NotAllowed):
        chat.obey(HELPER, "INC-1", f"tell customers {TEXT}")
    assert types(shop.facts()).count("AudienceTold") == 2
