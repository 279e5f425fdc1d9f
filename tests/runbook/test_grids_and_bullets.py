"""Forms of runbooks that say much in few words: grids of people and severities, labelled bullets, tables of alerts."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.command.effects import judge
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.stated import Duration


def _read(text: str) -> Playbook:
    return compile_runbook("# Ferry tickets runbook\n\n" + text)


def _minutes(span: Duration | None) -> float | None:
    return None if span is None or span.seconds is None else span.seconds / 60


_LEVELS = """## Severity levels

### Critical (P0) - 10min response, 2hr resolution
- No ferry can be boarded

### High (P1) - 40min response, 1 day resolution
- One pier is shut
"""
_GRID = """## Escalation

| Who | P0 | P1 |
|---|---|---|
| On-call engineer | Immediate | 20 min |
| Pier manager | 25min | Next day |
| Director | 50min | - |
"""
_TURNED = """## Escalation

| Severity | On-call engineer | Pier manager | Director |
|---|---|---|---|
| P0 | Immediate | 25min | 50min |
| P1 | 20 min | Next day | - |
"""


def test_a_heading_states_both_clocks_behind_a_dash() -> None:
    """ "Critical (P0) - 10min response, 2hr resolution" is a level with its two targets."""
    read = _read(_LEVELS)
    assert [(one.name, one.label) for one in read.severities] == [("P0", "Critical"), ("P1", "High")]
    assert [_minutes(one.response_target) for one in read.severities] == [10, 40]
    assert [_minutes(one.resolution_target) for one in read.severities] == [120, 1440]


@pytest.mark.parametrize("grid", [_GRID, _TURNED])
def test_a_grid_of_people_and_severities_is_the_chain_of_each(grid: str) -> None:
    """A cell of a grid says when its person is called; it promises no response and contradicts none."""
    read = _read(_LEVELS + "\n" + grid)
    chain = [(one.targets[0], _minutes(one.after)) for one in read.escalation_levels]
    assert chain == [("On-call engineer", None), ("Pier manager", 25), ("Director", 50)]
    assert [one.targets[0] for one in read.escalation_by_severity["P1"]] == ["On-call engineer", "Pier manager"]
    assert _minutes(read.severities[0].response_target) == 10
    assert not {"TOC402"} & {one.code for one in read.findings}


def test_whom_to_page_is_no_response_where_one_is_stated() -> None:
    """ "(page at once)" behind a level gives way to "Response time: 10 minutes" below it, and counts without it."""
    stated = "## Severity levels\n\n### S1 - Major (page immediately)\n\n**Response time**: 10 minutes\n\n- All ferries stop\n"
    other = "\n### S2 - Minor (page immediately)\n\n- One ferry stops\n"
    read = _read(stated + other)
    assert [_minutes(one.response_target) for one in read.severities] == [10, 0]
    assert "TOC402" not in {one.code for one in read.findings}


def test_updates_behind_each_severity_in_brackets() -> None:
    """ "P0 (20min), P1 (daily)" gives each severity its rhythm."""
    read = _read(_LEVELS + "\n## Communication\n\n- **Updates**: P0 (20min), P1 (daily)\n")
    assert [(_minutes(one.every), one.severities) for one in read.cadences] == [(20, ("P0",)), (1440, ("P1",))]


_PHASES = "Every page goes **detect → contain → diagnose → recover → verify → escalate**.\n\n"
_BULLETS = """## Gate jammed or frozen

- **Detect:** gate sensor silent; queue at the pier.
- **Contain:** open the side gate.
- **Diagnose:** `systemctl status gate-reader`
- **Recover:** restart the reader.

## Fare table odd

