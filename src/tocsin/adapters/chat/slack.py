"""Slack as a chat in which every incident has a channel of its own.

A message carries its key as metadata, a channel its incident in its purpose: what was done before a doubt is found by
them, so nothing is made twice. The app needs the scopes of the manifest that ``tocsin integrations show slack`` prints.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.adapters.chat.slack_api import Refused, SlackApi
from tocsin.adapters.chat.slack_blocks import blocks, cut, escaped, fallback
from tocsin.app.chat.ports import Card, Channel, Gone, Opening, Shut, Trouble
from tocsin.app.ports import Delivered, GiveUp, TryAgain

EVENT = "tocsin_message"
PAGES = 20
PER_PAGE = 200
"""How many channels are looked through for one of a name: what Slack lets an app ask for in a minute."""
BACK = 100
"""How many messages are looked through for one that may have been posted."""
MOST_INVITED = 100


@dataclass(slots=True)
class SlackRooms:
    """The channels of a workspace."""

    api: SlackApi
    longest_name: int = 80
    _myself: str = field(default="")

    def open(self, wanted: Opening, *, doubtful: bool) -> Channel | TryAgain | GiveUp:
        """Create the channel; a name that is taken is another's, or our own from an earlier try."""
        for name in wanted.names:
            made = self.api.call("conversations.create", ("name_taken",), name=name, is_private=wanted.private)
            if isinstance(made, Refused):
                found = self._own(name, wanted) if doubtful else None
                if found is None:
                    continue
                if not isinstance(found, Mapping):
                    return _not_gone(found)
                made = {"channel": found}
            if not isinstance(made, Mapping):
                return _not_gone(made)
            channel = Channel(str(made["channel"]["id"]), str(made["channel"].get("name", name)))
            marked = self.api.call("conversations.setPurpose", channel=channel.id, purpose=wanted.mark[:250])
            return channel if isinstance(marked, Mapping) else _not_gone(_answer(marked))
        return GiveUp(f"every name for the channel is taken: {', '.join(wanted.names)}")

    def post(
        self, channel: str, key: str, card: Card, *, thread: str = "", pinned: bool = False, doubtful: bool = False
    ) -> Delivered | Trouble:
        """Post a message, unless it is there already; pin it if it is to be pinned."""
        message = self._posted(channel, key, thread) if doubtful else ""
        if not isinstance(message, str):
            return message
        if not message:
            sent = self._taken_in(
                channel,
                "chat.postMessage",
                text=fallback(card),
                blocks=blocks(card),
                thread_ts=thread or None,
                metadata={"event_type": EVENT, "event_payload": {"key": key}},
                unfurl_links=False,
                unfurl_media=False,
            )
            if not isinstance(sent, Mapping):
                return sent
            message = str(sent["ts"])
        if pinned:
            known = ("already_pinned", "too_many_pins", "message_not_found")
            done = self.api.call("pins.add", known, channel=channel, timestamp=message)
            if not isinstance(done, Mapping | Refused):
                return done
        return Delivered(receipt=message)

    def edit(self, channel: str, message: str, card: Card) -> Delivered | Trouble:
        """Put other text and buttons in the place of a message."""
        done = self._taken_in(channel, "chat.update", ts=message, text=fallback(card), blocks=blocks(card))
        return Delivered(receipt=message) if isinstance(done, Mapping) else done

    def furnish(self, channel: str, topic: str, members: Collection[str]) -> Sequence[str] | Trouble:
        """Set the topic and invite; somebody who cannot be invited keeps nobody else out."""
        troubles: list[str] = []
        if topic:
            done = self._taken_in(channel, "conversations.setTopic", topic=cut(escaped(topic), 250))
            if isinstance(done, GiveUp):
                troubles.append(done.reason)
            elif not isinstance(done, Mapping):
                return done
        asked = list(members)[:MOST_INVITED]
        if asked:
            known = ("already_in_channel", "cant_invite_self", "user_not_found", "cant_invite", "user_is_restricted")
            came = self.api.call("conversations.invite", known, channel=channel, users=",".join(asked), force=True)
            if isinstance(came, Refused):
                troubles += _not_invited(came)
            elif not isinstance(came, Mapping):
                return came
        return troubles

    def _taken_in(self, channel: str, method: str, **arguments: Any) -> Mapping[str, Any] | Trouble:
        """Call a method in a channel; whoever was taken out of it goes back in first."""
        done = self.api.call(method, ("not_in_channel",), channel=channel, **arguments)
        if isinstance(done, Refused):
            joined = self.api.call("conversations.join", channel=channel)
            if not isinstance(joined, Mapping):
                return _answer(joined)
            again = self.api.call(method, channel=channel, **arguments)
            return again if isinstance(again, Mapping) else _answer(again)
        return done if isinstance(done, Mapping) else _answer(done)

    def _posted(self, channel: str, key: str, thread: str) -> str | Trouble:
        """The id of the message with this key; empty when there is none among the last."""
        method = "conversations.replies" if thread else "conversations.history"
        found = self._taken_in(channel, method, ts=thread or None, limit=BACK, include_all_metadata=True)
        if not isinstance(found, Mapping):
            return found
        for message in found.get("messages", ()):
            metadata = message.get("metadata", {})
            if metadata.get("event_type") == EVENT and metadata.get("event_payload", {}).get("key") == key:
                return str(message["ts"])
        return ""

    def _own(self, name: str, wanted: Opening) -> Mapping[str, Any] | Trouble | None:
        """The channel of this name, if an earlier try of ours has made it for this incident."""
        if not self._myself:
            me = self.api.call("auth.test")
            if not isinstance(me, Mapping):
                return _answer(me)
            self._myself = str(me.get("user_id", ""))
        kinds = "private_channel" if wanted.private else "public_channel"
        cursor = ""
        for _ in range(PAGES):
            listed = self.api.call("conversations.list", types=kinds, limit=PER_PAGE, cursor=cursor or None)
            if not isinstance(listed, Mapping):
                return _answer(listed)
            for one in listed.get("channels", ()):
                if one.get("name") == name:
                    purpose = one.get("purpose", {}).get("value", "")
                    ours = one.get("creator") == self._myself and not one.get("is_archived")
                    return one if ours and purpose in ("", wanted.mark[:250]) else None
            cursor = listed.get("response_metadata", {}).get("next_cursor", "")
            if not cursor:
                break
        return None


def _answer(done: Mapping[str, Any] | Refused | Trouble) -> Trouble:
    """A failure that no caller knows how to take any further."""
    if isinstance(done, TryAgain | GiveUp | Gone | Shut):
        return done
    error = done.error if isinstance(done, Refused) else "an answer of no use"
    return GiveUp(f"Slack refused: {error}")


def _not_gone(done: Mapping[str, Any] | Refused | Trouble) -> TryAgain | GiveUp:
    failed = _answer(done)
    return TryAgain(failed.reason) if isinstance(failed, Gone | Shut) else failed


def _not_invited(refused: Refused) -> list[str]:
    """Whom Slack did not take, in words; whoever is in the channel already is no trouble."""
    each = refused.answer.get("errors") or [{"error": refused.error}]
    return [
        f"Slack did not invite {one.get('user', 'somebody')}: {one.get('error')}"
        for one in each
        if one.get("error") not in ("already_in_channel", "cant_invite_self")
    ]
