"""Event streams: what they say, from where they go on, and when they end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from tests.web.house import ADMIN, House
from tocsin.app.access import Role
from tocsin.errors import Unavailable
from tocsin.incident import commands as c
from tocsin.web import live as live_module
from tocsin.web.answers import ASGIApp
from tocsin.web.live import AT_ONCE, MOST_EACH, Live, Message, Update, Watcher, alive, event


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


def in_thread(done: Callable[[], object]) -> None:
    """Something happens in another thread, as in a running server."""
    thread = threading.Thread(target=done)
    thread.start()
    thread.join()


def act(house: House, command: c.Command) -> None:
    """Somebody acts."""
    in_thread(lambda: house.application.incidents.act(ADMIN, "INC-1", command))


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


@pytest.mark.parametrize("end", ["sign out", "password", "disabled", "role"])
def test_a_stream_ends_with_its_session(house: House, end: str) -> None:
    """F64: who is signed out sees nothing more, at once; the page is told to load anew, which leads to signing in."""
    house.declare()
    visitor = house.visitor()
    accounts = house.application.accounts

    def ended() -> None:
        match end:
            case "sign out":
                accounts.sign_out(visitor.cookie.partition("=")[2])
            case "password":
                accounts.change_user(ADMIN, "ana", password="another horse that swims")
            case "disabled":
                accounts.change_user(ADMIN, "ana", disabled=True)
            case "role":
                accounts.change_user(ADMIN, "ana", role=Role.VIEWER)

    async def test() -> None:
        async with (
            opened(house, "/i/INC-1/live", visitor.cookie) as stream,
            opened(house, "/live", visitor.cookie) as home,
        ):
            await stream.until(lambda: "hx-partial" in stream.text)
            await home.until(lambda: "event: alive" in home.text)
            in_thread(ended)
            await stream.until(lambda: stream.over, seconds=live_module.EVERY / 2)
            await home.until(lambda: home.over, seconds=live_module.EVERY / 2)
            act(house, c.AddNote("a secret"))
            for one in (stream, home):
                assert "event: over" in one.text
                assert "a secret" not in one.text

    run(test)


def test_a_stream_ends_soon_after_another_node_has_ended_its_session(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F64: nobody tells this node; it looks every few seconds, and before it tells anything."""
    monkeypatch.setattr(live_module, "EVERY", 0.1)
    house.declare()
    cookie, other = house.visitor().cookie, house.visitor(Role.VIEWER).cookie

    def ended() -> None:
        with house.application.store.transact() as tx:
            tx.accounts.close_sessions(handle="ana")

    async def test() -> None:
        async with opened(house, "/i/INC-1/live", cookie) as stream, opened(house, "/i/INC-1/live", other) as stays:
            await stream.until(lambda: "hx-partial" in stream.text)
            await stays.until(lambda: "hx-partial" in stays.text)
            in_thread(ended)
            act(house, c.AddNote("a secret"))
            await stays.until(lambda: "a secret" in stays.text)
            await stream.until(lambda: stream.over)
            assert "event: over" in stream.text
            assert "a secret" not in stream.text
            assert not stays.over

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


class Reader:
    """Reads one stream of a Live, without a site around it."""

    def __init__(self, app: ASGIApp) -> None:
        self.text = ""
        self.status = 0
        self.heard = asyncio.Event()
        self.gone = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self.task = asyncio.ensure_future(app({"type": "http"}, self._receive, self._send))  # type: ignore[arg-type]

    async def _receive(self) -> dict[str, str]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        self.text += message.get("body", b"").decode()
        self.heard.set()
        await self.open.wait()

    async def until(self, text: str) -> None:
        """Read on until a text has come."""
        async with asyncio.timeout(8):
            while text not in self.text:
                self.heard.clear()
                await self.heard.wait()

    async def leave(self) -> None:
        """Close the page."""
        self.gone.set()
        await asyncio.wait_for(self.task, 5)


def news(text: str) -> Callable[[], bytes]:
    """A message."""
    return lambda: text.encode()


def test_one_person_holds_a_bounded_number_of_streams() -> None:
    """Beyond ten the page has to ask by itself, also when they came in together; a closed stream makes room."""

    def look(watchers: Sequence[Watcher]) -> Sequence[Message | None]:
        return [alive for _ in watchers]

    async def test() -> None:
        live = Live()
        apps = [live.stream(None, Watcher("ana", "a"), look) for _ in range(MOST_EACH + 1)]
        readers = [Reader(app) for app in apps[:MOST_EACH]]
        for reader in readers:
            await reader.until("retry")
        with pytest.raises(Unavailable):
            live.stream(None, Watcher("ana", "a"), look)
        late = Reader(apps[MOST_EACH])
        await asyncio.wait_for(late.task, 5)
        assert late.status == 503
        live.stream(None, Watcher("bo", "b"), look)
        await readers[0].leave()
        live.stream(None, Watcher("ana", "a"), look)
        for reader in readers[1:]:
            await reader.leave()
        assert not live._channels

    run(test)


