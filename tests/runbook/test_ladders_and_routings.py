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


def test_a_table_that_calls_somebody_in_each_row_needs_no_known_titles() -> None:
    """ "When | Do": who is next by a time, and whom else to call."""
    rows = "| P1 not solved in 40 minutes | Call the head of mills |\n| Flour recall | Call the quality manager |\n| Fire | Call the fire officer |\n"
    playbook = _read(f"| When | Do |\n|---|---|\n{rows}")
    assert said(playbook.escalation_levels) == [("head of mills", 40)]
    assert len(playbook.escalation_rules) == 2


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
        (
            "Page the miller, after 15 minutes the shift lead, after 1 hour the owner.\n",
            [("miller", None), ("shift lead", 15), ("owner", 60)],
        ),
        (
            "Page the miller, after 15 minutes the shift lead, but never the owner.\n",
            [("miller", None), ("shift lead", 15)],
        ),
        (
            "Page the miller, after 20 minutes without an answer the owner.\n",
            [("miller", None), ("owner", 20)],
        ),
        (
            "Page the miller, and after 1 hour the head of milling and the owner.\n",
            [("miller", None), ("head of milling+owner", 60)],
        ),
        (
            "Page the miller immediately and the owner after 15 minutes.\n",
            [("miller", None), ("owner", 15)],
        ),
        (
            "Page the miller immediately, the shift lead after 15 minutes and the owner after 30 minutes.\n",
            [("miller", None), ("shift lead", 15), ("owner", 30)],
        ),
        (
            "The miller is paged at once, the shift lead after 10 minutes, the owner after 1 hour.\n",
            [("miller", None), ("shift lead", 10), ("owner", 60)],
        ),
        (
            "Page Ada at once and Bo if she does not answer within 10 minutes.\n",
            [("Ada", None), ("Bo", 10)],
        ),
        (
            "Page the miller, who calls the shift lead after 15 minutes.\n",
            [("miller", None), ("shift lead", 15)],
        ),
        (
            "Page the head of mills, who decides within 10 minutes whether to stop. After 20 minutes page the owner.\n",
            [("head of mills", None), ("owner", 20)],
        ),
        (
            "Appeler le meunier immédiatement et le chef après 15 minutes.\n",
            [("meunier", None), ("chef", 15)],
        ),
        (
            "Page the shift lead if it is unresolved after 30 minutes, and the owner if 10 sacks are lost.\n",
            [("shift lead", 30)],
        ),
        (
            "Escalate to the shift lead after 30 minutes without progress, to the owner after 2 hours.\n",
            [("shift lead", 30), ("owner", 120)],
        ),
        (
            "1. Page the miller\n2. Wait 10 minutes\n3. Page the shift lead\n4. Wait 20 minutes\n5. Page the owner\n",
            [("miller", None), ("shift lead", 10), ("owner", 30)],
        ),
        (
            "L1 is informed, after 30 minutes L2 is informed, after 2 hours L3 is informed.\n",
            [("L1", None), ("L2", 30), ("L3", 120)],
        ),
        (
            "| First | Second | Third |\n|---|---|---|\n| Miller | Shift lead | Owner |\n",
            [("Miller", None), ("Shift lead", None), ("Owner", None)],
        ),
        (
            "| | First | Second |\n|---|---|---|\n| Who | Miller | Shift lead |\n| When | at once | 15 min |\n",
            [("Miller", None), ("Shift lead", 15)],
        ),
        (
            "```\nSEV1: miller -> shift lead -> owner\n```\n",
            [("miller", None), ("shift lead", None), ("owner", None)],
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


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        (
            "```\nTier 1 (Self-Service)\n   ↓ (if unresolved)\nTier 2 (Help desk)\n   ↓ (if unresolved for 2 hours)\nTier 3 (Mill engineer)\n```\n",
            [("Help desk", None), ("Mill engineer", 120)],
        ),
        (
            "> ```\n> Level 1: Mill operator (0-20 min)\n>    ↓\n> Level 2: Mill engineer (20-90 min)\n>    ↓\n> Level 3: Owner (90+ min)\n> ```\n",
            [("Mill operator", None), ("Mill engineer", 20), ("Owner", 90)],
        ),
        (
            "- T+0: Mill operator paged\n- T+10: Mill engineer paged (if there is no answer)\n- T+40: Owner called\n",
            [("Mill operator", None), ("Mill engineer", 10), ("Owner", 40)],
        ),
        (
            "| What you see | Page primary | Page backup |\n|---|---|---|\n| No flour | Yes | If no answer in 25 min |\n| Dust | No | No |\n",
            [("primary", None), ("backup", 25)],
        ),
    ],
)
def test_drawn_tiers_windows_and_marks(text: str, chain: list[tuple[str, int | None]]) -> None:
    """Names in brackets, windows that begin at zero, what was done behind a name, marks below a call."""
    assert [(who, after or None) for who, after in said(_read(text).escalation_levels)] == chain
    assert _read(text).escalation_levels[0].trigger is Trigger.START


