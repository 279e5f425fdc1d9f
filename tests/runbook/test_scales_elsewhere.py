"""Severity scales in code blocks, in the cells of a matrix, beside an escalation; each document here is our own."""

# ruff: noqa: E501, ISC004 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tests.runbook.test_scale_forms import Read, scale
from tocsin.runbook.compile import compile_runbook

BLOCKS = {
    "yaml": (
        "## Severity levels\n\n```yaml\nseverities:\n  SEV1:\n    name: Critical\n    description: mill stopped\n    response_time: '10 minutes'\n"
        "    examples:\n      - wheel stuck\n      - pond dry\n  SEV2:\n    description: mill slow\n    response_time: 1 hour\n    colour: amber\nroster:\n  weekday: Ann\n```\n",
        {"SEV1": Read("Critical", 10, criteria=3), "SEV2": Read(None, 60, criteria=1)},
    ),
    "a list in yaml": (
        "## Severity levels\n\n```yml\nlevels:\n- level: P1\n  impact: mill stopped\n  resolution: 2 hours\n- level: P2\n  impact: mill slow\n```\n",
        {"P1": Read(None, resolve=120, criteria=1), "P2": Read(criteria=1)},
    ),
    "no yaml, only set in": (
        "## Severity\n\n```\nCritical:\n  - mill stopped\n  - pond dry\n  Response: 10 minutes\n\nMinor:\n  - lamp dark\n  Response: 2 hours\n```\n",
        {"Critical": Read(None, 10, criteria=2), "Minor": Read(None, 120, criteria=1)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(BLOCKS))
def test_a_scale_in_a_code_block(form: str) -> None:
    """Levels with what is set further in below them; keys that say nothing about a level are left alone."""
    text, expected = BLOCKS[form]
    assert scale(text) == expected


def test_settings_that_hold_a_level_are_no_scale() -> None:
    """A YAML block outside of a severity chapter configures something."""
    assert scale("## Alert rules\n\n```yaml\nP1:\n  receiver: miller\nP2:\n  receiver: mail\n```\n") == {}


MATRIX = "| Impact \\ Urgency | High | Low |\n|---|---|---|\n| Whole mill | P1 | P2 |\n| One stone | P2 | P3 |\n"


def test_a_matrix_names_the_levels_where_nothing_else_does() -> None:
    """Impact by urgency gives priorities; a list of them elsewhere says what they mean."""
    assert scale(f"## Priority\n\n{MATRIX}") == {"P1": Read(), "P2": Read(), "P3": Read()}
    both = scale(f"## Priority\n\n{MATRIX}\n## Response times\n\n- P1: 15 minutes\n- P2: 1 hour\n- P3: 1 day\n")
    assert both == {"P1": Read(None, 15), "P2": Read(None, 60), "P3": Read(None, 1440)}


def test_a_table_of_words_with_some_levels_in_it_is_no_matrix() -> None:
    """Every cell but the sides has to be a level."""
    table = "| Alert | Day | Night |\n|---|---|---|\n| Pond dry | P1 | P1 |\n| Lamp dark | P2 | ignore |\n"
    assert scale(f"## Alerts\n\n{table}") == {}


def test_labels_on_lines_of_their_own_above_a_list() -> None:
    """The last label opens the list; the ones above it keep their values."""
    text = "## Severity\n\n### Critical\n**Impact**: mill stopped\n**Response time**: within 5 minutes\n**Examples**:\n- wheel stuck\n- pond dry\n\n### Minor\n**Impact**: lamp dark\n**Response time**: within 2 hours\n**Examples**:\n- bulb gone\n"
    assert scale(text) == {"Critical": Read(None, 5, criteria=3), "Minor": Read(None, 120, criteria=2)}


RESPONSES = {
    "cell": "## Severity\n\n| Level | Meaning | Response |\n|---|---|---|\n| P1 | stopped | Acknowledge in 5 min, fix in 2 hours |\n| P2 | slow | Acknowledge in 30 min, fix in 1 day |\n",
    "item": "## Severity\n\n### P1\n- stopped\n- Response: acknowledge within 5 minutes, resolve within 2 hours\n\n### P2\n- slow\n- Response: acknowledge within 30 minutes, resolve within 1 day\n",
}


@pytest.mark.parametrize("form", sorted(RESPONSES))
def test_a_response_that_names_its_clocks(form: str) -> None:
    """What is acknowledged and what is fixed are clocks of their own, wherever they stand."""
    read = scale(RESPONSES[form])
    assert [(one.respond, one.acknowledge, one.resolve) for one in read.values()] == [(None, 5, 120), (None, 30, 1440)]


def test_a_response_without_other_clocks_stays_one() -> None:
    """A duty behind the time is no clock."""
    read = scale(
        "## Severity\n\n| Level | Meaning | Response |\n|---|---|---|\n| P1 | stopped | 15 min, until resolved |\n| P2 | slow | 1 h |\n"
    )
    assert [(one.respond, one.resolve) for one in read.values()] == [(15, None), (60, None)]


def test_a_timeframe_beside_whom_to_escalate_to_is_no_promise() -> None:
    """It says when that one is called."""
    text = "## Severity\n\n- P1: stopped\n- P2: slow\n\n## Escalation\n\n| Severity | Escalate to | Timeframe |\n|---|---|---|\n| P1 | Head miller | 15 minutes |\n| P2 | Miller on duty | 1 hour |\n"
    playbook = compile_runbook(text)
    assert [one.response_target for one in playbook.severities] == [None, None]
    assert [(one.targets, one.after and one.after.seconds) for one in playbook.escalation_levels] == [
        (("Head miller",), 900)
    ]
    assert playbook.escalation_by_severity["P2"][0].after is not None


def test_a_response_time_beside_whom_to_escalate_to_stays_one() -> None:
    """Its title says that somebody answers."""
    text = "## Severity\n\n| Severity | Response time | Escalate to |\n|---|---|---|\n| P1 | 15 minutes | Head miller |\n| P2 | 1 hour | Miller |\n"
    assert [one.respond for one in scale(text).values()] == [15, 60]
