"""The process that serves: an installation's faces behind one listener, its loops beside them, until it is to stop."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tocsin.adapters.alone import alone_in
from tocsin.adapters.chat.mattermost_replies import MattermostReplies
from tocsin.adapters.chat.slack_api import SlackApi
from tocsin.adapters.http_server import HttpServer, address_of, listener_on, room_for_connections
from tocsin.adapters.status_server import StatusSite
from tocsin.adapters.systemd import notify, watchdog_seconds
from tocsin.api.address import PREFIX
from tocsin.api.testclock import TestClock
from tocsin.app.accounts.accounts import ONE_TIME_PATH
from tocsin.app.application import Application
from tocsin.app.intake.inbox import Inbox
from tocsin.bootstrap import Installation, build
from tocsin.clock import EngineClock, MovableClock, SystemClock, this_machine
from tocsin.demo.run import BREAK_AFTER, run_demo
from tocsin.second_process import LOG_FORMAT
from tocsin.settings.loading import Settings, load
from tocsin.supervising import Supervisor, can_help
from tocsin.web.alertmanager_api import AlertmanagerApi
from tocsin.web.answers import ASGIApp, Receive, Scope, Send
from tocsin.web.callbacks import Callbacks, Twilio
from tocsin.web.chat_acts import Acting
from tocsin.web.front import Front
from tocsin.web.headers import SafeHeaders
from tocsin.web.intake import IntakeDoor
from tocsin.web.later import Later
from tocsin.web.live import Live
from tocsin.web.mattermost import MattermostDoor
from tocsin.web.metrics import Metrics
from tocsin.web.opsgenie_api import OpsgenieApi
from tocsin.web.slack import SlackDoor, read

log = logging.getLogger(__name__)

BALLAST = 64 << 20
"""Bytes beside the database that a full disk gives back, once: room for the alerts of the hours of cleaning up."""
SWITCH = 0.001
"""Seconds that a thread which computes may keep the others waiting (Python's own default is 0.005). An alert passes
three threads on its way to a page: in turns with the default its p99 was a tenth shorter, and nothing slower."""
YOUNG = 50_000
"""New objects after which garbage is looked for (Python's own default is 700). A batch of alerts makes ten thousand
that are in use until it is committed; looking through them again and again finds nothing."""


@dataclass(frozen=True, slots=True)
class _Faces:
    """The API below its prefix, the pages everywhere else."""

    api: ASGIApp
    pages: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        face = self.api if path == PREFIX or path.startswith(f"{PREFIX}/") else self.pages
        await face(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Served:
    """The outermost application, the parts of it that are made once it listens, and the event streams that have to end
    before a server can stop."""

    app: ASGIApp
    later: tuple[Later, ...]
    live: Live
    metrics: Metrics
    door: IntakeDoor
    """Takes deliveries; those that came whole before the application."""


def make_server(installation: Installation) -> Served:
    """All faces of an installation as one ASGI application."""
    application, team = installation.application, installation.application.team
    secure = team().public_url.startswith("https://")
    metrics = Metrics(application.store, application.clock, application.duties.overdue)
    application.desk.witnesses.append(metrics.responses.witness)
    application.integrations.reports.delivered = metrics.delivered
    live = Live(metrics.open_streams.set)
    pages = Later(lambda: _pages(application, live, secure=secure), "the pages")
    api = Later(lambda: SafeHeaders(_api(application), secure=secure), "the API")
    front = Front(
        door=IntakeDoor(
            application.intake,
            team,
            application.clock,
            metrics,
            refusals=application.integrations.refusals,
            notary=application.notary,
            opsgenie=OpsgenieApi(application.store),
            alertmanager=AlertmanagerApi(application.silences, application.clock.now()),
        ),
        status=StatusSite(installation.settings.status_dir),
        metrics=metrics,
        team=team,
        ready=application.health.ready,
        callbacks=make_callbacks(installation),
        site=_Faces(api, pages),
    )
    return Served(front, (pages, api), live, metrics, front.door)


def _pages(application: Application, live: Live, *, secure: bool) -> ASGIApp:
    from tocsin.web.site import make_site  # with all its templates, and nothing that hears or pages needs it

    site = make_site(application, secure_cookies=secure, live=live)
    gc.freeze()
    return site


def _api(application: Application) -> ASGIApp:
    from tocsin.api.routes import make_api_site  # a quarter of the start, and nothing that hears or pages needs it

    api = make_api_site(application)
    gc.freeze()
    return api


def make_callbacks(installation: Installation) -> Callbacks:
    """The door where the providers that wake people report; where it is set up, Slack's socket is among the loops."""
    application, settings = installation.application, installation.settings
    acting = Acting(application.chats["slack"], "slack")
    slack = SlackDoor(acting, lambda: settings.slack.signing_secrets, application.clock.wall)
    installation.closers.insert(0, acting.close)
    if settings.slack.app_token:
        from tocsin.adapters.chat.slack_socket import SlackSocket  # brings aiohttp, a quarter of a start

        api = SlackApi(installation.egress, settings.slack.app_token, settings.slack.api, "slack.app_token")
        socket = SlackSocket(api, lambda kind, payload: acting.take(act) if (act := read(kind, payload)) else None)
        installation.loops.runs = [*installation.loops.runs, ("slack", socket.run)]
    heard = slack if settings.slack.signing_secrets else None
    mattermost = _mattermost(installation) if settings.mattermost.token else None
    return Callbacks(application.answering, lambda: _twilio(settings), heard, mattermost, application.devices)


def _mattermost(installation: Installation) -> MattermostDoor:
    """The door where Mattermost tells of presses, forms and commands."""
    chatting, settings = installation.application.chats["mattermost"], installation.settings
    acting, replies = Acting(chatting, "mattermost"), chatting.replies
    assert isinstance(replies, MattermostReplies)
    installation.closers.insert(0, acting.close)
    return MattermostDoor(acting, replies.cards.tokens, lambda: (settings.mattermost.command_token,), replies.ask)


def _twilio(settings: Settings) -> Twilio | None:
    """What is needed to believe Twilio's callbacks; None where it cannot reach us, so that nobody is believed."""
    said = settings.twilio
    if not said.callbacks:
        return None
    return Twilio(tuple(token for token in (said.token, said.old_token) if token), said.callbacks)


def serve(
    settings: Settings,
    *,
    read: Callable[[], Settings] | None = None,
    ready: Callable[[Application], None] | None = None,
) -> int:
    """Run the server until SIGTERM or SIGINT; the exit status. Stops within five seconds, open streams or not.

    SIGHUP reads the files anew. ``TOCSIN_TEST_CLOCK=1`` gives a clock that acceptance tests can move; ``-3600`` and
    ``+3600`` give one that is off by so many seconds. ``ready`` is called once it listens, instead of saying where; it
    must not wait. Raises Conflict when another server works in the same data folder.
    """
    _log_to_stderr()
    room_for_connections()
    with alone_in(settings.data):
        return _serve(settings, read, ready)


def _serve(settings: Settings, read: Callable[[], Settings] | None, ready: Callable[[Application], None] | None) -> int:
    movable = _movable(os.environ.get("TOCSIN_TEST_CLOCK", ""))
    machine = this_machine(movable, movable.ticks) if movable is not None else None
    installation = build(settings, machine=machine, read=read, ballast=BALLAST)
    served = make_server(installation)
    app = served.app
    if movable is not None:
        log.warning("the clock can be moved by anybody on this machine: TOCSIN_TEST_CLOCK is for tests only")
        app = TestClock(movable, installation.loops.nudge, app)
    listener = listener_on(settings.host, settings.port)
    taking_mail = _take_mail(installation, served.metrics)

    def listening() -> None:
        sys.setswitchinterval(SWITCH)
        # What was made until now stays: looking through all of it for garbage again and again stops everybody for long.
        gc.freeze()
        gc.set_threshold(YOUNG, 10, 10)
        installation.door.address = address_of(listener)
        installation.loops.start()
        if ready is None:
            _say_where(installation, address_of(listener))
        else:
            ready(installation.application)
        if supervisor is not None:
            supervisor.begin()
        notify("READY=1")
        # One after the other: each thread more that loads would take its turns from the first alerts.
        threading.Thread(target=_make_the_rest, args=(installation, served), name="tocsin-make", daemon=True).start()

    def stopping() -> None:
        notify("STOPPING=1")
        served.live.close()
        if supervisor is not None:
            supervisor.stop()

    supervisor = _supervisor(installation, served, lambda *given: server.adopt(*given)) if movable is None else None
    server = HttpServer(
        app, listening, stopping, served.door.at_once, supervisor.taker if supervisor is not None else None
    )
    with contextlib.suppress(ValueError):  # not in the main thread: whoever embeds the server handles signals
        signal.signal(signal.SIGHUP, lambda *_: installation.reloading.ask())
    _watch(installation)
    try:
        server.run(sockets=[listener])
    finally:
        if supervisor is not None:
            supervisor.close()
        installation.close()
        listener.close()
        taking_mail()
    _leave_nobody_waiting()
    return 0


def demo(
    folder: Path,
    *,
    port: int | None = None,
    open_browser: bool = False,
    break_after: float | None = BREAK_AFTER,
    fresh: bool = False,
) -> int:
    """Run the demo in a folder until it is interrupted; the exit status. Raises BadSettings, Unavailable.

    Settings in the environment are for the team's own installation and stay out of it.
    """
    os.environ.setdefault("TOCSIN_LOG_LEVEL", "WARNING")

    def serve_demo(path: Path, ready: Callable[[Application], None]) -> int:
        return serve(load(path, environ={}), read=lambda: load(path, environ={}), ready=ready)

    return run_demo(folder, serve_demo, port=port, open_browser=open_browser, break_after=break_after, fresh=fresh)


def _supervisor(
    installation: Installation, served: Served, adopt: Callable[[socket.socket, bytes, bool], None]
) -> Supervisor | None:
    """Who gives connections to a second process of the intake; None where there is to be none, or it could not help."""
    application, settings, metrics = installation.application, installation.settings, served.metrics
    clock = application.clock
    wanted = settings.second_process
    if wanted == "never" or not can_help(even_alone=wanted == "always") or not isinstance(clock, EngineClock):
        return None
    return Supervisor(
        settings.database,
        application.team,
        clock,
        taken=lambda: served.door.taken,
        behind=lambda: application.hearing.behind,
        nudge=application.hearing.nudge,
        counted=lambda counts: metrics.delivered_elsewhere(counts.delivered, counts.seconds),
        lives=metrics.processes.set,
        adopt=adopt,
        ballast=BALLAST,
        always=wanted == "always",
    )


def _take_mail(installation: Installation, metrics: Metrics) -> Callable[[], None]:
    """Let mail in where the settings say so, by a loop beside the others; what gives its socket back in the end."""
    said = installation.settings.inbox
    if said.port is None:
        return lambda: None
    from tocsin.adapters.mail_listener import MailListener, tls_of  # most installations take no mail

    tls = tls_of(said.certificate, said.key) if said.certificate and said.key else None
    door = mail_door(installation, metrics)
    bound = listener_on(said.host, said.port)
    log.info("mail is taken on %s", address_of(bound).removeprefix("http://"))
    name = said.domains[0] if said.domains else "tocsin"
    listener = MailListener(door, bound, name=name, largest=said.largest, tls=tls, require_tls=said.require_tls)
    installation.loops.runs = [*installation.loops.runs, ("inbox", listener.run)]
    return bound.close


def mail_door(installation: Installation, metrics: Metrics) -> Inbox:
    """What takes the mail of an installation, and counts it as every other delivery is counted."""
    ask, domains = installation.application, installation.settings.inbox.domains
    refusals = ask.integrations.refusals
    return Inbox(ask.intake, ask.team, ask.clock, refusals, domains, delivered=metrics.delivered)


def _make_the_rest(installation: Installation, served: Served) -> None:
    installation.egress.prepare()
    for face in served.later:
        face.make()


def _movable(said: str) -> MovableClock | None:
    if said != "1" and not re.fullmatch(r"[+-]\d{1,9}", said):
        return None
    off = timedelta(seconds=0 if said == "1" else int(said))
    return MovableClock(SystemClock().now() + off, running=True)


def _leave_nobody_waiting() -> None:
    """End now when a delivery hangs in a thread: everything is committed, and the next start takes it up again."""
    busy = [t for t in threading.enumerate() if not t.daemon and t is not threading.current_thread()]
    for thread in busy:
        thread.join(0.1)
    if any(thread.is_alive() for thread in busy):
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _say_where(installation: Installation, where: str) -> None:
    """One line with the address, and for the first start a link for the first administrator."""
    lines = [f"Tocsin listens on {where}"]
    admin = installation.settings.admin
    known = installation.application.team().roster.person(admin)
    token = installation.application.accounts.first_admin(admin, known.name if known else "")
    if token is not None:
        public = installation.application.team().public_url.rstrip("/")
        lines.append(f"Sign in as {admin}, once, within 15 minutes: {public}{ONE_TIME_PATH}{token}")
        lines.append(f"Later, on this machine: tocsin user link {admin} --local")
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.stderr.flush()


def _watch(installation: Installation) -> None:
    """Pat systemd's watchdog while the engine works: a process that lives and pages nobody is to be restarted."""
    every = watchdog_seconds()
    if every is None:
        return
    stopping = installation.loops.stopping

    def pat() -> None:
        while not stopping.wait(every):
            if installation.loops.alive() and installation.application.health.beating():
                notify("WATCHDOG=1")

    threading.Thread(target=pat, name="tocsin-watchdog", daemon=True).start()


def _log_to_stderr() -> None:
    logging.basicConfig(
        level=os.environ.get("TOCSIN_LOG_LEVEL", "INFO").upper(),
        format=LOG_FORMAT,
        stream=sys.stderr,
    )
    for noisy in ("uvicorn.error", "alembic", "apprise", "aiohttp", "mail.log"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