- **Detect:** passengers report wrong fares.
- **Contain immediately:** freeze the fare table.
- **Escalate:** if money was taken → finance + the harbour office.
"""


def test_bullets_with_the_verbs_of_a_response_make_an_incident() -> None:
    """Labelled bullets, "Detect:", "Contain:", "Recover:", are the parts of an incident whatever its title says."""
    read = _read(_PHASES + _BULLETS)
    found = {one.title: one for one in read.procedures if one.kind == "incident"}
    assert list(found) == ["Gate jammed or frozen", "Fare table odd"]
    assert [len(one.symptoms) for one in found.values()] == [1, 1]
    assert [step.section for step in found["Gate jammed or frozen"].steps] == [
        "resolution",
        "investigation",
        "resolution",
    ]


def test_arrows_between_phases_or_behind_a_condition_call_nobody() -> None:
    """ "detect → contain → recover" and "if money was taken → finance" are no chain of people."""
    assert not _read(_PHASES + _BULLETS).escalation_levels


_ALERTS = """## Pier alarms

| # | Alert name | Severity | Runbook |
|---|---|---|---|
| 1 | Ticket queue above 500 | P1 | Look at the printers first. Restart `ticketd` when all are idle. |
| 2 | Card reader offline | P2 | Check the cable at the pier, then swap the reader. |
"""


def test_a_table_of_alerts_with_what_to_do_lists_incidents() -> None:
    """The row of an alert, its number aside, is an incident where another column says in words what to do."""
    found = [one for one in _read(_ALERTS).procedures if one.kind == "incident"]
    assert [one.title for one in found] == ["Ticket queue above 500", "Card reader offline"]
    assert all(one.steps for one in found)


def test_a_table_of_alerts_with_links_lists_none() -> None:
    """An index of other documents is no list of incidents, and neither is a table of thresholds."""
    index = "## Pier alarms\n\n| Alert | Runbook |\n|---|---|\n| QueueHigh | [what to do then](a.md) |\n| ReaderOff | [and then](b.md) |\n"
    rules = "## Rules\n\n| Alert | Threshold |\n|---|---|\n| QueueHigh | more than 500 tickets in the queue |\n| ReaderOff | no card read in an hour |\n"
    assert not _read(index + rules).procedures


def test_what_a_review_is_to_say_is_no_incident() -> None:
    """ "Root cause" and "Resolution" below "Post-incident" are questions, and the ones above them no procedure."""
    text = _BULLETS.replace("## ", "### ") + (
        "\n## Post-incident\n\n### Required actions\n\n1. **Timeline**: when it began\n2. **Root cause**: what broke\n"
        "3. **Resolution**: how it was mended\n"
    )
    titles = [one.title for one in _read("## Common incidents\n\n" + text).procedures]
    assert titles == ["Gate jammed or frozen", "Fare table odd"]


def test_what_sets_a_drawing_off_is_no_level() -> None:
    """ "Alert fired" at the top of a drawing is nobody."""
    drawn = "## Escalation path\n\n```\nAlert fired\n    ↓\nOn-call engineer (5 min ack)\n    ↓ (if no ack)\nPier manager\n```\n"
    assert [one.targets[0] for one in _read(drawn).escalation_levels] == ["On-call engineer", "Pier manager"]


def test_levels_with_windows_in_brackets_before_the_name() -> None:
    """ "**L2** (15-30 min): the lead": the bracket is a window, and who is called stands behind it."""
    listed = "1. **L1** (0-10 min): First mate\n2. **L2** (10-25 min): Second mate + Pier manager\n3. **L3** (25+ min): Director\n"
    chain = [
        ("+".join(one.targets), _minutes(one.after) or 0)
        for one in _read("## Escalation matrix\n\n" + listed).escalation_levels
    ]
    assert chain == [("First mate", 0), ("Second mate+Pier manager", 10), ("Director", 25)]


def test_numbered_conditions_call_whom_the_arrow_names() -> None:
    """ "2. Cannot be mended → escalate to the engineer" calls the engineer; a note to write down calls nobody."""
    listed = (
        "1. **Watch officer** sees it → write it in the log\n2. Cannot be mended → escalate to the engineer\n"
        "3. Card terminals dead → contact Payfirm.io support\n"
    )
    read = _read("## Escalation paths\n\n" + listed)
    assert [one.targets[0] for one in read.escalation_levels] == ["Watch officer", "engineer", "Payfirm.io support"]


def test_everyone_in_a_table_of_escalation_contacts_is_a_contact() -> None:
    """A table headed "Escalation contacts" lists people to be reached, also where it only says how to find them."""
    rows = "| Role | Contact | When |\n|---|---|---|\n| Watch officer | See the rota | First |\n| Engineer | Radio room | Engine |\n"
    read = _read("## Escalation contacts\n\n" + rows)
    assert [one.name for one in read.contacts] == ["Watch officer", "Engineer"]


def test_a_timetable_says_in_its_first_column_for_which_severity() -> None:
    """ "T+40 (P1)" is a step of P1's chain and of no other; a row without a severity is a step of each."""
    rows = (
        "| Time | Action | Notify |\n|---|---|---|\n| T+5 | No answer | Page the second mate |\n"
        "| T+15 (P0) | No answer | Page Pier Manager + Director |\n| T+30 (P0) | Not solved | Activate the harbour master |\n"
        "| T+40 (P1) | Not solved | Page the purser |\n"
    )
    read = _read(_LEVELS + "\n## Escalation matrix\n\n" + rows)
    assert [("+".join(one.targets), _minutes(one.after)) for one in read.escalation_levels] == [
        ("second mate", 5),
        ("Pier Manager+Director", 15),
        ("harbour master", 30),
    ]
    assert [one.targets[0] for one in read.escalation_by_severity["P1"]] == ["second mate", "purser"]


