"""Small playbooks made by hand: the severities and the common incidents of five teams, as their runbooks name them."""

from __future__ import annotations

from tocsin.runbook.instructions import Procedure, ProcedureKind, Symptom
from tocsin.runbook.playbook import Playbook, Severity, Source
from tocsin.runbook.stated import Lines


def procedure(title: str, *symptoms: str, kind: ProcedureKind = ProcedureKind.INCIDENT, line: int = 100) -> Procedure:
    """A procedure whose symptoms stand on the lines behind its title."""
    key = "-".join("".join(ch if ch.isalnum() else " " for ch in title.casefold()).split())
    listed = tuple(Symptom(text, Lines(line + 2 + n, line + 2 + n)) for n, text in enumerate(symptoms))
    return Procedure(key, title, kind, Lines(line, line + 30), listed)


def severity(rank: int, name: str, label: str | None, *criteria: str) -> Severity:
    """A severity that stands on a line of its own."""
    aliases = (f"{name} - {label}",) if label else ()
    return Severity(name, rank, Lines(10 + rank, 10 + rank), label, aliases, criteria)


def playbook(severities: tuple[Severity, ...] = (), procedures: tuple[Procedure, ...] = ()) -> Playbook:
    """A playbook of these."""
    return Playbook("sha256:0", "Runbook", Source("RUNBOOK.md", "0", 400), severities=severities, procedures=procedures)


DINNER = playbook(
    (
        severity(0, "P0", "Critical", "Complete service outage", "data loss", "security breach"),
        severity(1, "P1", "High", "Major feature unavailable", "significant performance degradation"),
        severity(2, "P2", "Medium", "Minor feature issues", "moderate performance impact"),
        severity(3, "P3", "Low", "Cosmetic issues", "minor performance impact"),
    ),
    (
        procedure(
            "Application Outage",
            "5xx errors from load balancer",
            "Application pods not responding",
            "Health checks failing",
        ),
        procedure(
            "Database Issues", "Database connection errors", "Slow query performance", "High CPU usage on database"
        ),
        procedure("Performance Issues", "High response times", "Slow page loads", "Timeout errors"),
        procedure("Security Incidents", "Unusual traffic patterns", "Failed login attempts", "Suspicious API calls"),
        procedure("Application Recovery", kind=ProcedureKind.RECOVERY),
    ),
)

CUISINE = playbook(
    (
        severity(0, "SEV1", None, "Complete system outage or data loss"),
        severity(1, "SEV2", None, "Partial system outage or degraded performance affecting multiple users"),
        severity(2, "SEV3", None, "Minor issues affecting a small number of users"),
        severity(3, "SEV4", None, "Cosmetic issues with minimal impact"),
    ),
    (
        procedure(
            "Database Connection Issues",
            "`ConnectionError` in API logs",
            "High latency in database-related operations",
        ),
        procedure("High API Latency", "Slow response times reported by users", "Increase in response time metrics"),
        procedure("Website Unavailable", "502/503 errors when accessing website", "NGINX error logs showing issues"),
    ),
)

COOKCAM = playbook(
    (
        severity(
            0,
            "P0",
            "Critical",
            "Complete service outage",
            "Data breach or security compromise",
            "Payment system failure",
            "Database corruption",
        ),
        severity(
            1,
            "P1",
            "High",
            "Partial service outage",
            "Significant performance degradation",
            "Authentication system issues",
            "Payment processing errors",
        ),
        severity(
            2, "P2", "Medium", "Non-critical feature failure", "Moderate performance issues", "Isolated user issues"
        ),
        severity(3, "P3", "Low", "Minor bugs", "Cosmetic issues", "Enhancement requests"),
    ),
    (
        procedure("API Not Responding", "Health check failing, 502/503 errors", line=143),
        procedure("Database Connection Issues", '"Too many connections", timeout errors', line=174),
        procedure("Stripe Webhook Failures", "Payment processing delays, webhook errors in Sentry", line=206),
        procedure("Memory Leak", "Increasing memory usage, eventual OOM crashes", line=249),
        procedure("Rate Limit Triggered", "429 errors, legitimate users blocked", line=281),
    ),
)

DASHBOARD = playbook(
    (
        severity(0, "P0", "Critical", "Complete service outage", "Data loss or corruption", "Security breach"),
        severity(1, "P1", "High", "Major feature unavailable", "Performance degradation (>50%)", "Partial data loss"),
        severity(2, "P2", "Medium", "Minor feature unavailable", "Performance issues (<50%)", "Non-critical errors"),
        severity(3, "P3", "Low", "Cosmetic issues", "Minor bugs", "Enhancement requests"),
    ),
    (
        procedure("Service Down", "Health checks failing", "5xx errors", "No response from API"),
        procedure("Database Issues", "Connection timeouts", "Slow queries", "High connection count"),
        procedure("High Error Rate", "Increased error rate in Sentry", "4xx/5xx errors", "User complaints"),
        procedure("Queue Backlog", "High number of waiting jobs", "Slow job processing", "Failed jobs accumulating"),
        procedure("Performance Degradation", "High response times", "Slow page loads", "Timeout errors"),
    ),
)

MANAGEMENT = playbook(
    (
        severity(0, "SEV-0", "Critical", "Complete system outage affecting all customers"),
        severity(1, "SEV-1", "High", "Major functionality broken", "significant customer impact"),
        severity(2, "SEV-2", "Medium", "Partial functionality affected", "limited customer impact"),
        severity(3, "SEV-3", "Low", "Minor issues", "no significant customer impact"),
    ),
    (
        procedure("Database Connection Issues"),
        procedure("High Error Rates"),
        procedure("Performance Degradation"),
        procedure("Complete Outage"),
    ),
)

ALL = {"dinner": DINNER, "cuisine": CUISINE, "cookcam": COOKCAM, "dashboard": DASHBOARD, "management": MANAGEMENT}
