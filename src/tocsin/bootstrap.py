"""Where settings, adapters and use cases meet and become an installation; ``serving.py`` puts faces before it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import partial
from pathlib import Path

from tocsin.adapters.beacon import HttpBeacon
from tocsin.adapters.chat.mattermost_replies import MattermostReplies
from tocsin.adapters.chat.slack_replies import SlackReplies
from tocsin.adapters.compiling import RememberingCompiler
from tocsin.adapters.database.opening import is_postgres, open_store
from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.execution.git_commits import GitCommits, GitLog
from tocsin.adapters.execution.local import LocalSteps
from tocsin.adapters.execution.ssh import SshSteps
from tocsin.adapters.notary import SnsNotary
from tocsin.adapters.own_door import HttpDoor
from tocsin.adapters.probing.prober import NetworkProber
from tocsin.adapters.smtp import Encryption, SmtpMailer, SmtpServer
from tocsin.adapters.status_files import StatusFiles
from tocsin.adapters.waking.pagerduty_rest import PagerDutyRest
from tocsin.adapters.waking.push import PushoverPager
from tocsin.adapters.waking.web_push import WebPushPager
from tocsin.adapters.waking.web_push_crypto import Vapid
from tocsin.adapters.webhooks import SubscriberHooks
from tocsin.app.accounts.accounts import Accounts
from tocsin.app.accounts.links import Links
from tocsin.app.application import Application
from tocsin.app.aside import Aside
from tocsin.app.assessment import Assessment
from tocsin.app.chat.about import About
from tocsin.app.chat.chatting import Chatting
from tocsin.app.chat.commands import ChatCommands
from tocsin.app.chat.ports import ChatReplies
from tocsin.app.chat.rooms import RoomCarrier
from tocsin.app.chat.steps import ChatSteps
from tocsin.app.courier import Carrier, Courier
from tocsin.app.customers.approving import Approvals
from tocsin.app.customers.audiences import Audiences
from tocsin.app.customers.hooks import HookCarrier
from tocsin.app.customers.mails import SubscriberMails, SubscribersCarrier
from tocsin.app.customers.maintenances import Maintenances
from tocsin.app.customers.news import NewsDesk
from tocsin.app.customers.offline import Offline
from tocsin.app.customers.publishing import Publishing
from tocsin.app.customers.status_page import PublishCarrier
from tocsin.app.customers.subscribing import Subscribing
from tocsin.app.desk import Desk
from tocsin.app.duties import Duties
from tocsin.app.engine_time import EngineTime, begin
from tocsin.app.execution.attempts import Attempts
from tocsin.app.execution.carrier import StepCarrier
from tocsin.app.execution.courses import Courses
from tocsin.app.execution.envelopes import public_key
from tocsin.app.execution.evidence import EvidenceCarrier
from tocsin.app.execution.halting import Halting
from tocsin.app.execution.output_masks import output_masks
from tocsin.app.execution.outputs import Outputs
from tocsin.app.execution.preflight import Preflights
from tocsin.app.execution.runners import Runners
from tocsin.app.execution.runs import Runs
from tocsin.app.execution.sharing import Sharing
from tocsin.app.execution.steps import Steps
from tocsin.app.health import Health
from tocsin.app.heartbeat import Heartbeat
from tocsin.app.incidents import Incidents
from tocsin.app.intake.added_probes import AddedProbes, added_in
from tocsin.app.intake.beats import Beats
from tocsin.app.intake.changes import Changes
from tocsin.app.intake.group_commit import GroupCommit
from tocsin.app.intake.hearing import Hearing
from tocsin.app.intake.integrations import Integrations
from tocsin.app.intake.lapsing import Lapsing
from tocsin.app.intake.probes import Probes
from tocsin.app.intake.refusals import Refusals
from tocsin.app.intake.silences import Silences
from tocsin.app.loops import Loops
from tocsin.app.masking import Masker
from tocsin.app.news import chat_carrier, mail_carrier, webhook_carrier
from tocsin.app.office import Office
from tocsin.app.paging.alarms import Alarms
from tocsin.app.paging.answering import Answering
from tocsin.app.paging.answering_peers import AnswerCarrier
from tocsin.app.paging.canary import Canary
from tocsin.app.paging.devices import Devices
from tocsin.app.paging.feeds import Feeds
from tocsin.app.paging.page_carrier import PageCarrier
from tocsin.app.paging.phone import Phone
from tocsin.app.paging.testing_ways import WayTesting
from tocsin.app.paging.withdrawing import WithdrawCarrier
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import StepRunner, Withdrawing
from tocsin.app.postmortems import Postmortems
from tocsin.app.reloading import InForce, Reloading
from tocsin.app.retention import Retention
from tocsin.app.rota import Rota
from tocsin.app.store import Store
from tocsin.app.team import CANARY, Team
from tocsin.app.timekeeper import Timekeeper
from tocsin.clock import Clock, Machine, this_machine
from tocsin.incident.effects import EffectKind
from tocsin.incident.target import TargetKind
from tocsin.oncall.people import WayKind
from tocsin.outlets import Outlets, cards_of, pagers_of
from tocsin.settings.chatting import MATTERMOST, SLACK
from tocsin.settings.loading import Settings, load

SECRET = "installation-secret"  # noqa: S105 -- the name under which it is kept


@dataclass(slots=True)
class Installation:
    """A built application with its loops, what reloads it, and what has to be closed in the end."""

    application: Application
    settings: Settings
    reloading: Reloading
    loops: Loops
    egress: Egress
    door: HttpDoor
    """Told where we listen, so that a canary can knock there."""
    closers: list[Callable[[], object]] = field(default_factory=list)

    def close(self) -> None:
        """Stop the loops, commit what waits, give back files and connections."""
        self.loops.stop()
        for close in self.closers:
            close()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    machine: Machine | None = None,
    read: Callable[[], Settings] | None = None,
    ballast: int = 0,
    serves: bool = True,
) -> Installation:
    """Put an installation together; nothing runs yet besides the intake's commits.

    ``serves``: it is to carry what waits, so what an earlier life of this node had claimed is free again. Whoever only
    looks, perhaps beside a server that carries it at this moment, leaves that alone.

    The time is the engine's own, which goes by the ``machine``; a ``clock`` of a test is all the time there is.

    ``read`` gives the settings anew for a reload; ``ballast`` is how many bytes of the disk are kept back for when it
    is full. Raises BadSettings, Unavailable.
    """
    make_private(settings.data)
    store = open_store(settings.database, ballast=ballast)
    secret, node = _secret(store), _node(settings.data)
    machine, own_time = machine or this_machine(clock), None
    if clock is None:
        clock = engine = begin(store, machine, node, serves=serves)
        own_time = EngineTime(store, engine, machine, node)
    keys = {name: _derived(secret, f"intake:{name}") for name in (*settings.keyless, CANARY)}
    with store.read() as tx:
        in_force = InForce(settings.keyed(keys), added_in(tx))
    desk = Desk(in_force, _masker(settings, in_force.team))
    playbooks = Playbooks(store, in_force, RememberingCompiler(settings.data / "compiled"))
    links = Links(hashlib.sha256(b"links:" + secret).digest(), clock, in_force.team.public_url)
    incidents = Incidents(store, clock, desk, playbooks)
    rota = Rota(store, clock, in_force)
    publishing = Publishing(store, clock, in_force, desk, playbooks, incidents)
    audiences = Audiences(store, clock, in_force, desk, playbooks, incidents)
    approvals = Approvals(incidents, publishing, audiences)
    egress = Egress(settings.internal)
    cards = cards_of(settings, secret)
    outlets = Outlets(egress, cards)
    outlets.adopt(settings)
    accounts = Accounts(store, machine.wall, aside=Aside())
    hearing = Hearing(store, clock, desk, playbooks, in_force)
    timekeeper = Timekeeper(store, clock, desk)
    lapsing = Lapsing(store, clock, hearing.nudge, in_force)
    beats = Beats(store, clock, in_force, hearing.nudge)
    retention = Retention(store, clock, in_force)
    prober = NetworkProber(settings.probed)
    probes = Probes(store, clock, in_force, prober, node, hearing.nudge)
    office = Office(store, clock, desk, playbooks, in_force, links)
    mailer = _mailer(settings, machine.wall)
    # An own client: what strangers write is not reached by the networks that the team trusts itself with, and no
    # connection is kept, because one that the other end has closed leaves open whether it was told.
    outside = Egress(settings.told, fresh=True)
    hooks = SubscriberHooks(outside, hashlib.sha256(b"subscriber-hooks:" + secret).digest())
    subscribing = Subscribing(store, clock, in_force, links, mailer, hooks)
    news = NewsDesk(office, publishing)
    outputs = Outputs()
    runners: dict[TargetKind, StepRunner] = {
        TargetKind.LOCAL: LocalSteps(zone=in_force.team.zone, masks=lambda: output_masks(desk.masker)),
        TargetKind.SSH: SshSteps(zone=in_force.team.zone, masks=lambda: output_masks(desk.masker)),
    }
    steps = Steps(store, clock, in_force, desk, playbooks, incidents, node, GitCommits(runners[TargetKind.SSH]))
    step_carrier = StepCarrier(office, runners, clock, node, outputs)
    jobs_key = base64.b64encode(hashlib.sha256(b"runner-jobs:" + secret).digest()).decode()
    enrolled = Runners(store, clock, public_key(jobs_key))
    attempts = step_carrier.offers = Attempts(store, clock, enrolled, step_carrier, outputs, jobs_key)
    changes = Changes(store, clock, in_force, desk, GitLog())
    preflights = Preflights(store, clock, in_force, playbooks, {**runners, TargetKind.RUNNER: attempts})
    vapid = Vapid(hashlib.sha256(b"web-push:" + secret).digest(), _contact(settings))
    pagers = pagers_of(settings, store, mailer, egress, secret, machine.wall)
    pagers[WayKind.PUSH.value] = WebPushPager(store, egress, vapid, clock)
    offline = Offline(store, clock, desk, publishing.decider)
    publisher = PublishCarrier(office, publishing, StatusFiles(settings.status_dir), offline)
    carriers: dict[EffectKind, Carrier] = {
        EffectKind.PAGE: PageCarrier(office, pagers),
        EffectKind.WITHDRAW: WithdrawCarrier(
            office, {kind: one for kind, one in pagers.items() if isinstance(one, Withdrawing)}
        ),
        EffectKind.CHAT: chat_carrier(office, outlets.chats),
        EffectKind.ROOM: RoomCarrier(office, outlets.rooms),
        EffectKind.WEBHOOK: webhook_carrier(office, outlets.webhooks),
        EffectKind.ANSWER: AnswerCarrier(office, partial(PagerDutyRest, egress)),
        EffectKind.MAIL: mail_carrier(office, mailer, SubscriberMails(office, news, mailer).send),
        EffectKind.STEP: step_carrier,
        EffectKind.EVIDENCE: EvidenceCarrier(office, node),
        EffectKind.PUBLISH: publisher,
        EffectKind.SUBSCRIBERS: SubscribersCarrier(office, news),
        EffectKind.HOOK: HookCarrier(office, news, hooks),
    }
    courier = hearing.courier = Courier(store, clock, carriers, node)
    health = Health(
        store,
        clock,
        {
            "hearing": hearing,
            "lapsing": lapsing,
            "beats": beats,
            "probes": probes,
            "timekeeper": timekeeper,
            "courier": courier,
        },
        playbooks,
        settings.data,
        desk,
        own_time=own_time,
    )
    intake = GroupCommit(store, behind=lambda: hearing.behind, on_commit=hearing.nudge)
    way_testing = WayTesting(store, clock, in_force, links, pagers, settings.admin)
    answering = Answering(store, clock, desk, incidents, accounts, in_force, links, way_testing)
    about = About(in_force, incidents)
    chat_commands = ChatCommands(
        clock, in_force, incidents, about, ChatSteps(incidents, steps, about), publishing, rota, approvals
    )
    replies: dict[str, ChatReplies] = {
        SLACK: SlackReplies(outlets.slack),
        MATTERMOST: MattermostReplies(outlets.mattermost, cards),
    }
    chats = {
        kind: Chatting(
            kind,
            store,
            in_force,
            accounts,
            incidents,
            chat_commands,
            answering,
            replies[kind],
            partial(outlets.of, kind),
            lambda: outlets.keeps_all,
        )
        for kind in replies
    }
    ringing = {kind: pager for kind, pager in pagers.items() if isinstance(pager, PushoverPager)}
    beacon = HttpBeacon(egress, settings.heartbeat) if settings.heartbeat else None
    heartbeat = Heartbeat(store, desk, health, beacon) if beacon else None
    door = HttpDoor(lambda: one.key if (one := in_force().canary) else "")
    canary = health.canary = Canary(store, clock, desk, in_force, door, way_testing.tell)
    alarms = Alarms(store, clock, desk, in_force, answering, ringing)
    refusals = Refusals()
    silences = Silences(store, clock, in_force, incidents)
    maintenances = Maintenances(store, clock, in_force, silences, [publisher.stale, courier.sweep_soon])
    offline.listeners += [publisher.stale, courier.sweep_soon]

    def again() -> Team:
        fresh = read() if read is not None else load(settings.path)
        outlets.adopt(fresh)
        team = fresh.keyed({name: _derived(secret, f"intake:{name}") for name in (*fresh.keyless, CANARY)})
        desk.masker = _masker(fresh, team)
        return team

    reloading = Reloading(in_force, playbooks, clock, settings.path, again, store)
    application = Application(
        store=store,
        clock=clock,
        team=in_force,
        desk=desk,
        playbooks=playbooks,
        incidents=incidents,
        steps=steps,
        courses=Courses(steps, incidents),
        assessment=Assessment(store, desk, playbooks, steps),
        halting=Halting(store, clock),
        preflights=preflights,
        outputs=outputs,
        runs=Runs(store, desk),
        runners=enrolled,
        attempts=attempts,
        rota=rota,
        feeds=Feeds(rota, clock, links.secret, in_force.team.public_url),
        postmortems=Postmortems(store, clock, in_force, desk, playbooks, incidents, changes),
        duties=Duties(store, clock, in_force, desk, playbooks),
        changes=changes,
        publishing=publishing,
        audiences=audiences,
        approvals=approvals,
        subscribing=subscribing,
        accounts=accounts,
        answering=answering,
        links=links,
        phone=Phone(store, clock, desk),
        way_testing=way_testing,
        devices=Devices(store, clock, in_force, answering, vapid.public),
        intake=intake,
        chats=chats,
        silences=silences,
        maintenances=maintenances,
        offline=offline,
        probes=probes,
        added_probes=AddedProbes(store, clock, in_force, playbooks, prober, reloading.take_added),
        notary=SnsNotary(egress.get),
        integrations=Integrations(store, clock, in_force, intake, refusals, partial(PagerDutyRest, egress)),
        hearing=hearing,
        timekeeper=timekeeper,
        courier=courier,
        health=health,
    )
    desk.listeners += [lambda _ids: timekeeper.nudge(), lambda _ids: courier.nudge()]
    playbooks.reload(clock.now())
    if serves:
        with store.transact() as tx:
            tx.outbox.release(node)

    loops = Loops(
        [
            ("hearing", hearing.run),
            ("lapsing", lapsing.run),
            ("beats", beats.run),
            ("probes", probes.run),
            ("timekeeper", timekeeper.run),
            ("courier", courier.run),
            ("runners", attempts.loop),
            *((("sharing", Sharing(store, clock, outputs, node).run),) if is_postgres(settings.database) else ()),
            ("health", health.run),
            *((("engine time", own_time.run),) if own_time else ()),
            *((("alarms", alarms.run),) if ringing else ()),
            *((("heartbeat", heartbeat.run),) if heartbeat else ()),
            ("reloading", reloading.run),
            ("preflight", preflights.run),
            ("retention", retention.run),
            ("refusals", partial(refusals.run, store)),
            ("test pages", way_testing.run),
            ("canary", canary.run),
            ("subscribing", subscribing.run),
            ("maintenance", maintenances.run),
        ],
        [
            hearing.nudge,
            lapsing.bell.ring,
            beats.bell.ring,
            probes.bell.ring,
            timekeeper.nudge,
            courier.nudge,
            refusals.bell.ring,
            reloading.bell.ring,
            preflights.bell.ring,
            retention.bell.ring,
            way_testing.bell.ring,
            canary.bell.ring,
            subscribing.bell.ring,
            maintenances.bell.ring,
            *((own_time.bell.ring,) if own_time else ()),
        ],
    )
    closers: list[Callable[[], object]] = [
        application.intake.close,
        egress.close,
        outside.close,
        prober.close,
        store.close,
    ]
    return Installation(application, settings, reloading, loops, egress, door, closers)


def _contact(settings: Settings) -> str:
    """Where the makers of browsers find whoever sends by their push services: an https or mail address (RFC 8292)."""
    url, sender = settings.team.public_url, parseaddr(settings.mail.sender)[1]
    return f"mailto:{sender}" if settings.mail.host and not url.startswith("https://") else url


def _mailer(settings: Settings, clock: Clock) -> SmtpMailer | None:
    mail = settings.mail
    if not mail.host:
        return None
    encryption = Encryption(mail.security)
    return SmtpMailer(SmtpServer(mail.host, mail.port, mail.sender, encryption, mail.user, mail.password), clock)


def _masker(settings: Settings, team: Team) -> Masker:
    """Masks what the settings know to be secret: also the keys of integrations and the variables lent to steps."""
    lent = [os.environ.get(name, "") for service in team.services.values() for name in service.variables]
    return Masker([*settings.secrets, *(key for one in team.integrations.values() for key in one.keys), *lent])


def make_private(folder: Path) -> None:
    """Make the folder of the data, which nobody else on the machine may read."""
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
