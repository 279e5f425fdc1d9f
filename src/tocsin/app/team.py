"""The team as `tocsin.toml` describes it: services, people, sources, outlets. Values only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from tocsin.alerts.alert import Heard
from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.alerts.labelled import by_label
from tocsin.alerts.probe import Probe
from tocsin.alerts.record_only import RecordOnly
from tocsin.alerts.source import Source
from tocsin.alerts.sources.generic import GENERIC
from tocsin.alerts.sources.heartbeat import Rhythm
from tocsin.alerts.sources.probe_voice import PROBE
from tocsin.alerts.sources.registry import HEARD
from tocsin.alerts.sources.report import ReportForm
from tocsin.alerts.storm import AT_ONCE
from tocsin.app.rows.subscribers import SubscriberWay
from tocsin.incident.choices import FIRST_RESPONDER, Choices
from tocsin.incident.effects import Outlets
from tocsin.incident.facts import PublicStatus
from tocsin.incident.target import LOCAL, Target
from tocsin.oncall.people import Person, Way
from tocsin.oncall.roster import Binding, Roster
from tocsin.oncall.weekly import Weekly

KEEP_DELIVERIES = timedelta(days=90)
"""How long what sources sent is kept, for whoever looks into what came; the facts of incidents stay for ever."""


@dataclass(frozen=True, slots=True)
class PublicComponent:
    """A part of a service that customers know by name."""

    key: str
    name: str
    group: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """One service: its runbook, where its news goes, and the team's answers to open questions."""

    key: str
    name: str
    runbook: Path
    outlets: Outlets = field(default_factory=Outlets)
    choices: Choices = field(default_factory=Choices)
    components: tuple[PublicComponent, ...] = ()
    directory: Path | None = None  # where its steps run
    root: Path | None = None  # where they do on the server's own machine, if nobody said so
    variables: tuple[str, ...] = ()  # environment variables of the server that its steps may see
    dashboard: str | None = None
    storm_after: int = AT_ONCE  # so many new troubles within a minute are incidents of their own; 0: all of them
    target: str = LOCAL.name  # where its steps run


@dataclass(frozen=True, slots=True)
class Threshold:
    """How often something has to be said within a while before an incident begins."""

    times: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class PeerAccount:
    """How a peer is told what is done here: its REST API, a token, and the mail address of a user there."""

    token: str = field(repr=False)
    sender: str
    api: str


@dataclass(frozen=True, slots=True)
class Integration:
    """A source of alerts. ``key`` is the secret part of its address `/in/<key>/<source>`; heartbeats have a rhythm.

    ``own`` is its source as the team says that this one speaks; without it the source speaks as everywhere.
    ``service_label`` is the label that says which service an alert is about; ``service`` is that of all others.
    ``form`` is its public page, if it has one. ``old_key`` leads here too while the team changes its senders.
    ``threshold`` is how often a trouble must be said before it begins an incident; None: once.
    ``answers`` is how its source is told what is done here; None: it is not. ``record`` is what of it wakes nobody.
    """

    name: str
    source: str  # alertmanager, pagerduty, generic
    service: str
    key: str
    auth: IntegrationAuth
    rhythm: Rhythm | None = None
    own: Source | None = None
    service_label: str = ""
    form: ReportForm | None = None
    old_key: str = ""
    threshold: Threshold | None = None
    answers: PeerAccount | None = None
    record: RecordOnly | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys by which it is known."""
        return (self.key, self.old_key) if self.old_key else (self.key,)

    @property
    def speaks(self) -> Source:
        """How it is read, set up and tried."""
        return self.own or HEARD[self.source]


LEFT_BEHIND = "something still sends to the old key: change its address, then remove old_key"
"""What whoever looks after an integration is told when its old key is used."""


def by_key(integrations: Iterable[Integration]) -> dict[str, Integration]:
    """The integrations by all of their keys; a key that is somebody's own leads to nobody else who had it before."""
    listed = tuple(integrations)
    return {one.old_key: one for one in listed if one.old_key} | {one.key: one for one in listed}


_NO_PROOF = IntegrationAuth(AuthKind.KEY, ("no address leads to where this would be asked for",))


def voice_of(probe: str, service: str) -> Integration:
    """A probe as the hearing knows it. It has no address: nobody outside speaks so, and nobody is asked for a proof."""
    return Integration(probe, PROBE.name, service, "", _NO_PROOF)


CANARY = "tocsin-canary"
"""The name of the canary's service, of its integration and of whoever is paged for it: nobody of flesh."""


