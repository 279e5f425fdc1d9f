"""What stands beside whom to call: another clause, the matter it is about, a clock in the next column."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.durations import spans
from tocsin.runbook.playbook import Playbook, Trigger

SCALE = "## Severity\n\n| Level | What |\n|---|---|\n| P0 | mill stands |\n| P1 | mill slow |\n\n"


def read(body: str, chapter: str = "Escalation") -> Playbook:
    """The playbook of a document with two severities and a chapter on escalating."""
    return compile_runbook(f"# Mill\n\n{SCALE}## {chapter}\n\n{body}\n")


CLOCKS = [
    ("Niveau", "Reactietijd", "Escalatie", "15 min"),
    ("Level", "Reaction time", "Escalation", "15 min"),
    ("Nivel", "Tiempo de reacción", "Escalado", "15 min"),
    ("Niveau", "Délai de réaction", "Escalade", "15 min"),
    ("Livello", "Tempo di reazione", "Escalation", "15 min"),
    ("Nível", "Tempo de reação", "Escalonamento", "15 min"),
    ("Stufe", "Reaktionszeit", "Eskalation", "15 Min"),
    ("Level", "SLA", "Escalate to", "15 min"),
]


@pytest.mark.parametrize(("level", "clock", "escalation", "time"), CLOCKS)
def test_a_promise_to_answer_beside_whom_to_escalate_to(level: str, clock: str, escalation: str, time: str) -> None:
    """A column that is called by a word for the first response is one, whoever else is named in the row."""
    table = f"| {level} | {clock} | {escalation} |\n|---|---|---|\n| P0 | {time} | CTO |\n| P1 | {time} | Tech Lead |\n"
    found = compile_runbook(f"# Incidents\n\n## Severity\n\n{table}").severities
    assert [one.response_target.seconds if one.response_target else None for one in found] == [900, 900]


BESIDE = [
    "- P0: head miller + owner immediately; keep the logs.",
    "- P0: head miller + owner; keep the logs before a restart",
    "- P0: head miller + owner immediately. Keep the logs.",
    "- P0 security/data: head miller + owner immediately; keep the logs.\n- Restore: a second approval is needed.",
    "- P0: head miller + owner immediately; keep the logs.\n- Privacy question: involve the legal lead.",
]


@pytest.mark.parametrize("body", BESIDE)
def test_another_clause_behind_whom_a_severity_calls(body: str) -> None:
    """What is to be done besides belongs to no name, and loses none."""
    found = read(body)
    [level] = found.escalation_levels
    assert (level.targets, level.severities, level.after) == (("head miller", "owner"), ("P0",), None)


def test_a_clause_that_calls_somebody_later_stays() -> None:
    """ "Lead; owner after 30 min" are two levels, and a chapter that goes on for everybody is no severity's."""
    found = read("- P0: lead; owner after 30 min")
    assert [(one.targets, one.after and one.after.seconds) for one in found.escalation_levels] == [
        (("lead",), None),
        (("owner",), 1800),
    ]
    assert read("- P0: lead\n- Page the owner after 30 minutes.").escalation_levels[0].targets != ("lead",)


MATTERS = [
    "- Security incident: page the CISO.",
    "Data breach: page the CISO.",
    "- Privacy/legal question: involve the CISO.",
    "- Incidente de seguridad: llamar al CISO.",
    "- Question juridique : prévenir le CISO.",
    "- Questione legale: chiamare il CISO.",
    "- Questão jurídica: avisar o CISO.",
    "- Утечка данных: позвонить CISO.",
    "- データ損失：CISOに連絡する。",
    "- 数据泄露：联系CISO。",
]


@pytest.mark.parametrize("body", MATTERS)
def test_a_matter_before_whom_to_call_about_it(body: str) -> None:
    """Who is called about one matter is no step of the chain of every incident."""
    found = read(body)
    assert found.escalation_levels == ()
    assert [(one.trigger, one.targets) for one in found.escalation_rules] == [(Trigger.CONDITION, ("CISO",))]


def test_a_label_that_is_no_matter() -> None:
    """A rank before whom to call leaves the call in the chain."""
    assert [one.targets for one in read("- Next: page the owner.").escalation_levels] == [("owner",)]


def test_a_second_one_is_no_second() -> None:
    """An ordinal before what is counted is no length of time."""
    for text in ("after a second failure", "un segundo técnico", "un secondo tentativo"):
        assert list(spans(text)) == []
    assert [one.duration.seconds for one in spans("for a second, ten seconds later")] == [1, 10]
    assert [one.duration.seconds for one in spans("wait ten seconds before it")] == [10]


def test_a_report_is_not_due_when_its_phase_begins() -> None:
    """The time from which on a last phase runs is no deadline; the one that is stated further down is."""
    closing = "### 5. Closing (> 240 min)\n\n1. Write the post-mortem.\n"
    document = f"# Mill\n\n## Steps\n\n### 1. Look (0-15 min)\n\n1. Look.\n\n{closing}"
    found = compile_runbook(document)
    assert found.postmortem is None or found.postmortem.due is None
    stated = compile_runbook(f"{document}\n## Aims\n\n- Within 24 hours after the end the post-mortem is shared.\n")
    assert stated.postmortem is not None
    assert stated.postmortem.due is not None
    assert stated.postmortem.due.seconds == 86_400
