"""The roles of the response and what is asked of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.blocks import ItemList, Table
from tocsin.runbook.channels import within
from tocsin.runbook.outline import LABEL_LEVEL, Section
from tocsin.runbook.placeholders import is_gap
from tocsin.runbook.playbook import Role
from tocsin.runbook.scale import Scale
from tocsin.runbook.words import normal, vocabulary

_BRACKET = re.compile(r"[(（]([^()（）]*)[)）]")


def read_roles(root: Section, scale: Scale) -> tuple[Role, ...]:
    """The roles of the response, from "team" and "roles" chapters: list items, tables or headings of their own."""
    found: dict[str, Role] = {}
    for section in root.walk():
        if not within(section, ("team",)) or within(section, ("contacts", "vendors", "templates")):
            continue
        for role in (*_role_items(section, scale), *_role_heading(section, scale), *_role_rows(section, scale)):
            found.setdefault(normal(role.name), role)
    return tuple(found.values())


def _role_items(section: Section, scale: Scale) -> Iterator[Role]:
    if section.level == LABEL_LEVEL or _is_role_heading(section):
        return
    for block in section.blocks:
        for item in block.items if isinstance(block, ItemList) else ():
            labelled = item.inline.labelled
            if labelled is None or len(labelled[0].split()) > 6:
                continue
            name, value = labelled
            nested = [n.inline.text for child in item.children if isinstance(child, ItemList) for n in child.items]
            duties = tuple(part for part in (value, *nested) if part)
            yield Role(_BRACKET.sub("", name).strip(), item.lines, duties, scale.mentioned(item.inline.text))


def _is_role_heading(section: Section) -> bool:
    return section.parent is not None and section.parent.about == "team" and section.level != LABEL_LEVEL


def _role_heading(section: Section, scale: Scale) -> Iterator[Role]:
    if not _is_role_heading(section):
        return
    texts: list[str] = []
    for one in section.walk():
        if one is section or ("respons" in normal(one.title.text) and "time" not in normal(one.title.text)):
            texts += [item.inline.text for block in one.blocks if isinstance(block, ItemList) for item in block.items]
    if texts:
        yield Role(section.title.text, section.lines, tuple(texts), scale.mentioned(" ".join(texts)))


def _role_rows(section: Section, scale: Scale) -> Iterator[Role]:
    words = vocabulary()
    for block in section.blocks:
        if isinstance(block, Table) and block.header and words.column("role", block.header[0].text) >= 0.5:
            for row in block.rows:
                cells = [cell.text for cell in row.cells]
                if cells and cells[0]:
                    yield Role(
                        cells[0],
                        row.lines,
                        tuple(c for c in cells[1:] if c and not is_gap(c)),
                        scale.mentioned(" ".join(cells)),
                    )
