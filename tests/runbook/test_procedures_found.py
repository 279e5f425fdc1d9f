"""Which chapters are incidents and which only tell how any incident is handled; each document here is our own."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind


def incidents(text: str) -> dict[str, tuple[int, int]]:
    """(symptoms, commands) of each incident by its title."""
    return {
        one.title: (len(one.symptoms), len(one.commands))
        for one in compile_runbook(text).procedures
        if one.kind in (ProcedureKind.INCIDENT, ProcedureKind.ALERT)
    }


FOUND = {
    "symptoms with what to do": (
        "# Mill control\n\n## Common symptoms and checks\n\n- Wheel stands still → look at the sluice, run `millctl start`\n- Flour too coarse → set the stones closer\n\n## Rollback\n\n- Close the sluice\n",
        {"Wheel stands still": (0, 1), "Flour too coarse": (0, 0)},
    ),
    "a document about one alert": (
        "# GrainLevelLow remediation runbook\n\n## Overview\n\nThe bin runs empty.\n\n## Investigation steps\n\n1. Look at the bin: `millctl bin --level`\n",
        {"GrainLevelLow remediation runbook": (0, 1)},
    ),
    "a document of trigger, first actions and diagnosis": (
        "# Grain backlog runbook\n\n## Trigger\n\n- Alert: `grain_waiting > 500`\n- Sacks pile up\n\n## Quick actions\n\n```bash\nmillctl status\n```\n\n## Diagnosis steps\n\n### Step 1: Find the bin\n\n```bash\nmillctl bin --all\n```\n",
        {"Grain backlog runbook": (2, 2)},
    ),
    "emergencies in Spanish": (
        "# Molino\n\n## Situaciones de emergencia\n\n### Caída de la rueda\n- Avisar al molinero\n- Cerrar la compuerta\n\n### Pérdida de grano\n- Parar la cinta\n",
        {"Caída de la rueda": (0, 0), "Pérdida de grano": (0, 0)},
    ),
    "labels in Chinese": (
        "# 磨坊手册\n\n## 水轮停转\n\n- 触发：水位下降、转速为零\n- 排查：看闸门\n- 操作：打开备用闸门\n\n## 粮仓空了\n\n- 触发：称重为零\n- 操作：换仓\n",
        {"水轮停转": (2, 0), "粮仓空了": (1, 0)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(FOUND))
def test_incidents_in_this_form(form: str) -> None:
    """The incidents with how many symptoms and commands each has."""
    text, expected = FOUND[form]
    assert incidents(text) == expected


PROCESS = {
    "handling in French": "# Procédure de gestion des incidents\n\n## Détection\n\n- Source : alertes\n\n## Correction\n\n- Correctif\n\n## Communication\n\n- Prévenir les clients\n\n## Post-mortem\n\n- Cause\n",
    "a template called playbook": "# Incident playbook: <mill>\n\n## TL;DR\n- Rooms:\n- Roles:\n\n## First five minutes\n- [ ] Confirm\n- [ ] Name a lead\n\n## Postmortem requirement\n- By when:\n",
    "a folder called incidents": "# Incidents\n\nHow we handle them.\n\n## Documents\n\n| Document | About |\n|---|---|\n| [levels.md](levels.md) | levels |\n| [after.md](after.md) | looking back |\n",
    "alerts of a severity": "# Escalation guide\n\n## Alert severity levels\n\n### Critical alerts\n\n| Alert category | Who is paged | First response |\n|---|---|---|\n| Wheel | miller | 1 min |\n| Grain | miller | 2 min |\n",
}


@pytest.mark.parametrize("form", sorted(PROCESS))
def test_how_any_incident_is_handled_is_no_incident(form: str) -> None:
    """Phases, lists of documents, blanks of a template and tables of who is paged."""
    assert incidents(PROCESS[form]) == {}


def test_chapters_of_a_document_called_incidents() -> None:
    """What fails, has steps or runs something is one; the others are what they say."""
    text = "# Incidents\n\n## Wheel stopped\n\nOpen the sluice.\n\n## New grain\n\n1. Empty the bin\n2. Fill it\n\n## Members\n\n| Who | Since |\n|---|---|\n| Ann | 2020 |\n"
    assert list(incidents(text)) == ["Wheel stopped", "New grain"]


def test_arrows_below_the_symptoms_of_one_incident_stay_symptoms() -> None:
    """A chapter with its own fix is one incident, whatever its symptoms point to."""
    text = "# Mill\n\n## Wheel stopped\n\n### Symptoms\n- Hum → motor\n- Silence → belt\n\n### Fix\n1. Change the belt\n\n## Grain wet\n\n### Symptoms\n- Clumps\n\n### Fix\n1. Dry it\n"
    assert incidents(text) == {"Wheel stopped": (2, 0), "Grain wet": (1, 0)}
