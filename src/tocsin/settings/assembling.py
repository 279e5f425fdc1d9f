"""Puts what was read together: the team that decisions need, and what the adapters need."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from tocsin.alerts.authenticate import PATH_PROVES, AuthKind, IntegrationAuth
from tocsin.alerts.source import Source
from tocsin.alerts.sources.fields import why_no_pattern
from tocsin.alerts.sources.generic import GENERIC
from tocsin.alerts.sources.github_actions import GITHUB_ACTIONS_RUNS
from tocsin.alerts.sources.gitlab_ci import GITLAB_CI_RUNS
from tocsin.alerts.sources.heartbeat import HEARTBEAT, Rhythm
from tocsin.alerts.sources.mail import BY_ITSELF, MAIL, mail_at
from tocsin.alerts.sources.mapped import mapped
from tocsin.alerts.sources.registry import SOURCES
from tocsin.alerts.sources.report import FORM, ReportForm, form_of
from tocsin.app.rows.subscribers import SubscriberWay
from tocsin.app.team import (
    KEEP_DELIVERIES,
    Integration,
    PublicComponent,
    ServiceSettings,
    StatusPageSettings,
    Team,
    Threshold,
)
from tocsin.errors import BadSettings
from tocsin.incident.choices import Choices, calendar_of
from tocsin.incident.consent import Environment
from tocsin.incident.effects import Outlets, is_address
from tocsin.incident.facts import Audience, PublicStatus
from tocsin.incident.target import LOCAL, SshHost, Target, TargetKind
from tocsin.oncall.calendar import EVERY_DAY, WORKDAYS, Calendar, Restriction
from tocsin.oncall.people import Person, Way, WayKind
from tocsin.oncall.roster import Binding, Roster
from tocsin.oncall.rotation import NOBODY, Rotation, people_of
from tocsin.oncall.schedule import Override, Schedule
from tocsin.oncall.weekly import Weekly
from tocsin.runbook.answers.hours import read_hours
from tocsin.runbook.command.pinning import Pins
from tocsin.settings.answering import peer_account
from tocsin.settings.chatting import CHATS, member_problems, rooms, way_problems
from tocsin.settings.inbox import address_of
from tocsin.settings.mapping import field_map, report_form
from tocsin.settings.probing import probes
from tocsin.settings.reaching import label_problems, ssh_problems
from tocsin.settings.reading import Place, Reading, dotted
from tocsin.settings.recording import record_only
from tocsin.settings.waking import canary, number_problems, quiet_of, rules_of
from tocsin.statuspage.language import DEFAULT, languages

MINUTE = timedelta(minutes=1)
_OF_BRANCHES = {one.source.name: one for one in (GITHUB_ACTIONS_RUNS, GITLAB_CI_RUNS)}
MADE_KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")


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
        return Team(
            services={key: self.service(key) for key in self.reading.names("service")},
            roster=self.roster(),
            integrations={i.name: i for n in self.reading.names("integration") if (i := self.integration(n))},
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
        self.known(("service", key, "chat"), get("chat") or (), self.reading.names("chat"))
        self.known(("service", key, "target"), (get("target"),), ("local", *self.reading.names("target")))
        self.known(("service", key, "webhooks"), get("webhooks") or (), self.reading.names("webhook"))
        plain_chats = [one for one in self.reading.names("chat") if one not in in_rooms]
        for audience in Audience:
            told = tuple(one for one in get(audience.value) or () if not is_address(one))
            self.known(("service", key, audience.value), told, plain_chats)
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
                business_hours=self.business_hours(("service", key, "assume")),
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
        self.known(("service", service, "components"), (key,), self.reading.names("component"))
        name = self.reading.get("component", key, "name") or key
        group, says = (self.reading.get("component", key, one) or "" for one in ("group", "description"))
        return PublicComponent(key, name, group, says)

    def roster(self) -> Roster:
        """Everybody who can be called."""
        people = tuple(p for handle in self.reading.names("people") if (p := self.person(handle)))
        schedules = tuple(s for name in self.reading.names("schedules") if (s := self.schedule(name)))
        bindings = tuple(self.binding(word) for word in self.reading.names("roles") if word != "catch_all")
        if self.reading.get("roles", "catch_all") is not None:
            self.problems.append("roles.catch_all: belongs to the top of the file, before the first [table]")
        catch_all = tuple(word.removeprefix("schedule:").strip() for word in self.reading.get("catch_all") or ())
        return Roster(people, schedules, bindings, catch_all)

    def person(self, handle: str) -> Person | None:
        """One person with their ways."""
        place = ("people", handle)
        if not re.fullmatch(r"[\w.@-]{1,64}", handle):
            self.problems.append(f"{dotted(place)}: a handle has letters, digits, dots and dashes only")
            return None
        if handle == NOBODY:
            self.problems.append(f"{dotted(place)}: {NOBODY!r} is the word for a free turn of a rotation")
            return None
        ways = tuple(self.way((*place, "ways", n)) for n in self.reading.names(*place, "ways"))
        names = [way.name for way in ways]
        rules = tuple(rules_of(self.reading, place, names, self.problems))
        quiet = quiet_of(self.reading, place, self.problems)
        self.problems += member_problems(self.reading, handle)
        slack, mattermost = (self.reading.get(*place, chat) or "" for chat in CHATS)
        try:
            name = self.reading.get(*place, "name") or handle
            return Person(handle, name, ways, rules, quiet, slack=slack, mattermost=mattermost)
        except BadSettings as wrong:
            self.problems.append(f"{dotted(place)}: {wrong}")
            return None

    def way(self, place: Place) -> Way:
        """One way; addresses that hold credentials must have come by reference."""
        kind = WayKind(self.reading.get(*place, "kind") or WayKind.PHONE)
        at = (*place, "address")
        address = self.reading.get(*at) or ""
        value = self.reading.values.get(at)
        by_reference = value is not None and value.secret
        match kind:
            case WayKind.EMAIL if "@" not in address and not by_reference:
                self.problems.append(f"{dotted(at)}: must be a mail address")
            case WayKind.GATEWAY:
                gateway = self.reading.get(*place, "gateway") or ""
                self.known((*place, "gateway"), (gateway or "(none)",), self.reading.names("gateway"))
            case WayKind.PUSHOVER if not self.reading.given("pushover", "token"):
                self.problems.append(f"{dotted(place)}: Pushover needs the token of an application: fill in [pushover]")
            case WayKind.WEBHOOK | WayKind.APPRISE | WayKind.NTFY | WayKind.PUSHOVER if not by_reference:
                text = "whoever knows this address can use it, so it is a secret: "
                self.problems.append(f'{dotted(at)}: {text}write {{ env = "NAME" }} or {{ file = "path" }}')
            case WayKind.PUSH if address:
                text = 'is given by the browsers themselves: leave it out, and tap "Wake me here" on the account page'
                self.problems.append(f"{dotted(at)}: {text}")
            case WayKind.SLACK | WayKind.MATTERMOST:
                address = address or self.reading.get(*place[:2], kind.value) or ""
                self.problems += way_problems(self.reading, place, kind.value, address)
            case WayKind.SMS | WayKind.CALL:
                self.problems += number_problems(self.reading, place, by_reference=by_reference)
            case _:
                pass
        label, gateway = self.reading.get(*place, "label") or "", self.reading.get(*place, "gateway") or ""
        if gateway and kind is not WayKind.GATEWAY:
            self.problems.append(f"{dotted((*place, 'gateway'))}: only a way of the kind gateway has one")
        return Way(kind, address, label or (gateway if kind is WayKind.GATEWAY else ""), gateway)

    def binding(self, word: str) -> Binding:
        """Who is meant by a word of the runbook."""
        people, schedules = [], []
        for one in self.reading.get("roles", word) or ():
            name = one.removeprefix("schedule:").strip()
            if one.startswith("schedule:"):
                self.known(("roles", word), (name,), self.reading.names("schedules"))
                schedules.append(name)
            else:
                self.known(("roles", word), (name,), self.reading.names("people"))
                people.append(name)
        return Binding(word, tuple(people), tuple(schedules))

    def schedule(self, name: str) -> Schedule | None:
        """One schedule."""
        place = ("schedules", name)
        get, below = self.reading.get, self.reading.names
        zone = get(*place, "zone") or get("server", "zone") or "UTC"
        try:
            rotations = tuple(r for n in below(*place, "rotations") if (r := self.rotation((*place, "rotations", n))))
            overrides = [self.override((*place, "overrides", n)) for n in below(*place, "overrides")]
            return Schedule(name, zone, rotations, tuple(one for one in overrides if one))
        except BadSettings as wrong:
            self.problems.append(f"{dotted(place)}: {wrong}")
            return None

    def rotation(self, place: Place) -> Rotation | None:
        """One rotation; None when what it needs is missing, which is a problem already."""
        get = self.reading.get
        members, starts_on = get(*place, "members"), get(*place, "starts_on")
        if members is None or starts_on is None:
            return None
        handles = [handle for slot in members for handle in people_of(slot)]
        self.known((*place, "members"), handles, self.reading.names("people"))
        within = tuple(
            Restriction(
                get(*place, "restrictions", n, "days") or EVERY_DAY,
                get(*place, "restrictions", n, "since") or time(0),
                get(*place, "restrictions", n, "until") or time(0),
            )
            for n in self.reading.names(*place, "restrictions")
        )
        return Rotation(
            members,
            starts_on,
            get(*place, "period") or timedelta(weeks=1),
            get(*place, "handoff") or time(9),
            within,
            get(*place, "name") or "",
            get(*place, "periods") or (),
            self.calendar(place, get(*place, "calendar")),
            get(*place, "counts") == "covered",
            get(*place, "zone") or "",
            get(*place, "since"),
            get(*place, "until"),
        )

    def calendar(self, place: Place, name: str | None, key: str = "calendar") -> Calendar | None:
        """A calendar by its name, for what stands at a place; an unknown one is a problem there."""
        if not name:
            return None
        self.known((*place, key), (name,), self.reading.names("calendars"))

        def get(setting: str) -> Any:
            return self.reading.get("calendars", name, setting)

        hours = Restriction(get("days") or WORKDAYS, get("since") or time(9), get("until") or time(17))
        zone = get("zone") or self.reading.get("server", "zone") or "UTC"
        return Calendar(name, zone, (hours,), frozenset(get("holidays") or ()))

    def business_hours(self, place: Place) -> Calendar | None:
        """Hours in words, or a calendar by its name."""
        said = self.reading.get(*place, "business_hours")
        try:
            return calendar_of(read_hours(said)) if said else None
        except ValueError as wrong:
            calendars = self.reading.names("calendars")
            if said in calendars:
                return self.calendar(place, said, "business_hours")
            others = f", or the name of a calendar: {', '.join(calendars)}" if calendars else ""
            self.problems.append(f"{dotted((*place, 'business_hours'))}: {wrong}{others}")
            return None

    def override(self, place: Place) -> Override | None:
        """One override."""
        get = self.reading.get
        people, since, until = get(*place, "people"), get(*place, "since"), get(*place, "until")
        if people is None or since is None or until is None:
            return None
        self.known((*place, "people"), (one for one in people if one != NOBODY), self.reading.names("people"))
        return Override(people, since, until, get(*place, "reason") or "")

    def languages(self) -> tuple[str, ...]:
        """The languages of the status page, each once; one that there is not is a problem."""
        said = dict.fromkeys(self.reading.get("status_page", "languages") or (DEFAULT,))
        self.known(("status_page", "languages"), said, languages())
        return tuple(one for one in said if one in languages()) or (DEFAULT,)

    def subscribe_by(self) -> tuple[SubscriberWay, ...]:
        """In which ways people outside may subscribe, each once; one that there is not is a problem."""
        said, there = self.reading.get("status_page", "subscribe_by"), [way.value for way in SubscriberWay]
        self.known(("status_page", "subscribe_by"), said, there)
        return tuple(way for way in SubscriberWay if way.value in said)

    def integration(self, name: str) -> Integration | None:
        """One source of alerts. Without a key of its own it is remembered as ``keyless``."""
        place = ("integration", name)
        get = self.reading.get
        self.known((*place, "source"), (get(*place, "source") or "generic",), SOURCES)
        self.known((*place, "service"), (get(*place, "service") or "",), self.reading.names("service"))
        key = get(*place, "key") or ""
        if not key:
            self.keyless.add(name)
            key = secrets.token_urlsafe(24)  # holds until the installation gives its own: nobody can guess it
        elif not MADE_KEY.fullmatch(key):
            self.problems.append(f"{dotted((*place, 'key'))}: must be 16 or more letters, digits, - or _")
        old = get(*place, "old_key") or ""
        if old and not MADE_KEY.fullmatch(old):
            self.problems.append(f"{dotted((*place, 'old_key'))}: must be 16 or more letters, digits, - or _")
        try:
            auth = self.auth(
                (*place, "auth"), (key, old) if old else (key,), SOURCES.get(get(*place, "source") or "") or GENERIC
            )
        except BadSettings as wrong:
            self.problems.append(f"{dotted((*place, 'auth'))}: {wrong}")
            return None
        source, service = get(*place, "source") or "", get(*place, "service") or ""
        form = report_form(self.reading, place, self.problems)
        rhythm, own = self.rhythm(place, source), self.own(place, source, form)
        label, often = get(*place, "service_label"), self.threshold(place)
        record = record_only(self.reading, place, self.problems)
        answers = peer_account(self.reading, place, source, self.problems)
        return Integration(name, source, service, key, auth, rhythm, own, label, form, old, often, answers, record)

    def threshold(self, place: Place) -> Threshold | None:
        """How often a trouble has to be said; None where once is enough."""
        times, within = self.reading.get(*place, "threshold") or 1, self.reading.get(*place, "threshold_within")
        return Threshold(times, within) if times > 1 and within else None

    def own(self, place: Place, source: str, form: ReportForm | None) -> Source | None:
        """A source as this integration speaks it, where the team says more than which one it is."""
        branches = self.branches(place, source)
        if branches and source in _OF_BRANCHES:
            return _OF_BRANCHES[source].on_branches(branches)
        if source == MAIL.name:
            return mail_at(address_of(self.reading), field_map(self.reading, place, self.problems, BY_ITSELF))
        if source == FORM.name:
            return form_of(form, self.reading.get(*place, "severity"))
        found = field_map(self.reading, place, self.problems)
        if found is None:
            return None
        if source != GENERIC.name:
            self.problems.append(
                f"{dotted((*place, 'map'))}: only generic and mail have one; {source} has its own form"
            )
            return None
        return mapped(found)

    def branches(self, place: Place, source: str) -> tuple[str, ...]:
        """The branches whose test runs count, as patterns; what is none, and any for other sources, is a problem."""
        given: tuple[str, ...] = self.reading.get(*place, "branches") or ()
        at = dotted((*place, "branches"))
        if given and source not in _OF_BRANCHES:
            self.problems.append(f"{at}: only the sources {' and '.join(_OF_BRANCHES)} have this")
        for one in given:
            try:
                why_no_pattern(one)
            except ValueError as wrong:
                self.problems.append(f"{at}: {wrong}")
                return ()
        return given

    def rhythm(self, place: Place, source: str) -> Rhythm | None:
        """How often a heartbeat comes; for other sources nothing may be said of it."""

        def get(setting: str) -> Any:
            return self.reading.get(*place, setting)

        if source != HEARTBEAT.name:
            for one, others in (("every", ()), ("grace", ()), ("severity", (FORM.name,))):
                if self.reading.given(*place, one) and source not in others:
                    wanted = " and ".join(("heartbeat", *others))
                    self.problems.append(f"{dotted((*place, one))}: only the source {wanted} has this")
            return None
        if not get("every"):
            self.problems.append(f'{dotted((*place, "every"))}: is missing: how often it comes, like "1 d"')
            return None
        grace = get("grace")
        return Rhythm(get("every"), max(get("every") / 10, MINUTE) if grace is None else grace, get("severity"))

    def auth(self, place: Place, keys: tuple[str, ...], source: Source) -> IntegrationAuth:
        """How a source proves itself: in its first way unless the team says otherwise. Raises BadSettings."""
        get = self.reading.get
        kind = AuthKind(get(*place, "kind") or source.proofs[0])
        if not source.takes(kind):
            ways = ", ".join(one.value for one in source.proofs)
            raise BadSettings(f"{source.name} cannot prove itself by {kind.value}; it can by: {ways}")
        known = tuple(s for s in (get(*place, "secret"), get(*place, "old_secret")) if s)
        if kind in PATH_PROVES:
            known = keys
        elif not known and self.reading.given(*place, "secret"):
            known = (secrets.token_urlsafe(24),)  # the secret lives elsewhere; here nothing shall pass
        return IntegrationAuth(
            kind,
            known,
            get(*place, "user") or "",
            get(*place, "signature_header") or "x-grafana-alerting-signature",
            get(*place, "timestamp_header") or "",
            get(*place, "header") or source.header,
            get(*place, "topics") or (),
            bool(get(*place, "sha256_only")),
        )

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

    def known(self, place: Place, named: Iterable[str], there: Collection[str]) -> None:
        """Names must name something; nothing named is somebody else's problem."""
        for name in named:
            if name and name not in there:
                self.problems.append(f"{dotted(place)}: there is no {name!r}; there are: {', '.join(there) or 'none'}")
