"""What a person answers to a page without opening it: a key on a call, an SMS, a button of a notification.

The digits are the same everywhere: 4 acknowledges, 6 resolves, 9 escalates, * repeats. Whoever presses one acts as
the person who was paged, with what that person may do now, on that one incident. Every answer gets words back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from tocsin.app.access import Caller, Permission
from tocsin.app.accounts.accounts import Accounts
from tocsin.app.accounts.links import Links
from tocsin.app.accounts.throttle import Throttle
from tocsin.app.desk import Asked, Desk
from tocsin.app.incidents import Incidents
from tocsin.app.paging.bundling import bundle_of, spoken_for_all
from tocsin.app.paging.testing_ways import WayTesting, script
from tocsin.app.rows.records import IncidentQuery
from tocsin.app.rows.way_tests import PREFIX
from tocsin.app.store import Store, Transaction
from tocsin.app.team import TeamInForce
from tocsin.app.wording import due, spoken
from tocsin.clock import Clock
from tocsin.errors import NotFound, Refused, TocsinError, TooManyTries
from tocsin.incident import commands as c
from tocsin.incident.commands import PageOutcome, RecordPage
from tocsin.incident.facts import TOCSIN, Actor, ActorKind, LevelPaged, LevelSkipped, TargetClock, Via
from tocsin.incident.incident import Incident, PageState
from tocsin.incident.pending import pending
from tocsin.incident.summary import UNRESOLVED
from tocsin.oncall.people import Person, WayKind

LATEST = 500
"""How many of the newest open incidents are looked through for the page that an SMS answers."""
_SMS = re.compile(r"\s*([469])\D{0,3}(\d{6})?\s*[.!]?\s*")


@dataclass(frozen=True, slots=True)
class Answered:
    """What is said back. ``again``: it was no answer yet, so ask once more."""

    words: str
    again: bool = False


@dataclass(slots=True)
class Answering:
    """Answers to pages. ``tries`` bounds how often a number may guess the code of a page."""

    store: Store
    clock: Clock
    desk: Desk
    incidents: Incidents
    accounts: Accounts
    team: TeamInForce
    links: Links
    tests: WayTesting
    tries: Throttle = field(default_factory=Throttle)

    def script(self, page: str) -> str:
        """What a voice says of this page's incident as it stands now. Raises NotFound."""
        if page.startswith(PREFIX):
            person = self.tests.get(page).person
            return script(known.name if (known := self.team().roster.person(person)) else person)
        incident, state = self._of(page)
        several = [incident, *(one for one, _ in self._with_others(state))]
        waiting = [one for one in several if one.is_open and one.acknowledged_by is None]
        if len(waiting) > 1:
            return spoken_for_all(waiting)
        if not incident.is_open:
            return f"{spoken(incident)} It is resolved."
        return " ".join(part for part in (spoken(incident), due(incident, self.clock.now())) if part)

    def whose(self, page: str) -> str:
        """Who was paged, by handle. Raises NotFound."""
        return self.tests.get(page).person if page.startswith(PREFIX) else self._of(page)[1].person

    def keys(self, page: str) -> str:
        """Which keys a voice names after the script of a page."""
        if page.startswith(PREFIX):
            return "Press 4 to confirm that it reached you, star to repeat."
        return "Press 4 to acknowledge, 6 to resolve, 9 to escalate, star to repeat."

    def press(self, page: str, digit: str, via: Via, mark: str = "") -> Answered:
        """A digit for a page. ``mark`` names the call or message: the same one again changes nothing.

        Never raises for what the incident or the person's rights refuse: the answer says it.
        """
        try:
            if page.startswith(PREFIX):
                return self._confirmed(page, digit)
            incident, state = self._of(page)
            caller = self._caller(state.person, incident.id, via)
            return self._pressed(incident, state, caller, digit, mark)
        except TocsinError as trouble:
            return Answered(_sentence(trouble.message))

    def by_sms(self, number: str, text: str, mark: str = "") -> str | None:
        """An SMS from a number: what to send back, None for nobody we know (no words for strangers)."""
        people = [person for person in self.team().roster.people if number in _numbers(person)]
        if not people:
            return None
        asked = _SMS.fullmatch(text)
        if asked is None:
            return "Reply with a digit and the code of the page: 4 acknowledges, 6 resolves, 9 escalates."
        now = self.clock.now()
        try:
            self.tries.check(number, "sms", now)
        except TooManyTries as trouble:
            return _sentence(trouble.message)
        pages = self._pages_of(people)
        page = next((one for one in pages if self.links.code(one.page) == asked[2]), None)
        if page is None:
            self.tries.failed(number, "sms", now)
            if asked[2]:
                return "This code is of no open page. Send the digit and the code of the newest page you got."
            return f"Send the code of the page with it: {asked[1]} and its six digits."
        return self.press(page.page, asked[1], Via.SMS, mark).words

    def receipt(self, page: str, outcome: PageOutcome, detail: str) -> None:
        """What a provider reports of a page later. Reports come twice and in any order: proof is never taken back."""
        if page.startswith(PREFIX):
            self.tests.reported(page, outcome, detail)
            return
        with self.store.transact() as tx:  # what went out together is looked up in the same turn as it is written
            own = self._found(tx, page)
            asked = [
                Asked(incident.id, RecordPage(state.page, outcome, detail), TOCSIN)
                for incident, state in (own, *self._together(tx, own[1]))
                if not (outcome == "failed" and state.delivered_at is not None)
            ]
            self.desk.decide_all(tx, asked, self.clock.now())
        self.desk.changed([one.incident_id for one in asked])

    def _confirmed(self, page: str, digit: str) -> Answered:
        if digit not in "469":
            return Answered("", again=True)
        self.tests.confirm(page)
        return Answered("Thank you. This way of yours works.")

    def _together(self, tx: Transaction, page: PageState) -> list[tuple[Incident, PageState]]:
        """What else went out in the message of this page."""
        if not page.sent_at:
            return []
        rows = tx.incidents.search(IncidentQuery(states=UNRESOLVED, limit=LATEST))
        incidents = self.desk.load(tx, [row.incident_id for row in rows])
        return [(one, mate) for one in incidents.values() for mate in bundle_of(page.page, one.pages.values())]

    def _with_others(self, page: PageState) -> list[tuple[Incident, PageState]]:
        with self.store.read() as tx:
            return self._together(tx, page)

    def _of(self, page: str) -> tuple[Incident, PageState]:
        with self.store.read() as tx:
            return self._found(tx, page)

    def _found(self, tx: Transaction, page: str) -> tuple[Incident, PageState]:
        incident_id = page.partition("/")[0]
        incident = self.desk.load(tx, [incident_id]).get(incident_id)
        state = incident.pages.get(page) if incident else None
        if incident is None or state is None:
            raise NotFound("there is no such page")
        return incident, state

    def _caller(self, handle: str, incident_id: str, via: Via) -> Caller:
        """The person who was paged, with no more trust than the link in the page has."""
        on_roster = self.team().roster.person(handle) is not None
        self.accounts.require_welcome(handle, on_roster=on_roster)
        allowed = frozenset({Permission.READ, Permission.RESPOND})
        return Caller(Actor(ActorKind.PERSON, handle, via), allowed, incident_id)

    def _pages_of(self, people: Sequence[Person]) -> list[PageState]:
        """The pages of these people for open incidents, newest first."""
        handles = {person.handle for person in people}
        with self.store.read() as tx:
            rows = tx.incidents.search(IncidentQuery(states=UNRESOLVED, limit=LATEST))
            incidents = self.desk.load(tx, [row.incident_id for row in rows])
        pages = [page for one in incidents.values() for page in one.pages.values() if page.person in handles]
        return sorted(pages, key=lambda page: page.at, reverse=True)

    def _pressed(self, incident: Incident, page: PageState, caller: Caller, digit: str, mark: str) -> Answered:
        several = self._with_others(page)
        if several and digit in "69":
            return Answered(f"This is about {len(several) + 1} incidents: open the link to resolve or escalate one.")
        match digit:
            case "4" if several:
                return self._acknowledge_all([incident, *(one for one, _ in several)], page.person, caller)
            case "4":
                return self._acknowledge(incident, page.person, caller)
            case "6":
                self.incidents.act(caller, incident.id, c.Resolve(summary=f"resolved by {caller.actor.via.value}"))
                return Answered(f"{incident.id} is resolved.")
            case "9":
                return self._escalate(incident, caller, mark)
            case "*":
                return Answered("", again=True)
            case _:
                return Answered("4 acknowledges, 6 resolves, 9 escalates, star repeats.", again=True)

    def _acknowledge(self, incident: Incident, person: str, caller: Caller) -> Answered:
        now = self.incidents.act(caller, incident.id, c.Acknowledge(person)).incident
        if now.acknowledged_by != person:
            return Answered(f"{now.acknowledged_by} has {now.id} already. Go back to sleep, or open the link to join.")
        update = next((p.at for p in pending(now) if p.clock is TargetClock.UPDATE), None)
        zone = ZoneInfo(self.team().zone)
        rest = f" Next update due {update.astimezone(zone):%H:%M}." if update else ""
        return Answered(f"{now.id} acknowledged.{rest}")

    def _acknowledge_all(self, several: Sequence[Incident], person: str, caller: Caller) -> Answered:
        """All that one message was about; what was resolved meanwhile is passed over."""
        done = 0
        for one in several:
            own = Caller(caller.actor, caller.permissions, one.id)
            with suppress(Refused, NotFound):
                done += self.incidents.act(own, one.id, c.Acknowledge(person)).incident.acknowledged_by == person
        return Answered(f"{done} incidents acknowledged.")

    def _escalate(self, incident: Incident, caller: Caller, mark: str) -> Answered:
        reason = f"asked for by {caller.actor.via.value}" + (f" ({mark})" if mark else "")
        if not (mark and self._told(incident.id, reason)):
            acted = self.incidents.act(caller, incident.id, c.Escalate(reason))
            paged = [one.fact for one in acted.facts if isinstance(one.fact, LevelPaged)]
            if paged:
                return Answered(f"{incident.id} escalated to {', '.join(paged[-1].targets)}.")
        return Answered(f"{incident.id} escalated.")

    def _told(self, incident_id: str, reason: str) -> bool:
        """Whether this very message has escalated already: providers deliver a message twice."""
        with self.store.read() as tx:
            facts = tx.incidents.facts([incident_id]).get(incident_id, ())
        return any(isinstance(one.fact, (LevelPaged, LevelSkipped)) and one.fact.reason == reason for one in facts)


def _numbers(person: Person) -> set[str]:
    return {way.address for way in person.ways if way.kind in (WayKind.SMS, WayKind.CALL)}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
