"""Tables that say what to do in either case of a check, and scales that a line among others only names."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


@pytest.mark.parametrize(
    ("titles", "cases"),
    [
        ("Symptom | First check | If yes | If no", ("If yes", "If no")),
        ("Problem | Check | If it is full | Otherwise", ("If it is full", "Otherwise")),
        ("Síntoma | Comprobación | Si está llena | Si no", ("Si está llena", "Si no")),
        ("Problem | Prüfung | Wenn voll | Andernfalls", ("Wenn voll", "Andernfalls")),
    ],
)
def test_a_column_for_one_case_holds_what_is_done_in_it(titles: str, cases: tuple[str, str]) -> None:
    """Its cells are no symptoms, and their commands are run in that case only."""
    rows = (
        "| Silo overflows | `df -h /silo` | Empty it: `rm -rf /silo/old` | Restart it: `systemctl restart mill` |",
        "| Belt stands | `systemctl status belt` | `systemctl restart belt` | Call the head miller |",
    )
    ruler = "|---|---|---|---|"
    read = compile_runbook("\n".join(["# Mill", "", "## Troubleshooting", "", f"| {titles} |", ruler, *rows]))
    first = read.procedures[0]
    assert [one.text for one in first.symptoms] == ["Silo overflows"]
    conditions = {one.command.text: one.condition for one in first.steps if one.command}
    assert conditions["df -h /silo"] is None
    assert conditions["rm -rf /silo/old"] == cases[0]
    assert conditions["systemctl restart mill"] == cases[1]


@pytest.mark.parametrize("above", ["", "**Effective:** 2026-06-03  \n", "Owner: Ana  \n**Valid:** 2026  \n"])
@pytest.mark.parametrize(
    "row", ["Critical 🔴 | Warning 🟡 | Info 🟢", "🔴 Critical, 🟡 Warning, 🟢 Info", "Critical / Warning / Info"]
)
def test_a_scale_that_one_line_of_several_names(above: str, row: str) -> None:
    """Pictures around the names are none of them, and lines above it are of something else."""
    read = compile_runbook(f"# Mill\n\n{above}**Severity Levels:** {row}\n\n## Alerts\n\n- Oven cold\n")
    assert [one.name for one in read.severities] == ["Critical", "Warning", "Info"]


@pytest.mark.parametrize("title", ["When seen", "When", "Wann"])
def test_a_column_that_asks_when_is_no_case(title: str) -> None:
    """It tells how the fault shows, and nothing in it is done."""
    table = f"| Problem | {title} | Fix |\n|---|---|---|\n| Belt stands | after lunch | `systemctl restart belt` |\n"
    (belt,) = compile_runbook(f"# Mill\n\n## Common incidents\n\n{table}").procedures
    assert [step.command.text for step in belt.steps if step.command] == ["systemctl restart belt"]
    assert [one.text for one in belt.symptoms] == ["after lunch"]
