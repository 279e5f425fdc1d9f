"""The HTTP server: uvicorn within our process, with an end that never hangs.

An open event stream would otherwise keep a server alive for ever after SIGTERM: streams are told to end first, and
what is left after three seconds is cut.
"""

from __future__ import annotations

import resource
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any, cast

import uvicorn

from tocsin.adapters.http_protocol import AtOnce, BoundedProtocol
from tocsin.errors import Unavailable

GRACE_SECONDS = 3
BACKLOG = 2048
MOST_FILES = 65_536


class HttpServer(uvicorn.Server):
    """Serves one application on one listener until SIGTERM or SIGINT."""

    def __init__(
        self,
        app: Callable[..., Any],
        listening: Callable[[], None],
        stopping: Callable[[], None] = lambda: None,
        at_once: AtOnce | None = None,
    ) -> None:
        config = uvicorn.Config(
            app,
            http=cast("type[BoundedProtocol]", partial(BoundedProtocol, at_once=at_once)),
            loop="uvloop",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        super().__init__(config)
        self._on_listening, self._on_stopping = listening, stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop. Not as uvicorn does it: that raises the signal again in the end, before we have closed."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self._on_stopping()


def room_for_connections() -> None:
    """Let this process open as many files as it may at all: each open page holds a connection, and many shells and
    containers allow 1,024 unless asked."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def listener_on(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises Unavailable when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Unavailable(f"cannot listen on {host}:{port}: {error.strerror}; is Tocsin running already?") from error
    listener.listen(BACKLOG)
    return listener


def address_of(listener: socket.socket) -> str:
    """The address at which a listener is reached from this machine."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
