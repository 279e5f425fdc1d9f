"""What the first cells and the titles of a table about escalating tell: severities, waits, roles."""

from __future__ import annotations

from tocsin.runbook.document.blocks import Table
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.chains import counted_level, level_number
from tocsin.runbook.escalation.ours import is_no_person
from tocsin.runbook.scale import Scale, level_name
from tocsin.runbook.words import normal, vocabulary


def best_column(heads: list[str], name: str, *, start: int = 0) -> int | None:
    """The first of the columns, from ``start`` on, whose title says best what ``name`` stands for; None for none."""
    fits = [(vocabulary().column(name, head), -n) for n, head in enumerate(heads) if n >= start]
    best = max(fits, default=(0.0, 0))
    return -best[1] if best[0] >= 0.5 else None


def wait_column(table: Table, who: int) -> int | None:
    """The column of how long the one beside it is waited for: "Timeframe", "After", no time to answer."""
    words = vocabulary()
    clocks = ("respond_verb", "resolve_verb", "acknowledge_verb", "update_word")
    for n, head in enumerate(table.header):
        waits = n not in (0, who) and words.column("after", head.text) >= 0.5
        answers = any(words.column(name, head.text) >= 0.9 for name in ("response", "resolution"))
        if waits and not answers and not any(words.says(name, head.text) for name in clocks):
            return n
    return None


def level_in(title: str) -> int | None:
    """The number of the level that a title escalates to: 3 of "Escalate to tier 3".

    "Response level 2" says how soon the second one answers, and calls nobody.
    """
    parts = title.split()
    if len(parts) > _LONGEST_TITLE:
        return None
    tiers = ((n, counted_level().match(" ".join(parts[n:]))) for n in range(1, len(parts)))
    at, tier = next(((n, tier) for n, tier in tiers if tier is not None), (0, None))
    answers = any(vocabulary().column(name, " ".join(parts[:at])) >= 0.9 for name in _ANSWERS)
    return None if tier is None or answers else level_number(tier)


_LONGEST_TITLE = 10
"""Words of the title of a column; more is a sentence."""
_ANSWERS = ("response", "acknowledge", "resolution")


def begins_with(text: str, scale: Scale) -> str | None:
    """The level of severity that a text begins with, by its name or its label: "Critical, no answer for 15 min"."""
    if (name := level_name(text, plain=True)) is None:
        return None
    mentioned = scale.mentioned(name.name)
    if mentioned:
        return mentioned[0]
    label = normal(name.name)
    return next((one.name for one in scale.severities if label in (normal(one.name), normal(one.label or ""))), None)


def calls_nobody(text: str) -> bool:
    """Whether a cell says when it is looked at, "Next business day", or that only a ticket is written."""
    span = target(text)
    return (span is not None and span.text == text.strip(" .")) or is_no_person(text)
