"""The rule that raises an alert, as Prometheus reads it, above what to do: it says what shows, and is nothing to do."""

from __future__ import annotations

import re

from tocsin.runbook.document.blocks import Block, Fence
from tocsin.runbook.document.sections import Section
from tocsin.runbook.instructions import Symptom
from tocsin.runbook.stated import Lines

_ALERT = re.compile(r"\s*(?:-\s+)?alert:\s*(?P<name>\S+)")
_KEYS = ("summary", "description", "message", "expr")
"""Of a rule, in the order in which they say best what shows."""
_TOLD = re.compile(rf"\s*(?P<key>{'|'.join(_KEYS)}):\s*(?P<said>[^\s|>].*)")
_LANGUAGES = frozenset(["yaml", "yml", "", "promql", "prometheus"])


def raised_by(block: Block) -> Symptom | None:
    """What the rule of a single alert says that it shows: its summary, or else its expression. None for other blocks.

    https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
    """
    if not isinstance(block, Fence) or not block.closed or block.info not in _LANGUAGES:
        return None
    if sum(_ALERT.match(line) is not None for line in block.body) != 1:
        return None
    told = [(match, n) for n, line in enumerate(block.body, block.first) if (match := _TOLD.match(line)) is not None]
    said = {match["key"]: (match["said"].strip().strip("\"'"), n) for match, n in reversed(told)}
    shown = next((said[key] for key in _KEYS if key in said), None)
    return Symptom(shown[0], Lines(shown[1], shown[1])) if shown is not None and shown[0] else None


def is_raised_below(section: Section) -> bool:
    """Whether the rule of the alert that a section is called after stands right below its title."""
    title = section.title.text
    fences = (one for one in section.blocks if isinstance(one, Fence) and one.info in _LANGUAGES)
    names = (match["name"] for one in fences for line in one.body if (match := _ALERT.match(line)) is not None)
    return any(name.strip("\"'") == title for name in names)
