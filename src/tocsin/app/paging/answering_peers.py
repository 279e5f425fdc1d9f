"""What is done here to incidents that began at PagerDuty is done there too, so that it stops paging.

A row of the outbox for each source that asks for it, and none for what came from there: an acknowledgement that was
made there is not sent back, and its echo finds the incident taken. Until PagerDuty is told it pages on, which is the
safe side; that it was not told stands on the incident.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from tocsin.app.desk import Asked
from tocsin.app.office import Office, told_about
from tocsin.app.ports import Delivered, GiveUp, Outcome, PeerDesk, TryAgain
from tocsin.app.rows.records import OutboxEntry
from tocsin.app.store import Transaction
from tocsin.app.team import Integration, PeerAccount
from tocsin.incident.commands import AddNote
from tocsin.incident.facts import TOCSIN, Acknowledged, ActorKind, Recorded
from tocsin.incident.incident import Incident
from tocsin.oncall.people import WayKind

log = logging.getLogger(__name__)

ATTEMPTS = 40
"""Half an hour: the service may be down for a while, and its people are paged there until it is told."""
SAID_AFTER = 5
"""Attempts (a quarter of a minute) after which the incident says that it was not told yet."""
MOST = 500
"""Incidents of the peer that one act here can settle."""
_ID = re.compile(r"[A-Za-z0-9]{1,40}")
"""What an id of the peer looks like. Our own alerts about a source ("could not be read") have other fingerprints."""


class PeerNote(msgspec.Struct, frozen=True):
    """How telling a peer went: when it was told last, and the last trouble since; instants are aware UTC."""

    told_at: datetime | None = None
    trouble_at: datetime | None = None
    trouble: str = ""


def peer_note(tx: Transaction, integration: str) -> PeerNote:
    """How telling the peer of this source went."""
    row = tx.keep.get(_name(integration))
    return msgspec.json.decode(row, type=PeerNote) if row else PeerNote()


@dataclass(slots=True)
class AnswerCarrier:
    """Tells peers what was done here. ``ask`` gives the desk of an account."""

    office: Office
    ask: Callable[[PeerAccount], PeerDesk]

    def sweep(self) -> None:
        """Nothing is left behind."""

    def carry(self, entry: OutboxEntry) -> None:
        """Tell one peer of one acknowledgement or resolution, unless it does not hold any more."""
        office = self.office
        with office.store.read() as tx:
            if not tx.outbox.holds(entry.effect.key, entry.token):
                return
            incident, facts = told_about(office, tx, entry)
            source = office.team().integrations.get(entry.effect.outlet)
            ids = _begun_there(tx, incident.id, source, facts[-1]) if source else []
        recorded = facts[-1]
        over = not isinstance(recorded.fact, Acknowledged)
        holds = not incident.is_open if over else incident.is_open and incident.acknowledged_by is not None
        if source is None or source.answers is None or not ids or not holds:
            office.finish(entry)
            return
        outcome = self.ask(source.answers).settle(ids, over=over, mail=self._mail(recorded))
        self._settle(entry, incident, outcome, over=over)

    def _mail(self, recorded: Recorded) -> str:
        """The mail address of the person who did it; empty when it is not known."""
        if recorded.by.kind is not ActorKind.PERSON:
            return ""
        person = self.office.team().roster.person(recorded.by.name)
        ways = person.ways if person else ()
        return next((way.address for way in ways if way.kind is WayKind.EMAIL), "")

    def _settle(self, entry: OutboxEntry, incident: Incident, outcome: Outcome, *, over: bool) -> None:
        office, now, name = self.office, self.office.clock.now(), entry.effect.outlet
        act = "resolve it" if over else "acknowledge"
        late, gone = f"{entry.effect.key}/late", f"{entry.effect.key}/gone"
        match outcome:
            case TryAgain(reason=reason) if entry.attempts < ATTEMPTS:
                with office.store.transact() as tx:
                    _keep(tx, name, trouble=reason, at=now)
                    if entry.attempts >= SAID_AFTER:
                        note = f"PagerDuty was not told yet: {reason}. It is tried on; until then {act} there too."
                        self._note(tx, incident.id, note, late)
                office.again(entry, outcome)
            case TryAgain(reason=reason) | GiveUp(reason=reason):
                log.warning("%s given up: %s", entry.effect.key, reason)
                with office.store.transact() as tx:
                    if not tx.outbox.give_up(entry.effect.key, entry.token, reason):
                        return
                    _keep(tx, name, trouble=reason, at=now)
                    self._note(tx, incident.id, f"PagerDuty was not told: {reason}; {act} there too.", gone)
            case Delivered():
                with office.store.transact() as tx:
                    if not tx.outbox.finish(entry.effect.key, entry.token, now):
                        return
                    _keep(tx, name, at=now)
                    if late in incident.noted:
                        self._note(tx, incident.id, "PagerDuty is told now.", f"{entry.effect.key}/told")
        office.desk.changed([incident.id])

    def _note(self, tx: Transaction, incident_id: str, text: str, mark: str) -> None:
        self.office.desk.decide_all(tx, [Asked(incident_id, AddNote(text, mark), TOCSIN)], self.office.clock.now())


def _begun_there(tx: Transaction, incident_id: str, source: Integration, recorded: Recorded) -> Sequence[str]:
    """The ids of the peer's incidents that are open in this one, but for the one that was acknowledged there."""
    within = f"{source.name}:"
    states = tx.alerts.of_incident(incident_id, MOST)
    own = {one.fingerprint.removeprefix(within) for one in states if one.firing and one.fingerprint.startswith(within)}
    if isinstance(recorded.fact, Acknowledged):
        own.discard(recorded.fact.alert.removeprefix(within))
    return sorted(one for one in own if _ID.fullmatch(one))


def _keep(tx: Transaction, integration: str, *, at: datetime, trouble: str = "") -> None:
    before = peer_note(tx, integration)
    note = PeerNote(before.told_at, at, trouble[:500]) if trouble else PeerNote(at, before.trouble_at, before.trouble)
    tx.keep.put(_name(integration), msgspec.json.encode(note).decode())


def _name(integration: str) -> str:
    return f"peer/{integration}"
