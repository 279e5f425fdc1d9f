"""Sections E, F and G of the capabilities: people, escalation, channels of the five real runbooks."""

from __future__ import annotations

from tocsin.runbook.playbook import ContactKind, EscalationLevel, Playbook, Trigger


def chain(levels: tuple[EscalationLevel, ...]) -> list[tuple[int, str, int | None, str]]:
    """A chain as (level, who, seconds, trigger)."""
    return [
        (one.level, "+".join(one.targets), one.after.seconds if one.after else None, one.trigger.value)
        for one in levels
    ]


def test_the_matrix_gives_a_chain_for_each_severity(dinner: Playbook) -> None:
    """F1, F2: arrows are an order without windows; the chain of the highest severity is the playbook's."""
    assert chain(dinner.escalation_levels) == [
        (1, "On-call", None, "start"),
        (2, "Team Lead", None, "unstated"),
        (3, "Management", None, "unstated"),
    ]
    assert {name: len(levels) for name, levels in dinner.escalation_by_severity.items()} == {"P1": 2, "P2": 1, "P3": 1}
    assert {tuple(one.lines) for one in dinner.escalation_levels} == {(323, 323)}


def test_numbered_levels_with_a_window_between_them(cookcam: Playbook) -> None:
    """F3, F4: "Escalate if not resolved in 30 minutes (P0/P1)" is when level 2's turn comes, for these two."""
    assert chain(cookcam.escalation_levels) == [
        (1, "On-Call Engineer", None, "start"),
        (2, "Senior Engineer", 1800, "unresolved"),
        (3, "CTO/Engineering Manager", None, "severity"),
    ]
    second, third = cookcam.escalation_levels[1:]
    assert second.severities == ("P0", "P1")
    assert tuple(second.lines) == (357, 362)
    assert third.severities == ("P0",)


def test_responsibilities_stand_with_their_level(cookcam: Playbook) -> None:
    """E6, E12, F13: what a level decides is shown to whoever holds it."""
    assert cookcam.escalation_levels[0].responsibilities == ("Initial response", "Standard runbook procedures")
    assert "Architecture decisions" in cookcam.escalation_levels[1].responsibilities
    assert "External communication decisions" in cookcam.escalation_levels[2].responsibilities


def test_timed_path(dashboarduz: Playbook) -> None:
    """F5: "(If unresolved in 1 hour)", and a level for one severity without a time."""
    assert chain(dashboarduz.escalation_levels) == [
        (1, "On-Call Engineer", None, "start"),
        (2, "Team Lead", 3600, "unresolved"),
        (3, "Engineering Manager", 7200, "unresolved"),
        (4, "CTO", None, "severity"),
    ]
    assert dashboarduz.escalation_levels[3].severities == ("P0",)


def test_rules_that_name_no_level(dashboarduz: Playbook, mgmt: Playbook) -> None:
    """F4, F6 to F10: timed rules by severity, an unacknowledged one, a raised severity, and judgements."""
    first = [
        (rule.trigger, rule.severities, rule.after.seconds if rule.after else None)
        for rule in dashboarduz.escalation_rules
    ]
    assert first == [
        (Trigger.UNRESOLVED, ("P0",), 1800),
        (Trigger.UNRESOLVED, ("P1",), 7200),
        (Trigger.CONDITION, (), None),
        (Trigger.CONDITION, (), None),
        (Trigger.CONDITION, (), None),
    ]
    assert [rule.trigger for rule in mgmt.escalation_rules] == [
        Trigger.UNACKNOWLEDGED,
        Trigger.SEVERITY,
        Trigger.CONDITION,
        Trigger.CONDITION,
    ]


def test_contacts_by_purpose_have_no_order(mgmt: Playbook) -> None:
    """F12: each is called for a purpose, none of them first."""
    assert [(one.targets, one.trigger, one.condition) for one in mgmt.escalation_levels] == [
        (("Engineering Manager",), Trigger.CONDITION, "For technical escalations"),
        (("VP of Engineering",), Trigger.CONDITION, "For major incidents"),
        (("CEO",), Trigger.CONDITION, "For critical business impact"),
    ]
    assert "TOC307" in {one.code for one in mgmt.findings}


def test_a_bare_primary_and_secondary_are_an_order_without_windows(cuisine: Playbook) -> None:
    """E1, Z2: S1 names no escalation time, so none is made up."""
    assert chain(cuisine.escalation_levels) == [
        (1, "Primary On-Call Engineer", None, "start"),
        (2, "Secondary On-Call Engineer", None, "unstated"),
    ]
    assert "TOC305" in {one.code for one in cuisine.findings}


