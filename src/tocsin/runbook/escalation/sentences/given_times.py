"""How long somebody has before the next one is called: "The primary has 15 minutes to acknowledge, then the owner"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tocsin.runbook.durations import spans
from tocsin.runbook.escalation.people.ours import is_name
from tocsin.runbook.escalation.sentences.calling import names_nobody, says_somebody
from tocsin.runbook.escalation.sentences.verbs_of_calling import LONGEST_SENTENCE, ends_called
from tocsin.runbook.escalation.times.waits import is_waiting
from tocsin.runbook.grammar import BRACKET, any_of, article, ending, guarded, may_hold, pattern
from tocsin.runbook.playbook import Trigger
from tocsin.runbook.stated import Duration
from tocsin.runbook.words import one_of, vocabulary


@dataclass(frozen=True, slots=True)
class GivenTime:
    """Who has how long, what for where that is said, and the words behind it, which may call the next one."""

    who: str
    wait: Duration
    trigger: Trigger | None
    rest: str


def given_time(sentence: str, line: int) -> GivenTime | None:
    """The time that a sentence gives somebody to answer or to mend it; None for other sentences.

    It does so as well where it says what comes otherwise: "The lead answers within 5 minutes or the owner is called".
    """
    if len(sentence) > LONGEST_SENTENCE:
        return None
    said = _has_time().match(sentence) if may_hold(sentence, "has_time") else None
    if said is not None and not ends_called(said["who"]):
        span = next(spans(sentence, line), None)
        up_to = span is not None and _up_to().fullmatch(sentence, said.end(), span.start) is not None
        given = _given(said["who"], sentence, said.end(), line) if up_to else None
        if given is not None and given.trigger is None and _first().search(said[0]) is not None:
            return replace(given, trigger=Trigger.UNRESOLVED)  # "The miller handles the first 15 minutes."
        return given
    if (said := _answers().match(sentence)) is not None:
        found = _given(said["who"], sentence, said.end(), line)
        return found if found is not None and found.rest and found.trigger is Trigger.UNACKNOWLEDGED else None
    return None


def time_given_to_last(sentence: str, line: int) -> GivenTime | None:
    """The time that whoever a sentence calls has: "Page the lead, who has 5 minutes to answer"."""
    said = _who_has_time().search(sentence) if may_hold(sentence, "has_time") else None
    span = next(spans(sentence, line), None) if said is not None else None
    if said is None or span is None or not 0 <= span.start - said.end() <= _NEAR or not span.duration.seconds:
        return None
    return GivenTime("", span.duration, _purpose(sentence[span.end :]) or Trigger.UNACKNOWLEDGED, "")


def given_in_bracket(sentence: str, line: int) -> tuple[str, GivenTime | None]:
    """A sentence without the bracket that says how long whoever is called has, "(10 minutes to answer)", and that."""
    brackets = len(sentence) <= LONGEST_SENTENCE and ("(" in sentence or "（" in sentence)
    for found in BRACKET.finditer(sentence) if brackets else ():
        inside = found["inside"]
        span = next(spans(inside, line), None)
        purpose = _purpose(inside) if span is not None and not is_waiting(inside) else None
        if span is not None and purpose is not None and span.duration.seconds:
            rest = f"{sentence[: found.start()].rstrip()}{sentence[found.end() :]}"
            return rest, GivenTime("", span.duration, purpose, "")
    return sentence, None


def given_in_turn(clause: str, before: Duration, line: int) -> GivenTime | None:
    """The time of somebody behind one who "has 20 minutes", where the verb is left out: ", the lead 40, then …"."""
    if (unit := _UNIT.search(before.text)) is not None:
        clause = _BARE.sub(rf"\g<0> {unit[1]}", clause, count=1)
    span = next(spans(clause, line), None)
    who = _bare_who().fullmatch(clause[: span.start]) if span is not None else None
    return _given(who["who"], clause, span.start, line) if who is not None and span is not None else None


@pattern
def _own_time() -> str:
    """Behind a comma, where somebody else has a time: ", the lead has 40, then the owner"."""
    return rf"{_who()[1:]}\s*(?:{any_of('has_time')}[^,;，；、\d]{{0,24}})?\d{{1,3}}(?!\d)"


_UNIT = re.compile(r"\d\s*([^\W\d_]+)")
_BARE = re.compile(r"(?<=\s)\d{1,3}(?=\s*[,;，；]|\s*$)")
"""A number without a unit, at the end of its clause."""


def _given(who: str, sentence: str, end: int, line: int) -> GivenTime | None:
    span = next(spans(sentence, line), None)
    if span is None or not 0 <= span.start - end <= _NEAR or not span.duration.seconds:
        return None
    if _nobody().search(who) is not None or names_nobody(who):
        return None
    behind = sentence[span.end :]
    then, comma = _then().search(behind), _comma().search(behind)
    if then is None or (comma is not None and comma.start() < then.start() and _own_time().match(behind, comma.end())):
        then = comma
    purpose = _purpose(sentence[end : span.start]) or _purpose(behind[: then.start()] if then is not None else behind)
    if purpose is None and then is None and behind.strip(" .。"):
        return None  # "The lead has two hours of training"
    known = says_somebody(who) or any(vocabulary().says(name, who) for name in ("secondary", "support_word"))
    if not known and not (purpose is Trigger.UNACKNOWLEDGED and is_name(who)):
        return None
    return GivenTime(who.strip(), span.duration, purpose, behind[then.end() :] if then is not None else "")


def _purpose(text: str) -> Trigger | None:
    """What the words beside a time say that it is for."""
    says = vocabulary().says
    if any(says(name, text) for name in ("acknowledge_verb", "respond_verb")):
        return Trigger.UNACKNOWLEDGED
    return Trigger.UNRESOLVED if says("resolve_verb", text) else None


_NEAR = 24
"""Characters between the verb and the time: "has up to 15 minutes", "must acknowledge within 15 minutes"."""


def _who() -> str:
    return rf"^\W*(?:{any_of('then', 'before_that')}\s+)?(?:{article()})?(?P<who>[\w@#-]+(?:[\s'’]+[\w@#-]+){{0,4}}?)"


@pattern
def _bare_who() -> str:
    return rf"{_who()}(?:\s+|{ending('particle')})"


@pattern
def _has_time() -> str:
    return rf"{_who()}\s*{any_of('has_time')}"


@pattern
def _first() -> str:
    """At the end of a verb: the time that somebody has is the first one of the incident."""
    return rf"{ending('first_of_time')}\s*$"


@pattern
def _up_to() -> str:
    return rf"\W*(?:(?:{any_of('deadline', 'at_latest', 'until')}|{one_of(vocabulary().durations['within'])})\s*)*"


@pattern
def _who_has_time() -> str:
    return rf",\s+{any_of('relative')}\s+(?:{any_of('then')}\s+)?{any_of('has_time')}"


@guarded(("acts", "promises"))
def _answers() -> str:
    """ "The on-call acknowledges", "The on-call must acknowledge": a promise, unless something comes otherwise."""
    return rf"{_who()}\s+(?={any_of('acts', 'promises')}\s)"


@pattern
def _nobody() -> str:
    """Each of all levels, of which none is named: ``one_wait`` reads what they have."""
    return any_of("every_level", "next_in_line")


@pattern
def _then() -> str:
    """Before what comes when the time is over."""
    sign, said = r"\s*[,;，；、]\s*", any_of("then", "before_that", "otherwise", "or")
    return rf"(?:{sign}|(?<!\s)\s+)(?:{any_of('and')}\s+)?{said}\s*"


@pattern
def _comma() -> str:
    return r"\s*[,;，；、]\s*"
