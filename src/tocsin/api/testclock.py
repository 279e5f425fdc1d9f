"""A movable clock for acceptance tests: ``POST /-/test/clock {"advance_seconds": 60}``, from this machine only.

``{"set_seconds": -3600}`` sets the wall clock as a person would: it says something else, and no time passes (F26).

Put before the server only when ``TOCSIN_TEST_CLOCK=1``; otherwise the path does not exist.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tocsin.clock import MovableClock

PATH = "/-/test/clock"
FURTHEST = timedelta(days=400)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Site = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class TestClock:
    """Answers the one path and hands everything else on. ``moved`` wakes whoever sleeps until an instant."""

    __test__ = False  # no test class, whatever its name says to pytest

    clock: MovableClock
    moved: Callable[[], None]
    site: Site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Move the clock, or hand on."""
        if scope["type"] != "http" or scope["path"] != PATH:
            return await self.site(scope, receive, send)
        if not _local(scope):
            return await _answer(send, 403, {"detail": "the clock is moved from this machine only"})
        if scope["method"] != "POST":
            return await _answer(send, 200, {"now": self.clock.now().isoformat()})
        body = await _body(receive)
        passes, is_set = _span(body, "advance_seconds", timedelta(0)), _span(body, "set_seconds", -FURTHEST)
        if passes is not None:
            self.clock.move_by(passes)
        elif is_set is not None:
            self.clock.set_by(is_set)
        else:
            return await _answer(send, 422, {"detail": 'send {"advance_seconds": 60} or {"set_seconds": -60}'})
        self.moved()
        return await _answer(send, 200, {"now": self.clock.now().isoformat()})


def _local(scope: Scope) -> bool:
    client = scope.get("client") or ("",)
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more and len(body) < 4096:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    return body


def _span(body: bytes, word: str, least: timedelta) -> timedelta | None:
    """The span that a body gives by this word; time passes forwards only, a clock may be set back."""
    try:
        seconds = json.loads(body)[word]
        span = timedelta(seconds=seconds)
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
    return span if least <= span <= FURTHEST else None


async def _answer(send: Send, status: int, value: object) -> None:
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
