"""Accounts over the API: signing in from a terminal, users, tokens, the audit trail."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request

from tocsin.api import given, sent, telling
from tocsin.api.guard import ANYBODY, Asking, needs
from tocsin.app.access import Permission
from tocsin.app.accounts.accounts import ONE_TIME_PATH
from tocsin.app.application import Application
from tocsin.errors import BadInput, NotFound

READ, ADMINISTER = needs(Permission.READ), needs(Permission.ADMINISTER)


def add_signing_in(router: APIRouter, application: Application) -> None:
    """The routes for who one is."""

    @router.post("/login", openapi_extra=needs(ANYBODY), tags=["accounts"], status_code=201)
    def login(request: Request, body: sent.Login) -> given.TokenMade:
        """A token of one's own for thirty days, by name and password or by a one-time token."""
        client = request.client.host if request.client else "unknown"
        if body.once:
            token, plain = application.accounts.token_once(body.once, body.name)
        elif body.handle:
            token, plain = application.accounts.token_for_password(body.handle, body.password, body.name, client=client)
        else:
            raise BadInput("send a handle and a password, or a one-time token")
        return given.TokenMade(**telling.token(token).model_dump(), token=plain)

    @router.get("/me", openapi_extra=READ, tags=["accounts"])
    def me(caller: Asking) -> given.Me:
        """Whose token this is, what it may do, and the words of the runbook that mean its owner now."""
        roster, now = application.rota.roster(), application.clock.now()
        words = [binding.word for binding in roster.bindings] + [one.name for one in roster.schedules]
        mine = [w for w in words if any(p.handle == caller.actor.name for p in roster.who(w, now).people)]
        return given.Me(handle=caller.actor.name, permissions=sorted(caller.permissions), on_call=mine)


def add_users(router: APIRouter, application: Application) -> None:
    """The routes for accounts."""
    accounts = application.accounts

    @router.get("/users", openapi_extra=ADMINISTER, tags=["accounts"])
    def users(caller: Asking) -> list[given.UserRow]:
        """All accounts."""
        return [telling.user(one) for one in accounts.users(caller)]

    @router.post("/users", openapi_extra=ADMINISTER, tags=["accounts"], status_code=201)
    def add_user(caller: Asking, body: sent.NewUser) -> given.UserRow:
        """A new account; without a password it is entered by a one-time link."""
        return telling.user(accounts.add_user(caller, body.handle, body.name, body.role, body.password))

    @router.patch("/users/{handle}", openapi_extra=ADMINISTER, tags=["accounts"])
    def change_user(caller: Asking, handle: str, body: sent.ChangeUser) -> given.UserRow:
        """Change an account. A new role or password, or disabling it, ends its sessions."""
        changed = accounts.change_user(caller, handle, body.role, body.disabled, body.password, body.name)
        return telling.user(changed)

    @router.post("/users/{handle}/link", openapi_extra=ADMINISTER, tags=["accounts"], status_code=201)
    def link(caller: Asking, handle: str) -> given.OneTimeLink:
        """An address that signs this user in once, within fifteen minutes."""
        if handle not in {one.handle for one in accounts.users(caller)}:
            raise NotFound(f"there is no user {handle}; `tocsin user list` lists them")
        token = accounts.one_time_token(handle, caller.actor.name)
        return given.OneTimeLink(url=f"{application.team().public_url.rstrip('/')}{ONE_TIME_PATH}{quote(token)}")


def add_tokens(router: APIRouter, application: Application) -> None:
    """The routes for tokens and the audit trail."""
    accounts = application.accounts

    @router.get("/tokens", openapi_extra=READ, tags=["accounts"])
    def tokens(caller: Asking) -> list[given.TokenRow]:
        """One's own tokens; all of them for an administrator."""
        return [telling.token(one) for one in accounts.tokens(caller)]

    @router.post("/tokens", openapi_extra=READ, tags=["accounts"], status_code=201)
    def create_token(caller: Asking, body: sent.NewToken) -> given.TokenMade:
        """A token of one's own, shown once. It may not do more than the token that makes it."""
        if body.expires_at is not None and body.expires_at.tzinfo is None:
            raise BadInput("expires_at needs its offset, like 2026-03-01T09:00:00Z")
        token, plain = accounts.create_token(caller, body.name, body.scopes, body.expires_at)
        return given.TokenMade(**telling.token(token).model_dump(), token=plain)

    @router.delete("/tokens/{token_id}", openapi_extra=READ, tags=["accounts"])
    def revoke(caller: Asking, token_id: str) -> given.TokenRow:
        """End a token, one's own or as an administrator anybody's."""
        return telling.token(accounts.revoke_token(caller, token_id))

    @router.get("/audit", openapi_extra=ADMINISTER, tags=["accounts"])
    def audit(
        caller: Asking,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        before: Annotated[int | None, Query(ge=1, description="The seq of an entry: those before it.")] = None,
    ) -> list[given.AuditRow]:
        """Privileged acts, newest first."""
        return [telling.audit(one) for one in accounts.audit(caller, limit, before)]
