"""A stand-in for Slack: its Web API as documented, with people who press, type and react.

It checks what Slack checks (token, names, membership, blocks), answers with Slack's errors, and tells the app what its
people do: by Socket Mode to whoever has a connection open, else by signed HTTP (``deliver_to``).
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tocsin.clock import SystemClock
from tocsin.fakes.slack_socket import SocketEnd
from tocsin.fakes.standin import Reply, Request, Standin

_NAME = re.compile(r"[a-z0-9_-]{1,80}")
MOST_BLOCKS, LONGEST_SECTION, LONGEST_HEADER, LONGEST_VALUE = 50, 3000, 150, 2000


@dataclass(slots=True)
class Message:
    """One message as a channel shows it now; ``edits`` counts how often it was changed."""

    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    edits: int = 0

    def shown(self) -> str:
        """Every text that a reader sees, line by line."""
        return "\n".join(_texts(self.blocks)) or self.text

    def buttons(self) -> dict[str, dict[str, Any]]:
        """The buttons by their labels."""
        return _buttons(self.blocks)


@dataclass(slots=True)
class Channel:
    """One channel, or the conversation with one person."""

    id: str
    name: str
    creator: str
    private: bool = False
    topic: str = ""
    purpose: str = ""
    archived: bool = False
    members: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)

    def message(self, ts: str) -> Message | None:
        """A message by its id."""
        return next((one for one in self.messages if one.ts == ts), None)

    def thread(self, ts: str) -> list[Message]:
        """The answers below a message."""
        return [one for one in self.messages if one.thread == ts]


@dataclass(frozen=True, slots=True)
class Whisper:
    """What one person alone was told."""

    user: str
    text: str
    blocks: list[dict[str, Any]]

    ts: str = ""

    def shown(self) -> str:
        """Every text that they see."""
        return "\n".join(_texts(self.blocks)) or self.text

    def buttons(self) -> dict[str, dict[str, Any]]:
        """The buttons by their labels."""
        return _buttons(self.blocks)


class FakeSlack(Standin):
    """Slack on a loopback port. ``deliver_to`` is where the app hears of presses, commands and events."""

    BOT = "U0TOCSIN"

    def __init__(self, token: str = "xoxb-of-the-stand-in", secret: str = "a-signing-secret", port: int = 0) -> None:  # noqa: S107 -- a stand-in's
        super().__init__(port)
        self.token, self.secret, self.app_token = token, secret, "xapp-of-the-stand-in"
        self.socket: SocketEnd | None = None
        self.deliver_to = ""
        self.now: Callable[[], datetime] = SystemClock().now
        """The clock by which it signs."""
        self.people = {"U0ANA": "Ana", "U0BO": "Bo"}
        self.channels: list[Channel] = []
        self.whispers: list[Whisper] = []
        self.views: list[dict[str, Any]] = []
        self.forms_open = True
        self.refusals: dict[str, str] = {}
        """Errors that methods answer with from now on, by their names."""
        self._ids = itertools.count(1)
        self._times = itertools.count(1)

    def __exit__(self, *details: object) -> None:
        if self.socket is not None:
            self.socket.close()
        super().__exit__(*details)

    # --- what its API does --------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        """One method of the Web API, or an answer to a command."""
        if request.path.startswith("/response/"):
            said = request.json()
            if wrong := _wrong(said.get("blocks", [])):
                return Reply(400, wrong.encode())
            self.whispers.append(Whisper(request.path.split("/")[2], said.get("text", ""), said.get("blocks", [])))
            return Reply(200, b"ok")
        method = request.path.removeprefix("/api/").removeprefix("/")
        wanted = self.app_token if method == "apps.connections.open" else self.token
        if request.headers.get("authorization") != f"Bearer {wanted}":
            return _no("invalid_auth")
        if method in self.refusals:
            return _no(self.refusals[method])
        act = getattr(self, "_" + re.sub(r"([A-Z])", r"_\1", method).lower().replace(".", "_"), None)
        if request.method != "POST" or act is None:
            return _no("unknown_method")
        done: Reply = act(dict(request.form()))
        return done

    def _auth_test(self, _: Mapping[str, str]) -> Reply:
        return _yes(user_id=self.BOT, team="Stand-in", url=self.url)

    def _apps_connections_open(self, _: Mapping[str, str]) -> Reply:
        if self.socket is None:
            self.socket = SocketEnd()
        return _yes(url=self.socket.url)

    def _conversations_create(self, asked: Mapping[str, str]) -> Reply:
        name = asked.get("name", "")
        if not _NAME.fullmatch(name):
            return _no("invalid_name_specials" if len(name) <= 80 else "invalid_name_maxlength")
        if self.channel(name) is not None:
            return _no("name_taken")
        made = self.room(name, self.BOT, private=asked.get("is_private") == "true")
        return _yes(channel=_seen(made))

    def _conversations_list(self, asked: Mapping[str, str]) -> Reply:
        private = "private" in asked.get("types", "public_channel")
        found = [_seen(one) for one in self.channels if one.private is private and one.name]
        first, most = int(asked.get("cursor") or 0), int(asked.get("limit", "100"))
        more = str(first + most) if first + most < len(found) else ""
        return _yes(channels=found[first : first + most], response_metadata={"next_cursor": more})

    def _conversations_join(self, asked: Mapping[str, str]) -> Reply:
        return self._in_channel(asked, lambda room: room.members.add(self.BOT), member=False)

    def _conversations_open(self, asked: Mapping[str, str]) -> Reply:
        user = asked.get("users", "")
        if user not in self.people:
            return _no("user_not_found")
        found = next((one for one in self.channels if one.id == f"D{user[1:]}"), None)
        if found is None:
            found = Channel(f"D{user[1:]}", "", self.BOT, True, members={self.BOT, user})
            self.channels.append(found)
        return _yes(channel={"id": found.id})

    def _conversations_set_topic(self, asked: Mapping[str, str]) -> Reply:
        return self._in_channel(asked, lambda room: setattr(room, "topic", asked["topic"]))

    def _conversations_set_purpose(self, asked: Mapping[str, str]) -> Reply:
        return self._in_channel(asked, lambda room: setattr(room, "purpose", asked["purpose"]))

    def _conversations_invite(self, asked: Mapping[str, str]) -> Reply:
        room = self._of(asked)
        if room is None or room.archived:
            return _no("is_archived" if room else "channel_not_found")
        wrong: list[dict[str, Any]] = []
        for user in asked.get("users", "").split(","):
            if user not in self.people:
                wrong.append({"user": user, "error": "user_not_found", "ok": False})
            elif user in room.members:
                wrong.append({"user": user, "error": "already_in_channel", "ok": False})
            elif not wrong or asked.get("force") == "true":
                room.members.add(user)
        return Reply(200, {"ok": False, "error": wrong[0]["error"], "errors": wrong}) if wrong else _yes()

    def _conversations_history(self, asked: Mapping[str, str]) -> Reply:
        room = self._of(asked)
        found = [one for one in room.messages if not one.thread] if room else []
        return _no("channel_not_found") if room is None else _yes(messages=[_read(one) for one in reversed(found)])

    def _conversations_replies(self, asked: Mapping[str, str]) -> Reply:
        room = self._of(asked)
        found = [one for one in room.messages if asked["ts"] in (one.ts, one.thread)] if room else []
        return _no("thread_not_found") if not found else _yes(messages=[_read(one) for one in found])

    def _chat_post_message(self, asked: Mapping[str, str]) -> Reply:
        blocks = json.loads(asked.get("blocks", "[]"))
        if wrong := _wrong(blocks):
            return _no(wrong)
        posted = Message(self._ts(), self.BOT, asked.get("text", ""), blocks, asked.get("thread_ts", ""))
        posted.metadata = json.loads(asked.get("metadata", "{}"))
        return self._in_channel(asked, lambda room: room.messages.append(posted), ts=posted.ts)

    def _chat_update(self, asked: Mapping[str, str]) -> Reply:
        room, blocks = self._of(asked), json.loads(asked.get("blocks", "[]"))
        if room is None or room.archived:
            return _no("is_archived" if room else "channel_not_found")
        message = room.message(asked.get("ts", ""))
        if message is None or (wrong := _wrong(blocks)):
            return _no("message_not_found" if message is None else wrong)
        message.text, message.blocks, message.edits = asked.get("text", ""), blocks, message.edits + 1
        return _yes(ts=message.ts)

    def _chat_post_ephemeral(self, asked: Mapping[str, str]) -> Reply:
        blocks = json.loads(asked.get("blocks", "[]"))
        if wrong := _wrong(blocks):
            return _no(wrong)
        self.whispers.append(Whisper(asked["user"], asked.get("text", ""), blocks))
        return _yes()

    def _pins_add(self, asked: Mapping[str, str]) -> Reply:
        room = self._of(asked)
        if room is None or room.archived:
            return _no("is_archived" if room else "channel_not_found")
        if room.message(asked["timestamp"]) is None:
            return _no("message_not_found")
        if asked["timestamp"] in room.pins:
            return _no("already_pinned")
        room.pins.append(asked["timestamp"])
        return _yes()

    def _views_open(self, asked: Mapping[str, str]) -> Reply:
        if not self.forms_open:
            return _no("expired_trigger_id")
        self.views.append({**json.loads(asked["view"]), "id": f"V{next(self._ids):08d}"})
        return _yes()

    def _in_channel(self, asked: Mapping[str, str], act: Any, *, member: bool = True, **answer: Any) -> Reply:
        room = self._of(asked)
        if room is None:
            return _no("channel_not_found")
        if room.archived:
            return _no("is_archived")
        if member and self.BOT not in room.members:
            return _no("not_in_channel")
        act(room)
        return _yes(**answer)

    # --- what there is to see -----------------------------------------------------------------------------------

    def channel(self, name: str) -> Channel | None:
        """A channel by its name."""
        return next((one for one in self.channels if one.name == name and name), None)

    def room(self, name: str, creator: str = "U0BO", *, private: bool = False) -> Channel:
        """Somebody makes a channel."""
        made = Channel(f"C{next(self._ids):08d}", name, creator, private, members={creator})
        self.channels.append(made)
        return made

    def pinned(self, room: Channel) -> list[Message]:
        """The pinned messages of a channel."""
        return [one for one in room.messages if one.ts in room.pins]

    def _of(self, asked: Mapping[str, str]) -> Channel | None:
        return next((one for one in self.channels if one.id == asked.get("channel")), None)

    def _ts(self) -> str:
        return f"1700000000.{next(self._times):06d}"

    # --- what people do -----------------------------------------------------------------------------------------

    def press(self, user: str, room: Channel, message: Message | Whisper, label: str) -> list[bytes]:
        """Somebody presses a button."""
        button = message.buttons()[label]
        return self.interact(
            {
                "type": "block_actions",
                "user": {"id": user},
                "channel": {"id": room.id},
                "message": {"ts": message.ts},
                "trigger_id": secrets.token_hex(6),
                "response_url": f"{self.url}/response/{user}",
                "actions": [{"action_id": button["action_id"], "value": button.get("value", ""), "type": "button"}],
            }
        )

    def submit(self, user: str, text: str = "") -> list[bytes]:
        """Somebody fills in the form that was opened last, or chooses the option of that label (none: what stands)."""
        element = self.views[-1]["blocks"][0]["element"]
        answer: dict[str, Any] = {"type": element["type"], "value": text}
        if element["type"] == "static_select":
            known = {one["text"]["text"]: one for one in element["options"]}
            answer = {"type": element["type"], "selected_option": known[text] if text else element["initial_option"]}
        view = {**self.views[-1], "state": {"values": {"answer": {"text": answer}}}}
        submitted = {"type": "view_submission", "user": {"id": user}, "view": view}
        return self.interact({**submitted, "trigger_id": secrets.token_hex(6)})

    def command(self, user: str, text: str, room: Channel | None = None, command: str = "/incident") -> list[bytes]:
        """Somebody types a slash command."""
        fields = {
            "command": command,
            "text": text,
            "user_id": user,
            "channel_id": room.id if room else "C00000000",
            "trigger_id": secrets.token_hex(6),
            "response_url": f"{self.url}/response/{user}",
        }
        return self._deliver("slash_commands", fields, urlencode(fields).encode())

    def say(self, user: str, room: Channel, text: str) -> Message:
        """Somebody writes a message."""
        said = Message(self._ts(), user, text)
        room.messages.append(said)
        self.event({"type": "message", "user": user, "text": text, "channel": room.id, "ts": said.ts})
        return said

    def react(self, user: str, room: Channel, message: Message, emoji: str = "pushpin") -> None:
        """Somebody puts an emoji to a message."""
        item = {"type": "message", "channel": room.id, "ts": message.ts}
        self.event({"type": "reaction_added", "user": user, "reaction": emoji, "item": item, "item_user": message.user})

    def event(self, event: Mapping[str, Any]) -> list[bytes]:
        """Something happened in a channel."""
        body = {"type": "event_callback", "event_id": f"Ev{secrets.token_hex(5)}", "event": event}
        return self._deliver("events_api", body, json.dumps(body).encode(), "application/json")

    def interact(self, payload: Mapping[str, Any]) -> list[bytes]:
        """Somebody used a button or a form."""
        return self._deliver("interactive", payload, urlencode({"payload": json.dumps(payload)}).encode())

    def _deliver(
        self, kind: str, payload: Mapping[str, Any], body: bytes, content: str = "application/x-www-form-urlencoded"
    ) -> list[bytes]:
        if self.socket is not None and self.socket.is_open:
            for _ in range(2 if self.doubles else 1):
                self.socket.send(kind, secrets.token_hex(8), payload)
            return []
        if not self.deliver_to:
            return []
        return self.call_back(self.deliver_to, body, {"Content-Type": content, **self.signed(body)})

    def signed(self, body: bytes, at: datetime | None = None) -> dict[str, str]:
        """The headers of a request that Slack makes (https://docs.slack.dev/authentication/verifying-requests)."""
        stamp = str(int((self.now() if at is None else at).timestamp()))
        mac = hmac.new(self.secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac.hexdigest()}"}


def _yes(**answer: Any) -> Reply:
    return Reply(200, {"ok": True, **answer})


def _no(error: str) -> Reply:
    return Reply(200, {"ok": False, "error": error})


def _seen(room: Channel) -> dict[str, Any]:
    return {
        "id": room.id,
        "name": room.name,
        "creator": room.creator,
        "is_private": room.private,
        "is_archived": room.archived,
        "topic": {"value": room.topic},
        "purpose": {"value": room.purpose},
    }


def _read(message: Message) -> dict[str, Any]:
    return {"ts": message.ts, "user": message.user, "text": message.text, "metadata": message.metadata}


def _buttons(blocks: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    rows = (block["elements"] for block in blocks if block["type"] == "actions")
    return {one["text"]["text"]: one for row in rows for one in row}


def _texts(blocks: list[dict[str, Any]]) -> list[str]:
    found: list[str] = []
    for block in blocks:
        match block["type"]:
            case "header" | "section":
                found.append(block["text"]["text"])
            case "rich_text":
                found += [piece["text"] for part in block["elements"] for piece in part["elements"]]
            case _:
                pass
    return found


def _wrong(blocks: list[dict[str, Any]]) -> str:
    """What Slack would find wrong with blocks; empty when nothing is."""
    if len(blocks) > MOST_BLOCKS:
        return "invalid_blocks"
    for block in blocks:
        text = block.get("text", {}).get("text")
        if block["type"] == "header" and not 0 < len(text or "") <= LONGEST_HEADER:
            return "invalid_blocks"
        if block["type"] == "section" and not 0 < len(text or "") <= LONGEST_SECTION:
            return "invalid_blocks"
        if block["type"] == "actions":
            names = [one["action_id"] for one in block["elements"]]
            if len(set(names)) != len(names) or any(
                len(one.get("value", "")) > LONGEST_VALUE for one in block["elements"]
            ):
                return "invalid_blocks"
    return ""
