"""The HTTP server: uvicorn within our process, with an end that never hangs.

An open event stream would otherwise keep a server alive for ever after SIGTERM: streams are told to end first, and
what is left after three seconds is cut.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any, cast

import uvicorn

from tocsin.adapters.http_protocol import AtOnce, BoundedProtocol, Mover
from tocsin.errors import Unavailable

log = logging.getLogger(__name__)

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
        mover: Mover | None = None,
        protocol: Callable[..., BoundedProtocol] = BoundedProtocol,
    ) -> None:
        config = uvicorn.Config(
            app,
            http=cast("type[BoundedProtocol]", partial(protocol, at_once=at_once, mover=mover)),
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
        self._adopting: set[asyncio.Task[Any]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    def adopt(self, connection: socket.socket, first: bytes = b"", stays: bool = False) -> None:
        """Serve a connection that another process has accepted, and on which it has read ``first``.

        ``stays``: it is given to no other process any more.
        """

        def made() -> BoundedProtocol:
            made: Any = self.config.http_protocol_class
            protocol: BoundedProtocol = made(
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )
            protocol.first = first
            if stays:
                protocol.mover = None
            return protocol

        connection.setblocking(False)
        task = asyncio.get_running_loop().create_task(_served(made, connection))
        self._adopting.add(task)
        task.add_done_callback(self._adopting.discard)

    @property
    def is_empty(self) -> bool:
        """Whether there is no connection, and none is about to be served."""
        return not self.server_state.connections and not self._adopting

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop. Not as uvicorn does it: that raises the signal again in the end, before we have closed."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self._on_stopping()


async def _served(made: Callable[[], BoundedProtocol], connection: socket.socket) -> None:
    try:
        await asyncio.get_running_loop().connect_accepted_socket(made, connection)
    except OSError as gone:
        log.debug("a connection was gone before it was served: %s", gone)
        connection.close()


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