def test_one_look_serves_all_who_watch_the_same() -> None:
    """A commit is looked at once for all pages of its incident, and each is told what is meant for it."""
    looks: list[int] = []

    def look(watchers: Sequence[Watcher]) -> Sequence[Message | None]:
        looks.append(len(watchers))
        return [news(f"{len(looks)} for {one.who};") for one in watchers]

    async def test() -> None:
        live = Live()
        readers = [Reader(live.stream("INC-1", Watcher(f"p{n}", ""), look)) for n in range(60)]
        for number, reader in enumerate(readers):
            await reader.until(f"for p{number};")
        live.changed(["INC-2"])
        before = len(looks)
        live.changed(["INC-1"])
        for number, reader in enumerate(readers):
            await reader.until(f"{before + 1} for p{number};")
        assert looks == [60] * (before + 1)
        for reader in readers:
            await reader.leave()

    run(test)


def test_many_who_watch_look_by_turns() -> None:
    """Two looks at a time: a thread for each incident would take its share from the hearing and the paging."""
    looking, most, looks = 0, 0, 0
    lock = threading.Lock()

    def look(watchers: Sequence[Watcher]) -> Sequence[Message | None]:
        nonlocal looking, most, looks
        with lock:
            looking, looks = looking + 1, looks + 1
            most = max(most, looking)
        time.sleep(0.01)
        with lock:
            looking -= 1
        return [news("news") for _ in watchers]

    async def test() -> None:
        live = Live()
        readers = [Reader(live.stream(f"INC-{n}", Watcher(f"p{n}", ""), look)) for n in range(20)]
        for reader in readers:
            await reader.until("news")
            await reader.leave()

    run(test)
    assert (most, looks) == (AT_ONCE, 20)


def test_whoever_reads_slowly_holds_up_nobody_and_hears_of_it_later() -> None:
    """What happened while a page was still being sent the last news is looked for as soon as it has them."""
    count = 0

    def look(watchers: Sequence[Watcher]) -> Sequence[Message | None]:
        nonlocal count
        count += 1
        return [news(f"news {count};") for _ in watchers]

    async def test() -> None:
        live = Live()
        slow, quick = (Reader(live.stream("INC-1", Watcher(who, ""), look)) for who in ("slow", "quick"))
        await slow.until("news 1;")
        await quick.until("news 1;")
        slow.open.clear()
        live.changed(["INC-1"])
        await slow.until("news 2;")
        live.changed(["INC-1"])
        await quick.until("news 3;")
        assert "news 3;" not in slow.text
        slow.open.set()
        await slow.until("news 4;")
        await slow.leave()
        await quick.leave()

    run(test)


def test_a_store_that_cannot_be_asked_makes_no_page_load_anew() -> None:
    """Thousands of pages that load anew at once would not help it; they say that they are stale, and go on after it."""
    troubled = threading.Event()
    asked = asyncio.Event()

    def look(watchers: Sequence[Watcher]) -> Sequence[Message | None]:
        if troubled.is_set():
            loop.call_soon_threadsafe(asked.set)
            raise Unavailable("the disk is full")
        return [news("fine;") for _ in watchers]

    async def test() -> None:
        nonlocal loop
        loop = asyncio.get_running_loop()
        live = Live()
        reader = Reader(live.stream("INC-1", Watcher("ana", ""), look))
        await reader.until("fine;")
        troubled.set()
        live.changed(["INC-1"])
        await asyncio.wait_for(asked.wait(), 5)
        troubled.clear()
        live.changed(["INC-1"])
        await reader.until("fine;fine;")
        await reader.leave()

    loop: asyncio.AbstractEventLoop
    run(test)


def test_who_is_signed_out_hears_nothing_more_at_once() -> None:
    """F64: not even what was made for them a moment before; other pages of theirs stay, and those of others."""
    began, go_on = threading.Event(), threading.Event()

    def look(watchers: Sequence[Watcher]) -> Sequence[Message | None]:
        if began.is_set():
            go_on.wait(5)
        began.set()
        return [news("a secret;") for _ in watchers]

    async def test() -> None:
        live = Live()
        ends = Reader(live.stream("INC-1", Watcher("ana", "laptop"), look))
        stays = Reader(live.stream("INC-1", Watcher("ana", "phone"), look))
        other = Reader(live.stream("INC-1", Watcher("bo", "laptop"), look))
        for reader in (ends, stays, other):
            await reader.until("a secret;")
        live.changed(["INC-1"])
        live.revoke("ana", "laptop")
        await ends.until("event: over")
        go_on.set()
        for reader in (stays, other):
            await reader.until("a secret;a secret;")
        assert ends.text.count("a secret;") == 1
        live.revoke("ana")
        await stays.until("event: over")
        await asyncio.wait_for(asyncio.gather(ends.task, stays.task), 5)
        assert "event: over" not in other.text
        await other.leave()

    run(test)


def test_an_update_keeps_its_lines() -> None:
    """Empty lines of a command's output arrive as they are; every line end is one that the format knows."""
    assert event(Update(7, "<pre>a\n\nb\r\nc</pre>")) == "id: 7\ndata: <pre>a\ndata: \ndata: b\ndata: c</pre>\n\n"
    assert event(Update(7, "x", "changed")) == "id: 7\nevent: changed\ndata: x\n\n"
