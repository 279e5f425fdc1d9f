"""Contacts in tables: a row each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tocsin.runbook.channels import channels_in, linked
from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.contacts.entry import contact_kind, person_named, says_when
from tocsin.runbook.document.blocks import Row, Table
from tocsin.runbook.document.sections import Section
from tocsin.runbook.escalation.people.calls import without_call
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.playbook import Contact, ContactChannel
from tocsin.runbook.scale import Scale, level_name
from tocsin.runbook.words import vocabulary

_SITE = re.compile(r"(?:[a-z][\w-]*\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
"""The address of a page without its scheme, "status.example.net"."""

_COLUMNS = ("purpose", "phone", "email", "chat", "contact", "person", "availability")


def read_rows(section: Section, kind: str) -> Iterator[Contact]:
    """The contacts of the tables right below a heading; of a chapter of escalation rows with an address or a holder."""
    titled = kind == "escalation" and any(vocabulary().says("contact_word", one.title.text) for one in section.path())
    for block in section.blocks:
        if not isinstance(block, Table):
            continue
        table = _turned(block)
        if not (_is_contact_table(table) or _lists_roles(table, section) or _links_firms(table, section)):
            continue
        table = _without_level(table)
        for row in table.rows:
            contact = _row(table, row, kind)
            if contact is None or (titled and level_name(contact.name) is not None):
                continue
            if kind != "escalation" or titled or _has_address(contact) or _holds(table, contact):
                yield contact


def _has_address(contact: Contact) -> bool:
    """Whether a row of an escalation table gives more than a name."""
    real = any(channel.type in ("phone", "email", "slack", "url", "pagerduty") for channel in contact.channels)
    return real and level_name(contact.name) is None


def _holds(table: Table, contact: Contact) -> bool:
    """Whether a row of a table of roles names who holds one: "Role | Escalation contact | Backup"."""
    first = table.header[0].text
    ways = (_way_of(head.text) or _holder_of(head.text, first) for head in table.header[1:])
    named = any(way in ("person", "contact") for way in ways)
    listed = named and bool(contact.channels) and level_name(contact.name) is None
    return listed and vocabulary().column("role", first) >= 0.9


def _turned(table: Table) -> Table:
    """The table with whom it lists in its first column; one that has a column for each of them is turned round."""
    column = vocabulary().column
    ways = ("person", "phone", "email", "chat")
    across = [row.cells[0].text for row in table.rows if row.cells]
    titles = [head.text for head in table.header[1:]]
    several = len(titles) > 1 and across and not any(column(way, title) >= 0.9 for title in titles for way in ways)
    if several and all(any(column(way, title) >= 0.9 for way in ways) for title in across):
        columns = list(zip(table.header, *(row.cells for row in table.rows), strict=False))
        return Table(table.lines, columns[0], tuple(Row(one[0].lines, one) for one in columns[1:]))
    first = max((column(way, table.header[0].text) for way in ("phone", "email", "chat")), default=0.0)
    names = [n for kind in ("role", "person") for n, h in enumerate(table.header) if n and column(kind, h.text) >= 0.9]
    if first < 0.9 or not names or column("role", table.header[0].text) >= 0.9:
        return table  # "Team" says whom, "Teams" where
    at = names[0]
    return Table(
        table.lines,
        (table.header[at], *table.header[:at], *table.header[at + 1 :]),
        tuple(
            Row(row.lines, (row.cells[at], *row.cells[:at], *row.cells[at + 1 :])) if at < len(row.cells) else row
            for row in table.rows
        ),
    )


def _without_level(table: Table) -> Table:
    """The table without a first column that only numbers its rows."""
    if len(table.header) < 3 or vocabulary().column("level", table.header[0].text) < 0.5:
        return table
    return Table(table.lines, table.header[1:], tuple(Row(row.lines, row.cells[1:]) for row in table.rows))


def _is_contact_table(table: Table) -> bool:
    words = vocabulary()
    heads = [head.text for head in table.header]
    if not heads or words.column("shift", heads[0]) >= 0.5:
        return False
    if len(heads) == 1:
        return words.column("role", heads[0]) >= 0.5 or words.column("person", heads[0]) >= 0.5
    if words.column("role", heads[0]) >= 0.5 and any(map(_is_holder, heads[1:])):
        return True  # "Role | Primary | Backup"
    ways = ("phone", "email", "chat", "contact", "person")
    if words.column("system", heads[0]) >= 0.9 and any(words.column("role", head) >= 0.9 for head in heads[1:]):
        return True  # "System | Ansprechpartner"
    return any(words.column(way, head) >= 0.5 for way in ways for head in heads)


def _is_holder(title: str) -> bool:
    """Whether a column names who holds a role: "Primary", "Backup name"."""
    words = vocabulary()
    if any(words.is_a(name, title, 0.9) for name in ("primary", "secondary")):
        return True
    rank, _blank, what = title.strip().partition(" ")
    named = what and any(words.column(name, what) >= 0.9 for name in ("person", "contact"))
    return bool(named) and any(words.is_a(name, rank, 0.9) for name in ("primary", "secondary"))


def _links_firms(table: Table, section: Section) -> bool:
    """Whether each row of a table of a chapter of contacts gives one who has an address: "Service | Support link"."""
    titled = vocabulary().says("contact_word", section.title.text)
    if ({"contacts", "vendors"}.isdisjoint(section.abouts) and not titled) or len(table.header) < 2 or not table.rows:
        return False
    if vocabulary().is_a("vendor", table.header[0].text, 0.9):
        return True
    reached = [any(any(channels_in(cell.text)) for cell in row.cells[1:]) for row in table.rows]
    return sum(reached) >= len(reached) * _MOST  # one is reached by its console


_MOST = 0.6
"""The share of the rows of a table that give a way to reach somebody."""


def _lists_roles(table: Table, section: Section) -> bool:
    """Whether a chapter of contacts lists roles with what each is for, or when or where each is to be found."""
    words = vocabulary()
    heads = [head.text for head in table.header]
    titled = words.says("contact_word", section.title.text)
    if (section.about != "contacts" and not titled) or len(heads) < 2 or words.column("role", heads[0]) < 0.9:
        return False
    said = words.column("purpose", heads[1]) >= 0.5 or words.column("availability", heads[1]) >= 0.9
    return said or words.is_a("channel_word", heads[1], 0.99)


@lru_cache(maxsize=256)  # every row of a table asks for its titles
def _way_of(title: str) -> str:
    """What a column of this title holds of a person; empty for something else."""
    fits = {way: vocabulary().column(way, title) for way in _COLUMNS}
    if _is_holder(title):
        return "person"
    return max(fits, key=lambda one: fits[one]) if max(fits.values()) >= 0.5 else ""


def _holder_of(title: str, first: str) -> str:
    """What a second column of roles holds beside the ``first`` one: who it is, "Rolle | Ansprechpartner".

    Beside "Name" it holds the role, and nobody's name.
    """
    column = vocabulary().column
    of_roles = max(column("role", first), column("system", first)) >= 0.9 > column("person", first)
    return "person" if of_roles and column("role", title) >= 0.9 else ""


def _row(table: Table, row: Row, kind: str) -> Contact | None:
    words = vocabulary()
    if not row.cells or not row.cells[0].text:
        return None
    channels: list[ContactChannel] = []
    availability = purpose = None
    vacant = False
    vendor = kind == "vendors" or words.is_a("vendor", table.header[0].text, 0.6)
    for head, cell in list(zip(table.header, row.cells, strict=False))[1:]:
        text = cell.text
        if not text or is_gap(text) or text == "#":
            continue
        way = _way_of(head.text) or _holder_of(head.text, table.header[0].text)
        if words.is_a("none", text, 0.9) and not _is_holder(head.text):
            vacant = vacant or way == "person"  # "Backup | None": nobody holds it
            continue
        found = list(channels_in(text)) or list(linked(cell))
        way = "availability" if way == "contact" and says_when(text) else way  # "Erreichbar | rund um die Uhr"
        if not way and words.says("contact_detail", head.text):
            found = [one for one in found if one.type != "phone"]  # the number of a contract is none to call
        if found:
            holder = _before_address(text, found) if way == "person" else person_named(text)
            channels += [ContactChannel("name", holder)] if holder else []
            channels += found
        elif way == "person" and not words.is_a("not_contact", text, 0.9):
            if not words.says("see", text):
                channels.append(ContactChannel("name", text))
        elif way in ("phone", "email", "chat", "contact"):
            kept = {"chat": "slack", "contact": "other", "email": "email" if "@" in text else "other"}
            channels.append(ContactChannel("url" if _SITE.fullmatch(text) else kept.get(way, way), text))
        elif way == "availability" or (not way and says_when(text)):
            availability = text
        elif way == "purpose" or purpose is None:
            purpose = text
    if vacant and not channels:
        return None
    name = row.cells[0].text
    if words.is_a("do_not_call", name, 0.6):
        return None
    if words.is_a("not_contact", name, 0.99) and not vendor and not _is_reached(channels):
        return None  # "Status page | status.example.net"
    if words.column("situation", table.header[0].text) >= 0.9:
        named = next((one for one in channels if one.type == "other" and is_somebody(one.value)), None)
        if (called := _called_in(table, row)) is not None:
            name = called
        elif named is not None:
            name = named.value  # "Ovens out | Bakery team"
            channels.remove(named)
    elif words.column("system", table.header[0].text) >= 0.9 and (who := _who_is_named(channels)) is not None:
        name, purpose = who.value, name if purpose is None else f"{name}; {purpose}"  # "Ovens | Ada Stone"
        channels.remove(who)
    reachable = any(channel.type != "name" for channel in channels)
    return Contact(
        name=name,
        kind=contact_kind(name, "", vendor=vendor),
        lines=row.lines,
        channels=tuple(channels),
        availability=availability,
        purpose=purpose,
        unfilled=not reachable,
    )


def _who_is_named(channels: list[ContactChannel]) -> ContactChannel | None:
    """The person or the role among the ways of a row, where there is one and no second one."""
    named = [one for one in channels if one.type == "name" or (one.type == "other" and _is_who(one.value))]
    return named[0] if len(named) == 1 and _is_who(named[0].value) else None


def _is_who(text: str) -> bool:
    return is_somebody(text) or person_named(text) is not None


def _before_address(text: str, found: list[ContactChannel]) -> str:
    """Who stands before the first address of a cell: "Ada Stone, ada@mill.example", "Ben Rye (+44 …)"."""
    places = [place for one in found if (place := text.find(one.value)) >= 0]
    return text[: min(places)].strip(" ,;:：(（<–—-|") if places else text


def _is_reached(channels: list[ContactChannel]) -> bool:
    return any(channel.type in ("name", "phone", "email") for channel in channels)


def _called_in(table: Table, row: Row) -> str | None:
    """Whom a row calls about something, "Ovens out | Call the baker | 555 0142"; None where no cell calls anybody."""
    words = vocabulary()
    acts = [n for n, head in enumerate(table.header) if n and words.column("remedy", head.text) >= 0.9]
    cells = [row.cells[n].text for n in acts if n < len(row.cells)]
    return next((without_call(cell) for cell in cells if spoken(cell, row.lines, 1, Scale()) is not None), None)
