"""How small teams write down who is woken: lists of who has how long, lines of severities, a slash, a question."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Playbook

_SCALE = "## Severity levels\n\n- **SEV1**: kiln cold\n- **SEV2**: kiln slow\n\n## Escalation\n\n"


def _read(text: str, scale: str = _SCALE) -> Playbook:
    return compile_runbook(f"# Kiln\n\n{scale}{text}\n")


def _called(levels: tuple[EscalationLevel, ...]) -> list[tuple[str, int | None]]:
    seconds = [one.after.seconds if one.after else None for one in levels]
    return [("+".join(one.targets), after) for one, after in zip(levels, seconds, strict=True)]


@pytest.mark.parametrize(
    "text",
    [
        "1. Kiln desk (you have 15 minutes)\n2. Team lead (has 30 minutes)\n3. CTO",
        "1. Kiln desk (15 min to ack)\n2. Team lead (30 min to ack)\n3. CTO",
        "- Kiln desk: has 15 minutes\n- Team lead: gets 30 min\n- CTO",
        "1. Kiln desk — has 15 minutes\n2. Team lead — has 30 minutes\n3. CTO",
        "- Step 1 (0-15 min): Kiln desk\n- Step 2 (15-45 min): Team lead\n- Step 3 (45+ min): CTO",
    ],
)
def test_the_time_that_somebody_has_is_the_wait_for_the_next_one(text: str) -> None:
    """Whoever has fifteen minutes is called at once, and not when they are over."""
    read = _called(_read(text).escalation_levels)
    assert read == [("Kiln desk", None), ("Team lead", 900), ("CTO", 2700)]


def test_a_column_of_waits_for_the_next_one_says_when_that_one_is_called() -> None:
    """ "Wait before next" is no time of whoever stands in its row."""
    rows = "| 1 | Kiln desk | 15 min |\n| 2 | Team lead | – |"
    read = _called(_read(f"| Level | Who | Wait before next |\n|---|---|---|\n{rows}").escalation_levels)
    assert read == [("Kiln desk", None), ("Team lead", 900)]


@pytest.mark.parametrize(
    "text",
    [
        "🔴 SEV1 — kiln desk now, team lead +15m\n🟠 SEV2 — kiln desk now",
        "SEV1 -> page the kiln desk at once, the team lead after 15 min\nSEV2 -> page the kiln desk",
        "### SEV1\n\nWake: kiln desk. Then team lead after 15 min.\n\n### SEV2\n\nWake: kiln desk.",
    ],
)
def test_a_line_for_each_severity_is_its_chain(text: str) -> None:
    """A dash, an arrow, a picture before the severity, and a colon behind the verb keep nobody from being called."""
    playbook = _read(text)
    assert _called(playbook.escalation_levels) == [("kiln desk", None), ("team lead", 900)]
    assert _called(playbook.escalation_by_severity["SEV2"]) == [("kiln desk", None)]


def test_a_tree_of_people_with_their_severities_is_a_chain_for_each() -> None:
    """ "Manager (SEV2)" is no second one after whoever is called for SEV1."""
    playbook = _read("```\nIncident\n ├─ CTO + Lead (SEV1)\n └─ Manager (SEV2)\n```")
    assert _called(playbook.escalation_levels) == [("CTO+Lead", None)]
    assert _called(playbook.escalation_by_severity["SEV2"]) == [("Manager", None)]


def test_how_soon_the_first_one_answers_is_no_wait_for_that_one() -> None:
    """Whoever answers within five minutes is called at once."""
    read = _called(_read("1. On-call engineer (5 min response)\n2. Team lead (after 20 min)").escalation_levels)
    assert read == [("On-call engineer", None), ("Team lead", 1200)]


def test_names_beside_a_slash_are_called_together() -> None:
    """Nobody is called "On-call / Team lead"; with no blanks a slash is one post or the other."""
    rows = "| SEV1 | On-call / Team lead |\n| SEV2 | CTO/Director |"
    playbook = _read(f"| Severity | Escalate to |\n|---|---|\n{rows}")
    assert _called(playbook.escalation_levels) == [("On-call+Team lead", None)]
    assert _called(playbook.escalation_by_severity["SEV2"]) == [("CTO/Director", None)]


def test_a_call_is_no_name_and_neither_is_an_amount() -> None:
    """ "Call:" stands before whom it calls, "over 50 errors" behind; "at once" before a Korean name is none of it."""
    assert _called(_read("1. Anruf: Bereitschaft\n2. Anruf (nach 20 min): Teamleitung").escalation_levels) == [
        ("Bereitschaft", None),
        ("Teamleitung", 1200),
    ]
    assert _called(_read("- On-call → Team lead → over 50 errors").escalation_levels)[-1][0] == "Team lead"
    assert _called(_read("- 15분: 즉시 팀장\n- 30분: 이사").escalation_levels) == [("팀장", 900), ("이사", 1800)]
    assert _called(_read("- Level 1 - Consult the guide\n- Level 2 - Team lead (30 min)").escalation_levels) == [
        ("Team lead", 1800)
    ]


def test_a_question_above_a_list_is_its_wait() -> None:
    """ "Not fixed in 45 min?" says when whoever stands below is called: it was nobody."""
    read = _called(_read("Not fixed in 45 min?\n\n- Page the team lead\n- Page the CTO").escalation_levels)
    assert read[0] == ("team lead", 2700)


def test_one_order_to_page_at_once_is_a_chain() -> None:
    """A chapter that says but whom to page immediately pages them, the leadership too; so does a cell among orders."""
    read = _called(_read("Page on-call and engineering leadership immediately.").escalation_levels)
    assert read == [("on-call+engineering leadership", None)]
    rows = "| SEV1 | cold | Keep evidence, page the kiln lead and the CTO immediately; let it cool |\n"
    table = f"| Severity | Meaning | Response |\n|---|---|---|\n{rows}| SEV2 | slow | Page the on-call |\n"
    playbook = _read("", f"## Severity levels\n\n{table}")
    assert _called(playbook.escalation_levels) == [("kiln lead+CTO", None)]
