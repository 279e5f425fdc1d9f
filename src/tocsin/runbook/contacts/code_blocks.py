"""Contacts in code blocks: a name on each line, a card each, or YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.channels import channels_in
from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.contact_rows import fenced_cards, fenced_columns, fenced_names
from tocsin.runbook.contacts.entry import BRACKET, contact_kind, contact_of
from tocsin.runbook.document.blocks import Fence
from tocsin.runbook.document.plain_yaml import Mapping, Node, Scalar, Sequence, read_yaml
from tocsin.runbook.document.sections import Section
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.playbook import Contact, ContactChannel
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary


def read_code_lines(section: Section, kind: str) -> Iterator[Contact]:
    """The people of a code block with a name and a way to reach it on each line."""
    if kind not in ("contacts", "vendors", "escalation"):
        return
    for block in section.blocks:
        if not isinstance(block, Fence):
            continue
        for name, value, line in fenced_names(block) or fenced_columns(block):
            yield contact_of(name, value, Lines(line, line), kind, None)
        for card in fenced_cards(block, section.title.text) if kind != "escalation" else ():
            channels = tuple(channel for _key, value in card.values for channel in channels_in(value))
            clean = BRACKET.sub("", card.name).strip()
            yield Contact(
                name=clean,
                kind=contact_kind(clean, "", vendor=kind == "vendors"),
                lines=Lines(card.first, card.last),
                channels=channels,
                unfilled=not channels,
            )


_ADDRESSES = ("email", "phone", "slack", "mobile", "pager", "pagerduty", "tel", "telephone", "telegram", "handle")


def read_yaml_contacts(section: Section, kind: str) -> Iterator[Contact]:
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
    if "role" not in said and "name" in said and is_somebody(key):
        said = {**said, "role": Scalar(key, line)}  # "dba:", then "  name: Ada Stone"
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
