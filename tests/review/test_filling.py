"""Message templates of a runbook, filled from the record."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.review.story import NIGHT, declared, told
from tocsin.incident.facts import (
    Acknowledged,
    CustomersNotified,
    PublicStatus,
    Resolved,
    SeverityAssessed,
    StatusUpdated,
)
from tocsin.incident.step_facts import StepOutcome, StepTicked
from tocsin.review.filling import Filled, fill
from tocsin.review.values import values_of
from tocsin.review.vocabulary import Known
from tocsin.runbook.playbook import Template, TemplateField
from tocsin.runbook.stated import Lines

FACTS = told(
    (0, declared(started_at=NIGHT - timedelta(minutes=4), summary="5xx since the deploy")),
    (0, SeverityAssessed(severity="SEV-1", previous=None, reason="x")),
    (3, Acknowledged(person="Ana")),
    (9, StepTicked(step="s1", title="Restart the till", outcome=StepOutcome.DONE)),
    (10, StepTicked(step="s2", title="Drain the queue", outcome=StepOutcome.DID_NOT_HELP)),
    (20, CustomersNotified(update="u", status=PublicStatus.IDENTIFIED, text="t", components=("api",))),
)
VALUES = values_of(FACTS, reference="INC-42", now=NIGHT + timedelta(minutes=26), components={"api": "Orders API"})


def filled(body: str, *, audience: str = "internal", fields: tuple[TemplateField, ...] = (), **given: str) -> Filled:
    """A template's body, filled from the record of FACTS; ``given`` names use _ for a space."""
    template = Template("T", "update", audience, body, Lines(1, 1), fields=fields)
    return fill(template, VALUES, {name.replace("_", " "): text for name, text in given.items()})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[Severity] [Service]", "SEV-1 Shop"),
        ("Ref: [Incident ID], INC-[number], #[number]", "Ref: INC-42, INC-42, #42"),
        ("Level: SEV-[level]", "Level: SEV-1"),
        ("Start Time: [Timestamp]", "Start Time: 2026-11-20 03:06 UTC"),
        ("Sent: [Timestamp]", "Sent: [Timestamp]"),
        ("[Timestamp]", "2026-11-20 03:36 UTC"),
        ("**Duration**: [how long it lasted]", "**Duration**: 30 minutes"),
        ("Affected: [Services/Users]", "Affected: Orders API"),
        ("On-Call: [Engineer Name]", "On-Call: Ana"),
        ("State: [Investigating/Mitigating/Resolved]", "State: Mitigating"),
        ("Actions Taken: [What was done]", "Actions Taken: Restart the till"),
        ("🚨 INCIDENT: [Brief Description]", "🚨 INCIDENT: HighErrorRate shop-api-7f9c"),
    ],
)
def test_blank_is_filled_by_its_name_or_its_label(body: str, expected: str) -> None:
    """H11 to H16: the words of real templates mean what they mean to a reader."""
    assert filled(body).body == expected


@pytest.mark.parametrize(
    "body",
    [
        "Root Cause: [Brief description]",
        "Workaround: [brief description]",
        "ETA: [Estimated resolution time]",
        "Impact: [describe impact]",
        "Prevention measures: [what we're doing to prevent future occurrences]",
        "Owner: [name]",
        "[something of their own]",
        "Resolved: [Timestamp]",
    ],
)
def test_what_nobody_knows_stays_visible_and_blocks_sending(body: str) -> None:
    """H16: an open blank is never guessed, and the message says that it is not complete."""
    found = filled(body)
    assert found.body == body
    assert len(found.unfilled) == 1
    assert found.unfilled


def test_persons_words_fill_what_is_open_and_win_over_the_record() -> None:
    """Whoever sends may answer every blank."""
    found = filled("[describe impact] / ETA: [timeframe] / [Service]", describe_impact="Carts are empty", service="Web")
    assert found.body == "Carts are empty / ETA: [timeframe] / Web"
    assert [one.raw for one in found.unfilled] == ["[timeframe]"]


def test_inside_values_never_reach_customers() -> None:
    """B9: an alert's title, names and steps are filled for the team only."""
    body = "INCIDENT: [Brief Description]\nOn-Call: [Engineer Name]\nDone: [What was done]\nReference: INC-[number]"
    assert not filled(body).unfilled
    outside = filled(body, audience="customers")
    assert "HighErrorRate" not in outside.body
    assert "Ana" not in outside.body
    assert "till" not in outside.body
    assert "INC-42" in outside.body
    assert len(outside.unfilled) == 3


