"""Ways of escalating line by line, ranks before names, and promises that are of something else."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.playbook import EscalationLevel, Playbook


def _read(text: str) -> Playbook:
    return compile_runbook("# Cable car runbook\n\n" + text)


def _told(chain: tuple[EscalationLevel, ...]) -> list[tuple[tuple[str, ...], float | None]]:
    return [(one.targets, None if one.after is None else (one.after.seconds or 0) / 60) for one in chain]


_SCALE = """## Severity levels

- **SEV1**: the car hangs
- **SEV2**: the car is late
- **SEV3**: a lamp is out

"""


def test_each_line_of_a_block_is_the_way_of_its_severity() -> None:
    """ "SEV1: duty → manager → director" and the lines below it are three chains, and not one of all of them."""
    way = "```\nSEV1: Duty → Car manager → Director\nSEV2: Duty → Car manager\nSEV3: Mechanic → Duty\n```\n"
    read = _read(_SCALE + "## Escalation tree\n\n" + way)
    assert [one.targets[0] for one in read.escalation_levels] == ["Duty", "Car manager", "Director"]
    assert [one.targets[0] for one in read.escalation_by_severity["SEV2"]] == ["Duty", "Car manager"]
    assert [one.targets[0] for one in read.escalation_by_severity["SEV3"]] == ["Mechanic", "Duty"]


def test_a_block_with_other_lines_is_drawn_as_before() -> None:
    """Where only some of the lines name a severity, the block is one drawing."""
    drawn = "```\nDuty\n  ↓ (10 min)\nCar manager\n  ↓ (30 min)\nDirector\n```\n"
    read = _read(_SCALE + "## Escalation tree\n\n" + drawn)
    assert _told(read.escalation_levels) == [(("Duty",), None), (("Car manager",), 10), (("Director",), 30)]


def test_a_column_of_times_beside_two_columns_of_people_is_when_the_second_one_is_called() -> None:
    """ "First responders | Escalate to | Timeframe": at once, or after the time of the row."""
    table = """## Routing of escalations

| Severity | First responders | Escalate to | Timeframe |
|---|---|---|---|
| SEV1 | Duty engineer | Car manager | Immediate |
| SEV2 | Duty engineer | Team lead | 40 minutes |
| SEV3 | Duty engineer | Team lead | - |
"""
    read = _read(_SCALE + table)
    assert _told(read.escalation_levels) == [(("Duty engineer",), None), (("Car manager",), 0)]
    assert _told(read.escalation_by_severity["SEV2"]) == [(("Duty engineer",), None), (("Team lead",), 40)]
    assert _told(read.escalation_by_severity["SEV3"]) == [(("Duty engineer",), None), (("Team lead",), None)]


def test_whoever_stands_behind_primary_contact_is_called() -> None:
    """ "Primary contact" is a rank and no name; a number behind it leaves it standing."""
    named = "## Escalation contacts\n\n- Primary Contact: Car manager\n- Secondary Contact: Team leadership\n"
    assert [one.targets for one in _read(named).escalation_levels] == [("Car manager",), ("Team leadership",)]
    numbers = named.replace("Car manager", "555 0100").replace("Team leadership", "555 0101")
    assert [one.targets for one in _read(numbers).escalation_levels] == [("Primary Contact",), ("Secondary Contact",)]


def test_a_rotation_tells_when_the_second_one_is_called() -> None:
    """ "Secondary on-call: backup if the primary does not respond in 7 minutes" below "Rotation structure"."""
    text = """## Rotation Structure
- **Primary on-call:** 1 week (Tuesday → Tuesday)
- **Secondary on-call:** Backup if primary doesn't respond within 7 minutes
- **Size:** 4 people
"""
    assert _told(_read(text).escalation_levels) == [(("Primary on-call",), None), (("Secondary on-call",), 7)]


def test_an_item_called_escalation_says_whom_to_page_when() -> None:
    """One sentence behind "Escalation:" is the chain where nothing else is."""
    said = "If it is not solved in 25 minutes, page the car manager."
    text = f"## Pillars\n\n- **Speed:** look at it\n- **Escalation:** {said}\n"
    assert _told(_read(text).escalation_levels) == [(("car manager",), 25)]


def test_the_levels_are_those_that_are_described_and_not_those_that_say_how_often_news_come() -> None:
    """Below "Classify severity." levels are described; below "Tell people by severity:" they have rhythms."""
    text = """## Steps

