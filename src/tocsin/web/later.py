"""A face that takes long to make is made while the server listens already: alerts are taken meanwhile."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future

from tocsin.web.answers import ASGIApp, Receive, Scope, Send

log = logging.getLogger(__name__)


class Later:
    """An ASGI application that is made once, in a thread of its own, when it is told to begin or first asked.

    Who asks before it is there waits for it. When it cannot be made that is logged, and raised for whoever asks.
    """

    def __init__(self, make: Callable[[], ASGIApp], name: str) -> None:
        self._make = make
        self._name = name
        self._made: Future[ASGIApp] = Future()
        self._begun = threading.Lock()

    def begin(self) -> None:
        """Begin to make it, unless that was begun."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._work, name=f"tocsin-make-{self._name}", daemon=True).start()

    def make(self) -> None:
        """Make it in this thread, unless that was begun."""
        if self._begun.acquire(blocking=False):
            self._work()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._made.done():
            self.begin()
            await asyncio.wrap_future(self._made)
        await self._made.result()(scope, receive, send)

    def _work(self) -> None:
        try:
            self._made.set_result(self._make())
        except BaseException as error:
            log.exception("%s could not be made; nothing of it is answered", self._name)
            self._made.set_exception(error)
