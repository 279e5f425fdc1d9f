"""The guard before every page: who asks, from where, and whether they may. Deny by default.

An act needs three things: a session or a signed link, a request that comes from our own pages (Origin and
Sec-Fetch-Site), and the token that only our own pages hold. Reading needs the first of them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import parse_qs, quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from tocsin.app.access import Permission
from tocsin.errors import BadInput, LinkEnded, NotAllowed, NotSignedIn, TocsinError
from tocsin.web.asking import Ask, Desk, Form

MAX_FORM = 1 << 20
MAX_FIELDS = 500
SAFE_METHODS = frozenset({"GET", "HEAD"})


class Door(Enum):
    """What a route asks for that is no permission."""

    ANYBODY = "anybody"  # shows nothing of an incident: signing in


Needs = Permission | Door
Handler = Callable[[Ask], Response]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table of routes. ``again`` shows the page anew when an act was refused.

    ``link`` entries are for the holder of a page's signed link, whose token stands in the path. A ``foreign`` act may
    be sent from anywhere, in any form: from a status page on its own host, or by a mail provider (RFC 8058).
    """

    method: str
    path: str
    needs: Needs
    handler: Handler
    again: Handler | None = None
    link: bool = False
    foreign: bool = False

    @property
    def acts(self) -> bool:
        """Whether it may change something."""
        return self.method not in SAFE_METHODS


class Forged(NotAllowed):
    """This request did not come from one of our pages; open the page again and repeat what you did."""

    code = "forged"


async def admit(entry: Entry, request: Request, desk: Desk) -> Response:
    """Answer one request by its entry of the table."""
    ask = Ask(request, desk, desk.application.clock.now())
    try:
        if entry.acts and not entry.foreign:
            require_own_origin(request)
        form = await read_form(request, any_kind=entry.foreign) if entry.acts else {}
        ask = await run_in_threadpool(_known, entry, replace(ask, form=form))
        _require_permission(entry, ask)
        if entry.acts and entry.needs is not Door.ANYBODY:
            require_token(ask)
        return await run_in_threadpool(_handled, entry, ask)
    except ClientDisconnect:
        return Response(status_code=499)
    except NotSignedIn as trouble:
        return sign_in_first(ask, trouble)
    except LinkEnded as trouble:
        # The incident's own page lets in whoever has signed in, and asks the others to.
        return desk.renderer.error(ask, trouble, f"/i/{trouble.incident_id}", f"Open {trouble.incident_id}")
    except TocsinError as trouble:
        return await run_in_threadpool(desk.renderer.error, ask, trouble)


def _handled(entry: Entry, ask: Ask) -> Response:
    try:
        return entry.handler(ask)
    except NotAllowed:
        raise
    except TocsinError as trouble:
        if entry.again is None:
            raise
        return entry.again(ask.with_trouble(trouble.message, trouble.http_status))


def _known(entry: Entry, ask: Ask) -> Ask:
    """The request with whoever sent it."""
    found = identify(ask.request, ask.desk, link=entry.link)
    return replace(ask, caller=found.caller, session=found.session, csrf=found.csrf)


def _require_permission(entry: Entry, ask: Ask) -> None:
    """Raise NotSignedIn, or NotAllowed without the permission."""
    if isinstance(entry.needs, Permission):
        if ask.caller is None:
            raise NotSignedIn
        ask.caller.require(entry.needs, ask.caller.only_incident)


def identify(request: Request, desk: Desk, *, link: bool) -> Ask:
    """Who sent this: the holder of the link in its path, or of the session in its cookie, or nobody."""
    ask = Ask(request, desk, desk.application.clock.now())
    if link:
        token = request.path_params["token"]
        caller = desk.application.links.caller(token)
        handles = {one.handle for one in desk.application.team().roster.people}
        desk.application.accounts.require_welcome(caller.actor.name, on_roster=caller.actor.name in handles)
        return replace(ask, caller=caller, csrf=link_csrf(desk.application.links.secret, token))
    token = request.cookies.get(desk.cookie, "")
    if not token:
        return ask
    try:
        caller, session = desk.application.accounts.caller_of_session(token)
    except NotSignedIn:
        return ask
    return replace(ask, caller=caller, session=session, csrf=session.csrf)


def link_csrf(secret: bytes, token: str) -> str:
    """The token against forged requests of one signed link: only a page opened with that link holds it."""
    return hmac.new(secret, b"link-csrf:" + token.encode(), hashlib.sha256).hexdigest()


def require_own_origin(request: Request) -> None:
    """Raise Forged unless the browser says that one of our own pages sent this.

    A client that is no browser sends neither header; it has no cookie either, and the token is asked for besides.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise Forged
    origin = request.headers.get("origin")
    if origin is not None and _host_of(origin) != request.headers.get("host", "").lower():
        raise Forged


def _host_of(origin: str) -> str | None:
    """The host and port of an origin; None for what is no address at all."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def require_token(ask: Ask) -> None:
    """Raise Forged unless the form holds the token of this session or link."""
    shown = ask.text("csrf") or ask.request.headers.get("x-csrf-token", "")
    if not ask.csrf or not hmac.compare_digest(shown.encode(), ask.csrf.encode()):
        raise Forged


async def read_form(request: Request, *, any_kind: bool = False) -> Form:
    """The fields of a form, within bounds; none of one of another kind. Raises BadInput beyond them."""
    kind = request.headers.get("content-type", "application/x-www-form-urlencoded")
    plain = kind.startswith("application/x-www-form-urlencoded")
    if not plain and not any_kind:
        raise BadInput("send the form as application/x-www-form-urlencoded")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM:
            raise BadInput(f"the form is larger than {MAX_FORM // 1024} KiB")
    if not plain:
        return {}
    try:
        text = bytes(body).decode()
        return parse_qs(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="replace")
    except ValueError as error:
        raise BadInput("the form cannot be read") from error


def sign_in_first(ask: Ask, trouble: NotSignedIn) -> Response:
    """Lead to the sign-in page and back again; an act is not repeated by itself."""
    wanted = ask.request.url.path + (f"?{ask.request.url.query}" if ask.request.url.query else "")
    if ask.request.method not in SAFE_METHODS:
        wanted = ask.text("back") or "/"
    address = f"/sign-in?next={quote(wanted, safe='/')}"
    if ask.request.headers.get("hx-request"):
        return Response(trouble.message, 401, headers={"hx-redirect": address})
    if ask.request.method in SAFE_METHODS:
        return RedirectResponse(address, 303)
    return ask.desk.renderer.error(ask, trouble, elsewhere=address)
