"""A time that stands alone beside a level and what it is: "P1 – mill down – 15 min", "P1 (15 min): mill down"."""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.runbook.document.blocks import Item
from tocsin.runbook.document.inline import plain
from tocsin.runbook.durations import every, spans, symbolic
from tocsin.runbook.escalation.arrows import at_arrows
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.grammar import any_of, article, ending, pattern
from tocsin.runbook.levels.promises import is_clock, promises_time
from tocsin.runbook.levels.titles import clock_named, names_rhythm
from tocsin.runbook.scale import level_name

_LONGEST = 300
"""Characters of an item that names a level, what it is and one time."""
_SIGN = re.compile(r"\s[–—-]\s|[:：|·→(（]")
"""What parts a level from what it is."""


def with_time_apart(item: Item) -> Item:
    """An item of a scale whose one time stands alone between signs, with that time behind what the level is.

    "P1 – mill down – 15 min" as "P1: mill down; 15 min". What says more of its time stays as it is.
    """
    text = item.inline.text
    worded = () if _DIGIT.search(text[_NAME:]) or "(" in text else tuple(symbolic(text[:_LONGEST]))
    if len(text) > _LONGEST or item.children or not (worded or _DIGIT.search(text)):
        return item
    if any(is_somebody(one) and len(one.split()) <= _LONGEST_NAME for one in at_arrows(text)[1:]):
        return item  # "P1 → lead → director (30 min)" says who is called
    parts = _DASH.split(text)
    name = level_name(parts[0]) if len(parts) == _WITH_PROMISE else None
    if name is not None and not name.rest and promises_time(parts[2]) and next(spans(parts[1]), None) is None:
        return replace(item, inline=plain(f"{parts[0]}: {parts[1]}; {parts[2]}", item.inline.lines.first))
    found = list(spans(text)) or list(worded)
    if len(found) != 1 or every(text) is not None:
        return item
    before, behind = _before().search(text[: found[0].start]), _behind().match(text, found[0].end)
    if before is None or behind is None or not is_clock(text[found[0].start : found[0].end]):
        return item
    ahead, rest = text[: before.start()].strip(), text[behind.end() :].strip()
    if before["opens"] and not behind["closes"]:
        return item
    if _ends_with_clock(ahead):
        return item  # "Response time: 15 min"
    named = ahead if rest else _SIGN.split(ahead)[0].strip()
    said = rest or ahead[len(named) :].strip(" –—-:：|·→").rstrip(" ;；,，.。")
    name = level_name(named)
    if name is None or name.rest or not said or level_name(said) is not None:
        return item
    time = text[before.start("led") : behind.start("ends")].strip()
    return replace(item, inline=plain(f"{named}: {said}; {time}", item.inline.lines.first))


_NAME = 12
"""Characters of a text in which the number of its level stands."""
_LONGEST_NAME = 6
"""Words, with the time in a bracket behind them."""
_DASH = re.compile(r"\s[–—-]\s")
_WITH_PROMISE = 3
"""Parts of an item between dashes: the level, what it is, and what is promised."""


def _ends_with_clock(text: str) -> bool:
    """Whether the last words before a time say which clock it is: "Response time"."""
    words = _SIGN.split(text)[-1].strip(" :：,").split()
    labels = (" ".join(words[-n:]) for n in range(1, min(len(words), _LONGEST_CLOCK) + 1))
    return any(clock_named(label) is not None or names_rhythm(label, 0.4) for label in labels)


_LONGEST_CLOCK = 4
"""Words."""


def is_time_alone(text: str) -> bool:
    """Whether a text is a length of time that somebody keeps and nothing else: "15 minutes", "< 1 h"."""
    span = next(spans(text), None)
    alone = span is not None and not _WORD.search(_bound().sub(" ", f"{text[: span.start]} {text[span.end :]}"))
    return alone and is_clock(text) and every(text) is None


@pattern
def _bound() -> str:
    """Beside a time, that it is the longest: "within", 以内."""
    return rf"{any_of('deadline', 'beside_time')}|{ending('after_span')}"


_WORD = re.compile(r"\w")
_DIGIT = re.compile(r"\d")


@pattern
def _before() -> str:
    """A sign before a time, and "within" between the two."""
    sign = r"(?P<opens>[(（])|[:：|·,，;；—→]|\s[–-]|(?<=[)）])(?:{ending('particle')})?"
    return rf"\s*(?:{sign})\s*(?P<led>(?:{any_of('deadline', 'beside_time')}\s*)*(?:{article()}\s*)?)$"


@pattern
def _behind() -> str:
    """A sign behind a time, or the end."""
    sign = r"(?P<closes>[)）])\s*[:：–—-]?|[:：|·,，;；–—→]|\s-(?=\s)|[.。]?$"
    return rf"(?:\s?{ending('after_span')})?(?P<ends>)\s*(?:{sign})\s*"
