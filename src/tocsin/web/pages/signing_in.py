"""Coming in and going out: by password, or once by a link that was printed for us."""

from __future__ import annotations

from starlette.responses import Response

from tocsin.app.accounts.accounts import SignedIn
from tocsin.errors import NotSignedIn
from tocsin.web.asking import Ask, ours

LONGEST = 7 * 24 * 3600


def show(ask: Ask) -> Response:
    """The form."""
    if ask.session is not None and not ask.trouble:
        return ask.go(ours(ask.query("next", "/")))
    wanted = ask.text("next") or ask.query("next", "/")
    return ask.page("sign_in.html", wanted=ours(wanted), handle=ask.text("handle"))


def sign_in(ask: Ask) -> Response:
    """Check name and password; the answer is the same whatever was wrong."""
    try:
        come = ask.application.accounts.sign_in(ask.text("handle"), _password(ask), client=_client(ask))
    except NotSignedIn as trouble:
        return show(ask.with_trouble(trouble.message, 401))
    return _welcome(ask, come, ask.text("next", "/"))


def show_once(ask: Ask) -> Response:
    """A button: whoever only looks at the link (a scanner, a preview) does not use it up."""
    return ask.page(
        "sign_in_once.html", token=ask.text("token") or ask.query("token"), wanted=ours(ask.query("next", "/"))
    )


def sign_in_once(ask: Ask) -> Response:
    """Use the link up."""
    try:
        come = ask.application.accounts.sign_in_once(ask.text("token"))
    except NotSignedIn as trouble:
        return show(ask.with_trouble(trouble.message, 401))
    return _welcome(ask, come, ask.text("next", "/"))


def sign_out(ask: Ask) -> Response:
    """End this session."""
    ask.application.accounts.sign_out(ask.request.cookies.get(ask.desk.cookie, ""))
    response = ask.go("/sign-in")
    response.delete_cookie(ask.desk.cookie, "/", secure=ask.desk.secure_cookies, httponly=True, samesite="lax")
    return response


def _welcome(ask: Ask, come: SignedIn, wanted: str) -> Response:
    response = ask.go(wanted)
    response.set_cookie(
        ask.desk.cookie,
        come.token,
        max_age=LONGEST,
        path="/",
        secure=ask.desk.secure_cookies,
        httponly=True,
        samesite="lax",
    )
    return response


def _password(ask: Ask) -> str:
    """As it was typed: spaces are part of a password."""
    values = ask.form.get("password", ())
    return values[0] if values else ""


def _client(ask: Ask) -> str:
    return ask.request.client.host if ask.request.client else "unknown"
