"""Which severity the runbook's own criteria give to what an alert says."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.runbook.playbook import Lines


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A severity of the runbook, and why. ``criterion`` is the line that fits, empty when the source named it.

    ``lines`` are those of the severity in the document; ``words`` are the alert's words that fitted.
    """

    severity: str
    rank: int
    reason: str
    lines: Lines
    criterion: str = ""
    words: tuple[str, ...] = ()
