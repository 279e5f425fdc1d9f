"""Weather, seasons, modes and whom to settle it with hold a command back; what a script does by itself does not."""

from __future__ import annotations

from functools import cache

import pytest

from tocsin.runbook.compile import compile_runbook

HELD = [
    *("In fog", "In heavy rain", "On a falling tide", "On a full hopper", "With a broken belt", "In an emergency"),
    *("In read-only mode", "Con il gelo", "Con niebla", "Bei starkem Wind", "Im Winter", "En mode dégradé"),
    *("À marée basse", "В тумане", "雨の日", "下雨天", "直到队列为空", "2回目以降", "二回目以降は", "从第二次开始"),
    *("Check with Marta", "Confirm with the lead", "Align with the DBA", "Vérifier avec Marta", "Parlarne con Marta"),
    *("Уточнить у Марты", "与Marta确认", "Stem af met Jan"),
]
FREE = [
    *("In the queue", "On the mill", "In a terminal", "Check with the new script", "Verify with Grafana", "会先备份"),
    *("Confirm with a smoke test", "Con el script nuevo", "Open the sluice", "会重启服务", "In general"),
]


@cache
def _conditions() -> dict[str, list[str | None]]:
    """The conditions of the commands below and beside each text."""
    told = [
        f"### Mill {n} stands still\n\nSymptoms: no flour\n\n1. {text}: `make drain`\n2. {text}, run `make drain`.\n"
        f"\n```bash\nmake show\n# {text}\nmake drain\n```\n"
        for n, text in enumerate([*HELD, *FREE])
    ]
    text = "# Mill\n\n## Common incidents\n\n" + "\n".join(told)
    procedures = compile_runbook(text.encode(), path="mill.md").procedures
    drains = (
        [one.condition for one in each.steps if one.command and "drain" in one.command.text] for each in procedures
    )
    return dict(zip([*HELD, *FREE], drains, strict=True))


@pytest.mark.parametrize("text", HELD)
def test_a_case_outside_of_the_system_holds_a_command_back(text: str) -> None:
    """It is read as a title, before a comma, and as a comment."""
    assert [one is not None for one in _conditions()[text]] == [True, True, True]


@pytest.mark.parametrize("text", FREE)
def test_a_place_a_tool_and_what_a_script_does_itself_hold_nothing_back(text: str) -> None:
    """A place is no state, a tool is nobody to ask, and 会 tells what happens."""
    assert _conditions()[text] == [None, None, None]
