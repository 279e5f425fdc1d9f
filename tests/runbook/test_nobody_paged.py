"""What stands near an escalation and calls nobody, and scales that are none; each document here is our own."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tests.runbook.test_chain_forms import said
from tests.runbook.test_scale_forms import Read, scale
from tocsin.runbook.compile import compile_runbook

CHAIN = "## Severity\n\n- P1: no bread\n- P2: little bread\n\n## Escalation\n\n### P1\n\n| Time | Role |\n|---|---|\n| 0 min | Baker |\n| 20 min | Owner |\n\n"
CALLED = [("Baker", None), ("Owner", 20)]


@pytest.mark.parametrize(
    "beside",
    [
        "### Triggers\n\n| Trigger | Action |\n|---|---|\n| Flour with beetles | Escalate to the health office |\n| P1 for an hour | Escalate to the mayor |\n",
        "## De-escalation\n\n1. The baker proposes P2\n2. Tell it to everybody\n",
        "### Words\n\n**See:** messages.md → Escalation texts\n",
    ],
)
def test_what_stands_beside_a_chain_is_no_level_of_it(beside: str) -> None:
    """Reasons to call somebody, the way back and links to other documents leave the chain as it is."""
    playbook = compile_runbook("# Bakery\n\n" + CHAIN + beside)
    assert [(who, after or None) for who, after in said(playbook.escalation_levels)] == CALLED
    assert playbook.escalation_by_severity == {}


def test_reasons_beside_a_chain_are_rules() -> None:
    """They name whom they call, without the verb."""
    table = "### Triggers\n\n| Trigger | Action |\n|---|---|\n| Flour with beetles | Escalate to the health office |\n"
    (rule,) = compile_runbook("# Bakery\n\n" + CHAIN + table).escalation_rules
    assert rule.text == "Flour with beetles → health office"


@pytest.mark.parametrize(
    "text",
    [
        "## De-escalation\n\n1. The baker proposes P2\n2. Tell it to everybody\n",
        "## Escalation\n\n**See:** messages.md → Escalation texts\n",
        "## Escalation\n\n1. **Check the oven**: is it lit?\n2. **Inspect the flour**: is it dry?\n",
    ],
)
def test_nobody_is_paged_where_nobody_is_named(text: str) -> None:
    """Steps and documents are no people."""
    assert compile_runbook("# Bakery\n\n" + text).escalation_levels == ()


def test_only_whom_a_list_of_steps_calls_is_a_level() -> None:
    """A bold step to look at something comes before whoever is paged."""
    text = "## Escalation\n\n1. **Check the oven**: is it lit?\n2. **Contact the miller**: if the flour is wet\n3. **Page the owner**: if nothing helps\n"
    assert [who for who, _after in said(compile_runbook("# Bakery\n\n" + text).escalation_levels)] == [
        "miller",
        "owner",
    ]


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("Escalation path", ["Baker", "Oven lead", "Owner"]),
        ("升级路径", ["值班师傅", "店长", "店主"]),
        ("Ruta de escalamiento", ["Panadero", "Jefe", "Dueña"]),
    ],
)
def test_a_chain_behind_a_label_in_any_chapter(label: str, names: list[str]) -> None:
    """A rule among others gives it."""
    text = f"## Principles\n\n- Put the fire out first.\n- {label}: {' → '.join(names)}\n"
    assert [who for who, _after in said(compile_runbook("# Bakery\n\n" + text).escalation_levels)] == names


@pytest.mark.parametrize("title", ["Support levels", "Níveis de suporte", "Niveaux de support", "Supportstufen"])
def test_levels_of_support_are_a_chain_and_no_scale(title: str) -> None:
    """L1 is who answers, not how bad it is."""
    text = f"## {title}\n\n### L1 - Baker (first line)\n\n- Looks at the oven\n\n### L2 - Oven lead (second line)\n\n- Mends the oven\n"
    playbook = compile_runbook("# Bakery\n\n" + text)
    assert playbook.severities == ()
    assert [who for who, _after in said(playbook.escalation_levels)] == ["Baker", "Oven lead"]


def test_the_severity_of_an_alert_is_no_scale() -> None:
    """A table of alerts says how bad each of them is."""
    rows = "| `OvenCold` | critical | light it |\n| `FlourLow` | warning | ring the mill |\n"
    assert scale("## Alarm → response\n\n| Alert | Severity | First action |\n|---|---|---|\n" + rows) == {}


def test_severities_above_lines_of_support_are_the_scale() -> None:
    """The first line answers first."""
    rows = "| L1 | 15 min | 2 hours |\n| L2 | 1 hour | 4 hours |\n"
    assert scale("## Service levels\n\n### Response time\n\n| Level | Critical | High |\n|---|---|---|\n" + rows) == {
        "Critical": Read(None, 15),
        "High": Read(None, 120),
    }


def test_contacts_in_a_table_that_is_fenced_as_it_is() -> None:
    """The fence only keeps the bars; a warning in bold below it is nobody."""
    table = "```\n| Role | Phone |\n|---|---|\n| Baker | +44 20 7946 0111 |\n| Owner | +44 20 7946 0112 |\n```\n\n**Keep this fresh!** Old numbers cost bread.\n"
    assert [one.name for one in compile_runbook("# Bakery\n\n## Contacts\n\n" + table).contacts] == ["Baker", "Owner"]


def test_what_a_level_does_is_its_definition_in_german() -> None:
    """A column of effects beside one of examples."""
    rows = "| S1 | Es gibt kein Brot | Ofen kalt | 15 min |\n| S2 | Es gibt wenig Brot | Mehl feucht | 1 h |\n"
    text = "## Störungsklassen\n\n| Klasse | Wirkung | Beispiele | Reaktion |\n|---|---|---|---|\n" + rows
    assert scale(text) == {"S1": Read(None, 15, criteria=2), "S2": Read(None, 60, criteria=2)}


def test_a_drill_of_the_recovery_is_no_incident() -> None:
    """It is done every month."""
    text = "# 应急预案\n\n## 1. 烤炉熄火\n\n现象：没有面包。\n\n处置：\n\n1. 点火。\n\n## 2. 备份恢复演练\n\n每月一次：\n\n```bash\nbash drill.sh\n```\n"
    assert [one.title for one in compile_runbook(text).procedures if one.kind == "incident"] == ["烤炉熄火"]
