"""Severities that are called like the levels of a log, and what a bracket behind a severity says of it."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.durations import target
from tocsin.runbook.playbook import Playbook


def _read(*lines: str) -> Playbook:
    return compile_runbook("\n".join(lines))


@pytest.mark.parametrize(
    ("heads", "rows"),
    [
        (("Sévérité", "Délai réponse"), ("Critical", "Error", "Warning", "Info")),
        (("Severity", "Response time"), ("Critical", "Error", "Warning")),
        (("Schweregrad", "Reaktionszeit"), ("Kritisch", "Fehler", "Warnung")),
        (("Severidad", "Tiempo de respuesta"), ("Crítico", "Error", "Aviso")),
        (("Severidade", "Tempo de resposta"), ("Crítico", "Erro", "Aviso")),
        (("重大度", "応答時間"), ("Critical", "エラー", "警告")),
    ],
)
def test_a_column_of_severities_may_hold_levels_of_a_log(heads: tuple[str, str], rows: tuple[str, ...]) -> None:
    """Below a title that says "severity" an error is a level, with its time to answer."""
    table = [f"| **{row}** | {n * 15} min |" for n, row in enumerate(rows, 1)]
    playbook = _read("# Mill", f"## {heads[0]}", f"| {heads[0]} | {heads[1]} |", "|---|---|", *table)
    assert [one.name for one in playbook.severities] == list(rows)
    promised = [one.response_target.seconds for one in playbook.severities if one.response_target is not None]
    assert promised == [n * 900 for n in range(1, len(rows) + 1)]


def test_an_error_elsewhere_is_no_level() -> None:
    """A table of errors with what to do about each is no scale."""
    rows = ("| Error | Restart the mill |", "| Warning | Look at the mill |")
    assert not _read("# Mill", "## Messages", "| Message | What to do |", "|---|---|", *rows).severities


@pytest.mark.parametrize(
    "severities",
    [
        ("Critical (all shops shut, dough lost for good)", "Error (one oven slow)"),
        ("Critical (all shops shut, dough lost for good)", "High (one oven slow)"),
        ("SEV1 (all shops shut, dough lost for good)", "SEV2 (one oven slow)"),
    ],
)
def test_what_a_bracket_says_of_a_severity_hides_nobody(severities: tuple[str, str]) -> None:
    """Whom a row names is called at its severity, however long the bracket behind that is; its clauses are criteria."""
    playbook = _read(
        *("# Bakery", "## Escalation", "| Severity | Response time | Responsible |", "|---|---|---|"),
        *(f"| **{one}** | 15 min | {who} |" for one, who in zip(severities, ("Head baker", "Baker"), strict=True)),
    )
    assert [level.targets for level in playbook.escalation_levels] == [("Head baker",)]
    assert [level.targets for chain in playbook.escalation_by_severity.values() for level in chain] == [("Baker",)]
    assert [len(one.criteria) for one in playbook.severities] == [2, 1]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("15 хв", 900), ("5 хвилин", 300), ("4 год", 14_400), ("24 год", 86_400), ("24 години", 86_400)),
        *(("11 год", 39_600), ("раз в 1 год", 31_536_000), ("2 дні", 172_800)),
    ],
)
def test_ukrainian_units_of_time(text: str, seconds: int) -> None:
    """The hour of Ukrainian is spelled like a year of Russian, which stands only behind a one."""
    found = target(text)
    assert found is not None
    assert found.seconds == seconds


@pytest.mark.parametrize("title", ["Proceso ante un incidente", "Cómo actuar ante un incidente", "障害が起きたら"])
def test_what_to_do_in_any_incident_is_the_process(title: str) -> None:
    """A chapter on how any incident goes is no incident, in a document of incidents as well."""
    playbook = _read(
        *("# Runbook de incidentes", f"## {title}", "1. **Detección**: alerta", "2. **Acciones**:", "   - mirar"),
        *("## Horno caído", "1. Encender"),
    )
    assert [one.title for one in playbook.procedures] == ["Horno caído"]


@pytest.mark.parametrize(
    ("head", "remedy"),
    [
        ("Síntoma", "Primera revisión"),
        ("Sintoma", "Primeira verificação"),
        ("Symptom", "First check"),
        ("症状", "まず確認"),
    ],
)
def test_what_to_check_first_is_an_answer_to_a_symptom(head: str, remedy: str) -> None:
    """A table of symptoms with where to look first lists incidents."""
    playbook = _read(
        "# Mill", "## Notes", f"| {head} | {remedy} |", "|---|---|", "| a b | Look at c |", "| d e | Look at f |"
    )
    assert [one.title for one in playbook.procedures] == ["a b", "d e"]


@pytest.mark.parametrize(
    "title",
    ["Erros de autenticação em massa", "Errores de autenticación", "Erreurs d'authentification", "Ошибки авторизации"],
)
def test_errors_of_something_fail(title: str) -> None:
    """A chapter whose title begins with the errors is an incident beside another one, also with bullets only."""
    playbook = _read("# Runbook", f"## 1. {title}", "- Look at the log", "## 2. Oven is down", "1. Turn it on")
    assert [one.title for one in playbook.procedures] == [title, "Oven is down"]
