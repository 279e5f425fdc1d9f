"""Lists of an escalation before they are read: paragraphs and headings that are one, items that call nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tocsin.runbook.document.blocks import Block, Item, ItemList, Text
from tocsin.runbook.document.inline import Inline, Run, plain
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import ARROW
from tocsin.runbook.escalation.one_wait import names_no_one_but_the_next
from tocsin.runbook.escalation.people.names import LONGEST_NAME
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.sentences.calling import calls
from tocsin.runbook.escalation.sentences.judged import leaves_open
from tocsin.runbook.escalation.sentences.own_times import each_at_a_time
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.times.clock_marks import with_marks
from tocsin.runbook.escalation.times.stretches import stretches
from tocsin.runbook.escalation.times.waits import is_point, is_promise, is_waiting
from tocsin.runbook.grammar import any_of, guarded, may_hold, pattern
from tocsin.runbook.scale import Scale, coded_names
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary


def headed_by_times(section: Section) -> ItemList | None:
    """Headings that are points in time, each above whom it calls, as one list: "After 15 minutes" above "Team lead"."""
    heads = [child for child in section.children if is_point(child.title.raw) and not is_promise(child.title.raw)]
    if len(heads) < 2:
        return None
    items: list[Item] = []
    for head in heads:
        time = Run(f"{head.title.raw.rstrip(':：')}: ", head.lines.first)
        said = [item.inline for block in head.blocks if isinstance(block, ItemList) for item in block.items]
        said += [block.inline for block in head.blocks if isinstance(block, Text)]
        items += (Item(one.lines, Inline((time, *one.runs), one.lines)) for one in said)
    return ItemList(section.lines, False, tuple(items)) if items else None


def paragraphs_of_times(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, with several paragraphs behind each other that begin with a time each as one list."""
    timed: list[Text] = []
    for block in (*blocks, None):
        if isinstance(block, Text) and (label := block.inline.labelled) and label[1] and is_point(label[0]):
            timed.append(block)
            continue
        if len(timed) > 1:
            lines = Lines(timed[0].lines.first, timed[-1].lines.last)
            yield ItemList(lines, False, tuple(Item(one.lines, one.inline) for one in timed))
        else:
            yield from timed
        timed = []
        if block is not None:
            yield block


