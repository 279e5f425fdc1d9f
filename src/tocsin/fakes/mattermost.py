"""A stand-in for Mattermost: its REST API as documented, with people who press, type and fill in dialogs.

It checks what Mattermost checks (token, names, membership, archived channels, sizes), answers with its statuses and
error JSON, hides what is gone behind 403 as it does, keeps the integration of a button from its people, and calls the
integration when they press (https://api.mattermost.com, developers.mattermost.com/integrate).
"""

from __future__ import annotations

import itertools
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tocsin.fakes.standin import Reply, Request, Standin

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}[a-z0-9]")
_ACTION = re.compile(r"[A-Za-z0-9]+")
LONGEST_MESSAGE, LONGEST_PURPOSE, LONGEST_HEADER, LONGEST_TITLE = 16383, 250, 1024, 24


@dataclass(slots=True)
class Post:
    """One message as a channel shows it now; ``edits`` counts how often it was changed."""

    id: str
    user: str
    channel: str
    message: str
    props: dict[str, Any] = field(default_factory=dict)
    root: str = ""
    pinned: bool = False
    deleted: bool = False
    edits: int = 0

    def shown(self) -> str:
        """What a reader sees."""
        return self.message

    def buttons(self) -> dict[str, dict[str, Any]]:
        """The buttons by their labels."""
        attachments = self.props.get("attachments") or []
        return {one["name"]: one for attachment in attachments for one in attachment.get("actions", ())}


@dataclass(slots=True)
class Room:
    """One channel, or the conversation with one person."""

    id: str
    name: str
    creator: str
    kind: str = "O"
    purpose: str = ""
    topic: str = ""
    archived: bool = False
    members: set[str] = field(default_factory=set)
    messages: list[Post] = field(default_factory=list)

    def thread(self, root: str) -> list[Post]:
        """The answers below a message."""
        return [one for one in self.messages if one.root == root]


