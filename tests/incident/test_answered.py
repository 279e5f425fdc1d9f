"""Answers that stand in the runbook itself fill the plan, with their lines."""

from __future__ import annotations

from datetime import time, timedelta

from tests.incident.world import minutes
from tocsin.incident.choices import Choices
from tocsin.incident.plan import Assumption, ResponsePlan
from tocsin.incident.planning import plan_bytes, plan_from_bytes, plan_response
from tocsin.runbook.compile import compile_runbook

DOCUMENT = """# R

## Severity levels

- **P0 - Critical**: all (Response: immediate)
- **P1 - High**: some

## Escalation

1. Boatswain (if not acknowledged)
2. Captain

## Contacts

| Role | Phone | Availability |
|---|---|---|
| Boatswain | +1 555 0100 | Business hours |

## Answers for Tocsin

- `escalate_after`: 10 minutes
- `immediate_means`: 3 min
- `acknowledgement_lapses_after`: 20 min
- `page_again_after`: 2 min
- `confirm_within`: 90 s
- `no_page`: P1
- `first_responder`: The watch
- `business_hours`: Mon-Sat 06:00 to 14:00 Europe/Oslo
"""
FIRST = DOCUMENT.splitlines().index("- `escalate_after`: 10 minutes") + 1


def planned(choices: Choices | None = None) -> ResponsePlan:
    """The plan of the document."""
    return plan_response(compile_runbook(DOCUMENT), "r", choices)


def asked(plan: ResponsePlan, key: str) -> Assumption:
    """The question with that key."""
    return next(one for one in plan.assumptions if one.key == f"assume.{key}")


def test_the_plan_is_filled_from_the_runbook() -> None:
    """Every answer holds, and none is an assumption any more."""
    plan = planned()
    p0, p1 = plan.severities
    assert p0.response is not None
    assert (p0.response.within, p0.repeats_every) == (minutes(3), minutes(2))
    assert (plan.lapses_after, plan.confirm_within) == (minutes(20), timedelta(seconds=90))
    assert (p0.pages, p1.pages) == (True, False)
    assert plan.business_hours is not None
    assert (plan.business_hours.zone, plan.business_hours.hours[0].since) == ("Europe/Oslo", time(6))
    assert [(one.targets, one.after, one.assumed) for one in p0.levels] == [
        (("The watch",), minutes(0), False),
        (("Boatswain",), minutes(10), False),
        (("Captain",), minutes(20), False),
    ]
    assert all(one.accepted for one in plan.assumptions)
    assert plan_from_bytes(plan_bytes(plan)) == plan


def test_what_is_only_recorded_cites_the_line_that_says_so() -> None:
    """D11: whoever wonders at night why nobody was woken finds the line; the team's own setting has none."""
    quiet = asked(planned(), "no_page")
    assert quiet.cite is not None
    assert (quiet.answer, quiet.cite.first, quiet.cite.text) == ("P1", FIRST + 5, "no_page: P1")
    assert asked(planned(Choices(no_page=("P0",))), "no_page").cite is None


def test_pages_and_timers_cite_the_line_that_answers() -> None:
    """A span that the team decided is not presented as one that the document left open."""
    plan = planned()
    p0 = plan.severities[0]
    assert p0.response is not None
    assert p0.response.cite is not None
    assert (p0.response.cite.first, p0.response.cite.text) == (FIRST + 1, "immediate_means: 3 min")
    first, second = p0.levels[0].cite, p0.levels[1].cite
    assert first is not None
    assert second is not None
    assert (first.first, first.text) == (FIRST + 6, "first_responder: The watch")
    assert (second.first, second.text) == (10, f"Boatswain (escalate_after: 10 minutes, line {FIRST})")
    for key, line in (
        ("escalate_after.P0", 0),
        ("acknowledgement_lapses_after", 2),
        ("page_again_after.P0", 3),
        ("business_hours", 7),
    ):
        cite = asked(plan, key).cite
        assert cite is not None
        assert cite.first == FIRST + line


def test_the_settings_win_over_the_runbook() -> None:
    """What `tocsin.toml` says holds, and the runbook's line is not cited for it; the other answers stay."""
    plan = planned(Choices(escalate_after=minutes(7), first_responder="The mate"))
    levels = plan.severities[0].levels
    assert [(one.targets, one.after) for one in levels[:2]] == [
        (("The mate",), minutes(0)),
        (("Boatswain",), minutes(7)),
    ]
    assert levels[0].cite is None
    cite = asked(plan, "escalate_after.P0").cite
    assert cite is not None
    assert cite.first == 10
    assert plan.lapses_after == minutes(20)
