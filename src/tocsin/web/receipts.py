"""From the thread that commits to the event loop: a whole batch of answers with one wake-up."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial

from tocsin.app.intake.group_commit import Outcome, Told

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Receipts:
    """Outcomes of another thread's work, as the event loop hears of them. One for each event loop.

    ``asyncio.wrap_future`` wakes the loop for each future; a commit settles dozens at once.
    """

    _settled: deque[Callable[[], None]] = field(default_factory=deque)
    _called: bool = False

    def of(self, stored: Future[int]) -> asyncio.Future[int]:
        """The same outcome, to be awaited in the running loop."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[int] = loop.create_future()
        tell = partial(_pass_on, stored, waiting)
        stored.add_done_callback(lambda _stored: self._settle(loop, tell))
        return waiting

    def told(self, then: Callable[[Outcome], None]) -> Told:
        """What any thread may call with an outcome: ``then`` hears it in the loop that runs now."""
        loop = asyncio.get_running_loop()
        return lambda outcome: self._settle(loop, partial(then, outcome))

    def _settle(self, loop: asyncio.AbstractEventLoop, tell: Callable[[], None]) -> None:
        self._settled.append(tell)
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
            tell = self._settled.popleft()
            try:
                tell()
            except Exception:  # noqa: BLE001 - the others wait for theirs
                _log.exception("an answer could not be given; what it is about is stored or refused all the same")


def _pass_on(stored: Future[int], waiting: asyncio.Future[int]) -> None:
    if waiting.done():
        return  # whoever waited has hung up
    trouble = stored.exception()
    if trouble is not None:
        waiting.set_exception(trouble)
    else:
        waiting.set_result(stored.result())
