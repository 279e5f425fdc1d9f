"""Event streams: what they say, from where they go on, and when they end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from tests.web.house import ADMIN, House
from tocsin.app.access import Role
from tocsin.errors import Unavailable
from tocsin.incident import commands as c
from tocsin.web import live as live_module
from tocsin.web.live import AT_ONCE, MOST_EACH, Live, Update, event


class Stream:
    """One open stream, as its page reads it."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.text = ""
        self.over = False
        self._grown = asyncio.Event()

    async def send(self, message: Any) -> None:
        """Take in a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.text += message.get("body", b"").decode()
            self.over = not message.get("more_body", False)
        self._grown.set()

    async def until(self, found: Callable[[], bool], seconds: float = 8) -> None:
        """Read on until something is true."""
        async with asyncio.timeout(seconds):
            while not found():
                self._grown.clear()
                if not found():
                    await self._grown.wait()


@asynccontextmanager
async def opened(house: House, path: str, cookie: str, **headers: str) -> AsyncIterator[Stream]:
    """A stream that is read while the block runs."""
    stream = Stream()
    gone = asyncio.Event()
    raw = {"host": "127.0.0.1:8000", "cookie": cookie, **{k.replace("_", "-"): v for k, v in headers.items()}}
    name, _, query = path.partition("?")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": name,
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(key.encode(), value.encode()) for key, value in raw.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    task = asyncio.create_task(house.front(scope, receive, stream.send))  # type: ignore[arg-type]
    try:
        yield stream
    finally:
        gone.set()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, 5)


def run(test: Callable[[], Awaitable[None]]) -> None:
    """Run one test on a loop of its own."""
    asyncio.run(test())  # type: ignore[arg-type]


def act(house: House, command: c.Command) -> None:
    """Somebody acts, in another thread, as in a running server."""
    thread = threading.Thread(target=house.application.incidents.act, args=(ADMIN, "INC-1", command))
    thread.start()
    thread.join()


def test_a_page_is_told_what_happened_and_from_where_to_go_on(house: House) -> None:
    """An update carries the new page and the number of its last fact; going on from there says nothing twice."""
    house.declare()
    cookie = house.visitor().cookie
    last = len(house.application.incidents.view(ADMIN, "INC-1").timeline)

    async def test() -> None:
        async with opened(house, f"/i/INC-1/live?after={last}", cookie) as stream:
            await stream.until(lambda: "event: alive" in stream.text)
            assert "hx-partial" not in stream.text
            act(house, c.AddNote("It is the cache"))
            await stream.until(lambda: "It is the cache" in stream.text)
            newest = len(house.application.incidents.view(ADMIN, "INC-1").timeline)
            assert f"id: {newest}\n" in stream.text
            assert 'hx-target="#respond"' in stream.text
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert (stream.headers["x-accel-buffering"], stream.headers["cache-control"]) == ("no", "no-store")
        async with opened(house, "/i/INC-1/live?after=0", cookie, last_event_id=str(newest)) as again:
            await again.until(lambda: "event: alive" in again.text)
            assert "hx-partial" not in again.text

    run(test)


def test_a_stream_of_all_says_that_something_changed(house: House) -> None:
    """Home and the phone are told to look again."""
    house.declare()
    cookie = house.visitor().cookie

    async def test() -> None:
        async with opened(house, "/live", cookie) as stream:
            await stream.until(lambda: "event: alive" in stream.text)
            act(house, c.AddNote("x"))
            await stream.until(lambda: "event: changed" in stream.text)

    run(test)


def test_a_stream_ends_with_its_session(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """F64: who is signed out sees nothing more; the page is told to load anew, which leads to the sign-in page."""
    monkeypatch.setattr(live_module, "EVERY", 0.1)
    house.declare()
    cookie = house.visitor().cookie

    async def test() -> None:
        async with opened(house, "/i/INC-1/live", cookie) as stream:
            await stream.until(lambda: "hx-partial" in stream.text)
            house.application.accounts.change_user(ADMIN, "ana", disabled=True)
            await stream.until(lambda: stream.over)
            act(house, c.AddNote("a secret"))
            assert "event: over" in stream.text
            assert "a secret" not in stream.text

    run(test)


def test_all_streams_end_when_the_server_stops(house: House) -> None:
    """An open page must not keep a server from stopping."""
    house.declare()
    cookie = house.visitor(Role.VIEWER).cookie

    async def test() -> None:
        async with opened(house, "/i/INC-1/live", cookie) as stream:
            await stream.until(lambda: bool(stream.text))
            house.site.live.close()
            await stream.until(lambda: stream.over, seconds=2)
        async with opened(house, "/i/INC-1/live", cookie) as refused:
            await refused.until(lambda: refused.over)
            assert refused.status == 503

    run(test)


def test_one_person_holds_a_bounded_number_of_streams() -> None:
    """Beyond ten the page has to ask by itself; a closed stream makes room."""

    def look(seen: int) -> Update:
        return Update(seen, "")

    async def test() -> None:
        live = Live()
        bodies = [live.stream("ana", None, 0, look).body_iterator for _ in range(MOST_EACH)]
        for body in bodies:
            await anext(body)  # type: ignore[arg-type]
        with pytest.raises(Unavailable):
            live.stream("ana", None, 0, look)
        live.stream("bo", None, 0, look)
        await bodies[0].aclose()  # type: ignore[attr-defined]
        live.stream("ana", None, 0, look)

    run(test)


def test_many_who_watch_look_by_turns() -> None:
    """Two looks at a time: a thread for each open page would take its share from the hearing and the paging."""
    looking, most, looks = 0, 0, 0
    lock = threading.Lock()

    def look(seen: int) -> Update:
        nonlocal looking, most, looks
        with lock:
            looking, looks = looking + 1, looks + 1
            most = max(most, looking)
        time.sleep(0.01)
        with lock:
            looking -= 1
        return Update(1, "news")

    async def watch(live: Live, who: str) -> None:
        body = live.stream(who, "INC-1", 0, look).body_iterator
        assert isinstance(body, AsyncGenerator)
        assert [await anext(body), await anext(body)][1] == event(Update(1, "news"))
        await body.aclose()

    async def test() -> None:
        live = Live()
        await asyncio.gather(*(watch(live, f"person {n}") for n in range(20)))

    run(test)
    assert (most, looks) == (AT_ONCE, 20)


def test_an_update_keeps_its_lines() -> None:
    """Empty lines of a command's output arrive as they are; every line end is one that the format knows."""
    assert event(Update(7, "<pre>a\n\nb\r\nc</pre>")) == "id: 7\ndata: <pre>a\ndata: \ndata: b\ndata: c</pre>\n\n"
    assert event(Update(7, "x", "changed")) == "id: 7\nevent: changed\ndata: x\n\n"
