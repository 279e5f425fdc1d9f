"""Whether those whom one text names are called together, or one after the other: "Lead, owner", "Lead, then owner"."""

from __future__ import annotations

from dataclasses import replace

from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import arrow_levels
from tocsin.runbook.escalation.people.joined_names import names_beside
from tocsin.runbook.escalation.people.names import is_called_last, is_somebody
from tocsin.runbook.escalation.people.ours import is_name, is_no_person
from tocsin.runbook.escalation.people.tasks_beside import without_tasks
from tocsin.runbook.escalation.sentences.calling import without_hurry
from tocsin.runbook.escalation.sentences.told import tells, whom_told
from tocsin.runbook.escalation.times.cases import starts_with_if
from tocsin.runbook.escalation.times.waits import says_silence
from tocsin.runbook.grammar import BRACKET, any_of, article, guarded, pattern, small_words
from tocsin.runbook.playbook import EscalationLevel
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import is_unspaced, vocabulary, words_of


def are_in_turn(text: str) -> bool:
    """Whether a text calls its people one after the other: "Lead, then owner", "Lead (at once), owner (15 min)"."""
    if _turn().search(text) is not None:
        return True
    pieces = names_beside(text)
    inside = [match["inside"] for piece in pieces for match in BRACKET.finditer(piece)]
    said = [*inside, *pieces[1:]]
    return any(target(one) is not None or starts_with_if(one) or says_silence(one) for one in said)


@guarded(("then", "before_that", "otherwise", "at_last"))
def _turn() -> str:
    return any_of("then", "before_that", "otherwise", "at_last")


def named_in_turn(text: str, lines: Lines, severity: str, *, ordered: bool = False) -> list[EscalationLevel]:
    """The levels of a cell of names for one severity: one for all of them, but where they come one after the other."""
    pieces = [text_of_turn(piece) for piece in names_beside(without_tasks(text))]
    who = [one for one in map(whom_told, _called_of(pieces)) if not is_no_person(one)]
    levels = list(arrow_levels(who, lines, (severity,))) if any(who) else []
    if not levels or ordered or are_in_turn(text):
        return levels
    return [replace(levels[0], targets=tuple(dict.fromkeys(one for level in levels for one in level.targets)))]


def _called_of(pieces: list[str]) -> list[str]:
    """The pieces that name somebody, where one of them says to call: "Open a bridge at once, tell the owner".

    A cell of names alone, "Lead, owner", says of none of them that it is called.
    """
    if len(pieces) < 2 or not any(map(_calls, pieces)):
        return pieces
    return [piece for piece in pieces if _calls(piece) or not _is_duty(piece)]


def _calls(piece: str) -> bool:
    return tells(piece) or is_called_last(piece)


def _is_duty(piece: str) -> bool:
    """Whether a piece says what is done, "open a bridge", "Kanal öffnen", or has no word for anybody."""
    said = words_of(without_hurry(piece))
    if vocabulary().says("notify", piece) or vocabulary().says("everybody", piece):
        return False
    if is_unspaced(piece):
        ordered = piece.rstrip(" .。").endswith(tuple(small_words("imperative_last", "task_last")))
    else:
        ordered = bool({*said[:1]} & small_words("imperative", "task", "chore", "look"))
        ordered = ordered or bool({*said[-1:]} & small_words("imperative_last", "task_last"))
    return ordered or not (is_somebody(piece) or is_name(piece) or "@" in piece)


def text_of_turn(piece: str) -> str:
    """Somebody without the words that say when the turn comes: "owner" of "and finally the owner"."""
    return _first_last().sub("", _in_turn().sub("", piece.strip()))


@pattern
def _in_turn() -> str:
    """Before a name: "first the", "then the", "and finally the"."""
    turn = any_of("always", "first", "first_behind", "then", "before_that", "otherwise", "at_last")
    led = rf"(?:{turn}\s*[:：,，]?\s*){{1,3}}"
    return rf"^(?:(?:{any_of('and')}\s+)?{led}|{any_of('and')}\s+)(?:{article()})?"


@pattern
def _first_last() -> str:
    """Behind a name: "always the desk first"."""
    return rf"(?<=\w)\s+{any_of('first_behind', 'first')}$"
