"""Finding the severity scale: in lists, in headings, in tables, in a sentence; with criteria and targets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tocsin.runbook.blocks import Item, ItemList, Row, Table, Text
from tocsin.runbook.durations import every, target
from tocsin.runbook.inline import Inline, plain
from tocsin.runbook.outline import Section
from tocsin.runbook.playbook import Duration, Lines, Severity, severity_key
from tocsin.runbook.procedures import split_clauses
from tocsin.runbook.scale import LevelName, Scale, Stated, coded_names, level_name
from tocsin.runbook.words import normal, vocabulary

_ROLES = (
    "severity",
    "label",
    "criteria",
    "response",
    "acknowledge",
    "resolution",
    "cadence",
    "escalation",
    "actions",
    "postmortem",
)
_ONCE = frozenset({"label", "response", "acknowledge", "resolution", "cadence", "postmortem"})
_TARGETS = {
    "response": "response",
    "acknowledge": "acknowledge",
    "resolution": "resolution",
    "cadence": "update",
    "postmortem": "review",
}


@dataclass(slots=True)
class _Level:
    """What has been read about one level so far."""

    name: str
    lines: Lines
    label: str | None = None
    aliases: dict[str, None] = field(default_factory=dict)
    criteria: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)

    def state(self, what: str, duration: Duration | None) -> None:
        """Note a target."""
        if duration is not None:
            self.stated.append(Stated(self.name, what, duration))

    def first(self, what: str) -> Duration | None:
        """The first target of that sort that a line states."""
        return next((one.duration for one in self.stated if one.what == what), None)


@dataclass(slots=True)
class _Scale:
    """The scale under construction. Only the first group of levels says which ones there are."""

    levels: dict[str, _Level] = field(default_factory=dict)
    closed: bool = False

    def level(self, found: LevelName, lines: Lines, *, define: bool) -> _Level | None:
        """The level of that name; a new one only while the scale is being defined."""
        key = severity_key(found.name)
        level = self.levels.get(key)
        if level is None:
            level = next((one for one in self.levels.values() if severity_key(one.label or "") == key), None)
        if level is None:
            if not define or self.closed:
                return None
            level = self.levels[key] = _Level(found.name, lines)
        if found.label and level.label is None:
            level.label = found.label
        return level


def read_scale(root: Section) -> Scale:
    """The severity scale of a document, empty when it has none."""
    scale = _Scale()
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


def _ranked(levels: list[_Level]) -> list[_Level]:
    """The document's order, most severe first: turned round only where the labels say that it runs upward."""
    order = [vocabulary().severity_order(level.label or level.name) for level in levels]
    known = [rank for rank in order if rank is not None]
    upward = len(known) == len(levels) > 1 and known == sorted(known, reverse=True) and known[0] > known[-1]
    return levels[::-1] if upward else levels


def _severity(level: _Level, rank: int) -> Severity:
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

    def read(self, scale: _Scale, *, define: bool, criteria: bool) -> None:
        """Take what the group says into the scale."""
        for section, name in self.headings:
            level = scale.level(name, section.lines, define=define)
            if level is not None and (criteria or self.where in ("severity", "targets")):
                _heading(section, name, level, criteria=criteria)
        for item, name in self.items:
            level = scale.level(name, item.lines, define=define)
            if level is not None:
                _item(item, name, level, self.where, criteria=criteria)
        if self.table is not None:
            _table(self.table, scale, define=define, criteria=criteria)


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
                table = block if _is_scale(block) else _turned(block)
                if _is_scale(table):
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


def _heading(section: Section, name: LevelName, level: _Level, *, criteria: bool) -> None:
    line = section.lines.first
    qualifier = section.title.qualifier
    if qualifier and level.label is None and target(qualifier) is None and len(qualifier.split()) <= 3:
        level.label = qualifier
    elif qualifier:
        _say_targets(qualifier, line, level, default="response")
    if name.label and section.title.text != level.name:
        level.aliases[section.title.text] = None
    _blocks(section, level, criteria=criteria)


def _blocks(section: Section, level: _Level, *, criteria: bool) -> None:
    duty = _is_duty(section)
    for block in section.blocks:
        match block:
            case ItemList():
                for item in block.items:
                    _entry(item, level, criteria=criteria and not duty)
            case Text():
                _sentence(block.inline, level, criteria=criteria and not duty)
            case _:
                pass
    for child in section.children:
        words = vocabulary()
        for what, name in (
            ("response_label", "response"),
            ("acknowledge_label", "acknowledge"),
            ("resolution_label", "resolution"),
        ):
            if words.is_a(what, child.title.text, 0.6):
                for text in _texts(child):
                    level.state(name, target(text.text, text.lines.first))
                break
        else:
            _blocks(child, level, criteria=criteria and not duty)


