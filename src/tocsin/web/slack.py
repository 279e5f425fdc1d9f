"""Where Slack tells what people did: signed, within five minutes, answered at once (`POST /callback/slack`).

The signature is over the bytes as they came (https://docs.slack.dev/authentication/verifying-requests-from-slack).
Whatever is wrong with it, the answer is the same 401. An act is done in a thread of its own, in the order of a
channel's messages; what has to be kept is kept before Slack hears yes, unless that takes longer than Slack waits.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from tocsin.app.chatting import Chatting
from tocsin.errors import Unavailable
from tocsin.web.answers import TEXT, Scope, Send, answer
from tocsin.web.slack_payloads import (
    Act,
    Heard,
    Marked,
    Pressed,
    Typed,
    Written,
    read_command,
    read_event,
    read_interaction,
)

log = logging.getLogger(__name__)

WINDOW = 300
"""Seconds: an older request, or one from the future, is somebody's who repeats it."""
ANSWERED_WITHIN = 2.0
"""Seconds; Slack waits for three."""
FORMS: Mapping[str, str] = {"update": "Where do things stand?", "resolve": "What was it, and what ended it?"}
"""The buttons that ask something first, and what."""
JSON = (b"content-type", b"application/json")


@dataclass(slots=True)
class SlackDoor:
    """Believes what Slack has signed, and has it done. ``secrets`` gives those in force; none: nobody is believed."""

    chatting: Chatting
    secrets: Callable[[], Sequence[str]]
    now: Callable[[], datetime]
    _taken: deque[str] = field(default_factory=lambda: deque(maxlen=1000))
    """The presses and commands that were taken last, by what Slack calls each."""
    _acts: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "tocsin-slack"))
    _talk: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "tocsin-slack-talk"))

    async def request(self, scope: Scope, body: bytes, send: Send) -> None:
        """One request of Slack's."""
        if not signed_by_slack(self.secrets(), scope, body, self.now()):
            return await answer(send, 401, b"not signed by Slack", TEXT)
        kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
        if kind.startswith(b"application/json"):
            event = _object(body)
            if event.get("type") == "url_verification":
                challenge = str(event.get("challenge", ""))
                return await answer(send, 200, json.dumps({"challenge": challenge}).encode(), JSON)
            act: Act | None = read_event(event)
        else:
            fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100))
            act = read_interaction(_object(fields["payload"])) if "payload" in fields else read_command(fields)
        if act is not None and not await self._kept(act):
            return await answer(send, 503, b"it could not be kept; send it again", TEXT)
        return await answer(send, 200, b"", TEXT)

    def take(self, act: Act) -> Future[None]:
        """Have it done: what people write in order, what they press beside it, and what comes twice once."""
        if isinstance(act, Typed | Pressed) and act.asker.trigger:
            if act.asker.trigger in self._taken:
                return self._acts.submit(lambda: None)
            self._taken.append(act.asker.trigger)
        pool = self._talk if isinstance(act, Heard | Marked) else self._acts
        return pool.submit(self._do, act)

    async def _kept(self, act: Act) -> bool:
        """Whether it is done, or under way for longer than Slack waits; false when Slack is to send it again."""
        done = asyncio.wrap_future(self.take(act))
        try:
            await asyncio.wait_for(asyncio.shield(done), ANSWERED_WITHIN)
        except TimeoutError:
            done.add_done_callback(lambda ended: ended.exception())
        except Unavailable:
            return False
        return True

    def _do(self, act: Act) -> None:
        chatting = self.chatting
        try:
            match act:
                case Typed(asker, text):
                    chatting.typed(asker, text)
                case Pressed(asker, action, value, label):
                    chatting.pressed(asker, action, value, label, FORMS.get(action, ""))
                case Written(asker, action, text):
                    chatting.written(asker, action, text)
                case Heard(member, channel, message, text):
                    chatting.heard(member, channel, message, text)
                case Marked(member, channel, message):
                    chatting.marked(member, channel, message)
        except Unavailable:
            raise
        except Exception:
            log.exception("what somebody did in Slack failed")

    def close(self) -> None:
        """Begin nothing more."""
        for pool in (self._acts, self._talk):
            pool.shutdown(wait=False, cancel_futures=True)


def read(kind: str, payload: Mapping[str, Any]) -> Act | None:
    """What somebody did, of a kind as Socket Mode calls it."""
    match kind:
        case "slash_commands":
            return read_command(payload)
        case "interactive":
            return read_interaction(payload)
        case "events_api":
            return read_event(payload)
        case _:
            return None


def signed_by_slack(secrets: Sequence[str], scope: Scope, body: bytes, now: datetime) -> bool:
    """Whether one of the secrets signed exactly these bytes, within the last five minutes."""
    headers = scope["headers"]
    stamps = [value for name, value in headers if name == b"x-slack-request-timestamp"]
    given = [value for name, value in headers if name == b"x-slack-signature"]
    if len(stamps) != 1 or len(given) != 1 or not stamps[0].isdigit() or len(stamps[0]) > 12:
        return False
    if abs(now.timestamp() - int(stamps[0])) > WINDOW:
        return False
    return any(hmac.compare_digest(given[0], slack_signature(one, stamps[0], body)) for one in secrets if one)


def slack_signature(secret: str, stamp: bytes, body: bytes) -> bytes:
    """Version 0: HMAC-SHA256 over ``v0:timestamp:body``, in hex."""
    return b"v0=" + hmac.digest(secret.encode(), b"v0:" + stamp + b":" + body, "sha256").hex().encode()


def _object(raw: bytes | str) -> Mapping[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
