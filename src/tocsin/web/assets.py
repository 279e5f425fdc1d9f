"""Our own style sheet, scripts and the vendored ones: read once, served packed, addressed by their content.

An address holds the hash of what it gives, so that browsers keep a file for ever and never an old one.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).parent / "static"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}

SENT_AS_ONE = {"htmx.js": ("vendor/htmx.js", "vendor/hx-sse.js")}
"""Files that are sent one behind the other under a name of their own: htmx begins when it is there, and an extension
that a bad line brings after that would never open the stream of the page."""

WORKER = "sw.js"
"""The service worker: it may speak for the whole site, and a browser asks each time whether it has changed."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to be sent."""

    body: bytes
    packed: bytes
    kind: str
    mark: str


class Assets:
    """All static files of the pages."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._held = {
            path.relative_to(folder).as_posix(): _asset(path.suffix, path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in KINDS
        }
        for name, parts in SENT_AS_ONE.items():
            self._held[name] = _asset(Path(name).suffix, b"\n".join(self._held[part].body for part in parts))

    def address(self, name: str) -> str:
        """Where a file is, with the mark of its content. Raises KeyError for an unknown one."""
        return f"/static/{name}?{self._held[name].mark}"

    def answer(self, request: Request) -> Response:
        """The file that is asked for."""
        asset = self._held.get(request.path_params["name"])
        if asset is None:
            return Response("there is no such file", 404, media_type="text/plain")
        current = request.url.query == asset.mark
        headers = {
            "cache-control": "public, max-age=31536000, immutable" if current else "public, max-age=60",
            "vary": "accept-encoding",
        }
        if request.path_params["name"] == WORKER:
            headers |= {"cache-control": "no-cache", "service-worker-allowed": "/"}
        body = asset.body
        if "gzip" in request.headers.get("accept-encoding", ""):
            body = asset.packed
            headers["content-encoding"] = "gzip"
        return Response(body, headers=headers, media_type=asset.kind)


def _asset(suffix: str, body: bytes) -> Asset:
    return Asset(body, gzip.compress(body, 9, mtime=0), KINDS[suffix], hashlib.sha256(body).hexdigest()[:12])
