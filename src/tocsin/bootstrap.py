"""The one place where everything meets: settings, adapters, use cases and faces become a running server."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tocsin.adapters.apprise_fanout import AppriseChat, ApprisePager
from tocsin.adapters.database.checking import check
from tocsin.adapters.database.opening import open_store, upgrade
from tocsin.adapters.database.upkeep import backup, restore
from tocsin.adapters.egress import Egress
from tocsin.adapters.http_server import HttpServer, address_of, listener_on
from tocsin.adapters.phone import PhonePager
from tocsin.adapters.smtp import Encryption, MailPager, SmtpMailer, SmtpServer
from tocsin.adapters.status_files import StatusFiles
from tocsin.adapters.status_server import StatusSite, serve_status
from tocsin.adapters.steps_local import LocalSteps
from tocsin.adapters.systemd import notify, watchdog_seconds
from tocsin.adapters.webhooks import SignedWebhook, WebhookPager, secret_of
from tocsin.api.routes import PREFIX, make_api_site
from tocsin.api.testclock import TestClock
from tocsin.app.accounts import ONE_TIME_PATH, Accounts
from tocsin.app.application import Application
from tocsin.app.aside import Aside
from tocsin.app.carriers import Office, PageCarrier, PublishCarrier, chat_carrier, mail_carrier, webhook_carrier
from tocsin.app.courier import Carrier, Courier
from tocsin.app.desk import Desk
from tocsin.app.group_commit import GroupCommit
from tocsin.app.health import Health
from tocsin.app.hearing import Hearing
from tocsin.app.incidents import Incidents
from tocsin.app.links import Links
from tocsin.app.loops import Loops
from tocsin.app.masking import Masker
from tocsin.app.phone import Phone
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import Chat, Delivered, Pager, Store, WebhookSender
from tocsin.app.postmortems import Postmortems
from tocsin.app.publishing import Publishing
from tocsin.app.reloading import InForce, Reloading
from tocsin.app.step_carrier import StepCarrier
from tocsin.app.steps import Steps
from tocsin.app.team import Team
from tocsin.app.timekeeper import Timekeeper
from tocsin.clock import Clock, MovableClock, SystemClock
from tocsin.demo.run import BREAK_AFTER, run_demo
from tocsin.errors import Unavailable
from tocsin.incident.effects import EffectKind
from tocsin.oncall.people import WayKind
from tocsin.settings.loading import Settings, load
from tocsin.web.answers import ASGIApp, Receive, Scope, Send
from tocsin.web.front import Front
from tocsin.web.headers import SafeHeaders
from tocsin.web.intake import IntakeDoor
from tocsin.web.live import Live
from tocsin.web.metrics import Metrics
from tocsin.web.site import make_site

log = logging.getLogger(__name__)

SECRET = "installation-secret"  # noqa: S105 -- the name under which it is kept
BALLAST = 64 << 20
"""Bytes beside the database that a full disk gives back, once: room for the alerts of the hours of cleaning up."""


@dataclass(slots=True)
class Installation:
    """A built application with its loops, what reloads it, and what has to be closed in the end."""

    application: Application
    settings: Settings
    reloading: Reloading
    loops: Loops
    closers: list[Callable[[], object]] = field(default_factory=list)

    def close(self) -> None:
        """Stop the loops, commit what waits, give back files and connections."""
        self.loops.stop()
        for close in self.closers:
            close()


@dataclass(slots=True)
class _Outlets:
    """The chat channels and webhooks of the settings in force; replaced in place, because carriers hold them."""

    egress: Egress
    chats: dict[str, Chat] = field(default_factory=dict)
    webhooks: dict[str, WebhookSender] = field(default_factory=dict)

    def adopt(self, settings: Settings) -> None:
        """Take over the outlets of new settings. Raises BadSettings before anything is changed."""
        chats: dict[str, Chat] = {name: AppriseChat(url) for name, url in settings.chats.items()}
        webhooks: dict[str, WebhookSender] = {
            name: SignedWebhook(self.egress, one.url, [one.secret]) for name, one in settings.webhooks.items()
        }
        for kept, fresh in ((self.chats, chats), (self.webhooks, webhooks)):
            kept.clear()
            kept.update(fresh)  # type: ignore[arg-type]  # each with its own kind


def build(
    settings: Settings, *, clock: Clock | None = None, read: Callable[[], Settings] | None = None, ballast: int = 0
) -> Installation:
    """Put an installation together; nothing runs yet besides the intake's commits.

    ``read`` gives the settings anew for a reload; ``ballast`` is how many bytes of the disk are kept back for when it
    is full. Raises BadSettings, Unavailable.
    """
    clock = clock or SystemClock()
    _make_private(settings.data)
    store = open_store(settings.database, ballast=ballast)
    secret, node = _secret(store), _node(settings.data)
    keys = {name: _derived(secret, f"intake:{name}") for name in settings.keyless}
    in_force = InForce(settings.keyed(keys))
    desk = Desk(in_force, _masker(settings, in_force.team))
    playbooks = Playbooks(store, in_force)
    links = Links(hashlib.sha256(b"links:" + secret).digest(), clock, in_force.team.public_url)
    incidents = Incidents(store, clock, desk, playbooks)
    publishing = Publishing(store, clock, in_force, desk, playbooks, incidents)
    egress = Egress(settings.internal)
    outlets = _Outlets(egress)
    outlets.adopt(settings)
    hearing = Hearing(store, clock, desk, playbooks, in_force)
    timekeeper = Timekeeper(store, clock, desk)
    office = Office(store, clock, desk, playbooks, in_force, links)
    mailer = _mailer(settings, clock)
    carriers: dict[EffectKind, Carrier] = {
        EffectKind.PAGE: PageCarrier(office, _pagers(store, mailer, egress, secret, clock)),
        EffectKind.CHAT: chat_carrier(office, outlets.chats),
        EffectKind.WEBHOOK: webhook_carrier(office, outlets.webhooks),
        EffectKind.MAIL: mail_carrier(office, mailer),
        EffectKind.STEP: StepCarrier(office, LocalSteps(zone=in_force.team.zone), clock, node),
        EffectKind.PUBLISH: PublishCarrier(office, publishing, StatusFiles(settings.status_dir)),
    }
    courier = Courier(store, clock, carriers, node)
    health = Health(store, clock, timekeeper, playbooks, settings.data)
    application = Application(
        store=store,
        clock=clock,
        team=in_force,
        desk=desk,
        playbooks=playbooks,
        incidents=incidents,
        steps=Steps(store, clock, in_force, desk, playbooks, incidents, node),
        postmortems=Postmortems(store, clock, in_force, desk, playbooks, incidents),
        publishing=publishing,
        accounts=Accounts(store, clock, aside=Aside()),
        links=links,
        phone=Phone(store, clock, desk),
        intake=GroupCommit(store, on_commit=hearing.nudge),
        hearing=hearing,
        timekeeper=timekeeper,
        courier=courier,
        health=health,
    )
    desk.listeners += [lambda _ids: timekeeper.nudge(), lambda _ids: courier.nudge()]
    playbooks.reload(clock.now())
    with store.transact() as tx:
        tx.outbox.release(node)

    def again() -> Team:
        fresh = read() if read is not None else load(settings.path)
        outlets.adopt(fresh)
        team = fresh.keyed({name: _derived(secret, f"intake:{name}") for name in fresh.keyless})
        desk.masker = _masker(fresh, team)
        return team

    reloading = Reloading(in_force, playbooks, clock, settings.path, again)
    loops = Loops(
        [
            ("hearing", hearing.run),
            ("timekeeper", timekeeper.run),
            ("courier", courier.run),
            ("health", health.run),
            ("reloading", reloading.run),
        ],
        [hearing.nudge, timekeeper.nudge, courier.nudge, reloading.bell.ring],
    )
    return Installation(application, settings, reloading, loops, [application.intake.close, egress.close, store.close])


def _pagers(store: Store, mailer: SmtpMailer | None, egress: Egress, secret: bytes, clock: Clock) -> dict[str, Pager]:
    """A pager for each kind of way; mail only where a server is configured."""
    key = secret_of(hashlib.sha256(b"pages:" + secret).digest())
    pagers: dict[str, Pager] = {
        WayKind.PHONE.value: PhonePager(store),
        WayKind.WEBHOOK.value: WebhookPager(egress, [key], clock),
        WayKind.APPRISE.value: ApprisePager(),
    }
    if mailer is not None:
        pagers[WayKind.EMAIL.value] = MailPager(mailer)
    return pagers


def _mailer(settings: Settings, clock: Clock) -> SmtpMailer | None:
    mail = settings.mail
    if not mail.host:
        return None
    encryption = Encryption(mail.security)
    return SmtpMailer(SmtpServer(mail.host, mail.port, mail.sender, encryption, mail.user, mail.password), clock)


def _masker(settings: Settings, team: Team) -> Masker:
    """Masks what the settings know to be secret: also the keys of integrations and the variables lent to steps."""
    lent = [os.environ.get(name, "") for service in team.services.values() for name in service.variables]
    return Masker([*settings.secrets, *(one.key for one in team.integrations.values()), *lent])


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _secret(store: Store) -> bytes:
    """The secret that all others of this installation are derived from, made at the first start."""
    with store.transact() as tx:
        return bytes.fromhex(tx.keep.put_if_absent(SECRET, secrets.token_hex(32)))


def _derived(secret: bytes, name: str) -> str:
    """A key of 160 bits that stays the same for a name."""
    made = hmac.new(secret, name.encode(), hashlib.sha256).digest()[:20]
    return base64.b32encode(made).decode().lower()


def _node(folder: Path) -> str:
    """The name of this node, the same after a restart: what it had claimed before is its own to take up again."""
    place = folder / "node"
    try:
        return place.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        name = f"{os.uname().nodename[:40]}-{secrets.token_hex(4)}"
        place.write_text(name + "\n", encoding="ascii")
        return name


# --- serving --------------------------------------------------------------------------------------------------


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
    """The outermost application, and the event streams that have to end before a server can stop."""

    app: ASGIApp
    live: Live


def make_server(installation: Installation) -> Served:
    """All faces of an installation as one ASGI application."""
    application, team = installation.application, installation.application.team
    secure = team().public_url.startswith("https://")
    metrics = Metrics(application.store, application.clock)
    live = Live(metrics.open_streams.set)
    site = make_site(application, secure_cookies=secure, live=live)
    front = Front(
        door=IntakeDoor(application.intake, team, application.clock, metrics),
        status=StatusSite(installation.settings.status_dir),
        metrics=metrics,
        team=team,
        ready=application.health.ready,
        site=_Faces(SafeHeaders(make_api_site(application), secure=secure), site),
    )
    return Served(front, live)


def serve(
    settings: Settings,
    *,
    read: Callable[[], Settings] | None = None,
    ready: Callable[[Application], None] | None = None,
) -> int:
    """Run the server until SIGTERM or SIGINT; the exit status. Stops within five seconds, open streams or not.

    SIGHUP reads the files anew. ``TOCSIN_TEST_CLOCK=1`` gives a clock that acceptance tests can move. ``ready`` is
    called once it listens, instead of saying where; it must not wait.
    """
    _log_to_stderr()
    movable = MovableClock(SystemClock().now(), running=True) if os.environ.get("TOCSIN_TEST_CLOCK") == "1" else None
    installation = build(settings, clock=movable, read=read, ballast=BALLAST)
    served = make_server(installation)
    app = served.app
    if movable is not None:
        log.warning("the clock can be moved by anybody on this machine: TOCSIN_TEST_CLOCK is for tests only")
        app = TestClock(movable, installation.loops.nudge, app)
    listener = listener_on(settings.host, settings.port)

    def listening() -> None:
        installation.loops.start()
        if ready is None:
            _say_where(installation, address_of(listener))
        else:
            ready(installation.application)
        notify("READY=1")

    def stopping() -> None:
        notify("STOPPING=1")
        served.live.close()

    server = HttpServer(app, listening, stopping)
    with contextlib.suppress(ValueError):  # not in the main thread: whoever embeds the server handles signals
        signal.signal(signal.SIGHUP, lambda *_: installation.reloading.ask())
    _watch(installation)
    try:
        server.run(sockets=[listener])
    finally:
        installation.close()
        listener.close()
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
    token = installation.application.accounts.first_admin(installation.settings.admin)
    if token is not None:
        public = installation.application.team().public_url.rstrip("/")
        lines.append(
            f"Sign in as {installation.settings.admin}, once, within 15 minutes: {public}{ONE_TIME_PATH}{token}"
        )
        lines.append(f"Later, on this machine: tocsin user link {installation.settings.admin} --local")
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
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for noisy in ("uvicorn.error", "alembic", "apprise", "aiohttp"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


# --- looking after an installation without serving it ---------------------------------------------------------


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Application]:
    """An installation's use cases without its loops, for verbs that work beside a running server."""
    installation = build(settings)
    try:
        yield installation.application
    finally:
        installation.close()


