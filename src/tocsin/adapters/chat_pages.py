"""A page as a card, for the chats that page by a direct message."""

from __future__ import annotations

from tocsin.app.chat_ports import Button, Card, Line
from tocsin.app.ports import PageMessage


def page_card(message: PageMessage, *, hears: bool) -> Card:
    """The page as a card: what, by when, why, and what can be pressed. The digits are those of every other way."""
    lines = (Line("Due", message.due), Line("", message.text)) if message.due else (Line("", message.text),)
    answers = (
        Button("page-4", "Acknowledge", message.key, "primary"),
        Button("page-9", "Escalate", message.key, "danger", "Page the next level of the runbook now?"),
    )
    page = Button("open", "Open the page", url=message.link)
    return Card(message.headline, lines, buttons=(*(answers if hears else ()), page))
