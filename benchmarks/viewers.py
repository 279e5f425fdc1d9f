"""Thousands of people watch one incident: how soon a note reaches the last of them, and what each of them costs.

`tocsin serve` is a process of its own, every stream is a connection of its own, and every person has an account, a role
and sessions as people have them; the rows of those are copied in. All connections are read by one loop in this process,
which shares the cores with the server.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import resource
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.commands import token
from benchmarks.figures import Figure, Goal, percentile
from benchmarks.house import House, house
from benchmarks.paging import our_request, pace
from benchmarks.plan import Plan
from benchmarks.sink import Sink, sink
from tocsin.app.access import Role
from tocsin.app.accounts.tokens import hash_of
from tocsin.web.live import MOST_EACH

LAST = Goal(150.0, 60.0)
"""Milliseconds until the last one has it."""
EACH = Goal(40.0)
"""KB of memory for each."""
ROLES = (*[Role.VIEWER] * 6, *[Role.RESPONDER] * 3, Role.MAINTAINER)
"""Who watches, of ten people."""
NOTES = 40
"""Entries of the timeline before it is watched: an incident that thousands watch is no new one."""
LONGEST = 60.0
SPARE = 200
"""Open files beside the streams."""
USER = "INSERT INTO users (handle, name, role, password_hash, disabled, created_at) VALUES (?, ?, ?, ?, ?, ?)"
SESSION = "INSERT INTO sessions (token_hash, handle, created_at, expires_at, csrf) VALUES (?, ?, ?, ?, ?)"
PAUSE = 1.0
"""Seconds between two notes."""


def measure(plan: Plan) -> Iterator[Figure]:
    """Milliseconds until a note is read, KB of memory for a stream, and the processor while nothing happens."""
    if trouble := _make_room(plan.viewers + SPARE):
        yield Figure("an incident is watched", "ms", (), note=trouble)
        return
    with sink() as receiver:
        made = house(plan.within("viewers"), pager=f"{receiver.url}/page")
        crowd = f"{plan.viewers:,} watch an incident"
        with made.running():
            desk = _Desk(made, token(made))
            incident = desk.declare()
            cookies = _people(made, plan.viewers)
            with _watching(made, incident, cookies[:20]) as few:
                desk.note(incident, few)  # what is made at the first time is not what a stream costs
            before = made.memory()
            with _watching(made, incident, cookies) as all_of_them:
                desk.note(incident, all_of_them)
                used = _ticks(made)
                rounds = [desk.note(incident, all_of_them) for _ in range(plan.rounds)]
                used = _ticks(made) - used
                after = made.memory()
                idle = _processor(made, plan.watched_seconds)
            size = percentile([one.size for one in rounds], 50) / 1024
            yield Figure(f"{crowd}: a note of {size:.0f} KB reaches half", "ms", tuple(one.half for one in rounds))
            yield Figure(f"{crowd}: a note reaches the last", "ms", tuple(one.last for one in rounds), LAST)
            yield Figure("the same, from when it was sent", "ms", tuple(one.whole for one in rounds))
            yield Figure("the same, processor time of the server", "ms", (used / plan.rounds * 1000,))
            yield Figure("memory for each stream", "KB", ((after - before) * 1024 / plan.viewers,), EACH)
            yield Figure(f"{crowd}, and nothing happens", "% of a core", (idle,))
        yield from _after_a_restart(made, incident, cookies, receiver, plan)


def _after_a_restart(
    made: House, incident: str, cookies: Sequence[str], receiver: Sink, plan: Plan
) -> Iterator[Figure]:
    """All of them come back at once, while alerts come in and people are paged."""
    with made.running():
        alone, lost = pace(made.url, our_request, receiver, range(1, plan.viewer_pages + 1), plan.pages_a_second // 5)
        paged: list[tuple[list[float], int]] = []
        numbers = range(plan.viewer_pages + 1, 2 * plan.viewer_pages + 1)
        alerts = threading.Thread(
            target=lambda: paged.append(pace(made.url, our_request, receiver, numbers, plan.pages_a_second // 5))
        )
        alerts.start()
        began = time.perf_counter()
        with _watching(made, incident, cookies):
            back = time.perf_counter() - began
            alerts.join()
        times, missing = paged[0]
        note = f"{lost + missing} pages never came" if lost + missing else ""
        yield Figure(f"{plan.viewers:,} come back at once: the last is live again", "s", (back,))
        yield Figure("alert to page before that, p99", "ms", (percentile(alone, 99),))
        yield Figure("alert to page meanwhile, p99", "ms", (percentile(times, 99),), note=note)


def _make_room(files: int) -> str:
    """Let this process, and what it starts, open so many files; what stands in the way."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < files:
        return f"only {hard} files may be open (ulimit -n)"
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return ""


