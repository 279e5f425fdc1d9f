"""An HTTP endpoint that records what it is sent and fails on demand."""

from __future__ import annotations

import json
import ssl
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from tests.stage.child import eventually


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it arrived; ``headers`` have lower-case names."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer: after ``delay`` seconds a status with a body, or, with ``drop``, a closed connection."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: bool = False


class Webhook:
    """The recorded requests, and the fault menu."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.requests: list[Request] = []
        self.standing = Answer()
        self._planned: deque[Answer] = deque()
        self._lock = threading.Lock()

    def plan(self, *answers: Answer) -> None:
        """Answer the next requests so, one each; then ``standing`` (200) holds again."""
        with self._lock:
            self._planned.extend(answers)

    def always(self, answer: Answer) -> None:
        """Answer every request so that has no planned answer."""
        self.standing = answer

    def take(self, request: Request) -> Answer:
        """Record a request and choose its answer."""
        with self._lock:
            self.requests.append(request)
            return self._planned.popleft() if self._planned else self.standing

    def await_requests(self, number: int, within: float = 10.0) -> list[Request]:
        """The requests once there are so many; AssertionError when they do not come within the seconds."""
        assert eventually(lambda: len(self.requests) >= number, within), (
            f"{len(self.requests)} of {number} requests within {within:g} s"
        )
        return list(self.requests)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    webhook: ClassVar[Webhook]
    ended: ClassVar[threading.Event]

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.webhook.take(Request(self.command, self.path, headers, self.rfile.read(length)))
        # The end of the stage also ends a delay, so that no test waits for its own fault.
        if answer.delay:
            self.ended.wait(answer.delay)
        if answer.drop:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the requests are recorded."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that goes away is part of many tests."""


@contextmanager
def webhook(tls: ssl.SSLContext | None = None) -> Iterator[Webhook]:
    """Run the endpoint on a free loopback port, in threads; with ``tls`` it speaks https alone."""
    ended = threading.Event()
    handler = type("Handler", (_Handler,), {"ended": ended})
    server = _Server(("127.0.0.1", 0), handler)
    recorder = Webhook(server.server_address[1])
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    handler.webhook = recorder  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
