"""What is a ladder, one called after the other, and what only says whom to call for which matter; our own documents."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tests.runbook.test_chain_forms import said
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook, Trigger


def _read(text: str) -> Playbook:
    return compile_runbook(f"# Mill\n\n## Escalation\n\n{text}\n")


def _finding(playbook: Playbook) -> tuple[int, str]:
    (one,) = (one for one in playbook.findings if one.code == "TOC304")
    return one.line, one.message


MATTERS = [
    "| Situation | Action |\n|---|---|\n| Belt torn | Call the belt fitter |\n| Flour recall | Call the quality manager at once |\n",
    "- Belt torn → belt fitter\n- Flour recall → quality manager\n",
    "### Level 1: Belt torn\n\n- **Contact**: belt fitter\n- **Response time**: 1 hour\n\n### Level 2: Flour recall\n\n- **Contact**: quality manager\n- **Response time**: 15 minutes\n",
    "### Nivel 1: Correa rota\n\n- **Responsable**: Ingeniero de correas\n- **Acción**: cambiar la correa\n\n### Nivel 2: Harina contaminada\n\n- **Responsable**: Jefa de calidad\n- **Acción**: retirar el lote\n",
]


@pytest.mark.parametrize("text", MATTERS)
def test_whom_to_call_for_which_matter_is_no_ladder(text: str) -> None:
    """The next matter's person is not paged because the first one did not answer; each is a reason to call somebody."""
    playbook = _read(text)
    assert playbook.escalation_levels == ()
    assert playbook.escalation_by_severity == {}
    assert [rule.trigger for rule in playbook.escalation_rules] == [Trigger.CONDITION] * 2
    assert playbook.contacts == ()


@pytest.mark.parametrize("text", MATTERS)
def test_the_finding_stands_at_the_chapter_and_says_what_to_write(text: str) -> None:
    """Not at the first line of the document, and with the settings that say what the text leaves open."""
    playbook = _read(text)
    line, message = _finding(playbook)
    assert line >= 3
    assert "nobody" in message or "who is called" in message
    (fix,) = (one.fix for one in playbook.findings if one.code == "TOC304")
    assert "first_responder" in fix
    assert "escalate_after" in fix


def test_without_any_chapter_the_finding_stands_at_the_beginning() -> None:
    """There is no line to show."""
    assert _finding(compile_runbook("# Mill\n\nGrind slowly.\n"))[0] == 1


def test_rows_with_a_time_stay_a_ladder_beside_those_without() -> None:
    """Who is next after half an hour is called then; the others are reasons."""
    rows = "| P1 not solved in 30 minutes | Head of mills |\n| Flour recall | Quality manager |\n| Fire | Immediately call the fire officer |\n"
    playbook = _read(f"| Condition | Action |\n|---|---|\n{rows}")
    assert said(playbook.escalation_levels) == [("Head of mills", 30)]
    assert [rule.text for rule in playbook.escalation_rules] == [
        "Flour recall → Quality manager",
        "Fire → fire officer",
    ]


def test_levels_that_wait_for_each_other_are_a_ladder_whatever_they_are_called() -> None:
    """An item says when the next one is called."""
    text = "### Level 1: First look\n\n- **Contact**: miller\n- Escalate if unresolved after 20 minutes\n\n### Level 2: Second look\n\n- **Contact**: head miller\n"
    assert len(_read(text).escalation_levels) == 2


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        (
            "- **At once**: page the miller\n- **15 minutes**: head of mills\n- **For a recall**: page the quality manager at once\n",
            [("miller", None), ("head of mills", 15)],
        ),
        ("- On-call: at once\n- After 10 minutes: shift lead\n", [("On-call", None), ("shift lead", 10)]),
        (
            "1. Mill alarm → on-call miller\n2. Nobody answers in 10 minutes → shift lead\n3. Still not solved after 1 hour → mill owner\n",
            [("on-call miller", None), ("shift lead", 10), ("mill owner", 60)],
        ),
        (
            "```\nLevel 1: Mill operator (5 min response)\n   ↓ (15 min without progress)\nLevel 2: Head of mills (10 min response)\n```\n",
            [("Mill operator", None), ("Head of mills", 15)],
        ),
        (
            "Changes go Commit → Build → Test → Deploy.\n\nIf it is not solved in 20 minutes, call the shift lead.\n",
            [("shift lead", 20)],
        ),
        (
            "The phone of the miller rings first. If nobody answers within 10 minutes, the shift lead is rung.\n",
            [("shift lead", 10)],
        ),
    ],
)
def test_who_is_called_and_when(text: str, chain: list[tuple[str, int | None]]) -> None:
    """First who, then when; what is done, promised or the matter of another day calls nobody."""
    assert [(who, after or None) for who, after in said(_read(text).escalation_levels)] == chain


def test_a_matter_at_once_shortens_no_wait() -> None:
    """ "At once" of a recall is no time after which the second level is paged."""
    playbook = _read(
        "- **At once**: page the miller\n- **15 minutes**: head of mills\n- **For a recall**: page the quality manager at once\n"
    )
    (rule,) = playbook.escalation_rules
    assert rule.trigger is Trigger.CONDITION
