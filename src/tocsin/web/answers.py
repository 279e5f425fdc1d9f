"""Plain ASGI answers for what does not need a framework: intake, health, metrics, the status page's files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Sequence[tuple[bytes, bytes]]

WHOLE = "tocsin.whole"
"""The key of a scope by which our server says that all of the request's body has come before it is asked for."""
JSON = (b"content-type", b"application/json")
TEXT = (b"content-type", b"text/plain; charset=utf-8")
CLOSE = (b"connection", b"close")
SAFE: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)
"""What goes with every answer that is made here."""


async def answer(
    send: Send, status: int, body: bytes, kind: tuple[bytes, bytes] = JSON, headers: Headers = (), *, head: bool = False
) -> None:
    """Send one whole answer; ``head`` leaves the body out and keeps its length."""
    await send({"type": "http.response.start", "status": status, "headers": headers_of(body, kind, headers)})
    await send({"type": "http.response.body", "body": b"" if head else body})


def headers_of(body: bytes, kind: tuple[bytes, bytes] = JSON, headers: Headers = ()) -> Headers:
    """All the headers of an answer that is made here, those that are its own last."""
    return [kind, (b"content-length", b"%d" % len(body)), *SAFE, *headers]


def header(named: Mapping[bytes, bytes], name: bytes) -> str:
    """A header of a request by its name in lower case; empty without it."""
    return named[name].decode("latin-1") if name in named else ""
