"""Escalation as a list of times, each with whom it calls: "15 minutes: head of engineering"."""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Item, ItemList
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import every, spans, target
from tocsin.runbook.escalation.arrows import ARROW, arrow_parts, behind_occasion
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.deadlines import as_said, is_told_late, to_be_told
from tocsin.runbook.escalation.people.calls import without_call, without_long_call
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_reached_by_mail, is_somebody, people
from tocsin.runbook.escalation.people.ours import is_name
from tocsin.runbook.escalation.ranks import counts_only, without_rank
from tocsin.runbook.escalation.reasons import rule_of
from tocsin.runbook.escalation.sentences.calling import acts
from tocsin.runbook.escalation.sentences.clauses import out_of_bracket
from tocsin.runbook.escalation.sentences.judged import leaves_open
from tocsin.runbook.escalation.sentences.prose import behind, spoken
from tocsin.runbook.escalation.sentences.turns import text_of_turn
from tocsin.runbook.escalation.severities import named_by
from tocsin.runbook.escalation.times.cases import hurried_case, starts_with_if
from tocsin.runbook.escalation.times.waits import WINDOW, is_point, is_promise, is_waiting, says_silence, waited_for
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.grammar import BRACKET, any_of, article, ending, guarded, pattern, small_words
from tocsin.runbook.playbook import EscalationLevel, EscalationRule, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import one_of, vocabulary, words_of

_FROM_ZERO = re.compile(r"\s*[<≤]|(?:[^\W\d_]{2,12}\s\d\s*[(（])?\D{0,3}0\s*[-–—~]\s*\d")


def _begins_at_zero(text: str) -> bool:
    """Whether an item is the first stretch of a timeline: "0-20 min", "< 20 min", "Up to 20 minutes"."""
    return _FROM_ZERO.match(text) is not None or _up_to().match(text) is not None


@guarded("up_to")
def _up_to() -> str:
    return rf"\W*{any_of('up_to')}\s+\d"


@pattern
def _stretch() -> str:
    """The end of a stretch, "20 to 60 minutes", behind its beginning."""
    return rf"(\d+)\s*(?:[^\W\d_]+\s+)?{any_of('until')}\s*\d+(?=\s*[^\W\d_])"


def read_by_time(block: ItemList, section: Section, scale: Scale, found: Escalation) -> bool:
    """Items that begin with a time: "15 minutes: head of engineering", "15 min → head of engineering".

    Several stations of an item share its time. "For a recall: the quality lead" beside them is no point in time.
    """
    levels: list[EscalationLevel] = []
    rules: list[EscalationRule] = []
    windows = any(map(_begins_at_zero, (item.inline.text for item in block.items[:1])))
    for n, item in enumerate(block.items):
        if n == 0 and (who := _called_first(item, scale)):
            levels.append(EscalationLevel(1, people(who), item.lines, trigger=Trigger.START))
            continue
        if n == 0 and (at_once := _called_at_once(item, scale)):
            levels.append(EscalationLevel(1, at_once, item.lines, trigger=Trigger.START))
            continue
        labelled = item.inline.labelled or _parted(item.inline.text)
        if labelled is None and levels and (said := spoken(item.inline.text, item.lines, len(levels) + 1, scale)):
            if said.after is None or not said.after.seconds:
                return False
            levels.append(said)
            continue
        if labelled is not None and every(labelled[0]) is not None:
            continue  # "Every 30 min: update the channel" is a rhythm
        again = labelled is not None and vocabulary().says("repeated", labelled[0])  # "Twice in 24 h": no wait
        if labelled is not None and (again or (starts_with_if(labelled[0]) and target(labelled[0]) is None)):
            rules.append(rule_of(item.inline.text, item.lines, scale))
            continue
        if labelled is not None and not levels and (first := _first_of_all(labelled)) is not None:
            levels.append(EscalationLevel(1, people(first), item.lines, trigger=Trigger.START))
            continue
        when = _stretch().sub(r"\1", WINDOW.sub(r"\1", labelled[0])) if windows and labelled else ""
        when = labelled[0] if labelled and not windows else when
        if windows and n == 0 and labelled and not _FROM_ZERO.match(item.inline.text):
            when = "0 min"  # "Up to 20 minutes: the desk"
        window = target(when, item.lines.first) if is_point(when) or 0 < len(when.split()) <= 4 else None
        if labelled is None or window is None or not labelled[1]:
            return False
        if window.seconds is None and (not levels or window.unit is None):
            return False  # "Next business day: the owner" is a time behind others
        if len(labelled[1].split()) > 12:
            return False
        before = list(levels)  # several stations of an item wait for those of the items above it
        for station in _stations(labelled[1], item.lines, len(levels) + 1, scale):
            after = window if window.seconds != 0 else None
            begins = not levels and (windows or after is None)  # "< 15 min" is from the beginning on
            trigger = Trigger.START if begins else waited_for(item.inline.text) if after else Trigger.UNSTATED
            targets = people(without_long_call(BRACKET.sub(" ", station)))
            told = labelled[1] if after is not None and is_told_late(labelled[1], after) else None
            own = scale.mentioned(labelled[0])  # "20 minutes into a P1"
            level = EscalationLevel(len(levels) + 1, targets, item.lines, own, after, trigger, told)
            levels.append(behind(before, level, labelled[0]))
    if len(levels) < 2:
        return False
    found.rules += rules
    for name in named_by(section, scale):
        found.offer(name, levels)
    return True


