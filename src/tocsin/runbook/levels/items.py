"""What names a level and tells of it: an item of a list, a line, a paragraph in bold, a heading, a drawn table."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tocsin.runbook.document.blocks import Block, Fence, Item, ItemList, Quote, Text
from tocsin.runbook.document.inline import Inline, Run, plain
from tocsin.runbook.document.sections import Section
from tocsin.runbook.document.trees import tree_list
from tocsin.runbook.document.turned import turned
from tocsin.runbook.durations import every, target
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.escalation.sentences.calling import calls
from tocsin.runbook.escalation.tables.grids import text_table
from tocsin.runbook.grammar import any_of, may_hold, pattern
from tocsin.runbook.levels.bare_times import is_time_alone, with_time_apart
from tocsin.runbook.levels.blocks import DATA, levels_in_block
from tocsin.runbook.levels.tables import is_scale, level_of_a_log, titled_by_a_level
from tocsin.runbook.levels.titles import clock_named, clock_of, names_rhythm
from tocsin.runbook.playbook import severity_key
from tocsin.runbook.scale import LevelName, coded_names, label_behind, level_name, levels_together
from tocsin.runbook.words import vocabulary

PLAIN = ("severity", "targets")
"""Where a bare label ("Critical") is the name of a level."""


_TEXT = ("", "text", "txt")


def drawn(block: Block, where: str) -> Block:
    """A code block of a chapter on severities that is a scale drawn with bars or blanks as that table, else itself."""
    if where not in PLAIN or not isinstance(block, Fence) or block.info not in _TEXT:
        return block
    table = text_table(block)
    if table is None:
        return block
    tables = (table, turned(table))
    return table if any(map(is_scale, tables)) or any(map(titled_by_a_level, tables)) else block


def lists_of(blocks: Iterable[Block], where: str) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """(where, items) of the lists of a section and of those nested in them; paragraphs in a row are a list too."""
    texts: list[Item] = []
    told_of: list[Item] = []  # "P1 examples: …"
    several = tuple(blocks) if where not in PLAIN else tuple(_without_quotes(blocks))
    for n, block in enumerate(several):
        match block:
            case ItemList() if len(found := [one for item in block.items if (one := _described(item))]) > 1:
                told_of += found
            case ItemList():
                several_ = (one for item in block.items for one in (_each_level(item) if where in PLAIN else (item,)))
                items = (one for item in several_ for one in _levels_in(_without_arrows(item)))
                yield where, tuple(map(with_time_apart, items) if where in PLAIN else items)
                for item in block.items:
                    if not item.children:
                        continue
                    labelled = item.inline.labelled
                    label = labelled[0] if labelled and labelled[1] else item.inline.text
                    targets = vocabulary().is_a("response_label", label, 0.6)
                    graded = label.endswith((":", "：")) and vocabulary().says("severity_name", label)
                    if _tells_rhythms(item):
                        continue
                    if targets or where != "targets":
                        yield from lists_of(item.children, "targets" if targets else "severity" if graded else where)
            case Text():
                lines = _lines(block.inline, plain=where in PLAIN)
                heads = len(lines) == 1 and (block.inline.lead or (where in PLAIN and _only_names(block.inline.text)))
                below = several[n + 1 : n + 5] if heads else ()
                told = tuple(itertools.takewhile(lambda one: _tells_of_one(one, plain=where in PLAIN), below))
                every_line = (Item(line.lines, line) for line in block.inline.by_line)
                if found := [one for line in every_line if (one := _described(line))]:
                    told_of += found
                    continue
                told_items = (_without_arrows(Item(line.lines, line, told)) for line in lines)
                items = (one for item in told_items for one in _levels_in(item))
                texts += map(with_time_apart, items) if where in PLAIN else items
            case Fence() if block.closed and block.info in _TEXT and (tree := tree_list(block)) is not None:
                yield from lists_of((tree,), where)
            case Fence() if block.closed and block.info in (*_TEXT, *(DATA if where in PLAIN else ())):
                if drawn(block, where) is block:
                    yield where, tuple(levels_in_block(block, bare=where in PLAIN))
            case _:
                pass
    if told_of:
        yield "list", tuple(told_of)
    yield where, tuple(item for item in texts if coded_names(item.inline.text[:24]) or _is_own(item, where))


def _without_quotes(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks with what is quoted among them, where a quote begins with a level: "> **P1**: shop shut"."""
    for block in blocks:
        inner = block.children if isinstance(block, Quote) else ()
        first = inner[0] if inner else None
        said = (first.inline.lead or first.inline.text) if isinstance(first, Text) else ""
        named = len(coded_names(said[:_LONGEST_HEAD])) == 1 and level_name(said) is not None
        yield from inner if named else (block,)  # "P1–P2: at once" is told of two


