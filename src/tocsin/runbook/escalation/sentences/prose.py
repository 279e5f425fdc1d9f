"""Escalation in sentences: "If you cannot fix it within 30 minutes, page the payments lead"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from tocsin.runbook.document.blocks import Item, ItemList, Text
from tocsin.runbook.document.boxed import unboxed
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import spans, target, with_units
from tocsin.runbook.escalation.arrows import at_arrows
from tocsin.runbook.escalation.deadlines import is_latest
from tocsin.runbook.escalation.people.names import people
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.sentences.calling import (
    acts,
    called_at_other_times,
    called_in,
    is_occasion,
    names_nobody,
    others_called,
    says_somebody,
    says_whose_turn,
    silent_one,
    told_to,
    without_hurry,
)
from tocsin.runbook.escalation.sentences.cases_below import called_in_told_cases
from tocsin.runbook.escalation.sentences.clauses import (
    adds_to_before,
    clauses_of,
    goes_further,
    in_turn,
    names_an_order,
    out_of_bracket,
    said_of,
    says_more_than_a_name,
    somebody_later,
)
from tocsin.runbook.escalation.sentences.given_times import (
    GivenTime,
    given_in_bracket,
    given_in_turn,
    given_time,
    time_given_to_last,
)
from tocsin.runbook.escalation.sentences.hearing import hears_first, receives
from tocsin.runbook.escalation.sentences.own_times import each_at_a_time
from tocsin.runbook.escalation.sentences.scopes import scopes
from tocsin.runbook.escalation.sentences.taking_over import takes_over, without_taking_over
from tocsin.runbook.escalation.times.cases import hurried_case
from tocsin.runbook.escalation.times.waits import is_waiting, says_silence, waited_for
from tocsin.runbook.grammar import any_of, article, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.sentence_ends import sentence_ends
from tocsin.runbook.span_forms import Span
from tocsin.runbook.stated import Duration, DurationKind, Lines
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import is_unspaced, normal, one_of, vocabulary, words_of


def read_prose(
    section: Section, scale: Scale, *, strict: bool = False, timed: bool = True
) -> dict[str, list[EscalationLevel]]:
    """The levels that sentences of a section name, in their order, for each severity that has its own; "" for all.

    None unless a time or somebody's silence stands with one, or they need not be ``timed``. With ``strict`` a time
    must say what it waits for, as it must outside of an escalation chapter.
    """
    if strict and not any(says_silence(inline.text) for inline in inlines_of(section)):
        return {}
    plain = (inline for inline in inlines_of(section) if called_in_told_cases(inline) is None)
    scoped = list(scopes(_with_units(plain), scale))
    several = len({one.names for one in scoped if one.names}) > 1
    told = Told(scale)
    by_name: dict[str, Told] = {}
    for one in scoped:
        if not (several and one.names):
            heirs = [told] if not by_name else list(by_name.values()) if one.names is None else [told]
            for ladder in heirs:
                ladder.take_all(one.whole, one.lines)
            continue
        for name in one.names:
            by_name.setdefault(name, Told(scale, list(told.levels))).take_all(one.text, one.lines)
    found = {name: ladder.levels for name, ladder in (("", told), *by_name.items()) if ladder.levels}
    levels = [level for chain in found.values() for level in chain]
    if strict and not (len(levels) > 1 and any(level.trigger is Trigger.UNACKNOWLEDGED for level in levels)):
        return {}
    whenever = told.whenever or any(called_at_other_times(level.condition or "") for level in levels)
    at_once = (one for one in levels if vocabulary().says("immediate", one.condition or ""))
    now = not all(map(is_for_a_matter, at_once)) and not any(
        span.duration.seconds for inline in inlines_of(section) for span in spans(inline.text)
    )
    waits = now or any(level.after or says_silence(level.condition or "") for level in levels)
    ordered = told.ordered or any(says_whose_turn(level.condition or "") for level in levels[1:])
    if timed and not (whenever or by_name or waits or ordered or any(level.after for level in levels)):
        return {}
    return {
        name: [replace(one, severities=(name,)) if name and not one.severities else one for one in chain]
        for name, chain in found.items()
    }


def is_for_a_matter(level: EscalationLevel) -> bool:
    """Whether a sentence calls somebody about one thing, "Page security at once for any leak": no step of a chain."""
    said = level.condition or ""
    behind = said.partition(level.targets[-1])[2] if level.targets else ""
    matter = _for().match(behind)
    return matter is not None and not level.severities and not vocabulary().says("any_alert", behind)


@pattern
def _for() -> str:
    now = one_of(vocabulary().words["immediate"].spaced)
    return rf"\s*(?:{now}\s+)?{any_of('for', 'upon')}(?!\w)"


def _with_units(inlines: Iterable[Inline]) -> Iterator[tuple[str, Lines]]:
    """The texts of a section; a number without a unit has that of the time before it, be it in another line."""
    before = ""
    for inline in inlines:
        yield with_units(inline.text, before), inline.lines
        before = f"{before} {inline.text}"[-_NEAR:]


_NEAR = 400
"""Characters before a number among which its unit is looked for."""


@dataclass(slots=True)
class Told:
    """The levels that sentences have named so far, one after the other."""

    scale: Scale
    levels: list[EscalationLevel] = field(default_factory=list)
    turns: bool = True
    """Whether a clause without a verb of calling names somebody as well: "after 15 minutes the owner"."""
    ordered: bool = False
    """Whether somebody is named as the next one without a time: "page the lead, then the owner"."""
    whenever: bool = False
    """Whether two are named, each for hours of their own."""
    _wait: tuple[Duration, Trigger] | None = None
    """How long whoever is called next is waited for, by the sentence before: "Wait 10 minutes."."""

    def take_all(self, text: str, lines: Lines) -> None:
        """Take the sentences of a text."""
        for sentence in map(_without_colon, sentence_ends().split(out_of_bracket(text))):
            if not self._takes_given_time(sentence, lines):
                begun = len(self.levels)
                in_order = names_an_order(sentence)
                for n, clause in enumerate(clauses_of(sentence)):
                    self.take(clause, lines, in_order=in_order and n > 0)
                if begun == 0 and self.turns and len(self.levels) <= 1 and _LABEL.search(sentence) is None:
                    beside = each_at_a_time(sentence.rstrip(".。"), lines, (), named=False)
                    if len(beside) > len(self.levels):  # "Lead and owner at once, director within the hour."
                        self.levels = beside
                if len(self.levels) > max(begun, 1) and in_order:
                    self.ordered = True

    def _takes_given_time(self, sentence: str, lines: Lines) -> bool:
        given = given_time(sentence, lines.first)
        says = given is not None and (given.trigger or given.rest or self._wait or self._called_before(given.who))
        if given is None or not says:
            return False
        self._give(given, lines)
        return True

    def _called_before(self, who: str) -> EscalationLevel | None:
        """The level of somebody who is named again, perhaps by a part of the name: "the secondary"."""
        again = named_last(self.levels, who)
        said = normal(who)
        parts = (one for one in reversed(self.levels) if any(said in normal(name) for name in one.targets))
        return again or next(parts, None)

    def take(self, sentence: str, lines: Lines, *, in_order: bool = False) -> None:
        """Take whom a sentence calls, and when; ``in_order`` where it is a clause behind who comes before."""
        if self._takes_given_time(sentence, lines):
            return
        sentence, bracket = given_in_bracket(sentence, lines.first)
        if self._wait is not None:
            sentence = _otherwise().sub("", sentence)
        number = len(self.levels) + 1
        if self.levels and (
            others := called_at_other_times(f", {sentence}", self.levels[-1].condition or "", first=True)
        ):
            self.levels[-1] = replace(self.levels[-1], targets=(*self.levels[-1].targets, *others))
            self.whenever = True
            return
        heard = receives(sentence) if not self.levels and self.turns and target(sentence) is None else ""
        level = spoken(sentence, lines, number, self.scale) if not heard else None
        if level is None and self.levels and self.turns:
            level = in_turn(sentence, lines, number)
        if level is None and not self.levels and self.turns and (who := hears_first(sentence)):
            level = EscalationLevel(1, people(who), Lines(lines.first, lines.last), trigger=Trigger.START)
        alone = _ONE_NAME.fullmatch(sentence if not is_unspaced(sentence) else f"{sentence}.") is not None
        short = alone and len(sentence) <= (_SHORT if is_unspaced(sentence) else _NAMED)
        if level is None and not self.levels and self.turns and short and (who := _only_named(sentence)):
            level = EscalationLevel(1, people(who), Lines(lines.first, lines.last), trigger=Trigger.START)
        goes_on = bool(self.levels) and self.turns and (in_order or self._wait is None or takes_over(sentence))
        if level is None and goes_on and (who := _only_named(sentence)):
            self.ordered = True
            level = EscalationLevel(number, people(who), Lines(lines.first, lines.last))
        if level is None:
            self._wait = self._only_waits(sentence, lines) or self._wait
            return
        if not self.levels and level.condition and (silent := silent_one(level.condition)):
            self.add(EscalationLevel(1, people(silent), level.lines, trigger=Trigger.START))
            level = replace(level, level=2)
        if level.after is not None and self.levels and _counts_on(sentence):
            level = replace(level, after=_later(self._wait[0] if self._wait else self.levels[-1].after, level.after))
        self.add(level)
        own = bracket or time_given_to_last(sentence, lines.first)
        if own is not None and own.trigger is not None:
            self._wait = _later(self.levels[-1].after, own.wait), own.trigger

    def add(self, level: EscalationLevel) -> None:
        """Add a level, unless its people are called already; without a time it waits as the sentence before said."""
        wait, self._wait = self._wait, None
        if any(level.targets == one.targets for one in self.levels):
            return
        if wait is not None and level.after is None:
            level = replace(level, after=wait[0], trigger=wait[1])
        self.levels.append(behind(self.levels, level))

    def _only_waits(self, sentence: str, lines: Lines) -> tuple[Duration, Trigger] | None:
        """The wait of a sentence that calls nobody: "Wait 10 minutes.", "Still no answer after 10 minutes?"."""
        asked = target(sentence.rstrip("?？"), lines.first) if sentence.endswith(("?", "？")) else None
        if asked is not None and asked.seconds and is_waiting(sentence):
            return asked, waited_for(sentence)
        if not self.levels:
            return None
        if (longer := _waits(sentence, lines.first)) is not None:
            return _later(self._wait[0] if self._wait else self.levels[-1].after, longer), waited_for(sentence)
        return None

    def _give(self, given: GivenTime, lines: Lines) -> None:
        """Let the next one come when the time is over that somebody has; who has it is called before."""
        at = self._called_before(given.who)
        if at is None and (not self.levels or self._wait is not None):
            trigger = Trigger.UNSTATED if self.levels else Trigger.START
            self.add(EscalationLevel(len(self.levels) + 1, people(given.who), lines, trigger=trigger))
        begun = (at or self.levels[-1]).after
        self._wait = _later(begun, given.wait), given.trigger or Trigger.UNACKNOWLEDGED
        line = lines.first
        if given.rest and (also := given_time(given.rest, line) or given_in_turn(given.rest, given.wait, line)):
            self._give(also, lines)
            return
        for clause in clauses_of(given.rest) if given.rest else ():
            number = len(self.levels) + 1
            level = spoken(clause, lines, number, self.scale) or in_turn(clause, lines, number)
            if level is None and (who := _only_named(clause)):
                level = EscalationLevel(number, people(who), lines)
            if level is not None:
                self.add(level)
        if given.rest:
            self._wait = None  # what it says happens then; it waits for nobody else


def _without_colon(sentence: str) -> str:
    """A sentence without the colon behind its verb of calling: "Wake: on-call + lead"."""
    return _verb_with_colon().sub(r"\1 ", sentence, count=1) if ":" in sentence[:_NAMED] else sentence


@pattern
def _verb_with_colon() -> str:
    return rf"^(\W*{one_of(vocabulary().words['call'].spaced)}):\s+(?=\S)"


_LABEL = re.compile(r"^[^,，、;；]{1,40}[:：]")
"""Before what a label is of: "Notify: lead at once, owner in an hour" is read without it."""
_ONE_NAME = re.compile(r"[^,，、:：;；→>]+[.。]")
_NAMED, _SHORT = 60, 12
"""Characters of a sentence that is a name, "Duty engineer."; in a script without blanks."""


def _counts_on(sentence: str) -> bool:
    """Whether the time of a sentence begins when the one before it is over."""
    further = goes_further().search(sentence) is not None or adds_to_before(sentence)
    return further or _waits(sentence, 1) is not None


@pattern
def _otherwise() -> str:
    """Before what comes when somebody's time is over: "If not, …", "Otherwise …"."""
    return rf"^\W*(?:{any_of('and', 'then')}\s+)?{any_of('otherwise', 'before_that')}[\s,，、:]+"


