"""Tables of levels with a column of waits: how long each level has, or when it is called itself."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Trigger

WHO = ("On-call miller", "Head of mills", "CTO")


def ladder(head: str, cells: tuple[str, str, str], first: str = "Level | Who") -> list[tuple[int | None, Trigger]]:
    """After how many minutes each level of such a table is called, and what is waited for."""
    lead = ("1", "2", "3") if first.startswith(("Level", "Stufe", "Nivel", "级别")) else ()
    rows = "".join(
        f"| {' | '.join((*lead[n : n + 1], who))} | {cell} |\n"
        for n, (who, cell) in enumerate(zip(WHO, cells, strict=True))
    )
    columns = first.count("|") + 2
    text = f"# Mill\n\n## Escalation\n\n| {first} | {head} |\n{'|---' * columns}|\n{rows}"
    levels = compile_runbook(text).escalation_levels
    assert [one.targets for one in levels] == [(who,) for who in WHO]
    return [((one.after.seconds or 0) // 60 if one.after else None, one.trigger) for one in levels]


START, SILENT, OPEN = (None, Trigger.START), Trigger.UNACKNOWLEDGED, Trigger.UNRESOLVED


@pytest.mark.parametrize(
    ("head", "cells", "waited"),
    [
        ("Escalate if no answer", ("after 15 min", "after 30 min", "-"), SILENT),
        ("Escalate after", ("15 min without an answer", "30 min without an answer", ""), SILENT),
        ("If no response", ("15 minutes", "30 minutes", "n/a"), SILENT),
        ("Escalate after", ("15 min", "30 min", "1 hour"), OPEN),
        ("Time to escalate", ("15 min", "30 min", "-"), OPEN),
        ("Wait", ("15 min", "30 min", ""), OPEN),
    ],
)
def test_a_wait_in_the_first_row_is_how_long_that_level_has(
    head: str, cells: tuple[str, str, str], waited: Trigger
) -> None:
    """For the first level nobody was waited for: its row says after how long the second one is called."""
    assert ladder(head, cells) == [START, (15, waited), (30, waited)]


@pytest.mark.parametrize(
    ("first", "head", "cells"),
    [
        ("Stufe | Wer", "Eskalation, wenn keine Antwort", ("nach 15 Minuten", "nach 30 Minuten", "-")),
        ("Nivel | Quién", "Escalar si no hay respuesta", ("15 minutos", "30 minutos", "-")),
        ("级别 | 负责人", "无响应升级", ("15分钟", "30分钟", "-")),
        ("Role", "Escalate if no answer after", ("15 min", "30 min", "-")),
    ],
)
def test_so_it_is_in_other_languages_and_in_tables_of_roles(first: str, head: str, cells: tuple[str, str, str]) -> None:
    """The first column may count the levels or name them."""
    assert [minutes for minutes, _waited in ladder(head, cells, first)] == [None, 15, 30]


@pytest.mark.parametrize(
    ("head", "cells", "minutes"),
    [
        ("Escalate after", ("-", "15 min", "30 min"), [None, 15, 30]),
        ("If no answer after", ("-", "15 min", "30 min"), [None, 15, 30]),
        ("Escalate after", ("0 min", "15 min", "30 min"), [0, 15, 30]),
        ("Escalate after", ("immediately", "15 min", "30 min"), [None, 15, 30]),
        ("After", ("5 min", "15 min", "30 min"), [5, 15, 30]),
    ],
)
def test_where_the_first_level_has_none_each_row_says_when_it_is_called(
    head: str, cells: tuple[str, str, str], minutes: list[int | None]
) -> None:
    """ "At once", nothing or nought at the first level; below a plain "After" each is called at its own time."""
    assert [minute for minute, _waited in ladder(head, cells)] == minutes


def test_equal_waits_for_an_answer_follow_one_another() -> None:
    """Each level has a quarter of an hour of its own."""
    assert ladder("Escalate if no answer", ("15 min", "15 min", "-")) == [START, (15, SILENT), (30, SILENT)]


@pytest.mark.parametrize("head", ["After 15 min without an answer", "If no answer in 15 min"])
def test_the_head_of_a_column_may_hold_the_wait_of_all(head: str) -> None:
    """Its cells say who comes next."""
    assert ladder(head, ("Level 2", "Level 3", "-")) == [START, (15, SILENT), (30, SILENT)]
