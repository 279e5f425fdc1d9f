"""Marks and labels of plain writing: a dash of two hyphens, what follows otherwise in a bracket, "Fix: …" as a step."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel


def _who(levels: tuple[EscalationLevel, ...]) -> list[tuple[str, float | None]]:
    return [("+".join(one.targets), (one.after and one.after.seconds) or None) for one in levels]


def test_two_hyphens_in_a_heading_are_a_dash() -> None:
    """ "P0 -- Critical" is labelled "Critical" as "P0 – Critical" is."""
    text = "# Bakery\n\n## Severity\n\n### P0 -- Critical\n\n- All ovens cold\n\n### P1 -- High\n\n- One oven cold\n"
    assert [(one.name, one.label) for one in compile_runbook(text).severities] == [("P0", "Critical"), ("P1", "High")]


LADDERS = {
    "a block with arrows": "```\n0 min   -- Oven alarm -> Duty baker notified\n"
    "5 min   -- Duty baker acknowledges (else escalate to head baker)\n30 min  -- Owner paged\n```",
    "a block with hyphens": "```\n0 min - Duty baker notified\n5 min - Head baker alerted\n30 min - Owner called\n```",
    "a list": "- 0 min: Oven alarm -> duty baker paged\n"
    "- 5 min: Duty baker acknowledges (otherwise page the head baker)\n- 30 min: Owner informed",
    "a table": "| Time | Action |\n|---|---|\n| 0 min | Duty baker paged |\n"
    "| 5 min | Duty baker acknowledges (else head baker is paged) |\n| 30 min | Owner paged if unresolved |",
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(LADDERS))
def test_what_was_done_behind_a_name_is_no_part_of_it(form: str) -> None:
    """ "Owner paged" calls the owner, and "(else page the head baker)" the head baker, whatever holds the times."""
    found = _who(compile_runbook(f"# Bakery\n\n## Escalation protocol\n\n{LADDERS[form]}\n").escalation_levels)
    assert [(who.casefold(), after) for who, after in found] == [
        ("duty baker", None),
        ("head baker", 300),
        ("owner", 1800),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        "**Symptoms:** dough is dry.\n\n**Fix:** Open the valve and wait.\n",
        "- Symptoms: dough is dry.\n- Fix: Open the valve and wait.\n",
        "**Symptoms:** dough is dry.\n**Immediate action:** Open the valve and wait.\n",
    ],
)
def test_a_sentence_behind_a_label_of_what_to_do_is_a_step(lines: str) -> None:
    """ "Fix: Open the valve" is to be ticked off; what the symptoms say, and how long it takes, is only read."""
    text = (
        f"# Bakery\n\n## Valve stuck\n\n{lines}\n## Oven down\n\n**Symptoms:** cold.\n\n**Recovery:** 2 to 4 minutes.\n"
    )
    valve, oven = compile_runbook(text).procedures
    assert [(str(one.kind), one.title) for one in valve.steps] == [("manual", "Open the valve and wait.")]
    assert [str(one.kind) for one in oven.steps] == ["reference"]


@pytest.mark.parametrize("title", ["Incident response runbook", "Incident runbook", "Acme incident response playbook"])
def test_a_document_on_any_incident_is_no_incident(title: str) -> None:
    """Containing, investigating and recovering are its phases; with symptoms of its own a document is about one."""
    phases = "## Contain\n\n1. Shut the flue\n\n## Investigate\n\n- Read the log\n\n## Recover\n\n1. Light the oven\n"
    read = compile_runbook(f"# {title}\n\n{phases}")
    assert not read.procedures
    assert [one.title for one in read.phases] == ["Contain", "Investigate", "Recover"]
    assert compile_runbook(f"# {title}\n\n## Symptoms\n\n- Smoke\n\n{phases}").procedures


def test_a_title_that_joins_phases_is_no_incident_among_incidents() -> None:
    """ "Recovery + follow-up" behind "Flour incident" and "Dough incident" is of any of them."""
    chapters = ["Flour incident", "Dough incident", "Oven issue", "Recovery + follow-up"]
    text = "# Bakery runbook\n\n" + "\n".join(
        f"## {n}) {title}\n1. Look\n2. Do\n" for n, title in enumerate(chapters, 1)
    )
    read = compile_runbook(text)
    assert [one.title for one in read.procedures] == chapters[:3]
    assert [one.title for one in read.phases] == chapters[3:]


@pytest.mark.parametrize("title", ["Report an incident", "Major incident", "During an incident", "What is an incident"])
def test_what_is_said_of_any_incident_names_none(title: str) -> None:
    """A title that ends in "incident" names one by the word before it."""
    text = f"# Handbook\n\n## {title}\n\n1. Look\n2. Do\n\n## Second {title}\n\n1. Look\n2. Do\n"
    assert not [one for one in compile_runbook(text).procedures if one.kind == "incident" and one.title == title]


@pytest.mark.parametrize("head", ["First public ack", "Customer acknowledgement", "External acknowledgment"])
def test_when_the_public_hears_is_no_clock_of_the_responders(head: str) -> None:
    """The acknowledgement that a responder owes is another one."""
    text = f"# Bakery\n\n## Severity\n\n| Level | Meaning | Response time | {head} |\n|---|---|---|---|\n"
    text += "| P0 | cold | 5 min | 30 min |\n| P1 | dry | 1 h | 2 h |\n"
    assert [one.acknowledge_target for one in compile_runbook(text).severities] == [None, None]
