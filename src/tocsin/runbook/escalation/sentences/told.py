"""Cells that say whom to tell, all of them at once: "Page the on-call + IC, tell the owner"."""

from __future__ import annotations

import re

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.people.calls import without_call
from tocsin.runbook.escalation.people.joined_names import BESIDE
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.escalation.people.ours import is_name, is_no_person, is_outside
from tocsin.runbook.escalation.sentences.calling import called_in, names_nobody, others_called, without_hurry
from tocsin.runbook.escalation.times.cases import starts_with_if
from tocsin.runbook.escalation.times.waits import says_silence
from tocsin.runbook.grammar import any_of, article, guarded, pattern
from tocsin.runbook.words import one_of, vocabulary


def told_at_once(text: str, *, named: bool = True) -> tuple[str, ...]:
    """The people whom a cell names beside each other: "Page on-call + IC, tell the owner".

    Unless the cell is one of names, each needs a word for somebody.
    """
    found: list[str] = []
    wakes = _wakes().match(_not_hurried(text)) is not None
    for piece in map(_not_hurried, BESIDE.split(text.rstrip(" .。"))):
        piece = _and_first().sub("", piece) if found else piece  # "A, B, and the lead"
        if not named and (starts_with_if(piece) or says_silence(piece)):
            break
        if not (named or found or tells(piece)):
            continue  # "Page at once, incident lead assigned"
        said = without_hurry(piece)
        called = called_in(said) if tells(piece) else None
        if called is not None and called[1] >= 0 and not (named or _now_told(f"{called[0]}{said[called[1] :]}")):
            continue
        named_in = (
            [called[0], *others_called(piece, called[1], named=wakes)] if called else [whom_told(piece).strip(" .。")]
        )
        for who in named_in if named else map(_now_told, named_in):
            if not who or target(who) is not None or is_gap(who) or is_no_person(who):
                continue
            if not is_outside(who) and not names_nobody(who):
                names = people(who) if named else map(_now_told, people(who))
                plain = named or wakes
                found += (one for one in names if (plain and _is_short(one, named=named)) or _may_be_called(one))
    if wakes and not named and found and (call := called_in(without_hurry(text))) is not None and call[0] in found:
        beside = others_called(without_hurry(text), call[1])  # "Page Platform, Data and Security"
        found += (one for one in beside if one.isalpha() and one[:1].isupper())
    return tuple(dict.fromkeys(found))


def _is_short(name: str, *, named: bool) -> bool:
    """Whether a few words may be called who have no word for somebody; where no cell is of names, a name."""
    return len(name.split()) <= _LONGEST and (named or is_name(name))


@pattern
def _and_first() -> str:
    return rf"^{any_of('and')}\s+(?:{article()})?"


@guarded("wakes")
def _wakes() -> str:
    return rf"\W*{any_of('wakes')}\s"


def _now_told(said: str) -> str:
    """Who is told at once by some words behind the verb; nobody by "the lead after the repair", "in the report"."""
    end = _behind_who().search(said)
    if end is None:
        return said
    reported = vocabulary().column("postmortem", said[end.start() :]) >= _A_WORD
    return "" if end["later"] or reported else said[: end.start()]


@pattern
def _behind_who() -> str:
    later = any_of("after", "if", "upon")
    return rf"\s(?!{any_of('in_name')})(?:{any_of('ends_name')}|(?P<later>{later}))(?:\s|$)"


def whom_told(text: str) -> str:
    """A few words without the verb of calling or telling before them: "Owner" of "Tell the owner"."""
    return _tell().sub("", without_call(text))


_A_WORD = 0.2
"""Of what stands behind a name: one word of a few."""

_LONGEST = 3
"""Words of a name that has no word for somebody."""


def tells(text: str) -> bool:
    """Whether a cell begins with a verb of calling or telling, be it behind "at once"."""
    text = _not_hurried(text)
    return without_call(text) != text.strip() or _tell().match(text) is not None


def _not_hurried(text: str) -> str:
    """A text without "at once" before what it says: "Immediately page the lead"."""
    return _hurry().sub("", text.strip())


@pattern
def _hurry() -> str:
    words = vocabulary().words["immediate"]
    return rf"^(?:{one_of(words.spaced)}[\s,]+|{'|'.join(map(re.escape, words.written)) or '(?!)'})(?=\w|\[|@)"


def _may_be_called(who: str) -> bool:
    return is_somebody(who) or vocabulary().says("executives", who) or "@" in who


@pattern
def _tell() -> str:
    return rf"^\W*{one_of(vocabulary().words['notify'].spaced)}\s+(?:{any_of('to')}\s+)?(?:{article()})?"
