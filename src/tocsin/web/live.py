"""Pages that stay current: one event stream for each open page, woken by commits.

All streams that watch the same thing are looked after together, in rounds: one look, in a thread, says what each of
them is told, and they are told one after the other, a few at a time, so that the hearing and the paging get turns.
What is asked of the database and rendered goes with the kinds of viewers, not with their number
(``pages/watching.py``).

A round comes soon after a commit. Another comes every few seconds by itself, because another node may have committed,
and because whoever watches may have been signed out there meanwhile; who is signed out here is cut off at once (F64).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool

from tocsin.clock import monotonic
from tocsin.errors import TocsinError, Unavailable
from tocsin.web.answers import TEXT, ASGIApp, Headers, Receive, Scope, Send, answer

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between looks when no commit wakes a stream; each sends a sign of life."""
LULL = 0.01
"""Seconds to wait after a commit: the facts of one act often come in several commits."""
SETTLE = 0.1
"""Seconds between two rounds of the same streams, at least: what comes faster is told together."""
REST = 2.0
"""A round that took long is followed by a rest of so many times its length."""
TOGETHER = 25
"""Streams that are told one after the other before everybody else on the event loop has a turn."""
_LINE_END = re.compile(r"\r\n|\r|\n")
HEAD: Headers = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)
TOO_MANY = "too many pages are open; this one asks again every few seconds"
MOST_EACH = 10
"""Open streams of one person."""
AT_ONCE = 2
"""Looks that are taken at the same time: whoever watches must not slow down the hearing and the paging, which would
else share the processor with a thread for each incident."""


@dataclass(frozen=True, slots=True)
class Update:
    """What a page is sent: HTML and the number of the last fact in it.

    With a ``name`` it is a signal for the page's scripts instead of HTML to be put in.
    """

    seq: int
    html: str
    name: str = ""


Message = Callable[[], bytes]
"""Makes what is sent to one page, at the moment in which it is sent: thousands of them never lie in memory at once."""


def alive() -> bytes:
    """The sign of life, for a page that has nothing new to see."""
    return b"event: alive\ndata: \n\n"


def over() -> bytes:
    """The last word to a page that may not look any more: load anew, which leads to the sign-in page."""
    return b"event: over\ndata: reload\n\n"


@dataclass(eq=False, slots=True)
class Watcher:
    """Whoever watches by one stream: their handle, and what proves who they are (what ``revoke`` ends it by)."""

    who: str
    proof: str


Look = Callable[[Sequence[Any]], Sequence[Message | None]]
"""Says what each of these watchers is told now: None for whoever may not look any more, which it finds out anew each
time. It may block, for it is called in a thread, and it may keep in a watcher what their page has been told: whoever is
asked for is told. Unavailable says nothing to anybody for now; another TocsinError ends the streams."""


