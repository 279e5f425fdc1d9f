"""Incidents that are items of a list, and phases that are items of one or rows of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tocsin.runbook.document.blocks import Block, Fence, Item, ItemList, Table, Text
from tocsin.runbook.document.checklist import is_diagram
from tocsin.runbook.document.inline import Inline, plain
from tocsin.runbook.document.sections import LABEL_LEVEL, Section, Title, parse_title
from tocsin.runbook.document.timed import stretch
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.grammar import phrases, small_words
from tocsin.runbook.procedure.procedures import begins_with_a_look
from tocsin.runbook.scale import level_name
from tocsin.runbook.stated import Lines
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.words import Vocabulary, is_unspaced, vocabulary, words_of


def as_section(item: Item) -> Section:
    """An item as a section of that name, with what it says to do on its own line and below it."""
    name, remedy = _name_and_remedy(item)
    blocks: list[Block] = [*([Text(item.lines, remedy)] if remedy else []), *item.children]
    return Section(parse_title(name.rstrip(".。")), LABEL_LEVEL, item.lines, item.inline, blocks=blocks)


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


def lists_faults(block: ItemList) -> bool:
    """Whether the items of a list are faults, each with what to do, or to run, nested below it: "Disk full"."""
    if len(block.items) < 2 or not all(
        any(isinstance(c, ItemList | Fence) for c in item.children) for item in block.items
    ):
        return False
    names = [_name_and_remedy(item)[0].rstrip(":：. ") for item in block.items]
    if any(begins_with_a_look(one) or vocabulary().part(one) is not None for one in names):
        return False
    return sum(map(says_what_fails, names)) > len(names) / 2


def names_incident(item: Item) -> bool:
    """Whether an item is "Redis is down: restart it", and not a part of one incident."""
    name, remedy = _name_and_remedy(item)
    named = len(name.split()) <= 8 and vocabulary().part(name) is None and _DOCUMENT.fullmatch(name) is None
    return remedy is not None and named


def opens_an_incident(item: Item) -> bool:
    """Whether an item begins with the name of an incident in bold, "**Ramp stuck.** Start the pump", and no phase."""
    found = vocabulary().phases.best(item.inline.lead) if item.inline.lead is not None else None
    return item.inline.lead is not None and names_incident(item) and (found is None or found.coverage < _NAMED)


_DOCUMENT = re.compile(r"\S{1,200}\.(?:md|mdx|rst|adoc|html?|pdf|docx?)(?:#\S{0,100})?", re.IGNORECASE)
"""The name of another document, "docs/mill.md — the mill", which is no incident of this one."""


def are_faults(block: Block) -> bool:
    """Whether each item of a list names what fails, and most say what to do then: "**Mail not sent**: check the relay".

    So under any title, or under "Incident response".
    """
    if not isinstance(block, ItemList) or block.ordered or len(block.items) < 2:
        return False
    told = [_name_and_remedy(item) for item in block.items]
    failing = sum(says_what_fails(name) for name, remedy in told if remedy is not None)
    if failing < 2 or failing * 3 < len(told) * 2 or not all(map(names_incident, block.items)):
        return False
    return sum(_tells_to_act(remedy) for _name, remedy in told if remedy is not None) * 2 > len(told)


def hold_parts(block: Block) -> bool:
    """Whether each item of a list has the parts of an incident nested below it: "Symptoms", then "Steps"."""
    return isinstance(block, ItemList) and len(block.items) > 1 and all(map(_holds_parts, block.items))


def _holds_parts(item: Item) -> bool:
    lines = list(item.inline.by_line)[1:]
    named = [labelled[0] for line in lines if (labelled := line.labelled) is not None and labelled[1]]
    for block in item.children:
        if isinstance(block, Text):
            named += (one.labelled[0] for one in block.inline.by_line if one.labelled is not None)
        inner = block.items if isinstance(block, ItemList) else ()
        named += (one.inline.labelled[0] if one.inline.labelled else one.inline.text for one in inner)
    kinds = {part.kind for name in named if (part := vocabulary().part(name)) is not None}
    return "symptoms" in kinds and (len(kinds & _WORKING) > 1 or (len(lines) > 1 and item.inline.lead is not None))


_WORKING = frozenset(["symptoms", "causes", "investigation", "resolution", "commands"])


def _tells_to_act(remedy: Inline) -> bool:
    said = words_of(remedy.text.lstrip(" :：-–—"))
    if is_unspaced(remedy.text):
        acts = [act for act in phrases("look", "imperative_last", "task_last", "runs") if act in remedy.text]
        sent = vocabulary().says("channel_word", remedy.text) or vocabulary().says("message_noun", remedy.text)
        return any(not (sent and vocabulary().is_a("notify", act, 0.99)) for act in acts)  # "Slack通知" is an alert's
    first, last = {*said[:1]}, {*said[-1:]}
    asked = first & small_words("look", "chore", "imperative", "by_hand", "runs", "then")
    return bool(asked or last & small_words("look", "imperative_last", "task_last"))


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


def phases_in(block: Block) -> list[Section]:
    """The phases that a list or a table of the process names, with what to do in each."""
    if isinstance(block, ItemList):
        return _phase_items(block) or _labelled_phases(block)
    if isinstance(block, Fence):
        return _drawn_phases(block)
    return _phase_rows(block) if isinstance(block, Table) else []


def _drawn_phases(fence: Fence) -> list[Section]:
    """The boxes of a drawing, one below the other, most of which are called after a phase, with what they hold."""
    if not is_diagram(fence):
        return []
    boxes: list[list[tuple[int, str]]] = [[]]
    for n, line in enumerate(fence.body, fence.first):
        inside = _IN_A_BOX.fullmatch(line)
        said = inside["said"].strip(" -–•*▼↓") if inside is not None else ""
        if inside is None and boxes[-1]:
            boxes.append([])
        if said and any(map(str.isalnum, said)):
            boxes[-1].append((n, said))
    found = []
    for box in filter(None, boxes):
        at, name = box[0]
        told = box[1:]
        items = tuple(Item(Lines(n, n), plain(said, n)) for n, said in told)
        below: list[Block] = [ItemList(Lines(told[0][0], told[-1][0]), False, items)] if items else []
        found.append(_phase(parse_title(name), Lines(at, box[-1][0]), plain(name, at), below))
    named = {one.phase.kind for one in found if one.phase is not None and one.phase.coverage >= _NAMED}
    return found if len(named) >= _FEWEST_PHASES and 3 * len(named) >= 2 * len(found) else []


_IN_A_BOX = re.compile(r"\s*[│┃|](?P<said>[^│┃|─━]+)[│┃|]\s*")


def _phase_items(block: ItemList) -> list[Section]:
    """A list of phases in bold, two of them with a time: "1. **Contain** (30 minutes): stop the import"."""
    if len(block.items) < 3 or any(item.inline.lead is None for item in block.items):
        return []
    found = []
    for item in block.items:
        lead, box = item.inline.lead or "", _BOXED.match(item.inline.rest)
        body = item.inline.after(lead + (box[0] if box else ""))
        own = [ItemList(item.lines, False, (Item(item.lines, body),))] if body.text else []
        title = parse_title(f"{lead} ({box['box']})" if box else lead)
        found.append(_phase(title, item.lines, item.inline, [*own, *item.children]))
    boxes = (one.of_phase.qualifier for one in found)
    named = sum(one.phase is not None and one.phase.coverage >= _NAMED for one in found)
    times = sum(box is not None and target(box) is not None for box in boxes)
    others = block.ordered and not any(_is_of_no_time(one.of_phase.text) for one in found)
    return found if times >= 2 and (others or named >= 2) else []


def _labelled_phases(block: ItemList) -> list[Section]:
    """A list in which most items are phases by what stands before their colon: "1. Detect: …", "2. Contain: …"."""
    told = [item.inline.labelled for item in block.items]
    if len(told) < _FEWEST_PHASES or any(
        one is None or not (one[1] or item.children) for one, item in zip(told, block.items, strict=True)
    ):
        return []
    found = []
    for item, one in zip(block.items, told, strict=True):
        name, said = one or ("", "")
        body = item.inline.after(name)
        own = [ItemList(item.lines, False, (Item(item.lines, body),))] if said else []
        found.append(_phase(parse_title(name), item.lines, item.inline, [*own, *item.children]))
    named = [one.phase.kind for one in found if one.phase is not None and one.phase.coverage >= _NAMED]
    return found if len(set(named)) >= _FEWEST_PHASES and 3 * len(named) >= 2 * len(found) else []


_FEWEST_PHASES = 3


def _is_of_no_time(name: str) -> bool:
    """Whether an item is called after somebody or a severity, "Owner (15 min)": a chain or a scale, and no phases."""
    return level_name(name) is not None or is_somebody(name)


def _phase_rows(table: Table) -> list[Section]:
    """A table of phases: "Phase | Time | What to do"."""
    columns = list(zip(*(row.cells for row in table.rows), strict=False))
    titles = [[parse_title(cell.text) for cell in column] for column in columns[:2]]
    at = next((n for n, column in enumerate(titles) if len(set(map(_phase_of, column)) - {""}) >= 2), None)
    others = [n for n in range(len(columns)) if n != at]
    when = next((n for n in others if all(stretch(cell.text) for cell in columns[n] if cell.text)), None)
    words = vocabulary()
    told = [n for n in others if n != when and any(any(map(str.isalpha, cell.text)) for cell in columns[n])]
    doing = [n for n in told if not _names_or_measures(words, table.header[n].text, columns[n])]
    if at is None or not doing:
        return []
    does = max(doing, key=lambda n: (_fit(words, table.header[n].text), sum(len(cell.text) for cell in columns[n])))
    found = []
    for row, title in zip(table.rows, titles[at], strict=True):
        box = row.cells[when].text if when is not None else ""
        title = replace(title, qualifier=box) if box and title.qualifier is None else title
        beside = [plain(f"{table.header[n].text}: {row.cells[n].text}", row.lines.first) for n in told if n != does]
        below = ItemList(row.lines, False, tuple(Item(row.lines, one) for one in beside))
        item = Item(row.lines, row.cells[does], (below,) if beside else ())
        found.append(_phase(title, row.lines, row.cells[at], [ItemList(row.lines, False, (item,))]))
    return found


_NAMED = 0.9
"""How much of a name has to be that of a phase."""


def _phase_of(title: Title) -> str:
    """The phase that a row is called after; "" for any other."""
    found = _phase(title, Lines(1, 1), plain(title.text, 1), []).phase
    return found.kind if found is not None and found.coverage >= _NAMED else ""


def _names_or_measures(words: Vocabulary, head: str, cells: Sequence[Inline]) -> bool:
    """Whether a column says who does it, or another time such as the one that was measured."""
    who = any(words.column(name, head) >= _NAMED for name in ("role", "person"))
    return who or all(stretch(cell.text) for cell in cells if cell.text)


def _fit(words: Vocabulary, head: str) -> float:
    """How well a column's title says that what is to be done stands below it."""
    return max(words.column(name, head) for name in ("actions", "action", "remedy", "duty"))


def _phase(title: Title, lines: Lines, inline: Inline, blocks: list[Block]) -> Section:
    return Section(title, LABEL_LEVEL, lines, inline, blocks=blocks)
