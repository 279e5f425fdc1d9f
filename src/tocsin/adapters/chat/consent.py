"""Nobody consents to what they cannot read: cards whose text a chat would cut lose the buttons that answer for it."""

from __future__ import annotations

from dataclasses import replace

from tocsin.app.chat.ports import Card, Line

CONSENT = ("run", "approve")
"""Buttons by which somebody answers for the text above them."""
NOTE = "It is too long to be shown whole here: read it on the page, and decide there."


def without_blind_consent(card: Card, *, whole: bool, headline: int) -> Card:
    """The card as it is, or without those buttons where it is not shown whole; a headline is then cut to so many."""
    if whole:
        return card
    left = tuple(one for one in card.buttons if one.action not in CONSENT)
    if left == card.buttons:
        return card
    if card.lines or card.literal:
        return replace(card, lines=(*card.lines, Line("", NOTE)), buttons=left)
    return replace(card, headline=f"{card.headline[:headline]} … {NOTE}", buttons=left)
