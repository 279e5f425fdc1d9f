"""Deliveries that come whole are taken without a task, and nobody who sends them can tell."""

from __future__ import annotations

import gzip
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from tests.stage.child import eventually
from tests.web.knocking import SECRET, Knocker
from tocsin.adapters import http_protocol
from tocsin.adapters.http_protocol import AtOnce
from tocsin.adapters.http_server import HttpServer, listener_on
from tocsin.app.intake.group_commit import Told
from tocsin.app.rows.records import NewDelivery
from tocsin.web.answers import Headers, Receive, Scope, Send
from tocsin.web.intake import Reply
from tocsin.web.senders import Limits

BEARER = "/in/key-of-bearer-0123456789abcdef/alertmanager"
BY_PATH = "/in/key-of-path-0123456789abcdef/alertmanager"
PAGER = "/in/key-of-pager-0123456789abcdef/pagerduty"
PROOF = f"Authorization: Bearer {SECRET}\r\n"
CHUNKED = f"POST {BEARER} HTTP/1.1\r\nHost: x\r\n{PROOF}Transfer-Encoding: chunked\r\n\r\n"
ONCE = re.compile("once:.*")
LAST = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def post(path: str, body: bytes = b"{}", more: str = PROOF, method: str = "POST", version: str = "1.1") -> bytes:
    """The bytes of one request."""
    head = f"{method} {path} HTTP/{version}\r\nHost: x\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@dataclass
class Watched:
    """The front of a knocker on a port; counts what reaches the application."""

    knocker: Knocker
    address: tuple[str, int] = ("", 0)
    asked: list[str] = field(default_factory=list)
    server: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The front, watched."""
        self.asked.append(scope["path"])
        await self.knocker.front(scope, receive, send)

    def connection(self) -> socket.socket:
        """A new connection."""
        return socket.create_connection(self.address, timeout=10)

    def say(self, *pieces: bytes) -> bytes:
        """What comes back on one connection for pieces that are sent one after the other, and a last request."""
        with self.connection() as held:
            for number, piece in enumerate((*pieces[:-1], pieces[-1] + LAST)):
                if number:  # the other end has read what came before: a piece is to be a read of its own
                    assert eventually(lambda: len(self.asked) >= 1)
                held.sendall(piece)
            return b"".join(iter(lambda: held.recv(65536), b""))


@contextmanager
def watched(knocker: Knocker, at_once: AtOnce | None = None, *, plain: bool = False) -> Iterator[Watched]:
    """A server of the knocker's front; ``plain``: without the way that is tested here."""
    at, listener, listening = Watched(knocker), listener_on("127.0.0.1", 0), threading.Event()
    at.address = listener.getsockname()[:2]
    at.server = HttpServer(at, listening.set, at_once=None if plain else at_once or knocker.front.door.at_once)
    thread = threading.Thread(target=at.server.run, args=([listener],), daemon=True)
    thread.start()
    assert listening.wait(15)
    try:
        yield at
    finally:
        at.server.handle_exit(signal.SIGTERM, None)
        thread.join(15)
        listener.close()
        assert not thread.is_alive()


