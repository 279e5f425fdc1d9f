"""Mattermost as a chat in which every incident has a channel of its own.

A message carries its key in its props, a channel its incident in its purpose: what was done before a doubt is found by
them, so nothing is made twice. Mattermost hides what is gone behind "no permission", so a refusal is looked into.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.adapters.chat.mattermost_api import MattermostApi, Refused
from tocsin.adapters.chat.mattermost_cards import Cards, escaped
from tocsin.app.chat.ports import Card, Channel, Gone, Opening, Shut, Trouble
from tocsin.app.ports import Delivered, GiveUp, TryAgain

KEY = "tocsin_key"
BACK = 100
"""How many messages are looked through for one that may have been posted."""
_TAKEN = (
    "store.sql_channel.save_channel.exists.app_error",
    "store.sql_channel.save_channel.previously.app_error",
    "store.sql_channel.save.archived_channel.app_error",
)
ARCHIVED = "it was archived, so nothing more is said there until somebody unarchives it"
EXCLUDED = "the bot is not in it and may not join: add it to the channel again"


_USERNAME = re.compile(r"[a-z0-9._-]{1,64}")


@dataclass(slots=True)
class MattermostRooms:
    """The channels of one team."""

    api: MattermostApi
    cards: Cards
    team: str
    longest_name: int = 64
    _team_id: str = field(default="")
    _myself: str = field(default="")

    def open(self, wanted: Opening, *, doubtful: bool) -> Channel | TryAgain | GiveUp:
        """Create the channel; a name that is taken is another's, or our own from an earlier try."""
        if (known := self._know()) is not None:
            return known
        for name in wanted.names:
            asked = {
                "team_id": self._team_id,
                "name": name,
                "display_name": name,
                "purpose": wanted.mark[:250],
                "type": "P" if wanted.private else "O",
            }
            made = self.api.object("POST", "/channels", asked)
            if isinstance(made, Refused):
                if made.error not in _TAKEN:
                    return GiveUp(made.why)
                found = self._own(name, wanted) if doubtful else None
                if found is None:
                    continue
                made = found
            if isinstance(made, TryAgain | GiveUp):
                return made
            return Channel(str(made["id"]), str(made.get("name", name)))
        return GiveUp(f"every name for the channel is taken: {', '.join(wanted.names)}")

    def post(
        self, channel: str, key: str, card: Card, *, thread: str = "", pinned: bool = False, doubtful: bool = False
    ) -> Delivered | Trouble:
        """Post a message, unless it is there already; pin it if it is to be pinned."""
        message = self._posted(channel, key, thread) if doubtful else ""
        if not isinstance(message, str):
            return message
        if not message:
            made = self.cards.post(card, [name for one in card.calls if (name := self._name(one))])
            body = {"channel_id": channel, "root_id": thread, **made, "props": {**made["props"], KEY: key}}
            sent = self._in(channel, "POST", "/posts", body, thread)
            if not isinstance(sent, dict):
                return sent
            message = str(sent["id"])
        if pinned:
            done = self.api.call("POST", f"/posts/{message}/pin")
            if isinstance(done, TryAgain | GiveUp):
                return done
        return Delivered(receipt=message)

    def _name(self, member: str) -> str:
        """The name by which Mattermost calls somebody; empty when it cannot be had: then nobody is called."""
        found = self.api.object("GET", f"/users/{member}") if member.isalnum() else None
        name = found.get("username") if isinstance(found, dict) else None
        return name if isinstance(name, str) and _USERNAME.fullmatch(name) else ""

    def edit(self, channel: str, message: str, card: Card) -> Delivered | Trouble:
        """Put other text and buttons in the place of a message."""
        done = self._in(channel, "PUT", f"/posts/{message}/patch", self.cards.post(card), message)
        return Delivered(receipt=message) if isinstance(done, dict) else done

    def furnish(self, channel: str, topic: str, members: Collection[str]) -> Sequence[str] | Trouble:
        """Set the header and invite; somebody who cannot be invited keeps nobody else out."""
        troubles: list[str] = []
        if topic:
            done = self._in(channel, "PUT", f"/channels/{channel}/patch", {"header": escaped(topic)[:1024]})
            if isinstance(done, GiveUp):
                troubles.append(done.reason)
            elif not isinstance(done, dict):
                return done
        for member in members:
            came = self.api.call("POST", f"/channels/{channel}/members", {"user_id": member})
            match came:
                case Refused():
                    troubles.append(f"Mattermost did not invite {member}: {came.message or came.error}")
                case TryAgain() | GiveUp():
                    return came
                case _:
                    pass
        return troubles

    def _in(self, channel: str, method: str, path: str, body: Any, message: str = "") -> dict[str, Any] | Trouble:
        """Call in a channel, about a message of it if there is one; whoever was taken out of it goes back in first."""
        done = self.api.object(method, path, body)
        if not isinstance(done, Refused):
            return done
        why = self._why(channel, message)
        if why is not None:
            return why
        again = self.api.object(method, path, body)
        return GiveUp(again.why) if isinstance(again, Refused) else again

    def _why(self, channel: str, message: str) -> Trouble | None:
        """What a refusal in a channel means; None when there is nothing against it any more."""
        if (known := self._know()) is not None:
            return known
        room = self.api.object("GET", f"/channels/{channel}")
        if isinstance(room, Refused):
            return Gone("there is no such channel") if room.status == 404 else Shut(EXCLUDED)
        if not isinstance(room, dict):
            return room
        if room.get("delete_at"):
            return Shut(ARCHIVED)
        joined = self.api.object("POST", f"/channels/{channel}/members", {"user_id": self._myself})
        if isinstance(joined, Refused):
            return Shut(EXCLUDED)
        if not isinstance(joined, dict):
            return joined
        if message:
            post = self.api.object("GET", f"/posts/{message}")
            if isinstance(post, Refused) or (isinstance(post, dict) and post.get("delete_at")):
                return Gone("there is no such message", channel=False)
            if not isinstance(post, dict):
                return post
        return None

    def _posted(self, channel: str, key: str, thread: str) -> str | Trouble:
        """The id of the message with this key; empty when there is none among the last."""
        path = f"/posts/{thread}/thread" if thread else f"/channels/{channel}/posts?per_page={BACK}"
        found = self._in(channel, "GET", path, None, thread)
        if not isinstance(found, dict):
            return found
        posts = [one for one in (found.get("posts") or {}).values() if not one.get("delete_at")]
        return next((str(one["id"]) for one in posts if (one.get("props") or {}).get(KEY) == key), "")

    def _own(self, name: str, wanted: Opening) -> dict[str, Any] | TryAgain | GiveUp | None:
        """The channel of this name, if an earlier try of ours has made it for this incident."""
        found = self.api.object("GET", f"/teams/{self._team_id}/channels/name/{name}")
        if isinstance(found, Refused):
            return None
        if isinstance(found, dict):
            ours = found.get("creator_id") == self._myself and found.get("purpose") == wanted.mark[:250]
            return found if ours and not found.get("delete_at") else None
        return found

    def _know(self) -> TryAgain | GiveUp | None:
        """Find out who we are and which team is ours; None when both are known."""
        for name, path in (("_myself", "/users/me"), ("_team_id", f"/teams/name/{self.team}")):
            if getattr(self, name):
                continue
            found = self.api.object("GET", path)
            if isinstance(found, Refused):
                return TryAgain(f"{found.why}; correct mattermost.team, or add the bot to the team")
            if not isinstance(found, dict):
                return found
            setattr(self, name, str(found.get("id", "")))
        return None
