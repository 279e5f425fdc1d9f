"""Scales that are only named, headings whose bracket defines the level, and parts of a last phase."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Severity


def severities(text: str) -> dict[str, Severity]:
    """The severities of a document by their names, most severe first."""
    return {one.name: one for one in compile_runbook(f"# Mill\n\n{text}\n").severities}


@pytest.mark.parametrize("title", ["Incident response levels", "Reaktionsstufe", "Nivel de respuesta", "应急级别"])
def test_a_bracket_behind_a_level_says_what_it_is(title: str) -> None:
    """What a level is called by is its name; what stands in the bracket defines it, and does not turn the order."""
    text = (
        f"## {title}\n\n### Low (dusty steps)\n\n- **Action:** Sweep.\n\n### High (cold stones, wet flour)\n\n"
        "- **Action:** Call the miller.\n\n### Critical (the wheel stands)\n\n- **Action:** Call everybody.\n"
    )
    found = severities(text)
    assert list(found) == ["Critical", "High", "Low"]
    assert [one.label for one in found.values()] == [None, None, None]
    assert found["High"].criteria == ("cold stones", "wet flour")


@pytest.mark.parametrize(
    "said",
    [
        "Classify severity: Critical, High, Medium, Low",
        "Decide the severity (critical/high/low)",
        "- Severity level: high, medium, low",
    ],
)
def test_a_scale_that_is_only_named_is_one(said: str) -> None:
    """Each word is a level, in the order of how bad they are."""
    assert len(severities(f"## First minutes\n\n{said}\n")) in (3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "## Report template\n\nIncident severity: critical, high, low\n",
        "## First minutes\n\nSeverity: critical, high, low\n",
        "## First minutes\n\nClassify severity: high, low\n",
        "## First minutes\n\nClassify severity: floury, dusty, wet\n",
        "## First minutes\n\nSort the sacks: high, medium, low\n",
    ],
)
def test_a_field_of_a_form_is_no_scale(text: str) -> None:
    """Nor are two words, words for something else, or a list of other things."""
    assert severities(text) == {}


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("- Determine: SEV-1, SEV-2, or SEV-3", ["SEV-1", "SEV-2", "SEV-3"]),
        ("Assign one of them (P1/P2/P3)", ["P1", "P2", "P3"]),
        ("- Determine: SEV-1 or SEV-2", []),
        ("- Determine: SEV-1, SEV-2 and SEV-3 by the wheel", []),
    ],
)
def test_codes_in_a_row_are_a_scale(said: str, names: list[str]) -> None:
    """Three or more and nothing else; a document whose matrix is elsewhere names them once."""
    assert list(severities(f"## When you are paged\n\n{said}\n")) == names


def test_a_sentence_of_times_names_the_levels() -> None:
    """The full stop behind the last one is no part of its name."""
    found = severities("## Duty\n\n- Respond to pages within 5 minutes for SEV-1, 15 minutes for SEV-2.\n")
    assert {name: one.response_target.seconds for name, one in found.items() if one.response_target} == {
        "SEV-1": 300,
        "SEV-2": 900,
    }
    assert severities("## Duty\n\n- Call the owner after 5 minutes for SEV-1, 15 minutes for SEV-2.\n") == {}


@pytest.mark.parametrize(("part", "hours"), [("Write the post-mortem", 48), ("Sweep the floor", None)])
def test_a_part_of_the_last_phase_says_when_the_report_is_due(part: str, hours: int | None) -> None:
    """ "Within 48 hours" above the report is its deadline, above other work it is not."""
    text = (
        f"# Mill\n\n## Post-incident actions\n\n### Within 48 hours\n\n- {part}\n\n### Ongoing\n\n- Watch the wheel\n"
    )
    policy = compile_runbook(text).postmortem
    due = policy.due if policy is not None else None
    assert (due.seconds if due is not None else None) == (hours * 3600 if hours else None)
