"""How pages are delivered.

Paging fails open: an ambiguous result is tried again, and a way that keeps failing gives place to the person's
next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.app.desk import Asked
from tocsin.app.office import Office
from tocsin.app.paging.bundling import SPACING, TOGETHER, Pages, Spacing, bundled, waiting_with
from tocsin.app.ports import (
    Delivered,
    GiveUp,
    Outcome,
    PageMessage,
    Pager,
    TryAgain,
)
from tocsin.app.rows.records import IncidentQuery, OutboxEntry
from tocsin.app.team import CANARY
from tocsin.app.wording import (
    deadline_of,
    due,
    headline,
    lead,
    one_line,
    page_text,
    reminder,
    spoken,
)
from tocsin.incident.commands import PageOutcome, RecordPage
from tocsin.incident.facts import TOCSIN, WantedUntil
from tocsin.incident.incident import Incident, PageState
from tocsin.incident.pending import still_wanted
from tocsin.incident.summary import UNRESOLVED
from tocsin.oncall.people import Person

PAGE_ATTEMPTS = 3
LAST_WAY_ATTEMPTS = 8
LONGEST_REST = timedelta(seconds=10)
LONGEST_PATIENCE = timedelta(seconds=20)
MOST_TOGETHER = 500
"""How many open incidents are looked through for pages that could go out in one message."""


@dataclass(slots=True)
class PageCarrier:
    """Wakes people. ``pagers`` by the kind of way."""

    office: Office
    pagers: Mapping[str, Pager]
    spacing: Spacing = field(default_factory=Spacing)
    reminding: Spacing = field(default_factory=Spacing)
    """Of reminders, which take no page's turn."""

    def sweep(self) -> None:
        """Nothing is left behind: the lease of a lost page runs out and it is claimed again."""

    def carry(self, entry: OutboxEntry) -> None:
        """Send one page, unless it is not wanted any more."""
        office = self.office
        with office.store.read() as tx:
            incident = office.desk.one(tx, entry.effect.incident_id)
            page = incident.pages.get(entry.effect.ref)
            held = tx.outbox.holds(entry.effect.key, entry.token)
            playbook = office.playbooks.pinned(tx, incident.playbook)
            roster = office.team().roster_of(incident.service, office.desk.roster(tx, office.clock.now()))
        if not held:
            return
        if page is None or not still_wanted(incident, page) or page.failed_at is not None:
            office.finish(entry)
            return
        if page.receipt.startswith(TOGETHER):  # it went out with another one
            office.finish(entry)
            return
        person = roster.person(page.person)
        way = person.way(page.way) if person else None
        pager = self.pagers.get(way.carrier) if way else None
        if person is None or way is None or pager is None or person.disabled:
            gone = person.hindrance if person and person.disabled else f"{page.person} has no way {page.way!r} any more"
            self._record(entry, page, "failed", gone, done=True)
            return
        now, top = office.clock.now(), incident.plan.is_top(incident.severity)
        wakes = page.wanted_until is not WantedUntil.UPDATED
        spacing = self.spacing if wakes else self.reminding
        if wait := spacing.wait(page, way.kind, now, top=top):
            office.later(entry, wait)
            return
        mates = self._mates(page) if way.kind in SPACING else ()
        text = page_text(incident, playbook, page.reason, ZoneInfo(office.team().zone), now)
        message = bundled(self._message(incident, page, person, way.address, text, now), incident, mates)
        outcome = pager.page(message if wakes else reminder(message, incident, now))
        if not isinstance(outcome, Delivered):
            spacing.give_back(page, top=top)
        self._settle(entry, page, outcome, mates)

    def _mates(self, page: PageState) -> Pages:
        """What else waits for this person by this way."""
        with self.office.store.read() as tx:
            rows = tx.incidents.search(IncidentQuery(states=UNRESOLVED, limit=MOST_TOGETHER))
            incidents = self.office.desk.load(tx, [row.incident_id for row in rows])
        return waiting_with(page, incidents.values())

    def _message(
        self, incident: Incident, page: PageState, person: Person, address: str, text: str, now: datetime
    ) -> PageMessage:
        return PageMessage(
            key=page.page,
            incident_id=incident.id,
            person=person.handle,
            address=address,
            headline=headline(incident),
            text=text,
            link=self.office.links.address(person.handle, incident.id, now),
            at=now,
            urgent=incident.service != CANARY,
            lead=lead(incident),
            title=one_line(incident.title),
            due=due(incident, now),
            spoken=spoken(incident),
            code=self.office.links.code(page.page),
            answer=self.office.links.answer(person.handle, page.page, now),
            until=deadline_of(incident, now),
        )

    def _settle(self, entry: OutboxEntry, page: PageState, outcome: Outcome, mates: Pages = ()) -> None:
        match outcome:
            case Delivered(receipt=receipt, proof=proof):
                self._record(entry, page, "delivered" if proof else "sent", receipt, done=True, mates=mates)
            case GiveUp(reason=reason):
                self._record(entry, page, "failed", reason, done=True)
            case TryAgain(reason=reason, after=after):
                limit = PAGE_ATTEMPTS if page.others else LAST_WAY_ATTEMPTS
                too_long = bool(page.others) and after is not None and after > LONGEST_PATIENCE
                if entry.attempts >= limit or too_long:
                    self._record(entry, page, "failed", reason, done=True)
                else:
                    self.office.again(entry, outcome)

    def _record(
        self,
        entry: OutboxEntry,
        page: PageState,
        outcome: PageOutcome,
        detail: str,
        *,
        done: bool,
        mates: Pages = (),
    ) -> None:
        """The outcome as a fact and the end of the entry, in one commit; a stale claim records nothing.

        ``mates`` went out in the same message; their own entries end when they are claimed.
        """
        office = self.office
        with office.store.transact() as tx:
            if done and not tx.outbox.finish(entry.effect.key, entry.token, office.clock.now()):
                return
            command = RecordPage(page.page, outcome, detail)
            asked = [Asked(entry.effect.incident_id, command, TOCSIN)]
            asked += [Asked(one.id, RecordPage(m.page, "sent", f"{TOGETHER}{page.page}"), TOCSIN) for one, m in mates]
            if mates and (known := office.desk.one(tx, entry.effect.incident_id).pages[page.page]).delivered_at:
                # The provider's report was faster than this commit, and knew of no mates yet.
                asked += [Asked(one.id, RecordPage(m.page, "delivered", known.receipt), TOCSIN) for one, m in mates]
            office.desk.decide_all(tx, asked, office.clock.now())
        office.desk.changed([one.incident_id for one in asked])
