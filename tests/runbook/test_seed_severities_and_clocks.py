"""Sections A and B of the capabilities: what the five real runbooks say about severities and clocks."""

from __future__ import annotations

import pytest

from tocsin.runbook.durations import target
from tocsin.runbook.instructions import StepKind
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.stated import Duration, DurationKind


def seconds(duration: Duration | None) -> int | None:
    """The length of a duration, or None."""
    return None if duration is None else duration.seconds


def test_the_scale_keeps_the_teams_names_and_order(seeds: list[Playbook]) -> None:
    """A1: names and order are the document's; a number never decides the rank (SEV1 is the top, SEV-1 the second)."""
    names = [[one.name for one in seed.severities] for seed in seeds]
    p_scale = ["P0", "P1", "P2", "P3"]
    assert names == [p_scale, ["SEV1", "SEV2", "SEV3", "SEV4"], p_scale, p_scale, ["SEV-0", "SEV-1", "SEV-2", "SEV-3"]]
    for seed in seeds:
        assert [one.rank for one in seed.severities] == [0, 1, 2, 3]


def test_labels_are_the_words_beside_the_names(seeds: list[Playbook]) -> None:
    """A2: S0, S2, S3 and S4 label their levels; S1 does not."""
    labels = [[one.label for one in seed.severities] for seed in seeds]
    words = ["Critical", "High", "Medium", "Low"]
    assert labels == [words, [None] * 4, words, words, words]


def test_aliases_are_the_names_as_they_stand_in_lists_and_headings(cookcam: Playbook, mgmt: Playbook) -> None:
    """A2: "P1 - High" and "SEV-0 (Critical)" find their levels again."""
    assert "P1 - High" in cookcam.severities[1].aliases
    assert mgmt.severity("sev 0") is mgmt.severities[0]
    assert mgmt.severity("SEV-0 (Critical)") is mgmt.severities[0]


def test_criteria_are_listed_item_by_item(seeds: list[Playbook]) -> None:
    """A3: one criterion for each listed item or clause, word for word."""
    dinner, cuisine, cookcam, dashboarduz, mgmt = seeds
    assert dinner.severities[0].criteria == ("Complete service outage", "data loss", "security breach")
    assert cuisine.severities[0].criteria == ("Complete system outage or data loss",)
    assert cookcam.severities[0].criteria == (
        "Complete service outage",
        "Data breach or security compromise",
        "Payment system failure",
        "Database corruption",
    )
    assert dashboarduz.severities[2].criteria == (
        "Minor feature unavailable",
        "Performance issues (<50%)",
        "Non-critical errors",
    )
    assert mgmt.severities[1].criteria == ("Major functionality broken", "significant customer impact")


def test_quantified_criteria_keep_their_numbers(dashboarduz: Playbook, mgmt: Playbook) -> None:
    """A4: "(>50%)" is neither a placeholder nor a redirection."""
    assert "Performance degradation (>50%)" in dashboarduz.severities[1].criteria
    assert mgmt.severities[0].criteria == ("Complete system outage affecting all customers",)


def test_targets_are_no_criteria(dashboarduz: Playbook) -> None:
    """A3, B1: the bullets "Response Time" and "Resolution Target" are clocks."""
    for severity in dashboarduz.severities:
        assert not any("Response Time" in one or "Target" in one for one in severity.criteria)


def test_severities_keep_their_lines(cookcam: Playbook, dinner: Playbook) -> None:
    """Every value can say which lines it was read from."""
    assert [tuple(one.lines) for one in cookcam.severities] == [(10, 14), (16, 20), (22, 25), (27, 30)]
    assert [one.lines.first for one in dinner.severities] == [11, 12, 13, 14]


def test_matrix_actions_belong_to_the_severities(dinner: Playbook) -> None:
    """F1: the matrix's Actions column."""
    assert dinner.severities[0].actions == ("Immediate response", "all hands on deck")
    assert dinner.severities[3].actions == ("Low priority", "scheduled response")


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        (0, [900, 3600, 14_400, 86_400]),
        (1, [None, None, None, None]),
        (2, [0, 900, 3600, 14_400]),
        (3, [0, 900, 3600, 14_400]),
        (4, [0, 1800, 3600, 14_400]),
    ],
)
def test_response_targets(seeds: list[Playbook], seed: int, expected: list[int | None]) -> None:
    """B1, Z2: response times from a list, headings, sub-bullets and a shared line; S1 states none and gets none."""
    assert [seconds(one.response_target) for one in seeds[seed].severities] == expected


def test_acknowledgement_is_a_target_of_its_own(mgmt: Playbook, dinner: Playbook) -> None:
    """B2: S4 states it beside the response; S0 does not."""
    assert [seconds(one.acknowledge_target) for one in mgmt.severities] == [900, 7200, 14_400, 86_400]
    assert all(one.acknowledge_target is None for one in dinner.severities)