def _only_names(text: str) -> bool:
    """Whether a paragraph is the code of a level with its label, "■ Level 1 (all shops shut)", above a list."""
    name = level_name(text) if len(text) <= _LONGEST_HEAD else None
    return name is not None and not name.rest and bool(coded_names(text))


_LONGEST_HEAD = 60
"""Characters."""


def _each_level(item: Item) -> tuple[Item, ...]:
    """An item about several levels, "**SEV-3/4**: noise", as one item for each of them."""
    codes, rest = levels_together(item.inline.text[:_LONGEST_ITEM])
    if not codes and (match := _LABELS.match(item.inline.text)) is not None:
        labels = _BETWEEN_LABELS.split(match["labels"])
        codes = tuple(labels) if all(map(vocabulary().is_label, labels)) else codes
        rest = item.inline.text[match.end("labels") : _LONGEST_ITEM]
    if not codes or _BEHIND.match(rest) is None:
        return (item,)
    rest += item.inline.text[_LONGEST_ITEM:]
    line = item.inline.lines.first
    return tuple(replace(item, inline=plain(f"{code}{rest}", line)) for code in codes)


_LABELS = re.compile(r"(?P<labels>[^\W\d_]{3,20}(?:\s?[/&+,]\s?[^\W\d_]{3,20}){1,3})\s*[:：]")
_BETWEEN_LABELS = re.compile(r"\s?[/&+,]\s?")
_BEHIND = re.compile(r"\s*(?:[:：(（–—|→-]|$)")
"""Behind the codes of an item: a mark, and no verb."""


def _without_arrows(item: Item) -> Item:
    """An item with an arrow behind its level and more behind that, "P1 → shop shut → respond in 15 min", as clauses.

    The same with dots between them. Arrows from one person to the next are no such item.
    """
    item = _with_code_before(_defined(item))
    text = item.inline.text
    if not _MAY_HAVE_ARROWS.search(text):
        return item
    name, *parts = (part.strip() for part in _ARROWS.split(text))
    level = level_name(name) if len(parts) > 1 else None
    if level is None or level.rest or not all(parts) or any(map(calls, parts)):
        return item
    if sum(map(is_somebody, parts)) * 2 >= len(parts):
        return item
    if not any(target(part) is not None for part in parts[1:]):
        return item
    line = item.inline.lines.first
    clocks = [one for part in parts if (one := _labelled(part)) is not None]
    said = [part for part in parts if _labelled(part) is None]
    below = tuple(Item(item.lines, plain(one, line)) for one in clocks)
    children = (*item.children, ItemList(item.lines, False, below)) if below else item.children
    return replace(item, inline=plain(f"{name}: {'; '.join(said)}", line), children=children)


def _labelled(part: str) -> str | None:
    """A part that is a clock and its time with a colon between: "Response: 15 min" of "Response 15 min"; else None."""
    words = part.split()
    names = (" ".join(words[:n]) for n in range(min(len(words) - 1, _LONGEST_CLOCK), 0, -1))
    known = (one for one in names if part.startswith(one) and (clock_named(one) or names_rhythm(one)))
    said = next(((one, part[len(one) :].strip()) for one in known if _is_time(part[len(one) :])), None)
    if ":" in part or "：" in part:
        return part if clock_named(re.split(r"[:：]", part)[0]) is not None else None
    return f"{said[0]}: {said[1]}" if said is not None else None


def _is_time(text: str) -> bool:
    return target(text) is not None or every(text) is not None


_LONGEST_CLOCK = 4
"""Words."""


def _defined(item: Item) -> Item:
    """An item that says in words what its level is, "SEV1 is when the shop is shut", as "SEV1: the shop is shut"."""
    text = item.inline.text
    means = _means().search(text[:_NEAR]) if may_hold(text[:_NEAR], "means") else None
    level = level_name(text[: means.start()]) if means is not None else None
    if means is None or level is None or level.rest or not text[means.end() :].strip(" :：-–—"):
        return item
    said = text[means.end() :].strip(" :：-–—")
    return replace(item, inline=plain(f"{text[: means.start()].strip()}: {said}", item.inline.lines.first))


_NEAR = 40
"""Characters of a text in which its level stands."""


