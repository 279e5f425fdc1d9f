"""Action items, read from the post-mortem that people wrote."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tocsin.review.blanks import BRACKETED, HEADING, is_blank_name, prose
from tocsin.review.months import add_months
from tocsin.review.vocabulary import words_of

_ABOUT_ACTIONS = re.compile(r"\b(?:actions?|follow ups?|to do|todos?|prevention|preventive measures)\b")
_NOT_ACTIONS = re.compile(r"\b(?:actions? taken|already done)\b")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[([ xX])\]\s+)?(.+?)\s*$")
_OWNER = re.compile(r"\bowner\s*:\s*@?([^,;()|]+)", re.IGNORECASE)
_MENTION = re.compile(r"(?<!\w)@([\w.-]*\w)")
_DUE = re.compile(r"\b(?:due|deadline|by|until)\s*:?\s*(\d{4}-\d{2}-\d{2})\b", re.IGNORECASE)
_WITHIN = re.compile(r"\bwithin\s+(\d+)\s+(day|week|month)s?\b", re.IGNORECASE)
_META = r"(?:\bowner\s*:|\b(?:due|deadline|by|until)\s*:?\s*(?:\d{4}-\d|\[)|(?<!\w)@)"
_ASIDE = re.compile(rf"\s*\([^()]*{_META}[^()]*\)", re.IGNORECASE)
_TRAILER = re.compile(rf"\s*[-–—,;|]+\s*{_META}.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ActionItem:
    """Something to be done after an incident. ``id`` stays the same while the title does.

    ``kind`` is the heading it stands under, ``due`` a calendar day in the team's zone.
    """

    id: str
    title: str
    owner: str = ""
    due: date | None = None
    kind: str = ""
    done_at: datetime | None = None


def action_items_of(markdown: str, *, written_at: datetime) -> tuple[ActionItem, ...]:
    """The items under headings about actions, in order; blanks that nobody has filled are none.

    A heading such as "(within 1 week)" sets the due day of items without one of their own, counted from
    ``written_at``; a ticked item counts as done at ``written_at``.
    """
    section: list[tuple[int, str]] = []
    items: list[ActionItem] = []
    seen: Counter[str] = Counter()
    for _, line in prose_with_code(markdown):
        title = HEADING.match(line)
        if title:
            depth = len(title.group(1))
            section = [*(one for one in section if one[0] < depth), (depth, title.group(2))]
            continue
        found = _ITEM.match(line)
        if found is None or not _is_about_actions(section):
            continue
        item = _item(found.group(2), (found.group(1) or " ") in "xX", section[-1][1], written_at, seen)
        if item is not None:
            items.append(item)
    return tuple(items)


def prose_with_code(markdown: str) -> list[tuple[int, str]]:
    """The lines outside of fences as they are written."""
    lines = markdown.splitlines()
    return [(index, lines[index]) for index, _ in prose(lines)]


def _is_about_actions(section: list[tuple[int, str]]) -> bool:
    words = [words_of(text) for _, text in section]
    return any(_ABOUT_ACTIONS.search(one) and not _NOT_ACTIONS.search(one) for one in words)


def _item(text: str, done: bool, kind: str, written_at: datetime, seen: Counter[str]) -> ActionItem | None:
    owner = _OWNER.search(text) or _MENTION.search(text)
    due = _DUE.search(text)
    title = _title(text)
    if not title or _is_a_blank(title):
        return None
    key = words_of(title)
    seen[key] += 1
    digest = hashlib.sha256(f"{key}\x1f{seen[key]}".encode()).hexdigest()[:12]
    named = owner.group(1).strip() if owner else ""
    return ActionItem(
        id=digest,
        title=title,
        owner="" if BRACKETED.search(named) else named,
        due=_day(due.group(1)) if due else _horizon(kind, written_at.date()),
        kind=re.sub(r"\s*\([^()]*\)\s*$", "", kind),
        done_at=written_at if done else None,
    )


def _title(text: str) -> str:
    """The words of an item without its owner and due day."""
    title = _TRAILER.sub("", _ASIDE.sub("", text))
    title = _DUE.sub("", _OWNER.sub("", _MENTION.sub("", title)))
    return " ".join(title.split()).strip(" -–—,;*")


def _is_a_blank(title: str) -> bool:
    found = BRACKETED.fullmatch(title)
    return bool(found) and is_blank_name(found.group(1)) if found else False


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _horizon(heading: str, start: date) -> date | None:
    found = _WITHIN.search(heading)
    if found is None:
        return None
    number, unit = int(found.group(1)), found.group(2).lower()
    if number > 1000:
        return None
    return (
        add_months(start, number) if unit == "month" else start + timedelta(days=number * (7 if unit == "week" else 1))
    )
