"""What the buttons of a chat do: each acts on what it carries, once, and on nothing that is only guessed."""

from __future__ import annotations

from contextlib import suppress

import pytest

from tests.app.shop import ANA, BO, RUNBOOK, Shop, types
from tocsin.app.chat.about import About
from tocsin.app.chat.commands import ChatCommands
from tocsin.app.chat.ports import Button
from tocsin.app.chat.room_words import Speaker, board
from tocsin.app.chat.steps import ChatSteps
from tocsin.app.execution.starting import Given
from tocsin.app.rota import Rota
from tocsin.errors import BadInput, NotFound, Refused
from tocsin.incident.commands import ConfirmCheck, Resolve
from tocsin.incident.facts import (
    Acknowledged,
    Fact,
    LevelPaged,
    Mitigated,
    NoteAdded,
    Paged,
    Reopened,
    Resolved,
    RoleTaken,
    SeverityAssessed,
    StatusUpdated,
)
from tocsin.incident.step_facts import StepApproved, StepDeclined


def commands(shop: Shop) -> ChatCommands:
    """The words and buttons of a chat of this shop."""
    about = About(lambda: shop.team, shop.incidents)
    steps = ChatSteps(shop.incidents, shop.steps, about)
    rota = Rota(shop.store, shop.clock, lambda: shop.team)
    return ChatCommands(
        shop.clock, lambda: shop.team, shop.incidents, about, steps, shop.publishing, rota, shop.approvals
    )


def button(shop: Shop, label: str, id: str = "INC-1") -> Button:
    """A button of an incident's board as it is now."""
    view = shop.incidents.view(ANA, id)
    speaker = Speaker(lambda handle: handle, view.incident.declared_at.tzinfo, "https://t/i/x")  # type: ignore[arg-type]
    return next(one for one in board(view.incident, view.playbook, speaker).buttons if one.label == label)


@pytest.mark.parametrize("label", ["Acknowledge", "Escalate", "Resolve", "Update"])
def test_a_button_of_an_old_board_acts_on_its_own_incident(label: str) -> None:
    """Pressed in a channel of another incident, or in none while another is the only open one: its own is meant."""
    shop = Shop()
    shop.declare()
    old = button(shop, label)
    shop.incidents.act(ANA, "INC-1", Resolve("it was the disk"))
    shop.declare()
    before = len(shop.facts("INC-2"))
    for of in (None, "INC-2"):
        with suppress(Refused):  # a resolved incident takes few things; what counts is the other one
            commands(shop).press(ANA, of, old.action, old.value, "said in its form")
        assert len(shop.facts("INC-2")) == before


def test_a_button_that_names_no_incident_acts_in_its_channel_only() -> None:
    """Boards of before carry none: elsewhere nothing is guessed, though only one incident is open."""
    shop = Shop()
    shop.declare()
    with pytest.raises(BadInput, match="does not say for which incident"):
        commands(shop).press(ANA, None, "ack", "ack")
    assert shop.incident().acknowledged_by is None
    commands(shop).press(ANA, "INC-1", "ack", "ack")
    assert shop.incident().acknowledged_by == "ana"


def test_the_words_of_a_form_go_to_the_incident_of_its_button() -> None:
    """Two are open, and the form was opened on the first one's board."""
    shop = Shop()
    shop.declare()
    update = button(shop, "Update")
    shop.declare()
    commands(shop).press(ANA, None, update.action, update.value, "the disk is full")
    assert [one.text for one in shop.facts() if isinstance(one, StatusUpdated)] == ["the disk is full"]
    assert not any(isinstance(one, StatusUpdated) for one in shop.facts("INC-2"))


def test_customers_are_told_once_by_one_card_however_often_it_is_pressed() -> None:
    """The card shows what goes out; when customers were told since, it is refused and nothing goes out."""
    shop = Shop()
    shop.declare()
    chat = commands(shop)
    shown = [chat.obey(ANA, "INC-1", "customers identified we know why") for _ in range(2)]
    first, second = (one.buttons[0] for one in shown if one is not None)
    said = chat.press(ANA, None, first.action, first.value)
    assert said is not None
    assert said.headline == "Customers are told."
    for again in (first, second):
        with pytest.raises(Refused, match="have been told since this was shown"):
            chat.press(ANA, None, again.action, again.value)
    assert types(shop.facts()).count("CustomersNotified") == 1