def test_state_in_words_of_the_inside_is_not_told_to_customers() -> None:
    """Only the four public states are."""
    facts = [*FACTS, told(*[(0, declared())] * len(FACTS), (25, StatusUpdated(text="x", status="Blame the db")))[-1]]
    values = values_of(facts, reference="INC-42", now=NIGHT)
    body = "Status: [status]"
    assert fill(Template("T", "k", "internal", body, Lines(1, 1)), values).body == "Status: Blame the db"
    assert fill(Template("T", "k", "customers", body, Lines(1, 1)), values).body == body


def test_choice_takes_only_what_the_template_lists() -> None:
    """A value that is none of the choices leaves the blank open."""
    field = TemplateField("Region", "[Region]", ("north", "south"))
    assert filled("[Region]", fields=(field,), region="South").body == "south"
    assert filled("[Region]", fields=(field,), region="west").unfilled


def test_blanks_of_other_forms_are_filled_by_their_raw_text() -> None:
    """The compiler names them; angle and brace blanks are replaced like any other."""
    fields = (TemplateField("service", "{service}"), TemplateField("who", "<who>"))
    found = filled("{service} by <who>", fields=fields)
    assert found.body == "Shop by <who>"
    assert [one.raw for one in found.unfilled] == ["<who>"]


def test_links_check_boxes_and_footnotes_are_no_blanks() -> None:
    """What Markdown means by brackets is left alone."""
    body = "- [ ] see [the guide](https://example.com) [^1] [1] arr[x]"
    assert (filled(body).body, filled(body).unfilled) == (body, ())


def test_subject_is_filled_and_stays_one_line() -> None:
    """CR and LF in a value cannot start a new header."""
    template = Template("T", "k", "customers", "b", Lines(1, 1), subject="Restored: [product]")
    assert (
        fill(template, {}, {"product": "Web\r\nBcc: all@example.com"}).subject == "Restored: Web Bcc: all@example.com"
    )


@pytest.mark.parametrize("expression", ["{{7*7}}", "${7*7}", "{0.__class__}", "%(x)s", "[Severity]", r"\1 \g<0>"])
def test_expressions_in_values_and_templates_are_literal(expression: str) -> None:
    """F73: nothing is evaluated, and a value is not filled again."""
    found = filled(f"{expression if expression != '[Severity]' else ''} [describe impact]", describe_impact=expression)
    assert found.body.endswith(expression)
    assert not found.unfilled


@given(st.text(alphabet="abc [](){}$<>\\\n:-", max_size=80), st.text(max_size=30))
def test_text_outside_of_blanks_is_never_changed(body: str, value: str) -> None:
    """With nothing known the message is the template; filling is one pass."""
    assert fill(Template("T", "k", "internal", body, Lines(1, 1)), {}).body == body
    once = fill(Template("T", "k", "internal", "a [x y] b", Lines(1, 1)), {}, {"x y": value})
    assert once.body == (f"a {value} b" if value.strip() else "a [x y] b")


def test_duration_counts_to_the_resolution() -> None:
    """And until then to now."""
    over = [*FACTS, told(*[(0, declared())] * len(FACTS), (40, Resolved()))[-1]]
    assert values_of(over, reference="INC-42", now=NIGHT + timedelta(days=9))[Known.DURATION] == "44 minutes"


@pytest.mark.parametrize(
    ("runbook", "heading", "audience", "open_blanks"),
    [
        ("dashboarduz.md", "### Status Update", "internal", 3),
        ("dashboarduz.md", "### Resolution", "internal", 2),
        ("mgmt-vibe.md", "#### Initial Customer Notification", "customers", 2),
        ("mgmt-vibe.md", "#### Resolution Notification", "customers", 2),
    ],
)
def test_templates_of_real_runbooks_leave_open_only_what_people_must_say(
    runbooks_dir: Path, runbook: str, heading: str, audience: str, open_blanks: int
) -> None:
    """S3, S4: number, times, people and state come from the record; cause, impact and outlook do not."""
    text = (runbooks_dir / runbook).read_text(encoding="utf-8")
    fence = re.search(rf"^{heading}\n```\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    assert fence is not None
    found = fill(Template("T", "k", audience, fence.group(1), Lines(1, 1)), {**VALUES, Known.RESOLVED_AT: "03:40"})
    assert "INC-42" in found.body
    assert len(found.unfilled) == open_blanks, found.unfilled
