"""Levels with a time each, and an item, a cell or a rhythm that says more of several of them at once."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("P1", "P2", "P1/P2"),
        ("`critical`", "`warning`", "`critical`/`warning`"),
        ("**Critical**", "**High**", "**Critical / High**"),
        ("Critical", "Low", "Critical & Low"),
        ("SEV-1", "SEV-2", "SEV-1 and SEV-2"),
    ],
)
def test_an_item_of_several_levels_adds_to_each(one: str, other: str, both: str) -> None:
    """It named each a second time, and the document had no levels at all."""
    text = (
        f"# Mill\n\n## Response targets\n\n- {one}: acknowledge in 5 minutes.\n- {other}: acknowledge in 15 minutes.\n"
    )
    levels = compile_runbook(f"{text}- {both}: resolve in 2 hours.\n".encode()).severities
    said = [
        (level.acknowledge_target and level.acknowledge_target.seconds, level.resolution_target) for level in levels
    ]
    assert [seconds for seconds, _resolution in said] == [300, 900]
    assert all(resolution is not None and resolution.seconds == 7200 for _seconds, resolution in said)


def test_a_level_named_twice_alone_is_no_scale() -> None:
    """Tasks, each with its priority, are none."""
    text = "# Mill\n\n## Response targets\n\n- P1: turn the wheel in 5 minutes\n- P2: sweep\n- P1: grease in 1 hour\n"
    assert compile_runbook(text.encode()).severities == ()


@pytest.mark.parametrize(
    ("head", "cell"),
    [
        ("Response time", "15 minutes (P0), 1 hour (P1)"),
        ("Response", "P0: 15 min, P1: 60 min"),
        ("Response SLA", "P0 15 min / P1 1 h"),
        ("Antwortzeit", "15 Minuten (P0), 1 Stunde (P1)"),
        ("Tiempo de respuesta", "P0: 15 min, P1: 1 h"),
    ],
)
def test_a_cell_with_a_time_for_each_level_is_their_target(head: str, cell: str) -> None:
    """A table of hours: its cells name the levels, and no row is one."""
    hours = f"| Hours | {head} |\n|---|---|\n| 9 to 17 | {cell} |\n"
    levels = "| Severity | Criteria |\n|---|---|\n| P0 | wheel stands |\n| P1 | slow |\n"
    text = f"# Mill\n\n## On-call\n\n### Coverage\n\n{hours}\n## Severity levels\n\n{levels}"
    one, other = compile_runbook(text.encode()).severities
    assert one.response_target is not None
    assert other.response_target is not None
    assert (one.response_target.seconds, other.response_target.seconds) == (900, 3600)


@pytest.mark.parametrize(
    ("said", "every"),
    [
        ("Semi-annual", "semiannually"),
        ("Semiannual", "semiannually"),
        ("Bi-annually", "semiannually"),
        ("Twice yearly", "semiannually"),
        ("Bi-weekly", "biweekly"),
        ("Every other week", "biweekly"),
        ("Annual", "annually"),
        ("zweimal jährlich", "semiannually"),
    ],
)
def test_twice_a_year_is_not_once(said: str, every: str) -> None:
    """ "Semi-annual" was "annual", and "bi-weekly" was "weekly"."""
    text = f"# Mill\n\n## Testing schedule\n\n| Test | Frequency |\n|---|---|\n| Drill of the wheel | {said} |\n"
    (duty,) = compile_runbook(text.encode()).duties
    assert duty.every == every
