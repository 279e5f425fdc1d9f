"""Whom a list calls below a line that waits: "If it goes on after 30 minutes:" above "Page the lead"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.document.blocks import Item, ItemList
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_somebody
from tocsin.runbook.escalation.people.ours import is_no_person
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.severities import named_by
from tocsin.runbook.escalation.times.cases import starts_with_if
from tocsin.runbook.escalation.times.waits import begins_after, is_promise, waited_for
from tocsin.runbook.playbook import EscalationLevel
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration
from tocsin.runbook.words import vocabulary


def read_under_waits(section: Section, scale: Scale, found: Escalation) -> None:
    """Take a level for each line below an escalation heading that says how long is waited, in their order.

    All that one line calls are called at once. Whoever stands before a list of several such lines is not known here.
    """
    for child in section.children:
        after = wait_said(child)
        who = _called_below(child, scale) if after is not None else ()
        if not who:
            continue
        for name in scale.mentioned(child.title.raw) or named_by(section, scale):
            chain = found.chains.setdefault(name, [])
            severities = (name,) if name else ()
            level = EscalationLevel(len(chain) + 1, who, child.lines, severities, after, waited_for(child.title.raw))
            chain.append(replace(level, condition=child.title.raw))


def wait_said(section: Section) -> Duration | None:
    """How long the line above a list says to wait: "If it goes on > 20 minutes:", "After 15 min without news:"."""
    said = section.title.raw
    if section.level <= 1 or (section.level != LABEL_LEVEL and counted_level().match(said)):
        return None
    names = ("unresolved", "unacknowledged", "escalate_verb")
    waits = starts_with_if(said) or any(vocabulary().says(name, said) for name in names)
    if not waits and (is_promise(said) or not begins_after(said)):
        return None
    after = target(said, section.lines.first)
    return after if after is not None and after.seconds else None


def _called_below(section: Section, scale: Scale) -> tuple[str, ...]:
    """Those whom the items of the lists below a line call, or are: a ticket, a channel and a chore are nobody."""
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    called = [who for item in items for who in _whom(item, scale)]
    named = [item.inline.text for item in items]
    if not called and all(is_somebody(name) and len(name.split()) <= LONGEST_NAME for name in named):
        called = named
    return tuple(dict.fromkeys(called))


def _whom(item: Item, scale: Scale) -> Iterator[str]:
    level = spoken(item.inline.text, item.lines, 1, scale)
    for who in level.targets if level is not None else ():
        if not (is_no_person(who) or is_no_person(" ".join(who.split()[-2:]))):  # "mill-alerts Slack channel"
            yield who