def test_of_two_lists_the_one_with_the_times_is_the_chain() -> None:
    """What each does at once is told first; the times follow."""
    acts = "**At once**:\n1. **Mill operator** gets a page\n2. **Mill engineer** joins\n3. **Owner** gets a message\n"
    times = "**Times**:\n- T+0: Mill operator paged\n- T+10: Mill engineer paged\n- T+40: Owner paged\n"
    assert said(_read(f"### P1\n\n{acts}\n{times}").escalation_levels) == [
        ("Mill operator", None),
        ("Mill engineer", 10),
        ("Owner", 40),
    ]


def test_who_is_next_by_the_title_of_a_column_belongs_to_its_row() -> None:
    """A reason for each row, with the wait of the column."""
    rows = "| Belt torn | Belt engineer | Head of mills |\n| Flour recall | Quality manager | Owner |\n"
    playbook = _read(f"| Situation | Who to call first | If no answer in 15 min |\n|---|---|---|\n{rows}")
    assert playbook.escalation_levels == ()
    assert playbook.escalation_rules[0].text == "Belt torn: Belt engineer → Head of mills (If no answer in 15 min)"
    assert _finding(playbook)[0] == 5


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        (
            "| Severity | Who looks first | 20 min | 1 hour |\n|---|---|---|---|\n| P1 | Mill operator | Mill engineer | Owner |\n| P2 | Mill operator | - | Mill engineer |\n",
            [("Mill operator", None), ("Mill engineer", 20), ("Owner", 60)],
        ),
        (
            "| Severity | Initial response | Escalation tier 1 | Escalation tier 2 |\n|---|---|---|---|\n| P1 | Mill operator (immediate) | Mill engineer (10 min) | Owner (40 min) |\n| P2 | Mill operator (30 min) | Mill engineer (1 hour) | - |\n",
            [("Mill operator", None), ("Mill engineer", 10), ("Owner", 40)],
        ),
        (
            "### Level 1 - Mill operator (0-20 minutes)\n\n- Looks at the belt\n\n### Level 2 - Mill engineer (20-60 minutes)\n\n- Looks at the motor\n",
            [("Mill operator", None), ("Mill engineer", 20)],
        ),
        (
            "1. Initial alert to the mill operator\n2. Page the mill engineer after 20 minutes\n3. Call the owner after 1 hour\n",
            [("mill operator", None), ("mill engineer", 20), ("owner", 60)],
        ),
        (
            "```\n┌──────────────────────┐\n│ Technical escalation │\n│ Mill operator        │\n│        ▼             │\n│ Mill engineer        │\n│        ▼             │\n│ Owner                │\n└──────────────────────┘\n```\n",
            [("Mill operator", None), ("Mill engineer", None), ("Owner", None)],
        ),
        (
            "| Time | Action | Who |\n|---|---|---|\n| 0 min | Page the mill operator | Alarm system |\n| 10 min | No answer → page the mill engineer | Alarm system |\n| 15 min | No answer → phone call | Mill operator |\n| 50 min | Still standing → owner | Mill engineer |\n",
            [("mill operator", None), ("mill engineer", 10), ("owner", 50)],
        ),
    ],
)
def test_the_first_one_is_not_lost(text: str, chain: list[tuple[str, int | None]]) -> None:
    """Whoever stands before the first time, window or arrow begins the ladder; a call and a title are nobody."""
    playbook = compile_runbook(
        f"# Mill\n\n## Severity\n\n- P1: no flour\n- P2: little flour\n\n## Escalation\n\n{text}\n"
    )
    assert [(who, after or None) for who, after in said(playbook.escalation_levels)] == chain


def test_the_time_of_the_next_step_is_not_that_of_the_call() -> None:
    """ "Page the operator at once, escalate after 15 minutes" pages the operator at once."""
    playbook = compile_runbook(
        "# Mill\n\n## Severity\n\n- P1: no flour\n- P2: little flour\n\n## Escalation\n\n"
        "- **P1**: Page the mill operator immediately, escalate after 15 minutes\n"
        "- **P2**: Call the mill engineer, escalate after 1 hour\n"
    )
    assert said(playbook.escalation_levels) == [("mill operator", None)]


