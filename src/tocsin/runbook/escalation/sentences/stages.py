"""Escalation in sentences that count: "Stage one is the desk. Stage two, the lead, starts 15 minutes in."."""

from __future__ import annotations

import re
from functools import cache

from tocsin.runbook.durations import target, with_units
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.escalation.ranks import NUMERALS
from tocsin.runbook.escalation.times.waits import waited_for
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.grammar import any_of, article, ending, may_hold
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.sentence_ends import sentence_ends
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import is_unspaced, one_of, vocabulary

_LONGEST = 800
"""Characters of a paragraph that counts its stages."""
_LONGEST_NAME = 5
"""Words."""


def counted_stages(text: str, lines: Lines) -> list[EscalationLevel]:
    """The levels of a paragraph each of whose sentences counts a stage and names who that is; empty for another."""
    if len(text) > _LONGEST or not (may_hold(text, "stage") or is_unspaced(text)):
        return []
    levels: list[EscalationLevel] = []
    for sentence in filter(str.strip, sentence_ends().split(with_units(text))):
        counted = _counted().match(sentence.strip())
        if counted is None:
            return []
        said = sentence.strip()[counted.end() :]
        who = re.split(rf"[,，、.。(（:：]|{_is_when()}", said, maxsplit=1)[0]
        who = re.sub(rf"(?i)^{article()}", "", without_times(who).strip())
        if not is_somebody(who) or len(who.split()) > _LONGEST_NAME:
            return []
        after = target(said, lines.first)
        timed = after if after is not None and after.seconds else None
        trigger = waited_for(said) if timed else Trigger.UNSTATED if levels else Trigger.START
        levels.append(EscalationLevel(len(levels) + 1, people(who), lines, after=timed, trigger=trigger))
    return levels if len(levels) > 1 else []


@cache
def _is_when() -> str:
    return rf"(?:{ending('stage_when')}(?=\d))|\s(?={any_of('after', 'deadline')}\s)"


@cache
def _counted() -> re.Pattern[str]:
    """ "Stage two, ", "The second line is the", "第二段階は"."""
    words = vocabulary()
    count = rf"(?:\d|{one_of(word for word in words.numbers if ord(word[0]) < 0x2E80)})(?!\w)"
    stage, nth = any_of("stage"), one_of(words.ordinals)
    written = rf"{ending('stage_ahead')}[{NUMERALS}\d](?:{ending('stage')})"
    led = rf"(?:{article()})?(?:{stage}\s+{count}|{nth}\s+{stage}|{written})"
    joins = rf"(?:\s*(?:[,，:：–—-]|{any_of('stage_is')})\s*)+"
    return re.compile(rf"^{led}{joins}(?:{article()})?", re.IGNORECASE)
