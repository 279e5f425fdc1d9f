"""Where Mattermost tells what people did (`POST /callback/mattermost`): presses, dialogs and slash commands.

It signs nothing. A press and a dialog bring back the keyed token that we gave with the button, bound to what it does
and to what; a slash command brings the token that Mattermost made for it. That is looked at before anything else is
read, and whatever is wrong with it, the answer is the same 401. Who pressed is believed on Mattermost's word.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs

from tocsin.app.chat.ports import Asker, Button
from tocsin.web.answers import JSON, TEXT, Scope, Send, answer
from tocsin.web.body import json_object
from tocsin.web.chat_acts import Act, Acting, Pressed, Typed, Written

ANSWERED_WITHIN = 2.0
"""Seconds: what takes longer goes on while Mattermost hears yes; a person looks at a button that waits."""


@dataclass(frozen=True, slots=True)
class Left:
    """A dialog that was closed."""


class Believes(Protocol):
    """Whether a token is ours for these words."""

    def holds(self, token: object, *said: str) -> bool:
        """Say so."""
        ...


@dataclass(slots=True)
class MattermostDoor:
    """Believes what carries a token of ours. ``command_tokens`` gives those of the slash commands; ``ask`` opens the
    dialog of a button that is confirmed first.
    """

    acting: Acting
    tokens: Believes
    command_tokens: Callable[[], Sequence[str]]
    ask: Callable[[Asker, Button], None]

    async def request(self, scope: Scope, body: bytes, send: Send) -> None:
        """One request of Mattermost's."""
        kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
        if kind.startswith(b"application/x-www-form-urlencoded"):
            act: Act | Left | tuple[Asker, Button] | None = self._command(body)
        else:
            said = json_object(body)
            act = self._dialog(said) if "callback_id" in said else self._press(said)
        match act:
            case None:
                return await answer(send, 401, b"this carries no token of Tocsin's", TEXT)
            case (Asker() as asker, Button() as button):
                await asyncio.to_thread(self.ask, asker, button)
            case Typed() | Pressed() | Written():
                await self.acting.kept(act, ANSWERED_WITHIN)
            case _:
                pass  # a dialog that was left, and nothing is done
        return await answer(send, 200, b"{}", JSON)

    def _press(self, said: Mapping[str, Any]) -> Act | tuple[Asker, Button] | None:
        """A button; one that is confirmed first comes back as what is to be asked."""
        context = said.get("context")
        if not isinstance(context, Mapping):
            return None
        action, value, label = (_text(context, name) for name in ("action", "value", "label"))
        confirm = _text(context, "confirm")
        if not self.tokens.holds(context.get("token"), "press", action, value, label, confirm):
            return None
        asker = Asker(_text(said, "user_id"), _text(said, "channel_id"), trigger=_text(said, "trigger_id"))
        if confirm:
            return asker, Button(action, label, value, confirm=confirm)
        return Pressed(asker, action, value, label)

    def _dialog(self, said: Mapping[str, Any]) -> Act | Left | None:
        """A dialog of somebody's own."""
        state, action, member = json_object(_text(said, "state")), _text(said, "callback_id"), _text(said, "user_id")
        kind, value, nonce = (_text(state, name) for name in ("kind", "value", "nonce"))
        if not self.tokens.holds(state.get("token"), kind, action, value, member, nonce):
            return None
        asker = Asker(member, _text(said, "channel_id"), trigger=f"dialog {nonce}")
        submission = said.get("submission")
        if said.get("cancelled") is True:
            return Left()
        if kind == "sure":
            return Pressed(asker, action, value, "")
        return Written(asker, action, value, _text(submission, "text") if isinstance(submission, Mapping) else "")

    def _command(self, body: bytes) -> Typed | None:
        """A slash command; people who are named in it stand there by their ids."""
        try:
            fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=200)
        except ValueError:
            return None
        one = {name: values[0] for name, values in fields.items()}
        known = [token for token in self.command_tokens() if token]
        if not any(hmac.compare_digest(one.get("token", "").encode(), token.encode()) for token in known):
            return None
        asker = Asker(
            one.get("user_id", ""), one.get("channel_id", ""), one.get("response_url", ""), one.get("trigger_id", "")
        )
        named = dict(zip(fields.get("user_mentions", ()), fields.get("user_mentions_ids", ()), strict=False))
        words = one.get("text", "").split(" ")
        return Typed(asker, " ".join(f"<@{named[w[1:]]}>" if w[:1] == "@" and w[1:] in named else w for w in words))


def _text(said: Mapping[str, Any], name: str) -> str:
    found = said.get(name)
    return found if isinstance(found, str) else ""
