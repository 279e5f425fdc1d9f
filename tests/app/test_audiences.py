"""Telling the team and groups inside the company: filled from the record, approved, sent once, to them alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.app.shop import ANA, EVA, RUNBOOK, SETTINGS, Shop, types
from tocsin.app.customers.audiences import listeners
from tocsin.app.ports import Mail
from tocsin.errors import BadInput, NotAllowed, Refused
from tocsin.incident.commands import PostUpdate
from tocsin.incident.effects import EffectKind, Outlets
from tocsin.incident.facts import Audience, PublicStatus

INVESTIGATING, RESOLVED = PublicStatus.INVESTIGATING, PublicStatus.RESOLVED
WORDS = b"""
## Communication Templates

### Executive Summary

Subject: [SERVICE] incident [SEVERITY]

```
[SERVICE] has been disturbed since [START TIME].
Business impact: [BUSINESS IMPACT]
```

### Support Team Update

```
Customers may report: [CUSTOMER SYMPTOMS]
Incident [INCIDENT ID] is [STATUS].
```

### Internal Alert

```
[SERVICE] is down. War room: [WAR ROOM]
```

## Communication

- Notify the support team for P0 incidents
- Inform leadership
"""


def shop_with_audiences() -> Shop:
    """A shop whose runbook writes to executives and to support, and whose settings say where they are."""
    shop = Shop(runbook=RUNBOOK.partition(b"## Communication Templates")[0] + WORDS)
    outlets = Outlets(chat=("room",), executives=("ceo@example.org",), support=("desk@example.org", "help"))
    shop.change_team(services={"shop": replace(SETTINGS, outlets=outlets)})
    shop.declare()
    return shop


@pytest.mark.parametrize(
    ("audience", "template", "blank", "word"),
    [
        ("executives", "Executive Summary", "[BUSINESS IMPACT]", "none"),
        ("support", "Support Team Update", "[CUSTOMER SYMPTOMS]", "orders fail"),
    ],
)
def test_an_audience_hears_the_runbooks_words_once_they_are_whole(
    audience: str, template: str, blank: str, word: str
) -> None:
    """Filled from the record; a blank blocks; then it goes to that audience and to no other."""
    shop = shop_with_audiences()
    message = shop.audiences.prepare(ANA, "INC-1", audience, INVESTIGATING)
    assert (message.template, message.unfilled) == (template, (blank,))
    with pytest.raises(Refused, match=blank.strip("[]")):
        shop.audiences.tell(ANA, "INC-1", audience, message.text, subject=message.subject)
    assert shop.entries(EffectKind.MAIL) == []
    shop.audiences.tell(ANA, "INC-1", audience, message.text.replace(blank, word), subject=message.subject)
    mailed = {entry.effect.outlet for entry in shop.entries(EffectKind.MAIL)}
    assert mailed == {"ceo@example.org" if audience == "executives" else "desk@example.org"}
    assert types(shop.facts()).count("AudienceTold") == 1


def test_a_mail_for_an_audience_holds_its_words_and_a_channel_of_theirs_too() -> None:
    """Who reads it alone reads the text as it was approved; the team's own channel reads who told whom."""
    shop = shop_with_audiences()
    shop.work()
    before = len(shop.chat.calls)
    shop.audiences.tell(ANA, "INC-1", "executives", "Orders fail.", subject="Orders")
    shop.work()
    (mail,) = [call.payload for call in shop.mailer.calls]
    assert isinstance(mail, Mail)
    assert (mail.to, mail.subject, mail.text.splitlines()[0]) == ("ceo@example.org", "Orders", "Orders fail.")
    assert "told executives: Orders fail." in str(shop.chat.calls[before].payload)


TELL: dict[str, Callable[[Shop, str], object]] = {
    "StatusUpdated": lambda shop, text: shop.audiences.tell(ANA, "INC-1", "internal", text),
    "AudienceTold": lambda shop, text: shop.audiences.tell(ANA, "INC-1", "support", text),
    "CustomersNotified": lambda shop, text: shop.publishing.notify(ANA, "INC-1", INVESTIGATING, text),
}


