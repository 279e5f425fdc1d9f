"""How each kind of effect is delivered.

Paging fails open: an ambiguous result is tried again, and a way that keeps failing gives place to the person's
next one. Mail to customers fails closed: an ambiguous result is not repeated. A step runs at most once.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from tocsin.app.bundling import SPACING, TOGETHER, Pages, Spacing, bundled, waiting_with
from tocsin.app.courier import patience
from tocsin.app.desk import Asked, Desk
from tocsin.app.links import Links
from tocsin.app.maintenances import OUTBOX
from tocsin.app.offline import Offline
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import (
    Chat,
    Delivered,
    GiveUp,
    Mail,
    Mailer,
    Outcome,
    PageMessage,
    Pager,
    StatusPublisher,
    TryAgain,
    WebhookSender,
)
from tocsin.app.publishing import Publishing, refresh
from tocsin.app.records import IncidentQuery, OutboxEntry
from tocsin.app.store import LOST, Store, Transaction
from tocsin.app.subscribers import OUTLET
from tocsin.app.team import CANARY, TeamInForce
from tocsin.app.wording import (
    deadline_of,
    due,
    headline,
    lead,
    news_text,
    news_title,
    one_line,
    page_text,
    spoken,
    webhook_body,
)
from tocsin.clock import Clock
from tocsin.errors import Conflict, Unavailable
from tocsin.incident.commands import PageOutcome, RecordPage
from tocsin.incident.facts import TOCSIN, CustomersNotified, Recorded
from tocsin.incident.incident import Incident, PageState
from tocsin.incident.pending import still_wanted
from tocsin.incident.summary import UNRESOLVED
from tocsin.oncall.people import Person

log = logging.getLogger(__name__)

PAGE_ATTEMPTS = 3
LAST_WAY_ATTEMPTS = 8
NEWS_ATTEMPTS = 10
MAIL_KEPT, MAIL_AGAIN = timedelta(hours=12), timedelta(minutes=5)
"""How long a mail is tried when the mail server is away, and how often after the first ten times: ten thousand
subscribers who are all tried each minute would keep the database busy for nothing."""
LONGEST_REST = timedelta(seconds=10)
LONGEST_PATIENCE = timedelta(seconds=20)
MOST_TOGETHER = 500
"""How many open incidents are looked through for pages that could go out in one message."""
FRESH = timedelta(seconds=25)
"""How old the status page's "as of" may become before it is rendered again."""


@dataclass(slots=True)
class Office:
    """What every carrier needs."""

    store: Store
    clock: Clock
    desk: Desk
    playbooks: Playbooks
    team: TeamInForce
    links: Links
    jitter: Callable[[], float] = field(default=random.random)

    def finish(self, entry: OutboxEntry) -> None:
        """Nothing is left to do for this entry."""
        with self.store.transact() as tx:
            tx.outbox.finish(entry.effect.key, entry.token, self.clock.now())

    def again(self, entry: OutboxEntry, outcome: TryAgain) -> None:
        """Queue it again, after the provider's wish or our own patience, a little scattered."""
        wait = outcome.after or patience(entry.attempts) * (0.75 + self.jitter() / 2)
        with self.store.transact() as tx:
            tx.outbox.retry(entry.effect.key, entry.token, self.clock.now() + wait, outcome.reason)

    def later(self, entry: OutboxEntry, wait: timedelta, why: str = "waits to go out with others") -> None:
        """Its turn has not come: it will be claimed again then."""
        with self.store.transact() as tx:
            tx.outbox.retry(entry.effect.key, entry.token, self.clock.now() + wait, why)

    def give_up(self, entry: OutboxEntry, reason: str) -> None:
        """It will not be tried again; the reason is kept with the entry."""
        log.warning("%s given up: %s", entry.effect.key, reason)
        with self.store.transact() as tx:
            tx.outbox.give_up(entry.effect.key, entry.token, reason)

    def name(self, handle: str) -> str:
        """A person's name."""
        person = self.team().roster.person(handle)
        return person.name if person else handle

    def address(self, incident_id: str) -> str:
        """Where the incident is shown to people who sign in."""
        return f"{self.team().public_url.rstrip('/')}/i/{incident_id}"


