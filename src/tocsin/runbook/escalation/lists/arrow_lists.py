"""Escalation as lists with arrows: a chain in each item, a severity and whom to call, a matter and who sees to it."""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.runbook.channels import channels_in
from tocsin.runbook.document.blocks import Item, ItemList
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import arrow_levels, arrow_parts
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.escalation.people.ours import OURS, is_name, is_outside
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.reasons import rule_of
from tocsin.runbook.escalation.sentences.prose import read_words, spoken
from tocsin.runbook.escalation.times.cases import is_amount, starts_with_if
from tocsin.runbook.escalation.times.waits import is_waiting, waited_for
from tocsin.runbook.grammar import BRACKET, any_of, pattern
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale, coded_names
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import vocabulary


def read_arrow_list(block: ItemList, scale: Scale, found: Escalation) -> bool:
    """Take the chains, and the reasons to call somebody, of a list whose items have arrows; False for other lists."""
    chains = [(item, parts) for item in block.items if len(parts := arrow_parts(item.inline.text)) >= 2]
    if (
        block.ordered
        and len(block.items) > 1
        and all(len(parts) == 2 and not scale.mentioned(item.inline.text) for item, parts in chains)
    ):
        return False  # "1. Primary on-call → pager": the arrow leads to an address, the numbers are the order
    if block.ordered and len(chains) == len(block.items) > 1 and all(_says_when(parts) for _item, parts in chains):
        return False  # "1. **Primary** → looks at it", "2. **Lead** → if SEV1 or not solved in an hour"
    if chains and all(_leads_to_code(item, parts, scale) for item, parts in chains):
        return False  # "Not a fault → `close`"
    if 0 < len(chains) < len(block.items) and all(is_outside(parts[-1]) for _item, parts in chains):
        return False  # a way of reporting, "DPO → authority", beside the steps of the escalation
    # "Boiler cold" beside "Payment provider down" is what is wrong as well
    matters = _are_matters(block, chains, scale)
    troubled = any(_is_trouble(parts[0]) for _item, parts in chains) or matters
    for item, parts in chains:
        names = scale.mentioned(item.inline.text) or ("",)
        if len(parts) == 2 and _is_a_case(parts[1]):
            found.rules.append(rule_of(item.inline.text, item.lines, scale))
            continue
        if coded_names(parts[0]) and len([word for word in parts[0].split() if re.search(r"\w", word)]) <= 2:
            _of_severities(scale.mentioned(parts[0]), parts[1:], item, scale, found)
            continue
        calls = len(parts) == 2 and spoken(parts[1], item.lines, 1, scale) is not None
        waits = names != ("",) and is_waiting(parts[0])  # "P0: no answer in 5 min → Ada"
        if len(parts) == 2 and not waits and _is_occasion(parts[0]) and (calls or troubled):
            if calls or matters or is_somebody(parts[1]):
                found.rules.append(rule_of(item.inline.text, item.lines, scale))
            continue
        for name in names:
            found.chains.setdefault(name, list(arrow_levels(parts, item.lines, (name,) if name else ())))
    return bool(chains)


def _leads_to_code(item: Item, parts: list[str], scale: Scale) -> bool:
    """Whether an arrow leads from what was found to a word in code that is done then, and neither is anybody."""
    codes = [run.text for run in item.inline.codes]
    if len(parts) != 2 or not any(code and parts[1].startswith(code) for code in codes):
        return False
    who = [BRACKET.sub(" ", part).strip() for part in parts]
    named = any(is_somebody(one) or is_name(one) for one in who) or bool(scale.mentioned(item.inline.text))
    return not named and not any(channels_in(parts[1])) and spoken(parts[1], item.lines, 1, scale) is None


def _says_when(parts: list[str]) -> bool:
    """Whether an arrow leads from somebody to when that one is called, or what that one does, and to nobody."""
    who, behind = (parts[0], parts[1]) if len(parts) == 2 else ("", "")
    named = (is_somebody(who) or is_name(who)) and not coded_names(who)
    return named and (starts_with_if(behind) or not is_somebody(behind))


def _is_a_case(text: str) -> bool:
    """Whether what stands behind an arrow is when somebody is called, and nobody: "if over 50 fail", "> 50 an hour".

    A name behind its colon is called in that case, and who does not answer is waited for.
    """
    if ":" in text or "：" in text or is_waiting(text):
        return False
    said = condition_in(text)
    if _is_trouble(text) and not is_somebody(text):
        return True  # "all shops shut"
    return starts_with_if(text) or is_amount(text) or (said is not None and text.startswith(said))


def _of_severities(names: tuple[str, ...], parts: list[str], item: Item, scale: Scale, found: Escalation) -> None:
    """ "P0 → page the lead", "P1 → Lead → Director": the severity is no station; a sentence calls whom it names."""
    called = read_words(parts[0], item.lines, scale) if len(parts) == 1 else []
    if len(parts) == 1 and not called and (len(parts[0].split()) > 4 or _tells().search(parts[0])):
        return
    for name in names:
        levels = called or list(arrow_levels(parts, item.lines, (name,)))
        found.keep(name, [replace(one, severities=(name,)) for one in levels])


