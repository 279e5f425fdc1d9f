"""What somebody decides before anybody is called: it pages nobody, and is kept for a person to judge."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook, Trigger


def called(playbook: Playbook) -> list[str]:
    """Who is paged, in order."""
    return ["+".join(one.targets) for one in playbook.escalation_levels]


def judged(playbook: Playbook) -> list[str]:
    """The reasons to escalate that somebody judges."""
    return [one.text for one in playbook.escalation_rules if one.trigger is Trigger.CONDITION and one.after is None]


DECISIONS = [
    ("Team lead decides whether to page the CEO", "Team lead", "after 15 minutes"),
    ("The team lead decides after 30 minutes whether the CEO is called", "Team lead", "after 15 minutes"),
    ("The team lead decides if the CEO is to be called", "Team lead", "after 15 minutes"),
    ("Decide whether to call the CEO", "Team lead", "after 15 minutes"),
    ("Teamleiter entscheidet, ob der Geschäftsführer angerufen wird", "Teamleiter", "nach 15 Minuten"),
    ("El jefe de equipo decide si se llama al director", "Jefe de equipo", "después de 15 minutos"),
    ("Le chef d'équipe décide s'il faut appeler le directeur", "Chef d'équipe", "après 15 minutes"),
    ("Il responsabile decide se chiamare il direttore", "Responsabile", "dopo 15 minuti"),
    ("O gerente decide se aciona o diretor", "Gerente", "após 15 minutos"),
    ("Руководитель решает, звонить ли директору", "Руководитель", "через 15 минут"),
    ("由经理决定是否通知总监", "经理", "15分钟后"),
    ("マネージャーが部長に連絡するかどうかを決める", "マネージャー", "15分後"),
    ("팀장이 대표에게 연락할지 결정", "팀장", "15분 후"),
]


@pytest.mark.parametrize(("said", "lead", "wait"), DECISIONS)
@pytest.mark.parametrize("mark", ["1. {}\n2. {}\n3. {}\n", "- {}\n- {}\n- {}\n"], ids=["ordered", "bullets"])
def test_an_item_that_leaves_it_open_is_no_level(said: str, lead: str, wait: str, mark: str) -> None:
    """The list is the ladder without it, in any language, and the item is a reason that a person judges."""
    text = "# Escalation path\n\n" + mark.format("On-call", f"{lead} ({wait})", said)
    playbook = compile_runbook(text)
    assert called(playbook) == ["On-call", lead]
    assert judged(playbook) == [said]


@pytest.mark.parametrize(
    "text",
    [
        "The on-call miller is paged first. After 15 minutes page the lead. The lead decides whether to call the CTO.",
        "Der Müller wird gerufen. Nach 15 min wird der Leiter gerufen. Er entscheidet, ob der Chef gerufen wird.",
    ],
)
def test_a_sentence_that_leaves_it_open_pages_nobody(text: str) -> None:
    """In a paragraph the sentences before it are the ladder."""
    playbook = compile_runbook(f"# Escalation\n\n{text}\n")
    assert len(playbook.escalation_levels) == 2
    assert len(judged(playbook)) == 1


@pytest.mark.parametrize(
    "entry",
    [
        "30 min: team lead decides whether to page the CEO",
        "30 min → the team lead decides if the CEO is called",
    ],
)
def test_a_point_of_a_timeline_that_leaves_it_open_pages_nobody(entry: str) -> None:
    """The points before and after it are levels."""
    text = f"# Escalation\n\n- 0 min: on-call\n- 15 min: team lead\n- {entry}\n- 60 min: owner\n"
    playbook = compile_runbook(text)
    assert called(playbook) == ["on-call", "team lead", "owner"]
    assert len(judged(playbook)) == 1


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("Page the team lead, who decides whether to call the CEO", ["On-call", "team lead"]),
        ("If it is unclear whether the mill burns, page the team lead", ["On-call", "team lead"]),
        ("Check whether it is back, then page the team lead", ["On-call", "team lead"]),
        ("Page the team lead whether or not the mill is back", ["On-call", "team lead"]),
        ("Prüfen, ob sie läuft, dann den Teamleiter anrufen", ["On-call", "Teamleiter"]),
    ],
)
def test_a_call_beside_a_decision_is_one(said: str, who: list[str]) -> None:
    """What is decided or looked at takes no call of another clause away."""
    text = f"# Escalation\n\n1. Page On-call\n2. After 15 minutes: {said[0].lower()}{said[1:]}\n"
    assert called(compile_runbook(text)) == who


@pytest.mark.parametrize(
    ("wait", "lead"),
    [
        ("If no answer after 15 minutes", "head baker"),
        ("No response in 15 min", "Team lead"),
        ("Keine Antwort nach 15 Minuten", "Teamleiter"),
        ("Sans réponse après 15 minutes", "chef d'équipe"),
    ],
)
def test_an_item_may_say_first_that_nobody_answered(wait: str, lead: str) -> None:
    """ "No answer after 15 minutes: head baker" in bullets; a third such wait counts from the second."""
    text = f"# Escalation\n\n- On-call\n- {wait}: {lead}\n- {wait}: CTO\n"
    levels = compile_runbook(text).escalation_levels
    found = [("+".join(one.targets), one.after.seconds if one.after else None, one.trigger) for one in levels]
    waited = Trigger.UNACKNOWLEDGED
    assert found == [("On-call", None, Trigger.START), (lead, 900, waited), ("CTO", 1800, waited)]


@pytest.mark.parametrize(
    "said",
    ["Check whether the belt runs and page the owner", "After 1 hour, ask whether flour is left and call the owner"],
)
def test_what_is_to_be_found_out_ends_where_somebody_is_to_be_called(said: str) -> None:
    """Who reads looks first and calls then, whatever was found: nobody decides whether to."""
    playbook = compile_runbook(f"# Mill\n\n## Escalation\n\n1. Page the miller.\n2. {said}.\n")
    assert called(playbook) == ["miller", "owner"]
    assert judged(playbook) == []


def test_two_that_somebody_may_call_are_both_left_open() -> None:
    """ "Whether to call Ann and page the owner" is one decision."""
    text = "# Mill\n\n## Escalation\n\n1. Page the miller.\n2. {}.\n3. After 40 minutes page the director.\n"
    playbook = compile_runbook(text.format("Decide whether to call the lead and page the owner"))
    assert called(playbook) == ["miller", "director"]