def answered(raw: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Status line, headers but for the time of day, and body."""
    head, _, body = raw.partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    return status, sorted(line for line in headers if not line.startswith(b"date:")), body


def kinds() -> dict[str, bytes]:
    """Requests by what is special about them."""
    packed = gzip.compress(b'{"alerts": []}')
    return {
        "plain": post(BEARER, b'{"alerts": []}', PROOF + "Content-Type: application/json\r\n"),
        "the path proves": post(BY_PATH, more=""),
        "its own id": post(BEARER, b"{}", PROOF + "Idempotency-Key: one\r\n"),
        "answered by its source": post(PAGER, b'{"routing_key": "x"}', ""),
        "packed": post(BEARER, packed, PROOF + "Content-Encoding: gzip\r\n"),
        "badly packed": post(BEARER, b"nothing", PROOF + "Content-Encoding: gzip\r\n"),
        "empty": post(BEARER, b""),
        "no proof": post(BEARER, b"{}", ""),
        "a wrong one": post(BEARER, b"{}", "Authorization: Bearer somebody-else-0123456789\r\n"),
        "signed": post("/in/key-of-signed-0123456789abcdef/alertmanager", b"{}", ""),
        "nobody's key": post("/in/nobody/alertmanager"),
        "another source": post("/in/key-of-bearer-0123456789abcdef/grafana"),
        "no source": post("/in/key-of-bearer-0123456789abcdef"),
        "below": post(f"{BEARER}/api/v2/alerts"),
        "with a query": post(f"{BEARER}?a=b"),
        "escaped": post("/in/key-of-bearer-0123456789abcdef/alert%6Danager"),
        "put": post(BEARER, method="PUT"),
        "get": post(BEARER, b"", method="GET"),
        "too large": post(BEARER, b"x" * 3000),
        "in chunks": CHUNKED.encode() + b"2\r\n{}\r\n0\r\n\r\n",
        "expecting": post(BEARER, b"{}", PROOF + "Expect: 100-continue\r\n"),
        "the last one": post(BEARER, b"{}", PROOF + "Connection: close\r\n"),
        "old": post(BEARER, version="1.0"),
        "two hosts": post(BEARER, b"{}", PROOF + "Host: y\r\n"),
        "bad length": f"POST {BEARER} HTTP/1.1\r\nHost: x\r\n{PROOF}Content-Length: 2x\r\n\r\n{{}}".encode(),
        "two at once": post(BEARER, b"1") + post(BEARER, b"2"),
        "two of two kinds": post(BEARER, b"1") + post(BEARER, b"2", PROOF + "Expect: x\r\n") + post("/elsewhere"),
    }


@pytest.mark.parametrize("kind", kinds())
def test_the_answers_are_those_of_the_application(tmp_path: Path, kind: str) -> None:
    """Whatever is sent: the same answers byte for byte, but for the time of day, and the same is stored."""
    told = []
    for plain in (False, True):
        knocker = Knocker(tmp_path, Limits(body=2000))
        with watched(knocker, plain=plain) as at:
            raw = at.say(kinds()[kind])
        kept = [structs.replace(one, key=ONCE.sub("once", one.key)) for one in knocker.shelf.kept]
        told.append(([answered(part) for part in raw.split(b"HTTP/1.1 ")[1:]], kept))
    assert told[0][0]
    assert told[0] == told[1]


def test_what_comes_whole_needs_no_task(tmp_path: Path) -> None:
    """A plain delivery never reaches the application; this is what makes it cheap, and what the other tests compare."""
    knocker = Knocker(tmp_path)
    with watched(knocker) as at:
        with at.connection() as held:
            for number in range(3):
                held.sendall(post(BEARER, b"%d" % number))
                assert held.recv(65536).startswith(b"HTTP/1.1 202 Accepted\r\n")
        assert at.asked == []
        assert at.say(post(BEARER, b"{}", "")).startswith(b"HTTP/1.1 401")
        assert at.asked == [BEARER, "/healthz"]
    assert [one.body for one in knocker.shelf.kept] == [b"0", b"1", b"2"]


def test_an_answer_says_when_it_was_given(tmp_path: Path) -> None:
    """The head of an answer is that of the one before on its connection only within the same second."""
    with watched(Knocker(tmp_path)) as at, at.connection() as held:

        def dated() -> bytes:
            held.sendall(post(BEARER))
            [date] = [line for line in held.recv(65536).split(b"\r\n") if line.startswith(b"date:")]
            return date

        first = dated()
        assert eventually(lambda: dated() != first)


def test_a_body_that_comes_later_goes_the_longer_way(tmp_path: Path) -> None:
    """Head and body in two reads, or the body in two: the application waits for the rest, and all of it is stored."""
    knocker = Knocker(tmp_path)
    whole = post(BEARER, b'{"alerts": []}')
    with watched(knocker) as at:
        for cut in (len(whole) - 14, len(whole) - 5):
            at.asked.clear()
            assert at.say(whole[:cut], whole[cut:]).startswith(b"HTTP/1.1 202")
            assert at.asked == [BEARER, "/healthz"]
    assert [one.body for one in knocker.shelf.kept] == [b'{"alerts": []}'] * 2


def test_a_full_intake_says_when_to_come_again(tmp_path: Path) -> None:
    """503 with Retry-After: when it cannot be stored, and when one integration sends too much."""
    knocker = Knocker(tmp_path)
    knocker.shelf.full = True
    with watched(knocker) as at:
        raw = at.say(post(BEARER))
        assert raw.startswith(b"HTTP/1.1 503")
        assert b"\r\nretry-after: 2\r\n" in raw
    knocker = Knocker(tmp_path, Limits(rate=0.001, burst=1))
    with watched(knocker) as at:
        first, second, _last = at.say(post(BEARER) + post(BEARER)).split(b"HTTP/1.1 ")[1:]
        assert first.startswith(b"202")
        assert second.startswith(b"503")
        assert b"\r\nretry-after: 2\r\n" in second


@dataclass
class Held:
    """Takes deliveries and tells nothing until it is let."""

    waiting: list[Told] = field(default_factory=list)

    def hand_in(self, _delivery: NewDelivery, told: Told) -> None:
        """Wait."""
        self.waiting.append(told)


def held_by(knocker: Knocker) -> Held:
    """The knocker's door, with an intake that lets wait."""
    held = Held()
    object.__setattr__(knocker.front.door, "intake", held)
    return held


def test_answers_keep_their_order(tmp_path: Path) -> None:
    """A request behind a delivery on the same connection is answered after it, however long that takes to store."""
    knocker = Knocker(tmp_path)
    held = held_by(knocker)
    with watched(knocker) as at, at.connection() as connection:
        connection.sendall(post(BEARER) + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert eventually(lambda: len(held.waiting) == 1)
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(10)
        held.waiting[0](7)
        raw = b""
        while b"ok\n" not in raw:
            raw += connection.recv(65536)
        first, second = raw.split(b"HTTP/1.1 ")[1:]
        assert first.startswith(b"202")
        assert second.startswith(b"200")


def test_a_connection_that_waits_is_given_up_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a delivery the next head has its time, each time anew; then the connection is closed."""
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 0.6)
    with watched(Knocker(tmp_path)) as at, at.connection() as connection:
        began = time.monotonic()
        for number in range(3):
            connection.sendall(post(BEARER, b"%d" % number))
            assert connection.recv(65536).startswith(b"HTTP/1.1 202")
            time.sleep(0.3)
        assert connection.recv(65536) == b""
        assert 1.0 < time.monotonic() - began < 5


def test_a_stop_waits_for_what_is_being_stored(tmp_path: Path) -> None:
    """Told to stop, the server still answers what it has taken, and says that the connection ends."""
    knocker = Knocker(tmp_path)
    held = held_by(knocker)
    with watched(knocker) as at, at.connection() as connection:
        connection.sendall(post(BEARER))
        assert eventually(lambda: len(held.waiting) == 1)
        at.server.handle_exit(signal.SIGTERM, None)
        assert eventually(lambda: not at.server.servers[0].is_serving())
        held.waiting[0](7)
        raw = b"".join(iter(lambda: connection.recv(65536), b""))
        assert raw.startswith(b"HTTP/1.1 202")
        assert b"\r\nconnection: close\r\n" in raw


def test_who_hangs_up_stops_nobody(tmp_path: Path) -> None:
    """The answer for a connection that is gone is dropped; the others get theirs, in the same turn."""
    knocker = Knocker(tmp_path)
    held = held_by(knocker)
    with watched(knocker) as at, at.connection() as stays:
        with at.connection() as gone:
            gone.sendall(post(BEARER))
            assert eventually(lambda: len(held.waiting) == 1)
        stays.sendall(post(BEARER))
        assert eventually(lambda: len(held.waiting) == 2)
        for told in held.waiting:
            told(7)
        assert stays.recv(65536).startswith(b"HTTP/1.1 202")


def test_a_defect_costs_no_delivery(tmp_path: Path) -> None:
    """What goes wrong on the short way sends the request the longer one: never 400, which a sender would not repeat."""
    knocker = Knocker(tmp_path)

    def broken(_path: str, _headers: Headers, _body: bytes, _reply: Reply) -> bool:
        raise ZeroDivisionError

    with watched(knocker, broken) as at:
        assert at.say(post(BEARER)).startswith(b"HTTP/1.1 202")
        assert at.asked == [BEARER, "/healthz"]
    assert len(knocker.shelf.kept) == 1
