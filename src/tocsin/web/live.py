"""Pages that stay current: one event stream for each open page, woken by commits.

A stream renders what changed since the last fact its page has seen. It looks again every few seconds by itself,
because another node may have committed, and because whoever watches may have been signed out meanwhile (F64).
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from tocsin.errors import TocsinError, Unavailable

EVERY = 5.0
"""Seconds between looks when no commit wakes the stream; each sends a sign of life."""
SETTLE = 0.1
"""Seconds to wait after a commit: the facts of one act often come in several commits."""
_LINE_END = re.compile(r"\r\n|\r|\n")
MOST_EACH = 10
"""Open streams of one person."""
AT_ONCE = 2
"""Looks that are taken at the same time: whoever watches must not slow down the hearing and the paging, which would
else share the processor with a thread for each page."""


@dataclass(frozen=True, slots=True)
class Update:
    """What a page is sent: HTML and the number of the last fact in it. Empty HTML: nothing is new.

    With a ``name`` it is a signal for the page's scripts instead of HTML to be put in.
    """

    seq: int
    html: str
    name: str = ""


Look = Callable[[int], Update]
"""Takes the number of the last fact seen; raises NotSignedIn when the viewer may not look any more. May block: it is
called in a thread."""


@dataclass(slots=True)
class Live:
    """All open streams of this process. Lives on one event loop; ``changed`` may be called by any thread."""

    watched: Callable[[int], None] = lambda count: None
    changes: int = 0
    _waiting: dict[asyncio.Event, str | None] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop | None = None
    _open: Counter[str] = field(default_factory=Counter)
    _closed: bool = False
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def changed(self, incident_ids: Sequence[str]) -> None:
        """These incidents changed: wake the streams that watch them."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake, frozenset(incident_ids))

    def close(self) -> None:
        """End all streams, so that the server can stop; safe to call from a signal handler and from any thread."""
        self._closed = True
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake, None)

    def stream(self, who: str, incident_id: str | None, after: int, look: Look) -> StreamingResponse:
        """A stream for one page; ``incident_id`` None watches all incidents. Raises Unavailable beyond the bounds."""
        if self._closed or self._open[who] >= MOST_EACH:
            raise Unavailable("too many pages are open; this one asks again every few seconds")
        self._loop = asyncio.get_running_loop()
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._sent(who, incident_id, after, look), 200, headers, "text/event-stream")

    async def _sent(self, who: str, incident_id: str | None, seen: int, look: Look) -> AsyncIterator[str]:
        woken = asyncio.Event()
        self._waiting[woken] = incident_id
        self._count(who, 1)
        try:
            yield "retry: 2000\n\n"
            while not self._closed:
                try:
                    async with self._turns:
                        update = await run_in_threadpool(look, seen)
                except TocsinError:
                    yield "event: over\ndata: reload\n\n"
                    return
                if update.html:
                    seen = update.seq
                    yield event(update)
                else:
                    yield "event: alive\ndata: \n\n"
                await self._pause(woken)
        finally:
            del self._waiting[woken]
            self._count(who, -1)

    async def _pause(self, woken: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(EVERY):
                await woken.wait()
            if not self._closed:
                await asyncio.sleep(SETTLE)
        except TimeoutError:
            pass
        woken.clear()

    def _wake(self, incident_ids: frozenset[str] | None) -> None:
        self.changes += 1
        for woken, watched in self._waiting.items():
            if incident_ids is None or watched is None or watched in incident_ids:
                woken.set()

    def _count(self, who: str, step: int) -> None:
        self._open[who] += step
        if not self._open[who]:
            del self._open[who]
        self.watched(sum(self._open.values()))


def event(update: Update) -> str:
    """An update as the stream carries it."""
    lines = "\n".join(f"data: {line}" for line in _LINE_END.split(update.html))
    name = f"event: {update.name}\n" if update.name else ""
    return f"id: {update.seq}\n{name}{lines}\n\n"