def _parted(text: str) -> tuple[str, str] | None:
    """The two sides of an arrow, or of a dash behind a time: "at once — on-call", "15 min → head of engineering"."""
    parts = ARROW.split(text, maxsplit=1)
    if len(parts) == 2:
        return parts[0], parts[1]
    span = next(spans(text), None) if text[:1] in "TtHh" else None
    if span is not None and span.start == 0 and text[span.end : span.end + 1] == " ":
        return text[: span.end], text[span.end :].strip()  # "T+0:10 head of engineering"
    parts = _DASH.split(text, maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 and is_point(parts[0]) else None


_DASH = re.compile(r"\s+[-–—]\s+")


def _first_of_all(labelled: tuple[str, str]) -> str | None:
    """Whom "Primary: on-call baker" calls before all times of a list; the rank where no name stands behind it."""
    rank, name = labelled
    who = BRACKET.sub(" ", name).strip()
    if vocabulary().is_a("any_alert", rank, 0.9):
        named = is_somebody(who) or is_name(who) or vocabulary().is_a("primary", who, 0.9)
        who = without_call(who)
        return who if who and len(who.split()) <= LONGEST_NAME and not is_gap(who) and named else None
    if not vocabulary().is_a("primary", rank, 0.9):
        return None
    return who if is_somebody(who) and len(who.split()) <= LONGEST_NAME and not is_gap(who) else rank


def read_timed_names(block: ItemList, section: Section, scale: Scale, found: Escalation) -> bool:
    """Items that are a name and a time, whichever comes first: "On-call (at once)", "After 15 min, the head baker"."""
    levels: list[EscalationLevel] = []
    before = 0
    if any(WINDOW.search(item.inline.text) for item in block.items):
        return False
    timed = all(_says_when(item) for item in block.items[1:])
    for n, item in enumerate(block.items):
        if n == 0 and (who := _called_first(item, scale)):
            levels.append(EscalationLevel(1, people(who), item.lines, trigger=Trigger.START))
            continue
        text, label = item.inline.text, item.inline.labelled
        case = hurried_case(text) if levels and not BRACKET.search(text) and not scale.mentioned(text) else None
        if case is not None:
            who = without_rank(text).replace(case, " ").strip(" :：–—-，,")
            if not is_somebody(who) or len(who.split()) > LONGEST_NAME:
                return False
            said = EscalationLevel(len(levels) + 1, people(who), item.lines, trigger=Trigger.CONDITION, condition=case)
            levels.append(said)
            continue
        after = target(label[0] if label else text) or target(text)
        if (levels and after is None) or len(list(spans(text))) > 1 or scale.mentioned(text):
            return False
        late = to_be_told(text)
        who = late or _leading_article().sub("", without_times(text_of_turn(_named_in(item))))
        named = late is not None or (
            0 < len(who.split()) <= LONGEST_NAME
            and not re.search(r"[,;:(（?]|\.\s|\s[–—-]\s", who)
            and (is_somebody(who) or (timed and is_name(who)))
            and spoken(text, item.lines, 1, scale) is None
        )
        if not named:
            return False
        promised = not levels and is_promise(text) and not is_waiting(text)  # "Duty engineer: 5 min to acknowledge"
        seconds = 0 if after is None or after.seconds is None or promised else after.seconds
        trigger = waited_for(text) if levels else Trigger.START
        if (seconds < before and trigger is not Trigger.UNACKNOWLEDGED) or (levels and not seconds):
            return False
        waited = replace(as_said(text, after), lines=item.lines) if after is not None and seconds else None
        level = behind(
            levels, EscalationLevel(len(levels) + 1, people(who), item.lines, after=waited, trigger=trigger), text
        )
        before = level.after.seconds or 0 if level.after is not None else 0
        levels.append(level)
    if len(levels) < 2:
        return False
    for name in named_by(section, scale):
        found.offer(name, levels)
    return True


def _says_when(item: Item) -> bool:
    """Whether an item says in words when somebody is called, "after 15 minutes", and not only how long: "15 min"."""
    text = item.inline.text
    said = _after().search(text) is not None or says_silence(text) or hurried_case(text) is not None
    return target(text) is not None and said


@pattern
def _after() -> str:
    return rf"{any_of('after')}|\d\s*[^\W\d_]{{1,4}}\s*{ending('after_span')}"


def _called_first(item: Item, scale: Scale) -> str:
    """Who the first item of a list of times names without a time: "On-call: Ann Crumb", "On-call engineer"."""
    text, label = item.inline.text, item.inline.labelled
    if label is not None and (vocabulary().is_a("primary", label[0], 0.9) or counts_only(label[0])):
        return ""  # a rank, before whoever has it
    who = _leading_article().sub("", label[0] if label is not None and label[1] else text)
    said = target(text) is not None or starts_with_if(text) or bool(scale.mentioned(text))
    if (
        said
        or not (is_somebody(who) or is_reached_by_mail(who))
        or len(who.split()) > LONGEST_NAME
        or re.search(r"[,;:(（?]|\.\s", who)
    ):
        return ""
    return who if spoken(text, item.lines, 1, scale) is None else ""


def _called_at_once(item: Item, scale: Scale) -> tuple[str, ...]:
    """Whom the first item of a list of times calls at once: "The on-call is paged at once", "On-call, immediately"."""
    text = item.inline.text
    now = target(text.rstrip(" .。"))
    if now is None or now.seconds != 0 or item.inline.labelled is not None or scale.mentioned(text):
        return ()
    if (said := spoken(text, item.lines, 1, scale)) is not None:
        return said.targets
    who = _leading_article().sub("", without_times(text).strip(" .。,，–—-"))
    return people(who) if is_somebody(who) and len(who.split()) <= LONGEST_NAME else ()


def _named_in(item: Item) -> str:
    """Who is named in an item besides its number, on whichever side of a colon the time stands."""
    text, label = item.inline.text, item.inline.labelled
    if label is not None and is_waiting(label[0]):
        return label[1]
    if (
        label is not None
        and (is_point(label[1]) if item.inline.lead is None else _is_short_time(label[1]))
        and is_somebody(label[0])
        and not counts_only(label[0])
    ):
        return label[0]  # "Duty engineer: after 15 minutes without an answer"
    return without_rank(text)


def _is_short_time(text: str) -> bool:
    """Whether what stands behind a name in bold says when, in a few words: "escalated after 10 min"."""
    few = text[:1] not in "(（" and len(text.split()) <= LONGEST_NAME + 1
    return few and target(text) is not None and not starts_with_if(text)


def _stations(said: str, lines: Lines, number: int, scale: Scale) -> list[str]:
    """Whom an entry of a timeline calls: nobody where it only says what is to be done, "Post in the channel"."""
    said = behind_occasion(out_of_bracket(said))
    if (called := spoken(said, lines, number, scale)) is not None:
        return ["+".join(called.targets)]
    if leaves_open(said):
        who = re.split(r"[,;，；]", said)[0]
        return [who] if not leaves_open(who) and len(who.split()) <= LONGEST_NAME else []
    if (acting := acts(said)) is not None:
        return [acting]
    if (told := _participle().sub("", said)) != said and is_somebody(told):
        return [told]
    phase = vocabulary().phases.best(said)
    if not is_somebody(said) and phase is not None and phase.coverage >= _MOSTLY:
        return []  # "Mitigation"
    part = vocabulary().parts.best(re.sub(r"(?i)^self[- ]", "", said))
    if part is not None and part.kind == "investigation" and part.coverage >= 0.99:
        return []  # "< 15 minutes: self-investigate"
    if vocabulary().says("notify", " ".join(said.split()[:4])):
        return []
    if words_of(said)[:1] and words_of(said)[0] in small_words("look", "chore") and not is_somebody(said):
        return []  # "T+0: create a ticket"
    return arrow_parts(said)


_MOSTLY = 0.9


@pattern
def _leading_article() -> str:
    return rf"^{article()}"


@pattern
def _participle() -> str:
    """ "Tech lead paged (if there is no answer)": what was done behind a name, without a verb before it."""
    words = vocabulary().words
    done = set(words["called"].spaced) - set(words["call"].spaced)
    return rf"(?<=\w)\s+{one_of(done)}(?!\w).*$"