def test_roles_and_their_responsibilities(cuisine: Playbook) -> None:
    """E1, E3 to E5, E12: the response team of S1."""
    roles = {role.name: (role.responsibilities, role.severities) for role in cuisine.roles}
    assert list(roles) == [
        "Primary On-Call Engineer",
        "Secondary On-Call Engineer",
        "Incident Commander",
        "Communications Lead",
        "Subject Matter Experts",
    ]
    assert roles["Incident Commander"] == (("Coordinates response for SEV1/SEV2",), ("SEV1", "SEV2"))


def test_contacts_with_numbers(cuisine: Playbook, cookcam: Playbook) -> None:
    """E8, E10: phone numbers and addresses, without what stands in brackets behind them."""
    assert [(one.name, one.channels[0].value) for one in cuisine.contacts] == [
        ("Primary On-Call", "+1-555-0123"),
        ("Secondary On-Call", "+1-555-0124"),
        ("Engineering Manager", "+1-555-0125"),
    ]
    reach = {one.name: [(c.type, c.value) for c in one.channels] for one in cookcam.contacts}
    assert reach["Supabase Support"] == [("email", "support@supabase.com")]
    assert reach["Stripe Support"] == [("phone", "1-888-926-2289")]


def test_unfilled_contacts_are_reported_not_guessed(seeds: list[Playbook]) -> None:
    """E9: placeholders are gaps; each has its finding at its line."""
    unfilled = [[one.name for one in seed.contacts if one.unfilled] for seed in seeds]
    assert unfilled == [
        ["Primary", "Secondary", "Escalation", "AWS Support", "Supabase Support", "Vercel Support"],
        [],
        ["On-Call Engineer", "Engineering Manager", "CTO", "DevOps Lead", "Digital Ocean Support"],
        [],
        ["Engineering Manager", "VP of Engineering", "CEO"],
    ]
    for seed in seeds:
        found = {one.line for one in seed.findings if one.code == "TOC301"}
        assert found == {one.lines.first for one in seed.contacts if one.unfilled}


def test_vendors_and_rotations_are_told_apart(dinner: Playbook, cookcam: Playbook) -> None:
    """E2, E10: "See PagerDuty schedule" is a rotation; support desks are vendors."""
    kinds = {one.name: one.kind for one in (*dinner.contacts, *cookcam.contacts)}
    assert kinds["AWS Support"] is ContactKind.VENDOR
    assert kinds["Digital Ocean Support"] is ContactKind.VENDOR
    assert kinds["On-Call Rotation"] is ContactKind.ROTATION
    assert kinds["CTO"] is ContactKind.ROLE
    rotation = next(one for one in cookcam.contacts if one.name == "On-Call Rotation")
    assert (rotation.unfilled, rotation.channels[0].type) == (False, "pagerduty")


def test_channels_are_no_contacts(dinner: Playbook) -> None:
    """G3: Slack rooms, PagerDuty and the status page are channels."""
    assert [channel.name for channel in dinner.channels if channel.type == "slack"] == [
        "#incidents",
        "#alerts",
        "#devops",
    ]
    assert not {"Slack", "PagerDuty", "Status Page"} & {one.name for one in dinner.contacts}
    assert [channel.type for channel in dinner.channels if channel.unfilled] == ["pagerduty", "status_page"]


def test_channel_patterns(cuisine: Playbook, cookcam: Playbook, dinner: Playbook) -> None:
    """G1, G2, P4: the naming pattern of the incident's channel, also where only a comment of a shell block has it."""
    assert cuisine.channel_pattern == "#incident-{date}-{description}"
    assert cookcam.channel_pattern == "#incident-YYYYMMDD-HHmm"
    assert cookcam.channel_pattern_lines == (51, 51)
    assert dinner.channel_pattern is None


def test_standing_rooms_of_the_others(dashboarduz: Playbook, mgmt: Playbook) -> None:
    """G3: "#incidents" in S3's and S4's communication sections."""
    for seed in (dashboarduz, mgmt):
        assert "#incidents" in {channel.name for channel in seed.channels}


def test_circles_are_reported_with_their_path(seeds: list[Playbook]) -> None:
    """D18: none of the five goes in a circle."""
    assert not [one for seed in seeds for one in seed.findings if one.code == "TOC306"]