@dataclass(slots=True)
class PageCarrier:
    """Wakes people. ``pagers`` by the kind of way."""

    office: Office
    pagers: Mapping[str, Pager]
    spacing: Spacing = field(default_factory=Spacing)

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
        if wait := self.spacing.wait(page, way.kind, now, top=top):
            office.later(entry, wait)
            return
        mates = self._mates(page) if way.kind in SPACING else ()
        text = page_text(incident, playbook, page.reason, ZoneInfo(office.team().zone), now)
        message = bundled(self._message(incident, page, person, way.address, text, now), incident, mates)
        outcome = pager.page(message)
        if not isinstance(outcome, Delivered):
            self.spacing.give_back(page, top=top)
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


def told_about(office: Office, tx: Transaction, entry: OutboxEntry) -> tuple[Incident, Sequence[Recorded]]:
    """The incident of a piece of news, and its facts up to the one that is told."""
    facts = tx.incidents.facts([entry.effect.incident_id])[entry.effect.incident_id]
    incident = office.desk.load(tx, [entry.effect.incident_id])[entry.effect.incident_id]
    return incident, facts[: int(entry.effect.ref)]


@dataclass(slots=True)
class NewsCarrier:
    """Tells chat channels, webhooks and mail about facts. ``send`` does it for one outlet."""

    office: Office
    send: Callable[[OutboxEntry, Incident, Recorded], Outcome]
    repeats_ambiguous: Callable[[Recorded], bool] = field(default=lambda _recorded: True)
    subscribed: Callable[[OutboxEntry], Outcome] | None = None
    """Tells somebody who subscribed to public updates; never twice on a doubt (R21)."""
    kept_for: timedelta = timedelta(0)
    """How long it is tried beyond NEWS_ATTEMPTS, from when it was ordered."""
    away_until: datetime | None = None
    """Nobody was there: until then nothing is tried. Thousands of tries in vain would keep the database from pages."""
    _away: int = 0

    def sweep(self) -> None:
        """Nothing is left behind."""

    def carry(self, entry: OutboxEntry) -> None:
        """Tell one outlet about one fact."""
        office = self.office
        with office.store.read() as tx:
            if not tx.outbox.holds(entry.effect.key, entry.token):
                return
            about = None if _to_subscriber(entry) else told_about(office, tx, entry)
        repeats = about is not None and self.repeats_ambiguous(about[1][-1])
        if entry.last_error == LOST and not repeats:
            outcome: Outcome = TryAgain(LOST, ambiguous=True)
        elif about is not None:
            outcome = self.send(entry, about[0], about[1][-1])
        else:
            outcome = self.subscribed(entry) if self.subscribed else GiveUp("nobody can subscribe here")
        self._look(outcome)
        try:
            self._settle(entry, outcome, repeats=repeats)
        except (Conflict, Unavailable):
            if repeats:
                raise
            # Queued again by the courier it would be sent again; a claim that ends so is LOST to the next one.
            log.warning("what became of %s cannot be written down now; its lease will run out", entry.effect.key)

    def _look(self, outcome: Outcome) -> None:
        """Rest a while when nobody was there: 1, 2, 4 … seconds, until somebody answers again."""
        if isinstance(outcome, TryAgain) and outcome.away:
            self._away += 1
            self.away_until = self.office.clock.now() + min(patience(self._away), LONGEST_REST)
        elif isinstance(outcome, Delivered):
            self._away, self.away_until = 0, None

    def _settle(self, entry: OutboxEntry, outcome: Outcome, *, repeats: bool) -> None:
        office = self.office
        match outcome:
            case Delivered():
                office.finish(entry)
            case GiveUp(reason=reason):
                office.give_up(entry, reason)
            case TryAgain(reason=reason, ambiguous=ambiguous):
                if ambiguous and not repeats:
                    office.give_up(entry, f"it may have been sent, so it is not sent again: {reason}")
                elif entry.attempts < NEWS_ATTEMPTS:
                    office.again(entry, outcome)
                elif entry.created_at is not None and office.clock.now() - entry.created_at < self.kept_for:
                    office.again(entry, replace(outcome, after=outcome.after or MAIL_AGAIN))
                else:
                    office.give_up(entry, reason)


