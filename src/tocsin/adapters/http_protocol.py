"""HTTP/1.1 with bounds on the head of a request: uvicorn's fast protocol has none, neither in size nor in time."""

from __future__ import annotations

import asyncio
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 32 << 10
"""Bytes of request line and headers together; the intake's own bound of 16 KiB for headers fits in twice."""
HEAD_SECONDS = 10.0
"""From the first byte of a request, or from the connection, until its head is there."""
WHOLE = "tocsin.whole"
"""The key of a scope that says: the whole body has come. The intake asks for it (``web/answers.py``)."""
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """Closes connections whose request heads are too large or come too slowly."""

    _head_bytes = 0
    _in_head = True
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A visitor has connected: the head of the first request must follow."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Some bytes have come."""
        super().data_received(data)
        if not self._in_head or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD:
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._expect_head()

    def on_headers_complete(self) -> None:
        """The head is there. ValueError, which the parser answers with 400, when it names several hosts (F77)."""
        if sum(name == b"host" for name, _ in self.headers) > 1:
            raise ValueError("more than one Host")
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of the request has come: said in its scope, so that nobody who reads the body has to watch a clock."""
        super().on_message_complete()
        cast("dict[str, object]", self.cycle.scope)[WHOLE] = True

    def connection_lost(self, exc: Exception | None) -> None:
        """The visitor has gone, or was sent away."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        self._stop_waiting()
        self._in_head, self._head_bytes = True, 0
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self._in_head and not self.transport.is_closing():
            self.transport.close()
