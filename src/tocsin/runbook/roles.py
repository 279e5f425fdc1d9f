"""The roles of the response and what is asked of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.channels import within
from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Fence, ItemList, Table, Text
from tocsin.runbook.document.checklist import checklist
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import Role
from tocsin.runbook.scale import Scale
from tocsin.runbook.words import normal, vocabulary

_BRACKET = re.compile(r"[(（]([^()（）]*)[)）]")


def read_roles(root: Section, scale: Scale) -> tuple[Role, ...]:
    """The roles of the response, from "team" and "roles" chapters: list items, tables or headings of their own.

    Tables of roles and their duties are taken from any chapter, lists of them from one whose title speaks of roles.
    """
    found: dict[str, Role] = {}
    for section in root.walk():
        if within(section, _WITHOUT_ROLES):
            continue
        if within(section, ("team",)):
            roles = (*_role_items(section, scale), *_role_heading(section, scale), *_role_rows(section, scale))
        elif _speaks_of_roles(section.title.text) and _lists_roles(section):
            roles = (*_role_items(section, scale), *_role_rows(section, scale))
        else:
            roles = tuple(_role_rows(section, scale, sure=False))
        for role in roles:
            found.setdefault(normal(role.name), role)
    return tuple(found.values())


_WITHOUT_ROLES = ("contacts", "vendors", "templates", "postmortem_template")


def _speaks_of_roles(title: str) -> bool:
    """Whether the word stands anywhere in a longer title: "Incident Command Structure & Roles"."""
    found = vocabulary().sections.best(title)
    return found is not None and found.kind == "team"


def _role_items(section: Section, scale: Scale) -> Iterator[Role]:
    if section.level == LABEL_LEVEL or _is_role_heading(section):
        return
    leads = [block for block in section.blocks if isinstance(block, Text) and block.inline.lead and block.inline.rest]
    if len(leads) > 1 and section.about == "team" and not any(counted_level().match(one.inline.text) for one in leads):
        for one in leads:
            name = _BRACKET.sub("", one.inline.lead or "").strip(" .")
            if len(name.split()) <= 5:
                yield Role(name, one.lines, (one.inline.rest,), scale.mentioned(one.inline.text))
    for block in section.blocks:
        for item in block.items if isinstance(block, ItemList) else ():
            labelled = item.inline.labelled
            if labelled is None and section.about == "team" and isinstance(block, ItemList) and _is_bare_name(block):
                yield Role(item.inline.text.rstrip("."), item.lines, (), ())
            if labelled is None or len(labelled[0].split()) > 6 or counted_level().match(labelled[0]):
                continue
            name, value = labelled
            nested = [n.inline.text for child in item.children if isinstance(child, ItemList) for n in child.items]
            duties = tuple(part for part in (value, *nested) if part and not is_gap(part))
            yield Role(_BRACKET.sub("", name).strip(), item.lines, duties, scale.mentioned(item.inline.text))


def _is_bare_name(block: ItemList) -> bool:
    """Whether the items are names of roles and nothing else: "Incident Commander", "Scribe"."""
    texts = [item.inline.text.rstrip(".") for item in block.items]
    return all(
        len(text.split()) <= 4 and not item.children and not text.endswith((".", "?", "!"))
        for item, text in zip(block.items, texts, strict=True)
    ) and any(vocabulary().says(name, text) for text in texts for name in ("person_word", "role_word"))


def _is_role_heading(section: Section) -> bool:
    if section.parent is None:
        return False
    if section.level == LABEL_LEVEL:  # a bold name over a fenced list of duties
        return section.parent.about == "team" and len(section.blocks) == 1 and isinstance(section.blocks[0], Fence)
    if section.parent.about == "team" and (section.about == "team" or _lists_roles(section) or _is_of_calling(section)):
        return False  # "Roles and responsibilities", with a heading for each of them
    return section.parent.about == "team" or _has_role_fields(section)


def _lists_roles(section: Section) -> bool:
    """Whether the items below a heading are roles themselves, "Core team" above "**Team lead**: …"."""
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    labels = [item.inline.labelled[0] for item in items if item.inline.labelled is not None]
    named = sum(is_somebody(label) and len(label.split()) <= 6 for label in labels)
    return len(labels) == len(items) > 1 and named > len(items) / 2


def _is_of_calling(section: Section) -> bool:
    """Whether a heading among the roles says who is called after whom: "Escalation chain"."""
    return section.about == "escalation" and not is_somebody(section.title.text)


def _has_role_fields(section: Section) -> bool:
    """Whether the labels below a heading are what one says of a role: "Role:", "Responsible for:", "Hours:"."""
    labels = [
        item.inline.labelled[0]
        for block in section.blocks
        if isinstance(block, ItemList)
        for item in block.items
        if item.inline.labelled is not None
    ]
    fields = [label for label in labels if vocabulary().is_a("role_field", label, 0.6)]
    return len(labels) > 1 and len(fields) >= len(labels) / 2


def _role_heading(section: Section, scale: Scale) -> Iterator[Role]:
    if not _is_role_heading(section):
        return
    texts: list[str] = []
    for block in section.blocks:
        for inner in (checklist(block) or ()) if isinstance(block, Fence) else ():
            texts += [item.inline.text for item in inner.items] if isinstance(inner, ItemList) else []
    for one in section.walk():
        if one is section or _lists_duties(one.title.text):
            texts += [item.inline.text for block in one.blocks if isinstance(block, ItemList) for item in block.items]
    if texts:
        yield Role(
            _without_checklist(section.title.text), section.lines, tuple(texts), scale.mentioned(" ".join(texts))
        )


def _lists_duties(title: str) -> bool:
    said = normal(title)
    return ("respons" in said and "time" not in said) or _duties().search(title) is not None


def _without_checklist(title: str) -> str:
    """ "Incident commander checklist" lists what the incident commander does."""
    return _duties().sub("", title) or title


@pattern
def _duties() -> str:
    return rf"\s*[-–—:：]?\s*{any_of('duties')}$|^{any_of('duties')}\s*(?:{any_of('of', 'for')}\s+)?[-–—:：]?\s*"


def _role_rows(section: Section, scale: Scale, *, sure: bool = True) -> Iterator[Role]:
    """The rows of tables whose first column is titled "Role"; the second has to be what a role does if not ``sure``."""
    words = vocabulary()
    for block in section.blocks:
        if not isinstance(block, Table) or not block.header or words.column("role", block.header[0].text) < 0.5:
            continue
        if not sure and not _gives_duties(block):
            continue
        for row in block.rows:
            cells = [cell.text for cell in row.cells]
            if cells and cells[0]:
                yield Role(
                    cells[0],
                    row.lines,
                    tuple(c for c in cells[1:] if c and not is_gap(c)),
                    scale.mentioned(" ".join(cells)),
                )


def _gives_duties(table: Table) -> bool:
    """Whether a table has a column of what somebody answers for, beside people: "Role | Accountability"."""
    names = [row.cells[0].text for row in table.rows if row.cells]
    duties = any(vocabulary().is_a("role_duty", cell.text, 0.6) for cell in table.header[1:])
    return duties and 2 * sum(map(is_somebody, names)) > len(names)
