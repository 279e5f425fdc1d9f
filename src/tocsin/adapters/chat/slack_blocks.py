"""Cards in Slack's own form (Block Kit, https://docs.slack.dev/reference/block-kit).

Text comes from monitors, commands and people: it is escaped, never read as markup, and calls nobody (F80).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tocsin.adapters.chat.consent import without_blind_consent
from tocsin.adapters.chat.mentions import unmentioned
from tocsin.app.chat.ports import Button, Card, Line

Block = dict[str, Any]

HEADER, SECTION, LITERAL, LABEL, VALUE = 150, 2900, 2900, 75, 1900
"""Characters that Slack takes in a header, a section, preformatted text, a button's label and its value."""
_HALF = re.compile(r"&[a-z]{0,3}$")
_MEMBER = re.compile(r"[UW][A-Z0-9]+")
ROW = 5
"""Buttons in a row: more than a phone shows side by side."""


def escaped(text: str) -> str:
    """Text that stands in Slack's markup as itself (https://docs.slack.dev/messaging/formatting-message-text).

    >>> escaped("disk <!channel> & co") == "disk &lt;!\u200bchannel&gt; &amp; co"
    True
    """
    return unmentioned(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, most: int) -> str:
    """Escaped text in so many characters, and no half of an escape at its end.

    >>> cut("a &lt;b&gt; c", 10)
    'a &lt;b'
    """
    return text if len(text) <= most else _HALF.sub("", text[:most])


def fallback(card: Card) -> str:
    """The text that a notification shows."""
    return cut(_called(card) + escaped(card.headline), SECTION)


def _called(card: Card) -> str:
    """Those whom it calls, by ids of Slack alone."""
    return "".join(f"<@{one}> " for one in card.calls if _MEMBER.fullmatch(one))


def blocks(card: Card) -> list[Block]:
    """A card as blocks: with lines it is a board with a header, without them a plain message."""
    whole = len(card.literal) <= LITERAL and len(escaped(card.headline)) <= SECTION
    card = without_blind_consent(card, whole=whole, headline=SECTION // 2)
    made: list[Block] = []
    if card.lines:
        made.append({"type": "header", "text": _plain(card.headline, HEADER)})
        made += _sections(card.lines)
    else:
        made.append({"type": "section", "text": _marked(_called(card) + escaped(card.headline))})
    if card.literal:
        shown = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": card.literal[-LITERAL:]}]}
        made.append({"type": "rich_text", "elements": [shown]})
    for at in range(0, len(card.buttons), ROW):
        elements = [_button(one, n) for n, one in enumerate(card.buttons[at : at + ROW])]
        made.append({"type": "actions", "block_id": f"row-{at}", "elements": elements})
    return made


def form(button: Button, channel: str) -> Block:
    """The form of a button that asks something; it comes back with the channel, the button and what that carries."""
    return {
        "type": "modal",
        "callback_id": button.action,
        "private_metadata": f"{channel} {button.value}",
        "title": _plain(button.label, 24),
        "submit": _plain("Send", 24),
        "close": _plain("Cancel", 24),
        "blocks": [
            {
                "type": "input",
                "block_id": "answer",
                "label": _plain(button.asks, 2000),
                "element": _choice(button)
                if button.choices
                else {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": 3000},
            }
        ],
    }


def _choice(button: Button) -> Block:
    options = {value: {"text": _plain(label, LABEL), "value": value} for value, label in button.choices}
    first = {"initial_option": options[button.chosen]} if button.chosen in options else {}
    return {"type": "static_select", "action_id": "text", "options": list(options.values()), **first}


def _sections(lines: Sequence[Line]) -> list[Block]:
    """Lines joined to as few sections as hold them."""
    made: list[str] = [""]
    for line in lines:
        text = (f"*{escaped(line.label)}*  " if line.label else "") + escaped(line.text)
        text = cut(text, SECTION)
        if len(made[-1]) + len(text) + 1 > SECTION:
            made.append("")
        made[-1] += ("\n" if made[-1] else "") + text
    return [{"type": "section", "text": _marked(text)} for text in made]


def _button(button: Button, number: int) -> Block:
    made: Block = {
        "type": "button",
        "action_id": f"{button.action}.{number}",  # Slack wants each of a row to have its own
        "text": _plain(button.label, LABEL),
        "value": (button.value or button.action)[:VALUE],
    }
    if button.style:
        made["style"] = button.style
    if button.url:
        made["url"] = button.url
    if button.confirm:
        made["confirm"] = {
            "title": _plain(button.label, 100),
            "text": _plain(button.confirm, 300),
            "confirm": _plain("Yes", 30),
            "deny": _plain("No", 30),
        }
    return made


def _plain(text: str, most: int) -> Block:
    shown = unmentioned(text)
    return {"type": "plain_text", "text": shown if len(shown) <= most else shown[: most - 1] + "…", "emoji": False}


def _marked(text: str) -> Block:
    # Verbatim: Slack makes no link, channel or person of what only looks like one.
    return {"type": "mrkdwn", "text": cut(text, SECTION) or " ", "verbatim": True}
