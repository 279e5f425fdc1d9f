"""The HTTP server, with bounds on what a slow or greedy visitor may take, and an end that comes when asked for."""

from __future__ import annotations

import types

import uvicorn

from tocsin.web.answers import ASGIApp
from tocsin.web.live import Live
from tocsin.web.protocol import BoundedProtocol

KEEP_ALIVE = 20
GRACE = 5
"""Seconds that requests under way get to end. Event streams are told to end before; without that they never would."""


class Server(uvicorn.Server):
    """uvicorn, which on SIGTERM and SIGINT first ends the event streams."""

    def __init__(self, config: uvicorn.Config, live: Live) -> None:
        super().__init__(config)
        self._live = live

    def handle_exit(self, sig: int, frame: types.FrameType | None) -> None:
        """Begin to stop."""
        self._live.close()
        super().handle_exit(sig, frame)


def make_server(app: ASGIApp, live: Live, host: str, port: int, *, trusted_proxies: str = "127.0.0.1") -> Server:
    """A server for the front. ``trusted_proxies`` are addresses whose X-Forwarded headers are believed."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
        backlog=4096,
        proxy_headers=True,
        forwarded_allow_ips=trusted_proxies,
    )
    return Server(config, live)