def with_answers_apart(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, with what answers "Who?" and "When?" as names with their times: "Who? The lead. When? At once."."""
    asked: list[Text] = []
    for block in (*blocks, None):
        if isinstance(block, Text) and _answered(Item(block.lines, block.inline)) is not None:
            asked.append(block)
            continue
        if len(asked) > 1:
            lines = Lines(asked[0].lines.first, asked[-1].lines.last)
            items = [_answered(Item(one.lines, one.inline)) for one in asked]
            yield ItemList(lines, True, tuple(one for one in items if one is not None))
        else:
            yield from asked
        asked = []
        if isinstance(block, ItemList) and (items := [_answered(item) for item in block.items]) and None not in items:
            yield replace(block, ordered=True, items=tuple(one for one in items if one is not None))
        elif block is not None:
            yield block


def _answered(item: Item) -> Item | None:
    """An item that answers who is called and when, as "Team lead (after 15 minutes)"; None for another."""
    nested = [one.inline.text for child in item.children if isinstance(child, ItemList) for one in child.items]
    text = " ".join((item.inline.text, *nested))
    if len(text) > _LONGEST_ANSWER or not (may_hold(text, "who_asked") and may_hold(text, "when_asked")):
        return None
    asked = list(_asked().finditer(text))
    led = text[: asked[0].start()].strip(" .:–—-*¿") if asked else ""
    if len(asked) != 2 or (led and not led.isdigit() and counted_level().fullmatch(led) is None):
        return None
    ends = (asked[1].start(), len(text))
    said = {
        "who" if one["who"] else "when": text[one.end() : end].strip(" .,;|·–—-。、，；¿*")
        for one, end in zip(asked, ends, strict=True)
    }
    if len(said) < 2 or not all(said.values()):
        return None
    return Item(item.lines, plain(f"{said['who']} ({said['when']})", item.lines.first))


_LONGEST_ANSWER = 200
"""Characters of a name and a time with what asks for them."""


@pattern
def _asked() -> str:
    return rf"(?:(?P<who>{any_of('who_asked')})|{any_of('when_asked')})\s?[?？:：]\s*"


def all_levels(block: Text) -> bool:
    """Whether each line of a paragraph is a level: "Level 1 – Engineer", "Level 2 – Manager"."""
    lines = list(block.inline.by_line)
    return len(lines) > 1 and all(counted_level().match(one.text) for one in lines)


def levels_in_a_line(block: Text) -> tuple[Item, ...]:
    """The levels of a paragraph that has several in a line: "Level 1: engineer · Level 2 (15 min): lead".

    Also its stretches of time: "First 15 minutes: engineer. After that: lead."
    """
    pieces = [piece.strip() for piece in _BESIDE.split(block.inline.text) if piece.strip()]
    counted = len(pieces) > 1 and all(counted_level().match(piece) for piece in pieces)
    if not counted and not stretches(pieces):
        return ()
    return tuple(Item(block.lines, plain(piece, block.lines.first)) for piece in pieces)


_BESIDE = re.compile(r"\s*[·•|;；]\s*|(?<=[.。])\s+(?=[^\W\d_])|(?<=。)(?=[^\W\d_])")


def lines_of_severities(block: Text) -> tuple[Item, ...]:
    """The lines of a paragraph of which each says whom one severity calls: "P0: lead", "P1 — on-call"."""
    lines = tuple(Item(one.lines, _with_colon(one)) for one in block.inline.by_line)
    labels = [one.inline.labelled for one in lines]
    named = all(label is not None and label[1] and len(coded_names(label[0])) == 1 for label in labels)
    return lines if len(lines) > 1 and named else ()


def _with_colon(line: Inline) -> Inline:
    """A line with a colon for the sign between a severity and whom it calls: "🔴 SEV1 — on-call"."""
    found = _DASHED.match(line.text) if line.labelled is None else None
    if found is None or len(coded_names(found["name"])) != 1:
        return line
    return Inline((Run(f"{found['name']}: {found['said']}", line.lines.first),), line.lines)


_DASHED = re.compile(r"\W{0,4}(?P<name>\w[\w -]{0,12}?)\s+(?:[—–-]|→|->)\s+(?P<said>\S.*)$")


def lines_of_times(block: Text) -> tuple[Item, ...]:
    """The lines of a paragraph whose every line but the first begins with a time: "After 15 minutes: head baker"."""
    lines = tuple(Item(one.lines, one) for one in block.inline.by_line)
    labels = [one.inline.labelled for one in lines[1:]]
    timed = all(label is not None and label[1] and target(label[0]) is not None for label in labels)
    return lines if labels and timed else ()


def _without_leading_arrows(block: ItemList) -> ItemList:
    """A list whose items but the first begin with an arrow as the ordered list that it is: "desk", "→ lead"."""
    later = block.items[1:]
    if not later or not all(ARROW.match(item.inline.text) for item in later) or ARROW.match(block.items[0].inline.text):
        return block
    bare = (replace(item, inline=item.inline.after("")) for item in later)
    return replace(block, ordered=True, items=(block.items[0], *bare))


def _waited_below(block: ItemList) -> ItemList:
    """A list whose items say below them how long to wait then, with that time at the next one."""
    waits = [_waits_below(item) for item in block.items]
    if not any(waits[:-1]):
        return block
    items = list(block.items)
    for n, wait in enumerate(waits[:-1]):
        if wait is not None:
            items[n] = replace(items[n], children=())
            line = items[n + 1].inline.lines.first
            said = items[n + 1].inline
            if target(said.text) is None:
                items[n + 1] = replace(items[n + 1], inline=Inline((*said.runs, Run(f" ({wait})", line)), said.lines))
    return replace(block, items=tuple(items))


def _with_given_times(block: ItemList) -> ItemList:
    """A list whose items say how long whoever is named has, with the time at which that is over at the next one.

    "On-call — you have 15 minutes", "Lead (30 min to ack)", "Owner": the times count from one to the next.
    """
    given = [_given(item.inline.text) for item in block.items]
    times = [target(found["time"]) if found else None for found in given]
    if not all(time is not None and time.seconds for time in times[:-1]) or len(times) < 2:
        return block
    items, over = [], 0
    for item, found, time in zip(block.items, given, times, strict=True):
        text = item.inline.text[: found.start()] if found else item.inline.text
        wait = f" ({over // 60} min)" if over else ""
        line = item.inline.lines.first
        items.append(replace(item, inline=Inline((Run(f"{text.rstrip()}{wait}", line),), item.inline.lines)))
        over += (time.seconds or 0) if time is not None else 0
    return replace(block, items=tuple(items))


def _given(text: str) -> re.Match[str] | None:
    """The words at the end of an item that say how long whoever it names has."""
    if (found := _given_tail().search(text)) is not None:
        return found
    found = _TO_ACKNOWLEDGE.search(text)
    promised = found is not None and vocabulary().says("acknowledge_verb", found["said"])
    return found if promised and not is_waiting(text) else None


_TO_ACKNOWLEDGE = re.compile(r"\s*[(（](?P<said>(?P<time>\d{1,3}\s?[^\W\d_]{1,12}\.?)\s[^()（）\d]{2,40})[)）][.。]?$")
""" " (5 min to ack)"."""


@guarded("has_time")
def _given_tail() -> str:
    """ " — you have 15 minutes", " (has 15 minutes)", ", gets 15 min"."""
    told = rf"(?:[^\W\d_]{{1,8}}\s+)?{any_of('has_time')}\s+(?P<time>\d{{1,3}}\s?[^\W\d_]{{1,12}}\.?)"
    return rf"\s*(?:[(（]|[:：,，]|\s[–—-])\s*{told}\s*[)）]?[.。]?$"


def _waits_below(item: Item) -> str | None:
    """The time of the one item below an item that only says to wait: "wait 10 minutes"."""
    nested = [one.inline.text for child in item.children if isinstance(child, ItemList) for one in child.items]
    if len(nested) != 1 or len(item.children) != 1 or not vocabulary().says("wait", nested[0]):
        return None
    span = target(nested[0])
    return span.text if span is not None and span.seconds and len(nested[0].split()) <= _LONGEST_WAIT else None


_LONGEST_WAIT = 6
"""Words of an item that says to wait and for how long."""


def _with_times_below(block: ItemList) -> ItemList:
    """A list whose items have the time of a list below them that says no more: "Level 2: lead" above "15 minutes"."""
    return replace(block, items=tuple(map(_with_time_below, block.items)))


def _with_time_below(item: Item) -> Item:
    nested = [one.inline for child in item.children if isinstance(child, ItemList) for one in child.items]
    if len(nested) != 1 or len(item.children) != 1 or target(item.inline.text) is not None:
        return item
    label = nested[0].labelled
    time = label[1] if label is not None and vocabulary().column("after", label[0]) >= 0.9 else nested[0].text
    if not is_point(time) or is_promise(time) or each_at_a_time(time, item.lines, (), named=False):
        return item
    line = nested[0].lines.first
    return replace(item, inline=Inline((*item.inline.runs, Run(f" ({time})", line)), item.inline.lines), children=())


def _without_decisions(block: ItemList) -> ItemList:
    """A list without the items that leave it to somebody whether another one is called: they call nobody."""
    kept = tuple(
        item
        for item in block.items
        if not leaves_open(item.inline.text) or calls(item.inline.text) or _names_who_decides(item)
    )
    return replace(block, items=kept) if len(kept) < len(block.items) else block


def _names_who_decides(item: Item) -> bool:
    """Whether an item calls at a time whoever decides then: "After an hour: the owner, who decides whether to …"."""
    time, said = item.inline.labelled or ("", "")
    who = re.split(r"[,;，；]", said)[0]
    return is_point(time) and 0 < len(who.split()) <= LONGEST_NAME and not leaves_open(who)


def _without_the_next(block: ItemList, scale: Scale) -> ItemList:
    """A list without the items that only say when the next one of it is called."""
    kept = tuple(
        item
        for item in block.items
        if not names_no_one_but_the_next(item.inline.text) or spoken(item.inline.text, item.lines, 1, scale) is not None
    )
    return replace(block, items=kept) if 1 < len(kept) < len(block.items) else block


def prepared(block: ItemList, scale: Scale) -> ItemList:
    """A list as it is read: each item with its time, without those that decide or say when the next one comes."""
    block = _waited_below(_with_given_times(_without_leading_arrows(with_marks(block))))
    return _with_times_below(_without_the_next(_without_decisions(block), scale))
