"""The outermost application: thin and fast, before any framework.

Intake, the public status page and the questions of probes are answered here, so that a storm of alerts or of
visitors never waits for a page to be rendered. Everything else goes on to the site.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tocsin.app.team import TeamInForce
from tocsin.clock import monotonic
from tocsin.errors import TocsinError
from tocsin.web.answers import TEXT, ASGIApp, Receive, Scope, Send, answer
from tocsin.web.callbacks import PREFIX
from tocsin.web.intake import IntakeDoor
from tocsin.web.metrics import Metrics
from tocsin.web.opsgenie_api import path_of

READING = frozenset({"GET", "HEAD"})
READY_FOR = 1.0
"""Seconds for which an answer of `/readyz` is given again: probing often must not write often."""


@dataclass(slots=True)
class Front:
    """Routes by path. ``ready`` gives whether the engine works, with its checks; it may block.

    ``status`` serves the files of the public status page, by their names as paths; ``callbacks`` answers the
    providers that wake people, None where there are none.
    """

    door: IntakeDoor
    status: ASGIApp
    metrics: Metrics
    team: TeamInForce
    ready: Callable[[], Any]
    site: ASGIApp
    callbacks: ASGIApp | None = None
    _ready_at: float | None = None
    _readiness: tuple[int, bytes] = (503, b"{}")
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if scope["type"] != "http":
            return await self.site(scope, receive, send)
        path: str = scope["path"]
        if path.startswith("/status/") and scope["method"] in READING:
            scope["root_path"] = "/status"
            return await self.status(scope, receive, send)
        if self.callbacks is not None and path.startswith(PREFIX):
            return await self.callbacks(scope, receive, send)
        if path.startswith("/in/"):
            return await self.door.by_path(scope, receive, send, path[4:])
        if path.startswith("/api/v2/") and not self._is_status_host(scope):
            return await self.door.alertmanager_root(scope, receive, send, path[1:])
        if path_of(path):
            return await self.door.opsgenie_request(scope, receive, send)
        if path == "/v2/change/enqueue":
            return await self.door.enqueue_change(scope, receive, send)
        if path in ("/v2/enqueue", "/generic/2010-04-15/create_event.json"):
            return await self.door.enqueue(scope, receive, send)
        if scope["method"] in READING:
            head = scope["method"] == "HEAD"
            if path == "/healthz":
                return await answer(send, 200, b"ok\n", TEXT, head=head)
            if path == "/readyz":
                status, body = await self._ready()
                return await answer(send, status, body, head=head)
            if path == "/metrics":
                text = await asyncio.to_thread(self.metrics.text)
                kind = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")
                return await answer(send, 200, text, kind, head=head)
            if path == "/status":  # the page's own links are relative to its folder
                return await answer(send, 308, b"", TEXT, ((b"location", b"/status/"),))
            if self._is_status_host(scope):
                return await self.status(scope, receive, send)
        return await self.site(scope, receive, send)

    async def _ready(self) -> tuple[int, bytes]:
        async with self._asking:
            if self._ready_at is None or monotonic() - self._ready_at >= READY_FOR:
                self._readiness = await asyncio.to_thread(self._ask)
                self._ready_at = monotonic()
        return self._readiness

    def _ask(self) -> tuple[int, bytes]:
        try:
            found = self.ready()
        except TocsinError as trouble:
            return 503, json.dumps({"ok": False, "detail": trouble.message}).encode()
        checks = [asdict(check) for check in found.checks]
        return (200 if found.ok else 503), json.dumps({"ok": found.ok, "checks": checks}).encode()

    def _is_status_host(self, scope: Scope) -> bool:
        """Whether this came to the status page's own host, whose every path is one of its."""
        own = urlsplit(self.team().status_page.url).netloc.lower()
        return bool(own) and own != urlsplit(self.team().public_url).netloc.lower() and _host(scope) == own


def _host(scope: Scope) -> str:
    return next((value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"), "")
