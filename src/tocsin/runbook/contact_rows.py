"""Several people in one paragraph or in one code block, each with a way to reach them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tocsin.runbook.channels import channels_in
from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Fence
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.words import vocabulary


def named_in_a_row(text: str) -> list[tuple[str, str]]:
    """(name, way to reach it) of "Primary: Ada (555-0142), Secondary: Ben": nothing unless there is a primary,
    or a number or a mail address for each."""
    pieces = [piece.partition(":") for piece in _NEXT_NAME.split(text.replace("：", ":"))]
    named = [(name.strip(" *_"), value.strip(" *_.")) for name, colon, value in pieces if colon and value.strip()]
    words = vocabulary()
    if len(named) != len(pieces) or len(named) < 2:
        return []
    reached = all(any(one.type in ("phone", "email") for one in channels_in(value)) for _name, value in named)
    if any(words.is_a("contact_field", name, 0.9) for name, _value in named) and not words.says("primary", named[0][0]):
        return []  # the card of one contact
    short = all(len(name.split()) <= 4 for name, _value in named)
    return named if short and (reached or words.says("primary", named[0][0])) else []


_NEXT_NAME = re.compile(r"\s*[,;|·/，；]\s*(?=[^\W\d_][^:：,;|·]{0,30}[:：]\s)")
"""Before the next name of a row of them."""


def in_a_line(inline: Inline) -> list[tuple[str, str]]:
    """ "Planner 555-0142 · Carrier 555-0170": names with a number behind each; nothing unless every piece is one."""
    pieces = [piece.strip() for piece in re.split(r"\s+[·•|]\s+|;\s+|\n", inline.text) if piece.strip()]
    told = [(one[1], one[2]) for one in _TOLD.finditer(inline.text) if any(channels_in(one[2]))]
    if told:
        return told
    named = [match for piece in pieces if (match := _NUMBERED.match(piece)) and any(channels_in(match["value"]))]
    return [(one["name"].strip(" :：,–—-"), one["value"]) for one in named] if len(named) == len(pieces) > 1 else []


def listed_in_a_line(text: str) -> tuple[str, str] | None:
    """Who is named on a line that has no label, and what follows: "Ada Stone, head miller, 555 0142", "DBA | 555 0107".

    One of the pieces behind the name is a number, a mail address or a handle and nothing else.
    """
    name, *others = (piece.strip() for piece in _BESIDE.split(text))
    if not name or len(name.split()) > 6 or any(channels_in(name)) or is_gap(name):
        return None
    words = vocabulary()
    if any(words.is_a(kind, name, 0.9) for kind in ("contact_field", "not_contact")):
        return None  # "Contract number, …"
    alone = any(map(_is_an_address, others))
    return (name, ", ".join(others)) if alone else None


def _is_an_address(piece: str) -> bool:
    ways = list(channels_in(piece))
    return len(ways) == 1 and ways[0].value == piece and ways[0].type != "url"


_BESIDE = re.compile(r"\s*[,;|，；、｜]\s*|\s+[-–—]+\s+|\t+")


_TOLD = re.compile(r"\b([A-Z\u00c0-\u00de][\w'’-]+(?:\s[A-Z\u00c0-\u00de][\w'’-]+){0,2})\s*[(（]([^()（）]{5,40})[)）]")
"""A name with a number behind it in a sentence: "Ilse (555-0120) knows Postfix"."""
_NUMBERED = re.compile(r"^(?P<name>[^\d+@]{2,48}?)[\s:：,–—-]+(?P<value>[+\d(].*)$")


_NAMED_LINE = re.compile(
    r"^\s*(?:[-*•]\s+)?(?:[^\w\s<>\[({|/#@\"'`-]+\s*)?(?P<name>[^\W\d_][^:：]{1,40}?)\s*[:：]\s+(?P<value>\S.*)$"
)


def fenced_names(block: Fence) -> list[tuple[str, str, int]]:
    """(name, way to reach it, line) of a code block that lists people: "DBA: <phone>"; nothing unless most lines do."""
    if not block.closed or block.info not in ("", "text", "txt", "yaml", "yml"):
        return []
    lines = [(n, match) for n, line in enumerate(block.body, block.first) if (match := _NAMED_LINE.match(line))]
    named = [
        (one["name"].strip(), one["value"].strip(), n)
        for n, one in lines
        if is_gap(one["value"]) or any(channels_in(one["value"]))
    ]
    words = vocabulary()
    elsewhere = [one for one in named if words.is_a("not_contact", one[0], 0.9) or one[1].startswith("#")]
    named = [one for one in named if one not in elsewhere]  # without "Slack channel: #mill"
    if any(words.is_a("contact_field", name, 0.9) for name, _value, _n in named):
        return []  # the card of one contact
    if _is_card([name for name, _value, _n in named]):
        return []  # the same: "Support phone", "Account number"
    return named if len(named) > 1 and len(named) >= (len(lines) - len(elsewhere)) / 2 else []


def fenced_columns(block: Fence) -> list[tuple[str, str, int]]:
    """The same of a block in columns, "Head miller    Ada Stone    555 0142"; nothing unless most lines are so."""
    if not block.closed or block.info not in ("", "text", "txt"):
        return []
    lines = [(n, re.sub(r"\s{2,}", " | ", line.strip())) for n, line in enumerate(block.body, block.first)]
    told = [(*row, n) for n, line in lines if (row := listed_in_a_line(line)) is not None]
    return told if len(told) > 1 and len(told) > sum(bool(line) for _n, line in lines) / 2 else []


def _is_card(labels: list[str]) -> bool:
    """Whether a good part of some labels tells of one contact: "Support phone", "Email", "Contract number"."""
    words = vocabulary()
    details = [label for label in labels if words.says("contact_detail", label)]
    others = [label for label in labels if label not in details]
    ways = [[label for label in others if words.column(way, label) >= 0.5] for way in ("phone", "email")]
    told = len(details) + sum(map(len, ways))
    return all(len(one) < 2 for one in ways) and told >= max(2, len(labels) * 0.4)


@dataclass(slots=True)
class Card:
    """A name in a code block with what is said of it below, from the line ``first`` to ``last``."""

    name: str
    first: int
    last: int
    values: list[tuple[str, str]] = field(default_factory=list)
    own: list[str] = field(default_factory=list)  # the labels that nothing is set in


def fenced_cards(block: Fence, title: str) -> list[Card]:
    """The cards of a code block: "Miller:" above "  Phone: 555 0142", or one without a name, which ``title`` names.

    Nothing where some line is neither, or where a card says no way to reach anybody.
    """
    if not block.closed or block.info not in ("", "text", "txt", "yaml", "yml"):
        return []
    cards: list[Card] = []
    for n, line in enumerate(block.body, block.first):
        if not line.strip():
            continue
        match = _FIELD.match(line)
        if match is None:
            return []
        if not match["value"] and not match["indent"]:
            cards.append(Card(match["name"].strip(), n, n))
        elif match["value"] and (match["indent"] or not cards or cards[-1].name == title):
            if not cards:
                cards.append(Card(title, n, n))
            cards[-1].values.append((match["name"].strip(), match["value"].strip()))
            cards[-1].own += [match["name"].strip()] if not match["indent"] else []
            cards[-1].last = n
        elif match["value"] and not any(channels_in(match["value"])):
            return []
    named = [card for card in cards if card.values]
    several = len(named) > 1 or (len(named) == 1 and named[0].name == title and _is_card(named[0].own))
    return named if several and all(map(_tells_a_way, named)) else []


def _tells_a_way(card: Card) -> bool:
    """Whether a card has an address, or a place for one."""
    words = vocabulary()
    return any(
        any(channels_in(value))
        or (is_gap(value) and max(words.column("phone", key), words.column("email", key)) >= 0.5)
        for key, value in card.values
    )


_FIELD = re.compile(r"^(?P<indent>\s*)(?P<name>[^\W\d_][^:：]{0,60}?)\s*[:：](?:\s+(?P<value>\S.*)|\s*)$")
