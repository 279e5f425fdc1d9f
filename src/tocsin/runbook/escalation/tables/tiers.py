"""Tables of tiers of support: who sits in each, and when one hands on to the next."""

from __future__ import annotations

import itertools

from tocsin.runbook.document.blocks import Table
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.scale import is_tier, level_name
from tocsin.runbook.words import normal, vocabulary


def are_tiers(table: Table) -> bool:
    """Whether the rows of a table are tiers of support with who sits in each, and no levels of severity."""
    words = vocabulary()
    names = [level_name(row.cells[0].text, plain=True) for row in table.rows if row.cells]
    if not names or not all(name is not None and is_tier(name.name) for name in names):
        return False
    heads = [head.text for head in table.header[1:]]
    who = any(max(words.column("role", head), words.column("person", head)) >= 0.9 for head in heads)
    return who and not any(words.column("criteria", head) >= 0.5 for head in heads)


def hand_on(table: Table) -> bool:
    """Whether the rows of a table are tiers with who sits in each, and a column says how one escalates to the next."""
    return are_tiers(table) and any(speaks_of_escalating(head.text) for head in table.header)


def hands_on(table: Table, column: int) -> bool:
    """Whether a column says when each level gives up to the next one, by its name: "To tier 2 after 30 min"."""
    pairs = [
        (row.cells[column].text, following.cells[0].text)
        for row, following in itertools.pairwise(table.rows)
        if column < len(row.cells) and following.cells
    ]
    return bool(pairs) and all(f" {normal(name).strip()} " in normal(said) for said, name in pairs)
