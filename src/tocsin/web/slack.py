"""Where Slack tells what people did: signed, within five minutes, answered at once (`POST /callback/slack`).

The signature is over the bytes as they came (https://docs.slack.dev/authentication/verifying-requests-from-slack).
Whatever is wrong with it, the answer is the same 401. What has to be kept is kept before Slack hears yes, unless that
takes longer than Slack waits.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from tocsin.web.answers import TEXT, Scope, Send, answer
from tocsin.web.body import json_object
from tocsin.web.chat_acts import Act, Acting
from tocsin.web.slack_payloads import read_command, read_event, read_interaction

WINDOW = 300
"""Seconds: an older request, or one from the future, is somebody's who repeats it."""
ANSWERED_WITHIN = 2.0
"""Seconds; Slack waits for three."""
JSON = (b"content-type", b"application/json")


@dataclass(slots=True)
class SlackDoor:
    """Believes what Slack has signed, and has it done. ``secrets`` gives those in force; none: nobody is believed."""

    acting: Acting
    secrets: Callable[[], Sequence[str]]
    now: Callable[[], datetime]

    async def request(self, scope: Scope, body: bytes, send: Send) -> None:
        """One request of Slack's."""
        if not signed_by_slack(self.secrets(), scope, body, self.now()):
            return await answer(send, 401, b"not signed by Slack", TEXT)
        kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
        if kind.startswith(b"application/json"):
            event = json_object(body)
            if event.get("type") == "url_verification":
                challenge = str(event.get("challenge", ""))
                return await answer(send, 200, json.dumps({"challenge": challenge}).encode(), JSON)
            act: Act | None = read_event(event)
        else:
            fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100))
            act = read_interaction(json_object(fields["payload"])) if "payload" in fields else read_command(fields)
        if act is not None and not await self.acting.kept(act, ANSWERED_WITHIN):
            return await answer(send, 503, b"it could not be kept; send it again", TEXT)
        return await answer(send, 200, b"", TEXT)


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
