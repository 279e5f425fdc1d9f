"""The one client for outbound HTTP: addresses that a person wrote down lead nowhere they should not (B8).

A name is resolved once and every address it has is checked; the connection goes to a checked address, so a name
that changes its mind in between gains nothing. No redirect is followed, no proxy is taken from the environment,
no cookie kept. The core is synchronous: one event loop in one thread serves all callers and keeps connections.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

import tocsin
from tocsin.adapters.addresses import networks, why_forbidden

MAX_BODY = 1024 * 1024
PER_HOST = 20  # a host that hangs keeps only so many connections, and none of the others'


@dataclass(frozen=True, slots=True)
class Response:
    """The other end answered. ``headers`` have lower-case names; ``body`` may be cut, at 1 MiB or by the clock."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Forbidden:
    """We do not send there; nothing was sent."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """It could not be sent; certainly nothing arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """It was sent, and no answer came: nobody knows whether it arrived."""

    reason: str


Exchange = Response | Forbidden | Unsent | Unanswered

Resolve = Callable[[str], Sequence[str]]
"""Gives the addresses of a name; raises OSError when it has none. Called in a thread."""

_T = TypeVar("_T")


class _ForbiddenAddress(Exception):
    """Raised out of the resolver and the socket factory; never leaves this module."""


@dataclass(slots=True)
class _Progress:
    sent: bool = False
    response: Response | None = None


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
        self._session: aiohttp.ClientSession | None = None

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Exchange:
        """POST and say how it went; never raises for what the other end, the network or the address does."""
        if reason := _why_not(url, headers):
            return Forbidden(reason)
        return self._await(self._send("POST", URL(url), body, headers, self._total))

    def get(self, url: str, *, total: float | None = None) -> Exchange:
        """GET, the same way; within ``total`` seconds if that is less than for all others."""
        if reason := _why_not(url, {}):
            return Forbidden(reason)
        return self._await(self._send("GET", URL(url), None, {}, min(total or self._total, self._total)))

    def close(self) -> None:
        """Give back connections and the thread; a later ``post`` starts anew."""
        with self._lock:
            loop, thread, session = self._loop, self._thread, self._session
            self._loop = self._thread = self._session = None
        if loop is None or thread is None:
            return
        if session is not None:
            asyncio.run_coroutine_threadsafe(session.close(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)

    def _await(self, work: Coroutine[Any, Any, _T]) -> _T:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                # A resolver that hangs holds a thread; the others must not queue behind it.
                self._loop.set_default_executor(ThreadPoolExecutor(32, thread_name_prefix="tocsin-resolve"))
                self._thread = threading.Thread(target=_run, args=(self._loop,), name="tocsin-egress", daemon=True)
                self._thread.start()
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result()

    async def _send(
        self, method: str, url: URL, body: bytes | None, headers: Mapping[str, str], total: float
    ) -> Exchange:
        progress = _Progress()
        try:
            async with asyncio.timeout(total):
                return await self._exchange(method, url, body, headers, progress)
        except _ForbiddenAddress as error:
            return Forbidden(str(error))
        except TimeoutError:
            if progress.response is not None:
                return progress.response
            return _lost(progress, f"no answer from {url.host} within {total:g} s")
        except aiohttp.InvalidURL:
            return Forbidden("this is not an address that can be posted to")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _lost(progress, f"{url.host}: {_in_words(error)}")

    async def _exchange(
        self, method: str, url: URL, body: bytes | None, headers: Mapping[str, str], progress: _Progress
    ) -> Response:
        async with self._open_session().request(
            method,
            url,
            data=body,
            headers={"Accept-Encoding": "identity", **headers},
            allow_redirects=False,
            trace_request_ctx=progress,
        ) as answer:
            # The status says what became of the message: from here on nothing makes it doubtful again.
            names = {name.lower(): value for name, value in answer.headers.items()}
            progress.response = Response(answer.status, names)
            kept = bytearray()
            try:
                while len(kept) < MAX_BODY and (piece := await answer.content.read(MAX_BODY - len(kept))):
                    kept += piece
            except (aiohttp.ClientError, OSError):
                answer.close()
            if len(kept) >= MAX_BODY:
                answer.close()
            return Response(answer.status, names, bytes(kept))

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=_CheckedResolver(self._resolve, self._why_forbidden),
                    socket_factory=self._socket,
                    use_dns_cache=False,
                    limit=0,
                    limit_per_host=PER_HOST,
                    force_close=self._fresh,
                    ssl=self._tls or True,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self._total, sock_connect=self._connect),
                trace_configs=[_tracing()],
                headers={"User-Agent": f"tocsin/{tocsin.__version__}"},
                trust_env=False,
                auto_decompress=False,
            )
        return self._session

    def _why_forbidden(self, address: str) -> str:
        return why_forbidden(address, self._allowed)

    def _socket(self, info: Any) -> socket.socket:
        # The resolver is not asked when the address is written as numbers, so the last gate stands here.
        family, kind, protocol, _, where = info
        if reason := self._why_forbidden(str(where[0])):
            raise _ForbiddenAddress(reason)
        return socket.socket(family, kind, protocol)


def addresses_of(host: str) -> Sequence[str]:
    """The addresses of a name by the machine's own resolver."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return tuple(dict.fromkeys(str(where[0]) for *_, where in found))


class _CheckedResolver(AbstractResolver):
    """Gives the addresses of a name when all of them may be sent to."""

    def __init__(self, resolve: Resolve, why_forbidden: Callable[[str], str]) -> None:
        self._resolve = resolve
        self._why_forbidden = why_forbidden

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await asyncio.get_running_loop().run_in_executor(None, self._resolve, host)
        for address in found:
            if reason := self._why_forbidden(address):
                raise _ForbiddenAddress(f"{host}: {reason}")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _why_not(url: str, headers: Mapping[str, str]) -> str:
    try:
        parsed = URL(url)
        port = parsed.port
    except ValueError:
        return "this is not an address that can be posted to"
    if parsed.scheme not in {"http", "https"} or not parsed.host or not port:
        return "only http and https addresses are posted to"
    if any(sign in text for pair in headers.items() for text in pair for sign in "\r\n\0"):
        return "a header holds a line break"
    return ""


def _lost(progress: _Progress, reason: str) -> Unsent | Unanswered:
    return Unanswered(reason) if progress.sent else Unsent(reason)


def _in_words(error: Exception) -> str:
    # The full texts of some errors repeat the address, which may hold a token.
    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            return "its certificate or TLS was not accepted"
        case aiohttp.ClientConnectorDNSError() | socket.gaierror():
            return "its name cannot be resolved"
        case aiohttp.ServerDisconnectedError():
            return "closed the connection without an answer"
        case OSError() if error.strerror:
            return error.strerror
        case _:
            return type(error).__name__


def _tracing() -> aiohttp.TraceConfig:
    tracing = aiohttp.TraceConfig()

    async def headers_sent(session: aiohttp.ClientSession, context: Any, params: Any) -> None:
        context.trace_request_ctx.sent = True

    tracing.on_request_headers_sent.append(headers_sent)
    return tracing


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
