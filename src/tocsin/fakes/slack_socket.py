"""The far end of Socket Mode for the stand-in of Slack: a websocket server in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from aiohttp import WSMsgType, web


class SocketEnd:
    """Takes connections, sends envelopes, and remembers which were acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: list[str] = []
        self.connections = 0
        """How many have been opened so far."""
        self._open: list[web.WebSocketResponse] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._port = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)
        self.url = f"ws://127.0.0.1:{self._port}/link"

    @property
    def is_open(self) -> bool:
        """Whether somebody listens."""
        return bool(self._open)

    def send(self, kind: str, envelope: str, payload: Mapping[str, Any]) -> None:
        """Send an envelope to whoever listens."""
        self._say({"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": False})

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to connect anew, and close."""
        self._say({"type": "disconnect", "reason": reason})
        self.cut()

    def cut(self) -> None:
        """End every connection without a word."""

        async def cut() -> None:
            for one in list(self._open):
                await one.close()

        self._do(cut)

    def close(self) -> None:
        """End the server."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _say(self, message: Mapping[str, Any]) -> None:
        async def say() -> None:
            for one in list(self._open):
                await one.send_str(json.dumps(message))

        self._do(say)

    def _do(self, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        asyncio.run_coroutine_threadsafe(act(), self._loop).result(10)

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(json.dumps({"type": "hello", "num_connections": 1}))
        self._open.append(socket)
        self.connections += 1
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self.acknowledged.append(json.loads(message.data).get("envelope_id", ""))
        finally:
            self._open.remove(socket)
        return socket

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)

        async def begin() -> web.AppRunner:
            application = web.Application()
            application.router.add_get("/link", self._link)
            runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self._port = runner.addresses[0][1]
            return runner

        runner = self._loop.run_until_complete(begin())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()
