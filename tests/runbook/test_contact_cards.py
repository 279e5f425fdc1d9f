"""Contacts in code blocks, in lists that nobody filled in, and tables whose rows are firms."""

from __future__ import annotations

import pytest

from tests.runbook.test_chain_forms import said
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Contact, ContactKind


def contacts(text: str) -> dict[str, Contact]:
    """The contacts of a document by their names."""
    return {one.name: one for one in compile_runbook(f"# Mill\n\n{text}\n").contacts}


CARDS = """## Contacts

### Millers

```
Duty miller (nights):
  Phone: +49 30 5550142
  Chat: @duty-miller

Owner:
  Name: [OWNER]
  Phone: [OWNER_PHONE]
```
"""


def test_cards_of_a_code_block_are_contacts() -> None:
    """Each name above what is set in below it; a card without an address is to be filled in."""
    found = contacts(CARDS)
    assert list(found) == ["Duty miller", "Owner"]
    assert found["Duty miller"].channels[0].type == "phone"
    assert found["Duty miller"].lines.first < found["Duty miller"].lines.last
    assert not found["Duty miller"].unfilled
    assert found["Owner"].unfilled


def test_a_card_without_a_name_is_of_its_heading() -> None:
    """ "Support phone" and "Account number" are how to reach the water works, and no two contacts."""
    text = (
        "## Vendors\n\n### Water works\n\n```\nProvider: [WATER_FIRM]\nSupport phone: [WATER_PHONE]\n"
        "Support email: [WATER_EMAIL]\nAccount number: [WATER_ACCOUNT]\n```\n"
    )
    found = contacts(text)
    assert list(found) == ["Water works"]
    assert found["Water works"].kind is ContactKind.VENDOR
    assert found["Water works"].unfilled


@pytest.mark.parametrize(
    ("line", "ways"),
    [
        ("- Primary on-call: Ada Stone, +49 30 5550142", ["phone", "name"]),
        ("On-call: Ada Stone", ["name"]),
        ("- On-call: mill desk, +49 30 5550142", ["phone"]),
    ],
)
def test_whoever_has_a_role_is_kept_with_it(line: str, ways: list[str]) -> None:
    """The name behind the role, with a number or without; a desk is no name."""
    (found,) = contacts(f"## Contacts\n\n{line}\n").values()
    assert [one.type for one in found.channels] == ways


def test_phones_of_several_people_are_no_card() -> None:
    """One line for each of them."""
    text = "## Contacts\n\n```\nMiller phone: +49 30 5550142\nOwner phone: +49 30 5550143\n```\n"
    assert list(contacts(text)) == ["Miller phone", "Owner phone"]


@pytest.mark.parametrize(
    "block", ["Mill:\n  Stones: two\n  Wheel: one", "Miller:\n  Phone: +49 30 5550142\nand so on", "mill: [a, b]"]
)
def test_other_blocks_of_a_chapter_of_contacts_are_no_cards(block: str) -> None:
    """Settings, and lists that go on in prose."""
    assert contacts(f"## Contacts\n\n```\n{block}\n```\n") == {}


def test_names_in_a_yaml_block_are_contacts_to_be_filled_in() -> None:
    """Channels, tools and addresses below the same heading are none."""
    text = '## Contacts\n\n```yaml\nFirms:\n  - Water works\n  - Stone mason\nPlaces:\n  - "#mill"\n  - Slack\n```\n'
    found = contacts(text)
    assert list(found) == ["Water works", "Stone mason"]
    assert all(one.unfilled for one in found.values())


@pytest.mark.parametrize("title", ["The rotation", "Rotation", "La rotazione"])
def test_a_rotation_that_asks_for_its_second_lists_both(title: str) -> None:
    """One is reached by mail, the other is to be filled in; without any address it says who does what."""
    listed = "- **First:** Ada, `ada@mill.example`\n- **Second:** _(fill in a name and phone)_\n"
    found = contacts(f"## {title}\n\n{listed}")
    assert list(found) == ["First", "Second"]
    assert found["Second"].unfilled
    assert contacts(f"## {title}\n\n- **First:** whoever mills\n- **Second:** whoever sweeps\n") == {}


def test_firms_and_roles_below_a_heading_of_contacts_are_contacts() -> None:
    """Whatever the other columns say; how the document escalates is none."""
    text = (
        "## Vendor contacts\n\n| Vendor | Support channel | Path |\n|---|---|---|\n| Water works | portal | ticket |\n"
        "| Stone mason | yard | by hand |\n\n## Contacts\n\n- Escalation policy: at once\n- Miller: +49 30 5550142\n"
    )
    assert list(contacts(text)) == ["Water works", "Stone mason", "Miller"]


@pytest.mark.parametrize(
    "levels", ["Escalation level 1 | Escalation level 2", "Level 1 | Level 2", "Escalation 1 | Escalation 2"]
)
def test_columns_of_numbered_levels_are_the_ladder_of_each_severity(levels: str) -> None:
    """The time stands behind the name; what is called next business day is nobody."""
    text = (
        f"# Mill\n\n## Escalation matrix\n\n| Severity | Response time | Initial contact | {levels} |\n"
        "|---|---|---|---|---|\n"
        "| P1 | Immediate | Duty miller | Head miller (10 min) | Owner (30 min) |\n"
        "| P2 | 1 hour | Duty miller | Head miller (2 hours) | - |\n"
    )
    playbook = compile_runbook(text)
    assert said(playbook.escalation_levels) == [("Duty miller", None), ("Head miller", 10), ("Owner", 30)]
    assert said(playbook.escalation_by_severity["P2"]) == [("Duty miller", None), ("Head miller", 120)]


def test_a_card_below_a_heading_of_any_name_is_a_contact() -> None:
    """Two ways to reach somebody make it one, filled in or not; "Contact methods:" is of the name above it."""
    text = (
        "## Who mills\n\n### Head miller\n\n**Name:** [Name]\n\n**Contact methods:**\n- **Phone:** +49 30 5550142\n"
        "- **Email:** head@mill.example\n\n**Duties:**\n- Looks after the stones\n\n"
        "### Owner\n\n- **Name**: [TBD]\n- **Email**: [TBD]\n- **Phone**: [TBD]\n\n### Wheel\n\n- **Phone**: none\n"
    )
    found = contacts(text)
    assert list(found) == ["Head miller", "Owner"]
    assert not found["Head miller"].unfilled
    assert found["Owner"].unfilled
