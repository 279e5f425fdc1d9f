"""One item of an ordered path: "**Team Lead** (If unresolved in 1 hour)", "Level 2: the owner"."""

from __future__ import annotations

import re

from tocsin.runbook.channels import channels_in
from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Item, ItemList
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import FILE
from tocsin.runbook.escalation.deadlines import as_said
from tocsin.runbook.escalation.lists.primary import is_rank_alone, ranked_name
from tocsin.runbook.escalation.people.calls import without_call, without_long_call
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_somebody, people
from tocsin.runbook.escalation.ranks import counted_level, level_number, without_rank
from tocsin.runbook.escalation.sentences.calling import acts, is_call
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.severities import whom_by_severity
from tocsin.runbook.escalation.times.cases import purpose_in, starts_with_if
from tocsin.runbook.escalation.times.waits import (
    WINDOW,
    is_case_of_silence,
    is_point,
    is_waiting,
    says_silence,
    waited_for,
    when_called,
)
from tocsin.runbook.grammar import BRACKET, any_of, ending, pattern, small_words
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Lines
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import one_of, vocabulary


@pattern
def _reasoned() -> str:
    """Why somebody is called, before who it is: "If there is no answer in 10 minutes — the shift lead"."""
    who = r"[^\s.。;；:：][^.。;；:：]{1,48}"
    behind = rf"(?P<reason>[^:：]+?{ending('if_behind')})(?:{ending('particle')}|[、,:：\s])*(?P<called>{who})"
    return rf"(?:(?P<why>{any_of('if')}[^:：]*?)\s*(?:[:：—–]|→|->|=>|\s-\s)\s*(?P<who>{who})|{behind})[.。;；]?$"


@pattern
def _behind_who() -> str:
    now = one_of(vocabulary().words["immediate"].spaced)
    timed = rf"\s*[,，]?\s+(?={any_of('deadline')}\s+(?:\S+\s+)?\d)|\s*[,，]\s*(?={now}(?!\w))"
    return rf"\s*(?:[:：]|→|->|=>)\s*|\s+[–—-]\s+|{timed}|\s+{any_of('if', 'after')}\s|\s*[.。](?=\s|$)"


_BEFORE_TIME = re.compile(r"(?:[:：–—-]\s*)?(?P<who>[^,，、:：–—]{2,60})\s*[,，、]\s*(?P<when>[^,，、]{1,40})")
"""Somebody, a comma, and when that one is called: "team lead, after 15 minutes"."""


def level_of_item(item: Item, n: int, scale: Scale, *, windows: bool = False) -> EscalationLevel | None:
    """One item of an ordered path: "**Team Lead** (If unresolved in 1 hour)", "**T2 (Engineer)**: After 10 minutes".

    With ``windows`` a range is the stretch that the level has, not how long it is waited for.
    """
    text = item.inline.text
    match = counted_level().match(text) if without_rank(text) != text else None
    lead, rest = item.inline.lead, item.inline.rest
    if match is not None:
        body = text[match.end() :].strip()
        number = level_number(match) or n
    else:
        body, number = text, n
    inside = list(BRACKET.finditer(body))
    said = [WINDOW.sub(r"\1", found["inside"]) if windows else found["inside"] for found in inside]
    label = item.inline.labelled if match is None else None
    if label is not None and label[1] and (is_point(label[0]) or (n > 1 and is_case_of_silence(label[0]))):
        who, said = without_call(BRACKET.sub(" ", label[1])), [label[0], *said]
    elif match is not None and body.startswith(("(", "（")) and said:
        behind = body[inside[0].end() :].lstrip(" :：–—-")
        if target(said[0]) is not None and behind:
            who = BRACKET.sub(" ", behind)  # "L2 (15-30 min): the lead"
        elif len(behind.split()) > LONGEST_NAME and target(behind) is None and not is_somebody(said[0]):
            who = acts(behind) or ""  # "Level 2 (Due date): the owner looks at the list again"
        else:
            who, said = said[0], [WINDOW.sub(r"\1", behind) if windows else behind]
    elif match is None and label is not None and (ranked := ranked_name(*label)):
        who = ranked  # "Secondary: Platform team (mail)"
    elif lead is not None and match is None:
        who = BRACKET.sub(" ", lead)
        said = [*said, rest]
    else:
        bare = " ".join(BRACKET.sub(" ", body).split())
        if (reasoned := _reasoned().match(bare)) and _waits(reasoned["why"] or reasoned["reason"], n):
            who, said = reasoned["who"] or reasoned["called"], [*said, reasoned["why"] or reasoned["reason"]]
        elif (parted := _BEFORE_TIME.fullmatch(bare)) is not None and is_point(parted["when"]):
            who, said = parted["who"], [*said, parted["when"]]
        else:
            who = _behind_who().split(bare, maxsplit=1)[0]
            behind = bare[len(who) :].lstrip(" :：")
            said = [*said, body[len(who) :].lstrip(" ,，")]
            if is_rank_alone(who, behind) or _is_a_call(who, behind):  # "Primary contact: head miller"
                who = _behind_who().split(behind, maxsplit=1)[0]
                said[-1] = behind[len(who) :]
    if len(who.split()) > LONGEST_NAME and starts_with_if(who):
        called = spoken(who, item.lines, n, scale)
        if called is None:
            return None  # "Level 2 (after two days): If nothing was done, it is looked at again"
        who = " + ".join(called.targets)
    if not who.strip() or is_gap(who) or _is_time(who) or (match is None and _is_task(who)):
        return None
    if (_is_task(who) and len(who.split()) > 2) if match is not None else _is_statement(who):
        return None  # "Level 1 - Check this runbook"
    if match is not None and not is_somebody(who) and says_what_fails(who):
        return None  # "Level 2: System outage" is when
    if match is None and vocabulary().says("call", who):
        who = without_call(who)
    told = _called_in(who, item, scale) if match is not None and len(who.split()) > _LONGEST_NAME - 1 else ()
    after, trigger, severities, condition = when_called(said, item.lines.first, number, scale)
    after = as_said(" ".join(said), after) if after is not None else None
    if trigger is Trigger.UNRESOLVED and label is not None and says_silence(label[0]):
        trigger = Trigger.UNACKNOWLEDGED
    if whom_by_severity(body, scale):  # taken apart when all is read
        after = target(body[inside[-1].end() :].strip(" ,;，；"), item.lines.first) if inside else None
        later = waited_for(body) if after is not None else Trigger.UNSTATED
        severities, trigger, condition = (), later if number > 1 else Trigger.START, body
    purpose = purpose_in(said)
    timed = after is not None or condition or purpose or severities
    duties = () if timed or len(said) < 2 else tuple(one for one in said[:-1] if not is_gap(one) and _is_duty(one))
    return EscalationLevel(
        level=number,
        targets=told or people(without_long_call(who)),
        lines=Lines(item.lines.first, item.lines.last),
        severities=severities,
        after=after,
        trigger=trigger,
        condition=condition or purpose or (_case_in(who) if told else None),
        responsibilities=duties,
    )


