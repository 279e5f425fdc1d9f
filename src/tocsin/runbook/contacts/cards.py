"""What is listed of one contact below a heading: "Phone: …", "Email: …"."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from tocsin.runbook.channels import channels_in, linked
from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.contacts.entry import contact_kind
from tocsin.runbook.document.blocks import Block, ItemList, Text
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.titles import raw_title
from tocsin.runbook.playbook import Contact, ContactChannel
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import normal, vocabulary

CONTACT_KINDS = ("contacts", "vendors", "oncall")


def is_card(section: Section) -> bool:
    """Whether what stands below a heading of any name tells of one person, by two ways to reach that one or more."""
    items = fields_of(block for block in section.blocks if isinstance(block, ItemList))
    labels = [item.labelled[0] for item in items if item.labelled]
    ways = [way for way in ("phone", "email", "chat") for one in labels if vocabulary().column(way, one) >= 0.9]
    return len(set(ways)) > 1 and len(set(ways)) == len(ways) and describes_one(items)


def is_of_no_contact(section: Section) -> bool:
    """Whether a heading names a way to talk, "Slack": "Phones" is a chapter of contacts all the same."""
    return section.about != "contacts" and vocabulary().is_a("not_contact", section.title.text, 0.9)


def fields_of(blocks: Iterable[Block]) -> list[Inline]:
    """The items of the lists among these blocks; where there is no list, the lines of the paragraphs."""
    blocks = list(blocks)
    items = [item.inline for block in blocks if isinstance(block, ItemList) for item in block.items]
    return items or [line for block in blocks if isinstance(block, Text) for line in block.inline.by_line]


def ways_in(fields: Iterable[Inline]) -> tuple[ContactChannel, ...]:
    """Who somebody is just now and how to reach them, by the fields of a card: "Name: Ada Stone", "Phone: 555 0142"."""
    found: list[ContactChannel] = []
    for field in fields:
        label, value = field.labelled or ("", field.text)
        channels = tuple(channels_in(value)) or linked(field)
        if label and not channels and vocabulary().column("person", label) >= 0.9 and value and not is_gap(value):
            channels = (ContactChannel("name", value),)
        found += channels
    return tuple(found)


def describes_one(items: Sequence[Inline]) -> bool:
    """Whether a list tells of one contact, "Phone: …", "Use for: …", and no list of several."""
    words = vocabulary()
    labels = [item.labelled[0] for item in items if item.labelled]
    ways = sum(words.is_a("contact_field", label, 0.9) for label in labels)
    facts = ("response", "criteria")  # of a level of escalation: "Contact: …", "Response time: …", "Examples: …"
    details = sum(
        words.is_a("contact_detail", label, 0.9) or any(words.column(fact, label) >= 0.9 for fact in facts)
        for label in labels
    )
    return (ways > 0 and ways >= len(items) / 2) or (details > 0 and ways + details >= len(items) * 0.75)


def lists_several(section: Section, items: Sequence[Inline]) -> bool:
    """Whether a chapter of contacts names somebody with an address beside channels and pages: "On-call: ops@…",
    "Slack: #mill"."""
    held = any(_holds_card(labelled) for item in items if (labelled := item.labelled))
    return held and section.about == "contacts" and section.level != LABEL_LEVEL


def read_card(section: Section, kind: str) -> Iterator[Contact]:
    """A heading per contact with "Name:", "Phone:", "Email:" below it."""
    words = vocabulary()
    if section.about == "contacts" and section.level != LABEL_LEVEL and "primary" not in normal(section.title.text):
        return
    items = fields_of(section.blocks)
    fields = [one for one in items if one.labelled and words.is_a("contact_field", one.labelled[0], 0.9)]
    if is_vendor(section, items):
        fields = [one for one in items if one.labelled]
    elif not describes_one(items) or is_of_no_contact(section):
        return
    if not fields:
        return
    holding = next((one for one in items if one.labelled and _holds_card(one.labelled)), None)
    holder = holding.labelled if holding is not None else None
    channels = ways_in(fields if holding is None or holding in fields else [holding, *fields])
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
        unfilled=not channels and are_gaps(fields),
    )


def are_gaps(fields: Iterable[Inline]) -> bool:
    """Whether every field is still to be filled in."""
    return all(is_gap(one.labelled[1] if one.labelled else one.text) for one in fields)


def read_named_cards(section: Section, kind: str) -> list[Contact]:
    """Names in bold, several in one chapter, each above a list of ways to reach it: "**Head miller** (flour)"."""
    found: list[Contact] = []
    for above, below in itertools.pairwise(section.blocks):
        if not isinstance(above, Text) or above.inline.lead is None or not isinstance(below, ItemList):
            continue
        name, items = above.inline.lead.strip(" :：()"), fields_of([below])
        fields = [one for one in items if one.labelled]
        if len(fields) < 2 or len(name.split()) > _LONGEST_NAME or not is_somebody(name) or not describes_one(items):
            continue
        channels = ways_in(fields)
        lines = Lines(above.lines.first, below.lines.last)
        unfilled = not channels and are_gaps(fields)
        by = contact_kind(name, "", vendor=kind == "vendors")
        found.append(Contact(name=name, kind=by, lines=lines, channels=channels, unfilled=unfilled))
    return found


_LONGEST_NAME = 5


def _holds_card(labelled: tuple[str, str]) -> bool:
    """Whether one line of a card names whom it is of, with an address: "Ops team: ops@mill.example"."""
    name, value = labelled
    words = vocabulary()
    if words.is_a("contact_field", name, 0.9) or words.is_a("contact_detail", name, 0.9):
        return False
    return is_somebody(name) and any(channels_in(value))


def is_vendor(section: Section, items: Sequence[Inline]) -> bool:
    """Whether a heading below the vendors is one of them, and what is listed below it are ways to reach it."""
    above = section.parent
    if above is None or above.about != "vendors" or section.level == LABEL_LEVEL or section.about in CONTACT_KINDS:
        return False
    values = [lab[1] for item in items if (lab := item.labelled)]
    return bool(values) and len(values) == len(items) and any(any(channels_in(value)) for value in values)