def _with_code_before(item: Item) -> Item:
    """An item with its code behind its label in bold, "**Critical** (P1): shop shut", as "**P1 (Critical)**: …"."""
    label, line = item.inline.lead, item.inline.lines.first
    if label is None or not vocabulary().is_label(label):
        return item
    name = level_name(item.inline.text)
    if name is None or name.label != label:
        return item
    end = item.inline.text.index(name.name) + len(name.name)
    behind = item.inline.after(item.inline.text[:end]).runs
    first = (behind[0]._replace(text=_CLOSED.sub("", behind[0].text)),) if behind else ()
    runs = (Run(f"{name.name} ({label})", line, strong=True), Run(": ", line), *first, *behind[1:])
    return replace(item, inline=Inline(runs, item.inline.lines))


_CLOSED = re.compile(r"^\s*[\])）】]?\s*[:：|→–—-]*\s*")
"""What closes the bracket of a code, and the mark behind it."""


@pattern
def _means() -> str:
    return rf"\s*{any_of('means')}\s*"


_MAY_HAVE_ARROWS = re.compile(r"[>→➜➔⟶⇒»·•|]")
_ARROWS = re.compile(r"\s*(?:→|->|=>|➜|➔|⟶|⇒|»)\s*|\s+>\s+(?=[^\W\d_])|\s+[·•|]\s+")


def _described(item: Item) -> Item | None:
    """A line that only says what a level is, as one that begins with the level: "P1 examples: mill down", "Criteria for
    P1: …"."""
    label, colon, rest = item.inline.text.replace("：", ":").partition(":")
    codes = coded_names(label) if colon and rest.strip() else ()
    if len(codes) != 1:
        return None
    bare = re.sub(rf"(?i)[()（）]|{any_of('of', 'for')}", " ", label.replace(codes[0], " ")).strip()
    if not bare or not vocabulary().is_a("criteria_label", bare, 0.99):
        return None
    return Item(item.lines, plain(f"{codes[0]}: {rest.strip()}", item.inline.lines.first), item.children)


def _tells_of_one(block: Block, *, plain: bool) -> bool:
    """Whether a list below "**P1**: shop shut" tells of that level, of which no item names another one, or a line with
    one of its clocks."""
    if isinstance(block, Text):
        return block.inline.labelled is not None and clock_of(*block.inline.labelled) is not None
    if not isinstance(block, ItemList):
        return False
    return not any(level_name(item.inline.lead or item.inline.text, plain=plain) for item in block.items)


def _tells_rhythms(item: Item) -> bool:
    """Whether what is nested below an item is how often each level is told of: "SEV1: Every 15 minutes"."""
    said = [one.inline for child in item.children if isinstance(child, ItemList) for one in child.items]
    rests = [one.rest if one.lead is not None else one.text.partition(":")[2] for one in said]
    return len(said) > 1 and all(every(one) is not None and len(one.split()) <= 4 for one in rests)


def _is_own(item: Item, where: str) -> bool:
    """Whether a paragraph of a severity chapter begins with a label and a colon, "Red: …", or in bold with a level of
    the team's own: "**High (G1)**: …", "**Grave** – one module stands still"."""
    lead = item.inline.lead
    if where in PLAIN and not lead and (before := _LABELLED.match(item.inline.text)) is not None:
        return vocabulary().is_label(before["label"])  # "Red: the mill stands."
    name = level_name(lead, plain=True) if lead and where in PLAIN else None
    if name is None:
        return False
    return any(ch.isdigit() for ch in name.name) or (not name.rest and _DEFINED.match(item.inline.rest) is not None)


_LABELLED = re.compile(r"\W*(?P<label>[^\W\d_]{2,20})\s?[:：]\s*\w")
_DEFINED = re.compile(r"\s*[:：–—-]?\s*\w")
"""What the level is, behind its name."""


_BETWEEN = re.compile(r"\s*[;；·|]\s+|(?<=[.。])\s+|[；。]\s*|,\s+(?=[A-Z]+-?\d\b)")


def _levels_in(item: Item) -> tuple[Item, ...]:
    """An item that tells of several levels in a row, "SEV1 (down): at once; SEV2 (slow): in an hour", taken apart."""
    text = item.inline.text
    if item.children or item.inline.lead:
        return (item,)
    names = coded_names(text)
    if len(names) < 2 or len(set(map(severity_key, names))) < 2 or level_name(text) is None:
        return (item,)
    pieces: list[str] = []
    for piece in _BETWEEN.split(text):
        if level_name(piece) is not None or not pieces:
            pieces.append(piece)
        else:
            pieces[-1] = f"{pieces[-1]} {piece}"
    found = [one for one in map(level_name, pieces) if one is not None]
    if len(found) < 2 or len(found) != len(pieces) or len(found) != len({severity_key(one.name) for one in found}):
        return (item,)
    return tuple(Item(item.lines, plain(piece, item.inline.lines.first)) for piece in pieces)


