"""Severities and their times in other words and marks: JSON, arrows, business hours first, primes, rounds of work."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.durations import spans, target
from tocsin.runbook.playbook import Severity
from tocsin.runbook.stated import Duration, DurationKind, WorkingUnit


def levels(said: str) -> tuple[Severity, ...]:
    """The severities that a chapter says."""
    return compile_runbook(f"# Mill\n\n## Severity levels\n\n{said}\n").severities


def minutes(stated: Duration | None) -> float | None:
    """How long a target is."""
    return stated.seconds / 60 if stated is not None and stated.seconds is not None else None


@pytest.mark.parametrize(
    "body",
    [
        (
            '{"levels": [{"name": "SEV1", "description": "mill stands", "response_time": "15 minutes"},\n'
            '{"name": "SEV2", "description": "one stone stands", "response_time": "1 hour"}]}'
        ),
        (
            '{\n  "SEV1": {"description": "mill stands", "response": "15m"},\n'
            '  "SEV2": {"description": "one stone stands", "response": "1h"}\n}'
        ),
        (
            '[\n  {\n    "description": "mill stands",\n    "level": "SEV1",\n    "response_time": "15 min"\n  },\n'
            '  {\n    "description": "one stone stands",\n    "level": "SEV2",\n    "response_time": "60 min"\n  }\n]'
        ),
    ],
)
def test_a_block_of_json_is_a_scale(body: str) -> None:
    """The levels of a list or of keys, wherever among its keys an object has its name."""
    found = levels(f"```json\n{body}\n```")
    assert [(one.name, one.criteria, minutes(one.response_target)) for one in found] == [
        ("SEV1", ("mill stands",), 15),
        ("SEV2", ("one stone stands",), 60),
    ]


def test_a_list_of_json_is_the_criteria_of_its_level() -> None:
    """Each text of a list is one of them."""
    body = '{"P1": {"criteria": ["mill stands", "flour, burnt"]}, "P2": {"criteria": ["slow"]}}'
    assert levels(f"```json\n{body}\n```")[0].criteria == ("mill stands", "flour, burnt")


def test_what_an_alert_sends_is_no_scale() -> None:
    """JSON that only has a severity names no levels."""
    assert levels('```json\n{"alert": {"status": "firing", "labels": {"severity": "critical"}}}\n```') == ()


@pytest.mark.parametrize(
    "said",
    [
        "- P1 → mill stands → respond in 15 min → resolve in 4 h\n- P2 → slow → respond in 1 h → resolve in 8 h",
        "- P1 > mill stands > response 15 min > resolution 4 h\n- P2 > slow > response 1 h > resolution 8 h",
        "P1 -> mill stands -> reply within 15 min -> fixed in 4 h\n\nP2 -> slow -> reply within 1 h -> fixed in 8 h",
    ],
)
def test_arrows_between_what_a_level_is_and_its_times_are_clauses(said: str) -> None:
    """What is the matter stays a criterion, and each time keeps its clock."""
    found = levels(said)
    told = [(one.criteria, minutes(one.response_target), minutes(one.resolution_target)) for one in found]
    assert told == [(("mill stands",), 15, 240), (("slow",), 60, 480)]


def test_a_time_alone_behind_what_a_level_is_is_its_response() -> None:
    """ "P1 → total outage → 15 min" has one time, and nothing else it could be."""
    found = levels("- **P1** → mill stands → 15 min\n- **P2** → slow → 1 h")
    assert [(one.criteria, minutes(one.response_target)) for one in found] == [(("mill stands",), 15), (("slow",), 60)]


def test_arrows_from_one_person_to_the_next_are_no_criteria() -> None:
    """A chain of a severity tells nothing of what it is."""
    assert all(not one.criteria for one in levels("- P1 → Lead → Director (30 min)\n- P2 → On-call → Lead (1 h)"))


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("during business hours: 4 hours", 4),
        ("werktags 4 Stunden", 4),
        ("innerhalb der Geschäftszeiten: 1 Stunde", 1),
        ("en horario laboral: 4 horas", 4),
        ("heures ouvrées : 4 h", 4),
        ("in orario lavorativo: 4 ore", 4),
        ("em horário comercial: 4 horas", 4),
        ("в рабочее время: 4 часа", 4),
        ("工作时间内1小时", 1),
        ("営業時間内に4時間", 4),
    ],
)
def test_business_hours_before_a_time_are_those_in_which_it_runs(said: str, hours: int) -> None:
    """The words may stand on either side; a clock that ran at night was missed before anybody was there."""
    found = target(said)
    assert found is not None
    assert (found.seconds, found.kind, found.unit) == (hours * 3600, DurationKind.BUSINESS, WorkingUnit.HOUR)


@pytest.mark.parametrize(
    "said",
    ["outside business hours: 1 hour", "außerhalb der Geschäftszeiten: 1 Stunde", "fuera del horario laboral: 1 hora"],
)
def test_outside_of_these_hours_a_time_runs_as_it_does(said: str) -> None:
    """Just not in business hours is no business hour."""
    found = target(said)
    assert found is not None
    assert (found.seconds, found.kind) == (3600, DurationKind.ELAPSED)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("15'", 900),
        ("< 30′", 1800),
        ("a couple of hours", 7200),
        ("within a couple of minutes", 120),
        ("un par de horas", 7200),
        ("um par de horas", 7200),
        ("un paio di ore", 7200),
        ("15m/1h", 900),
    ],
)
def test_a_length_in_another_form_is_one(said: str, seconds: int) -> None:
    """A prime, a couple, and the first of two lengths with a stroke between."""
    found = target(said)
    assert found is not None
    assert found.seconds == seconds


@pytest.mark.parametrize("said", ["the '15' column", "5'10\"", "see item 15's line", "rate of 5 m/s"])
def test_a_quote_and_a_rate_are_no_lengths(said: str) -> None:
    """A number in quotes, feet and inches, a genitive, and so many a second."""
    assert [span.duration.text for span in spans(said)] == []


def test_two_lengths_with_a_stroke_between_are_two() -> None:
    """ "15m/1h" below "Response/Resolution" is a clock each."""
    assert [span.duration.seconds for span in spans("15m/1h")] == [900, 3600]
    table = (
        "| Level | What | Response/Resolution |\n|---|---|---|\n| P1 | mill stands | 15m/4h |\n| P2 | slow | 1h/8h |"
    )
    assert [(minutes(one.response_target), minutes(one.resolution_target)) for one in levels(table)] == [
        (15, 240),
        (60, 480),
    ]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("a few hours", DurationKind.BEST_EFFORT),
        ("ein paar Stunden", DurationKind.BEST_EFFORT),
        ("unas horas", DurationKind.BEST_EFFORT),
        ("quelques heures", DurationKind.BEST_EFFORT),
        ("alcune ore", DurationKind.BEST_EFFORT),
        ("несколько часов", DurationKind.BEST_EFFORT),
        ("数時間", DurationKind.BEST_EFFORT),
        ("几小时", DurationKind.BEST_EFFORT),
        ("1 sprint", DurationKind.BUSINESS),
        ("2 sprints", DurationKind.BUSINESS),
        ("2 iterations", DurationKind.BUSINESS),
    ],
)
def test_a_time_without_a_length_is_kept_and_runs_no_clock(said: str, kind: DurationKind) -> None:
    """What no clock can keep is a promise all the same."""
    found = target(said)
    assert found is not None
    assert (found.seconds, found.kind, found.text) == (None, kind, said)


@pytest.mark.parametrize(
    "said", ["a few users for hours", "several hours of logs are lost", "2 releases were rolled back"]
)
def test_a_few_among_other_words_is_no_target(said: str) -> None:
    """A value is such a time only where it says nothing else."""
    assert target(said) is None


@pytest.mark.parametrize(
    ("said", "left"),
    [("15 minutos, las 24 horas", [900]), ("15 minutos, as 24 horas", [900]), ("dentro de las 24 horas", [86_400])],
)
def test_all_hours_of_a_day_are_no_length(said: str, left: list[int]) -> None:
    """ "Las 24 horas" says that somebody is always there, unless it is a time within which something is done."""
    assert [span.duration.seconds for span in spans(said)] == left


def test_how_long_something_lasted_is_a_criterion() -> None:
    """ "Duration: > 30 min" is no promise to answer."""
    table = (
        "| Level | Users | Duration |\n|---|---|---|\n| P1 | all of them | > 30 min |\n| P2 | some of them | > 10 min |"
    )
    assert [one.response_target for one in levels(table)] == [None, None]


def test_a_cell_keeps_no_time_among_what_is_to_be_done() -> None:
    """When somebody is there, and the time itself, are no actions."""
    table = (
        "| Level | What | Response |\n|---|---|---|\n| P1 | down | 24h/24, 15 min |\n| P2 | slow | 1 h, page the lead |"
    )
    assert [one.actions for one in levels(table)] == [(), ("page the lead",)]


@pytest.mark.parametrize(
    "said",
    [
        "We answer: SEV-1 within 15 minutes, SEV-2 within 1 hour, SEV-3 next business day.",
        "We respond to SEV-1 in 15 minutes, to SEV-2 in 1 hour and to SEV-3 the next business day.",
    ],
)
def test_a_day_that_is_no_length_is_the_time_of_its_level(said: str) -> None:
    """One level without a number took the times of all with it."""
    found = levels(said)
    assert [minutes(one.response_target) for one in found] == [15, 60, None]
    assert found[2].response_target is not None
    assert found[2].response_target.unit is WorkingUnit.DAY


def test_the_sentences_before_a_promise_say_what_a_level_is() -> None:
    """A paragraph below a heading tells first what is the matter, and then how soon somebody answers."""
    found = levels(
        "### P1 - Critical\n\nThe mill stands. Nobody gets flour. We respond in 15 minutes and fix it in 4 hours.\n\n"
        "### P2 - High\n\nOne stone stands. We respond in an hour."
    )
    assert [one.criteria for one in found] == [("The mill stands.", "Nobody gets flour."), ("One stone stands.",)]
    assert [(minutes(one.response_target), minutes(one.resolution_target)) for one in found] == [(15, 240), (60, None)]


@pytest.mark.parametrize(
    "said",
    [
        "- 🔥 **SEV1** · mill stands · ack 5m · fix 2h\n- **SEV2** · slow · ack 30m · fix 8h",
        "### SEV1\n\nMill stands.\n\nTTA 5 min · TTR 2 h\n\n### SEV2\n\nSlow.\n\nTTA 30 min · TTR 8 h",
        (
            "SEV1 means the mill stands. Acknowledge in 5 minutes, fix in 2 hours.\n\n"
            "SEV2 means it is slow. Acknowledge in 30 minutes, fix in 8 hours."
        ),
    ],
)
def test_clocks_with_dots_between_them_and_a_level_in_words(said: str) -> None:
    """A dot parts the facts of a level as an arrow does, and a clock needs no colon before its time."""
    found = levels(said)
    assert [one.name for one in found] == ["SEV1", "SEV2"]
    assert [(minutes(one.acknowledge_target), minutes(one.resolution_target)) for one in found] == [(5, 120), (30, 480)]


def test_promises_behind_an_arrow_are_the_clocks_of_a_level() -> None:
    """ "P1: caisse HS → prise en charge sous 10 min, rétablissement sous 2 h"."""
    found = levels(
        "- P1 : caisse HS → prise en charge sous 10 min, rétablissement sous 2 h\n"
        "- P2 : caisse lente → prise en charge sous 1 h, rétablissement sous 8 h"
    )
    told = [(one.criteria, minutes(one.response_target), minutes(one.resolution_target)) for one in found]
    assert told == [(("caisse HS",), 10, 120), (("caisse lente",), 60, 480)]


def test_a_promise_without_a_length_is_the_time_of_its_level() -> None:
    """ "P3 whenever we can" takes no other level's time with it."""
    said = (
        "P1 is answered within 10 minutes, P2 within 4 hours, P3 whenever we can.\n\n- P1: dead\n- P2: slow\n- P3: typo"
    )
    found = levels(said)
    assert [minutes(one.response_target) for one in found] == [10, 240, None]
    assert found[2].response_target is not None
    assert found[2].response_target.kind is DurationKind.BEST_EFFORT
