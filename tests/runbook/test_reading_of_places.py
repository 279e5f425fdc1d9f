"""What a line means depends on where it stands: duties among documents, checks after a fix, notices at their moment."""

from __future__ import annotations

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook

FERRY = """# Ferry tickets

## Prevention

### Documentation
- Keep the timetable sheet updated
- **Wiki**: the page of the crew
- Map of the piers: https://piers.test

## Response

### 1. Resolution

- **Confirm the Fix**:
  - Buy a ticket
  - Run the tests: `make test`
- **Tell the crew**

### 2. Communication
- Update the status page
- Give an estimated resolution time
- Post every update in #harbour

## Common Incidents

### Turnstile stuck

**Resolution**:
1. Notify the pier guard
2. Open the side gate

## Resolution confirmation

1. Check the queue at the gate
2. Count the tickets sold

## Tools

### Communication
- Email list of the crew
- PagerDuty (nights)
- Tide tables

## Escalation Path

1. **Deckhand** (First on the pier)
2. **Purser** (If unresolved in 20 minutes)

## Useful Commands

```bash
# Look at Kiosk pages: https://kiosk.test/admin
df -h
```

---

**Last Updated**: 2026-01-01
"""


def read() -> Playbook:
    """The ferry's runbook, compiled."""
    return compile_runbook(FERRY)


def test_something_to_do_among_documents_is_a_duty() -> None:
    """N11, M12: in a chapter on prevention an item without an address or a label is a task, the others are links."""
    playbook = read()
    assert [one.title for one in playbook.duties] == ["Keep the timetable sheet updated"]
    links = {link.title for link in playbook.links}
    assert "Wiki" in links
    assert "Keep the timetable sheet updated" not in links


def test_what_stands_below_a_check_verifies() -> None:
    """L1: "Confirm the Fix" with its items is the verification of a phase, the item beside it is not."""
    steps = {step.title: step.section for phase in read().phases for step in phase.steps}
    assert steps["Buy a ticket"] == "verification"
    assert steps["Run the tests"] == "verification"
    assert steps["Tell the crew"] == "resolution"


def test_every_step_of_a_validation_verifies() -> None:
    """L7: looking and counting after the fix is no investigation."""
    validation = read().procedure("resolution-confirmation")
    assert validation is not None
    assert {step.section for step in validation.steps} == {"verification"}


def test_an_estimate_is_given_while_it_lasts() -> None:
    """H9: "estimated resolution time" names the resolution and is due before it."""
    moments = {rule.text: rule.moment for rule in read().communication}
    assert moments["Give an estimated resolution time"] == "during"


def test_the_resolution_of_one_kind_of_incident_is_no_end_of_it() -> None:
    """G5: who is told in a procedure's "Resolution" is told at once, not when all is over."""
    moments = {rule.text: rule.moment for rule in read().communication}
    assert moments["Notify the pier guard"] == ""


def test_the_same_notice_at_two_moments_is_two_duties() -> None:
    """H1, H4: the status page is updated at the start and again at the end."""
    text = "# R\n\n## Initial response\n- Update status page\n\n## Resolution\n- Update status page\n"
    assert [rule.moment for rule in compile_runbook(text).communication] == ["initial", "resolution"]


def test_channels_among_tools_are_channels() -> None:
    """G8, G9: a list of tools for communication names ways to reach people; the tide tables are none."""
    channels = {(one.type, one.name) for one in read().channels}
    assert {("email", "Email list of the crew"), ("pagerduty", "PagerDuty (nights)")} <= channels
    assert not any("Tide" in name for _type, name in channels)


def test_a_bracket_that_is_no_time_is_what_the_level_does() -> None:
    """E12: "(First on the pier)" is shown to whoever holds the level; "(If unresolved …)" is its window."""
    first, second = read().escalation_levels
    assert first.responsibilities == ("First on the pier",)
    assert (second.responsibilities, second.after and second.after.seconds) == ((), 1200)


def test_an_address_in_a_comment_is_a_link() -> None:
    """O1: "# Look at …: https://…" is opened from the incident under the name of its host."""
    link = next(one for one in read().links if one.url == "https://kiosk.test/admin")
    assert link.title == "kiosk.test"


def test_what_a_table_asks_of_a_level_stays_with_it() -> None:
    """E12: the column "Responsibility" of a table of levels is shown to the holder; a dash asks nothing."""
    text = (
        "## Escalation\n\n| Level | Who | After | Responsibility |\n|---|---|---|---|\n"
        "| 1 | Deckhand | | Ropes; first look |\n| 2 | Purser | 10 min | — |\n"
    )
    playbook = compile_runbook(text)
    assert [one.responsibilities for one in playbook.escalation_levels] == [("Ropes", "first look"), ()]
    assert "TOC115" not in {one.code for one in playbook.findings}