def chat_carrier(office: Office, chats: Mapping[str, Chat]) -> NewsCarrier:
    """News for chat channels."""

    def send(entry: OutboxEntry, incident: Incident, recorded: Recorded) -> Outcome:
        chat = chats.get(entry.effect.outlet)
        if chat is None:
            return GiveUp(f"the chat outlet {entry.effect.outlet!r} is not configured any more")
        text = news_text(incident, recorded, office.address(incident.id), office.name)
        return chat.say(entry.effect.key, news_title(incident), text)

    return NewsCarrier(office, send)


def webhook_carrier(office: Office, webhooks: Mapping[str, WebhookSender]) -> NewsCarrier:
    """News for other programs."""

    def send(entry: OutboxEntry, incident: Incident, recorded: Recorded) -> Outcome:
        webhook = webhooks.get(entry.effect.outlet)
        if webhook is None:
            return GiveUp(f"the webhook {entry.effect.outlet!r} is not configured any more")
        body = msgspec.json.encode(webhook_body(incident, recorded, office.desk.masker, office.address(incident.id)))
        return webhook.send(entry.effect.key, body, office.clock.now())

    return NewsCarrier(office, send)


def mail_carrier(
    office: Office, mailer: Mailer | None, subscribed: Callable[[OutboxEntry], Outcome] | None = None
) -> NewsCarrier:
    """News by mail; what customers get is never sent twice on a doubt (R21)."""

    def send(entry: OutboxEntry, incident: Incident, recorded: Recorded) -> Outcome:
        if mailer is None:
            return GiveUp("no mail server is configured: set [mail] in tocsin.toml")
        fact = recorded.fact
        subject, address = news_title(incident), office.address(incident.id)
        if isinstance(fact, CustomersNotified):
            subject, address = f"{incident.service}: {fact.status.value}", office.team().status_page.url
        text = news_text(incident, recorded, address, office.name)
        return mailer.send(Mail(entry.effect.key, entry.effect.outlet, subject, text))

    return NewsCarrier(
        office, send, lambda recorded: not isinstance(recorded.fact, CustomersNotified), subscribed, MAIL_KEPT
    )


def _to_subscriber(entry: OutboxEntry) -> bool:
    return entry.effect.outlet.startswith(OUTLET) or entry.effect.incident_id.startswith(OUTBOX)


@dataclass(slots=True)
class PublishCarrier:
    """Renders the public status page anew after a change, and every FRESH so that "as of" stays true."""

    office: Office
    publishing: Publishing
    publisher: StatusPublisher
    offline: Offline
    _rendered_at: datetime | None = None

    def stale(self) -> None:
        """What is shown has changed: the next sweep renders it."""
        self._rendered_at = None

    def sweep(self) -> None:
        """Keep the page fresh."""
        now = self.office.clock.now()
        if self._rendered_at is None or now - self._rendered_at >= FRESH:
            self._rendered_at = now
            outcome = refresh(self.publisher, self.publishing, self.offline, now)
            if not isinstance(outcome, Delivered):
                log.warning("the status page was not refreshed: %s", outcome.reason)

    def carry(self, entry: OutboxEntry) -> None:
        """Render and put the page in place."""
        outcome = refresh(self.publisher, self.publishing, self.offline, self.office.clock.now())
        match outcome:
            case Delivered():
                self.office.finish(entry)
            case TryAgain():
                self.office.again(entry, outcome)
            case GiveUp(reason=reason):
                self.office.again(entry, TryAgain(reason))
