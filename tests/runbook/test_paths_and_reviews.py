"""Escalations of other things than incidents, severities that are no people, and clocks named by their SLA."""

from __future__ import annotations

import pytest

from tests.runbook.test_chain_forms import said
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Trigger

SCALE = "# Mill\n\n| Severity | Meaning |\n|---|---|\n| P1 | The mill stands |\n| P2 | One stone is cold |\n\n"


@pytest.mark.parametrize(
    "title",
    ["Escalating a stuck PR", "Pull request escalation", "Escalade d'une revue de code", "Eskalation: Code-Review"],
)
def test_a_change_that_waits_for_a_reader_escalates_no_incident(title: str) -> None:
    """Whoever reads changes is not paged for a cold stone, and two days of waiting are no post-mortem's deadline."""
    text = (
        f"{SCALE}## {title}\n\nIf a PR has had no review within **2 days**:\n\n"
        "1. Ask the millwright\n2. After 24 hours without a reply, page the head of stones\n"
    )
    playbook = compile_runbook(text)
    assert playbook.escalation_levels == ()
    assert playbook.escalation_by_severity == {}
    assert playbook.postmortem is None or playbook.postmortem.due is None


def test_a_severity_is_nobody_to_page() -> None:
    """ "Escalate to P1" raises the severity; the order stays, as a reason to escalate."""
    text = (
        f"{SCALE}## Escalation\n\n### P1\n\n1. Page the duty miller\n2. After 20 minutes, page the owner\n\n"
        "### P2\n\n1. Page the duty miller\n2. If it is no better after 40 minutes, escalate to P1\n"
    )
    playbook = compile_runbook(text)
    assert said(playbook.escalation_by_severity["P2"]) == [("duty miller", None)]
    (rule,) = playbook.escalation_rules
    assert rule.severities == ("P2",)
    assert rule.trigger is Trigger.SEVERITY
    assert "escalate to P1" in rule.text


def test_of_chains_for_severities_none_serves_another() -> None:
    """P3 has a chapter that calls nobody: what is written for P1 is not its ladder."""
    text = (
        "# Mill\n\n| Severity | Meaning |\n|---|---|\n| P1 | All stands |\n| P2 | One stone |\n| P3 | Dust |\n\n"
        "## Escalation\n\n### P1\n\n1. Page the duty miller\n2. After 20 minutes, page the owner\n\n"
        "### P2\n\n1. Page the duty miller\n2. After 2 hours, page the owner\n\n### P3\n\n1. Sweep on Friday\n"
    )
    playbook = compile_runbook(text)
    assert {level.severities for level in playbook.escalation_levels} == {("P1",)}
    assert set(playbook.escalation_by_severity) == {"P2"}


def test_several_handles_are_called_at_once() -> None:
    """ "@stones + @water": both are the first level."""
    text = (
        f"{SCALE}## Escalation\n\n1. **P1: no flour**\n   - Page `@mill/stones` + `@mill/water` immediately\n"
        "   - If no response within 15 min, page the owner\n2. **P2: slow flour**\n   - Page `@mill/stones`\n"
        "   - If no response within 30 min, page the owner\n"
    )
    assert said(compile_runbook(text).escalation_levels) == [("mill/stones+mill/water", None), ("owner", 15)]


@pytest.mark.parametrize(
    ("head", "clock"),
    [
        ("Resolve SLA", "resolution_target"),
        ("SLA to fix", "resolution_target"),
        ("Ack SLA", "acknowledge_target"),
        ("SLA", "response_target"),
    ],
)
def test_the_closer_word_names_the_clock(head: str, clock: str) -> None:
    """An SLA to resolve is none to answer."""
    rows = "|---|---|---|\n| P1 | Smoke | 2 h |\n| P2 | Dust | 8 h |\n"
    text = f"# Mill\n\n## Severity\n\n| Severity | Signal | {head} |\n{rows}"
    severity = compile_runbook(text).severities[0]
    found = {name: getattr(severity, name) for name in ("response_target", "acknowledge_target", "resolution_target")}
    assert found.pop(clock).seconds == 7200
    assert not any(found.values())


@pytest.mark.parametrize(
    "begins", ["Alert fires", "Customer report", "Shop #flour", "Customer report\n  ↓\nShop #flour"]
)
def test_what_begins_a_drawing_is_nobody(begins: str) -> None:
    """The duty miller is paged at once, not after what was reported to a channel."""
    ladder = "On-call\n  ↓\nHead (30 min no progress)\n  ↓\nDirector (1 hour)"
    text = f"{SCALE}## Escalation\n\n```\n{begins}\n  ↓\n{ladder}\n```\n"
    assert said(compile_runbook(text).escalation_levels)[0] == ("On-call", None)


def test_the_policy_is_nobody_in_a_list_of_whom_to_call() -> None:
    """What stands behind it is a rule."""
    text = (
        f"{SCALE}## Contact and escalation\n\n- Primary: ada@mill.example\n- On-call: duty@mill.example\n"
        "- Escalation policy: at P1 within 1 hour\n"
    )
    assert [who for who, _after in said(compile_runbook(text).escalation_levels)] == ["Primary", "On-call"]