def _only_named(clause: str) -> str:
    """Who a clause names and says no more: "the owner"."""
    who = re.sub(
        rf"(?i)^(?:{any_of('then', 'before_that', 'at_last')}\s+)?(?:{any_of('to')}\s+)?", "", clause.strip(" .。")
    )
    who = acts(clause.strip(" .。")) or re.sub(rf"(?i)^{article()}", "", without_taking_over(who))
    timed = target(who) is not None or ":" in who or "：" in who or says_more_than_a_name(who)
    return who if says_somebody(who) and len(who.split()) <= 5 and not (timed or names_nobody(who)) else ""


def named_last(levels: Sequence[EscalationLevel], text: str) -> EscalationLevel | None:
    """The last of some levels whose people a text names."""
    said = normal(text)
    for level in reversed(levels):
        names = [normal(who) for who in level.targets]
        if any(name in said or (is_unspaced(name) and name.strip() in said) for name in names if name.strip()):
            return level
    return None


def _later(before: Duration | None, further: Duration) -> Duration:
    """ "another 5 minutes later", from the start of the incident."""
    if before is None or before.seconds is None or further.seconds is None:
        return further
    return replace(further, seconds=before.seconds + further.seconds)


def behind(found: Sequence[EscalationLevel], level: EscalationLevel, said: str = "") -> EscalationLevel:
    """A level with its wait from the start: one for the answer of somebody who was called later counts from there.

    "If Ben does not answer in 10 minutes" counts from the call of Ben, and a wait for any answer that is no longer than
    the one before from that one. So does any time where what is ``said`` of the level adds it: "another 10 minutes".
    """
    if found and level.after is not None and level.after.seconds and adds_to_before(said):
        return replace(level, after=_later(found[-1].after, level.after))
    if level.trigger is not Trigger.UNACKNOWLEDGED or level.after is None or level.after.seconds is None or not found:
        return level
    silent = named_last(found, _condition_of(level))
    before = silent.after if silent is not None else found[-1].after
    if before is None or before.seconds is None or (silent is None and level.after.seconds > before.seconds):
        return level
    return replace(level, after=_later(before, level.after))


