"""What customers are told: nothing with a blank, nothing from a drill, nothing twice, nothing without permission."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.shop import ANA, EVA, MINUTE, RUNBOOK, SETTINGS, Shop, types
from tests.incident.world import START, Story
from tocsin.app.access import Caller, Permission
from tocsin.app.customers.publishing import promised
from tocsin.app.deciding import decided, decision_of, post
from tocsin.app.team import PublicComponent, StatusPageSettings
from tocsin.errors import NotAllowed, Refused
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import CustomersNotified, PublicStatus
from tocsin.oncall.roster import Roster
from tocsin.runbook.compile import compile_runbook

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


def test_the_page_has_the_teams_descriptions_and_words() -> None:
    """A sentence below the name of a component, in the JSON too; a state is called what the team calls it."""
    shop = Shop()
    said = PublicComponent("checkout", "Checkout", description="Paying by card and by invoice.")
    words = StatusPageSettings(words={IDENTIFIED: "Cause known"}, languages=("en", "de"))
    shop.change_team(services={"shop": replace(SETTINGS, components=(said,))}, status_page=words)
    shop.declare()
    shop.publishing.notify(ANA, "INC-1", IDENTIFIED, "We know, and work on it", ("checkout",))
    shop.clock.move_by(MINUTE)
    files = shop.publishing.render(shop.clock.now())
    assert '<p class="about">Paying by card and by invoice.</p>' in files["index.html"].decode()
    assert "Cause known" in files["index.html"].decode()
    assert "Ursache gefunden" in files["de/index.html"].decode()
    (component,) = json.loads(files["api/v2/components.json"])["components"]
    assert component["description"] == "Paying by card and by invoice."


def test_the_next_update_is_promised_for_when_the_cadence_has_it() -> None:
    """B6: half an hour after this one, in the team's zone; nothing is promised where no cadence is stated."""
    incident = Story().incident
    promise = promised(incident, IDENTIFIED, START, "Europe/Berlin")
    assert promise["next update"] == "2026-11-21 04:30 CET"
    assert promised(incident, PublicStatus.RESOLVED, START, "UTC") == {}
    assert promised(Story("P2").incident, IDENTIFIED, START, "UTC") == {}


DUTIES = b"""
## Escalation Procedures

### Level 1: On-Call Engineer
- First look

### Level 2: Team Lead
- External communication decisions
"""


def deciding() -> Shop:
    """A shop whose runbook leaves what customers are told to the team lead."""
    head, _, rest = RUNBOOK.partition(b"## Escalation Matrix")
    shop = Shop(runbook=head + DUTIES.lstrip() + b"\n## Common Incidents" + rest.partition(b"## Common Incidents")[2])
    shop.declare()
    return shop


def test_what_the_runbook_leaves_to_a_level_is_sent_by_its_decision_only() -> None:
    """F13: nothing leaves before somebody of that level is named, and that is kept. Whoever is of it needs no name."""
    shop = deciding()
    decision = shop.publishing.prepare(ANA, "INC-1", IDENTIFIED).decision
    assert decision is not None
    assert (decision.level, decision.targets, [one.handle for one in decision.people]) == (2, ("Team Lead",), ["bo"])
    for nobody in ("", "ana", "Mallory"):
        with pytest.raises(Refused, match="level 2, Team Lead"):
            shop.publishing.notify(ANA, "INC-1", IDENTIFIED, "we know", decided_by=nobody)
    assert shop.entries(EffectKind.MAIL) == []
    shop.publishing.notify(ANA, "INC-1", IDENTIFIED, "we know", decided_by="bo")
    lead = replace(ANA, actor=replace(ANA.actor, name="bo"))
    shop.publishing.notify(lead, "INC-1", IDENTIFIED, "we know more")
    assert [one.decided_by for one in shop.facts() if isinstance(one, CustomersNotified)] == ["bo", "bo"]


def test_who_decided_is_kept_where_the_runbook_asks_nobody_as_well() -> None:
    """Whoever names them has a reason to; nothing is refused for it."""
    shop = Shop()
    shop.declare()
    shop.publishing.notify(ANA, "INC-1", IDENTIFIED, "we know", decided_by="@the director ")
    shop.publishing.notify(ANA, "INC-1", IDENTIFIED, "we know more")
    assert [one.decided_by for one in shop.facts() if isinstance(one, CustomersNotified)] == ["the director", ""]


def test_feeds_lead_to_where_the_page_is_served() -> None:
    """Also where it has no address of its own and the server serves it: a feed has no page around it."""
    shop = Shop()
    shop.declare()
    shop.publishing.notify(ANA, "INC-1", IDENTIFIED, "we know", ("checkout",))
    base = f"{shop.team.public_url}/status"
    files = shop.publishing.render(shop.clock.now())
    for name in ("feed.atom", "history.rss", "api/v2/incidents.json"):
        assert f"{base}/incidents/" in files[name].decode(), name
    assert f'<link rel="self" href="{base}/feed.atom" />' in files["feed.atom"].decode()


def test_what_was_told_is_prepared_for_posts_and_tickets() -> None:
    """H7, H8: nothing before somebody approved it; then as long as a post may be, and as an answer with the number."""
    shop = Shop()
    shop.declare()
    assert shop.publishing.prepare(ANA, "INC-1", IDENTIFIED).post == ""
    shop.publishing.notify(ANA, "INC-1", IDENTIFIED, "Checkout fails. " + "We are looking at it. " * 20)
    prepared = shop.publishing.prepare(ANA, "INC-1", IDENTIFIED)
    assert prepared.post.startswith("Checkout fails. We are looking at it.")
    assert len(prepared.post) <= 280
    assert prepared.post.endswith("it.")
    assert "Our reference: INC-1." in prepared.reply
    shop.change_team(status_page=StatusPageSettings(url="https://status.example.org", languages=("de", "en")))
    assert shop.publishing.prepare(ANA, "INC-1", IDENTIFIED).reply.splitlines()[::2] == [
        "Danke für Ihre Meldung.",
        "Checkout fails. " + "We are looking at it. " * 19 + "We are looking at it.",
        "Den aktuellen Stand finden Sie unter https://status.example.org.",
        "Unser Zeichen: INC-1.",
    ]


@pytest.mark.parametrize("text", ["x" * 400, "word " * 100, "One. " + "y" * 400])
def test_a_post_is_never_too_long_and_keeps_its_address(text: str) -> None:
    """However the words fall, where to follow it is not what is cut."""
    said = post(text, "https://status.example.org")
    assert len(said) <= 280
    assert said.endswith(" https://status.example.org")


def test_which_of_the_five_runbooks_leave_it_to_whom(runbooks_dir: Path) -> None:
    """F13: one of them has the line; where nobody is bound there, whoever decided is given by name."""
    found = {}
    for path in sorted(runbooks_dir.glob("*.md")):
        if (decision := decision_of(compile_runbook(path.read_bytes()), Roster(), START)) is not None:
            found[path.stem] = (decision.level, decision.text)
            assert decided(decision, "ana", "Cem, the CTO") == "Cem, the CTO"
            with pytest.raises(Refused, match="nobody is bound to it now"):
                decided(decision, "ana", "")
    assert found == {"cookcam": (3, "External communication decisions")}
