"""Takes pages back: once somebody has the incident, what still asks for an answer on other devices says so instead.

A phone that shows a page an hour after a colleague took it wakes its owner for nothing, and teaches not to look. The
order is a row of the outbox, committed with the acknowledgement, so it survives a restart; each page is taken back
once. That it could not be is told on the timeline and is no failure of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from tocsin.app.desk import Asked
from tocsin.app.office import Office
from tocsin.app.ports import Delivered, GiveUp, TryAgain, Withdrawal, Withdrawing
from tocsin.app.rows.records import OutboxEntry
from tocsin.app.wording import headline
from tocsin.incident.commands import PageOutcome, RecordPage
from tocsin.incident.facts import TOCSIN, WantedUntil
from tocsin.incident.incident import Incident, PageState

ATTEMPTS = 8
"""About four minutes: later, nobody who was asleep is looking at it."""


@dataclass(slots=True)
class WithdrawCarrier:
    """Takes pages back. ``pagers`` are those that can, by the kind of way."""

    office: Office
    pagers: Mapping[str, Withdrawing]

    def sweep(self) -> None:
        """Nothing is left behind: the lease of a lost one runs out and it is claimed again."""

    def carry(self, entry: OutboxEntry) -> None:
        """Take one page back; twice after a doubt, which shows the same words again without a sound."""
        office, now = self.office, self.office.clock.now()
        with office.store.read() as tx:
            incident = office.desk.one(tx, entry.effect.incident_id)
            page = incident.pages.get(entry.effect.ref)
            held = tx.outbox.holds(entry.effect.key, entry.token)
            roster = office.team().roster_of(incident.service, office.desk.roster(tx, now))
        if not held:
            return
        if page is None or page.withdrawn_at is not None:
            office.finish(entry)
            return
        person = roster.person(page.person)
        way = person.way(page.way) if person else None
        pager = self.pagers.get(way.carrier) if way else None
        if way is None or pager is None:
            self._record(entry, page, "left", f"{page.person} has no way {page.way!r} any more")
            return
        over = Withdrawal(
            key=page.page,
            person=page.person,
            address=way.address,
            receipt=page.receipt,
            headline=headline(incident),
            says=why_over(incident, page, ZoneInfo(office.team().zone), office.name),
            link=office.links.address(page.person, incident.id, now),
            at=now,
        )
        match pager.withdraw(over):
            case Delivered():
                self._record(entry, page, "withdrawn", "")
            case GiveUp(reason=reason):
                self._record(entry, page, "left", reason)
            case TryAgain(reason=reason) if entry.attempts >= ATTEMPTS:
                self._record(entry, page, "left", reason)
            case TryAgain() as later:
                office.again(entry, later)

    def _record(self, entry: OutboxEntry, page: PageState, outcome: PageOutcome, reason: str) -> None:
        """The outcome as a fact and the end of the entry, in one commit; a stale claim records nothing."""
        office, id = self.office, entry.effect.incident_id
        with office.store.transact() as tx:
            if not tx.outbox.finish(entry.effect.key, entry.token, office.clock.now()):
                return
            asked = [Asked(id, RecordPage(page.page, outcome, reason), TOCSIN)]
            office.desk.decide_all(tx, asked, office.clock.now())
        office.desk.changed([id])


def why_over(incident: Incident, page: PageState, zone: tzinfo, name: Callable[[str], str]) -> str:
    """Why a page asks for nothing any more, in a few words for whoever got it; instants in the team's zone."""
    if page.wanted_until is WantedUntil.UPDATED and incident.is_open:
        given = incident.last_update_at is not None and incident.last_update_at >= page.at
        return "The update was given." if given else "The update is overdue."
    if incident.resolved_at is not None:
        return f"Resolved {incident.resolved_at.astimezone(zone):%H:%M}."
    if incident.acknowledged_by is not None and incident.acknowledged_at is not None:
        since = f"{incident.acknowledged_at.astimezone(zone):%H:%M}"
        mine = incident.acknowledged_by == page.person
        return f"You have it since {since}." if mine else f"Taken by {name(incident.acknowledged_by)} {since}."
    if incident.mitigated_at is not None:
        return f"Mitigated {incident.mitigated_at.astimezone(zone):%H:%M}."
    return "A newer page has taken its place."
