"""Addresses that stand in a ladder itself, beside whoever is called."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


def reached(text: str) -> dict[str, list[str]]:
    """Who is listed, with the addresses of each."""
    playbook = compile_runbook(f"# Mill\n\n## Escalation\n\n{text}")
    return {one.name: [channel.value for channel in one.channels] for one in playbook.contacts}


@pytest.mark.parametrize(
    "text",
    [
        "1. Ada Stone, +1 650 253 0000\n2. Ben Sack (ben@mill.test), after 15 minutes\n",
        "1. Ada Stone +1 650 253 0000\n2. Ben Sack after 15 minutes: ben@mill.test\n",
        "1. Ada Stone\n   - Phone: +1 650 253 0000\n2. Ben Sack (after 15 minutes)\n   - ben@mill.test\n",
        "At once: Ada Stone +1 650 253 0000\nAfter 15 minutes: Ben Sack ben@mill.test\n",
        "- At once: Ada Stone, +1 650 253 0000\n- Nach 15 Minuten: Ben Sack, ben@mill.test\n",
        "- 0 min → Ada Stone (+1 650 253 0000)\n- 15 min → Ben Sack (ben@mill.test)\n",
    ],
)
def test_an_address_beside_whoever_is_called_is_theirs(text: str) -> None:
    """In an item, below it or on a line: nobody of the ladder is out of reach (TOC302)."""
    assert reached(text) == {"Ada Stone": ["+1 650 253 0000"], "Ben Sack": ["ben@mill.test"]}
    assert "TOC302" not in {one.code for one in compile_runbook(f"# Mill\n\n## Escalation\n\n{text}").findings}


def test_a_contact_that_is_listed_keeps_its_own_addresses() -> None:
    """The chapter on contacts says how somebody is reached."""
    contacts = "\n## Contacts\n\n- Ada Stone: +1 650 253 0099\n"
    assert reached(f"1. Ada Stone, +1 650 253 0000\n2. Ben Sack after 15 minutes\n{contacts}") == {
        "Ada Stone": ["+1 650 253 0099"]
    }


@pytest.mark.parametrize(
    "text",
    [
        "Ada Stone (+1 650 253 0000) → Ben Sack (+1 650 253 0001)\n",
        "1. Ada Stone & Ben Sack, +1 650 253 0000\n2. Owner after 15 minutes\n",
        "1. Ada Stone, +1 650 253 0000 or Ben on +1 650 253 0001\n2. Owner after 15 minutes\n",
    ],
)
def test_an_address_of_one_of_several_is_nobodys(text: str) -> None:
    """Whose it is, the line does not say for sure."""
    assert reached(text) == {}


def test_a_time_before_a_name_is_none_of_the_name() -> None:
    """ "After 30 minutes: team lead (Cy Rye)" among items of other forms is a level with that time."""
    text = (
        "# Mill\n\n## Escalation\n\n1. On-call: Ada Stone\n2. If no answer after 15 minutes: Ben Sack\n"
        "3. After 30 minutes: call the team lead (Cy Rye)\n"
    )
    levels = compile_runbook(text).escalation_levels
    assert [(one.targets, one.after and one.after.seconds) for one in levels] == [
        (("On-call",), None),
        (("Ben Sack",), 900),
        (("team lead",), 1800),
    ]


@pytest.mark.parametrize(
    "head",
    [
        "Role | Escalation contact | Backup",
        "Role | Primary | Secondary",
        "Rolle | Ansprechpartner | Vertretung",
        "角色 | 联系人 | 备用",
    ],
)
def test_a_table_of_who_holds_a_role_lists_contacts(head: str) -> None:
    """It gives no order of calling, and says who is behind each role; of severities it lists nobody."""
    rows = "| On-call | Ada Stone | Ben Sack |\n| Team lead | Cleo Rye | Dan Oat |\n"
    assert reached(f"| {head} |\n|---|---|---|\n{rows}") == {
        "On-call": ["Ada Stone", "Ben Sack"],
        "Team lead": ["Cleo Rye", "Dan Oat"],
    }
    levels = "| P1 | Ada Stone | Ben Sack |\n| P2 | Ada Stone | - |\n"
    assert reached(f"| Level | Primary | Backup |\n|---|---|---|\n{levels}") == {}


def test_the_role_beside_a_name_is_nobodys_name() -> None:
    """ "Name | Role" has the name first: the second column says what that one does, and is no address."""
    rows = "| Name | Role | Phone |\n|---|---|---|\n| Ada | Head miller | +44 20 7946 0001 |\n"
    (contact,) = compile_runbook(f"# Mill\n\n## Contacts\n\n{rows}").contacts
    assert [(one.type, one.value) for one in contact.channels] == [("phone", "+44 20 7946 0001")]
