"""The demo: Tocsin, a shop that breaks, its monitor and a phone that rings, within a minute and without an account.

Everything is real: the monitor notices over HTTP, the alert comes in as an Alertmanager's would, the runbook beside
it decides who is called, and the shop stays broken until somebody runs the command that the runbook names.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.app.access import Caller, Role, person
from tocsin.app.accounts.accounts import ONE_TIME_PATH
from tocsin.app.application import Application
from tocsin.app.rows.records import IncidentQuery
from tocsin.clock import monotonic
from tocsin.demo.place import Place, prepared
from tocsin.errors import Conflict, Refused, TocsinError, Unavailable
from tocsin.incident.facts import Via
from tocsin.incident.summary import UNRESOLVED

ADMIN = "ana"
SERVICE = "shop"
INTEGRATION = "monitor"
BREAK_AFTER = 10.0
START_WITHIN = 15.0

Serve = Callable[[Path, Callable[[Application], None]], int]
"""Serves a settings file until SIGINT or SIGTERM; calls back, without waiting for it, once it listens."""
Say = Callable[[str], None]


def say(text: str) -> None:
    """Write a line for whoever started the demo."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run_demo(
    folder: Path,
    serve: Serve,
    *,
    port: int | None = None,
    open_browser: bool = False,
    break_after: float | None = BREAK_AFTER,
    fresh: bool = False,
    say: Say = say,
) -> int:
    """Run the demo in a folder until it is interrupted; everything it started has ended when this returns.

    ``break_after`` is in seconds from the moment everything runs; None leaves the breaking to the button. Raises
    BadSettings and Unavailable as ``place.prepared`` does, and Unavailable when the shop does not open.
    """
    with prepared(folder, port=port, fresh=fresh) as place, ExitStack() as children:
        children.enter_context(_child("tocsin.demo.shop", str(place.shop), str(place.shop_port), log=place.folder))
        _await_shop(place)
        host = Host(place, say, children, open_browser=open_browser, break_after=break_after)
        try:
            return serve(place.settings, host.receive)
        except KeyboardInterrupt:
            return 0  # the way in which a demo is meant to end
        finally:
            host.leave()
            say("The demo has ended. Its folder is still there; `--fresh` begins anew.")