def _texts(section: Section) -> Iterator[Inline]:
    for block in section.blocks:
        if isinstance(block, Text):
            yield block.inline
        elif isinstance(block, ItemList):
            yield from (item.inline for item in block.items)


def _is_duty(section: Section) -> bool:
    return vocabulary().is_a("action_label", section.title.text, 0.5)


def _entry(item: Item, level: _Level, *, criteria: bool) -> None:
    """An item below a level: a target, a duty, or a criterion."""
    line = item.inline.lines.first
    labelled = item.inline.labelled
    if labelled is not None and _labelled(labelled[0], labelled[1], line, level, criteria=criteria):
        return
    if _is_promise(item.inline.text) and _say_targets(item.inline.text, line, level, default=None):
        return
    first = " ".join(normal(item.inline.text).split()[:2])
    duty = vocabulary().says("escalate_verb", first) or vocabulary().says("notify", first)
    if criteria and not duty:
        level.criteria.append(item.inline.text)
    else:
        level.actions.append(item.inline.text)


def _labelled(key: str, value: str, line: int, level: _Level, *, criteria: bool) -> bool:
    words = vocabulary()
    for label, what in (
        ("acknowledge_label", "acknowledge"),
        ("resolution_label", "resolution"),
        ("response_label", "response"),
    ):
        if words.is_a(label, key, 0.6):
            found = target(value, line)
            level.state(what, found)
            if found is None and value:
                level.actions.append(f"{key}: {value}")
            return True
    if words.is_a("update_word", key, 0.4) and (interval := every(value, line) or target(value, line)):
        level.state("update", interval)
        return True
    if words.is_a("criteria_label", key, 0.5):
        if criteria and value:
            level.criteria += split_clauses(plain(value, line))
        return True
    if words.is_a("action_label", key, 0.5):
        level.actions.append(f"{key}: {value}" if value else key)
        return True
    return False


def _sentence(inline: Inline, level: _Level, *, criteria: bool) -> None:
    text = inline.text
    if _is_promise(text) and _say_targets(text, inline.lines.first, level, default=None):
        return
    if criteria and not text.endswith((":", "：")):
        for line in [inline] if not _has_labels(inline) else inline.by_line():
            labelled = line.labelled if line.lead is not None else None
            if labelled is None or not _labelled(labelled[0], labelled[1], line.lines.first, level, criteria=criteria):
                level.criteria.append(line.text)


def _has_labels(inline: Inline) -> bool:
    return inline.lead is not None and inline.lines.first != inline.lines.last


def _is_promise(text: str) -> bool:
    words = vocabulary()
    return any(words.says(name, text) for name in ("respond_verb", "resolve_verb", "update_word")) and (
        target(text) is not None or every(text) is not None
    )


def _say_targets(text: str, line: int, level: _Level, *, default: str | None) -> bool:
    """Targets in words: "Immediate response, 15-minute acknowledgment". Whether there were any."""
    words = vocabulary()
    said = False
    for clause in re.split(r"[,;，；]|\s[-–—]\s|\band\b", text):
        interval = every(clause, line)
        if interval is not None and words.says("update_word", clause):
            level.state("update", interval)
            said = True
            continue
        found = target(clause, line)
        if found is None:
            continue
        if words.says("acknowledge_verb", clause):
            what: str | None = "acknowledge"
        elif words.says("resolve_verb", clause):
            what = "resolution"
        elif words.says("respond_verb", clause):
            what = "response"
        else:
            what = default
        if what is not None:
            level.state(what, found)
            said = True
    return said


def _item(item: Item, name: LevelName, level: _Level, where: str, *, criteria: bool) -> None:
    line = item.inline.lines.first
    rest = item.inline.rest if item.inline.lead is not None else name.rest
    if item.inline.lead is not None and name.label and where == "severity":
        level.aliases[item.inline.lead] = None
    if where == "targets":
        _say_targets(rest, line, level, default="response")
    elif where == "severity":
        for clause in _clauses(rest, line):
            if not (_is_promise(clause) and _say_targets(clause, line, level, default=None)) and criteria:
                level.criteria.append(clause)
        for child in item.children:
            if isinstance(child, ItemList):
                for nested in child.items:
                    _entry(nested, level, criteria=criteria)


