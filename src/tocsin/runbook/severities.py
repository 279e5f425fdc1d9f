"""Finding the severity scale: in lists, in headings, in tables, in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tocsin.runbook.blocks import Item, ItemList, Table
from tocsin.runbook.level_facts import Draft, Level, read_heading, read_item, texts_of
from tocsin.runbook.level_tables import is_scale, read_table, turned
from tocsin.runbook.outline import Section
from tocsin.runbook.playbook import Severity, severity_key
from tocsin.runbook.scale import LevelName, Scale, coded_names, level_name
from tocsin.runbook.words import vocabulary


def read_scale(root: Section) -> Scale:
    """The severity scale of a document, empty when it has none."""
    scale = Draft()
    groups = list(_groups(root))
    defining = [group for group in groups if group.where == "severity"] or [g for g in groups if g.where == "targets"]
    defining = (
        defining or [group for group in groups if group.where == "table"] or [g for g in groups if g.where == "heading"]
    )
    for n, group in enumerate(defining):
        group.read(scale, define=n == 0, criteria=n == 0 or not any(level.criteria for level in scale.levels.values()))
        scale.closed = True
    for group in groups:
        if group not in defining:
            group.read(scale, define=False, criteria=False)
    if not scale.levels:
        _from_prose(root, scale)
    levels = _ranked(list(scale.levels.values()))
    severities = tuple(_severity(level, rank) for rank, level in enumerate(levels))
    stated = tuple(one for level in levels for one in level.stated)
    return Scale(severities, stated, tuple(_strangers(root, severities)))


def _ranked(levels: list[Level]) -> list[Level]:
    """The document's order, most severe first: turned round only where the labels say that it runs upward."""
    order = [vocabulary().severity_order(level.label or level.name) for level in levels]
    known = [rank for rank in order if rank is not None]
    upward = len(known) == len(levels) > 1 and known == sorted(known, reverse=True) and known[0] > known[-1]
    return levels[::-1] if upward else levels


def _severity(level: Level, rank: int) -> Severity:
    return Severity(
        name=level.name,
        rank=rank,
        lines=level.lines,
        label=level.label,
        aliases=tuple(level.aliases),
        criteria=tuple(dict.fromkeys(level.criteria)),
        actions=tuple(dict.fromkeys(level.actions)),
        response_target=level.first("response"),
        acknowledge_target=level.first("acknowledge"),
        resolution_target=level.first("resolution"),
        update_cadence=level.first("update"),
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """Several levels side by side: headings, items of a list, or rows of a table."""

    where: str
    section: Section
    headings: tuple[tuple[Section, LevelName], ...] = ()
    items: tuple[tuple[Item, LevelName], ...] = ()
    table: Table | None = None

    def read(self, scale: Draft, *, define: bool, criteria: bool) -> None:
        """Take what the group says into the scale."""
        for section, name in self.headings:
            level = scale.level(name, section.lines, define=define)
            if level is not None and (criteria or self.where in ("severity", "targets")):
                read_heading(section, name, level, criteria=criteria)
        for item, name in self.items:
            level = scale.level(name, item.lines, define=define)
            if level is not None:
                read_item(item, name, level, self.where, criteria=criteria)
        if self.table is not None:
            read_table(self.table, scale, define=define, criteria=criteria)


def _groups(root: Section) -> Iterator[_Group]:
    for section in root.walk():
        where = _where(section)
        if where == "procedure":
            continue
        plain = where in ("severity", "targets")
        named = [(child, name) for child in section.children if (name := _heading_name(child, plain=plain))]
        if len({severity_key(name.name) for _c, name in named}) >= 2:
            yield _Group(where if plain else "heading", section, headings=tuple(named))
        for block in section.blocks:
            if isinstance(block, ItemList):
                items = tuple((item, name) for item in block.items if (name := _item_name(item, plain=plain)))
                if len(items) >= 2 and len({severity_key(name.name) for _i, name in items}) == len(items):
                    yield _Group(where if plain else "list", section, items=items)
            elif isinstance(block, Table):
                table = block if is_scale(block) else turned(block)
                if is_scale(table):
                    yield _Group(where if plain else "table", section, table=table)


def _where(section: Section) -> str:
    for one in section.path():
        kind = one.about
        if kind in ("severity", "targets"):
            return kind
        if one.title.prefix is not None or kind in ("incidents", "templates", "postmortem_template", "upkeep"):
            return "procedure"
    return ""


def _heading_name(section: Section, *, plain: bool) -> LevelName | None:
    name = level_name(section.title.text, plain=plain)
    if name is None or (name.rest and len(name.rest.split()) > 6):
        return None
    return name


def _item_name(item: Item, *, plain: bool) -> LevelName | None:
    if item.inline.lead is not None:
        return level_name(item.inline.lead, plain=plain)
    name = level_name(item.inline.text, plain=False)
    if name is not None and re.match(r"^\S+(?:\s\d)?\s*(?:[:：(–—-]|$)", item.inline.text):
        return name
    return None


def _from_prose(root: Section, scale: Draft) -> None:
    """A scale in one sentence: "(SEV-1 critical, SEV-2 high, SEV-3 medium)"."""
    for section in root.walk():
        for inline in texts_of(section):
            names = coded_names(inline.text)
            if len(set(map(severity_key, names))) < 2:
                continue
            found = []
            for name in dict.fromkeys(names):
                match = re.search(rf"{re.escape(name)}\W{{0,4}}([^\W\d_]+)", inline.text)
                if match and vocabulary().severity_order(match[1]) is not None:
                    found.append(LevelName(name, match[1], ""))
            if len(found) >= 2:
                for one in found:
                    scale.level(one, inline.lines, define=True)
                return


def _strangers(root: Section, severities: Iterable[Severity]) -> Iterator[tuple[str, int]]:
    """Names that look like levels of a scale and are none of this one's."""
    known = {severity_key(name) for one in severities for name in (one.name, *one.aliases)}
    shapes = {re.sub(r"\d", "", severity_key(one.name)) for one in severities}
    for section in root.walk():
        for inline in [section.inline, *texts_of(section)]:
            for name in coded_names(inline.text):
                key = severity_key(name)
                if key not in known and re.sub(r"\d", "", key) in {"p", "sev", "severity"} | shapes - {"s"}:
                    yield name, inline.lines.first
