"""The one place where everything meets: settings, adapters, use cases and faces become a running server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.adapters.apprise_fanout import AppriseChat, ApprisePager
from tocsin.adapters.database.opening import open_store
from tocsin.adapters.egress import Egress
from tocsin.adapters.phone import PhonePager
from tocsin.adapters.smtp import Encryption, MailPager, SmtpMailer, SmtpServer
from tocsin.adapters.status_files import StatusFiles
from tocsin.adapters.steps_local import LocalSteps
from tocsin.adapters.webhooks import SignedWebhook, WebhookPager, secret_of
from tocsin.app.accounts import Accounts
from tocsin.app.application import Application
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
from tocsin.app.ports import Chat, Pager, Store, WebhookSender
from tocsin.app.postmortems import Postmortems
from tocsin.app.publishing import Publishing
from tocsin.app.reloading import InForce, Reloading
from tocsin.app.step_carrier import StepCarrier
from tocsin.app.steps import Steps
from tocsin.app.team import Team
from tocsin.app.timekeeper import Timekeeper
from tocsin.clock import Clock, SystemClock
from tocsin.incident.effects import EffectKind
from tocsin.oncall.people import WayKind
from tocsin.settings.loading import Settings, load

log = logging.getLogger(__name__)

SECRET = "installation-secret"  # noqa: S105 -- the name under which it is kept


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
    settings: Settings, *, clock: Clock | None = None, read: Callable[[], Settings] | None = None
) -> Installation:
    """Put an installation together; nothing runs yet besides the intake's commits.

    ``read`` gives the settings anew for a reload. Raises BadSettings, Unavailable.
    """
    clock = clock or SystemClock()
    _make_private(settings.data)
    store = open_store(settings.database)
    secret, node = _secret(store), _node(settings.data)
    keys = {name: _derived(secret, f"intake:{name}") for name in settings.keyless}
    in_force = InForce(settings, settings.keyed(keys))
    desk = Desk(in_force, _masker(settings))
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
        accounts=Accounts(store, clock),
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

    def adopt(fresh: Settings) -> Team:
        outlets.adopt(fresh)
        desk.masker = _masker(fresh)
        return fresh.keyed({name: _derived(secret, f"intake:{name}") for name in fresh.keyless})

    def again() -> Settings:
        return load(settings.path)

    reloading = Reloading(in_force, playbooks, clock, read or again, adopt)
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


def _masker(settings: Settings) -> Masker:
    """Masks what the settings know to be secret."""
    return Masker(settings.secrets)


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