def test_who_is_called_five_minutes_in_is_not_the_first() -> None:
    """ "T+5: shift lead" says nothing of who is paged at the beginning: that is asked, and the lead comes at five."""
    first, second = _read("- T+5: shift lead\n- T+25: head of mills\n").escalation_levels
    assert (first.trigger, second.trigger) == (Trigger.UNRESOLVED, Trigger.UNRESOLVED)


def test_a_window_from_the_beginning_on_is_the_first() -> None:
    """ "< 15 min: mill operator" is at work at once."""
    assert (
        _read("- < 15 min: mill operator\n- 15-40 min: head of mills\n").escalation_levels[0].trigger is Trigger.START
    )


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (
            "| Severity | First | Then | After 30 min |\n|---|---|---|---|\n| SEV1 | Miller | Shift lead | Owner |\n| SEV2 | Miller | Shift lead | - |\n",
            [("Miller", None), ("Shift lead", None), ("Owner", 30)],
            [("Miller", None), ("Shift lead", None)],
        ),
        (
            "| Severity | 1st call | 2nd call |\n|---|---|---|\n| SEV1 | Miller | Owner |\n| SEV2 | Miller | Ada Stone |\n",
            [("Miller", None), ("Owner", None)],
            [("Miller", None), ("Ada Stone", None)],
        ),
        (
            "- SEV1 and SEV2: page the miller, after 15 minutes the shift lead\n- SEV3: open a ticket\n",
            [("miller", None), ("shift lead", 15)],
            [("miller", None), ("shift lead", 15)],
        ),
        (
            "```\nSEV1: miller -> owner\nSEV2: miller\nSEV3: next business day\n```\n",
            [("miller", None), ("owner", None)],
            [("miller", None)],
        ),
    ],
)
def test_each_severity_has_its_own_turns(
    text: str, first: list[tuple[str, int | None]], second: list[tuple[str, int | None]]
) -> None:
    """Columns of turns, a time that is the next one's, and a severity before a way: nobody is left out or called so."""
    playbook = compile_runbook(
        f"# Mill\n\n## Severity levels\n\n- SEV1: mill stands\n- SEV2: mill is slow\n- SEV3: dust\n\n## Escalation\n\n{text}\n"
    )
    assert [(who, after or None) for who, after in said(playbook.escalation_levels)] == first
    assert [(who, after or None) for who, after in said(playbook.escalation_by_severity.get("SEV2", ()))] == second


@pytest.mark.parametrize(
    ("title", "cell", "who"),
    [
        ("Qui alerter", "Astreinte", "Astreinte"),
        ("A quién avisar", "Guardia", "Guardia"),
        ("Wen informieren", "Bereitschaft", "Bereitschaft"),
        ("Wen informieren", "Bereitschaft, Kunden", "Bereitschaft"),
        ("Quem avisar", "Plantonista", "Plantonista"),
    ],
)
def test_a_column_that_asks_whom_to_tell_calls_in_every_language(title: str, cell: str, who: str) -> None:
    """Beside each severity of its scale, in no chapter of its own, one of ours and nobody outside."""
    table = f"| P | Note | {title} |\n|---|---|---|\n| P1 | stop | {cell} |\n| P2 | lento | {who} |\n"
    playbook = compile_runbook(f"# Mill\n\n## Severity levels\n\n{table}")
    assert said(playbook.escalation_levels) == [(who, None)]
    assert said(playbook.escalation_by_severity["P2"]) == [(who, None)]


@pytest.mark.parametrize(
    "text",
    [
        "Only page the owner if flour is lost. Otherwise page the miller, after 20 minutes the shift lead.\n",
        "Page the miller. Page the owner only if flour is lost. After 20 minutes page the shift lead.\n",
        "1. Page the owner only if flour is lost\n2. Page the miller\n3. After 20 minutes page the shift lead\n",
        "If flour is lost, page the owner. Page the on-call miller. After 20 minutes page the shift lead.\n",
    ],
)
def test_whoever_is_called_in_one_case_only_is_no_level(text: str) -> None:
    """The owner is not paged before the miller, nor for what the text does not name: a reason to call, and no ladder."""
    playbook = _read(text)
    first, second = said(playbook.escalation_levels)
    assert first in {("miller", None), ("on-call miller", None)}
    assert second == ("shift lead", 20)
    assert playbook.escalation_levels[0].trigger is Trigger.START
    assert any("owner" in rule.text and rule.trigger is Trigger.CONDITION for rule in playbook.escalation_rules)


def test_a_turn_of_the_ladder_is_no_case_of_its_own() -> None:
    """Whoever is called when nobody answers stays in the ladder wherever that is written: too early beats never."""
    playbook = _read("If nobody answers, page the owner. Page the on-call. After 20 minutes page the shift lead.\n")
    assert {who for who, _after in said(playbook.escalation_levels)} == {"owner", "on-call", "shift lead"}
