"""Escalation as a line of time in a code block: "T+0  The duty miller is paged", "T+15  Escalate to the owner"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.document.blocks import Fence
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import target, unit_in
from tocsin.runbook.escalation.arrows import behind_occasion
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.drawings.severities import SIGNS
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_somebody, people
from tocsin.runbook.escalation.sentences.calling import acts
from tocsin.runbook.escalation.sentences.clauses import out_of_bracket
from tocsin.runbook.escalation.sentences.judged import leaves_open
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.severities import begins_with, named_by
from tocsin.runbook.escalation.times.cases import starts_with_if
from tocsin.runbook.escalation.times.waits import is_point, waited_for
from tocsin.runbook.grammar import BRACKET, any_of, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.words import one_of, vocabulary

_POINT = re.compile(
    r"[\s│|├└─]*[\[(]?(?:[^\W\d_]{1,8}\s(?=\d{1,2}:\d))?"
    r"(?P<when>T\s?\+\s?\d{1,4}(?:\s?[^\W\d_]{1,7})?|\d{1,4}\s?[^\W\d_]{1,12}|(?P<m>\d{1,2}):(?P<s>\d{2}))[\])]?"
    r"(?:\s*(?:→|->|=>|[:：|–—])|\s+-{1,3}\s|\s{2,}|\t)\s*(?P<said>.*)"
)
"""A point of time at the beginning of a line, and what happens then; "Time 5:00" is five minutes after "0:00"."""

_WORDED = re.compile(r"[\s|]*(?P<when>[^\W\d_][^:：→]{2,30}?)(?:\s*(?:→|->|=>|[:：|])\s*|\s{2,}|\t)(?P<said>\S.*)")
"""The same where a time begins with a word: "after 15 minutes    team lead"."""

_LONGEST = 60
"""Lines of the longest line of time."""


def read_line_of_time(block: Fence, section: Section, scale: Scale, found: Escalation) -> bool:
    """Take the chain of a block whose lines begin with points of time, in their order; False for any other block.

    What stands below a point without one of its own happens then as well. What somebody may decide calls nobody.
    """
    if len(block.body) > _LONGEST:
        return False
    points = list(_points(block))
    clocks = [minutes for minutes in map(_minutes_of_clock, block.body) if minutes is not None]
    if clocks and (clocks[0] != 0 or max(clocks) < _SURELY_MINUTES):
        return False  # the hours of a day, or "0:30", which may be half an hour or half a minute
    times = [after.seconds or 0 for after, _said in points]
    if len(points) < 2 or times != sorted(times) or times[0] == times[-1]:
        return False
    levels = list(_before_all_times(block))
    for after, said in points:
        for text, line in said:
            if text.endswith((":", "：")) and is_somebody(text) and not starts_with_if(text):
                break  # "The lead may:" stands above what is left to that one
            level = _called(text, line, scale)
            if level is None or any(level.targets == one.targets for one in levels):
                continue
            later = bool(after.seconds)
            trigger = waited_for(text) if later else Trigger.START if not levels else Trigger.UNSTATED
            timed = replace(after, lines=Lines(line, line)) if later else None
            levels.append(replace(level, level=len(levels) + 1, after=timed, trigger=trigger, severities=()))
    if len(levels) < 2:
        return False
    for name in _names(section, scale):
        own = [replace(one, severities=(name,)) for one in levels] if name else levels
        found.chains.setdefault(name, own)
    return True


def _before_all_times(block: Fence) -> Iterator[EscalationLevel]:
    """Whom the first line names before any time: "Duty miller" above "└─ 15 min without answer → head miller"."""
    first = next(((n, line) for n, line in enumerate(block.body, block.first) if line.strip()), None)
    if first is None or _POINT.match(first[1]) is not None:
        return
    name = SIGNS.sub(" ", first[1], count=1).strip() if SIGNS.match(first[1]) else first[1].strip()
    if (
        target(name) is None
        and is_somebody(name)
        and len(name.split()) <= LONGEST_NAME
        and not re.search(r"[:：?→>]", name)
    ):
        yield EscalationLevel(1, people(name), Lines(first[0], first[0]), trigger=Trigger.START)


_SURELY_MINUTES = 5
"""The last of several points, "5:00", counts minutes: nobody waits for as many hours to be called."""


def _minutes_of_clock(line: str) -> int | None:
    match = _POINT.match(line)
    return int(match["m"]) if match is not None and match["m"] else None


def _when(match: re.Match[str], line: int) -> Duration | None:
    if not match["m"]:
        return target(match["when"], line)
    return target(f"{int(match['m']) * 60 + int(match['s'])} seconds", line)


def _points(block: Fence) -> Iterator[tuple[Duration, list[tuple[str, int]]]]:
    """Each point of time, with what is said of it, by lines."""
    current: tuple[Duration, list[tuple[str, int]]] | None = None
    for number, line in enumerate(map(_with_unit_behind, block.body), block.first):
        match = _POINT.match(line) if len(line) <= 200 else None
        after = _when(match, number) if match is not None else None
        if match is None and (match := _WORDED.match(line)) is not None and is_point(match["when"]):
            after = target(match["when"], number)
        if match is not None and after is not None and after.seconds is not None:
            if current is not None:
                yield current
            current = (after, [(match["said"].strip(), number)])
        elif current is not None and (text := SIGNS.sub(" ", line, count=1).strip()):
            current[1].append((text, number))
    if current is not None:
        yield current


def _with_unit_behind(line: str) -> str:
    """A line with the unit behind its number, and when a stretch begins: "MINUTE 5-15" is "5 MINUTE"."""
    found = _UNIT_FIRST.match(line)
    if found is None or unit_in(found["unit"]) is None:
        return line
    return f"{found['signs']}{found['number']} {found['unit']}: {line[found.end() :]}"


_UNIT_FIRST = re.compile(
    r"(?P<signs>[\s│|├└─]{0,20})(?P<unit>[^\W\d_]{3,9})\s(?P<number>\d{1,3})(?:\s?[-–—~]\s?\d{1,3}|\+)?"
    r"(?:\s*(?:→|->|=>|[:：|–—])\s*|\s{2,}|\s*$)"
)


@pattern
def _answered() -> str:
    """An answer before what follows from it: "No: page the lead"."""
    return rf"(?:(?P<yes>{any_of('yes')})|{any_of('no')})\s*[:：→–-]\s*"


@pattern
def _tells() -> str:
    """In a line that says what happens, "The owner is told", and is not only somebody's name."""
    return rf"(?<!\w)(?:{one_of(vocabulary().words['passive'].spaced)})(?!\w)"


