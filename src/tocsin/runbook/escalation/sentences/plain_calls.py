"""Whom the sentences of a chapter about escalating call without a time: "If the fix fails, escalate to the owner"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.channels import channels_in
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.people.names import people
from tocsin.runbook.escalation.people.ours import is_name
from tocsin.runbook.escalation.sentences.calling import calls, escalated_matter, forbids, says_somebody
from tocsin.runbook.escalation.sentences.cases_below import called_in_told_cases
from tocsin.runbook.escalation.sentences.prose import inlines_of, is_for_a_matter, spoken
from tocsin.runbook.escalation.sentences.verbs_of_calling import LONGEST_SENTENCE
from tocsin.runbook.escalation.times.cases import matter_before, special_matter
from tocsin.runbook.escalation.times.waits import says_silence
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.sentence_ends import sentence_ends
from tocsin.runbook.stated import Lines
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import vocabulary

_MOST = 12
"""Sentences of a chapter that say whom to call; a longer one is a guide."""


def plain_calls(section: Section, scale: Scale) -> list[EscalationLevel]:
    """The levels of such sentences; of trigger CONDITION where somebody is called for one matter only.

    That nothing has helped, or that nobody answers, is no matter: whoever is called then is the next one.
    """
    found: list[EscalationLevel] = []
    for level in _called(section, scale):
        if not any(level.targets == one.targets for one in found):
            found.append(level)
        if len(found) > _MOST:
            return []
    return found


def _called(section: Section, scale: Scale) -> Iterator[EscalationLevel]:
    for inline in inlines_of(section):
        for line in inline.by_line if len(inline.text) <= LONGEST_SENTENCE else ():
            if line.labelled is not None and (who := _reached(*line.labelled)):
                yield EscalationLevel(2, people(who), line.lines)
        if (told := called_in_told_cases(inline)) is not None:
            yield _in_cases(*told, inline.lines)
            continue
        for sentence in _sentences(inline.text):
            level = None if forbids(sentence) else spoken(sentence, inline.lines, 1, scale)
            case = condition_in(sentence.rstrip(" :：")) if level is not None else None
            if level is None or not any(says_somebody(one) or (case and is_name(one)) for one in level.targets):
                continue
            if level.after is not None:
                yield level
            elif says_silence(sentence):
                yield replace(level, trigger=Trigger.UNACKNOWLEDGED)
            elif is_for_a_matter(level):
                yield replace(level, trigger=Trigger.CONDITION)
            elif (matter := matter_before(sentence) or special_matter(escalated_matter(sentence))) is not None:
                yield replace(level, trigger=Trigger.CONDITION, condition=matter)
            elif case is None or _is_unhelped(case):
                yield replace(level, trigger=Trigger.UNRESOLVED if case else Trigger.UNSTATED)
            else:
                yield replace(level, trigger=Trigger.CONDITION, condition=case)


def _in_cases(who: tuple[str, ...], cases: str, lines: Lines) -> EscalationLevel:
    """Whom a label calls in the cases behind it; the next one of a ladder where nothing helps is one of them."""
    level = EscalationLevel(2, who, lines, trigger=Trigger.CONDITION, condition=cases)
    if not vocabulary().says("unresolved", cases):
        return level
    return replace(level, trigger=Trigger.UNRESOLVED, after=target(cases, lines.first))


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a text; "page the lead if it burns; page the owner if it floods" are two."""
    for sentence in sentence_ends().split(text):
        parts = sentence.split("; ") if len(sentence) <= LONGEST_SENTENCE else [sentence]
        yield from parts if all(map(calls, parts)) else [sentence]


def _reached(label: str, value: str) -> str:
    """Whom a label names behind a way of reaching somebody, before an address: "WhatsApp Ana", "Phone the owner"."""
    way, _blank, who = (part.strip(" .") for part in label.partition(" "))
    known = max(vocabulary().column(name, way) for name in ("phone", "chat", "email")) >= _SURELY
    known = known or _way().fullmatch(way) is not None
    if not known or not who or not (_NUMBER.search(value) or any(channels_in(value))):
        return ""
    return who if says_somebody(who) or is_name(who) else ""


_SURELY = 0.9
_NUMBER = re.compile(r"\+?\d[\d\s().XxX*/-]{2,}")
"""A telephone number, or the place for one."""


@pattern
def _way() -> str:
    return any_of("way_of_calling")


def _is_unhelped(case: str) -> bool:
    """Whether a condition says that what was done has not helped: "if the fix fails", "if it is not restored"."""
    if vocabulary().says("unresolved", case) or _persists().search(case) is not None:
        return True
    helps = vocabulary().says("resolve_verb", case) or _countermeasure().search(case) is not None
    return helps and _denied().search(case) is not None


@pattern
def _persists() -> str:
    return any_of("persists")


@pattern
def _countermeasure() -> str:
    return any_of("countermeasure")


@pattern
def _denied() -> str:
    return any_of("fails", "not", "negated")