def _clauses(rest: str, line: int) -> tuple[str, ...]:
    """The clauses of a definition; sentences are only told apart where one of them states a target."""
    sentences = re.split(r"(?<=[.。;])\s+", rest)
    if len(sentences) > 1 and any(_is_promise(sentence) for sentence in sentences):
        return tuple(piece for sentence in sentences for piece in split_clauses(plain(sentence.rstrip("."), line)))
    return split_clauses(plain(rest, line))


def _is_scale(table: Table) -> bool:
    """Whether the rows of a table are the levels of a scale, each once."""
    column = _level_column(table)
    if column is None:
        return False
    names = [level_name(row.cells[column].text, plain=True) for row in table.rows if column < len(row.cells)]
    found = [severity_key(name.name) for name in names if name is not None]
    return len(found) >= 2 and len(set(found)) == len(found) and len(found) >= len(table.rows) * 0.8


def _turned(table: Table) -> Table:
    """The table with rows and columns exchanged: some scales have a column for each level."""
    rows = [(cell, *(row.cells[n] for row in table.rows if n < len(row.cells))) for n, cell in enumerate(table.header)]
    first = tuple(plain(cell.text or "level", cell.lines.first) for cell in rows[0]) if rows else ()
    return Table(table.lines, first, tuple(Row(table.lines, cells) for cells in rows[1:]))


def _level_column(table: Table) -> int | None:
    words = vocabulary()
    for n, head in enumerate(table.header[:2]):
        cells = [row.cells[n].text for row in table.rows if n < len(row.cells)]
        named = [level_name(cell, plain=words.column("severity", head.text) >= 0.5) for cell in cells]
        if cells and sum(name is not None for name in named) >= max(2, len(cells) * 0.8):
            return n
    return None


def column_roles(table: Table) -> tuple[str, ...]:
    """What each column of a severity table holds, "" where its title says nothing known."""
    words = vocabulary()
    roles: list[tuple[str, float]] = []
    for head in table.header:
        bare = re.sub(r"\([^()]*\)", "", head.text)
        fits = {role: words.column(role, bare) for role in _ROLES}
        best = max(fits, key=lambda role: fits[role])
        roles.append((best, fits[best]) if fits[best] >= 0.5 else ("", 0.0))
    # Of "temporary recovery time" and "full recovery time" only the better match is the resolution target.
    return tuple(
        role if role not in _ONCE or fit == max(f for r, f in roles if r == role) else "" for role, fit in roles
    )


def _table(table: Table, scale: _Scale, *, define: bool, criteria: bool) -> None:
    column = _level_column(table)
    assert column is not None
    roles = column_roles(table)
    for row in table.rows:
        name = level_name(row.cells[column].text, plain=True) if column < len(row.cells) else None
        if name is None:
            continue
        level = scale.level(name, row.lines, define=define)
        if level is not None:
            _cells(row, roles, column, level, define=define, criteria=criteria)


def _cells(row: Row, roles: tuple[str, ...], column: int, level: _Level, *, define: bool, criteria: bool) -> None:
    words = vocabulary()
    for n, (role, cell) in enumerate(zip(roles, row.cells, strict=False)):
        text = cell.text
        if n == column or not text or words.is_a("none", text, 0.9):
            continue
        line = row.lines.first
        if role == "label" and define and level.label is None:
            level.label = text
        elif role == "criteria" and criteria:
            level.criteria += split_clauses(cell)
        elif role in ("response", "acknowledge", "resolution", "postmortem"):
            found = target(text, line)
            level.state(_TARGETS[role], found)
            extra = _after_target(text, found) if role == "response" else ()
            level.actions += extra
        elif role == "cadence":
            level.state("update", every(text, line) or target(text, line))
        elif role == "actions":
            level.actions += split_clauses(cell)
        elif role == "" and criteria and n > column and level.label is None and words.severity_order(text) is not None:
            level.label = text


def _after_target(text: str, found: Duration | None) -> tuple[str, ...]:
    """ "15 min, Engineering Manager, #incidents": who is to answer, and where."""
    if found is None:
        return (text,)
    return tuple(piece.strip() for piece in re.split(r"[,;，；]", text)[1:] if piece.strip())


def _from_prose(root: Section, scale: _Scale) -> None:
    """A scale in one sentence: "(SEV-1 critical, SEV-2 high, SEV-3 medium)"."""
    for section in root.walk():
        for inline in _texts(section):
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
        for inline in [section.inline, *_texts(section)]:
            for name in coded_names(inline.text):
                key = severity_key(name)
                if key not in known and re.sub(r"\d", "", key) in {"p", "sev", "severity"} | shapes - {"s"}:
                    yield name, inline.lines.first
