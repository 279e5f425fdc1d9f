"""By when somebody has to be told, by law or by contract: no wait of a ladder, and no deadline of the post-mortem."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Trigger


@pytest.mark.parametrize(
    "ladder",
    [
        "1. On-call miller\n2. Head of mills (after 30 minutes)\n3. Notify the privacy officer within 72 hours",
        "1. On-call miller\n2. Head of mills (after 30 minutes)\n3. Legal counsel, no later than 48 hours",
        "1. On-call miller\n2. Head of mills (after 30 minutes)\n3. Privacy officer (GDPR, 72 h)",
        "1. Bereitschaft\n2. Leitung Mühle (nach 30 Minuten)\n3. Datenschutzbeauftragter (innerhalb von 72 Stunden)",
        "1. Astreinte\n2. Responsable du moulin (après 30 minutes)\n3. Prévenir le juriste sous 72 heures",
        "1. De guardia\n2. Responsable del molino (tras 30 minutos)\n3. Notificar al abogado antes de 72 horas",
        "1. Plantonista\n2. Gerente do moinho (após 30 minutos)\n3. Avisar o encarregado de dados em até 48 horas",
        "1. Reperibile\n2. Responsabile del mulino (dopo 30 minuti)\n3. Avvisare il consulente legale entro 72 ore",
        "1. Дежурный инженер\n2. Руководитель мельницы (через 30 минут)\n3. Юрист не позднее 72 часов",
        "1. 当番\n2. 製粉部長（30分後）\n3. 法務部長（72時間以内）",
        "1. 당직자\n2. 제분 팀장 (30분 후)\n3. 법무 팀장 (72시간 이내)",
        "1. 值班工程师\n2. 磨坊经理（30分钟后）\n3. 法务经理（72小时内）",
    ],
)
def test_by_when_somebody_has_to_be_told_is_no_level(ladder: str) -> None:
    """Whoever has to know within a day or longer is told in time, and paged by nobody in the night after next."""
    levels = compile_runbook(f"# Escalation\n\n{ladder}\n").escalation_levels
    assert len(levels) == 2
    assert levels[1].after is not None
    assert levels[1].after.seconds == 1800


@pytest.mark.parametrize(
    "last",
    [
        "Privacy officer within 72 hours",
        "Privacy officer, within 72 hours",
        "Data protection officer no later than 72 hours",
        "Within 72 hours: privacy officer",
        "72 h: notify the owner",
        "After 3 days: inform the owner",
        "Datenschutzbeauftragter innerhalb von 72 Stunden",
        "Delegado de protección de datos, en menos de 72 horas",
        "Responsable juridique, au plus tard dans les 72 heures",
        "Responsabile legale entro 72 ore",
        "Gerente jurídico, em até 72 horas",
    ],
)
@pytest.mark.parametrize("form", ["1. {}\n2. {}\n3. {}\n", "- {}\n- {}\n- {}\n"], ids=["ordered", "bullets"])
def test_a_deadline_needs_no_verb_and_no_bracket(last: str, form: str) -> None:
    """A name and a longest time beside it, or news after days; it is kept for a person to judge."""
    timed = last.startswith(("Within", "72 h", "After"))
    ladder = ("At once: on-call", "15 min: team lead") if timed else ("On-call", "Team lead after 15 minutes")
    playbook = compile_runbook(f"# Mill\n\n## Escalation\n\n{form.format(*ladder, last)}")
    assert [one.targets[0].casefold() for one in playbook.escalation_levels] == ["on-call", "team lead"]
    assert [(one.trigger, one.lines.first) for one in playbook.escalation_rules] == [(Trigger.CONDITION, 7)]


@pytest.mark.parametrize(
    ("row", "paged"),
    [
        ("72 h | Notify legal", False),
        ("3 days | Inform the owner", False),
        ("within 72 h | Tell the owner", False),
        ("24 h | Notify the director", True),
        ("2 h | Notify the director", True),
        ("48 h | If still down, page the owner", True),
    ],
)
def test_news_after_days_in_a_timetable_page_nobody(row: str, paged: bool) -> None:
    """Somebody who is only told then is not woken; who is paged, or told within the day, is a level."""
    table = f"| Time | Action |\n|---|---|\n| 0 min | Page on-call |\n| 15 min | Page team lead |\n| {row} |\n"
    assert len(compile_runbook(f"# Mill\n\n## Escalation timeline\n\n{table}").escalation_levels) == 2 + paged


@pytest.mark.parametrize(
    "ladder",
    [
        "1. On-call miller, immediately\n2. Team lead, within 24 hours for SEV3\n3. CTO, after 2 days\n",
        "1. On-call miller\n2. Team lead (within 24 hours for SEV3)\n3. CTO after 2 days\n",
        "1. On-call miller at once\n2. Team lead within 1 day for SEV3\n3. CTO (2 days)\n",
    ],
)
def test_the_time_of_one_severity_makes_a_level_of_that_one(ladder: str) -> None:
    """ "Within 24 hours for SEV3" is how soon somebody is called there, and no deadline to tell anybody."""
    scale = "## Severity levels\n\n- SEV1: no flour\n- SEV2: little flour\n- SEV3: grey flour\n\n"
    playbook = compile_runbook(f"# Mill\n\n{scale}## Escalation\n\n{ladder}")
    found = [
        ("+".join(one.targets), one.after and one.after.seconds, one.severities) for one in playbook.escalation_levels
    ]
    assert found == [("On-call miller", None, ()), ("Team lead", 86_400, ("SEV3",)), ("CTO", 172_800, ())]


def test_a_deadline_of_days_at_one_severity_is_one() -> None:
    """Nobody waits for three days at the highest severity."""
    scale = "## Severity levels\n\n- SEV1: no flour\n- SEV2: little flour\n\n"
    ladder = "1. On-call\n2. Team lead after 15 minutes\n3. Privacy officer within 72 hours for SEV1\n"
    levels = compile_runbook(f"# Mill\n\n{scale}## Escalation\n\n{ladder}").escalation_levels
    assert [one.targets for one in levels] == [("On-call",), ("Team lead",)]


def test_a_wait_of_a_day_for_an_answer_is_a_level() -> None:
    """What is waited for, "if nobody answers within 24 hours", is no deadline, and neither is a short one."""
    text = "# Escalation\n\n1. Page the miller\n2. If nobody answers within 24 hours, page the head of mills\n"
    assert [one.targets for one in compile_runbook(text).escalation_levels] == [("miller",), ("head of mills",)]
    text = "# Escalation\n\n1. Page the miller\n2. Notify the head of mills within 30 minutes\n"
    assert len(compile_runbook(text).escalation_levels) == 2


def test_a_day_in_a_ladder_that_climbs_so_is_a_level() -> None:
    """ "Within 15 minutes, within an hour, within a day" is one ladder, and its last level is paged like the others."""
    ladder = "1. On-call within 15 minutes\n2. Team lead within 1 hour\n3. Director within 24 hours\n"
    levels = compile_runbook(f"# Escalation\n\n{ladder}").escalation_levels
    assert [(one.targets, one.after and one.after.seconds) for one in levels] == [
        (("On-call",), 900),
        (("Team lead",), 3600),
        (("Director",), 86_400),
    ]


def test_a_deadline_in_a_ladder_is_kept_for_a_person_to_judge() -> None:
    """It pages nobody by itself, and is not lost: it is a reason to call somebody, once, with its line."""
    text = "# Escalation\n\n1. Page the miller\n2. Head of mills after 30 minutes\n3. Owner of the mill (max 2 days)\n"
    playbook = compile_runbook(text)
    assert len(playbook.escalation_levels) == 2
    assert [(one.text, one.trigger, one.after, one.lines.first) for one in playbook.escalation_rules] == [
        ("Owner of the mill: max 2 days", Trigger.CONDITION, None, 5)
    ]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("## Phase 4: Notify, mend, review (target: commissioner within 72 hours of a breach)\n\n1. Write.\n", None),
        ("## After the incident\n\nA review follows. Notify the guild within 24 hours of a spoilt batch.\n", None),
        ("## Post-mortem\n\nThe review of a leak is part of the GDPR report within 72 hours.\n", None),
        ("## Post-mortem\n\nWithin 2 days, write a post-mortem: timeline, causes, action items with owners.\n", 48),
        ("## Post-mortem\n\nCall a retrospective within 2 days.\n", 48),
        ("## Post-mortem\n\nInform the millers and hold the post-mortem within 5 days.\n", 120),
        ("## Post-mortem\n\nDora writes the post-mortem within 2 days.\n", 48),
        ("## Post-mortem\n\nAction items of the post-mortem are done within 20 days.\n", None),
    ],
)
def test_the_deadline_of_the_report_is_its_own(text: str, hours: int | None) -> None:
    """Telling an authority has a deadline too, and what is in the report is named behind a colon."""
    policy = compile_runbook(f"# Mill incidents\n\n{text}").postmortem
    due = policy.due if policy is not None else None
    assert (due.seconds if due is not None else None) == (None if hours is None else hours * 3600)


def test_a_point_in_time_is_no_news() -> None:
    """The French word for an update is none in an English name of a technique, and a daily backup no rhythm of news."""
    text = "# Mill incidents\n\n## Recovery\n\n- **Backups:** daily; Point-in-Time Recovery is on for the ledger.\n"
    assert not compile_runbook(text).cadences
    text = "# Incidents du moulin\n\n## Communication\n\n- Faire un point toutes les 30 minutes dans le canal\n"
    assert [one.every.seconds for one in compile_runbook(text).cadences] == [1800]


@pytest.mark.parametrize("title", ["Stages", "Incident response lifecycle", "Phasen", "Fases", "Fasi"])
def test_the_stages_of_a_response_are_no_incident(title: str) -> None:
    """A chapter of phases is the course of every response, and nothing that breaks."""
    chapters = f"## {title}\n\n### 1. Triage\n\n- Look at the mill.\n\n### 2. Containment\n\n- Stop it.\n"
    text = f"# Incident response plan\n\n{chapters}"
    playbook = compile_runbook(text)
    assert not playbook.procedures
    assert len(playbook.phases) == 2
