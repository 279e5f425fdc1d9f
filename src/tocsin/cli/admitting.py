"""The verbs for who may come in: login, tokens, accounts, the audit trail."""

from __future__ import annotations

import argparse
import getpass
import os
import socket
import sys
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tocsin.cli.client import Client, client_of, with_server
from tocsin.cli.contexts import Context, context, save
from tocsin.cli.output import chat, dump, local, plain, say, table
from tocsin.cli.running import settings_of, with_config
from tocsin.cli.verbs import Verb
from tocsin.clock import SystemClock
from tocsin.errors import BadInput

ROLES = ("viewer", "responder", "maintainer", "admin")
SCOPES = ("read", "respond", "step:run", "publish", "maintain", "admin", "alert:write")


# --- login --------------------------------------------------------------------------------------------------


def _login_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("url", nargs="?", help="the server's address, or a one-time link that somebody gave you")
    parser.add_argument("--handle", help="the name to sign in with; asked for if left out")
    parser.add_argument("--name", default="default", help="what to call this server here")


def _login(arguments: argparse.Namespace) -> int:
    given = arguments.url or context(os.environ, arguments.context).url
    parts = urlsplit(given)
    once = parse_qs(parts.query).get("token", [""])[0]
    url = f"{parts.scheme}://{parts.netloc}" if once else given.rstrip("/")
    client = Client(Context(url))
    body = {"name": f"tocsin on {socket.gethostname()[:60]}"}
    if once:
        body["once"] = once
    else:
        body["handle"] = arguments.handle or asked("name: ")
        body["password"] = _password("password: ")
    made = client.post("/login", body)
    path = save(os.environ, arguments.name, Context(url, made["token"]))
    if arguments.json:
        dump({"url": url, "handle": made["owner"], "expires_at": made["expires_at"]})
    chat(f"signed in to {url} as {plain(made['owner'])} until {local(made['expires_at'])}; kept in {path}")
    return 0


def asked(prompt: str) -> str:
    """The answer to a question at the terminal, on one line; empty at the end of the input."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _password(prompt: str) -> str:
    """From the terminal without showing it, or the next line of a pipe."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


# --- token --------------------------------------------------------------------------------------------------


def _token_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", choices=("list", "create", "revoke"))
    parser.add_argument("name", nargs="?", help="create: what it is for; revoke: its id")
    parser.add_argument("--scope", action="append", choices=SCOPES, help="create: what it may do; several are fine")
    parser.add_argument("--days", type=int, help="create: how long it lives, at most as long as the token you use")


