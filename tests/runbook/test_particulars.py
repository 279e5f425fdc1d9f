"""What a procedure is as a document, its severity and its owner, is no step of it."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import StepKind

PARTICULARS = {
    "in bold": "- **Status:** active\n- **Severity:** P1\n- **Owner:** mill team\n- **Last reviewed:** 2026-03-15\n",
    "plain": "- Status: active\n- Severity range: P1 | P2\n- Team: mills\n",
    "in lines": "**Severity:** P1\n**Team:** mills\n**Last updated:** 2026-03-15\n",
    "German": "- Status: aktiv\n- Schweregrad: P1\n- Dienst: Mühle\n",
    "French": "- **Statut :** actif\n- **Gravité :** P1\n- **Équipe :** moulins\n",
    "Spanish": "- **Estado:** activo\n- **Severidad:** P1\n- **Equipo:** molinos\n",
    "Japanese": "- **ステータス**: 有効\n- **重要度**: P1\n- **チーム**: 水車\n",
}


@pytest.mark.parametrize("said", PARTICULARS.values(), ids=PARTICULARS)
def test_particulars_are_no_steps(said: str) -> None:
    """Somebody had to tick off "Status: active"; no finding asks for them to be worded otherwise."""
    text = f"# Mill\n\n## Common incidents\n\n### Wheel stuck\n\n{said}\n#### Symptoms\n\n- no flour\n\n#### Fix\n\n"
    playbook = compile_runbook(f"{text}1. Open the sluice\n2. Ring the bell\n".encode())
    (one,) = playbook.procedures
    assert [step.title for step in one.steps] == ["Open the sluice", "Ring the bell"]
    assert not [found for found in playbook.findings if found.code == "TOC118"]


@pytest.mark.parametrize(
    "said",
    [
        "- Status: look at the page of the depot\n- Open the sluice\n",
        "- Service: restart it\n- Team: ring the bell\n- Go\n",
    ],
)
def test_a_list_of_what_to_do_keeps_its_items(said: str) -> None:
    """One name of that sort among steps, or one behind which something is to be done, is a step."""
    text = f"# Mill\n\n## Common incidents\n\n### Wheel stuck\n\nSymptoms: no flour\n\nFix:\n\n{said}"
    (one,) = compile_runbook(text.encode()).procedures
    assert len(one.steps) == said.count("\n")


@pytest.mark.parametrize("title", ["Verification after recovery", "Post-recovery checks", "Verify the fix"])
def test_what_is_looked_at_after_the_recovery_verifies_it(title: str) -> None:
    """It was part of the fix, and no check at all."""
    text = "# Mill\n\n## Common incidents\n\n### Wheel stuck\n\n#### Symptoms\n\n- no flour\n\n#### Fix\n\n1. Turn it\n"
    (one,) = compile_runbook(f"{text}\n#### {title}\n\n- [ ] flour comes out\n".encode()).procedures
    assert [(step.section, step.kind) for step in one.steps][-1] == ("verification", StepKind.VERIFY)


@pytest.mark.parametrize(
    ("severity", "sign"),
    [("Severity", "Symptom"), ("Severidad", "Disparador"), ("Schweregrad", "Symptom"), ("优先级", "现象")],
)
def test_a_sign_may_stand_below_the_particulars(severity: str, sign: str) -> None:
    """ "Severity: P1" above "Symptom: …" is no step and nothing lost; what stands below the sign is done."""
    text = f"- **{severity}:** P1\n- **{sign}:** gates stay shut\n- **Stopgap:** `make gates`\n"
    playbook = compile_runbook(f"# Mill runbook\n\n## Incident: Gate\n\n{text}".encode())
    (found,) = playbook.procedures
    assert [one.text for one in found.symptoms] == ["gates stay shut"]
    assert [one.command.text for one in found.steps if one.command] == ["make gates"]
    assert [one.title for one in found.steps] == ["Stopgap"]
    assert "TOC109" not in [one.code for one in playbook.findings]
