"""Who is listed to be contacted, and how to reach them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from tocsin.runbook.channels import channels_in, linked, within
from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.contact_rows import fenced_cards, fenced_names, in_a_line, named_in_a_row
from tocsin.runbook.document.blocks import Fence, Item, ItemList, Row, Table, Text
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.outline import LABEL_LEVEL, Section
from tocsin.runbook.document.plain_yaml import Mapping, Node, Scalar, Sequence, read_yaml
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.calling import without_call
from tocsin.runbook.escalation.chains import counted_level, is_somebody, raw_title
from tocsin.runbook.escalation.prose import spoken
from tocsin.runbook.grammar import any_of, ending, pattern, small_words
from tocsin.runbook.playbook import Contact, ContactChannel, ContactKind, Lines
from tocsin.runbook.scale import Scale, level_name
from tocsin.runbook.words import normal, one_of, vocabulary, words_of

_BRACKET = re.compile(r"[(（]([^()（）]*)[)）]")
_PERSON = re.compile(
    r"^(?P<name>[^\W\d_][\w'’-]+(?:\s+[A-Z]\.)?(?:\s+[^\W\d_][\w'’-]+){1,2})\s*[(（](?P<title>[^()（）]{2,60})[)）]:?$"
)


@pattern
def _hours() -> str:
    """Office hours: "9-5 CET", "9am to 6pm", "07h–19h", "Mon-Fri"."""
    half, zone = rf"\s*(?:am|pm|{ending('oclock')})", r"\s+[A-Z]{2,4}"
    to = rf"\s*(?:-|–|{any_of('until', 'until_hour')})\s*"
    monday = vocabulary().words["monday"]
    days = one_of([*monday.spaced, *vocabulary().words["weekdays"].spaced])
    unspaced = one_of(day for day in (*monday.written, *vocabulary().words["weekdays"].written) if len(day) > 1)
    return (
        rf"\b\d{{1,2}}(?::\d\d)?(?:{half})?{to}\d{{1,2}}(?:(?::\d\d)|{half}|{zone})\b"
        rf"|^(?:{days}(?!\w)|{unspaced})"
    )


_SITE = re.compile(r"(?:[a-z][\w-]*\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
"""The address of a page without its scheme, "status.example.net"."""

_COLUMNS = ("purpose", "phone", "email", "chat", "contact", "person", "availability")
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
_CONTACT_KINDS = ("contacts", "vendors", "oncall")


def read_contacts(root: Section) -> tuple[Contact, ...]:
    """Everybody listed to be contacted. A value that is only a placeholder makes the contact unfilled."""
    found: dict[str, Contact] = {}
    named: dict[Section, bool] = {}
    for section in root.walk():
        kind = _contact_kind(section, named)
        if kind is None:
            continue
        if kind == "addressed":
            for contact in _addressed(section):
                found.setdefault(normal(contact.name), contact)
            continue
        for contact in (
            *_contact_items(section, kind),
            *_contact_rows(section, kind),
            *_contact_block(section, kind),
            *_contact_yaml(section, kind),
            *_contact_lines(section, kind),
        ):
            known = found.setdefault(normal(contact.name), contact)
            if known.unfilled and (contact.availability or not contact.unfilled):
                found[normal(contact.name)] = contact  # listed with their duties first, and then with their number
    return tuple(found.values())


def _addressed(section: Section) -> Iterator[Contact]:
    """Whoever stands in a list of whom to call with an address behind the name: "**Call the mill lead:** 555 0142"."""
    for item in (item for block in section.blocks if isinstance(block, ItemList) for item in block.items):
        name, value = item.inline.labelled or ("", "")
        who = without_call(name)
        reached = any(one.type in ("phone", "email") for one in channels_in(value))
        if reached and is_somebody(who) and len(who.split()) <= 5 and level_name(who) is None:
            yield _contact(who, value, item.lines, "escalation", item)


def _contact_kind(section: Section, named: dict[Section, bool]) -> str | None:
    """contacts, vendors, escalation or addressed when the section lists people to call, else None."""
    for one in section.path():
        kind = one.about
        if kind == "links" and one is section and within(one, ("contacts",)) and _gives_addresses(one):
            return "vendors"  # "External resources" with a number on each line
        if kind in _NO_PEOPLE or (kind == "oncall" and _is_schedule(one)):
            return None
        if kind == "oncall" and not within(one, ("contacts",)):
            if (within(one, ("team",)) and _names_people(one, named)) or _gives_addresses(section):
                return "contacts"
            return None
        if kind == "vendors" and _is_looked_at(one.title.text):
            return None
        if kind in _CONTACT_KINDS:
            return "vendors" if kind == "vendors" else "contacts"
        if kind == "escalation":
            listed = vocabulary().says("contact_word", one.title.text) or any(
                isinstance(block, Table) for block in section.blocks
            )
            return "escalation" if listed or _names_people(one, named) else "addressed"
        if kind == "team" and (_names_people(one, named) or _tabulates_ways(section)):
            return "contacts"
    return "contacts" if _is_card(section) else None


def _is_looked_at(title: str) -> bool:
    """Whether a title is a step to take, "Check external services", and no list of vendors."""
    return vocabulary().says("verify", title) or not small_words("look").isdisjoint(words_of(title)[:1])


def _is_card(section: Section) -> bool:
    """Whether what stands below a heading of any name tells of one person, by two ways to reach that one or more."""
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    labels = [item.inline.labelled[0] for item in items if item.inline.labelled]
    ways = [way for way in ("phone", "email", "chat") for one in labels if vocabulary().column(way, one) >= 0.9]
    return len(set(ways)) > 1 and len(set(ways)) == len(ways) and _describes_one(items)


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
            for item in block.items if isinstance(block, ItemList) else ():
                labelled = item.inline.labelled
                if labelled and (words.is_a("contact_field", labelled[0], 0.9) or _asks_for_a_way(labelled[1])):
                    return True
    return False


def _asks_for_a_way(value: str) -> bool:
    """Whether a value is to be filled in with how to reach somebody: "[Name, contact]", "<phone>"."""
    blank = value.lstrip().startswith(("[", "<", "{", "(")) and is_gap(value)
    return blank and any(vocabulary().says("contact_field", word) for word in re.findall(r"[\w-]+", value))


def _contact_items(section: Section, kind: str) -> Iterator[Contact]:
    words = vocabulary()
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    if _describes_one(items) or _is_vendor(section, items) or _is_of_no_contact(section):
        return
    for item in items:
        labelled = item.inline.labelled or _dashed(item.inline)
        if labelled is None:
            continue
        name, value = labelled
        if words.is_a("not_contact", name, 0.9) or not name or level_name(name) is not None:
            continue
        if (
            words.begins_with("not_contact", value, 1)
            and not any(channels_in(value))
            and not is_somebody(f"{name} {value}")
        ):
            continue  # "Logs: dashboard of the cluster" says where to look
        if words.says("unacknowledged", name) and target(name) is not None:
            continue  # "No answer after 10 min: the lead" is a reason to call
        if _is_no_way(name, value):
            continue
        yield _contact(name, value, item.lines, kind, item)
    if kind == "contacts" or "contact" in normal(section.title.text):
        for block in section.blocks:
            if isinstance(block, Text) and block.inline.lead is None:
                listed = in_a_line(block.inline) or named_in_a_row(block.inline.text)
                yield from (_contact(name, value, block.lines, kind, None) for name, value in listed)
    if section.level != LABEL_LEVEL or kind == "contacts":
        for block in section.blocks:
            if isinstance(block, Text) and block.inline.lead is not None:
                for line in block.inline.by_line:
                    if (
                        line.labelled is not None
                        and not words.is_a("not_contact", line.labelled[0], 0.9)
                        and not _is_metadata(line)
                        and not is_gap(line.labelled[0])  # "Todo: add the on-call rota"
                        and not _is_of_a_card(line.labelled[0])
                        and not line.labelled[0].endswith(("!", ".", "?"))
                        and not _is_no_way(*line.labelled)
                    ):
                        yield _contact(line.labelled[0], line.labelled[1], line.lines, kind, None)


def _is_no_way(name: str, value: str) -> bool:
    """Whether a line tells what somebody does, or when: "T+5: is it over?", "**Primary** receives the page"."""
    moment = target(name)
    if moment is not None and moment.text == name.strip():
        return True
    first = next(iter(words_of(value)), "")
    return first in small_words("acts") and not any(one.type in ("phone", "email") for one in channels_in(value))


def _is_of_a_card(label: str) -> bool:
    """Whether a label says what follows of somebody named above, "Name", "Phone", and names nobody."""
    return any(vocabulary().column(way, label) >= 0.9 for way in ("person", "phone", "email"))


def _is_of_no_contact(section: Section) -> bool:
    """Whether a heading names a way to talk, "Slack": "Phones" is a chapter of contacts all the same."""
    return section.about != "contacts" and vocabulary().is_a("not_contact", section.title.text, 0.9)


def _describes_one(items: list[Item]) -> bool:
    """Whether a list tells of one contact, "Phone: …", "Use for: …", and no list of several."""
    words = vocabulary()
    labels = [item.inline.labelled[0] for item in items if item.inline.labelled]
    ways = sum(words.is_a("contact_field", label, 0.9) for label in labels)
    facts = ("response", "criteria")  # of a level of escalation: "Contact: …", "Response time: …", "Examples: …"
    details = sum(
        words.is_a("contact_detail", label, 0.9) or any(words.column(fact, label) >= 0.9 for fact in facts)
        for label in labels
    )
    return (ways > 0 and ways >= len(items) / 2) or (details > 0 and ways + details >= len(items) * 0.75)


def _dashed(inline: Inline) -> tuple[str, str] | None:
    """ "Head of systems — N. Campo — 555 0102": a name, then how to reach it."""
    name, dash, value = (*re.split(r"\s+([-–—])\s+", inline.text, maxsplit=1), "", "")[:3]
    return (name, value) if dash and len(name.split()) <= 6 and any(channels_in(value)) else None


def _is_metadata(line: Inline) -> bool:
    words = vocabulary()
    key = line.labelled[0] if line.labelled else ""
    return (
        any(words.is_a(name, key, 0.6) for name in ("last_review", "next_review", "reviewer", "owner", "version"))
        or words.is_a("notify", key, 0.9)
        or words.is_a("remark", key, 0.9)
    )


def _contact(name: str, value: str, lines: Lines, kind: str, item: Item | None) -> Contact:
    person = _PERSON.match(value)
    purpose = person["title"] if person else _purpose(value)
    availability = next((said for said in _BRACKET.findall(value) if _says_when(said)), None)
    channels = tuple(channels_in(value)) or (linked(item.inline) if item is not None else ())
    clean = _BRACKET.sub("", name).strip()
    unfilled = not channels and person is None and (is_gap(re.split(r"\s[-–—]\s", value)[0]) or not value)
    return Contact(
        name=clean,
        kind=contact_kind(clean, value, vendor=kind == "vendors", person=person is not None),
        lines=Lines(lines.first, lines.last),
        channels=channels or ((ContactChannel("name", person["name"]),) if person else ()),
        availability=availability,
        purpose=purpose,
        unfilled=unfilled,
    )


def _says_when(text: str) -> bool:
    return vocabulary().says("availability", text) or _hours().search(text) is not None


def _purpose(value: str) -> str | None:
    parts = [part.strip() for part in re.split(r"\s[-–—]\s", value)[1:] if part.strip()]
    return parts[-1] if parts else None


def contact_kind(name: str, value: str, *, vendor: bool = False, person: bool = False) -> ContactKind:
    """What a contact is, by its name and by where it is listed."""
    words = vocabulary()
    if vendor or words.says("vendor", name):
        return ContactKind.VENDOR
    if words.says("rotation", name):
        return ContactKind.ROTATION
    if words.says("team_name", name):
        return ContactKind.TEAM
    return (
        ContactKind.PERSON
        if person and words.severity_order(name) is None and _looks_like_name(name)
        else ContactKind.ROLE
    )


def _looks_like_name(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Z][a-z]+(?: [A-Z][a-z'-]+){1,2}", name))


def _contact_rows(section: Section, kind: str) -> Iterator[Contact]:
    titled = kind == "escalation" and any("contact" in normal(one.title.text).split() for one in section.path())
    for block in section.blocks:
        if not isinstance(block, Table) or not (
            _is_contact_table(block) or _lists_roles(block, section) or _links_firms(block, section)
        ):
            continue
        table = _without_level(block)
        for row in table.rows:
            contact = _row(table, row, kind)
            if contact is None or (titled and level_name(contact.name) is not None):
                continue
            if kind != "escalation" or titled or _has_address(contact):
                yield contact


def _has_address(contact: Contact) -> bool:
    """Whether a row of an escalation table gives more than a name."""
    real = any(channel.type in ("phone", "email", "slack", "url", "pagerduty") for channel in contact.channels)
    return real and level_name(contact.name) is None


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
    return any(words.column(way, head) >= 0.5 for way in ways for head in heads)


def _is_holder(title: str) -> bool:
    """Whether a column names who holds a role: "Primary", "Backup"."""
    return any(vocabulary().is_a(name, title, 0.9) for name in ("primary", "secondary"))


def _links_firms(table: Table, section: Section) -> bool:
    """Whether each row of a table of a chapter of contacts gives one who has an address: "Service | Support link"."""
    titled = vocabulary().says("contact_word", section.title.text)
    if ({"contacts", "vendors"}.isdisjoint(section.abouts) and not titled) or len(table.header) < 2 or not table.rows:
        return False
    if vocabulary().is_a("vendor", table.header[0].text, 0.9):
        return True
    return all(any(any(channels_in(cell.text)) for cell in row.cells[1:]) for row in table.rows)


def _lists_roles(table: Table, section: Section) -> bool:
    """Whether a chapter of contacts lists roles with what each is for and says no way to reach them."""
    words = vocabulary()
    heads = [head.text for head in table.header]
    titled = words.says("contact_word", section.title.text)
    if (section.about != "contacts" and not titled) or len(heads) < 2 or words.column("role", heads[0]) < 0.9:
        return False
    return words.column("purpose", heads[1]) >= 0.5


@lru_cache(maxsize=256)  # every row of a table asks for its titles
def _way_of(title: str) -> str:
    """What a column of this title holds of a person; empty for something else."""
    fits = {way: vocabulary().column(way, title) for way in _COLUMNS}
    if _is_holder(title):
        return "person"
    return max(fits, key=lambda one: fits[one]) if max(fits.values()) >= 0.5 else ""


def _row(table: Table, row: Row, kind: str) -> Contact | None:
    words = vocabulary()
    if not row.cells or not row.cells[0].text:
        return None
    channels: list[ContactChannel] = []
    availability = purpose = None
    vendor = kind == "vendors" or words.is_a("vendor", table.header[0].text, 0.6)
    for head, cell in list(zip(table.header, row.cells, strict=False))[1:]:
        text = cell.text
        if not text or is_gap(text) or text == "#":
            continue
        found = list(channels_in(text)) or list(linked(cell))
        way = _way_of(head.text)
        if found and way != "person":
            channels += found
        elif way == "person" and not words.is_a("not_contact", text, 0.9):
            if not words.says("see", text):
                channels.append(ContactChannel("name", text))
        elif way in ("phone", "email", "chat", "contact"):
            kept = {"chat": "slack", "contact": "other", "email": "email" if "@" in text else "other"}
            channels.append(ContactChannel("url" if _SITE.fullmatch(text) else kept.get(way, way), text))
        elif way == "availability" or (not way and _says_when(text)):
            availability = text
        elif way == "purpose" or purpose is None:
            purpose = text
    name = row.cells[0].text
    if words.column("situation", table.header[0].text) >= 0.9:
        named = next((one for one in channels if one.type == "other" and is_somebody(one.value)), None)
        if (called := _called_in(table, row)) is not None:
            name = called
        elif named is not None:
            name = named.value  # "Ovens out | Bakery team"
            channels.remove(named)
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


def _called_in(table: Table, row: Row) -> str | None:
    """Whom a row calls about something, "Ovens out | Call the baker | 555 0142"; None where no cell calls anybody."""
    words = vocabulary()
    acts = [n for n, head in enumerate(table.header) if n and words.column("remedy", head.text) >= 0.9]
    cells = [row.cells[n].text for n in acts if n < len(row.cells)]
    return next((without_call(cell) for cell in cells if spoken(cell, row.lines, 1, Scale()) is not None), None)


def _contact_block(section: Section, kind: str) -> Iterator[Contact]:
    """A heading per contact with "Name:", "Phone:", "Email:" below it."""
    words = vocabulary()
    if section.about == "contacts" and section.level != LABEL_LEVEL and "primary" not in normal(section.title.text):
        return
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    fields = [lab for item in items if (lab := item.inline.labelled) and words.is_a("contact_field", lab[0], 0.9)]
    if _is_vendor(section, items):
        fields = [lab for item in items if (lab := item.inline.labelled)]
    elif not _describes_one(items) or _is_of_no_contact(section):
        return
    if not fields:
        return
    holder = next((lab for item in items if (lab := item.inline.labelled) and _holds_card(lab)), None)
    told = fields if holder is None or holder in fields else [holder, *fields]
    channels = tuple(channel for _key, value in told for channel in channels_in(value))
    if kind == "escalation" and not channels:
        return
    name = section.title.text
    if section.level == LABEL_LEVEL and section.parent is not None and vocabulary().says("contact_word", name):
        name = section.parent.title.text  # "Contact methods:" below the name
    if (level := counted_level().match(raw_title(section))) is not None:
        behind = raw_title(section)[level.end() :].strip(" :：()（）")
        name = behind or name
    name = holder[0] if holder is not None else name
    yield Contact(
        name=name,
        kind=contact_kind(name, "", vendor=kind == "vendors"),
        lines=section.lines,
        channels=channels,
        unfilled=not channels and all(is_gap(value) for _key, value in fields),
    )


def _holds_card(labelled: tuple[str, str]) -> bool:
    """Whether one line of a card names whom it is of, with an address: "Ops team: ops@mill.example"."""
    name, value = labelled
    words = vocabulary()
    if words.is_a("contact_field", name, 0.9) or words.is_a("contact_detail", name, 0.9):
        return False
    return is_somebody(name) and any(channels_in(value))


def _is_vendor(section: Section, items: list[Item]) -> bool:
    """Whether a heading below the vendors is one of them, and what is listed below it are ways to reach it."""
    above = section.parent
    if above is None or above.about != "vendors" or section.level == LABEL_LEVEL or section.about in _CONTACT_KINDS:
        return False
    values = [lab[1] for item in items if (lab := item.inline.labelled)]
    return bool(values) and len(values) == len(items) and any(any(channels_in(value)) for value in values)


def _contact_lines(section: Section, kind: str) -> Iterator[Contact]:
    """The people of a code block with a name and a way to reach it on each line."""
    if kind not in ("contacts", "vendors", "escalation"):
        return
    for block in section.blocks:
        if not isinstance(block, Fence):
            continue
        for name, value, line in fenced_names(block):
            yield _contact(name, value, Lines(line, line), kind, None)
        for card in fenced_cards(block, section.title.text) if kind != "escalation" else ():
            channels = tuple(channel for _key, value in card.values for channel in channels_in(value))
            clean = _BRACKET.sub("", card.name).strip()
            yield Contact(
                name=clean,
                kind=contact_kind(clean, "", vendor=kind == "vendors"),
                lines=Lines(card.first, card.last),
                channels=channels,
                unfilled=not channels,
            )


_ADDRESSES = ("email", "phone", "slack", "mobile", "pager", "pagerduty", "tel", "telephone", "telegram", "handle")


def _contact_yaml(section: Section, kind: str) -> Iterator[Contact]:
    """The people of a YAML block: every mapping that holds an address, by its name, its role, or its key."""
    for block in section.blocks:
        if isinstance(block, Fence) and block.closed and block.info in ("yaml", "yml"):
            root = read_yaml(block.body, block.first)
            if root is not None:
                yield from _in_yaml(root, "", kind)


def _in_yaml(node: Node, key: str, kind: str) -> Iterator[Contact]:
    match node:
        case Sequence():
            for item in node.items:
                if isinstance(item, Scalar) and kind != "escalation" and _is_name(item.text):
                    yield Contact(
                        name=item.text,
                        kind=contact_kind(item.text, "", vendor=kind == "vendors"),
                        lines=Lines(item.line, item.line),
                        unfilled=True,
                    )
                yield from _in_yaml(item, key, kind)
        case Mapping():
            said = {name.casefold(): one for name, one in node.values.items() if isinstance(one, Scalar)}
            given = [said[name] for name in _ADDRESSES if name in said]
            if given:
                yield _from_yaml(said, given, key, node.line, kind)
                return
            for name, value in node.values.items():
                yield from _in_yaml(value, name, kind)
        case _:
            pass


def _is_name(text: str) -> bool:
    """Whether an item of a YAML list may be who is called: a few words, no sentence and no address."""
    short = 0 < len(text.split()) <= 4 and not is_gap(text) and not vocabulary().is_a("not_contact", text, 0.9)
    return short and not re.search(r"[@#:/.,;!?\d]", text)


def _from_yaml(said: dict[str, Scalar], given: list[Scalar], key: str, line: int, kind: str) -> Contact:
    names = [said[one].text for one in ("role", "name", "team") if one in said and not is_gap(said[one].text)]
    channels = tuple(channel for one in given if not is_gap(one.text) for channel in channels_in(one.text))
    person = said["name"].text if "name" in said and "role" in said and not is_gap(said["name"].text) else None
    name = names[0] if names else key
    return Contact(
        name=name,
        kind=contact_kind(name, "", vendor=kind == "vendors"),
        lines=Lines(line, max(line, *(one.line for one in said.values()))),
        channels=(ContactChannel("name", person), *channels) if person else channels,
        availability=said["availability"].text if "availability" in said else None,
        unfilled=not channels,
    )
