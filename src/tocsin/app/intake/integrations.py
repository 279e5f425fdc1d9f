"""The sources of alerts as people look after them: what to paste, what was heard last, what went wrong, send a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.alerts.alert import Heard
from tocsin.alerts.source import TEST_TITLE, Place, Source
from tocsin.app.access import Caller, Permission
from tocsin.app.intake.beats import pulse_of
from tocsin.app.intake.group_commit import GroupCommit
from tocsin.app.intake.refusals import Refusals, Trouble
from tocsin.app.intake.reports import Reports
from tocsin.app.intake.thresholds import HeldBack, held_back
from tocsin.app.paging.answering_peers import PeerNote, peer_note
from tocsin.app.ports import PeerDesk
from tocsin.app.rows.records import AuditEntry, Delivery, NewDelivery
from tocsin.app.store import Store
from tocsin.app.team import Integration, PeerAccount, Team, TeamInForce
from tocsin.clock import Clock
from tocsin.errors import BadInput, BadPayload, NotFound

LOOK_BACK = 100
"""Among so many of an integration's newest deliveries its last trouble is looked for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an integration is doing. ``last_alert`` is the title of what was heard last; instants are aware UTC.

    ``due_at`` is by when the next beat of a heartbeat must come, in the past when it is silent; None for others.
    ``told_at`` is when its source was last told what was done here.
    """

    integration: Integration
    source: Source
    last_at: datetime | None
    last_alert: str
    trouble: Trouble | None
    due_at: datetime | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SetUp:
    """How to connect it. ``url`` and ``text`` hold the secret key of the address.

    ``held_back`` is what its threshold keeps from beginning an incident, the newest first.
    """

    standing: Standing
    url: str
    text: str
    held_back: tuple[HeldBack, ...] = ()


@dataclass(frozen=True, slots=True)
class Sampled:
    """What would become of a delivery. ``trouble`` is why all or a part of it cannot be read; nothing was kept."""

    integration: Integration
    heard: Heard
    trouble: str = ""


@dataclass(slots=True)
class Integrations:
    """Everything that is asked about sources of alerts."""

    store: Store
    clock: Clock
    team: TeamInForce
    intake: GroupCommit
    refusals: Refusals
    ask: Callable[[PeerAccount], PeerDesk]
    """The desk of a peer that is told what is done here."""
    reports: Reports = field(init=False)

    def __post_init__(self) -> None:
        self.reports = Reports(self.intake, self.team, self.clock, self.refusals)

    def all(self, by: Caller) -> list[Standing]:
        """Each integration of the team, in the order of its file."""
        by.require(Permission.READ)
        return [self._standing(one) for one in self.team().integrations.values()]

    def show(self, by: Caller, name: str) -> SetUp:
        """How to set one up, and how it is doing. Raises NotFound."""
        by.require(Permission.MAINTAIN)
        if name in self.team().probes:
            raise NotFound(
                f"{name} is a probe, nothing has to be pasted for it: see the page Probes, or `tocsin probes`"
            )
        one = self._found(name)
        place = self._place(one)
        with self.store.read() as tx:
            waiting = held_back(tx, one, self.clock.now())
        return SetUp(self._standing(one), place.url, one.speaks.set_up(place), tuple(waiting))

    def held_back(self, by: Caller) -> list[HeldBack]:
        """What thresholds keep from beginning an incident, of every source and probe, the newest first."""
        by.require(Permission.READ)
        now = self.clock.now()
        with self.store.read() as tx:
            found = [held for one in self.team().voices.values() for held in held_back(tx, one, now)]
        return sorted(found, key=lambda one: one.last_at, reverse=True)

    def sample(self, by: Caller, name: str, body: bytes) -> Sampled:
        """What would become of a delivery with this body: nothing is kept and nobody is woken. Raises NotFound."""
        by.require(Permission.MAINTAIN)
        return _sampled(self.team(), self._found(name), body, self.clock.now())

    def test(self, by: Caller, name: str, body: bytes | None = None) -> str:
        """Send a test alert in the source's own form, or this body: a real incident, which pages whoever is on call.

        It is on disk when this returns. Gives why the source would not be told what is done here, asked now; empty when
        it would, or is not to be. Raises NotFound, Unavailable; BadInput when nothing would fire.
        """
        by.require(Permission.MAINTAIN)
        one, now = self._found(name), self.clock.now()
        if body is None:
            body = one.speaks.sample(self._place(one), now)
            said = _sampled(self.team(), one, body, now) if one.own is not None and one.speaks.alerts else None
            if said is not None and not any(a.firing and TEST_TITLE in a.title for a in said.heard.alerts):
                why = said.trouble or "its title is taken from a longer text"
                raise BadInput(
                    f"no body can be made up that {name} reads as a firing alert ({why}); send a real one: "
                    f"tocsin integrations test {name} --sample FILE --send"
                )
        with self.store.transact() as tx:
            tx.audit.record(AuditEntry(now, by.actor.name, by.actor.via.value, "integration test", one.name, ""))
        delivery = NewDelivery(one.name, f"test:{now.isoformat()}", now, "application/json", body)
        self.intake.submit(delivery).result(timeout=10)
        why = self.ask(one.answers).why_not() if one.answers is not None else ""
        return f"PagerDuty would not be told what is done here: {why}" if why else ""

    def _found(self, name: str) -> Integration:
        one = self.team().voice(name)
        if one is None:
            known = ", ".join((*self.team().integrations, *self.team().probes)) or "none"
            raise NotFound(f"there is no integration {name!r}; there are: {known}")
        return one

    def _place(self, one: Integration) -> Place:
        header = one.auth.signature_header if one.auth.kind.value == "hmac" else one.auth.header
        return Place(self.team().public_url.rstrip("/"), one.key, one.source, one.auth.kind, header)

    def _standing(self, one: Integration) -> Standing:
        with self.store.read() as tx:
            latest = tx.deliveries.latest(one.name, LOOK_BACK)
            pulse = pulse_of(tx, one.name) if one.rhythm is not None else None
            refused = self.refusals.last(one.name, tx)
            told = peer_note(tx, one.name) if one.answers is not None else PeerNote()
        failed = next((Trouble(d.received_at, d.trouble) for d in latest if d.trouble), None)
        untold = Trouble(told.trouble_at, f"PagerDuty was not told: {told.trouble}") if told.trouble_at else None
        troubles = [trouble for trouble in (failed, refused, untold) if trouble is not None]
        newest = max(troubles, key=lambda trouble: trouble.at, default=None)
        title = next((title for d in latest if (title := _title(one, d))), "")
        due_at = pulse.last_at + one.rhythm.allowed if pulse is not None and one.rhythm is not None else None
        last_at = latest[0].received_at if latest else None
        return Standing(one, one.speaks, last_at, title, newest, due_at, told.told_at)


def _sampled(team: Team, one: Integration, body: bytes, now: datetime) -> Sampled:
    try:
        heard = team.hear(one, body, now)
    except BadPayload as trouble:
        return Sampled(one, Heard(), trouble.message)
    return Sampled(one, heard, heard.trouble)


def _title(one: Integration, delivery: Delivery) -> str:
    """The title of the first alert in a delivery; empty when it holds none or cannot be read."""
    if delivery.trouble:
        return ""
    try:
        heard = one.speaks.read(delivery.body, delivery.received_at)
    except BadPayload:
        return ""
    if heard.changes:
        return heard.changes[0].what
    return heard.alerts[0].title if heard.alerts else ""
