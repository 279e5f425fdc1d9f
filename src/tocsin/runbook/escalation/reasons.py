"""Reasons to call somebody that are no step of a chain: "Flour lost → owner", "When to escalate"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tocsin.runbook.document.blocks import ItemList, Text
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import at_arrows
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_one_of_ours, is_somebody, people
from tocsin.runbook.escalation.people.ours import ends_as_somebody, is_name
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.sentences.calling import calls
from tocsin.runbook.escalation.sentences.cases_below import begins_to_escalate
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.sentences.verbs_of_calling import LONGEST_SENTENCE
from tocsin.runbook.escalation.times.cases import matter_before
from tocsin.runbook.escalation.times.waits import says_silence
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.grammar import BRACKET, small_words
from tocsin.runbook.playbook import EscalationLevel, EscalationRule, Trigger
from tocsin.runbook.scale import Scale, level_name
from tocsin.runbook.sentence_ends import sentence_ends
from tocsin.runbook.stated import Lines
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import is_unspaced, vocabulary, words_of


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
    return EscalationRule(text, Lines(lines.first, lines.last), trigger, after, severities, _whom(text, lines, scale))


def _whom(text: str, lines: Lines, scale: Scale) -> tuple[str, ...]:
    """Whom a reason calls: "Flour lost → page the owner", "Oven burns: head baker"; empty for whoever comes next."""
    called = spoken(text, lines, 2, scale)
    return only_names(called.targets if called is not None else _behind_a_mark(text))


def _behind_a_mark(text: str) -> tuple[str, ...]:
    """Those whose names are all that stands behind an arrow, or behind a label."""
    *before, last = at_arrows(text)
    if not before:
        label, colon, last = text.replace("：", ":").partition(":")
        before = [label] if colon else []
    if len(before) != 1 or is_somebody(before[0]):
        return ()
    return people(without_times(BRACKET.sub(" ", last)).strip(" .。"))


def only_names(targets: Iterable[str]) -> tuple[str, ...]:
    """Those of some targets that are the names of people, without a bracket; a rank of a ladder names nobody."""
    names = (BRACKET.sub(" ", one).strip() for one in targets)
    return tuple(dict.fromkeys(filter(_is_a_name, names)))


def _is_a_name(text: str) -> bool:
    if not text or len(text.split()) > LONGEST_NAME or _SAYS_MORE.search(text) or counted_level().match(text):
        return False
    if says_silence(text) or vocabulary().says("unresolved", text) or condition_in(text) is not None:
        return False
    return is_one_of_ours(text) or ends_as_somebody(text) or (is_name(text) and not is_unspaced(text))


_SAYS_MORE = re.compile(r"[:：?？;；—!]|^\d+$")
"""In what is no name."""


def matters_in(inlines: Sequence[Inline], scale: Scale) -> list[EscalationRule]:
    """The reasons of lines that say whom to call about what: "Privacy: legal lead", "Flour lost → Ada".

    Empty unless each of them does, and unless they are several or one says what is wrong: "Lead: Ada" is who that is.
    """
    found: list[EscalationRule] = []
    for inline in inlines:
        matter = at_arrows(inline.text)[0] if len(at_arrows(inline.text)) == 2 else (inline.labelled or ("",))[0]
        rule = rule_of(inline.text, inline.lines, scale) if matter and _is_matter(matter) else None
        if rule is None or rule.trigger is not Trigger.CONDITION or not rule.targets:
            return []
        found.append(rule)
    wrong = any(says_what_fails(rule.text) or matter_before(rule.text) is not None for rule in found)
    return found if len(found) > 1 or wrong else []


def is_of_troubles(inlines: Sequence[Inline]) -> bool:
    """Whether a list says before names what is wrong: "Website down: Ada"; "Database: Ada" is who knows it."""
    labels = [inline.labelled[0] if inline.labelled is not None else "" for inline in inlines]
    return all(labels) and any(map(says_what_fails, labels)) and not any(map(is_somebody, labels))


def _is_matter(text: str) -> bool:
    """Whether what stands before whom to call is no one, no rank, no severity, no time, and no way to reach them."""
    words = vocabulary()
    if is_somebody(text) or level_name(text, plain=True) is not None or counted_level().match(text):
        return False
    ranks = ("primary", "secondary", "escalation_contact", "availability", "call", "notify", "escalate_verb", "called")
    ways = ("phone", "email", "chat", "contact", "role", "person", "availability", "level")
    other = any(words.says(name, text) for name in ranks) or any(words.column(name, text) >= 0.5 for name in ways)
    return not other and target(text) is None and not speaks_of_escalating(text)


def rule_for(one: EscalationLevel) -> EscalationRule:
    """The reason to call the people of a level, which is no step of a chain."""
    text = f"{one.condition} → {' + '.join(one.targets)}"
    return EscalationRule(text, one.lines, one.trigger, one.after, one.severities, only_names(one.targets))


def rule_to_call(one: EscalationLevel) -> EscalationRule:
    """The same with its people as they are named, though no word says that they are people: "Card provider"."""
    return replace(rule_for(one), targets=one.targets)


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
        elif isinstance(block, Text):
            yield from told_reasons(block.inline, scale)


def told_reasons(inline: Inline, scale: Scale) -> Iterator[EscalationRule]:
    """The reasons of sentences that escalate in a case, and name nobody: "Escalate at once if two kilns are cold"."""
    for sentence in sentence_ends().split(inline.text):
        case = condition_in(sentence.rstrip(" :：")) if begins_to_escalate(sentence[:LONGEST_SENTENCE]) else None
        if case is not None and not calls(sentence):
            yield rule_of(sentence, inline.lines, scale)


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
