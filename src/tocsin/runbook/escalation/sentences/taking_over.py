"""Who takes over when another one does not answer: "The backup steps in when the primary is silent for 10 minutes"."""

from __future__ import annotations

import re

from tocsin.runbook.durations import target
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_somebody
from tocsin.runbook.escalation.times.waits import says_silence
from tocsin.runbook.grammar import any_of, article, may_hold, pattern
from tocsin.runbook.words import one_of, vocabulary


def who_takes_over(sentence: str) -> str:
    """Who is called by a sentence that has somebody take over in case of silence; "" where it has nobody do so."""
    verb = _verb_in(sentence)
    if verb is None or not says_silence(sentence):
        return ""
    clause = re.split(r"[,;:，；：、]\s*", sentence[: verb.start()].rstrip(" ,;"))[
        -1
    ]  # "Backup: takes over" is a label
    who = _before_verb().split(_led_in().sub("", clause), maxsplit=1)[0].strip()
    named = _waits_for_people(sentence) if _is_rank(who) else is_somebody(who)
    return who if named and len(who.split()) <= LONGEST_NAME else ""


def takes_over(sentence: str) -> bool:
    """Whether somebody takes over in a sentence, whatever the reason: "Then the lead takes over"."""
    return _verb_in(sentence) is not None


def without_taking_over(clause: str) -> str:
    """Who takes over in a clause that begins with the verb: "die Leitung" of "übernimmt die Leitung"."""
    verb = _verb_in(clause)
    return clause[verb.end() :].strip() if verb is not None and not clause[: verb.start()].strip() else clause


def _is_rank(who: str) -> bool:
    return any(vocabulary().is_a(name, who, 0.9) for name in ("primary", "secondary"))


def _waits_for_people(sentence: str) -> bool:
    """Whether a sentence that names ranks alone is of people: a database takes over as well, after some seconds."""
    span = target(sentence)
    patient = span is not None and (span.seconds or 0) >= _FOR_PEOPLE
    return patient or (span is None and vocabulary().says("acknowledge_verb", sentence))


_FOR_PEOPLE = 180
"""Seconds. No database waits so long for the other one, and no team calls the next one sooner."""


def case_of(sentence: str) -> str:
    """The clause that says who is silent, behind the verb: "when the primary is silent"; "" without one."""
    verb = _verb_in(sentence)
    found = _if().search(sentence, verb.end()) if verb is not None else None
    return sentence[found.start() :] if found is not None else ""


def _verb_in(sentence: str) -> re.Match[str] | None:
    return _verb().search(sentence) if may_hold(sentence, "takes_over") else None


@pattern
def _verb() -> str:
    return any_of("takes_over")


@pattern
def _if() -> str:
    return any_of("if")


@pattern
def _led_in() -> str:
    return rf"^\W*(?:{any_of('then', 'otherwise')}\s+)?(?:{article()})?"


@pattern
def _before_verb() -> str:
    """What else is said of somebody before the verb: "Secondary on-call is backup and takes over"."""
    return rf"\s+(?:{one_of(vocabulary().words['passive'].spaced)}|{any_of('and')})(?!\w)"
