"""Hears Slack by Socket Mode: a websocket that we open, so that no address of ours has to be reachable.

Protocol: https://docs.slack.dev/apis/events-api/using-socket-mode. Slack gives an address that is good for one
connection, ends it every few hours with ``disconnect``, and sends anew what was not acknowledged within three seconds.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tocsin.adapters.chat.slack_api import SlackApi
from tocsin.app.ports import GiveUp, TryAgain
from tocsin.clock import monotonic
from tocsin.errors import Unavailable

log = logging.getLogger(__name__)

FIRST, LONGEST = 1.0, 60.0
"""Seconds between two attempts, at first and in the end; each a little scattered."""
STEADY = 30.0
"""A connection that has held for so many seconds was a good one: after it the waiting begins anew."""
PING = 15.0
"""Seconds: a connection that answers no ping for so long is cut, though nobody said so."""
ACKNOWLEDGED_WITHIN = 2.0
LARGEST = 4 << 20

Take = Callable[[str, Mapping[str, Any]], "Future[None] | None"]
"""Has an envelope's payload done: its kind, the payload; None for what is nobody's act."""


@dataclass(slots=True)
class SlackSocket:
    """Keeps one connection open and hands on what comes. ``api`` holds the app-level token."""

    api: SlackApi
    take: Take
    first: float = FIRST
    jitter: Callable[[], float] = field(default=random.random)
    connected: bool = False

    def run(self, stop: threading.Event) -> None:
        """Listen until told to stop; never raises, whatever Slack or the network does."""
        asyncio.run(self._keep(stop))

    async def _keep(self, stop: threading.Event) -> None:
        stopped = asyncio.ensure_future(asyncio.to_thread(stop.wait))
        wait, said = self.first, ""
        while not stop.is_set():
            begun = monotonic()
            try:
                again, why = await self._once(stopped)
            except Exception as trouble:
                log.exception("the connection to Slack failed")
                again, why = None, type(trouble).__name__
            self.connected = False
            if stop.is_set():
                break
            if again is None:  # it ended by itself: connect anew at once, or more and more slowly
                steady = monotonic() - begun > STEADY
                wait = self.first if steady else wait
                pause, wait = wait * (0.75 + self.jitter() / 2), min(LONGEST, wait * 2)
                if why != said:
                    log.warning("Slack is not heard, trying again: %s", why)
            else:
                pause = again.total_seconds()
            said = why
            await asyncio.wait({stopped}, timeout=pause)

    async def _once(self, stopped: asyncio.Future[Any]) -> tuple[timedelta | None, str]:
        """One connection from its beginning to its end: when to open the next one (None: by our own patience), why."""
        address = await asyncio.to_thread(self._address)
        if not isinstance(address, str):
            return (address.after if isinstance(address, TryAgain) else None), address.reason
        async with aiohttp.ClientSession() as session:
            try:
                async with session.ws_connect(address, heartbeat=PING, max_msg_size=LARGEST) as socket:
                    self.connected = True
                    return await self._listen(socket, stopped)
            except (aiohttp.ClientError, OSError, TimeoutError) as trouble:
                return None, f"the connection broke: {type(trouble).__name__}"

    async def _listen(
        self, socket: aiohttp.ClientWebSocketResponse, stopped: asyncio.Future[Any]
    ) -> tuple[timedelta | None, str]:
        working: set[asyncio.Task[None]] = set()
        while True:
            arriving = asyncio.ensure_future(socket.receive())
            await asyncio.wait({arriving, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not arriving.done():
                arriving.cancel()
                return timedelta(0), "stopped"
            message = arriving.result()
            if message.type is not aiohttp.WSMsgType.TEXT:
                return None, "Slack closed the connection"
            envelope = _object(message.data)
            match envelope.get("type"):
                case "disconnect":
                    reason = str(envelope.get("reason", ""))[:60]
                    if reason == "link_disabled":
                        return timedelta(seconds=LONGEST), "Socket Mode is switched off for the app; switch it on"
                    return timedelta(0), ""
                case str(kind) if isinstance(envelope.get("envelope_id"), str):
                    done = self.take(kind, envelope.get("payload") or {})
                    task = asyncio.ensure_future(self._acknowledge(socket, envelope["envelope_id"], done))
                    working.add(task)
                    task.add_done_callback(working.discard)
                case _:
                    pass  # hello, and what later versions of Slack may say

    async def _acknowledge(
        self, socket: aiohttp.ClientWebSocketResponse, envelope: str, done: Future[None] | None
    ) -> None:
        """Say that it arrived once it is kept; what could not be kept is not acknowledged, so Slack sends it again."""
        if done is not None:
            try:
                await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(done)), ACKNOWLEDGED_WITHIN)
            except TimeoutError:
                pass
            except Unavailable as trouble:
                log.warning("something from Slack could not be kept, so it is to be sent again: %s", trouble)
                return
        try:
            await socket.send_str(json.dumps({"envelope_id": envelope}))
        except (aiohttp.ClientError, OSError):
            log.info("an envelope could not be acknowledged: the connection is gone, and Slack sends it again")

    def _address(self) -> str | TryAgain | GiveUp:
        """The address of the next connection."""
        answer = self.api.call("apps.connections.open")
        if isinstance(answer, TryAgain | GiveUp):
            return answer
        address = str(answer.get("url", "")) if isinstance(answer, Mapping) else ""
        return address if _is_slacks(address, self.api.api) else GiveUp("Slack gave an address that is not its own")


def _is_slacks(address: str, api: str) -> bool:
    """Whether a websocket's address is one of Slack's, or of the stand-in that is drilled with (B8)."""
    asked, ours = urlsplit(address), urlsplit(api)
    if asked.scheme == "wss" and (asked.hostname or "").endswith(".slack.com"):
        return True
    return ours.hostname != "slack.com" and asked.scheme == "ws" and asked.hostname == ours.hostname


def _object(raw: str) -> Mapping[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
