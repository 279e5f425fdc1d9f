"""Who is listed to be contacted, and how to reach them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.channels import channels_in, linked
from tocsin.runbook.command.placeholders import is_gap, is_number_to_fill
from tocsin.runbook.contact_rows import in_a_line, listed_in_a_line, named_in_a_row
from tocsin.runbook.contacts.cards import (
    are_gaps,
    describes_one,
    fields_of,
    is_of_no_contact,
    is_vendor,
    lists_several,
    read_card,
    read_named_cards,
    ways_in,
)
from tocsin.runbook.contacts.chapters import is_shared, kind_of_chapter
from tocsin.runbook.contacts.code_blocks import read_code_lines, read_yaml_contacts
from tocsin.runbook.contacts.entry import BRACKET, contact_kind, contact_of, person_named, without_way
from tocsin.runbook.contacts.tables import read_rows
from tocsin.runbook.document.blocks import Fence, Item, ItemList, Quote, Text
from tocsin.runbook.document.boxed import unboxed
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.sections import LABEL_LEVEL, Section, replace_blocks
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.people.calls import without_call
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.escalation.people.ours import is_no_person
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.reasons import is_of_troubles, only_names
from tocsin.runbook.escalation.titles import raw_title
from tocsin.runbook.grammar import any_of, guarded, small_words
from tocsin.runbook.playbook import Contact
from tocsin.runbook.scale import level_name
from tocsin.runbook.trouble import ends_in_failure
from tocsin.runbook.words import normal, vocabulary, words_of


def read_contacts(root: Section) -> tuple[Contact, ...]:
    """Everybody listed to be contacted. A value that is only a placeholder makes the contact unfilled."""
    found: dict[str, Contact] = {}
    named: dict[Section, bool] = {}
    for section in root.walk():
        kind = kind_of_chapter(section, named)
        if kind is None:
            continue
        if kind != "escalation" and any(isinstance(block, Quote) for block in section.blocks):
            section = replace_blocks(section, list(unboxed(section.blocks)))
        if kind == "addressed":
            for contact in _addressed(section):
                found.setdefault(normal(contact.name), contact)
            continue
        for contact in (
            *_contact_items(section, kind),
            *read_rows(section, kind),
            *(read_named_cards(section, kind) or read_card(section, kind)),
            *read_yaml_contacts(section, kind),
            *read_code_lines(section, kind),
        ):
            if is_shared(section) and not _is_person(contact):
                continue  # "Logs: Loki" among the people
            known = found.setdefault(normal(contact.name), contact)
            if known.unfilled and (contact.availability or not contact.unfilled):
                found[normal(contact.name)] = contact  # listed with their duties first, and then with their number
    return tuple(found.values())


def _is_person(contact: Contact) -> bool:
    """Whether an entry names somebody, or can be called."""
    reached = any(one.type in ("phone", "email") for one in contact.channels)
    return reached or any(map(is_somebody, (contact.name, *(one.value for one in contact.channels))))


def _addressed(section: Section) -> Iterator[Contact]:
    """Whoever stands in a list of whom to call with an address behind the name: "**Call the mill lead:** 555 0142"."""
    for block in section.blocks:
        for line in block.inline.by_line if isinstance(block, Text) else ():
            name, value = line.labelled or ("", "")
            by_way = bool(name) and without_way(name) != BRACKET.sub("", name).strip()
            if by_way and (any(channels_in(value)) or is_gap(value) or is_number_to_fill(value)):
                yield contact_of(name, value, line.lines, "escalation", None)
    for item in (item for block in section.blocks if isinstance(block, ItemList) for item in block.items):
        name, value = item.inline.labelled or _dashed(item.inline) or ("", "")
        who = without_call(name)
        reached = is_number_to_fill(value) or any(one.type in ("phone", "email") for one in channels_in(value))
        if reached and is_somebody(who) and len(who.split()) <= 5 and level_name(who) is None:
            yield contact_of(who, value, item.lines, "escalation", item)
    counted = counted_level().match(raw_title(section))
    who = BRACKET.sub(" ", raw_title(section)[counted.end() :]).strip() if counted is not None else ""
    for block in section.blocks if who else ():
        lines = block.body if isinstance(block, Fence) and block.closed and block.info in ("", "text", "txt") else ()
        values = [match["value"] for line in lines if (match := _WAY.match(line)) is not None]
        if any(one.type in ("phone", "email", "slack") for value in values for one in channels_in(value)):
            yield contact_of(who, ", ".join(values), block.lines, "escalation", None)


_WAY = re.compile(r"\s*[^\W\d_][^:：]{0,30}[:：]\s*(?P<value>\S.*)$")
"""A line of the card below "Level 2: Head miller": "Phone: 555 0142"."""


def _contact_items(section: Section, kind: str) -> Iterator[Contact]:
    words = vocabulary()
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    inlines = [item.inline for item in items]
    if is_vendor(section, inlines) or is_of_no_contact(section):
        return
    if describes_one(inlines) and not lists_several(section, inlines):
        return
    troubles = kind == "contacts" and is_of_troubles(inlines)
    for item in items:
        if (nested := _nested_card(item, kind)) is not None:
            yield nested
            continue
        labelled = item.inline.labelled or _dashed(item.inline) or listed_in_a_line(item.inline.text)
        if labelled is None:
            continue
        name, value = labelled
        if words.is_a("not_contact", name, 0.9) or not name or level_name(name) is not None:
            continue
        if words.is_a("do_not_call", name, 0.6) or _is_a_date(name) or _opens_a_list(item, name, value):
            continue
        if (
            words.begins_with("not_contact", value, 1)
            and not any(channels_in(value))
            and not is_gap(value)
            and not is_somebody(f"{name} {value}")
        ):
            continue  # "Logs: dashboard of the cluster" says where to look
        if _is_a_channel(name, value) or _is_a_status_page(item, name, value):
            continue
        if (is_no_person(name) or (kind == "vendors" and ends_in_failure(name))) and not any(channels_in(value)):
            continue  # "After hours: see the rota", "Payment provider down: checkout waits"
        if words.says("unacknowledged", name) and target(name) is not None:
            continue  # "No answer after 10 min: the lead" is a reason to call
        if _is_no_way(name, value) or (words.is_a("contact_detail", name, 0.9) and not any(channels_in(value))):
            continue  # "Service hours: all day" among the addresses is of them all
        entry = contact_of(name, value, item.lines, kind, item)
        yield _called_for(entry, value) if troubles else entry
    if kind == "contacts" or "contact" in normal(section.title.text):
        for block in section.blocks:
            if isinstance(block, Text) and block.inline.lead is None:
                listed = (
                    in_a_line(block.inline)
                    or named_in_a_row(block.inline.text)
                    or _a_line_each(block)
                    or list(_with_a_person(block))
                    or [one for line in block.inline.by_line if (one := _dashed(line))]
                )
                yield from (contact_of(name, value, block.lines, kind, None) for name, value in listed)
    if section.level != LABEL_LEVEL or kind == "contacts":
        for block in section.blocks:
            if isinstance(block, Text) and block.inline.lead is not None:
                for line in block.inline.by_line:
                    if (
                        line.labelled is not None
                        and not words.is_a("not_contact", line.labelled[0], 0.9)
                        and not _is_metadata(line)
                        and not _is_a_channel(*line.labelled)
                        and not is_gap(line.labelled[0])  # "Todo: add the on-call rota"
                        and not _is_of_a_card(line.labelled[0])
                        and not line.labelled[0].endswith(("!", ".", "?"))
                        and not _is_no_way(*line.labelled)
                        and not _is_a_rule(*line.labelled)
                    ):
                        yield contact_of(line.labelled[0], line.labelled[1], line.lines, kind, None)


def _called_for(listed: Contact, value: str) -> Contact:
    """Who is called for a trouble, "Website down: Ada", by the name and not by the trouble."""
    who = only_names(people(BRACKET.sub(" ", value)))
    if len(who) != 1:
        return listed
    ways = tuple(one for one in listed.channels if one.type != "name")
    return replace(listed, name=who[0], channels=ways, kind=contact_kind(who[0], value), purpose=listed.name)


def _opens_a_list(item: Item, name: str, value: str) -> bool:
    """Whether an item is but a title above others that reach nobody: "Responsibilities:" above what one does."""
    below = [one.inline for child in item.children if isinstance(child, ItemList) for one in child.items]
    reach = any(one.labelled or any(channels_in(one.text)) for one in below)
    return bool(below) and not value and not reach and not is_somebody(name)


def _nested_card(item: Item, kind: str) -> Contact | None:
    """An item that names somebody above a list of how to reach them: "Head miller", then "Phone: 555 0142"."""
    name, value = item.inline.labelled or (item.inline.text, "")
    fields = fields_of(block for block in item.children if isinstance(block, ItemList))
    if value or not fields or len(name.split()) > _LONGEST_NAME or level_name(name) is not None:
        return None
    channels = ways_in(fields)
    reached = any(one.type != "name" for one in channels)
    if vocabulary().is_a("not_contact", name, 0.9) or not (describes_one(fields) or (reached and is_somebody(name))):
        return None
    listed = contact_of(name, "", item.lines, kind, item)
    return replace(listed, channels=channels, unfilled=not channels and are_gaps(fields))


_LONGEST_NAME = 6
"""Words."""


def _a_line_each(block: Text) -> list[tuple[str, str]]:
    """The lines of a paragraph of which each gives a number or a mail address behind a name; nothing otherwise."""
    lines = [line.labelled or listed_in_a_line(line.text) or ("", "") for line in block.inline.by_line]
    reached = all(any(one.type in ("phone", "email") for one in channels_in(value)) for _name, value in lines)
    named = all(name and not vocabulary().is_a("contact_field", name, 0.9) for name, _value in lines)
    return lines if len(lines) > 1 and reached and named else []


def _with_a_person(block: Text) -> Iterator[tuple[str, str]]:
    """The lines of a paragraph that say who has a role: "On-call: Ada Stone"."""
    for name, value in filter(None, (line.labelled for line in block.inline.by_line)):
        if is_somebody(name) and len(name.split()) <= _LONGEST_ROLE and person_named(value) is not None:
            yield name, value


_LONGEST_ROLE = 4
"""Words."""


def _is_a_channel(name: str, value: str) -> bool:
    """Whether a line gives a place to talk, "Slack channel: #mill", and nobody who is reached there.

    "Control room: Ada", "Channel manager: @ada" name somebody.
    """
    words = vocabulary()
    if not words.says("channel_word", name) or any(one.type in ("phone", "email") for one in channels_in(value)):
        return False
    return words.is_a("channel_word", name, 0.99) or _BEGINS_WITH_CHANNEL.match(value) is not None


def _is_a_status_page(item: Item, name: str, value: str) -> bool:
    """Whether a line says where the state of something is looked up, "Card provider status: https://…"."""
    ways = tuple(channels_in(value)) or linked(item.inline)
    return (
        bool(ways) and all(one.type == "url" for one in ways) and _status_site().search(name.rstrip(" :")) is not None
    )


@guarded("status_site")
def _status_site() -> str:
    return rf"{any_of('status_site')}$"


_BEGINS_WITH_CHANNEL = re.compile(r"\W*?(?:#[\w-]|https?://)")


def _is_no_way(name: str, value: str) -> bool:
    """Whether a line tells what somebody does, or when: "T+5: is it over?", "**Primary** receives the page"."""
    moment = target(name)
    if moment is not None and moment.text == name.strip():
        return True
    first = next(iter(words_of(value)), "")
    if first not in small_words("acts") or any(one.type in ("phone", "email") for one in channels_in(value)):
        return False
    return not (is_somebody(name) and len(words_of(value)) <= _FEW and _is_in_a_rota(value))


_FEW = 5
"""Words of "check the on-call schedule"."""


def _is_in_a_rota(value: str) -> bool:
    """Whether a value says where it stands who has a role just now: "Check PagerDuty", "See the rota"."""
    said = any(vocabulary().says(name, value) for name in ("schedule_word", "rotation"))
    return said or any(one.type == "pagerduty" for one in channels_in(value)) or "opsgenie" in value.casefold()


def _is_a_rule(name: str, value: str) -> bool:
    """Whether a line in bold gives advice and no address: "**Golden rule:** If in doubt, call."."""
    told = len(words_of(value)) > _LONGEST_DUTY and value.rstrip().endswith((".", "!", "。", "！"))
    return told and not any(channels_in(value)) and not is_somebody(name)


_LONGEST_DUTY = 4
"""Words of what somebody is called for."""


def _is_of_a_card(label: str) -> bool:
    """Whether a label says what follows of somebody named above, "Name", "Phone", and names nobody."""
    return any(vocabulary().column(way, label) >= 0.9 for way in ("person", "phone", "email"))


def _dashed(inline: Inline) -> tuple[str, str] | None:
    """ "Head of systems — N. Campo — 555 0102": a name, then how to reach it."""
    name, dash, value = (*re.split(r"\s+([-–—])\s+", inline.text, maxsplit=1), "", "")[:3]
    reached = dash and (any(channels_in(value)) or is_number_to_fill(value))
    return (name, value) if reached and len(name.split()) <= 6 else None


def _is_a_date(label: str) -> bool:
    """Whether a label says when the list was looked at, "Last updated", or which version it is."""
    return any(vocabulary().is_a(name, label, 0.99) for name in ("last_review", "next_review", "version"))


def _is_metadata(line: Inline) -> bool:
    words = vocabulary()
    key, value = line.labelled or ("", "")
    if any(one.type in ("phone", "email") for one in channels_in(value)):
        return False  # "团队负责人: …" is called, whoever owns the document
    return (
        any(words.is_a(name, key, 0.6) for name in ("last_review", "next_review", "reviewer", "owner", "version"))
        or words.is_a("notify", key, 0.9)
        or words.is_a("remark", key, 0.9)
    )
