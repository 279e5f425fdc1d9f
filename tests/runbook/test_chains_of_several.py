"""Several people called at once, chains beside severities, timetables and roles; each document here is our own."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tests.runbook.test_chain_forms import said
from tocsin.runbook.compile import compile_runbook

SCALE = "## Severity\n\n- SEV1: mill stopped\n- SEV2: mill slow\n\n"

CHAINS = {
    "one verb, three people": (
        "## Escalation\n\n1. Page the miller on duty at once.\n2. After 15 minutes page the head miller, the owner and the brewer.\n",
        [("miller on duty", None), ("head miller+owner+brewer", 15)],
    ),
    "one verb, two people, in Spanish": (
        "## Escalado\n\n1. Avisar al técnico de guardia.\n2. Si no responde en 10 minutos, llamar a la directora y al responsable de turno.\n",
        [("técnico de guardia", None), ("directora+responsable de turno", 10)],
    ),
    "what else is done is nobody": (
        "## Escalation\n\n1. Page the miller on duty.\n2. After 15 minutes page the head miller and open the sluice.\n",
        [("miller on duty", None), ("head miller", 15)],
    ),
    "a channel is nobody": (
        "## Escalation\n\n1. Page the miller on duty.\n2. After 15 minutes page the head miller and the incident channel.\n",
        [("miller on duty", None), ("head miller", 15)],
    ),
    "each severity calls": (
        SCALE
        + "## Escalation\n\n- SEV1: Page the miller, the head miller and the owner immediately.\n- SEV2: Notify the miller.\n",
        [("miller+head miller+owner", None)],
    ),
    "beside its severity, without an arrow": (
        "## Severity\n\n### P1 - Critical\n- mill stopped\n\n**Escalation**: Immediate to the head miller on duty\n\n### P2 - Low\n- lamp dark\n\n**Escalation**: After 2 hours without a way out\n",
        [("head miller on duty", None)],
    ),
    "T0 and onwards": (
        SCALE
        + "## Escalation\n\n### SEV1\n\n| Time | Action | Channel |\n|---|---|---|\n| T0 | Pager notifies the miller on duty | phone |\n| T0 + 10 min | No ack → Head miller + Brewer | phone |\n| T0 + 30 min | Escalate to the owner | mail |\n",
        [("miller on duty", 0), ("Head miller+Brewer", 10), ("owner", 30)],
    ),
    "T0 in Portuguese": (
        "## Fluxo de escalação\n\n| Tempo | Ação |\n|---|---|\n| T0 | Acionar plantonista |\n| T0 + 20 min | Sem ack → Coordenador |\n| T0 + 40 min | Escalar Diretoria |\n",
        [("plantonista", 0), ("Coordenador", 20), ("Diretoria", 40)],
    ),
    "roles with what they are waited for": (
        "## Escalation\n\n| Role | Phone | When |\n|---|---|---|\n| Miller on duty | +49 30 901820 | first |\n| Head miller, lead | +49 30 901821 | after 15 min |\n| Director | +49 30 901822 | after 1 hour |\n",
        [("Miller on duty", None), ("Head miller, lead", 15), ("Director", 60)],
    ),
    "a tree by its name": (
        SCALE
        + "## Communications tree\n\n1) Notify the miller on duty\n2) SEV1/SEV2: Escalate to the head miller within 15 minutes\n3) SEV1: Notify the legal team if grain is lost\n",
        [("miller on duty", None), ("head miller", 15), ("legal team", None)],
    ),
    "a chart that ends at a vendor": (
        "## Escalation\n\n```mermaid\ngraph TD\n    A[L1: Miller on duty] -->|Not resolved in 30 min| B[L2: Head miller]\n    B -->|Vendor case| C[Wheel vendor]\n```\n",
        [("Miller on duty", None), ("Head miller", 30), ("Wheel vendor", None)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(CHAINS))
def test_a_chain_in_this_form(form: str) -> None:
    """Who is called in which order, who together, and when."""
    text, expected = CHAINS[form]
    found = said(compile_runbook("# R\n\n" + text).escalation_levels)
    assert found == [(who, after or None) for who, after in expected]


def test_the_chain_beside_the_other_severity() -> None:
    """A window without a name calls nobody; SEV2 of a list has a chain of its own."""
    _text, _expected = CHAINS["each severity calls"]
    playbook = compile_runbook("# R\n\n" + _text)
    assert [one.targets for one in playbook.escalation_by_severity["SEV2"]] == [("miller",)]
    named = compile_runbook("# R\n\n" + CHAINS["beside its severity, without an arrow"][0])
    assert named.escalation_by_severity == {}


def test_roles_without_an_order_are_no_chain() -> None:
    """A table of who does what says nothing of who is called next."""
    text = "# R\n\n## Escalation\n\n| Role | Duty |\n|---|---|\n| Miller on duty | first look |\n| Director | press |\n"
    assert compile_runbook(text).escalation_levels == ()
