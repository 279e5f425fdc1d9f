"""Ladders as data and as timetables: policies in YAML, the beginning of a timeline, cells that name nobody."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Playbook, Trigger

_SCALE = """```yaml
grades:
  SEV1_critical:
    impact: "The lift stands with guests in it"
    examples:
      - Rope off its pulley
    response_time: "Within 5 minutes"
    update_frequency: "Every 15-20 minutes"
  SEV2_minor:
    impact: "One chair is blocked"
    response_time: "Within 40 minutes"
```
"""


def _read(text: str) -> Playbook:
    return compile_runbook("# Chair lift runbook\n\n" + text)


def _told(chain: tuple[EscalationLevel, ...]) -> list[tuple[tuple[str, ...], float | None]]:
    return [(one.targets, one.after.seconds / 60 if one.after and one.after.seconds else None) for one in chain]


def test_a_key_names_a_level_by_its_code_and_by_its_label() -> None:
    """ "SEV1_critical:" is SEV1, Critical; what is set below it says the rest."""
    read = _read("## Severity levels\n\n" + _SCALE)
    assert [(one.name, one.label) for one in read.severities] == [("SEV1", "critical"), ("SEV2", "minor")]
    assert [len(one.criteria) for one in read.severities] == [2, 1]
    assert [one.response_target.seconds for one in read.severities if one.response_target] == [300, 2400]


def test_a_mapping_of_times_is_the_ladder_of_the_severity_above_it() -> None:
    """Each key is how long it goes on, and what it waits for; "Re-page" calls somebody like "Page"."""
    policy = """## Escalation matrix

```yaml
escalation:
  by_time:
    sev1:
      "10 min no ack": "Re-page the ropeway desk + backup desk"
      "25 min unresolved": "Page the lift manager"
      "1 hour unresolved": "Everybody to the valley station"
    sev2:
      "1 hour unresolved": "Page the ropeway desk"
      "3 hours unresolved": "Page the lift manager"
```
"""
    read = _read("## Severity levels\n\n" + _SCALE + "\n" + policy)
    assert _told(read.escalation_levels) == [
        (("ropeway desk", "backup desk"), 10),
        (("lift manager",), 25),
    ]
    assert read.escalation_levels[0].trigger is Trigger.UNACKNOWLEDGED
    assert _told(read.escalation_by_severity["SEV2"]) == [(("ropeway desk",), 60), (("lift manager",), 180)]


_LISTED = """escalation_policy:
  - level_1:
      target: "Duty mechanic"
      timeout: "4 minutes"
  - level_2:
      target: "Head of ropes"
      timeout: "9 minutes"
  - level_3:
      target: "Director"
      timeout: "20 minutes"
"""
_MAPPED = _LISTED.replace("- level", "  level")


@pytest.mark.parametrize("policy", [_LISTED, _MAPPED])
def test_counted_levels_are_a_policy_as_a_list_and_as_a_mapping(policy: str) -> None:
    """Each says how long it has: the next one is called when the ones before it have let their time go by."""
    read = _read(f"## On-call set-up\n\n```yaml\n{policy}```\n")
    assert _told(read.escalation_levels) == [(("Duty mechanic",), None), (("Head of ropes",), 4), (("Director",), 13)]


def test_counted_keys_name_whoever_answers_at_each_level() -> None:
    """ "tier_2_team_lead:" is the second level, the team lead, whatever is said below it."""
    text = """## Escalation

```yaml
escalation_matrix:
  tier_1_duty_engineer:
    reached_via: "pager"
  tier_2_team_lead:
    reached_via: "telephone"
```
"""
    assert _told(_read(text).escalation_levels) == [(("duty engineer",), None), (("team lead",), None)]


def test_settings_below_a_key_that_escalates_nothing_are_no_ladder() -> None:
    """Times that lead to values, and counted keys of something else, page nobody."""
    text = """## Tuning

```yaml
escalation: by telephone
calls:
  5 min: Call the pump operator
  15 min: Call the shift lead
stages:
  level_1:
    target: small queue
    timeout: 5 min
  level_2:
    target: large queue
    timeout: 9 min
```
"""
    assert _read(text).escalation_levels == ()


def test_the_first_one_of_a_timeline_is_paged_first() -> None:
    """ "T+0: page the winch desk" puts that desk before everybody, and no "On-Call" before it."""
    text = """## Escalation

- **P1**: all hours
  - T+0: Page winch desk, Duty mechanic
  - T+20m: Inform customers, slope manager
- **P2**
  - T+45m: Escalate to slope manager
"""
    first, second = _read(text).escalation_levels
    assert (first.targets, first.comes_first) == (("winch desk", "Duty mechanic"), True)
    assert (second.targets, second.after and second.after.seconds) == (("slope manager",), 1200)


@pytest.mark.parametrize(
    "nobody",
    ["Internal only", "Team channel", "Intern", "Interne uniquement", "Canal del equipo", "внутренний", "社内"],
)
def test_a_cell_that_says_where_it_stays_pages_nobody(nobody: str) -> None:
    """ "Internal only" and the team's channel are no people."""
    text = f"""## Severity levels

| Severity | Meaning | Escalation |
|---|---|---|
| P1 | Lift stands | Slope manager |
| P2 | Lift is slow | Shift lead |
| P3 | Paint is off | {nobody} |
"""
    read = _read(text)
    assert "P3" not in read.escalation_by_severity
    assert [one.targets for one in read.escalation_levels] == [("Slope manager",)]


def test_a_label_stands_before_the_dash_of_a_description() -> None:
    """ "Critical - the lift stands" is the label and one criterion; another word before a dash is the criterion."""
    text = """## Severity levels

| Severity | Description | Response |
|---|---|---|
| SEV-1 | Critical - the lift stands | 5 min |
| SEV-2 | Minor – a chair is blocked | 1 hour |
| SEV-3 | Paint - wood or steel - is off | 1 day |
"""
    read = _read(text)
    assert [one.label for one in read.severities] == ["Critical", "Minor", None]
    assert [one.criteria for one in read.severities] == [
        ("the lift stands",),
        ("a chair is blocked",),
        ("Paint - wood or steel - is off",),
    ]
