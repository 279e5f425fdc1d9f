"""What all stand-ins share: an HTTP server in threads, a record of what was asked, and a menu of faults.

A stand-in knows nothing of Tocsin: it is the other end, written from the provider's documentation alone.
"""

from __future__ import annotations

import json
import threading
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Fault:
    """How a request is met.

    ``status`` other than 0 is answered instead (with ``retry_after`` seconds, if given); ``delay`` seconds pass
    first; ``lies``: yes is said and nothing is done; ``drops``: it is done and the connection ends before the answer.
    """

    status: int = 0
    retry_after: int | None = None
    delay: float = 0.0
    lies: bool = False
    drops: bool = False


WORKS = Fault()
MENU: Mapping[str, Fault] = {
    "works": WORKS,
    "slow": Fault(delay=5.0),
    "hangs": Fault(delay=120.0),
    "429": Fault(status=429, retry_after=3600),
    "500": Fault(status=500),
    "lies": Fault(lies=True),
    "drops": Fault(drops=True),
}
"""The faults by the names that a drill calls them by."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked; ``headers`` have lower-case names."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def form(self) -> list[tuple[str, str]]:
        """The fields of a form."""
        return parse_qsl(self.body.decode(), keep_blank_values=True)

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered, and what happens afterwards (in a thread: a provider acts in its own time)."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    then: Callable[[], None] | None = None

    def bytes(self) -> bytes:
        """The body as it is sent: bytes as they are, all else as JSON."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body or {}).encode()


class Standin:
    """A provider on a loopback port. Use it as a context; ``answer`` is what each kind does."""

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Request] = []
        self.standing = WORKS
        self.doubles = False
        """Whether every callback is delivered twice."""
        self._planned: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._acting: list[threading.Thread] = []
        handler = type("Handler", (_Handler,), {"standin": self})
        self._server = _Server(("127.0.0.1", port), handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def answer(self, request: Request) -> Reply:
        """What the provider says to a request that no fault has met."""
        raise NotImplementedError

    def plan(self, *faults: Fault) -> None:
        """Meet the next requests so, one each; then ``standing`` holds again."""
        with self._lock:
            self._planned.extend(faults)

    def always(self, fault: Fault) -> None:
        """Meet every request so that has no planned fault."""
        self.standing = fault

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in [self._thread, *self._acting]:
            thread.join(5)

    def met(self, request: Request) -> tuple[Reply | None, Fault]:
        """Record a request and answer it; no reply for a connection that is to be dropped."""
        with self._lock:
            self.requests.append(request)
            fault = self._planned.popleft() if self._planned else self.standing
        if fault.delay and self._ended.wait(fault.delay):
            return None, fault
        if fault.status:
            wait = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            return Reply(fault.status, {"message": "a fault from the menu"}, wait), fault
        reply = self.answer(request)
        if reply.then is not None and not fault.lies:
            self._later(reply.then)
        return (None if fault.drops else reply), fault

    def _later(self, act: Callable[[], None]) -> None:
        thread = threading.Thread(target=act, daemon=True)
        with self._lock:
            self._acting = [one for one in self._acting if one.is_alive()] + [thread]
        thread.start()

    def call_back(self, url: str, body: bytes, headers: Mapping[str, str]) -> list[bytes]:
        """POST to the other side, twice if this provider doubles; the bodies of what was answered
        with 2xx, empty ones for all else.
        """
        answers = []
        for _ in range(2 if self.doubles else 1):
            request = urllib.request.Request(url, body, dict(headers), method="POST")  # noqa: S310 -- the caller's URL
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- as above
                    answers.append(answer.read())
            except OSError:  # refused or unreachable: a provider would retry, or write it into its log
                answers.append(b"")
        return answers


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    standin: Standin

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        request = Request(self.command, parts.path, query, headers, self.rfile.read(length))
        reply, _ = self.standin.met(request)
        if reply is None:
            self.close_connection = True
            return
        body = reply.bytes()
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what was asked is recorded."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that goes away is part of many drills."""
