"""Answers of Mattermost to one person, forms, pages by direct message, and what a message says."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tocsin.adapters.chat.mattermost_api import MattermostApi, Refused
from tocsin.adapters.chat.mattermost_cards import Cards
from tocsin.adapters.chat.pages import over_card, page_card
from tocsin.adapters.webhooks import outcome_of
from tocsin.app.chat.ports import Asker, Button, Card
from tocsin.app.ports import Delivered, GiveUp, Outcome, PageMessage, TryAgain, Withdrawal
from tocsin.errors import Unavailable

log = logging.getLogger(__name__)

COMMANDS = "/hooks/commands/"


@dataclass(slots=True)
class MattermostReplies:
    """Answers through the bot in force, which ``api`` gives."""

    api: Callable[[], MattermostApi]
    cards: Cards
    _ephemeral: bool = field(default=True)
    """Whether the bot may post what one person alone sees in a channel, as far as we know."""

    def whisper(self, to: Asker, card: Card) -> None:
        """By the address that came with a command; else in the channel for them alone, where the bot may do that;
        else by a direct message.
        """
        api, made = self.api(), self.cards.post(card)
        if to.answer_to and self._answered(api, to.answer_to, card):
            return
        if to.channel and self._ephemeral:
            post = {"user_id": to.member, "post": {"channel_id": to.channel, **made}}
            done = api.call("POST", "/posts/ephemeral", post)
            if not isinstance(done, Refused | TryAgain | GiveUp):
                return
            self._ephemeral = not (isinstance(done, Refused) and done.status == 403)
        sent = direct(api, to.member, self.cards, card)
        if not isinstance(sent, Delivered):
            log.warning("an answer could not be given to %s: %s", to.member, sent.reason)

    def ask(self, to: Asker, button: Button, otherwise: Card | None = None) -> None:
        """Open the dialog before their eyes; Mattermost lets us for a few seconds after the press."""
        asked = {"trigger_id": to.trigger, "url": self.cards.address, "dialog": self.cards.form(button, to.member)}
        done = self.api().call("POST", "/actions/dialogs/open", asked)
        if isinstance(done, Refused | TryAgain | GiveUp):
            self.whisper(to, otherwise or Card("Mattermost did not open the form in time; press the button once more."))

    def read(self, channel: str, message: str) -> tuple[str, str] | None:
        """Who wrote a message, and its text. Raises Unavailable."""
        found = self.api().object("GET", f"/posts/{message}")
        if isinstance(found, TryAgain):
            raise Unavailable(found.reason)
        if not isinstance(found, dict) or found.get("channel_id") != channel:
            return None
        return str(found.get("user_id", "somebody")), str(found.get("message", ""))

    def _answered(self, api: MattermostApi, address: str, card: Card) -> bool:
        """Answer a command at our own server: of the address that was given only the place is taken (B8)."""
        place = urlsplit(address).path
        if COMMANDS not in place:
            return False
        made = self.cards.post(card)
        said = {"response_type": "ephemeral", "text": made["message"], "attachments": made["props"]["attachments"]}
        headers = {"Content-Type": "application/json"}
        url = f"{api.url}{COMMANDS}{place.rpartition(COMMANDS)[2]}"
        return isinstance(outcome_of(api.egress.post(url, json.dumps(said).encode(), headers)), Delivered)


@dataclass(frozen=True, slots=True)
class MattermostPager:
    """Pages by direct message; the way's address is a user's id. Mattermost's yes says that the message stands there,
    never that a phone made a sound. Without ``hears`` it has no buttons but the person's own link.
    """

    api: MattermostApi
    cards: Cards
    hears: bool = True

    def page(self, message: PageMessage) -> Outcome:
        """Write to the person. A doubtful answer is tried again: a page may stand there twice, never not at all."""
        return direct(self.api, message.address, self.cards, page_card(message, hears=self.hears))

    def withdraw(self, over: Withdrawal) -> Outcome:
        """Put in the message's place that it is over; an edit makes no sound."""
        _, _, post = over.receipt.partition(" ")
        if not post:
            return GiveUp("Mattermost did not say where the message stands")
        done = self.api.object("PUT", f"/posts/{post}/patch", self.cards.post(over_card(over)))
        if isinstance(done, Refused):
            return GiveUp("the message is not there any more" if done.status == 404 else done.why)
        return Delivered() if isinstance(done, dict) else done


def direct(api: MattermostApi, member: str, cards: Cards, card: Card) -> Outcome:
    """Write to somebody alone."""
    me = api.object("GET", "/users/me")
    if not isinstance(me, dict):
        return GiveUp(me.why) if isinstance(me, Refused) else me
    opened = api.object("POST", "/channels/direct", [me.get("id", ""), member])
    if isinstance(opened, Refused):
        return GiveUp("there is no such user in Mattermost; correct the person's user ID")
    if not isinstance(opened, dict):
        return opened
    sent = api.object("POST", "/posts", {"channel_id": opened["id"], **cards.post(card)})
    if isinstance(sent, Refused):
        return GiveUp(sent.why)
    return Delivered(receipt=f"Mattermost {sent.get('id', '')}") if isinstance(sent, dict) else sent