def _condition_of(level: EscalationLevel) -> str:
    """What a level says before whom it calls."""
    said = level.condition or ""
    places = [at for who in level.targets if (at := said.casefold().find(who.casefold())) >= 0]
    return said[: min(places)] if places else ""


def read_sentences(items: tuple[Item, ...], scale: Scale, *, least: int = 2) -> list[EscalationLevel]:
    """The levels of a list whose items are sentences with a verb: "If no answer in 15 minutes, page the lead".

    Empty unless ``least`` items name somebody to call. What is nested below an item belongs to its sentence. Whoever
    acts first without being called, "The on-call answers within 5 minutes", is the first level. An item that only says
    to wait is the wait of the next one.
    """
    told = Told(scale, turns=False)
    for item in items:
        if counted_level().match(item.inline.text):
            return []
        nested = [one.inline.text for child in item.children if isinstance(child, ItemList) for one in child.items]
        sentence = out_of_bracket(" ".join((item.inline.text, *(f", {text}" for text in nested))))
        lines = Lines(item.lines.first, item.lines.last)
        if not told.levels and spoken(sentence, lines, 1, scale) is None and given_time(sentence, 1) is None:
            if (who := acts(sentence) or told_to(sentence)) is not None:
                told.add(EscalationLevel(1, people(who), lines, trigger=Trigger.START))
            continue
        told.take(sentence, lines)
    found = told.levels
    return found if len(found) >= least and any(level.condition for level in found) else []


