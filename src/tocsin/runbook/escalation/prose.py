"""Escalation in sentences: "If you cannot fix it within 30 minutes, page the payments lead"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from tocsin.runbook.document.blocks import Item, ItemList, Text
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.calling import (
    LONGEST_SENTENCE,
    acts,
    called_at_other_times,
    called_in,
    is_occasion,
    names_nobody,
    others_called,
    says_somebody,
    told_to,
    without_hurry,
)
from tocsin.runbook.escalation.chains import at_arrows, counted_level, people, waited_for
from tocsin.runbook.grammar import any_of, article
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration, DurationKind, Lines
from tocsin.runbook.words import one_of, vocabulary, words_of


def read_prose(section: Section, scale: Scale, *, strict: bool = False) -> list[EscalationLevel]:
    """The levels that sentences of a section name, in their order; none unless a time stands with one.

    With ``strict`` a time must say what it waits for, as it must outside of an escalation chapter.
    """
    found: list[EscalationLevel] = []
    named: set[tuple[str, ...]] = set()
    whenever = False  # two are named, each for hours of their own
    if strict and not any(vocabulary().says("unacknowledged", inline.text) for inline in _inlines(section)):
        return []
    for inline in _inlines(section):
        for sentence in _clauses(inline.text):
            if found and (others := called_at_other_times(f", {sentence}", found[-1].condition or "", first=True)):
                found[-1] = replace(found[-1], targets=(*found[-1].targets, *others))
                named.add(found[-1].targets)
                whenever = True
                continue
            level = spoken(sentence, inline.lines, len(found) + 1, scale)
            if level is None and found:
                level = _in_turn(sentence, inline.lines, len(found) + 1)
            if level is not None and level.after is not None and found and _further().search(sentence):
                level = replace(level, after=_later(found[-1].after, level.after))
            if level is not None and level.targets not in named:
                found.append(behind(found, level))
                named.add(level.targets)
    if strict and not (len(found) > 1 and any(level.trigger is Trigger.UNACKNOWLEDGED for level in found)):
        return []
    whenever = whenever or any(called_at_other_times(level.condition or "") for level in found)
    return found if whenever or any(level.after for level in found) else []


@cache
def _between_sentences() -> re.Pattern[str]:
    """Where a sentence ends, or a clause that has a time of its own: "; at 20 minutes", " and after an hour"."""
    timed = rf",?\s+{any_of('and')}\s+(?={any_of('after')}\s+\S*\d)"
    return re.compile(rf"(?<=[.!?])\s+|(?<=[。！？])\s*|[,;]\s*then\s+|;\s+|；\s*|{timed}", re.IGNORECASE)


def _clauses(text: str) -> Iterator[str]:
    """The sentences of a text; what calls somebody else after a time is one of its own.

    "…, after 15 min the lead", "… at once and the lead after 15 min".
    """
    for sentence in _between_sentences().split(text):
        rest = sentence
        while (after := _somebody_later(rest)) is not None:
            yield rest[: after.start()]
            rest = rest[after.end() :]
        yield rest


def _somebody_later(sentence: str) -> re.Match[str] | None:
    """The comma or the "and" in a sentence that calls somebody behind which somebody else is called after a time."""
    if len(sentence) > LONGEST_SENTENCE or not _DIGIT.search(sentence):
        return None
    for found in _before_somebody().finditer(sentence):
        said, rest = sentence[: found.start()], sentence[found.end() :]
        if found["relative"]:
            parts = target(rest) is not None and called_in(rest) is not None
        else:
            parts = bool(found["comma"] or _ends_at_once().search(said)) or target(said) is not None
        if parts and _calls(said):
            return found
    commas = list(_before_a_time().finditer(sentence))
    for n, comma in enumerate(commas):
        clause = sentence[comma.end() : commas[n + 1].start() if n + 1 < len(commas) else None]
        if _calls(sentence[: comma.start()]) and _calls(clause):
            return comma
    return None


_DIGIT = re.compile(r"\d")


def _calls(clause: str) -> bool:
    """Whether a clause calls somebody, be it without the verb: "after 15 minutes the lead"."""
    return called_in(without_hurry(clause)) is not None or _in_turn(clause, Lines(1, 1), 1) is not None


@cache
def _before_a_time() -> re.Pattern[str]:
    return re.compile(rf",\s+(?:{any_of('then', 'and')}\s+)?(?={any_of('after')}\s+\S*\d)", re.IGNORECASE)


@cache
def _before_somebody() -> re.Pattern[str]:
    """Before who is called after a time: "page the lead at once, the owner after 15 min and the head after an hour".

    Also before what somebody does then, "page the lead, who calls the owner after 15 min".
    """
    behind = rf"{_somebody()}\s+(?:{any_of('after')}\s+\S*\d|{any_of('if')}\s)"
    joined = rf"(?P<comma>,)\s+(?:{any_of('then', 'and')}\s+)?|\s+{any_of('and')}\s+"
    return re.compile(rf"(?:{joined})(?={behind})|(?P<relative>,)\s+{any_of('relative')}\s+", re.IGNORECASE)


def _somebody() -> str:
    """Up to four words that may name somebody, "to the head of mills"."""
    return rf"(?:{any_of('to')}\s+)?(?:{article()})?(?P<who>[\w-]+(?:\s+[\w-]+){{0,3}}?)"


@cache
def _said_of() -> re.Pattern[str]:
    """Right behind a name, what is said of whoever has it."""
    return re.compile(rf",\s+{any_of('relative')}\s", re.IGNORECASE)


@cache
def _ends_at_once() -> re.Pattern[str]:
    return re.compile(rf"\s{one_of(vocabulary().words['immediate'].spaced)}$", re.IGNORECASE)


@cache
def _further() -> re.Pattern[str]:
    return re.compile(any_of("further"), re.IGNORECASE)


@cache
def _turn() -> re.Pattern[str]:
    """ "At 20 minutes the head of signalling and the owner": who is called then, without a verb.

    Behind a comma may stand who is not, "but never the owner".
    """
    time = rf"^{any_of('after')}\s+[^,]*?\d+\s*[^\W\d_]+(?:,[^,]{{1,30}})?,?\s+"
    who = r"[\w-]+(?:\s+[\w-]+){0,4}"
    several = rf"{who}?(?:\s+{any_of('and')}\s+{article()}{who})?"
    return re.compile(rf"{time}{article()}(?P<who>{several})(?P<rest>,[^,]*)?[.]?$", re.IGNORECASE)


@cache
def _turn_before_time() -> re.Pattern[str]:
    """The same with the time at its end: "then the head of signalling after 20 minutes", "if nobody answers in 20"."""
    time = rf"(?:{any_of('after')}|(?P<case>{any_of('if')}))\s+[^,]*?\d+\s*[^\W\d_]+"
    return re.compile(rf"^(?:{any_of('then', 'and')}\s+)?{_somebody()},?\s+{time}(?P<rest>)[.]?$", re.IGNORECASE)


@cache
def _unanswered() -> re.Pattern[str]:
    """Between a time and who is called then: "after 20 minutes without an answer the owner"."""
    return re.compile(rf"(?<=\w)\s+{one_of(vocabulary().words['unacknowledged'].spaced)}(?=[\s,])", re.IGNORECASE)


def _in_turn(clause: str, lines: Lines, number: int) -> EscalationLevel | None:
    """The level of a clause that leaves the verb out: "and at 20 minutes the head of signalling"."""
    words = vocabulary()
    if len(clause) > LONGEST_SENTENCE:
        return None
    waits = words.says("unacknowledged", clause)
    said = (_unanswered().sub("", clause, count=1) if waits else clause).strip()
    match = _turn().match(said) or _turn_before_time().match(clause.strip())
    after = target(clause, lines.first) if match else None
    if match is not None and match.groupdict().get("case") and not (waits or words.says("unresolved", clause)):
        return None  # "the lead if 10 orders fail"
    if match is None or after is None or not (words.says("person_word", match["who"]) or _is_name(match)):
        return None
    if words.says("passive", match["who"]) or (match["rest"] and called_in(match["rest"].strip(" ,")) is not None):
        return None  # "the CTO is not called"
    span = Lines(lines.first, lines.last)
    several = re.split(rf"(?i)\s+{any_of('and')}\s+{article()}", match["who"])
    named = tuple(one for who in several for one in people(who))
    return EscalationLevel(number, named, span, after=after, trigger=waited_for(clause))


def _is_name(match: re.Match[str]) -> bool:
    """Whether a time follows one word that is a name by its first letter: "Bo after 20 minutes"."""
    who = match["who"]
    return match.end("who") < match.end("rest") and who.isalpha() and who[:1].isupper() and not names_nobody(who)


def _later(before: Duration | None, further: Duration) -> Duration:
    """ "another 5 minutes later", from the start of the incident."""
    if before is None or before.seconds is None or further.seconds is None:
        return further
    return replace(further, seconds=before.seconds + further.seconds)


def behind(found: list[EscalationLevel], level: EscalationLevel) -> EscalationLevel:
    """A wait no longer than the one before it counts from that one: "If Ben does not answer in 10 minutes" either."""
    before = found[-1].after if found else None
    if level.trigger is not Trigger.UNACKNOWLEDGED or level.after is None or before is None:
        return level
    if before.seconds is None or level.after.seconds is None or level.after.seconds > before.seconds:
        return level
    return replace(level, after=_later(before, level.after))


def read_sentences(items: tuple[Item, ...], scale: Scale, *, least: int = 2) -> list[EscalationLevel]:
    """The levels of a list whose items are sentences with a verb: "If no answer in 15 minutes, page the lead".

    Empty unless ``least`` items name somebody to call. What is nested below an item belongs to its sentence. Whoever
    acts first without being called, "The on-call answers within 5 minutes", is the first level. An item that only says
    to wait is the wait of the next one.
    """
    found: list[EscalationLevel] = []
    named: set[tuple[str, ...]] = set()
    wait: tuple[Duration, Trigger] | None = None
    for item in items:
        if counted_level().match(item.inline.text):
            return []
        nested = [one.inline.text for child in item.children if isinstance(child, ItemList) for one in child.items]
        sentence = " ".join((item.inline.text, *(f", {text}" for text in nested)))
        level = spoken(sentence, item.lines, len(found) + 1, scale)
        if level is None and not found and (who := acts(sentence) or told_to(sentence)) is not None:
            level = EscalationLevel(1, people(who), Lines(item.lines.first, item.lines.last), trigger=Trigger.START)
        if level is None and found and (longer := _waits(sentence, item.lines.first)) is not None:
            wait = _later(wait[0] if wait else found[-1].after, longer), waited_for(sentence)
        if level is not None and level.targets not in named:
            if wait is not None and level.after is None:
                level = replace(level, after=wait[0], trigger=wait[1])
            wait = None
            found.append(behind(found, level))
            named.add(level.targets)
    return found if len(found) >= least and any(level.condition for level in found) else []


def _waits(text: str, line: int) -> Duration | None:
    """For how long an item only says to wait: "Wait 10 minutes for an answer"."""
    span = target(text, line) if vocabulary().begins_with("wait", text, 3) else None
    return span if span is not None and span.seconds else None


def read_words(text: str, lines: Lines, scale: Scale) -> list[EscalationLevel]:
    """The levels that a few words behind a label name: "page the lead; after 15 min the owner"."""
    found: list[EscalationLevel] = []
    named: set[tuple[str, ...]] = set()
    for sentence in _clauses(text):
        level = spoken(sentence, lines, len(found) + 1, scale)
        if level is None and found:
            level = _in_turn(sentence, lines, len(found) + 1)
        if level is None and not found and (who := _at_once(sentence)):
            level = EscalationLevel(1, people(who), lines, trigger=Trigger.START)
        if level is not None and level.targets not in named:
            level = behind(found, level)
            found.append(level)
            named.add(level.targets)
    return found


def _at_once(text: str) -> str:
    """Who is called in "Immediate to the director"; nothing where the words behind the time are no person."""
    span = target(text)
    words = vocabulary().words["immediate"].spaced
    said = re.match(
        rf"(?i)\W*(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})\W+(?P<who>.+)$", text
    )
    if span is None or span.kind is not DurationKind.IMMEDIATE or said is None:
        return ""
    who = re.sub(rf"(?i)^{any_of('to')}\s+(?:{article()})?", "", said["who"]).strip(" .")
    is_somebody = says_somebody(who)
    return who if is_somebody and len(who.split()) <= 5 and not names_nobody(who) else ""


def _inlines(section: Section) -> Iterator[Inline]:
    for block in section.blocks:
        match block:
            case Text():
                yield block.inline
            case ItemList():
                yield from (item.inline for item in block.items if not _is_situation(item.inline.text))
            case _:
                pass


def _is_situation(text: str) -> bool:
    """Whether an item says whom to call about one thing, "Card terminal dead → call the bank": no step of a chain."""
    if vocabulary().says("repeated", text) and target(text) is not None:
        return True  # "Three times in a day: tell the owner": within which time it happens again, no wait
    parts = at_arrows(text)
    names = says_somebody(parts[0])
    return len(parts) == 2 and not names and not is_occasion(parts[0])


def spoken(sentence: str, lines: Lines, number: int, scale: Scale) -> EscalationLevel | None:
    """The level of a sentence that calls somebody; None when it calls nobody."""
    bare = without_hurry(sentence)
    called = called_in(bare)
    if called is None:
        return None
    who, end = called
    if end > 0 and _is_a_way(bare[:end]):
        return None
    after = target(_until_next(sentence, bare, end), lines.first)
    if after is not None and after.kind is DurationKind.IMMEDIATE:
        after = None
    timed = after if after is not None and after.seconds else None
    return EscalationLevel(
        level=number,
        targets=(*people(who), *others_called(bare, end), *called_at_other_times(bare)),
        lines=Lines(lines.first, lines.last),
        severities=scale.mentioned(sentence),
        after=timed,
        trigger=waited_for(sentence) if timed else Trigger.START if number == 1 else Trigger.UNSTATED,
        condition=sentence.strip(" ,"),
    )


def _is_a_way(text: str) -> bool:
    """Whether the last two words of a text are a way to reach somebody, "their phone number", and call nobody."""
    last = " ".join(words_of(text)[-2:])
    return any(vocabulary().column(way, last) >= 0.99 for way in ("phone", "email"))


def _until_next(sentence: str, bare: str, end: int) -> str:
    """A sentence without the clause that tells when it goes on from there: "page the lead, escalate after an hour"."""
    if (later := _somebody_later(bare)) is not None:
        return bare[: later.start()]
    if end >= 0 and (said := _said_of().match(bare, end)) is not None:
        return bare[: said.start()]  # "who decides within 10 minutes"
    clause = re.search(r"[,;]\s*", bare[end:]) if end >= 0 else None
    follows = bare[end + clause.end() :] if clause else ""
    first = follows.split()[:1]
    goes_on = bool(first) and vocabulary().is_a("escalate_verb", first[0], 0.9)
    return bare[: end + clause.start()] if clause and goes_on and "→" not in bare[:end] else sentence