@contextlib.contextmanager
def accounts_of(settings: Settings) -> Iterator[Accounts]:
    """The accounts alone: who may open the database needs no password."""
    _make_private(settings.data)
    store = open_store(settings.database)
    try:
        yield Accounts(store, SystemClock())
    finally:
        store.close()


def upgrade_database(settings: Settings) -> None:
    """Bring the schema up to date."""
    _make_private(settings.data)
    upgrade(settings.database)


def backup_database(settings: Settings, to: Path) -> None:
    """Copy the database, in use or not, to a new file."""
    backup(settings.database, to, SystemClock().now())


def restore_database(settings: Settings, source: Path, *, force: bool) -> datetime:
    """Put a backup in place of the database; the instant of the backup."""
    _make_private(settings.data)
    return restore(source, settings.database, SystemClock().now(), force=force)


def check_database(settings: Settings) -> list[str]:
    """What is wrong with the database, one sentence each."""
    return check(settings.database, SystemClock().now())


def render_status_page(settings: Settings) -> list[str]:
    """Write the public status page as of now; the names of its files."""
    with opened(settings) as application:
        files = application.publishing.render(application.clock.now())
    outcome = StatusFiles(settings.status_dir).publish(files)
    if not isinstance(outcome, Delivered):
        raise Unavailable(f"the status page could not be written: {outcome.reason}")
    return sorted(files)


def serve_status_page(settings: Settings, host: str, port: int) -> None:
    """Serve the written status page alone: it needs no database and no running Tocsin."""
    serve_status(settings.status_dir, host, port)