def _called(text: str, line: int, scale: Scale) -> EscalationLevel | None:
    """Whom a line calls or names; nobody where it is answered with yes, or left to somebody's judgement."""
    text = out_of_bracket(text)
    answer = _answered().match(text)
    if (answer is not None and answer["yes"]) or leaves_open(text):
        return None
    said = text[answer.end() :] if answer is not None else text
    said = behind_occasion(said)
    lines = Lines(line, line)
    level = spoken(BRACKET.sub(" ", said).strip(), lines, 1, scale)
    if level is not None:
        return replace(level, condition=None)
    name = BRACKET.sub(" ", said).strip(" .")
    if (who := acts(name)) is not None:
        return EscalationLevel(1, people(who), lines, (), None, Trigger.START)
    told = _tells().search(name) is not None
    if not told and is_somebody(name) and len(name.split()) <= LONGEST_NAME and not re.search(r"[:：?]", name):
        return EscalationLevel(1, people(name), lines, (), None, Trigger.START)
    return None


def _names(section: Section, scale: Scale) -> tuple[str, ...]:
    """The severities that a block is for, by the headings above it, also by their labels: "Critical escalation"."""
    names = named_by(section, scale)
    if names != ("",):
        return names
    own = (begins_with(one.title.text, scale) for one in section.path() if one.level > 1)
    return (next((name for name in own if name), ""),)
