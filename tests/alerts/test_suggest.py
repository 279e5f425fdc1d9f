"""Which severity the runbook's own criteria give."""

from __future__ import annotations

import pytest

from tests.alerts.playbooks import ALL, COOKCAM, DASHBOARD, DINNER, MANAGEMENT, playbook
from tests.alerts.playbooks import severity as level
from tocsin.alerts.meaning.suggest import CriteriaIndex, suggest_severity
from tocsin.runbook.stated import Lines


@pytest.mark.parametrize(
    ("team", "said", "severity"),
    [
        ("dinner", "The site is down", "P0"),
        ("dinner", "Data loss: the orders table was dropped", "P0"),
        ("dinner", "Attackers are in the admin panel", "P0"),
        ("dinner", "p95 latency above 4 s", "P1"),
        ("dinner", "The search feature is unavailable", "P1"),
        ("dinner", "Minor feature unavailable: export", "P2"),
        ("dinner", "Typo on the pricing page", "P3"),
        ("cuisine", "All services are down", "SEV1"),
        ("cuisine", "Rows are missing from the recipes table", "SEV1"),
        ("cuisine", "Partial outage of the search", "SEV2"),
        ("cuisine", "Degraded performance for many users", "SEV2"),
        ("cuisine", "A single user cannot upload a photo", "SEV3"),
        ("cuisine", "Wrong font on the start page", "SEV4"),
        ("cookcam", "Checkout fails with HTTP 500", "P0"),
        ("cookcam", "Database corruption detected", "P0"),
        ("cookcam", "Customer data leaked", "P0"),
        ("cookcam", "Users cannot log in", "P1"),
        ("cookcam", "Payment processing is delayed", "P1"),
        ("cookcam", "RedisDown: redis on cache-1 is down", "P1"),
        ("dashboard", "Response times 75% above normal", "P1"),
        ("dashboard", "Latency up by 20%", "P2"),
        ("dashboard", "Partial data loss in the archive", "P1"),
        ("dashboard", "Security breach suspected", "P0"),
        ("management", "Complete outage: nobody can work", "SEV-0"),
        ("management", "Partial outage for some users", "SEV-2"),
        ("management", "Minor layout glitch", "SEV-3"),
    ],
)
def test_the_runbooks_criteria_decide(team: str, said: str, severity: str) -> None:
    """What the text says meets a criterion of that severity (A3, A4, A5)."""
    found = suggest_severity(said, None, ALL[team])
    assert found is not None
    assert found.severity == severity
    assert found.criterion in next(one.criteria for one in ALL[team].severities if one.name == severity)
    assert found.words


@pytest.mark.parametrize("team", ALL)
@pytest.mark.parametrize(
    "said",
    [
        "",
        "CPU at 60% on web-1",
        "The certificate expires in 14 days",
        "Nightly backup finished",
        "Minor version released",
        "Watchdog",
        "A deployment was finished for all customers",
    ],
)
def test_nothing_is_suggested_where_nothing_fits(team: str, said: str) -> None:
    """A severity is never guessed."""
    assert suggest_severity(said, None, ALL[team]) is None


@pytest.mark.parametrize(
    ("hint", "severity"),
    [("critical", "P0"), ("CRITICAL", "P0"), ("p1", "P1"), ("P2 - Medium", "P2"), ("high", "P1"), ("Low", "P3")],
)
def test_a_severity_that_the_source_names_is_taken(hint: str, severity: str) -> None:
    """By name, alias or label, in any case (A1, A2)."""
    found = suggest_severity("something happened", hint, DINNER)
    assert found is not None
    assert found.severity == severity
    assert repr(hint) in found.reason


@pytest.mark.parametrize(("hint", "severity"), [("sev-1", "SEV-1"), ("SEV1", "SEV-1"), ("sev 0", "SEV-0")])
def test_hyphens_do_not_matter_and_numbers_do(hint: str, severity: str) -> None:
    """SEV-1 is the second of a scale that begins with zero."""
    found = suggest_severity("x", hint, MANAGEMENT)
    assert found is not None
    assert found.severity == severity


@pytest.mark.parametrize("hint", ["warning", "page", "P7", "", "!!!", "sev-0"])
def test_a_word_that_the_runbook_does_not_know_is_no_hint(hint: str) -> None:
    """Scales of other programs are not translated."""
    assert suggest_severity("something happened", hint, DINNER) is None


def test_the_worse_of_hint_and_criterion_counts() -> None:
    """Data loss is not made harmless by a label; a slow page does not overrule the team's own word."""
    lost = suggest_severity("Data loss in the orders table", "low", DINNER)
    assert lost is not None
    assert lost.severity == "P0"
    assert "'low', which is less severe" in lost.reason
    slow = suggest_severity("latency is up", "low", DINNER)
    assert slow is not None
    assert slow.severity == "P3"
    worse = suggest_severity("latency is up", "critical", DINNER)
    assert worse is not None
    assert worse.severity == "P0"


