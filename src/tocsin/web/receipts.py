"""From the thread that commits to the event loop: a whole batch of answers with one wake-up."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial

Told = tuple["asyncio.Future[int]", "Future[int]"]


@dataclass(slots=True)
class Receipts:
    """Outcomes of another thread's work, as the event loop awaits them. One for each event loop.

    ``asyncio.wrap_future`` wakes the loop for each future; a commit settles dozens at once.
    """

    _settled: deque[Told] = field(default_factory=deque)
    _called: bool = False

    def of(self, stored: Future[int]) -> asyncio.Future[int]:
        """The same outcome, to be awaited in the running loop."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[int] = loop.create_future()
        stored.add_done_callback(partial(self._settle, loop, waiting))
        return waiting

    def _settle(self, loop: asyncio.AbstractEventLoop, waiting: asyncio.Future[int], stored: Future[int]) -> None:
        self._settled.append((waiting, stored))
        if self._called:
            return  # it will see this one as well: it says so before it looks
        self._called = True
        try:
            loop.call_soon_threadsafe(self._tell)
        except RuntimeError:  # the loop has ended, and with it everybody who waited
            self._called = False

    def _tell(self) -> None:
        self._called = False
        while self._settled:
            waiting, stored = self._settled.popleft()
            if waiting.done():
                continue  # whoever waited has hung up
            trouble = stored.exception()
            if trouble is not None:
                waiting.set_exception(trouble)
            else:
                waiting.set_result(stored.result())
