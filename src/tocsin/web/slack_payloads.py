"""What Slack sends, read into what somebody did. The same by signed HTTP and by Socket Mode.

Sources: https://docs.slack.dev/interactivity/implementing-slash-commands, …/reference/interaction-payloads,
…/reference/events/message and …/reaction_added. What is unknown is nobody's act, and no error.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from tocsin.app.chat.ports import Asker
from tocsin.web.chat_acts import Heard, Marked, Pressed, Typed, Written

PUSHPINS = ("pushpin", "round_pushpin")
_SPOKEN = (None, "thread_broadcast", "me_message", "file_share")
"""Subtypes of messages that somebody has said; the others are Slack's own remarks, edits and bots."""
_LINK = re.compile(r"<(https?://[^|>]+)(?:\|([^>]*))?>")
_NAMED = re.compile(r"<@([UW][A-Z0-9]+)\|[^>]*>")


def read_command(fields: Mapping[str, Any]) -> Typed | None:
    """A slash command's fields."""
    if not _text(fields, "user_id") or not _text(fields, "command"):
        return None
    asker = Asker(
        _text(fields, "user_id"),
        _text(fields, "channel_id"),
        _text(fields, "response_url"),
        _text(fields, "trigger_id"),
    )
    return Typed(asker, _plain(_text(fields, "text")))


def read_interaction(payload: Mapping[str, Any]) -> Pressed | Written | None:
    """A press or a filled form."""
    member = _text(payload, "user", "id")
    match payload.get("type"):
        case "block_actions" if member and isinstance(payload.get("actions"), list) and payload["actions"]:
            action = payload["actions"][0]
            asker = Asker(
                member,
                _text(payload, "channel", "id"),
                _text(payload, "response_url"),
                _text(payload, "trigger_id"),
            )
            name = _text(action, "action_id").partition(".")[0]
            return Pressed(asker, name, _text(action, "value"), _text(action, "text", "text"))
        case "view_submission" if member:
            channel, _, value = _text(payload, "view", "private_metadata").partition(" ")
            answer = ("view", "state", "values", "answer", "text")
            text = _text(payload, *answer, "value") or _text(payload, *answer, "selected_option", "value")
            trigger = _text(payload, "view", "id") or _text(payload, "trigger_id")
            return Written(Asker(member, channel, trigger=trigger), _text(payload, "view", "callback_id"), value, text)
        case _:
            return None


def read_event(body: Mapping[str, Any]) -> Heard | Marked | None:
    """Something that happened in a channel."""
    event = body.get("event")
    if not isinstance(event, Mapping):
        return None
    match event.get("type"):
        case "message" if event.get("subtype") in _SPOKEN and not event.get("bot_id") and _text(event, "user"):
            text = _plain(_text(event, "text"))
            return Heard(_text(event, "user"), _text(event, "channel"), _text(event, "ts"), text)
        case "reaction_added" if event.get("reaction") in PUSHPINS and _text(event, "item", "type") == "message":
            return Marked(_text(event, "user"), _text(event, "item", "channel"), _text(event, "item", "ts"))
        case _:
            return None


def _plain(text: str) -> str:
    """Slack's markup as a person reads it; ids of people stay, as the port writes them.

    >>> _plain("see <https://x.example/a|the graph> &amp; <@U012AB3CD|ana>")
    'see the graph (https://x.example/a) & <@U012AB3CD>'
    """

    def link(found: re.Match[str]) -> str:
        return f"{found[2]} ({found[1]})" if found[2] and found[2] != found[1] else found[1]

    return html.unescape(_NAMED.sub(r"<@\1>", _LINK.sub(link, text)))


def _text(payload: Any, *place: str) -> str:
    """A text at a place of a payload; empty when there is none."""
    for key in place:
        payload = payload.get(key) if isinstance(payload, Mapping) else None
    return payload if isinstance(payload, str) else ""
