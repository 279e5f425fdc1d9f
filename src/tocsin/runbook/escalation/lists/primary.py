"""Escalation by rank alone: who is on call first, who stands in, whom they turn to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.contact_rows import fenced_names, named_in_a_row
from tocsin.runbook.document.blocks import Block, Fence, ItemList, Table, Text
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.lists.roles_and_times import begins_with_when
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_one_of_ours, is_somebody, people
from tocsin.runbook.escalation.people.ours import is_name
from tocsin.runbook.escalation.sentences.calling import is_call
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.tables.columns import best_column
from tocsin.runbook.escalation.times.waits import says_silence, waited_for
from tocsin.runbook.grammar import BRACKET, any_of, article, pattern, small_words
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.sentence_ends import clause_ends
from tocsin.runbook.stated import Lines
from tocsin.runbook.times import times_by_severity
from tocsin.runbook.words import normal, one_of, vocabulary, words_of


def read_primary_and_secondary(root: Section, scale: Scale, found: Escalation) -> None:
    """A bare list "Primary / Secondary / Escalation" of the on-call people is an order without windows."""
    words = vocabulary()
    for section in root.walk():
        about = section.about in ("contacts", "oncall", "team", "escalation")
        if not (about or _is_of_a_rotation(section)):
            continue
        levels: list[EscalationLevel] = []
        waits: list[tuple[str, Lines]] = []
        ranks = False
        for block in section.blocks:
            named = [one for one in _named_in(block) if about or _begins_with_a_verb(one[1])]
            ranks = ranks or any(words.is_a("primary", key, 0.9) for key, _, _ in named)
            for key, value, lines in (*named, *_said_of_ranks(block)):
                if levels and _is_wait(key, value):
                    waits.append((value, lines))
                    continue
                for n, name in enumerate(("primary", "secondary", "escalation_contact"), 1):
                    bare = normal(key).strip()
                    ranked = words.says(name, key) or (n == 1 and not ranks and words.is_a("rotation", key, 0.9))
                    if ranked and len(levels) in ({n - 1, 1} if n == _LAST else {n - 1}):
                        who = (
                            _without_gap(value)
                            if (bare in _RANKS or is_rank_alone(key, value) or ranked_name(key, value))
                            and not is_gap(value)
                            and not words.begins_with("see", value, 1)
                            and not _says_what_is_done(value, of_primary=n == 1)
                            and not begins_with_when(value, scale)
                            else key
                        )
                        who = _before_time().sub("", who) if target(who) is not None else who  # "Ana after 30 min"
                        who = _before_case().split(who, maxsplit=1)[0] or who
                        number = len(levels) + 1
                        level = EscalationLevel(number, people(BRACKET.sub(" ", who)), lines, trigger=Trigger.START)
                        if n > 1:
                            said = spoken(value, lines, n, scale) if name == "escalation_contact" else None
                            window = target(value, lines.first)
                            timed = window if window is not None and window.seconds else None
                            trigger = waited_for(value) if timed else Trigger.UNSTATED
                            several = value if times_by_severity(value, scale, lines.first) else None
                            level = said or replace(level, after=timed, trigger=trigger, condition=several)
                        levels.append(level)
                        break
                else:
                    if len(levels) > 1 and _comes_after_ranks(key, value, section):
                        levels.append(_after_ranks(key, value, len(levels) + 1, lines))
        if len(levels) >= 2:
            found.chains[""] = levels
            for value, lines in waits:
                _wait_for_second(value, lines, scale, found)
            return


def _comes_after_ranks(key: str, value: str, section: Section) -> bool:
    """Whether a label behind the ranks is one more who is called: "Mill manager" in a chapter about escalating.

    In any other the value says so: "Mill manager: gets the page if the secondary is silent".
    """
    named = is_one_of_ours(key) and len(key.split()) <= LONGEST_NAME
    return named and (section.about == "escalation" or _is_called(value))


def _after_ranks(key: str, value: str, number: int, lines: Lines) -> EscalationLevel:
    level = EscalationLevel(number, people(BRACKET.sub(" ", key)), lines)
    if not _is_called(value):
        return level
    window = target(value, lines.first)
    if window is not None and window.seconds:
        return replace(level, after=window, trigger=waited_for(value))
    return replace(level, trigger=Trigger.UNACKNOWLEDGED, condition=value) if says_silence(value) else level


def ranked_name(label: str, value: str) -> str:
    """Who is called by a rank alone, "Secondary: Platform team (mail)"; "" where the label or the value is no such."""
    words = vocabulary()
    rank = any(words.is_a(name, label, 0.99) for name in ("primary", "secondary", "escalation_contact"))
    if not rank or len(label.split()) > 1 or is_gap(value) or len(value) > _LONGEST_VALUE:
        return ""
    name = " + ".join(people(_without_gap(BRACKET.sub(" ", value))))
    known = is_somebody(name) or (is_name(name) and not words.begins_with("see", name, 1))
    return name if known and len(name.split()) <= LONGEST_NAME and not _begins_with_a_verb(name) else ""


_LONGEST_VALUE = 120
"""Characters of a name with its address."""


def _without_gap(value: str) -> str:
    """A name without the place for an address behind it: "Head miller - [phone]"."""
    return _GAP_BEHIND.sub("", value) or value


_GAP_BEHIND = re.compile(r"\s{0,4}[-–—:,]?\s{0,4}\[[^\]]{0,40}\]\s*$")


def _says_what_is_done(value: str, *, of_primary: bool) -> bool:
    """Whether a value says what the one with a rank does, "takes all pages", "watches the queue", and names nobody.

    A name has a capital letter, or a word for somebody; what is done for the first one, "Back up the primary", has too.
    """
    said = _before_when(value)
    if not said or (said[0].isdigit() and target(value) is not None):
        return True  # "5 minutes to acknowledge"
    several = " " in said and _ADDRESS.search(said) is None
    if (
        _begins_with_a_verb(said)
        or vocabulary().is_a("called", said, 0.9)
        or _is_called(value)
        or (several and not of_primary and vocabulary().says("primary", said))
    ):
        return True
    return several and said[0].islower() and (not is_somebody(said) or len(said.split()) > LONGEST_NAME)


def _before_when(value: str) -> str:
    """A value without the time or the case behind it: "is paged" of "is paged after 10 minutes"."""
    return _before_case().split(_before_time().sub("", BRACKET.sub(" ", value).strip()), maxsplit=1)[0].strip(" ,")


def _is_called(value: str) -> bool:
    """Whether a value says that whoever has the rank is called, "rings", "gets the page": that names nobody."""
    return is_call(_before_when(value)) or _gets_a_call().match(value) is not None


@pattern
def _gets_a_call() -> str:
    passive, called = (one_of(vocabulary().words[name].spaced) for name in ("passive", "called"))
    return rf"{passive}\s+(?:\w+\s+)?{called}(?!\w)"


_ADDRESS = re.compile(r"@|\d[\d ()/-]{4,}")


def _begins_with_a_verb(value: str) -> bool:
    does = not small_words("acts").isdisjoint(words_of(value)[:1])
    return does or _takes_over().match(value) is not None


@pattern
def _takes_over() -> str:
    return any_of("takes_over")


def _is_of_a_rotation(section: Section) -> bool:
    """Whether a heading is about who is on call, whatever else it says: "Rotation expectations"."""
    title = section.title.text
    ranks = any(vocabulary().says(name, title) for name in ("primary", "secondary"))
    return section.level > 1 and not ranks and vocabulary().says("rotation", title)


def _said_of_ranks(block: Block) -> Iterator[tuple[str, str, Lines]]:
    """(rank, what it does, lines) of sentences: "The primary acknowledges in 5 minutes. Secondary joins after 10"."""
    if isinstance(block, ItemList):
        inlines = [item.inline for item in block.items if not item.inline.labelled]
    else:
        inlines = [block.inline] if isinstance(block, Text) else []
    for inline in inlines:
        for sentence in clause_ends().split(inline.text):
            words = sentence.split()
            begun = 1 if words and _article().fullmatch(words[0]) else 0
            for end in range(begun + 1, min(begun + _LONGEST_RANK, len(words) - 1) + 1):
                if _begins_with_a_verb(" ".join(words[end : end + 3])):
                    yield " ".join(words[begun:end]), " ".join(words[end:]), inline.lines
                    break


_LONGEST_RANK = 3
"""Words of a rank: "Primary on-call engineer"."""


@pattern
def _article() -> str:
    return article()


_LAST = 3
"""The rank of whoever is called after all others."""


@pattern
def _before_case() -> str:
    """Before when somebody is called: "Ana if there is no answer"."""
    return rf"\s+{any_of('if')}\s"


def _is_wait(label: str, value: str) -> bool:
    """Whether a line beside the ranks says how long the first one has, and names nobody: "Escalation time: 5 min"."""
    span = target(value)
    timed = span is not None and bool(span.seconds) and value[:1].isdigit()
    return timed and not is_somebody(f"{label} {value}") and vocabulary().says("escalation_contact", label)


def _wait_for_second(value: str, lines: Lines, scale: Scale, found: Escalation) -> None:
    """Call the second one after a wait; where it is for some severities, "10 min for SEV1", at these."""
    shared = found.chains[""]
    second = replace(shared[1], after=target(value, lines.first), trigger=Trigger.UNACKNOWLEDGED)
    for name in scale.mentioned(value) or ("",):
        found.chains[name] = [shared[0], second, *shared[2:]] if shared[1].after is None else shared


_RANKS = ("primary", "secondary", "escalation", "tertiary", "backup")


def is_rank_alone(label: str, value: str) -> bool:
    """Whether "Primary contact" stands before somebody, who is called, and is nobody's name itself."""
    rank = normal(label).split()
    first = len(rank) == 2 and rank[0] in _RANKS and vocabulary().is_a("contact_word", rank[1], 0.9)
    return first and (is_somebody(value) or vocabulary().says("executives", value))


