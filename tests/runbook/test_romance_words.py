"""What a native speaker writes in Spanish, Portuguese, French and Italian: reviews, phases, levels inside of a step."""

from __future__ import annotations

import pytest

from tocsin.incident.planning import plan_response
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook


def _read(*lines: str) -> Playbook:
    return compile_runbook("\n".join(lines))


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Lecciones aprendidas", "Dentro de 3 días después del cierre se escribe el reporte final."),
        ("Lições aprendidas", "Dentro de 3 dias após o encerramento escrever o relatório técnico."),
        ("Leçons apprises", "Le RETEX est rédigé dans les 3 jours."),
        ("Lezioni apprese", "La relazione finale va scritta entro 3 giorni."),
        ("Reporte de incidente", "El reporte de incidente se entrega antes de 72 horas."),
    ],
)
def test_a_review_is_known_by_its_usual_names(title: str, sentence: str) -> None:
    """The deadline of a report that a chapter on what was learned gives."""
    playbook = _read("# Mill", f"## {title}", sentence)
    assert playbook.postmortem is not None
    assert playbook.postmortem.due is not None
    assert playbook.postmortem.due.seconds == 3 * 86_400


@pytest.mark.parametrize(
    ("plan", "titles"),
    [
        (
            "Plan de respuesta a incidentes",
            ["Detección", "Contención", "Erradicación", "Recuperación", "Lecciones aprendidas"],
        ),
        (
            "Plano de resposta a incidentes",
            ["Detecção", "Contenção", "Erradicação", "Recuperação", "Lições aprendidas"],
        ),
        (
            "Plan de réponse aux incidents",
            ["Détection", "Endiguement", "Éradication", "Récupération", "Leçons apprises"],
        ),
        (
            "Piano di risposta agli incidenti",
            ["Rilevazione", "Contenimento", "Eradicazione", "Ripristino", "Lezioni apprese"],
        ),
    ],
)
def test_a_response_plan_is_its_phases_and_no_procedure(plan: str, titles: list[str]) -> None:
    """The phases of a plan, in their order; the plan as a whole is not about one alert."""
    playbook = _read(
        f"# {plan}", *(line for one in titles for line in (f"## {one}", "- Stop the wheel", "- Look at it"))
    )
    assert [one.title for one in playbook.phases] == titles
    assert not playbook.procedures


@pytest.mark.parametrize(
    ("step", "high", "low"),
    [
        ("Rate the severity of the incident:", "CRITICAL", "LOW"),
        ("Clasificar la severidad del incidente:", "CRÍTICO", "BAJO"),
        ("Classificar a severidade do incidente:", "CRÍTICO", "BAIXO"),
        ("Évaluer la gravité de l'incident :", "CRITIQUE", "FAIBLE"),
        ("Valutare la gravità dell'incidente:", "CRITICO", "BASSO"),
    ],
)
def test_a_step_that_rates_the_severity_defines_the_scale(step: str, high: str, low: str) -> None:
    """Bare labels below such a step are the levels."""
    playbook = _read(
        "# Mill",
        "## First steps",
        "1. Write down the time.",
        f"2. {step}",
        f"   - **{high}:** wheel stands; flour is lost",
        f"   - **{low}:** wheel squeaks",
    )
    assert [one.name for one in playbook.severities] == [high, low]
    assert len(playbook.severities[0].criteria) == 2


def test_a_step_that_sets_anything_else_defines_no_scale() -> None:
    """ "Turn the wheel:" over "High" and "Low" is no scale."""
    playbook = _read(
        "# Mill", "## First steps", "1. Turn the wheel:", "   - **High:** for rye", "   - **Low:** for wheat"
    )
    assert not playbook.severities


def test_the_site_of_an_institution_is_no_mail_address() -> None:
    """A column "E-mail/Site" holds both; who has a site only is paged by nobody."""
    playbook = _read(
        "# Moinho",
        "## Contatos",
        "| Instituição | Telefone | E-mail/Site |",
        "|---|---|---|",
        "| Moleiro | - | rui@moinho.example |",
        "| Associação | - | www.moinhos.example/ajuda |",
    )
    ways = {one.name: [(way.type, way.value) for way in one.channels] for one in playbook.contacts}
    assert ways["Associação"] == [("url", "www.moinhos.example/ajuda")]
    paged = {who for level in plan_response(playbook, "m").unassessed.levels for who in level.targets}
    assert paged == {"On-Call", "Moleiro"}
