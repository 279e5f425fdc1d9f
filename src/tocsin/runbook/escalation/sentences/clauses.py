"""A sentence taken apart: whom each clause calls, also one that leaves the verb out, "after an hour the owner"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tocsin.runbook.durations import spans, target
from tocsin.runbook.escalation.people.names import LONGEST_NAME, people
from tocsin.runbook.escalation.people.ours import OURS, is_name
from tocsin.runbook.escalation.sentences.calling import called_in, names_nobody, says_somebody, without_hurry
from tocsin.runbook.escalation.sentences.verbs_of_calling import LONGEST_SENTENCE
from tocsin.runbook.escalation.times.cases import starts_with_if
from tocsin.runbook.escalation.times.waits import is_case_of_silence, is_waiting, says_silence, waited_for
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.grammar import any_of, article, ending, guarded, pattern
from tocsin.runbook.playbook import EscalationLevel
from tocsin.runbook.sentence_ends import cut_short
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import is_unspaced, one_of, vocabulary


@cache
def _between_sentences() -> re.Pattern[str]:
    """Where a sentence ends, or a clause that has a time of its own: "; at 20 minutes", " and after an hour"."""
    timed = rf",?\s+{any_of('and')},?\s+(?={_point()})"
    return re.compile(rf"(?<=[.!?]){cut_short()}\s+|(?<=[。！？])\s*|;\s+|；\s*|{timed}", re.IGNORECASE)


@cache
def _before_then() -> re.Pattern[str]:
    return re.compile(
        rf"[,，、]\s*(?:{any_of('and')}\s+)?{any_of('then', 'before_that', 'at_last')}\s*(?=\w)", re.IGNORECASE
    )


def _point() -> str:
    """How a clause with a time of its own begins: "after 15", "20 minutes later"."""
    return rf"(?:{any_of('after', 'deadline')}\s+(?:{_count()}|{_unit()})|{_some_time_later()})"


def _unit() -> str:
    """A unit alone, which is one of it: "через час"."""
    units = (word for name in ("minute", "hour", "day") for word in vocabulary().durations[name] if len(word) > 2)
    return rf"{one_of(word for word in units if ord(word[0]) < 0x2E80)}(?!\w)"


def _some_time_later() -> str:
    return rf"(?:{any_of('further')}\s+)?{_count()}\s*[^\W\d_]+\s+{any_of('later')}"


def _count() -> str:
    """A number, in digits or spelled out: "15", "~10", "an", "half an"."""
    spaced = (word for word in vocabulary().numbers if ord(word[0]) < 0x2E80)
    return rf"(?:\S*\d+|{one_of(spaced)}(?!\w))"


def out_of_bracket(text: str) -> str:
    """A text with what follows otherwise out of its bracket: "Baker acknowledges (else page the owner)"."""
    return _otherwise().sub(r", \g<said>", text) if "(" in text or "（" in text else text


@pattern
def _otherwise() -> str:
    return rf"\s*[(（]\s*(?P<said>{any_of('otherwise', 'before_that')}[\s,，][^()（）]*)[)）]"


def clauses_of(text: str) -> Iterator[str]:
    """The sentences of a text; what calls somebody else after a time is one of its own.

    "…, after 15 min the lead", "… at once and the lead after 15 min".
    """
    for sentence in _between_sentences().split(text):
        rest = sentence
        while (then := _before_then().search(rest)) is not None:
            said = rest[: then.start()]
            if _says_only_when(rest[then.start() :]) or not (
                _calls(said) or (rest != sentence and says_somebody(said) and len(said.split()) <= LONGEST_NAME)
            ):
                break
            yield from clauses_of(said)
            rest = rest[then.end() :]
        while (after := somebody_later(rest)) is not None:
            yield rest[: after.start()]
            rest = rest[after.end() :]
        yield rest


def _says_only_when(clause: str) -> bool:
    """Whether what stands behind a comma is how long it is waited for: ", if not resolved after 30 min"."""
    said = re.split(r"[,;]", clause[:_WAIT].strip(" ,"), maxsplit=1)[0]
    return starts_with_if(said) and is_waiting(said) and not says_somebody(said)


_WAIT = 200
"""Characters of a clause that says how long it is waited for."""


def names_an_order(sentence: str) -> bool:
    """Whether a sentence goes on to whoever is called behind the first one: "page the lead, then the owner"."""
    return _before_then().search(sentence) is not None


def somebody_later(sentence: str) -> re.Match[str] | None:
    """The comma or the "and" in a sentence that calls somebody behind which somebody else is called after a time."""
    if len(sentence) > LONGEST_SENTENCE or next(spans(sentence), None) is None:
        return None
    for found in _before_somebody().finditer(sentence):
        said, rest = sentence[: found.start()], sentence[found.end() :]
        if found["relative"]:
            parts = target(rest) is not None and called_in(rest) is not None
        elif starts_with_if(found[0].strip(" ,") or rest) and not says_somebody(found["who"]):
            parts = False  # "page the lead, if not resolved after 30 min"
        else:
            parts = bool(found["comma"] or _ends_at_once().search(said)) or target(said) is not None
        if parts and _calls(said):
            return found
    commas = list(_before_a_time().finditer(sentence))
    for n, comma in enumerate(commas):
        clause = sentence[comma.end() : commas[n + 1].start() if n + 1 < len(commas) else None]
        if _calls(sentence[: comma.start()]) and _calls(clause) and target(clause) is not None:
            return comma
    return None


def _calls(clause: str) -> bool:
    """Whether a clause calls somebody, be it without the verb: "after 15 minutes the lead"."""
    return called_in(without_hurry(clause)) is not None or in_turn(clause, Lines(1, 1), 1) is not None


@cache
def _before_a_time() -> re.Pattern[str]:
    time = rf"(?={_point()})"
    then, further = any_of("then", "and", "before_that"), any_of("further")
    return re.compile(rf",\s+(?:{then}\s+)?{time}|[，、]\s*(?:{then})?(?={further}?\d)", re.IGNORECASE)


@cache
def _before_somebody() -> re.Pattern[str]:
    """Before who is called after a time: "page the lead at once, the owner after 15 min and the head after an hour".

    Also before what somebody does then, "page the lead, who calls the owner after 15 min".
    """
    behind = rf"{_somebody()}\s+(?:{any_of('after', 'deadline')}\s+{_count()}|{any_of('if')}\s)"
    joined = rf"(?P<comma>,)\s+(?:{any_of('then', 'and', 'before_that')}\s+)?|\s+{any_of('and')}\s+"
    return re.compile(rf"(?:{joined})(?={behind})|(?P<relative>,)\s+{any_of('relative')}\s+", re.IGNORECASE)


def _somebody() -> str:
    """Up to four words that may name somebody, "to the head of mills"."""
    return rf"(?:{any_of('to')}\s+)?(?:{article()})?(?P<who>[\w-]+(?:\s+[\w-]+){{0,3}}?)"


@cache
def said_of() -> re.Pattern[str]:
    """Right behind a name, what is said of whoever has it."""
    return re.compile(rf",\s+{any_of('relative')}\s", re.IGNORECASE)


@cache
def _ends_at_once() -> re.Pattern[str]:
    return re.compile(rf"\s{one_of(vocabulary().words['immediate'].spaced)}$", re.IGNORECASE)


@cache
def goes_further() -> re.Pattern[str]:
    """Words by which a time counts from the one before it: "another 10 minutes", "10 minutes later"."""
    return re.compile(rf"{any_of('further')}|{_some_time_later()}", re.IGNORECASE)


def adds_to_before(text: str) -> bool:
    """Whether a text says that its time begins when the one before is over: "another 30 min", "30 min after that"."""
    short = len(text) <= LONGEST_SENTENCE
    return short and _further_time().search(text) is not None


@guarded(("further", "further_behind"))
def _further_time() -> str:
    led = any_of("after", "deadline", "beside_time")
    return (
        rf"{any_of('further')}\s*(?:{led}\s+)?{_count()}|{_count()}\s+[^\W\d_]+\s+{any_of('further_behind')}"
        rf"|{any_of('after')}\s+{any_of('further')}\s+{_count()}"
    )


@cache
def _turn() -> re.Pattern[str]:
    """ "At 20 minutes the head of signalling and the owner": who is called then, without a verb.

    Behind a comma may stand who is not, "but never the owner".
    """
    point = rf"(?:{any_of('after')}|(?P<latest>{any_of('deadline')}))"
    after = rf"{point}\s+(?:(?:[^,]*?\s)?{_count()}['’]?\s*[^\W\d_]+|{_unit()})"
    behind = rf"(?:,[^,]{{1,30}}(?=,))?(?:,|\s?[:：])?\s+(?:[–—-]\s+)?(?P<led>{any_of('to')}\s+)?"
    time = rf"^(?:{after}|{_some_time_later()}){behind}(?:{any_of('then')}\s+(?:{any_of('object_article')}\s+)?)?"
    who = r"[\w-]+(?:\s+[\w-]+){0,4}"
    several = rf"{who}?(?:\s+{any_of('and')}\s+{article()}{who})?"
    the = rf"(?P<the>{article()})?"
    return re.compile(rf"{time}{the}(?P<who>{several})(?P<rest>,[^,]*)?[.]?$", re.IGNORECASE)


@cache
def _turn_before_time() -> re.Pattern[str]:
    """The same with the time at its end: "then the head of signalling after 20 minutes", "if nobody answers in 20"."""
    point = rf"{any_of('after')}|(?P<latest>{any_of('deadline')})|(?P<case>{any_of('if')})"
    time = rf"(?:{point})\s+(?:[^,]*?\s)?{_count()}\s*[^\W\d_]+"
    return re.compile(
        rf"^(?:{any_of('then', 'and', 'before_that')}\s+)?{_somebody()},?\s+{time}(?P<rest>)[.]?$", re.IGNORECASE
    )


@cache
def _unanswered() -> re.Pattern[str]:
    """Between a time and who is called then: "after 20 minutes without an answer the owner"."""
    return re.compile(rf"(?<=\w)\s+{one_of(vocabulary().words['unacknowledged'].spaced)}(?=[\s,])", re.IGNORECASE)


def in_turn(clause: str, lines: Lines, number: int) -> EscalationLevel | None:
    """The level of a clause that leaves the verb out: "and at 20 minutes the head of signalling"."""
    words = vocabulary()
    if len(clause) > LONGEST_SENTENCE:
        return None
    if (level := _behind_a_wait(clause, lines, number)) is not None:
        return level
    if is_unspaced(clause) and (level := _turn_written(clause, lines, number)) is not None:
        return level
    waits = words.says("unacknowledged", clause)
    said = (_unanswered().sub("", clause, count=1) if waits else clause).strip()
    match = _turn().match(said) or _turn_before_time().match(clause.strip())
    after = target(clause, lines.first) if match else None
    if match is not None and match.groupdict().get("case") and not (waits or words.says("unresolved", clause)):
        return None  # "the lead if 10 orders fail"
    if match is None or after is None or not (_may_come(match["who"]) or _is_name(match)):
        return None
    if says_more_than_a_name(match["who"]) or _is_bare(match):
        return None  # "the manager signs the report after 5 days", "after 2 hours engineers rotate"
    if names_nobody(match["who"]) or _preposition().match(match["who"]) or (after.seconds or 0) >= _SHIFT:
        return None  # "After two weeks on duty"
    if words.says("passive", match["who"]) or (match["rest"] and called_in(match["rest"].strip(" ,")) is not None):
        return None  # "the CTO is not called"
    span = Lines(lines.first, lines.last)
    several = re.split(rf"(?i)\s+{any_of('and')}\s+{article()}", match["who"])
    named = tuple(one for who in several for one in people(who))
    return EscalationLevel(number, named, span, after=after, trigger=waited_for(clause))


def _turn_written(clause: str, lines: Lines, number: int) -> EscalationLevel | None:
    """The level of a point of time and a name in a script without blanks: 45分後に部長."""
    clause = clause.strip()
    span = next(spans(clause, lines.first), None) if len(clause) <= _SHORT else None
    found = _behind_point().fullmatch(clause, span.end) if span is not None and span.start == 0 else None
    if span is None or found is None or not span.duration.seconds or not says_somebody(found["who"]):
        return None
    named, whole = people(found["who"]), Lines(lines.first, lines.last)
    return EscalationLevel(number, named, whole, after=span.duration, trigger=waited_for(clause))


_SHORT = 30
"""Characters of a clause in a script without blanks that says a time and a name."""


@pattern
def _behind_point() -> str:
    name = r"[^\s、。，,;；:：\u3041-\u3096]{2,12}"
    after = rf"(?:{ending('after_span', 'beside_time', 'at_that_time')})(?:{ending('particle')}|[、,，\s])*"
    return rf"{after}(?P<who>{name}(?:(?:{ending('and_names')}){name})?)(?:{ending('copula')})?[。.]?"


_SHIFT = 7 * 86_400
"""Seconds. Nobody waits a week for an answer: that is how long somebody is on duty."""


@pattern
def _preposition() -> str:
    return rf"{any_of('in_name', 'ends_name')}"


def says_more_than_a_name(who: str) -> bool:
    """Whether a few words go on from a name to what that one does: "lead signs the report", "team in Slack"."""
    return _goes_on().search(who) is not None


@pattern
def _goes_on() -> str:
    of = any_of("of", "and", "to")
    behind = rf"(?<=\w)\s+(?!{any_of('in_name')}){any_of('ends_name')}\s"
    return rf"{behind}|(?<=\w)\s+(?!{of})[\w-]+\s+{article()}\w"


def _is_bare(match: re.Match[str]) -> bool:
    """Whether no article leads to a name of Latin letters that does not end with a word for somebody."""
    groups, who = match.groupdict(), match["who"]
    if "the" not in groups or groups["the"] or groups["led"] or not _LATIN.match(who):
        return False
    return not _may_come(who.split()[-1]) and not _is_name(match)


_LATIN = re.compile(r"[A-Za-z]")


def _may_come(who: str) -> bool:
    """Whether a few words have one for somebody, who may stand beside a time without a verb."""
    return vocabulary().says("secondary", who) or says_somebody(who)


def _behind_a_wait(clause: str, lines: Lines, number: int) -> EscalationLevel | None:
    """The level of "No answer after 20 minutes: the head of signalling", with a colon, a dash or an arrow."""
    match = _waited().match(clause.strip()) or (_if_clause().match(clause.strip()) if number > 1 else None)
    if match is None:
        match = _waited_written().match(clause.strip()) if is_unspaced(clause) else None
    wait = match["wait"] if match is not None else ""
    silent = number > 1 and is_case_of_silence(wait) and says_silence(wait)
    after = target(wait, lines.first) if is_waiting(wait) else None
    who = match["who"] if match is not None else ""
    if silent and after is None and is_unspaced(who):  # 応答がなければ15分後に班長
        after, who = target(who, lines.first), without_times(who)
    if match is None or (after is None and not silent) or names_nobody(who):
        return None
    if match.re is _if_clause() and not _is_name_alone(who):
        return None  # "If nobody answers, the service restarts"
    named = [one for name in re.split(rf"(?i)\s+{any_of('and')}\s+{article()}", who) for one in people(name)]
    if not all(_may_be_called(one) for one in named):
        return None
    span = Lines(lines.first, lines.last)
    return EscalationLevel(
        number, tuple(named), span, after=after, trigger=waited_for(wait), condition=clause.strip(" ,")
    )


def _may_be_called(who: str) -> bool:
    """Whether a text is a word for somebody, for who stands in, "backup", or a name by its first letter."""
    return says_somebody(who) or vocabulary().is_a("secondary", who, 0.6) or is_name(who)


@pattern
def _waited() -> str:
    who = r"[\w-]+(?:\s+[\w&-]+){0,5}"
    sign = r"\s*(?:[:：]|→|->|=>)\s*|\s+[–—-]\s+"
    return rf"^(?P<wait>[^:：→]{{3,80}}?)(?:{sign})(?:{article()})?(?P<who>{who})[.。]?$"


@pattern
def _if_clause() -> str:
    """The same behind a comma: "if there is no answer in 15 minutes, the head of signalling"."""
    who = r"[\w-]+(?:\s+[\w&'’-]+){0,5}"
    led = rf"(?:{any_of('then')}\s+)?(?:{any_of('to')}\s+)?(?:{any_of('object_article')}\s+|{article()})?"
    return rf"^(?P<wait>[^,，:：→]{{3,120}}?),\s+{led}(?P<who>{who})[.]?$"


@pattern
def _waited_written() -> str:
    """The same in a script without blanks: 応答がなければ班長."""
    who = r"[^\s.。;；:：、，,][^.。;；:：、，,]{1,18}?"
    wait = rf"[^:：。]{{2,60}}?{ending('if_behind')}"
    return rf"^(?P<wait>{wait})(?:{ending('particle')}|[、,，\s])*(?P<who>{who})(?:{ending('copula')})?[.。]?$"


def _is_name_alone(who: str) -> bool:
    """Whether a few words are a name and no sentence: its last word or its title is somebody's, "head of mills"."""
    if says_more_than_a_name(who):
        return False
    title = re.split(rf"(?i)\s+{any_of('of', 'in_name')}", who)[0].split()
    known = any(vocabulary().is_a(name, who, 0.99) for name in OURS)
    return known or (bool(title) and (says_somebody(title[-1]) or (len(title) == 1 and is_name(who))))


def _is_name(match: re.Match[str]) -> bool:
    """Whether a time follows one word that is a name by its first letter: "Bo after 20 minutes"."""
    who = match["who"]
    if match.groupdict().get("latest"):
        return False
    return match.end("who") < match.end("rest") and who.isalpha() and who[:1].isupper() and not names_nobody(who)
