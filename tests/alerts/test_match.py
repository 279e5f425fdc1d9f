"""Which procedure an alert opens."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.alerts.cases import MATCHING, UNRELATED
from tests.alerts.playbooks import ALL, COOKCAM, DASHBOARD, DINNER, playbook, procedure
from tocsin.alerts.alert import Alert, AlertStatus
from tocsin.alerts.meaning.match import SymptomIndex, match_procedure
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.stated import Lines

INDEXES = {name: SymptomIndex.of(one) for name, one in ALL.items()}


def alert(title: str, summary: str = "", **labels: str) -> Alert:
    return Alert("f", AlertStatus.FIRING, title, "alertmanager", datetime.now(UTC), summary=summary, labels=labels)


@pytest.mark.parametrize(("team", "title", "said"), MATCHING)
def test_an_alert_in_other_words_opens_the_right_procedure(team: str, title: str, said: str) -> None:
    """For every common incident of five teams (K1 to K9)."""
    match = INDEXES[team].match(said)
    assert match is not None
    assert match.title == title
    assert match.words
    assert 0 < match.score <= 1


@pytest.mark.parametrize("said", UNRELATED)
def test_an_alert_about_something_else_opens_nothing(said: str) -> None:
    """A wrong procedure costs more at night than none."""
    assert {team: match for team, index in INDEXES.items() if (match := index.match(said))} == {}


def test_a_match_cites_the_line_and_the_words() -> None:
    """The symptom as the runbook has it, its line, and the alert's own words."""
    match = match_procedure("Container was OOMKilled", COOKCAM)
    assert match is not None
    assert match.text == "Increasing memory usage, eventual OOM crashes"
    assert match.lines == Lines(251, 251)
    assert match.words == ("oom killed",)
    assert match.reason == ("'oom killed' fits 'Increasing memory usage, eventual OOM crashes' of 'Memory Leak'")


def test_a_quoted_phrase_has_to_stand_there() -> None:
    """What the runbook quotes is an error message: as a whole it decides, its words alone do not."""
    quoted = match_procedure("FATAL: too many connections", COOKCAM)
    assert quoted is not None
    assert (quoted.procedure, quoted.score) == ("database-connection-issues", 1.0)
    assert match_procedure("connection to the mail relay refused", COOKCAM) is None


def test_a_code_belongs_to_its_class() -> None:
    """504 is one of the 5xx; 5000 and 50 are none."""
    only = playbook(procedures=(procedure("Gateway", "5xx errors from the load balancer"),))
    assert match_procedure("HTTP 504 at the ALB", only) is not None
    assert match_procedure("5000 requests, 50 open, at the queue", only) is None


def test_what_an_alert_is_called_may_stand_in_its_labels() -> None:
    """A title in CamelCase and the job it runs for are words too."""
    match = INDEXES["dinner"].match(alert("HighCPU", "above 90 % for ten minutes", alertname="HighCPU", job="postgres"))
    assert match is not None
    assert match.title == "Database Issues"


def test_an_alert_that_has_the_name_of_a_procedure_opens_it() -> None:
    """Service runbooks have one section for each alert."""
    named = playbook(procedures=(procedure("API_P99_TOO_HIGH", kind=ProcedureKind.ALERT), procedure("High Latency")))
    match = match_procedure(alert("whatever", alertname="ApiP99TooHigh"), named)
    assert match is not None
    assert (match.procedure, match.score) == ("api-p99-too-high", 1.0)
    first = match_procedure(alert("x", alertname="high_latency"), named)
    assert first is not None
    assert first.title == "High Latency"


def test_the_next_best_is_named() -> None:
    """A person can see what else it could be."""
    match = match_procedure("db queries are slow since the migration", DASHBOARD)
    assert match is not None
    assert (match.title, match.runner_up) == ("Database Issues", "performance-degradation")
    assert match.runner_up_score < match.score


@pytest.mark.parametrize("titles", [("Checkout fails", "Payment fails"), ("Payment fails", "Checkout fails")])
@pytest.mark.parametrize("said", ["Payment fails in two regions", "Checkout fails in two regions"])
def test_of_two_that_fit_equally_well_the_one_whose_words_were_said_is_opened(
    titles: tuple[str, str], said: str
) -> None:
    """K3: to the lexicon they speak of the same; the runbook has both, so the word counts, whichever comes first."""
    match = match_procedure(said, playbook(procedures=tuple(procedure(title) for title in titles)))
    assert match is not None
    assert said.startswith(match.title)
    assert match.runner_up is not None


def test_only_incidents_and_alerts_are_opened_by_alerts() -> None:
    """Recovery and rollback are opened by people."""
    assert match_procedure("application recovery", DINNER) is None


@pytest.mark.parametrize(
    "said", ["", "   ", "🔥🔥🔥", "\x00\ud800", "%" * 5000, "a" * 100_000, "no no no not", "502/" * 9000]
)
def test_odd_texts_are_harmless(said: str) -> None:
    """Empty, endless or unprintable: an answer or none, in no time."""
    for index in INDEXES.values():
        index.match(said)


def test_an_empty_playbook_matches_nothing() -> None:
    """No procedures, no match."""
    assert match_procedure("database down", playbook()) is None
    assert match_procedure("database down", playbook(procedures=(procedure("???", "!!!"),))) is None


@settings(deadline=None)
@given(st.text(max_size=300))
def test_matching_is_a_function_of_the_words(said: str) -> None:
    """The same text has the same answer, in any case of its letters' surroundings."""
    index = INDEXES["cookcam"]
    assert index.match(said) == index.match(f"  {said}  ")
