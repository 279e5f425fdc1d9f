"""Every measurement works, on toy sizes; what it gives is no figure to quote."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.figures import Figure, Goal, percentile, ratios, table
from benchmarks.load import program
from benchmarks.matching import FEW, alert, cost, procedure
from benchmarks.paging import our_request, their_request
from benchmarks.plan import toy
from benchmarks.run import MEASUREMENTS
from tocsin.alerts.meaning.match import SymptomIndex

NEEDS_WRK = {"intake"}
LOADS = {"intake", "paging", "storm", "deadlines"}
"""They take every core for seconds, and their pages and deadlines must come in time."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.serial) if name in LOADS else name for name in MEASUREMENTS]
)
def test_every_measurement_gives_figures_without_a_complaint(name: str, tmp_path: Path) -> None:
    """Each has samples, and nothing to say about alerts lost, pages that never came or deadlines kept early."""
    figures = list(MEASUREMENTS[name](toy(tmp_path)))
    if name in NEEDS_WRK and program() is None:
        pytest.skip("wrk is missing: only measurements need it")
    assert figures
    assert [(one.name, one.note) for one in figures if one.samples and one.note] == []
    assert [one.name for one in figures if not one.samples and "Alertmanager" not in one.name + one.note] == []
    assert all(sample > 0 for one in figures for sample in one.samples if "late" not in one.name)


def test_a_goal_holds_for_the_ratio_where_there_is_one() -> None:
    """Ratios of the same round are what a shared machine leaves of a figure; the median of them decides."""
    goal = Goal(0.35, 0.6, at_least=True)
    assert Figure("ours", "/s", (10.0, 50.0, 30.0), goal, ratios((10, 50, 30), (20, 100, 100))).met is True
    assert Figure("ours", "/s", (10.0, 50.0, 30.0), goal, ratios((10, 50, 30), (100, 100, 100))).met is False
    assert Figure("ours", "ms", (140.0, 151.0, 190.0), Goal(150.0)).met is False
    assert Figure("ours", "ms", (), Goal(150.0)).met is None


def test_percentiles_are_values_that_were_measured() -> None:
    """The smallest value that so many per cent do not exceed: no mean of two, nothing beyond the greatest."""
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile(range(1, 101), 99) == 99
    assert percentile([7.0], 99) == 7.0
    assert percentile([], 50) == 0.0


def test_a_measurement_that_could_not_be_taken_is_named_in_the_table() -> None:
    """What is missing stands where the figure would."""
    shown = table([Figure("alerts", "/s", (1234.0,)), Figure("pages", "ms", (), note="Alertmanager is missing")])
    assert "1,234 /s" in shown
    assert "pages" in shown
    assert "not measured: Alertmanager is missing" in shown


def test_both_sides_are_told_of_the_same_alert() -> None:
    """Labels, annotations and number are alike: only the envelope differs."""
    _, ours, _ = our_request(17)
    _, theirs, _ = their_request(17)
    for word in (b'"alertname": "bench-17"', b"Nobody can buy anything", b'"severity": "critical"'):
        assert word in ours
        assert word in theirs


def test_the_cost_of_a_wrong_procedure_is_no_figure() -> None:
    """Finding nothing, or another procedure, is quick: neither may pass for a fast match."""
    others = SymptomIndex(procedure(number) for number in range(FEW, 2 * FEW))
    assert cost(SymptomIndex([procedure(0)]), [alert(0)]) > 0
    with pytest.raises(RuntimeError, match="barbarbar-outage"):
        cost(others, [alert(0)])
    with pytest.raises(RuntimeError, match="opened nothing"):
        cost(SymptomIndex([]), [alert(0)])
