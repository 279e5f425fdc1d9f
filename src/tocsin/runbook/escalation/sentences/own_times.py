"""Several people beside each other, each called at a time of their own: "Lead at once, director within an hour"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.durations import spans, target
from tocsin.runbook.escalation.arrows import arrow_levels
from tocsin.runbook.escalation.deadlines import as_said
from tocsin.runbook.escalation.people.names import LONGEST_NAME, people
from tocsin.runbook.escalation.people.ours import is_name, is_no_person, is_outside
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.sentences.calling import called_in, forbids, others_called, says_somebody, without_hurry
from tocsin.runbook.escalation.sentences.clauses import adds_to_before
from tocsin.runbook.escalation.sentences.told import whom_told
from tocsin.runbook.escalation.sentences.turns import text_of_turn
from tocsin.runbook.escalation.times.cases import starts_with_if
from tocsin.runbook.escalation.times.waits import is_waiting, waited_for
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.grammar import BRACKET, any_of, article, ending, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import level_name
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.words import is_unspaced, vocabulary

_LONGEST = 240
"""Characters of a text that names people and times, and tells nothing else."""


def each_at_a_time(text: str, lines: Lines, severities: tuple[str, ...], *, named: bool) -> list[EscalationLevel]:
    """The levels of people beside each other, each with a time; empty where fewer than two times are told apart.

    In a column of names, ``named``, a short text is one; elsewhere it needs a word for somebody, or a capital letter.
    """
    if len(text) > _LONGEST or (_BESIDE.search(text) is None and _and().search(text) is None):
        return []
    if target(text) is None or forbids(text):
        return []
    waiting: list[str] = []
    called: list[tuple[Duration, str, tuple[str, ...]]] = []
    cases: list[tuple[str, str]] = []
    for piece in _pieces(text):
        times = list(spans(piece, lines.first))
        after = times[0].duration if times else target(piece, lines.first)
        who = _who(piece)
        if not who or (after is not None and after.seconds is None) or len(times) > 1:
            return []
        if is_no_person(who):
            continue
        if not _may_be_called(who, named=named):
            return []
        in_case = _case().search(piece)
        if after is None and in_case is not None:
            cases.append((who, piece[in_case.start() :].strip()))
            continue
        if after is None:
            waiting.append(who)
            continue
        if called and after.seconds and adds_to_before(piece):
            after = replace(after, seconds=after.seconds + (called[-1][0].seconds or 0))
        if waiting and not called and _follows(piece):
            called.append((replace(after, seconds=0), "", tuple(waiting)))
            waiting = []
        called.append((after, piece, (*waiting, who)))
        waiting = []
    several = len({after.seconds for after, _piece, _who in called}) > 1
    together = len(called) == 1 < len(called[0][2]) and all(_may_be_called(who, named=False) for who in called[0][2])
    if waiting or not (several or together):
        return []
    levels = list(_levels(called, lines, severities))
    for who, case in cases:
        number = len(levels) + 1
        levels.append(EscalationLevel(number, people(who), lines, severities, None, Trigger.CONDITION, case))
    return levels


def named_beside(text: str, lines: Lines, severities: tuple[str, ...]) -> list[EscalationLevel]:
    """The levels of a text that is names and nothing else, with one time at most: "Team lead, owner (1 h)"."""
    if len(text) > _LONGEST or len(list(spans(text))) > 1 or forbids(text):
        return []
    names = [who for piece in filter(str.strip, _BESIDE.split(text)) if not is_no_person(who := _who(piece))]
    if not names or _case().search(text) is not None or not all(_may_be_called(who, named=False) for who in names):
        return []
    after = target(text, lines.first)
    levels = list(arrow_levels(names, lines, severities))
    if after is not None and after.seconds:
        levels = [replace(one, after=as_said(text, after), trigger=Trigger.UNRESOLVED) for one in levels]
    return levels


def _levels(
    called: list[tuple[Duration, str, tuple[str, ...]]], lines: Lines, severities: tuple[str, ...]
) -> Iterator[EscalationLevel]:
    for number, (after, said, names) in enumerate(sorted(called, key=lambda one: one[0].seconds or 0), start=1):
        yield EscalationLevel(
            level=number,
            targets=tuple(dict.fromkeys(one for who in names for one in people(who))),
            lines=lines,
            severities=severities,
            after=as_said(said, after) if after.seconds else None,
            trigger=Trigger.START if number == 1 else waited_for(said),
        )


def _pieces(text: str) -> Iterator[str]:
    """What stands between the signs outside of brackets, and beside an "and" where either side has a time."""
    pieces: list[str] = []
    for piece in _BESIDE.split(text):
        if pieces and starts_with_if(piece) and text_of_turn(f"{piece} ").strip():
            pieces[-1] += f" {piece}"  # "der Leiter, wenn es nach 30 min …": a comma that its language puts there
        else:
            pieces.append(piece)
    for piece in pieces:
        if not text_of_turn(f"{piece.strip()} ").strip():
            continue  # "sinon, …"
        sides = _and().split(piece)
        yield from sides if len(sides) > 1 and all(target(side) is not None for side in sides) else (piece,)


def _who(piece: str) -> str:
    """Whom a piece names, without the severity, the time, the verb and the case beside the name.

    "SEV1: lead", "Lead if not solved in 30 min".
    """
    if (severity := level_name(piece)) is not None and severity.rest:
        piece = severity.rest
    bare = _wait_written().sub("", text_of_turn(piece))
    for said in (bare, piece) if is_unspaced(piece) else (bare,):
        if (found := called_in(called := without_hurry(said))) is not None:
            return " + ".join((found[0], *others_called(called, found[1])))
    bare = _case().split(bare, maxsplit=1)[0]
    bare = BRACKET.sub(lambda found: " " if target(found["inside"]) is not None else found[0], bare)
    return _around_name().sub("", whom_told(without_times(bare)).strip(" .。:：,，、-–—"))


def _follows(piece: str) -> bool:
    """Whether a time is one that is waited for behind who stands before it: "Lead, CTO after 30 min", "… (1 h)"."""
    timed = any(target(found["inside"]) is not None for found in BRACKET.finditer(piece))
    span = next(spans(piece), None)
    after = span is not None and (_after().search(piece[: span.start]) or _later().match(piece, span.end))
    return timed or bool(after) or waited_for(piece) is Trigger.UNACKNOWLEDGED or is_waiting(piece)


def _may_be_called(who: str, *, named: bool) -> bool:
    names = people(who) if who else ()
    if not names or any(len(one.split()) > LONGEST_NAME + named for one in names):
        return False
    if is_outside(who) or vocabulary().says("customers", who):
        return False
    known = says_somebody(who) or vocabulary().says("executives", who) or counted_level().match(who) is not None
    return named or known or all(map(is_name, people(who)))


_BESIDE = re.compile(r"\s*[,;，；、\n](?![^(（]*[)）])\s*|\s+/\s+(?![^(（]*[)）])")


@pattern
def _and() -> str:
    return rf"(?<=\w)\s+{any_of('and', 'then')}\s+(?=\w)"


@pattern
def _after() -> str:
    return rf"(?<!\w){any_of('after')}\s+$"


@pattern
def _later() -> str:
    return rf"\s*{ending('after_span')}|\s*{any_of('later', 'further_behind')}"


@pattern
def _wait_written() -> str:
    """A wait before a name in a script without blanks, 45分で復旧しなければ班長."""
    return rf"^[^、，]{{2,40}}?{ending('if_behind')}(?:{ending('particle')})*\s*"


@pattern
def _around_name() -> str:
    """The article before a name, and what a script without blanks puts behind it: 班長は."""
    return rf"^{article()}|(?<=[\u3041-\u9fff])(?:{ending('particle')})$"


@pattern
def _case() -> str:
    return rf"\s+{any_of('if')}\s"
