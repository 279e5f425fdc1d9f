"""The channels that stand open, and the addresses in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import ItemList
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.sections import Section
from tocsin.runbook.grammar import BRACKET, any_of, pattern
from tocsin.runbook.playbook import Channel, ContactChannel
from tocsin.runbook.words import normal, vocabulary, words_of

_PHONE = re.compile(r"(?<![\w.])\+?(?:\(\d{1,5}\)[\s.-]?)?\d(?:[\s.-]?(?:\d|\(\d+\))){5,16}(?![\w/]|[\s.-]?[xX]{2})")
_NO_PHONE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:19|20)\d\d)(?!\d)"
    r"|^(?!(?:\d\d\.){3}\d\d$)\d{1,3}(?:\.\d{1,3}){3}$"
)
"""A day of the calendar, or the address of a machine: digits that nobody calls."""
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"(?<![\w.])@[\w.-]{2,}")
_ROOM = re.compile(r"(?<![\w/])#[a-zA-Z][\w-]+")
_URL = re.compile(r"https?://[^\s)>\]]+")
_DIGIT = re.compile(r"\d")
_ADDRESSES = (
    ("url", "://", _URL),
    ("email", "@", _EMAIL),
    ("phone", "", _PHONE),
    ("slack", "#", _ROOM),
    ("slack", "@", _HANDLE),
)
"""Each sort with a sign that all of its addresses have, which is looked for first, and how they are written."""


def channels_in(text: str) -> Iterator[ContactChannel]:
    """The addresses in a text, each with its sort."""
    rest = text
    for name, sign, written in _ADDRESSES:
        if sign not in rest:
            continue
        for match in written.finditer(rest):
            if name != "phone" or not _NO_PHONE.search(match[0].strip()):
                yield ContactChannel(name, match[0].strip().rstrip(".,;、。，；"))
        rest = written.sub(" ", rest)
    if _DIGIT.search(rest):
        yield from (ContactChannel("phone", match[0].strip()) for match in _extension().finditer(rest))
    if re.search(r"\bpager\s?duty\b", rest, re.IGNORECASE) and not is_gap(text):
        yield ContactChannel("pagerduty", text.strip())


@pattern
def _extension() -> str:
    """A telephone in the house: "ext. 2001", "ramal 214", "доб. 31"."""
    return rf"{any_of('extension')}\.?\s*[:：]?\s*\d{{2,6}}(?=\s*(?:[^\w\s/]|$))"


def linked(inline: Inline) -> tuple[ContactChannel, ...]:
    """The addresses that a text links to: "[Support](https://ovens.example/help)", "[mail](mailto:a@mill.example)"."""
    targets = (re.sub(r"^(?:mailto|tel):", "", run.href or "") for run in inline.links)
    return tuple(channel for target in targets for channel in channels_in(target))


def within(section: Section, kinds: tuple[str, ...]) -> bool:
    """Whether a section stands in a chapter of one of these kinds."""
    return not set(section.abouts).isdisjoint(kinds)


_SORTS = ("status page", "pagerduty", "opsgenie", "slack", "teams", "discord", "email", "e mail", "sms", "phone")


def _sort(text: str) -> str | None:
    """The sort of channel that a short text begins with: "Email notifications", "PagerDuty (for critical)"."""
    said = normal(text)
    sort = next((one for one in _SORTS if said.startswith(normal(one))), None)
    return None if sort is None else {"e mail": "email"}.get(sort, sort.replace(" ", "_"))


def _is_place(text: str) -> bool:
    """Whether a value says where to write or to look, and not when or what: no "Status page: updated immediately"."""
    return is_gap(text) or "." in text.rstrip(".") or any(channels_in(text))


def _says_where(text: str, value: str) -> bool:
    """Whether a value behind a label says something, or is still to be filled in: "**Release notes** (if needed)" is
    a name alone."""
    return bool(BRACKET.sub(" ", value).strip()) or text.rstrip().endswith((":", "："))


_TALKING = frozenset(["channels", "communication", "contacts", "phase:communication"])


def read_channels(root: Section, everything: Iterable[Leaf] = ()) -> tuple[Channel, ...]:
    """The channels that stand open: lists of channels, rooms of communication chapters, and those named elsewhere."""
    found: dict[str, Channel] = {}
    words = vocabulary()
    for section in root.walk():
        if _TALKING.isdisjoint(section.abouts) or within(section, ("templates", "postmortem_template")):
            continue
        listed = within(section, ("channels",))
        talks = (
            listed
            or within(section, ("communication", "contacts"))
            or (within(section, ("links",)) and section.about == "communication")
        )
        for block in section.blocks if talks or "phase:communication" in section.abouts else ():
            for item in block.items if isinstance(block, ItemList) else ():
                labelled = item.inline.labelled
                kind = _sort(item.inline.text) if within(section, ("links",)) and labelled is None else None
                if kind is not None and not _ROOM.search(item.inline.text):
                    found.setdefault(f"{kind}:{item.inline.text}", Channel(item.inline.text, kind, item.lines))
                for room in _ROOM.findall(item.inline.text):
                    if "{" not in item.inline.text and "YYYY" not in room:
                        found.setdefault(room, Channel(room, "slack", item.lines))
                if (
                    labelled
                    and (listed or words.is_a("not_contact", labelled[0], 0.9))
                    and not _ROOM.search(labelled[1])
                    and (listed or _is_place(labelled[1]))
                    and _says_where(item.inline.text, labelled[1])
                ):
                    kind = normal(labelled[0]).strip().replace(" ", "_")
                    found.setdefault(
                        f"{kind}:{labelled[1]}", Channel(labelled[1], kind, item.lines, is_gap(labelled[1]))
                    )
    for leaf in everything:
        if "#" in leaf.text and leaf.form != "heading":
            for room in _rooms_named(leaf):
                found.setdefault(room, Channel(room, _app(leaf.text), leaf.inline.lines, in_passing=True))
    return tuple(found.values())


def _rooms_named(leaf: Leaf) -> Iterator[str]:
    """The rooms that a text anywhere else names: "Post in #mill", "Discord `#ovens`"; no tags and no colours.

    A room that is opened for one incident, and named only then, is a pattern and stands apart.
    """
    text = leaf.text[:_LONGEST]
    codes = {run.text.strip() for run in leaf.inline.codes}
    said = vocabulary().says
    talks = leaf.form == "cell" or said("channel_word", text) or said("notify", text)
    for match in _ROOM_NAMED.finditer(text):
        room = match[0]
        if (talks or room in codes or match.start() == 0) and not (
            _COLOUR.fullmatch(room) or _TO_BE_NAMED.search(room)
        ):
            yield room


_ROOM_NAMED = re.compile(r"(?<![\w/#&='\"\[-])#[a-zA-Z](?:[\w-]{0,78}\w)(?![\w/]|-?[<{\[-])")
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
_TO_BE_NAMED = re.compile(r"[YAJ]{4}|N{2}|X{3}")
_LONGEST = 5_000


def _app(text: str) -> str:
    """The app that a text names beside a room: most write of Slack, and many name none."""
    words = set(words_of(text))
    return next((app for app in _APPS if app in words), "slack")


_APPS = ("slack", "discord", "teams", "mattermost", "zulip")
