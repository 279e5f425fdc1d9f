"""Escalation as the lists and paragraphs of a chapter: levels, ordered paths, contacts by purpose, rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Item, ItemList, Text
from tocsin.runbook.document.boxed import unboxed
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.durations import spans, target
from tocsin.runbook.escalation.arrows import ARROW, FILE, arrow_levels, arrow_parts
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.lists.arrow_lists import numbered_calls, read_arrow_list, tells_remedies
from tocsin.runbook.escalation.lists.handovers import handed_over
from tocsin.runbook.escalation.lists.level_headings import at_severities, calls_by_matter, levels_of_headings
from tocsin.runbook.escalation.lists.path_items import level_of_item
from tocsin.runbook.escalation.lists.prepared_lists import (
    all_levels,
    headed_by_times,
    levels_in_a_line,
    lines_of_severities,
    lines_of_times,
    paragraphs_of_times,
    prepared,
    with_answers_apart,
)
from tocsin.runbook.escalation.lists.primary import ranked_name
from tocsin.runbook.escalation.lists.roles_and_times import roles_with_times
from tocsin.runbook.escalation.lists.timelines import read_by_time, read_timed_names
from tocsin.runbook.escalation.lists.under_one_wait import wait_said
from tocsin.runbook.escalation.one_wait import names_no_one_but_the_next
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_somebody, people
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.reasons import matters_in, rule_for, rule_of
from tocsin.runbook.escalation.sentences.calling import called_in, says_somebody
from tocsin.runbook.escalation.sentences.own_times import each_at_a_time, named_beside
from tocsin.runbook.escalation.sentences.prose import behind, read_sentences, read_words, spoken
from tocsin.runbook.escalation.sentences.stages import counted_stages
from tocsin.runbook.escalation.sentences.turns import text_of_turn
from tocsin.runbook.escalation.severities import named_by
from tocsin.runbook.escalation.times.cases import matter_before, starts_with_if
from tocsin.runbook.escalation.times.waits import OPENS, says_silence, waited_for
from tocsin.runbook.escalation.titles import raw_title, says_escalation, speaks_of_escalating
from tocsin.runbook.grammar import BRACKET, any_of, article, pattern, small_words
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale, coded_names
from tocsin.runbook.sentence_ends import clause_ends
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import normal, vocabulary, words_of


def read_section(section: Section, scale: Scale, found: Escalation, *, levels_only: bool = False) -> None:
    """Level headings below an escalation heading, or, but for ``levels_only``, lists right under it."""
    levels = [child for child in section.children if counted_level().match(raw_title(child))]
    if len(levels) >= 2 and not found.chains.get(""):
        if matters := calls_by_matter(levels):
            if graded := at_severities(levels, matters, scale):
                for name, level in graded.items():
                    found.keep(name, [level])
                return
            found.rules += map(rule_for, matters)
            found.routings.append(Lines(levels[0].lines.first, levels[-1].lines.last))
            return
        found.chains[""] = list(levels_of_headings(levels, scale, found))
        return
    if levels_only:
        return
    if counted_level().match(raw_title(section)) or (
        section.parent is not None and counted_level().match(raw_title(section.parent))
    ):
        _calls_at_a_severity(section, scale, found)
        return
    if section.about == "escalation" and (chain := handed_over(section.blocks) or _counted(section)):
        for name in named_by(section, scale):
            found.chains.setdefault(name, [replace(one, severities=(name,)) for one in chain] if name else chain)
        return
    blocks = list(paragraphs_of_times(with_answers_apart(unboxed(section.blocks))))
    if timed := headed_by_times(section):
        blocks.append(timed)
    texts = [block for block in blocks if isinstance(block, Text) and counted_level().match(block.inline.text)]
    if len(texts) > 1 and not any(map(all_levels, texts)):
        span = Lines(texts[0].lines.first, texts[-1].lines.last)
        read_list(ItemList(span, True, tuple(Item(one.lines, one.inline) for one in texts)), section, scale, found)
        return
    for block in blocks:
        match block:
            case ItemList():
                read_list(block, section, scale, found)
            case Text() if beside := levels_in_a_line(block):
                read_list(ItemList(block.lines, True, beside), section, scale, found)
            case Text() if by_severity := lines_of_severities(block):
                read_list(ItemList(block.lines, False, by_severity), section, scale, found)
            case Text() if all_levels(block):
                lines = tuple(Item(one.lines, one) for one in block.inline.by_line)
                read_list(ItemList(block.lines, True, lines), section, scale, found)
            case Text() if lines := lines_of_times(block):
                timeline = ItemList(block.lines, False, lines)
                _ = read_by_time(timeline, section, scale, found) or read_timed_names(timeline, section, scale, found)
            case Text() if "" in found.chains and (reasons := matters_in(block.inline.by_line, scale)):
                found.rules += reasons
            case Text() if parts := _names_in_a_line(block.inline.text):
                for name in named_by(section, scale):
                    found.chains.setdefault(name, list(arrow_levels(parts, block.lines, (name,) if name else ())))
            case Text() if section.about == "escalation" and (named := _names_in_a_row(block)):
                for name in named_by(section, scale):
                    found.chains.setdefault(name, list(arrow_levels(named, block.lines, (name,) if name else ())))
            case _:
                pass


def _calls_at_a_severity(section: Section, scale: Scale, found: Escalation) -> None:
    """Below "Level 4: Critical", which is a severity there, whom the sentences of "Escalation path" call."""
    names = named_by(section, scale)
    for block in section.blocks if names != ("",) else ():
        items = block.items if isinstance(block, ItemList) else ()
        levels: list[EscalationLevel] = []
        for one in read_sentences(items, scale, least=1):
            said = one.condition or ""
            others = list(_in_brackets(said, one.lines, scale))
            levels += [replace(one, condition=BRACKET.sub(" ", said).strip()) if others else one, *others]
        for name in names if levels else ():
            own = [replace(one, level=n, severities=(name,)) for n, one in enumerate(levels, 1)]
            found.chains.setdefault(name, own)


def _in_brackets(text: str, lines: Lines, scale: Scale) -> Iterator[EscalationLevel]:
    """Who is called where the one before does not answer: "(call the owner if unreachable)"."""
    for match in BRACKET.finditer(text):
        if vocabulary().says("unacknowledged", match["inside"]):
            level = spoken(match["inside"], lines, 2, scale)
            if level is not None:
                yield replace(level, trigger=Trigger.UNACKNOWLEDGED)


def _names_in_a_line(text: str) -> list[str]:
    """The stations of a paragraph of arrows, or of the one sentence of it that has them: "Desk → lead. Each has …"."""
    pieces = [one for one in re.split(r"(?<=[.!?])\s+(?=[^\W\d_])", text) if ARROW.search(one)]
    parts = arrow_parts(pieces[0].rstrip(". ")) if len(pieces) == 1 else []
    if not all(map(is_somebody, parts)):
        parts = arrow_parts(text)
    named = len(parts) > 1 and max(len(BRACKET.sub(" ", part).split()) for part in parts) <= 6
    return parts if named and not starts_with_if(parts[0]) and not any(map(FILE.search, parts)) else []


def _names_in_a_row(block: Text) -> list[str]:
    """The people of a line that names several and says no more: "Head of mills; owner."."""
    text = block.inline.text.strip().rstrip(".。")
    label = block.inline.labelled
    text = label[1].rstrip(".。") if label is not None and says_escalation(label[0]) else text
    named = [text_of_turn(piece) for piece in re.split(r"[,;，；、]", text) if piece.strip()]
    for one in named:
        sentence = _article_first().match(one) or target(one) or spoken(one, block.lines, 1, Scale())
        if sentence or not is_somebody(one) or len(one.split()) > _LONGEST_IN_A_ROW:
            return []
    return named if len(named) > 1 else []


_LONGEST_IN_A_ROW = 4
"""Words of a name between two commas: what is longer is a clause of a sentence."""


@pattern
def _article_first() -> str:
    return article()


def read_list(block: ItemList, section: Section, scale: Scale, found: Escalation) -> None:
    """Take the chains, and the reasons to call somebody, of one list by the first form that it has."""
    block = prepared(block, scale)
    if not block.items:
        return
    if not block.ordered and _are_called_in_order(block, section):
        block = replace(block, ordered=True)
    if together := _all_at_once(block, section, scale, found):
        for name in named_by(section, scale):
            found.chains.setdefault(name, [replace(one, severities=(name,)) for one in together] if name else together)
        return
    named = all(item.inline.lead is not None for item in block.items)
    if block.ordered and (calling := numbered_calls(block, scale)):
        for name in named_by(section, scale):
            found.chains.setdefault(name, _waiting(calling, section))
        calls = {level.lines.first for level in calling}
        others = (item for item in block.items if item.lines.first not in calls and scale.mentioned(item.inline.text))
        found.rules += [rule_of(item.inline.text, item.lines, scale) for item in others]
        return
    if block.ordered and not named and (sentences := read_sentences(block.items, scale)):
        sentences = _with_bare_names(sentences, block, scale)
        for name in named_by(section, scale):
            found.chains.setdefault(name, _waiting(sentences, section))
        return
    if not block.ordered and (roles := roles_with_times(block.items, scale)):
        for name in named_by(section, scale):
            found.chains.setdefault(name, [replace(one, severities=(name,)) for one in roles] if name else roles)
        return
    if read_by_time(block, section, scale, found) or read_timed_names(block, section, scale, found):
        return
    if read_arrow_list(block, scale, found):
        return
    if (
        timelines_of_severities(block, section, scale, found)
        or _calls_by_severity(block, section, scale, found)
        or tells_remedies(block, scale)
    ):
        return
    rules = [item for item in block.items if _isrule_of(item, scale)]
    if rules and len(rules) == len(block.items):
        found.rules += [rule_of(item.inline.text, item.lines, scale) for item in rules]
        return
    if not block.ordered and (matters := matters_in([item.inline for item in block.items], scale)):
        found.rules += matters
        return
    levelled = [item for item in block.items if counted_level().match(item.inline.text)]
    named_for = named_by(section, scale)
    if named_for == ("",) and "" in found.chains:
        if not levelled or any(level.after for level in found.chains[""]):
            return
        del found.chains[""]
    if levelled or block.ordered or _is_who_list(block, section):
        windows = OPENS.search(block.items[0].inline.text) is not None
        chores = [] if levelled else [item for item in block.items if _is_chore(item)]
        items = [item for item in block.items if item not in chores]
        read = [(item, level_of_item(item, n, scale, windows=windows)) for n, item in enumerate(items, 1)]
        levels = [level for _item, level in read if level is not None]
        further = [item.inline.text for item, level in read if level is not None]
        if chores:  # "1. Check the valve 2. Call the gas company": a sentence each
            called = [spoken(item.inline.text, item.lines, 1, scale) or _of_somebody(level) for item, level in read]
            levels = [replace(one, level=n) for n, one in enumerate((one for one in called if one is not None), 1)]
        found.nameless += [item.lines for item, level in read if level is None and _is_left_open(item)]
        if levels and read[0][1] is None and levels[0].trigger is Trigger.UNSTATED:
            levels[0] = replace(levels[0], trigger=Trigger.START)  # "Level 1: Check this page" waits for nobody
        if len(levels) >= 2 or levelled or (levels and chores):
            ranks = sum(bool(one.inline.labelled and ranked_name(*one.inline.labelled)) for one in items)
            found.ordered = bool(levelled) or block.ordered or ranks > 1
            levels = _one_after_the_other(levels, further) if found.ordered else levels
            for name in named_for:
                own = levels if found.ordered else [_unordered(level) for level in levels]
                found.chains.setdefault(name, _waiting(own, section))


def _with_bare_names(sentences: list[EscalationLevel], block: ItemList, scale: Scale) -> list[EscalationLevel]:
    """The levels of sentences with those of the items beside them that are but a name, "3. Head miller (30 min)".

    A later one has to say when: "Commander's notes" are nobody. Whoever a first sentence says does not answer is the
    one named in the item before it.
    """
    said = {level.lines.first for level in sentences}
    bare = [(n, item) for n, item in enumerate(block.items, 1) if item.lines.first not in said and _is_bare_name(item)]
    read = [(n, level_of_item(item, n, scale)) for n, item in bare]
    names = [level for n, level in read if level is not None and (n == 1 or level.after is not None)]
    if not names:
        return sentences
    silent = len(sentences) > 1 and sentences[0].lines == sentences[1].lines
    told = sentences[1:] if silent and names[0].lines.first < sentences[0].lines.first else sentences
    found: list[EscalationLevel] = []
    for level in sorted([*told, *names], key=lambda level: level.lines.first):
        counted = replace(level, level=len(found) + 1)
        found.append(behind(found, counted) if level in names else counted)
    return found


def _is_bare_name(item: Item) -> bool:
    """Whether an item is but the name of somebody, with a bracket or none: "Head miller (30 min)"."""
    name = BRACKET.sub(" ", item.inline.text).strip()
    if not name or len(name.split()) > LONGEST_NAME or not name[-1].isalnum() or not is_somebody(name):
        return False
    acts = not small_words("imperative", "look", "chore").isdisjoint(words_of(name)[:1])
    return not acts and not vocabulary().begins_with("call", name, 1)


def _are_called_in_order(block: ItemList, section: Section) -> bool:
    """Whether a line above bullets says that their people are called one after the other: "Call in this order:"."""
    said = section.title.raw
    names = [item.inline.text for item in block.items]
    ordered = section.level == LABEL_LEVEL and vocabulary().says("in_order", said) and vocabulary().says("call", said)
    return ordered and all(is_somebody(name) and len(name.split()) <= _LONGEST_IN_A_ROW + 2 for name in names)


def _counted(section: Section) -> list[EscalationLevel]:
    """The levels of the first paragraph that counts them: "Stage one is the desk. Stage two, …"."""
    texts = (block for block in section.blocks if isinstance(block, Text))
    return next((found for block in texts if (found := counted_stages(block.inline.text, block.lines))), [])


def lists_whom_to_call(section: Section) -> bool:
    """Whether a line above bullets calls all of their people: "Escalate to:", "Page at once:"."""
    if section.level != LABEL_LEVEL or len(section.title.raw.split()) > _LONGEST_CALL:
        return False
    names = [item.inline.text for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    if not names or not all(_is_name(_if_called().split(name)[0]) for name in names):
        return False
    return any(vocabulary().says(name, section.title.raw) for name in ("call", "notify", "escalate_verb"))


_LONGEST_CALL = 8
"""Words of a line that calls those in the list below it."""


def _is_name(text: str) -> bool:
    bare = BRACKET.sub(" ", text).strip()
    return (is_somebody(bare) or "@" in bare) and len(bare.split()) <= _LONGEST_IN_A_ROW + 2 and target(bare) is None


@pattern
def _if_called() -> str:
    """Before the case in which one of a list is called: "Owner if data is lost"."""
    return rf"\s+{any_of('if', 'for')}\s"


def _all_at_once(block: ItemList, section: Section, scale: Scale, found: Escalation) -> list[EscalationLevel]:
    """The one level of bullets that a line calls together; empty where one of them says when its turn comes.

    Whoever is called in a case only, "Owner if data is lost", is a reason to call.
    """
    if block.ordered or not lists_whom_to_call(section) or any(target(item.inline.text) for item in block.items):
        return []
    cases = [item for item in block.items if _if_called().search(item.inline.text) is not None]
    always = [item for item in block.items if item not in cases]
    who = tuple(name for item in always for name in people(BRACKET.sub(" ", item.inline.text)))
    found.rules += [rule_of(item.inline.text, item.lines, scale) for item in cases if who]
    if not who:
        return []
    said = section.title.raw
    after = target(said, section.lines.first)  # "Escalate if still firing after 1 hour"
    timed = after if after is not None and after.seconds else None
    return [EscalationLevel(1, who, block.lines, (), timed, waited_for(said) if timed else Trigger.START)]


def _one_after_the_other(levels: list[EscalationLevel], said: list[str]) -> list[EscalationLevel]:
    """The levels with a wait for an answer that is no longer than the one before counted from that one."""
    found: list[EscalationLevel] = []
    for n, level in enumerate(levels):
        found.append(behind(found, level, said[n] if len(said) == len(levels) else ""))
    return found


def _of_somebody(level: EscalationLevel | None) -> EscalationLevel | None:
    return level if level is not None and all(map(is_somebody, level.targets)) else None


def _is_left_open(item: Item) -> bool:
    """Whether an item has the place of a level and no name yet, "Level 2:", "TBD"; a sentence is about other things.

    "Level 1: Check this page" names nobody either, and leaves nothing open: it is for whoever reads it.
    """
    text = item.inline.text
    rest = counted_level().sub("", text, count=1)
    return is_gap(rest) or re.search(r"\w", rest) is None


def _is_chore(item: Item) -> bool:
    """Whether an item of an escalation says what to do and names nobody to call: "Check the valve", "Open a ticket"."""
    first = words_of(item.inline.text)[:1]
    chore = bool(first) and first[0] in small_words("look", "chore")
    lead = item.inline.lead
    named = lead is not None and (bool(item.inline.rest) or (len(lead.split()) > 1 and is_somebody(lead)))
    return chore and not named and spoken(item.inline.text, item.lines, 1, Scale()) is None


def _waiting(levels: list[EscalationLevel], section: Section) -> list[EscalationLevel]:
    """The levels below "If it is not back within 15 minutes:", which holds for each that has no time of its own."""
    said = section.title.raw
    if names_no_one_but_the_next(said):
        return levels  # each waits for the one before it
    after = wait_said(section)
    if after is None:
        return levels
    trigger = waited_for(said)
    return [one if one.after else replace(one, after=after, trigger=trigger) for one in levels]


def timelines_of_severities(block: ItemList, section: Section, scale: Scale, found: Escalation) -> bool:
    """Items that name a severity with a timeline nested below: "P1" over "T+15m: Escalate to the manager"."""
    below = [
        (item, names, tuple(one for child in item.children if isinstance(child, ItemList) for one in child.items))
        for item in block.items
        if len(names := scale.mentioned(item.inline.text[:40])) == 1
    ]
    if not any(next(spans(one.inline.text), None) for _item, _names, nested in below for one in nested):
        return False
    read = False
    for item, names, nested in below:
        if levels := _nested_levels(item, nested, section, scale):
            found.chains.setdefault(names[0], [replace(level, severities=names) for level in levels])
            read = True
    return read


def _nested_levels(item: Item, nested: tuple[Item, ...], section: Section, scale: Scale) -> list[EscalationLevel]:
    """Whom the list below the item of a severity calls: a timeline, sentences, or the one sentence or name in it."""
    if len(nested) == 1:
        text, lines = nested[0].inline.text, nested[0].lines
        if levels := read_words(text, lines, scale) or named_beside(text.rstrip(" .。"), lines, ()):
            return levels
    levels = read_sentences(nested, scale, least=1)
    if len(levels) < len(nested) and len(item.inline.text.split()) <= LONGEST_NAME:
        ordered = any(isinstance(child, ItemList) and child.ordered for child in item.children)
        others = Escalation()
        read_list(ItemList(item.lines, ordered, nested), section, Scale(), others)
        levels = max(levels, others.chains.get("", []), key=len)
    return levels


def _calls_by_severity(block: ItemList, section: Section, scale: Scale, found: Escalation) -> bool:
    """Items that say for each severity whom to call: "SEV1: page the lead and the owner"."""
    escalating = speaks_of_escalating(section.title.text)
    read: dict[str, list[EscalationLevel]] = {}
    others: list[Item] = []
    for item in block.items:
        labelled = item.inline.labelled
        names = scale.mentioned(labelled[0]) if labelled and coded_names(labelled[0]) else ()
        if labelled is None or not names or len(labelled[0].split()) > 4:
            others.append(item)
            continue
        said = _of_calling(labelled[1])
        levels = (
            each_at_a_time(said, item.lines, (), named=False)
            or read_words(said, item.lines, scale)
            or (named_beside(said, item.lines, ()) if escalating else [])
        )
        for name in names if levels else ():
            read.setdefault(name, [replace(one, severities=(name,)) for one in levels])
    if len(read) < 2 and any(_may_go_on(item, scale) for item in others):
        return False
    for name, levels in read.items():
        found.keep(name, levels)
    return bool(read) and (len(read) > 1 or not others)


def _may_go_on(item: Item, scale: Scale) -> bool:
    """Whether an item may say who comes next: it calls somebody, about no matter of its own, or tells a time."""
    text = item.inline.text
    called = spoken(text, item.lines, 1, scale)
    if called is not None and any(map(says_somebody, called.targets)):
        return matter_before(text) is None
    return target(text) is not None or says_silence(text)


def _of_calling(text: str) -> str:
    """What a text says of whom to call, without the clauses behind it that call nobody and tell no time.

    "Lead + owner at once" of "Lead + owner at once; keep the logs".
    """
    first, *others = clause_ends().split(text.strip())
    if any(target(one) or says_somebody(one) or called_in(one) or says_silence(one) for one in others):
        return text
    return first.rstrip(";；.。 ") if others else text


def _unordered(level: EscalationLevel) -> EscalationLevel:
    """A level of a list without an order: who is called depends on the purpose, from the first one on."""
    return replace(level, trigger=Trigger.CONDITION if level.condition else Trigger.UNSTATED)


def _is_who_list(block: ItemList, section: Section) -> bool:
    """Whether a bullet list under an escalation heading names people: a bold name, then a purpose or a contact."""
    leads = [item.inline.labelled for item in block.items]
    contacts = vocabulary().says("contact_field", section.title.text) or "contact" in normal(section.title.text)
    return contacts and all(lead is not None for lead in leads)


def _isrule_of(item: Item, scale: Scale) -> bool:
    words = vocabulary()
    text = item.inline.text
    return (
        any(words.says(name, text) for name in ("unresolved", "unacknowledged", "severity_increase"))
        and not counted_level().match(text)
        and item.inline.lead is None
    )
