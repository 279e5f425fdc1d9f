"""The site: pages, event streams and static files, as one ASGI application."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tocsin.app.application import Application
from tocsin.errors import TocsinError
from tocsin.web.answers import ASGIApp, Receive, Scope, Send
from tocsin.web.asking import Ask, Desk
from tocsin.web.assets import Assets
from tocsin.web.guard import Entry, admit, identify
from tocsin.web.headers import SafeHeaders
from tocsin.web.live import Live
from tocsin.web.pages import home, watching
from tocsin.web.rendering import Renderer
from tocsin.web.routes import ASSETS, ROUTES, STREAMS

log = logging.getLogger(__name__)

Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Site:
    """The site as an ASGI application. ``live.close()`` ends its event streams, so that a server can stop."""

    app: ASGIApp
    live: Live
    routes: Starlette

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self.app(scope, receive, send)


def make_site(application: Application, *, secure_cookies: bool, live: Live | None = None) -> Site:
    """Put the site together. ``secure_cookies`` when people come by https; the JSON API is mounted beside it."""
    live = live or Live()
    application.desk.listeners.append(live.changed)
    application.outputs.listeners.append(live.changed)
    application.accounts.ended.append(live.revoke)
    assets = Assets()
    desk = Desk(application, Renderer(assets, lambda: ZoneInfo(application.team().zone)), live, secure_cookies)
    pages = Starlette(
        routes=[
            *(Route(entry.path, _page(entry, desk), methods=[entry.method]) for entry in ROUTES),
            *(Route(path, _stream(path, desk), methods=["GET"]) for path in STREAMS),
            Route(ASSETS, assets.answer, methods=["GET"]),
        ]
    )
    pages.router.redirect_slashes = False
    _tell_errors(pages, desk)

    return Site(SafeHeaders(pages, secure=secure_cookies), live, pages)


def _page(entry: Entry, desk: Desk) -> Answer:
    async def answer(request: Request) -> Response:
        return await admit(entry, request, desk)

    return answer


def _stream(path: str, desk: Desk) -> Callable[[Request], Awaitable[ASGIApp]]:
    async def answer(request: Request) -> ASGIApp:
        try:
            # The viewer is looked up here to answer 401 or 403, and for each update anew.
            async with desk.live.entering:
                ask = await run_in_threadpool(partial(identify, request, desk, link=path.startswith("/p/")))
            return home.watch(ask) if path == "/live" else watching.watch(ask)
        except TocsinError as trouble:
            return Response(trouble.message, trouble.http_status, media_type="text/plain")

    return answer


def _tell_errors(pages: Starlette, desk: Desk) -> None:
    """Pages for whatever no handler answered."""

    async def http(request: Request, trouble: Exception) -> Response:
        assert isinstance(trouble, HTTPException)
        message = "There is no such page." if trouble.status_code == 404 else str(trouble.detail)
        response = desk.renderer.failure(await _whose(request), trouble.status_code, message)
        response.headers.update(trouble.headers or {})
        return response

    async def unexpected(request: Request, trouble: Exception) -> Response:
        log.error("a page broke: %s %s", request.method, request.url.path, exc_info=trouble)
        ask = Ask(request, desk, desk.application.clock.now())
        return desk.renderer.failure(ask, 500, "This page could not be made.")

    async def _whose(request: Request) -> Ask:
        try:
            return await run_in_threadpool(partial(identify, request, desk, link=False))
        except TocsinError:
            return Ask(request, desk, desk.application.clock.now())

    pages.add_exception_handler(HTTPException, http)
    pages.add_exception_handler(Exception, unexpected)