@pattern
def _paces() -> str:
    return any_of("between")


def _waits(text: str, line: int) -> Duration | None:
    """For how long an item only says to wait: "Wait 10 minutes for an answer", and not "between attempts"."""
    waits = vocabulary().begins_with("wait", text, 3) and _paces().search(text) is None
    span = target(text, line) if waits else None
    return span if span is not None and span.seconds else None


def read_words(text: str, lines: Lines, scale: Scale) -> list[EscalationLevel]:
    """The levels that a few words behind a label name: "page the lead; after 15 min the owner"."""
    said = with_units(text)
    told = Told(scale)
    for sentence in sentence_ends().split(said):
        told.take_all(sentence, lines)
        if not told.levels and (who := _at_once(next(clauses_of(sentence), ""))):
            told.levels.append(EscalationLevel(1, people(who), lines, trigger=Trigger.START))
    if any(level.after for level in told.levels):
        return told.levels
    return each_at_a_time(said, lines, (), named=False) or told.levels


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


def inlines_of(section: Section) -> Iterator[Inline]:
    """The paragraphs and list items right below a heading, but for those that say whom to call about one thing."""
    for block in unboxed(section.blocks):
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
    after = target(_without_value(_until_next(sentence, bare, end)), lines.first)
    if after is not None and after.kind is DurationKind.IMMEDIATE:
        after = None
    if number == 1 and after is not None and _is_limit(sentence):
        after = None
    timed = after if after is not None and after.seconds else None
    case = _case(sentence, scale) if timed is None and number > 1 else None
    return EscalationLevel(
        level=number,
        targets=(*people(who), *others_called(bare, end), *called_at_other_times(bare)),
        lines=Lines(lines.first, lines.last),
        severities=scale.mentioned(sentence),
        after=timed,
        trigger=waited_for(sentence) if timed else Trigger.CONDITION if case else _untimed(sentence, number),
        condition=case or sentence.strip(" ,"),
    )