def test_resolution_targets(dashboarduz: Playbook, cookcam: Playbook) -> None:
    """B3: 1 hour, 4 hours, 24 hours, 1 week; the others state none."""
    assert [seconds(one.resolution_target) for one in dashboarduz.severities] == [3600, 14_400, 86_400, 604_800]
    assert all(one.resolution_target is None for one in cookcam.severities)


def test_immediate_is_a_duration_of_nothing(cookcam: Playbook, dashboarduz: Playbook, mgmt: Playbook) -> None:
    """B4: "Immediate" is 0 seconds, and says so."""
    for seed in (cookcam, dashboarduz, mgmt):
        duration = seed.severities[0].response_target
        assert duration is not None
        assert (duration.seconds, duration.kind) == (0, DurationKind.IMMEDIATE)


def test_a_target_says_its_words_and_its_line(cookcam: Playbook, dinner: Playbook) -> None:
    """B1: the text is the document's own, without the label before it."""
    assert cookcam.severities[1].response_target == Duration(900, "< 15 minutes", DurationKind.ELAPSED, (16, 16))  # type: ignore[arg-type]
    assert dinner.severities[3].response_target == Duration(86_400, "24 hours", DurationKind.ELAPSED, (21, 21))  # type: ignore[arg-type]


def test_phases_have_time_boxes(cookcam: Playbook, mgmt: Playbook) -> None:
    """B5: "(< 5 minutes)", "(P0/P1: < 15 minutes)", "(First 15 minutes)"."""
    boxes = {phase.title: (seconds(phase.target), phase.severities) for phase in cookcam.phases}
    assert boxes["Initial Response"] == (300, ())
    assert boxes["Investigation"] == (900, ("P0", "P1"))
    assert boxes["Mitigation"] == (None, ())
    assert {phase.title: seconds(phase.target) for phase in mgmt.phases}["Initial Assessment"] == 900


def test_update_cadence_is_the_one_that_is_stated(seeds: list[Playbook]) -> None:
    """B6: every 30 minutes in S4's complete outage; "regular updates" is no interval."""
    found = [[(one.what, one.every.seconds, one.context, one.lines.first) for one in seed.cadences] for seed in seeds]
    assert found == [[], [], [], [], [("status_update", 1800, "Complete Outage", 131)]]


@pytest.mark.parametrize(("seed", "due"), [(0, None), (1, None), (2, 172_800), (3, 172_800), (4, 172_800)])
def test_postmortem_deadline(seeds: list[Playbook], seed: int, due: int | None) -> None:
    """B7: 48 hours in a heading, an item and a sentence; S0 and S1 state none."""
    policy = seeds[seed].postmortem
    assert (seconds(policy.due) if policy else None) == due


def test_watching_after_the_fix_is_a_step_with_a_length(cookcam: Playbook) -> None:
    """B8: "Monitor for 1 hour …" waits, and "Should return to baseline …" is kept beside its check."""
    steps = cookcam.procedure("resolution-confirmation").steps  # type: ignore[union-attr]
    waiting = [step for step in steps if step.kind is StepKind.WAIT]
    assert [(step.title, step.wait.seconds) for step in waiting if step.wait] == [
        ("Monitor for 1 hour to ensure stability", 3600)
    ]
    assert any("Should return to baseline within 15 minutes" in step.details for step in steps)


def test_availability_of_a_contact(cuisine: Playbook) -> None:
    """B10: "(24/7)" and "(Business hours)"."""
    assert [one.availability for one in cuisine.contacts] == ["24/7", "24/7", "Business hours"]


def test_a_level_gates_a_phase(cuisine: Playbook) -> None:
    """A7: "Escalation (for SEV1/SEV2)" holds for two levels."""
    assert [phase.severities for phase in cuisine.phases if phase.title == "Escalation"] == [("SEV1", "SEV2")]


def test_a_rule_names_the_levels_it_holds_for(dinner: Playbook, mgmt: Playbook) -> None:
    """A7: "P0/P1 incidents: Notify on-call engineer"; "Send customer notifications for SEV-0/SEV-1 incidents"."""
    rules = {rule.text: rule.severities for rule in (*dinner.communication, *mgmt.communication)}
    assert rules["P0/P1 incidents: Notify on-call engineer"] == ("P0", "P1")
    assert rules["Send customer notifications for SEV-0/SEV-1 incidents"] == ("SEV-0", "SEV-1")


def test_business_time_is_not_elapsed_time() -> None:
    """B10: "next business day" has no length before a calendar gives it one."""
    duration = target("Standard response, next business day")
    assert duration is not None
    assert (duration.seconds, duration.kind) == (None, DurationKind.BUSINESS)
