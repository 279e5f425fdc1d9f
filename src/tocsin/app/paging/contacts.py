"""Whom the runbook lists to be contacted, as a responder needs it: how to reach them, when, and under which case.

A vendor is outside: nobody is paged there, a person asks them, and what they call the case stays with the incident.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.incident.choices import cite
from tocsin.incident.facts import Citation
from tocsin.incident.incident import Incident
from tocsin.runbook.playbook import Contact, ContactChannel, ContactKind, Playbook

_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[a-zA-Z]{2,}")
_NUMBER = re.compile(r"\+?[\d(][\d ().-]{4,}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A contact of the runbook. ``ways`` are texts as written, each with an address to open ("tel:…") or "".

    ``case`` is the number of the case there; None while nobody has asked them, "" when they have given none yet.
    """

    name: str
    outside: bool
    ways: tuple[tuple[str, str], ...]
    availability: str
    purpose: str
    case: str | None
    cite: Citation | None


def listed_contacts(playbook: Playbook, incident: Incident) -> tuple[Listed, ...]:
    """Vendors first, each also without a way (its place is a gap to see); of the rest those that have one."""
    found = [
        _listed(one, incident) for one in playbook.contacts if one.kind is ContactKind.VENDOR or not _is_blank(one)
    ]
    named = {one.name for one in found}
    found += [
        Listed(name, True, (), "", "", case, None) for name, case in incident.asked_outside.items() if name not in named
    ]
    return tuple(sorted(found, key=lambda one: not one.outside))


def _is_blank(one: Contact) -> bool:
    return one.unfilled or not one.channels


def _listed(one: Contact, incident: Incident) -> Listed:
    return Listed(
        name=one.name,
        outside=one.kind is ContactKind.VENDOR,
        ways=tuple((channel.value, _address(channel)) for channel in one.channels),
        availability=one.availability or "",
        purpose=one.purpose or "",
        case=incident.asked_outside.get(one.name),
        cite=cite(one.lines, one.name),
    )


def _address(channel: ContactChannel) -> str:
    """What a tap opens; "" where the text is no address."""
    value = channel.value.strip()
    if value.startswith(("https://", "http://")):
        return value
    if channel.type == "email" and _MAIL.fullmatch(value):
        return f"mailto:{value}"
    if channel.type == "phone" and _NUMBER.fullmatch(value):
        return "tel:" + re.sub(r"[^\d+]", "", value)
    return ""
