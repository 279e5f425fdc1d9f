"""Stand-ins for ntfy and Pushover: what a phone would show, its buttons, and receipts that can be asked for."""

from __future__ import annotations

import secrets
import urllib.request
from dataclasses import dataclass
from typing import Any

from tocsin.fakes.standin import Reply, Request, Standin


class FakeNtfy(Standin):
    """A server of ntfy. ``token`` empty: anybody may publish."""

    def __init__(self, token: str = "", port: int = 0) -> None:
        super().__init__(port)
        self.token = token
        self.notifications: list[dict[str, Any]] = []

    def answer(self, request: Request) -> Reply:
        """Take a message published as JSON."""
        if self.token and request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(403, {"code": 40301, "http": 403, "error": "forbidden"})
        said = request.json()
        if request.path != "/" or not said.get("topic") or said.get("priority") not in (1, 2, 3, 4, 5):
            return Reply(400, {"code": 40009, "http": 400, "error": "invalid request"})
        id = secrets.token_urlsafe(9)
        return Reply(200, {"id": id, "event": "message", "topic": said["topic"]}, then=lambda: self._show(said))

    def _show(self, said: dict[str, Any]) -> None:
        self.notifications.append(said)

    def tap(self, notification: dict[str, Any], label: str) -> str:
        """Somebody taps a button; what our side answers."""
        action = next(one for one in notification["actions"] if one["label"] == label)
        request = urllib.request.Request(action["url"], action["body"].encode(), method=action["method"])  # noqa: S310 -- the caller's
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- as above
            return str(answer.read().decode())


@dataclass(slots=True)
class Emergency:
    """A notification of Pushover and where it stands."""

    receipt: str
    fields: dict[str, str]
    acknowledged: bool = False
    canceled: bool = False


class FakePushover(Standin):
    """Pushover's message and receipt API."""

    def __init__(self, token: str = "a" * 30, user: str = "u" * 30, port: int = 0) -> None:
        super().__init__(port)
        self.token, self.user = token, user
        self.emergencies: list[Emergency] = []

    def answer(self, request: Request) -> Reply:
        """Take a message, tell of a receipt, or cancel one."""
        if request.path == "/1/messages.json":
            return self._message(dict(request.form()))
        receipt = request.path.removeprefix("/1/receipts/").removesuffix("/cancel.json").removesuffix(".json")
        found = next((one for one in self.emergencies if one.receipt == receipt), None)
        fields = request.query if request.method == "GET" else dict(request.form())
        if found is None or fields.get("token") != self.token:
            return Reply(400, {"receipt": "not found", "errors": ["receipt not found"], "status": 0})
        if request.path.endswith("/cancel.json"):
            found.canceled = True
            return Reply(200, {"status": 1})
        return Reply(200, {"status": 1, "acknowledged": int(found.acknowledged), "expired": int(found.canceled)})

    def _message(self, fields: dict[str, str]) -> Reply:
        if fields.get("token") != self.token:
            return Reply(400, {"token": "invalid", "errors": ["application token is invalid"], "status": 0})
        if fields.get("user") != self.user:
            return Reply(400, {"user": "invalid", "errors": ["user identifier is not a valid user"], "status": 0})
        emergency = fields.get("priority") == "2"
        if emergency and (int(fields.get("retry", 0)) < 30 or not 0 < int(fields.get("expire", 0)) <= 10_800):
            return Reply(400, {"errors": ["retry and expire are needed for emergencies"], "status": 0})
        one = Emergency(secrets.token_hex(15), fields)
        answer = {"status": 1, "request": secrets.token_hex(16)} | ({"receipt": one.receipt} if emergency else {})
        return Reply(200, answer, then=lambda: self.emergencies.append(one))
