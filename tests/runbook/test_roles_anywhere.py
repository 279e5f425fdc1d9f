"""Roles outside of a chapter that is called "Roles"."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


def roles(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """The roles of a document with their duties."""
    playbook = compile_runbook(f"# Mill incident response\n\n{text}".encode())
    return [(role.name, role.responsibilities) for role in playbook.roles]


@pytest.mark.parametrize(
    ("title", "first", "second"),
    [
        ("Activation and authority", "Role", "Accountability"),
        ("During an incident", "Role", "Job"),
        ("Im Störungsfall", "Rolle", "Aufgabe"),
        ("Durante el incidente", "Rol", "Responsabilidad"),
        ("Pendant l'incident", "Rôle", "Mission"),
        ("Durante l'incidente", "Ruolo", "Compito"),
        ("Durante o incidente", "Papel", "Responsabilidade"),
        ("Во время инцидента", "Роль", "Отвечает за"),
    ],
)
def test_a_table_of_roles_and_their_duties_is_read_in_any_chapter(title: str, first: str, second: str) -> None:
    """Two titles say what it is: who, and what for."""
    table = f"| {first} | {second} |\n|---|---|\n| Incident commander | leads |\n| Scribe | writes it down |\n"
    assert roles(f"## {title}\n\n{table}") == [("Incident commander", ("leads",)), ("Scribe", ("writes it down",))]


def test_a_list_of_roles_is_read_below_a_title_that_speaks_of_roles_among_other_words() -> None:
    """The word was lost in a longer title."""
    text = (
        "## 2. Incident command structure and roles\n\n1. **Incident commander (IC)**: leads\n2. **Scribe**: writes\n"
    )
    assert roles(text) == [("Incident commander", ("leads",)), ("Scribe", ("writes",))]


@pytest.mark.parametrize(
    "text",
    [
        "## Access\n\n| Who | Access |\n|---|---|\n| Tech lead | all of it |\n| Engineer | logs |\n",
        "## Services\n\n| Service | Task |\n|---|---|\n| mill-api | grinds |\n| mill-web | shows |\n",
        "## Contacts\n\n| Role | Responsibility | Phone |\n|---|---|---|\n| Tech lead | all | +1 555 0100 |\n",
    ],
)
def test_other_tables_hold_no_roles(text: str) -> None:
    """Rights, services and contacts are nobody's role in the response."""
    assert roles(text) == []
