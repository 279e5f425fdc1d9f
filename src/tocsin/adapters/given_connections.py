"""The connections of the intake's second process: given by the first one, and given back for all but plain deliveries.

Nothing of a request has been answered when it is given back, and all of its bytes go with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from tocsin.adapters.http_protocol import BoundedProtocol, Corked

MAX_WAITED_FOR = 256 << 10
"""Bytes of a body that are waited for here when they do not come with its head; a longer one is given back."""
WAITS = 2.0
"""Seconds for the rest of such a body."""

GiveBack = Callable[[int, bytes], None]
"""Takes the descriptor of a connection, and what has come on it of a request."""


class GivenProtocol(BoundedProtocol):
    """Answers deliveries that are taken at once; gives back the connection for anything else."""

    _began = _ended = _mixed = _left = False
    _rest: asyncio.TimerHandle | None = None

    def __init__(self, *given: Any, give_back: GiveBack, **named: Any) -> None:
        super().__init__(*given, **named)
        self._give_back = give_back
        self._raw: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        """Some bytes have come."""
        if self._left or self._mixed:
            return None
        if self._awaits_answer():
            return self._refuse_more()
        self._raw.append(data)
        super().data_received(data)
        if self._ended:
            self._raw.clear()
            self._began = self._ended = False
            if self._rest is not None:
                self._rest.cancel()
                self._rest = None
        return None

    def on_message_begin(self) -> None:
        """The first byte of a request: nobody can tell which bytes are whose when several come in one read."""
        if self._began:
            return self._refuse_more()
        self._began = True
        super().on_message_begin()
        return None

    def on_headers_complete(self) -> None:
        """The head is there."""
        if not self._mixed:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if not (self._mixed or self._left):
            super().on_body(body)

    def on_message_complete(self) -> None:
        """All of the request has come."""
        if self._mixed or self._left:
            return
        if self._held is not None and self._taken(b"".join(self._held)):
            self._held, self._ended = None, True
        else:
            self._give()

    def connection_lost(self, exc: Exception | None) -> None:
        """The sender has gone, or the connection was given back."""
        if self._rest is not None:
            self._rest.cancel()
        super().connection_lost(exc)

    def leave(self) -> None:
        """Give the connection back; behind the answer that it awaits, if it awaits one."""
        if not (self._awaits_answer() or self._mixed):
            self._give()

    def _awaits_answer(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _refuse_more(self) -> None:
        """Close behind the answer that is under way: HTTP lets us, and who asked for more asks again elsewhere."""
        self._mixed = True
        if self._awaits_answer():
            self.cycle.keep_alive = False
        else:
            self.transport.close()

    def _begin(self) -> None:
        """A head that is no delivery's."""
        self._give()

    def _hand_on(self) -> None:
        """A delivery that has not come whole: wait for the rest of it, if that is not too long."""
        if self._rest is None:
            length = dict(self.headers).get(b"content-length", b"")
            if not length.isdigit() or len(length) > 6 or int(length) > MAX_WAITED_FOR:
                return self._give()
            self._rest = self.loop.call_later(WAITS, self._give)
        return None

    def _give(self) -> None:
        if self._left or self.transport.is_closing():
            return None
        self._left = True
        transport = cast("Corked", self.transport)
        if not transport.is_empty():  # an answer is still on its way: ours is not the only hand on the connection
            return transport.close()
        with suppress(OSError):  # no descriptor is left: who asked asks again, and is not told that it was wrong
            self._give_back(transport.copied(), b"".join(self._raw))
        transport.close()
        return None
