"""Incidents and phases that are items of a list."""

from __future__ import annotations

import re

from tocsin.runbook.document.blocks import Block, Fence, Item, ItemList, Text
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.sections import (
    LABEL_LEVEL,
    Section,
    parse_title,
)
from tocsin.runbook.durations import target
from tocsin.runbook.procedure.procedures import begins_with_a_look
from tocsin.runbook.words import vocabulary


def as_section(item: Item) -> Section:
    """An item as a section of that name, with what it says to do on its own line and below it."""
    name, remedy = _name_and_remedy(item)
    blocks: list[Block] = [*([Text(item.lines, remedy)] if remedy else []), *item.children]
    return Section(parse_title(name), LABEL_LEVEL, item.lines, item.inline, blocks=blocks)


def named_phases(block: ItemList) -> list[Section]:
    """The items of a list as phases where most of them are called so: "**Triage (0-5 min)**", "**Assess**"."""
    items = [as_section(item) for item in block.items if item.inline.lead is not None]
    named = [one for one in items if one.phase is not None and one.phase.coverage >= 0.9]
    return items if len(items) == len(block.items) and len(named) >= 2 and len(named) > len(items) / 2 else []


def heads_commands(item: Item) -> bool:
    """Whether an item is "Port is taken:" with a list below it, and no step with details: "Check the port:"."""
    text = item.inline.text
    nested = any(isinstance(child, ItemList | Fence) for child in item.children)
    return nested and text.endswith((":", "：")) and len(text.split()) <= 8 and not begins_with_a_look(text)


def names_incident(item: Item) -> bool:
    """Whether an item is "Redis is down: restart it", and not a part of one incident."""
    name, remedy = _name_and_remedy(item)
    return remedy is not None and len(name.split()) <= 8 and vocabulary().part(name) is None


def _name_and_remedy(item: Item) -> tuple[str, Inline | None]:
    """The incident that an item is about, and what it says on the same line about what to do."""
    labelled = item.inline.labelled
    name = labelled[0] if labelled else item.inline.lead or item.inline.text
    if labelled and labelled[1]:
        return name, item.inline.after(name)
    lines = list(item.inline.by_line)
    if not labelled and len(lines) > 1 and not re.search(r"[.,:;。]$|\band$|\bor$", lines[0].text):
        follows = lines[1].text[:1].isupper() and len(lines[0].text.split()) <= 6
        if follows:
            return lines[0].text, item.inline.after(lines[0].text)
    before, arrow, after = item.inline.text.partition(" → ")
    return (before, item.inline.after(before)) if arrow and after and not labelled else (name, None)


_BOXED = re.compile(r"^[(（](?P<box>[^()（）]{1,40})[)）]\s*[:：.–—-]*\s*")


def phase_items(block: ItemList) -> list[Section]:
    """A numbered list of phases in bold, two of them with a time: "1. **Contain** (30 minutes): stop the import"."""
    boxes = [_BOXED.match(item.inline.rest) if item.inline.lead else None for item in block.items]
    timed = sum(box is not None and target(box["box"]) is not None for box in boxes)
    if not block.ordered or len(block.items) < 3 or timed < 2 or any(item.inline.lead is None for item in block.items):
        return []
    found = []
    for item, box in zip(block.items, boxes, strict=True):
        lead = item.inline.lead or ""
        title = parse_title(f"{lead} ({box['box']})" if box else lead)
        body = item.inline.after(lead + (box[0] if box else ""))
        blocks: list[Block] = [ItemList(item.lines, False, (Item(item.lines, body),)), *item.children]
        found.append(Section(title, LABEL_LEVEL, item.lines, item.inline, blocks=blocks))
    return found
