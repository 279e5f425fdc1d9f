"""Answers of Slack to one person: messages that only they see, forms, and what a message says."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tocsin.adapters.chat.slack_api import SlackApi
from tocsin.adapters.chat.slack_blocks import blocks, fallback, form
from tocsin.adapters.webhooks import outcome_of
from tocsin.app.chat.ports import Asker, Button, Card
from tocsin.app.ports import Delivered, TryAgain
from tocsin.errors import Unavailable

log = logging.getLogger(__name__)

ANSWERS = "hooks.slack.com"
"""The host of the addresses at which Slack takes answers to commands and buttons."""


@dataclass(slots=True)
class SlackReplies:
    """Answers through the app in force, which ``api`` gives."""

    api: Callable[[], SlackApi]

    def whisper(self, to: Asker, card: Card) -> None:
        """By the address that came with what they did; else in the channel, where only they see it."""
        api = self.api()
        shown: dict[str, Any] = {"text": fallback(card), "blocks": blocks(card)}
        if to.answer_to and _is_slacks(to.answer_to, api.api):
            headers = {"Content-Type": "application/json; charset=utf-8"}
            said = {"response_type": "ephemeral", "replace_original": False, **shown}
            outcome = outcome_of(api.egress.post(to.answer_to, json.dumps(said).encode(), headers))
            if isinstance(outcome, Delivered):
                return
        done = api.call("chat.postEphemeral", channel=to.channel, user=to.member, **shown) if to.channel else None
        if not isinstance(done, Mapping):
            log.warning("an answer could not be given to %s", to.member)

    def ask(self, to: Asker, button: Button, otherwise: Card | None = None) -> None:
        """Open the form before their eyes; Slack lets us for three seconds after the press."""
        api = self.api()
        done = api.call("views.open", ("expired_trigger_id",), trigger_id=to.trigger, view=form(button, to.channel))
        if not isinstance(done, Mapping):
            self.whisper(to, otherwise or Card("Slack did not open the form in time; press the button once more."))

    def read(self, channel: str, message: str) -> tuple[str, str] | None:
        """Who wrote a message, and its text. Raises Unavailable."""
        found = self.api().call("conversations.replies", channel=channel, ts=message, limit=1, inclusive=True)
        if isinstance(found, TryAgain):
            raise Unavailable(found.reason)
        if not isinstance(found, Mapping):
            return None
        for one in found.get("messages", ()):
            if one.get("ts") == message:
                return str(one.get("user") or one.get("username") or "somebody"), str(one.get("text", ""))
        return None


def _is_slacks(address: str, api: str) -> bool:
    """Whether an address is one of Slack's own, or of the stand-in that is drilled with (B8)."""
    asked, ours = urlsplit(address), urlsplit(api)
    if asked.scheme == "https" and asked.hostname == ANSWERS and asked.port is None:
        return True
    return ours.hostname != "slack.com" and (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc)
