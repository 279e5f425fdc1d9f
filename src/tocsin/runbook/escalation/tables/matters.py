"""Escalation as a table of what is wrong and, beside it, who is called first, second and third."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Table
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.escalation.reasons import only_names
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.grammar import any_of, pattern, small_words
from tocsin.runbook.playbook import EscalationRule, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.words import vocabulary, words_of


def read_matters(table: Table, scale: Scale, found: Escalation) -> bool:
    """Rows are incidents, situations or parts of the product; two columns or more are ranks: a reason for each row.

    The rows are no levels of one chain: who answers for the kiln is not paged when the shop is down.
    """
    ranks = ranked_columns(table)
    words = vocabulary()
    first = table.header[0].text
    if len(ranks) < 2 or len(table.rows) < 2:
        return False
    matters = max(words.column(name, first) for name in ("incident", "situation", "symptom", "alert", "system")) >= 0.5
    if not matters and not _are_areas(table):
        return False  # "Role | Primary | Backup", "Week | Primary | Secondary": who stands in, and when
    named = [row.cells[n].text for row in table.rows for n in ranks if n < len(row.cells) and row.cells[n].text]
    known = sum(is_somebody(one) or len(one.split()) <= 3 for one in named)
    if not named or known < len(named) * 0.6 or any(target(row.cells[0].text) for row in table.rows if row.cells):
        return False
    found.rules += _reasons(table, ranks, scale)
    found.routings.append(table.lines)
    return True


def _are_areas(table: Table) -> bool:
    """Whether a column "Role" names parts of the product, "API", "Worker", and what none of its people is called."""
    cells = [row.cells[0].text for row in table.rows if row.cells]
    if vocabulary().column("role", table.header[0].text) < 0.9 or sum(map(is_somebody, cells)) * 2 > len(cells):
        return False
    ranks = ("primary", "secondary", "escalation_contact", "availability", "executives", "no_responder")
    return not any(vocabulary().says(name, cell) for cell in cells for name in ranks)


def ranks_of_people(table: Table) -> list[int]:
    """The same columns where most of their cells name somebody: no marks, and not what each of them does."""
    ranks = ranked_columns(table)
    cells = [row.cells[n].text for row in table.rows for n in ranks if n < len(row.cells) and row.cells[n].text]
    return ranks if sum(map(is_somebody, cells)) >= max(2, len(cells) * 0.6) else []


def turns_of_people(table: Table) -> list[int]:
    """Such columns where one is called "First" or "Then": whoever stands below is somebody, by few words, no chore."""
    ranks = ranked_columns(table) if any(is_turn(head.text) for head in table.header[1:]) else []
    cells = [row.cells[n].text for row in table.rows for n in ranks if n < len(row.cells) and row.cells[n].text]
    return ranks if cells and all(map(_may_be_somebody, cells)) else []


def _may_be_somebody(text: str) -> bool:
    first = words_of(text)[:1]
    chore = bool(first) and first[0] in small_words("look", "chore", "imperative")
    return is_somebody(text) or (len(text.split()) <= _LONGEST_NAME and target(text) is None and not chore)


_LONGEST_NAME = 3
"""Words of a name that says of nothing known that it is somebody."""


def ranked_columns(table: Table) -> list[int]:
    """The columns whose titles say who comes first, second and after that: "Primary", "Backup", "Escalate to"."""
    words = vocabulary()
    names = ("primary", "secondary", "escalation_contact")
    found = [
        n
        for n, head in enumerate(table.header)
        if n > 0
        and (
            words.says("unacknowledged", head.text)
            or is_turn(head.text)
            or (len(head.text.split()) <= 4 and words.says("call", head.text) and _first().search(head.text))
            or (
                target(head.text) is None
                and len(head.text.split()) <= 4
                and (any(words.says(name, head.text) for name in names) or speaks_of_escalating(head.text))
            )
        )
    ]
    ranks = ("primary", "secondary", "unacknowledged")
    heads = [table.header[n].text for n in found]
    ranked = any(is_turn(head) or any(words.says(name, head) for name in ranks) for head in heads)
    return found if ranked else []


def is_turn(title: str) -> bool:
    """Whether a column's title says whose turn it is and no more: "First", "2nd call", "Then"; no "First response"."""
    words = vocabulary()
    said = [word.casefold() for word in title.strip(" :.").split()]
    if not said or len(said) > 2 or target(title) is not None:
        return False
    if len(said) == 2 and not (words.says("call", said[1]) or words.column("contact", said[1]) >= 0.9):
        return False  # "First responder"
    return said[0] in words.ordinals or _then().fullmatch(" ".join(said)) is not None


@pattern
def _then() -> str:
    return any_of("then")


@pattern
def _first() -> str:
    return any_of("first")


def _reasons(table: Table, ranks: list[int], scale: Scale) -> Iterator[EscalationRule]:
    for row in table.rows:
        matter = row.cells[0].text if row.cells else ""
        named = [(row.cells[n].text, table.header[n].text) for n in ranks if n < len(row.cells)]
        who = [
            f"{one} ({head})" if target(head) is not None else one
            for one, head in named
            if one and not is_gap(one) and not vocabulary().is_a("none", one, 0.9)
        ]
        if matter and who:
            said = f"{matter}: {' → '.join(who)}"
            at_once = tuple(name for one, head in named if one in who and target(head) is None for name in people(one))
            yield EscalationRule(said, row.lines, Trigger.CONDITION, None, scale.mentioned(matter), only_names(at_once))
