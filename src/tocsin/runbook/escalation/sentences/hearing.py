"""Who hears an alarm before anybody is called: "The desk takes every alert", "Den Alarm bekommt die Bereitschaft"."""

from __future__ import annotations

import re
from functools import cache

from tocsin.runbook.durations import target
from tocsin.runbook.escalation.people.ours import is_name
from tocsin.runbook.escalation.sentences.calling import acts, forbids, names_nobody, says_somebody
from tocsin.runbook.escalation.sentences.verbs_of_calling import LONGEST_SENTENCE
from tocsin.runbook.grammar import any_of, article, ending, guarded, may_hold, pattern
from tocsin.runbook.words import is_unspaced, vocabulary

_LONGEST_NAME = 5
"""Words."""


def hears_first(sentence: str) -> str:
    """Who receives an alert in a sentence that calls nobody: "The night operator takes the alert"; "" for nobody."""
    label, colon, said = sentence.replace("：", ":").partition(":")
    who = said.strip(" .。")
    named = colon and (says_somebody(who) or is_name(who)) and len(who.split()) <= _LONGEST_NAME
    if named and vocabulary().is_a("rotation", label, 0.9) and target(said) is None:
        return label.strip()  # "On-call: DevOps."
    heard = _alarm().search(sentence) is not None
    return acts(sentence) or receives(sentence) if heard and target(sentence) is None else ""


def receives(sentence: str) -> str:
    """Who receives an alarm by the verb of a sentence, whichever of the two stands first; "" for nobody."""
    if len(sentence) > LONGEST_SENTENCE or not may_hold(sentence, "receives") or forbids(sentence):
        return ""
    if is_unspaced(sentence):
        pieces = [one for one in _between_names().split(sentence) if one and says_somebody(one)]
        names = [one for one in pieces if _alarm().search(one) is None]
        return names[0] if len(names) == 1 and _receives().search(sentence) is not None else ""
    for verb in _receives().finditer(sentence):
        sides = sentence[: verb.start()], sentence[verb.end() :]
        heard = [_alarm().search(side) is not None for side in sides]
        if heard[0] != heard[1] and (who := _name_of(sides[heard[0]], behind=heard[0])):
            return who
    return ""


def _name_of(side: str, *, behind: bool) -> str:
    """The name on one side of the verb, without what leads to it; what goes on ``behind`` it is left out."""
    who = re.split(r"[,;.]", side.strip(" .。,"))[0] if behind else side.strip(" ,")
    who = _led().sub("", who)
    who = _goes_on().split(who, maxsplit=1)[0].strip() if behind else who
    if _asks().match(who):
        return ""
    short = 0 < len(who.split()) <= _LONGEST_NAME
    return who if short and (says_somebody(who) or is_name(who)) and not names_nobody(who) else ""


@cache
def _led() -> re.Pattern[str]:
    words = any_of("to", "always", "first", "first_behind", "hears_at", "directly", "name_article")
    return re.compile(rf"^(?:(?:{words}(?!-)\s*)?{article()}|{words}(?!-)\s*)+", re.IGNORECASE)


@pattern
def _goes_on() -> str:
    ends = any_of("ends_name", "and", "after", "if", "for", "first", "first_behind", "hears_last")
    return rf"\s+(?!{any_of('in_name')}){ends}(?![\w-])"


@pattern
def _asks() -> str:
    return any_of("who_asked")


@guarded("alarm")
def _alarm() -> str:
    return any_of("alarm")


@pattern
def _receives() -> str:
    return any_of("receives")


@pattern
def _between_names() -> str:
    """What parts the names of a sentence without blanks: the particles of Japanese, and the verb."""
    return rf"[\s\u3041-\u3096、，。；;,.：:]|{any_of('receives', 'always')}|{ending('hears_at')}"
