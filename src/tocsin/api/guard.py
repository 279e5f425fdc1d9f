"""The guard before every route of the API: who asks, whether they may, how much at once, and errors as problems.

A route cannot be made without naming the permission it needs, or ``ANYBODY`` in so many words: deny by default.
Only bearer tokens count; cookies are not looked at, so a browser's session cannot be borrowed (RFC 6750, OWASP).
Errors are RFC 9457 problems.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message

from tocsin.app.access import Caller, Permission
from tocsin.app.accounts.accounts import Accounts
from tocsin.app.accounts.tokens import hash_of
from tocsin.clock import monotonic
from tocsin.errors import BadInput, NotAllowed, NotSignedIn, Refused, TocsinError, TooManyTries
from tocsin.incident.facts import Via

log = logging.getLogger(__name__)

MAX_BODY = 1 << 20
RATE, BURST = 20.0, 100.0
"""Requests a second of one token, and how many at once."""
MOST_BUCKETS = 10_000
ANYBODY = "anybody"
SIGNED = "a runner's signature"
"""For what runners ask: the use case looks at the signature itself, which covers the body."""
_NO_TOKEN = (ANYBODY, SIGNED)
NEEDS = "x-needs"
PROBLEM = "application/problem+json"
FROM_THE_COMMAND_LINE = "cli"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def asking(request: Request) -> Caller:
    """Who asks: set by the guard before the handler runs."""
    caller: Caller = request.state.caller
    return caller


Asking = Annotated[Caller, Depends(asking)]


@dataclass(slots=True)
class Buckets:
    """A token bucket for each asker."""

    rate: float = RATE
    burst: float = BURST
    left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, name: str) -> bool:
        """Whether this asker may go on."""
        now = monotonic()
        with self.lock:
            left, at = self.left.pop(name, (self.burst, now))
            left = min(self.burst, left + (now - at) * self.rate)
            taken = left >= 1
            self.left[name] = (left - 1 if taken else left, now)
            while len(self.left) > MOST_BUCKETS:
                self.left.popitem(last=False)
        return taken


def guarded(accounts: Accounts, buckets: Buckets) -> type[APIRoute]:
    """The class of routes that ask this installation's accounts."""

    class Guarded(APIRoute):
        """A route that lets nobody through unless its permission says so."""

        def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
            if NEEDS not in (options.get("openapi_extra") or {}):
                raise TypeError(f"{path} does not say what it needs: use needs(Permission) or needs(ANYBODY)")
            if options["openapi_extra"][NEEDS] not in _NO_TOKEN:
                Permission(options["openapi_extra"][NEEDS])  # ValueError for a permission that nobody can have
            super().__init__(path, endpoint, **options)

        def get_route_handler(self) -> Handler:
            """The handler with the guard before it."""
            handle = super().get_route_handler()
            needs = (self.openapi_extra or {})[NEEDS]

            async def guard(request: Request) -> Response:
                try:
                    if needs not in _NO_TOKEN:
                        request.state.caller = await _admitted(request, accounts, buckets, Permission(needs))
                    return await handle(await _bounded(request))
                except (TocsinError, RequestValidationError, _TooLarge) as trouble:
                    if type(trouble) is NotAllowed:
                        await _audited(request, accounts)
                    return problem_of(trouble)
                except HTTPException as trouble:  # FastAPI's word for a body that is no text in UTF-8
                    if trouble.status_code != 400:
                        raise
                    return problem_of(BadInput("the body cannot be read; send JSON in UTF-8"))
                except ClientDisconnect:
                    return Response(status_code=499)

            return guard

    return Guarded


def needs(permission: Permission | str) -> dict[str, Any]:
    """What a route asks for, to be given as ``openapi_extra``; it stands in the OpenAPI document."""
    name = permission.value if isinstance(permission, Permission) else permission
    extra: dict[str, Any] = {NEEDS: name}
    if name in _NO_TOKEN:
        extra["security"] = []
    return extra