@dataclass(frozen=True, slots=True)
class CanarySettings:
    """An alert of our own that travels the whole way again and again (R25). ``way`` is where its pages go."""

    every: timedelta
    way: Way
    key: str = field(default="", repr=False)

    @property
    def roster(self) -> Roster:
        """Those who can be paged for it: the canary, and nobody else."""
        words = (Binding(FIRST_RESPONDER, people=(CANARY,)),)
        return Roster((Person(CANARY, "Canary", (self.way,)),), (), words, (CANARY,))

    @property
    def integration(self) -> Integration:
        """The source as which it knocks."""
        return Integration(CANARY, GENERIC.name, CANARY, self.key, IntegrationAuth(AuthKind.KEY, (self.key,)))


@dataclass(frozen=True, slots=True)
class StatusPageSettings:
    """The public status page."""

    title: str = "Status"
    url: str = ""
    subscribe: bool = False  # whether people outside may subscribe
    description: str = ""
    languages: tuple[str, ...] = ("en",)
    words: Mapping[PublicStatus, str] = field(default_factory=dict)  # the team's own, in the first language
    ways: tuple[SubscriberWay, ...] = tuple(SubscriberWay)  # how they may, where they may


@dataclass(frozen=True, slots=True)
class Team:
    """Everything about the team that decisions need. Replaced as a whole when `tocsin.toml` is reloaded."""

    services: dict[str, ServiceSettings]
    roster: Roster
    integrations: dict[str, Integration] = field(default_factory=dict)  # by name
    status_page: StatusPageSettings = field(default_factory=StatusPageSettings)
    public_url: str = "http://127.0.0.1:8080"
    zone: str = "UTC"
    keep_deliveries: timedelta = KEEP_DELIVERIES
    test_pages: Weekly | None = None  # when each person hears from Tocsin by each way; None: never
    commands_enabled: bool = True  # the kill switch of all execution
    targets: dict[str, Target] = field(default_factory=lambda: {LOCAL.name: LOCAL})  # by name
    probes: dict[str, Probe] = field(default_factory=dict)  # by name; no integration has the same
    canary: CanarySettings | None = None  # None: none flies

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of runners that its targets need."""
        return tuple(dict.fromkeys(label for target in self.targets.values() for label in target.labels))

    @property
    def voices(self) -> dict[str, Integration]:
        """Whoever speaks, by name: the integrations, then the probes."""
        return {**self.integrations, **{name: voice_of(name, one.service) for name, one in self.probes.items()}}

    def voice(self, name: str) -> Integration | None:
        """Who speaks by this name: an integration, or a probe; None for nobody."""
        if (probe := self.probes.get(name)) is not None:
            return voice_of(name, probe.service)
        if name == CANARY:
            return self.canary.integration if self.canary else None
        return self.integrations.get(name)

    @property
    def senders(self) -> tuple[Integration, ...]:
        """Whoever has an address to send to: the integrations, and the canary while it flies."""
        own = (self.canary.integration,) if self.canary else ()
        return (*self.integrations.values(), *own)

    def roster_of(self, service: str, everybody: Roster) -> Roster:
        """Who can be called for a service. For the canary never anybody of flesh, whether it flies or not."""
        if service != CANARY:
            return everybody
        return self.canary.roster if self.canary else Roster()

    @property
    def words_for_services(self) -> dict[str, str]:
        """The keys of services by what a label may call them, folded: the key itself, or the name."""
        names = {one.name.casefold(): key for key, one in self.services.items()}
        return names | {key.casefold(): key for key in self.services}

    def hear(self, one: Integration, body: bytes, at: datetime) -> Heard:
        """What an integration says, each alert with its service where a label names it. Raises BadPayload."""
        heard = one.speaks.read(body, at)
        return by_label(heard, one.service_label, self.words_for_services, one.service) if one.service_label else heard

    @property
    def status_page_url(self) -> str:
        """Where customers read the status page, without a last slash."""
        return self.status_page.url.rstrip("/") or f"{self.public_url.rstrip('/')}/status"

    def names(self, service: str) -> tuple[str, dict[str, str]]:
        """What a service is called in messages, and what all components are called, by their keys."""
        settings = self.services.get(service)
        components = {one.key: one.name for other in self.services.values() for one in other.components}
        return settings.name if settings else service, components

    def outlets(self, service: str) -> Outlets:
        """Where news of a service goes; nowhere for an unknown one."""
        settings = self.services.get(service)
        outlets = settings.outlets if settings else Outlets()
        answered = [one for one in self.integrations.values() if one.answers is not None]
        if settings is None or not answered:
            return outlets
        names = tuple(one.name for one in answered if one.service_label or one.service == service)
        return replace(outlets, answered=names)


TeamInForce = Callable[[], Team]
"""Gives the team as it is configured now."""
