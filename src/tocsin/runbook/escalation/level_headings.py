"""Escalation as headings: a level each, and below it who is called and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Item, ItemList
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.chains import (
    LONGEST_NAME,
    OPENS,
    WINDOW,
    Escalation,
    counted_level,
    is_promise,
    is_somebody,
    level_number,
    people,
    raw_title,
    waited_for,
)
from tocsin.runbook.grammar import BRACKET
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


def _says_who(label: str) -> bool:
    words = vocabulary()
    return max(words.column("role", label), words.column("person", label)) >= 0.9 or words.says("contact_word", label)


def levels_of_headings(levels: list[Section], scale: Scale, found: Escalation) -> Iterator[EscalationLevel]:
    """The levels that headings number, in their order; one that names nobody is noted as nameless in ``found``.

    What the list below a level says of when the next one is called holds for that one.
    """
    handed: Duration | None = None
    handed_to: tuple[str, ...] = ()
    handed_when = Trigger.UNRESOLVED
    windows = OPENS.search(raw_title(levels[0])) is not None
    for n, section in enumerate(levels, 1):
        raw = raw_title(section)
        who = counted_level().sub("", raw, count=1)
        brackets = [match["inside"] for match in BRACKET.finditer(who)]
        inside = [WINDOW.sub(r"\1", one) if windows else one for one in brackets if not is_promise(one)]
        items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
        targets = people(BRACKET.sub(" ", who).strip(" :：") or next(iter(inside), who))
        if called := not any(targets):  # "Level 1:" above a list of who is called
            named = [item.inline.lead or item.inline.text for item in items]
            known = sum(map(is_somebody, named))
            if not known or known * 2 < len(named) or max(len(name.split()) for name in named) > LONGEST_NAME:
                found.nameless.append(section.lines)
                continue
            targets = tuple(one for name in named for one in people(name))
        after, severities, trigger, start = (
            handed,
            handed_to,
            handed_when if handed else Trigger.UNSTATED,
            section.lines.first,
        )
        if n == 1:
            trigger = Trigger.START
        duties: list[str] = []
        condition: str | None = None
        handed, handed_to = None, ()
        for item in items:
            text = item.inline.text
            if n > 1 and (reason := _reason(item)) is not None and after is None:
                after, trigger, severities = reason, waited_for(reason.text), severities
                continue
            hands = any(vocabulary().says(word, text) for word in ("escalate_verb", "unresolved", "unacknowledged"))
            window = target(text, item.lines.first) if hands and not _is_own_clock(item) else None
            if window is not None and window.seconds is not None:
                handed, handed_to, handed_when = window, scale.mentioned(text), waited_for(text)
                continue
            mentioned = scale.mentioned(text)
            if mentioned and n > 1 and trigger is Trigger.UNSTATED:
                trigger, severities, condition = Trigger.SEVERITY, mentioned, text
            if not called:
                duties.append(text)
        for said in inside:
            span = target(said, section.lines.first)
            if span is not None and span.seconds is not None:
                after, trigger = span, waited_for(said) if n > 1 else trigger
        if after is not None and after.lines is not None:
            start = min(start, after.lines.first)
        last = max([section.inline.lines.last, *(item.lines.last for item in items)])
        yield EscalationLevel(
            level=level_number(match) if (match := counted_level().match(raw)) else n,
            targets=targets,
            lines=Lines(start, last),
            severities=severities,
            after=after,
            trigger=trigger,
            condition=condition,
            responsibilities=tuple(duties),
        )


def _is_own_clock(item: Item) -> bool:
    """Whether an item says how soon that level itself answers: "Response: 10 minutes after the escalation"."""
    label = item.inline.labelled[0] if item.inline.labelled else ""
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
