"""Knocks at the front without a socket: one ASGI call, its answer, and what was stored."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tocsin.adapters.memory.store import MemoryStore
from tocsin.adapters.status_server import StatusSite
from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.app.intake.group_commit import Told
from tocsin.app.rows.records import NewDelivery
from tocsin.app.team import Integration, Team
from tocsin.clock import MovableClock
from tocsin.errors import Unavailable
from tocsin.oncall.roster import Roster
from tocsin.web.front import Front
from tocsin.web.intake import IntakeDoor
from tocsin.web.metrics import Metrics
from tocsin.web.senders import Limits

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SECRET = "a-secret-of-the-test-0123456789"
KEYS = {"bearer": AuthKind.BEARER, "path": AuthKind.KEY, "signed": AuthKind.HMAC, "pager": AuthKind.KEY}


@dataclass
class Answered:
    """An answer, put together."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Shelf:
    """Keeps deliveries as the group commit does, or refuses them."""

    kept: list[NewDelivery] = field(default_factory=list)
    full: bool = False

    def submit(self, delivery: NewDelivery) -> Future[int]:
        future: Future[int] = Future()
        if self.full:
            future.set_exception(Unavailable())
        else:
            self.kept.append(delivery)
            future.set_result(len(self.kept))
        return future

    def hand_in(self, delivery: NewDelivery, told: Told) -> None:
        if self.full:
            told(Unavailable())
        else:
            self.kept.append(delivery)
            told(len(self.kept))


def team() -> Team:
    """Four integrations, one for each way to prove oneself that matters here."""

    def integration(name: str, kind: AuthKind) -> Integration:
        key = f"key-of-{name}-0123456789abcdef"
        source = "pagerduty" if name == "pager" else "alertmanager"
        return Integration(name, source, "shop", key, IntegrationAuth(kind, (key if kind is AuthKind.KEY else SECRET,)))

    integrations = {name: integration(name, kind) for name, kind in KEYS.items()}
    return Team({}, Roster(), integrations=integrations)


async def no_site(scope: Any, receive: Any, send: Any) -> None:
    """What lies behind the front: nothing."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@dataclass
class Knocker:
    """A front with everything behind it in memory."""

    folder: Path
    limits: Limits = field(default_factory=Limits)
    shelf: Shelf = field(default_factory=Shelf)
    clock: MovableClock = field(default_factory=lambda: MovableClock(NOW))
    team: Team = field(default_factory=team)
    ready: Any = None

    def __post_init__(self) -> None:
        metrics = Metrics(MemoryStore(), self.clock)
        door = IntakeDoor(self.shelf, lambda: self.team, self.clock, metrics, self.limits)
        status = StatusSite(self.folder)
        self.front = Front(door, status, metrics, lambda: self.team, lambda: self.ready, no_site)

    def knock(
        self,
        path: str,
        body: bytes | Iterable[bytes] = b"{}",
        headers: Sequence[tuple[str, str]] = (),
        method: str = "POST",
        *,
        announced: bool = True,
    ) -> Answered:
        """One request; a body in pieces is sent in pieces."""
        return asyncio.run(self._knock(path, body, headers, method, announced=announced))

    async def _knock(
        self, path: str, body: Any, headers: Sequence[tuple[str, str]], method: str, *, announced: bool
    ) -> Answered:
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
        if isinstance(body, bytes) and announced:
            raw.append((b"content-length", str(len(body)).encode()))
        pieces = iter([body] if isinstance(body, bytes) else body)
        self.taken = 0
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            piece = next(pieces, None)
            if piece is None:
                return {"type": "http.request", "body": b"", "more_body": False}
            self.taken += len(piece)
            return {"type": "http.request", "body": piece, "more_body": not isinstance(body, bytes)}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "headers": raw, "query_string": b""}
        await self.front(scope, receive, send)
        start = sent[0]
        named = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answered(start["status"], named, b"".join(one.get("body", b"") for one in sent[1:]))
