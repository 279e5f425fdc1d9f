"""The five real runbooks, compiled, and alerts as monitors word them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.alerts.cases import MATCHING, RUNBOOK_FILES, UNRELATED
from tocsin.alerts.meaning.match import SymptomIndex
from tocsin.alerts.meaning.suggest import CriteriaIndex
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook


@pytest.fixture(scope="module")
def playbooks(runbooks_dir: Path) -> dict[str, Playbook]:
    return {
        team: compile_runbook((runbooks_dir / name).read_bytes(), path=name) for team, name in RUNBOOK_FILES.items()
    }


@pytest.mark.parametrize("team", RUNBOOK_FILES)
def test_every_common_incident_is_found_in_other_words(team: str, playbooks: dict[str, Playbook]) -> None:
    """Each procedure of the document has alerts that open it, and its symptom is cited where it stands (K1 to K9)."""
    index = SymptomIndex.of(playbooks[team])
    told = [(title, said) for name, title, said in MATCHING if name == team]
    got = [(match.title if (match := index.match(said)) else None, said) for _, said in told]
    assert got == told
    incidents = {one.title for one in playbooks[team].procedures if one.kind.value == "incident"}
    assert {title for title, _ in told} == incidents
    lines = (playbooks[team].source.lines,)
    for _, said in told:
        match = index.match(said)
        assert match is not None
        assert 1 <= match.lines.first <= match.lines.last <= lines[0]


@pytest.mark.parametrize("team", RUNBOOK_FILES)
def test_alerts_about_something_else_open_nothing(team: str, playbooks: dict[str, Playbook]) -> None:
    """None of the unrelated alerts is taken for an incident of the document."""
    index = SymptomIndex.of(playbooks[team])
    assert [match for said in UNRELATED if (match := index.match(said))] == []


@pytest.mark.parametrize(
    ("team", "said", "severity"),
    [
        ("dinner", "Complete outage: the site is unreachable", "P0"),
        ("dinner", "Latency has doubled", "P1"),
        ("cuisine", "Everything is down", "SEV1"),
        ("cuisine", "Degraded performance for many users", "SEV2"),
        ("cookcam", "Checkout fails", "P0"),
        ("cookcam", "Users cannot log in", "P1"),
        ("dashboard", "Response times 75% above normal", "P1"),
        ("dashboard", "Response times 20% above normal", "P2"),
        ("management", "All services are down", "SEV-0"),
        ("management", "Partial outage for some users", "SEV-2"),
    ],
)
def test_the_criteria_of_the_document_suggest_its_severity(
    team: str, said: str, severity: str, playbooks: dict[str, Playbook]
) -> None:
    """By the team's own names, whatever number they begin with (A1, A3 to A5)."""
    found = CriteriaIndex.of(playbooks[team]).suggest(said)
    assert found is not None
    assert found.severity == severity


def test_the_lines_cited_are_those_of_the_symptom(playbooks: dict[str, Playbook]) -> None:
    """A match points into the document at what it says."""
    match = SymptomIndex.of(playbooks["cookcam"]).match("FATAL: too many connections")
    assert match is not None
    assert "Too many connections" in match.text
    assert match.lines.first == 176
