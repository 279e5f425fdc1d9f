"""The public status page's files, from a folder, kept in memory and checked for change once a second.

What is asked for in the query or a Range changes nothing: the answer costs the same whatever a visitor sends (F69).
The folder is written by the publisher and by nobody else; links in it are not followed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tocsin.clock import monotonic
from tocsin.web.answers import Headers, Send

LOOK_EVERY = 1.0
KINDS = {
    ".html": b"text/html; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".json": b"application/json",
    ".svg": b"image/svg+xml",
    ".atom": b"application/atom+xml",
    ".rss": b"application/rss+xml",
    ".xml": b"application/xml",
    ".txt": b"text/plain; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".ico": b"image/x-icon",
    ".png": b"image/png",
}
NOT_YET = b"This status page has not been published yet. `tocsin status publish` writes it; so does the first update."
READ_BY_OTHERS = frozenset({".json", ".atom", ".rss"})
"""Kinds that other sites' scripts may read, as Statuspage lets them."""
COMMON: Headers = (
    (b"cache-control", b"public, max-age=15"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        (
            b"default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            b"form-action 'none'; frame-ancestors 'none'"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is answered."""

    mark: tuple[int, int]
    body: bytes
    etag: bytes
    headers: Headers


class StatusFiles:
    """Answers for the files of one folder."""

    def __init__(self, folder: Path, seconds: Callable[[], float] = monotonic) -> None:
        self._folder, self._seconds = folder, seconds
        self._files: dict[str, _File] = {}
        self._looked_at: float | None = None

    async def answer(self, send: Send, name: str, if_none_match: bytes, *, head: bool) -> None:
        """Send the file of that name (below the folder, with slashes); 304 when the visitor has it already."""
        file = self._find(name)
        if file is None:
            status, body, headers = 404, NOT_YET if not self._files else b"There is no such page.", _not_found()
        elif if_none_match and file.etag in if_none_match:
            status, body, headers = 304, b"", file.headers
        else:
            status, body, headers = 200, file.body, file.headers
        length = [] if status == 304 else [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
        await send({"type": "http.response.body", "body": b"" if head else body})

    def _find(self, name: str) -> _File | None:
        now = self._seconds()
        if self._looked_at is None or now - self._looked_at >= LOOK_EVERY:
            self._looked_at = now
            self._files = {key: file for key, path in _listing(self._folder) if (file := self._kept(key, path))}
        name = name.strip("/")
        candidates = (name, f"{name}/index.html".lstrip("/"), f"{name}.html")
        return next((self._files[one] for one in candidates if one in self._files), None)

    def _kept(self, key: str, path: Path) -> _File | None:
        """The file in memory, read again when its time or size has changed; None when it went away meanwhile."""
        try:
            return self._read(key, path)
        except OSError:
            return self._files.get(key)

    def _read(self, key: str, path: Path) -> _File:
        found = path.stat()
        mark = (found.st_mtime_ns, found.st_size)
        held = self._files.get(key)
        if held is not None and held.mark == mark:
            return held
        body = path.read_bytes()
        etag = b'"' + hashlib.sha256(body).hexdigest()[:24].encode() + b'"'
        kind = KINDS.get(path.suffix, b"application/octet-stream")
        headers = [(b"content-type", kind), (b"etag", etag), *COMMON]
        if path.suffix in READ_BY_OTHERS:
            headers.append((b"access-control-allow-origin", b"*"))
        return _File(mark, body, etag, headers)


def _listing(folder: Path) -> list[tuple[str, Path]]:
    """Every plain file below the folder by its name with slashes; half-written ones (dot files) are left out."""
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".")]
        for one in files:
            path = Path(place, one)
            if not one.startswith(".") and not path.is_symlink():
                found.append((path.relative_to(folder).as_posix(), path))
    return found


def _not_found() -> Headers:
    return ((b"content-type", b"text/plain; charset=utf-8"), *COMMON)
