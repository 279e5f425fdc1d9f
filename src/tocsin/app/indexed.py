"""Whether the rows by which incidents are found, and woken, follow from their facts (docs/adr/0006)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import islice

from tocsin.app.holding import PIECE, Loads
from tocsin.app.store import Transaction
from tocsin.incident.indexing import summarise
from tocsin.incident.summary import HELD_BACK, IncidentSummary


def strayed(tx: Transaction, load: Loads) -> Iterator[str]:
    """What is wrong with the rows of incidents, one sentence for each; ``tx`` may only read.

    The words for what is due next may be those of an older version. What a restore holds back has no deadline.
    """
    ids = iter(tx.incidents.all_ids())
    while piece := list(islice(ids, PIECE)):
        rows = tx.incidents.summaries(piece)
        for id, incident in load(tx, piece).items():
            row, expected = rows.get(id), summarise(incident)
            if row is None:
                yield f"R4: {id} has facts and no row, so nobody finds it: write something down on it"
            elif wrong := _differences(row, expected):
                told = ", ".join(wrong)
                yield f"R4: the row of {id} does not follow from its facts ({told}): write something down on it"


def _differences(row: IncidentSummary, expected: IncidentSummary) -> list[str]:
    if row.next_due == HELD_BACK:
        expected = replace(expected, next_due_at=None)
    expected = replace(expected, next_due=row.next_due)
    return [one.name for one in fields(row) if getattr(row, one.name) != getattr(expected, one.name)]
