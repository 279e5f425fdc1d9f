"""Tables whose rows are incidents: symptoms, alerts, failures, each with what to do about it."""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.runbook.document.blocks import Block, Row, Table
from tocsin.runbook.document.inline import plain
from tocsin.runbook.document.turned import turned
from tocsin.runbook.grammar import phrases
from tocsin.runbook.procedure.cases_of_trouble import is_trouble
from tocsin.runbook.procedure.procedures import case_in, shows_symptoms
from tocsin.runbook.scale import level_name
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.words import vocabulary

WORKING = frozenset(["symptoms", "causes", "investigation", "resolution"])
"""The parts that a procedure is made of."""


_ANSWERS = (WORKING | {"verification"}) - {"symptoms"}
"""The parts by which one answers to an incident: "Alert | Condition | Channel" tells when it is raised and no more."""


def tells_what_to_do(table: Table) -> bool:
    """Whether the rows of a table are incidents of any sort, each with what to do about it."""
    return is_symptom_table(table) or is_alert_table(table) or _is_incident_table(table)


def is_symptom_table(table: Table, *firsts: str) -> bool:
    """Whether each row of a table is one incident, by its first column, "Symptom", and what to do in another one."""
    words = vocabulary()
    heads = [cell.text for cell in table.header]
    if len(heads) < 2 or all(words.column(name, heads[0]) < 0.5 for name in firsts or ("symptom",)):
        return False
    answers = [
        head
        for n, head in enumerate(heads[1:], 1)
        if (max(words.column("cause", head), words.column("remedy", head)) >= 0.5 or _is_work(head))
        and not _only_links(table, n)
    ]
    return bool(answers) and not (all(map(_is_cause, answers)) and _defines_alerts(table))


def decides_by_symptom(table: Table) -> bool:
    """Whether each row is a symptom with what is done in either case: "Symptom | Check | If yes | If no"."""
    cases = sum(case_in(head.text) is not None for head in table.header[1:])
    return cases > 0 and len(table.rows) > 1 and is_symptom_table(table)


def lists_incidents(block: Block) -> bool:
    """Whether a table has several incidents by the title of its first column, "Failure", and what to do about each.

    A table of symptoms may be one of a single incident.
    """
    if not isinstance(block, Table) or len(block.rows) < 2 or not is_symptom_table(block, "incident"):
        return False
    return vocabulary().column("incident", block.header[0].text) >= 0.99


def _is_cause(head: str) -> bool:
    part = vocabulary().parts.best(head)
    return part is not None and part.kind == "causes"


def _defines_alerts(table: Table) -> bool:
    """Whether a table says which rule raises each alert, "Alert | Expression | Why": nothing is to be done there."""
    if vocabulary().column("alert", table.header[0].text) < 0.99:
        return False
    rules = sum(any(_RULE.search(run.text) for cell in row.cells[1:] for run in cell.codes) for row in table.rows)
    return rules > len(table.rows) / 2


_RULE = re.compile(r"[<>=!]=?\s*\d|\[\d+[smhdw]\]")
"""A comparison with a number, or the window over which rules of alerts look back."""


def _only_links(table: Table, column: int) -> bool:
    """Whether a column leads to what to do elsewhere and says nothing about it."""
    cells = [row.cells[column] for row in table.rows if column < len(row.cells) and row.cells[column].text]
    return bool(cells) and all(run.href for cell in cells for run in cell.runs if run.text.strip())


def _is_work(head: str) -> bool:
    """Whether a column is called like what one does about an incident: "Containment and verification"."""
    part = vocabulary().parts.best(head)
    return part is not None and part.kind in _ANSWERS and part.coverage >= 0.5


