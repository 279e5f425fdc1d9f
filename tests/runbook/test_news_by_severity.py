"""Tables of chapters on communication with a row for each severity: duties to tell, messages, no promise to answer."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook

_LEVELS = """# Mill

## Severity

| Level | Meaning |
|---|---|
| SEV1 | every mill stands |
| SEV2 | one mill stands |

"""


def _read(chapter: str, titles: str, *rows: str) -> Playbook:
    ruler = "|".join(["---"] * (titles.count("|") + 1))
    table = "\n".join(f"| {line} |" for line in (titles, ruler, *rows))
    return compile_runbook(f"{_LEVELS}## Communication plan\n\n### {chapter}\n\n{table}\n")


@pytest.mark.parametrize(
    ("chapter", "titles", "ways", "audience"),
    [
        (
            "External (users)",
            "Severity | Channel | Timing",
            ("Email | within 1 hour", "Banner | within 2 hours"),
            "customers",
        ),
        ("Customer communication", "Severity | Channel | When", ("Email | 1 hour", "Banner | 2 hours"), "customers"),
        ("Bakery", "Severity | Channel | Within", ("#mill | 15 minutes", "#mill | 1 hour"), "internal"),
        (
            "Stakeholder notification",
            "Severity | Who | Within",
            ("all customers | 15 min", "customers | 1 h"),
            "customers",
        ),
        ("Comunicación a clientes", "Severidad | Canal | Plazo", ("Correo | 1 hora", "Banner | 2 horas"), "customers"),
        ("Kundenkommunikation", "Stufe | Kanal | Frist", ("E-Mail | 1 Stunde", "Banner | 2 Stunden"), "customers"),
    ],
)
def test_when_others_are_told_is_a_duty_and_no_promise(
    chapter: str, titles: str, ways: tuple[str, str], audience: str
) -> None:
    """No clock of a response starts by it, its rows are no steps, and each severity has its duty."""
    playbook = _read(chapter, titles, f"SEV1 | {ways[0]}", f"SEV2 | {ways[1]}")
    assert [one.response_target for one in playbook.severities] == [None, None]
    assert [(one.audience, one.severities) for one in playbook.communication] == [
        (audience, ("SEV1",)),
        (audience, ("SEV2",)),
    ]
    assert not playbook.phases


@pytest.mark.parametrize(
    "chapter", ["Retention", "Backups", "Deployment freeze", "Legal", "When to escalate", "Tickets"]
)
@pytest.mark.parametrize(
    "times",
    [
        "| Severity | Within |\n|---|---|\n| SEV1 | 4 hours |\n| SEV2 | 3 days |",
        "- SEV1: 4 hours\n- SEV2: 3 days",
        "- **SEV1**: within 4 hours\n- **SEV2**: within 3 days",
    ],
)
def test_a_time_in_a_chapter_on_something_else_starts_no_clock(chapter: str, times: str) -> None:
    """Where the levels are defined elsewhere, a time that nothing names says of no answer."""
    playbook = compile_runbook(f"{_LEVELS}## {chapter}\n\n{times}\n")
    assert [one.response_target for one in playbook.severities] == [None, None]
    named = times.replace("| Within |", "| Respond within |")
    said = compile_runbook(f"{_LEVELS}## Response windows\n\n{named}\n").severities
    assert [one.response_target and one.response_target.seconds for one in said] == [4 * 3600, 3 * 86_400]


def test_the_time_to_respond_is_one_in_any_chapter() -> None:
    """A column that says that somebody answers promises it, wherever it stands."""
    playbook = _read("Customers", "Severity | Response time | Channel", "SEV1 | 15 min | mail", "SEV2 | 1 h | mail")
    assert [one.response_target and one.response_target.seconds for one in playbook.severities] == [900, 3600]


def test_a_column_of_messages_gives_templates() -> None:
    """Sentences in quotation marks below "Template" are what is written; "Fix and ship" is none."""
    message = "We are looking into a fault of our mills and will write again within the hour."
    playbook = _read(
        "External (users)",
        "Severity | Channel | Timing | Template",
        f'SEV1 | Email | within 1 hour | "{message}"',
        "SEV2 | No external communication | – | Mend it",
    )
    assert [(one.audience, one.body) for one in playbook.templates] == [("customers", message)]
    assert [one.severities for one in playbook.communication] == [("SEV1",)]
    assert "TOC501" not in [one.code for one in playbook.findings]


def test_of_two_columns_the_one_that_repeats_is_the_rhythm() -> None:
    """The first update comes once."""
    titles = "Severity | First update | Next updates"
    playbook = _read("Updates", titles, "SEV1 | 15 minutes | every 30 min", "SEV2 | 1 hour | every 2 h")
    assert [one.update_cadence and one.update_cadence.seconds for one in playbook.severities] == [1800, 7200]


def test_an_outsider_in_a_ladder_is_called_in_the_case_of_its_row() -> None:
    """The card provider and a lawyer are called about their matter, the head miller in turn."""
    playbook = compile_runbook(
        f"""{_LEVELS}## Escalation path

| Level | Who | When |
|---|---|---|
| L0 | Duty miller | All incidents |
| L1 | Head miller | Not resolved after 15 minutes |
| L2 | Card provider support | Any card fault |
| L3 | Legal counsel | Data leak, questions of law |
"""
    )
    assert [one.targets for one in playbook.escalation_levels] == [("Duty miller",), ("Head miller",)]
    assert [one.targets for one in playbook.escalation_rules] == [("Card provider support",), ("Legal counsel",)]
