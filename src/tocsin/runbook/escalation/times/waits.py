"""When somebody in a chain is called: after how long, for want of what, at which severities."""

from __future__ import annotations

import re

from tocsin.runbook.durations import spans, target
from tocsin.runbook.escalation.people.names import (
    LONGEST_NAME,
    is_somebody,
)
from tocsin.runbook.escalation.times.cases import hurried_case, starts_with_if, stated_case
from tocsin.runbook.grammar import any_of, ending, guarded, may_hold, pattern, phrases
from tocsin.runbook.playbook import Trigger
from tocsin.runbook.scale import Scale, onwards
from tocsin.runbook.stated import Duration, DurationKind, Lines
from tocsin.runbook.times import times_by_severity
from tocsin.runbook.words import is_unspaced, one_of, vocabulary


def when_called(
    said: list[str], line: int, number: int, scale: Scale
) -> tuple[Duration | None, Trigger, tuple[str, ...], str | None]:
    """(window, trigger, severities, condition) of what stands beside a name in a chain."""
    words = vocabulary()
    for text in said:
        severities = scale.mentioned(text) or (scale.worded(text) if starts_with_if(text.strip(" →-–—")) else ())
        case = hurried_case(text) if number > 1 and not severities else None
        window = target(text.replace(case, " ") if case else text, line)
        if case is not None and (window is None or not window.seconds):
            return None, Trigger.CONDITION, (), case
        stated = window is not None and (window.seconds is not None or window.unit is not None)
        if number > 1 and len(severities) > 1 and (each := times_by_severity(text, scale, line)):
            return next(iter(each.values())), waited_for(text), (), bare_case(text)
        sooner = bool(severities) and bool(sooner_at(text, scale))
        later = later_otherwise(text, scale, line) if number > 1 and severities else None
        if later is not None:
            return later, waited_for(text), (), text.strip()
        if window is not None and stated and window.kind is not DurationKind.IMMEDIATE:
            severities = () if sooner else severities
            trigger = waited_for(text)
            if number == 1 and is_promise(text) and not is_waiting(text):
                return None, Trigger.START, severities, None  # "On-call (5 min response)"
            if number == 1 and not words.says("unresolved", text) and not words.says("unacknowledged", text):
                initial = bool(re.match(rf"(?i)\s*{any_of('first')}", text))
                return None if initial else window, Trigger.START, severities, None
            said_whole = sooner or stated_case(text)  # whoever takes the severities apart reads it once more
            return window, trigger, severities, case or (bare_case(text) if said_whole else None)
        if sooner and number > 1:
            return None, waited_for(text), (), bare_case(text)  # "no answer, or P1"
        if severities and number > 1:
            return window if stated else None, Trigger.SEVERITY, severities, text.strip()
        if stated and number > 1 and _is_at_once(text):
            return window, Trigger.UNSTATED, (), None
    if number == 1:
        return None, Trigger.START, (), None
    if (silence := next(filter(says_silence, said), None)) is not None:
        return None, Trigger.UNACKNOWLEDGED, (), silence.strip()
    for text in said:
        if (case := stated_case(text)) is not None:
            return None, Trigger.CONDITION, (), case
    return None, Trigger.UNSTATED, (), None


def bare_case(text: str) -> str:
    """A case without an arrow, a dash or a bracket around it."""
    return text.strip(" →-–—()（）")


def later_otherwise(text: str, scale: Scale, line: int | None = None) -> Duration | None:
    """When somebody is called who is called at once at some severities: "immediately for P0, otherwise in 15 min"."""
    pieces = re.split(r"[,;，；]\s*", text)
    times = [(target(piece, line), scale.mentioned(piece)) for piece in pieces]
    at_once = any(time is not None and time.kind is DurationKind.IMMEDIATE and names for time, names in times)
    later = [time for time, names in times if time is not None and time.seconds and not names]
    return later[0] if at_once and len(later) == 1 else None


def called_at_once_at(text: str, scale: Scale, line: int | None = None) -> dict[str, Duration]:
    """The severities of such a text at which somebody is called at once, or of "after 30 min or at P0"."""
    if later_otherwise(text, scale, line) is None:
        said = sooner_at(text, scale)
        at_once = Duration(0, text.strip(), DurationKind.IMMEDIATE, Lines(line, line) if line else None)
        return dict.fromkeys(said, at_once)
    times = ((target(piece, line), scale.mentioned(piece)) for piece in re.split(r"[,;，；]\s*", text))
    return {name: time for time, names in times if time is not None and not time.seconds for name in names}


def _is_at_once(text: str) -> bool:
    """Whether a text says "immediately" and little else: no "immediate response", "immediately on their request"."""
    return len(text.split()) < _LONGEST_TIME and not is_promise(text) and not _narrows().search(text)


@pattern
def _narrows() -> str:
    """A time that is for one case only: "immediately for security incidents"."""
    return any_of("if", "for", "upon")


def sooner_at(text: str, scale: Scale) -> tuple[str, ...]:
    """The severities that are a sooner reason beside one that holds for all: P0 of "after 30 min or at P0".

    That is a time, or that nobody answers.
    """
    if len(text) > _LONGEST_CASE or not may_hold(text, "or"):
        return ()
    pieces = _or().split(onwards().sub("", text))  # "P1 or higher" is no second reason
    named = [scale.mentioned(piece) for piece in pieces]
    timed = [target(piece) is not None or is_case_of_silence(piece) for piece in pieces]
    if not any(time and not names for time, names in zip(timed, named, strict=True)):
        return ()
    said = (names for time, names in zip(timed, named, strict=True) if not time)
    return tuple(dict.fromkeys(name for names in said for name in names))