class FakeMattermost(Standin):
    """Mattermost on a loopback port, with one team. ``deliver_to`` is the request URL of its slash command."""

    TEAM, BOT = "ops", "bot".ljust(26, "0")

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.token, self.command_token = "token-of-the-bot", "token-of-the-command"
        self.deliver_to = ""
        self.people = {"ana00000000000000000000000": "ana", "bo000000000000000000000000": "bo"}
        self.channels: list[Room] = []
        self.whispers: list[tuple[str, Post]] = []
        """Who alone was shown what."""
        self.dialogs: list[dict[str, Any]] = []
        self.ephemeral_allowed = False
        """Whether the bot may post what one person alone sees; by default only system administrators may."""
        self.answers: list[bytes] = []
        self._team_id = "team".ljust(26, "0")
        self._ids = itertools.count(1)
        self._triggers: set[str] = set()

    # --- what its API does --------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        """One call of the API, or an answer to a command."""
        if request.path.startswith("/hooks/commands/"):
            said = request.json()
            self._whisper(request.path.split("/")[3], said.get("text", ""), said.get("attachments", []))
            return Reply(200, {"status": "OK"})
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return _no(401, "api.context.session_expired.app_error", "Invalid or expired session, please login again.")
        path = request.path.removeprefix("/api/v4")
        for method, pattern, act in (
            ("GET", r"/users/me", lambda _: Reply(200, {"id": self.BOT, "username": "tocsin", "is_bot": True})),
            ("GET", r"/users/([^/]+)", lambda _, id: self._user(id)),
            ("GET", r"/teams/name/([^/]+)", lambda _, name: self._team(name)),
            ("POST", r"/channels", self._create),
            ("POST", r"/channels/direct", self._direct),
            ("GET", r"/teams/[^/]+/channels/name/([^/]+)", self._by_name),
            ("GET", r"/channels/([^/]+)", self._channel),
            ("PUT", r"/channels/([^/]+)/patch", self._patch_channel),
            ("POST", r"/channels/([^/]+)/members", self._join),
            ("GET", r"/channels/([^/]+)/posts", self._posts),
            ("POST", r"/posts", self._post),
            ("POST", r"/posts/ephemeral", self._post_ephemeral),
            ("GET", r"/posts/([^/]+)", self._get_post),
            ("GET", r"/posts/([^/]+)/thread", self._below),
            ("PUT", r"/posts/([^/]+)/patch", self._patch_post),
            ("POST", r"/posts/([^/]+)/pin", self._pin),
            ("POST", r"/actions/dialogs/open", self._open_dialog),
        ):
            found = re.fullmatch(pattern, path)
            if found and method == request.method:
                done: Reply = act(request, *found.groups())
                return done
        return _no(404, "api.context.404.app_error", "Sorry, we could not find the page.")

    def _user(self, id: str) -> Reply:
        if id not in self.people:
            return _no(404, "app.user.missing_account.const", "Unable to find the user.")
        return Reply(200, {"id": id, "username": self.people[id]})

    def _team(self, name: str) -> Reply:
        if name != self.TEAM:
            return _no(404, "app.team.get_by_name.missing.app_error", "Unable to find the existing team.")
        return Reply(200, {"id": self._team_id, "name": name})

    def _create(self, request: Request) -> Reply:
        asked = request.json()
        name = asked.get("name", "")
        if not _NAME.fullmatch(name) or asked.get("team_id") != self._team_id:
            return _no(400, "model.channel.is_valid.1_or_more.app_error", "Name must be 1 or more lowercase letters.")
        if len(asked.get("purpose", "")) > LONGEST_PURPOSE:
            return _no(400, "model.channel.is_valid.purpose.app_error", "Invalid purpose.")
        if any(one.name == name for one in self.channels):
            return _no(400, "store.sql_channel.save_channel.exists.app_error", "A channel with that name exists.")
        room = self.room(name, self.BOT, asked.get("type", "O"))
        room.purpose = asked.get("purpose", "")
        return Reply(201, _seen(room))

    def _direct(self, request: Request) -> Reply:
        other = next((one for one in request.json() if one != self.BOT), "")
        if other not in self.people:
            return _no(400, "api.context.invalid_param.app_error", "Invalid or missing user_ids in request body.")
        return Reply(201, _seen(self.direct(other)))

    def _by_name(self, _: Request, name: str) -> Reply:
        room = next((one for one in self.channels if one.name == name and not one.archived), None)
        if room is None:
            return _no(404, "app.channel.get_by_name.missing.app_error", "Channel does not exist.")
        return Reply(200, _seen(room))

    def _channel(self, _: Request, id: str) -> Reply:
        room = self._of(id)
        if room is None:
            return _no(404, "app.channel.get.existing.app_error", "Unable to find the existing channel.")
        if room.kind != "O" and self.BOT not in room.members:
            return _forbidden()
        return Reply(200, _seen(room))

    def _patch_channel(self, request: Request, id: str) -> Reply:
        room, asked = self._of(id), request.json()
        if room is None or self.BOT not in room.members:
            return _forbidden()
        if room.archived:
            return _no(400, "api.channel.update_channel.deleted.app_error", "The channel has been archived or deleted.")
        if len(asked.get("header", "")) > LONGEST_HEADER:
            return _no(400, "model.channel.is_valid.header.app_error", "Invalid header.")
        room.topic = asked.get("header", room.topic)
        return Reply(200, _seen(room))

    def _join(self, request: Request, id: str) -> Reply:
        room, user = self._of(id), request.json().get("user_id", "")
        if room is None or (room.kind != "O" and self.BOT not in room.members):
            return _forbidden()
        if room.archived:
            return _no(400, "api.channel.add_user_to_channel.deleted.app_error", "The channel has been archived.")
        if user not in self.people and user != self.BOT:
            return _no(404, "app.team.get_member.missing.app_error", "Unable to find the team member.")
        room.members.add(user)
        return Reply(201, {"channel_id": id, "user_id": user})

    def _posts(self, _: Request, id: str) -> Reply:
        room = self._of(id)
        if room is None or self.BOT not in room.members:
            return _forbidden()
        return _listed(reversed([one for one in room.messages if not one.deleted]))

    def _below(self, _: Request, id: str) -> Reply:
        post = self._live(id)
        if post is None:
            return _no(404, "app.post.get.app_error", "Unable to get the post.")
        return _listed([post, *self._room(post.channel).thread(id)])

    def _post(self, request: Request) -> Reply:
        asked = request.json()
        room = self._of(asked.get("channel_id", ""))
        if room is None or self.BOT not in room.members:
            return _forbidden()
        if room.archived:
            return _no(400, "api.post.create_post.can_not_post_to_deleted.error", "Can not post to deleted channel.")
        if asked.get("root_id") and self._live(asked["root_id"]) is None:
            return _no(400, "api.post.create_post.root_id.app_error", "Invalid RootId parameter.")
        if wrong := _wrong(asked):
            return wrong
        post = Post(self._id(), self.BOT, room.id, asked["message"], asked.get("props", {}), asked.get("root_id", ""))
        room.messages.append(post)
        return Reply(201, _read(post))

    def _patch_post(self, request: Request, id: str) -> Reply:
        post, asked = self._live(id), request.json()
        if post is None:
            return _forbidden()
        if self._room(post.channel).archived:
            return _no(400, "api.post.patch_post.can_not_update_post_in_deleted.error", "Can not update a post there.")
        if wrong := _wrong(asked):
            return wrong
        post.message, post.props, post.edits = asked["message"], asked.get("props", post.props), post.edits + 1
        return Reply(200, _read(post))

    def _get_post(self, _: Request, id: str) -> Reply:
        post = self._live(id)
        if post is None:
            return _no(404, "app.post.get.app_error", "Unable to get the post.")
        return Reply(200, _read(post))

    def _pin(self, _: Request, id: str) -> Reply:
        post = self._live(id)
        if post is None:
            return _forbidden()
        post.pinned = True
        return Reply(200, {"status": "OK"})

    def _post_ephemeral(self, request: Request) -> Reply:
        asked = request.json()
        if not self.ephemeral_allowed:
            return _forbidden()
        if wrong := _wrong(asked["post"]):
            return wrong
        self._whisper(asked["user_id"], asked["post"]["message"], asked["post"]["props"].get("attachments", []))
        return Reply(201, {})

    def _open_dialog(self, request: Request) -> Reply:
        asked = request.json()
        if asked.get("trigger_id") not in self._triggers:
            return _no(400, "interactive_message.decode_trigger_id.expired", "Trigger ID for dialog is expired.")
        dialog = asked["dialog"]
        if not 0 < len(dialog["title"]) <= LONGEST_TITLE or any(
            len(one["display_name"]) > LONGEST_TITLE for one in dialog.get("elements", ())
        ):
            return _no(400, "api.context.invalid_param.app_error", "Invalid dialog.")
        self.dialogs.append({**dialog, "url": asked["url"]})
        return Reply(200, {"status": "OK"})

    # --- what there is to see -----------------------------------------------------------------------------------

    def room(self, name: str, creator: str, kind: str = "O") -> Room:
        """Somebody makes a channel."""
        made = Room(self._id(), name, creator, kind, members={creator})
        self.channels.append(made)
        return made

    def direct(self, person: str) -> Room:
        """The conversation of the bot with somebody."""
        found = next((one for one in self.channels if one.name == f"{self.BOT}__{person}"), None)
        if found is None:
            found = self.room(f"{self.BOT}__{person}", self.BOT, "D")
            found.members.add(person)
        return found

    def pinned(self, room: Room) -> list[Post]:
        """The pinned messages of a channel."""
        return [one for one in room.messages if one.pinned and not one.deleted]

    def _of(self, id: str) -> Room | None:
        return next((one for one in self.channels if one.id == id), None)

    def _room(self, id: str) -> Room:
        found = self._of(id)
        assert found is not None
        return found

    def _live(self, id: str) -> Post | None:
        return next((one for room in self.channels for one in room.messages if one.id == id and not one.deleted), None)

    def _id(self) -> str:
        return f"{next(self._ids):026d}"

    def _whisper(self, user: str, message: str, attachments: list[dict[str, Any]]) -> None:
        self.whispers.append((user, Post(self._id(), self.BOT, "", message, {"attachments": attachments})))

    # --- what people do -----------------------------------------------------------------------------------------

    def press(self, user: str, room: Room, post: Post, label: str) -> list[bytes]:
        """Somebody presses a button: the server calls its integration."""
        integration = post.buttons()[label]["integration"]
        said = {
            "user_id": user,
            "user_name": self.people.get(user, "stranger"),
            "channel_id": room.id,
            "post_id": post.id,
            "type": "button",
            "trigger_id": self._trigger(),
            "context": integration["context"],
        }
        return self._deliver(integration["url"], json.dumps(said).encode(), "application/json")

    def submit(self, user: str, text: str = "", room: Room | None = None, *, cancelled: bool = False) -> list[bytes]:
        """Somebody fills in the dialog that was opened last, or says yes to it."""
        dialog = self.dialogs[-1]
        said = {
            "type": "dialog_submission",
            "callback_id": dialog["callback_id"],
            "state": dialog["state"],
            "user_id": user,
            "channel_id": room.id if room else "",
            "team_id": self._team_id,
            "submission": {one["name"]: text for one in dialog["elements"]},
            "cancelled": cancelled,
        }
        return self._deliver(dialog["url"], json.dumps(said).encode(), "application/json")

    def command(self, user: str, text: str, room: Room | None = None) -> list[bytes]:
        """Somebody types the slash command."""
        named = [one[1:] for one in text.split() if one[:1] == "@" and one[1:] in self.people.values()]
        ids = {name: id for id, name in self.people.items()}
        fields = {
            "token": self.command_token,
            "command": "/incident",
            "text": text,
            "user_id": user,
            "channel_id": room.id if room else "elsewhere",
            "trigger_id": self._trigger(),
            "response_url": f"https://site-url.example/hooks/commands/{user}",
            "user_mentions": named,
            "user_mentions_ids": [ids[one] for one in named],
        }
        body = urlencode(fields, doseq=True).encode()
        return self._deliver(self.deliver_to, body, "application/x-www-form-urlencoded")

    def _trigger(self) -> str:
        made = secrets.token_hex(8)
        self._triggers.add(made)
        return made

    def _deliver(self, url: str, body: bytes, content: str) -> list[bytes]:
        answers = self.call_back(url, body, {"Content-Type": content})
        self.answers += answers
        return answers


