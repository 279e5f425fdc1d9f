"""The messages and deadlines of runbooks, in the forms that teams write them; each document here is our own."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

MESSAGES: dict[str, tuple[str, list[tuple[str, str | None]]]] = {
    "a document of them": ("# Incident Communication Templates\n\n## First word\n\n```\nWe look into [what].\n```\n", [("First word", None)]),
    "subject and content": ("# R\n\n## Message templates\n\n### First word\n**Subject:** [what] is down\n\n**Content:**\n> We look into [what].\n\n### Last word\n**Subject:** All is well\n\n**Content:**\n> [what] works.\n", [("First word", "[what] is down"), ("Last word", "All is well")]),
    "plain paragraphs": ("# R\n\n## Message templates\n\n### First word\n**Subject:** Doors\n\nHello,\n\nWe look into it.\n\n### Last word\n**Subject:** Doors\n\nAll is well.\n", [("First word", "Doors"), ("Last word", "Doors")]),
    "one line each": ("# R\n\n## Message templates\n\n- **First word**: We know that the doors stay shut and look into it.\n- **Last word**: The doors open again and the trams run on time.\n", [("First word", None), ("Last word", None)]),
    "in quotation marks": ("# R\n\n## Message templates\n\n### First word\n\n“The doors stay shut. We look into it.”\n", [("First word", None)]),
    "below a label about telling": ("# R\n\n## Resolution\n\n**Communication:**\n```\nRESOLVED: [what]\nLasted: [how long]\n```\n", [("Communication", None)]),
    "below a label in a chapter about telling": ("# R\n\n## Communication\n\n**Slack update:**\n```\n[service] is down\n```\n", [("Slack update", None)]),
    "none in what is sent without blanks to fill": ("# R\n\n## Communication\n\n```json\n{\"channel\": \"ops\"}\n```\n\n```sh\nslack-notify <channel>\n```\n", []),
    "none in the template of a runbook": ("# Runbook Template\n\n## Symptoms\n\n- [what you see]\n\n## Resolution\n\n```sh\ndf -h\n```\n", []),
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(MESSAGES))
def test_messages_in_this_form(form: str) -> None:
    """Names and subjects of the messages that a team has prepared."""
    text, expected = MESSAGES[form]
    assert [(one.name, one.subject) for one in compile_runbook(text).templates] == expected


DEADLINES = {
    "at most": ("## Post-mortem\n\n**Deadline:** <48 hours from the end\n", 48),
    "at most, in a bracket": ("## Scenario: Doors\n\n**Postmortem** (≤ 48h after it):\n- write it\n", 48),
    "none": ("## Post-mortem\n\nThe meeting takes an hour.\n", None),
}


@pytest.mark.parametrize("form", sorted(DEADLINES))
def test_the_deadline_of_a_post_mortem_in_this_form(form: str) -> None:
    """Hours until the report is due; None where the document does not say."""
    text, hours = DEADLINES[form]
    policy = compile_runbook("# R\n\n" + text).postmortem
    assert policy is not None
    assert (policy.due.seconds if policy.due else None) == (hours * 3600 if hours else None)


AUDIENCES: dict[str, tuple[str, str]] = {
    "a support team": ("Notify the support team", "support"),
    "a help desk": ("Tell the help desk what customers see", "support"),
    "leadership": ("Inform leadership every hour", "executives"),
    "stakeholders": ("Update stakeholders", "stakeholders"),
    "customers": ("Tell customers by mail", "customers"),
    "German support": ("Notify: Kundendienst informieren", "support"),
    "Chinese support": ("Notify 客服", "support"),
    "Russian support": ("Notify службу поддержки", "support"),
    "French executives": ("Notify la direction", "executives"),
}


@pytest.mark.parametrize(("duty", "audience"), AUDIENCES.values(), ids=AUDIENCES)
def test_a_duty_to_tell_somebody_names_its_audience(duty: str, audience: str) -> None:
    """Support and executives are audiences of their own, in each language that runbooks are read in."""
    playbook = compile_runbook(f"# R\n\n## Communication\n\n- {duty}\n")
    assert [rule.audience for rule in playbook.communication] == [audience]


@pytest.mark.parametrize(
    ("name", "audience"),
    [("Executive summary", "executives"), ("Support team update", "support"), ("Customer notification", "customers")],
)
def test_a_message_is_for_whom_its_heading_says(name: str, audience: str) -> None:
    """So that it is offered for them and for nobody else."""
    playbook = compile_runbook(f"# R\n\n## Message templates\n\n### {name}\n\n```\n[service] is down\n```\n")
    assert [template.audience for template in playbook.templates] == [audience]