def test_who_is_to_be_called_outside_is_told_in_the_incidents_channel() -> None:
    """The numbers of the runbook's vendors, where the question is asked; elsewhere the schedules alone."""
    listed = (
        b"\n## External Vendors\n\n- **Harbour Hosting Support**: 1-800-555-0199\n- **Cable Works Support**: [Phone]\n"
    )
    shop = Shop(runbook=RUNBOOK + listed)
    shop.declare()
    said = commands(shop).obey(ANA, "INC-1", "who")
    assert said is not None
    assert [(one.label, one.text) for one in said.lines if "Support" in one.label] == [
        ("Harbour Hosting Support", "1-800-555-0199"),
        ("Cable Works Support", "left blank in the runbook"),
    ]
    elsewhere = commands(shop).obey(ANA, None, "who")
    assert elsewhere is not None
    assert "Support" not in str(elsewhere)


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (["ack"], Acknowledged),
        (["ack", "takeover"], Acknowledged),
        (["lead bo"], RoleTaken),
        (["role comms bo"], RoleTaken),
        (["role Communications Lead @bo"], RoleTaken),
        (["sev P2 most can pay"], SeverityAssessed),
        (["page bo the disk is his"], Paged),
        (["escalate I am stuck"], LevelPaged),
        (["update looking"], StatusUpdated),
        (["say looking"], StatusUpdated),
        (["note it smells of disk"], NoteAdded),
        (["mitigate logs removed"], Mitigated),
        (["resolve it was the disk"], Resolved),
        (["resolve it was the disk", "reopen it was not"], Reopened),
    ],
    ids=lambda value: value[-1].split()[0] if isinstance(value, list) else "",
)
def test_a_word_does_what_it_says(words: list[str], fact: type[Fact]) -> None:
    """The last word leads to its fact, and the fact carries what stood behind the word."""
    shop = Shop()
    shop.declare()
    if words[0].startswith("resolve"):
        confirm_all(shop)
    for word in words:
        before = len(shop.facts())
        commands(shop).obey(BO if word == "takeover" else ANA, "INC-1", word)
    fresh = [one for one in shop.facts()[before:] if isinstance(one, fact)]
    assert fresh, types(shop.facts()[before:])
    match fresh[0]:
        case RoleTaken(role=role, person=person):
            assert (role, person) == ("Incident Commander" if words == ["lead bo"] else "Communications Lead", "bo")
        case Acknowledged(person=person, took_over_from=before_them):
            assert (person, before_them) == (("bo", "ana") if len(words) > 1 else ("ana", None))
        case SeverityAssessed(severity=severity, reason=reason):
            assert (severity, reason) == ("P2", "most can pay")
        case Paged(person=person, reason=reason):
            assert (person, reason) == ("bo", "the disk is his")
        case LevelPaged(reason=reason) | Reopened(reason=reason):
            assert reason in words[-1]
        case StatusUpdated(text=text) | NoteAdded(text=text) | Mitigated(text=text) | Resolved(summary=text):
            assert text == words[-1].partition(" ")[2]


def confirm_all(shop: Shop) -> None:
    """The runbook's verification list is confirmed, so that nothing keeps the incident open."""
    for check in shop.incident().plan.checks:
        shop.incidents.act(ANA, "INC-1", ConfirmCheck(check.id))


def test_next_and_run_show_the_step_that_they_name() -> None:
    """`next` is the next one, `run 2` the second, literally; neither starts anything."""
    shop = Shop()
    shop.incidents.declare(ANA, "Checkout is down", "shop", severity="P0", procedure="checkout-down")
    listed = shop.steps.list(ANA, "INC-1").steps
    before = len(shop.facts())
    shown = {word: commands(shop).obey(ANA, "INC-1", word) for word in ("next", "run", "run 1", "run 2")}
    for word, number in (("next", 0), ("run", 0), ("run 1", 0), ("run 2", 1)):
        card = shown[word]
        assert card is not None
        assert listed[number].step.title in str(card), (word, card)
    with pytest.raises(BadInput, match="which step"):
        commands(shop).obey(ANA, "INC-1", "run 99")
    assert len(shop.facts()) == before


def test_approve_and_deny_are_about_what_was_asked_for() -> None:
    """`approve` shows another person what would run, with the button for it; `deny` says no to it and why."""
    shop = Shop()
    shop.declare()
    step = shop.enable("redis-cli FLUSHALL")
    with pytest.raises(NotFound, match="nobody asks for anything"):
        commands(shop).obey(BO, "INC-1", "approve")
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True, typed="local"))
    commands(shop).obey(BO, "INC-1", "deny the queue is still full")
    (declined,) = [one for one in shop.facts() if isinstance(one, StepDeclined)]
    assert declined.reason == "the queue is still full"
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True, typed="local"))
    card = commands(shop).obey(BO, "INC-1", "approve")
    assert card is not None
    assert "redis-cli FLUSHALL" in card.literal
    assert not any(isinstance(one, StepApproved) for one in shop.facts())
    commands(shop).press(BO, None, card.buttons[0].action, card.buttons[0].value)
    assert any(isinstance(one, StepApproved) for one in shop.facts())
