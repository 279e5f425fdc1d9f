"""Serves the published status page from its directory: no database, no main process, no state (R20).

An ASGI application over files, and a process around it. Only GET and HEAD; a name is looked up only when every
part of it is plain, so nothing outside of the directory and no hidden file can be reached. Query strings and
Range are ignored: any address costs the same (F69).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

FRONT = "index.html"
LARGEST = 8 * 1024 * 1024
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_TAG = re.compile(rb'(?:W/)?("[^"]*")')
_TYPES = {
    ".html": b"text/html; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".json": b"application/json",
    ".svg": b"image/svg+xml",
    ".atom": b"application/atom+xml; charset=utf-8",
    ".rss": b"application/rss+xml; charset=utf-8",
}
_OPEN_TO_OTHERS = frozenset({".json", ".atom", ".rss"})  # read by other sites' scripts, as Statuspage allows
_POLICY = b"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
_FORMS = "subscribe.html"
"""The one page with a form: where that may be sent to, the page itself says, because only it knows."""
_SAFETY: Headers = [
    (b"content-security-policy", _POLICY + b"; form-action 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
# Fresh within ten seconds (R20 asks for thirty); a cache before us may show an old page while we are down.
_CACHING = (b"cache-control", b"public, max-age=10, stale-if-error=86400")
_NO_CACHING = (b"cache-control", b"no-store")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file as it was read, by what to tell that it has changed, and what every answer with it says of it."""

    place: str
    mark: tuple[int, int, int]
    body: bytes
    tag: bytes
    headers: Headers  # of all its answers
    whole: Headers  # of those that bring it


class StatusSite:
    """The ASGI application that serves one directory. It remembers what it read and looks again at each request."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._kept: dict[str, _Kept] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; other kinds of connections are refused."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            return
        status, headers, body = self._answer(scope)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _answer(self, scope: Scope) -> tuple[int, Headers, bytes]:
        if scope["method"] not in ("GET", "HEAD"):
            return _plain(405, "This page can only be read.", [(b"allow", b"GET, HEAD")])
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        name = path.removeprefix("/")
        if not name or name.endswith("/"):
            name += FRONT
        found = self._read(name) or (self._read(f"{name}.html") if "." not in name else None)
        if found is None and name == FRONT:
            return _plain(503, "No status page has been published yet.", [(b"retry-after", b"30")])
        if found is None:
            return _plain(404, "There is no such page.")
        if _matches(scope["headers"], found.tag):
            return 304, found.headers, b""
        return 200, found.whole, found.body

    def _read(self, name: str) -> _Kept | None:
        """The file of that name as it is now; None where there is none that may be shown."""
        kept = self._kept.get(name)
        if kept is not None:
            try:
                if _mark(os.stat(kept.place)) == kept.mark:
                    return kept
            except OSError:
                del self._kept[name]
                return None
        parts, suffix = name.split("/"), Path(name).suffix
        if suffix not in _TYPES or len(parts) > 5 or not all(_PART.fullmatch(part) for part in parts):
            return None
        place = self._directory.joinpath(*parts)
        try:
            stat = place.stat()
            if not place.is_file() or stat.st_size > LARGEST:
                return None
            if not place.resolve().is_relative_to(self._directory.resolve()):
                return None
            body = place.read_bytes()
        except OSError:
            return None
        self._kept[name] = found = _kept(place, stat, body, suffix)
        return found


def _kept(place: Path, stat: os.stat_result, body: bytes, suffix: str) -> _Kept:
    tag = b'"' + hashlib.sha256(body).hexdigest()[:24].encode() + b'"'
    headers: Headers = [(b"etag", tag), _CACHING, *_SAFETY]
    if place.name == _FORMS:
        headers = [(name, _POLICY if name == b"content-security-policy" else value) for name, value in headers]
    if suffix in _OPEN_TO_OTHERS:
        headers.append((b"access-control-allow-origin", b"*"))
    whole = [*headers, (b"content-type", _TYPES[suffix]), _length(body)]
    return _Kept(str(place), _mark(stat), body, tag, [*headers, _length(b"")], whole)


def _mark(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % len(body)


def serve_status(directory: Path, host: str, port: int) -> None:
    """Serve the directory until the process is told to stop (SIGINT, SIGTERM)."""
    config = uvicorn.Config(
        StatusSite(directory),
        host=host,
        port=port,
        lifespan="off",
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        log_level="warning",
        limit_concurrency=2000,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=3,
    )
    uvicorn.Server(config).run()


def _plain(status: int, text: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> tuple[int, Headers, bytes]:
    body = text.encode() + b"\n"
    kind = (b"content-type", b"text/plain; charset=utf-8")
    return status, [*headers, _NO_CACHING, kind, *_SAFETY, _length(body)], body


def _matches(headers: Iterable[tuple[bytes, bytes]], tag: bytes) -> bool:
    """Whether the reader already has it (RFC 9110 13.1.2: compared weakly)."""
    asked = b",".join([value for name, value in headers if name == b"if-none-match"])
    return bool(asked) and (asked.strip() == b"*" or tag in _TAG.findall(asked))
