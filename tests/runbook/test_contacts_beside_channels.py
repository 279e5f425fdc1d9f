"""Contacts in lists and tables that hold channels, pages and whole addresses as well; our own documents."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Contact


def _contacts(text: str) -> tuple[Contact, ...]:
    return compile_runbook(f"# Mill\n\n{text}\n").contacts


def test_whoever_has_an_address_is_a_contact_beside_channels_and_pages() -> None:
    """A chapter of contacts with as many channels as people is no card of one contact."""
    text = (
        "## Contact information\n\n- **On-call:** oncall@mill.example\n- **Slack:** #mill\n"
        "- **PagerDuty:** https://mill.pagerduty.com\n- **Emergency hotline:** +1-XXX-XXX-XXXX"
    )
    first, second = _contacts(text)
    assert (first.name, [one.value for one in first.channels]) == ("On-call", ["oncall@mill.example"])
    assert (second.name, second.channels) == ("Emergency hotline", ())


def test_a_card_of_one_contact_stays_one() -> None:
    """Ways to reach somebody below that one's name are no contacts."""
    (one,) = _contacts(
        "## Contacts\n\n### Head miller\n\n- Phone: 555 0142\n- Email: head@mill.example\n- Slack: @head"
    )
    assert one.name == "Head miller"


@pytest.mark.parametrize("line", ["Slack channel", "Incident room", "Discord"])
def test_a_place_to_talk_is_no_contact(line: str) -> None:
    """Nobody is reached by a channel's name, whatever it is called."""
    assert [one.name for one in _contacts(f"## Contacts\n\n- {line}: #mill\n- Miller: 555 0142")] == ["Miller"]


def test_a_room_with_a_telephone_is_a_contact() -> None:
    """A number can be called, whatever stands at the other end."""
    assert [one.name for one in _contacts("## Contacts\n\n- Control room: 555 0142\n- Miller: 555 0143")] == [
        "Control room",
        "Miller",
    ]


def test_a_number_to_be_filled_in_is_a_contact() -> None:
    """ "[phone]" is the place of a number, and no telephone that stands in for a contact."""
    found = _contacts("## Contacts\n\n- Emergency line: [phone]\n- Head miller: [name]")
    assert [(one.name, one.unfilled) for one in found] == [("Emergency line", True), ("Head miller", True)]


@pytest.mark.parametrize(
    "cell", ["Ann Crumb, ann@mill.example", "Ann Crumb — ann@mill.example", "Ann Crumb (ann@mill.example)"]
)
@pytest.mark.parametrize("title", ["Primary", "Name", "Escalation"])
def test_a_cell_with_a_name_and_an_address_gives_both(title: str, cell: str) -> None:
    """Whoever holds a role is named without the address, and reached by it."""
    text = f"## Contacts\n\n| Role | {title} |\n|---|---|\n| Miller | {cell} |\n| Baker | Cy Dough, cy@mill.example |"
    channels = _contacts(text)[0].channels
    assert [(one.type, one.value) for one in channels] == [("name", "Ann Crumb"), ("email", "ann@mill.example")]


@pytest.mark.parametrize(
    "line", ["Control room: Ada Stone", "Channel manager: Ada Stone", "Room operator: @ada", "Teams lead: Ada Stone"]
)
def test_somebody_whose_title_has_a_word_for_a_channel_is_listed(line: str) -> None:
    """A control room is reached; "Slack channel: #mill" is a place to talk."""
    text = f"# Mill\n\n## Contacts\n\n- {line}\n- Slack channel: #mill\n- On-call: ops@mill.example\n"
    assert [one.name for one in compile_runbook(text).contacts] == [line.partition(":")[0], "On-call"]


def test_a_way_to_tell_without_a_place_is_no_channel() -> None:
    """ "**Release notes** (if needed)" says by what means, and not where; a blank behind a colon is to be filled in."""
    text = "# Mill\n\n## Notification channels\n\n1. **Release notes**\n2. **Press** (if needed)\n3. **Status page**:\n"
    assert [one.unfilled for one in compile_runbook(text.encode()).channels] == [True]
