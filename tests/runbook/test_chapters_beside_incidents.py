"""Chapters of a document of incidents: those on whom to call are none, a template may be steps."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind, StepKind
from tocsin.runbook.playbook import Playbook

TIERS = "| Tier | Who | When |\n|---|---|---|\n| L1 | Miller | At once |\n| L2 | Lead | No answer in 15 min |\n"
DECLARING = "### Declaring an incident\n\n1. Post in `#mill`.\n2. Open a page.\n3. Call the owner for P0.\n"
INCIDENTS = "".join(
    f"## {name}\n\n**Alert:** `{alert}`\n\n### Symptoms\n\n- {sign}\n\n### Resolution steps\n\n1. Turn the key.\n\n"
    for name, alert, sign in (("Flour backlog", "FlourHigh", "sacks wait"), ("Belt lag", "BeltLag", "old flour"))
)


def _incidents(text: str) -> list[str]:
    found: Playbook = compile_runbook(text)
    return [one.title for one in found.procedures if one.kind is ProcedureKind.INCIDENT]


@pytest.mark.parametrize(
    "title", ["On-Call Escalation Policy", "On-call and escalation", "On-call policy", "Escalation ladder", "Contacts"]
)
def test_a_chapter_on_whom_to_call_is_no_incident(title: str) -> None:
    """Beside incidents, with how to declare one below it, it holds the chain and nothing to be matched."""
    text = f"# Incident runbook\n\n## {title}\n\n{TIERS}\n{DECLARING}\n{INCIDENTS}"
    assert _incidents(text) == ["Flour backlog", "Belt lag"]


def test_an_escalation_of_rights_stays_an_incident() -> None:
    """It has symptoms, as the chapters beside it."""
    own = "## Privilege escalation\n\n### Symptoms\n\n- a new owner\n\n### Resolution steps\n\n1. Lock the door.\n\n"
    found = _incidents(f"# Incident runbook\n\n{own}{INCIDENTS}")
    assert found == ["Privilege escalation", "Flour backlog", "Belt lag"]


@pytest.mark.parametrize("title", ["Incident response template", "Incident template", "Response process template"])
def test_a_template_of_steps_is_no_message(title: str) -> None:
    """What is to be done in order is the course of the response, with its commands."""
    steps = "1. **Acknowledge** in the room.\n2. **Look** at the dial.\n3. **Decide**: if unsure, `make roll`.\n"
    found = compile_runbook(f"# Mill\n\n## {title}\n\nWhen the bell rings:\n\n{steps}")
    assert found.templates == ()
    assert [len(one.steps) for one in found.phases] == [3]


def test_templates_of_messages_stay_messages() -> None:
    """A text to send below the same title is sent."""
    text = "# Mill\n\n## Incident response templates\n\n### First news\n\n```\nWe are looking into [what].\n```\n"
    assert [one.name for one in compile_runbook(text).templates] == ["First news"]


def test_what_is_to_be_done_about_a_named_fault_is_a_step() -> None:
    """In a list of faults with a verb behind the colon; what only explains stays told."""
    faults = "- Mill slow: restart it\n- Flour wet: rain comes in\n- Oven cold: check it\n"
    kinds = [one.steps[0].kind for one in compile_runbook(f"# Mill\n\n## Common problems\n\n{faults}").procedures]
    assert kinds == [StepKind.MANUAL, StepKind.REFERENCE, StepKind.MANUAL]