@dataclass(slots=True)
class Host:
    """Receives the guest once Tocsin listens: accounts, the monitor, the words to read, and the breaking."""

    place: Place
    say: Say
    children: ExitStack
    open_browser: bool
    break_after: float | None
    _left: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def receive(self, application: Application) -> None:
        """Begin, in a thread of its own: the server must not wait."""
        self._thread = threading.Thread(target=self._try_to_receive, args=(application,), name="demo-host", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Stop whatever is still to be done."""
        self._left.set()
        if self._thread is not None:
            self._thread.join(5)

    def _try_to_receive(self, application: Application) -> None:
        try:
            self._receive(application)
        except TocsinError as trouble:
            self.say(f"The demo cannot go on: {trouble.message}")

    def _receive(self, application: Application) -> None:
        url = f"{self.place.url}{ONE_TIME_PATH}{open_accounts(application)}"
        enable_checks(application)
        key = application.team().integrations[INTEGRATION].key
        intake = {"TOCSIN_DEMO_INTAKE": f"{self.place.url}/in/{key}/alertmanager"}
        memory = self.place.folder / "firing-since"
        self.children.enter_context(
            _child("tocsin.demo.watch", self.place.shop_url, str(memory), log=self.place.folder, more=intake)
        )
        unfinished = application.incidents.search(_admin(), IncidentQuery(states=UNRESOLVED, limit=1))
        self.say(_welcome(self.place, url, None if unfinished else self.break_after))
        if self.open_browser:
            webbrowser.open(url)
        if unfinished:
            one = unfinished[0].incident_id
            self.say(
                f"{one} of last time is still open, so nothing is broken by itself: resolve it at "
                f"{self.place.url}/i/{one}, or begin anew with `make demo ARGS=--fresh`"
            )
            return
        if self.break_after is None or self._left.wait(self.break_after):
            return
        break_shop(self.place.shop_url)
        self.say(
            "The shop has just sent a newsletter with a coupon that has expired. It begins to turn customers away."
        )
        self._await_ring(application)

    def _await_ring(self, application: Application) -> None:
        began = monotonic()
        admin = _admin()
        known = {message.id for message in application.phone.messages(admin)}
        while not self._left.wait(0.5) and monotonic() - began < 120:
            ringing = [message for message in application.phone.messages(admin) if message.id not in known]
            if ringing:
                newest = ringing[0]
                self.say(f"{newest.person}'s phone rings: {newest.text.splitlines()[0]}")
                self.say(f"  answer it:  {self.place.url}/phone")
                return


def open_accounts(application: Application) -> str:
    """Accounts for everybody in the settings, each once; a one-time token for the administrator."""
    token = application.accounts.first_admin(ADMIN)
    for one in application.team().roster.people:
        if one.handle == ADMIN:
            application.accounts.change_user(_admin(), ADMIN, name=one.name)
            continue
        with suppress(Conflict):  # there since the first start
            application.accounts.add_user(_admin(), one.handle, one.name, Role.RESPONDER)
    return token or application.accounts.one_time_token(ADMIN)


def enable_checks(application: Application) -> int:
    """Let the commands of the demo's runbook be run from the page; how many. Only at the first start."""
    if application.steps.enabled(_admin(), SERVICE):
        return 0
    enabled = 0
    for step_id, step in application.playbooks.of(SERVICE).playbook.steps().items():
        if step.command is None:
            continue
        with suppress(Refused):  # what is never run; what changes something asks whoever runs it to confirm it
            application.steps.enable(_admin(), SERVICE, step_id)
            enabled += 1
    return enabled


def break_shop(shop_url: str) -> None:
    """Press the button. Raises Unavailable when nobody opens."""
    try:
        with urllib.request.urlopen(f"{shop_url}/panel/break", b"", timeout=5):  # noqa: S310  # the demo's own address
            return
    except OSError as error:
        raise Unavailable(f"the shop at {shop_url} does not answer: {error}") from error


def _admin() -> Caller:
    return person(ADMIN, Role.ADMIN, Via.CLI)


def _welcome(place: Place, url: str, break_after: float | None) -> str:
    coming = (
        "when you press the red button at the shop" if break_after is None else f"in {break_after:g} seconds by itself"
    )
    again = [str(Path(sys.executable).with_name("tocsin")), "user", "link", ADMIN, "--local", "--config"]
    return f"""
Tocsin runs. Sign in once with this link, within 15 minutes:

  {url}

  the phone that will ring   {place.url}/phone
  the shop, for its staff    {place.shop_url}/panel
  its runbook                {place.folder / "runbook.md"}
  the settings               {place.settings}
  another link, later        {shlex.join([*again, str(place.settings)])}

It breaks: {coming}.
Then answer the phone, and repair the shop as its runbook says: "Replace the worker", from the incident's page, or

  cd {place.shop} && ./bin/restart

Ctrl-C ends everything.
"""


def _await_shop(place: Place) -> None:
    deadline = monotonic() + START_WITHIN
    pause = threading.Event()
    while monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"{place.shop_url}/health", timeout=2):  # noqa: S310  # our own
            return
        pause.wait(0.1)
    raise Unavailable(f"the shop did not open; see {place.folder / 'demo.log'}")


@contextmanager
def _child(module: str, *words: str, log: Path, more: Mapping[str, str] | None = None) -> Iterator[None]:
    """A process of ours until the block ends. Its standard input is its life line, for the case that we are killed."""
    with (log / "demo.log").open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *words],
            stdin=subprocess.PIPE,
            stdout=sink,
            stderr=sink,
            env={**os.environ, **(more or {})},
            start_new_session=True,  # Ctrl-C is for us; we end the others in order
        )
    try:
        yield
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