@dataclass(eq=False, slots=True)
class _Stream:
    """One open page, as an ASGI application: it waits to be told, and to be left.

    ``busy`` while something is on its way; what happens meanwhile is ``missed``, and looked for after that. ``due`` is
    when it is to be looked after next, as the monotonic clock counts.
    """

    live: Live
    channel: _Channel
    watcher: Watcher
    due: float = 0.0
    told: Message | None = None
    busy: bool = False
    missed: bool = False
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, message: Message) -> None:
        """Have a message sent. Nothing comes after ``over``."""
        if self.told is not over:
            self.told, self.busy = message, True
            self.woken.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.live.full(self.watcher.who):  # it was asked before, but several may have come in at the same time
            return await answer(send, 503, TOO_MANY.encode(), TEXT)
        left = asyncio.ensure_future(self._left(receive))
        self.live.enter(self)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(HEAD)})
            await send(_body(b"retry: 2000\n\n"))
            while (message := await self._next()) is not None:
                await send(_body(message()))
                if message is over:
                    break
                self.busy = self.told is not None
                if self.missed and not self.busy:
                    self.missed = False
                    self.channel.due_now([self])
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self.live.leave(self)
            left.cancel()

    async def _next(self) -> Message | None:
        """What is to be sent next; None when the page was left or the server stops."""
        await self.woken.wait()
        self.woken.clear()
        message, self.told = self.told, None
        return message

    async def _left(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.told = None
        self.woken.set()

    def end(self) -> None:
        """Say nothing more: the server stops."""
        self.told = None
        self.woken.set()


@dataclass(eq=False, slots=True)
class _Channel:
    """The streams that watch the same thing, and the task that looks after them while there are any."""

    key: Hashable
    look: Look
    streams: dict[_Stream, None] = field(default_factory=dict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def due_now(self, streams: Iterable[_Stream]) -> None:
        """Look after these as soon as may be."""
        for stream in streams:
            stream.due = 0.0
        self.woken.set()

    async def go(self, turns: asyncio.Semaphore) -> None:
        """Round after round, until no stream is left."""
        while self.streams:
            if await self._wait():
                await asyncio.sleep(LULL)
            self.woken.clear()
            began = monotonic()
            async with turns:
                await self._round()
            await asyncio.sleep(max(SETTLE, REST * (monotonic() - began)))

    async def _wait(self) -> bool:
        """Wait until a stream is due; whether something happened."""
        wait = min(stream.due for stream in self.streams) - monotonic()
        if wait <= 0:
            return self.woken.is_set()
        try:
            async with asyncio.timeout(wait):
                return await self.woken.wait()
        except TimeoutError:
            return False

    async def _round(self) -> None:
        """Look once for all that are due, or will be soon, and tell them."""
        now = monotonic()
        due = [stream for stream in self.streams if stream.due <= now + EVERY / 10]
        for stream in due:
            stream.due, stream.missed = now + EVERY, stream.busy
        asked = [stream for stream in due if not stream.busy]
        if not asked:
            return
        try:
            messages = await run_in_threadpool(self.look, [stream.watcher for stream in asked])
        except Unavailable:
            return  # their pages say that they are stale; all of them loading anew would not help
        except TocsinError:
            messages = [None] * len(asked)
        except Exception:
            log.exception("what open pages of %s are told could not be made", self.key)
            messages = [None] * len(asked)
        for number, (stream, message) in enumerate(zip(asked, messages, strict=True), 1):
            stream.tell(over if message is None else message)
            if number % TOGETHER == 0:
                await asyncio.sleep(0)


@dataclass(slots=True)
class Live:
    """All open streams of this process. Lives on one event loop; whatever tells it of a change may be any thread."""

    watched: Callable[[int], None] = lambda count: None
    changes: int = 0
    entering: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    """Held while somebody who comes is looked up: all of them come at once after a restart."""
    _channels: dict[Hashable, _Channel] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop | None = None
    _open: Counter[str] = field(default_factory=Counter)
    _count: int = 0
    _closed: bool = False
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def changed(self, incident_ids: Sequence[str]) -> None:
        """These incidents changed: wake the streams that watch them."""
        self._soon(self._wake, frozenset(incident_ids))

    def revoke(self, who: str, proof: str = "") -> None:
        """End the streams of this person at once, or only those that came with this proof."""
        self._soon(self._revoke, who, proof)

    def close(self) -> None:
        """End all streams, so that the server can stop; safe to call from a signal handler and from any thread."""
        self._closed = True
        self._soon(self._end)

    def full(self, who: str) -> bool:
        """Whether no stream more is taken from this person now."""
        return self._closed or self._open[who] >= MOST_EACH

    def stream(self, incident_id: str | None, watcher: Watcher, look: Look) -> ASGIApp:
        """A stream for one page; ``incident_id`` None watches all incidents. Raises Unavailable beyond the bounds.

        Streams of the same incident must come with looks that do the same: they share the first.
        """
        if self.full(watcher.who):
            raise Unavailable(TOO_MANY)
        self._loop = asyncio.get_running_loop()
        channel = self._channels.get(incident_id) or _Channel(incident_id, look)
        return _Stream(self, channel, watcher)

    def enter(self, stream: _Stream) -> None:
        """A stream begins: it is looked after from now on."""
        channel = self._channels.setdefault(stream.channel.key, stream.channel)
        stream.channel = channel
        channel.streams[stream] = None
        channel.due_now([stream])
        if channel.task is None:
            channel.task = asyncio.ensure_future(channel.go(self._turns))
        self._counted(stream.watcher.who, 1)

    def leave(self, stream: _Stream) -> None:
        """A stream has ended; with the last of its channel the channel ends."""
        channel = stream.channel
        del channel.streams[stream]
        if not channel.streams:
            del self._channels[channel.key]
            if channel.task is not None:
                channel.task.cancel()
        self._counted(stream.watcher.who, -1)

    def _soon(self, act: Callable[..., None], *given: object) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(act, *given)

    def _wake(self, incident_ids: frozenset[str]) -> None:
        self.changes += 1
        for key in (*incident_ids, None):
            if (channel := self._channels.get(key)) is not None:
                channel.due_now(channel.streams)

    def _revoke(self, who: str, proof: str) -> None:
        for stream in self._streams():
            if stream.watcher.who == who and proof in ("", stream.watcher.proof):
                stream.tell(over)

    def _end(self) -> None:
        for stream in self._streams():
            stream.end()

    def _streams(self) -> list[_Stream]:
        return [stream for channel in self._channels.values() for stream in channel.streams]

    def _counted(self, who: str, step: int) -> None:
        self._open[who] += step
        self._count += step
        if not self._open[who]:
            del self._open[who]
        self.watched(self._count)


def event(update: Update) -> str:
    """An update as the stream carries it."""
    lines = "\n".join(f"data: {line}" for line in _LINE_END.split(update.html))
    name = f"event: {update.name}\n" if update.name else ""
    return f"id: {update.seq}\n{name}{lines}\n\n"


def _body(body: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": True}
