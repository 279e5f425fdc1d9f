"""A whole installation on a fresh SQLite file, with its site: asked directly, or served to a browser."""

from __future__ import annotations

import asyncio
import re
import signal
import threading
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from tests.stage import migrated
from tocsin.adapters.http_server import HttpServer, address_of, listener_on
from tocsin.adapters.status_server import StatusSite
from tocsin.app.access import Caller, Role, person
from tocsin.app.application import Application
from tocsin.bootstrap import Installation, build
from tocsin.clock import MovableClock
from tocsin.incident.facts import Via
from tocsin.serving import make_callbacks
from tocsin.settings.loading import settings_of
from tocsin.web.front import Front
from tocsin.web.intake import IntakeDoor
from tocsin.web.metrics import Metrics
from tocsin.web.site import Site, make_site

START = datetime(2026, 11, 21, 3, 9, tzinfo=UTC)
ADMIN = person("root", Role.ADMIN, Via.WEB)
HANDLES = {Role.VIEWER: "vic", Role.RESPONDER: "ana", Role.MAINTAINER: "max", Role.ADMIN: "root"}
PASSWORD = "a horse that nobody rides"
RUNBOOK = Path(__file__).with_name("shop.md")

SETTINGS = """
version = 1
catch_all = ["ana"]
[server]
url = "http://127.0.0.1:8000"
data = "data"
[service.shop]
name = "Sundial Shop"
runbook = "shop.md"
components = ["api", "checkout"]
[component.api]
name = "Public API"
[component.checkout]
name = "Checkout"
[people.ana]
name = "Ana Ruiz"
[[people.ana.ways]]
kind = "phone"
[people.max]
name = "Max Lindqvist"
[[people.max.ways]]
kind = "phone"
[people.root]
name = "Ruth Okafor"
[[people.root.ways]]
kind = "phone"
[roles]
"On-Call Engineer" = "schedule:primary"
"Team Lead" = "max"
CTO = "root"
[[schedules.primary.rotations]]
members = ["ana", "max"]
starts_on = 2026-01-05
[integration.prometheus]
source = "alertmanager"
service = "shop"
[integration.direct]
source = "prometheus"
service = "shop"
"""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    text: str

    @property
    def location(self) -> str:
        """Where it leads."""
        return self.headers.get("location", "")


@dataclass
class Visitor:
    """Somebody with a cookie jar; keeps the token of the last page, as the page's forms do."""

    house: House
    cookie: str = ""
    csrf: str = ""

    def get(self, path: str, **headers: str) -> Answer:
        """Look at a page."""
        answer = self.house.ask("GET", path, cookie=self.cookie, headers=headers)
        if found := re.search(r'name="csrf" value="([^"]+)"', answer.text):
            self.csrf = found[1]
        return answer

    def post(
        self, path: str, form: Mapping[str, Any] | None = None, *, csrf: str | None = None, **headers: str
    ) -> Answer:
        """Send a form, as one of our own pages would."""
        fields = {"csrf": self.csrf if csrf is None else csrf, **(form or {})}
        answer = self.house.ask("POST", path, form=fields, cookie=self.cookie, headers=headers)
        for cookie in answer.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookie = f"{name}={value}" if value and value != '""' else ""
        return answer


