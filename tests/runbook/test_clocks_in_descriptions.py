"""Clocks among what a cell of a scale describes, and levels behind a picture in the lines of a paragraph."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Severity
from tocsin.runbook.stated import Duration


def _first(text: str) -> Severity:
    return compile_runbook(text).severities[0]


def _seconds(target: Duration | None) -> float | None:
    return target.seconds if target is not None else None


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("Details", "Mill stands<br>Response: 15 min<br>Resolution: 4 h"),
        ("Description", "Mill stands. Response: 15 min. Resolution: 4 h."),
        ("What it means", "Mill stands; respond within 15 min; resolve within 4 h"),
        ("Descripción", "Mill stands<br>Respuesta: 15 min<br>Resolución: 4 h"),
        ("Beschreibung", "Mill stands<br>Reaktion: 15 min<br>Lösung: 4 h"),
    ],
)
def test_a_cell_that_describes_a_level_may_state_its_clocks(title: str, cell: str) -> None:
    """Each is a target, and no part of what the level is."""
    level = _first(
        f"# Mill\n## Severities\n| Level | {title} |\n|---|---|\n| P1 | {cell} |\n| P2 | One stone stands |\n"
    )
    assert (level.criteria, _seconds(level.response_target)) == (("Mill stands",), 900)
    assert _seconds(level.resolution_target) == 4 * 3600


@pytest.mark.parametrize(
    "cell",
    [
        "Mill stands; orders wait for 15 min",
        "Mill stands; response times over 2 s for 15 min",
        "Mill stands. Bakers who reply to a letter wait for 2 hours",
    ],
)
def test_a_time_in_a_description_is_no_clock(cell: str) -> None:
    """Only what begins with the name of a clock or its verb is one."""
    level = _first(
        f"# Mill\n## Severities\n| Level | Meaning |\n|---|---|\n| P1 | {cell} |\n| P2 | One stone stands |\n"
    )
    assert (level.response_target, level.resolution_target) == (None, None)
    assert len(level.criteria) == 2


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_picture_before_a_level_in_bold_hides_none(between: str) -> None:
    """Lines that readers see as a list are one without a bullet as well."""
    lines = between.join(
        ["🔴 **Critical** — mill stands (respond < 15 min)", "🟠 **High** — one stone stands (respond < 1 h)"]
    )
    found = compile_runbook(f"# Mill\n## Severity\n{lines}\n").severities
    assert [(one.name, one.criteria, _seconds(one.response_target)) for one in found] == [
        ("Critical", ("mill stands",), 900),
        ("High", ("one stone stands",), 3600),
    ]
