"""Sections C, D, G, H, L to O of the capabilities: phases, messages, post-mortem, duties and links."""

from __future__ import annotations

from datetime import date

import pytest

from tocsin.runbook.instructions import Phase, ProcedureKind, StepKind
from tocsin.runbook.playbook import Playbook


def phase(playbook: Playbook, title: str) -> Phase:
    """The phase of that title."""
    return next(one for one in playbook.phases if one.title == title)


@pytest.mark.parametrize(
    ("seed", "keys"),
    [
        (0, ["detection", "response", "investigation", "resolution", "communication", "post_incident"]),
        (1, ["detection", "escalation", "investigation", "mitigation", "resolution", "post_incident"]),
        (2, ["detection", "response", "investigation", "mitigation", "post_incident"]),
        (3, ["detection", "triage", "response", "resolution", "post_incident"]),
        (4, ["detection", "triage", "triage", "investigation", "communication", "post_incident"]),
    ],
)
def test_phases_in_their_order(seeds: list[Playbook], seed: int, keys: list[str]) -> None:
    """C, D: the response process, whatever its headings are called and however deep they stand."""
    assert [one.key for one in seeds[seed].phases] == keys


def test_detection_sources_are_kept(seeds: list[Playbook]) -> None:
    """C1 to C10: every source that the document lists, also inside a fenced checklist."""
    said = [
        " ".join([*(step.title for step in one.steps), *(d for step in one.steps for d in step.details)])
        for one in (
            phase(seeds[0], "Detection and Alerting"),
            phase(seeds[2], "Detection & Alert"),
            phase(seeds[3], "Detection"),
            phase(seeds[4], "Incident Detection"),
        )
    ]
    assert "CloudWatch, DataDog, Sentry" in said[0]
    assert "Automated tests" in said[1]
    assert "Team notifications" in said[2]
    assert "Customer reports via support channels" in said[3]


def test_fenced_checklists_become_steps(cookcam: Playbook) -> None:
    """Z13: a bare fence with check marks holds steps, not code."""
    first = phase(cookcam, "Detection & Alert").steps[0]
    assert first.title == "Incident detected via"
    assert "Manual discovery" in first.details
    assert tuple(first.lines) == (38, 42)


def test_comments_without_a_command_are_steps_to_do_by_hand(cookcam: Playbook) -> None:
    """Z11, Q: "Step 1: Acknowledge the incident" with what stands below it."""
    steps = phase(cookcam, "Initial Response").steps
    assert (steps[0].title, steps[0].kind, steps[0].details) == (
        "Acknowledge the incident",
        StepKind.MANUAL,
        ("Update status page", "Create incident channel (#incident-YYYYMMDD-HHmm)"),
    )
    assert steps[2].details == ("Navigate to: https://sentry.io/organizations/cookcam",)


def test_the_questionnaire_is_kept_question_by_question(mgmt: Playbook) -> None:
    """D9: five questions, none of them taken for a condition."""
    questions = phase(mgmt, "Initial Assessment").steps
    assert [step.title for step in questions][:2] == ["What is the symptom?", "When did it start?"]
    assert len(questions) == 5
    assert all(step.condition is None for step in questions)


def test_options_are_alternatives(cookcam: Playbook) -> None:
    """J20: Options A to D, with a comment's own alternative inside C."""
    steps = phase(cookcam, "Mitigation").steps
    assert list(dict.fromkeys(step.alternative for step in steps)) == [
        "Option A: Rollback",
        "Option B: Hot Fix",
        "Option C: Scale Up",
        "Or restart with more instances",
        "Option D: Database Recovery",
    ]
    recovery = [step for step in steps if step.alternative == "Option D: Database Recovery"]
    assert {step.condition for step in recovery} == {"If database is corrupted/slow"}
    assert [step.title for step in recovery] == ["Enable read-only mode", "Restore from backup", "Re-enable writes"]


def test_commands_nested_in_numbered_lists_have_their_group(dinner: Playbook) -> None:
    """Z14: three fences inside list items, two commands each."""
    steps = [step for step in phase(dinner, "Resolution").steps if step.command]
    assert [(step.group, step.title) for step in steps] == [
        ("Rollback if needed", "Rollback to previous version"),
        ("Rollback if needed", "Rollback database migration"),
        ("Scale resources", "Scale up application"),
        ("Scale resources", "Scale up database"),
        ("Restart services", "Restart application"),
        ("Restart services", "Restart database"),
    ]
    assert [step.lines.first for step in steps] == [108, 111, 117, 120, 126, 129]