def _people(made: House, count: int) -> list[str]:
    """Accounts with as many sessions as one of them may have streams; the cookies of so many."""
    now = time.time_ns() // 1000
    day = 24 * 3600 * 1_000_000
    cookies = []
    with closing(sqlite3.connect(made.file, timeout=30)) as connection, connection:
        for number in range(count):
            person, secret = number // MOST_EACH, f"session-{number}-of-the-measurement"
            handle = f"person-{person}"
            if number % MOST_EACH == 0:
                row = (handle, handle, ROLES[person % len(ROLES)].value, "", False, now)
                connection.execute(USER, row)
            connection.execute(
                SESSION,
                (hash_of(secret), handle, now, now + day // 2, f"{number:032}"),
            )
            cookies.append(f"tocsin={secret}")
    return cookies


@dataclass(frozen=True, slots=True)
class _Round:
    """Milliseconds from the answer to a note until half and all had it; ``whole`` from when the note was sent until all
    had it. ``size`` is in bytes."""

    half: float
    last: float
    whole: float
    size: float


@dataclass(slots=True)
class _Desk:
    """Whoever declares the incident and writes notes."""

    made: House
    token: str
    notes: int = 0

    def declare(self) -> str:
        """An incident with a history."""
        told = self._ask("/incidents", {"title": "pages are slow", "service": "shop", "procedure": "pages-are-slow"})
        incident = str(told["incident"]["id"])
        for number in range(NOTES):
            self._ask(f"/incidents/{incident}/note", {"text": f"queue {number + 1} is short, as it should be"})
        return incident

    def note(self, incident: str, crowd: _Crowd) -> _Round:
        """A note, and when it was read. RuntimeError when not all have it in time, or somebody was sent away."""
        time.sleep(PAUSE)
        self.notes += 1
        needle = f"the {self.notes}. note that is measured"
        crowd.expect(needle)
        body = json.dumps({"text": needle}).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.made.port, timeout=15)
        connection.connect()
        sent = time.perf_counter()
        connection.request("POST", f"/api/v1/incidents/{incident}/note", body, headers)
        answer = connection.getresponse()
        answered = time.perf_counter()
        answer.read()
        connection.close()
        if answer.status not in (200, 201):
            raise RuntimeError(f"a note was answered with {answer.status}")
        read = crowd.read_by_all()
        late = [max(0.0, at - answered) * 1000 for at, _ in read]
        sizes = [size for _, size in read]
        return _Round(percentile(late, 50), max(late), (max(at for at, _ in read) - sent) * 1000, percentile(sizes, 50))

    def _ask(self, path: str, body: object) -> dict[str, dict[str, str]]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        for _ in range(20):
            status, answer = self.made.ask("POST", f"/api/v1{path}", json.dumps(body).encode(), headers)
            if status != 429:
                break
            time.sleep(1)
        if status not in (200, 201, 202):
            raise RuntimeError(f"POST {path} was answered with {status}: {answer[:200]!r}")
        told: dict[str, dict[str, str]] = json.loads(answer)
        return told


