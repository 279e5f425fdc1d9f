"""Columns of whom to tell first, and cells that only say to keep watching, in many languages."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook


def _read(text: str) -> Playbook:
    return compile_runbook(f"# Incident response\n\n{text}\n")


ROWS = "| P1 | Mill stands | 15 min |\n| P4 | Dust | 1 day |\n\n"
SCALE = f"## Levels\n\n| Level | Criteria | Response |\n|---|---|---|\n{ROWS}"

COLUMNS = ["First informed", "Erstinformation", "Erstkontakt", "Primer contacto", "Primero se avisa a"]
COLUMNS += ["Primeiro contato", "Information initiale", "Primo contatto", "Eerste contact", "第一連絡先", "初報先"]
COLUMNS += ["首要联系人", "Первый контакт"]


def test_whom_to_tell_first_is_a_column_of_people() -> None:
    """Beside it stands how soon it goes further, which names nobody."""
    for title in COLUMNS:
        rows = "| P1 | CISO + CEO | at once |\n| P4 | IT team | next meeting |\n"
        found = _read(f"{SCALE}## Escalation matrix\n\n| Level | {title} | Escalation |\n|---|---|---|\n{rows}")
        assert [level.targets for level in found.escalation_levels] == [("CISO", "CEO")], title
        assert [level.targets for level in found.escalation_by_severity["P4"]] == [("IT team",)], title


WATCHED = ["Enhanced monitoring", "Surveillance renforcée", "Seguimiento", "Monitoramento reforçado", "Beobachtung"]
WATCHED += ["Monitoraggio rafforzato", "監視強化", "加强监控", "Усиленный мониторинг", "Monitoren", "모니터링 강화"]


def test_keeping_watch_is_nobody() -> None:
    """ "Enhanced monitoring" for the least level pages nobody of that name; a team of that name is somebody."""
    for watched in WATCHED:
        rows = f"| P1 | CTO |\n| P4 | {watched} |\n"
        found = _read(f"{SCALE}## Escalation\n\n| Level | Escalation |\n|---|---|\n{rows}")
        assert [level.targets for level in found.escalation_levels] == [("CTO",)], watched
        assert "P4" not in found.escalation_by_severity, watched
    rows = "| P1 | CTO |\n| P4 | Monitoring team |\n"
    found = _read(f"{SCALE}## Escalation\n\n| Level | Escalation |\n|---|---|\n{rows}")
    assert found.escalation_by_severity["P4"][0].targets == ("Monitoring team",)


@pytest.mark.parametrize("title", ["Lessons learned (post-mortem J+5 max)", "Post-mortem (D+5 max)", "Post-mortem J+5"])
def test_a_day_behind_the_name_of_the_report_is_its_deadline(title: str) -> None:
    """A day counted from the incident may be limited, and stand in a bracket with the name."""
    phases = f"### 1. Recovery\n\n- Start the mill\n\n### 2. {title}\n\n- What was it?\n"
    found = _read(f"{SCALE}## Response\n\n{phases}").postmortem
    assert found is not None
    assert found.due is not None
    assert found.due.seconds == 5 * 86_400
