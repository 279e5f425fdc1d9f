"""Tables that say who is told of an incident: an audience in each row or column, a severity in the other."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook

SCALE = """# Mill incident response

## Severity levels

| Level | Meaning | Response |
|---|---|---|
| SEV1 | the wheel stands | 15 min |
| SEV2 | the wheel is slow | 1 hour |

"""


def read(text: str, title: str = "Communication") -> Playbook:
    """The playbook of a plan with two severities and a chapter that holds this text."""
    return compile_runbook(f"{SCALE}## {title}\n\n{text}".encode())


def duties(playbook: Playbook) -> list[tuple[str, tuple[str, ...], str]]:
    """The audience, the severities and the words of each duty."""
    return [(rule.audience, rule.severities, rule.text) for rule in playbook.communication]


MATRICES = {
    "en": ("Communication", "Audience", "Customers", "status page within 1 hour", "no message"),
    "en, who": ("Who to notify", "Who", "Customers", "status page within 1 hour", "–"),
    "de": ("Kommunikationsmatrix", "Empfänger", "Kunden", "1 Std E-Mail", "keine Info"),
    "es": ("Matriz de comunicación", "Audiencia", "Clientes", "correo en 1 hora", "no"),
    "fr": ("Plan de communication", "Destinataire", "Clients", "mail sous 1 heure", "aucune"),
    "it": ("Comunicazione", "Destinatari", "Clienti", "mail entro 1 ora", "nessuna"),
    "pt": ("Plano de comunicação", "Quem", "Clientes", "e-mail em 1 hora", "não"),
    "ru": ("План коммуникации", "Аудитория", "Клиенты", "письмо в течение 1 часа", "нет"),
    "ja": ("コミュニケーション", "対象", "顧客", "1時間以内にメール", "不要"),
    "zh": ("沟通计划", "对象", "客户", "1小时内邮件", "无需"),
}


@pytest.mark.parametrize("language", MATRICES)
def test_a_severity_in_each_column_says_who_hears_of_which(language: str) -> None:
    """The cell is a duty for the severity of its column; one that says "none" is none."""
    title, first, audience, said, none = MATRICES[language]
    playbook = read(f"| {first} | SEV1 | SEV2 |\n|---|---|---|\n| {audience} | {said} | {none} |\n", title)
    assert duties(playbook) == [("customers", ("SEV1",), f"{audience}: {said}")]
    assert [rule.moment for rule in playbook.communication] == ["initial"]


def test_a_matrix_under_audience_is_read_in_any_chapter() -> None:
    """Severities as columns and "Audience" as the first title leave no doubt."""
    text = "| Audience | SEV1 | SEV2 |\n|---|---|---|\n| Customers | e-mail | – |\n"
    assert duties(read(text, "Stakeholders")) == [("customers", ("SEV1",), "Customers: e-mail")]


def test_a_severity_in_each_row_says_it_of_the_audiences_in_the_columns() -> None:
    """The same turned round, with the condition of a cell; a column that names people and is no audience is none."""
    playbook = read(
        "| Severity | Customer impact | Internal | Customers | Owner |\n"
        "|---|---|---|---|---|\n"
        "| SEV1 | all bakers | #mill at once | status page within 30 min | Ada |\n"
        "| SEV2 | some bakers | #mill | status page if > 1 h | Ada |\n"
    )
    assert duties(playbook) == [
        ("internal", ("SEV1",), "Internal: #mill at once"),
        ("customers", ("SEV1",), "Customers: status page within 30 min"),
        ("internal", ("SEV2",), "Internal: #mill"),
        ("customers", ("SEV2",), "Customers: status page if > 1 h"),
    ]
    assert [rule.condition for rule in playbook.communication] == [None, None, None, "if > 1 h"]


def test_an_audience_in_each_row_with_when_and_how() -> None:
    """A row is one duty, for the severities that it names."""
    playbook = read(
        "| Who | When | Channel |\n"
        "|---|---|---|\n"
        "| Bakers (customers) | within 1 hour of declaring SEV1 | e-mail |\n"
        "| Support team | at once | – |\n"
    )
    assert duties(playbook) == [
        ("customers", ("SEV1",), "Bakers (customers): within 1 hour of declaring SEV1 · e-mail"),
        ("support", (), "Support team: at once"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "| Stakeholder | Phone | Email |\n|---|---|---|\n| CEO | +1 555 0100 | ceo@mill.example |\n",
        "| Channel | Purpose |\n|---|---|\n| #mill | the team works here |\n| Status page | customers |\n",
        "| Audience | SEV1 | SEV2 |\n|---|---|---|\n| Customers | TBD | do not inform customers |\n",
    ],
)
def test_what_obliges_nobody_is_no_duty(text: str) -> None:
    """How people are reached, what a channel is for, and cells that are empty or deny it: publishing fails closed."""
    assert duties(read(text)) == []


def test_a_rhythm_in_a_matrix_holds_for_the_severity_of_its_column() -> None:
    """It held for every severity, so that the most severe was told of once a day."""
    playbook = read(
        "| Audience | SEV1 | SEV2 |\n|---|---|---|\n| Customers | update every 30 minutes | daily update |\n"
    )
    assert [(one.every.text, one.severities) for one in playbook.cadences] == [
        ("30 minutes", ("SEV1",)),
        ("daily", ("SEV2",)),
    ]


def test_a_severity_without_a_duty_to_customers_does_not_tell_them() -> None:
    """What the status page offers at a severity comes from the row or column of that severity alone."""
    playbook = read("| Audience | SEV1 | SEV2 |\n|---|---|---|\n| Customers | e-mail | no |\n")
    assert {name for rule in playbook.communication if rule.audience == "customers" for name in rule.severities} == {
        "SEV1"
    }


def test_a_table_of_duties_is_no_phase() -> None:
    """Its rows were steps without those whom they are for: "phone at once"; what else the chapter asks for is one."""
    table = "| Audience | SEV1 | SEV2 |\n|---|---|---|\n| Leadership | phone at once | – |\n"
    response = "## Response\n\n### Triage\n\n1. Look at the wheel\n\n### Communication\n\n"
    alone = compile_runbook(f"{SCALE}{response}{table}".encode())
    beside = compile_runbook(f"{SCALE}{response}1. Open a channel\n\n{table}".encode())
    assert [phase.title for phase in alone.phases] == ["Triage"]
    assert [[step.title for step in phase.steps] for phase in beside.phases][1] == ["Open a channel"]
    assert duties(alone) == [("executives", ("SEV1",), "Leadership: phone at once")]
