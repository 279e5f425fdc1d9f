"""Sections I, J and K of the capabilities: the incidents of the five real runbooks with symptoms and steps."""

from __future__ import annotations

import pytest

from tocsin.runbook.instructions import Procedure, ProcedureKind
from tocsin.runbook.playbook import Playbook

SYMPTOMS = [
    {
        "Application Outage": [
            "5xx errors from load balancer",
            "Application pods not responding",
            "Health checks failing",
        ],
        "Database Issues": ["Database connection errors", "Slow query performance", "High CPU usage on database"],
        "Performance Issues": ["High response times", "Slow page loads", "Timeout errors"],
        "Security Incidents": ["Unusual traffic patterns", "Failed login attempts", "Suspicious API calls"],
    },
    {
        "Database Connection Issues": ["ConnectionError in API logs", "High latency in database-related operations"],
        "High API Latency": ["Slow response times reported by users", "Increase in response time metrics"],
        "Website Unavailable": ["502/503 errors when accessing website", "NGINX error logs showing issues"],
    },
    {
        "API Not Responding": ["Health check failing", "502/503 errors"],
        "Database Connection Issues": ['"Too many connections"', "timeout errors"],
        "Stripe Webhook Failures": ["Payment processing delays", "webhook errors in Sentry"],
        "Memory Leak": ["Increasing memory usage", "eventual OOM crashes"],
        "Rate Limit Triggered": ["429 errors", "legitimate users blocked"],
    },
    {
        "Service Down": ["Health checks failing", "5xx errors", "No response from API"],
        "Database Issues": ["Connection timeouts", "Slow queries", "High connection count"],
        "High Error Rate": ["Increased error rate in Sentry", "4xx/5xx errors", "User complaints"],
        "Queue Backlog": ["High number of waiting jobs", "Slow job processing", "Failed jobs accumulating"],
        "Performance Degradation": ["High response times", "Slow page loads", "Timeout errors"],
    },
    {"Database Connection Issues": [], "High Error Rates": [], "Performance Degradation": [], "Complete Outage": []},
]


def procedure(playbook: Playbook, key: str) -> Procedure:
    """The procedure of that key, which must be there."""
    found = playbook.procedure(key)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(5))
def test_incidents_with_their_symptoms(seeds: list[Playbook], seed: int) -> None:
    """K1 to K9, Z15 to Z17: titles without numbers, symptoms as bullets or as one line, word for word."""
    incidents = [one for one in seeds[seed].procedures if one.kind is ProcedureKind.INCIDENT]
    assert {one.title: [symptom.text for symptom in one.symptoms] for one in incidents} == SYMPTOMS[seed]


def test_a_procedure_has_its_lines(cookcam: Playbook, dashboarduz: Playbook) -> None:
    """From the heading to the last block, without the rule before the next heading."""
    assert tuple(procedure(cookcam, "api-not-responding").lines) == (143, 170)
    assert tuple(procedure(dashboarduz, "queue-backlog").lines) == (190, 214)
    assert [tuple(s.lines) for s in procedure(cookcam, "memory-leak").symptoms] == [(251, 251), (251, 251)]


def test_sections_of_a_procedure(cookcam: Playbook) -> None:
    """K10: the worked example: investigation, then resolution, with the fallback marked."""
    steps = procedure(cookcam, "api-not-responding").steps
    assert [(step.section, step.title, step.condition) for step in steps] == [
        ("investigation", "Check if process is running", None),
        ("investigation", "Check port binding", None),
        ("investigation", "Check memory/CPU", None),
        ("resolution", "Restart service", None),
        ("resolution", "force restart", "If that fails"),
        ("resolution", "force restart", "If that fails"),
        ("resolution", "Check logs for root cause", None),
    ]


def test_mixed_actions_are_sorted_by_their_verbs(dashboarduz: Playbook, mgmt: Playbook) -> None:
    """Z15: "Actions" (S3) and plain numbers (S4) hold looking and doing; the verb tells them apart."""
    for steps in (procedure(dashboarduz, "queue-backlog").steps, procedure(mgmt, "high-error-rates").steps):
        doing = [step.title for step in steps if step.section == "resolution"]
        assert doing
        assert all(step.section in ("investigation", "resolution") for step in steps)
    assert [s.section for s in procedure(mgmt, "high-error-rates").steps] == ["investigation"] * 2 + ["resolution"] * 3


def test_inline_commands_take_their_title_from_the_sentence(dinner: Playbook) -> None:
    """D24, Z12: "Check pod status: `kubectl get pods`"."""
    steps = procedure(dinner, "application-outage").steps
    assert [(step.title, step.command.text if step.command else None) for step in steps][:2] == [
        ("Check pod status", "kubectl get pods"),
        ("Check pod logs", "kubectl logs -f deployment/whats-for-dinner-app"),
    ]


def test_horizons_are_alternatives(cookcam: Playbook) -> None:
    """J20: short, medium and long term."""
    steps = procedure(cookcam, "memory-leak").steps
    assert [step.alternative for step in steps] == [
        None,
        None,
        None,
        "Short-term",
        "Medium-term",
        "Medium-term",
        "Long-term",
    ]


def test_command_collections(seeds: list[Playbook]) -> None:
    """K11: "Useful Commands" of S1 and S2 are libraries."""
    found = [
        [(one.title, len(one.commands)) for one in seed.procedures if one.kind is ProcedureKind.LIBRARY]
        for seed in seeds
    ]
    assert found == [[], [("Useful Commands", 6)], [("Useful Commands", 9)], [], []]


def test_numbers_of_commands(cookcam: Playbook, dinner: Playbook) -> None:
    """The count of a procedure's shell statements."""
    assert [len(one.commands) for one in cookcam.procedures if one.kind is ProcedureKind.INCIDENT] == [7, 4, 4, 5, 5]
    assert [len(one.commands) for one in dinner.procedures if one.kind is ProcedureKind.INCIDENT] == [7, 6, 2, 0]


def test_ids_of_steps_are_unique(seeds: list[Playbook]) -> None:
    """D13: four headings "Investigation" and the same command in several places."""
    for seed in seeds:
        ids = [step.id for group in (*seed.phases, *seed.procedures) for step in group.steps]
        assert len(ids) == len(set(ids))


def test_steps_that_only_tell_somebody(dinner: Playbook) -> None:
    """A notice is a message, not something to run."""
    step = procedure(dinner, "security-incidents").steps[-1]
    assert (step.title, step.kind) == ("Notify security team", "message")
