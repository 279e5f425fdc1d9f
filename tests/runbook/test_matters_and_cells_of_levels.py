"""Whom a list calls for one thing each, what the first cell of a level says, and vendors without an address."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


def test_people_called_at_once_for_one_thing_each_are_no_chain() -> None:
    """ "Immediately" beside one of them makes nobody the first of all incidents."""
    items = "- Escalate to security immediately for any break-in.\n- Escalate to the oven owner for cold ovens.\n"
    assert compile_runbook(f"# Bakery\n\n## Escalation\n\n{items}").escalation_levels == ()


@pytest.mark.parametrize(
    "text",
    [
        "- Page the on-call immediately for any incident.\n- Page the owner for lost orders.",
        "Page the on-call immediately. Then page the owner.",
    ],
)
def test_somebody_called_at_once_for_every_incident_begins_a_chain(text: str) -> None:
    """A call that holds for every incident is no matter."""
    levels = compile_runbook(f"# Bakery\n\n## Escalation\n\n{text}\n").escalation_levels
    assert [one.targets for one in levels] == [("on-call",), ("owner",)]


def test_what_stands_behind_a_level_in_its_cell_is_its_criterion_and_hides_nobody() -> None:
    """However long the definition behind a dash is, the row names its level, and whom its other cells page."""
    rows = (
        "| SEV-1 — ovens cold or > 5 % of loaves burnt | Page the duty lead at once | 15 min |\n"
        "| SEV-2 — loaves late for more than a single shop | Open a ticket | 1 day |\n"
        "| SEV-3 - Minor - one till slow, dust | - | 1 week |\n"
    )
    book = compile_runbook(f"# Bakery\n\n## Severity\n\n| Severity | Paging | Response time |\n|---|---|---|\n{rows}")
    assert [one.criteria for one in book.severities] == [
        ("ovens cold or > 5 % of loaves burnt",),
        ("loaves late for more than a single shop",),
        ("one till slow", "dust"),
    ]
    assert [(one.targets, one.severities) for one in book.escalation_levels] == [(("duty lead",), ("SEV-1",))]


def test_a_vendor_without_an_address_leaves_the_others_listed() -> None:
    """Most rows have to give a way to reach somebody, not each."""
    rows = "| Oven maker | help@oven.example |\n| Till maker | care@till.example |\n| Maps | Console |\n"
    book = compile_runbook(f"# Bakery\n\n## Emergency contacts\n\n| Service | Support |\n|---|---|\n{rows}")
    assert [one.name for one in book.contacts] == ["Oven maker", "Till maker", "Maps"]


def test_a_title_above_what_somebody_does_is_no_contact() -> None:
    """ "Responsibilities:" above a list of them is nobody."""
    card = "- **Primary**: Head baker\n- **Backup**: Shift lead\n- **Responsibilities**:\n  - Coordinate\n  - Decide\n"
    text = (
        f"# Bakery\n\n## Incident Response Team\n\n### Roles and Responsibilities\n\n#### Incident Commander\n\n{card}"
    )
    assert "Responsibilities" not in [one.name for one in compile_runbook(text).contacts]


@pytest.mark.parametrize("prefix", ["Class 1", "Incident class 2", "Quick reference"])
def test_an_incident_is_called_by_what_stands_behind_its_class(prefix: str) -> None:
    """The word before the colon counts the incidents, and is no part of the title."""
    text = f"# Bakery\n\n## Incidents\n\n### {prefix}: Oven cold\n\n```bash\novenctl status\n```\n"
    assert [one.title for one in compile_runbook(text).procedures] == ["Oven cold"]