@pattern
def _before_time() -> str:
    """From when somebody is called, behind the name: "Ana after 30 min", "Ana, paged after 30 min"."""
    called = one_of(vocabulary().words["called"].spaced)
    return rf"(?<=\w)[\s,]+(?:{called}\s+)?{any_of('if', 'after')}\s.*$"


def _named_in(block: Block) -> Iterator[tuple[str, str, Lines]]:
    """(label, value, lines) of a list of people, also of one in a code block."""
    if isinstance(block, ItemList):
        yield from ((*item.inline.labelled, item.lines) for item in block.items if item.inline.labelled)
    elif isinstance(block, Text):
        for line in block.inline.by_line:
            yield from ((name, value, line.lines) for name, value in named_in_a_row(line.text))
    elif isinstance(block, Table):
        yield from _named_in_rows(block)
    elif isinstance(block, Fence):
        yield from ((name, value, Lines(line, line)) for name, value, line in fenced_names(block))


def _named_in_rows(table: Table) -> Iterator[tuple[str, str, Lines]]:
    """(rank, name, lines) of a roster; of "TBD (team lead)" the name is the one in brackets."""
    column = best_column([head.text for head in table.header], "person", start=1)
    if column is None:
        return
    for row in table.rows:
        name = row.cells[column].text if column < len(row.cells) else ""
        inside = BRACKET.search(name)
        held = inside is not None and is_gap(name[: inside.start()]) and is_somebody(inside["inside"])
        yield row.cells[0].text, inside["inside"] if inside is not None and held else name, row.lines