@pattern
def _tells() -> str:
    """In an item that says what happens, and names nobody."""
    return any_of("tells")


def _are_matters(block: ItemList, chains: list[tuple[Item, list[str]]], scale: Scale) -> bool:
    """Whether each of several bullets says who is in charge of something: "Refund over 500 → owner"."""
    return (
        not block.ordered
        and (len(chains) == len(block.items) > 1 or (len(chains) > 0 and _others_call(block, chains, scale)))
        and len({parts[0] for _item, parts in chains}) == len(chains)
        and not any(scale.mentioned(item.inline.text) for item, _parts in chains)
        and all(len(parts) == 2 and _is_occasion(parts[0]) for _item, parts in chains)
        and any(
            is_somebody(parts[1]) or spoken(parts[1], item.lines, 1, scale) or _is_of_somebody(parts)
            for item, parts in chains
        )
    )


def _is_of_somebody(parts: list[str]) -> bool:
    """Whether what is wrong leads to a name: "Flour lost → Ada"."""
    return is_name(BRACKET.sub(" ", parts[1]).strip()) and says_what_fails(parts[0])


def _others_call(block: ItemList, chains: list[tuple[Item, list[str]]], scale: Scale) -> bool:
    """Whether each item without an arrow is about a matter and calls somebody: "Oven burns: call the fire warden"."""
    others = [item for item in block.items if all(item is not one for one, _parts in chains)]
    return len(block.items) > 1 and all(
        item.inline.labelled is not None
        and _is_occasion(item.inline.labelled[0])
        and spoken(item.inline.text, item.lines, 1, scale) is not None
        for item in others
    )


def numbered_calls(block: ItemList, scale: Scale) -> list[EscalationLevel]:
    """The levels of a numbered list "1. Cannot be solved → escalate to the lead"; whoever is named first begins it.

    Empty unless every item has one arrow and two of them call somebody behind it, or name somebody behind a wait.
    """
    levels: list[EscalationLevel] = []
    named: set[tuple[str, ...]] = set()
    calls = 0
    for item in block.items:
        parts = arrow_parts(item.inline.text)
        if len(parts) != 2:
            return []
        level = spoken(parts[1], item.lines, len(levels) + 1, scale)
        calls += level is not None
        lead = item.inline.lead or ""
        if level is None and not levels and is_somebody(lead):
            level = EscalationLevel(1, people(lead), item.lines, trigger=Trigger.START)
        waits = target(parts[0]) is not None
        somebody = _is_named(parts[1]) or (waits and is_name(BRACKET.sub(" ", parts[1]).strip()))
        if level is None and somebody and (target(parts[0]) or (not levels and _is_occasion(parts[0]))):
            calls += bool(levels)
            name = people(BRACKET.sub(" ", parts[1]))
            level = EscalationLevel(1, name, item.lines, trigger=Trigger.START)
        if level is not None and level.targets not in named:
            named.add(level.targets)
            timed = target(parts[0], item.lines.first)
            after = timed if timed is not None and timed.seconds else level.after
            trigger = Trigger.START if not levels else waited_for(parts[0]) if after else Trigger.CONDITION
            said = item.inline.text if levels else None
            levels.append(replace(level, level=len(levels) + 1, after=after, trigger=trigger, condition=said))
    return levels if calls >= 2 else []


def _is_named(text: str) -> bool:
    """Whether a few words are the name of somebody, and no sentence about them."""
    name = BRACKET.sub(" ", text)
    return is_somebody(name) and len(name.split()) <= 5 and not vocabulary().says("called", name)


def tells_remedies(block: ItemList, scale: Scale) -> bool:
    """Whether every item says what to do about something and names nobody: "Flour missing → look at the store"."""
    found = [(item, arrow_parts(item.inline.text)) for item in block.items]
    return len(found) > 1 and all(
        len(parts) == 2
        and not counted_level().match(item.inline.text)
        and len(parts[0].split()) > 1
        and len(parts[1].split()) > 2
        and all(map(_is_occasion, parts))
        and not any(channels_in(parts[1]))
        and spoken(parts[1], item.lines, 1, scale) is None
        for item, parts in found
    )


def _is_occasion(text: str) -> bool:
    """Whether what stands before an arrow is no one: "Recurring incident (3+ times)"."""
    words = vocabulary()
    return not any(words.is_a(name, text, 0.3) for name in OURS)


def _is_trouble(text: str) -> bool:
    """Whether a text says what is wrong, "Payment provider down", "Boiler cold", and is no name."""
    words = vocabulary()
    return words.says("fails_last", text) or words.says("fails", text)