def _token(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    match arguments.what:
        case "create":
            ends = arguments.days and SystemClock().now() + timedelta(days=arguments.days)
            body = {
                "name": needed(arguments.name, "what is it for? tocsin token create NAME --scope read"),
                "scopes": arguments.scope or ["read"],
                "expires_at": ends.isoformat() if ends else None,
            }
            made = client.post("/tokens", body)
            if arguments.json:
                dump(made)
            else:
                say(made["token"])
                chat("keep it: it is not shown again")
        case "revoke":
            gone = client.ask("DELETE", f"/tokens/{needed(arguments.name, 'which one? tocsin token revoke ID')}")
            if arguments.json:
                dump(gone)
            chat(f"revoked {plain(gone['name'])}")
        case _:
            tokens = client.get("/tokens")
            if arguments.json:
                dump(tokens)
            else:
                head = ("id", "owner", "for", "scopes", "ends", "last used", "revoked", "name")
                rows = [(t["id"], t["owner"], *_use(t)) for t in tokens]
                table(head, rows)
    return 0


def _use(token: Any) -> tuple[object, ...]:
    whose = "a person" if token["personal"] else "a program"
    ends, used = local(token["expires_at"]), local(token["last_used_at"])
    return whose, " ".join(token["scopes"]), ends, used, token["revoked"], token["name"]


def needed(value: str | None, question: str) -> str:
    """The value, or BadInput with the question when there is none."""
    if not value:
        raise BadInput(question)
    return value


# --- user ---------------------------------------------------------------------------------------------------


def _user_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", choices=("list", "add", "set", "link"))
    parser.add_argument("handle", nargs="?")
    parser.add_argument("--role", choices=ROLES)
    parser.add_argument("--full-name", metavar="NAME", help="the person's name")
    parser.add_argument("--password", action="store_true", help="ask for a password (or read it from a pipe)")
    able = parser.add_mutually_exclusive_group()
    able.add_argument("--disable", dest="disabled", action="store_true", default=None, help="set: no entry any more")
    able.add_argument("--enable", dest="disabled", action="store_false", default=None, help="set: entry again")
    parser.add_argument(
        "--local", action="store_true", help="on the server's machine: ask the database, not the server"
    )
    with_config(parser)  # both with --local


def _user(arguments: argparse.Namespace) -> int:
    if arguments.local:
        return _user_local(arguments)
    client = client_of(arguments)
    handle = arguments.handle or ""
    if arguments.what != "list":
        needed(handle, f"who? tocsin user {arguments.what} HANDLE")
    password = _password("new password: ") if arguments.password else None
    match arguments.what:
        case "add":
            body = {"handle": handle, "name": arguments.full_name, "role": arguments.role, "password": password}
            return _told_user(arguments, client.post("/users", body))
        case "set":
            body = {
                "name": arguments.full_name,
                "role": arguments.role,
                "password": password,
                "disabled": arguments.disabled,
            }
            changes = {name: value for name, value in body.items() if value is not None}
            return _told_user(arguments, client.ask("PATCH", f"/users/{handle}", changes))
        case "link":
            link = client.post(f"/users/{handle}/link")
            dump(link) if arguments.json else say(link["url"])
            chat("it signs in once, within 15 minutes")
            return 0
        case _:
            users = client.get("/users")
            if arguments.json:
                dump(users)
            else:
                head = ("handle", "role", "disabled", "since", "name")
                rows = [(u["handle"], u["role"], u["disabled"], local(u["created_at"]), u["name"]) for u in users]
                table(head, rows)
            return 0


def _told_user(arguments: argparse.Namespace, user: Any) -> int:
    if arguments.json:
        dump(user)
    else:
        say(f"{user['handle']}  {user['role']}{'  disabled' if user['disabled'] else ''}  {plain(user['name'])}")
    return 0


def _user_local(arguments: argparse.Namespace) -> int:
    """For the machine of the server, when nobody can sign in: whoever can write the database may do this."""
    from tocsin.app.access import Role, person
    from tocsin.app.accounts.accounts import ONE_TIME_PATH
    from tocsin.incident.facts import Via
    from tocsin.upkeep import accounts_of

    settings = settings_of(arguments)
    caller = person(f"{getpass.getuser()} (on this machine)", Role.ADMIN, Via.CLI)
    with accounts_of(settings) as accounts:
        match arguments.what:
            case "add":
                handle = needed(arguments.handle, "who? tocsin user add HANDLE")
                role = Role(arguments.role or Role.RESPONDER)
                password = _password("new password: ") if arguments.password else None
                accounts.add_user(caller, handle, arguments.full_name or "", role, password)
            case "set":
                handle = needed(arguments.handle, "who? tocsin user set HANDLE")
                password = _password("new password: ") if arguments.password else None
                role_now = Role(arguments.role) if arguments.role else None
                accounts.change_user(caller, handle, role_now, arguments.disabled, password, arguments.full_name)
            case "link":
                token = accounts.one_time_token(
                    needed(arguments.handle, "who? tocsin user link HANDLE"), caller.actor.name
                )
                say(f"{settings.team.public_url.rstrip('/')}{ONE_TIME_PATH}{token}")
                chat("it signs in once, within 15 minutes")
                return 0
        users = [one for one in accounts.users(caller) if arguments.what == "list" or one.handle == arguments.handle]
    rows = [{"handle": u.handle, "name": u.name, "role": u.role.value, "disabled": u.disabled} for u in users]
    if arguments.json:
        dump(rows)
    else:
        table(
            ("handle", "role", "disabled", "name"), [(u["handle"], u["role"], u["disabled"], u["name"]) for u in rows]
        )
    return 0


# --- audit --------------------------------------------------------------------------------------------------


def _audit_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--before", type=int, metavar="SEQ", help="the entries before this one")


def _audit(arguments: argparse.Namespace) -> int:
    entries = client_of(arguments).get("/audit", limit=arguments.limit, before=arguments.before)
    if arguments.json:
        dump(entries)
        return 0
    head = ("seq", "at", "who", "via", "allowed", "what", "to", "detail")
    rows = [
        (e["seq"], local(e["at"]), e["who"], e["via"], e["allowed"], e["verb"], e["object"], e["detail"])
        for e in entries
    ]
    table(head, rows)
    return 0


VERBS = {
    "login": Verb(_login_arguments, _login),
    "token": Verb(_token_arguments, _token),
    "user": Verb(_user_arguments, _user),
    "audit": Verb(_audit_arguments, _audit),
}
