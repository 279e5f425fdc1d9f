"""One wait that holds for every level of an escalation, and timetables and lists whose entries are sentences."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook, Trigger

LIST = "1. On-call miller\n2. Head of mills\n3. CTO\n"


def ladder(playbook: Playbook) -> list[tuple[str, int]]:
    """Who is called at which minute."""
    return [
        ("+".join(one.targets), (one.after.seconds or 0) // 60 if one.after else 0)
        for one in playbook.escalation_levels
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{LIST}\nIf there is no answer within 20 minutes, go on to the next level.\n",
        f"If nobody answers within 20 minutes, ring the next person:\n\n{LIST}",
        f"{LIST}4. No response in 20 minutes: escalate to the next level.\n",
        f"Each level has 20 minutes to acknowledge.\n\n{LIST}",
        f"{LIST}\nNach 20 Minuten ohne Antwort geht es an die nächste Stufe.\n",
        f"{LIST}\nSans réponse après 20 minutes, passer au niveau suivant.\n",
        f"{LIST}\nSi nadie responde en 20 minutos, pasar al siguiente nivel.\n",
        f"{LIST}\nSem resposta em 20 minutos, passar para o próximo nível.\n",
        f"{LIST}\nSenza risposta entro 20 minuti si passa al livello successivo.\n",
        f"{LIST}\nЕсли нет ответа 20 минут, переходите на следующий уровень.\n",
        f"{LIST}\n20分以内に応答がない場合、次のレベルへ進む。\n",
        f"{LIST}\n20분 내 응답이 없으면 다음 단계로 넘어간다.\n",
        f"{LIST}\n20分钟内无响应则转到下一级。\n",
    ],
)
def test_a_wait_for_every_level_spreads_them(text: str) -> None:
    """The second level comes after one such wait, the third after two."""
    playbook = compile_runbook(f"# Escalation path\n\n{text}")
    assert ladder(playbook) == [("On-call miller", 0), ("Head of mills", 20), ("CTO", 40)]


def test_the_wait_of_one_severity_is_for_that_one() -> None:
    """Two sentences with a severity each give it its own pace, and times that a level states stay."""
    scale = "# Severity\n\n- P1: the mill stands\n- P2: one stone stands\n\n"
    waits = "P1: next level after 10 minutes without an answer.\n\nP2: next level after 30 minutes without an answer.\n"
    playbook = compile_runbook(f"{scale}# Escalation path\n\n{LIST}\n{waits}")
    assert [minute for _who, minute in ladder(playbook)] == [0, 10, 20]
    second = playbook.escalation_by_severity["P2"]
    assert [(one.after.seconds if one.after else None) for one in second] == [None, 1800, 3600]
    stated = compile_runbook(
        "# Escalation\n\n1. On-call miller\n2. CTO (after 5 minutes)\n\nThe next level comes after an hour.\n"
    )
    assert ladder(stated) == [("On-call miller", 0), ("CTO", 5)]


def test_a_wait_without_a_ladder_is_a_reason() -> None:
    """Where nobody is named the wait is kept for whoever is assumed."""
    rules = compile_runbook("# Escalation\n\nWithout an answer in 7 minutes, ring the next one.\n").escalation_rules
    assert [(one.trigger, one.after and one.after.seconds) for one in rules] == [(Trigger.UNACKNOWLEDGED, 420)]


@pytest.mark.parametrize(
    "text",
    [
        "Write down each step within 20 minutes of taking it.",
        "The next person on the rota sits at the desk 30 minutes before the handover.",
        "Each contact completes the training within 8 hours of coming to us.",
    ],
)
def test_a_time_of_something_else_is_no_wait(text: str) -> None:
    """What is done at each step, or when the next shift begins, gives no level a time."""
    playbook = compile_runbook(f"# Escalation path\n\n{LIST}\n{text}\n")
    assert [one.after for one in playbook.escalation_levels] == [None, None, None]


@pytest.mark.parametrize(
    "text",
    [
        "After 20 minutes page the next person on the list.",
        "Do not go on to the next level before 20 minutes have passed.",
        "Allow 20 minutes between levels.",
        "Escalate to the next level every 20 minutes until somebody takes it.",
    ],
)
def test_a_wait_is_one_without_a_word_of_an_answer(text: str) -> None:
    """It says who is gone on to, or little else than the wait."""
    assert [minute for _who, minute in ladder(compile_runbook(f"# Escalation path\n\n{LIST}\n{text}\n"))] == [0, 20, 40]


def test_arrows_in_one_sentence_of_a_paragraph_are_a_chain() -> None:
    """The sentences behind it say more of it; the path of a page is none."""
    text = "# Escalation path\n\nDesk agent → duty manager → head of mills. Each level has 30 minutes to acknowledge.\n"
    assert ladder(compile_runbook(text)) == [("Desk agent", 0), ("duty manager", 30), ("head of mills", 60)]
    page = "# Escalation\n\nNumbers are in the wiki → Mill → On-call contacts. Never write one down here.\n"
    assert compile_runbook(page).escalation_levels == ()


def test_a_timetable_of_sentences_calls_whom_they_name() -> None:
    """Who is at work first, who takes over from one already called, who is called; what they decide calls nobody."""
    table = (
        "| Minutes since the page | Action |\n|---|---|\n| 0 | Primary acks, looks at the stones |\n"
        "| 10 | If no ack, secondary rings primary by SMS and takes over |\n"
        "| 25 | If no ack, secondary owns the incident and pages the **team lead** |\n"
        "| 50 | Team lead decides whether to page **the CEO** |\n"
        "| 70 | Team lead + CEO decide what the village is told |\n"
    )
    playbook = compile_runbook(f"# Escalation\n\n{table}")
    assert ladder(playbook) == [("Primary", 0), ("secondary", 10), ("team lead", 25)]
    assert [(one.trigger, one.after, one.lines.first) for one in playbook.escalation_rules] == [
        (Trigger.CONDITION, None, 8)
    ]


@pytest.mark.parametrize("way", ["Phone call to the manager", "SMS to the manager", "E-mail to the manager"])
def test_a_way_of_calling_is_no_name(way: str) -> None:
    """ "Phone call to the manager" calls the manager."""
    table = f"| Time | Action |\n|---|---|\n| 0 min | Page the on-call |\n| 15 min | {way} |\n"
    assert ladder(compile_runbook(f"# Escalation\n\n{table}")) == [("on-call", 0), ("manager", 15)]


def test_a_path_below_a_level_that_is_a_severity_is_its_escalation() -> None:
    """ "Level 2: High" defines a severity: what is to be done there calls nobody, and a plan is set going."""
    text = (
        "# Severity levels\n\n## Level 2: Critical\n\n**Response time**: 15 minutes\n\n"
        "**Examples**:\n- The mill burns\n\n"
        "**Escalation path**:\n1. Immediate CISO notification (call the owner if unreachable)\n"
        "2. Activate the fire procedures\n3. Write down what burns\n\n"
        "## Level 1: Low\n\n**Response time**: 4 hours\n\n**Examples**:\n- A sack is torn\n\n"
        "**Escalation path**:\n1. Notify the team lead within 30 minutes\n2. Sew it\n"
    )
    playbook = compile_runbook(text)
    assert [one.targets for one in playbook.escalation_levels] == [("CISO",), ("owner",)]
    assert [one.targets for one in playbook.escalation_by_severity["Level 1"]] == [("team lead",)]