def test_a_column_called_severity_beside_the_codes_holds_the_labels() -> None:
    """ "Level | Severity": the codes are the names, and the words beside them the labels."""
    rows = "| Level | Severity | Criteria | Response |\n|---|---|---|---|\n| S1 | Harbour shut | no ferry | 10 min |\n| S2 | Pier shut | one pier | 1 h |\n"
    read = _read("## Severity classification\n\n" + rows)
    assert [(one.name, one.label) for one in read.severities] == [("S1", "Harbour shut"), ("S2", "Pier shut")]


def test_a_table_of_attributes_below_a_level_has_its_criteria() -> None:
    """ "Passenger impact" in a table below the heading of a level says what the level is."""
    rows = "| Attribute | Definition |\n|---|---|\n| **Passenger impact** | Nobody can board; boats wait |\n| **Response time** | 10 minutes |\n"
    read = _read(f"## Severity levels\n\n### P1 - Critical\n\n{rows}\n### P2 - Low\n\n{rows}")
    assert [one.criteria for one in read.severities] == [("Nobody can board", "boats wait")] * 2
    assert [_minutes(one.response_target) for one in read.severities] == [10, 10]


def test_what_stands_among_incidents_with_numbered_steps_is_one() -> None:
    """Two of three chapters say what fails: the third, with numbered steps as well, is an incident too."""
    steps = "1. Look at the log\n2. Restart the reader\n\n"
    text = f"## Common procedures\n\n### Reader down\n{steps}### Printer offline\n{steps}### Odd fares\n{steps}### Reader deployment\n{steps}"
    assert [one.title for one in _read(text).procedures] == ["Reader down", "Printer offline", "Odd fares"]


def test_the_title_of_the_column_of_alerts_may_explain_itself() -> None:
    """ "Alert (key in the rules)" is the column of alerts."""
    text = _ALERTS.replace("Alert name", "Alert (key in `rules.yml`)").replace("Runbook", "First action")
    assert [one.title for one in _read(text).procedures] == ["Ticket queue above 500", "Card reader offline"]


def test_whoever_checks_first_and_is_pinged_then_are_levels() -> None:
    """ "The duty officer checks the alert", "ping the purser": people are named, no sentence is a name."""
    listed = "1. Duty officer checks the alert in #piers\n2. If not resolved within 15 minutes, ping Purser\n3. Purser pings Pier Manager for permits\n"
    chain = [(one.targets[0], _minutes(one.after)) for one in _read("## Escalation\n\n" + listed).escalation_levels]
    assert chain == [("Duty officer", None), ("Purser", 15), ("Pier Manager", None)]