1. Tell people by severity:
   - **SEV1**: Every 10 minutes.
   - **SEV2**: Every 40 minutes.
2. Classify severity.
   - **SEV1**: The car hangs.
   - **SEV2**: The car is late.
"""
    read = _read(text)
    assert [one.criteria for one in read.severities] == [("The car hangs.",), ("The car is late.",)]


def test_a_phase_that_is_counted_like_a_level_is_none_of_another_scale() -> None:
    """ "Phase P1" contradicts no scale of SEV1 and SEV2; "P1" alone does."""
    counted = "## Steps\n\n### {0} P1: Declare\n\nSay so.\n\n### {0} P2: Mend\n\nMend it.\n"
    codes = {word: {one.code for one in _read(_SCALE + counted.format(word)).findings} for word in ("Phase", "Alarm")}
    assert ("TOC110" in codes["Phase"], "TOC110" in codes["Alarm"]) == (False, True)


@pytest.mark.parametrize("early", ["mitigation in 1 hour", "workaround in 1 hour", "fix plan in 1 hour"])
def test_the_time_of_something_before_all_is_well_is_neither_answer_nor_end(early: str) -> None:
    """A mitigation is no first response, and a plan to fix no resolution."""
    text = f"## SLA targets\n\n- `S0`: acknowledge in 10 minutes, {early}.\n- `S1`: acknowledge in 2 hours.\n"
    first = _read(text).severities[0]
    assert first.acknowledge_target is not None
    assert (first.response_target, first.resolution_target) == (None, None)


def test_a_label_names_the_target_of_a_row_of_severities() -> None:
    """ "Resolution targets: P1 < 1h; P2 < 4h" is the resolution of each, beside the row of acknowledgements."""
    text = "- Acknowledgement: P1 within 5m; P2 within 20m\n- Resolution targets: P1 < 1h; P2 < 4h\n"
    read = _read("## Promises\n\n" + text)
    assert [one.resolution_target.seconds for one in read.severities if one.resolution_target] == [3600, 14400]


def test_a_stated_time_goes_before_a_word_in_the_heading() -> None:
    """ "Scheduled response" above "SLA: 3 business hours" leaves the hours standing."""
    text = """## Severity levels

### Severity 1 (Critical) - Immediate response
**SLA: 10 minutes**
- The car hangs

### Severity 2 (Low) - Scheduled response
**SLA: 3 business hours**
- A lamp is out
"""
    assert [one.response_target.seconds for one in _read(text).severities if one.response_target] == [600, 10_800]


def test_of_a_timeline_after_the_incident_the_line_on_the_review_says_when_it_is_due() -> None:
    """ "24 hours: data kept" comes first, "3 days: Post-mortem draft" is the report."""
    text = "## Post-mortem process\n\n- **24 hours:** Data are kept\n- **3 days:** Post-mortem draft is out\n"
    due = _read(text).postmortem
    assert due is not None
    assert due.due is not None
    assert due.due.seconds == 3 * 86_400


def test_expectations_of_the_on_call_are_no_incident() -> None:
    """A document that begins with a code and is about being on call has no incident of that name."""
    text = "### KB-7: On-Call Expectations\n\n- Answer the pager.\n- Hand over on Tuesday.\n"
    assert compile_runbook(text).procedures == ()


@pytest.mark.parametrize("title", ["How to silence alerts", "Como silenciar alertas", "Change alerts"])
def test_what_is_done_with_alerts_is_no_chapter_of_them(title: str) -> None:
    """Ways to silence alerts are no incidents; below "Cable alerts" the chapters are."""
    chapters = "### Rope desk\n\nPress the red knob.\n\n### Wheel house\n\n```bash\ncarctl quiet 5\n```\n"
    assert _incidents(f"## {title}\n\n{chapters}") == []
    assert _incidents(f"## Cable alerts\n\n{chapters}") == ["Rope desk", "Wheel house"]


def _incidents(text: str) -> list[str]:
    return [one.title for one in _read(text).procedures if one.kind is ProcedureKind.INCIDENT]
