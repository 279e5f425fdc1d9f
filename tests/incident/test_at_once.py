"""Whom a chain calls at once is called with the first one, wherever the chain lists them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tocsin.incident.choices import Choices
from tocsin.incident.planning import plan_response
from tocsin.runbook.compile import compile_runbook

SEVERITIES = "# Runbook\n\n## Severities\n\n- **P0**: the mill stands\n- **P1**: one line stands\n\n## Escalation\n\n"


def ladder(*items: str) -> list[tuple[str, float]]:
    """Who is paged at P0 after how many minutes, by a numbered list."""
    text = SEVERITIES + "".join(f"{n}. {one}\n" for n, one in enumerate(items, 1))
    plan = plan_response(compile_runbook(text), "mill", Choices())
    return [(level.targets[0], level.after / timedelta(minutes=1)) for level in plan.severity("P0").levels]


def test_at_once_for_a_severity_overtakes_the_wait_of_the_level_before() -> None:
    """ "Owner (P0, immediate)", the third of a list, waited half an hour for the second."""
    found = ladder("On-call", "Mill Lead (P1+, 30 min without progress)", "Owner (P0, immediate)")
    assert found == [("On-call", 0), ("Owner", 0), ("Mill Lead", 30)]


@pytest.mark.parametrize(
    ("second", "third"),
    [("Mill Lead (immediately)", "Owner (after 1 hour)"), ("Mühlenleitung (sofort)", "Inhaber (nach 1 Stunde)")],
)
def test_at_once_without_a_severity_is_at_once(second: str, third: str) -> None:
    """In brackets behind a name it is when that one is called, in any language."""
    assert [minutes for _, minutes in ladder("On-call", second, third)] == [0, 0, 60]


@pytest.mark.parametrize(
    "owner",
    [
        "Owner (immediately for break-ins)",
        "Owner (immediately if grain is lost)",
        "Owner (immediately upon their request)",
        "Owner (immediate response)",
    ],
)
def test_at_once_in_one_case_is_at_once_for_no_other(owner: str) -> None:
    """Nobody is called at the beginning of every incident for what concerns few."""
    found = ladder("On-call", "Mill Lead (after 15 minutes)", owner)
    assert [who for who, _ in found] == ["On-call", "Mill Lead", "Owner"]
    assert found[-1][1] > 15
