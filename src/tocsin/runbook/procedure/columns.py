"""What the columns of a table say of its rows: whether they are work, and whether the first names what is run."""

from __future__ import annotations

from tocsin.runbook.document.blocks import Table
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.grammar import small_words
from tocsin.runbook.words import vocabulary, words_of

_COLUMN = 0.6
_OF_WORK = (
    *("remedy", "actions", "action", "cause", "symptom", "situation", "incident", "alert", "duty", "after", "level"),
    "runbook",
)
_OF_NAMES = ("duty", "actions", "level")
_PARTS = frozenset(["resolution", "investigation", "verification"])


@remembered_with
def is_of_work(table: Table) -> bool:
    """Whether the rows of a table are something to do or to decide by, and no list of names: "Queue | Consumer"."""
    words = vocabulary()
    heads = [cell.text for cell in table.header]
    if any(words.column(name, head) >= _COLUMN for head in heads for name in _OF_WORK):
        return True
    parts = (part for head in heads if (part := words.parts.best(head)) is not None and part.coverage >= _COLUMN)
    if any(part.kind in _PARTS for part in parts):
        return True
    first = [words_of(cell.text)[:1] for row in table.rows for cell in row.cells[1:2]]
    return any(one and one[0] in small_words("look", "chore") for one in first)


@remembered_with
def names_what_is_run(table: Table) -> bool:
    """Whether the first column names what a command is for, "Check", "Action", "Step", and no case to run it in."""
    head = table.header[0].text if table.header else ""
    return any(vocabulary().column(name, head) >= _COLUMN for name in _OF_NAMES)


@remembered_with
def counts_phases(table: Table) -> bool:
    """Whether the first column only says where in the response a row belongs: "Phase | Action", "Contain" below it.

    "Step | Command" names what is run there, and may say when: "Only by night, start it".
    """
    head = words_of(table.header[0].text) if table.header else []
    if head and small_words("counted").issuperset(head) and not names_what_is_run(table):
        return True
    phases = vocabulary().phases
    found = [phases.best(row.cells[0].text) for row in table.rows if row.cells]
    return len(found) > 1 and all(one is not None and one.coverage >= 0.99 for one in found)


def only_names_files(head: str) -> bool:
    """Whether a column says where something lies, "Path", "File": a script below it is not there to be run.

    >>> only_names_files("Path"), only_names_files("Script to run")
    (True, False)
    """
    return vocabulary().column("stored", head) >= 0.99
