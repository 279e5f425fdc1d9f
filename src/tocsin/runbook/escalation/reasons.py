"""Reasons to call somebody that are no step of a chain: "Flour lost → owner", "When to escalate"."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.runbook.document.blocks import ItemList
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import target
from tocsin.runbook.grammar import small_words
from tocsin.runbook.playbook import EscalationLevel, EscalationRule, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary, words_of


def rule_of(text: str, lines: Lines, scale: Scale, under: str = "") -> EscalationRule:
    """The reason to escalate that a text gives; a time in the heading above, ``under``, holds for it."""
    words = vocabulary()
    after = target(text, lines.first) or (target(under, lines.first) if under else None)
    severities = scale.mentioned(text)
    if words.says("unacknowledged", text):
        trigger = Trigger.UNACKNOWLEDGED
    elif words.says("severity_increase", text):
        trigger = Trigger.SEVERITY
    elif after is not None and after.seconds != 0:
        trigger = Trigger.UNRESOLVED
    elif severities:
        trigger = Trigger.SEVERITY
    else:
        trigger = Trigger.CONDITION
    return EscalationRule(text, Lines(lines.first, lines.last), trigger, after, severities)


def rule_for(one: EscalationLevel) -> EscalationRule:
    """The reason to call the people of a level, which is no step of a chain."""
    text = f"{one.condition} → {' + '.join(one.targets)}"
    return EscalationRule(text, one.lines, one.trigger, one.after, one.severities)


def read_rules(section: Section, scale: Scale) -> Iterator[EscalationRule]:
    """The reasons to escalate that a "when to escalate" list gives; a time in its heading holds for each."""
    said, order = _parted(section.title.raw)
    if order:  # "Still down after 30 minutes. Collect:": below it stands what to take along
        yield rule_of(said, section.lines, scale)
        return
    under = section.title.text if target(section.title.raw) else ""
    for block in section.blocks:
        if isinstance(block, ItemList):
            for item in block.items:
                yield rule_of(item.inline.text, item.lines, scale, under)


def _parted(title: str) -> tuple[str, str]:
    """The sentences of a heading before its last one, and that where it is but an order: "… . Collect the logs:"."""
    said, mark, last = title.rpartition(". ")
    words = words_of(last)
    orders = 0 < len(words) <= _LONGEST_ORDER and not small_words("imperative", "look", "chore", "task").isdisjoint(
        words[:1]
    )
    return (f"{said}.", last) if mark and orders else ("", "")


_LONGEST_ORDER = 4
"""Words of "Collect the following"."""
