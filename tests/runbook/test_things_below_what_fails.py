"""Incidents that are called after a thing only, and chapters on what is done at any incident of a severity."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

_CHAPTERS = "\n\n".join(
    f"### {one}\n\nSymptoms: no flour\n\n1. Restart it: `make {one.lower()}`" for one in ("Hopper", "Sieve")
)


@pytest.mark.parametrize("above", ["Mill outage", "Mill disconnected", "Feed fails", "Mühle nicht erreichbar"])
def test_a_thing_below_what_fails_is_called_after_both(above: str) -> None:
    """The name of a thing alone says nothing of what is wrong with it; the title above does."""
    found = compile_runbook(f"# Mill\n\n## {above}\n\n{_CHAPTERS}\n".encode(), path="mill.md").procedures
    assert [one.title for one in found] == [f"{above}: Hopper", f"{above}: Sieve"]


@pytest.mark.parametrize("above", ["Common issues", "Known problems", "Häufige Störungen", "よくある障害"])
def test_a_thing_below_a_title_of_all_incidents_keeps_its_name(above: str) -> None:
    """What stands above them all is of none of them."""
    found = compile_runbook(f"# Mill\n\n## {above}\n\n{_CHAPTERS}\n".encode(), path="mill.md").procedures
    assert [one.title for one in found] == ["Hopper", "Sieve"]


@pytest.mark.parametrize(
    "title",
    [
        *("When a P1 fires", "If a SEV-1 happens", "In case of a P1 incident", "On a P1 page", "When SEV1 is declared"),
        *("If you get a P1", "Si un P1 se déclenche"),
    ],
)
def test_a_chapter_for_any_incident_of_a_severity_is_a_phase(title: str) -> None:
    """It says what is done at every one of them, and is no incident."""
    body = "1. Acknowledge it.\n2. Open the dashboard.\n3. Roll back.\n\n## Weekly checks\n\n- Look at the queue.\n"
    playbook = compile_runbook(f"# On-call\n\n## {title}\n\n{body}".encode(), path="mill.md")
    assert (playbook.procedures, [(one.title, len(one.steps)) for one in playbook.phases]) == ((), [(title, 3)])


def test_a_case_of_one_thing_at_a_severity_stays_an_incident() -> None:
    """What else the title names has failed."""
    text = "# On-call\n\n## If the P1 queue stands still\n\n1. Drain it.\n2. Feed it.\n"
    playbook = compile_runbook(text.encode(), path="mill.md")
    assert [one.title for one in playbook.procedures] == ["If the P1 queue stands still"]


@pytest.mark.parametrize("title", ["SEV-1 Response Procedure", "Response to SEV-1"])
def test_phases_below_a_title_with_a_severity_are_of_that_severity(title: str) -> None:
    """The title above says for what they are, and they need not say it again."""
    scale = "## Severity levels\n\n- SEV-1: mill shut\n- SEV-2: mill slow\n\n"
    body = "### Triage (15 min)\n\n1. Look at it.\n\n### Mitigation\n\n1. Stop it.\n"
    playbook = compile_runbook(f"# Mill\n\n{scale}## {title}\n\n{body}".encode(), path="mill.md")
    assert playbook.procedures == ()
    assert [(one.title, one.severities) for one in playbook.phases] == [
        ("Triage", ("SEV-1",)),
        ("Mitigation", ("SEV-1",)),
    ]


@pytest.mark.parametrize(
    ("title", "chapters"),
    [
        ("Alertas", ["Molino parado", "Horno frío"]),
        ("Fehlersuche", ["Mühle ausgefallen", "Ofen nicht erreichbar"]),
    ],
)
def test_chapters_that_say_what_is_wrong_below_a_title_of_looking_are_incidents(
    title: str, chapters: list[str]
) -> None:
    """The title is that of a phase elsewhere."""
    body = "\n\n".join(f"### {one}\n\n1. Restart it: `make {n}`" for n, one in enumerate(chapters))
    found = compile_runbook(f"# Mill\n\n## {title}\n\n{body}\n".encode(), path="mill.md").procedures
    assert [one.title for one in found] == chapters
