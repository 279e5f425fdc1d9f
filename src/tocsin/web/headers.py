"""Headers that every page carries: no script but our own files, no frame, no guessing, nothing kept."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders

from tocsin.web.answers import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class SafeHeaders:
    """Adds them to whatever lies behind it; ``secure`` also asks browsers to come by https only."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app, self._secure = app, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.add(MutableHeaders(scope=message))
            await send(message)

        return await self._app(scope, receive, sending)

    def add(self, headers: MutableHeaders) -> None:
        """Put them into an answer's headers, keeping a policy that is there already."""
        headers.setdefault("cache-control", "no-store")
        headers.setdefault("content-security-policy", POLICY)
        headers["x-content-type-options"] = "nosniff"
        headers["x-frame-options"] = "DENY"
        headers["referrer-policy"] = "same-origin"
        headers["cross-origin-opener-policy"] = "same-origin"
        headers["permissions-policy"] = "camera=(), microphone=(), geolocation=()"
        if self._secure:
            headers["strict-transport-security"] = "max-age=31536000"