async def _admitted(request: Request, accounts: Accounts, buckets: Buckets, permission: Permission) -> Caller:
    said = request.headers.getlist("authorization")
    scheme, _, token = (said[0] if len(said) == 1 else "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("send a token: `Authorization: Bearer toc_…`; `tocsin token create` makes one")
    via = Via.CLI if request.headers.get("tocsin-client") == FROM_THE_COMMAND_LINE else Via.API
    caller = await run_in_threadpool(accounts.caller_of_token, token.strip(), via)
    request.state.caller = caller
    # Of this token, not of its owner: a dashboard that polls too often must not keep anybody from acknowledging.
    if not buckets.take(hash_of(token.strip())):
        raise TooManyTries("too many requests at once; wait a second", retry_after=1)
    caller.require(permission, request.path_params.get("incident_id"))
    return caller


async def _audited(request: Request, accounts: Accounts) -> None:
    caller = getattr(request.state, "caller", None)
    if caller is None:
        return
    try:
        await run_in_threadpool(accounts.refused, caller, request.method, request.url.path[:200])
    except TocsinError as trouble:
        log.error("a refusal could not be recorded: %s", trouble)


class _TooLarge(Exception):
    pass


async def _bounded(request: Request) -> Request:
    """The request with its body read, at most MAX_BODY of it."""
    if request.method in ("GET", "HEAD", "DELETE"):
        return request
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise _TooLarge
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await request.receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, replay)


def problem_of(trouble: Exception) -> Response:
    """An error as an RFC 9457 problem, without anything from inside."""
    headers: dict[str, str] = {"cache-control": "no-store"}
    match trouble:
        case TooManyTries():
            wait = trouble.retry_after
            headers["retry-after"] = str(wait)
            return _problem(trouble.http_status, trouble.code, trouble.message, headers, retry_after=wait)
        case Refused():
            return _problem(trouble.http_status, trouble.code, trouble.message, headers, reason=trouble.reason)
        case NotSignedIn():
            headers["www-authenticate"] = 'Bearer realm="tocsin"'
            return _problem(trouble.http_status, trouble.code, trouble.message, headers)
        case TocsinError():
            return _problem(trouble.http_status, trouble.code, trouble.message, headers)
        case RequestValidationError():
            where = [_place(one) for one in trouble.errors()[:20]]
            return _problem(422, "bad_input", "; ".join(where)[:2000], headers)
        case _TooLarge():
            return _problem(413, "too_large", f"the body is larger than {MAX_BODY >> 20} MiB", headers)
        case _:
            return _problem(500, "error", "something went wrong here; the server's log has more", headers)


def _place(error: Any) -> str:
    """Where and what, without repeating what was sent."""
    if error.get("type") == "json_invalid":
        return "the body is no JSON"
    where = ".".join(str(part) for part in error.get("loc", ()) if part != "body")
    ours = error.get("ctx", {}).get("error")  # what one of our own checks says, without "Value error, " before it
    what = str(ours) if isinstance(ours, ValueError) else str(error.get("msg", "cannot be understood"))
    return f"{where}: {what}" if where else what


def _problem(status: int, code: str, detail: str, headers: dict[str, str], **more: str | int) -> Response:
    body = {
        "type": f"urn:tocsin:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    return Response(json.dumps(body, ensure_ascii=False).encode(errors="replace"), status, headers, PROBLEM)


async def unknown(request: Request, error: Exception) -> Response:
    """The answer for what the router does not know, and for what broke: a problem too."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = {"cache-control": "no-store"}
    match status:
        case 404:
            return _problem(
                404, "not_found", "there is nothing here; /api/v1/openapi.json lists what there is", headers
            )
        case 405:
            allow = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
            return _problem(405, "method_not_allowed", "this cannot be done here", {**headers, **allow})
        case _:
            return _problem(status, "error", "something went wrong here; the server's log has more", headers)


def router(accounts: Accounts, buckets: Buckets | None = None, **options: Any) -> APIRouter:
    """An empty router whose routes are guarded."""
    return APIRouter(route_class=guarded(accounts, buckets or Buckets()), **options)