def is_scenario_table(table: Table) -> bool:
    """Whether rows are incidents, each with what to do about it, wherever the table stands: "Scenario | Action".

    Something must be wrong in most of them: below "Event | Action" stand the steps of a response as well, below
    "Case | What to do" the rules for any incident.
    """
    words = vocabulary()
    heads = [cell.text for cell in table.header]
    if len(heads) < 2 or len(table.rows) < 2:
        return False
    if max(words.column("incident", heads[0]), words.column("situation", heads[0])) < 0.99:
        return False
    answers = [n for n, head in enumerate(heads) if n and (words.column("remedy", head) >= 0.5 or _is_work(head))]
    titles = [row.cells[0].text for row in table.rows if row.cells]
    told = any(not _only_links(table, n) for n in answers)
    return told and sum(is_trouble(one) or says_what_fails(one) for one in titles) > len(titles) / 2


def _is_incident_table(table: Table) -> bool:
    """Whether each row is an incident with how it shows: "Incident | How it is detected | …"."""
    heads = [cell.text for cell in table.header]
    named = len(heads) > 1 and vocabulary().column("incident", heads[0]) >= 0.9
    return named and any(map(shows_symptoms, heads[1:]))


def is_alert_table(table: Table) -> bool:
    """Whether rows are alerts, each with what to do in words: "Alert | Severity | Runbook"; no list of links."""
    words = vocabulary()
    heads = [re.sub(r"\s*[(（][^()（）]*[)）]", "", cell.text) for cell in table.header]
    if len(heads) < 2 or words.column("alert", heads[0]) < 0.99:
        return False
    for n, head in enumerate(heads[1:], 1):
        cells = [row.cells[n] for row in table.rows if n < len(row.cells)]
        said = [cell for cell in cells if len(cell.text.split()) > 3 and not any(run.href for run in cell.runs)]
        if max(words.column("remedy", head), words.column("runbook", head)) >= 0.5 and len(said) > len(cells) / 2:
            return True
    return False


def is_table_of_trouble(table: Table) -> bool:
    """Whether the rows are incidents of which most say what is wrong, with what to do: "Problem | Command"."""
    titles = [row.cells[0].text for row in table.rows if row.cells]
    wrong = sum(is_trouble(one) or says_what_fails(one) for one in titles)
    return is_symptom_table(table, "symptom", "incident", "situation") and wrong * 2 > len(titles) > 1


def _upright(table: Table) -> Table:
    """A table with a column for each incident, and rows "Symptom", "Cause" and "Fix", as one with a row for each."""
    if len(table.header) < 3 or table.header[0].text or len(table.rows) < 2:
        return table
    kinds = [part.kind if (part := vocabulary().part(row.cells[0].text)) else "" for row in table.rows if row.cells]
    if "" in kinds or not {"symptoms", "resolution"} <= set(kinds):
        return table
    upright = turned(table)
    return replace(
        upright, header=(plain(phrases("incident")[0], table.lines.first), *(row.cells[0] for row in table.rows))
    )


def without_numbers(block: Block) -> Block:
    """A table without a first column that only counts its rows, "#"; one that grades them comes last.

    One with a column for each incident is turned.
    """
    if isinstance(block, Table):
        block = _upright(block)
    if isinstance(block, Table) and _grades_its_rows(block):
        rows = tuple(Row(row.lines, (*row.cells[1:], *row.cells[:1])) for row in block.rows)
        return Table(block.lines, (*block.header[1:], *block.header[:1]), rows)
    if (
        not isinstance(block, Table)
        or len(block.header) < 3
        or block.header[0].text.strip(" .").casefold() not in ("", "#", "№", *phrases("count"))
    ):
        return block
    if not all(row.cells and re.fullmatch(r"\W*(?:[A-Z]{1,4}[- ]?)?\d+\W*", row.cells[0].text) for row in block.rows):
        return block
    return Table(block.lines, block.header[1:], tuple(Row(row.lines, row.cells[1:]) for row in block.rows))


def _grades_its_rows(table: Table) -> bool:
    """Whether the first column holds the severity of what stands in the second: "Severity | Scenario | First steps"."""
    words, heads = vocabulary(), [cell.text for cell in table.header]
    if len(heads) < 3 or words.column("severity", heads[0]) < 0.99:
        return False
    named = max(words.column(name, heads[1]) for name in ("incident", "situation", "symptom", "alert"))
    return named >= 0.99 and all(row.cells and level_name(row.cells[0].text, plain=True) for row in table.rows)