def test_of_equally_good_ones_the_most_severe_is_taken_and_said() -> None:
    """ "Complete" and "partial" outage both fit what says neither."""
    found = suggest_severity("The site is down", None, COOKCAM)
    assert found is not None
    assert found.severity == "P0"
    assert found.reason == (
        "'down' meets 'Complete service outage' of P0; P1 would fit as well, the most severe is taken"
    )


def test_what_is_said_against_a_criterion_excludes_it() -> None:
    """A partial outage is not a complete one, and one of a part is none of the whole."""
    for said in ("Partial outage", "The search feature is down", "InstanceDown: web-1"):
        found = suggest_severity(said, None, COOKCAM)
        assert found is not None
        assert found.criterion == "Partial service outage"


def test_a_suggestion_cites_the_severity_in_the_document() -> None:
    """The reason names the criterion and the words that met it."""
    found = CriteriaIndex.of(DASHBOARD).suggest("Throughput fell, performance degraded by 80%")
    assert found is not None
    assert found.lines == Lines(11, 11)
    assert found.rank == 1
    assert found.words == ("performance", "80%")


def test_a_runbook_without_criteria_suggests_nothing() -> None:
    """No criteria, no severity."""
    assert suggest_severity("everything is down", None, playbook()) is None


def test_a_share_at_the_limit_meets_neither_side() -> None:
    """ ">50%" and "<50%" both exclude fifty."""
    assert suggest_severity("performance degraded by 50%", None, DASHBOARD) is None


AMOUNTS = playbook(
    (
        level(0, "P0", "Critical", "More than 10,000 users affected", "Outage over 30 minutes"),
        level(1, "P1", "High", "Response time > 2 s", "> 5 minutes of errors", "more than 100 users cannot log in"),
        level(2, "P2", "Medium", "Response time > 500 ms", "Errors for multiple users", "disk below 10 GB"),
        level(3, "P3", "Low", "Error for a single user"),
    )
)


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ("p95 response time 3400 ms", "P1"),
        ("p95 response time 0.9 s for 2 h", "P2"),
        ("Errors for the last 12 min", "P1"),
        ("errors since 400 s", "P1"),
        ("12k users affected by the outage", "P0"),
        ("350 customers cannot log in", "P1"),
        ("thousands of users cannot log in", "P1"),
        ("Errors for 350 users", "P2"),
        ("12 customers have errors", "P2"),
        ("Error for 1 user", "P3"),
        ("Outage of 1h15m", "P0"),
        ("Disk of db-1 has 900 MB left", "P2"),
    ],
)
def test_amounts_are_compared_in_whatever_unit_they_are_stated(said: str, severity: str) -> None:
    """A criterion with a limit is met by the amount that the alert states, converted (A3 to A5)."""
    found = suggest_severity(said, None, AMOUNTS)
    assert found is not None
    assert found.severity == severity


@pytest.mark.parametrize("said", ["response time 120 ms", "Errors for 2 minutes on web-1", "Disk has 80 GB"])
def test_an_amount_on_the_other_side_of_every_limit_meets_none(said: str) -> None:
    """Severity is not guessed upward from what is slow, or failing, in itself."""
    assert suggest_severity(said, None, AMOUNTS) is None


def test_the_reason_holds_both_lines_and_the_conversion() -> None:
    """What the alert states, what the runbook asks for, and the one in the unit of the other."""
    found = suggest_severity("response time 3400 ms", None, AMOUNTS)
    assert found is not None
    assert found.reason == (
        "'response time', '3400 ms' meets 'Response time > 2 s' of P1; '3400 ms' is 3.4 s; "
        "P2 would fit as well, the most severe is taken"
    )


def test_what_an_alert_leaves_open_is_said_and_nothing_is_raised_by_it() -> None:
    """ "Above 1 s" is surely more than 500 ms; that it may be more than 2 s stands in the reason."""
    found = suggest_severity("response time above 1 s", None, AMOUNTS)
    assert found is not None
    assert found.severity == "P2"
    assert found.reason.endswith("; whether 'Response time > 2 s' of P1 is met is not said")


def test_without_an_amount_the_reason_says_that_it_is_missing() -> None:
    """Paging fails open, aloud; a severity that the source names holds against a limit of which nothing is said."""
    found = suggest_severity("The response time is up", None, AMOUNTS)
    assert found is not None
    assert found.severity == "P1"
    assert "how much it is (> 2 s) is not said; P2 would fit as well, the most severe is taken" in found.reason
    named = suggest_severity("The response time is up", "low", AMOUNTS)
    assert named is not None
    assert named.severity == "P3"
