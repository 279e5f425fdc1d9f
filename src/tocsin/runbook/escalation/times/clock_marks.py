"""Clocks that run from the beginning of an incident, "00:00", "00:15", "00:45", as marks of a timeline: "T+0:15"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tocsin.runbook.document.blocks import ItemList, Table
from tocsin.runbook.document.inline import plain
from tocsin.runbook.escalation.times.stretches import stretches

_CLOCK = re.compile(r"\W{0,3}(?P<h>\d{1,2}):(?P<m>[0-5]\d)(?!\s?[-–—~]\s?\d|:?\d)")
_LONGEST = 4 * 60
"""Minutes. A later clock is a time of the day: "00:00 night shift", "08:00 day shift"."""


def _marked(texts: Sequence[str]) -> list[str] | None:
    """The texts with "T+" before the clock that each begins with; None unless the first is 0:00 and none goes back.

    Stretches, "First 15 minutes", "after that", have the clock at which each begins.
    """
    clocks = [_CLOCK.match(text) for text in texts]
    minutes = [int(one["h"]) * 60 + int(one["m"]) for one in clocks if one is not None]
    if parts := stretches(texts):
        return [f"T+{minute // 60}:{minute % 60:02d}{said}" for minute, said in parts]
    if len(minutes) < max(2, len(texts)) or minutes[0] or minutes != sorted(minutes) or minutes[-1] > _LONGEST:
        return None
    return [f"T+{one['h']}:{one['m']}{text[one.end() :]}" for one, text in zip(clocks, texts, strict=True) if one]


def with_marks(block: ItemList) -> ItemList:
    """A list whose items begin with such clocks, with marks for them."""
    texts = _marked([item.inline.text for item in block.items])
    if texts is None:
        return block
    items = zip(block.items, texts, strict=True)
    return replace(block, items=tuple(replace(one, inline=plain(text, one.lines.first)) for one, text in items))


def with_marks_in_rows(table: Table) -> Table:
    """A table whose first cells are such clocks, with marks for them."""
    texts = _marked([row.cells[0].text if row.cells else "" for row in table.rows])
    if texts is None:
        return table
    rows = (
        replace(row, cells=(plain(text, row.lines.first), *row.cells[1:]))
        for row, text in zip(table.rows, texts, strict=True)
    )
    return replace(table, rows=tuple(rows))
