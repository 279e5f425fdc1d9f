"""Severities of a chapter on escalation, the times in its tables, and who of all that is a person."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.meaning import contact_is_ours
from tocsin.runbook.playbook import Trigger

LEVELS = """# Padaria

## Escalação de incidentes

### Nível 1: Incidente Menor
- **Contato**: Plantonista
- **Tempo de Resposta**: 1 hora
- **Exemplos**: pão duro, massa fria

### Nível 2: Incidente Crítico
- **Contato**: Chefe de forno + Gerente
- **Tempo de Resposta**: 15 minutos
- **Exemplos**: forno apagado, farinha molhada
"""


def test_levels_of_an_escalation_that_say_what_they_are_for_are_severities() -> None:
    """ "Level 2: Critical incident" with examples is a severity, and whom it names is called at that severity."""
    playbook = compile_runbook(LEVELS)
    assert [(one.name, one.criteria) for one in playbook.severities] == [
        ("Nível 2", ("forno apagado", "farinha molhada")),
        ("Nível 1", ("pão duro", "massa fria")),
    ]
    assert [one.response_target.seconds for one in playbook.severities if one.response_target] == [900, 3600]
    assert [one.targets for one in playbook.escalation_levels] == [("Chefe de forno", "Gerente")]
    assert [one.targets for one in playbook.escalation_by_severity["Nível 1"]] == [("Plantonista",)]


def test_levels_of_an_escalation_that_only_name_people_are_steps() -> None:
    """Without a word for how bad it is, or without what it is for, a level is a step of calling."""
    of_people = LEVELS.replace("Incidente Menor", "Turno").replace("Incidente Crítico", "Chefia")
    assert not compile_runbook(of_people).severities
    assert not compile_runbook(LEVELS.replace("Exemplos", "Telefone")).severities


def test_how_soon_somebody_is_called_is_no_part_of_the_name() -> None:
    """ "Sofort: Ofenmeister + Inhaberin" in the row of a severity calls two people, and nobody called "Sofort"."""
    text = "# Bäckerei\n\n## Schweregrade\n\n| Stufe | Beschreibung | Reaktion | Eskalation |\n|---|---|---|---|\n"
    rows = "| SEV-1 | Ofen aus | 15 min | {}: Ofenmeister + Inhaberin |\n| SEV-2 | Mehl nass | 1 h | Ofenmeister |\n"
    for word in ("Sofort", "Immediately", "Immédiatement", "Inmediato", "Imediato"):
        (first, *_others) = compile_runbook(text + rows.format(word)).escalation_levels
        assert first.targets == ("Ofenmeister", "Inhaberin")


def test_a_time_or_a_severity_is_a_time_for_every_severity() -> None:
    """ "Nach 30 min oder SEV-1": the severity is only a sooner reason, and the time holds for the others."""
    text = (
        "# Bäckerei\n\n## Schweregrade\n\n- **SEV-1**: Ofen aus\n- **SEV-2**: Mehl nass\n\n## Eskalation\n\n"
        "| Level | Wer | Wann |\n|---|---|---|\n| L1 | Bereitschaft | Sofort |\n"
        "| L2 | Ofenmeister | Nach 30 min oder SEV-1 |\n| L3 | Inhaberin | Nach 1h oder Mehlverlust |\n"
    )
    playbook = compile_runbook(text)
    for chain, time in ((playbook.escalation_levels, 0), (playbook.escalation_by_severity["SEV-2"], 1800)):
        assert [(one.targets[0], one.after and one.after.seconds) for one in chain] == [
            ("Bereitschaft", None),
            ("Ofenmeister", time),
            ("Inhaberin", 3600),
        ]


def test_nobody_pages_a_bot() -> None:
    """A bot among the contacts sends messages; a person who looks after robots is one all the same."""
    text = (
        "# Padaria\n\n## Contatos\n\n| Contato | Função | Canal |\n|---|---|---|\n"
        "| Ana Forno | Gerente | ana@example.net |\n| Bot do forno | Avisos | @forno_bot |\n"
        "| Técnico do robô | Moinho | rui@example.net |\n"
    )
    found = compile_runbook(text).contacts
    assert [(one.name, contact_is_ours(one)) for one in found] == [
        ("Ana Forno", True),
        ("Bot do forno", False),
        ("Técnico do robô", True),
    ]


@pytest.mark.parametrize(
    "title",
    ["Em caso de incidente", "En caso de incidente", "En cas d'incident", "In caso di incidente", "Im Störungsfall"],
)
def test_what_is_done_at_any_incident_is_a_phase(title: str) -> None:
    """The steps below "In case of an incident" are no incidents by themselves."""
    text = f"# Bakery\n\n## {title}\n\n1. **Ana**\n   - Open the flue\n2. **Rui**\n   - Call the mill\n"
    playbook = compile_runbook(text)
    assert not playbook.procedures
    assert playbook.phases


def test_the_template_of_a_notification_is_a_text_to_send() -> None:
    """The noun of a Romance title stands first, and what it is a template of behind it."""
    for title in (
        "Template de notificação de incidente",
        "Plantilla de notificación de incidente",
        "Modèle de notification d'incident",
        "Modello di notifica di incidente",
    ):
        text = f"# Bakery\n\n## {title}\n\n```\nForno parado em [loja]\nDesde: [hora]\n```\n"
        assert len(compile_runbook(text).templates) == 1


def test_kinds_of_incidents_below_the_first_measures_are_incidents() -> None:
    """ "Incident-Typen und Reaktionen" holds an incident for each heading, whichever chapter it stands in."""
    text = (
        "# Bäckerei\n\n## Sofortmaßnahmen\n\n### Incident-Typen und Reaktionen\n\n"
        "#### A) Ofen kalt (SEV-1)\n\n```bash\novenctl start\n```\n\n"
        "#### B) Mehl nass (SEV-2)\n\n```bash\nmillctl dry\n```\n"
    )
    assert [one.title for one in compile_runbook(text).procedures] == ["Ofen kalt", "Mehl nass"]


def test_a_title_that_asks_how_is_no_chapter_of_alerts() -> None:
    """ "How to silence oven alerts" tells of alerts and holds none, while "Oven alerts" has one for each heading."""
    chapters = "\n\n### By hand\n\n1. Press it\n\n### By phone\n\n1. Call the mill\n"
    for asking in ("How to silence oven alerts", "Como silenciar alertas"):
        assert not compile_runbook(f"# Bakery\n\n## {asking}{chapters}").procedures
    assert len(compile_runbook(f"# Bakery\n\n## Oven alerts{chapters}").procedures) == 2


def test_whoever_stands_behind_a_room_is_called_at_the_time_of_the_column() -> None:
    """A channel in the cell before is nobody to call, and makes the next one no first one."""
    head = "| Severity | On-call | After 15 min | After 1 h |\n|---|---|---|---|\n"
    rows = "| SEV1 | Baker | Head baker | Owner |\n| SEV2 | - | Slack channel | Head baker |\n"
    playbook = compile_runbook(f"# Bakery\n\n## Escalation\n\n{head}{rows}")
    levels = playbook.escalation_by_severity["SEV2"]
    assert [(one.targets, one.after and one.after.seconds, one.trigger) for one in levels] == [
        (("Head baker",), 3600, Trigger.UNRESOLVED)
    ]
