"""HTTP/1.1 with bounds on the head of a request: uvicorn's fast protocol has none, neither in size nor in time.
Answers leave in one piece where they fit in one."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

log = logging.getLogger(__name__)

Headers = Sequence[tuple[bytes, bytes]]
AtOnce = Callable[[str, Headers, bytes, Callable[[int, bytes, Headers], None]], bool]
"""Asked of a whole request to an address of deliveries: its path, headers and body, and how to answer it, once, in the
same thread. False when it is to be answered by the application; then it has done nothing."""
Mover = Callable[[], Callable[[int], None] | None]
"""Gives who takes over a connection on which deliveries come, by its descriptor; None where it is to stay here."""
DELIVERIES = b"/in/"
"""Where those addresses begin."""
ELSEWHERE = frozenset(b"%?#")
"""A target with one of these is more than a path as it is meant."""

MAX_HEAD = 32 << 10
"""Bytes of request line and headers together; the intake's own bound of 16 KiB for headers fits in twice."""
HEAD_SECONDS = 10.0
"""From the first byte of a request, or from the connection, until its head is there."""
WHOLE = "tocsin.whole"
"""The key of a scope that says: the whole body has come. The intake asks for it (``web/answers.py``)."""
LARGE = 16 << 10
"""Bytes of an answer that do not wait for more of it."""
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Corked:
    """A transport that sends in one piece what is written to it within one turn of the event loop.

    uvicorn writes the head of an answer and its body apart, and uvloop sends each at once: two system calls and two
    packets for an answer that fits in one, a twelfth of what it costs to take an alert.
    """

    __slots__ = ("_held", "_loop", "_size", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Send this before the loop does anything else; at once when it is large, so that a writer is held up."""
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)
        self._size += len(data)
        if self._size >= LARGE:
            self._send()

    def send(self, whole: bytes) -> None:
        """Send what is a whole answer, and nothing of it will follow: there is nothing to wait for."""
        if self._held:
            self.write(whole)
        elif not self._transport.is_closing():
            self._transport.write(whole)

    def close(self) -> None:
        """Send what is held, then close."""
        self._send()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether it is closed or about to be."""
        return self._transport.is_closing()

    def is_empty(self) -> bool:
        """Whether all that was written has left."""
        return not self._held and not self._transport.get_write_buffer_size()

    def copied(self) -> int:
        """A descriptor of the same connection, which stays open when this one is closed. OSError when none is left."""
        return os.dup(self._transport.get_extra_info("socket").fileno())

    def _send(self) -> None:
        if self._held:
            data = b"".join(self._held)
            self._held.clear()
            self._size = 0
            if not self._transport.is_closing():
                self._transport.write(data)


class Delivered:
    """A request that is answered without a task: what uvicorn's protocol asks of the one that it is at."""

    __slots__ = ("disconnected", "keep_alive", "response_complete")

    message_event: ClassVar = asyncio.Event()
    """Nobody waits for it: the request has come whole."""

    def __init__(self) -> None:
        self.disconnected = self.response_complete = False
        self.keep_alive = True


class BoundedProtocol(HttpToolsProtocol):
    """Closes connections whose request heads are too large or come too slowly.

    ``at_once`` takes deliveries, which come by the thousand: a task, its scope and its messages are half of what it
    costs to take one. A request that has not come whole by the end of one read goes to the application as any other.
    """

    _head_bytes = 0
    _in_head = True
    _head_since = 0.0
    _timer: asyncio.TimerHandle | None = None
    _held: list[bytes] | None = None
    """The body of a request that may be a delivery; None for any other."""
    _said: tuple[Headers, Headers, int, bytes] = ((), (), 0, b"")
    """Headers and status of the last answer to a delivery, and its head as it was sent, mostly as the next one is."""

    first = b""
    """What has come on the connection before it was given here."""

    def __init__(self, *given: Any, at_once: AtOnce | None = None, mover: Mover | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        self._at_once = at_once
        self.mover = mover

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A visitor has connected: the head of the first request must follow."""
        super().connection_made(transport)
        self.transport = cast("asyncio.Transport", Corked(transport, self.loop))
        self._expect_head()
        if self.first:
            self.data_received(self.first)

    def data_received(self, data: bytes) -> None:
        """Some bytes have come."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._held is not None:
            self._hand_on()
        if not self._in_head:
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD:
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """The first byte of a request. Its scope is made when something asks for it."""
        self.url, self.headers, self.expect_100_continue = b"", [], False
        self._expect_head()

    def on_headers_complete(self) -> None:
        """The head is there. ValueError, which the parser answers with 400, when it names several hosts (F77)."""
        if [name for name, _ in self.headers].count(b"host") > 1:
            raise ValueError("more than one Host")
        self._in_head = False
        if self._may_be_delivery():
            self._held = []
        else:
            self._begin()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if self._held is not None:
            self._held.append(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """All of the request has come: said in its scope, so that nobody who reads the body has to watch a clock."""
        if self._held is not None:
            if self._taken(b"".join(self._held)):
                self._held = None
                return
            self._hand_on()
        super().on_message_complete()
        cast("dict[str, object]", self.cycle.scope)[WHOLE] = True

    def connection_lost(self, exc: Exception | None) -> None:
        """The visitor has gone, or was sent away."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        super().connection_lost(exc)

    def _may_be_delivery(self) -> bool:
        """Whether this head asks for nothing but to take what follows, and no other request is being answered."""
        return (
            self._at_once is not None
            and self.url.startswith(DELIVERIES)
            and ELSEWHERE.isdisjoint(self.url)
            and (self.cycle is None or self.cycle.response_complete)
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
            and not self.expect_100_continue
        )

    def _taken(self, body: bytes) -> bool:
        """Whether this request is being answered without the application."""
        assert self._at_once is not None  # or it would not have been held
        before, cycle = self.cycle, Delivered()
        self.cycle = cast("Any", cycle)

        def reply(status: int, body: bytes, headers: Headers) -> None:
            cycle.response_complete = True
            close = not cycle.keep_alive
            quiet = not self._in_head and self._held is None
            head = self._head(status, (*headers, (b"connection", b"close")) if close else headers)
            cast("Corked", self.transport).send(head + body)
            if close:
                self.transport.close()
            if close or self.pipeline:
                self.on_response_complete()
            else:  # the next head has its time, by the timer that is there
                self.server_state.total_requests += 1
                self._expect_head()
                if quiet and self.mover is not None and self.mover() is not None:
                    self.loop.call_soon(self._move)  # the answer leaves first

        try:
            taken = self._at_once(self.url.decode("ascii"), self.headers, body, reply)
        except Exception:
            log.exception("a delivery could not be taken at once; it goes the longer way")
            taken = cycle.response_complete
        if not taken:
            self.cycle = before
        return taken

    def _move(self) -> None:
        """Let another process have the connection, if all is quiet on it."""
        transport = cast("Corked", self.transport)
        take = self.mover() if self.mover is not None else None
        asked = not self._in_head or self._head_bytes or self._held is not None or self.pipeline
        if take is not None and not asked and not transport.is_closing() and transport.is_empty():
            with suppress(OSError):  # no descriptor is left for it: it stays
                take(transport.copied())
                transport.close()

    def _head(self, status: int, headers: Headers) -> bytes:
        """An answer down to its body. The date among the usual headers is another list each second."""
        usual = self.server_state.default_headers
        said = self._said
        if said[0] is not usual or said[1] is not headers or said[2] != status:
            lines = [b"%b: %b\r\n" % one for one in (*usual, *headers)]
            said = self._said = (usual, headers, status, b"".join((STATUS_LINE[status], *lines, b"\r\n")))
        return said[3]

    def _begin(self) -> None:
        """Let the application have the request, in the scope that uvicorn would have made with its first byte."""
        came = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.headers, self.expect_100_continue = came
        self.scope["headers"] = self.headers
        super().on_headers_complete()

    def _hand_on(self) -> None:
        """Let the application answer what was held."""
        assert self._held is not None
        held, self._held = self._held, None
        self._begin()
        for piece in held:
            super().on_body(piece)

    def _expect_head(self) -> None:
        """From now on the head has its time. One timer serves many requests: setting one for each costs as much as
        reading the head."""
        self._in_head, self._head_bytes, self._head_since = True, 0, self.loop.time()
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self._look)

    def _look(self) -> None:
        """The time of some head is over: of the one that is awaited, or of one that has come long ago."""
        self._timer = None
        if not self._in_head or self.transport.is_closing():
            return
        left = self._head_since + HEAD_SECONDS - self.loop.time()
        if left <= 0:
            self.transport.close()
        else:
            self._timer = self.loop.call_later(left, self._look)
