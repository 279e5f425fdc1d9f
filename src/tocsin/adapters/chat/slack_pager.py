"""Pages by a direct message of Slack with buttons; the way's address is a member ID.

Slack's yes says that the message stands there, never that a phone made a sound: Slack has no receipts, and its own
do-not-disturb holds messages back. So the next way is tried when its time has come, unless somebody presses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.adapters.chat.pages import over_card, page_card
from tocsin.adapters.chat.slack_api import Refused, SlackApi
from tocsin.adapters.chat.slack_blocks import blocks, fallback
from tocsin.app.chat.ports import Gone, Shut
from tocsin.app.ports import Delivered, GiveUp, Outcome, PageMessage, TryAgain, Withdrawal

_WRONG = {
    "user_not_found": "there is no such member in Slack; correct the person's member ID",
    "user_disabled": "this member was removed from Slack; correct the person's member ID",
    "users_not_found": "there is no such member in Slack; correct the person's member ID",
}


@dataclass(frozen=True, slots=True)
class SlackPager:
    """Pages by direct message. Without ``hears`` it has no buttons but the person's own link."""

    api: SlackApi
    hears: bool = True

    def page(self, message: PageMessage) -> Outcome:
        """Write to the member. A doubtful answer is tried again: a page may stand there twice, never not at all."""
        opened = self.api.call("conversations.open", tuple(_WRONG), users=message.address)
        if isinstance(opened, Refused):
            return GiveUp(_WRONG[opened.error])
        if not isinstance(opened, Mapping):
            return _outcome(opened)
        card = page_card(message, hears=self.hears)
        channel = str(opened["channel"]["id"])
        sent = self.api.call(
            "chat.postMessage",
            channel=channel,
            text=fallback(card),
            blocks=blocks(card),
            unfurl_links=False,
            unfurl_media=False,
        )
        if not isinstance(sent, Mapping):
            return _outcome(sent)
        return Delivered(receipt=f"Slack {channel} {sent.get('ts', '')}")

    def withdraw(self, over: Withdrawal) -> Outcome:
        """Put in the message's place that it is over; an edit makes no sound."""
        _, _, place = over.receipt.partition(" ")
        channel, _, at = place.partition(" ")
        if not at:
            return GiveUp("the page is from before Tocsin kept where its messages stand")
        card = over_card(over)
        done = self.api.call("chat.update", channel=channel, ts=at, text=fallback(card), blocks=blocks(card))
        if isinstance(done, Gone):
            return GiveUp("the message is not there any more")
        return Delivered() if isinstance(done, Mapping) else _outcome(done)


def _outcome(done: object) -> Outcome:
    match done:
        case TryAgain() | GiveUp():
            return done
        case Gone(reason=reason) | Shut(reason=reason):
            return TryAgain(reason)
        case _:
            return TryAgain("Slack's answer is of no use", ambiguous=True)
