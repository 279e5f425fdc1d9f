"""Whom a list below one line that waits calls, and a first level that is a look."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Trigger

ALERT = """# Runbook: MillSlow

**Alert**: MillSlow

## Fix

1. Restart it: `systemctl restart mill`

## {title}

{said}
"""


def _chain(said: str, title: str = "Escalation") -> list[tuple[tuple[str, ...], int | None, Trigger]]:
    levels = compile_runbook(ALERT.format(title=title, said=said)).escalation_levels
    return [(one.targets, one.after.seconds if one.after else None, one.trigger) for one in levels]


@pytest.mark.parametrize(
    ("said", "who", "minutes"),
    [
        ("**If unresolved after 30 minutes**:\n- Page on-call: `@mill`\n- Create a ticket", ("on-call",), 30),
        ("If not resolved within 20 minutes:\n- Page the second miller on-call\n- Open a ticket", None, 20),
        ("**After 15 minutes without progress:**\n1. Call the platform lead\n2. Post in #mill", ("platform lead",), 15),
        ("**Escalate if still firing after 1 hour**\n- Engineering manager\n- CTO", ("Engineering manager", "CTO"), 60),
        (
            "If the issue persists > 20 minutes:\n1. Escalate to the database team\n2. Notify the product owner",
            None,
            20,
        ),
        ("**Wenn nach 30 Minuten nicht behoben**:\n- Teamleitung anrufen\n- Ticket anlegen", ("Teamleitung",), 30),
        ("**Si no se resuelve en 30 minutos**:\n- Llamar al responsable de plataforma\n- Abrir un ticket", None, 30),
        ("**If unresolved after 30 minutes**:\n- Page the lead miller\n- Notify #mill-alerts Slack channel", None, 30),
    ],
)
def test_a_list_below_a_line_that_waits_calls_after_that_time(
    said: str, who: tuple[str, ...] | None, minutes: int
) -> None:
    """The wait above holds for all it calls; a ticket and a channel are nobody, and nobody is called at once."""
    ((targets, after, trigger),) = _chain(said)
    assert (after, trigger) == (minutes * 60, Trigger.UNRESOLVED)
    assert targets == who or (who is None and targets)
    assert not [one for one in targets if "ticket" in one.casefold() or "channel" in one]


def test_several_lines_that_wait_are_levels_in_turn() -> None:
    """Each line with its own time makes the next level, of those that it calls."""
    said = "**If unresolved after 30 minutes**:\n- Page the lead\n\n**If unresolved after 2 hours**:\n- Call the CTO"
    assert [(who, after) for who, after, _trigger in _chain(said)] == [(("lead",), 1800), (("CTO",), 7200)]


def test_a_first_level_that_is_a_look_is_nobody() -> None:
    """ "Level 1 - Check this runbook" pages no one of that name; whoever stands below comes at the start."""
    said = "1. **Level 1** - Check this runbook\n2. **Level 2** - DevOps engineer on-call\n3. **Level 3** - CTO"
    (first, second) = _chain(said, "Escalation Path")
    assert (first[0], first[2], second[0]) == (("DevOps engineer on-call",), Trigger.START, ("CTO",))


def test_a_line_that_waits_and_calls_nobody_makes_no_level() -> None:
    """A list of chores below a time leaves the chain empty: whoever is assumed is assumed openly."""
    assert _chain("**If unresolved after 30 minutes**:\n- Open a ticket\n- Restart the mill") == []
