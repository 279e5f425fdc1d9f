"""What stands in the cells of a severity table beside one clear time, and rhythms that are none."""

from __future__ import annotations

import pytest

from tests.runbook.test_scale_forms import Read, scale
from tocsin.runbook.compile import compile_runbook

MENDED = [
    "1 h mitigated · 24 h fixed",
    "1 h 缓解 · 24 h 根治",
    "workaround 1 h, full fix 24 h",
    "1 h mitigación; 24 h total",
]


@pytest.mark.parametrize("cell", MENDED)
def test_the_whole_remedy_is_the_target(cell: str) -> None:
    """Of two times the one of a first remedy is not that of the end."""
    table = (
        f"## Severity\n\n| Level | What | Resolution |\n|---|---|---|\n| P0 | shut | {cell} |\n| P1 | slow | 2 h |\n"
    )
    assert scale(table) == {"P0": Read(resolve=1440, criteria=1), "P1": Read(resolve=120, criteria=1)}


@pytest.mark.parametrize(("head", "cell"), [("Communication", "Within 4 hours"), ("Communicatie", "Binnen 4 uur")])
def test_when_others_are_told_once(head: str, cell: str) -> None:
    """By when somebody is told is no rhythm of updates; a title that asks how often makes it one."""
    rows = f"|---|---|---|\n| P0 | shut | {cell} |\n| P1 | slow | {cell} |\n"
    assert compile_runbook(f"# Mill\n\n## Severity\n\n| Level | What | {head} |\n{rows}").cadences == ()
    often = compile_runbook(f"# Mill\n\n## Severity\n\n| Level | What | Update frequency |\n{rows}").cadences
    assert {one.every.seconds for one in often} == {14_400}


def test_a_statement_that_is_not_allowed_is_no_update() -> None:
    """The word of SQL beside another one of its kind tells nobody anything."""
    told = "The role may not UPDATE, DELETE or TRUNCATE. The only removal is the daily routine."
    assert compile_runbook(f"# Incident process\n\n## Where the records are\n\n{told}\n").cadences == ()
    asked = "## Communication\n\nPost an UPDATE to the channel every 30 minutes.\n"
    assert [one.every.seconds for one in compile_runbook(f"# Mill\n\n{asked}").cadences] == [1800]
