"""Titles of chapters that name what the chapter is for beside what it holds."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.blocks import parse_blocks
from tocsin.runbook.document.outline import outline
from tocsin.runbook.playbook import ProcedureKind


def about(title: str) -> str:
    """What a chapter with this title is about."""
    root = outline(parse_blocks([f"## {title}", "", "text"]), 3)
    return root.children[0].about


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Communication during an outage", "communication"),
        ("Roles during a Sev1 / Sev2", "team"),
        ("Rollen während eines Vorfalls", "team"),
        ("Comunicación durante un incidente grave", "communication"),
        ("Rôles lors d'un incident majeur", "team"),
        ("Comunicazione durante un guasto", "communication"),
        ("Papéis durante um incidente crítico", "team"),
        ("Queue stuck during the import", ""),
    ],
)
def test_what_a_chapter_holds_stands_before_when_it_is_for(title: str, kind: str) -> None:
    """The circumstance made the title mostly unknown, and the chapter was an incident or nothing."""
    assert about(title) == kind


@pytest.mark.parametrize("title", ["Channel disconnected", "Notification failures", "Links broken"])
def test_a_part_of_the_service_that_fails_is_an_incident(title: str) -> None:
    """A channel that is down is no chapter on channels: its steps were listed as places to write to."""
    steps = "1. Look: `systemctl status mill`\n2. Log: `tail -n 5 mill.log`"
    text = f"# Mill\n\n## {title}\n\n{steps}\n\n## Queue stuck\n\n1. `df -h`\n"
    playbook = compile_runbook(text.encode())
    assert [one.title for one in playbook.procedures if one.kind is ProcedureKind.INCIDENT] == [title, "Queue stuck"]
    assert playbook.channels == ()


@pytest.mark.parametrize("title", ["Notification of failures", "Kommunikation bei Ausfall"])
def test_telling_of_what_fails_is_no_incident(title: str) -> None:
    """What stands behind "of" or "in case of" fails, and not the telling."""
    assert about(title) == "communication"


PLAIN_TITLES = {
    "en": ["Outages", "Faults", "Production issues", "Error handling"],
    "de": ["Ausfälle", "Probleme", "Notfälle", "Vorfälle"],
    "es": ["Averías", "Fallos", "Problemas", "Emergencias", "Incidencias"],
    "fr": ["Pannes", "Problèmes", "Erreurs"],
    "it": ["Problemi", "Avarie", "Emergenze", "Disservizi"],
    "pt": ["Falhas", "Problemas", "Emergências", "Quedas"],
    "ru": ["Проблемы", "Отказы", "Неполадки", "Инциденты"],
    "ja": ["トラブル", "エラー対応", "想定トラブル"],
    "zh": ["故障清单", "异常情况", "突发事件"],
}


@pytest.mark.parametrize("language", PLAIN_TITLES)
def test_plain_words_for_trouble_are_chapters_of_incidents(language: str) -> None:
    """Each heading below one is an incident by itself, whatever it is called; they were one collection of commands."""
    titles = PLAIN_TITLES[language]
    chapters = (f"## {title}\n\n### Oven {n}\n\n1. `df -h`\n2. `uptime -p`\n" for n, title in enumerate(titles))
    playbook = compile_runbook(f"# Bakery\n\n## Layout\n\nTwo ovens.\n\n{''.join(chapters)}".encode())
    found = [one.title for one in playbook.procedures if one.kind is ProcedureKind.INCIDENT]
    assert found == [f"Oven {n}" for n in range(len(titles))]


@pytest.mark.parametrize("title", ["Outage", "Error", "Panne", "Queda", "Avería", "エラー"])
@pytest.mark.parametrize("body", ["**Symptoms:**\n- red\n\n**Fix:**\n1. `df -h`\n", "1. `df -h`\n"])
def test_one_incident_may_be_called_by_a_plain_word(title: str, body: str) -> None:
    """Among others it is one of them: "Error" was a chapter whose parts were incidents."""
    text = f"# Bakery\n\n## Common incidents\n\n### {title}\n\n{body}\n### Queue stuck\n\n1. `df -h`\n"
    found = [(one.kind, one.title) for one in compile_runbook(text.encode()).procedures]
    assert found == [(ProcedureKind.INCIDENT, title), (ProcedureKind.INCIDENT, "Queue stuck")]
