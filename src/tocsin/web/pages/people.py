"""Accounts: one's own password and tokens; for administrators everybody's, and the audit trail."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from tocsin.app.access import Permission, Role
from tocsin.errors import BadInput
from tocsin.web.asking import Ask

LIFETIMES = {"30": "30 days", "90": "90 days", "365": "a year"}


def account(ask: Ask) -> Response:
    """My account and my tokens."""
    mine = [one for one in ask.application.accounts.tokens(ask.by) if one.owner == ask.me]
    return _account(ask, fresh="", mine=mine)


def _account(ask: Ask, fresh: str, mine: object) -> Response:
    scopes = [one for one in Permission if ask.may(one)]
    devices = ask.application.devices
    return ask.page(
        "account.html",
        tokens=mine,
        scopes=scopes,
        lifetimes=LIFETIMES,
        fresh=fresh,
        heard=[one for one in ask.application.way_testing.standing() if one.person.handle == ask.me],
        devices=devices.of(ask.by),
        wakes=devices.wakes(ask.by),
        push_key=devices.key,
    )


def try_mine(ask: Ask) -> Response:
    """Send me a test page by each of my ways now."""
    ask.application.way_testing.try_mine(ask.by)
    return ask.go("/account#ways")


def add_device(ask: Ask) -> Response:
    """Wake me in this browser from now on."""
    endpoint, key, auth = (ask.text(name) for name in ("endpoint", "key", "auth"))
    ask.application.devices.add(ask.by, endpoint, key, auth, ask.text("name"))
    return ask.go("/account")


def remove_device(ask: Ask) -> Response:
    """Wake me in that browser no more."""
    ask.application.devices.remove(ask.by, ask.part("device"))
    return ask.go("/account")


def change_password(ask: Ask) -> Response:
    """A new password ends all sessions, this one too: whoever else was in is out."""
    typed = ask.form.get("password", ("",))[0]
    if typed != ask.form.get("again", ("",))[0]:
        raise BadInput("the two passwords differ; type the same one twice")
    ask.application.accounts.change_user(ask.by, ask.me, password=typed)
    return ask.go("/sign-in")


def create_token(ask: Ask) -> Response:
    """A token for a program, shown this once."""
    days = ask.text("days")
    if days not in LIFETIMES:
        raise BadInput(f"a token lasts {', '.join(LIFETIMES.values())}")
    accounts = ask.application.accounts
    ends = ask.now + timedelta(days=int(days))
    _, plain = accounts.create_token(ask.by, ask.text("name"), ask.texts("scope"), ends)
    return _account(ask, plain, [one for one in accounts.tokens(ask.by) if one.owner == ask.me])


def revoke_token(ask: Ask) -> Response:
    """End a token."""
    ask.application.accounts.revoke_token(ask.by, ask.part("token_id"))
    return ask.back("/account")


def users(ask: Ask) -> Response:
    """Everybody who may sign in, and every token."""
    return _users(ask)


def _users(ask: Ask, link_of: str = "") -> Response:
    """The page, with a link for one of them where their handle is given."""
    accounts = ask.application.accounts
    return ask.page(
        "users.html",
        users=accounts.users(ask.by),
        tokens=accounts.tokens(ask.by),
        roles=tuple(Role),
        link=_link(ask, link_of) if link_of else "",
        link_of=link_of,
        form={k: v[0] for k, v in ask.form.items() if v} if ask.trouble else {},
    )


def add_user(ask: Ask) -> Response:
    """A new account, with a link by which its owner comes in for the first time."""
    handle = ask.text("handle")
    ask.application.accounts.add_user(ask.by, handle, ask.text("name"), _role(ask))
    return _users(ask, handle)


def change_user(ask: Ask) -> Response:
    """Another role, or in or out."""
    disabled = {"1": True, "0": False}.get(ask.text("disabled"))
    role = _role(ask) if ask.text("role") else None
    ask.application.accounts.change_user(ask.by, ask.part("handle"), role=role, disabled=disabled)
    return ask.go("/admin/users")


def user_link(ask: Ask) -> Response:
    """A link that lets somebody in once, for whoever has lost the password."""
    return _users(ask, ask.part("handle"))


def _link(ask: Ask, handle: str) -> str:
    token = ask.application.accounts.one_time_token(handle, by=ask.me)
    return f"{ask.application.team().public_url.rstrip('/')}/login/once?token={token}"


def _role(ask: Ask) -> Role:
    try:
        return Role(ask.text("role"))
    except ValueError as error:
        raise BadInput(f"a role is one of {', '.join(Role)}") from error


def audit(ask: Ask) -> Response:
    """Who did what that needed a privilege."""
    said = ask.query("before")
    before = int(said) if said.isdecimal() and len(said) < 12 else None
    entries = ask.application.accounts.audit(ask.by, 100, before)
    return ask.page("audit.html", entries=entries, older=entries[-1].seq if len(entries) == 100 else None)
