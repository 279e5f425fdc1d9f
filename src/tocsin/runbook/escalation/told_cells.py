"""Cells that say whom to tell, all of them at once: "Page the on-call + IC, tell the owner"."""

from __future__ import annotations

import re

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.calling import called_in, names_nobody, others_called, without_call, without_hurry
from tocsin.runbook.escalation.chains import is_somebody, people
from tocsin.runbook.escalation.ours import is_no_person, is_outside
from tocsin.runbook.grammar import any_of, article, beginning, pattern
from tocsin.runbook.words import one_of, vocabulary


def is_told_column(title: str) -> bool:
    """Whether a column says whom to tell, "Notify", "Wen informieren", and nothing of an order."""
    says = vocabulary().says
    return (says("notify", title) or says("called", title)) and _escalates().search(title) is None


@pattern
def _escalates() -> str:
    return beginning("escalates")


def told_at_once(text: str, *, named: bool = True) -> tuple[str, ...]:
    """The people whom a cell names beside each other: "Page on-call + IC, tell the owner".

    Unless the cell is one of names, each needs a word for somebody.
    """
    found: list[str] = []
    for piece in _BESIDE.split(text):
        called = called_in(without_hurry(piece)) if tells(piece) else None
        said = [called[0], *others_called(piece, called[1])] if called is not None else [whom_told(piece).strip(" .。")]
        for who in said:
            if not who or target(who) is not None or is_gap(who) or is_no_person(who):
                continue
            if not is_outside(who) and not names_nobody(who):
                found += (one for one in people(who) if (named and _is_short(one)) or _may_be_called(one))
    return tuple(dict.fromkeys(found))


def _is_short(name: str) -> bool:
    return len(name.split()) <= _LONGEST


def whom_told(text: str) -> str:
    """A few words without the verb of calling or telling before them: "Owner" of "Tell the owner"."""
    return _tell().sub("", without_call(text))


_LONGEST = 3
"""Words of a name that has no word for somebody."""


def tells(text: str) -> bool:
    """Whether a cell begins with a verb of calling or telling."""
    return without_call(text) != text.strip() or _tell().match(text) is not None


def _may_be_called(who: str) -> bool:
    return is_somebody(who) or vocabulary().says("executives", who) or "@" in who


_BESIDE = re.compile(r"\s*[,;，；、\n]\s*")


@pattern
def _tell() -> str:
    return rf"^\W*{one_of(vocabulary().words['notify'].spaced)}\s+(?:{any_of('to')}\s+)?(?:{article()})?"
