"""Which of the runbook's procedures an alert speaks of, and by which words."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.runbook.playbook import Lines


@dataclass(frozen=True, slots=True)
class Match:
    """The procedure that fits. ``score`` is between 0 and 1; ``words`` are the alert's words that fitted.

    ``lines`` and ``text`` are the symptom (or title) that fitted best, as the runbook has it.
    ``runner_up`` is the key of the next best procedure, when another one fits too.
    """

    procedure: str
    title: str
    score: float
    words: tuple[str, ...]
    text: str
    lines: Lines
    reason: str
    runner_up: str | None = None
    runner_up_score: float = 0.0