def test_bold_lines_of_one_message_are_no_messages_of_their_own() -> None:
    """A paragraph of a text that begins "**Status:** …" is a part of that text."""
    body = "```\n**Pier news [number]**\n\n**Status:** [waiting/repaired]\n**Next:** [time]\n```\n"
    assert len(_read("## Communication templates\n\n" + body).templates) == 1


@pytest.mark.parametrize(
    ("command", "effect"),
    [
        ("az storage queue list --account-name piers", "read_only"),
        ("az storage message peek --queue-name tickets", "read_only"),
        ("az storage queue delete --name tickets", "destructive"),
        ("az vm restart --name pier1", "mutating"),
        ("Get-Content a.log | Select-String -Pattern 429", "read_only"),
        ("Get-Content a.log | Set-Content b.log", "mutating"),
    ],
)
def test_the_last_word_of_az_and_the_filters_of_powershell(command: str, effect: str) -> None:
    """The verb of `az` stands last; `Select-` sifts what it is given, `Set-` does not."""
    assert judge(command).effect == effect


def test_a_step_that_only_looks_is_not_to_be_verified() -> None:
    """TOC217 is about changes: a program that nobody knows, under "Check …", is taken at its word."""
    text = "## Common incidents\n\n### Reader down\n\n**Resolution:**\n\n```bash\n# {}\npierctl queue\n```\n"
    codes = [{one.code for one in _read(text.format(said)).findings} for said in ("Check the queue", "Empty the queue")]
    assert [("TOC217" in one) for one in codes] == [False, True]


def test_how_soon_somebody_is_called_is_no_part_of_the_name() -> None:
    """ "Contact Ilse Maar directly" calls Ilse Maar."""
    said = "## Escalation\n\nIf the incident is unresolved after 30 minutes, contact Ilse Maar directly.\n"
    assert [one.targets for one in _read(said).escalation_levels] == [("Ilse Maar",)]


def test_the_primary_contact_of_a_matrix_is_called_first() -> None:
    """ "Primary contact | Escalation (1h) | Escalation (2h)": the first column is the first level."""
    rows = (
        "| Severity | Description | Primary contact | Escalation (1h) | Escalation (2h) |\n|---|---|---|---|---|\n"
        "| Sev 1 | All piers shut | Watch officer | Pier manager | Director |\n| Sev 2 | One pier shut | Watch officer | Pier manager | — |\n"
    )
    levels = _read("## Escalation matrix\n\n" + rows).escalation_levels
    assert [(one.targets[0], _minutes(one.after)) for one in levels] == [
        ("Watch officer", None),
        ("Pier manager", 60),
        ("Director", 120),
    ]


def test_a_grid_calls_people_in_the_order_of_their_times() -> None:
    """However the rows stand: whoever is called at once comes first, and not the director."""
    rows = _GRID.rstrip().split("\n")
    read = _read(_LEVELS + "\n".join([*rows[:4], *reversed(rows[4:])]) + "\n")
    assert [one.targets[0] for one in read.escalation_levels] == [
        "On-call engineer",
        "Pier manager",
        "Director",
    ]


def test_times_that_are_promised_call_nobody() -> None:
    """A grid of teams whose corner says "Resolution time" is a table of promises."""
    grid = "## Escalation\n\n| Resolution time | P0 | P1 |\n|---|---|---|\n| Support team | 2 hours | 8 hours |\n| Pier team | 4 hours | 1 day |\n"
    read = _read(_LEVELS + grid)
    ladders = [*read.escalation_by_severity.values(), read.escalation_levels]
    assert not [one for ladder in ladders for one in ladder if "Pier team" in one.targets and one.after]


def test_when_a_review_is_due_is_no_wait_of_the_ladder() -> None:
    """Below "Follow up", "Escalation review due" is about what comes after."""
    ladder = "## Escalation\n\n1. On-call engineer\n2. Pier manager\n\n"
    after = "## Follow up\n\n| Level | Escalation review due |\n|---|---|\n| P0 | 5 days |\n| P1 | 10 days |\n"
    read = _read(_LEVELS + ladder + after)
    ladders = [*read.escalation_by_severity.values(), read.escalation_levels]
    assert not [one.after for ladder in ladders for one in ladder if one.after and one.after.seconds]
