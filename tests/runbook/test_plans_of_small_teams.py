"""What plans of small teams leave to be filled in, and name in passing: blanks, roles, templates, a scale in titles."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook


def _read(text: str) -> Playbook:
    return compile_runbook("# Observatory runbook\n\n" + text)


def test_roles_with_nothing_behind_the_colon_are_contacts_that_nobody_filled_in() -> None:
    """Who leads is to be written there: each of them is a contact without an address."""
    read = _read("## 1) Roles\n- Night lead (NL):\n- Dome engineer:\n- Duty officer:\n")
    assert [(one.name, one.unfilled) for one in read.contacts] == [
        ("Night lead", True),
        ("Dome engineer", True),
        ("Duty officer", True),
    ]
    said = _read("## 1) Roles\n- Night lead: decides\n- Dome engineer: turns the dome by hand\n")
    assert said.contacts == ()


def test_the_items_below_a_team_are_the_roles_and_its_name_is_none() -> None:
    """ "Core team" holds roles; "Escalation chain" beside it says who is called, and is no role either."""
    text = """## Response team

### Core team
- **Night lead**: decides
- **Dome engineer**: mends the dome

### Escalation chain
1. **Level 1**: Night lead
2. **Level 2**: Director
"""
    assert [one.name for one in _read(text).roles] == ["Night lead", "Dome engineer"]


def test_a_role_with_labelled_duties_stays_a_role() -> None:
    """Labels that name nobody are what a role does."""
    text = "## Roles\n\n### Night lead\n- **Decides**: whether the dome shuts\n- **Writes**: the log\n"
    assert [one.name for one in _read(text).roles] == ["Night lead"]


def test_a_promise_to_keep_people_informed_is_a_rhythm_also_below_service_levels() -> None:
    """Where no severity says how often updates come, a line of the chapter on service levels does."""
    read = _read(
        "## Communication SLA\n- First update: <= 10 minutes\n- Update cadence while it lasts: every 25 minutes\n"
    )
    assert [one.every.seconds for one in read.cadences] == [1500]


_TO_TELL = """### 2. Tell the crew

{sentence}

```
*Dome alarm*
- Seen: [what]
- Next: [what you do]
```
"""


@pytest.mark.parametrize(
    ("sentence", "templates"),
    [
        ("Inform the crew in #dome with the template below.", 1),
        ("Informiere die Gruppe mit dieser Vorlage:", 1),
        ("Avisar a la guardia con esta plantilla:", 1),
        ("Create an issue by the template below and notify the lead:", 0),
        ("Write the incident review by this template, and announce it:", 0),
        ("The log looks like this:", 0),
    ],
)
def test_a_text_that_somebody_is_told_by_is_a_template(sentence: str, templates: int) -> None:
    """A step that says to inform by the text below it has a message; a ticket and a report are none."""
    assert len(_read("## Response\n\n" + _TO_TELL.format(sentence=sentence)).templates) == templates


@pytest.mark.parametrize("how_often", ["**Update frequency:** As needed", "Update frequency: on request"])
def test_an_update_that_comes_when_it_is_needed_describes_no_severity(how_often: str) -> None:
    """What is said of updates without a length is a duty, and no criterion."""
    text = f"""## Severity levels

### P1 - Critical
- The dome does not shut
- Update frequency: every 20 minutes

### P2 - Low
- A lamp is out
- {how_often}
"""
    read = _read(text)
    assert [one.criteria for one in read.severities] == [("The dome does not shut",), ("A lamp is out",)]


def test_a_level_is_known_by_its_whole_name_as_well() -> None:
    """ "Low risk" is the level "Low"; both names mean it."""
    read = _read("## Severity levels\n\n1. **Low Risk**: one lamp\n2. **High Risk**: the mirror\n")
    assert [(one.name, one.aliases) for one in read.severities] == [("High", ("High Risk",)), ("Low", ("Low Risk",))]


_PARTED = """## For all incidents

Write it down.

## {first} (SEV1/SEV2)

Send updates hourly.

## {second} (SEV3, SEV4)

Wait for the morning.
"""


def test_headings_that_part_incidents_by_severity_name_the_scale() -> None:
    """A document that defines no scale, and says what is done at which level, has these levels in order."""
    read = _read(_PARTED.format(first="For urgent incidents", second="Other incidents"))
    assert [one.name for one in read.severities] == ["SEV1", "SEV2", "SEV3", "SEV4"]
    assert read.cadences[0].severities == ("SEV1", "SEV2")


def test_headings_of_something_else_name_no_scale() -> None:
    """Codes beside headings that speak of no incident are not severities."""
    assert _read(_PARTED.format(first="Lenses", second="Mirrors")).severities == ()


@pytest.mark.parametrize("title", ["Roles and responsibilities", "Key roles", "Incident roles", "Roles & duties"])
def test_a_heading_over_the_headings_of_roles_is_no_role(title: str) -> None:
    """ "Roles and responsibilities" below the team holds a heading for each role, and is none called "Roles and"."""
    roles = (
        "#### Night lead\n**Responsibilities**:\n- Decides\n- Writes the log\n\n#### Dome engineer\n- Mends the dome\n"
    )
    assert [one.name for one in _read(f"## Response team\n\n### {title}\n\n{roles}").roles] == [
        "Night lead",
        "Dome engineer",
    ]