def _case(sentence: str, scale: Scale) -> str | None:
    """The case in which a sentence calls somebody at once, "If flour is lost, page the owner immediately"."""
    if not vocabulary().says("immediate", sentence) or scale.mentioned(sentence) or says_silence(sentence):
        return None
    if (case := hurried_case(sentence)) is not None:
        return case
    led = condition_in(sentence)
    return hurried_case(f"{next(_now(sentence))} {led}") if led is not None else None


def _now(sentence: str) -> Iterator[str]:
    """The word for "at once" in a sentence that says so."""
    words = vocabulary().words["immediate"]
    known = sorted((*words.spaced, *words.written), key=len, reverse=True)
    yield from (one for one in known if one in sentence.casefold())
    yield ""


def _untimed(sentence: str, number: int) -> Trigger:
    """What a level without a time waits for: the first one for nothing, unless it comes when nobody answers."""
    if says_silence(sentence):
        return Trigger.UNACKNOWLEDGED
    return Trigger.START if number == 1 else Trigger.UNSTATED


def _without_value(text: str) -> str:
    """A text without the time that is measured, where it says for how long: "latency above 2 s for 10 minutes"."""
    found = spans(text)
    first, second = next(found, None), next(found, None)
    if first is None or second is None or _part().search(text, first.end, second.start):
        return text
    measured = text[first.start : first.start + 1] in _OVER or _measured().search(text[: first.start]) is not None
    return text[first.end :] if measured else text


_OVER = tuple("<>≤≥")


@pattern
def _measured() -> str:
    return rf"(?:[<>≤≥]=?|{any_of('measured', 'undershot')})\s*$"


def _is_limit(sentence: str) -> bool:
    """Whether a time is by when the first one has to be called, "Within 5 minutes page the lead", and no wait."""
    span = next(spans(sentence), None)
    if span is None or not is_latest(sentence, span):
        return False
    waits = any(vocabulary().says(name, sentence) for name in ("unacknowledged", "unresolved"))
    return not waits and not _is_of_a_failure(sentence, span)


def _is_of_a_failure(sentence: str, span: Span) -> bool:
    """Whether a time is the one by which something has not come back: "If the oven is not hot within 10 minutes"."""
    bounds = [one for one in _part().finditer(sentence) if one.end() <= span.start or one.start() >= span.end]
    begin = max((one.end() for one in bounds if one.end() <= span.start), default=0)
    end = min((one.start() for one in bounds if one.start() >= span.end), default=len(sentence))
    part = sentence[begin:end]
    first = part.split()[:1]
    return _denied().search(part) is not None or (bool(first) and vocabulary().is_a("fails_first", first[0], 0.99))


@pattern
def _part() -> str:
    return rf"[,;:→，、；：]|{any_of('if')}"


@pattern
def _denied() -> str:
    return any_of("negated", "not")


def _is_a_way(text: str) -> bool:
    """Whether the last two words of a text are a way to reach somebody, "their phone number", and call nobody."""
    last = " ".join(words_of(text)[-2:])
    return any(vocabulary().column(way, last) >= 0.99 for way in ("phone", "email"))


def _until_next(sentence: str, bare: str, end: int) -> str:
    """A sentence without the clause that tells when it goes on from there: "page the lead, escalate after an hour"."""
    if (later := somebody_later(bare)) is not None:
        return bare[: later.start()]
    if end >= 0 and (said := said_of().match(bare, end)) is not None:
        return bare[: said.start()]  # "who decides within 10 minutes"
    clause = re.search(r"[,;]\s*", bare[end:]) if end >= 0 else None
    follows = bare[end + clause.end() :] if clause else ""
    first = follows.split()[:1]
    goes_on = bool(first) and vocabulary().is_a("escalate_verb", first[0], 0.9)
    return bare[: end + clause.start()] if clause and goes_on and "→" not in bare[:end] else sentence