@dataclass
class House:
    """The installation and its site."""

    installation: Installation
    clock: MovableClock
    site: Site
    front: Front
    visitors: dict[str, Visitor] = field(default_factory=dict)

    @property
    def application(self) -> Application:
        """The use cases."""
        return self.installation.application

    def caller(self, role: Role = Role.RESPONDER) -> Caller:
        """Somebody of that role, for use cases."""
        return person(HANDLES[role], role, Via.WEB)

    def declare(self, title: str = "API not responding: 502 errors", **more: Any) -> str:
        """An incident's id."""
        given = {"severity": "P0", "procedure": "api-not-responding", **more}
        return self.application.incidents.declare(self.caller(), title, "shop", **given).incident.id

    def visitor(self, role: Role | None = Role.RESPONDER) -> Visitor:
        """Somebody signed in with that role; a stranger for None."""
        if role is None:
            return Visitor(self)
        handle = HANDLES[role]
        if handle not in self.visitors:
            come = self.application.accounts.sign_in_once(self.application.accounts.one_time_token(handle))
            self.visitors[handle] = Visitor(self, f"tocsin={come.token}", come.session.csrf)
        return self.visitors[handle]

    def ask(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, Any] | None = None,
        cookie: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request to the site, without a network."""
        return asyncio.run(self._ask(method, path, form, cookie, headers or {}))

    async def _ask(
        self, method: str, path: str, form: Mapping[str, Any] | None, cookie: str, headers: Mapping[str, str]
    ) -> Answer:
        parts = urlsplit(path)
        raw = {"host": "127.0.0.1:8000", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if cookie:
            raw["cookie"] = cookie
        body = urlencode(form or {}, doseq=True).encode()
        if form is not None:
            raw.setdefault("content-type", "application/x-www-form-urlencoded")
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(parts.path),
            "raw_path": quote(unquote(parts.path)).encode(),
            "root_path": "",
            "query_string": parts.query.encode(),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in raw.items()],
            "client": ("127.0.0.1", 40000),
            "server": ("127.0.0.1", 8000),
        }
        messages: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            if messages:
                return messages.pop(0)
            await asyncio.sleep(3600)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        try:
            await self.front(scope, receive, send)
        except Exception:  # an unexpected error is answered first and raised afterwards, for the server's log
            if not sent:
                raise
        named = [(name.decode(), value.decode("latin-1")) for name, value in sent[0]["headers"]]
        cookies = [value for name, value in named if name == "set-cookie"]
        text = b"".join(one.get("body", b"") for one in sent[1:]).decode(errors="replace")
        return Answer(sent[0]["status"], dict(named), cookies, text)


@contextmanager
def house(
    folder: Path,
    settings: str = SETTINGS,
    *,
    runbook: str | None = None,
    running: bool = False,
    database: str = "",
    people: bool = True,
) -> Iterator[House]:
    """An installation that is closed in the end. Its loops run only when asked for; so does its clock.

    A ``database`` is that of several nodes, one of which brings the ``people``.
    """
    folder.mkdir(exist_ok=True)
    if database:
        settings = settings.replace("[server]\n", f'[server]\ndatabase = "{database}"\n', 1)
    (folder / "shop.md").write_text(
        RUNBOOK.read_text(encoding="utf-8") if runbook is None else runbook, encoding="utf-8"
    )
    (folder / "tocsin.toml").write_text(settings, encoding="utf-8")
    clock = MovableClock(START, running=running)
    read = settings_of(tomllib.loads(settings), folder / "tocsin.toml", environ={}, flags={})
    migrated.furnish(read.data, database=not database)
    installation = build(read, clock=clock)
    application = installation.application
    for role, handle in HANDLES.items() if people else ():
        application.accounts.add_user(ADMIN, handle, handle.title(), role, PASSWORD if handle == "ana" else None)
    site = make_site(application, secure_cookies=False)
    metrics = Metrics(application.store, clock, application.duties.overdue)
    application.desk.witnesses.append(metrics.responses.witness)
    door = IntakeDoor(application.intake, application.team, clock, metrics)
    status = StatusSite(installation.settings.status_dir)
    callbacks = make_callbacks(installation)
    front = Front(door, status, metrics, application.team, application.health.ready, site, callbacks)
    if running:
        installation.loops.start()
    try:
        yield House(installation, clock, site, front)
    finally:
        site.live.close()
        installation.close()


@contextmanager
def served(at: House) -> Iterator[str]:
    """The site on a port of its own; gives its address."""
    listener, listening = listener_on("127.0.0.1", 0), threading.Event()
    server = HttpServer(at.front, listening.set, at.site.live.close, at.front.door.at_once)
    thread = threading.Thread(target=server.run, args=([listener],), name="site", daemon=True)
    thread.start()
    if not listening.wait(15):
        raise RuntimeError("the server did not start")
    try:
        yield address_of(listener)
    finally:
        server.handle_exit(signal.SIGTERM, None)
        thread.join(15)
        listener.close()
        if thread.is_alive():
            raise RuntimeError("the server did not stop")
