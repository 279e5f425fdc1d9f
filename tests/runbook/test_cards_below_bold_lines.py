"""Incidents whose name is a line in bold, with their parts below, and documents that hold one incident or a list."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


def read(text: str) -> list[tuple[str, list[str], list[str]]]:
    """(title, symptoms, steps) of each incident."""
    return [
        (one.title, [sign.text for sign in one.symptoms], [step.title for step in one.steps])
        for one in compile_runbook(text).procedures
        if one.kind in ("incident", "alert")
    ]


@pytest.mark.parametrize(
    "form",
    [
        "**{}**\n- Symptom: {}\n- Fix: {}\n\n",
        "**{}**\nSymptom: {}\nFix: {}\n\n",
        "**{}**\n\n**Symptom:** {}\n\n**Fix:** {}\n\n",
    ],
)
def test_a_line_in_bold_above_parts_is_an_incident(form: str) -> None:
    """Twice, right below the title of the document: what the second shows was a step of the first."""
    text = "# Station card\n\n" + form.format("Wind mute", "grey tile", "Pull the plug")
    text += form.format("Mast iced", "speed 0 in frost", "Heat it")
    assert read(text) == [
        ("Wind mute", ["grey tile"], ["Pull the plug"]),
        ("Mast iced", ["speed 0 in frost"], ["Heat it"]),
    ]


def test_one_incident_below_a_document_on_a_service_is_that_incident() -> None:
    """ "Runbook: Radar" names no trouble: "Incident: Radar silent" below it does, and keeps its symptoms."""
    text = (
        "# Runbook: Radar\n\n## Incident: Radar silent\n\n### Detection\n\n- No plots\n\n### Mitigation\n\n- Reset it\n"
    )
    assert read(text) == [("Radar silent", ["No plots"], ["Reset it"])]


def test_a_numbered_list_of_failures_in_bold_is_no_plan() -> None:
    """In a document on failures each item is one; it was a phase with all of their steps."""
    text = (
        "# Common failure modes of the ramp\n\n1. **Ramp does not lower.** Start pump 2.\n"
        "2. **Ramp drifts down.** Close valve C.\n"
    )
    assert [title for title, _signs, _steps in read(text)] == ["Ramp does not lower", "Ramp drifts down"]
    assert compile_runbook(text).phases == ()
