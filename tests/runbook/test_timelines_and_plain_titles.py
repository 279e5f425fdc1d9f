"""Timelines with times of their own, titles in plain paragraphs, and what stands beside a level or a contact."""

from __future__ import annotations

import pytest

from tocsin.incident.choices import Choices
from tocsin.incident.planning import plan_response
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.neighbours import Neighbour
from tocsin.runbook.playbook import Playbook, Trigger


def ladder(playbook: Playbook) -> list[tuple[str, int, Trigger]]:
    """Who is called at which minute, and what is waited for."""
    return [
        ("+".join(one.targets), (one.after.seconds or 0) // 60 if one.after else 0, one.trigger)
        for one in playbook.escalation_levels
    ]


def test_the_timeline_of_a_severity_begins_with_whom_it_calls_at_once() -> None:
    """A chapter "by severity" has a list for each: "0 min" is its first level, "no acknowledgment" what is awaited."""
    text = (
        "# Calling policy\n\n## Escalation by severity\n\n### SEV1: Critical\n\n"
        "1. **0 min**: Page the on-call miller for the wheel at hand\n"
        "2. **5 min**: If no acknowledgment, page the team lead\n3. **40 min**: Notify the CTO\n\n"
        "### SEV2: High\n\n1. **0 min**: Page the on-call miller\n2. **20 min**: If no ack, page the team lead\n"
    )
    assert ladder(compile_runbook(text)) == [
        ("on-call miller", 0, Trigger.START),
        ("team lead", 5, Trigger.UNACKNOWLEDGED),
        ("CTO", 40, Trigger.UNRESOLVED),
    ]


def test_what_is_done_at_a_point_in_time_is_nobody() -> None:
    """ "T+0: create a ticket" pages no ticket, and "T+60: the on-call reviews it" no sentence and no report."""
    text = (
        "# Escalation procedures\n\n## Escalation\n\n- T+0: Create a ticket\n"
        "- T+60: On-call reviews the ticket on the next round\n- T+120: If it goes on, escalate to the team lead\n"
    )
    playbook = compile_runbook(text)
    assert [(who, minute) for who, minute, _trigger in ladder(playbook)] == [("On-call", 60), ("team lead", 120)]
    assert playbook.postmortem is None


def test_a_noun_before_its_verb_is_no_call() -> None:
    """ "Alert pages the on-call" pages the on-call, not "pages the on-call"."""
    text = "# Escalation\n\n1. Alert pages the on-call.\n2. If no answer in 9 minutes, page the team lead.\n"
    assert [who for who, _minute, _trigger in ladder(compile_runbook(text))] == ["on-call", "team lead"]


def test_when_a_level_goes_on_is_kept_where_only_contacts_are_named() -> None:
    """A column "Escalation" of times says when the second one is paged, whoever that is."""
    text = (
        "# Mill\n\n## Severity\n\n| Level | Description | Response | Escalation |\n|---|---|---|---|\n"
        "| P1 | the mill stands | 15 min | 25 min |\n| P2 | a stone is cracked | 1 h | 2 h |\n\n"
        "## Contacts\n\n| Role | Phone |\n|---|---|\n| On-call | +49 30 1234567 |\n| CTO | +49 30 1234568 |\n"
    )
    plan = plan_response(compile_runbook(text), "mill", Choices())
    for name, minutes in (("P1", 25), ("P2", 120)):
        planned = plan.severity(name).levels
        assert [one.targets for one in planned] == [("On-call",), ("CTO",)]
        assert planned[1].after.total_seconds() == minutes * 60


def test_what_somebody_does_is_no_way_to_reach_them() -> None:
    """A point in time and a sentence with a verb are no contacts, and one to be filled in is."""
    text = (
        "# Calling guide\n\n## Escalation contacts\n\n- **T+5**: is the wheel moving?\n- **Miller**: +49 30 1234567\n"
        "- **Team lead** joins the call (by telephone)\n- **Owner**: [contact info] - for floods\n"
    )
    assert [one.name for one in compile_runbook(text).contacts] == ["Miller", "Owner"]


@pytest.mark.parametrize(
    "report", ["Post-mortem (within 3 days) with action items", "Take part in the PIR (within 72 hours)"]
)
def test_a_deadline_in_brackets_is_the_reports(report: str) -> None:
    """What is to be in the report stands behind the bracket."""
    policy = compile_runbook(f"# Mill\n\n## Afterwards\n\n1. Sweep\n2. {report}\n").postmortem
    assert policy is not None
    assert policy.due is not None
    assert policy.due.seconds == 3 * 86_400


def test_a_plain_line_with_the_name_of_a_chapter_announces_its_list() -> None:
    """ "Process" in a paragraph of its own above a list is a title; any other line is not."""
    text = "# Mill incidents\n\nProcess\n1. Look at the wheel\n2. Stop it\n\nSome thoughts\n- Flour is white\n"
    playbook = compile_runbook(text)
    assert [(one.title, len(one.steps)) for one in playbook.phases] == [("Process", 2)]


def test_the_clauses_of_a_level_are_told_apart() -> None:
    """A list that ends with a full stop is one, whom to tell is no criterion, and triage has a time of its own."""
    text = (
        "# Mill\n\n## Severity levels\n\n- **S1**: mill stands, flour wet, sacks torn.\n"
        "- **S2**: One stone is cracked. Response time: 1 hour. Announce it in the yard.\n"
        "- **S3**: Dust on the stairs. Triage within 8 hours.\n\n"
        "## Management notification\n\n- **S1**: Owner and CTO notified within 1 hour\n"
    )
    first, second, third = compile_runbook(text).severities
    assert first.criteria == ("mill stands", "flour wet", "sacks torn")
    assert second.criteria == ("One stone is cracked",)
    assert third.response_target is not None
    assert third.response_target.seconds == 8 * 3600


def test_an_incident_is_called_by_its_name_without_its_level() -> None:
    """ "P1: Mill stands" is "Mill stands"; a level alone keeps its own."""
    text = (
        "# Mill\n\n## Severity\n\n- P1: the mill stands\n- P2: it is slow\n\n## Common incidents\n\n"
        "### P1: Mill stands\n\n**Symptoms**: silence\n\n1. Oil it\n\n"
        "### [P2] Flour wet\n\n**Symptoms**: lumps\n\n1. Dry it\n"
    )
    assert [one.title for one in compile_runbook(text).procedures] == ["Mill stands", "Flour wet"]


def test_a_mail_address_is_no_file_that_is_missing() -> None:
    """ "<help@mill.example>" leads to a person; a link to a page beside the document is looked up."""
    text = "# Mill\n\nWrite to <help@mill.example>, [the owner](owner@mill.example), or see [the plan](plan.md).\n"
    findings = compile_runbook(text, look=lambda _path: Neighbour.MISSING).findings
    assert [one.message for one in findings if one.code == "TOC608"] == ["plan.md does not exist"]
