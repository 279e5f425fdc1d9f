"""One contact from a name and from what stands behind it."""

from __future__ import annotations

import re

from tocsin.runbook.channels import channels_in, linked
from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Item
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.escalation.people.ours import is_name
from tocsin.runbook.grammar import any_of, ending, pattern, small_words
from tocsin.runbook.playbook import Contact, ContactChannel, ContactKind
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import one_of, vocabulary, words_of

BRACKET = re.compile(r"[(（]([^()（）]*)[)）]")
_PERSON = re.compile(
    r"^(?P<name>[^\W\d_][\w'’-]+(?:\s+[A-Z]\.)?(?:\s+[^\W\d_][\w'’-]+){1,2})\s*[(（](?P<title>[^()（）]{2,60})[)）]:?$"
)


_SITE = re.compile(r"(?:[a-z][\w-]{0,60}\.){1,4}[a-z]{2,12}/[\w./-]+", re.IGNORECASE)
"""A page without its scheme, "cards.example/support"; a path makes it one, and no machine."""


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


def contact_of(name: str, value: str, lines: Lines, kind: str, item: Item | None) -> Contact:
    """The contact of a line "name: value"; ``item`` where it is one, for a link in it. ``kind``: of its chapter."""
    person = _PERSON.match(value)
    purpose = person["title"] if person else _purpose(value)
    availability = next((said for said in BRACKET.findall(value) if says_when(said)), None)
    channels = tuple(channels_in(value)) or (linked(item.inline) if item is not None else ())
    if not channels and "/" in value and _SITE.fullmatch(value.strip()):
        channels = (ContactChannel("url", value.strip()),)
    who = person["name"] if person else person_named(value) if kind != "vendors" else None
    if who is not None:
        channels = (*channels, ContactChannel("name", who))  # "On-call: Ada Stone, +44 …": whoever it is just now
    clean = without_way(name)
    unfilled = not channels and person is None and (is_gap(re.split(r"\s[-–—]\s", value)[0]) or not value)
    return Contact(
        name=clean,
        kind=contact_kind(clean, value, vendor=kind == "vendors", person=person is not None),
        lines=Lines(lines.first, lines.last),
        channels=channels,
        availability=availability,
        purpose=purpose,
        unfilled=unfilled,
    )


def without_way(name: str) -> str:
    """Who is meant by a label that begins with how they are reached: "WhatsApp Ada", "Phone Ada Stone"."""
    clean = BRACKET.sub("", name).strip()
    inside = BRACKET.search(name)
    if inside is not None and _is_way(clean) and _is_person(inside[1]):
        return inside[1].strip()
    first, _blank, rest = clean.partition(" ")
    served = first.casefold() in _SERVICES or (_is_way(first) and len(rest.split()) > 1)  # "Hotline Kartenterminal"
    return rest.strip() if served and _is_person(rest) else clean


def _is_way(word: str) -> bool:
    column = vocabulary().column
    return word.casefold() in _SERVICES or any(column(way, word) >= 0.99 for way in ("phone", "email", "chat"))


def _is_person(text: str) -> bool:
    """Whether a text is a name and no role: "Phone support" is who answers there."""
    return is_name(text.strip()) and not is_somebody(text)


_SERVICES = frozenset(["whatsapp", "telegram", "signal", "sms", "wechat", "viber", "skype"])
"""Services by which somebody is reached, called alike in every language."""


def person_named(value: str) -> str | None:
    """The person that a value begins with, "Ada Stone, 555 0142": two names or three, none of them a role's."""
    match = _NAMED.match(value)
    if match is None or is_somebody(match["who"]) or is_gap(match["who"]):
        return None
    looked_up = not small_words("look", "acts").isdisjoint(words_of(match["who"])[:1])  # "See Grafana"
    return None if looked_up else match["who"]


_NAMED = re.compile(r"(?P<who>[A-Z\u00c0-\u00de][\w'’-]+(?:\s[A-Z\u00c0-\u00de][\w'’-]+){1,2})\s*(?:$|[,;(<–—-])")


def says_when(text: str) -> bool:
    """Whether a text says when somebody can be reached: "24/7", "9-5 CET"."""
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
