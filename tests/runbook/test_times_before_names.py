"""A way that gives each of its people a time before an arrow, drawn calls with a subject, scales below an item."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Playbook


def _read(text: str) -> Playbook:
    return compile_runbook("# Lock keepers\n\n" + text)


def _told(chain: tuple[EscalationLevel, ...]) -> list[tuple[tuple[str, ...], float | None]]:
    return [(one.targets, None if one.after is None else (one.after.seconds or 0) / 60) for one in chain]


@pytest.mark.parametrize(
    "said",
    [
        "## On-call\n\n- Rotation: weekly\n- Escalation: 15 min unacknowledged → the backup; 30 min → tech lead\n",
        "## On-call\n\n| | |\n|---|---|\n| Escalation | 15 min unacknowledged → the backup; 30 min → tech lead |\n",
        "## On-call\n\n**Escalation:** 15 min without ack -> backup, 30 min -> tech lead\n",
        "## Escalation\n\n15 min unacknowledged → the backup; 30 min → tech lead\n",
    ],
)
def test_a_time_before_each_arrow_is_when_that_one_is_called(said: str) -> None:
    """The time is nobody's name, and the next time ends the name before it."""
    read = _read(said)
    assert _told(read.escalation_levels) == [(("backup",), 15), (("tech lead",), 30)]


def test_a_drawing_whose_lines_have_somebody_call_somebody_calls_the_latter() -> None:
    """ "Ada notifies Ben" calls Ben; what Ben does then is no station."""
    drawn = """```
Fault detected
      ↓
Ada notifies Ben via chat (immediate)
      ↓
Ben investigates (up to 15 min)
      ↓
Unresolved after 15 min → Ada pings Carl
```
"""
    assert _told(_read(f"## Escalation\n\n{drawn}").escalation_levels) == [(("Ben",), None), (("Carl",), 15)]


def test_a_scale_below_an_item_of_a_list_is_the_scale() -> None:
    """A step "Assign a severity" may hold the table of the severities."""
    head = "   | Severity | Score | Fix target |\n   |---|---|---|\n"
    rows = "   | Critical | 9-10 | 14 days |\n   | Low | 0-3 | 90 days |\n"
    read = _read(f"## Phase 1 - Triage\n\n1. Acknowledge.\n2. **Assign a severity**:\n\n{head}{rows}3. Go on.\n")
    assert [one.name for one in read.severities] == ["Critical", "Low"]
    assert [one.resolution_target.seconds for one in read.severities if one.resolution_target] == [1_209_600, 7_776_000]
