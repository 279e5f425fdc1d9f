"""The server as a process has it: slow visitors, open streams, and its end."""

from __future__ import annotations

import json
import socket
import time
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.stage.child import eventually
from tests.web.house import House, served
from tests.web.house import house as open_house
from tocsin.adapters import http_protocol
from tocsin.web.answers import WHOLE, Receive, Scope, Send

SLOW = 500


def knock(house: House, url: str) -> float:
    """Seconds that one alert takes from the door to the disk."""
    integration = next(iter(house.application.team().integrations.values()))
    body = json.dumps({"version": "4", "status": "firing", "alerts": []}).encode()
    began = time.monotonic()
    request = urllib.request.Request(f"{url}/in/{integration.key}/alertmanager", body, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 202
    return time.monotonic() - began


def connected(url: str, first: bytes) -> socket.socket:
    """A connection that has said this much."""
    parts = urlsplit(url)
    held = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5)
    held.sendall(first)
    return held


@pytest.mark.serial
def test_slow_visitors_keep_nobody_waiting(tmp_path: Path) -> None:
    """F16: hundreds of connections that send a byte now and then, and an alert is still stored within a second."""
    with open_house(tmp_path) as house, served(house) as url:
        key = next(iter(house.application.team().integrations.values())).key
        headers = f"POST /in/{key}/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n".encode()
        slow = [connected(url, headers + b"{" if n % 2 else b"GET / HT") for n in range(SLOW)]
        try:
            for held in slow:
                held.sendall(b" ")
            took = sorted(knock(house, url) for _ in range(30))
            assert took[-1] < 1.0, took
        finally:
            for held in slow:
                held.close()


def test_a_body_that_does_not_come_is_given_up(tmp_path: Path) -> None:
    """A sender that stops in the middle is told to come again, within the read deadline."""
    with open_house(tmp_path) as house:
        object.__setattr__(house.front.door.limits, "read_seconds", 0.3)
        with served(house) as url:
            key = next(iter(house.application.team().integrations.values())).key
            head = f"POST /in/{key}/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123".encode()
            with connected(url, head) as held:
                answer = held.recv(4096).decode()
                assert answer.startswith("HTTP/1.1 503")
                assert "retry-after: 2" in answer.lower()
                assert held.recv(4096) == b""


def test_two_hosts_are_no_request(tmp_path: Path) -> None:
    """F77: what names two hosts means different things to a proxy and to us: 400, and nothing is stored."""
    with open_house(tmp_path) as house, served(house) as url:
        key = next(iter(house.application.team().integrations.values())).key
        head = f"POST /in/{key}/alertmanager HTTP/1.1\r\nHost: a\r\nhOsT: b\r\nContent-Length: 2\r\n\r\n{{}}"
        with connected(url, head.encode()) as held:
            assert held.recv(4096).startswith(b"HTTP/1.1 400")
        with house.application.store.read() as tx:
            assert tx.deliveries.waiting() == 0


def test_the_server_says_when_a_body_has_come_whole(tmp_path: Path) -> None:
    """For a body that is there nobody watches a clock; one that comes in pieces is still given up in time."""
    assert http_protocol.WHOLE == WHOLE
    with open_house(tmp_path) as house, served(house) as url:
        said: list[bool] = []
        deliver = house.front.door.by_path

        async def watched(scope: Scope, receive: Receive, send: Send, rest: str) -> None:
            said.append(WHOLE in scope)
            await deliver(scope, receive, send, rest)

        object.__setattr__(house.front, "door", _Door(watched))
        key = next(iter(house.application.team().integrations.values())).key
        head = f"POST /in/{key}/alertmanager?longer HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n".encode()
        with connected(
            url, head + b"{}"
        ) as held:  # in one piece; not taken at once, for its target is more than a path
            assert held.recv(4096).startswith(b"HTTP/1.1 202")
        with connected(url, head) as held:
            assert eventually(lambda: len(said) == 2)
            held.sendall(b"{}")
            assert held.recv(4096).startswith(b"HTTP/1.1 202")
    assert said == [True, False]


@dataclass
class _Door:
    by_path: Callable[[Scope, Receive, Send, str], Awaitable[None]]


@pytest.mark.serial
def test_an_open_page_does_not_keep_the_server_from_stopping(tmp_path: Path) -> None:
    """Streams end when the server is told to stop; it stops at once, not after its grace."""
    with open_house(tmp_path) as house:
        house.declare()
        cookie = house.visitor().cookie
        with served(house) as url:
            head = f"GET /i/INC-1/live HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n".encode()
            held = connected(url, head)
            heard = held.recv(4096)
            while b"hx-partial" not in heard:
                heard += held.recv(65536)
            began = time.monotonic()
        assert time.monotonic() - began < 3
        held.close()


def test_a_head_of_more_than_bounds_is_refused(tmp_path: Path) -> None:
    """A header that never ends is cut off; a head of ordinary size is not."""
    with open_house(tmp_path) as house, served(house) as url:
        with connected(url, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 30_000 + b"\r\n\r\n") as held:
            assert held.recv(4096).startswith(b"HTTP/1.1 200")
        with connected(url, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: ") as held:
            sent, answer = 0, b""
            with suppress(ConnectionError):
                while sent < 8 << 20:
                    held.sendall(b"x" * 65536)
                    sent += 65536
            with suppress(ConnectionError):
                answer = held.recv(4096)
            assert sent < 8 << 20
            assert answer == b"" or answer.startswith(b"HTTP/1.1 431")


def test_a_head_that_does_not_come_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that says nothing, or never ends its head, is closed; one that waits between requests is kept."""
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 0.3)
    with open_house(tmp_path) as house, served(house) as url:
        for first in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n"):
            with connected(url, first) as held:
                assert held.recv(4096) == b""
        with connected(url, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") as held:
            assert held.recv(4096).startswith(b"HTTP/1.1 200")
            time.sleep(0.6)
            held.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert held.recv(4096).startswith(b"HTTP/1.1 200")
        for pause in (0.0, 0.6):  # while the time of the first head still runs, and after it
            with connected(url, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") as held:
                assert held.recv(4096).startswith(b"HTTP/1.1 200")
                time.sleep(pause)
                held.sendall(b"GET / HT")
                assert held.recv(4096) == b"", "the second head had no end and was waited for"