@pytest.mark.parametrize("fact", TELL)
def test_a_second_click_tells_once_and_the_same_words_half_an_hour_later_are_news(fact: str) -> None:
    """ "No change" is what an update on cadence often has to say: it goes out each time, with its mails."""
    shop = shop_with_audiences()
    tell = TELL[fact]
    for _ in range(3):
        tell(shop, "No change: we are still looking.")
        shop.clock.move_by(timedelta(seconds=19))
        tell(shop, "No change: we are still looking.")
        shop.clock.move_by(timedelta(minutes=30))
    assert types(shop.facts()).count(fact) == 3
    tell(shop, "one")
    tell(shop, "two")
    assert types(shop.facts()).count(fact) == 5


def test_every_update_with_the_same_words_is_mailed() -> None:
    """Each is a mail of its own, and an id that was told is never told again, however late."""
    shop = shop_with_audiences()
    for update in ("", "", "u1", "u1"):
        shop.audiences.tell(ANA, "INC-1", "support", "No change.", update=update)
        shop.clock.move_by(timedelta(minutes=30))
        shop.work()
    assert [call.payload.to for call in shop.mailer.calls] == ["desk@example.org"] * 3  # type: ignore[union-attr]


def test_a_drill_tells_nobody_and_a_viewer_may_not() -> None:
    """Nor is there an audience that nobody has heard of."""
    shop = shop_with_audiences()
    with pytest.raises(NotAllowed):
        shop.audiences.tell(EVA, "INC-1", "support", "three")
    with pytest.raises(BadInput, match="customers"):
        shop.audiences.tell(ANA, "INC-1", "everybody", "three")
    shop.declare(drill=True)
    with pytest.raises(Refused, match="drill"):
        shop.audiences.tell(ANA, "INC-2", "support", "one")


def test_an_audience_that_is_nowhere_is_not_said_to_be_told() -> None:
    """Without an address in the settings nothing is recorded, and the message says which to give."""
    shop = shop_with_audiences()
    with pytest.raises(Refused, match=r"service\.shop\.stakeholders"):
        shop.audiences.tell(ANA, "INC-1", "stakeholders", "Orders fail.")
    assert "AudienceTold" not in types(shop.facts())


def test_the_team_is_not_told_a_template_with_its_blanks() -> None:
    """Whichever way it is posted; brackets that are the team's own, as in a log line, go through."""
    shop = shop_with_audiences()
    message = shop.audiences.prepare(ANA, "INC-1", "internal", INVESTIGATING)
    assert (message.template, message.unfilled) == ("Internal Alert", ("[WAR ROOM]",))
    for post in (
        lambda: shop.audiences.tell(ANA, "INC-1", "internal", message.text),
        lambda: shop.incidents.act(ANA, "INC-1", PostUpdate(message.text)),
    ):
        with pytest.raises(Refused, match="WAR ROOM"):
            post()
    shop.audiences.tell(ANA, "INC-1", "internal", "ERROR [main] out of memory")
    assert types(shop.facts()).count("StatusUpdated") == 1


def test_who_is_to_be_told_is_listed_with_the_line_that_asks_for_it() -> None:
    """At the severity of the incident: the duty for P0 alone is none of a P2."""
    shop = shop_with_audiences()
    outlets = shop.team.outlets("shop")
    listed = {one.audience: one for one in listeners(shop.playbooks.shelf["shop"].playbook, shop.incident(), outlets)}
    assert listed[Audience.SUPPORT].duty == "Notify the support team for P0 incidents"
    assert listed[Audience.EXECUTIVES].duty == "Inform leadership"
    assert listed[Audience.SUPPORT].cite is not None
    assert Audience.STAKEHOLDERS not in listed
    shop.declare("P2")
    low = listeners(shop.playbooks.shelf["shop"].playbook, shop.incident("INC-2"), outlets)
    assert [one.duty for one in low if one.audience is Audience.SUPPORT] == [""]
    shop.audiences.tell(ANA, "INC-1", "support", "Orders fail.")
    (told,) = [
        one
        for one in listeners(shop.playbooks.shelf["shop"].playbook, shop.incident(), outlets)
        if one.audience is Audience.SUPPORT
    ]
    assert told.told is not None
    assert told.told.text == "Orders fail."
