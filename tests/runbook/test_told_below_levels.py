"""Whom the words below a severity call at once, and what beside them says what the matter is."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Playbook

HEAD = "# Bakery\n\n## Severity levels\n\n### P1 - Critical\n\n{0}\n\n### P2 - High\n\nOne oven is cold.\n"


def _read(below: str) -> Playbook:
    return compile_runbook(HEAD.format(below))


def _who(levels: tuple[EscalationLevel, ...]) -> list[tuple[str, float | None]]:
    return [("+".join(one.targets), one.after.seconds if one.after else None) for one in levels]


@pytest.mark.parametrize(
    "below",
    [
        "**Response:** Page the owner and the head baker at once, whatever the hour. Begin within 15 minutes.",
        "- All ovens are cold\n- Response: page the owner and the head baker at once",
        "All ovens are cold. Call the owner and the head baker straight away, day or night.",
        "All ovens are cold.\n\nImmediately page the owner and the head baker.",
        "- Definition: all ovens are cold\n- Action: Wake the owner and the head baker right away",
        "- All ovens are cold\n- Notify: owner, head baker",
    ],
)
def test_whoever_a_severity_calls_is_paged_for_it_and_for_no_other(below: str) -> None:
    """An order to page somebody below a severity is its first level where nothing else says who is called."""
    read = _read(below)
    assert _who(read.escalation_levels) == [("owner+head baker", None)]
    assert [one.severities for one in read.escalation_levels] == [("P1",)]
    assert not read.escalation_by_severity
    assert not any("baker" in one for severity in read.severities for one in severity.criteria)


def test_the_time_beside_an_order_stays_the_response_and_the_order_stays_a_duty() -> None:
    """ "Page the owner. Begin within 15 minutes." says both."""
    critical = _read("**Response:** Page the owner at once. Begin within 15 minutes.").severities[0]
    assert critical.response_target is not None
    assert critical.response_target.seconds == 900
    assert critical.actions == ("Response: Page the owner at once",)


def test_whoever_comes_later_waits_for_an_answer() -> None:
    """The one for whom a window is said is not called at once with the first."""
    read = _read("All ovens are cold.\n\nCall the head baker; if nobody answers in 10 minutes, call the owner.")
    assert _who(read.escalation_levels) == [("head baker", None), ("owner", 600)]


@pytest.mark.parametrize(
    "below",
    [
        "- All ovens are cold\n- Notify the owner after the repair",
        "- All ovens are cold\n- Tell the customers",
        "Page at once, baker named within 5 minutes.",
        "- All ovens are cold\n- Do not page the owner",
        "Users can call the owner by phone.",
    ],
)
def test_what_calls_nobody_at_once_pages_nobody(below: str) -> None:
    """Later news, customers, what is forbidden and what is merely told are no call."""
    assert not _read(below).escalation_levels


@pytest.mark.parametrize(
    "sign", ["Page load time > 3 s", "Page not loading", "Alert delivery is down", "Alert rate > 5%"]
)
def test_a_word_for_calling_that_is_a_thing_is_no_duty(sign: str) -> None:
    """ "Page load time > 3 s" is what is wrong; "Page everyone" is to be done."""
    critical = _read(f"- {sign}\n- Page everyone").severities[0]
    assert (critical.criteria, critical.actions) == ((sign,), ("Page everyone",))


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        (
            (
                "- All ovens are cold\n"
                "- Response: 15 min. Page the head baker; if no answer in 10 minutes, page the owner\n"
                "- Escalation: escalate to the director after 2 hours"
            ),
            [("head baker", None), ("owner", 600), ("director", 7200)],
        ),
        (
            (
                "- Respond within 15 minutes and page the head baker\n"
                "- Escalate to the owner if not resolved within 1 hour"
            ),
            [("head baker", None), ("owner", 3600)],
        ),
    ],
)
def test_the_response_before_a_call_is_nobodys_wait(below: str, expected: list[tuple[str, float | None]]) -> None:
    """Who is to answer within 15 minutes is called at once, and when the next one comes is no promise to resolve."""
    read = _read(below)
    assert _who(read.escalation_levels) == expected
    critical = read.severities[0]
    assert critical.response_target is not None
    assert (critical.response_target.seconds, critical.resolution_target) == (900, None)


def test_a_field_of_whom_to_page_in_the_line_of_a_level_is_no_criterion() -> None:
    """ "P1: ovens cold. Response: 15 min. Page: head baker + owner." says four things."""
    levels = "- **P1**: ovens cold. Response: 15 min. Page: head baker + owner.\n- **P2**: late.\n"
    read = compile_runbook(f"# Bakery\n\n## Severity\n\n{levels}")
    assert read.severities[0].criteria == ("ovens cold",)
    assert _who(read.escalation_levels) == [("head baker+owner", None)]


@pytest.mark.parametrize("head", ["Remediation SLA", "Patch target", "Fix target", "Time to remediate"])
def test_when_the_fault_is_mended_is_the_resolution_whatever_it_is_called(head: str) -> None:
    """ "Remediation SLA: 24 hours" was taken for the time to answer."""
    rows = "| P1 | cold | 1 hour | 24 hours |\n| P2 | late | 4 hours | 3 days |\n"
    text = f"# Bakery\n\n## Severity\n\n| Level | Example | Acknowledge | {head} |\n|---|---|---|---|\n{rows}"
    found = [(one.acknowledge_target, one.resolution_target) for one in compile_runbook(text).severities]
    assert [tuple(one and one.seconds for one in pair) for pair in found] == [(3600, 86400), (14400, 259200)]
