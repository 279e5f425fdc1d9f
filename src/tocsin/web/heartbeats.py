"""Where heartbeats knock: at their own addresses, and at the paths of Opsgenie's heartbeats.

A beat is on disk before it is answered, like every delivery. GET and HEAD count here and nowhere else
(docs/adr/0021): nothing follows from a beat but that silence is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from tocsin.alerts.sources.heartbeat import HEARTBEAT, Pulse, beat
from tocsin.app.intake.beats import pulse_of
from tocsin.app.rows.records import NewDelivery
from tocsin.app.team import Integration, TeamInForce
from tocsin.clock import Clock
from tocsin.web.answers import TEXT, Scope, Send, answer
from tocsin.web.body import Read
from tocsin.web.opsgenie_api import OpsgenieApi
from tocsin.web.receipts import Receipts

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH")
SENDERS = ("opsgenie", HEARTBEAT.name)
"""The sources whose keys may ping at Opsgenie's paths."""
_PRIORITIES = ("P1", "P2", "P3", "P4", "P5")

Then = Callable[[Integration, Mapping[bytes, bytes], Read], Awaitable[str]]
"""What else a known sender may want than to deliver; gives the outcome to be counted."""


@dataclass(slots=True)
class HeartbeatDoor:
    """Takes beats in."""

    submit: Callable[[NewDelivery], Future[int]]
    receipts: Receipts
    team: TeamInForce
    clock: Clock
    opsgenie: OpsgenieApi | None = None

    def own(self, scope: Scope, send: Send) -> Then:
        """A beat at the heartbeat's own address."""

        async def take(one: Integration, _named: Mapping[bytes, bytes], read: Read) -> str:
            await self._store(one, read)
            await answer(send, 200, b"OK\n", TEXT, head=scope["method"] == "HEAD")
            return "stored"

        return take

    def of_opsgenie(self, scope: Scope, send: Send, path: str) -> Then:
        """What a client of Opsgenie's asks of heartbeats: to ping one, or how they are."""
        parts = [unquote(part) for part in path.rstrip("/").split("/")]

        async def take(one: Integration, _named: Mapping[bytes, bytes], read: Read) -> str:
            within = self._of_service(one)
            match scope["method"], parts:
                case ("GET", ["heartbeats", name]) | (_, ["heartbeats", name, "ping"]) if name not in within:
                    text = f"there is no heartbeat {name[:80]!r} of {one.service}: it must be an integration of "
                    await OpsgenieApi.wrong(send, 404, f'{text}tocsin.toml, with source = "heartbeat"')
                case method, ["heartbeats", name, "ping"] if method in METHODS:
                    await OpsgenieApi.pong(send, await self._store(within[name], read))
                    return "stored"
                case "GET", ["heartbeats"]:
                    beating = [await asyncio.to_thread(self._shown, found) for found in within.values()]
                    await OpsgenieApi.data(send, {"heartbeats": beating})
                case "GET", ["heartbeats", name]:
                    await OpsgenieApi.data(send, await asyncio.to_thread(self._shown, within[name]))
                case _:
                    await OpsgenieApi.wrong(send, 405, "heartbeats are declared in tocsin.toml, and only pinged here")
            return "asked"

        return take

    async def _store(self, one: Integration, read: Read) -> int:
        # Each beat counts, however alike they are.
        new = NewDelivery(one.name, f"beat:{uuid4()}", self.clock.now(), "", beat(read.body))
        return await self.receipts.of(self.submit(new))

    def _of_service(self, one: Integration) -> dict[str, Integration]:
        """The heartbeats that a key may ping: its own, or all of the service that it sends for."""
        if one.rhythm is not None:
            return {one.name: one}
        found = self.team().integrations.values()
        return {other.name: other for other in found if other.rhythm is not None and other.service == one.service}

    def _shown(self, one: Integration) -> dict[str, Any]:
        """A heartbeat in Opsgenie's words."""
        rhythm, pulse = one.rhythm, None
        assert rhythm is not None  # only such are asked for
        if self.opsgenie is not None:
            with self.opsgenie.store.read() as tx:
                pulse = pulse_of(tx, one.name)
        minutes = max(1, round(rhythm.every.total_seconds() / 60))
        said = {
            "name": one.name,
            "description": "",
            "interval": minutes,
            "intervalUnit": "minutes",
            "enabled": True,
            "expired": _expired(pulse, self.clock.now(), one),
            "ownerTeam": {"name": one.service},
            "alertMessage": f"No heartbeat from {one.name}",
            "alertTags": [],
            "alertPriority": rhythm.severity if rhythm.severity in _PRIORITIES else "P3",
        }
        if pulse is not None and pulse.beaten:
            said["lastPingTime"] = (
                pulse.last_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            )
        return said


def _expired(pulse: Pulse | None, now: datetime, one: Integration) -> bool:
    return pulse is not None and one.rhythm is not None and (pulse.told or pulse.due_at(one.rhythm) <= now)
