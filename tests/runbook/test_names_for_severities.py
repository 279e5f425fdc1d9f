"""Lists of whom to call of which each item names the severity that it is for."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook

SCALE = "# Mill\n\n## Severity levels\n\n- SEV1: the wheel stands\n- SEV2: the wheel is slow\n\n## Escalation\n\n"


def read(text: str) -> Playbook:
    """A document with two severities and this text below its escalation."""
    return compile_runbook((SCALE + text).encode())


def called(playbook: Playbook) -> tuple[list[str], list[str]]:
    """Whom SEV1 and SEV2 call when they begin."""
    first = [who for level in playbook.escalation_levels for who in level.targets if "SEV1" in level.severities]
    second = [who for level in playbook.escalation_by_severity.get("SEV2", ()) for who in level.targets]
    return first, second


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("- CTO + team lead (SEV1)\n- Manager (SEV2)\n", ["CTO", "team lead"], ["Manager"]),
        ("- Manager for SEV2\n- CTO and team lead for SEV1\n", ["CTO", "team lead"], ["Manager"]),
        ("- Team lead — SEV1, SEV2\n- CTO — SEV1\n", ["Team lead", "CTO"], ["Team lead"]),
        ("- Bereitschaft (SEV2)\n- Teamleiter (SEV1)\n", ["Teamleiter"], ["Bereitschaft"]),
        ("- Jefe de turno para SEV2\n- Director (SEV1)\n", ["Director"], ["Jefe de turno"]),
        ("- Responsable d'astreinte (SEV2)\n- Directeur (SEV1)\n", ["Directeur"], ["Responsable d'astreinte"]),
    ],
)
def test_each_severity_calls_those_of_its_items(text: str, first: list[str], second: list[str]) -> None:
    """They called nobody: a list without numbers or times is no order."""
    assert called(read(text)) == (first, second)


@pytest.mark.parametrize(
    "text",
    [
        "- On-call (primary)\n- Lead (backup)\n",
        "- Database (SEV1)\n- Queue (SEV2)\n",
        "- CTO (SEV1)\n- Tell the bakers in the morning\n",
    ],
)
def test_other_lists_call_nobody_for_a_severity(text: str) -> None:
    """Ranks, things, and lists of which an item says something else."""
    playbook = read(text)
    assert not any(level.severities for level in playbook.escalation_levels)
    assert playbook.escalation_by_severity == {}
