"""A public update becomes one mail, or one message to a program, for each subscriber.

They are entries of the outbox like all others: each is carried at most once, and what a crash or a dead mail
server leaves is carried later. Their keys are of the update and the subscriber, so that making them again makes none
twice. They are made in pieces: ten thousand rows in one transaction would keep pages waiting.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.app.courier import LEASES
from tocsin.app.customers.maintenances import OUTBOX
from tocsin.app.customers.news import NewsDesk, PublicNews
from tocsin.app.customers.tally import missed, reached
from tocsin.app.customers.words import farewell, in_link, page_language
from tocsin.app.office import Office
from tocsin.app.ports import Delivered, GiveUp, Mail, Mailer, Outcome
from tocsin.app.rows.records import OutboxEntry
from tocsin.app.rows.subscribers import OUTLET, Subscriber, SubscriberWay
from tocsin.incident.effects import Effect, EffectKind
from tocsin.statuspage.incidents import OFFLINE

PIECE = 500
"""Subscribers whose messages are made in one transaction."""


@dataclass(slots=True)
class SubscribersCarrier:
    """Makes a public update into messages. Who subscribed after it hears of the next one."""

    office: Office
    news: NewsDesk

    def sweep(self) -> None:
        """Nothing is left behind: the lease of a lost claim runs out and it is claimed again."""

    def carry(self, entry: OutboxEntry) -> None:
        """Queue a message for each subscriber who hears of what the update touches, piece by piece."""
        office, key = self.office, entry.effect.key
        news = self.news.of(entry.effect)
        if news is None:
            office.give_up(entry, "what was to be told is not kept any more")
            return
        # Whom the settings name is told by those: nobody gets an update twice for standing in two lists.
        of = entry.effect.incident_id
        by_itself = of.startswith(OUTBOX) or entry.effect.ref.startswith(OFFLINE)  # no fact has had them told
        named = self._named(news) if of.startswith((OUTBOX, OFFLINE)) else self._named_for(of)
        after, lease = "", LEASES[EffectKind.SUBSCRIBERS]
        made = [_mail(entry, address) for address in named] if by_itself else []
        while True:
            with office.store.transact() as tx:
                now = office.clock.now()
                if not tx.outbox.extend(key, entry.token, now + lease):
                    return
                piece = tx.subscribers.confirmed(news.at, after, PIECE)
                for one in piece:
                    if one.hears(news.components) and (one.way is not SubscriberWay.MAIL or one.address not in named):
                        made += _messages(entry, news, one)
                tx.outbox.put(made, now)
                if len(piece) < PIECE:
                    tx.outbox.finish(key, entry.token, now)
                    return
            after, made = piece[-1].id, []

    def _named_for(self, incident_id: str) -> set[str]:
        with self.office.store.read() as tx:
            incident = self.office.desk.one(tx, incident_id)
        return {address.strip().lower() for address in self.office.team().outlets(incident.service).subscribers}

    def _named(self, news: PublicNews) -> set[str]:
        """Whom the settings name for the services that carry these components; all of them for what names none."""
        team = self.office.team()
        touched = [
            key
            for key, service in team.services.items()
            if not news.components or any(one.key in news.components for one in service.components)
        ]
        return {address.strip().lower() for key in touched for address in team.outlets(key).subscribers}


def _mail(entry: OutboxEntry, outlet: str) -> Effect:
    of, ref = entry.effect.incident_id, entry.effect.ref
    return Effect(f"mail/{of}/{ref}/{outlet}", of, EffectKind.MAIL, ref, outlet)


def _messages(entry: OutboxEntry, news: PublicNews, one: Subscriber) -> list[Effect]:
    """What one subscriber gets of it: a program also hears of each component whose state became another one."""
    if one.way is SubscriberWay.MAIL:
        return [_mail(entry, one.outlet)]
    of, refs = entry.effect.incident_id, [entry.effect.ref]
    if one.way is SubscriberWay.WEBHOOK:
        refs += [f"{refs[0]}/{change.key}" for change in news.changes if one.hears((change.key,))]
    return [Effect(f"hook/{of}/{ref}/{one.outlet}", of, EffectKind.HOOK, ref, one.outlet) for ref in refs]


@dataclass(slots=True)
class SubscriberMails:
    """Sends an update to one mail address that hears of it."""

    office: Office
    news: NewsDesk
    mailer: Mailer | None

    def send(self, entry: OutboxEntry) -> Outcome:
        """Send it, if they still want it; what became of it is counted for them."""
        if self.mailer is None:
            return GiveUp("no mail server is configured: set [mail] in tocsin.toml")
        key, outlet, team = entry.effect.key, entry.effect.outlet, self.office.team()
        one = None
        if outlet.startswith(OUTLET):  # else named by the settings
            with self.office.store.read() as tx:
                one = tx.subscribers.get(outlet.removeprefix(OUTLET))
            if one is None or one.confirmed_at is None:
                return GiveUp("has unsubscribed meanwhile")
        news = self.news.of(entry.effect, one.language if one else "")
        if news is None:
            return GiveUp("what was to be told is not kept any more")
        if one is None:
            return self.mailer.send(Mail(key, outlet, news.words.subject, news.words.mail))
        link = self.office.links.leave_address(one.id, in_link(team, one.language))
        text = f"{news.words.mail}\n\n{farewell(team, link, page_language(team, one.language))}"
        title = team.status_page.title
        outcome = self.mailer.send(Mail(key, one.address, news.words.subject, text, unsubscribe=link, sender=title))
        match outcome:
            case Delivered():
                reached(self.office.store, one)
            case GiveUp(refused=True, reason=reason, gone=gone):
                missed(self.office.store, self.office.clock, one, reason, gone=gone)
            case _:  # the fault of a mail server, ours or theirs, and none of this address
                pass
        return outcome
