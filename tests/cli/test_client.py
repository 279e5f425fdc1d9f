"""How the command line waits for a server that is asked for too much at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tocsin.cli import client
from tocsin.cli.client import TRIES, Client
from tocsin.cli.contexts import Context
from tocsin.errors import TooManyTries


class Server:
    """Answers with 429 so many times, and names so many seconds."""

    def __init__(self, refusals: int, wait: int) -> None:
        self.refusals, self.wait, self.asked = refusals, wait, 0

    def answer(self) -> tuple[int, object]:
        """The next answer."""
        self.asked += 1
        if self.asked <= self.refusals:
            return 429, {"code": "too_many_tries", "detail": "too many requests", "retry_after": self.wait}
        return 200, {"state": "acknowledged"}


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds for which it would have waited."""
    slept: list[float] = []
    monkeypatch.setattr(client.time, "sleep", slept.append)
    return slept


@contextmanager
def listening(server: Server) -> Iterator[Client]:
    """A client of a server that answers so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            status, said = server.answer()
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: object) -> None:
            pass

    http = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield Client(Context(f"http://127.0.0.1:{http.server_port}", "toc_x"))
    finally:
        http.shutdown()
        http.server_close()
        thread.join(10)


def test_it_asks_again_when_the_second_is_over(waits: list[float]) -> None:
    """Whoever acknowledges beside a program that polls with the same token is not sent away."""
    server = Server(refusals=2, wait=1)
    with listening(server) as one:
        assert one.act("INC-1", "ack") == {"state": "acknowledged"}
    assert waits == [1, 1]


@pytest.mark.parametrize(("refusals", "wait", "asked"), [(99, 1, TRIES), (99, 600, 1)], ids=["for good", "for long"])
def test_it_gives_up_when_that_does_not_help(waits: list[float], refusals: int, wait: int, asked: int) -> None:
    """A few seconds are waited for, ten minutes are for the person to know."""
    server = Server(refusals, wait)
    with listening(server) as one, pytest.raises(TooManyTries):
        one.act("INC-1", "ack")
    assert (server.asked, len(waits)) == (asked, asked - 1)