def _is_a_call(label: str, value: str) -> bool:
    """Whether a label is but the call itself, "Call: head miller", "2. Anruf: Leitung", and its value is somebody."""
    return (_way_of_calling().fullmatch(label.strip()) is not None or is_call(label)) and is_somebody(value)


@pattern
def _way_of_calling() -> str:
    return any_of("way_of_calling")


def _waits(reason: str, number: int) -> bool:
    """Whether a reason says how long nobody answered, or behind the first one that nobody did."""
    return is_waiting(reason) or (number > 1 and is_case_of_silence(reason) and says_silence(reason))


def _called_in(sentence: str, item: Item, scale: Scale) -> tuple[str, ...]:
    """Whom a sentence behind the number of a level calls: "If it is still cold, page the miller", "…, notify:".

    Empty where it is only a name.
    """
    if (level := spoken(sentence, item.lines, 2, scale)) is not None:
        return level.targets
    last = re.split(r"[,;]\s*", sentence.rstrip(" :："))[-1]
    if sentence.rstrip().endswith((":", "：")) and vocabulary().is_a("call", last, 0.9):
        nested = (one for block in item.children if isinstance(block, ItemList) for one in block.items)
        return tuple(name for one in nested for name in people(BRACKET.sub(" ", one.inline.text)))
    who = acts(sentence)
    return people(who) if who is not None else ()


_LONGEST_NAME = 4
"""Words. What is longer behind the number of a level is a sentence, or one that begins with "if"."""


def _case_in(sentence: str) -> str | None:
    """When a sentence calls somebody, where that is no wait: "If flour is lost" of "If flour is lost, page Ann"."""
    case = condition_in(sentence)
    waits = case is None or any(vocabulary().says(name, case) for name in ("unresolved", "unacknowledged"))
    return None if waits else case


def _is_task(text: str) -> bool:
    """Whether what stands for a name says what to look at: "Check the ledger"."""
    first, *rest = text.split()
    part = vocabulary().parts.best(first)
    looks = part is not None and part.kind in ("investigation", "verification") and part.coverage >= 0.99
    looks = looks or vocabulary().is_a("verify", first, 0.9) or first.casefold() in small_words("look", "chore")
    return bool(rest) and looks and not is_somebody(text) and "@" not in text


def _is_statement(text: str) -> bool:
    """Whether what stands for a name states something: "The phone list of the mill hangs beside the door".

    A text that names a file, and one much longer than a name; a long one has a word for somebody where it is a name.
    """
    longer = len(text.split()) - LONGEST_NAME
    return longer > LONGEST_NAME or (longer > 1 and not is_somebody(text)) or FILE.search(text) is not None


def _is_time(who: str) -> bool:
    """Whether what stands for a name is a time, "0-15 min": nobody is called so."""
    span = target(who)
    return span is not None and span.text == who.strip()


def _is_duty(text: str) -> bool:
    """Whether a bracket behind a name says what that one does: "(First responder)", no address and no time."""
    return len(text.split()) > 1 and target(text) is None and not any(channels_in(text))