def _lines(inline: Inline, *, plain: bool) -> list[Inline]:
    """A paragraph by line where every line names a level, else as one; with ``plain`` a word in bold does as well."""
    if plain:
        inline = _unsigned(inline)
    lines = [_unsigned(line) if plain else line for line in inline.by_line]
    named = (level_name(line.text) or (plain and line.lead and level_name(line.lead, plain=True)) for line in lines)
    return lines if len(lines) > 1 and all(named) else [inline]


def _unsigned(inline: Inline) -> Inline:
    """A line without the picture before a level in bold: "🔴 **Critical** — shop down"."""
    runs = inline.runs
    signed = len(runs) > 1 and runs[1].strong and bool(runs[0].text.strip()) and not _WORD.search(runs[0].text)
    return Inline(runs[1:], inline.lines) if signed and not runs[0].text.isascii() else inline


_WORD = re.compile(r"\w")


def heading_name(section: Section, *, plain: bool) -> LevelName | None:
    """The level that a heading names, and says little else; with ``plain`` by a word as well: "Critical"."""
    title, qualifier = section.title.text, section.title.qualifier
    if (
        plain
        and qualifier
        and (inside := level_name(qualifier))
        and inside.name == qualifier
        and not coded_names(title)
    ):
        title = f"{title} ({qualifier})"  # "Critical (S1)": the code is the name
    name = level_name(title, plain=plain)
    longest = _LONGEST_DEFINED if plain and name is not None and name.rest[:1] in _DASHES else _LONGEST_REST
    if name is None or len(name.rest.split()) > longest:
        return None
    if name.label is not None and is_time_alone(name.label):
        return replace(name, label=None, rest=name.label)  # "P1 – 15 minutes"
    return name


def heading_names(section: Section, *, plain: bool) -> tuple[LevelName, ...]:
    """The levels that a heading names, several of "SEV-3/4" and "P3 and P4 – minor"."""
    codes, rest = levels_together(section.title.text) if plain else ((), "")
    if codes and _BEHIND.match(rest) is not None and len(rest.split()) <= _LONGEST_REST:
        label = rest.strip(" :：–—-|")
        return tuple(LevelName(code, label if vocabulary().is_label(label) else None, "") for code in codes)
    name = heading_name(section, plain=plain)
    return (name,) if name is not None else ()


_LONGEST_REST, _LONGEST_DEFINED = 6, 14
"""Words; of what stands behind a code and a dash in a chapter on severities, "P1 — no shop can sell, or data is lost".
"""
_DASHES = ("-", "–", "—", ":")


def item_name(item: Item, where: str) -> LevelName | None:
    """The level that an item of a list begins with, before a mark or in bold."""
    if item.inline.lead is not None:
        led = level_name(item.inline.lead, plain=where in PLAIN)
        if led is None and where == "severity":
            return level_of_a_log(item.inline.lead.rstrip(" :：.–—-"))
        return label_behind(led, item.inline.rest) if led is not None and coded_names(led.name) else led
    text = item.inline.text
    name = level_name(text, plain=where in PLAIN)
    if name is not None and where == "targets" and target(text) is not None:
        return name  # "P0 acknowledgement: 15 minutes"
    if name is not None and name.label and _is_named_only(text, name.name, name.label):
        return name
    labelled = rf"(?:\s{re.escape(name.label)})?" if name is not None and name.label else ""  # "P1 Critical: …"
    if name is not None and re.match(rf"^\W*\S+(?:\s(?:\d|[IV]+\b))?{labelled}\s*(?:[:：(（–—-]|$)", text):
        return name
    return level_of_a_log(text[:_LONGEST_ITEM]) if name is None and where == "severity" else None


_LONGEST_ITEM = 400
"""Characters of an item that may begin with the level of a log."""


def of_a_scale(names: list[tuple[Item, LevelName]]) -> list[tuple[Item, LevelName]]:
    """The items whose levels make a scale: those of logs, "Error", only beside a usual word, or where one has
    a time."""
    words = vocabulary()
    of_logs = [
        words.severity_order(name.name) is None and words.is_a("log_level", name.name, 0.99) for _i, name in names
    ]
    others = [one for one, logged in zip(names, of_logs, strict=True) if not logged]
    if not any(of_logs) or (others and not any(coded_names(name.name) for _item, name in others)):
        return names
    return names if not others and any(target(item.inline.text) is not None for item, _name in names) else others


def _is_named_only(text: str, name: str, label: str) -> bool:
    """Whether a text begins with a code and its label, in either order, and a mark behind them: "P1 | Critical: …"."""
    code, word = re.escape(name), re.escape(label)
    return re.match(rf"\W*(?:{code}\W+{word}|{word}\W+{code})\W*?(?:[:：(（–—-]|$)", text) is not None
