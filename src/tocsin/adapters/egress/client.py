"""The part of the outbound client that is aiohttp's: one session in one event loop, with the gates of `egress.py`.

Apart, because to load it takes as long as a quarter of the whole start (its default contexts of TLS read every
certificate of the machine), and nothing that hears an alert needs it: `Egress` loads it when it first sends.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

import tocsin
from tocsin.adapters.egress.exchange import Exchange, Forbidden, Resolve, Response, Unanswered, Unsent

MAX_BODY = 1024 * 1024
PER_HOST = 20  # a host that hangs keeps only so many connections, and none of the others'

WhyForbidden = Callable[[str], str]


class _ForbiddenAddress(Exception):
    """Raised out of the resolver and the socket factory; never leaves this module."""


@dataclass(slots=True)
class _Progress:
    sent: bool = False
    response: Response | None = None


class Client:
    """Requests in the event loop that runs it; every span is in seconds, as in `Egress`."""

    def __init__(
        self,
        why_forbidden: WhyForbidden,
        resolve: Resolve,
        *,
        connect: float,
        total: float,
        tls: ssl.SSLContext | None,
        fresh: bool,
    ) -> None:
        self._why_forbidden = why_forbidden
        self._resolve = resolve
        self._connect = connect
        self._total = total
        self._tls = tls
        self._fresh = fresh
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str], total: float
    ) -> Exchange:
        """One request and how it went, within ``total`` seconds; it raises nothing for what the other end does."""
        if reason := _why_not(address, headers):
            return Forbidden(reason)
        url = URL(address)
        progress = _Progress()
        try:
            async with asyncio.timeout(total):
                return await self._exchange(method, url, body, headers, progress)
        except _ForbiddenAddress as error:
            return Forbidden(str(error))
        except TimeoutError:
            if progress.response is not None:
                return replace(progress.response, cut=f"did not end within {total:g} s")
            return _lost(progress, f"no answer from {url.host} within {total:g} s")
        except aiohttp.InvalidURL:
            return Forbidden("this is not an address that can be posted to")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _lost(progress, f"{url.host}: {_in_words(error)}")

    async def close(self) -> None:
        """Give back the connections."""
        if self._session is not None:
            await self._session.close()

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
            kept, cut = bytearray(), ""
            try:
                while len(kept) < MAX_BODY and (piece := await answer.content.read(MAX_BODY - len(kept))):
                    kept += piece
            except (aiohttp.ClientError, OSError):
                cut = "broke off"
                answer.close()
            if len(kept) >= MAX_BODY:
                answer.close()
            return Response(answer.status, names, bytes(kept), cut)

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

    def _socket(self, info: Any) -> socket.socket:
        # The resolver is not asked when the address is written as numbers, so the last gate stands here.
        family, kind, protocol, _, where = info
        if reason := self._why_forbidden(str(where[0])):
            raise _ForbiddenAddress(reason)
        return socket.socket(family, kind, protocol)


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
