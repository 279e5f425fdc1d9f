"""What each level is, told apart from the scale: where a table gives times only, and examples stand elsewhere.

Asked last, and only of a scale of which nothing says what a level is. A time that stands there is left where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tocsin.runbook.document.blocks import Block, ItemList, Quote, Table, Text
from tocsin.runbook.document.inline import Inline, plain
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import target
from tocsin.runbook.grammar import any_of, may_hold, pattern
from tocsin.runbook.levels.definitions import criteria_in
from tocsin.runbook.levels.draft import Draft, Level
from tocsin.runbook.levels.titles import names_criteria
from tocsin.runbook.playbook import severity_key
from tocsin.runbook.procedure.procedures import split_clauses
from tocsin.runbook.scale import coded_names
from tocsin.runbook.sentence_ends import clause_ends
from tocsin.runbook.words import vocabulary


def read_apart(sections: Iterable[Section], draft: Draft) -> None:
    """Take the criteria that these chapters give for the levels of a scale; two levels or more, else none."""
    found: dict[str, list[str]] = {}
    for section in sections:
        for key, said in _told(section, draft.levels):
            found.setdefault(key, []).extend(said)
    if len(found) >= _FEWEST:
        for key, criteria in found.items():
            draft.levels[key].criteria += [one for one in criteria if not vocabulary().is_label(one)]  # "Critical"


_FEWEST = 2
"""Levels that something is told of: a single one is spoken of for another reason."""


def _told(section: Section, levels: Mapping[str, Level]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(key of a level, criteria) of what a chapter says, piece by piece."""
    said = tuple(one for block in section.blocks for one in _criteria(block))
    key = _asked_of(section.title.text, levels)
    if key is not None and not any(map(coded_names, said)):
        yield key, said
        return
    listed = key is not None or names_criteria(section.title.text, _SURE)
    for block in section.blocks:
        yield from _in_block(block, levels, listed=listed)


_SURE = 0.9
"""Of a title, how much of it is a word for what a level is."""


def _criteria(block: Block) -> Iterator[str]:
    match block:
        case ItemList():
            yield from (item.inline.text for item in block.items if item.inline.text)
        case Text() if not block.inline.text.endswith((":", "：")):
            yield from criteria_in(block.inline)
        case _:
            pass


def _in_block(block: Block, levels: Mapping[str, Level], *, listed: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    match block:
        case Text():
            for line in block.inline.by_line:
                yield from _in_line(line, levels, listed=listed)
        case ItemList():
            for item in block.items:
                yield from _in_line(item.inline, levels, listed=listed)
        case Quote():
            for child in block.children:
                yield from _in_block(child, levels, listed=True)
        case Table():
            yield from _in_columns(block, levels) or _in_rows(block, levels)
        case _:
            pass


def _in_line(line: Inline, levels: Mapping[str, Level], *, listed: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a line says of one level, "When to use P1: …", or sentence by sentence, "P1 means …. P2 means …"."""
    if not coded_names(line.text):
        return
    label, colon, rest = line.text.replace("：", ":").partition(":")
    if colon and rest.strip():
        key = _asked_of(label, levels) or (_named(label, levels) if listed else None)
        if key is not None and target(rest) is None:
            yield key, criteria_in(plain(rest.strip().rstrip(".。"), line.lines.first))
        return
    for sentence in clause_ends().split(line.text):
        means = _means().search(sentence[:_NEAR]) if may_hold(sentence[:_NEAR], "means") else None
        key = _named(sentence[: means.start()], levels) if means is not None else None
        if means is not None and key is not None and target(sentence) is None:
            yield key, (sentence[means.end() :].strip(" .。"),)


_NEAR = 40
"""Characters of a sentence in which its level and the verb stand."""


@pattern
def _means() -> str:
    return rf"\s*{any_of('means')}\s*"


def _named(label: str, levels: Mapping[str, Level]) -> str | None:
    """The key of the level that a label is the name of, with nothing but its own word beside it."""
    codes = coded_names(label)
    if len(codes) != 1 or (key := severity_key(codes[0])) not in levels:
        return None
    rest = _OF.sub(" ", label.replace(codes[0], " ")).strip(" *_()（）-–—")
    return key if not rest or vocabulary().is_label(rest) or _articles().fullmatch(rest) else None


def _asked_of(label: str, levels: Mapping[str, Level]) -> str | None:
    """The key of the level of which a label asks what it is: "What counts as P1?", "Typical P2", "P3の例"."""
    codes = coded_names(label) if len(label) <= _LONGEST_LABEL else ()
    if len(codes) != 1 or (key := severity_key(codes[0])) not in levels:
        return None
    bare = _OF.sub(" ", label.replace(codes[0], " ")).strip(" ?？*_")
    said = _small().sub(" ", bare).strip()
    asks = _asks().fullmatch(bare) is not None or (bool(said) and vocabulary().is_a("criteria_label", said, 0.99))
    return key if asks else None


_LONGEST_LABEL = 60
"""Characters of a label with the name of its level."""
_OF = re.compile(r"[()（）]")


@pattern
def _small() -> str:
    return any_of("of", "for", "article")


@pattern
def _asks() -> str:
    return rf"(?:{any_of('asks_what_a_level_is')})(?:\s+{any_of('article')})?"


@pattern
def _articles() -> str:
    return any_of("article")


def _in_columns(table: Table, levels: Mapping[str, Level]) -> list[tuple[str, tuple[str, ...]]]:
    """The examples below the levels of a table that has a column for each: "P1 | P2" above rows of examples."""
    keys = [_named(head.text, levels) for head in table.header]
    if len(keys) < _FEWEST or None in keys or any(target(cell.text) for row in table.rows for cell in row.cells):
        return []
    cells = [[row.cells[n].text for row in table.rows if n < len(row.cells)] for n in range(len(keys))]
    return [(key, tuple(filter(None, said))) for key, said in zip(keys, cells, strict=True) if key is not None]


def _in_rows(table: Table, levels: Mapping[str, Level]) -> list[tuple[str, tuple[str, ...]]]:
    """The examples of a table that says of each which level it is: "Example | Priority", several rows for one level."""
    column = vocabulary().column
    said = next((n for n, head in enumerate(table.header) if names_criteria(head.text, _SURE)), None)
    rated = next((n for n, head in enumerate(table.header) if column("severity", head.text) >= _SURE), None)
    if said is None or rated is None or len(table.header) > _WIDEST:
        return []
    rows = [row.cells for row in table.rows if len(row.cells) > max(said, rated)]
    keys = [_named(cells[rated].text, levels) for cells in rows]
    if len(set(keys)) == len(keys):
        return []  # each level once: the scale itself, of which the column was read
    return [(key, split_clauses(cells[said])) for key, cells in zip(keys, rows, strict=True) if key is not None]


_WIDEST = 3
"""Columns of a table of examples; a wider one is of incidents, alerts or assets that have a severity as well."""
