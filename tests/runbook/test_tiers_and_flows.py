"""Tiers of support that are no severities, the course of any incident that is no incident, and steps told in code.

Each document here is our own.
"""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tests.runbook.test_chain_forms import said
from tests.runbook.test_procedures_found import incidents
from tocsin.runbook.compile import compile_runbook

TIERS = {
    "en": "# Ferry support\n\n| Tier | Owner | Response time | Escalation |\n|---|---|---|---|\n| Tier 1 | Deck hand | 10 min | To tier 2 after 20 min |\n| Tier 2 | First mate | 1 hour | To tier 3 after 3 hours |\n| Tier 3 | Shipyard | 8 hours | N/A |\n",
    "es": "# Soporte del transbordador\n\n## Equipos\n\n| Nivel | Responsable | Escalamiento |\n|---|---|---|\n| Nivel 1 | Deck hand | Al nivel 2 tras 20 minutos |\n| Nivel 2 | First mate | Al nivel 3 tras 3 horas |\n| Nivel 3 | Shipyard | - |\n",
}


@pytest.mark.parametrize("language", TIERS)
def test_tiers_of_support_are_levels_to_call(language: str) -> None:
    """F1, F3: rows of tiers with who sits in each are a chain; the row of a tier says when the next one is called."""
    playbook = compile_runbook(TIERS[language])
    assert playbook.severities == ()
    assert said(playbook.escalation_levels) == [("Deck hand", None), ("First mate", 20), ("Shipyard", 180)]


def test_levels_with_what_each_means_are_severities() -> None:
    """A1: a table that says what each level is stays a scale, whoever is responsible."""
    text = "# Ferry\n\n## Severity\n\n| Level | Meaning | Responsible |\n|---|---|---|\n| Level 1 | no ferry | Captain |\n| Level 2 | late ferry | First mate |\n"
    assert [one.name for one in compile_runbook(text).severities] == ["Level 1", "Level 2"]


@pytest.mark.parametrize("head", ["Эскалация", "Escalade", "升级", "Escalação"])
def test_a_column_of_escalation_is_one_in_any_language(head: str) -> None:
    """F1: who is called at each severity, in a column of the table of severities."""
    text = f"# R\n\n## Severity\n\n| Severity | Response time | {head} |\n|---|---|---|\n| P1 | 15 min | Purser + Captain |\n| P2 | 1 h | Purser |\n"
    playbook = compile_runbook(text)
    assert said(playbook.escalation_levels) == [("Purser+Captain", None)]
    assert said(playbook.escalation_by_severity["P2"]) == [("Purser", None)]


HURRIED = {
    "es": "Notificar de inmediato al jefe de muelle por radio",
    "pt": "Notificar imediatamente o chefe de muelle por rádio",
    "fr": "Alerter immédiatement le chef de muelle par radio",
}


@pytest.mark.parametrize("language", HURRIED)
def test_at_once_may_stand_before_who_is_called(language: str) -> None:
    """F4: "at once" between the verb and the name is no part of the name."""
    text = f"# R\n\n## Severity\n- P1: out\n- P2: late\n\n## Escalation\n\n- **P1**: {HURRIED[language]}\n- **P2**: Escribir en el próximo informe\n"
    (one,) = compile_runbook(text).escalation_levels
    assert [name.casefold() for name in one.targets] == [
        f"{'jefe' if language == 'es' else 'chef' if language == 'fr' else 'chefe'} de muelle"
    ]


def test_a_report_is_nobody_to_call() -> None:
    """F1: "notify in the next daily report" names a report, in any language."""
    text = "# R\n\n## Severity\n- P1: out\n- P2: late\n\n## Escalation\n\n- **P1**: Notificar al jefe\n- **P2**: Registrar y notificar en el próximo parte diario\n"
    playbook = compile_runbook(text)
    assert said(playbook.escalation_levels) == [("jefe", None)]
    assert "P2" not in playbook.escalation_by_severity


FLOWS = {
    "en": "# Ferry\n\n## Incident management flow\n\n1. **Detection:**\n   - A horn sounds.\n2. **Recording:**\n   - Open the log.\n3. **Resolution:**\n   - Stop the leak.\n4. **Closing:**\n   - Sign the log.\n",
    "de": "# Fähre\n\n## Ablauf der Störungsbearbeitung\n\n1. **Erkennung:**\n   - Ein Horn ertönt.\n2. **Erfassung:**\n   - Ins Logbuch schreiben.\n3. **Behebung:**\n   - Leck schließen.\n4. **Abschluss:**\n   - Logbuch zeichnen.\n",
    "half": "# Fähre\n\n## Ablauf der Hafenmeldungen\n\n1. **Erkennung:**\n   - Ein Horn ertönt.\n2. **Erfassung:**\n   - Ins Logbuch schreiben.\n3. **Behebung:**\n   - Leck schließen.\n4. **Abschluss:**\n   - Logbuch zeichnen.\n",
    "es": "# Ferri\n\n## Flujo de gestión de incidentes\n\n1. **Detección:**\n   - Suena una bocina.\n2. **Registro:**\n   - Abrir el diario.\n3. **Resolución:**\n   - Cerrar la vía de agua.\n4. **Cierre:**\n   - Firmar el diario.\n",
}


@pytest.mark.parametrize("language", FLOWS)
def test_the_flow_of_any_incident_is_no_incident(language: str) -> None:
    """C1: a chapter on the flow, whose labels are phases, gives phases, and every line of it is in one."""
    playbook = compile_runbook(FLOWS[language])
    assert playbook.procedures == ()
    assert len(playbook.phases) >= 2
    assert "TOC118" not in [one.code for one in playbook.findings]


def test_an_incident_of_phases_stays_an_incident() -> None:
    """E1: "Detect: …" to "Verify: …" below the name of an incident are its parts, and its commands are found."""
    text = "# Ferry\n\n## 1. Bow door stuck\n\n1. Detect: the lamp stays red.\n2. Contain: stop loading.\n3. Recover: sail only after `ferryctl door --test` and `ferryctl pump --test`.\n4. Verify: the lamp is green.\n\n## 2. Radar dark\n\n1. Detect: no echo.\n2. Mitigate: `systemctl restart radar`\n"
    assert incidents(text) == {"Bow door stuck": (1, 2), "Radar dark": (1, 1)}


def test_numbered_lines_marked_as_shell_are_steps_to_take_by_hand() -> None:
    """H1: a block of clicks tagged as bash holds no command; a numbered command is one, without its number."""
    text = '# Ferry\n\n## Incident: Radar dark\n\n**Symptoms:** no echo\n\n**Fix:**\n\n```bash\n# In the bridge console\n1. Open "Radar"\n2. Click "Restart"\n```\n\n```bash\n1. systemctl status radar\n2. systemctl restart radar\n```\n'
    (one,) = compile_runbook(text).procedures
    assert [step.command.text for step in one.steps if step.command] == [
        "systemctl status radar",
        "systemctl restart radar",
    ]
    assert [step.title for step in one.steps if not step.command][-2:] == ['Open "Radar"', 'Click "Restart"']
