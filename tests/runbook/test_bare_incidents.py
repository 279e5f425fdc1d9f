"""Incidents that only their place or their title tells of, and people who stand together on one line."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Procedure


def _incidents(text: str) -> list[Procedure]:
    return [one for one in compile_runbook(text).procedures if one.kind == "incident"]


@pytest.mark.parametrize(
    ("title", "chapters"),
    [
        ("Procédure d'incident", ["Compte client compromis", "Fuite de données suspectée", "Sauvegarde invalide"]),
        ("Plan de respuesta a incidentes", ["Clave de acceso comprometida", "Fuga de datos de socios"]),
        ("Plano de resposta a incidentes", ["Conta de padaria comprometida", "Vazamento de receitas"]),
        ("Piano di risposta agli incidenti", ["Chiave del forno compromessa", "Perdita di ricette"]),
        ("Incident response", ["Bakery account compromise", "Oven token theft"]),
    ],
)
def test_chapters_with_nothing_but_steps(title: str, chapters: list[str]) -> None:
    """A chapter on something that went wrong is an incident, though all of it is a list."""
    text = f"# {title}\n" + "".join(f"\n## {one}\n\n1. Un.\n2. Deux.\n" for one in chapters)
    assert [one.title for one in _incidents(text)] == chapters


def test_incidents_graded_in_their_titles() -> None:
    """Two titles that begin with P1 are two incidents, and no scale has a level twice."""
    text = "# 面包房手册\n" + "".join(
        f"\n## {one}\n\n1. 关火；\n2. 通知店长。\n" for one in ("P0：烤炉冒烟", "P1：面团未发", "P1：收银机黑屏")
    )
    playbook = compile_runbook(text)
    assert [one.title for one in playbook.procedures] == ["P0：烤炉冒烟", "P1：面团未发", "P1：收银机黑屏"]


def test_a_table_of_incidents_with_how_they_show() -> None:
    """The column of how it is detected holds the symptoms; the numbers of the rows are no titles."""
    text = (
        "# Handbook\n\n## What counts\n\nAny of these:\n\n| # | Incident | How it is detected |\n|---|---|---|\n"
        "| I-1 | Oven cold | The dial is at zero; a guest complains |\n| I-2 | Till empty | The drawer rings hollow |\n"
    )
    found = [(one.title, [symptom.text for symptom in one.symptoms]) for one in _incidents(text)]
    assert found == [
        ("Oven cold", ["The dial is at zero", "a guest complains"]),
        ("Till empty", ["The drawer rings hollow"]),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("On-call: +49 30 1234567, Oven lead: lead@bakery.test, Landlord: +49 30 7654321", 3),
        ("Phone: +49 30 1234567, Email: lead@bakery.test", 0),
        ("Note: bring the key, Time: early", 0),
        ("| Role | Responsibility |\n|---|---|\n| Oven lead | Heat |\n| Till lead | Money |", 2),
    ],
    ids=["a line", "the card of one", "no address", "roles without a number"],
)
def test_several_contacts_together(text: str, names: int) -> None:
    """Each name with an address is a contact, and so is each role of a table in a chapter of contacts."""
    playbook = compile_runbook(f"# Handbook\n\n## Contacts\n\n{text}\n")
    assert len(playbook.contacts) == names


@pytest.mark.parametrize(
    ("chapter", "hours"),
    [
        ("| Severity | Required | Due |\n|---|---|---|\n| SEV1 | Yes | 3 days |\n| SEV2 | Yes | 5 days |", 72),
        (
            "| Severity | Review due | Owner |\n|---|---|---|\n| SEV1 | 24 h | Baker |\n| SEV2 | 72 h | Clerk |",
            24,
        ),
        ("- SEV1: within 24 hours\n- SEV2: within 72 hours", 24),
        ("Within 24 hours for SEV1 and 72 hours for SEV2.", 24),
    ],
    ids=["a table", "with owners", "a list", "a sentence"],
)
def test_deadlines_of_reviews_are_no_targets(chapter: str, hours: int) -> None:
    """What a chapter on looking back says of each severity is when the review is due, and who owns it is not paged."""
    playbook = compile_runbook(f"# R\n\n## Severity\n\n- SEV1: stopped\n- SEV2: slow\n\n## Post-mortem\n\n{chapter}\n")
    assert playbook.postmortem is not None
    assert playbook.postmortem.due is not None
    assert playbook.postmortem.due.seconds == hours * 3600
    assert [(one.response_target, one.resolution_target) for one in playbook.severities] == [(None, None)] * 2
    assert playbook.escalation_levels == ()


def test_what_to_do_on_the_line_below_the_name() -> None:
    """An item whose first line is an incident and whose second says what to do is one, as with a colon between."""
    text = (
        "# Guide\n\n## Common playbooks\n\n- Failed baking\n  Use the old recipe and look at the crust.\n"
        "- Cold oven\n  Light it again.\n"
    )
    assert [one.title for one in _incidents(text)] == ["Failed baking", "Cold oven"]


def test_an_escalation_column_calls_people_and_opens_no_ticket() -> None:
    """A ticket that is opened is nobody to page; the verb before a name is no part of it."""
    text = (
        "# Manual\n\n## Niveles de severidad\n\n| Nivel | Descripción | Respuesta | Escalación |\n|---|---|---|---|\n"
        "| SEV-1 | Horno apagado | 15 min | Alertar on-call + jefe de turno |\n"
        "| SEV-2 | Pan tarde | 1 hora | Crear ticket |\n"
    )
    playbook = compile_runbook(text)
    assert [one.targets for one in playbook.escalation_levels] == [("on-call", "jefe de turno")]
    assert playbook.escalation_by_severity == {}