def _no(status: int, error: str, message: str) -> Reply:
    return Reply(status, {"id": error, "message": message, "status_code": status, "request_id": secrets.token_hex(13)})


def _forbidden() -> Reply:
    return _no(403, "api.context.permissions.app_error", "You do not have the appropriate permissions.")


def _seen(room: Room) -> dict[str, Any]:
    return {
        "id": room.id,
        "name": room.name,
        "creator_id": room.creator,
        "type": room.kind,
        "header": room.topic,
        "purpose": room.purpose,
        "delete_at": 1 if room.archived else 0,
    }


def _read(post: Post) -> dict[str, Any]:
    attachments = [
        {**one, "actions": [{k: v for k, v in a.items() if k != "integration"} for a in one.get("actions", ())]}
        for one in post.props.get("attachments") or ()
    ]
    return {
        "id": post.id,
        "user_id": post.user,
        "channel_id": post.channel,
        "message": post.message,
        "root_id": post.root,
        "delete_at": 0,
        "props": {**post.props, "attachments": attachments},
    }


def _listed(posts: Any) -> Reply:
    found = list(posts)
    return Reply(200, {"order": [one.id for one in found], "posts": {one.id: _read(one) for one in found}})


def _wrong(asked: Mapping[str, Any]) -> Reply | None:
    """What Mattermost would find wrong with a post."""
    if len(asked.get("message", "")) > LONGEST_MESSAGE:
        return _no(400, "model.post.is_valid.message_length.app_error", "Post Message property is too long.")
    attachments = asked.get("props", {}).get("attachments", [])
    if not asked.get("message") and not attachments:
        return _no(400, "api.context.invalid_body_param.app_error", "Invalid or missing post in request body.")
    actions = [one for attachment in attachments for one in attachment.get("actions", ())]
    names = [one["id"] for one in actions]
    if len(set(names)) != len(names) or any(not _ACTION.fullmatch(one["id"]) or not one["name"] for one in actions):
        return _no(400, "model.post.is_valid.props.app_error", "Invalid props.")
    return None
