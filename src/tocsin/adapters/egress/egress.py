"""The one client for outbound HTTP: addresses that a person wrote down lead nowhere they should not (B8).

A name is resolved once and every address it has is checked; the connection goes to a checked address, so a name
that changes its mind in between gains nothing. No redirect is followed, no proxy is taken from the environment,
no cookie kept. The core is synchronous: one event loop in one thread serves all callers and keeps connections.
"""

from __future__ import annotations

import asyncio
import importlib
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from tocsin.adapters.egress.addresses import networks, why_forbidden
from tocsin.adapters.egress.exchange import Exchange, Resolve


class Client(Protocol):
    """What sends, in the event loop (`client.py`)."""

    async def send(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str], total: float
    ) -> Exchange:
        """One request and how it went, within ``total`` seconds; it raises nothing for what the other end does."""
        ...

    async def close(self) -> None:
        """Give back the connections."""
        ...


class Egress:
    """Posts to addresses outside. Thread-safe; ``close`` ends the thread.

    ``allow`` lists networks (``10.1.0.0/16``) that may be reached although they are not public. Spans are seconds;
    ``total`` counts from the call to the end of the answer, resolving and waiting for a connection included.
    ``fresh``: no connection is kept, each request shows whether a new one is taken.
    """

    def __init__(
        self,
        allow: Iterable[str] = (),
        *,
        connect: float = 3.0,
        total: float = 10.0,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
        fresh: bool = False,
    ) -> None:
        self._fresh = fresh
        self._allowed = networks(allow)
        self._connect = connect
        self._total = total
        self._tls = tls
        self._resolve = resolve or addresses_of
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: Client | None = None

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Exchange:
        """POST and say how it went; never raises for what the other end, the network or the address does."""
        return self._ask("POST", url, body, headers, self._total)

    def get(self, url: str, *, total: float | None = None) -> Exchange:
        """GET, the same way; within ``total`` seconds if that is less than for all others."""
        return self._ask("GET", url, None, {}, min(total or self._total, self._total))

    def ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Exchange:
        """Any other method, the same way."""
        return self._ask(method, url, body, headers, self._total)

    def prepare(self) -> None:
        """Load what the first request would have to load; it may be called while others send."""
        with self._lock:
            self._begun()

    def close(self) -> None:
        """Give back connections and the thread; a later ``post`` starts anew."""
        with self._lock:
            loop, thread, client = self._loop, self._thread, self._client
            self._loop = self._thread = self._client = None
        if loop is None or thread is None:
            return
        if client is not None:
            asyncio.run_coroutine_threadsafe(client.close(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)

    def _ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], total: float) -> Exchange:
        with self._lock:
            loop, client = self._begun()
            future = asyncio.run_coroutine_threadsafe(client.send(method, url, body, headers, total), loop)
        return future.result()

    def _begun(self) -> tuple[asyncio.AbstractEventLoop, Client]:
        if self._loop is None or self._client is None:
            client_module = importlib.import_module("tocsin.adapters.egress.client")  # a quarter of a start: see there
            self._client = client_module.Client(
                self._why_forbidden,
                self._resolve,
                connect=self._connect,
                total=self._total,
                tls=self._tls,
                fresh=self._fresh,
            )
            self._loop = asyncio.new_event_loop()
            # A resolver that hangs holds a thread; the others must not queue behind it.
            self._loop.set_default_executor(ThreadPoolExecutor(32, thread_name_prefix="tocsin-resolve"))
            self._thread = threading.Thread(target=_run, args=(self._loop,), name="tocsin-egress", daemon=True)
            self._thread.start()
        return self._loop, self._client

    def _why_forbidden(self, address: str) -> str:
        return why_forbidden(address, self._allowed)


def addresses_of(host: str) -> Sequence[str]:
    """The addresses of a name by the machine's own resolver."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return tuple(dict.fromkeys(str(where[0]) for *_, where in found))


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
