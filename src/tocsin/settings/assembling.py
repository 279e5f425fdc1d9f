"""Puts what was read together: the team that decisions need, and what the adapters need."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tocsin.app.rows.subscribers import SubscriberWay
from tocsin.app.team import (
    KEEP_DELIVERIES,
    PublicComponent,
    ServiceSettings,
    StatusPageSettings,
    Team,
)
from tocsin.incident.choices import Choices
from tocsin.incident.consent import Environment
from tocsin.incident.effects import Outlets, is_address
from tocsin.incident.facts import Audience, PublicStatus
from tocsin.incident.target import LOCAL, SshHost, Target, TargetKind
from tocsin.oncall.weekly import Weekly
from tocsin.runbook.command.pinning import Pins
from tocsin.settings.chatting import rooms
from tocsin.settings.integrating import IntegrationAssembly
from tocsin.settings.probing import probes
from tocsin.settings.reaching import label_problems, ssh_problems
from tocsin.settings.reading import Reading, dotted, name_problems
from tocsin.settings.rostering import RosterAssembly
from tocsin.settings.waking import canary
from tocsin.statuspage.language import DEFAULT, languages


@dataclass(frozen=True, slots=True)
class WebhookOutlet:
    """A program that hears news: where, and the secret of its signatures."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    kind: str = "webhook"


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server; ``host`` empty: no mail is sent."""

    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""


def _root(runbook: Path, folder: Path) -> Path:
    """Where the commands of a runbook are meant to run: mostly ``tocsin.toml`` is at the top of its repository."""
    placed = Path(os.path.normpath(runbook))
    return folder if placed.is_relative_to(os.path.normpath(folder)) else placed.parent


@dataclass(slots=True)
class Assembly:
    """Builds the values; what does not fit together is a problem with its place."""

    reading: Reading
    folder: Path
    keyless: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def team(self) -> Team:
        """The team; parts with problems are left out, and ``problems`` says which."""
        get = self.reading.get
        sources = IntegrationAssembly(self.reading, self.problems, self.keyless)
        return Team(
            services={key: self.service(key) for key in self.reading.names("service")},
            roster=RosterAssembly(self.reading, self.problems).roster(),
            integrations={i.name: i for n in self.reading.names("integration") if (i := sources.integration(n))},
            status_page=StatusPageSettings(
                get("status_page", "title"),
                get("status_page", "url") or "",
                description=get("status_page", "description") or "",
                languages=self.languages(),
                words={one: word for one in PublicStatus if (word := get("status_page", "words", one.value))},
                subscribe=bool(get("status_page", "subscribe") and get("mail", "host")),
                ways=self.subscribe_by(),
            ),
            public_url=get("server", "url") or f"http://{get('server', 'host')}:{get('server', 'port')}",
            zone=get("server", "zone"),
            test_pages=self.test_pages(),
            canary=canary(self.reading, self.problems),
            keep_deliveries=self.keep_deliveries(),
            commands_enabled=get("server", "commands"),
            probes={one.name: one for one in probes(self.reading, self.problems)},
            targets={LOCAL.name: LOCAL, **{name: self.target(name) for name in self.reading.names("target")}},
        )

    def keep_deliveries(self) -> timedelta:
        """How long what sources sent is kept."""
        wanted: timedelta = self.reading.get("server", "keep_deliveries") or KEEP_DELIVERIES
        if wanted < timedelta(days=1):
            self.problems.append("server.keep_deliveries: must be a day at least; who looks into a night needs it")
        return wanted

    def test_pages(self) -> Weekly | None:
        """When test pages go out; None while it is off, or nobody has decided."""
        said = self.reading.get("server", "test_pages")
        if not isinstance(said, Weekly):
            return None
        return said if said.zone else replace(said, zone=self.reading.get("server", "zone") or "UTC")

    def service(self, key: str) -> ServiceSettings:
        """One service, with its outlets and the team's answers."""

        def get(*rest: str) -> Any:
            return self.reading.get("service", key, *rest)

        runbook = self.folder / Path(get("runbook") or "")
        in_rooms = [one.name for one in rooms(self.reading)]
        self.problems += name_problems(("service", key, "chat"), get("chat") or (), self.reading.names("chat"))
        self.problems += name_problems(
            ("service", key, "target"), (get("target"),), ("local", *self.reading.names("target"))
        )
        self.problems += name_problems(
            ("service", key, "webhooks"), get("webhooks") or (), self.reading.names("webhook")
        )
        plain_chats = [one for one in self.reading.names("chat") if one not in in_rooms]
        for audience in Audience:
            told = tuple(one for one in get(audience.value) or () if not is_address(one))
            self.problems += name_problems(("service", key, audience.value), told, plain_chats)
        return ServiceSettings(
            key=key,
            name=get("name") or key,
            runbook=runbook,
            outlets=Outlets(
                chat=tuple(one for one in get("chat") or () if one not in in_rooms),
                rooms=tuple(one for one in get("chat") or () if one in in_rooms),
                webhooks=get("webhooks") or (),
                stakeholders=get("stakeholders") or (),
                executives=get("executives") or (),
                support=get("support") or (),
                subscribers=get("subscribers") or (),
                status_page=get("status_page") is not False,
            ),
            choices=Choices(
                escalate_after=get("assume", "escalate_after"),
                immediate_means=get("assume", "immediate_means"),
                lapses_after=get("assume", "acknowledgement_lapses_after"),
                repeats_every=get("assume", "page_again_after"),
                confirm_within=get("assume", "confirm_within"),
                strictest=get("assume", "strictest"),
                no_page=get("assume", "no_page"),
                first_responder=get("assume", "first_responder"),
                business_hours=RosterAssembly(self.reading, self.problems).business_hours(("service", key, "assume")),
            ),
            components=tuple(self.component(key, name) for name in get("components") or ()),
            directory=self.folder / Path(get("directory")) if get("directory") else None,
            root=_root(runbook, self.folder),
            variables=tuple(get("variables") or ()),
            dashboard=get("dashboard"),
            storm_after=get("storm_after"),
            target=get("target"),
        )

    def target(self, name: str) -> Target:
        """One place where steps run."""
        get = self.reading.get
        return Target(
            name,
            TargetKind(get("target", name, "kind")),
            Environment(get("target", name, "environment")),
            tuple(get("target", name, "hosts") or ()),
            get("target", name, "directory"),
            self.ssh_host(name) if get("target", name, "kind") == TargetKind.SSH else None,
            self.pins(name),
            self.runner_label(name) if get("target", name, "kind") == TargetKind.RUNNER else "",
        )

    def pins(self, name: str) -> Pins:
        """What the commands of a target are held to; a word that a program would take for an option is a problem."""
        given: dict[str, Any] = {
            one.name: self.reading.get("target", name, one.name) or one.default for one in fields(Pins)
        }
        for setting, value in given.items():
            words = value if isinstance(value, tuple) else (value,)
            if any(word.startswith("-") or any(ch.isspace() for ch in word) for word in words):
                self.problems.append(f"{dotted(('target', name, setting))}: must be a name without spaces, or names")
        return Pins(**given)

    def runner_label(self, name: str) -> str:
        """The label of the runners of a target; a missing one, and one that no runner can have, is a problem."""
        label = str(self.reading.get("target", name, "runner") or "")
        self.problems += [f"{dotted(('target', name, 'runner'))}: {why}" for why in label_problems(label)]
        return label

    def ssh_host(self, name: str) -> SshHost:
        """How a target is reached by ssh; what is missing or could be taken for an option is a problem."""

        def get(setting: str) -> Any:
            return self.reading.get("target", name, setting)

        host = SshHost(
            get("address") or "",
            get("user") or "",
            get("port"),
            str(self.folder / get("identity")) if get("identity") else "",
            get("host_keys") or (),
            str(self.folder / get("known_hosts")) if get("known_hosts") else "",
        )
        self.problems += [f"{dotted(('target', name, key))}: {why}" for key, why in ssh_problems(host)]
        return host

    def component(self, service: str, key: str) -> PublicComponent:
        """A component by its key."""
        self.problems += name_problems(("service", service, "components"), (key,), self.reading.names("component"))
        name = self.reading.get("component", key, "name") or key
        group, says = (self.reading.get("component", key, one) or "" for one in ("group", "description"))
        return PublicComponent(key, name, group, says)

    def languages(self) -> tuple[str, ...]:
        """The languages of the status page, each once; one that there is not is a problem."""
        said = dict.fromkeys(self.reading.get("status_page", "languages") or (DEFAULT,))
        self.problems += name_problems(("status_page", "languages"), said, languages())
        return tuple(one for one in said if one in languages()) or (DEFAULT,)

    def subscribe_by(self) -> tuple[SubscriberWay, ...]:
        """In which ways people outside may subscribe, each once; one that there is not is a problem."""
        said, there = self.reading.get("status_page", "subscribe_by"), [way.value for way in SubscriberWay]
        self.problems += name_problems(("status_page", "subscribe_by"), said, there)
        return tuple(way for way in SubscriberWay if way.value in said)

    def webhook(self, name: str) -> WebhookOutlet:
        """A program or a peer that hears news."""
        get = self.reading.get
        kind, url = get("webhook", name, "kind"), get("webhook", name, "url") or ""
        if kind == "webhook" and not self.reading.given("webhook", name, "url"):
            self.problems.append(f"{dotted(('webhook', name, 'url'))}: is missing: where to send")
        return WebhookOutlet(url, get("webhook", name, "secret"), kind)

    def mail(self) -> MailServer:
        """The mail server."""
        get = self.reading.get
        return MailServer(
            get("mail", "host") or "",
            get("mail", "port"),
            get("mail", "security"),
            get("mail", "user") or "",
            get("mail", "password") or "",
            get("mail", "from"),
        )
