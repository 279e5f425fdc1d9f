"""One wait for all levels: "No answer in 15 minutes: the next level", "Each level has 30 minutes to acknowledge"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.durations import spans
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.grammar import any_of, guarded, may_hold, pattern
from tocsin.runbook.playbook import EscalationLevel, EscalationRule, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.sentence_ends import sentence_ends
from tocsin.runbook.span_forms import Span
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.words import vocabulary

_ANSWERS = ("unacknowledged", "acknowledge_verb", "respond_verb")
_LONGEST = 86_400
"""Seconds. What each person has for longer is a week on call."""


@dataclass(frozen=True, slots=True)
class OneWait:
    """How long each level waits for the next one; ``severities`` empty for all."""

    after: Duration
    trigger: Trigger
    severities: tuple[str, ...]
    text: str
    lines: Lines


def names_no_one_but_the_next(text: str) -> bool:
    """Whether a text calls whoever comes next, and nobody by name: "escalate to the next level"."""
    return _next().search(text) is not None


def one_waits(leaves: Iterable[Leaf], scale: Scale) -> Iterator[OneWait]:
    """The waits that sentences state for every level."""
    for leaf in leaves:
        if not may_hold(leaf.text, "next_in_line", "every_level"):
            continue
        for sentence in sentence_ends().split(leaf.text):
            if (said := _next().search(sentence) or _every().search(sentence)) is None:
                continue
            span = next(spans(sentence, leaf.line), None)
            if span is None or not 60 <= (span.duration.seconds or 0) <= _LONGEST:
                continue
            if _goes_on(sentence, said) or _says_no_more(sentence, said[0], span):
                waited_for, names = _waited_for(sentence), scale.mentioned(sentence)
                yield OneWait(span.duration, waited_for, names, sentence, leaf.inline.lines)


def _goes_on(sentence: str, said: re.Match[str]) -> bool:
    """Whether a sentence is about an answer, or goes on to whoever is next; "Document each step" does neither."""
    if speaks_of_escalating(sentence):
        return True
    if any(vocabulary().says(name, sentence) for name in (*_ANSWERS, "unresolved", "resolve_verb")):
        return True
    if said.re is not _next().made:
        return False
    return vocabulary().says("call", sentence) or len(sentence[: said.start()].split()) > 1


def _says_no_more(sentence: str, whom: str, span: Span) -> bool:
    """Whether a sentence has little beside a wait and for whom it is: "The next level comes after an hour"."""
    return len(sentence.split()) - len(whom.split()) - len(span.duration.text.split()) <= _FEW


_FEW = 3


def give_one_wait(found: Escalation, waits: list[OneWait]) -> None:
    """Let the levels without times follow one another at the wait that is stated for all, or for their severity."""
    for wait in waits:
        shared = found.chains.get("", [])
        for name in wait.severities or tuple(found.chains):
            chain = found.chains.get(name, shared)
            if chain and all(level.after is None for level in chain):
                found.chains[name] = [_placed(level, place, wait, name) for place, level in enumerate(chain)]
    if not found.chains:
        found.rules += [EscalationRule(one.text, one.lines, one.trigger, one.after, one.severities) for one in waits]


def _placed(level: EscalationLevel, place: int, wait: OneWait, name: str) -> EscalationLevel:
    severities = level.severities or ((name,) if name else ())
    if place == 0:
        return replace(level, severities=severities)
    after = replace(wait.after, seconds=place * (wait.after.seconds or 0))
    return replace(level, after=after, trigger=wait.trigger, severities=severities)


def _waited_for(sentence: str) -> Trigger:
    says = vocabulary().says
    answers = any(says(name, sentence) for name in _ANSWERS)
    return Trigger.UNACKNOWLEDGED if answers and not says("unresolved", sentence) else Trigger.UNRESOLVED


@guarded("next_in_line")
def _next() -> str:
    return any_of("next_in_line")


@pattern
def _every() -> str:
    return any_of("every_level")
