"""Levels of severity and their clocks where a document says them in sentences, and what stands beside them."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Severity
from tocsin.runbook.stated import Duration, DurationKind


def severities(text: str) -> dict[str, Severity]:
    """The severities of a document by their names."""
    return {one.name: one for one in compile_runbook(f"# Mill incidents\n\n{text}\n").severities}


def seconds(span: Duration | None) -> float | None:
    """The length of a target; None where there is none."""
    return span.seconds if span is not None else None


@pytest.mark.parametrize(
    "said",
    [
        "1. Classify the incident as P1/P2/P3 by who is hungry.",
        "Störung als P1/P2/P3 einordnen.",
        "Clasificar el incidente como P1/P2/P3.",
        "Classer l'incident en P1/P2/P3.",
        "Classificar o incidente como P1/P2/P3.",
        "Classificare l'incidente come P1/P2/P3.",
        "Определить уровень: инцидент P1/P2/P3.",
        "障害を P1/P2/P3 に分類する。",
        "장애를 P1/P2/P3 로 분류한다.",
        "将事件判定为 P1/P2/P3。",
    ],
)
def test_the_levels_that_an_incident_is_classified_as_are_a_scale(said: str) -> None:
    """A document with no other scale names its levels once, with a stroke between."""
    assert list(severities(f"## Triage\n\n{said}\n")) == ["P1", "P2", "P3"]
    assert severities("## Triage\n\nSacks P1/P2/P3 stand by the wheel.\n") == {}


def test_sentences_of_a_promise_state_a_clock_each() -> None:
    """What begins when it is over is neither clock, and a list of what is not to be done no criterion."""
    text = (
        "## Severity\n\n### Level 2: Moderate\n\n- A stone is cracked\n\n"
        "**Response time:** Acknowledge within 1 hour. Resolve within 4-8 hours.\n\n"
        "**Do NOT:**\n\n- Grind on\n- Be silent for more than 2 hours\n\n"
        "### Level 3: Critical\n\n- The mill stands\n\n**Response time:** Immediate.\n\n"
        "**Protocol:**\n\n1. Stop the wheel\n2. Send the memo within 24 hours of resolution\n"
    )
    found = severities(text)
    assert seconds(found["Level 2"].acknowledge_target) == 3600
    assert seconds(found["Level 2"].resolution_target) == 8 * 3600
    assert found["Level 2"].criteria == ("A stone is cracked",)
    assert found["Level 3"].resolution_target is None


def test_a_cell_that_goes_on_behind_now_is_at_once() -> None:
    """Its first sentence says when somebody begins, the others what is to be done."""
    table = (
        "| Level | Meaning | Response |\n|---|---|---|\n"
        "| SEV1 | The mill burns | Start now, any hour. Contain it first: sand, water; then wake the village. |\n"
        "| SEV2 | A stone is cracked | Within 2 hours |\n"
    )
    assert seconds(severities(f"## Severity levels\n\n{table}")["SEV1"].response_target) == 0


def test_a_time_behind_best_effort_is_the_time() -> None:
    """What is promised without a length counts only where no sentence of the cell gives one."""
    table = (
        "| Level | Meaning | Response |\n|---|---|---|\n"
        "| SEV1 | The mill burns | 5 minutes |\n"
        "| SEV2 | A stone is cracked | Best effort. Reply within 1 day, fix within 5 days |\n"
        "| SEV3 | A sack is torn | Best effort, fix within 20 days |\n"
    )
    found = severities(f"## Severity levels\n\n{table}")
    assert seconds(found["SEV2"].response_target) == 86_400
    assert seconds(found["SEV2"].resolution_target) == 5 * 86_400
    assert found["SEV3"].response_target is not None
    assert found["SEV3"].response_target.kind is DurationKind.BEST_EFFORT


def test_outside_help_with_numbers_is_listed_to_be_called() -> None:
    """ "External resources" below the contacts are vendors where each line has a number, and links elsewhere."""
    text = (
        "## Contact information\n\n### Mill\n\n- **Miller**: Ada - +1-555-0199\n\n### External resources\n\n"
        "- **Stone mason**: Quarry Inc. - +1-555-0150\n- **Fire line**: +1-555-0151\n"
    )
    contacts = compile_runbook(f"# Mill\n\n{text}").contacts
    assert [(one.name, one.kind.value) for one in contacts] == [
        ("Miller", "role"),
        ("Stone mason", "vendor"),
        ("Fire line", "vendor"),
    ]
    links = "## External resources\n\n- **Stone mason**: the quarry's page\n- **Weather**: the paper\n"
    assert compile_runbook(f"# Mill\n\n{links}").contacts == ()


@pytest.mark.parametrize(
    "said",
    [
        "We grade bugs P1/P2/P3 in the tracker, incidents are never graded.",
        "Never grade an incident P1/P2/P3.",
        "We don't classify incidents as P1/P2/P3.",
        "Assign issues P1/P2/P3 in the tracker.",
        "Unlike incidents, tickets are classified P1/P2/P3.",
        "Störungen nicht als P1/P2/P3 einstufen.",
        "Aufgaben als P1/P2/P3 einstufen.",
        "No clasificar el incidente como P1/P2/P3.",
        "Clasificar las tareas como P1/P2/P3.",
        "Ne pas classer l'incident en P1/P2/P3.",
        "Classer les tâches en P1/P2/P3.",
        "Não classificar o incidente como P1/P2/P3.",
        "Classificar as tarefas como P1/P2/P3.",
        "Non classificare l'incidente come P1/P2/P3.",
        "Classificare i compiti come P1/P2/P3.",
        "Не классифицировать инцидент как P1/P2/P3.",
        "Задачи классифицировать как P1/P2/P3.",
        "障害を P1/P2/P3 に分類しない。",
        "バグを P1/P2/P3 に分類する。",
        "장애를 P1/P2/P3 로 분류하지 않는다.",
        "버그를 P1/P2/P3 로 분류한다.",
        "事件不划分 P1/P2/P3。",
        "将缺陷判定为 P1/P2/P3。",
    ],
)
def test_what_is_denied_or_grades_the_work_of_a_tracker_is_no_scale(said: str) -> None:
    """A document that grades its bugs, or says that it grades no incident, has no levels of severity."""
    assert severities(f"## Triage\n\n{said}\n") == {}


@pytest.mark.parametrize(
    "said",
    [
        "Open a ticket, then classify the incident as P1/P2/P3.",
        "Classify the incident as P1/P2/P3 in the tracker.",
        "Classify as P1/P2/P3. Do not wait for tickets.",
        "Open a ticket and classify it as P1/P2/P3.",
        "Not sure? Classify as P1/P2/P3 with the miller.",
    ],
)
def test_another_clause_takes_no_scale_away(said: str) -> None:
    """A ticket beside the incident, or a "not" of another sentence, says nothing of the levels."""
    assert list(severities(f"## Triage\n\n{said}\n")) == ["P1", "P2", "P3"]
