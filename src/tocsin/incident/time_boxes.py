"""The time that a runbook gives the phases of a response ("Investigation (P0/P1: < 15 minutes)"). Pure.

A phase that is not over by then is said once, on the timeline and to the channels; nobody is woken for it.
``pending.py`` knows when that is.
"""

from __future__ import annotations

import re
from datetime import timedelta

from tocsin.incident.choices import cite
from tocsin.incident.ladder import in_days
from tocsin.incident.plan import TimeBox
from tocsin.runbook.instructions import StepKind
from tocsin.runbook.playbook import Playbook

_AT_THE_START = frozenset({"detection", "triage", "response"})
"""Phases that begin with the incident. What comes later begins when somebody has it."""

_TIMED = _AT_THE_START | {"investigation", "mitigation", "resolution", "recovery"}
"""Phases of an incident that burns; when a report is due is the post-mortem's clock."""

_FROM_TO = re.compile(r"\d\s*\w{0,9}\s*[-–—~〜～至到]\s*\d")
"""A window on the incident's own clock: "15–30 min"."""


def time_boxes(playbook: Playbook, hours_are_known: bool) -> tuple[TimeBox, ...]:
    """The phases with a time of their own, in the document's order; of two with one title the first.

    A phase at the beginning, and one with a window ("15–30 min"), counts from the declaration; another one from the
    first acknowledgement, because nobody investigates before.
    """
    found: dict[str, TimeBox] = {}
    for phase in playbook.phases:
        target = in_days(phase.target, hours_are_known)
        if phase.key not in _TIMED or target is None or not target.seconds:
            continue
        box = TimeBox(
            phase=phase.title,
            within=timedelta(seconds=target.seconds),
            severities=phase.severities,
            steps=tuple(step.id for step in phase.steps if step.kind is not StepKind.REFERENCE),
            since_acknowledged=phase.key not in _AT_THE_START and not _FROM_TO.search(target.text),
            cite=cite(target.lines or phase.lines, target.text),
            unit=target.unit,
        )
        found.setdefault(phase.title, box)
    return tuple(found.values())
