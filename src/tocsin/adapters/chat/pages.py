"""A page as a card, for the chats that page by a direct message."""

from __future__ import annotations

from tocsin.app.chat.ports import Button, Card, Line
from tocsin.app.ports import PageMessage, Withdrawal


def page_card(message: PageMessage, *, hears: bool) -> Card:
    """The page as a card: what, by when, why, and what can be pressed. The digits are those of every other way."""
    lines = (Line("Due", message.due), Line("", message.text)) if message.due else (Line("", message.text),)
    answers = tuple(_button(digit, label, message.key) for digit, label in message.buttons)
    page = Button("open", "Open the page", url=message.link)
    return Card(message.headline, lines, buttons=(*(answers if hears else ()), page))


def over_card(over: Withdrawal) -> Card:
    """What stands in the page's place when nobody needs it any more: why, and no button that acts."""
    return Card(over.headline, (Line("", over.says),), buttons=(Button("open", "Open the page", url=over.link),))


def _button(digit: str, label: str, page: str) -> Button:
    if digit == "9":
        return Button("page-9", label, page, "danger", "Page the next level of the runbook now?")
    return Button(f"page-{digit}", label, page, "primary")