class _Reader(asyncio.Protocol):
    """One stream: it says once that it is live, and for each note when it has come to its end, and how long it was."""

    def __init__(self, crowd: _Crowd, request: bytes) -> None:
        self.crowd, self.request = crowd, request
        self.rest = b""
        self.size = 0
        self.live = self.found = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        self.crowd.transports.append(transport)
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """A part of the stream; an event ends with its chunk."""
        text = self.rest + data
        self.size += len(data)
        self.found = self.found or self.crowd.needle in text
        if not self.live and b"hx-partial" in text:
            self.live = True
            self.crowd.came()
        if data.endswith(b"\n\n\r\n"):
            if self.found and self.live:
                self.crowd.read.append((time.perf_counter(), self.size))
                self.crowd.arrived()
            self.size, self.found, self.rest = 0, False, b""
        else:
            self.rest = text[-64:]

    def connection_lost(self, exc: Exception | None) -> None:
        """A stream that ends before all are closed is a failure."""
        self.crowd.lost += not self.crowd.closing


@dataclass(slots=True)
class _Crowd:
    """All streams, on a loop of their own."""

    count: int
    needle: bytes = b"\0"
    lost: int = 0
    lives: int = 0
    closing: bool = False
    read: list[tuple[float, int]] = field(default_factory=list)
    transports: list[asyncio.Transport] = field(default_factory=list)
    all_live: threading.Event = field(default_factory=threading.Event)
    all_read: threading.Event = field(default_factory=threading.Event)

    def came(self) -> None:
        """One more is live."""
        self.lives += 1
        if self.lives == self.count:
            self.all_live.set()

    def arrived(self) -> None:
        """One more has the note."""
        if len(self.read) == self.count:
            self.all_read.set()

    def expect(self, needle: str) -> None:
        """From now on this is looked for."""
        self.read = []
        self.all_read.clear()
        self.needle = needle.encode()

    def read_by_all(self) -> list[tuple[float, int]]:
        """When each has read it, and how many bytes that was; RuntimeError when some have not in time."""
        if not self.all_read.wait(LONGEST) or self.lost:
            raise RuntimeError(f"{len(self.read)} of {self.count} have the note, {self.lost} streams were closed")
        return self.read


@contextmanager
def _watching(made: House, incident: str, cookies: Sequence[str]) -> Iterator[_Crowd]:
    """Open a stream for each cookie, all at once, and wait until each has the page. RuntimeError when some do not."""
    crowd, loop = _Crowd(len(cookies)), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(_open(crowd, made.port, incident, cookies), loop).result(LONGEST)
    try:
        if not crowd.all_live.wait(LONGEST) or crowd.lost:
            raise RuntimeError(f"{crowd.lives} of {crowd.count} are live, {crowd.lost} streams were closed")
        yield crowd
    finally:
        crowd.closing = True
        asyncio.run_coroutine_threadsafe(_close(crowd), loop).result(LONGEST)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _open(crowd: _Crowd, port: int, incident: str, cookies: Sequence[str]) -> None:
    loop = asyncio.get_running_loop()

    async def open_one(cookie: str) -> None:
        head = f"GET /i/{incident}/live?after=0 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n"
        await loop.create_connection(lambda: _Reader(crowd, head.encode()), "127.0.0.1", port)

    await asyncio.gather(*(open_one(cookie) for cookie in cookies))


async def _close(crowd: _Crowd) -> None:
    for transport in crowd.transports:
        transport.abort()
    await asyncio.sleep(0.1)


def _processor(made: House, seconds: float) -> float:
    """Per cent of a core that the server takes meanwhile."""
    began, before = time.perf_counter(), _ticks(made)
    time.sleep(seconds)
    return (_ticks(made) - before) / (time.perf_counter() - began) * 100


def _ticks(made: House) -> float:
    """Seconds of processor time that the server has taken, the kernel's for it included."""
    assert made.process is not None
    stat = Path(f"/proc/{made.process.pid}/stat").read_text(encoding="ascii")
    after_the_name = stat.rpartition(")")[2].split()
    return (int(after_the_name[11]) + int(after_the_name[12])) / os.sysconf("SC_CLK_TCK")
