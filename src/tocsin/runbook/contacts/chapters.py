"""Which chapters list people to be contacted."""

from __future__ import annotations

import itertools
import re

from tocsin.runbook.channels import channels_in, within
from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.contact_rows import named_in_a_row
from tocsin.runbook.contacts.cards import CONTACT_KINDS, is_card
from tocsin.runbook.document.blocks import ItemList, Table, Text
from tocsin.runbook.document.sections import Section
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.grammar import small_words
from tocsin.runbook.words import vocabulary, words_of

_NO_PEOPLE = frozenset(
    [
        "channels",
        "templates",
        "postmortem_template",
        "links",
        "upkeep",
        "overview",
        "communication",
        "phase:communication",
    ]
)


def kind_of_chapter(section: Section, named: dict[Section, bool]) -> str | None:
    """contacts, vendors, escalation or addressed when the section lists people to call, else None."""
    for one in section.path():
        kind = one.about
        if kind == "links" and one is section and within(one, ("contacts",)) and _gives_addresses(one):
            return "vendors"  # "External resources" with a number on each line
        lists = kind == "oncall" and one is section and vocabulary().says("contact_word", one.title.text)
        if lists and _names_people(one, named):
            return "contacts"  # "Specialists on call: contacts" below "On-call rotation"
        if kind in _NO_PEOPLE:
            return "contacts" if one is section and is_shared(one) else None
        if kind == "oncall" and _tabulates_addresses(section):
            return "contacts"
        if kind == "oncall" and _is_schedule(one):
            return None
        if kind == "oncall" and not within(one, ("contacts",)):
            if (within(one, ("team",)) and _names_people(one, named)) or _gives_addresses(section):
                return "contacts"
            return None
        if kind == "vendors" and _is_looked_at(one.title.text):
            return None
        if kind in CONTACT_KINDS:
            return "vendors" if kind == "vendors" or _are_outside(section, one) else "contacts"
        if kind == "escalation":
            listed = vocabulary().says("contact_word", one.title.text) or any(
                isinstance(block, Table) for block in section.blocks
            )
            return "escalation" if listed or _names_people(one, named) else "addressed"
        if kind == "team" and (_names_people(one, named) or _tabulates_ways(section)):
            return "contacts"
    if section.level == 1 and vocabulary().says("rotation", section.title.text) and _tabulates_addresses(section):
        return "contacts"  # a document that is the rota
    return "contacts" if is_card(section) else None


def _are_outside(section: Section, chapter: Section) -> bool:
    """Whether a heading below a chapter of contacts sets those of other firms apart: "External", "Externe"."""
    below = itertools.takewhile(lambda one: one is not chapter, section.path())
    return any(vocabulary().is_a("outside", one.title.text, 0.99) for one in below)


def is_shared(section: Section) -> bool:
    """Whether a chapter of channels or links lists people as well: "Contacts & channels"."""
    return section.about in _NO_PEOPLE and any(one.kind == "contacts" for one in section.subjects)


def _is_looked_at(title: str) -> bool:
    """Whether a title is a step to take, "Check external services", and no list of vendors."""
    return vocabulary().says("verify", title) or not small_words("look").isdisjoint(words_of(title)[:1])


def _gives_addresses(section: Section) -> bool:
    """Whether an on-call chapter says how to reach whoever it names: each line has a number or a mail
    address, or a place for one."""
    rows = [pair for block in section.blocks if isinstance(block, Text) for pair in named_in_a_row(block.inline.text)]
    for block in section.blocks:
        items = block.items if isinstance(block, ItemList) else ()
        rows += [item.inline.labelled or ("", "") for item in items]
    reached = [any(one.type in ("phone", "email") for one in channels_in(value)) for _name, value in rows]
    return (
        len(reached) > 1
        and any(reached)
        and all(known or _asks_for_a_way(value) for known, (_name, value) in zip(reached, rows, strict=True))
    )


def _tabulates_addresses(section: Section) -> bool:
    """Whether a table of an on-call chapter gives a number or a mail address for each row that names somebody."""
    for block in section.blocks:
        rows = block.rows if isinstance(block, Table) and len(block.header) > 1 else ()
        said = [[cell.text for cell in row.cells[1:] if cell.text and not _is_blank(cell.text)] for row in rows]
        held = [cells for cells in said if cells]
        if held and all(any(one.type in ("phone", "email") for one in channels_in("; ".join(c))) for c in held):
            return True
    return False


def _is_blank(text: str) -> bool:
    return vocabulary().is_a("none", text, 0.9) or is_gap(text)


def _is_schedule(section: Section) -> bool:
    return vocabulary().says("schedule_word", section.title.text) and not within(section, ("contacts",))


def _names_people(section: Section, named: dict[Section, bool]) -> bool:
    """Whether a chapter gives names or addresses: "**Name**: …", "Contact: …". ``named`` remembers what was asked."""
    if section not in named:
        named[section] = _has_fields(section)
    return named[section]


def _tabulates_ways(section: Section) -> bool:
    """Whether a table of the team has a column "Contact", filled in or not."""
    tables = (block for block in section.blocks if isinstance(block, Table))
    return any(vocabulary().column("contact", head.text) >= 0.5 for table in tables for head in table.header[1:])


def _has_fields(section: Section) -> bool:
    words = vocabulary()
    for one in section.walk():
        for block in one.blocks:
            if isinstance(block, ItemList) and _are_blanks(block):
                return True
            for item in block.items if isinstance(block, ItemList) else ():
                labelled = item.inline.labelled
                if labelled and (words.is_a("contact_field", labelled[0], 0.9) or _asks_for_a_way(labelled[1])):
                    return True
    return False


def _are_blanks(block: ItemList) -> bool:
    """Whether each item is somebody with nothing behind the colon yet: "Shift lead:", "Scribe:"."""
    labels = [item.inline.labelled for item in block.items if not item.children]
    blank = [label[0] for label in labels if label is not None and not label[1]]
    return len(blank) == len(block.items) > 1 and all(map(is_somebody, blank))


def _asks_for_a_way(value: str) -> bool:
    """Whether a value is to be filled in with how to reach somebody: "[Name, contact]", "<phone>"."""
    blank = value.lstrip().startswith(("[", "<", "{", "(")) and is_gap(value)
    return blank and any(vocabulary().says("contact_field", word) for word in re.findall(r"[\w-]+", value))