_LONGEST_CASE = 300
"""Characters of what stands beside a name."""


@pattern
def _or() -> str:
    unspaced = one_of(word for word in phrases("or") if ord(word[0]) >= _IDEOGRAPHS)
    return rf"[\s,，、]{{1,4}}{any_of('or')}\s+|\s?{unspaced}"


_IDEOGRAPHS = 0x2E80
"""Where the scripts begin that put no blank between words."""


def waited_for(text: str) -> Trigger:
    """What a stated window waits for: an acknowledgement where the words say so, resolution otherwise."""
    return Trigger.UNACKNOWLEDGED if says_silence(text) else Trigger.UNRESOLVED


def says_silence(text: str) -> bool:
    """Whether a text says that nobody answers, be it with a time between the words: "sich nicht in 5 min meldet"."""
    if vocabulary().says("unacknowledged", text):
        return True
    if _silent_verb().search(text) is not None:
        return True
    absent = _absent().search(text) if may_hold(text, "absent") else None
    if absent is not None and is_somebody(" ".join(text[: absent.start()].split()[-LONGEST_NAME:])):
        return True
    span = next(spans(text), None) if may_hold(text, "denied", "nobody") else None
    if span is None:
        return False
    before = _leading_to_time().sub(" ", text[: span.start])
    return vocabulary().says("unacknowledged", f"{before} {text[span.end :]}")


@guarded("silent_verb")
def _silent_verb() -> str:
    """The verb before whoever does not answer: "Meldet sich der Teamleiter nicht, …"."""
    return rf"(?:^|[.;:]\s+){any_of('silent_verb')}\s+(?:[^\s,.;:]+\s+){{1,6}}?{any_of('not')}"


@pattern
def _absent() -> str:
    """Behind a word for somebody, who does not answer then; a service that is not available is down."""
    return any_of("absent")


@pattern
def _leading_to_time() -> str:
    return rf"\s(?:{any_of('deadline', 'beside_time', 'after', 'of')}\s+)+$"


def is_waiting(text: str) -> bool:
    """Whether a text says that nobody answers, or that it goes on, and for how long."""
    return (says_silence(text) or vocabulary().says("unresolved", text)) and target(text) is not None


def is_case_of_silence(text: str) -> bool:
    """Whether a text only says that nobody answers, or that it goes on, be it without a time: "if no ack"."""
    waits = says_silence(text) or vocabulary().says("unresolved", text)
    return waits and len(text.split()) <= 2 * LONGEST_NAME


def is_point(label: str) -> bool:
    """Whether a label is when somebody is called: "After 30 minutes", "No answer in 15 min", "At once"."""
    span = target(label)
    if span is None or span.seconds is None:
        return False
    words = len(label) // _SIGNS_OF_A_WORD if is_unspaced(label) else len(label.split())
    return words <= _LONGEST_TIME or is_waiting(label) or (words <= 2 * LONGEST_NAME and begins_after(label))


_SIGNS_OF_A_WORD = 3
"""Signs that say as much as a word, in a script without blanks."""
_LONGEST_TIME = 4
"""Words of a time that says no more: "after the first hour"."""


def begins_after(text: str) -> bool:
    """Whether a text begins as a point in time does: "After an hour", "15分後"."""
    if _begins_after().match(text) is not None:
        return True
    span = next(spans(text), None) if is_unspaced(text) or may_hold(text, "into_incident") else None
    return span is not None and not text[: span.start].strip() and _later().match(text, span.end) is not None


@pattern
def _begins_after() -> str:
    return rf"\W*{any_of('after')}"


@pattern
def _later() -> str:
    return rf"\s*{ending('after_span', 'beside_time')}|\s+{any_of('into_incident')}"


def is_promise(text: str) -> bool:
    """Whether a time is how soon somebody answers, "5 min response", and not when that one is called."""
    says = vocabulary().says
    if any(says(name, text) for name in ("escalate_verb", "unresolved", "unacknowledged")):
        return False
    return any(says(name, text) for name in ("respond_verb", "acknowledge_verb", "resolve_verb"))


WINDOW = re.compile(r"(\d+)\s*[-–—~]\s*\d+(?=\s*[^\W\d_])")
"""A stretch of time, "15-30 min", with its beginning."""


OPENS = re.compile(r"(?:^|[(（:：])\D{0,8}0\s*[-–—~]\s*\d")
"""The first of several windows, "(0-15 min)": each level is called when its window opens."""


def starts_at(text: str, line: int) -> Duration | None:
    """When a stretch of time begins: "15-30 min" at 15 minutes, "2+ hours" at two."""
    ranged = re.match(rf"(?i)^\D*?(\d+(?:[.,]\d+)?)\s*(?:-|–|—|~|{any_of('until')})\s*\d+(?:[.,]\d+)?\s*(.*)$", text)
    return target(f"{ranged[1]} {ranged[2]}" if ranged else re.sub(r"(?<=\d)\+", "", text), line)