def test_recovery_lists(dinner: Playbook, mgmt: Playbook) -> None:
    """L2 to L5, L7: recovery and validation are procedures of their own kinds."""
    assert [one.title for one in dinner.procedures if one.kind is ProcedureKind.RECOVERY] == [
        "Application Recovery",
        "Database Recovery",
        "Infrastructure Recovery",
    ]
    assert [one.key for one in mgmt.procedures if one.kind is ProcedureKind.ROLLBACK] == [
        "application-rollback",
        "database-rollback",
    ]
    validation = mgmt.procedure("recovery-validation")
    assert validation is not None
    assert (validation.kind, len(validation.steps)) == (ProcedureKind.VALIDATION, 5)


def test_rollbacks_are_verified(mgmt: Playbook, cookcam: Playbook) -> None:
    """L5: "# Verify rollback success" and "# Verify health" belong to verification."""
    rollback = mgmt.procedure("application-rollback")
    assert rollback is not None
    assert [step.lines.first for step in rollback.steps if step.section == "verification"] == [149]
    assert [step.lines.first for step in phase(cookcam, "Mitigation").steps if step.section == "verification"] == [100]


def test_alternatives_of_a_rollback(mgmt: Playbook) -> None:
    """J4: "# For Kubernetes deployments", "# For Docker Compose": one of them is wanted."""
    steps = mgmt.procedure("application-rollback").steps  # type: ignore[union-attr]
    assert [step.alternative for step in steps] == [
        "For Kubernetes deployments",
        "For Docker Compose",
        "For Docker Compose",
        "For Docker Compose",
        None,
    ]


def test_templates_in_their_order(seeds: list[Playbook]) -> None:
    """H11 to H15: three messages in S3, two mails in S4, none elsewhere."""
    found = [[(one.key, one.audience, one.subject) for one in seed.templates] for seed in seeds]
    assert found[:3] == [[], [], []]
    assert found[3] == [("initial", "internal", None), ("update", "internal", None), ("resolved", "internal", None)]
    assert found[4] == [
        ("customer_initial", "customers", "Service Disruption Notice"),
        ("customer_resolved", "customers", "Service Restored - Incident INC-[number]"),
    ]


def test_template_blanks(dashboarduz: Playbook, mgmt: Playbook) -> None:
    """H16, D12: blanks by name; "[Investigating/Mitigating/Resolved]" lists its values, "[Services/Users]" does not."""
    update = {field.name: field.allowed for field in dashboarduz.templates[1].fields}
    assert update["Investigating/Mitigating/Resolved"] == ("Investigating", "Mitigating", "Resolved")
    initial = {field.name: field.allowed for field in dashboarduz.templates[0].fields}
    assert initial["Services/Users"] == ()
    assert [field.name for field in mgmt.templates[0].fields] == ["describe impact", "timeframe", "number"]


def test_template_signs_are_repaired_and_the_repair_is_shown(dashboarduz: Playbook) -> None:
    """Z6: the doubly encoded signs; every repair has a finding at its line."""
    assert [template.body[0] for template in dashboarduz.templates] == ["🚨", "📊", "✅"]
    assert [one.line for one in dashboarduz.findings if one.code == "TOC103"] == [251, 263, 273]


def test_template_bodies_are_whole(mgmt: Playbook) -> None:
    """H14, H17: the body begins after the subject and ends with the signature."""
    body = mgmt.templates[0].body
    assert body.startswith("Dear valued customer,")
    assert body.endswith("Best regards,\nMgmtVibe Operations Team")


def test_status_page_address_without_a_scheme(mgmt: Playbook, dinner: Playbook) -> None:
    """H3, Z20: "status.mgmt-vibe.com"; S0 only has a placeholder, and hears of it."""
    assert mgmt.status_page == "status.mgmt-vibe.com"
    assert dinner.status_page is None
    assert "TOC503" in {one.code for one in dinner.findings}


def test_communication_duties(seeds: list[Playbook]) -> None:
    """H1, H2, H4 to H10, G4 to G8: who is told, when, on which condition."""
    dinner, cuisine, cookcam, dashboarduz, mgmt = ({rule.text: rule for rule in seed.communication} for seed in seeds)
    assert dinner["Post on social media"].audience == "customers"
    assert dinner["Update support tickets"].audience == "customers"
    assert cuisine["Internal teams: Engineering, Product, Support"].moment == "initial"
    assert cookcam["Customer notification (if user-facing)"].condition == "if user-facing"
    assert cookcam['Update status page: "Issue resolved"'].moment == "resolution"
    assert dashboarduz["Notify team of resolution"].moment == "resolution"
    condition = mgmt["Update status page if customer impact is confirmed"].condition
    assert condition == "if customer impact is confirmed"


