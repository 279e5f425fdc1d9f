"""Whoever is paged a second time, "page the on-call again": pages repeat by themselves, and no level is added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tocsin.runbook.playbook import EscalationLevel
from tocsin.runbook.words import normal


def without_repeats(chain: Sequence[EscalationLevel]) -> list[EscalationLevel]:
    """A chain without the levels that page only those of the level right before once more."""
    kept: list[EscalationLevel] = []
    for level in chain:
        if not kept or _who(level) != _who(kept[-1]) or kept[-1].severities != level.severities:
            kept.append(level)
    numbered = len(kept) < len(chain) and [one.level for one in chain] == list(range(1, len(chain) + 1))
    return [replace(one, level=n) for n, one in enumerate(kept, 1)] if numbered else kept


def _who(level: EscalationLevel) -> list[str]:
    return sorted(normal(one).strip() for one in level.targets)
