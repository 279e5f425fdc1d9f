"""Escalation as headings: a level each, and below it who is called and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Block, Item, ItemList, Text
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.durations import is_measured, target
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_somebody, people
from tocsin.runbook.escalation.ranks import counted_level, level_number
from tocsin.runbook.escalation.times.waits import (
    OPENS,
    WINDOW,
    begins_after,
    is_point,
    is_promise,
    is_waiting,
    waited_for,
)
from tocsin.runbook.escalation.titles import raw_title
from tocsin.runbook.grammar import BRACKET, any_of, beginning, guarded, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.words import vocabulary


def calls_by_matter(levels: list[Section]) -> list[EscalationLevel]:
    """Whom to call at each level of trouble, "Level 2: Line stopped", which says below who is called.

    Nothing where the names are those of people, or where the text says what is waited for between two levels.
    """
    found: list[EscalationLevel] = []
    for section in levels:
        name = BRACKET.sub(" ", counted_level().sub("", raw_title(section), count=1)).strip(" :：")
        items = [item.inline for block in section.blocks if isinstance(block, ItemList) for item in block.items]
        if not name or is_somebody(name) or "@" in name or any(map(_hands_over, items)):
            return []
        who = next((labelled[1] for one in items if (labelled := one.labelled) and _says_who(labelled[0])), "")
        if who and not is_gap(who):
            found.append(EscalationLevel(1, people(who), section.lines, trigger=Trigger.CONDITION, condition=name))
    known = sum(any(map(is_somebody, one.targets)) for one in found)
    return found if len(found) > len(levels) / 2 and known >= len(found) / 2 else []


def at_severities(levels: list[Section], matters: list[EscalationLevel], scale: Scale) -> dict[str, EscalationLevel]:
    """Who is called at each severity, where the headings are those of the scale: "Level 3: Critical incident"."""
    names = {one.lines: scale.mentioned(raw_title(one)) for one in levels}
    if not all(len(several) == 1 for several in names.values()):
        return {}
    return {
        name: replace(one, trigger=Trigger.START, severities=(name,), condition=None)
        for one in matters
        for name in names[one.lines]
    }


def _hands_over(said: Inline) -> bool:
    """Whether an item says when the next level is called: "Escalate when nobody answers for 15 minutes"."""
    return any(vocabulary().says(name, said.text) for name in ("unresolved", "unacknowledged"))


@pattern
def _escalates() -> str:
    return beginning("escalates")


def _says_who(label: str) -> bool:
    words = vocabulary()
    return max(words.column("role", label), words.column("person", label)) >= 0.9 or words.says("contact_word", label)


def _named_in_text(section: Section) -> Iterator[str]:
    """Who the paragraph below the heading of a level names before anything else: "Team lead, if …"."""
    for block in section.blocks:
        who = re.split(r"\s*[(（,，.。;；:：]|\s[–—-]\s", block.inline.text)[0] if isinstance(block, Text) else ""
        if who and is_somebody(who) and len(who.split()) <= LONGEST_NAME:
            yield who
            return


def levels_of_headings(levels: list[Section], scale: Scale, found: Escalation) -> Iterator[EscalationLevel]:
    """The levels that headings number, in their order; one that names nobody is noted as nameless in ``found``.

    What stands below a level of when to escalate holds for the next one where the first level says it as well; where
    the first level says nothing of it, for nobody was waited for before, it is when that very level is called.
    """
    handed = _NOTHING
    gives_up = any(_hands_over(said) or _escalates().search(said.text) for said in _sayings(levels[0]))
    windows = OPENS.search(raw_title(levels[0])) is not None
    for n, section in enumerate(levels, 1):
        raw = raw_title(section)
        who = counted_level().sub("", raw, count=1)
        brackets = [match["inside"] for match in BRACKET.finditer(who)]
        inside = [WINDOW.sub(r"\1", one) if windows else one for one in brackets if not is_promise(one)]
        items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
        targets = people(BRACKET.sub(" ", who).strip(" :：") or next(iter(inside or brackets), who))
        if called := not any(targets):  # "Level 1:" above a list of who is called
            labels = [item.inline.labelled for item in items]
            holders = [label[1] for label in labels if label is not None and label[1] and _says_who(label[0])]
            names = (item.inline.lead or item.inline.text for item in items if not is_point(item.inline.text))
            named = holders or list(names) or list(_named_in_text(section))
            known = len(holders) or sum(map(is_somebody, named))
            if not known or known * 2 < len(named) or max(len(name.split()) for name in named) > LONGEST_NAME:
                found.nameless.append(section.lines)
                continue
            targets = tuple(one for name in named for one in people(name))
        stated, handed = handed, _NOTHING
        waits = [(said, window) for said in _sayings(section) if (window := _window(said)) is not None]
        for said, window in waits:
            if is_own_time(said):
                stated = _wait(window, said, scale) if n > 1 else stated
            elif gives_up and not is_lasting(said.text):
                handed = _wait(window, said, scale)
            elif n > 1 and stated.after is None:
                stated = _wait(window, said, scale)
        after, severities, start = stated.after, stated.severities, section.lines.first
        trigger = Trigger.START if n == 1 else stated.trigger if after else Trigger.UNSTATED
        duties: list[str] = []
        condition: str | None = None
        for item in items:
            text = item.inline.text
            if n > 1 and (reason := _reason(item)) is not None and after is None:
                after, trigger, severities = reason, waited_for(reason.text), severities
                continue
            if any(said is item.inline for said, _window in waits):
                continue
            mentioned = scale.mentioned(text)
            if mentioned and n > 1 and trigger is Trigger.UNSTATED:
                trigger, severities, condition = Trigger.SEVERITY, mentioned, text
            if not called:
                duties.append(text)
        for text in inside:
            span = target(text, section.lines.first)
            if span is not None and span.seconds is not None:
                after, trigger = span, waited_for(text) if n > 1 else trigger
        if after is not None and after.lines is not None:
            start = min(start, after.lines.first)
        last = max([section.inline.lines.last, *(item.lines.last for item in items)])
        yield EscalationLevel(
            level=(level_number(match) if (match := counted_level().match(raw)) else n) or n,
            targets=targets,
            lines=Lines(start, last),
            severities=severities,
            after=after,
            trigger=trigger,
            condition=condition,
            responsibilities=tuple(duties),
        )


@dataclass(frozen=True, slots=True)
class _Wait:
    """How long is waited before a level is called, at which severities, and for what."""

    after: Duration | None = None
    severities: tuple[str, ...] = ()
    trigger: Trigger = Trigger.UNSTATED


_NOTHING = _Wait()


def _wait(window: Duration, said: Inline, scale: Scale) -> _Wait:
    return _Wait(window, scale.mentioned(said.text), waited_for(said.text))


def _sayings(section: Section) -> list[Inline]:
    """What stands below the heading of a level, and below its labels: the paragraphs and the items of the lists."""
    labels = (one for one in section.children if one.level == LABEL_LEVEL and not counted_level().match(raw_title(one)))
    blocks = [block for one in (section, *labels) for block in one.blocks]
    said = [[block.inline] if isinstance(block, Text) else _items_of(block) for block in blocks]
    return [inline for several in said for inline in several]


def _items_of(block: Block) -> list[Inline]:
    return [item.inline for item in block.items] if isinstance(block, ItemList) else []


def _window(said: Inline) -> Duration | None:
    """The time that a line gives for escalating: "Escalate after 20 minutes", "Outages longer than 4 hours"."""
    text = said.text
    if is_own_time(said):
        return target(text, said.lines.first)
    hands = any(vocabulary().says(word, text) for word in ("escalate_verb", "unresolved", "unacknowledged"))
    if not (hands or is_lasting(text)) or _is_own_clock(said):
        return None
    window = target(text, said.lines.first)
    return window if window is not None and window.seconds is not None else None


def is_own_time(said: Inline) -> bool:
    """Whether a line below a level says when that one is called and no more: "After 15 minutes.", "When: at once"."""
    label, text = said.labelled, said.text.rstrip(".。")
    if label is not None and label[1]:
        return vocabulary().column("after", label[0]) >= 0.9 and is_point(label[1]) and not _is_own_clock(said)
    if (parted := _NAME_AND_TIME.fullmatch(text)) is not None and is_somebody(parted["who"]):
        text = parted["when"]
    return is_point(text) and not is_promise(text) and not is_waiting(text) and begins_after(text)


_NAME_AND_TIME = re.compile(
    r"(?P<who>[^(（,，、–—]{2,60}?)\s*(?:[,，、]|\s[–—-]\s|[(（])\s*(?P<when>[^()（）]{2,60}?)[)）]?"
)
"""Who is called and when, on a line below the rank: "Team lead (after 15 minutes)"."""


def is_lasting(text: str) -> bool:
    """Whether a text is about an incident that lasts longer than some time: "Outages over 4 hours"."""
    return _outage().search(text) is not None and is_measured(text)


@guarded("outage")
def _outage() -> str:
    return any_of("outage")


def _is_own_clock(said: Inline) -> bool:
    """Whether a line says how soon that level itself answers: "Response: 10 minutes after the escalation"."""
    label = said.labelled[0] if said.labelled else ""
    clocks = ("response_label", "acknowledge_label", "resolution_label")
    return any(vocabulary().is_a(name, label, 0.9) for name in clocks)


def _reason(item: Item) -> Duration | None:
    """The window of "When to escalate:" with the reasons nested below, in the words of the reason that states it."""
    labelled = item.inline.labelled
    if labelled is None or labelled[1] or vocabulary().sections.best(labelled[0]) is None:
        return None
    for child in item.children:
        for nested in child.items if isinstance(child, ItemList) else ():
            window = target(nested.inline.text, nested.lines.first)
            if window is not None and window.seconds:
                return replace(window, text=nested.inline.text)
    return None