def test_postmortem_template_is_kept_word_for_word(mgmt: Playbook, runbook_text: str) -> None:
    """M7: the team's own Markdown, its headings never a part of the outline."""
    policy = mgmt.postmortem
    assert policy is not None
    assert policy.template is not None
    assert policy.template in runbook_text
    assert policy.sections == (
        "Incident Summary",
        "Timeline",
        "Root Cause",
        "Contributing Factors",
        "Resolution Steps",
        "Corrective Actions",
        "Prevention Measures",
        "Lessons Learned",
    )
    assert not {"Timeline", "Corrective Actions"} & {one.title for one in (*mgmt.procedures, *mgmt.phases)}


@pytest.fixture(scope="module")
def runbook_text(runbooks_dir) -> str:  # type: ignore[no-untyped-def]
    """The words of S4."""
    return (runbooks_dir / "mgmt-vibe.md").read_text("utf-8")


def test_postmortem_sections_without_a_template(cookcam: Playbook, dinner: Playbook, dashboarduz: Playbook) -> None:
    """M8: S2's six parts and S0's three groups; a list of tasks (S3) is no outline."""
    assert cookcam.postmortem is not None
    assert len(cookcam.postmortem.sections) == 6
    assert dinner.postmortem is not None
    assert dinner.postmortem.sections == ("Incident timeline", "Root cause analysis", "Lessons learned")
    assert dashboarduz.postmortem is not None
    assert dashboarduz.postmortem.sections == ()


def test_duties_and_their_rhythm(mgmt: Playbook, dashboarduz: Playbook, dinner: Playbook) -> None:
    """N1 to N7, N9: the rhythm that the text gives, or none."""
    assert [(duty.title, duty.every) for duty in mgmt.duties] == [
        ("Conduct incident response drills quarterly", "quarterly"),
        ("Test rollback procedures monthly", "monthly"),
        ("Validate monitoring alerts weekly", "weekly"),
        ("Review and update runbooks annually", "annually"),
    ]
    rhythm = {duty.title: duty.every for duty in (*dashboarduz.duties, *dinner.duties)}
    assert rhythm["Monthly disaster recovery drills"] == "monthly"
    assert rhythm["Quarterly security audits"] == "quarterly"
    assert rhythm["Capacity planning"] is None


def test_links(dinner: Playbook, cuisine: Playbook) -> None:
    """O1 to O5: relative links as written; tools without an address are gaps."""
    assert [(link.title, link.url) for link in cuisine.links] == [
        ("System Architecture", "../architecture.md"),
        ("Database Schema", "../database.md"),
        ("Monitoring Setup", "../monitoring.md"),
        ("Deployment Process", "../deployment.md"),
    ]
    unfilled = {link.title for link in dinner.links if link.unfilled}
    assert {"Grafana", "Sentry", "CloudWatch", "Architecture"} <= unfilled
    assert "Terraform" not in unfilled


def test_review_dates(cookcam: Playbook, mgmt: Playbook, dinner: Playbook) -> None:
    """N7, Z19: dates, placeholders, and nothing at all."""
    assert (cookcam.review.last, cookcam.review.next) == (date(2025, 10, 7), date(2025, 11, 7))
    assert (mgmt.review.unfilled, mgmt.review.last, mgmt.review.reviewed_by) == (True, None, None)
    assert (dinner.review.last, dinner.review.unfilled) == (None, False)


def test_an_overdue_review_is_a_finding_on_the_day_it_is_asked(cookcam: Playbook) -> None:
    """N7: compared with the day that is given, never with the clock."""
    assert [one.line for one in cookcam.findings if one.code == "TOC601"] == [422]


def test_the_thing_that_broke_has_a_name(seeds: list[Playbook]) -> None:
    """The service, from the overview; S4 only signs with a name and is left without one."""
    assert [seed.service for seed in seeds] == ["What's for Dinner", "Cuisine Code", "CookCam", "Dashboarduz", None]


def test_nothing_is_dropped(seeds: list[Playbook]) -> None:
    """Coverage: every block of the five was understood or kept as reference."""
    for seed in seeds:
        assert seed.stats.blocks > 20
        assert seed.stats.understood == seed.stats.blocks
