"""When the report of an incident is due: its own time, and not that of what is done before it."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

HEAD = "# Mill\n\n## Severity\n\n| Level | Meaning |\n|---|---|\n| P0 | All mills stand |\n| P1 | One mill stands |\n\n"


def _hours(text: str) -> float | None:
    policy = compile_runbook(f"{HEAD}{text}\n").postmortem
    due = policy.due.seconds if policy is not None and policy.due is not None else None
    return None if due is None else due / 3600


@pytest.mark.parametrize(
    "text",
    [
        "## What we owe at P0\n\n**SLO**: acknowledge < 15 min, mitigate < 60 min. Post-mortem mandatory.",
        "## What we owe at P0\n\nAnswer within 15 minutes and fix within 4 hours. A post-mortem is required.",
        "## What we owe at P0\n\nPost-mortem required. Target resolution: within 4 hours.",
        "## What we owe at P0\n\n- Fix within 24 hours; post-mortem follows.",
        "## Was wir bei P0 schulden\n\n- Reaktion innerhalb von 2 Stunden, Postmortem Pflicht.",
    ],
)
def test_another_clock_of_the_same_line_is_not_the_reports(text: str) -> None:
    """A line that asks for a post-mortem and says how soon the mill runs again gives the report no deadline."""
    assert _hours(text) is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("## What we owe at P0\n\n- Mill runs again in under 2 hours. Write a post-mortem within 3 days.", 72),
        ("## What we owe at P0\n\n- SLA: 4 hours. Post-mortem: 5 days.", 120),
        ("## What we owe at P0\n\n- Answer within 2 hours, fix within 8, write a post-mortem within 3 days.", 72),
        ("## Retrospective\n\nWithin 3 days, whoever had the shift writes the post-mortem.", 72),
        ("## Retrospective\n\n- Review: 1 hour\n- Report due within 4 days", 96),
    ],
)
def test_the_reports_own_time_is_taken_of_several(text: str, hours: float) -> None:
    """Beside other clocks, the one of the clause that names the report is its deadline."""
    assert _hours(text) == hours


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        (
            "## Afterwards\n\n1. **Within 1 hour:**\n   - Write a note\n2. **Within 24 hours:**\n   - Schedule the review\n3. **Within 1 week:**\n   - Complete the post-mortem\n",
            168,
        ),
        (
            "## After the incident\n\n- **Within 24 hours**: keep the notes\n- **Within 3 days**: publish the post-mortem",
            72,
        ),
        ("## After an incident\n\n| Report | Deadline |\n|---|---|\n| Note | 4 hours |\n| Post-mortem | 5 days |", 120),
        ("## Afterwards\n\n| When | What |\n|---|---|\n| 1 hour | Note |\n| 3 days | Post-mortem published |", 72),
        ("## Afterwards\n\n- Schedule the post-mortem within 2 days\n", 48),
    ],
)
def test_a_timeline_of_what_comes_after_gives_the_report_its_own_point(text: str, hours: float) -> None:
    """Of several points in time the one with the report counts, and the call of a meeting where no other does."""
    assert _hours(text) == hours


@pytest.mark.parametrize(
    "sentence",
    [
        "Any SEV1, and any SEV2 that recurs twice in a week.",
        "Required when the same alert fires more than twice within 7 days.",
        "Needed if an incident recurs within 30 days.",
        "Repeat incidents (2+ in a week)",
        "Any SEV2 which happens again within a month.",
        "Jeder SEV1, und jeder SEV2, der zweimal in einer Woche auftritt.",
        "Todo SEV1 y todo SEV2 que se repita dos veces en una semana.",
        "Todo SEV1, e todo SEV2 que se repete duas vezes em uma semana.",
        "Tout SEV1, et tout SEV2 qui revient deux fois en une semaine.",
        "一周内重复发生两次的 P2 需要复盘。",
    ],
)
def test_how_often_something_happens_is_no_deadline(sentence: str) -> None:
    """The time in which an incident comes back says for which one a report is written, and not by when."""
    assert _hours(f"## Post-mortem\n\n{sentence}") is None


@pytest.mark.parametrize(
    "sentence",
    [
        "Recurring incidents: report within 5 days.",
        "The report is due within 5 days for repeated incidents.",
        "A post-mortem within 5 days of a recurring incident.",
        "**Write it up.** Within 5 days, a short post-incident note.",
        "**Write it up** within 5 days.",
    ],
)
def test_a_report_on_what_came_back_has_its_deadline(sentence: str) -> None:
    """A word for what comes back elsewhere in the sentence leaves the deadline."""
    assert _hours(f"## Response steps\n\n1. Oil it\n2. {sentence}") == 120
